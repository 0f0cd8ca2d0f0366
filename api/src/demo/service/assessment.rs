//! Banks, items and assessments; where they are open, and some attempts that were graded.

use super::{Loader, read};
use crate::assessment::{
    self, BlueprintCell, ItemText, NewAssessment, NewBank, NewItem, NewOpening, NewResponse, PaperView, QuestionView,
};
use crate::enrolment;
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use crate::scheduling::{self, ActivityFacts};
use chrono::{DateTime, Duration, Utc};
use entity::assessment::{AssessmentState, Difficulty, ItemKind};
use entity::id::{BankId, CourseId, OpeningId, PersonId};
use entity::scheduling::ActivityState;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Deserialize)]
struct ItemRow {
    code: String,
    topic: String,
    outcome: Option<String>,
    difficulty: Option<Difficulty>,
    kind: ItemKind,
    languages: HashMap<String, Words>,
    key: Value,
}

#[derive(Deserialize)]
struct Words {
    stem: String,
    #[serde(default, alias = "items", alias = "choices")]
    options: Vec<String>,
    #[serde(default)]
    prompts: Vec<String>,
    feedback: Option<String>,
}

#[derive(Deserialize)]
struct Titles {
    en: String,
    lv: Option<String>,
    ru: Option<String>,
}

#[derive(Deserialize)]
struct AssessmentRow {
    code: String,
    title: Titles,
    pass_percent: i32,
    time_limit_minutes: i32,
    max_attempts: i32,
    hours_between_attempts: i32,
    course: Option<String>,
    cells: Vec<CellRow>,
}

#[derive(Deserialize)]
struct CellRow {
    topic: Option<String>,
    outcome: Option<String>,
    count: i32,
}

const BANKS: [(&str, &str, &str); 2] = [
    ("BANK-A", "Risk analysis", include_str!("../../../demo/bank_a.json")),
    ("BANK-B", "Recommendations, procedures and events", include_str!("../../../demo/bank_b.json")),
];
/// How long an assessment stays open around the activity it belongs to.
const OPEN_DAYS: i64 = 21;

/// Loads banks and assessments, opens them for the activities of their courses, and grades some attempts.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let tx = Permit::system("demo").begin(&loader.app).await?;
    let items = banks(&tx).await?;
    let rows: Vec<AssessmentRow> = read(include_str!("../../../demo/assessments.json"))?;
    let mut of_course: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        if let Some(course) = &row.course {
            of_course.entry(course.clone()).or_default().push(row.code.clone());
        }
        let code = row.code.clone();
        let id = assessment::add_assessment(&tx, new_assessment(row, &items)?).await?;
        assessment::change_state(&tx, id, AssessmentState::Published).await?;
        loader.assessments.insert(code, id);
    }
    let openings = openings(loader, &tx, &of_course).await?;
    let now = tx.now();
    for (opening, activity) in openings {
        attempts(loader, &tx, &items, (opening, &activity), now).await?;
    }
    tx.commit(()).await
}

/// The items of a bank.
struct Stock {
    bank: BankId,
    items: Vec<NewItem>,
}

async fn banks(tx: &Tx) -> Result<Vec<Stock>, Problem> {
    let mut stocks = Vec::new();
    for (code, title, file) in BANKS {
        let new = NewBank { code: code.into(), title: title.into(), organisation_id: None };
        let bank = assessment::add_bank(tx, new).await?;
        let rows: Vec<ItemRow> = read(file)?;
        let items = rows.into_iter().map(new_item).collect::<Result<Vec<_>, _>>()?;
        for item in &items {
            assessment::add_item(tx, bank, item.clone()).await?;
        }
        stocks.push(Stock { bank, items });
    }
    Ok(stocks)
}

fn new_item(mut row: ItemRow) -> Result<NewItem, Problem> {
    let mut texts = Vec::new();
    for language in ["en", "lv", "be", "ru"] {
        if let Some(words) = row.languages.remove(language) {
            let Words { stem, options, prompts, feedback } = words;
            texts.push(ItemText { language: language.into(), stem, options, prompts, feedback });
        }
    }
    let options = texts.first().map_or(0, |text| text.options.len());
    let key = match row.key {
        Value::Bool(key) => vec![u32::from(key)],
        Value::Null => (0..u32::try_from(options).unwrap_or(0)).collect(),
        Value::Array(_) => serde_json::from_value(row.key).map_err(Problem::internal)?,
        other => vec![serde_json::from_value(other).map_err(Problem::internal)?],
    };
    Ok(NewItem {
        code: row.code,
        topic: row.topic,
        outcome: row.outcome,
        difficulty: row.difficulty,
        kind: row.kind,
        texts,
        key,
    })
}

fn new_assessment(row: AssessmentRow, stocks: &[Stock]) -> Result<NewAssessment, Problem> {
    let fits = |cell: &CellRow, item: &NewItem| {
        cell.topic.as_ref().is_none_or(|topic| *topic == item.topic)
            && cell.outcome.as_ref().is_none_or(|outcome| Some(outcome) == item.outcome.as_ref())
    };
    let mut cells = Vec::new();
    for cell in row.cells {
        let stock = stocks.iter().find(|stock| stock.items.iter().any(|item| fits(&cell, item)));
        let bank_id = stock.ok_or_else(|| Problem::internal("a cell that no bank has"))?.bank;
        cells.push(BlueprintCell { bank_id, topic: cell.topic, outcome: cell.outcome, count: cell.count });
    }
    Ok(NewAssessment {
        code: row.code,
        title: row.title.en,
        title_lv: row.title.lv,
        title_ru: row.title.ru,
        organisation_id: None,
        course: row.course,
        pass_percent: row.pass_percent,
        time_limit_minutes: row.time_limit_minutes,
        max_attempts: row.max_attempts,
        hours_between_attempts: row.hours_between_attempts,
        cells,
    })
}

