//! The main job from end to end, on both databases.

use rstest::rstest;
use tests::journey::{InProcess, Journey};
use tests::{Backend, TestHouse};

#[rstest]
#[tokio::test]
async fn a_visit_is_planned_attended_examined_certified_and_seen_by_the_manager(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;

    let arrived = Journey::new(&house, InProcess(&house)).await.perform().await;
    house.drain().await;

    assert!(arrived.document.len() > 1000);
    let seen = house.nobody().get(&format!("/api/v1/verifications/{}", arrived.certificate)).await.expect(200);
    assert_eq!(seen["status"], "valid");
    let verified = api::platform::event::verify(&house.app).await.expect("the trail is read");
    assert_eq!(verified.findings, [""; 0]);
}
