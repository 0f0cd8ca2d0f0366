//! Tables of scheduling: crossing points and their status, venues, activities, sessions, who takes part, and
//! the commitments that keep a person or a room from being in two places.

crate::states! {
    /// By what one crosses a border.
    CrossingKind { Road = "road", Rail = "rail", Air = "air", Pedestrian = "pedestrian" }
}
crate::states! {
    /// How far a crossing point lets people through.
    CrossingStatus { Open = "open", Restricted = "restricted", Suspended = "suspended", Closed = "closed" }
}
crate::states! {
    /// What kind of place a venue is.
    VenueKind {
        Classroom = "classroom",
        Conference = "conference",
        CrossingPoint = "crossing_point",
        TrainingGround = "training_ground",
        Online = "online",
        Other = "other",
    }
}
crate::states! {
    /// What kind of undertaking an activity is.
    ActivityKind {
        StudyVisit = "study_visit",
        BilateralMeeting = "bilateral_meeting",
        ExpertMeeting = "expert_meeting",
        TrainingCourse = "training_course",
        Workshop = "workshop",
        TabletopExercise = "tabletop_exercise",
        PracticalExercise = "practical_exercise",
        JointOperationDeployment = "joint_operation_deployment",
        ELearning = "e_learning",
        Conference = "conference",
    }
}
crate::states! {
    /// How people take part.
    ActivityMode { InPerson = "in_person", Online = "online", Hybrid = "hybrid" }
}
crate::states! {
    /// How far an activity has come.
    ActivityState {
        Draft = "draft",
        Planned = "planned",
        Confirmed = "confirmed",
        InProgress = "in_progress",
        Delivered = "delivered",
        Closed = "closed",
        Postponed = "postponed",
        Suspended = "suspended",
        Cancelled = "cancelled",
    }
}
crate::states! {
    /// How people get in.
    EnrolmentMode { Nomination = "nomination", Open = "open" }
}
crate::states! {
    /// What a row of an activity's history tells.
    ActivityChangeKind { State = "state", Moved = "moved", Converted = "converted" }
}
crate::states! {
    /// What somebody of the staff does in an activity.
    StaffRole { Trainer = "trainer", Examiner = "examiner", Coordinator = "coordinator", Evaluator = "evaluator" }
}
crate::states! {
    /// Whether a session is to take place.
    SessionState { Planned = "planned", Cancelled = "cancelled" }
}
crate::states! {
    /// Which of two equal wall times is meant, on the night when clocks go back.
    Fold { Earlier = "earlier", Later = "later" }
}
crate::states! {
    /// What is taken for a span of time.
    CommitmentSubject { Person = "person", Venue = "venue" }
}
crate::states! {
    /// As what a person is taken.
    CommitmentRole { Participant = "participant", Staff = "staff" }
}

/// A border crossing point.
#[expect(clippy::struct_excessive_bools, reason = "one per kind, so that a query can ask for it")]
pub mod crossing_point {
    use crate::id::CrossingPointId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "crossing_point")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CrossingPointId,
        /// Never an IATA code by itself: `VIE` is an airport and a road crossing.
        #[sea_orm(unique)]
        pub code: String,
        pub name: String,
        pub native_name: Option<String>,
        /// ISO 3166-1 alpha-2.
        pub country: String,
        pub road: bool,
        pub rail: bool,
        pub air: bool,
        pub pedestrian: bool,
        pub iata: Option<String>,
        pub icao: Option<String>,
        pub unlocode: Option<String>,
        /// IANA name.
        pub zone: String,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub note: Option<String>,
        /// Code of the crossing point on the other side.
        pub pair_code: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// How far a crossing point lets people through, from a day on.
