//! Jobs: each once, whatever a handler does, and nothing of them kept that is not needed.

use api::identity::Permit;
use api::platform::{App, Clock, Problem, Subscription, job};
use chrono::Duration;
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{Backend, TestHouse};

/// Handlers as they should not be, and one as it should.
static ODD: &[Subscription] = &[
    Subscription {
        kind: "",
        handler: "test::panics",
        run: |_, _| Box::pin(async { panic!("a mistake in a handler") }),
    },
    Subscription { kind: "", handler: "test::fails", run: |_, _| Box::pin(async { Err(Problem::internal("no")) }) },
    Subscription { kind: "", handler: "test::succeeds", run: |_, _| Box::pin(async { Ok(()) }) },
];

/// Another copy of the program on the house's database, with its own handlers.
async fn copy(house: &TestHouse) -> App {
    App::open(house.app.config().clone(), Clock::default(), ODD).await.expect("it opens")
}

async fn leave(app: &App, handler: &str, payload: Value, dedup: Option<&str>) {
    let tx = Permit::system("test").begin(app).await.expect("a transaction");
    tx.later(handler, payload, tx.now(), dedup.map(str::to_owned)).await.expect("left");
    tx.commit(()).await.expect("committed");
}

async fn rows(app: &App) -> Vec<entity::platform::job::Model> {
    let mut rows = entity::platform::job::Entity::find().all(app.db()).await.expect("jobs");
    rows.retain(|row| row.handler.starts_with("test::"));
    rows.sort_by(|a, b| a.handler.cmp(&b.handler));
    rows
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_or_fails_stops_neither_the_worker_nor_other_jobs(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let app = copy(&house).await;
    leave(&app, "test::panics", json!({ "secret": "link" }), None).await;
    leave(&app, "test::fails", json!({}), None).await;
    leave(&app, "test::succeeds", json!({ "secret": "link" }), None).await;

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(job::work(app.clone(), stopped));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let settled =
        |rows: &[entity::platform::job::Model]| rows.iter().all(|r| r.done_at.is_some() || r.last_error.is_some());
    while !settled(&rows(&app).await) && std::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    stop.send(true).expect("it works");
    worker.await.expect("the worker lives");

    let rows = rows(&app).await;
    let [fails, panics, counts] = &rows[..] else { panic!("{rows:?}") };
    assert!(counts.done_at.is_some(), "{counts:?}");
    assert_eq!(counts.payload, Value::Null, "what it was given is forgotten once it is done");
    for failed in [fails, panics] {
        assert!(failed.done_at.is_none() && failed.attempts == 1 && failed.lease_until.is_none(), "{failed:?}");
        assert!(failed.run_at > app.now(), "it is tried again, later");
    }
    app.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_do_no_job_twice(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    // SQLite has one program; PostgreSQL has several.
    let one = copy(&house).await;
    let two = if backend == Backend::Postgres { copy(&house).await } else { one.clone() };
    for n in 0..60 {
        leave(&one, "test::succeeds", json!({}), Some(&format!("once-{}", n % 40))).await;
    }
    assert_eq!(rows(&one).await.len(), 40, "one with the same key is left once");

    let work = async |app: &App, owner: &str| {
        let mut ran = 0;
        loop {
            let now = job::run_due(app, owner).await.expect("jobs run");
            if now == 0 {
                return ran;
            }
            ran += now;
        }
    };
    let (first, second) = tokio::join!(work(&one, "one"), work(&two, "two"));

    assert_eq!(first + second, 40);
    assert!(rows(&one).await.iter().all(|row| row.attempts == 1));
    one.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_handed_back_has_lost_no_attempt(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    leave(&house.app, "test::fails", json!({}), None).await;
    let lease = "UPDATE job SET lease_owner = 'gone', attempts = 9, lease_until = '2999-01-01 00:00:00+00:00' WHERE handler = 'test::fails'";
    let db = tests::database::outside(house.database_url()).await;
    sea_orm::ConnectionTrait::execute_unprepared(&db, lease).await.expect("leased");

    job::hand_back(&house.app, "gone").await.expect("handed back");

    let row = rows(&house.app).await.remove(0);
    assert_eq!((row.attempts, row.lease_until), (8, None));
    house.clock_advance(Duration::seconds(1));
    assert_eq!(job::run_due(&house.app, "other").await.expect("runs"), 1);
}
