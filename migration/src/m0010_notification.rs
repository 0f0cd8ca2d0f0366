//! Expand: the outbox of messages to persons.

use crate::table::{drop_all, table};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        table("message")
            .refers_opt("person_id", "person")
            .text_opt("email")
            .text("kind")
            .text("subject")
            .text("body")
            .bool("secret")
            .text("language")
            .text("dedup_key")
            .text("message_id")
            .word("state", &["queued", "sent", "parked"])
            .int("attempts")
            .text_opt("last_error")
            .at("created_at")
            .at_opt("sent_at")
            .check("(state = 'sent') = (sent_at IS NOT NULL)")
            .check("email IS NOT NULL OR state = 'parked'")
            .unique(&["dedup_key"])
            .index(&["person_id", "id"])
            .create(m)
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, &["message"]).await
    }
}
