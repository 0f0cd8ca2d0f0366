//! Floor 6: questions, papers drawn from them, and what they show about a person.
//!
//! Owns: banks, items and their immutable versions, assessments and where they are open, attempts and answers.
//! Tells: `BankCreated`, `ItemWritten`, `AssessmentWritten`, `AssessmentMoved`, `AssessmentOpened`,
//! `AttemptStarted`, `AttemptGraded`; hands each score down to certification as evidence.
//! Refuses to know: what a score is needed for.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    add_assessment, add_bank, add_item, add_opening, answer, assessment, assessments, attempts, bank, banks, begin,
    change_assessment, change_item, change_opening, change_state, finish, item, items, keep, move_assessment,
    new_assessment, new_bank, new_item, new_opening, on_deadline, open_for_me, opening, openings, paper, paper_of,
    result, results, retire, sit, submit,
};

use crate::platform::{Problem, Versioned};
use chrono::{DateTime, Utc};
use entity::assessment::{AssessmentState, AttemptState, Difficulty, ItemKind, ItemState};
use entity::id::{
    ActivityId, AssessmentId, AttemptId, BankId, CertificateId, ItemId, OpeningId, OrganisationId, PersonId,
};
use poem_openapi::Object;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A bank as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewBank {
    /// Short code, unique.
    #[oai(validator(min_length = 1, max_length = 30, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Whose it is; the programme's when missing.
    pub organisation_id: Option<OrganisationId>,
}

/// A question bank.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct BankView {
    /// Its id.
    pub id: BankId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Whose it is; missing: the programme's.
    pub organisation_id: Option<OrganisationId>,
    /// Its topics, by name; only where one bank is read.
    pub topics: Option<Vec<TopicView>>,
}

/// A topic of a bank.
#[derive(Clone, Debug, Object, Serialize)]
pub struct TopicView {
    /// Its name.
    pub topic: String,
    /// How many of its items may be drawn.
    pub items: i64,
}

/// The words of an item in one language.
#[derive(Clone, Debug, Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct ItemText {
    /// ISO 639-1: `en`, `lv`, `be` or `ru`.
    #[oai(validator(pattern = "^(en|lv|be|ru)$"))]
    pub language: String,
    /// The question.
    #[oai(validator(min_length = 3, max_length = 2000))]
    pub stem: String,
    /// What can be chosen, matched or put in order; none for true or false.
    #[oai(default, validator(max_items = 26))]
    #[serde(default)]
    pub options: Vec<String>,
    /// What is to be given an option each; for matching only.
    #[oai(default, validator(max_items = 26))]
    #[serde(default)]
    pub prompts: Vec<String>,
    /// Why the key is right, for after the release of results.
    #[oai(validator(max_length = 2000))]
    pub feedback: Option<String>,
}

/// An item as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewItem {
    /// Short code, unique within the bank.
    #[oai(validator(min_length = 1, max_length = 30, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// The topic it belongs to.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub topic: String,
    /// Code of the learning outcome it shows.
    #[oai(validator(max_length = 20))]
    pub outcome: Option<String>,
    /// What it asks of the mind.
    pub difficulty: Option<Difficulty>,
    /// What kind of answer it asks for.
    pub kind: ItemKind,
    /// Its words, English first; every language has the same options in the same order.
    #[oai(validator(min_items = 1, max_items = 4))]
    pub texts: Vec<ItemText>,
    /// What is right, by the numbers of options from 0. One choice: that one. Several: all of them. True or
    /// false: 1 or 0. Ordering: all, in order. Matching: one for each prompt.
    #[oai(validator(min_items = 1, max_items = 26))]
    pub key: Vec<u32>,
}

/// An item with its key, for who writes items.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ItemView {
    /// Its id.
    pub id: ItemId,
    /// The bank.
    pub bank_id: BankId,
    /// Short code.
    pub code: String,
    /// The topic it belongs to.
    pub topic: String,
    /// Code of the learning outcome it shows.
    pub outcome: Option<String>,
    /// What it asks of the mind.
    pub difficulty: Option<Difficulty>,
    /// Whether it may be drawn.
    pub state: ItemState,
    /// What kind of answer it asks for.
    pub kind: ItemKind,
    /// Number of the wording that is drawn, 1 for the first.
    pub number: i32,
    /// Its words.
    pub texts: Vec<ItemText>,
    /// What is right, by the numbers of options from 0.
    pub key: Vec<u32>,
    /// When this wording was written.
    pub written_at: DateTime<Utc>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for ItemView {
    fn version(&self) -> i64 {
        self.version
    }
}
impl ItemView {
    /// Its words in a language, or the nearest there is.
    #[must_use]
    pub fn text_in(&self, language: &str) -> &ItemText {
        text_in(&self.texts, language)
    }
}

