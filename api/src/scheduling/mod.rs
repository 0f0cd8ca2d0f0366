//! Floor 4: what takes place, when, where and with whom.
//!
//! Owns: border crossing points and their dated status, venues, activities and their history, sessions, and the
//! commitments that keep a person or a room from being in two places.
//! Tells: `ActivityPublished`, `ActivityChanged`, `CapacityChanged`, `ActivityPostponed`, `ActivityCancelled`,
//! `ActivityDelivered`, `SessionMoved` and their like.
//! Refuses to know: how people get in, and whether they came.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    BegunSessions, activities, activities_facts, activity, activity_clashes, activity_facts, add_activity,
    add_crossing_point, add_session, add_staff, add_status, add_venue, calendar, cancel_session, change_activity,
    change_crossing_point, change_session, change_state, change_state_at, change_venue, clashes, commit_person,
    commitments, convert, convert_activity, crossing_point, crossing_points, lock_activity, move_on, new_activity,
    new_crossing_point, new_session, new_staff, new_status, new_venue, plan_activity, release_person, remove_staff,
    session, session_facts, sessions_begun, sessions_of, venue, venues, visible_activity,
};

use crate::identity::Scope;
use crate::platform::{Problem, Versioned};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{ActivityId, ComponentId, CourseId, CrossingPointId, OrganisationId, PersonId, SessionId, VenueId};
pub use entity::scheduling::CommitmentRole;
use entity::scheduling::{
    ActivityChangeKind, ActivityKind, ActivityMode, ActivityState, CrossingKind, CrossingStatus, EnrolmentMode, Fold,
    SessionState, StaffRole, VenueKind,
};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

/// What the features above need to know of an activity.
#[derive(Clone, Debug)]
pub struct ActivityFacts {
    /// Its id.
    pub id: ActivityId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: ActivityKind,
    /// How far it has come.
    pub state: ActivityState,
    /// Who organises it.
    pub organisation_id: OrganisationId,
    /// The course it is a run of.
    pub course_id: Option<CourseId>,
    /// Seats there are.
    pub capacity_seats: i32,
    /// How many may wait for a seat; nothing: as many as like.
    pub reserve_seats: Option<i32>,
    /// How people get in.
    pub enrolment_mode: EnrolmentMode,
    /// From then on nobody gets in.
    pub enrolment_closes_at: Option<DateTime<Utc>>,
    /// Start of its first session.
    pub starts_at: Option<DateTime<Utc>>,
    /// End of its last session.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who works in it.
    pub staff: Vec<PersonId>,
}
impl ActivityFacts {
    /// What permission needs to know of it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::activity(self.id, self.organisation_id, self.staff.clone())
    }
    /// Whether it is not published yet.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.state == ActivityState::Draft
    }
}

/// What the features above need to know of a session.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// Its id.
    pub id: SessionId,
    /// The activity.
    pub activity_id: ActivityId,
    /// Number within the activity.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Name of the venue.
    pub venue: String,
    /// IANA name of the zone in which it is announced.
    pub zone: String,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// Whether it is to take place.
    pub state: SessionState,
}

/// A commitment that stands against another.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
pub struct Clash {
    /// The person who is taken; missing for a room.
    pub person_id: Option<PersonId>,
    /// The room that is taken; missing for a person.
    pub venue_id: Option<VenueId>,
    /// Name of the person or the room.
    pub who: String,
    /// The activity by which they are taken.
    pub activity_id: ActivityId,
    /// Its title.
    pub activity: String,
    /// The session of it.
    pub session_id: SessionId,
    /// When they are taken from.
    pub starts_at: DateTime<Utc>,
    /// When they are free again.
    pub ends_at: DateTime<Utc>,
}

