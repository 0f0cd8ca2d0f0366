//! What the platform promises to every operation.

use rstest::rstest;
use serde_json::json;
use tests::{Backend, TestHouse};

#[rstest]
#[tokio::test]
async fn who_is_signed_in_is_told_who_they_are(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;

    let me = anna.get("/api/v1/me").await.expect(200);

    assert_eq!(me["person_id"], anna.person);
    assert_eq!(me["roles"], json!(["participant"]));
}

#[rstest]
#[tokio::test]
async fn every_refusal_of_the_framework_is_a_problem(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();

    let _ = nobody.get("/api/v1/no-such-thing").await.problem("not-found");
    let _ = nobody.get("/api/v1/me").await.problem("unauthenticated");
    let wrong_method = nobody.delete("/api/v1/me").await;
    let _ = wrong_method.problem("method-not-allowed");
    assert_eq!(wrong_method.header("allow"), "GET, HEAD");
    let all = nobody.post("/api/v1/sign-in", json!({ "email": 7, "pass": "" })).await.problem("validation");
    let pointers: Vec<_> = all["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert!(pointers.contains(&json!("/email")) && pointers.contains(&json!("/password")), "{all}");
}