fn text_in<'a>(texts: &'a [ItemText], language: &str) -> &'a ItemText {
    let there: Vec<&str> = texts.iter().map(|text| text.language.as_str()).collect();
    &texts[rules::language_at(language, &there)]
}

/// Which items are wanted.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// Of this topic.
    pub topic: Option<String>,
    /// Of this kind.
    pub kind: Option<ItemKind>,
    /// In this state.
    pub state: Option<ItemState>,
}

/// A cell of a blueprint: so many items of a topic, or for an outcome; exactly one of the two.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct BlueprintCell {
    /// The bank that is drawn from.
    pub bank_id: BankId,
    /// The topic.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub topic: Option<String>,
    /// Code of the outcome.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub outcome: Option<String>,
    /// How many items.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    pub count: i32,
}

/// An assessment as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewAssessment {
    /// Short code, unique; the key under which its scores count for certificates.
    #[oai(validator(min_length = 2, max_length = 30, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Title in Latvian.
    #[oai(validator(max_length = 200))]
    pub title_lv: Option<String>,
    /// Title in Russian.
    #[oai(validator(max_length = 200))]
    pub title_ru: Option<String>,
    /// Whose it is; the programme's when missing.
    pub organisation_id: Option<OrganisationId>,
    /// Code of the course it belongs to.
    #[oai(validator(max_length = 40))]
    pub course: Option<String>,
    /// Score from which it is passed.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    pub pass_percent: i32,
    /// Time for an attempt.
    #[oai(validator(minimum(value = "1"), maximum(value = "1440")))]
    pub time_limit_minutes: i32,
    /// Attempts for each person and opening.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    pub max_attempts: i32,
    /// Hours from one attempt to the next.
    #[oai(validator(minimum(value = "0"), maximum(value = "8760")))]
    pub hours_between_attempts: i32,
    /// What it draws.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub cells: Vec<BlueprintCell>,
}

/// An assessment and its rules.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct AssessmentView {
    /// Its id.
    pub id: AssessmentId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Title in Latvian.
    pub title_lv: Option<String>,
    /// Title in Russian.
    pub title_ru: Option<String>,
    /// Whose it is; missing: the programme's.
    pub organisation_id: Option<OrganisationId>,
    /// Code of the course it belongs to.
    pub course: Option<String>,
    /// Score from which it is passed.
    pub pass_percent: i32,
    /// Time for an attempt.
    pub time_limit_minutes: i32,
    /// Attempts for each person and opening.
    pub max_attempts: i32,
    /// Hours from one attempt to the next.
    pub hours_between_attempts: i32,
    /// How many questions it has.
    pub questions: i32,
    /// Whether it is written, in use or over.
    pub state: AssessmentState,
    /// What it draws; only for who may manage it.
    pub cells: Option<Vec<BlueprintCell>>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for AssessmentView {
    fn version(&self) -> i64 {
        self.version
    }
}
impl AssessmentView {
    /// The title in a language, or the nearest there is.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        let own = match language {
            "lv" => self.title_lv.as_deref(),
            "be" | "ru" => self.title_ru.as_deref(),
            _ => None,
        };
        own.unwrap_or(&self.title)
    }
}

/// Where and when an assessment is to be open.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewOpening {
    /// The activity whose participants may sit it.
    pub activity_id: ActivityId,
    /// From when.
    pub opens_at: DateTime<Utc>,
    /// Until when; attempts end then at the latest.
    pub closes_at: DateTime<Utc>,
    /// When participants see their results; as soon as they are graded when missing.
    pub results_at: Option<DateTime<Utc>>,
}

