//! Expand: enrolments and how they came about. The database holds that seats never exceed the capacity.

use crate::table::{append_only, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["enrolment", "enrolment_step"];
const STATES: &[&str] = &[
    "nominated",
    "endorsed",
    "confirmed",
    "reserve",
    "declined",
    "withdrawn",
    "activity_cancelled",
    "attended_full",
    "attended_partial",
    "no_show",
    "excused",
];
const SEATED: &str = "('confirmed','attended_full','attended_partial','no_show','excused')";
const OVER: &str = "('declined','withdrawn','activity_cancelled')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        enrolments(m).await?;
        append_only(m, "enrolment_step", None).await?;
        // Where it belongs and the place in the queue stay; the rest is moved on.
        append_only(
            m,
            "enrolment",
            Some(
                "OLD.id <> NEW.id OR OLD.activity_id <> NEW.activity_id OR OLD.created_at <> NEW.created_at \
                 OR (OLD.joined_at IS NOT NULL AND OLD.joined_at IS DISTINCT FROM NEW.joined_at)",
            ),
        )
        .await?;
        seats(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        for name in TABLES {
            drop_append_only(m, name).await?;
        }
        if m.get_database_backend() == DbBackend::Postgres {
            m.get_connection().execute_unprepared("DROP FUNCTION IF EXISTS enrolment_seat_is_free() CASCADE").await?;
        }
        Ok(())
    }
}

async fn enrolments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("enrolment")
        .refers("activity_id", "activity")
        .refers("person_id", "person")
        .refers("organisation_id", "organisation")
        .refers_opt("unit_id", "unit")
        .word("state", STATES)
        .word("priority", &["ordinary", "renewal", "deployment", "mandatory"])
        .at_opt("joined_at")
        .refers_opt("nominated_by", "person")
        .refers_opt("endorsed_by", "person")
        .refers_opt("decided_by", "person")
        .text_opt("reason")
        .bool("late")
        .versioned()
        .check("endorsed_by IS NULL OR endorsed_by <> person_id")
        .check("decided_by IS NULL OR decided_by <> person_id")
        .check("endorsed_by IS NULL OR nominated_by IS NULL OR endorsed_by <> nominated_by")
        .check(&format!("joined_at IS NOT NULL OR (state <> 'reserve' AND state NOT IN {SEATED})"))
        .check("NOT late OR state = 'withdrawn'")
        .unique_where(&["activity_id", "person_id"], &format!("state NOT IN {OVER}"))
        .index(&["activity_id", "state"])
        .index(&["person_id", "state"])
        .index(&["state", "id"])
        .create(m)
        .await?;
    table("enrolment_step")
        .refers("enrolment_id", "enrolment")
        .word_opt("from_state", STATES)
        .word("to_state", STATES)
        .refers_opt("person_id", "person")
        .refers_opt("on_behalf_of", "person")
        .text_opt("reason")
        .at("at")
        .index(&["enrolment_id", "at"])
        .create(m)
        .await
}

/// An enrolment comes to hold a seat only while fewer hold one than the activity has now. PostgreSQL locks
/// the activity first, so that of two transactions the later one counts what the earlier one wrote.
async fn seats(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let taken = format!(
        "SELECT count(*) FROM enrolment e WHERE e.activity_id = NEW.activity_id AND e.id <> NEW.id \
         AND e.state IN {SEATED}"
    );
    let came = [
        ("insert", format!("NEW.state IN {SEATED}")),
        ("update", format!("NEW.state IN {SEATED} AND OLD.state NOT IN {SEATED}")),
    ];
    let db = m.get_connection();
    let postgres = m.get_database_backend() == DbBackend::Postgres;
    if postgres {
        let sql = format!(
            "CREATE FUNCTION enrolment_seat_is_free() RETURNS trigger LANGUAGE plpgsql AS $$ \
             DECLARE capacity integer; BEGIN \
             SELECT capacity_seats INTO capacity FROM activity WHERE id = NEW.activity_id FOR UPDATE; \
             IF ({taken}) >= capacity THEN \
             RAISE EXCEPTION 'no seat is free' USING ERRCODE = 'check_violation'; END IF; \
             RETURN NEW; END $$"
        );
        db.execute_unprepared(&sql).await?;
    }
    for (act, when) in came {
        let sql = if postgres {
            format!(
                "CREATE TRIGGER enrolment_seat_{act} BEFORE {act} ON enrolment FOR EACH ROW WHEN ({when}) \
                 EXECUTE FUNCTION enrolment_seat_is_free()"
            )
        } else {
            format!(
                "CREATE TRIGGER enrolment_seat_{act} BEFORE {act} ON enrolment WHEN {when} \
                 AND ({taken}) >= (SELECT capacity_seats FROM activity WHERE id = NEW.activity_id) \
                 BEGIN SELECT RAISE(ABORT, 'no seat is free'); END"
            )
        };
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}
