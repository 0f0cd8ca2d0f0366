//! Floor 3: what can be taught, in which version, and what one must hold to be taught it.
//!
//! Owns: courses, the draft of their next version, their immutable published versions with hours, outcomes
//! and prerequisites.
//! Tells: `CourseWritten`, `CoursePublished`, `CourseRetired`.
//! Refuses to know: activities that run a course, and who took part.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    add_course, change_draft, course, course_facts, courses, courses_facts, new_course, publish, publish_course, retire,
};

use crate::framework::OutcomeView;
use crate::platform::{Problem, Versioned};
use chrono::{DateTime, Utc};
use entity::catalogue::{CourseState, PrerequisiteAccepts};
use entity::id::{CourseId, OrganisationId};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

/// Minutes by kind of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
#[serde(default)]
pub struct Minutes {
    /// Lectures.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "60000")))]
    pub lecture: i32,
    /// Practice under guidance.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "60000")))]
    pub practice: i32,
    /// Exercises.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "60000")))]
    pub exercise: i32,
    /// Guided work on line.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "60000")))]
    pub e_learning: i32,
    /// Work on one's own.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "60000")))]
    pub self_study: i32,
}

/// A certificate that must be held, and how it must stand on the first day of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Prerequisite {
    /// Code of the scheme.
    #[oai(validator(min_length = 2, max_length = 30))]
    pub scheme: String,
    /// `valid`, also in its renewal window, or also when it is over.
    pub accepts: PrerequisiteAccepts,
}

/// What a version of a course says.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Syllabus {
    /// Title, in English.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// The same in Latvian.
    #[oai(validator(max_length = 200))]
    pub title_lv: Option<String>,
    /// The same in Russian.
    #[oai(validator(max_length = 200))]
    pub title_ru: Option<String>,
    /// What it is about, in English.
    #[oai(validator(min_length = 2, max_length = 4000))]
    pub summary: String,
    /// The same in Latvian.
    #[oai(validator(max_length = 4000))]
    pub summary_lv: Option<String>,
    /// The same in Russian.
    #[oai(validator(max_length = 4000))]
    pub summary_ru: Option<String>,
    /// How long it takes, by kind of work.
    pub minutes: Minutes,
    /// Codes of the outcomes it teaches, of the framework edition in force.
    #[oai(validator(max_items = 100))]
    pub outcomes: Vec<String>,
    /// Languages it is given in, ISO 639-1.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub languages: Vec<String>,
    /// Whom it is for.
    #[oai(validator(min_length = 2, max_length = 500))]
    pub audience: String,
    /// Certificates that must be held.
    #[oai(validator(max_items = 20))]
    pub prerequisites: Vec<Prerequisite>,
}
impl Syllabus {
    /// The title in the reader's language, or the nearest there is.
    #[must_use]
    pub fn title_in(&self, lang: &str) -> &str {
        rules::nearest(lang, &self.title, self.title_lv.as_deref(), self.title_ru.as_deref())
    }
    /// The summary in the reader's language, or the nearest there is.
    #[must_use]
    pub fn summary_in(&self, lang: &str) -> &str {
        rules::nearest(lang, &self.summary, self.summary_lv.as_deref(), self.summary_ru.as_deref())
    }
}

/// A course as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewCourse {
    /// Short code, unique; evidence of attendance is kept under it.
    #[oai(validator(min_length = 2, max_length = 40, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// Who owns it.
    pub organisation_id: OrganisationId,
    /// What its first version says.
    pub syllabus: Syllabus,
}

/// An outcome that a version teaches, with the framework edition it is bound to.
#[derive(Clone, Debug, Object, Serialize)]
pub struct CourseOutcomeView {
    /// Code and edition of the framework.
    pub edition: String,
    /// The outcome.
    pub outcome: OutcomeView,
}

/// A published version of a course.
#[derive(Clone, Debug, Object, Serialize)]
pub struct CourseVersionView {
    /// 1 for the first.
    pub number: i32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// What it says.
    pub syllabus: Syllabus,
    /// Minutes of all kinds of work.
    pub minutes_total: i32,
    /// The outcomes it teaches, in order.
    pub outcomes: Vec<CourseOutcomeView>,
}

