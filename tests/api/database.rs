//! What the database layer promises: units of work that are whole, isolated, durable, and honest about failure.

use api::identity::Permit;
use api::platform::{App, Clock, Config, Problem};
use entity::platform::setting;
use rstest::rstest;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Statement,
};
use serde_json::json;
use tests::{Backend, TestHouse};

fn row(key: &str, at: chrono::DateTime<chrono::Utc>) -> setting::ActiveModel {
    setting::ActiveModel { key: Set(key.to_owned()), value: Set(json!(1)), version: Set(1), changed_at: Set(at) }
}

async fn put(app: &App, key: &str) -> Result<(), Problem> {
    let tx = Permit::system("test").begin(app).await?;
    setting::Entity::insert(row(key, tx.now())).exec_without_returning(&tx).await?;
    tx.commit(()).await
}

async fn count(app: &App) -> u64 {
    setting::Entity::find().filter(setting::Column::Key.starts_with("k-")).count(app.db()).await.expect("a count")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_never_see_a_busy_database(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;

    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let app = house.app.clone();
        tasks.spawn(async move {
            for m in 0..10 {
                put(&app, &format!("k-{n}-{m}")).await?;
            }
            Ok::<_, Problem>(())
        });
    }

    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(count(&house.app).await, 500);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_that_fails_or_is_dropped_takes_nobody_with_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    put(&house.app, "k-taken").await.expect("stored");

    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let app = house.app.clone();
        tasks.spawn(async move {
            match n % 3 {
                0 => put(&app, &format!("k-{n}")).await.is_ok(),
                1 => put(&app, "k-taken").await.is_ok(),
                _ => {
                    let tx = Permit::system("test").begin(&app).await.expect("begun");
                    setting::Entity::insert(row(&format!("k-{n}"), tx.now()))
                        .exec_without_returning(&tx)
                        .await
                        .expect("inserted");
                    drop(tx);
                    false
                }
            }
        });
    }
    let kept = tasks.join_all().await.into_iter().filter(|ok| *ok).count();

    assert_eq!(kept, 20);
    assert_eq!(count(&house.app).await, 21);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn giving_up_while_waiting_leaves_no_one_hanging(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let holder = Permit::system("test").begin(&house.app).await.expect("begun");
    setting::Entity::insert(row("k-holder", holder.now())).exec_without_returning(&holder).await.expect("inserted");

    let mut waiting = Vec::new();
    for n in 0..20 {
        let app = house.app.clone();
        waiting.push(tokio::spawn(async move { put(&app, &format!("k-{n}")).await }));
    }
    tokio::task::yield_now().await;
    for task in &waiting {
        task.abort();
    }
    holder.commit(()).await.expect("committed");

    put(&house.app, "k-last").await.expect("the lane is free");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn giving_up_while_beginning_leaves_no_one_hanging(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    for n in 0..300 {
        let app = house.app.clone();
        let writer = tokio::spawn(async move { put(&app, &format!("k-{n}")).await });
        let patience = std::time::Duration::from_micros(n * 20);
        // One that is answered is dropped at once, one that is not is given up half way.
        tokio::time::timeout(patience, Permit::system("test").begin(&house.app)).await.map(drop).ok();

        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), writer).await;

        assert!(waited.is_ok_and(|outcome| outcome.is_ok_and(|kept| kept.is_ok())), "round {n} hangs or fails");
    }
    assert_eq!(count(&house.app).await, 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_units_wait_for_the_lane_than_it_can_serve() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let holder = Permit::system("test").begin(&house.app).await.expect("begun");

    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..4200 {
        let app = house.app.clone();
        waiting.spawn(async move {
            let tx = Permit::system("test").begin(&app).await?;
            tx.commit(()).await
        });
    }
    let mut refused = 0;
    while refused < 104 {
        let problem = waiting.join_next().await.expect("some").expect("it ran").expect_err("the lane is held");
        assert_eq!(problem.status().as_u16(), 503);
        let response = problem.into_json_response();
        assert!(response.headers().contains_key("retry-after"));
        refused += 1;
    }
    holder.commit(()).await.expect("committed");

    let served = waiting.join_all().await.into_iter().flatten().count();
    assert_eq!(served, 4096);
}

