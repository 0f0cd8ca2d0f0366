//! Expand: programmes, components, amendments, budget lines, deliverables, indicators.

use crate::table::{append_only, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["programme", "component", "programme_amendment", "budget_line", "deliverable", "indicator"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        programme(m).await?;
        parts(m).await?;
        append_only(m, "programme_amendment", None).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        drop_append_only(m, "programme_amendment").await
    }
}

async fn programme(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("programme")
        .text("code")
        .text("title")
        .refers_opt("organisation_id", "organisation")
        .on("period_start_on")
        .on("period_end_on")
        .big("total_cents")
        .big("eu_cents")
        .big("own_cents")
        .int("grant_rate_hundredths")
        .text("currency")
        .versioned()
        .check("period_end_on >= period_start_on")
        .check("total_cents = eu_cents + own_cents AND eu_cents >= 0 AND own_cents >= 0")
        .check("grant_rate_hundredths BETWEEN 0 AND 10000")
        .unique(&["code"])
        .create(m)
        .await?;
    table("component")
        .refers("programme_id", "programme")
        .text("code")
        .text("title")
        .big_opt("amount_cents")
        .versioned()
        .check("amount_cents >= 0")
        .unique(&["programme_id", "code"])
        .create(m)
        .await?;
    table("programme_amendment")
        .refers("programme_id", "programme")
        .on("amended_on")
        .text("what")
        .on_opt("new_period_end_on")
        .text_opt("note")
        .id_opt("person_id")
        .at("created_at")
        .index(&["programme_id", "amended_on"])
        .create(m)
        .await
}

async fn parts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("budget_line")
        .refers("programme_id", "programme")
        .refers_opt("component_id", "component")
        .text("code")
        .text("title")
        .big("planned_cents")
        .big("spent_cents")
        .versioned()
        .check("planned_cents >= 0 AND spent_cents >= 0")
        .unique(&["programme_id", "code"])
        .create(m)
        .await?;
    table("deliverable")
        .refers("programme_id", "programme")
        .text("code")
        .text("title")
        .on_opt("due_on")
        .word("state", &["planned", "in_progress", "delivered", "accepted", "cancelled"])
        .versioned()
        .unique(&["programme_id", "code"])
        .create(m)
        .await?;
    table("indicator")
        .refers("programme_id", "programme")
        .text("code")
        .text("title")
        .text("unit")
        .big("baseline_hundredths")
        .big("target_hundredths")
        .big_opt("actual_hundredths")
        .versioned()
        .unique(&["programme_id", "code"])
        .create(m)
        .await
}
