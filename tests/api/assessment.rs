//! Assessments: drawing a paper, answering it, grading it, and what nobody learns before.

use api::assessment::NewOpening;
use api::certification::{self, NewScheme};
use api::identity::Permit;
use api::scheduling::{self, NewActivity, NewSession, NewVenue};
use api::{assessment, enrolment};
use chrono::{DateTime, Duration, Utc};
use entity::id::{ActivityId, PersonId};
use entity::identity::Role;
use entity::scheduling::{ActivityKind, ActivityMode, ActivityState, EnrolmentMode, VenueKind};
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use tests::{Answer, Backend, Client, TestHouse};

/// Options whose words say whether they are right; each topic has one item.
fn items() -> Vec<Value> {
    let text = |options: &[&str], prompts: &[&str], stem: &str| {
        json!([
            {"language": "en", "stem": stem, "options": options, "prompts": prompts, "feedback": "Because."},
            {"language": "ru", "stem": format!("{stem} (ru)"), "options": options, "prompts": prompts},
        ])
    };
    vec![
        json!({"code": "S-1", "topic": "S", "kind": "single", "key": [1],
            "texts": text(&["no", "yes", "never"], &[], "Which one?")}),
        json!({"code": "M-1", "topic": "M", "kind": "multiple", "key": [0, 2],
            "texts": text(&["yes 1", "no 1", "yes 2", "no 2"], &[], "Which ones?")}),
        json!({"code": "T-1", "topic": "T", "kind": "true_false", "key": [1], "texts": text(&[], &[], "Is it so?")}),
        json!({"code": "P-1", "topic": "P", "kind": "matching", "key": [1, 0, 1],
            "texts": text(&["even", "odd"], &["one", "two", "three"], "Match them.")}),
        json!({"code": "O-1", "topic": "O", "kind": "ordering", "key": [2, 0, 1],
            "texts": text(&["second", "third", "first"], &[], "Put them in order.")}),
    ]
}

/// The answer that `words` describe, by the letters of this paper.
fn letters(question: &Value, words: &[&str]) -> Vec<String> {
    let options = question["options"].as_array().expect("options");
    let letter = |word: &&str| {
        let found = options.iter().find(|option| option["text"] == *word).expect("an option with these words");
        found["id"].as_str().expect("a letter").to_owned()
    };
    words.iter().map(letter).collect()
}

fn right(question: &Value) -> Vec<String> {
    match question["kind"].as_str().expect("a kind") {
        "single" => letters(question, &["yes"]),
        "multiple" => letters(question, &["yes 1", "yes 2"]),
        "true_false" => letters(question, &["True"]),
        "matching" => letters(question, &["odd", "even", "odd"]),
        _ => letters(question, &["first", "second", "third"]),
    }
}

struct Exam {
    trainer: Client,
    activity: ActivityId,
    assessment: String,
    opening: String,
    bank: String,
}

impl Exam {
    fn attempts(&self) -> String {
        format!("{}/attempts", self.assessment)
    }
    fn wish(&self) -> Value {
        json!({"opening_id": self.opening})
    }
    async fn begin(&self, person: &Client) -> Value {
        person.post(&self.attempts(), self.wish()).await.expect(201)
    }
    fn results(&self) -> String {
        format!("/api/v1/openings/{}/results", self.opening)
    }
}

fn rules(bank: &str, code: &str) -> Value {
    let cells: Vec<_> =
        ["S", "M", "T", "P", "O"].iter().map(|topic| json!({"bank_id": bank, "topic": topic, "count": 1})).collect();
    json!({
        "code": code, "title": "Document fraud", "title_lv": "Dokumentu viltojumi", "pass_percent": 70,
        "time_limit_minutes": 20, "max_attempts": 2, "hours_between_attempts": 24, "cells": cells,
    })
}

static DAYS: AtomicI64 = AtomicI64::new(0);