/// A crossing point as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewCrossingPoint {
    /// Short code, unique; no IATA code by itself. It stays when the rest is changed.
    #[oai(validator(min_length = 2, max_length = 20, pattern = "^[A-Z0-9_-]+$"))]
    pub code: String,
    /// Name.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub name: String,
    /// Name in the language of the country.
    #[oai(validator(max_length = 200))]
    pub native_name: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[oai(validator(pattern = "^[A-Z]{2}$"))]
    pub country: String,
    /// By what one crosses there.
    #[oai(validator(min_items = 1, max_items = 4))]
    pub kinds: Vec<CrossingKind>,
    /// IATA code of an airport.
    #[oai(validator(pattern = "^[A-Z]{3}$"))]
    pub iata: Option<String>,
    /// ICAO code of an airport.
    #[oai(validator(pattern = "^[A-Z]{4}$"))]
    pub icao: Option<String>,
    /// UN/LOCODE.
    #[oai(validator(pattern = "^[A-Z]{2}[A-Z0-9]{3}$"))]
    pub unlocode: Option<String>,
    /// IANA name of its zone.
    #[oai(validator(max_length = 60))]
    pub zone: String,
    /// Degrees north.
    #[oai(validator(minimum(value = "-90"), maximum(value = "90")))]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[oai(validator(minimum(value = "-180"), maximum(value = "180")))]
    pub longitude: Option<f64>,
    /// Anything else one should know.
    #[oai(validator(max_length = 1000))]
    pub note: Option<String>,
    /// Code of the crossing point on the other side of the border.
    #[oai(validator(max_length = 20))]
    pub pair_code: Option<String>,
}

/// How far a crossing point lets people through, from a day on.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewCrossingStatus {
    /// The status.
    pub status: CrossingStatus,
    /// The first day.
    pub from_on: NaiveDate,
    /// The first day on which it does not hold any more; missing: until further notice.
    pub until_on: Option<NaiveDate>,
    /// Who or what may cross, in words.
    #[oai(validator(max_length = 200))]
    pub classes: Option<String>,
    /// How it is known.
    #[oai(validator(min_length = 3, max_length = 500))]
    pub source_note: String,
}

/// How far a crossing point lets people through, in a span of days.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
pub struct CrossingStatusView {
    /// The status.
    pub status: CrossingStatus,
    /// The first day.
    pub from_on: NaiveDate,
    /// The first day on which it does not hold any more; missing: until further notice.
    pub until_on: Option<NaiveDate>,
    /// Who or what may cross, in words.
    pub classes: Option<String>,
    /// How it is known.
    pub source_note: String,
}

/// A crossing point.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct CrossingPointView {
    /// Its id.
    pub id: CrossingPointId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name in the language of the country.
    pub native_name: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// By what one crosses there.
    pub kinds: Vec<CrossingKind>,
    /// IATA code of an airport.
    pub iata: Option<String>,
    /// ICAO code of an airport.
    pub icao: Option<String>,
    /// UN/LOCODE.
    pub unlocode: Option<String>,
    /// IANA name of its zone.
    pub zone: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Anything else one should know.
    pub note: Option<String>,
    /// Code of the crossing point on the other side of the border.
    pub pair_code: Option<String>,
    /// The day `status` is of: `as_of`, or today in its zone.
    pub as_of: NaiveDate,
    /// Its status on that day; missing where nothing is known.
    pub status: Option<CrossingStatusView>,
    /// Every status recorded, oldest first; in the single view only.
    pub statuses: Option<Vec<CrossingStatusView>>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for CrossingPointView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A venue as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewVenue {
    /// Name.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub name: String,
    /// What kind of place it is.
    pub kind: VenueKind,
    /// Whose place it is.
    pub organisation_id: Option<OrganisationId>,
    /// Street and number, or the address of a meeting online.
    #[oai(validator(max_length = 300))]
    pub address: Option<String>,
    /// Town.
    #[oai(validator(max_length = 100))]
    pub town: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[oai(validator(pattern = "^[A-Z]{2}$"))]
    pub country: Option<String>,
    /// IANA name of its zone.
    #[oai(validator(max_length = 60))]
    pub zone: String,
    /// The crossing point it is at.
    pub crossing_point_id: Option<CrossingPointId>,
    /// Whether it holds one session at a time; missing: classrooms and conference rooms do.
    pub exclusive: Option<bool>,
    /// Anything else one should know.
    #[oai(validator(max_length = 1000))]
    pub note: Option<String>,
}

