//! Tables of enrolment: who wants to take part in an activity, who does, and how that came about.
//!
//! A seat is an enrolment in one of the states of [`EnrolmentState::SEATED`]; nothing else is counted. That
//! seats never exceed the capacity is held by a trigger which, whenever an enrolment comes to hold a seat,
//! locks the activity's row and counts. It reads the capacity of that moment, so it survives every change of
//! it: a raised one is in force at once, and a lowered one takes nobody's seat away but gives none until
//! enough are free. Numbered seats would not: with numbers 1 to 5 given and the capacity lowered to 3, a
//! freed number 2 could be given again.

crate::states! {
    /// What has become of a person's wish to take part.
    EnrolmentState {
        Nominated = "nominated",
        Endorsed = "endorsed",
        Confirmed = "confirmed",
        Reserve = "reserve",
        Declined = "declined",
        Withdrawn = "withdrawn",
        ActivityCancelled = "activity_cancelled",
        AttendedFull = "attended_full",
        AttendedPartial = "attended_partial",
        NoShow = "no_show",
        Excused = "excused",
    }
}
impl EnrolmentState {
    /// The states that hold a seat: a place given, and what became of it.
    pub const SEATED: &'static [Self] =
        &[Self::Confirmed, Self::AttendedFull, Self::AttendedPartial, Self::NoShow, Self::Excused];
    /// The states after which the same person may come anew.
    pub const OVER: &'static [Self] = &[Self::Declined, Self::Withdrawn, Self::ActivityCancelled];
}
crate::states! {
    /// Class in the queue, from the last to the first: a higher one goes before a lower one.
    QueueClass { Ordinary = "ordinary", Renewal = "renewal", Deployment = "deployment", Mandatory = "mandatory" }
}

/// A person's wish to take part in an activity, and what has become of it.
pub mod enrolment {
    use super::{EnrolmentState, QueueClass};
    use crate::id::{ActivityId, EnrolmentId, OrganisationId, PersonId, UnitId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "enrolment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EnrolmentId,
        pub activity_id: ActivityId,
        /// At most one enrolment of a person in an activity is not over.
        pub person_id: PersonId,
        /// The person's organisation at that time.
        pub organisation_id: OrganisationId,
        /// The person's unit at that time.
        pub unit_id: Option<UnitId>,
        pub state: EnrolmentState,
        pub priority: QueueClass,
        /// When the person was first given a seat or put on the reserve list: the place in the queue. Never
        /// changed once it is set.
        pub joined_at: Option<DateTimeUtc>,
        /// Nothing: the person came of their own accord.
        pub nominated_by: Option<PersonId>,
        pub endorsed_by: Option<PersonId>,
        /// Who gave or refused the place.
        pub decided_by: Option<PersonId>,
        /// Why it was declined or withdrawn.
        pub reason: Option<String>,
        /// Whether it was withdrawn late.
        pub late: bool,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Entity {
        /// Those of an activity.
        #[must_use]
        pub fn of_activity(id: ActivityId) -> Select<Self> {
            Self::find().filter(Column::ActivityId.eq(id))
        }
        /// Those of an activity in one of these states.
        #[must_use]
        pub fn of_activity_in(id: ActivityId, states: &[EnrolmentState]) -> Select<Self> {
            Self::of_activity(id).filter(Column::State.is_in(states.iter().copied()))
        }
    }
}

/// A change of an enrolment, or why it was passed over; never changed itself.
pub mod enrolment_step {
    use super::EnrolmentState;
    use crate::id::{EnrolmentId, EnrolmentStepId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "enrolment_step")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EnrolmentStepId,
        pub enrolment_id: EnrolmentId,
        /// Nothing: this is how it began.
        pub from_state: Option<EnrolmentState>,
        /// As it was: the person was passed over.
        pub to_state: EnrolmentState,
        /// Who; nothing: the program, when a seat came free or the activity changed.
        pub person_id: Option<PersonId>,
        /// For whom, when somebody else acted.
        pub on_behalf_of: Option<PersonId>,
        pub reason: Option<String>,
        pub at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
