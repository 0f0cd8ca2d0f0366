//! Courses: drafts, immutable versions, what they teach and ask for.

use api::catalogue;
use entity::id::CourseId;
use entity::identity::{Role, ScopeKind};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::{Backend, Client, TestHouse};

fn syllabus() -> Value {
    json!({
        "title": "Second line and document fraud", "title_lv": "Otrā līnija: robežas šķērsošana",
        "summary": "Three days of work with specimens.",
        "minutes": {"lecture": 360, "practice": 540}, "outcomes": ["DF-2", "RA-1"], "languages": ["lv", "en"],
        "audience": "Officers of the second line", "prerequisites": [{"scheme": "CS-DF4", "accepts": "valid_or_renewable"}],
    })
}

fn course(owner: &Client, code: &str) -> Value {
    json!({"code": code, "organisation_id": owner.organisation, "syllabus": syllabus()})
}

async fn written(client: &Client, code: &str) -> (String, Value) {
    let made = client.post("/api/v1/courses", course(client, code)).await.expect(201);
    (format!("/api/v1/courses/{}", made["id"].as_str().expect("an id")), made)
}

/// A house with a framework in force and a scheme, and its coordinator.
async fn furnished(backend: Backend) -> (TestHouse, Client) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let officer = house.client(Role::CertificationOfficer).await;
    publish_framework(&coordinator, "1.0").await;
    let scheme = json!({
        "code": "CS-DF4", "title": "Document fraud awareness", "renewal_window_days": 90, "validity_months": 24,
        "awarding_body": "State Border Guard College", "requirement": {"practical": {"outcome": "DF-2"}},
    });
    officer.post("/api/v1/schemes", scheme).await.expect(201);
    (house, coordinator)
}

async fn publish_framework(coordinator: &Client, edition: &str) {
    let framework = json!({
        "code": "BMT-CF", "edition": edition, "title": "Competence framework",
        "outcomes": [
            {"code": "RA-1", "area": "Risk analysis", "kind": "knowledge", "level": 4, "statement": "names the components"},
            {"code": "DF-2", "area": "Document fraud", "kind": "skill", "level": 4, "statement": "compares a specimen"},
        ],
    });
    let made = coordinator.post("/api/v1/frameworks", framework).await.expect(201);
    let id = made["id"].as_str().expect("an id");
    coordinator.act(&format!("/api/v1/frameworks/{id}/publication")).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn a_draft_is_nobody_elses_until_it_is_published(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, coordinator) = furnished(backend).await;
    let participant = house.participant().await;
    let (path, made) = written(&coordinator, "CRS-SLDF").await;
    let id: CourseId = made["id"].as_str().expect("an id").parse().expect("an id");
    let page = format!("/catalogue/{id}");

    participant.get(&path).await.problem("not-found");
    assert_eq!(participant.get(&page).await.status, 404);
    assert_eq!(participant.get("/api/v1/courses").await.expect(200)["items"], json!([]));
    assert!(catalogue::course_facts(house.app.db(), id).await.is_err());
    participant.act(&format!("{path}/publication")).await.problem("not-found");
    let view = coordinator.act(&format!("{path}/publication")).await.expect(200);

    assert_eq!((&view["state"], &view["published"]["number"]), (&json!("published"), &json!(1)));
    assert_eq!(view["published"]["minutes_total"], 900);
    assert_eq!(view["draft"], Value::Null);
    let seen = participant.get(&path).await.expect(200);
    assert_eq!(seen["published"]["syllabus"]["outcomes"], json!(["DF-2", "RA-1"]));
    assert_eq!(seen["published"]["outcomes"][0]["edition"], "BMT-CF 1.0");
    participant.act(&format!("{path}/publication")).await.problem("forbidden");
    let facts = catalogue::course_facts(house.app.db(), id).await.expect("facts");
    assert_eq!((facts.code.as_str(), facts.minutes, facts.prerequisites.len()), ("CRS-SLDF", 900, 1));
    let text = participant.get(&page).await.text();
    assert!(text.contains("compares a specimen") && !text.contains("/draft"), "{text}");
}