/// A place where sessions are held.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct VenueView {
    /// Its id.
    pub id: VenueId,
    /// Name.
    pub name: String,
    /// What kind of place it is.
    pub kind: VenueKind,
    /// Whose place it is.
    pub organisation_id: Option<OrganisationId>,
    /// Street and number, or the address of a meeting online.
    pub address: Option<String>,
    /// Town.
    pub town: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// IANA name of its zone.
    pub zone: String,
    /// The crossing point it is at.
    pub crossing_point_id: Option<CrossingPointId>,
    /// Whether it holds one session at a time.
    pub exclusive: bool,
    /// Anything else one should know.
    pub note: Option<String>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for VenueView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// An activity as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewActivity {
    /// Short code, unique. It stays when the rest is changed.
    #[oai(validator(min_length = 2, max_length = 40, pattern = "^[A-Z0-9.-]+$"))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Kind.
    pub kind: ActivityKind,
    /// How people take part.
    pub mode: ActivityMode,
    /// Who organises it.
    pub organisation_id: OrganisationId,
    /// Who receives the visitors.
    pub host_organisation_id: Option<OrganisationId>,
    /// The component of the programme it belongs to.
    pub component_id: Option<ComponentId>,
    /// The course it is a run of.
    pub course_id: Option<CourseId>,
    /// What it is about.
    #[oai(validator(max_length = 4000))]
    pub summary: Option<String>,
    /// Working languages, ISO 639-1.
    #[oai(default, validator(max_items = 10))]
    pub languages: Vec<String>,
    /// Seats there are.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000")))]
    pub capacity_seats: i32,
    /// How many may wait for a seat; missing: as many as like.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000")))]
    pub reserve_seats: Option<i32>,
    /// How people get in.
    pub enrolment_mode: EnrolmentMode,
    /// From then on nobody gets in; missing: until it begins.
    pub enrolment_closes_at: Option<DateTime<Utc>>,
    /// First day as planned, where it is known before there are sessions.
    pub planned_from_on: Option<NaiveDate>,
    /// Last day as planned.
    pub planned_until_on: Option<NaiveDate>,
}

/// A session as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewSession {
    /// Title.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub title: String,
    /// Where.
    pub venue_id: VenueId,
    /// Start on the wall clock of the zone, as `2026-12-01T09:00`.
    #[oai(validator(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$", max_length = 19))]
    pub starts_local: String,
    /// End on the wall clock of the zone.
    #[oai(validator(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$", max_length = 19))]
    pub ends_local: String,
    /// IANA name of the zone; that of the venue when missing.
    #[oai(validator(max_length = 60))]
    pub zone: Option<String>,
    /// Which start is meant where clocks go back and the wall time comes twice.
    pub starts_fold: Option<Fold>,
    /// Which end is meant.
    pub ends_fold: Option<Fold>,
    /// Agenda.
    #[oai(validator(max_length = 10000))]
    pub agenda: Option<String>,
}

/// What happened, where it is history and not an act of now.
#[derive(Clone, Debug)]
pub struct StateChange {
    /// The state from then on.
    pub state: ActivityState,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Somebody who works in an activity.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
pub struct StaffView {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: StaffRole,
}

/// A crossing point at which a session is held, and its status on that day.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct SessionCrossingView {
    /// Its id.
    pub id: CrossingPointId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// By what one crosses there.
    pub kinds: Vec<CrossingKind>,
    /// Its status on the day of the session; missing where nothing is known.
    pub status: Option<CrossingStatusView>,
}

