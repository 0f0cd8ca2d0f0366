//! The main job against real programs: killed after every answer, and as three copies on one database.

use chrono::{DateTime, Utc};
use rstest::rstest;
use tests::journey::{Journey, Stage};
use tests::{Backend, Installation, Served, TestHouse};

/// The house that brought the people together, and how far its clock, and the programs', run ahead.
struct Ahead<'a> {
    house: &'a TestHouse,
    by: chrono::Duration,
}

impl Ahead<'_> {
    fn later(&mut self, by: chrono::Duration) {
        self.by += by;
        self.house.clock_advance(by);
    }
    fn serve(&self) -> Served {
        Installation::of(self.house).set("clock_ahead_seconds", &self.by.num_seconds().to_string()).serve()
    }
}

/// One program, killed as soon as it has answered, and started again for the next request.
struct Killed<'a> {
    ahead: Ahead<'a>,
    served: Option<Served>,
}

impl Stage for Killed<'_> {
    fn door(&mut self) -> String {
        self.served.get_or_insert_with(|| self.ahead.serve()).base.clone()
    }
    fn answered(&mut self) {
        if let Some(served) = self.served.take() {
            served.kill();
        }
    }
    fn later(&mut self, by: chrono::Duration) {
        self.ahead.later(by);
        self.answered();
    }
    fn now(&self) -> DateTime<Utc> {
        self.ahead.house.app.now()
    }
}

/// Three copies, asked in turn.
struct Copies<'a> {
    ahead: Ahead<'a>,
    served: Vec<Served>,
    asked: usize,
}

impl Copies<'_> {
    const NUMBER: usize = 3;
}

impl Stage for Copies<'_> {
    fn door(&mut self) -> String {
        if self.served.is_empty() {
            self.served = (0..Self::NUMBER).map(|_| self.ahead.serve()).collect();
        }
        self.asked += 1;
        self.served[self.asked % Self::NUMBER].base.clone()
    }
    fn later(&mut self, by: chrono::Duration) {
        self.ahead.later(by);
        self.served.drain(..).for_each(Served::stop);
    }
    fn now(&self) -> DateTime<Utc> {
        self.ahead.house.app.now()
    }
}

async fn trail_is_whole(house: &TestHouse) {
    house.drain().await;
    let verified = api::platform::event::verify(&house.app).await.expect("the trail is read");
    assert_eq!(verified.findings, [""; 0]);
    assert!(verified.sealed > 20, "{verified:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_after_every_answer_the_journey_arrives(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let stage = Killed { ahead: Ahead { house: &house, by: chrono::Duration::zero() }, served: None };

    let arrived = Journey::new(&house, stage).await.perform().await;

    let seen = house.nobody().get(&format!("/api/v1/verifications/{}", arrived.certificate)).await.expect(200);
    assert_eq!(seen["status"], "valid");
    trail_is_whole(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_on_one_database_perform_the_journey() {
    let house = TestHouse::new(Backend::Postgres).await;
    let stage = Copies { ahead: Ahead { house: &house, by: chrono::Duration::zero() }, served: vec![], asked: 0 };

    Journey::new(&house, stage).await.perform().await;

    trail_is_whole(&house).await;
}
