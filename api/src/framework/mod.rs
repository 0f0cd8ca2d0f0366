//! Floor 2: what people should be able to do, and what has been recommended to the programme.
//!
//! Owns: competence framework editions, outcomes, job profiles; recommendations and the history of what was
//! done about them.
//! Tells: `FrameworkWritten`, `FrameworkPublished`, `RecommendationRecorded`, `RecommendationChanged`,
//! `RecommendationMoved`. Refuses to know: courses, activities and certificates that refer to outcomes.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    add_framework, add_recommendation, change_framework, change_recommendation, framework, frameworks, move_on,
    new_framework, new_recommendation, outcome_codes, outcomes, publish, publish_framework, recommendation,
    recommendations, record_status,
};

use crate::platform::{Problem, Versioned};
use chrono::{DateTime, NaiveDate, Utc};
use entity::framework::{FrameworkState, OutcomeKind, Priority, RecommendationState, SourceType};
use entity::id::{
    FrameworkId, OrganisationId, OutcomeId, PersonId, ProfileId, RecommendationId, StatusChangeId, UnitId,
};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

/// A framework edition as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewFramework {
    /// Short code, the same for all editions.
    #[oai(validator(min_length = 2, max_length = 40, pattern = "^[A-Z0-9.-]+$"))]
    pub code: String,
    /// Edition, as in `1.0`; unique with the code.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub edition: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Learning outcomes, in the order they are shown.
    #[oai(validator(max_items = 500))]
    pub outcomes: Vec<NewOutcome>,
    /// Job profiles.
    #[oai(default, validator(max_items = 200))]
    pub profiles: Vec<NewProfile>,
}

/// A learning outcome as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewOutcome {
    /// Short code, unique within the edition.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub code: String,
    /// Area of competence.
    #[oai(validator(min_length = 2, max_length = 100))]
    pub area: String,
    /// Kind.
    pub kind: OutcomeKind,
    /// Level of the European Qualifications Framework it is referenced to.
    #[oai(validator(minimum(value = "1"), maximum(value = "8")))]
    pub level: i32,
    /// What the person can do, in English.
    #[oai(validator(min_length = 2, max_length = 1000))]
    pub statement: String,
    /// The same in Latvian.
    #[oai(validator(max_length = 1000))]
    pub statement_lv: Option<String>,
    /// The same in Russian.
    #[oai(validator(max_length = 1000))]
    pub statement_ru: Option<String>,
}

/// A job profile as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewProfile {
    /// Short code, unique within the edition.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Level of the European Qualifications Framework it is referenced to.
    #[oai(validator(minimum(value = "1"), maximum(value = "8")))]
    pub level: Option<i32>,
    /// The posts it describes, in words.
    #[oai(validator(max_length = 200))]
    pub post: Option<String>,
    /// Codes of the outcomes it asks for.
    #[oai(validator(max_items = 200))]
    pub outcomes: Vec<String>,
}

/// A framework edition, without its contents.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct FrameworkSummaryView {
    /// Its id.
    pub id: FrameworkId,
    /// Code, the same for all editions.
    pub code: String,
    /// Edition.
    pub edition: String,
    /// Title.
    pub title: String,
    /// Whether it is written, in force or replaced.
    pub state: FrameworkState,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}

/// A framework edition.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct FrameworkView {
    /// Its id.
    pub id: FrameworkId,
    /// Code, the same for all editions.
    pub code: String,
    /// Edition.
    pub edition: String,
    /// Title.
    pub title: String,
    /// Whether it is written, in force or replaced.
    pub state: FrameworkState,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Learning outcomes, in order.
    pub outcomes: Vec<OutcomeView>,
    /// Job profiles, by code.
    pub profiles: Vec<ProfileView>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for FrameworkView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A learning outcome.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct OutcomeView {
    /// Its id.
    pub id: OutcomeId,
    /// Short code.
    pub code: String,
    /// Area of competence.
    pub area: String,
    /// Kind.
    pub kind: OutcomeKind,
    /// Level of the European Qualifications Framework it is referenced to.
    pub level: i32,
    /// What the person can do, in English.
    pub statement: String,
    /// The same in Latvian.
    pub statement_lv: Option<String>,
    /// The same in Russian.
    pub statement_ru: Option<String>,
}
impl OutcomeView {
    /// The statement in the reader's language, or the nearest there is.
    #[must_use]
    pub fn statement_in(&self, lang: &str) -> &str {
        let own = match lang {
            "lv" => self.statement_lv.as_deref(),
            "be" | "ru" => self.statement_ru.as_deref(),
            _ => None,
        };
        own.unwrap_or(&self.statement)
    }
}

/// A job profile.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ProfileView {
    /// Its id.
    pub id: ProfileId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Level of the European Qualifications Framework it is referenced to.
    pub level: Option<i32>,
    /// The posts it describes, in words.
    pub post: Option<String>,
    /// Codes of the outcomes it asks for.
    pub outcomes: Vec<String>,
}

