//! Expand: certification: schemes, evidence, periods, certificates, decisions and what waits for one.

use crate::table::{append_only, bare, drop_all, drop_append_only, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] =
    &["scheme", "scheme_version", "evidence", "period", "period_evidence", "certificate", "decision", "proposal"];
const APPEND_ONLY: &[&str] = &["scheme_version", "evidence", "period", "period_evidence", "certificate", "decision"];
const DECISIONS: &[&str] = &["issue", "suspend", "reinstate", "revoke"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        schemes(m).await?;
        periods(m).await?;
        certificates(m).await?;
        for name in ["scheme_version", "evidence", "period_evidence", "decision"] {
            append_only(m, name, None).await?;
        }
        // A period is suspended, let go again and revoked once; a document is rendered once. A name may be
        // erased. Everything else stays as it was written.
        append_only(
            m,
            "period",
            Some(
                "OLD.id <> NEW.id OR OLD.person_id <> NEW.person_id OR OLD.scheme_id <> NEW.scheme_id \
                 OR OLD.scheme_version_id <> NEW.scheme_version_id OR OLD.completed_at <> NEW.completed_at \
                 OR OLD.valid_from_on <> NEW.valid_from_on OR OLD.valid_until_on IS DISTINCT FROM NEW.valid_until_on \
                 OR OLD.renewable_from_on IS DISTINCT FROM NEW.renewable_from_on \
                 OR OLD.created_at <> NEW.created_at OR OLD.revoked_at IS NOT NULL",
            ),
        )
        .await?;
        append_only(
            m,
            "certificate",
            Some(
                "OLD.id <> NEW.id OR OLD.person_id <> NEW.person_id OR OLD.scheme_id <> NEW.scheme_id \
                 OR OLD.period_id <> NEW.period_id OR OLD.number <> NEW.number OR OLD.issued_at <> NEW.issued_at \
                 OR OLD.issued_by IS DISTINCT FROM NEW.issued_by \
                 OR (OLD.document_hash IS NOT NULL AND OLD.document_hash IS DISTINCT FROM NEW.document_hash)",
            ),
        )
        .await?;
        no_overlap(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_all(m, TABLES).await?;
        for name in APPEND_ONLY {
            drop_append_only(m, name).await?;
        }
        if m.get_database_backend() == DbBackend::Postgres {
            m.get_connection().execute_unprepared("DROP FUNCTION IF EXISTS period_overlaps() CASCADE").await?;
        }
        Ok(())
    }
}

async fn schemes(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("scheme").text("code").int("current_number").at("created_at").unique(&["code"]).create(m).await?;
    table("scheme_version")
        .refers("scheme_id", "scheme")
        .int("number")
        .text("title")
        .text_opt("title_lv")
        .text_opt("title_ru")
        .int_opt("level")
        .int_opt("validity_months")
        .int("renewal_window_days")
        .bool("needs_confirmation")
        .text_opt("wording")
        .text("awarding_body")
        .json("requirement")
        .at("created_at")
        .check("validity_months IS NULL OR validity_months > 0")
        .check("renewal_window_days >= 0")
        .unique(&["scheme_id", "number"])
        .create(m)
        .await?;
    table("evidence")
        .refers("person_id", "person")
        .word("kind", &["attendance", "assessment", "practical", "document", "external"])
        .text("key")
        .int_opt("percent_hundredths")
        .id("source_id")
        .at("at")
        .text_opt("note")
        .at("recorded_at")
        .refers_opt("recorded_by", "person")
        .check("percent_hundredths IS NULL OR percent_hundredths BETWEEN 0 AND 10000")
        .unique(&["person_id", "kind", "source_id"])
        .create(m)
        .await
}

