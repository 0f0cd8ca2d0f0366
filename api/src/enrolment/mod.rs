//! Floor 5: how people get into an activity: nominated, endorsed and selected, or of their own accord.
//!
//! Owns: enrolments with every step that led to them, seats, the reserve list and its order, eligibility.
//! Tells: `PersonNominated`, `NominationEndorsed`, `SeatPlaced`, `ReservePlaced`, `SeatFreed`,
//! `EnrolmentDeclined`, `EnrolmentWithdrawn`, `EnrolmentCancelled`, `OutcomeRecorded`.
//! Refuses to know: attendance marks and results; who takes the roll hands the outcome down.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    activity_enrolments, add_endorsed, add_place, add_seat, candidates, decline, eligibility, endorse, enrol,
    enrolment, enrolments, is_participant, nominate, on_activity_cancelled, on_activity_postponed,
    on_activity_published, on_capacity_changed, own_enrolments, participants, place_of, record_outcome, roster,
    seats_of_person, select, to_endorse, withdraw,
};

use crate::platform::{Problem, Versioned};
use chrono::{DateTime, Utc};
use entity::enrolment::{EnrolmentState, QueueClass};
use entity::id::{ActivityId, EnrolmentId, EnrolmentStepId, OrganisationId, PersonId, UnitId};
use poem_openapi::Object;
use rules::Obstacle;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A nomination as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewNomination {
    /// Who is to take part.
    pub person_id: PersonId,
    /// Class in the queue; `ordinary` when missing. The coordinator may set another when selecting.
    pub priority: Option<QueueClass>,
    /// Why this person.
    #[oai(validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// How somebody is selected.
#[derive(Clone, Debug, Default, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Selection {
    /// Class in the queue from now on; as nominated when missing.
    pub priority: Option<QueueClass>,
}

/// Why somebody does not get in, or gives up.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct WithReason {
    /// Why.
    #[oai(validator(min_length = 3, max_length = 1000))]
    pub reason: String,
}

/// What became of somebody who held a seat, as attendance hands it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Was there all the time that counts.
    AttendedFull,
    /// Was there in part.
    AttendedPartial,
    /// Did not come.
    NoShow,
    /// Did not come and was excused.
    Excused,
}
impl Outcome {
    /// The state of an enrolment that ended so.
    #[must_use]
    pub const fn state(self) -> EnrolmentState {
        match self {
            Self::AttendedFull => EnrolmentState::AttendedFull,
            Self::AttendedPartial => EnrolmentState::AttendedPartial,
            Self::NoShow => EnrolmentState::NoShow,
            Self::Excused => EnrolmentState::Excused,
        }
    }
}

/// Somebody who holds a seat.
#[derive(Clone, Debug)]
pub struct Participant {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The person.
    pub person_id: PersonId,
    /// Given and family name.
    pub name: String,
    /// The organisation they came from.
    pub organisation_id: OrganisationId,
    /// The unit they came from.
    pub unit_id: Option<UnitId>,
    /// The place given, or what became of it.
    pub state: EnrolmentState,
}