/// A course in a list.
#[derive(Clone, Debug, Object, Serialize)]
pub struct CourseSummaryView {
    /// Its id.
    pub id: CourseId,
    /// Code.
    pub code: String,
    /// Whether it was never published, is offered, or is offered no more.
    pub state: CourseState,
    /// Number of the published version; 0 when there is none.
    pub number: i32,
    /// Title, in English.
    pub title: String,
    /// Title in Latvian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_lv: Option<String>,
    /// Title in Russian.
    #[serde(skip)]
    #[oai(skip)]
    pub title_ru: Option<String>,
    /// Minutes of all kinds of work.
    pub minutes_total: i32,
    /// Languages it is given in.
    pub languages: Vec<String>,
    /// Whom it is for.
    pub audience: String,
}
impl CourseSummaryView {
    /// The title in the reader's language, or the nearest there is.
    #[must_use]
    pub fn title_in(&self, lang: &str) -> &str {
        rules::nearest(lang, &self.title, self.title_lv.as_deref(), self.title_ru.as_deref())
    }
}

/// A course.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct CourseView {
    /// Its id.
    pub id: CourseId,
    /// Code.
    pub code: String,
    /// Who owns it.
    pub organisation_id: OrganisationId,
    /// Whether it was never published, is offered, or is offered no more.
    pub state: CourseState,
    /// The published version.
    pub published: Option<CourseVersionView>,
    /// What the next version is to say; only for those who may write it.
    pub draft: Option<Syllabus>,
    /// When each version was published, oldest first.
    pub versions: Vec<PublicationView>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for CourseView {
    fn version(&self) -> i64 {
        self.version
    }
}
impl CourseView {
    /// What it says: as published, or the draft of a course that never was.
    #[must_use]
    pub fn syllabus(&self) -> Option<&Syllabus> {
        self.published.as_ref().map(|version| &version.syllabus).or(self.draft.as_ref())
    }
}

/// When a version of a course was published.
#[derive(Clone, Debug, Object, Serialize)]
pub struct PublicationView {
    /// 1 for the first.
    pub number: i32,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// Which courses are wanted.
#[derive(Clone, Debug, Default)]
pub struct CourseFilter {
    /// Code or title contains this, whatever the case and the diacritics.
    pub search: Option<String>,
    /// In this state.
    pub state: Option<CourseState>,
    /// Owned by this organisation.
    pub organisation_id: Option<OrganisationId>,
}

/// What other features need to know of a course: its published version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseFacts {
    /// Its id.
    pub id: CourseId,
    /// Code, under which evidence of attendance is kept.
    pub code: String,
    /// Title, in English.
    pub title: String,
    /// Minutes of all kinds of work.
    pub minutes: i32,
    /// Certificates that must be held.
    pub prerequisites: Vec<Prerequisite>,
}

/// Why something about courses is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The code is used already.
    CodeTaken,
    /// A retired course is changed no more.
    Retired,
    /// There is no draft to publish.
    NothingToPublish,
    /// Only a course that is offered can be retired.
    NotPublished,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeTaken => Self::refused("catalogue/code-taken", "There is a course with this code."),
            Refusal::Retired => Self::refused("catalogue/retired", "The course is retired; it is changed no more."),
            Refusal::NothingToPublish => {
                Self::refused("catalogue/nothing-to-publish", "There is no draft; write one first.")
            }
            Refusal::NotPublished => {
                Self::refused("catalogue/not-published", "Only a course that is offered can be retired.")
            }
        }
    }
}

crate::events! {
    /// The draft of a course was written or rewritten.
    CourseWritten = "catalogue/course-written", "course", course { course: CourseId }
    /// A version of a course was published.
    CoursePublished = "catalogue/course-published", "course", course { course: CourseId, number: i32 }
    /// A course is offered no more.
    CourseRetired = "catalogue/course-retired", "course", course { course: CourseId }
}