#[rstest]
#[tokio::test]
async fn a_published_version_is_never_changed(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, coordinator) = furnished(backend).await;
    let participant = house.participant().await;
    let (path, _) = written(&coordinator, "CRS-SLDF").await;
    let first = coordinator.act(&format!("{path}/publication")).await.expect(200);
    coordinator.act(&format!("{path}/publication")).await.problem("catalogue/nothing-to-publish");
    let mut next = syllabus();
    next["title"] = json!("Second line, shorter");
    next["prerequisites"] = json!([]);

    coordinator.put(&format!("{path}/draft"), next.clone()).await.problem("if-match-required");
    let draft = coordinator.put_matching(&format!("{path}/draft"), &first["version"], next.clone()).await.expect(200);
    coordinator.put_matching(&format!("{path}/draft"), &first["version"], next).await.problem("changed-meanwhile");

    assert_eq!(draft["published"]["syllabus"]["title"], "Second line and document fraud");
    assert_eq!(draft["draft"]["title"], "Second line, shorter");
    assert_eq!(participant.get(&path).await.expect(200)["draft"], Value::Null);
    publish_framework(&coordinator, "2.0").await;
    let second = coordinator.act(&format!("{path}/publication")).await.expect(200);
    assert_eq!(second["published"]["syllabus"]["title"], "Second line, shorter");
    assert_eq!(second["published"]["outcomes"][0]["edition"], "BMT-CF 2.0");
    assert_eq!(second["versions"].as_array().expect("versions").len(), 2);
    for statement in [
        "UPDATE course_version SET title = 'forged'",
        "DELETE FROM course_version",
        "DELETE FROM course_outcome",
        "UPDATE course_prerequisite SET accepts = 'valid_or_expired'",
    ] {
        let outside = tests::database::outside(house.database_url()).await;
        let refused = outside.execute_unprepared(statement).await.expect_err(statement).to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

#[rstest]
#[tokio::test]
async fn of_two_who_publish_at_once_one_does(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (_house, coordinator) = furnished(backend).await;
    let (path, _) = written(&coordinator, "CRS-SLDF").await;
    let publication = format!("{path}/publication");

    let (one, two) = tokio::join!(coordinator.act(&publication), coordinator.act(&publication));

    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(coordinator.get(&path).await.expect(200)["versions"].as_array().expect("versions").len(), 1);
}

#[rstest]
#[tokio::test]
async fn everything_wrong_with_a_course_is_said_at_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, coordinator) = furnished(backend).await;
    let mut wrong = course(&coordinator, "CRS-X");
    wrong["syllabus"]["minutes"] = json!({});
    wrong["syllabus"]["outcomes"] = json!(["DF-2", "XX-9"]);
    wrong["syllabus"]["prerequisites"] = json!([{"scheme": "CS-NONE", "accepts": "valid"}]);

    let problem = coordinator.post("/api/v1/courses", wrong).await.problem("validation");

    let pointers: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/syllabus/minutes", "/syllabus/outcomes/1", "/syllabus/prerequisites/0/scheme"]);
    written(&coordinator, "CRS-X").await;
    coordinator.post("/api/v1/courses", course(&coordinator, "CRS-X")).await.problem("catalogue/code-taken");
    let participant = house.participant().await;
    participant.post("/api/v1/courses", course(&participant, "CRS-Y")).await.problem("forbidden");
    house.nobody().get("/api/v1/courses").await.problem("unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_coordinator_of_one_organisation_writes_for_that_one_only(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, coordinator) = furnished(backend).await;
    let grant = [(Role::Coordinator, ScopeKind::Organisation, Some(house.abroad.0.0))];
    let abroad = house.someone(house.abroad, &grant).await;
    let (path, _) = written(&coordinator, "CRS-HOME").await;
    let (own, _) = written(&abroad, "CRS-AWAY").await;

    abroad.get(&path).await.problem("not-found");
    abroad.get(&own).await.expect(200);
    let view = coordinator.act(&format!("{path}/publication")).await.expect(200);
    let seen = abroad.get(&path).await.expect(200);

    assert_eq!(seen["version"], view["version"]);
    abroad.put_matching(&format!("{path}/draft"), &seen["version"], syllabus()).await.problem("forbidden");
    abroad.act(&format!("{path}/retirement")).await.problem("forbidden");
    let codes: Vec<_> = abroad.get("/api/v1/courses").await.expect(200)["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|c| c["code"].clone())
        .collect();
    assert_eq!(codes, ["CRS-AWAY", "CRS-HOME"]);
}

#[rstest]
#[case::without_diacritics("skersosana", 1)]
#[case::with_diacritics("Šķērsošana", 1)]
#[case::by_code("crs-s", 1)]
#[case::a_wildcard_is_a_letter("%", 0)]
#[tokio::test]
async fn a_course_is_found_without_diacritics(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] typed: &str,
    #[case] found: usize,
) {
    let (_house, coordinator) = furnished(backend).await;
    written(&coordinator, "CRS-SLDF").await;
    let request = coordinator.request(reqwest::Method::GET, "/api/v1/courses").query(&[("search", typed)]);

    let list = coordinator.send(request).await.expect(200);

    assert_eq!(list["items"].as_array().expect("items").len(), found, "{list}");
}

