//! Floor 6: who was there, and who says so.
//!
//! Owns: a sheet for each session, marks that are never changed, attestation, corrections by a second person.
//! Tells: `AttendanceTaken`, `AttendanceClosed`, `AttendanceCorrected`.
//! Refuses to know: certificates. With the last sheet of an activity it hands outcomes down to enrolment, and
//! the share of the minutes attended to certification.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{activity_attendance, attest, close, correct, correct_mark, roll, sheets, take, take_marks};

use crate::platform::{Problem, Versioned};
use chrono::{DateTime, Utc};
use entity::attendance::{MarkMethod, MarkStatus, SheetState};
use entity::enrolment::EnrolmentState;
use entity::id::{ActivityId, EnrolmentId, MarkId, PersonId, SessionId, SheetId};
use entity::scheduling::SessionState;
use poem_openapi::Object;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A mark as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewMark {
    /// Whom it is about; never oneself.
    pub person_id: PersonId,
    /// Whether the person was there.
    pub status: MarkStatus,
    /// Minutes the person was there; asked for with `partial`, and with it alone.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    pub minutes: Option<i32>,
    /// How it is known; `roll_call` when missing.
    pub method: Option<MarkMethod>,
    /// When the device says the mark was made, where that is not now.
    pub client_at: Option<DateTime<Utc>>,
    /// Why it is as it is.
    #[oai(validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Marks of a session, in any order.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct TakenMarks {
    /// The marks; a person at most once.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub marks: Vec<NewMark>,
}

/// The word of whoever closes a sheet.
#[derive(Clone, Copy, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Attestation {
    /// That the marks are right and complete; only `true` closes the sheet.
    pub confirmed: bool,
}

/// A mark that takes the place of another on a closed sheet.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Correction {
    /// Whom it is about; never oneself.
    pub person_id: PersonId,
    /// Whether the person was there.
    pub status: MarkStatus,
    /// Minutes the person was there; asked for with `partial`, and with it alone.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    pub minutes: Option<i32>,
    /// How it is known; `sign_in_sheet` when missing.
    pub method: Option<MarkMethod>,
    /// Why; kept for good.
    #[oai(validator(min_length = 5, max_length = 1000))]
    pub reason: String,
}

/// A mark.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct MarkView {
    /// Its id.
    pub id: MarkId,
    /// Whether the person was there.
    pub status: MarkStatus,
    /// Minutes the person was there.
    pub minutes: i32,
    /// How it is known.
    pub method: MarkMethod,
    /// When the device says it was made.
    pub client_at: Option<DateTime<Utc>>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it; missing: the system.
    pub recorded_by: Option<PersonId>,
    /// Their name.
    pub recorder: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Whether it was made after the sheet was closed.
    pub correction: bool,
}

/// A line of the roll.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct RollLineView {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The mark that counts.
    pub mark: Option<MarkView>,
    /// The marks it took the place of, oldest first.
    pub replaced: Vec<MarkView>,
}

/// The sheet of a session, as far as the reader may see it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct RollView {
    /// The session.
    pub session_id: SessionId,
    /// Number of the session within the activity.
    pub number: i32,
    /// Title of the session.
    pub session: String,
    /// The activity.
    pub activity_id: ActivityId,
    /// Title of the activity.
    pub activity: String,
    /// Where.
    pub venue: String,
    /// IANA name of the zone of the session.
    pub zone: String,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// From then on marks are taken.
    pub opens_at: DateTime<Utc>,
    /// Length of the session.
    pub scheduled_minutes: i32,
    /// Whether the sheet takes marks, is attested, or was corrected after that.
    pub state: SheetState,
    /// Whether the session is to take place.
    pub session_state: SessionState,
    /// Who attested it.
    pub attested_by: Option<PersonId>,
    /// Their name.
    pub attester: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether every participant is shown, or only those within reach.
    pub is_whole: bool,
    /// Whether the reader may take the roll.
    pub may_take: bool,
    /// Whether the reader may close the sheet, or correct it when it is closed.
    pub may_close: bool,
    /// Participants with their marks, by name.
    pub lines: Vec<RollLineView>,
    /// Version, for `If-Match`; 0 before the first mark.
    pub version: i64,
}
impl Versioned for RollView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A sheet in a list.
#[derive(Clone, Debug, Object, Serialize)]
pub struct SheetView {
    /// The session.
    pub session_id: SessionId,
    /// Number of the session within the activity.
    pub number: i32,
    /// Title of the session.
    pub session: String,
    /// The activity.
    pub activity_id: ActivityId,
    /// Title of the activity.
    pub activity: String,
    /// Where.
    pub venue: String,
    /// IANA name of the zone of the session.
    pub zone: String,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// Whether the sheet takes marks, is attested, or was corrected after that.
    pub state: SheetState,
    /// Whether the session is over and the sheet is not closed.
    pub overdue: bool,
}