/// An enrolment.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct EnrolmentView {
    /// Its id.
    pub id: EnrolmentId,
    /// The activity.
    pub activity_id: ActivityId,
    /// Title of the activity.
    pub activity: String,
    /// When the activity starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// The person.
    pub person_id: PersonId,
    /// Given and family name.
    pub person: String,
    /// The person's organisation at that time.
    pub organisation_id: OrganisationId,
    /// The person's unit at that time.
    pub unit_id: Option<UnitId>,
    /// What has become of it.
    pub state: EnrolmentState,
    /// Class in the queue.
    pub priority: QueueClass,
    /// Place on the reserve list, from 1; missing elsewhere.
    pub position: Option<i32>,
    /// When the person was first placed; decides the order within a class.
    pub joined_at: Option<DateTime<Utc>>,
    /// Who nominated; missing when the person came of their own accord.
    pub nominated_by: Option<PersonId>,
    /// Who endorsed.
    pub endorsed_by: Option<PersonId>,
    /// Who gave or refused the place.
    pub decided_by: Option<PersonId>,
    /// Why it was declined or withdrawn.
    pub reason: Option<String>,
    /// Whether it was withdrawn late: after enrolment closed, or within 72 hours of the start.
    pub late: bool,
    /// What led here, oldest first; in the single view only.
    pub steps: Option<Vec<StepView>>,
    /// Version, as in the `ETag`.
    pub version: i64,
    /// When it began.
    pub created_at: DateTime<Utc>,
}
impl Versioned for EnrolmentView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A step of an enrolment.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct StepView {
    /// Its id.
    pub id: EnrolmentStepId,
    /// The state before; missing at the beginning.
    pub from_state: Option<EnrolmentState>,
    /// The state after; the same as before when a free seat passed the person over.
    pub to_state: EnrolmentState,
    /// Who; missing where the program acted.
    pub person_id: Option<PersonId>,
    /// Their name.
    pub person: Option<String>,
    /// For whom, when somebody else acted.
    pub on_behalf_of: Option<PersonId>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A reason why somebody cannot get in.
#[derive(Clone, Debug, Object, Serialize, Deserialize)]
pub struct ObstacleView {
    /// Stable code: `enrolment/` and what is the case.
    pub code: String,
    /// The reason in words, and what to do about it.
    pub detail: String,
    /// Facts about this case, by name.
    #[serde(default)]
    pub facts: BTreeMap<String, serde_json::Value>,
}
impl ObstacleView {
    /// An obstacle as it is shown.
    #[must_use]
    pub fn of(obstacle: &Obstacle) -> Self {
        let mut facts = BTreeMap::new();
        let mut put = |name: &str, value: serde_json::Value| drop(facts.insert(name.to_owned(), value));
        match obstacle {
            Obstacle::NotInService | Obstacle::NominationOnly | Obstacle::OnStaff => {}
            Obstacle::NotOpen { state } => put("state", state.word().into()),
            Obstacle::Closed { closed_at } => put("closed_at", instant(closed_at)),
            Obstacle::Started { started_at } => put("started_at", instant(started_at)),
            Obstacle::Prerequisite(missing) => {
                put("scheme", missing.scheme.as_str().into());
                put("accepts", missing.accepts.word().into());
                put("status", missing.status.word().into());
            }
            Obstacle::Clash(clash) => {
                put("activity_id", clash.activity_id.to_string().into());
                put("activity", clash.activity.as_str().into());
                put("session_id", clash.session_id.to_string().into());
                put("starts_at", instant(&clash.starts_at));
                put("ends_at", instant(&clash.ends_at));
            }
        }
        Self { code: format!("enrolment/{}", obstacle.word()), detail: rules::words(obstacle), facts }
    }
}

fn instant(at: &DateTime<Utc>) -> serde_json::Value {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into()
}

/// Where somebody would be placed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, poem_openapi::Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// On a seat.
    Seat,
    /// On the reserve list.
    Reserve,
    /// Nowhere: the reserve list is full too.
    Full,
}

/// Whether a person can get into an activity now, with every reason that stands in the way.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct EligibilityView {
    /// The activity.
    pub activity_id: ActivityId,
    /// The person.
    pub person_id: PersonId,
    /// Whether nothing stands in the way.
    pub eligible: bool,
    /// Everything that stands in the way.
    pub obstacles: Vec<ObstacleView>,
    /// Where the person would be placed now, were there no obstacle.
    pub prospect: Prospect,
    /// Seats there are.
    pub capacity_seats: i32,
    /// Seats taken.
    pub taken_seats: i32,
    /// Persons on the reserve list.
    pub waiting: i32,
    /// The enrolment that is there already.
    pub enrolment_id: Option<EnrolmentId>,
    /// Its state.
    pub state: Option<EnrolmentState>,
}

/// Which enrolments are wanted.
#[derive(Clone, Debug, Default)]
pub struct EnrolmentFilter {
    /// In this activity.
    pub activity_id: Option<ActivityId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// In this state.
    pub state: Option<EnrolmentState>,
}

/// A line of the roster, with what the reader may do about it.
#[derive(Clone, Debug)]
pub struct RosterLine {
    /// The enrolment.
    pub view: EnrolmentView,
    /// Consent as the unit's commander.
    pub may_endorse: bool,
    /// Give a place.
    pub may_select: bool,
    /// Refuse.
    pub may_decline: bool,
    /// Withdraw.
    pub may_withdraw: bool,
}

