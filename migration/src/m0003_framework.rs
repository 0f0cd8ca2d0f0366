//! Expand: competence frameworks, outcomes, job profiles, recommendations and their history.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "framework",
    "outcome",
    "job_profile",
    "profile_outcome",
    "recommendation",
    "recommendation_link",
    "recommendation_change",
];
const STATES: &[&str] =
    &["received", "accepted", "partially_accepted", "rejected", "in_progress", "implemented", "verified_closed"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        frameworks(m).await?;
        recommendations(m).await?;
        append_only(m, "recommendation_change", None).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        drop_append_only(m, "recommendation_change").await
    }
}

async fn frameworks(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("framework")
        .text("code")
        .text("edition")
        .text("title")
        .word("state", &["draft", "published", "superseded"])
        .at_opt("published_at")
        .versioned()
        .check("(state = 'draft') = (published_at IS NULL)")
        .unique(&["code", "edition"])
        .unique_where(&["code"], "state = 'published'")
        .create(m)
        .await?;
    table("outcome")
        .refers("framework_id", "framework")
        .text("code")
        .text("area")
        .word("kind", &["knowledge", "skill", "responsibility_autonomy"])
        .int("level")
        .text("statement")
        .text_opt("statement_lv")
        .text_opt("statement_ru")
        .int("position")
        .check("level BETWEEN 1 AND 8")
        .unique(&["framework_id", "code"])
        .create(m)
        .await?;
    table("job_profile")
        .refers("framework_id", "framework")
        .text("code")
        .text("title")
        .int_opt("level")
        .text_opt("post")
        .check("level BETWEEN 1 AND 8")
        .unique(&["framework_id", "code"])
        .create(m)
        .await?;
    bare("profile_outcome")
        .refers("profile_id", "job_profile")
        .refers("outcome_id", "outcome")
        .key(&["profile_id", "outcome_id"])
        .create(m)
        .await
}

async fn recommendations(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("recommendation")
        .text("reference")
        .word(
            "source_type",
            &["vulnerability_assessment", "evaluation", "handbook", "study_visit", "exercise", "other"],
        )
        .text("theme")
        .text("text")
        .refers_opt("organisation_id", "organisation")
        .refers_opt("unit_id", "unit")
        .text_opt("addressee")
        .word("priority", &["low", "medium", "high"])
        .on_opt("due_on")
        .text("zone")
        .at_opt("due_until")
        .word("state", STATES)
        .refers_opt("implemented_by", "person")
        .versioned()
        .check("unit_id IS NULL OR organisation_id IS NOT NULL")
        .check("(due_on IS NULL) = (due_until IS NULL)")
        .unique(&["reference"])
        .index(&["state", "due_until"])
        .index(&["organisation_id"])
        .create(m)
        .await?;
    bare("recommendation_link")
        .refers("recommendation_id", "recommendation")
        .text("code")
        .key(&["recommendation_id", "code"])
        .create(m)
        .await?;
    table("recommendation_change")
        .refers("recommendation_id", "recommendation")
        .word("from_state", STATES)
        .word("to_state", STATES)
        .text("reason")
        .at("at")
        .id_opt("person_id")
        .check("from_state <> to_state")
        .index(&["recommendation_id", "at"])
        .create(m)
        .await
}