async fn periods(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("period")
        .refers("person_id", "person")
        .refers("scheme_id", "scheme")
        .refers("scheme_version_id", "scheme_version")
        .at("completed_at")
        .on("valid_from_on")
        .on_opt("valid_until_on")
        .on_opt("renewable_from_on")
        .at_opt("suspended_at")
        .at_opt("revoked_at")
        .at("created_at")
        .check("valid_until_on IS NULL OR valid_until_on >= valid_from_on")
        .unique_where(&["person_id", "scheme_id", "valid_from_on"], "revoked_at IS NULL")
        .index(&["scheme_id", "valid_until_on"])
        .index(&["valid_until_on"])
        .create(m)
        .await?;
    bare("period_evidence")
        .refers("period_id", "period")
        .refers("evidence_id", "evidence")
        .key(&["period_id", "evidence_id"])
        .index(&["evidence_id"])
        .create(m)
        .await
}

async fn certificates(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    table("certificate")
        .refers("person_id", "person")
        .refers("scheme_id", "scheme")
        .refers("period_id", "period")
        .text("number")
        .text("holder_name")
        .text_opt("holder_native_name")
        .at("issued_at")
        .refers_opt("issued_by", "person")
        .text_opt("document_hash")
        .unique(&["period_id"])
        .unique(&["person_id", "scheme_id", "period_id"])
        .unique(&["number"])
        .index(&["issued_at", "id"])
        .index(&["scheme_id", "issued_at", "id"])
        .create(m)
        .await?;
    table("decision")
        .refers("certificate_id", "certificate")
        .word("kind", DECISIONS)
        .text("reason")
        .refers_opt("proposed_by", "person")
        .refers_opt("decided_by", "person")
        .at("at")
        .check("proposed_by IS NULL OR decided_by IS NULL OR proposed_by <> decided_by")
        .index(&["certificate_id", "at"])
        .create(m)
        .await?;
    table("proposal")
        .word("kind", DECISIONS)
        .refers("person_id", "person")
        .refers("scheme_id", "scheme")
        .refers_opt("certificate_id", "certificate")
        .text("reason")
        .refers_opt("proposed_by", "person")
        .word("state", &["open", "confirmed", "refused"])
        .refers_opt("decided_by", "person")
        .at_opt("decided_at")
        .text_opt("answer")
        .at("created_at")
        .unique_where(&["person_id", "scheme_id"], "state = 'open' AND kind = 'issue'")
        .unique_where(&["certificate_id"], "state = 'open' AND kind <> 'issue'")
        .index(&["state", "created_at", "id"])
        .create(m)
        .await
}

/// Two periods that count of one person and scheme never share a day. PostgreSQL takes a lock for the pair
/// first, so that of two transactions the later one sees what the earlier one wrote.
async fn no_overlap(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let overlap = "SELECT 1 FROM period p WHERE p.person_id = NEW.person_id AND p.scheme_id = NEW.scheme_id \
                   AND p.revoked_at IS NULL AND p.valid_from_on <= COALESCE(NEW.valid_until_on, '9999-12-31') \
                   AND NEW.valid_from_on <= COALESCE(p.valid_until_on, '9999-12-31')";
    let db = m.get_connection();
    let statements = match m.get_database_backend() {
        DbBackend::Postgres => vec![
            format!(
                "CREATE FUNCTION period_overlaps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text || NEW.scheme_id::text, 4)); \
                 IF EXISTS ({overlap}) THEN \
                 RAISE EXCEPTION 'periods overlap' USING ERRCODE = 'exclusion_violation'; END IF; \
                 RETURN NEW; END $$"
            ),
            "CREATE TRIGGER period_no_overlap BEFORE INSERT ON period FOR EACH ROW EXECUTE FUNCTION period_overlaps()"
                .to_owned(),
        ],
        _ => vec![format!(
            "CREATE TRIGGER period_no_overlap BEFORE INSERT ON period WHEN EXISTS ({overlap}) \
             BEGIN SELECT RAISE(ABORT, 'periods overlap'); END"
        )],
    };
    for sql in statements {
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}
