//! Certification, from evidence to a certificate that anybody can verify.

use api::certification::{self, NewEvidence, NewScheme};
use api::identity::Permit;
use chrono::{DateTime, Duration, Utc};
use entity::certification::EvidenceKind;
use entity::id::{CertificateId, PersonId};
use entity::identity::Role;
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use tests::{Backend, Client, TestHouse};

fn scheme(code: &str, needs_confirmation: bool, requirement: Value) -> Value {
    json!({
        "code": code, "title": "Document Fraud Awareness, First Line", "title_lv": "Dokumentu viltojumu pazīmes",
        "level": 4, "validity_months": 24, "renewal_window_days": 90, "needs_confirmation": needs_confirmation,
        "awarding_body": "State Border Guard College", "requirement": requirement,
    })
}

fn first_line() -> Value {
    json!({"all": [
        {"attendance": {"min_percent": 90, "course": "C-DF4"}},
        {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
    ]})
}

async fn add_scheme(house: &TestHouse, new: Value) -> String {
    let new: NewScheme = serde_json::from_value(new).expect("a scheme");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let view = certification::add_scheme(&tx, new).await.expect("a scheme");
    tx.commit(view.id.to_string()).await.expect("committed")
}

fn person(client: &Client) -> PersonId {
    client.person.parse().expect("an id")
}

fn fact(person: PersonId, kind: EvidenceKind, key: &str, source: u128, at: DateTime<Utc>) -> NewEvidence {
    let percent = matches!(kind, EvidenceKind::Attendance | EvidenceKind::Assessment).then(|| 95.into());
    NewEvidence { person, kind, key: key.into(), percent, source_id: uuid::Uuid::from_u128(source), at }
}

async fn record(house: &TestHouse, new: NewEvidence) -> Vec<CertificateId> {
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let issued = certification::record(&tx, new).await.expect("recorded");
    tx.commit(issued).await.expect("committed")
}

async fn certify(house: &TestHouse, client: &Client, at: DateTime<Utc>, source: u128) -> CertificateId {
    record(house, fact(person(client), EvidenceKind::Attendance, "C-DF4", source, at)).await;
    let issued = record(house, fact(person(client), EvidenceKind::Assessment, "POST-DF", source, at)).await;
    *issued.first().expect("a certificate")
}

#[rstest]
#[tokio::test]
async fn the_last_piece_of_evidence_issues_the_certificate(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let scheme = add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    let now = house.app.now();

    let before = record(&house, fact(person(&anna), EvidenceKind::Attendance, "C-DF4", 1, now)).await;
    let standing = anna.get(&format!("/api/v1/persons/{}/certification", anna.person)).await.expect(200);
    let issued = record(&house, fact(person(&anna), EvidenceKind::Assessment, "POST-DF", 2, now)).await;
    let again = record(&house, fact(person(&anna), EvidenceKind::Assessment, "POST-DF", 2, now)).await;

    assert_eq!(before, []);
    assert_eq!(standing["schemes"][0]["status"], "not_held");
    assert_eq!(standing["schemes"][0]["needs"][0]["key"], "POST-DF");
    assert_eq!((issued.len(), again.len()), (1, 0));
    let list = anna.get("/api/v1/certificates").await.expect(200);
    assert_eq!(list["items"].as_array().expect("a list").len(), 1);
    assert_eq!(list["items"][0]["scheme_id"], scheme);
    assert_eq!(list["items"][0]["status"], "valid");
    let evidence = anna.get(&format!("/api/v1/certificates/{}/evidence", issued[0])).await.expect(200);
    assert_eq!(evidence.as_array().expect("a list").len(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_give_one_certificate(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    let now = house.app.now();
    record(&house, fact(person(&anna), EvidenceKind::Attendance, "C-DF4", 1, now)).await;

    let tries = (0..20_u128).map(|n| {
        let (app, new) =
            (house.app.clone(), fact(person(&anna), EvidenceKind::Assessment, "POST-DF", 100 + n / 2, now));
        tokio::spawn(async move {
            let tx = Permit::system("test").begin(&app).await?;
            let issued = certification::record(&tx, new).await?;
            tx.commit(issued).await
        })
    });
    let mut issued = 0;
    for outcome in tries.collect::<Vec<_>>() {
        issued += outcome.await.expect("it ran").expect("recorded").len();
    }

    assert_eq!(issued, 1);
    let rows = entity::certification::certificate::Entity::find().all(house.app.db()).await.expect("rows");
    assert_eq!(rows.len(), 1);
    let rows = entity::certification::evidence::Entity::find().all(house.app.db()).await.expect("rows");
    assert_eq!(rows.len(), 11);
}

#[rstest]
#[tokio::test]
async fn the_database_itself_refuses_overlaps_and_changes(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    certify(&house, &anna, house.app.now(), 1).await;
    let refused = [
        "UPDATE evidence SET key = 'other'",
        "DELETE FROM evidence",
        "UPDATE period SET valid_until_on = '2099-01-01'",
        "UPDATE certificate SET number = 'x'",
        "DELETE FROM decision",
        "UPDATE scheme_version SET title = 'other'",
    ];

    for sql in refused {
        let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
        assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
    }
    let copy = "INSERT INTO period (id, person_id, scheme_id, scheme_version_id, completed_at, valid_from_on, \
                valid_until_on, created_at) SELECT scheme_id, person_id, scheme_id, scheme_version_id, completed_at, \
                valid_until_on, valid_until_on, created_at FROM period";
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    assert!(tx.execute_unprepared(copy).await.is_err());
}

#[rstest]
#[tokio::test]
async fn an_officer_confirms_but_never_their_own_nor_what_they_assessed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-CCP", true, json!({"practical": {"outcome": "CO-3"}}))).await;
    let assessor = house.client(Role::CertificationOfficer).await;
    let officer = house.client(Role::CertificationOfficer).await;
    let examiner = house.client(Role::Examiner).await;
    let anna = house.participant().await;
    let shown = json!({"kind": "practical", "key": "CO-3", "note": "Ran the contact point for a shift."});

    let path = format!("/api/v1/persons/{}/evidence", anna.person);
    assessor.post(&path, shown.clone()).await.expect(201);
    let standing = anna.get(&format!("/api/v1/persons/{}/certification", anna.person)).await.expect(200);
    examiner.post(&format!("/api/v1/persons/{}/evidence", officer.person), shown.clone()).await.expect(201);
    let list = officer.get("/api/v1/proposals").await.expect(200);
    let find = |person: &str| {
        let items = list["items"].as_array().expect("a list");
        items.iter().find(|p| p["person_id"] == person).expect("a proposal")["id"].as_str().expect("an id").to_owned()
    };
    let confirm = |id: String| format!("/api/v1/proposals/{id}/confirmation");

    assert_eq!(standing["schemes"][0]["awaits_officer"], true);
    anna.post(&path, shown.clone()).await.problem("certification/own-certificate");
    house.stranger().await.post(&path, shown).await.problem("not-found");
    anna.get("/api/v1/proposals").await.expect(200);
    anna.act(&confirm(find(&anna.person))).await.problem("not-found");
    officer.act(&confirm(find(&officer.person))).await.problem("certification/own-certificate");
    assessor.act(&confirm(find(&anna.person))).await.problem("certification/assessor-is-not-issuer");
    let done = officer.act(&confirm(find(&anna.person))).await.expect(200);
    assert_eq!(done["state"], "confirmed");
    officer.act(&confirm(find(&anna.person))).await.problem("certification/proposal-closed");
    let list = anna.get("/api/v1/certificates").await.expect(200);
    assert_eq!(list["items"][0]["issued_by_rule"], false);
}

#[rstest]
#[tokio::test]
async fn revoking_and_reinstating_need_two_officers(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let (one, two) = (house.client(Role::CertificationOfficer).await, house.client(Role::CertificationOfficer).await);
    let anna = house.participant().await;
    let id = certify(&house, &anna, house.app.now(), 1).await;
    let path = |act: &str| format!("/api/v1/certificates/{id}/{act}");
    let why = || json!({"reason": "The test paper was not their own."});
    let status = async || two.get(&format!("/api/v1/certificates/{id}")).await.expect(200)["status"].clone();

    anna.post(&path("suspension"), why()).await.problem("certification/own-certificate");
    one.post(&path("suspension"), json!({"reason": ""})).await.problem("validation");
    one.post(&path("reinstatement"), why()).await.problem("certification/not-suspended");
    one.post(&path("suspension"), why()).await.expect(200);
    assert_eq!(status().await, "suspended");
    one.post(&path("suspension"), why()).await.problem("certification/already-suspended");
    let back = one.post(&path("reinstatement"), why()).await.expect(201);
    assert_eq!(status().await, "suspended");
    let confirm = |proposal: &Value| format!("/api/v1/proposals/{}/confirmation", proposal["id"].as_str().expect("id"));
    one.act(&confirm(&back)).await.problem("certification/second-officer-needed");
    two.act(&confirm(&back)).await.expect(200);
    assert_eq!(status().await, "valid");
    let as_it_was = house.app.now();
    let revoke = two.post(&path("revocation"), why()).await.expect(201);
    one.post(&path("revocation"), why()).await.problem("certification/already-proposed");
    one.act(&confirm(&revoke)).await.expect(200);
    assert_eq!(status().await, "revoked");
    two.post(&path("revocation"), why()).await.problem("certification/already-revoked");

    let standing = format!("/api/v1/persons/{}/certification", anna.person);
    assert_eq!(anna.get(&standing).await.expect(200)["schemes"][0]["status"], "revoked");
    let then = as_it_was.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let then = anna.get(&format!("{standing}?as_of={then}")).await.expect(200);
    assert_eq!(then["schemes"][0]["status"], "valid");
    let view = two.get(&format!("/api/v1/certificates/{id}")).await.expect(200);
    let kinds: Vec<_> = view["decisions"].as_array().expect("a list").iter().map(|d| d["kind"].clone()).collect();
    assert_eq!(kinds, ["issue", "suspend", "reinstate", "revoke"]);
}

#[rstest]
#[tokio::test]
async fn a_suspension_is_not_escaped_by_renewing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let (one, two) = (house.client(Role::CertificationOfficer).await, house.client(Role::CertificationOfficer).await);
    let anna = house.participant().await;
    let now = house.app.now();
    let id = certify(&house, &anna, now - Duration::days(700), 1).await;
    let why = json!({"reason": "A complaint is being looked at."});
    one.post(&format!("/api/v1/certificates/{id}/suspension"), why.clone()).await.expect(200);

    record(&house, fact(person(&anna), EvidenceKind::Attendance, "C-DF4", 2, now)).await;
    let issued = record(&house, fact(person(&anna), EvidenceKind::Assessment, "POST-DF", 2, now)).await;
    let back = one.post(&format!("/api/v1/certificates/{id}/reinstatement"), why).await.expect(201);
    two.act(&format!("/api/v1/proposals/{}/confirmation", back["id"].as_str().expect("id"))).await.expect(200);

    assert_eq!(issued, []);
    let list = anna.get("/api/v1/certificates").await.expect(200);
    assert_eq!(list["items"].as_array().expect("a list").len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_certificate_is_renewed_in_its_window_without_losing_a_day(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    let now = house.app.now();
    certify(&house, &anna, now - Duration::days(700), 1).await;
    let list = anna.get("/api/v1/certificates?status=renewable").await.expect(200);
    assert_eq!(list["items"][0]["status"], "renewable");

    certify(&house, &anna, now, 2).await;

    let list = anna.get("/api/v1/certificates").await.expect(200);
    let day = |index: usize, field: &str| -> chrono::NaiveDate {
        list["items"][index][field].as_str().expect("a day").parse().expect("a day")
    };
    assert_eq!(day(1, "valid_until_on") + chrono::Days::new(1), day(0, "valid_from_on"));
    assert_eq!((&list["items"][0]["status"], &list["items"][1]["status"]), (&json!("upcoming"), &json!("valid")));
}

#[rstest]
#[tokio::test]
async fn anybody_verifies_by_number_and_learns_nothing_else(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    let id = certify(&house, &anna, house.app.now(), 1).await;
    let number = anna.get(&format!("/api/v1/certificates/{id}")).await.expect(200)["number"].clone();
    let path = format!("/api/v1/verifications/{}", number.as_str().expect("a number"));
    let nobody = house.nobody();

    let answer = nobody.get(&path.to_lowercase()).await;

    assert_eq!(answer.header("x-robots-tag"), "noindex");
    let view = answer.expect(200);
    let fields: Vec<_> = view.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(fields, ["name", "scheme_title", "valid_from_on", "valid_until_on", "status", "awarding_body"]);
    assert_eq!(view["status"], "valid");
    nobody.get("/api/v1/verifications/7777").await.problem("not-found");
    house.clock_advance(Duration::days(800));
    assert_eq!(nobody.get(&path).await.expect(200)["status"], "expired");
    house.stranger().await.get(&format!("/api/v1/certificates/{id}")).await.problem("not-found");
    let mut last = nobody.get(&path).await;
    for _ in 0..40 {
        last = nobody.get(&path).await;
    }
    last.problem("too-many-requests");
}

#[rstest]
#[tokio::test]
async fn the_document_is_the_same_every_time(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    add_scheme(&house, scheme("CS-DF4", false, first_line())).await;
    let anna = house.participant().await;
    let id = certify(&house, &anna, house.app.now(), 1).await;
    let path = format!("/api/v1/certificates/{id}/document");

    let first = anna.get(&path).await;
    house.drain().await;
    let second = anna.get(&path).await;

    assert_eq!((first.status, first.header("content-type")), (200, "application/pdf"), "{}", first.text());
    assert!(first.bytes.starts_with(b"%PDF-1.7"));
    assert_eq!(first.bytes, second.bytes);
    let text = String::from_utf8_lossy(&first.bytes).into_owned();
    assert!(text.contains("pdfaid:part") && text.contains("pdfuaid:part"));
    house.stranger().await.get(&path).await.problem("not-found");
    house.manager().await.get(&path).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn only_officers_write_schemes_and_a_circle_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let officer = house.client(Role::CertificationOfficer).await;
    let anna = house.participant().await;
    let asks = |code: &str| json!({"certificate": {"scheme": code}});

    let made = officer.post("/api/v1/schemes", scheme("CS-DF4", false, first_line())).await.expect(201);
    officer.post("/api/v1/schemes", scheme("CS-DF4", false, first_line())).await.problem("certification/code-taken");
    officer.post("/api/v1/schemes", scheme("CS-X", false, asks("CS-NONE"))).await.problem("validation");
    officer.post("/api/v1/schemes", scheme("CS-SL5", false, asks("CS-DF4"))).await.expect(201);
    let versions = format!("/api/v1/schemes/{}/versions", made["id"].as_str().expect("an id"));
    officer.post(&versions, scheme("CS-DF4", false, asks("CS-SL5"))).await.problem("validation");
    let next = officer.post(&versions, scheme("CS-DF4", true, first_line())).await.expect(201);
    anna.post("/api/v1/schemes", scheme("CS-Y", false, first_line())).await.problem("forbidden");

    assert_eq!((&next["version_number"], &next["needs_confirmation"]), (&json!(2), &json!(true)));
    assert_eq!(anna.get("/api/v1/schemes").await.expect(200).as_array().expect("a list").len(), 2);
}