async fn activity(house: &TestHouse, people: &[&Client]) -> ActivityId {
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let id: uuid::Uuid = tx.id();
    let code: String = id.simple().to_string().to_uppercase();
    let venue = NewVenue {
        name: "Classroom".into(),
        kind: VenueKind::Online,
        organisation_id: None,
        address: None,
        town: None,
        country: None,
        zone: "Europe/Riga".into(),
        crossing_point_id: None,
        exclusive: Some(false),
        note: None,
    };
    let venue = scheduling::add_venue(&tx, venue).await.expect("a venue");
    let new = NewActivity {
        code,
        title: "Course on document fraud".into(),
        kind: ActivityKind::TrainingCourse,
        mode: ActivityMode::Online,
        organisation_id: house.home.0,
        host_organisation_id: None,
        component_id: None,
        course_id: None,
        summary: None,
        languages: vec![],
        capacity_seats: 30,
        reserve_seats: None,
        enrolment_mode: EnrolmentMode::Open,
        enrolment_closes_at: None,
        planned_from_on: None,
        planned_until_on: None,
    };
    let activity = scheduling::add_activity(&tx, new).await.expect("an activity");
    // A day of its own: nobody is in two places at once.
    let day = Duration::days(100 + DAYS.fetch_add(1, Ordering::Relaxed));
    let day = (tx.now() + day).format("%Y-%m-%d").to_string();
    let session = NewSession {
        title: "Day one".into(),
        venue_id: venue,
        starts_local: format!("{day}T09:00"),
        ends_local: format!("{day}T16:00"),
        zone: None,
        starts_fold: None,
        ends_fold: None,
        agenda: None,
    };
    scheduling::add_session(&tx, activity, session).await.expect("a session");
    scheduling::change_state(&tx, activity, ActivityState::Planned, None).await.expect("planned");
    for person in people {
        enrolment::add_seat(&tx, activity, person.person.parse().expect("an id")).await.expect("a seat");
    }
    tx.commit(activity).await.expect("committed")
}

async fn bank(trainer: &Client, code: &str, items: Vec<Value>) -> String {
    let made = trainer.post("/api/v1/banks", json!({"code": code, "title": "Questions"})).await.expect(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    for item in items {
        trainer.post(&format!("/api/v1/banks/{id}/items"), item).await.expect(201);
    }
    id
}

fn times(house: &TestHouse, activity: ActivityId) -> Value {
    let now = house.app.now();
    json!({"activity_id": activity, "opens_at": now - Duration::hours(1), "closes_at": now + Duration::days(30)})
}

/// A published assessment over one item of each kind, open for an activity of these people.
async fn exam(house: &TestHouse, code: &str, items: Vec<Value>, people: &[&Client]) -> Exam {
    let trainer = house.client(Role::Trainer).await;
    let bank = bank(&trainer, code, items).await;
    let made = trainer.post("/api/v1/assessments", rules(&bank, code)).await.expect(201);
    let assessment = format!("/api/v1/assessments/{}", made["id"].as_str().expect("an id"));
    trainer.act(&format!("{assessment}/publication")).await.expect(200);
    let activity = activity(house, people).await;
    let opened = trainer.post(&format!("{assessment}/openings"), times(house, activity)).await.expect(201);
    let opening = opened["id"].as_str().expect("an id").to_owned();
    Exam { trainer, activity, assessment, opening, bank }
}

/// Lets time go by; sessions end meanwhile.
async fn wait(house: &TestHouse, by: Duration, person: &mut Client) {
    house.clock_advance(by);
    house.sign_in(person).await;
}

fn path(paper: &Value) -> String {
    format!("/api/v1/attempts/{}", paper["id"].as_str().expect("an id"))
}

async fn save(person: &Client, paper: &Value, position: &Value, sequence: i64, answer: &[String]) -> Answer {
    let body = json!({"sequence": sequence, "answer": answer});
    person.put(&format!("{}/responses/{position}", path(paper)), body).await
}

fn questions(paper: &Value) -> &Vec<Value> {
    paper["questions"].as_array().expect("questions")
}

fn of_kind<'a>(paper: &'a Value, kind: &str) -> &'a Value {
    questions(paper).iter().find(|question| question["kind"] == kind).expect("a question of the kind")
}

