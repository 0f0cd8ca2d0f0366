//! Figures across features, and the home page.

use api::catalogue::{self, NewCourse};
use api::certification::{self, NewEvidence, NewScheme};
use api::enrolment::{self, Outcome};
use api::identity::Permit;
use api::scheduling;
use chrono::{DateTime, Duration, Utc};
use entity::certification::EvidenceKind;
use entity::id::CourseId;
use entity::identity::Role;
use entity::scheduling::{ActivityState, EnrolmentMode};
use rstest::rstest;
use serde_json::json;
use tests::{Backend, Client, Plan, TestHouse};

async fn add_scheme(house: &TestHouse) {
    let new: NewScheme = serde_json::from_value(json!({
        "code": "CS-DF4", "title": "Document Fraud Awareness", "validity_months": 24, "renewal_window_days": 90,
        "awarding_body": "State Border Guard College", "needs_confirmation": false,
        "requirement": {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
    }))
    .expect("a scheme");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    certification::add_scheme(&tx, new).await.expect("a scheme");
    tx.commit(()).await.expect("committed");
}

async fn certify(house: &TestHouse, client: &Client, at: DateTime<Utc>, source: u128) {
    let new = NewEvidence {
        person: client.person.parse().expect("an id"),
        kind: EvidenceKind::Assessment,
        key: "POST-DF".into(),
        percent: Some(90.into()),
        source_id: uuid::Uuid::from_u128(source),
        at,
    };
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let issued = certification::record(&tx, new).await.expect("recorded");
    assert_eq!(tx.commit(issued).await.expect("committed").len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_manager_sees_the_figures_of_the_own_unit_only(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house).await;
    let (anna, berta, carl) = (house.participant().await, house.participant().await, house.participant().await);
    let stranger = house.stranger().await;
    let now = house.app.now();
    certify(&house, &anna, now - Duration::days(10), 1).await;
    certify(&house, &berta, now - Duration::days(700), 2).await;
    certify(&house, &carl, now - Duration::days(900), 3).await;
    certify(&house, &stranger, now - Duration::days(10), 4).await;
    let manager = house.manager().await;

    let report = manager.get("/api/v1/reports/completion").await.expect(200);

    let figures = &report["units"][0]["figures"];
    assert_eq!(report["units"].as_array().expect("a list").len(), 1);
    assert_eq!(report["units"][0]["unit_id"], manager.unit.as_str());
    assert_eq!(figures["people"], 4);
    assert_eq!(figures["certificates_valid"], 2);
    assert_eq!(figures["certificates_renewable"], 1);
    assert_eq!(figures["certificates_expiring"], 1);
    assert_eq!(figures["certificates_expired"], 1);
    assert_eq!(report["total"], *figures);

    let list = async |figure: &str, unit: &str| {
        let path = format!("/api/v1/reports/completion/{unit}/people?figure={figure}");
        let page = manager.get(&path).await.expect(200);
        let people = page["items"].as_array().expect("a list").clone();
        people.iter().map(|p| p["person_id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("renewable", &manager.unit).await, [berta.person.as_str()]);
    assert_eq!(list("expired", &manager.unit).await, [carl.person.as_str()]);
    assert_eq!(list("valid", &manager.unit).await.len(), 2);
    assert_eq!(list("people", &manager.unit).await.len(), 4);
    assert_eq!(list("people", &stranger.unit).await, [""; 0]);
    certify(&house, &berta, now, 5).await;
    assert_eq!(list("renewable", &manager.unit).await, [""; 0]);
    anna.get("/api/v1/reports/completion").await.problem("forbidden");
}

async fn add_course(house: &TestHouse, code: &str) -> CourseId {
    let new: NewCourse = serde_json::from_value(json!({
        "code": code, "organisation_id": house.home.0, "syllabus": {
            "title": format!("Course {code}"), "summary": "Three days.", "minutes": {"lecture": 60}, "outcomes": [],
            "languages": ["en"], "audience": "Officers", "prerequisites": [],
        },
    }))
    .expect("a course");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let id = catalogue::add_course(&tx, new).await.expect("a course");
    catalogue::publish(&tx, id).await.expect("published");
    tx.commit(id).await.expect("committed")
}

#[rstest]
#[tokio::test]
async fn completed_places_are_counted_of_those_accepted_and_not_excused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (anna, berta, carl) = (house.participant().await, house.participant().await, house.participant().await);
    let stranger = house.stranger().await;
    let (course, other) = (add_course(&house, "CRS-1").await, add_course(&house, "CRS-2").await);
    let plan = Plan { course: Some(course), ..Plan::new(4, EnrolmentMode::Open) };
    let held = house.planned(&coordinator, plan).await;
    let ahead = house.activity(&coordinator, 4, EnrolmentMode::Open).await;
    anna.act(&format!("{}/enrolments", ahead.path)).await.expect(201);
    let outcomes = [
        (&anna, Outcome::AttendedFull),
        (&berta, Outcome::AttendedPartial),
        (&carl, Outcome::Excused),
        (&stranger, Outcome::AttendedFull),
    ];
    for (who, outcome) in outcomes {
        let one = who.act(&format!("{}/enrolments", held.path)).await.expect(201);
        let id = one["id"].as_str().expect("an id").parse().expect("an id");
        let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
        enrolment::record_outcome(&tx, id, outcome).await.expect("recorded");
        tx.commit(()).await.expect("committed");
    }
    let manager = house.manager().await;
    let before = manager.get("/api/v1/reports/completion").await.expect(200);
    assert_eq!(before["total"]["seats"], 0, "nothing has taken place yet");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    for state in [ActivityState::Confirmed, ActivityState::InProgress, ActivityState::Delivered] {
        scheduling::change_state(&tx, held.id, state, None).await.expect("goes on");
    }
    tx.commit(()).await.expect("committed");

    let report = manager.get("/api/v1/reports/completion").await.expect(200);
    let of_other = manager.get(&format!("/api/v1/reports/completion?course_id={other}")).await.expect(200);

    let total = &report["total"];
    assert_eq!((&total["seats"], &total["excused"], &total["completed"]), (&json!(3), &json!(1), &json!(1)));
    assert_eq!(total["completion_percent"].as_str().expect("a share").parse::<f64>(), Ok(50.0));
    assert_eq!((&of_other["total"]["seats"], &of_other["total"]["people"]), (&json!(0), &total["people"]));
    let list = async |figure: &str| {
        let path = format!("/api/v1/reports/completion/{}/people?figure={figure}&course_id={course}", manager.unit);
        let page = manager.get(&path).await.expect(200);
        let people = page["items"].as_array().expect("a list").clone();
        people.iter().map(|p| p["person_id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("completed").await, [anna.person.as_str()]);
    assert_eq!(list("seats").await.len(), 3);
    let page = manager.get("/reports").await.text();
    assert!(page.contains("Course CRS-1"), "{page}");
}

#[rstest]
#[tokio::test]
async fn an_auditor_sees_every_unit(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house).await;
    house.participant().await;
    house.stranger().await;
    let auditor = house.client(Role::Auditor).await;

    let report = auditor.get("/api/v1/reports/completion").await.expect(200);
    let narrowed = format!("/api/v1/reports/completion?unit_id={}", house.abroad.1);
    let narrowed = auditor.get(&narrowed).await.expect(200);

    assert_eq!(report["units"].as_array().expect("a list").len(), 2);
    assert_eq!(report["total"]["people"], 3);
    assert_eq!(report["total"]["completion_percent"], serde_json::Value::Null);
    assert_eq!(narrowed["total"]["people"], 1);
}

#[rstest]
#[tokio::test]
async fn every_page_says_everything_in_every_language(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house).await;
    let anna = house.participant().await;
    certify(&house, &anna, house.app.now() - Duration::days(700), 1).await;
    let list = anna.get("/api/v1/certificates").await.expect(200);
    let (id, number) = (&list["items"][0]["id"], &list["items"][0]["number"]);
    let officer = house.client(Role::CertificationOfficer).await;
    let manager = house.manager().await;
    let own = [
        (&anna, "/".to_owned()),
        (&anna, "/certificates".to_owned()),
        (&anna, format!("/certificates/{}", id.as_str().expect("an id"))),
        (&anna, "/schemes".to_owned()),
        (&officer, "/".to_owned()),
        (&officer, "/certificates?status=renewable".to_owned()),
        (&officer, format!("/certificates/{}", id.as_str().expect("an id"))),
        (&officer, format!("/standing/{}", anna.person)),
        (&manager, "/".to_owned()),
        (&manager, "/reports".to_owned()),
        (&manager, format!("/reports/completion/{}/people?figure=renewable", manager.unit)),
    ];
    let nobody = house.nobody();
    let public =
        [(&nobody, "/verify".to_owned()), (&nobody, format!("/verify/{}", number.as_str().expect("a number")))];

    for (who, path) in own.iter().chain(&public) {
        for language in ["en", "lv", "be", "ru"] {
            let request = who.request(reqwest::Method::GET, path).header("accept-language", language);
            let answer = who.send(request).await;
            let text = answer.text();
            assert_eq!(answer.status, 200, "{path} {text}");
            for prefix in ["certification-", "reporting-"] {
                let leak = text.find(prefix).map(|at| text[at..].chars().take(50).collect::<String>());
                assert_eq!(leak, None, "{path} in {language}");
            }
        }
    }
    let form = [("kind", "practical"), ("key", "DF-2"), ("note", "")];
    let request = officer.request(reqwest::Method::POST, &format!("/standing/{}", anna.person)).form(&form);
    assert_eq!(officer.send(request).await.status, 303);
    assert_eq!(manager.get(&format!("/standing/{}", house.stranger().await.person)).await.status, 404);
    let page = nobody.get("/").await;
    assert_eq!((page.status, page.header("location").starts_with("/sign-in")), (303, true));
}