/// When an assessment is open: what comes before a course until it begins, everything else from its first day.
fn window(code: &str, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let days = Duration::days(OPEN_DAYS);
    if code.starts_with("PRE-") { (starts_at - days, starts_at) } else { (starts_at, ends_at + days) }
}

/// Opens each assessment for the activities of its course, and makes sure that the participant of the
/// demonstration has one to sit now.
async fn openings(
    loader: &Loader,
    tx: &Tx,
    of_course: &HashMap<String, Vec<String>>,
) -> Result<Vec<(OpeningId, ActivityFacts)>, Problem> {
    let codes: HashMap<CourseId, &String> = loader.courses.iter().map(|(code, id)| (*id, code)).collect();
    let ids: Vec<_> = loader.activities.values().copied().collect();
    let mut activities: Vec<ActivityFacts> = scheduling::activities_facts(tx, &ids).await?.into_values().collect();
    activities.sort_by_key(|activity| activity.code.clone());
    let seats = match loader.persons.get("janis-paraugs") {
        Some(person) => enrolment::seats_of_person(tx, *person).await?,
        None => vec![],
    };
    let mut open = Vec::new();
    let mut has_one = false;
    for activity in activities {
        let (Some(starts_at), Some(ends_at)) = (activity.starts_at, activity.ends_at) else { continue };
        if matches!(activity.state, ActivityState::Draft | ActivityState::Cancelled | ActivityState::Postponed) {
            continue;
        }
        let course = activity.course_id.and_then(|id| codes.get(&id));
        let mut wanted = course.and_then(|code| of_course.get(*code)).cloned().unwrap_or_default();
        let seated = seats.iter().any(|(id, _)| *id == activity.id);
        if seated && !has_one && ends_at > tx.now() && wanted.is_empty() {
            wanted.push("POST-DF".to_owned());
        }
        for code in wanted {
            let Some(id) = loader.assessments.get(&code).copied() else { continue };
            let (mut opens_at, mut closes_at) = window(&code, starts_at, ends_at);
            let is_open = |opens_at, closes_at| opens_at <= tx.now() && tx.now() < closes_at;
            if seated && !has_one && ends_at > tx.now() && !is_open(opens_at, closes_at) {
                opens_at = tx.now() - Duration::hours(1);
                closes_at = ends_at.max(tx.now() + Duration::days(1)) + Duration::days(OPEN_DAYS);
            }
            has_one |= seated && is_open(opens_at, closes_at);
            let new = NewOpening { activity_id: activity.id, opens_at, closes_at, results_at: None };
            open.push((assessment::add_opening(tx, id, new).await?, activity.clone()));
        }
    }
    Ok(open)
}

/// Lets participants sit what is open now; the participant of the demonstration is left to sit it themself.
async fn attempts(
    loader: &Loader,
    tx: &Tx,
    items: &[Stock],
    (opening, activity): (OpeningId, &ActivityFacts),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let left_out = loader.persons.get("janis-paraugs");
    let mut persons: Vec<PersonId> =
        enrolment::participants(tx, activity.id).await?.into_iter().map(|participant| participant.person_id).collect();
    persons.retain(|person| Some(person) != left_out);
    persons.sort_unstable();
    for (number, person) in persons.into_iter().enumerate().take(6) {
        let attempt = match assessment::sit(tx, opening, person).await {
            Ok(attempt) => attempt,
            // Before it opens and after it closes nobody sits it.
            Err(problem) if problem.is("assessment/not-open") => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let paper = assessment::paper_of(tx, attempt, "en", now).await?;
        answers(tx, &paper, items, number).await?;
        assessment::finish(tx, attempt).await?;
    }
    Ok(())
}

/// Answers a paper; each person leaves out another part of it.
async fn answers(tx: &Tx, paper: &PaperView, stocks: &[Stock], number: usize) -> Result<(), Problem> {
    let items = || stocks.iter().flat_map(|stock| &stock.items);
    for (place, question) in paper.questions.iter().enumerate() {
        if number > 0 && place % (2 * number) == 1 {
            continue;
        }
        let found = items().find(|item| item.texts.first().is_some_and(|text| text.stem == question.stem));
        let Some(item) = found else { continue };
        let new = NewResponse { sequence: 1, answer: right(question, item) };
        assessment::keep(tx, paper.id, question.position, &new).await?;
    }
    Ok(())
}

/// The right answer, by the letters of this paper.
fn right(question: &QuestionView, item: &NewItem) -> Vec<String> {
    let letter = |words: &str| question.options.iter().find(|option| option.text == words).map(|o| o.id.clone());
    if item.kind == ItemKind::TrueFalse {
        let first = question.options.first().map(|option| option.id.clone());
        let last = question.options.last().map(|option| option.id.clone());
        return if item.key == [1] { first } else { last }.into_iter().collect();
    }
    let options = item.texts.first().map(|text| text.options.as_slice()).unwrap_or_default();
    let words = item.key.iter().filter_map(|key| usize::try_from(*key).ok().and_then(|n| options.get(n)));
    words.filter_map(|words| letter(words)).collect()
}
