//! Competence frameworks and the register of recommendations.

use api::framework::rules::{DEFAULT_ZONE, end_of_day};
use chrono::{DateTime, Duration, Utc};
use entity::identity::Role;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{Backend, Client, TestHouse};

fn framework(edition: &str) -> Value {
    json!({
        "code": "BMT-CF", "edition": edition, "title": "Competence framework",
        "outcomes": [
            {"code": "RA-1", "area": "Risk analysis", "kind": "knowledge", "level": 4, "statement": "names the components",
             "statement_lv": "nosauc sastāvdaļas"},
            {"code": "DF-2", "area": "Document fraud", "kind": "skill", "level": 4, "statement": "compares a specimen"},
        ],
        "profiles": [{"code": "PR-FLO", "title": "First line officer", "level": 4, "outcomes": ["DF-2", "RA-1"]}],
    })
}

fn recommendation(reference: &str, due_on: Option<&str>) -> Value {
    let mut new = json!({
        "reference": reference, "source_type": "evaluation", "theme": "data protection",
        "text": "Teach staff what may not be put into training systems.", "priority": "medium", "links": ["DP-1"],
    });
    if let Some(day) = due_on {
        new["due_on"] = json!(day);
    }
    new
}

async fn record(client: &Client, new: Value) -> String {
    let made = client.post("/api/v1/recommendations", new).await.expect(201);
    format!("/api/v1/recommendations/{}", made["id"].as_str().expect("an id"))
}

async fn step(client: &Client, path: &str, state: &str) -> tests::Answer {
    client.post(&format!("{path}/status-changes"), json!({"state": state, "reason": "As agreed."})).await
}

#[rstest]
#[tokio::test]
async fn a_published_edition_supersedes_the_one_before(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;

    let first = coordinator.post("/api/v1/frameworks", framework("1.0")).await.expect(201);
    let first = format!("/api/v1/frameworks/{}", first["id"].as_str().expect("an id"));
    participant.get(&first).await.problem("not-found");
    coordinator.act(&format!("{first}/publication")).await.expect(200);
    let second = coordinator.post("/api/v1/frameworks", framework("2.0")).await.expect(201);
    let second = format!("/api/v1/frameworks/{}", second["id"].as_str().expect("an id"));
    coordinator.act(&format!("{second}/publication")).await.expect(200);

    assert_eq!(participant.get(&first).await.expect(200)["state"], "superseded");
    let view = participant.get(&second).await.expect(200);
    assert_eq!(view["state"], "published");
    assert_eq!(view["profiles"][0]["outcomes"], json!(["RA-1", "DF-2"]));
    coordinator.put_matching(&second, &view["version"], framework("2.0")).await.problem("framework/not-a-draft");
    coordinator.post("/api/v1/frameworks", framework("2.0")).await.problem("framework/edition-taken");
    participant.post("/api/v1/frameworks", framework("3.0")).await.problem("forbidden");
    let codes = api::framework::outcome_codes(house.app.db()).await.expect("codes");
    assert_eq!(codes["RA-1"].to_string(), view["outcomes"][0]["id"].as_str().expect("an id"));
    let page = participant.get("/frameworks").await.text();
    assert!(page.contains("Document fraud") && page.contains("First line officer"), "{page}");
}

#[rstest]
#[tokio::test]
async fn a_draft_is_checked_as_a_whole(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let mut wrong = framework("1.0");
    wrong["outcomes"][1]["code"] = json!("RA-1");
    wrong["profiles"][0]["outcomes"] = json!(["XX-9"]);

    let problem = coordinator.post("/api/v1/frameworks", wrong).await.problem("validation");

    let pointers: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/outcomes/1/code", "/profiles/0/outcomes/0"]);
    let made = coordinator.post("/api/v1/frameworks", framework("1.0")).await.expect(201);
    let path = format!("/api/v1/frameworks/{}", made["id"].as_str().expect("an id"));
    let mut shorter = framework("1.0");
    shorter["profiles"] = json!([]);
    let view = coordinator.put_matching(&path, &made["version"], shorter).await.expect(200);
    assert_eq!(view["profiles"], json!([]));
}

