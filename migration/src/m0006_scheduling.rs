//! Expand: crossing points with their status, venues, activities, sessions, and the commitments of persons and
//! rooms, of which no two overlap.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "crossing_point",
    "crossing_point_status",
    "venue",
    "activity",
    "activity_change",
    "activity_staff",
    "activity_session",
    "activity_party",
    "commitment",
];
const STATES: &[&str] =
    &["draft", "planned", "confirmed", "in_progress", "delivered", "closed", "postponed", "suspended", "cancelled"];
const KINDS: &[&str] = &[
    "study_visit",
    "bilateral_meeting",
    "expert_meeting",
    "training_course",
    "workshop",
    "tabletop_exercise",
    "practical_exercise",
    "joint_operation_deployment",
    "e_learning",
    "conference",
];
const FOLDS: &[&str] = &["earlier", "later"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        places(m).await?;
        activities(m).await?;
        around_activities(m).await?;
        sessions(m).await?;
        commitments(m).await?;
        append_only(m, "activity_change", None).await?;
        no_overlap(m, "commitment", "person_id", "person_id IS NOT NULL").await?;
        no_overlap(m, "commitment", "venue_id", "venue_id IS NOT NULL").await?;
        no_overlap(m, "activity_session", "activity_id", "state = 'planned'").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        drop_append_only(m, "activity_change").await
    }
}

async fn places(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("crossing_point")
        .text("code")
        .text("name")
        .text_opt("native_name")
        .text("country")
        .bool("road")
        .bool("rail")
        .bool("air")
        .bool("pedestrian")
        .text_opt("iata")
        .text_opt("icao")
        .text_opt("unlocode")
        .text("zone")
        .col("latitude", |c| c.double())
        .col("longitude", |c| c.double())
        .text_opt("note")
        .text_opt("pair_code")
        .versioned()
        .check("road OR rail OR air OR pedestrian")
        .check("(latitude IS NULL) = (longitude IS NULL)")
        .unique(&["code"])
        .create(m)
        .await?;
    table("crossing_point_status")
        .refers("crossing_point_id", "crossing_point")
        .word("status", &["open", "restricted", "suspended", "closed"])
        .on("from_on")
        .on_opt("until_on")
        .text_opt("classes")
        .text("source_note")
        .at("recorded_at")
        .id_opt("recorded_by")
        .check("until_on IS NULL OR until_on > from_on")
        .unique(&["crossing_point_id", "from_on"])
        .unique_where(&["crossing_point_id"], "until_on IS NULL")
        .create(m)
        .await?;
    table("venue")
        .text("name")
        .word("kind", &["classroom", "conference", "crossing_point", "training_ground", "online", "other"])
        .refers_opt("organisation_id", "organisation")
        .text_opt("address")
        .text_opt("town")
        .text_opt("country")
        .text("zone")
        .refers_opt("crossing_point_id", "crossing_point")
        .bool("exclusive")
        .text_opt("note")
        .versioned()
        .index(&["name", "id"])
        .index(&["crossing_point_id"])
        .create(m)
        .await
}

async fn activities(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("activity")
        .text("code")
        .text("title")
        .word("kind", KINDS)
        .word("mode", &["in_person", "online", "hybrid"])
        .word("state", STATES)
        .text_opt("state_reason")
        .text("search_text")
        .refers("organisation_id", "organisation")
        .refers_opt("host_organisation_id", "organisation")
        .refers_opt("component_id", "component")
        .refers_opt("course_id", "course")
        .text_opt("summary")
        .text("languages")
        .int("capacity_seats")
        .int_opt("reserve_seats")
        .word("enrolment_mode", &["nomination", "open"])
        .at_opt("enrolment_closes_at")
        .on_opt("planned_from_on")
        .on_opt("planned_until_on")
        .at_opt("starts_at")
        .at_opt("ends_at")
        .at("listed_at")
        .versioned()
        .check("capacity_seats >= 0 AND (reserve_seats IS NULL OR reserve_seats >= 0)")
        .check("planned_until_on IS NULL OR planned_until_on >= planned_from_on")
        .check("(starts_at IS NULL) = (ends_at IS NULL)")
        .check("state IN ('draft', 'cancelled') OR capacity_seats >= 1")
        .unique(&["code"])
        .index(&["listed_at", "id"])
        .index(&["state", "listed_at", "id"])
        .index(&["component_id"])
        .index(&["course_id"])
        .create(m)
        .await
}

