//! Expand: assessment: banks, items and their versions, assessments and where they are open, attempts.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "bank",
    "item",
    "item_version",
    "assessment",
    "assessment_cell",
    "assessment_opening",
    "attempt",
    "attempt_item",
    "response",
];
const APPEND_ONLY: &[&str] = &["item_version", "attempt", "attempt_item"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        banks(m).await?;
        assessments(m).await?;
        attempts(m).await?;
        append_only(m, "item_version", None).await?;
        append_only(m, "attempt_item", None).await?;
        // An attempt ends once; until then nothing of it but its end is written.
        append_only(
            m,
            "attempt",
            Some(
                "OLD.id <> NEW.id OR OLD.opening_id <> NEW.opening_id OR OLD.person_id <> NEW.person_id \
                 OR OLD.number <> NEW.number OR OLD.seed <> NEW.seed OR OLD.pass_percent <> NEW.pass_percent \
                 OR OLD.started_at <> NEW.started_at OR OLD.deadline_at <> NEW.deadline_at \
                 OR OLD.state <> 'in_progress'",
            ),
        )
        .await?;
        answers_are_fixed(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        for name in APPEND_ONLY {
            drop_append_only(m, name).await?;
        }
        if m.get_database_backend() == DbBackend::Postgres {
            m.get_connection().execute_unprepared("DROP FUNCTION IF EXISTS response_is_fixed() CASCADE").await?;
        }
        Ok(())
    }
}

async fn banks(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("bank")
        .text("code")
        .text("title")
        .refers_opt("organisation_id", "organisation")
        .at("created_at")
        .unique(&["code"])
        .create(m)
        .await?;
    table("item")
        .refers("bank_id", "bank")
        .text("code")
        .text("topic")
        .text_opt("outcome")
        .word_opt("difficulty", &["remember", "understand", "apply", "analyse", "evaluate"])
        .word("state", &["active", "retired"])
        .id("current_version_id")
        .versioned()
        .unique(&["bank_id", "code"])
        .index(&["bank_id", "topic", "code"])
        .index(&["bank_id", "outcome"])
        .create(m)
        .await?;
    table("item_version")
        .refers("item_id", "item")
        .int("number")
        .word("kind", &["single", "multiple", "true_false", "matching", "ordering"])
        .json("texts")
        .json("key")
        .at("created_at")
        .refers_opt("created_by", "person")
        .unique(&["item_id", "number"])
        .create(m)
        .await
}

async fn assessments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("assessment")
        .text("code")
        .text("title")
        .text_opt("title_lv")
        .text_opt("title_ru")
        .refers_opt("organisation_id", "organisation")
        .text_opt("course")
        .int("pass_percent")
        .int("time_limit_minutes")
        .int("max_attempts")
        .int("hours_between_attempts")
        .word("state", &["draft", "published", "closed"])
        .at_opt("published_at")
        .versioned()
        .check("pass_percent BETWEEN 1 AND 100")
        .check("time_limit_minutes BETWEEN 1 AND 1440")
        .check("max_attempts BETWEEN 1 AND 100")
        .check("hours_between_attempts BETWEEN 0 AND 8760")
        .check("(state = 'draft') = (published_at IS NULL)")
        .unique(&["code"])
        .create(m)
        .await?;
    bare("assessment_cell")
        .refers("assessment_id", "assessment")
        .int("position")
        .refers("bank_id", "bank")
        .text_opt("topic")
        .text_opt("outcome")
        .int("count")
        .check("(topic IS NULL) <> (outcome IS NULL)")
        .check("count > 0")
        .key(&["assessment_id", "position"])
        .create(m)
        .await?;
    table("assessment_opening")
        .refers("assessment_id", "assessment")
        .refers("activity_id", "activity")
        .at("opens_at")
        .at("closes_at")
        .at_opt("results_at")
        .versioned()
        .check("opens_at < closes_at")
        .unique(&["assessment_id", "activity_id"])
        .index(&["activity_id"])
        .create(m)
        .await
}

async fn attempts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("attempt")
        .refers("opening_id", "assessment_opening")
        .refers("person_id", "person")
        .int("number")
        // `submitted` waits for items that a person marks; nothing writes it yet.
        .word("state", &["in_progress", "submitted", "graded", "expired"])
        .text("seed")
        .int("pass_percent")
        .at("started_at")
        .at("deadline_at")
        .at_opt("submitted_at")
        .int_opt("score_hundredths")
        .col("passed", |c| c.boolean())
        .json_opt("certificates")
        .check("number > 0")
        .check("started_at < deadline_at")
        .check("score_hundredths BETWEEN 0 AND 10000")
        .check("(state = 'in_progress') = (submitted_at IS NULL)")
        .check("(state IN ('graded', 'expired')) = (score_hundredths IS NOT NULL AND passed IS NOT NULL)")
        .unique(&["opening_id", "person_id", "number"])
        .unique_where(&["opening_id", "person_id"], "state = 'in_progress'")
        .index(&["person_id", "started_at"])
        .create(m)
        .await?;
    bare("attempt_item")
        .refers("attempt_id", "attempt")
        .int("position")
        .refers("item_version_id", "item_version")
        .json("option_order")
        .key(&["attempt_id", "position"])
        .create(m)
        .await?;
    bare("response")
        .refers("attempt_id", "attempt")
        .int("position")
        .json("answer")
        .big("sequence")
        .at("saved_at")
        .key(&["attempt_id", "position"])
        .create(m)
        .await
}

/// An answer is given while the attempt runs, an older one never replaces a newer one, and none is deleted.
async fn answers_are_fixed(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    const OVER: &str = "NOT EXISTS (SELECT 1 FROM attempt WHERE id = NEW.attempt_id AND state = 'in_progress')";
    const CHANGED: &str =
        "NEW.attempt_id <> OLD.attempt_id OR NEW.position <> OLD.position OR NEW.sequence <= OLD.sequence";
    let db = m.get_connection();
    let statements = match m.get_database_backend() {
        DbBackend::Postgres => vec![
            format!(
                "CREATE FUNCTION response_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF TG_OP = 'INSERT' THEN IF NOT ({OVER}) THEN RETURN NEW; END IF; \
                 ELSIF TG_OP = 'UPDATE' THEN IF NOT ({OVER} OR {CHANGED}) THEN RETURN NEW; END IF; END IF; \
                 RAISE EXCEPTION 'this answer is fixed' USING ERRCODE = 'restrict_violation'; END $$"
            ),
            "CREATE TRIGGER response_fixed BEFORE INSERT OR UPDATE OR DELETE ON response FOR EACH ROW \
             EXECUTE FUNCTION response_is_fixed()"
                .to_owned(),
            "CREATE TRIGGER response_no_truncate BEFORE TRUNCATE ON response FOR EACH STATEMENT \
             EXECUTE FUNCTION response_is_fixed()"
                .to_owned(),
        ],
        _ => vec![
            format!(
                "CREATE TRIGGER response_no_late_insert BEFORE INSERT ON response WHEN {OVER} \
                 BEGIN SELECT RAISE(ABORT, 'this answer is fixed'); END"
            ),
            format!(
                "CREATE TRIGGER response_no_late_update BEFORE UPDATE ON response WHEN {OVER} OR {CHANGED} \
                 BEGIN SELECT RAISE(ABORT, 'this answer is fixed'); END"
            ),
            "CREATE TRIGGER response_no_delete BEFORE DELETE ON response \
             BEGIN SELECT RAISE(ABORT, 'this answer is fixed'); END"
                .to_owned(),
        ],
    };
    for sql in statements {
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}
