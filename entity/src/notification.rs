//! Tables of notification: the outbox of messages to persons.

crate::states! {
    /// What has become of a message.
    MessageState { Queued = "queued", Sent = "sent", Parked = "parked" }
}

/// A message to a person.
pub mod message {
    use super::MessageState;
    use crate::id::{MessageId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MessageId,
        /// Nothing for a message to an address alone.
        pub person_id: Option<PersonId>,
        /// Nothing where the person has no address.
        pub email: Option<String>,
        /// What it is about: the event that caused it, or the purpose of a link.
        pub kind: String,
        pub subject: String,
        /// Emptied once it was sent if it is secret.
        pub body: String,
        /// Whether the body holds a link that lets in whoever has it.
        pub secret: bool,
        /// ISO 639-1.
        pub language: String,
        /// The cause: the same cause writes once.
        #[sea_orm(unique)]
        pub dedup_key: String,
        /// Internet message id, the same at every try.
        pub message_id: String,
        pub state: MessageState,
        pub attempts: i32,
        pub last_error: Option<String>,
        pub created_at: DateTimeUtc,
        pub sent_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