async fn around_activities(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("activity_change")
        .refers("activity_id", "activity")
        .word("kind", &["state", "moved", "converted"])
        .word("from_state", STATES)
        .word("to_state", STATES)
        .text_opt("reason")
        .id_opt("session_id")
        .at_opt("starts_before_at")
        .at_opt("starts_after_at")
        .at("at")
        .id_opt("person_id")
        .check("(kind = 'state') = (from_state <> to_state)")
        .check("to_state NOT IN ('postponed', 'suspended', 'cancelled') OR kind <> 'state' OR reason IS NOT NULL")
        .index(&["activity_id", "at"])
        .create(m)
        .await?;
    bare("activity_staff")
        .refers("activity_id", "activity")
        .refers("person_id", "person")
        .word("role", &["trainer", "examiner", "coordinator", "evaluator"])
        .key(&["activity_id", "person_id", "role"])
        .index(&["person_id", "activity_id"])
        .create(m)
        .await?;
    bare("activity_party")
        .refers("activity_id", "activity")
        .refers("person_id", "person")
        .word("role", &["participant", "staff"])
        .key(&["activity_id", "person_id"])
        .create(m)
        .await
}

async fn sessions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("activity_session")
        .refers("activity_id", "activity")
        .int("number")
        .text("title")
        .refers("venue_id", "venue")
        .col("starts_local", |c| c.date_time().not_null())
        .col("ends_local", |c| c.date_time().not_null())
        .text("zone")
        .word_opt("starts_fold", FOLDS)
        .word_opt("ends_fold", FOLDS)
        .at("starts_at")
        .at("ends_at")
        .word("state", &["planned", "cancelled"])
        .int("sequence")
        .text_opt("agenda")
        .versioned()
        .at("changed_at")
        .check("starts_at < ends_at")
        .unique(&["activity_id", "number"])
        .index(&["activity_id", "starts_at"])
        .index(&["venue_id", "starts_at"])
        .create(m)
        .await
}

async fn commitments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("commitment")
        .word("subject", &["person", "venue"])
        .refers_opt("person_id", "person")
        .refers_opt("venue_id", "venue")
        .refers("activity_id", "activity")
        .refers("session_id", "activity_session")
        .at("starts_at")
        .at("ends_at")
        .word_opt("role", &["participant", "staff"])
        .check("(subject = 'person') = (person_id IS NOT NULL)")
        .check("(subject = 'venue') = (venue_id IS NOT NULL)")
        .check("(role IS NULL) = (person_id IS NULL)")
        .check("starts_at < ends_at")
        .unique_where(&["session_id", "person_id"], "person_id IS NOT NULL")
        .unique_where(&["session_id"], "venue_id IS NOT NULL")
        .index(&["person_id", "starts_at", "ends_at"])
        .index(&["venue_id", "starts_at", "ends_at"])
        .index(&["activity_id", "person_id"])
        .create(m)
        .await
}

/// Among the rows that fulfil `condition`, no two with the same `column` share an instant; spans are half-open,
/// so that one may begin when another ends. `condition` names columns without a table.
async fn no_overlap(m: &SchemaManager<'_>, table: &str, column: &str, condition: &str) -> Result<(), DbErr> {
    let db = m.get_connection();
    if m.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS btree_gist").await?;
        let sql = format!(
            "ALTER TABLE {table} ADD CONSTRAINT ex_{table}_{column} EXCLUDE USING gist \
             ({column} WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE ({condition})"
        );
        db.execute_unprepared(&sql).await?;
        return Ok(());
    }
    let holds = format!("NEW.{condition}");
    let overlap = format!(
        "{holds} AND EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = NEW.{column} AND o.id <> NEW.id \
         AND o.{condition} AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)"
    );
    for act in ["INSERT", "UPDATE"] {
        let sql = format!(
            "CREATE TRIGGER {table}_{column}_overlap_{act} BEFORE {act} ON {table} WHEN {overlap} \
             BEGIN SELECT RAISE(ABORT, '{table} overlaps by {column}'); END"
        );
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}
