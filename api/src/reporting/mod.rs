//! Roof: figures across features, and the page everybody lands on.
//!
//! Owns: completion and certification figures with the lists behind them, the home page.
//! Tells: nothing; it only reads, in one snapshot and a fixed number of queries.
//! Refuses to know: how anything is decided. What is counted is defined beside the figure.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{completion, completion_choices, completion_people, home};

use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{ActivityId, CertificateId, CourseId, OrganisationId, PersonId, ProposalId, SchemeId, UnitId};
use poem_openapi::{Enum, Object};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A figure of the completion report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Persons in service.
    People,
    /// With an accepted place.
    Seats,
    /// Who completed.
    Completed,
    /// With a certificate in force.
    Valid,
    /// With a certificate in its renewal window and not renewed.
    Renewable,
    /// With a certificate that ends within 90 days and is not renewed.
    Expiring,
    /// With a certificate that ended and was not renewed.
    Expired,
}
impl Figure {
    /// The word in addresses and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Seats => "seats",
            Self::Completed => "completed",
            Self::Valid => "valid",
            Self::Renewable => "renewable",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
        }
    }
}

/// What a report is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportFilter {
    /// This unit and all below it.
    pub unit_id: Option<UnitId>,
    /// Seats in activities of this course.
    pub course_id: Option<CourseId>,
    /// Certificates of this scheme.
    pub scheme_id: Option<SchemeId>,
}

/// Figures of a unit, of a person or of everything.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Object, Serialize)]
pub struct Figures {
    /// Persons in service.
    pub people: i64,
    /// Places accepted.
    pub seats: i64,
    /// Of these, withdrawn with an excuse.
    pub excused: i64,
    /// Of these, completed.
    pub completed: i64,
    /// Completed of accepted without excused, percent with one decimal; missing when nobody was expected.
    pub completion_percent: Option<Decimal>,
    /// Certificates in force, renewable ones included.
    pub certificates_valid: i64,
    /// In their renewal window and not renewed.
    pub certificates_renewable: i64,
    /// Ending within 90 days and not renewed.
    pub certificates_expiring: i64,
    /// Over and not renewed.
    pub certificates_expired: i64,
}
impl Figures {
    fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.seats += other.seats;
        self.excused += other.excused;
        self.completed += other.completed;
        self.certificates_valid += other.certificates_valid;
        self.certificates_renewable += other.certificates_renewable;
        self.certificates_expiring += other.certificates_expiring;
        self.certificates_expired += other.certificates_expired;
    }
    fn rated(mut self) -> Self {
        self.completion_percent = rules::completion_percent(self.seats, self.excused, self.completed);
        self
    }
}

/// A unit's line of the report.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct UnitFigures {
    /// The unit; missing for persons without one.
    pub unit_id: Option<UnitId>,
    /// Its name.
    pub unit: String,
    /// Its organisation.
    pub organisation_id: Option<OrganisationId>,
    /// The figures of its own persons, without those of units below.
    pub figures: Figures,
}

/// Something to filter by.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its name.
    pub name: String,
}

/// What a report can be filtered by.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Units within reach.
    pub units: Vec<Choice>,
    /// Courses.
    pub courses: Vec<Choice>,
    /// Certification schemes.
    pub schemes: Vec<Choice>,
}

/// The completion report.
#[derive(Clone, Debug, Object, Serialize)]
pub struct CompletionReport {
    /// When the data was read; every figure is of this instant.
    pub as_of: DateTime<Utc>,
    /// What the figures mean.
    pub definition: String,
    /// All lines together.
    pub total: Figures,
    /// One line for each unit within your reach.
    pub units: Vec<UnitFigures>,
}

/// A person's line behind a figure.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct PersonFigures {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// Service rank.
    pub rank: Option<String>,
    /// The figures.
    pub figures: Figures,
}

/// The definition shown with the figures.
pub const DEFINITION: &str = "Persons in service by their unit of today. Completion rate: completed places divided by \
accepted places without excused withdrawals, in activities that have taken place. Certificates: in force today; \
renewable from the opening of the renewal window; expiring: ending within 90 days; renewed ones are not counted as \
renewable, expiring or expired.";

/// A seat ahead, or a nomination that waits.
#[derive(Clone, Debug)]
pub struct SeatAhead {
    /// The activity.
    pub activity: ActivityId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// Its zone, IANA.
    pub zone: String,
    /// State of the enrolment, as a word.
    pub state: String,
}

/// A certificate that ends soon or has ended.
#[derive(Clone, Debug)]
pub struct CertificateAhead {
    /// The certificate.
    pub certificate: CertificateId,
    /// Whose.
    pub name: String,
    /// English title of the scheme.
    pub title: String,
    /// Last day.
    pub valid_until_on: NaiveDate,
}

/// A proposal that waits for an officer.
#[derive(Clone, Debug)]
pub struct ProposalAhead {
    /// The proposal.
    pub proposal: ProposalId,
    /// About whom.
    pub name: String,
    /// Title of the scheme.
    pub title: String,
    /// What is proposed, as a word.
    pub kind: String,
}

/// An activity ahead, for who coordinates it.
#[derive(Clone, Debug)]
pub struct ActivityAhead {
    /// The activity.
    pub activity: ActivityId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// Its zone, IANA.
    pub zone: String,
    /// Places.
    pub capacity: i32,
    /// Places taken.
    pub seated: i64,
    /// Nominations that wait for the coordinator.
    pub to_work: i64,
}

/// An assessment that can be sat.
#[derive(Clone, Debug)]
pub struct AssessmentAhead {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its title.
    pub title: String,
}

/// A nomination that waits for endorsement.
#[derive(Clone, Debug)]
pub struct NominationAhead {
    /// The activity.
    pub activity: ActivityId,
    /// Its title.
    pub title: String,
    /// Who is nominated.
    pub name: String,
}

/// What the home page shows: what is asked of the reader, by role.
#[derive(Clone, Debug, Default)]
pub struct HomeView {
    /// Own seats ahead.
    pub seats: Vec<SeatAhead>,
    /// Assessments open to the reader.
    pub assessments: Vec<AssessmentAhead>,
    /// Own certificates that end soon.
    pub certificates: Vec<CertificateAhead>,
    /// Activities ahead that the reader coordinates.
    pub activities: Vec<ActivityAhead>,
    /// Nominations for the reader to endorse.
    pub to_endorse: Vec<NominationAhead>,
    /// Certificates of others in reach that end soon.
    pub expiring: Vec<CertificateAhead>,
    /// Proposals the reader can decide.
    pub proposals: Vec<ProposalAhead>,
}
impl HomeView {
    /// Whether nothing is asked of the reader.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
            && self.assessments.is_empty()
            && self.certificates.is_empty()
            && self.activities.is_empty()
            && self.to_endorse.is_empty()
            && self.expiring.is_empty()
            && self.proposals.is_empty()
    }
}
