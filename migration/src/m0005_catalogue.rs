//! Expand: courses, their versions, and what a version teaches and asks for.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["course", "course_version", "course_outcome", "course_prerequisite"];
/// A course itself moves on; what was published stays as it was.
const APPEND_ONLY: &[&str] = &["course_version", "course_outcome", "course_prerequisite"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        courses(m).await?;
        for name in APPEND_ONLY {
            append_only(m, name, None).await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        for name in APPEND_ONLY {
            drop_append_only(m, name).await?;
        }
        Ok(())
    }
}

async fn courses(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("course")
        .text("code")
        .refers("organisation_id", "organisation")
        .word("state", &["draft", "published", "retired"])
        .int_opt("current_number")
        .json_opt("draft")
        .text("search_text")
        .versioned()
        .check("(state = 'draft') = (current_number IS NULL)")
        .check("state <> 'draft' OR draft IS NOT NULL")
        .check("state <> 'retired' OR draft IS NULL")
        .unique(&["code"])
        .index(&["organisation_id"])
        .create(m)
        .await?;
    table("course_version")
        .refers("course_id", "course")
        .int("number")
        .text("title")
        .text_opt("title_lv")
        .text_opt("title_ru")
        .text("summary")
        .text_opt("summary_lv")
        .text_opt("summary_ru")
        .int("lecture_minutes")
        .int("practice_minutes")
        .int("exercise_minutes")
        .int("e_learning_minutes")
        .int("self_study_minutes")
        .text("languages")
        .text("audience")
        .at("published_at")
        .refers_opt("published_by", "person")
        .check("number >= 1")
        .check(
            "lecture_minutes >= 0 AND practice_minutes >= 0 AND exercise_minutes >= 0 \
             AND e_learning_minutes >= 0 AND self_study_minutes >= 0",
        )
        .unique(&["course_id", "number"])
        .create(m)
        .await?;
    bare("course_outcome")
        .refers("version_id", "course_version")
        .refers("outcome_id", "outcome")
        .int("position")
        .key(&["version_id", "outcome_id"])
        .index(&["outcome_id"])
        .create(m)
        .await?;
    bare("course_prerequisite")
        .refers("version_id", "course_version")
        .text("scheme")
        .word("accepts", &["valid", "valid_or_renewable", "valid_or_expired"])
        .key(&["version_id", "scheme"])
        .create(m)
        .await
}
