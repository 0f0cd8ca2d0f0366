//! Tables of the platform: events and their chain, jobs, idempotency, settings.

/// One act, recorded for ever: the audit trail and the source of every later reaction.
pub mod event {
    use crate::id::{AccountId, EventId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EventId,
        pub at: DateTimeUtc,
        /// Past tense, `feature/what-happened`.
        pub kind: String,
        /// The permit under which it was done: an action's name, or `system:…`.
        pub act: String,
        pub account_id: Option<AccountId>,
        pub person_id: Option<PersonId>,
        pub subject_kind: String,
        pub subject_id: Uuid,
        pub request_id: Option<Uuid>,
        /// Ids and the few facts a reader needs; never a name or an address of a person.
        pub payload: Json,
        /// Names of the fields that changed, comma separated.
        pub changed: String,
        /// Hex SHA-256 of salt and detail; empty when there is no detail.
        pub detail_hash: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What was there before and after: erasable, while the event and the chain stay.
pub mod event_detail {
    use crate::id::EventId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_detail")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: EventId,
        pub salt: String,
        pub detail: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Events not sealed yet; the sealer empties it.
pub mod event_tail {
    use crate::id::EventId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_tail")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: EventId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The chain: a gapless number for each event, and a hash over it and its predecessor.
pub mod event_link {
    use crate::id::EventId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        #[sea_orm(unique)]
        pub event_id: EventId,
        /// Hex SHA-256.
        pub hash: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Something to do later, written in the transaction that wants it.
pub mod job {
    use crate::id::{EventId, JobId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: JobId,
        /// The handler, `feature::on_something`.
        pub handler: String,
        pub event_id: Option<EventId>,
        pub payload: Json,
        #[sea_orm(unique)]
        pub dedup_key: Option<String>,
        pub run_at: DateTimeUtc,
        pub attempts: i32,
        pub max_attempts: i32,
        pub lease_owner: Option<String>,
        pub lease_until: Option<DateTimeUtc>,
        pub done_at: Option<DateTimeUtc>,
        pub last_error: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The answer given to a keyed request, kept so that a repeat gets the same.
pub mod idempotency {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        /// Who asked: the account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// Hex SHA-256 of method, path and body.
        pub request_hash: String,
        /// Nothing while the first request is running.
        pub status: Option<i32>,
        pub content_type: Option<String>,
        pub location: Option<String>,
        pub body: Option<Vec<u8>>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A setting that administrators change while the program runs.
pub mod setting {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub value: Json,
        pub version: i64,
        pub changed_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
