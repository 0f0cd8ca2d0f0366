//! The audit trail: append-only, chained, and honest about what was done to it.

use api::identity::Permit;
use api::platform::event;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, QueryOrder};
use tests::{Backend, TestHouse};

async fn tampered(house: &TestHouse, statements: &[String]) -> Vec<String> {
    let db: DatabaseConnection = tests::database::outside(house.database_url()).await;
    let free = match house.backend {
        Backend::Sqlite => vec![
            "DROP TRIGGER event_no_update",
            "DROP TRIGGER event_no_delete",
            "DROP TRIGGER event_link_no_update",
            "DROP TRIGGER event_link_no_delete",
        ],
        Backend::Postgres => {
            vec!["ALTER TABLE event DISABLE TRIGGER ALL", "ALTER TABLE event_link DISABLE TRIGGER ALL"]
        }
    };
    for sql in free.into_iter().map(str::to_owned).chain(statements.iter().cloned()) {
        db.execute_unprepared(&sql).await.expect("tampered");
    }
    event::verify(&house.app).await.expect("verified").findings
}

async fn with_events(backend: Backend) -> TestHouse {
    let house = TestHouse::new(backend).await;
    for _ in 0..3 {
        let _ = house.participant().await;
    }
    house.drain().await;
    house
}

#[rstest]
#[tokio::test]
async fn the_database_refuses_to_change_or_delete_events(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = with_events(backend).await;
    let db = tests::database::outside(house.database_url()).await;

    for sql in [
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "UPDATE event_link SET hash = 'x'",
        "DELETE FROM event_link",
    ] {
        assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
    }
    assert_eq!(event::verify(&house.app).await.expect("verified").findings, Vec::<String>::new());
}

#[rstest]
#[case::changed(
    "UPDATE event SET act = 'nobody' WHERE id = (SELECT event_id FROM event_link WHERE number = 3)",
    "number 3"
)]
#[case::deleted("DELETE FROM event WHERE id = (SELECT event_id FROM event_link WHERE number = 3)", "number 3")]
#[case::link_deleted("DELETE FROM event_link WHERE number = 3", "links 3 to 3 are missing")]
#[case::link_changed("UPDATE event_link SET hash = 'ff' WHERE number = 3", "number 3")]
#[tokio::test]
async fn tampering_is_found_and_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] sql: &str,
    #[case] named: &str,
) {
    let house = with_events(backend).await;

    let findings = tampered(&house, &[sql.to_owned()]).await;

    assert!(findings.iter().any(|f| f.contains(named)), "{findings:?}");
}

#[rstest]
#[tokio::test]
async fn numbers_are_gapless_and_the_tail_is_told_apart(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = with_events(backend).await;
    let sealed = event::verify(&house.app).await.expect("verified");
    let tx = Permit::system("test").begin(&house.app).await.expect("begun");
    tx.emit(&api::identity::PasswordChanged { account: tx.id() }).await.expect("told");
    tx.commit(()).await.expect("committed");

    let after = event::verify(&house.app).await.expect("verified");

    assert_eq!((after.sealed, after.unsealed, after.findings.len()), (sealed.sealed, 1, 0));
    let links = entity::platform::event_link::Entity::find().order_by_asc(entity::platform::event_link::Column::Number);
    let numbers: Vec<i64> = links.all(house.app.db()).await.expect("links").iter().map(|l| l.number).collect();
    assert_eq!(numbers, (1..=sealed.sealed).collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn what_is_rolled_back_leaves_no_event_and_no_job(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = with_events(backend).await;
    let before = event::verify(&house.app).await.expect("verified");

    let tx = Permit::system("test").begin(&house.app).await.expect("begun");
    tx.emit(&api::identity::PasswordChanged { account: tx.id() }).await.expect("told");
    drop(tx);
    house.drain().await;

    assert_eq!(event::verify(&house.app).await.expect("verified").sealed, before.sealed);
}