/// Who takes part in an activity, as far as the reader may see, and how full it is.
#[derive(Clone, Debug)]
pub struct RosterView {
    /// The activity.
    pub activity_id: ActivityId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// When enrolment closes.
    pub closes_at: Option<DateTime<Utc>>,
    /// Zone of its first session, IANA.
    pub zone: String,
    /// Whether people enrol themselves.
    pub is_open: bool,
    /// How full it is.
    pub room: rules::Room,
    /// On a seat, by name.
    pub seated: Vec<RosterLine>,
    /// On the reserve list, by rank.
    pub reserve: Vec<RosterLine>,
    /// Nominated, waiting for the commander.
    pub nominated: Vec<RosterLine>,
    /// Endorsed, waiting for the coordinator.
    pub endorsed: Vec<RosterLine>,
    /// Declined, withdrawn or cancelled.
    pub over: Vec<RosterLine>,
    /// The reader's own.
    pub own: Option<RosterLine>,
    /// Whether the reader sees everybody.
    pub is_whole: bool,
}

/// Somebody the reader could nominate.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The person.
    pub person_id: PersonId,
    /// Family and given name.
    pub name: String,
}

/// Where somebody stands on a reserve list, and where that is.
#[derive(Clone, Debug)]
pub struct PlaceOf {
    /// Title of the activity.
    pub title: String,
    /// What has become of the enrolment.
    pub state: EnrolmentState,
    /// Place on the reserve list, from 1.
    pub position: Option<i32>,
}

/// Why something about enrolment is refused.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Something stands in the way of this person.
    NotEligible(Vec<Obstacle>),
    /// Every seat and every place on the reserve list is taken.
    ReserveFull {
        /// Seats there are.
        capacity_seats: i32,
        /// Places on the reserve list.
        reserve_seats: i32,
    },
    /// Every seat is taken, and only a seat was wanted.
    Full {
        /// Seats there are.
        capacity_seats: i32,
    },
    /// The commander has not consented.
    NotEndorsed,
    /// This state does not follow from that one.
    NoSuchStep {
        /// As it is.
        from: EnrolmentState,
        /// As was wanted.
        to: EnrolmentState,
    },
    /// Nobody decides about himself.
    OwnCase,
    /// Who took the step before does not take this one.
    SamePerson,
    /// The activity has started.
    Started {
        /// When.
        started_at: DateTime<Utc>,
    },
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotEligible(obstacles) => {
                let words: Vec<String> = obstacles.iter().map(rules::words).collect();
                let views: Vec<ObstacleView> = obstacles.iter().map(ObstacleView::of).collect();
                Self::refused("enrolment/not-eligible", words.join(" ")).fact("obstacles", views)
            }
            Refusal::ReserveFull { capacity_seats, reserve_seats } => {
                Self::refused("enrolment/reserve-full", "Every seat and the whole reserve list are taken.")
                    .fact("capacity_seats", capacity_seats)
                    .fact("reserve_seats", reserve_seats)
            }
            Refusal::Full { capacity_seats } => {
                Self::refused("enrolment/full", "Every seat is taken.").fact("capacity_seats", capacity_seats)
            }
            Refusal::NotEndorsed => Self::refused(
                "enrolment/not-endorsed",
                "The commander of the unit has to endorse the nomination first.",
            ),
            Refusal::NoSuchStep { from, to } => {
                Self::refused("enrolment/no-such-step", "This state does not follow from the one it is in.")
                    .fact("from", from)
                    .fact("to", to)
                    .fact("possible", rules::next(from))
            }
            Refusal::OwnCase => {
                Self::refused("enrolment/own-case", "Nobody decides about himself; somebody else has to.")
            }
            Refusal::SamePerson => {
                Self::refused("enrolment/same-person", "You took the step before; somebody else has to take this one.")
            }
            Refusal::Started { started_at } => {
                Self::refused("enrolment/started", "The activity has started; tell who takes the roll.")
                    .fact("started_at", started_at)
            }
        }
    }
}

crate::events! {
    /// Somebody was proposed.
    PersonNominated = "enrolment/person-nominated", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// The commander consented.
    NominationEndorsed = "enrolment/nomination-endorsed", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// Somebody was given a seat, at once or from the reserve list.
    SeatPlaced = "enrolment/seat-placed", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// Somebody was put on the reserve list.
    ReservePlaced = "enrolment/reserve-placed", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// A seat came free.
    SeatFreed = "enrolment/seat-freed", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// A nomination was refused.
    EnrolmentDeclined = "enrolment/declined", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// Somebody gave up, or was withdrawn.
    EnrolmentWithdrawn = "enrolment/withdrawn", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId, by_self: bool }
    /// The activity was cancelled, and the enrolment with it.
    EnrolmentCancelled = "enrolment/cancelled", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId }
    /// What became of a seat is known.
    OutcomeRecorded = "enrolment/outcome-recorded", "enrolment", enrolment { enrolment: EnrolmentId, activity: ActivityId, person: PersonId, state: EnrolmentState }
}
