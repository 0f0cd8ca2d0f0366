//! Steps of the schema: up, down and up again, and the same columns as the entities name.

use migration::{Migrator, MigratorTrait};
use rstest::rstest;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use std::collections::BTreeSet;
use tests::Backend;

async fn empty(backend: Backend, folder: &tempfile::TempDir) -> DatabaseConnection {
    let url = match backend {
        Backend::Sqlite => format!("sqlite:{}/m.db?mode=rwc", folder.path().display()),
        Backend::Postgres => tests::database::fresh_postgres().await,
    };
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("connected")
}

async fn tables(db: &DatabaseConnection) -> BTreeSet<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => {
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("tables");
    rows.iter()
        .map(|row| row.try_get("", "name").expect("a name"))
        .filter(|name: &String| name != "seaql_migrations")
        .collect()
}

#[rstest]
#[tokio::test]
async fn every_step_goes_up_down_and_up_again(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = empty(backend, &folder).await;

    Migrator::up(&db, None).await.expect("up");
    let once = tables(&db).await;
    Migrator::down(&db, None).await.expect("down");
    assert_eq!(tables(&db).await, BTreeSet::new());
    Migrator::up(&db, None).await.expect("up again");

    assert_eq!(tables(&db).await, once);
}
