//! Settings that administrators change while the program runs: a key, a JSON value, a version.

use super::{Problem, Tx};
use entity::platform::setting;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use std::collections::HashMap;

/// Values and versions of those of `keys` that were ever changed.
///
/// # Errors
/// As the database.
pub async fn read<C: ConnectionTrait>(db: &C, keys: &[&str]) -> Result<HashMap<String, (Value, i64)>, Problem> {
    let rows = setting::Entity::find().filter(setting::Column::Key.is_in(keys.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.key, (row.value, row.version))).collect())
}

/// Writes a value over the version that was read; 0 for one that was never changed.
///
/// # Errors
/// 412 when somebody else changed it since
pub async fn write(tx: &Tx, key: &str, value: Value, expected_version: i64) -> Result<(), Problem> {
    let row = setting::ActiveModel {
        key: Set(key.to_owned()),
        value: Set(value.clone()),
        version: Set(expected_version + 1),
        changed_at: Set(tx.now()),
    };
    let rows = if expected_version == 0 {
        let there = sea_orm::sea_query::OnConflict::column(setting::Column::Key).do_nothing().to_owned();
        match setting::Entity::insert(row).on_conflict(there).try_insert().exec_without_returning(tx).await? {
            sea_orm::TryInsertResult::Inserted(rows) => rows,
            _ => 0,
        }
    } else {
        let stored = setting::Entity::update_many().set(row).filter(setting::Column::Key.eq(key));
        stored.filter(setting::Column::Version.eq(expected_version)).exec(tx).await?.rows_affected
    };
    if rows == 1 { Ok(()) } else { Err(Problem::changed_meanwhile()) }
}