/// An assessment open for the participants of an activity.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct OpeningView {
    /// Its id.
    pub id: OpeningId,
    /// The activity.
    pub activity_id: ActivityId,
    /// Its title.
    pub activity: String,
    /// The assessment and its rules.
    pub assessment: AssessmentView,
    /// From when.
    pub opens_at: DateTime<Utc>,
    /// Until when.
    pub closes_at: DateTime<Utc>,
    /// When participants see their results; missing: as soon as they are graded.
    pub results_at: Option<DateTime<Utc>>,
    /// The reader's own attempts, first to last.
    pub attempts: Vec<AttemptView>,
    /// Whether the reader may begin an attempt now.
    pub may_begin: bool,
    /// When the reader may begin the next attempt, if that is later than now.
    pub next_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for OpeningView {
    fn version(&self) -> i64 {
        self.version
    }
}
impl OpeningView {
    /// The reader's attempt that is under way.
    #[must_use]
    pub fn under_way(&self) -> Option<&AttemptView> {
        self.attempts.iter().find(|attempt| attempt.state == AttemptState::InProgress)
    }
    /// The best score of the reader's attempts, among those that are shown.
    #[must_use]
    pub fn best_percent(&self) -> Option<Decimal> {
        self.attempts.iter().filter_map(|attempt| attempt.score_percent).max()
    }
}

/// An attempt, without its questions.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct AttemptView {
    /// Its id.
    pub id: AttemptId,
    /// 1 for the first.
    pub number: i32,
    /// How far it is.
    pub state: AttemptState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub deadline_at: DateTime<Utc>,
    /// When it was handed in.
    pub submitted_at: Option<DateTime<Utc>>,
    /// The score, once results are released.
    pub score_percent: Option<Decimal>,
    /// Whether it is passed, once results are released.
    pub passed: Option<bool>,
}

/// Where somebody wants to begin an attempt.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewAttempt {
    /// The opening, of an activity one takes part in.
    pub opening_id: OpeningId,
}

/// An option as it is shown on a paper.
#[derive(Clone, Debug, Object, Serialize)]
pub struct OptionView {
    /// Its letter on this paper.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// A question of one's own open attempt.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct QuestionView {
    /// Its place on the paper, from 1.
    pub position: i32,
    /// What kind of answer it asks for.
    pub kind: ItemKind,
    /// The question.
    pub stem: String,
    /// What is to be given an option each, in order; for matching only.
    pub prompts: Vec<String>,
    /// The options, in the order of this paper.
    pub options: Vec<OptionView>,
    /// The answer as it is kept: letters of options.
    pub answer: Vec<String>,
    /// Number of the answer that is kept; 0 when there is none. Send a greater one.
    pub sequence: i64,
    /// When it was saved.
    pub saved_at: Option<DateTime<Utc>>,
}
impl QuestionView {
    /// Whether there is an answer.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        rules::is_answered(&self.answer)
    }
    /// Whether the answer names this letter.
    #[must_use]
    pub fn chose(&self, letter: &str) -> bool {
        self.answer.iter().any(|chosen| chosen == letter)
    }
    /// The letter at a place of the answer; empty when there is none.
    #[must_use]
    pub fn at(&self, place: &usize) -> &str {
        self.answer.get(*place).map_or("", String::as_str)
    }
    /// The place that the answer gives to a letter, from 1; 0 when it gives none.
    #[must_use]
    pub fn place_of(&self, letter: &str) -> usize {
        self.answer.iter().position(|chosen| chosen == letter).map_or(0, |n| n + 1)
    }
}

/// The paper of one's own attempt. Its questions are there only while it is under way.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct PaperView {
    /// Id of the attempt.
    pub id: AttemptId,
    /// The opening it belongs to.
    pub opening_id: OpeningId,
    /// Title of the assessment.
    pub title: String,
    /// 1 for the first.
    pub number: i32,
    /// How far it is.
    pub state: AttemptState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it must be handed in.
    pub deadline_at: DateTime<Utc>,
    /// Seconds until then.
    pub seconds_left: i64,
    /// The questions.
    pub questions: Vec<QuestionView>,
}
impl PaperView {
    /// Positions of questions without an answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<i32> {
        self.questions.iter().filter(|q| !q.is_answered()).map(|q| q.position).collect()
    }
}

/// An answer to be kept.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewResponse {
    /// Number of this answer, greater than that of the one before; an older one never replaces a newer one.
    #[oai(validator(minimum(value = "1")))]
    pub sequence: i64,
    /// Letters of options: one; several; all in order; one for each prompt (empty for none). Nothing at all
    /// takes the answer back.
    #[oai(validator(max_items = 26))]
    pub answer: Vec<String>,
}