/// A recommendation as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewRecommendation {
    /// Reference, unique.
    #[oai(validator(min_length = 2, max_length = 40))]
    pub reference: String,
    /// What it comes from.
    pub source_type: SourceType,
    /// Theme.
    #[oai(validator(min_length = 2, max_length = 100))]
    pub theme: String,
    /// What is recommended.
    #[oai(validator(min_length = 5, max_length = 4000))]
    pub text: String,
    /// The organisation it is addressed to; everybody in the programme when missing.
    pub organisation_id: Option<OrganisationId>,
    /// The unit of that organisation it is addressed to.
    pub unit_id: Option<UnitId>,
    /// The addressee in words.
    #[oai(validator(max_length = 200))]
    pub addressee: Option<String>,
    /// How pressing it is.
    pub priority: Priority,
    /// The last day on which it is in time.
    pub due_on: Option<NaiveDate>,
    /// IANA name of the addressee's zone, where the due day ends; `Europe/Riga` when missing.
    #[oai(validator(max_length = 60))]
    pub zone: Option<String>,
    /// Codes of outcomes, activities or anything else it refers to.
    #[oai(default, validator(max_items = 50))]
    pub links: Vec<String>,
}

/// A recommendation.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct RecommendationView {
    /// Its id.
    pub id: RecommendationId,
    /// Reference.
    pub reference: String,
    /// What it comes from.
    pub source_type: SourceType,
    /// Theme.
    pub theme: String,
    /// What is recommended.
    pub text: String,
    /// The organisation it is addressed to; everybody when missing.
    pub organisation_id: Option<OrganisationId>,
    /// The unit it is addressed to.
    pub unit_id: Option<UnitId>,
    /// The addressee in words.
    pub addressee: Option<String>,
    /// How pressing it is.
    pub priority: Priority,
    /// The last day on which it is in time.
    pub due_on: Option<NaiveDate>,
    /// IANA name of the zone in which that day ends.
    pub zone: String,
    /// What has become of it.
    pub state: RecommendationState,
    /// Whether it is open and its due day is over, now.
    pub overdue: bool,
    /// Codes it refers to.
    pub links: Vec<String>,
    /// What was done about it, oldest first; in the single view only.
    pub changes: Option<Vec<StatusChangeView>>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for RecommendationView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Which recommendations are wanted.
#[derive(Clone, Debug, Default)]
pub struct RecommendationFilter {
    /// In this state.
    pub state: Option<RecommendationState>,
    /// Overdue now, or not.
    pub overdue: Option<bool>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Addressed to this unit.
    pub unit_id: Option<UnitId>,
}

/// What is to become of a recommendation, and why.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewStatusChange {
    /// The state from now on.
    pub state: RecommendationState,
    /// Why: the management response, what was done, how it was verified.
    #[oai(validator(min_length = 3, max_length = 2000))]
    pub reason: String,
}

/// A change of a recommendation's state.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct StatusChangeView {
    /// Its id.
    pub id: StatusChangeId,
    /// The state before.
    pub from_state: RecommendationState,
    /// The state after.
    pub to_state: RecommendationState,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub person_id: Option<PersonId>,
    /// Their name.
    pub person: Option<String>,
}

/// Why something about frameworks or recommendations is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This edition is there already.
    EditionTaken,
    /// The reference is used already.
    ReferenceTaken,
    /// Only a draft can be changed or published.
    NotDraft,
    /// An edition without outcomes cannot be published.
    Empty,
    /// This state does not follow from that one.
    NoSuchStep {
        /// As it is.
        from: RecommendationState,
        /// As was wanted.
        to: RecommendationState,
    },
    /// Who recorded that it is implemented may not verify it.
    OwnImplementation,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::EditionTaken => Self::refused("framework/edition-taken", "This edition is there already."),
            Refusal::ReferenceTaken => Self::refused("framework/reference-taken", "The reference is taken."),
            Refusal::NotDraft => {
                Self::refused("framework/not-a-draft", "Only a draft can be changed; write a new edition.")
            }
            Refusal::Empty => Self::refused("framework/empty", "An edition without outcomes cannot be published."),
            Refusal::NoSuchStep { from, to } => {
                Self::refused("framework/no-such-step", "This state does not follow from the one it is in.")
                    .fact("from", from)
                    .fact("to", to)
                    .fact("possible", rules::next(from))
            }
            Refusal::OwnImplementation => Self::refused(
                "framework/own-implementation",
                "You recorded that it is implemented; somebody else has to verify it.",
            ),
        }
    }
}

crate::events! {
    /// A framework edition was written or rewritten.
    FrameworkWritten = "framework/written", "framework", framework { framework: FrameworkId }
    /// A framework edition came into force.
    FrameworkPublished = "framework/published", "framework", framework { framework: FrameworkId }
    /// A recommendation was recorded.
    RecommendationRecorded = "framework/recommendation-recorded", "recommendation", recommendation { recommendation: RecommendationId }
    /// The wording, addressee or due day of a recommendation was changed.
    RecommendationChanged = "framework/recommendation-changed", "recommendation", recommendation { recommendation: RecommendationId }
    /// A recommendation is in another state.
    RecommendationMoved = "framework/recommendation-moved", "recommendation", recommendation { recommendation: RecommendationId, from: RecommendationState, to: RecommendationState }
}
