//! Certification's verbs, one file per use case.

mod decide;
mod document;
mod read;
mod record;
mod schemes;
mod verify;

pub use decide::{confirm, propose_reinstatement, propose_revocation, record_by_hand, refuse, suspend};
pub use document::{document, on_certificate_issued};
pub use read::{certificate, certificates, evidence_of, proposal, proposals, standing, statuses};
pub use record::{holds, record};
pub use schemes::{add_scheme, new_scheme, scheme, scheme_ids, scheme_version, schemes};
pub use verify::verification;

use super::rules::Requirement;
use crate::platform::{Problem, Tx};
use entity::certification as table;
use entity::id::{PersonId, SchemeId, SchemeVersionId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, Statement};

/// A scheme with the rule in force, ready to be judged by.
#[derive(Clone)]
struct Rule {
    scheme: SchemeId,
    code: String,
    version: SchemeVersionId,
    requirement: Requirement,
    validity: super::rules::Validity,
    needs_confirmation: bool,
}

impl Rule {
    fn of(code: String, row: &table::scheme_version::Model) -> Result<Self, Problem> {
        let requirement = serde_json::from_value(row.requirement.clone()).map_err(Problem::internal)?;
        Ok(Self {
            scheme: row.scheme_id,
            code,
            version: row.id,
            requirement,
            validity: super::rules::Validity {
                months: row.validity_months.and_then(|m| u32::try_from(m).ok()),
                renewal_window_days: u32::try_from(row.renewal_window_days).unwrap_or(0),
            },
            needs_confirmation: row.needs_confirmation,
        })
    }
}

/// Every scheme with its version in force, by code.
async fn schemes_in_force<C: ConnectionTrait>(
    db: &C,
) -> Result<Vec<(table::scheme::Model, table::scheme_version::Model)>, Problem> {
    let schemes = table::scheme::Entity::find().all(db).await?;
    let versions = table::scheme_version::Entity::find()
        .filter(Expr::exists(sea_orm::QueryTrait::into_query(
            table::scheme::Entity::find()
                .filter(
                    Expr::col((table::scheme::Entity, table::scheme::Column::Id))
                        .equals((table::scheme_version::Entity, table::scheme_version::Column::SchemeId)),
                )
                .filter(
                    Expr::col((table::scheme::Entity, table::scheme::Column::CurrentNumber))
                        .equals((table::scheme_version::Entity, table::scheme_version::Column::Number)),
                ),
        )))
        .all(db)
        .await?;
    let mut versions: std::collections::HashMap<_, _> = versions.into_iter().map(|v| (v.scheme_id, v)).collect();
    let mut found: Vec<_> = schemes.into_iter().filter_map(|s| versions.remove(&s.id).map(|v| (s, v))).collect();
    found.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    Ok(found)
}

/// Every rule in force.
async fn rules_in_force<C: ConnectionTrait>(db: &C) -> Result<Vec<Rule>, Problem> {
    let found = schemes_in_force(db).await?;
    found.into_iter().map(|(scheme, version)| Rule::of(scheme.code, &version)).collect()
}

/// Nobody else decides about this person until the transaction ends. SQLite has one writer anyway. Callers
/// who record for several persons do so in the order of their ids.
async fn lock_person(tx: &Tx, person: PersonId) -> Result<(), Problem> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 3))";
        let lock = Statement::from_sql_and_values(DbBackend::Postgres, sql, [person.to_string().into()]);
        tx.execute_raw(lock).await?;
    }
    Ok(())
}

/// All periods of a person, oldest first.
async fn periods_of<C: ConnectionTrait>(db: &C, person: PersonId) -> Result<Vec<table::period::Model>, Problem> {
    let mut rows = table::period::Entity::find().filter(table::period::Column::PersonId.eq(person)).all(db).await?;
    rows.sort_by_key(|p| (p.valid_from_on, p.created_at));
    Ok(rows)
}
