//! Expand: attendance sheets and marks. The database holds that a closed sheet takes corrections only, and
//! those from somebody else than who attested it.

use crate::table::{append_only, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["attendance_sheet", "attendance_mark"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        sheets(m).await?;
        marks(m).await?;
        // A sheet is closed once and never opened again; who attested what stays.
        append_only(
            m,
            "attendance_sheet",
            Some(
                "OLD.id <> NEW.id OR OLD.session_id <> NEW.session_id OR OLD.activity_id <> NEW.activity_id \
                 OR OLD.created_at <> NEW.created_at OR (OLD.state <> 'open' AND (NEW.state = 'open' \
                 OR OLD.closed_at IS DISTINCT FROM NEW.closed_at OR OLD.attested_by IS DISTINCT FROM NEW.attested_by \
                 OR OLD.scheduled_minutes IS DISTINCT FROM NEW.scheduled_minutes))",
            ),
        )
        .await?;
        append_only(m, "attendance_mark", None).await?;
        closed_sheets(m).await?;
        // Sessions that are over and have no closed sheet are found by their end.
        m.create_index(ended()).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let name = Index::drop().name("ix_activity_session_ends_at").table(Alias::new("activity_session")).to_owned();
        m.drop_index(name).await?;
        drop_all(m, TABLES).await?;
        for name in TABLES {
            drop_append_only(m, name).await?;
        }
        if m.get_database_backend() == DbBackend::Postgres {
            let sql = "DROP FUNCTION IF EXISTS attendance_mark_fits_its_sheet() CASCADE";
            m.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}

fn ended() -> IndexCreateStatement {
    Index::create()
        .name("ix_activity_session_ends_at")
        .table(Alias::new("activity_session"))
        .col(Alias::new("ends_at"))
        .col(Alias::new("id"))
        .to_owned()
}

async fn sheets(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("attendance_sheet")
        .refers("session_id", "activity_session")
        .refers("activity_id", "activity")
        .word("state", &["open", "closed", "corrected"])
        .int_opt("scheduled_minutes")
        .refers_opt("attested_by", "person")
        .at_opt("closed_at")
        .versioned()
        .check("(state = 'open') = (closed_at IS NULL)")
        .check("(closed_at IS NULL) = (scheduled_minutes IS NULL)")
        .check("attested_by IS NULL OR closed_at IS NOT NULL")
        .check("scheduled_minutes IS NULL OR scheduled_minutes > 0")
        .unique(&["session_id"])
        .index(&["activity_id"])
        .create(m)
        .await
}

async fn marks(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("attendance_mark")
        .refers("sheet_id", "attendance_sheet")
        .refers("enrolment_id", "enrolment")
        .refers("person_id", "person")
        .word("status", &["present", "partial", "absent", "excused"])
        .int("minutes")
        .word("method", &["roll_call", "sign_in_sheet", "self_check_in", "online_log"])
        .at_opt("client_at")
        .at("recorded_at")
        .refers_opt("recorded_by", "person")
        .refers_opt("replaces", "attendance_mark")
        .text_opt("reason")
        .bool("correction")
        .check("(status IN ('absent','excused')) = (minutes = 0)")
        .check("minutes >= 0")
        .check("recorded_by IS NULL OR recorded_by <> person_id")
        .check("NOT correction OR reason IS NOT NULL")
        .unique_where(&["sheet_id", "enrolment_id"], "replaces IS NULL")
        .unique_where(&["replaces"], "replaces IS NOT NULL")
        .index(&["sheet_id", "recorded_at"])
        .index(&["person_id"])
        .create(m)
        .await
}

/// A mark is made on an open sheet, a correction on a closed one. PostgreSQL locks the sheet, so that a mark is
/// either there before the sheet is closed, or refused.
async fn closed_sheets(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = m.get_connection();
    let statements = if m.get_database_backend() == DbBackend::Postgres {
        vec![
            "CREATE FUNCTION attendance_mark_fits_its_sheet() RETURNS trigger LANGUAGE plpgsql AS $$ \
             DECLARE found record; BEGIN \
             SELECT state, attested_by INTO found FROM attendance_sheet WHERE id = NEW.sheet_id FOR UPDATE; \
             IF (found.state = 'open') = NEW.correction OR (NEW.correction AND NEW.recorded_by = found.attested_by) \
             THEN RAISE EXCEPTION 'the sheet does not take this mark' USING ERRCODE = 'check_violation'; END IF; \
             RETURN NEW; END $$",
            "CREATE TRIGGER attendance_mark_fits_its_sheet BEFORE INSERT ON attendance_mark FOR EACH ROW \
             EXECUTE FUNCTION attendance_mark_fits_its_sheet()",
        ]
    } else {
        vec![
            "CREATE TRIGGER attendance_mark_fits_its_sheet BEFORE INSERT ON attendance_mark WHEN EXISTS \
             (SELECT 1 FROM attendance_sheet s WHERE s.id = NEW.sheet_id \
             AND ((s.state = 'open') = NEW.correction OR (NEW.correction AND NEW.recorded_by = s.attested_by))) \
             BEGIN SELECT RAISE(ABORT, 'the sheet does not take this mark'); END",
        ]
    };
    for sql in statements {
        db.execute_unprepared(sql).await?;
    }
    Ok(())
}