#[rstest]
#[tokio::test]
async fn an_error_that_was_swallowed_keeps_the_unit_from_committing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    put(&house.app, "k-taken").await.expect("stored");

    let tx = Permit::system("test").begin(&house.app).await.expect("begun");
    setting::Entity::insert(row("k-new", tx.now())).exec_without_returning(&tx).await.expect("inserted");
    let swallowed = setting::Entity::insert(row("k-taken", tx.now())).exec_without_returning(&tx).await;
    let outcome = tx.commit(()).await;

    assert!(swallowed.is_err() && outcome.is_err());
    assert_eq!(count(&house.app).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_database_is_answered_503_and_nothing_is_acknowledged_that_was_not_kept() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let pages = Permit::system("test").begin(&house.app).await.expect("begun");
    pages.execute_unprepared("PRAGMA max_page_count = 1").await.expect("SQLite stops at its present size");
    pages.commit(()).await.expect("committed");

    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for n in 0..40 {
        let key = format!("k-{n}-{}", "x".repeat(20_000));
        match put(&house.app, &key).await {
            Ok(()) => acknowledged.push(key),
            Err(problem) => {
                assert_eq!(problem.status().as_u16(), 503, "{problem}");
                refused += 1;
            }
        }
    }

    // The connection that met the full disk is gone, and with it the limit: what came later was kept.
    assert!(refused >= 1 && !acknowledged.is_empty(), "{refused} refused");
    let outside = tests::database::outside(house.database_url()).await;
    for key in &acknowledged {
        assert!(setting::Entity::find_by_id(key).one(&outside).await.expect("read").is_some(), "acknowledged and lost");
    }
    assert_eq!(count(&house.app).await, acknowledged.len() as u64);
}

#[tokio::test]
async fn sqlite_is_durable_and_recent_enough_and_proves_it() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let tx = Permit::system("test").begin(&house.app).await.expect("begun");

    for (sql, want) in [("PRAGMA synchronous", 2_i32), ("PRAGMA foreign_keys", 1)] {
        let row = tx.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("read").expect("a row");
        assert_eq!(row.try_get_by_index::<i32>(0).expect("a number"), want, "{sql}");
    }

    assert!(api::platform::db::sqlite_is_recent("3.51.3") && api::platform::db::sqlite_is_recent("4.0.0"));
    assert!(!api::platform::db::sqlite_is_recent("3.51.2") && !api::platform::db::sqlite_is_recent("3.46.0"));
}

#[tokio::test]
async fn a_postgresql_that_may_lose_acknowledged_work_is_refused() {
    let url = tests::database::fresh_postgres().await;
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [("WAYMARK_DATABASE_URL", url), ("WAYMARK_DATA_DIR", folder.path().display().to_string())];
    let config = Config::load(None, variables.map(|(k, v)| (k.to_owned(), v)).into_iter()).expect("a configuration");

    let refusal = App::open(config, Clock::default(), api::SUBSCRIPTIONS).await.err().expect("refused");

    assert!(refusal.contains("fsync") || refusal.contains("synchronous_commit"), "{refusal}");
}

#[rstest]
#[tokio::test]
async fn a_newer_schema_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let tx = Permit::system("test").begin(&house.app).await.expect("begun");
    tx.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_of_the_future', 0)")
        .await
        .expect("inserted");
    tx.commit(()).await.expect("committed");
    let config = house.app.config().clone();

    let refusal = App::open(config, Clock::default(), api::SUBSCRIPTIONS).await.err().expect("refused");

    assert!(refusal.contains("newer program") || refusal.contains("newer than"), "{refusal}");
}

#[rstest]
#[tokio::test]
async fn no_statement_is_planned_anew_and_no_connection_is_pinged(#[values(Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let statement = |sql: &str| Statement::from_string(DbBackend::Postgres, sql);

    let row = house
        .app
        .db()
        .query_one_raw(statement("SELECT current_setting('plan_cache_mode') AS mode"))
        .await
        .expect("read")
        .expect("a row");
    let report = house
        .app
        .report_db()
        .query_one_raw(statement("SELECT current_setting('plan_cache_mode') AS mode"))
        .await
        .expect("read")
        .expect("a row");

    assert_eq!(row.try_get::<String>("", "mode").expect("text"), "force_generic_plan");
    assert_eq!(report.try_get::<String>("", "mode").expect("text"), "auto");
}