async fn answer_all(person: &Client, paper: &Value) {
    for question in questions(paper) {
        save(person, paper, &question["position"], 1, &right(question)).await.expect(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_paper_is_drawn_answered_graded_and_earns_a_certificate(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let scheme: NewScheme = serde_json::from_value(json!({
        "code": "CS-DF4", "title": "Document fraud", "level": 4, "validity_months": 24, "renewal_window_days": 90,
        "awarding_body": "College", "needs_confirmation": false, "requirement": {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
    }))
    .expect("a scheme");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    certification::add_scheme(&tx, scheme).await.expect("a scheme");
    tx.commit(()).await.expect("committed");
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;

    let paper = exam.begin(&anna).await;
    assert_eq!((questions(&paper).len(), &paper["state"]), (5, &json!("in_progress")));
    answer_all(&anna, &paper).await;
    let kept = anna.get(&path(&paper)).await.expect(200);
    let result = anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    assert!(questions(&kept).iter().all(|question| question["answer"] == json!(right(question))));
    assert_eq!((&result["score_percent"], &result["passed"]), (&json!("100.00"), &json!(true)));
    let certificate = result["certificates"][0].as_str().expect("a certificate");
    assert_eq!(
        anna.get(&format!("/api/v1/certificates/{certificate}")).await.expect(200)["scheme_code"],
        json!("CS-DF4")
    );
    assert_eq!(anna.act(&format!("{}/submission", path(&paper))).await.expect(200), result);
    assert_eq!(anna.get(&format!("{}/result", path(&paper))).await.expect(200), result);
    let after = anna.get(&path(&paper)).await.expect(200);
    assert_eq!((&after["state"], questions(&after).len()), (&json!("graded"), 0));
    save(&anna, &paper, &json!(1), 9, &[]).await.problem("assessment/handed-in");
    let mine = anna.get("/api/v1/attempts").await.expect(200);
    assert_eq!(mine["items"][0], result);
}

#[rstest]
#[tokio::test]
async fn a_score_counts_parts_and_a_failed_attempt_gives_no_certificate(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let paper = exam.begin(&anna).await;
    let give = async |kind: &str, words: &[&str]| {
        let question = of_kind(&paper, kind);
        save(&anna, &paper, &question["position"], 1, &letters(question, words)).await.expect(200);
    };

    give("single", &["never"]).await;
    give("multiple", &["yes 1"]).await;
    give("matching", &["odd", "odd", "odd"]).await;
    give("ordering", &["first", "third", "second"]).await;
    let result = anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    // 0 + 1/2 + 0 + 2/3 + 1/3 of 5.
    assert_eq!((&result["score_percent"], &result["passed"]), (&json!("30.00"), &json!(false)));
    assert_eq!(result["certificates"], json!([]));
    let evidence = entity::certification::evidence::Entity::find().all(house.app.db()).await.expect("evidence");
    assert_eq!((evidence.len(), evidence[0].key.as_str(), evidence[0].percent_hundredths), (1, "POST-DF", Some(3000)));
}

/// What is left of an answer when ids, instants and the order that chance gives are masked.
fn masked(bytes: &[u8]) -> String {
    let mut value: Value = serde_json::from_slice(bytes).expect("JSON");
    mask(&mut value);
    value.to_string()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("next_cursor");
            for (name, field) in fields.iter_mut() {
                let varies = name == "id" || name.ends_with("_id") || name.ends_with("_at") || name == "position";
                if varies || name == "seconds_left" || name == "code" {
                    *field = json!("*");
                } else {
                    mask(field);
                }
            }
        }
        Value::Array(rows) => {
            rows.iter_mut().for_each(mask);
            if rows.iter().any(Value::is_object) {
                rows.sort_by_key(ToString::to_string);
            }
        }
        _ => {}
    }
}

#[rstest]
#[tokio::test]
async fn until_release_nothing_received_depends_on_the_key(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let mut other_key = items();
    for (item, key) in
        other_key.iter_mut().zip([json!([0]), json!([1, 2, 3]), json!([0]), json!([0, 1, 0]), json!([0, 1, 2])])
    {
        item["key"] = key;
    }
    let mut received = Vec::new();
    for (code, items) in [("TWIN-A", items()), ("TWIN-B", other_key)] {
        let exam = exam(&house, code, items, &[&anna]).await;
        let release = house.app.now() + Duration::days(40);
        let mut later = times(&house, exam.activity);
        later["results_at"] = json!(release);
        exam.trainer.put_matching(&format!("/api/v1/openings/{}", exam.opening), &json!(1), later).await.expect(200);
        let mut bytes = Vec::new();
        bytes.push(anna.get(&exam.assessment).await);
        bytes.push(anna.get(&format!("/api/v1/openings/{}", exam.opening)).await);
        let begun = anna.post(&exam.attempts(), exam.wish()).await;
        let paper = begun.expect(201);
        bytes.push(begun);
        for question in questions(&paper) {
            let prompts = question["prompts"].as_array().map_or(0, Vec::len);
            let options = question["options"].as_array().map_or(0, Vec::len);
            let answer: &[&str] = match question["kind"].as_str() {
                Some("matching") => &["a", "b", "a"][..prompts],
                Some("ordering") => &["a", "b", "c"][..options],
                _ => &["a"],
            };
            let answer: Vec<String> = answer.iter().map(|letter| (*letter).to_owned()).collect();
            bytes.push(save(&anna, &paper, &question["position"], 1, &answer).await);
        }
        bytes.push(anna.get(&path(&paper)).await);
        bytes.push(anna.get(&format!("{}/result", path(&paper))).await);
        bytes.push(anna.act(&format!("{}/submission", path(&paper))).await);
        bytes.push(anna.get(&format!("{}/result", path(&paper))).await);
        bytes.push(anna.get("/api/v1/attempts?limit=1").await);
        bytes.push(anna.get(&exam.results()).await);
        bytes.push(anna.get(&format!("/api/v1/openings/{}", exam.opening)).await);
        assert!(bytes.iter().all(Answer::is_success));
        let headers = |answer: &Answer| format!("{} {}", answer.header("etag"), answer.header("content-type"));
        received.push(bytes.iter().map(|a| (headers(a), masked(&a.bytes))).collect::<Vec<_>>());
    }

    assert!(received[0].iter().all(|(_, body)| !body.contains("feedback") && !body.contains("Because")));
    assert!(received[0].iter().all(|(_, body)| !body.contains("score_percent") && !body.contains("passed")));
    assert_eq!(received[0], received[1]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_starts_at_once_give_one_attempt(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;

    let starts: Vec<_> = (0..50)
        .map(|_| {
            let (anna, path, wish) = (anna.clone(), exam.attempts(), exam.wish());
            tokio::spawn(async move { anna.post(&path, wish).await.expect(201)["id"].clone() })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for start in starts {
        ids.insert(start.await.expect("no panic").to_string());
    }

    assert_eq!(ids.len(), 1);
    assert_eq!(entity::assessment::attempt::Entity::find().count(house.app.db()).await.expect("a count"), 1);
    let papers = entity::assessment::attempt_item::Entity::find().count(house.app.db()).await.expect("a count");
    assert_eq!(papers, 5);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_answers_in_any_order_the_newest_stands(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let paper = exam.begin(&anna).await;
    let question = of_kind(&paper, "single");
    let position = &question["position"];
    let (yes, no) = (letters(question, &["yes"]), letters(question, &["no"]));

    save(&anna, &paper, position, 5, &yes).await.expect(200);
    let problem = save(&anna, &paper, position, 4, &no).await.problem("assessment/older-answer");
    save(&anna, &paper, position, 5, &no).await.problem("assessment/older-answer");
    assert_eq!(problem["facts"]["sequence"], 5);
    assert_eq!(save(&anna, &paper, position, 5, &yes).await.expect(200)["sequence"], 5);
    let saves: Vec<_> = (6..40)
        .map(|sequence| {
            let (anna, paper, position) = (anna.clone(), paper.clone(), position.clone());
            let answer = if sequence == 39 { yes.clone() } else { no.clone() };
            tokio::spawn(async move { save(&anna, &paper, &position, sequence, &answer).await.status })
        })
        .collect();
    for save in saves {
        assert!(matches!(save.await.expect("no panic"), 200 | 409));
    }

    let kept = anna.get(&path(&paper)).await.expect(200);
    let kept = of_kind(&kept, "single");
    assert_eq!((&kept["sequence"], &kept["answer"]), (&json!(39), &json!(yes)));
    for answer in [json!(["z"]), json!(["a", "b"]), json!(["A"]), json!([""])] {
        let body = json!({"sequence": 50, "answer": answer});
        anna.put(&format!("{}/responses/{position}", path(&paper)), body).await.problem("validation");
    }
    save(&anna, &paper, &json!(6), 1, &yes).await.problem("not-found");
}

#[rstest]
#[tokio::test]
async fn the_database_keeps_answers_attempts_and_wordings_as_they_are(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let paper = exam.begin(&anna).await;
    answer_all(&anna, &paper).await;
    let refused = async |sql: &str| {
        let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
        tx.execute_unprepared(sql).await.is_err()
    };

    assert!(refused("UPDATE response SET sequence = 0").await);
    assert!(refused("DELETE FROM response").await);
    assert!(!refused("UPDATE response SET sequence = sequence + 1").await);
    anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    for sql in [
        "UPDATE response SET sequence = sequence + 1",
        "UPDATE attempt SET score_hundredths = 10000",
        "UPDATE attempt SET state = 'in_progress', submitted_at = NULL, score_hundredths = NULL, passed = NULL",
        "DELETE FROM attempt",
        "UPDATE attempt_item SET position = position + 10",
        "UPDATE item_version SET number = number + 1",
        "DELETE FROM item_version",
    ] {
        assert!(refused(sql).await, "{sql}");
    }
}

#[rstest]
#[tokio::test]
async fn when_time_is_up_what_was_saved_is_graded(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let (anna, boris) = (house.participant().await, house.participant().await);
    let exam = exam(&house, "POST-DF", items(), &[&anna, &boris]).await;
    let (hers, his) = (exam.begin(&anna).await, exam.begin(&boris).await);
    let (first, second) = (of_kind(&hers, "single"), of_kind(&hers, "true_false"));
    save(&anna, &hers, &first["position"], 1, &right(first)).await.expect(200);

    house.clock_advance(Duration::minutes(20) + Duration::seconds(30));
    save(&anna, &hers, &second["position"], 1, &right(second)).await.expect(200);
    house.drain().await;
    assert_eq!(anna.get(&path(&hers)).await.expect(200)["state"], "in_progress");
    house.clock_advance(Duration::seconds(31));
    save(&anna, &hers, &first["position"], 2, &[]).await.problem("assessment/time-over");
    let lazily = boris.get(&path(&his)).await.expect(200);
    house.drain().await;

    assert_eq!((&lazily["state"], questions(&lazily).len()), (&json!("expired"), 0));
    let result = anna.get(&format!("{}/result", path(&hers))).await.expect(200);
    assert_eq!((&result["state"], &result["score_percent"]), (&json!("expired"), &json!("40.00")));
    assert_eq!(result["submitted_at"], hers["deadline_at"]);
    assert_eq!(anna.act(&format!("{}/submission", path(&hers))).await.expect(200), result);
    assert_eq!(boris.get(&format!("{}/result", path(&his))).await.expect(200)["score_percent"], "0.00");
    let evidence = entity::certification::evidence::Entity::find().count(house.app.db()).await.expect("a count");
    assert_eq!(evidence, 2);
}

#[rstest]
#[tokio::test]
async fn handing_in_within_the_grace_counts_as_handed_in(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let paper = exam.begin(&anna).await;

    house.clock_advance(Duration::minutes(20) + Duration::seconds(55));
    let result = anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    assert_eq!(result["state"], "graded");
}

#[rstest]
#[tokio::test]
async fn attempts_are_counted_and_wait_for_one_another(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let mut anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;

    let first = exam.begin(&anna).await;
    assert_eq!(exam.begin(&anna).await["id"], first["id"]);
    anna.act(&format!("{}/submission", path(&first))).await.expect(200);
    let problem = anna.post(&exam.attempts(), exam.wish()).await.problem("assessment/too-soon");
    let from: DateTime<Utc> = problem["facts"]["from"].as_str().expect("an instant").parse().expect("an instant");
    wait(&house, from - house.app.now(), &mut anna).await;
    let second = exam.begin(&anna).await;
    anna.act(&format!("{}/submission", path(&second))).await.expect(200);
    wait(&house, Duration::days(2), &mut anna).await;

    assert_eq!((&first["number"], &second["number"]), (&json!(1), &json!(2)));
    anna.post(&exam.attempts(), exam.wish()).await.problem("assessment/no-attempts-left");
    let view = anna.get(&format!("/api/v1/openings/{}", exam.opening)).await.expect(200);
    assert_eq!((view["attempts"].as_array().map(Vec::len), &view["may_begin"]), (Some(2), &json!(false)));
    wait(&house, Duration::days(40), &mut anna).await;
    anna.post(&exam.attempts(), exam.wish()).await.problem("assessment/not-open");
}

#[rstest]
#[tokio::test]
async fn a_participant_gets_nothing_but_their_own_open_attempt(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let (anna, boris, stranger) = (house.participant().await, house.participant().await, house.stranger().await);
    let exam = exam(&house, "POST-DF", items(), &[&anna, &boris]).await;
    let paper = exam.begin(&anna).await;
    let item =
        exam.trainer.get(&format!("/api/v1/banks/{}/items", exam.bank)).await.expect(200)["items"][0]["id"].clone();
    let item = format!("/api/v1/items/{}", item.as_str().expect("an id"));

    for other in [&boris, &stranger, &exam.trainer] {
        other.get(&path(&paper)).await.problem("not-found");
        save(other, &paper, &json!(1), 1, &[]).await.problem("not-found");
        other.act(&format!("{}/submission", path(&paper))).await.problem("not-found");
    }
    for other in [&boris, &stranger] {
        other.get(&format!("{}/result", path(&paper))).await.problem("not-found");
    }
    stranger.post(&exam.attempts(), exam.wish()).await.problem("not-found");
    stranger.get(&format!("/api/v1/openings/{}", exam.opening)).await.problem("not-found");
    stranger.get(&exam.results()).await.problem("not-found");
    assert_eq!(boris.get(&exam.results()).await.expect(200)["items"], json!([]));
    assert_eq!(stranger.get("/api/v1/openings").await.expect(200)["items"], json!([]));
    assert_eq!(anna.get("/api/v1/openings").await.expect(200)["items"][0]["id"], json!(exam.opening));
    anna.get("/api/v1/banks").await.problem("forbidden");
    for path in [&format!("/api/v1/banks/{}", exam.bank), &format!("/api/v1/banks/{}/items", exam.bank), &item] {
        anna.get(path).await.problem("not-found");
        house.nobody().get(path).await.problem("unauthenticated");
        exam.trainer.get(path).await.expect(200);
    }
    let view = anna.get(&exam.assessment).await.expect(200);
    assert!(view["cells"].is_null() && view["questions"] == 5);
    anna.get(&format!("{}/openings", exam.assessment)).await.problem("forbidden");
    anna.post(&format!("{}/openings", exam.assessment), times(&house, exam.activity)).await.problem("forbidden");
    house.nobody().get(&path(&paper)).await.problem("unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_manager_sees_who_passed_and_an_examiner_the_score(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let mut anna = house.participant().await;
    let manager = house.manager().await;
    let examiner = house.client(Role::Examiner).await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let mut later = times(&house, exam.activity);
    let release = house.app.now() + Duration::days(2);
    later["results_at"] = json!(release);
    let opening = format!("/api/v1/openings/{}", exam.opening);
    exam.trainer.put_matching(&opening, &json!(7), later.clone()).await.problem("changed-meanwhile");
    exam.trainer.put_matching(&opening, &json!(1), later).await.expect(200);
    let paper = exam.begin(&anna).await;
    answer_all(&anna, &paper).await;

    let own = anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    assert!(own["score_percent"].is_null() && own["passed"].is_null() && !own["results_at"].is_null(), "{own}");
    let seen = examiner.get(&exam.results()).await.expect(200)["items"][0].clone();
    assert_eq!((&seen["score_percent"], &seen["passed"]), (&json!("100.00"), &json!(true)));
    let seen = manager.get(&exam.results()).await.expect(200)["items"][0].clone();
    assert_eq!((&seen["score_percent"], &seen["passed"]), (&Value::Null, &json!(true)));
    wait(&house, Duration::days(2), &mut anna).await;
    let own = anna.get(&format!("{}/result", path(&paper))).await.expect(200);
    assert_eq!((&own["score_percent"], &own["passed"]), (&json!("100.00"), &json!(true)));
}

#[rstest]
#[tokio::test]
async fn a_new_wording_leaves_papers_as_they_were_drawn(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let mut anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let paper = exam.begin(&anna).await;
    let list = format!("/api/v1/banks/{}/items?topic=S", exam.bank);
    let item = exam.trainer.get(&list).await.expect(200)["items"][0].clone();
    let path_of_item = format!("/api/v1/items/{}", item["id"].as_str().expect("an id"));
    let mut changed = items()[0].clone();
    changed["texts"][0]["stem"] = json!("Which one is it now?");
    changed["key"] = json!([0]);

    exam.trainer.put_matching(&path_of_item, &json!(9), changed.clone()).await.problem("changed-meanwhile");
    let now = exam.trainer.put_matching(&path_of_item, &item["version"], changed).await.expect(200);
    answer_all(&anna, &paper).await;
    let kept = anna.get(&path(&paper)).await.expect(200);
    let result = anna.act(&format!("{}/submission", path(&paper))).await.expect(200);

    assert_eq!((&now["number"], &now["version"]), (&json!(2), &json!(2)));
    assert_eq!(of_kind(&kept, "single")["stem"], "Which one?");
    assert_eq!(result["score_percent"], "100.00");
    wait(&house, Duration::days(1), &mut anna).await;
    let next = exam.begin(&anna).await;
    let in_russian = anna.get(&format!("{}?language=be", path(&next))).await.expect(200);
    assert_eq!(of_kind(&in_russian, "true_false")["stem"], "Is it so? (ru)");
    assert_eq!(of_kind(&in_russian, "true_false")["options"][0]["text"], "Верно");
    assert_eq!(of_kind(&in_russian, "single")["stem"], "Which one? (ru)");
}

#[rstest]
#[tokio::test]
async fn an_item_is_checked_as_a_whole(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let trainer = house.client(Role::Trainer).await;
    let bank = bank(&trainer, "BANK-A", items()).await;
    let path = format!("/api/v1/banks/{bank}/items");
    let mut wrong = items()[1].clone();
    wrong["code"] = json!("M-2");
    wrong["key"] = json!([0, 7]);
    wrong["outcome"] = json!("XX-1");
    wrong["texts"][1]["options"] = json!(["one"]);

    let problem = trainer.post(&path, wrong).await.problem("validation");

    let pointers: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/texts/1/options", "/key", "/outcome"]);
    trainer.post(&path, items()[1].clone()).await.problem("assessment/code-taken");
    house.client(Role::Examiner).await.post(&path, items()[1].clone()).await.problem("not-found");
    let first = trainer.get(&format!("{path}?limit=2")).await.expect(200);
    let next = first["next_cursor"].as_str().expect("more");
    let rest = trainer.get(&format!("{path}?limit=200&cursor={next}")).await;
    rest.expect(200);
    let codes = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|i| i["code"].as_str().expect("a code").to_owned())
            .collect()
    };
    let all = [codes(&first), codes(&rest.expect(200))].concat();
    assert_eq!(all, ["M-1", "O-1", "P-1", "S-1", "T-1"]);
}

#[rstest]
#[tokio::test]
async fn a_blueprint_that_cannot_be_drawn_is_not_published(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let trainer = house.client(Role::Trainer).await;
    let anna = house.participant().await;
    let bank = bank(&trainer, "BANK-A", items()).await;
    let mut greedy = rules(&bank, "POST-X");
    greedy["cells"][0]["count"] = json!(2);
    let made = trainer.post("/api/v1/assessments", greedy).await.expect(201);
    let path = format!("/api/v1/assessments/{}", made["id"].as_str().expect("an id"));

    trainer.act(&format!("{path}/publication")).await.problem("assessment/too-few-items");
    anna.get(&path).await.problem("not-found");
    assert_eq!(anna.get("/api/v1/assessments").await.expect(200)["items"], json!([]));
    let activity = activity(&house, &[]).await;
    let openings = format!("{path}/openings");
    trainer.post(&openings, times(&house, activity)).await.problem("assessment/not-published");
    let view = trainer.put_matching(&path, &made["version"], rules(&bank, "POST-X")).await.expect(200);
    assert_eq!(view["questions"], 5);
    trainer.act(&format!("{path}/publication")).await.expect(200);
    assert_eq!(anna.get("/api/v1/assessments").await.expect(200)["items"][0]["code"], "POST-X");
    trainer.put_matching(&path, &json!(3), rules(&bank, "POST-X")).await.problem("assessment/not-a-draft");
    trainer.post(&openings, times(&house, activity)).await.expect(201);
    trainer.post(&openings, times(&house, activity)).await.problem("assessment/open-already");
    anna.act(&format!("{path}/closure")).await.problem("forbidden");
    assert_eq!(trainer.act(&format!("{path}/closure")).await.expect(200)["state"], "closed");
    let mut both = rules(&bank, "POST-Y");
    both["cells"][1]["outcome"] = json!("RA-1");
    let problem = trainer.post("/api/v1/assessments", both).await.problem("validation");
    assert_eq!(problem["errors"][0]["pointer"], "/cells/1/topic");
}

#[rstest]
#[tokio::test]
async fn the_pages_need_no_script(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let form = async |path: &str, fields: &[(&str, &str)]| {
        let answer = anna.send(anna.request(reqwest::Method::POST, path).form(fields)).await;
        (answer.status, answer.header("location").to_owned(), answer.text())
    };

    let overview = anna.get("/assessments").await.text();
    assert!(overview.contains("Document fraud") && overview.contains(&format!("/openings/{}", exam.opening)));
    let opening = format!("/openings/{}", exam.opening);
    assert!(anna.get(&opening).await.text().contains("Begin attempt"));
    let (status, attempt, _) = form(&format!("{opening}/attempts"), &[]).await;
    assert_eq!(status, 303);
    let paper = anna.get(&format!("/api/v1{attempt}")).await.expect(200);
    for question in questions(&paper) {
        let position = question["position"].as_i64().expect("a number");
        let shown = anna.get(&format!("{attempt}?question={position}")).await;
        assert_eq!(shown.status, 200);
        let answer = right(question);
        let mut fields = vec![("sequence".to_owned(), "1".to_owned()), ("do".to_owned(), "next".to_owned())];
        for (letter, place) in answer.iter().zip(1..) {
            fields.push(if question["kind"] == "ordering" {
                (format!("place-{letter}"), place.to_string())
            } else {
                ("answer".to_owned(), letter.clone())
            });
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, to, text) = form(&format!("{attempt}/responses/{position}"), &fields).await;
        assert_eq!(status, 303, "{text}");
        let next = if position == 5 { "submission".to_owned() } else { format!("question={}", position + 1) };
        assert!(to.ends_with(&next), "{to}");
    }
    let ordering = of_kind(&paper, "ordering")["position"].clone();
    let twice = [("sequence", "2"), ("place-a", "1"), ("place-b", "1"), ("place-c", "2"), ("do", "save")];
    let (status, _, text) = form(&format!("{attempt}/responses/{ordering}"), &twice).await;
    assert!(status == 422 && text.contains("not complete"), "{status}");
    let clear = [("sequence", "2"), ("do", "clear")];
    assert_eq!(form(&format!("{attempt}/responses/1"), &clear).await.0, 303);
    assert!(anna.get(&format!("{attempt}/submission")).await.text().contains("1 question has no answer"));
    let (status, to, _) = form(&format!("{attempt}/submission"), &[]).await;
    assert_eq!((status, to), (303, format!("{attempt}/result")));
    let result = anna.get(&format!("{attempt}/result")).await.text();
    assert!(result.contains("80 %") && result.contains("Passed"), "{result}");
    assert_eq!(anna.get(&attempt).await.status, 303);

    let bank = format!("/banks/{}", exam.bank);
    assert_eq!(anna.get(&bank).await.status, 404);
    let page = exam.trainer.get(&bank).await.text();
    let item = page.split("href=\"/items/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(exam.trainer.get(&format!("/items/{item}")).await.text().contains("Preview"));
    let page = exam.trainer.get(&exam.assessment.replace("/api/v1", "")).await.text();
    assert!(page.contains("Course on document fraud"), "{page}");
    let results = exam.trainer.get(&format!("{opening}/results")).await;
    assert_eq!(results.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_second_paper_prefers_what_was_not_asked_before(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let mut anna = house.participant().await;
    let mut stock = items();
    for item in items() {
        let mut twin = item;
        twin["code"] = json!(format!("{}-B", twin["code"].as_str().expect("a code")));
        twin["texts"][0]["stem"] = json!(format!("{} Again?", twin["texts"][0]["stem"].as_str().expect("a stem")));
        stock.push(twin);
    }
    let exam = exam(&house, "POST-DF", stock, &[&anna]).await;
    let stems =
        |paper: &Value| -> BTreeSet<String> { questions(paper).iter().map(|q| q["stem"].to_string()).collect() };

    let first = exam.begin(&anna).await;
    anna.act(&format!("{}/submission", path(&first))).await.expect(200);
    wait(&house, Duration::days(1), &mut anna).await;
    let second = exam.begin(&anna).await;

    assert_eq!(stems(&first).intersection(&stems(&second)).count(), 0);
}

#[rstest]
#[tokio::test]
async fn an_opening_shows_in_the_verbs_what_it_shows_in_the_api(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let exam = exam(&house, "POST-DF", items(), &[&anna]).await;
    let person: PersonId = anna.person.parse().expect("an id");
    let other = activity(&house, &[&house.participant().await]).await;
    let now = house.app.now();
    let new = NewOpening { activity_id: other, opens_at: now, closes_at: now + Duration::days(1), results_at: None };
    let id = exam.assessment.rsplit('/').next().expect("an id").parse().expect("an id");

    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let opening = assessment::add_opening(&tx, id, new).await.expect("an opening");
    let outsider = assessment::sit(&tx, opening, person).await.expect_err("she does not take part");
    tx.commit(()).await.expect("committed");

    assert_eq!(outsider.code(), "not-found");
    let list = exam.trainer.get(&format!("{}/openings", exam.assessment)).await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
}

#[rstest]
#[tokio::test]
async fn the_participant_of_the_demonstration_has_one_to_sit_now(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::without_people(backend, &[("demo", "true")], false).await;
    let accounts = api::demo::load(&house.app).await.expect("the demonstration loads");
    let account = accounts.iter().find(|account| account.role == "participant").expect("an account");
    let mut anna = house.nobody();
    let body = json!({"email": account.email, "password": account.password});
    let session = anna.post("/api/v1/sign-in", body).await.expect(200);
    anna.token = session["token"].as_str().map(str::to_owned);

    let open = anna.get("/api/v1/openings").await.expect(200);

    let open = open["items"].as_array().expect("items");
    let one = open.iter().find(|one| one["may_begin"] == true).expect("one to sit now");
    let begin = format!("/api/v1/assessments/{}/attempts", one["assessment"]["id"].as_str().expect("an id"));
    let paper = anna.post(&begin, json!({"opening_id": one["id"]})).await.expect(201);
    assert_eq!(json!(questions(&paper).len()), one["assessment"]["questions"]);
    let graded = entity::assessment::attempt::Entity::find().count(house.app.db()).await.expect("a count");
    assert!(graded > 1, "others have results");
}