/// An answer as it is kept.
#[derive(Clone, Debug, Object, Serialize)]
pub struct ResponseView {
    /// Its place on the paper.
    pub position: i32,
    /// Number of the answer that is kept.
    pub sequence: i64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

/// The result of an attempt.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ResultView {
    /// Id of the attempt.
    pub id: AttemptId,
    /// The opening it belongs to.
    pub opening_id: OpeningId,
    /// Code of the assessment.
    pub code: String,
    /// Title of the assessment.
    pub title: String,
    /// Whose attempt it is.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// 1 for the first.
    pub number: i32,
    /// How far it is.
    pub state: AttemptState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was handed in, or ran out.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Score from which it is passed.
    pub pass_percent: i32,
    /// The score; missing until it is there for this reader.
    pub score_percent: Option<Decimal>,
    /// Whether it is passed; missing until it is there for this reader.
    pub passed: Option<bool>,
    /// When the person sees the result, if that is later than now.
    pub results_at: Option<DateTime<Utc>>,
    /// Certificates that were issued by it.
    pub certificates: Vec<CertificateId>,
}

/// Why something about assessments is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The code is used already.
    CodeTaken,
    /// Only a draft can be changed or published.
    NotDraft,
    /// Only a published assessment can be opened or closed.
    NotPublished,
    /// The banks do not have what the blueprint wants.
    TooFewItems,
    /// It is open for this activity already.
    OpenAlready,
    /// It is not open now.
    NotOpen {
        /// From when it is.
        opens_at: DateTime<Utc>,
        /// Until when.
        closes_at: DateTime<Utc>,
    },
    /// All attempts are used.
    NoAttemptsLeft {
        /// How many there are.
        max_attempts: i32,
    },
    /// The next attempt comes later.
    TooSoon {
        /// From when.
        from: DateTime<Utc>,
    },
    /// The attempt is over.
    TimeOver,
    /// The attempt was handed in.
    HandedIn,
    /// A newer answer is kept.
    OlderAnswer {
        /// Its number.
        sequence: i64,
    },
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeTaken => Self::refused("assessment/code-taken", "The code is taken."),
            Refusal::NotDraft => Self::refused("assessment/not-a-draft", "Only a draft can be changed or published."),
            Refusal::NotPublished => Self::refused("assessment/not-published", "The assessment is not in use."),
            Refusal::TooFewItems => {
                Self::refused("assessment/too-few-items", "The banks do not have the items that the blueprint wants.")
            }
            Refusal::OpenAlready => {
                Self::refused("assessment/open-already", "It is open for this activity already; change that.")
            }
            Refusal::NotOpen { opens_at, closes_at } => {
                Self::refused("assessment/not-open", "The assessment is not open now.")
                    .fact("opens_at", opens_at)
                    .fact("closes_at", closes_at)
            }
            Refusal::NoAttemptsLeft { max_attempts } => {
                Self::refused("assessment/no-attempts-left", "All attempts are used.")
                    .fact("max_attempts", max_attempts)
            }
            Refusal::TooSoon { from } => {
                Self::refused("assessment/too-soon", "The next attempt can begin later.").fact("from", from)
            }
            Refusal::TimeOver => Self::refused("assessment/time-over", "Time is up. What was saved before is graded."),
            Refusal::HandedIn => Self::refused("assessment/handed-in", "The attempt was handed in; it is fixed now."),
            Refusal::OlderAnswer { sequence } => {
                Self::refused("assessment/older-answer", "A newer answer to this question is kept.")
                    .fact("sequence", sequence)
            }
        }
    }
}

crate::events! {
    /// A bank was created.
    BankCreated = "assessment/bank-created", "bank", bank { bank: BankId }
    /// An item was written, or a new wording of it.
    ItemWritten = "assessment/item-written", "item", item { item: ItemId, number: i32 }
    /// An item is no longer drawn.
    ItemRetired = "assessment/item-retired", "item", item { item: ItemId }
    /// An assessment was written or rewritten.
    AssessmentWritten = "assessment/written", "assessment", assessment { assessment: AssessmentId }
    /// An assessment came into use, or is over.
    AssessmentMoved = "assessment/moved", "assessment", assessment { assessment: AssessmentId, to: AssessmentState }
    /// An assessment was opened for the participants of an activity, or other times were set.
    AssessmentOpened = "assessment/opened", "assessment", assessment { assessment: AssessmentId, opening: OpeningId, activity: ActivityId }
    /// An attempt began.
    AttemptStarted = "assessment/attempt-started", "attempt", attempt { attempt: AttemptId, person: PersonId, opening: OpeningId }
    /// An attempt was handed in, or ran out of time, and was graded.
    AttemptGraded = "assessment/attempt-graded", "attempt", attempt { attempt: AttemptId, person: PersonId, assessment: AssessmentId, state: AttemptState, passed: bool }
}
