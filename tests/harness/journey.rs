//! The main job from end to end, through the API: a coordinator schedules, staff get in, are there, sit an
//! assessment and are certified, anybody checks the certificate, a manager sees it.
//!
//! It is told once and performed on different stages: one house in this process, or real programs that are
//! killed after every answer, or several copies of the program on one database.

use crate::client::{Answer, Client};
use crate::house::TestHouse;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use entity::identity::{Role, ScopeKind};
use reqwest::Method;
use serde_json::{Value, json};

/// Where the journey takes place.
pub trait Stage {
    /// The address the next request goes to.
    fn door(&mut self) -> String;
    /// What happens to the stage once an answer has come.
    fn answered(&mut self) {}
    /// Lets time pass.
    fn later(&mut self, by: Duration);
    /// The time on the stage.
    fn now(&self) -> DateTime<Utc>;
}

/// A house in this process.
pub struct InProcess<'a>(pub &'a TestHouse);

impl Stage for InProcess<'_> {
    fn door(&mut self) -> String {
        self.0.base.clone()
    }
    fn later(&mut self, by: Duration) {
        self.0.clock_advance(by);
    }
    fn now(&self) -> DateTime<Utc> {
        self.0.app.now()
    }
}

/// Who takes part. Everybody belongs to the home unit.
struct Cast {
    coordinator: Client,
    manager: Client,
    trainer: Client,
    officer: Client,
    anna: Client,
    berta: Client,
    carl: Client,
}

impl Cast {
    async fn of(house: &TestHouse) -> Self {
        let on_staff = [(Role::Trainer, ScopeKind::Programme, None), (Role::Examiner, ScopeKind::Programme, None)];
        Self {
            coordinator: house.client(Role::Coordinator).await,
            manager: house.manager().await,
            trainer: house.someone(house.home, &on_staff).await,
            officer: house.client(Role::CertificationOfficer).await,
            anna: house.participant().await,
            berta: house.participant().await,
            carl: house.participant().await,
        }
    }

    fn all(&mut self) -> [&mut Client; 7] {
        let Self { coordinator, manager, trainer, officer, anna, berta, carl } = self;
        [coordinator, manager, trainer, officer, anna, berta, carl]
    }
}

/// The journey under way.
pub struct Journey<S: Stage> {
    stage: S,
    cast: Cast,
}

/// Everything that was promised on the way and must be found at the end.
#[derive(Debug)]
pub struct Arrived {
    /// Number of the certificate.
    pub certificate: String,
    /// The certificate's document.
    pub document: Vec<u8>,
}

fn id(view: &Value) -> String {
    view["id"].as_str().expect("a view has an id").to_owned()
}

fn ids(list: &Value, field: &str) -> Vec<String> {
    let rows = list["items"].as_array().expect("a list");
    rows.iter().map(|row| row[field].as_str().expect("an id").to_owned()).collect()
}

impl<S: Stage> Journey<S> {
    /// Brings the people together.
    pub async fn new(house: &TestHouse, stage: S) -> Self {
        Self { stage, cast: Cast::of(house).await }
    }

    /// Performs the whole journey; gives what was promised on the way.
    pub async fn perform(mut self) -> Arrived {
        let scheme = self.found().await;
        let visit = self.schedule().await;
        let opening = self.examine(&visit).await;
        self.get_in(&visit).await;
        self.take_attendance(&visit).await;
        self.sit(&opening).await;
        let arrived = self.certified(&scheme).await;
        self.reported().await;
        arrived
    }

    async fn ask(&mut self, who: Option<&Client>, method: Method, path: &str, body: Option<Value>) -> Answer {
        let door = self.stage.door();
        let client = who.cloned().unwrap_or_else(|| Client { token: None, ..self.cast.anna.clone() });
        let client = Client { base: door, ..client };
        let mut request = client.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = client.send(request).await;
        self.stage.answered();
        answer
    }

    async fn get(&mut self, who: &Client, path: &str) -> Value {
        self.ask(Some(who), Method::GET, path, None).await.expect(200)
    }

    async fn post(&mut self, who: &Client, path: &str, body: Value) -> Answer {
        self.ask(Some(who), Method::POST, path, Some(body)).await
    }

    async fn act(&mut self, who: &Client, path: &str) -> Answer {
        self.ask(Some(who), Method::POST, path, None).await
    }

    /// Time passes; whoever was signed in is so no more.
    async fn later(&mut self, by: Duration) {
        self.stage.later(by);
        let door = self.stage.door();
        for client in self.cast.all() {
            client.base.clone_from(&door);
            client.sign_in_again().await;
        }
    }

