//! The programme: who sees its money, and that the money adds up.

use entity::identity::Role;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{Backend, TestHouse};

fn programme() -> Value {
    json!({
        "code": "LATBEL", "title": "Border management co-operation", "period_start_on": "2019-10-01",
        "period_end_on": "2020-12-31", "total": "494813.32", "grant_rate_percent": "94.99", "currency": "EUR",
    })
}

#[rstest]
#[tokio::test]
async fn the_shares_of_a_programme_add_up_and_only_some_see_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;

    let made = coordinator.post("/api/v1/programmes", programme()).await.expect(201);
    let path = format!("/api/v1/programmes/{}", made["id"].as_str().expect("an id"));
    let component = json!({"code": "C1", "title": "Border management", "amount": "186420.00"});
    coordinator.post(&format!("{path}/components"), component).await.expect(201);

    let seen = coordinator.get(&path).await.expect(200);
    assert_eq!(seen["grant"]["eu_contribution"], "470023.17");
    assert_eq!(seen["grant"]["own_contribution"], "24790.15");
    assert_eq!(seen["grant"]["grant_rate_percent"], "94.99");
    assert_eq!(seen["components"][0]["amount"], "186420.00");
    let seen = participant.get(&path).await.expect(200);
    assert_eq!(seen["components"][0]["code"], "C1");
    assert!(seen["grant"].is_null() && seen["components"][0]["amount"].is_null() && seen["budget_lines"].is_null());
    let text = participant.get("/programme").await.text();
    assert!(text.contains("Border management") && !text.contains("186"), "{text}");
    assert!(coordinator.get("/programme").await.text().contains("470,023.17"));
}

#[rstest]
#[tokio::test]
async fn wrong_money_is_refused_field_by_field(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let mut wrong = programme();
    wrong["eu_contribution"] = json!("470023.18");
    wrong["own_contribution"] = json!("24790.15");
    wrong["period_end_on"] = json!("2019-09-30");

    let problem = coordinator.post("/api/v1/programmes", wrong).await.problem("validation");

    let pointers: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/own_contribution", "/period_end_on"]);
}

#[rstest]
#[tokio::test]
async fn a_programme_is_changed_from_the_version_that_was_read(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let made = coordinator.post("/api/v1/programmes", programme()).await.expect(201);
    let path = format!("/api/v1/programmes/{}", made["id"].as_str().expect("an id"));

    coordinator.put(&path, programme()).await.expect(428);
    let mut changed = programme();
    changed["title"] = json!("Border management co-operation, second phase");
    let view = coordinator.put_matching(&path, &made["version"], changed.clone()).await.expect(200);
    coordinator.put_matching(&path, &made["version"], changed).await.problem("changed-meanwhile");

    assert_eq!(view["version"], 2);
    let amendment = json!({"amended_on": "2020-12-01", "what": "Extended", "new_period_end_on": "2021-09-30"});
    coordinator.post(&format!("{path}/amendments"), amendment).await.expect(201);
    let view = coordinator.get(&path).await.expect(200);
    assert_eq!(view["period_end_on"], "2021-09-30");
    assert_eq!(view["amendments"][0]["recorded_by"], coordinator.person.as_str());
}

#[rstest]
#[tokio::test]
async fn components_cannot_cost_more_than_the_programme_has(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let finance = house.client(Role::FinanceOfficer).await;
    let participant = house.participant().await;
    let made = coordinator.post("/api/v1/programmes", programme()).await.expect(201);
    let path = format!("/api/v1/programmes/{}", made["id"].as_str().expect("an id"));
    let component = |code: &str, amount: &str| json!({"code": code, "title": "A component", "amount": amount});

    coordinator.post(&format!("{path}/components"), component("C1", "494813.32")).await.expect(201);
    coordinator.post(&format!("{path}/components"), component("C2", "0.01")).await.problem("programme/over-total");
    coordinator.post(&format!("{path}/components"), component("C1", "0.00")).await.problem("programme/code-taken");

    let line = json!({"code": "B1", "title": "Travel", "planned": "1000.00", "spent": "250.50"});
    coordinator.post(&format!("{path}/budget-lines"), line.clone()).await.problem("forbidden");
    participant.post(&format!("{path}/budget-lines"), line.clone()).await.problem("forbidden");
    let made = finance.post(&format!("{path}/budget-lines"), line.clone()).await.expect(201);
    let line_path = format!("/api/v1/budget-lines/{}", made["id"].as_str().expect("an id"));
    participant.put_matching(&line_path, &json!(1), line.clone()).await.problem("not-found");
    let mut spent = line;
    spent["spent"] = json!("300.00");
    assert_eq!(finance.put_matching(&line_path, &json!(1), spent).await.expect(200)["spent"], "300.00");
}

#[rstest]
#[tokio::test]
async fn indicators_and_deliverables_move_on(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;
    let made = coordinator.post("/api/v1/programmes", programme()).await.expect(201);
    let path = format!("/api/v1/programmes/{}", made["id"].as_str().expect("an id"));
    let mut indicator =
        json!({"code": "I1", "title": "Staff trained", "unit": "persons", "baseline": "0", "target": "120"});

    let made = coordinator.post(&format!("{path}/indicators"), indicator.clone()).await.expect(201);
    indicator["actual"] = json!("74");
    let part = format!("/api/v1/indicators/{}", made["id"].as_str().expect("an id"));
    participant.put_matching(&part, &json!(1), indicator.clone()).await.problem("forbidden");
    let view = coordinator.put_matching(&part, &json!(1), indicator).await.expect(200);
    assert_eq!(view["progress_percent"], 61);
    let deliverable = json!({"code": "D1", "title": "Guidelines", "due_on": "2020-04-30", "state": "planned"});
    let made = coordinator.post(&format!("{path}/deliverables"), deliverable.clone()).await.expect(201);
    let part = format!("/api/v1/deliverables/{}", made["id"].as_str().expect("an id"));
    let mut accepted = deliverable;
    accepted["state"] = json!("accepted");
    assert_eq!(coordinator.put_matching(&part, &json!(1), accepted).await.expect(200)["state"], "accepted");

    let text = coordinator.get("/programme").await.text();
    assert!(text.contains("61 %") && text.contains("Guidelines"), "{text}");
}
