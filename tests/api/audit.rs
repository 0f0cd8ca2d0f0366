//! The audit trail: who reads it, and that tampering shows.

use entity::identity::Role;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use tests::{Backend, TestHouse};

#[rstest]
#[tokio::test]
async fn only_auditors_read_the_trail_and_they_find_what_they_look_for(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let auditor = house.client(Role::Auditor).await;
    let coordinator = house.client(Role::Coordinator).await;
    let subject = &coordinator.account;

    coordinator.get("/api/v1/audit/events").await.problem("forbidden");
    house.nobody().get("/api/v1/audit/events").await.problem("unauthenticated");
    let found = auditor.get(&format!("/api/v1/audit/events?subject_id={subject}&kind=identity/signed-in")).await;

    let found = found.expect(200);
    assert_eq!(found["items"].as_array().expect("items").len(), 1, "{found}");
    assert_eq!(found["items"][0]["kind"], "identity/signed-in");
    let whole = auditor.get("/api/v1/audit/events?kind=identity/").await.expect(200);
    assert!(whole["items"].as_array().expect("items").len() > 5);
    let page = auditor.get("/audit").await.text();
    assert!(page.contains("identity/signed-in"), "{page}");
}

#[rstest]
#[tokio::test]
async fn pages_of_the_trail_neither_repeat_nor_skip(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let auditor = house.client(Role::Auditor).await;
    let all = auditor.get("/api/v1/audit/events?limit=200").await.expect(200);
    let all: Vec<_> = all["items"].as_array().expect("items").iter().map(|e| e["id"].clone()).collect();

    let mut seen = Vec::new();
    let mut path = "/api/v1/audit/events?limit=2".to_owned();
    loop {
        let page = auditor.get(&path).await.expect(200);
        seen.extend(page["items"].as_array().expect("items").iter().map(|e| e["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/audit/events?limit=2&cursor={cursor}");
    }

    assert_eq!(seen, all);
}

#[rstest]
#[tokio::test]
async fn a_changed_event_shows_in_the_verification(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let auditor = house.client(Role::Auditor).await;
    let before = auditor.get("/api/v1/audit/verification").await.expect(200);
    assert!(before["unsealed"].as_u64().expect("a number") > 0);
    house.drain().await;

    let whole = auditor.get("/api/v1/audit/verification").await.expect(200);
    assert_eq!(whole["findings"], serde_json::json!([]));
    assert_eq!(whole["unsealed"], 0);
    let outside = tests::database::outside(house.database_url()).await;
    let off = match backend {
        Backend::Sqlite => "DROP TRIGGER event_no_update",
        Backend::Postgres => "ALTER TABLE event DISABLE TRIGGER event_no_update",
    };
    outside.execute_unprepared(off).await.expect("tampered");
    outside.execute_unprepared("UPDATE event SET act = 'forged' WHERE kind = 'identity/signed-in'").await.expect("so");

    let broken = auditor.get("/api/v1/audit/verification").await.expect(200);
    assert_eq!(broken["findings"].as_array().expect("findings").len(), 1, "{broken}");
    assert!(auditor.get("/audit/verification").await.text().contains("identity/signed-in"));
}