/// A session.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// The activity.
    pub activity_id: ActivityId,
    /// Number within the activity.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Where.
    pub venue_id: VenueId,
    /// Name of the venue.
    pub venue: String,
    /// Town of the venue.
    pub town: Option<String>,
    /// Start on the wall clock of the zone.
    pub starts_local: String,
    /// End on the wall clock of the zone.
    pub ends_local: String,
    /// IANA name of the zone.
    pub zone: String,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// Whether it is to take place.
    pub state: SessionState,
    /// Grows with each change of time, place or state.
    pub sequence: i32,
    /// Agenda.
    pub agenda: Option<String>,
    /// The crossing point it is at.
    pub crossing_point: Option<SessionCrossingView>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for SessionView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Something that happened to an activity.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ActivityChangeView {
    /// Another state, a session moved, or converted to be held online.
    pub kind: ActivityChangeKind,
    /// The state before.
    pub from_state: ActivityState,
    /// The state after.
    pub to_state: ActivityState,
    /// Why.
    pub reason: Option<String>,
    /// The session that was moved.
    pub session_id: Option<SessionId>,
    /// Start before.
    pub starts_before_at: Option<DateTime<Utc>>,
    /// Start after.
    pub starts_after_at: Option<DateTime<Utc>>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub person_id: Option<PersonId>,
    /// Their name.
    pub person: Option<String>,
}

/// An activity in a list.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ActivitySummaryView {
    /// Its id.
    pub id: ActivityId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: ActivityKind,
    /// How people take part.
    pub mode: ActivityMode,
    /// How far it has come.
    pub state: ActivityState,
    /// Who organises it.
    pub organisation_id: OrganisationId,
    /// The component of the programme it belongs to.
    pub component_id: Option<ComponentId>,
    /// The course it is a run of.
    pub course_id: Option<CourseId>,
    /// Seats there are.
    pub capacity_seats: i32,
    /// How people get in.
    pub enrolment_mode: EnrolmentMode,
    /// From then on nobody gets in.
    pub enrolment_closes_at: Option<DateTime<Utc>>,
    /// First day as first planned.
    pub planned_from_on: Option<NaiveDate>,
    /// Last day as first planned.
    pub planned_until_on: Option<NaiveDate>,
    /// Start of its first session.
    pub starts_at: Option<DateTime<Utc>>,
    /// End of its last session.
    pub ends_at: Option<DateTime<Utc>>,
    /// Its place in the list: the start, else the first planned day, else its creation.
    pub listed_at: DateTime<Utc>,
    /// IANA name of the zone of its first session.
    pub zone: Option<String>,
    /// Names of its venues, in order of time.
    pub places: Vec<String>,
}

/// An activity.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ActivityView {
    /// Its id.
    pub id: ActivityId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: ActivityKind,
    /// How people take part.
    pub mode: ActivityMode,
    /// How far it has come.
    pub state: ActivityState,
    /// Why it is postponed, suspended or cancelled.
    pub state_reason: Option<String>,
    /// Who organises it.
    pub organisation_id: OrganisationId,
    /// Who receives the visitors.
    pub host_organisation_id: Option<OrganisationId>,
    /// The component of the programme it belongs to.
    pub component_id: Option<ComponentId>,
    /// Title of the component.
    pub component: Option<String>,
    /// The course it is a run of.
    pub course_id: Option<CourseId>,
    /// Title of the course.
    pub course: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// Working languages, ISO 639-1.
    pub languages: Vec<String>,
    /// Seats there are.
    pub capacity_seats: i32,
    /// How many may wait for a seat; missing: as many as like.
    pub reserve_seats: Option<i32>,
    /// How people get in.
    pub enrolment_mode: EnrolmentMode,
    /// From then on nobody gets in.
    pub enrolment_closes_at: Option<DateTime<Utc>>,
    /// First day as first planned; moving and postponing leave it.
    pub planned_from_on: Option<NaiveDate>,
    /// Last day as first planned.
    pub planned_until_on: Option<NaiveDate>,
    /// Start of the first session that is to take place; the last one known when none is.
    pub starts_at: Option<DateTime<Utc>>,
    /// End of the last session.
    pub ends_at: Option<DateTime<Utc>>,
    /// Sessions by start, cancelled ones too.
    pub sessions: Vec<SessionView>,
    /// Who works in it; empty for those who are in another organisation and no part of it.
    pub staff: Vec<StaffView>,
    /// What happened to it, oldest first.
    pub changes: Vec<ActivityChangeView>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for ActivityView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Which activities are wanted.