pub mod crossing_point_status {
    use super::CrossingStatus;
    use crate::id::{CrossingPointId, CrossingStatusId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "crossing_point_status")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CrossingStatusId,
        pub crossing_point_id: CrossingPointId,
        pub status: CrossingStatus,
        pub from_on: Date,
        /// The first day on which it does not hold any more.
        pub until_on: Option<Date>,
        /// Who or what may cross, in words.
        pub classes: Option<String>,
        /// How it is known.
        pub source_note: String,
        pub recorded_at: DateTimeUtc,
        pub recorded_by: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A place where sessions are held.
pub mod venue {
    use super::VenueKind;
    use crate::id::{CrossingPointId, OrganisationId, VenueId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "venue")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: VenueId,
        pub name: String,
        pub kind: VenueKind,
        pub organisation_id: Option<OrganisationId>,
        pub address: Option<String>,
        pub town: Option<String>,
        /// ISO 3166-1 alpha-2.
        pub country: Option<String>,
        /// IANA name.
        pub zone: String,
        pub crossing_point_id: Option<CrossingPointId>,
        /// Whether it holds one session at a time: a room does, a crossing point does not.
        pub exclusive: bool,
        pub note: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// One scheduled undertaking people take part in.
pub mod activity {
    use super::{ActivityKind, ActivityMode, ActivityState, EnrolmentMode};
    use crate::id::{ActivityId, ComponentId, CourseId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ActivityId,
        #[sea_orm(unique)]
        pub code: String,
        pub title: String,
        pub kind: ActivityKind,
        pub mode: ActivityMode,
        pub state: ActivityState,
        pub state_reason: Option<String>,
        /// Code and title, folded for search.
        pub search_text: String,
        /// Who organises it.
        pub organisation_id: OrganisationId,
        /// Who receives the visitors.
        pub host_organisation_id: Option<OrganisationId>,
        pub component_id: Option<ComponentId>,
        pub course_id: Option<CourseId>,
        pub summary: Option<String>,
        /// ISO 639-1, separated by commas.
        pub languages: String,
        pub capacity_seats: i32,
        /// How many may wait for a seat; nothing: as many as like.
        pub reserve_seats: Option<i32>,
        pub enrolment_mode: EnrolmentMode,
        pub enrolment_closes_at: Option<DateTimeUtc>,
        /// As first planned; moving and postponing leave it as it was.
        pub planned_from_on: Option<Date>,
        /// As first planned.
        pub planned_until_on: Option<Date>,
        /// Start of the first session that is to take place; the last one known when none is.
        pub starts_at: Option<DateTimeUtc>,
        /// End of the last session.
        pub ends_at: Option<DateTimeUtc>,
        /// Its place in lists: the start, else the first planned day, else its creation.
        pub listed_at: DateTimeUtc,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What happened to an activity; never changed itself.
pub mod activity_change {
    use super::{ActivityChangeKind, ActivityState};
    use crate::id::{ActivityChangeId, ActivityId, PersonId, SessionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ActivityChangeId,
        pub activity_id: ActivityId,
        pub kind: ActivityChangeKind,
        pub from_state: ActivityState,
        pub to_state: ActivityState,
        pub reason: Option<String>,
        pub session_id: Option<SessionId>,
        /// Start of the session, or first day of the activity, before.
        pub starts_before_at: Option<DateTimeUtc>,
        /// The same after.
        pub starts_after_at: Option<DateTimeUtc>,
        pub at: DateTimeUtc,
        pub person_id: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody who works in an activity.
pub mod activity_staff {
    use super::StaffRole;
    use crate::id::{ActivityId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity_staff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub activity_id: ActivityId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: StaffRole,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// One timed block of an activity. Wall time and zone are the truth; instants follow from them.
pub mod activity_session {
    use super::{Fold, SessionState};
    use crate::id::{ActivityId, SessionId, VenueId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity_session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub activity_id: ActivityId,
        /// From 1, never used twice in an activity.
        pub number: i32,
        pub title: String,
        pub venue_id: VenueId,
        pub starts_local: DateTime,
        pub ends_local: DateTime,
        /// IANA name.
        pub zone: String,
        pub starts_fold: Option<Fold>,
        pub ends_fold: Option<Fold>,
        pub starts_at: DateTimeUtc,
        pub ends_at: DateTimeUtc,
        pub state: SessionState,
        /// Grows with each change of time, place or state: `SEQUENCE` of calendars.
        pub sequence: i32,
        pub agenda: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub changed_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Who takes part in an activity or works in it, so that sessions added later commit them too.
pub mod activity_party {
    use super::CommitmentRole;
    use crate::id::{ActivityId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity_party")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub activity_id: ActivityId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        pub role: CommitmentRole,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A half-open span of time in which a person or a room is taken. The database refuses two that overlap.
pub mod commitment {
    use super::{CommitmentRole, CommitmentSubject};
    use crate::id::{ActivityId, CommitmentId, PersonId, SessionId, VenueId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "commitment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CommitmentId,
        pub subject: CommitmentSubject,
        pub person_id: Option<PersonId>,
        pub venue_id: Option<VenueId>,
        pub activity_id: ActivityId,
        pub session_id: SessionId,
        pub starts_at: DateTimeUtc,
        pub ends_at: DateTimeUtc,
        /// Nothing for a room.
        pub role: Option<CommitmentRole>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
