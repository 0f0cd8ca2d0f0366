//! Expand: the platform's tables (events and their chain, jobs, idempotency, settings) and identity.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "organisation",
    "unit",
    "unit_placement",
    "person",
    "membership",
    "account",
    "role_grant",
    "login_session",
    "access_token",
    "one_time_link",
    "throttle",
    "event",
    "event_detail",
    "event_tail",
    "event_link",
    "job",
    "idempotency",
    "setting",
];
const ROLES: &[&str] = &[
    "administrator",
    "coordinator",
    "trainer",
    "examiner",
    "manager",
    "participant",
    "auditor",
    "certification_officer",
    "finance_officer",
    "data_protection_officer",
    "evaluator",
];
const LEVELS: &[&str] = &["local", "regional", "central"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        people(m).await?;
        accounts(m).await?;
        platform(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        drop_append_only(m, "event").await?;
        drop_append_only(m, "event_link").await
    }
}

async fn people(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("organisation")
        .text("code")
        .text("name")
        .text_opt("native_name")
        .text_opt("country")
        .word(
            "role",
            &["implementer", "training_provider", "partner", "host", "agency", "grant_manager", "funder", "auditor"],
        )
        .versioned()
        .unique(&["code"])
        .create(m)
        .await?;
    table("unit")
        .text("code")
        .text("name")
        .text_opt("native_name")
        .refers("organisation_id", "organisation")
        .word("level", LEVELS)
        .text("kind")
        .versioned()
        .unique(&["code"])
        .index(&["organisation_id"])
        .create(m)
        .await?;
    table("unit_placement")
        .refers("unit_id", "unit")
        .refers_opt("parent_id", "unit")
        .on("from_on")
        .on_opt("until_on")
        .check("until_on IS NULL OR until_on > from_on")
        .unique(&["unit_id", "from_on"])
        .unique_where(&["unit_id"], "until_on IS NULL")
        .index(&["parent_id"])
        .create(m)
        .await?;
    persons(m).await
}

async fn persons(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("person")
        .refers("organisation_id", "organisation")
        .refers_opt("unit_id", "unit")
        .text("service_number")
        .text("given_name")
        .text("family_name")
        .text_opt("native_name")
        .text_opt("email")
        .word("gender", &["female", "male", "other", "not_stated"])
        .text_opt("rank")
        .text_opt("post")
        .word_opt("level", LEVELS)
        .text("languages")
        .word("state", &["active", "deactivated"])
        .text("search_name")
        .versioned()
        .unique(&["organisation_id", "service_number"])
        .index(&["search_name", "id"])
        .index(&["organisation_id", "search_name", "id"])
        .index(&["unit_id", "search_name", "id"])
        .create(m)
        .await?;
    table("membership")
        .refers("person_id", "person")
        .refers("unit_id", "unit")
        .on("from_on")
        .on_opt("until_on")
        .check("until_on IS NULL OR until_on > from_on")
        .unique(&["person_id", "from_on"])
        .unique_where(&["person_id"], "until_on IS NULL")
        .index(&["unit_id", "from_on"])
        .create(m)
        .await
}

async fn accounts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("account")
        .refers("person_id", "person")
        .text("email")
        .text_opt("password_hash")
        .word("state", &["invited", "active", "suspended"])
        .text_opt("totp_secret")
        .at_opt("totp_confirmed_at")
        .big_opt("totp_last_step")
        .text_opt("language")
        .versioned()
        .at_opt("signed_in_at")
        .unique(&["person_id"])
        .unique(&["email"])
        .create(m)
        .await?;
    table("role_grant")
        .refers("account_id", "account")
        .word("role", ROLES)
        .word("scope_kind", &["programme", "organisation", "unit", "activity"])
        .id_opt("scope_id")
        .at("starts_at")
        .at("ends_at")
        .refers_opt("granted_by", "account")
        .refers_opt("confirmed_by", "account")
        .bool("needs_confirmation")
        .at_opt("revoked_at")
        .at("created_at")
        .check("ends_at > starts_at")
        .check("(scope_kind = 'programme') = (scope_id IS NULL)")
        .check("confirmed_by IS NULL OR granted_by IS NULL OR confirmed_by <> granted_by")
        .index(&["account_id"])
        .index(&["scope_id"])
        .create(m)
        .await?;
    credentials(m).await
}

async fn credentials(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("login_session")
        .text("token_hash")
        .refers("account_id", "account")
        .at("created_at")
        .at("seen_at")
        .at("expires_at")
        .at("proved_at")
        .text("address")
        .text("user_agent")
        .at_opt("ended_at")
        .unique(&["token_hash"])
        .index(&["account_id", "created_at"])
        .create(m)
        .await?;
    table("access_token")
        .refers("account_id", "account")
        .text("name")
        .text("token_hash")
        .bool("read_only")
        .at("created_at")
        .at("expires_at")
        .at_opt("used_at")
        .at_opt("revoked_at")
        .unique(&["token_hash"])
        .index(&["account_id"])
        .create(m)
        .await?;
    table("one_time_link")
        .refers("account_id", "account")
        .word("purpose", &["invitation", "password_reset"])
        .text("token_hash")
        .at("expires_at")
        .at_opt("used_at")
        .unique(&["token_hash"])
        .index(&["account_id"])
        .create(m)
        .await?;
    bare("throttle").text("key").int("failures").at("since").at("blocked_until").key(&["key"]).create(m).await
}

async fn platform(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("event")
        .at("at")
        .text("kind")
        .text("act")
        .id_opt("account_id")
        .id_opt("person_id")
        .text("subject_kind")
        .id("subject_id")
        .id_opt("request_id")
        .json("payload")
        .text("changed")
        .text("detail_hash")
        .index(&["subject_id", "at"])
        .index(&["person_id", "at"])
        .index(&["kind", "at"])
        .index(&["at", "id"])
        .create(m)
        .await?;
    append_only(m, "event", None).await?;
    bare("event_detail").id("event_id").text("salt").text("detail").key(&["event_id"]).create(m).await?;
    bare("event_tail").id("event_id").key(&["event_id"]).create(m).await?;
    bare("event_link")
        .big("number")
        .id("event_id")
        .text("hash")
        .key(&["number"])
        .unique(&["event_id"])
        .create(m)
        .await?;
    append_only(m, "event_link", None).await?;
    work(m).await
}

async fn work(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("job")
        .text("handler")
        .id_opt("event_id")
        .json("payload")
        .text_opt("dedup_key")
        .at("run_at")
        .int("attempts")
        .int("max_attempts")
        .text_opt("lease_owner")
        .at_opt("lease_until")
        .at_opt("done_at")
        .text_opt("last_error")
        .unique(&["dedup_key"])
        .index_where(&["run_at"], "done_at IS NULL")
        .create(m)
        .await?;
    bare("idempotency")
        .text("scope")
        .text("key")
        .text("request_hash")
        .int_opt("status")
        .text_opt("content_type")
        .text_opt("location")
        .bytes_opt("body")
        .at("created_at")
        .key(&["scope", "key"])
        .index(&["created_at"])
        .create(m)
        .await?;
    bare("setting").text("key").json("value").big("version").at("changed_at").key(&["key"]).create(m).await
}