#[derive(Clone, Debug, Default)]
pub struct ActivityFilter {
    /// In this state.
    pub state: Option<ActivityState>,
    /// Of this kind.
    pub kind: Option<ActivityKind>,
    /// Not over before this day.
    pub from_on: Option<NaiveDate>,
    /// Begun by this day.
    pub until_on: Option<NaiveDate>,
    /// With this in code or title.
    pub text: Option<String>,
    /// Of this component.
    pub component_id: Option<ComponentId>,
    /// Runs of this course.
    pub course_id: Option<CourseId>,
    /// The latest first.
    pub latest_first: bool,
}

/// Which crossing points are wanted.
#[derive(Clone, Debug, Default)]
pub struct CrossingPointFilter {
    /// In this country.
    pub country: Option<String>,
    /// Of this kind.
    pub kind: Option<CrossingKind>,
    /// The day whose status is wanted.
    pub as_of: Option<NaiveDate>,
}

/// What an activity is to become, and why.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewState {
    /// The state from now on.
    pub state: ActivityState,
    /// Why; required for postponed, suspended and cancelled.
    #[oai(validator(max_length = 2000))]
    pub reason: Option<String>,
}

/// Why something is done.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Because {
    /// The reason.
    #[oai(validator(min_length = 3, max_length = 2000))]
    pub reason: String,
}

/// In which mode an activity is held from now on, and why.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Conversion {
    /// The mode.
    pub mode: ActivityMode,
    /// Why.
    #[oai(validator(min_length = 3, max_length = 2000))]
    pub reason: String,
}

/// Somebody who is to work in an activity.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewStaff {
    /// The person.
    pub person_id: PersonId,
    /// What they do.
    pub role: StaffRole,
}

/// A time and place that is only thought of.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The session that would be moved; nothing for a new one.
    pub session_id: Option<SessionId>,
    /// Where.
    pub venue_id: VenueId,
    /// Start on the wall clock.
    pub starts_local: String,
    /// End on the wall clock.
    pub ends_local: String,
    /// IANA name of the zone; that of the venue when missing.
    pub zone: Option<String>,
}

/// What stands against an activity's times.
#[derive(Clone, Debug, Object, Serialize)]
pub struct ClashesView {
    /// Persons and rooms that are taken by other activities.
    pub clashes: Vec<Clash>,
    /// Sessions of the activity itself that take place at that time.
    pub overlapping_sessions: Vec<SessionId>,
}

/// A span of time in which a person is taken.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct CommitmentView {
    /// The activity.
    pub activity_id: ActivityId,
    /// Its code.
    pub activity_code: String,
    /// Its title.
    pub activity: String,
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub session: String,
    /// Where.
    pub venue: String,
    /// IANA name of the zone of the session.
    pub zone: String,
    /// When they are taken from.
    pub starts_at: DateTime<Utc>,
    /// When they are free again.
    pub ends_at: DateTime<Utc>,
    /// As what.
    pub role: Option<CommitmentRole>,
}