    /// What the programme stands on: a course, and what is asked for its certificate.
    async fn found(&mut self) -> String {
        let officer = self.cast.officer.clone();
        let scheme = json!({
            "code": "CS-DF4", "title": "Document Fraud Awareness, First Line", "validity_months": 24,
            "renewal_window_days": 90, "awarding_body": "State Border Guard College", "requirement": {"all": [
                {"attendance": {"min_percent": 90, "course": "CRS-DF"}},
                {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
            ]},
        });
        id(&self.post(&officer, "/api/v1/schemes", scheme).await.expect(201))
    }

    /// Step 1: a study visit with two sessions at crossing points; a person's clash is refused.
    async fn schedule(&mut self) -> Visit {
        let coordinator = self.cast.coordinator.clone();
        let course = json!({"code": "CRS-DF", "organisation_id": coordinator.organisation, "syllabus": {
            "title": "Documents at the first line", "summary": "Specimens, compared by hand.",
            "minutes": {"practice": 240}, "outcomes": [], "languages": ["en"], "audience": "Officers of the first line", "prerequisites": [],
        }});
        let course = id(&self.post(&coordinator, "/api/v1/courses", course).await.expect(201));
        self.act(&coordinator, &format!("/api/v1/courses/{course}/publication")).await.expect(200);
        let mut venues = Vec::new();
        for (code, name, kind) in [("WAW", "Warsaw Chopin Airport", "air"), ("TSP", "Terespol", "rail")] {
            let point = json!({"code": code, "name": name, "country": "PL", "kinds": [kind], "zone": "Europe/Warsaw"});
            let point = id(&self.post(&coordinator, "/api/v1/crossing-points", point).await.expect(201));
            let open = json!({"status": "open", "from_on": "2020-01-01", "source_note": "Normal operation"});
            self.post(&coordinator, &format!("/api/v1/crossing-points/{point}/statuses"), open).await.expect(201);
            let venue = json!({"name": name, "kind": "crossing_point", "zone": "Europe/Warsaw", "country": "PL",
                "crossing_point_id": point});
            venues.push(id(&self.post(&coordinator, "/api/v1/venues", venue).await.expect(201)));
        }
        let trainer = self.cast.trainer.person.clone();
        let first = (self.stage.now() + Duration::days(10)).date_naive().and_hms_opt(9, 0, 0).expect("a time");
        let visit = self.activity("SV-PL", "study_visit", "nomination", Some(&course)).await;
        let mut sessions = Vec::new();
        for (n, venue) in venues.iter().enumerate() {
            let day = Duration::days(i64::try_from(n).expect("small"));
            sessions.push(self.session(&visit, venue, first + day).await);
        }
        let staff = json!({"person_id": trainer, "role": "trainer"});
        self.post(&coordinator, &format!("{visit}/staff"), staff.clone()).await.expect(201);
        self.act(&coordinator, &format!("{visit}/publication")).await.expect(200);

        let other = self.activity("WS-1", "workshop", "open", None).await;
        self.session(&other, &venues[0], first + Duration::hours(1)).await;
        self.act(&coordinator, &format!("{other}/publication")).await.expect(200);
        let refusal = self.post(&coordinator, &format!("{other}/staff"), staff).await.problem("scheduling/clash");
        assert!(refusal["facts"].to_string().contains("SV-PL"), "{refusal}");
        Visit { path: visit, clashing: other, sessions }
    }

    async fn activity(&mut self, code: &str, kind: &str, mode: &str, course: Option<&str>) -> String {
        let coordinator = self.cast.coordinator.clone();
        let new = json!({
            "code": code, "title": format!("{code}, documents at the first line"), "kind": kind, "mode": "in_person",
            "organisation_id": coordinator.organisation, "course_id": course, "languages": ["en"],
            "capacity_seats": 2, "reserve_seats": 5, "enrolment_mode": mode,
        });
        let made = self.post(&coordinator, "/api/v1/activities", new).await.expect(201);
        format!("/api/v1/activities/{}", id(&made))
    }

    async fn session(&mut self, activity: &str, venue: &str, starts: NaiveDateTime) -> String {
        let coordinator = self.cast.coordinator.clone();
        let local = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
        let new = json!({"title": "At the crossing point", "venue_id": venue, "starts_local": local(starts),
            "ends_local": local(starts + Duration::hours(2))});
        let made = self.post(&coordinator, &format!("{activity}/sessions"), new).await.expect(201);
        id(&made)
    }

    /// Step 2: nominated, endorsed and accepted; the third person waits and gets the place of one who withdraws.
    async fn get_in(&mut self, visit: &Visit) {
        let (coordinator, manager) = (self.cast.coordinator.clone(), self.cast.manager.clone());
        let people = [self.cast.anna.clone(), self.cast.berta.clone(), self.cast.carl.clone()];
        let mut enrolments = Vec::new();
        for (person, state) in people.iter().zip(["confirmed", "confirmed", "reserve"]) {
            let new = json!({"person_id": person.person, "reason": "Works at the first line."});
            let made = self.post(&coordinator, &format!("{}/nominations", visit.path), new).await.expect(201);
            assert_eq!(made["state"], "nominated");
            let path = format!("/api/v1/enrolments/{}", id(&made));
            let refused = self.act(person, &format!("{path}/endorsement")).await;
            assert_eq!(refused.status, 403, "nobody endorses his own nomination: {}", refused.text());
            self.act(&manager, &format!("{path}/endorsement")).await.expect(200);
            let placed = self.post(&coordinator, &format!("{path}/selection"), json!({})).await.expect(200);
            assert_eq!(placed["state"], state);
            enrolments.push(path);
        }
        let clashing = format!("{}/enrolments", visit.clashing);
        let refusal = self.act(&people[0], &clashing).await.problem("enrolment/not-eligible");
        assert!(refusal.to_string().contains("enrolment/clash"), "{refusal}");
        let (berta, carl) = (&people[1], &people[2]);
        let why = json!({"reason": "Called to another duty."});
        self.post(berta, &format!("{}/withdrawal", enrolments[1]), why).await.expect(200);
        assert_eq!(self.get(carl, &enrolments[2]).await["state"], "confirmed");
        let own = self.get(carl, "/api/v1/enrolments").await;
        assert_eq!(ids(&own, "person_id"), [carl.person.as_str()]);
    }

    /// Step 3: the roll of each session is taken and closed.
    async fn take_attendance(&mut self, visit: &Visit) {
        let early = format!("/api/v1/sessions/{}/attendance/attestation", visit.sessions[0]);
        let trainer = self.cast.trainer.clone();
        let refused = self.attest(&trainer, &early, &json!(0)).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
        self.later(Duration::days(12)).await;
        let (trainer, anna, carl) = (self.cast.trainer.clone(), self.cast.anna.clone(), self.cast.carl.clone());
        for session in &visit.sessions {
            let sheet = format!("/api/v1/sessions/{session}/attendance");
            let marks = json!({"marks": [
                {"person_id": anna.person, "status": "present"}, {"person_id": carl.person, "status": "absent"},
            ]});
            let roll = self.post(&trainer, &format!("{sheet}/marks"), marks).await.expect(200);
            let closed = self.attest(&trainer, &format!("{sheet}/attestation"), &roll["version"]).await;
            assert_eq!(closed.expect(200)["state"], "closed");
        }
        let coordinator = self.cast.coordinator.clone();
        for state in ["confirmed", "in_progress", "delivered"] {
            let path = format!("{}/state-changes", visit.path);
            self.post(&coordinator, &path, json!({"state": state})).await.expect(201);
        }
        let own = self.get(&anna, "/api/v1/enrolments").await;
        assert_eq!(own["items"][0]["state"], "attended_full");
        let own = self.get(&carl, "/api/v1/enrolments").await;
        assert_eq!(own["items"][0]["state"], "no_show");
    }

    async fn attest(&mut self, who: &Client, path: &str, version: &Value) -> Answer {
        let client = Client { base: self.stage.door(), ..who.clone() };
        let request = client.request(Method::POST, path).header("if-match", format!("\"{version}\""));
        let answer = client.send(request.json(&json!({"confirmed": true}))).await;
        self.stage.answered();
        answer
    }

    /// Step 4, before: the bank, and an assessment drawn from it, open for the visit.
    async fn examine(&mut self, visit: &Visit) -> Opening {
        let trainer = self.cast.trainer.clone();
        let bank = json!({"code": "BANK-DF", "title": "Documents"});
        let bank = id(&self.post(&trainer, "/api/v1/banks", bank).await.expect(201));
        for number in 0..6 {
            let item = json!({"code": format!("DF-{number}"), "topic": "DF", "kind": "single", "key": [1], "texts": [
                {"language": "en", "stem": format!("Question {number}?"), "options": ["no", "yes", "never"]},
            ]});
            self.post(&trainer, &format!("/api/v1/banks/{bank}/items"), item).await.expect(201);
        }
        let new = json!({"code": "POST-DF", "title": "Document fraud, after the visit", "pass_percent": 70,
            "time_limit_minutes": 20, "max_attempts": 2, "hours_between_attempts": 24,
            "cells": [{"bank_id": bank, "topic": "DF", "count": 4}]});
        let assessment = id(&self.post(&trainer, "/api/v1/assessments", new).await.expect(201));
        let assessment = format!("/api/v1/assessments/{assessment}");
        self.act(&trainer, &format!("{assessment}/publication")).await.expect(200);
        let (opens_at, closes_at) = (self.stage.now(), self.stage.now() + Duration::days(60));
        let activity = visit.path.rsplit('/').next();
        let new = json!({"activity_id": activity, "opens_at": opens_at, "closes_at": closes_at});
        let opening = id(&self.post(&trainer, &format!("{assessment}/openings"), new).await.expect(201));
        Opening { attempts: format!("{assessment}/attempts"), wish: json!({"opening_id": opening}) }
    }

    /// Step 4: the paper is answered one question at a time, handed in and graded.
    async fn sit(&mut self, opening: &Opening) {
        let (anna, berta) = (self.cast.anna.clone(), self.cast.berta.clone());
        self.post(&berta, &opening.attempts, opening.wish.clone()).await.problem("not-found");
        let paper = self.post(&anna, &opening.attempts, opening.wish.clone()).await.expect(201);
        let attempt = format!("/api/v1/attempts/{}", id(&paper));
        let questions = paper["questions"].as_array().expect("questions").clone();
        assert_eq!(questions.len(), 4);
        for question in &questions {
            let options = question["options"].as_array().expect("options");
            let right = options.iter().find(|option| option["text"] == "yes").expect("the right one is there");
            let answer = json!({"sequence": 1, "answer": [right["id"]]});
            let path = format!("{attempt}/responses/{}", question["position"]);
            self.ask(Some(&anna), Method::PUT, &path, Some(answer)).await.expect(200);
        }
        let again = self.post(&anna, &opening.attempts, opening.wish.clone()).await.expect(201);
        assert_eq!(again["id"], paper["id"], "a paper that is begun is given again");
        let kept = again["questions"].as_array().expect("questions");
        assert!(kept.iter().all(|question| question["answer"].as_array().is_some_and(|a| a.len() == 1)), "{again}");
        self.act(&anna, &format!("{attempt}/submission")).await.expect(200);
        let result = self.get(&anna, &format!("{attempt}/result")).await;
        assert_eq!((&result["passed"], &result["score_percent"]), (&json!(true), &json!("100.00")), "{result}");
    }

    /// Step 5: the rule issued a certificate; it has a number and a document, and anybody can check it.
    async fn certified(&mut self, scheme: &str) -> Arrived {
        let (anna, carl) = (self.cast.anna.clone(), self.cast.carl.clone());
        let list = self.get(&anna, "/api/v1/certificates").await;
        assert_eq!(ids(&list, "scheme_id"), [scheme]);
        let certificate = list["items"][0].clone();
        assert_eq!(self.get(&carl, "/api/v1/certificates").await["items"], json!([]));
        let path = format!("/api/v1/certificates/{}/document", id(&certificate));
        let document = self.ask(Some(&anna), Method::GET, &path, None).await;
        document.expect(200);
        assert!(document.bytes.starts_with(b"%PDF-"));
        let number = certificate["number"].as_str().expect("a number").to_owned();
        let seen = self.ask(None, Method::GET, &format!("/api/v1/verifications/{number}"), None).await.expect(200);
        assert_eq!((&seen["status"], &seen["name"]), (&json!("valid"), &certificate["name"]));
        let page = self.ask(None, Method::GET, &format!("/verify/{number}"), None).await;
        assert!(page.status == 200 && page.text().contains("Document Fraud Awareness"), "{}", page.text());
        Arrived { certificate: number, document: document.bytes }
    }

    /// Step 6: the manager's figures, and the persons behind them.
    async fn reported(&mut self) {
        let (manager, anna) = (self.cast.manager.clone(), self.cast.anna.clone());
        let report = self.get(&manager, "/api/v1/reports/completion").await;
        let figures = &report["units"][0]["figures"];
        assert_eq!(figures["certificates_valid"], 1, "{report}");
        assert_eq!((&figures["seats"], &figures["completed"]), (&json!(2), &json!(1)), "{report}");
        for figure in ["valid", "completed"] {
            let path = format!("/api/v1/reports/completion/{}/people?figure={figure}", manager.unit);
            assert_eq!(ids(&self.get(&manager, &path).await, "person_id"), [anna.person.as_str()], "{figure}");
        }
        let page = self.ask(Some(&manager), Method::GET, "/reports", None).await;
        assert_eq!(page.status, 200);
    }
}

struct Visit {
    path: String,
    clashing: String,
    sessions: Vec<String>,
}

struct Opening {
    attempts: String,
    wish: Value,
}