/// How much of an activity a participant attended.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct PresenceView {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// Minutes the person was there.
    pub minutes: i32,
    /// Minutes that count: those of closed sheets, without the sessions the person was excused from.
    pub scheduled_minutes: i32,
    /// Share of them, percent; missing when none count.
    pub share_percent: Option<Decimal>,
    /// What became of the enrolment so far.
    pub state: EnrolmentState,
}

/// How much of an activity everybody attended, as far as the reader may see.
#[derive(Clone, Debug, Object, Serialize)]
pub struct ActivityAttendanceView {
    /// The activity.
    pub activity_id: ActivityId,
    /// Its title.
    pub activity: String,
    /// Sessions that were not cancelled.
    pub sessions: i32,
    /// Of these, those whose sheet is closed.
    pub closed_sessions: i32,
    /// Participants, by name.
    pub people: Vec<PresenceView>,
}

/// A participant without a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmarked {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
}

/// Why something about attendance is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Marks are taken from a quarter of an hour before the start.
    TooEarly {
        /// From then on.
        opens_at: DateTime<Utc>,
    },
    /// A session that was cancelled has no attendance.
    SessionCancelled,
    /// The activity is a draft.
    NotPublished,
    /// The sheet is closed.
    Closed,
    /// The sheet is open: take marks instead.
    NotClosed,
    /// The session goes on.
    NotOver {
        /// Until then.
        ends_at: DateTime<Utc>,
    },
    /// These participants have no mark.
    Missing(Vec<Unmarked>),
    /// Nobody marks himself.
    OwnMark,
    /// Who takes part does not attest.
    OwnSheet,
    /// Who attested a sheet does not correct it.
    SecondPerson,
    /// The mark says that already.
    Unchanged,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooEarly { opens_at } => {
                Self::refused("attendance/too-early", "Marks are taken from 15 minutes before the session starts.")
                    .fact("opens_at", opens_at)
            }
            Refusal::SessionCancelled => Self::refused("attendance/session-cancelled", "The session was cancelled."),
            Refusal::NotPublished => Self::refused("attendance/not-published", "The activity is a draft."),
            Refusal::Closed => {
                Self::refused("attendance/closed", "The sheet is closed. Somebody else than its attester corrects it.")
            }
            Refusal::NotClosed => Self::refused("attendance/not-closed", "The sheet is open; take the mark again."),
            Refusal::NotOver { ends_at } => {
                Self::refused("attendance/not-over", "A sheet is closed when the session is over.")
                    .fact("ends_at", ends_at)
            }
            Refusal::Missing(who) => {
                let names: Vec<&str> = who.iter().map(|one| one.person.as_str()).collect();
                Self::refused("attendance/marks-missing", format!("There is no mark for: {}.", names.join(", ")))
                    .fact("missing", who)
            }
            Refusal::OwnMark => Self::forbidden_as("attendance/own-mark", "Nobody marks himself."),
            Refusal::OwnSheet => {
                Self::forbidden_as("attendance/own-sheet", "You take part; somebody else has to attest the sheet.")
            }
            Refusal::SecondPerson => Self::forbidden_as(
                "attendance/second-person-needed",
                "You attested this sheet; somebody else has to correct it.",
            ),
            Refusal::Unchanged => Self::refused("attendance/unchanged", "The mark says that already."),
        }
    }
}

crate::events! {
    /// Marks were taken.
    AttendanceTaken = "attendance/taken", "attendance-sheet", sheet { sheet: SheetId, session: SessionId, activity: ActivityId, marks: i32 }
    /// A sheet was closed by attestation.
    AttendanceClosed = "attendance/closed", "attendance-sheet", sheet { sheet: SheetId, session: SessionId, activity: ActivityId }
    /// A mark of a closed sheet was corrected.
    AttendanceCorrected = "attendance/corrected", "attendance-sheet", sheet { sheet: SheetId, session: SessionId, activity: ActivityId, mark: MarkId, person: PersonId }
}