/// Why something about activities is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The code is used already.
    CodeTaken,
    /// This state does not follow from that one.
    NoSuchStep {
        /// As it is.
        from: ActivityState,
        /// As was wanted.
        to: ActivityState,
    },
    /// It is over and stays as it is.
    Over,
    /// Not everything that publication needs is there.
    NotReady(Vec<&'static str>),
    /// Two sessions of one activity would share time.
    SessionsOverlap(SessionId),
    /// Somebody or a room is taken.
    Clash(Vec<Clash>),
    /// The person takes part in the activity in another way already.
    OtherPart,
    /// A status begins on the same day or later already.
    StatusOutOfOrder,
    /// A cancelled session stays cancelled.
    SessionCancelled,
    /// Sessions are still to come.
    NotOver,
    /// The session has begun.
    SessionBegun,
    /// It is the only session there is to be.
    LastSession,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeTaken => Self::refused("scheduling/code-taken", "The code is taken."),
            Refusal::NoSuchStep { from, to } => {
                Self::refused("scheduling/no-such-step", "This state does not follow from the one it is in.")
                    .fact("from", from)
                    .fact("to", to)
                    .fact("possible", rules::next(from))
            }
            Refusal::Over => Self::refused("scheduling/over", "The activity is over and stays as it is."),
            Refusal::NotReady(missing) => {
                Self::refused("scheduling/not-ready", "Not everything that publication needs is there.")
                    .fact("missing", missing)
            }
            Refusal::SessionsOverlap(session) => Self::refused(
                "scheduling/sessions-overlap",
                "Another session of this activity takes place at that time.",
            )
            .fact("session_id", session),
            Refusal::Clash(clashes) => {
                Self::refused("scheduling/clash", "Somebody or a room is taken at that time.").fact("clashes", clashes)
            }
            Refusal::OtherPart => Self::refused(
                "scheduling/other-part",
                "The person is in this activity already: nobody takes part where they work.",
            ),
            Refusal::StatusOutOfOrder => Self::refused(
                "scheduling/status-out-of-order",
                "A status is recorded for that day or a later one already.",
            ),
            Refusal::SessionBegun => Self::refused("scheduling/session-begun", "The session has begun."),
            Refusal::LastSession => Self::refused(
                "scheduling/last-session",
                "It is the only session there is to be: postpone or cancel the activity, or add another one first.",
            ),
            Refusal::NotOver => Self::refused("scheduling/not-over", "Not every session is over yet."),
            Refusal::SessionCancelled => {
                Self::refused("scheduling/session-cancelled", "A cancelled session stays cancelled; add a new one.")
            }
        }
    }
}

crate::events! {
    /// A crossing point or its status was written.
    CrossingPointChanged = "scheduling/crossing-point-changed", "crossing_point", crossing_point { crossing_point: CrossingPointId }
    /// A venue was written.
    VenueChanged = "scheduling/venue-changed", "venue", venue { venue: VenueId }
    /// An activity was drafted.
    ActivityDrafted = "scheduling/activity-drafted", "activity", activity { activity: ActivityId }
    /// An activity was published, or planned anew after it had been postponed.
    ActivityPublished = "scheduling/activity-published", "activity", activity { activity: ActivityId }
    /// Facts, staff or sessions of an activity were changed, or it went on to another state.
    ActivityChanged = "scheduling/activity-changed", "activity", activity { activity: ActivityId }
    /// An activity has another number of seats.
    CapacityChanged = "scheduling/capacity-changed", "activity", activity { activity: ActivityId, capacity_seats: i32 }
    /// An activity is postponed.
    ActivityPostponed = "scheduling/activity-postponed", "activity", activity { activity: ActivityId }
    /// An activity is suspended.
    ActivitySuspended = "scheduling/activity-suspended", "activity", activity { activity: ActivityId }
    /// An activity does not take place.
    ActivityCancelled = "scheduling/activity-cancelled", "activity", activity { activity: ActivityId }
    /// An activity has taken place.
    ActivityDelivered = "scheduling/activity-delivered", "activity", activity { activity: ActivityId }
    /// A session has another time or place.
    SessionMoved = "scheduling/session-moved", "activity", activity { session: SessionId, activity: ActivityId }
    /// A session does not take place.
    SessionCancelled = "scheduling/session-cancelled", "activity", activity { session: SessionId, activity: ActivityId }
}
