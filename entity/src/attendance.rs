//! Tables of attendance: a sheet for each session, and the marks on it.

crate::states! {
    /// Whether a sheet takes marks, is attested, or was corrected after that.
    SheetState { Open = "open", Closed = "closed", Corrected = "corrected" }
}
crate::states! {
    /// Whether somebody was there.
    MarkStatus { Present = "present", Partial = "partial", Absent = "absent", Excused = "excused" }
}
crate::states! {
    /// How it is known.
    MarkMethod {
        RollCall = "roll_call",
        SignInSheet = "sign_in_sheet",
        SelfCheckIn = "self_check_in",
        OnlineLog = "online_log",
    }
}

/// The sheet of a session; at most one. It is made with its first mark, or when it is closed.
pub mod attendance_sheet {
    use super::SheetState;
    use crate::id::{ActivityId, PersonId, SessionId, SheetId};
    use sea_orm::QuerySelect;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attendance_sheet")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SheetId,
        #[sea_orm(unique)]
        pub session_id: SessionId,
        pub activity_id: ActivityId,
        pub state: SheetState,
        /// Length of the session when the sheet was closed.
        pub scheduled_minutes: Option<i32>,
        /// Who attested it; nothing: the system.
        pub attested_by: Option<PersonId>,
        pub closed_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Entity {
        /// Sessions whose sheet is attested.
        #[must_use]
        pub fn closed_sessions() -> sea_orm::Select<Self> {
            Self::find().select_only().column(Column::SessionId).filter(Column::State.ne(SheetState::Open))
        }
    }
}

/// A mark; never changed. The latest one of a person on a sheet counts.
pub mod attendance_mark {
    use super::{MarkMethod, MarkStatus};
    use crate::id::{EnrolmentId, MarkId, PersonId, SheetId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attendance_mark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MarkId,
        pub sheet_id: SheetId,
        pub enrolment_id: EnrolmentId,
        pub person_id: PersonId,
        pub status: MarkStatus,
        /// Minutes the person was there.
        pub minutes: i32,
        pub method: MarkMethod,
        /// When the device says it was made.
        pub client_at: Option<DateTimeUtc>,
        pub recorded_at: DateTimeUtc,
        /// Nothing: the system.
        pub recorded_by: Option<PersonId>,
        /// The mark it takes the place of; each is replaced once.
        pub replaces: Option<MarkId>,
        pub reason: Option<String>,
        /// Whether it was made after the sheet was closed.
        pub correction: bool,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