#[rstest]
#[tokio::test]
async fn who_recorded_the_implementation_cannot_verify_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    use entity::identity::ScopeKind::Programme;
    let house = TestHouse::new(backend).await;
    let both = [(Role::Coordinator, Programme, None), (Role::Evaluator, Programme, None)];
    let doer = house.someone(house.home, &both).await;
    let verifier = house.client(Role::Evaluator).await;
    let coordinator = house.client(Role::Coordinator).await;
    let path = record(&doer, recommendation("REC-1", None)).await;

    step(&doer, &path, "implemented").await.problem("framework/no-such-step");
    for state in ["accepted", "in_progress", "implemented"] {
        step(&doer, &path, state).await.expect(201);
    }
    step(&doer, &path, "verified_closed").await.problem("framework/own-implementation");
    step(&coordinator, &path, "verified_closed").await.problem("forbidden");
    let view = step(&verifier, &path, "verified_closed").await.expect(201);

    assert_eq!(view["state"], "verified_closed");
    let states: Vec<_> = view["changes"].as_array().expect("changes").iter().map(|c| c["to_state"].clone()).collect();
    assert_eq!(states, ["accepted", "in_progress", "implemented", "verified_closed"]);
    assert_eq!(view["changes"][3]["person_id"], verifier.person.as_str());
    step(&verifier, &path, "in_progress").await.problem("forbidden");
}

#[rstest]
#[tokio::test]
async fn a_recommendation_is_overdue_when_its_day_has_ended_in_its_zone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let today = house.app.now().with_timezone(&DEFAULT_ZONE).date_naive();
    let path = record(&coordinator, recommendation("REC-2020-10", Some(&today.to_string()))).await;
    record(&coordinator, recommendation("REC-2020-12", None)).await;
    let late = "/api/v1/recommendations?overdue=true";

    assert_eq!(coordinator.get(&path).await.expect(200)["overdue"], false);
    assert_eq!(coordinator.get(late).await.expect(200)["items"], json!([]));
    let end: DateTime<Utc> = end_of_day(today, DEFAULT_ZONE);
    house.clock_advance(end - house.app.now() + Duration::seconds(1));
    let mut coordinator = coordinator;
    house.sign_in(&mut coordinator).await;

    assert_eq!(coordinator.get(&path).await.expect(200)["overdue"], true);
    assert_eq!(coordinator.get(late).await.expect(200)["items"][0]["reference"], "REC-2020-10");
    let others = coordinator.get("/api/v1/recommendations?overdue=false").await.expect(200);
    assert_eq!(others["items"][0]["reference"], "REC-2020-12");
    assert!(coordinator.get("/recommendations?overdue=true&state=&priority=").await.text().contains("REC-2020-10"));
}

#[rstest]
#[tokio::test]
async fn recommendations_are_shown_within_reach(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let manager = house.manager().await;
    let participant = house.participant().await;
    let mut foreign = recommendation("REC-ABROAD", None);
    foreign["organisation_id"] = json!(house.abroad.0.to_string());
    let mut home = recommendation("REC-HOME", None);
    home["organisation_id"] = json!(house.home.0.to_string());
    home["unit_id"] = json!(house.home.1.to_string());
    let foreign = record(&coordinator, foreign).await;
    let home = record(&coordinator, home).await;
    let all = record(&coordinator, recommendation("REC-ALL", None)).await;

    manager.get(&foreign).await.problem("not-found");
    manager.get(&home).await.expect(200);
    manager.get(&all).await.expect(200);
    step(&manager, &home, "accepted").await.problem("forbidden");
    participant.get(&all).await.problem("not-found");
    assert_eq!(participant.get("/api/v1/recommendations").await.expect(200)["items"], json!([]));
    coordinator
        .post("/api/v1/recommendations", recommendation("REC-ALL", None))
        .await
        .problem("framework/reference-taken");
}
