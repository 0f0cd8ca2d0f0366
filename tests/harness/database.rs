//! A database of its own for each test.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::sync::atomic::{AtomicU64, Ordering};

/// Which database a test runs on. Every API test runs on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary folder.
    Sqlite,
    /// A fresh database of the server named by `WAYMARK_TEST_PG`.
    Postgres,
}

/// The PostgreSQL server the tests use.
#[must_use]
pub fn postgres_url() -> String {
    variable("WAYMARK_TEST_PG").expect("WAYMARK_TEST_PG names a PostgreSQL server; `tests/run` brings one up")
}

/// A variable set by `tests/run`.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the tests are told by variables where their servers are")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A fresh, empty PostgreSQL database; gives its URL.
pub async fn fresh_postgres() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let server = postgres_url();
    let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(&server).await.expect("the server answers");
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("dropped");
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy"))
        .await
        .expect("created");
    admin.close().await.expect("closed");
    let (head, _) = server.rsplit_once('/').expect("a URL has a path");
    format!("{head}/{name}")
}

/// Drops a database made by [`fresh_postgres`].
pub async fn drop_postgres(url: &str) {
    let (_, name) = url.rsplit_once('/').expect("a URL has a path");
    let admin = Database::connect(postgres_url()).await.expect("the server answers");
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("dropped");
    admin.close().await.expect("closed");
}

/// A plain connection, for looking at the database from outside the program.
pub async fn outside(url: &str) -> DatabaseConnection {
    Database::connect(url).await.expect("the database answers")
}