#[rstest]
#[tokio::test]
async fn a_list_of_courses_goes_on_where_it_ended(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (_house, coordinator) = furnished(backend).await;
    for code in ["CRS-C", "CRS-A", "CRS-B"] {
        written(&coordinator, code).await;
    }

    let first = coordinator.get("/api/v1/courses?limit=2").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = coordinator.get(&format!("/api/v1/courses?limit=2&cursor={cursor}")).await.expect(200);

    let code = |list: &Value, n: usize| list["items"][n]["code"].clone();
    assert_eq!([code(&first, 0), code(&first, 1), code(&second, 0)], ["CRS-A", "CRS-B", "CRS-C"]);
    assert_eq!(second["next_cursor"], Value::Null);
    let elsewhere = format!("/api/v1/courses?state=draft&cursor={cursor}");
    coordinator.get(&elsewhere).await.problem("malformed");
}

#[rstest]
#[tokio::test]
async fn a_retired_course_stays_readable_and_changes_no_more(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, coordinator) = furnished(backend).await;
    let participant = house.participant().await;
    let (path, made) = written(&coordinator, "CRS-SLDF").await;
    coordinator.act(&format!("{path}/retirement")).await.problem("catalogue/not-published");
    coordinator.act(&format!("{path}/publication")).await.expect(200);

    let view = coordinator.act(&format!("{path}/retirement")).await.expect(200);

    assert_eq!(view["state"], "retired");
    coordinator.act(&format!("{path}/retirement")).await.problem("catalogue/retired");
    coordinator.put_matching(&format!("{path}/draft"), &view["version"], syllabus()).await.problem("catalogue/retired");
    assert_eq!(participant.get(&path).await.expect(200)["published"]["number"], 1);
    let id: CourseId = made["id"].as_str().expect("an id").parse().expect("an id");
    assert_eq!(catalogue::course_facts(house.app.db(), id).await.expect("facts").code, "CRS-SLDF");
    assert!(participant.get(&format!("/catalogue/{id}")).await.text().contains("offered no more"));
}

#[rstest]
#[tokio::test]
async fn a_course_is_written_and_published_on_pages(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (_house, coordinator) = furnished(backend).await;
    let form = |code: &'static str, lecture: &'static str| {
        vec![
            ("code", code),
            ("title", "Operator course"),
            ("summary", "Message forms and handover."),
            ("audience", "Operators"),
            ("lecture", lecture),
            ("outcomes", "DF-2, RA-1"),
            ("languages", "lv"),
            ("scheme", "CS-DF4"),
            ("accepts", "valid"),
            ("scheme", ""),
            ("accepts", "valid"),
        ]
    };
    let send = async |path: &str, form: Vec<(&str, &str)>| {
        coordinator.send(coordinator.request(reqwest::Method::POST, path).form(&form)).await
    };

    let wrong = send("/catalogue/new", form("CRS-CCP", "0")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("must not all be 0") && wrong.text().contains("Operator course"), "{}", wrong.text());
    let made = send("/catalogue/new", form("CRS-CCP", "90")).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = made.header("location").to_owned();
    assert_eq!(send("/catalogue/new", form("CRS-CCP", "90")).await.status, 409);
    assert_eq!(send(&format!("{page}/publication"), vec![]).await.status, 303);

    let text = coordinator.get(&page).await.text();
    assert!(text.contains("1 h 30 min") && text.contains("Write the next version"), "{text}");
    let draft = coordinator.get(&format!("{page}/draft")).await.text();
    assert!(draft.contains("DF-2, RA-1") && draft.contains("CS-DF4"), "{draft}");
    assert!(coordinator.get("/catalogue?search=operator&state=").await.text().contains("Operator course"));
}
