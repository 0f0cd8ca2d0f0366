//! Roll call, attestation, corrections, and what is handed down with the last sheet.

use api::catalogue::{self, Minutes, NewCourse, Syllabus};
use api::certification::{self, NewScheme};
use api::enrolment;
use api::identity::Permit;
use api::scheduling;
use chrono::Duration;
use entity::certification::{EvidenceKind, evidence};
use entity::id::{CourseId, PersonId};
use entity::identity::{Role, ScopeKind};
use entity::scheduling::{EnrolmentMode, StaffRole};
use rstest::rstest;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::{Answer, Backend, Client, Plan, TestHouse};

fn person(client: &Client) -> PersonId {
    client.person.parse().expect("an id")
}

/// A house with an activity of two sessions, its trainer, and two participants.
struct Class {
    house: TestHouse,
    coordinator: Client,
    trainer: Client,
    anna: Client,
    berta: Client,
    /// `/api/v1/activities/…`
    activity: String,
    /// `/api/v1/sessions/…/attendance`, in order.
    sheets: Vec<String>,
}

impl Class {
    /// On the day before the first session.
    async fn new(backend: Backend, course: bool) -> Self {
        let house = TestHouse::new(backend).await;
        let coordinator = house.client(Role::Coordinator).await;
        let trainer = house.someone(house.home, &[(Role::Trainer, ScopeKind::Programme, None)]).await;
        let (anna, berta) = (house.participant().await, house.participant().await);
        let course = if course { Some(course_of(&house, &coordinator).await) } else { None };
        let plan = Plan { course, days_ahead: 2, ..Plan::new(5, EnrolmentMode::Nomination) };
        let planned = house.planned(&coordinator, plan).await;
        let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
        scheduling::add_staff(&tx, planned.id, person(&trainer), StaffRole::Trainer).await.expect("staff");
        for client in [&anna, &berta] {
            enrolment::add_seat(&tx, planned.id, person(client)).await.expect("a seat");
        }
        tx.commit(()).await.expect("committed");
        let sheets = planned.sessions.iter().map(|id| format!("/api/v1/sessions/{id}/attendance")).collect();
        Self { house, coordinator, trainer, anna, berta, activity: planned.path, sheets }
    }

    /// As `new`, a week later: both sessions are over.
    async fn over(backend: Backend, course: bool) -> Self {
        let mut class = Self::new(backend, course).await;
        class.later(Duration::days(7)).await;
        class
    }

    async fn later(&mut self, by: Duration) {
        self.house.clock_advance(by);
        let Self { house, coordinator, trainer, anna, berta, .. } = self;
        for client in [coordinator, trainer, anna, berta] {
            house.sign_in(client).await;
        }
    }

    fn mark(of: &Client, status: &str) -> Value {
        json!({"person_id": of.person, "status": status})
    }

    async fn take(&self, by: &Client, sheet: usize, marks: Vec<Value>) -> Answer {
        by.post(&format!("{}/marks", self.sheets[sheet]), json!({"marks": marks})).await
    }

    /// Marks both on a sheet and closes it.
    async fn settle(&self, sheet: usize, anna: &str, berta: &str) -> Value {
        let marks = vec![Self::mark(&self.anna, anna), Self::mark(&self.berta, berta)];
        self.take(&self.trainer, sheet, marks).await.expect(200);
        self.close(&self.trainer, sheet).await.expect(200)
    }

    async fn close(&self, by: &Client, sheet: usize) -> Answer {
        by.post(&format!("{}/attestation", self.sheets[sheet]), json!({"confirmed": true})).await
    }

    async fn correct(&self, by: &Client, sheet: usize, about: &Client, status: &str) -> Answer {
        let body = json!({"person_id": about.person, "status": status, "reason": "The signed sheet says so."});
        by.post(&format!("{}/corrections", self.sheets[sheet]), body).await
    }

    async fn state_of(&self, client: &Client) -> Value {
        client.get("/api/v1/enrolments").await.expect(200)["items"][0]["state"].clone()
    }

    /// The shares that were recorded as evidence of attendance, oldest first.
    async fn shares(&self, client: &Client) -> Vec<(String, String)> {
        let rows = evidence::Entity::find()
            .filter(evidence::Column::PersonId.eq(person(client)))
            .filter(evidence::Column::Kind.eq(EvidenceKind::Attendance))
            .order_by_asc(evidence::Column::RecordedAt)
            .order_by_asc(evidence::Column::Id)
            .all(self.house.app.db())
            .await
            .expect("evidence");
        let share = |row: &evidence::Model| {
            let percent = f64::from(row.percent_hundredths.expect("a share")) / 100.0;
            (row.key.clone(), percent.to_string())
        };
        rows.iter().map(share).collect()
    }
}

async fn course_of(house: &TestHouse, coordinator: &Client) -> CourseId {
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let syllabus = Syllabus {
        title: "Document fraud".into(),
        title_lv: None,
        title_ru: None,
        summary: "Two days with specimens.".into(),
        summary_lv: None,
        summary_ru: None,
        minutes: Minutes { lecture: 840, ..Minutes::default() },
        outcomes: vec![],
        languages: vec!["lv".into()],
        audience: "First line".into(),
        prerequisites: vec![],
    };
    let organisation_id = coordinator.organisation.parse().expect("an id");
    let new = NewCourse { code: "CRS-DF4".into(), organisation_id, syllabus };
    let id = catalogue::add_course(&tx, new).await.expect("a course");
    catalogue::publish(&tx, id).await.expect("published");
    let scheme = json!({
        "code": "CS-ATT", "title": "Attendance", "renewal_window_days": 0, "needs_confirmation": false, "awarding_body": "State Border Guard College",
        "requirement": {"attendance": {"min_percent": 90, "course": "CRS-DF4"}},
    });
    let scheme: NewScheme = serde_json::from_value(scheme).expect("a scheme");
    certification::add_scheme(&tx, scheme).await.expect("added");
    tx.commit(id).await.expect("committed")
}

fn statuses(roll: &Value) -> Vec<Value> {
    roll["lines"].as_array().expect("lines").iter().map(|line| line["mark"]["status"].clone()).collect()
}

#[rstest]
#[tokio::test]
async fn the_last_sheet_hands_down_outcomes_evidence_and_certificates(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, true).await;

    let first = class.settle(0, "present", "present").await;
    assert_eq!((&first["state"], &first["attested_by"]), (&json!("closed"), &json!(class.trainer.person)));
    assert_eq!(class.state_of(&class.anna).await, "confirmed");
    class.settle(1, "present", "absent").await;

    assert_eq!(class.state_of(&class.anna).await, "attended_full");
    assert_eq!(class.state_of(&class.berta).await, "attended_partial");
    assert_eq!(class.shares(&class.anna).await, [("CRS-DF4".into(), "100".into())]);
    assert_eq!(class.shares(&class.berta).await, [("CRS-DF4".into(), "50".into())]);
    assert_eq!(class.anna.get("/api/v1/certificates").await.expect(200)["items"].as_array().expect("a list").len(), 1);
    assert_eq!(class.berta.get("/api/v1/certificates").await.expect(200)["items"], json!([]));
    class.close(&class.trainer, 1).await.problem("attendance/closed");
    assert_eq!(class.shares(&class.anna).await.len(), 1);
    let whole = class.coordinator.get(&format!("{}/attendance", class.activity)).await.expect(200);
    assert_eq!((&whole["sessions"], &whole["closed_sessions"]), (&json!(2), &json!(2)));
    let shares: Vec<_> =
        whole["people"].as_array().expect("people").iter().map(|p| p["share_percent"].clone()).collect();
    assert_eq!(shares, ["100", "50"]);
}

#[rstest]
#[tokio::test]
async fn without_a_course_evidence_is_kept_under_the_activity(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, false).await;
    let code = class.coordinator.get(&class.activity).await.expect(200)["code"].as_str().expect("a code").to_owned();

    class.settle(0, "present", "excused").await;
    class.settle(1, "present", "excused").await;

    assert_eq!(class.shares(&class.anna).await, [(code, "100".into())]);
    assert_eq!(class.state_of(&class.berta).await, "excused");
    assert_eq!(class.shares(&class.berta).await, []);
}

#[rstest]
#[tokio::test]
async fn marks_are_taken_from_a_quarter_of_an_hour_before_the_start(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut class = Class::new(backend, false).await;
    let mark = || vec![Class::mark(&class.anna, "present")];

    class.take(&class.trainer, 0, mark()).await.problem("attendance/too-early");
    let opens_at = class.trainer.get(&class.sheets[0]).await.expect(200)["opens_at"].clone();
    let opens_at: chrono::DateTime<chrono::Utc> = opens_at.as_str().expect("text").parse().expect("an instant");
    let now = class.house.app.now();
    let marks = mark();
    class.later(opens_at - now).await;

    let roll = class.take(&class.trainer, 0, marks).await.expect(200);
    assert_eq!((&roll["version"], roll["lines"].as_array().expect("lines").len()), (&json!(1), 2));
    class.take(&class.trainer, 0, vec![Class::mark(&class.berta, "absent")]).await.expect(200);
    class.close(&class.trainer, 0).await.problem("attendance/not-over");
    class.take(&class.trainer, 1, vec![Class::mark(&class.anna, "present")]).await.problem("attendance/too-early");
}

#[rstest]
#[tokio::test]
async fn everything_wrong_with_marks_is_said_at_once_and_nothing_is_kept(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, false).await;
    let guest = class.house.participant().await;
    let mut long = Class::mark(&class.anna, "partial");
    long["minutes"] = json!(420);
    let marks = vec![
        long,
        Class::mark(&guest, "present"),
        Class::mark(&class.berta, "partial"),
        Class::mark(&class.berta, "absent"),
    ];

    let problem = class.take(&class.trainer, 0, marks).await.problem("validation");

    let faults = problem["errors"].as_array().expect("errors");
    let pointers: Vec<_> = faults.iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/marks/0/minutes", "/marks/1/person_id", "/marks/2/minutes", "/marks/3/person_id"]);
    assert!(faults[1]["detail"].as_str().expect("words").contains(&guest.person));
    assert_eq!(statuses(&class.trainer.get(&class.sheets[0]).await.expect(200)), [Value::Null, Value::Null]);
}

#[rstest]
#[tokio::test]
async fn a_mark_is_replaced_and_never_lost(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let class = Class::over(backend, false).await;
    let mut partial = Class::mark(&class.anna, "partial");
    partial["minutes"] = json!(300);

    class.take(&class.trainer, 0, vec![Class::mark(&class.anna, "absent")]).await.expect(200);
    class.take(&class.trainer, 0, vec![partial.clone()]).await.expect(200);
    let again = class.take(&class.trainer, 0, vec![partial]).await.expect(200);

    let line = again["lines"].as_array().expect("lines").iter().find(|l| l["person_id"] == class.anna.person.as_str());
    let line = line.expect("a line");
    assert_eq!((&line["mark"]["status"], &line["mark"]["minutes"]), (&json!("partial"), &json!(300)));
    assert_eq!(line["replaced"].as_array().expect("marks").len(), 1);
    assert_eq!((&line["replaced"][0]["status"], &again["version"]), (&json!("absent"), &json!(2)));
    let outside = tests::database::outside(class.house.database_url()).await;
    for statement in
        ["UPDATE attendance_mark SET minutes = 420", "DELETE FROM attendance_mark", "DELETE FROM attendance_sheet"]
    {
        let refused = outside.execute_unprepared(statement).await.expect_err(statement).to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

#[rstest]
#[tokio::test]
async fn nobody_records_attests_or_corrects_his_own(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut class = Class::new(backend, false).await;
    // A coordinator who takes part like everybody else.
    let id = class.activity.rsplit('/').next().expect("an id").parse().expect("an id");
    let tx = Permit::system("test").begin(&class.house.app).await.expect("a transaction");
    enrolment::add_seat(&tx, id, person(&class.coordinator)).await.expect("a seat");
    tx.commit(()).await.expect("committed");
    class.later(Duration::days(7)).await;
    let own = Class::mark(&class.coordinator, "present");

    class.take(&class.coordinator, 0, vec![own.clone()]).await.problem("attendance/own-mark");
    class.take(&class.anna, 0, vec![Class::mark(&class.berta, "present")]).await.problem("forbidden");
    let missing = class.close(&class.trainer, 0).await.problem("attendance/marks-missing");
    assert_eq!(missing["facts"]["missing"].as_array().expect("names").len(), 3);
    class.take(&class.trainer, 0, vec![own]).await.expect(200);
    class.settle_others(0).await;
    class.close(&class.coordinator, 0).await.problem("attendance/own-sheet");
    class.close(&class.trainer, 0).await.expect(200);
    let itself = class.coordinator.clone();
    class.correct(&class.coordinator, 0, &itself, "absent").await.problem("attendance/own-mark");
}

impl Class {
    async fn settle_others(&self, sheet: usize) {
        let marks = vec![Self::mark(&self.anna, "present"), Self::mark(&self.berta, "present")];
        self.take(&self.trainer, sheet, marks).await.expect(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_correction_needs_a_second_person_and_a_reason_and_shows_the_old_mark(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, true).await;
    class.take(&class.trainer, 0, vec![Class::mark(&class.anna, "present")]).await.expect(200);
    class.correct(&class.coordinator, 0, &class.anna, "absent").await.problem("attendance/not-closed");
    class.settle(0, "present", "absent").await;
    class.settle(1, "present", "present").await;
    assert_eq!(class.shares(&class.berta).await, [("CRS-DF4".into(), "50".into())]);

    class.take(&class.trainer, 0, vec![Class::mark(&class.berta, "present")]).await.problem("attendance/closed");
    class.correct(&class.trainer, 0, &class.berta, "present").await.problem("attendance/second-person-needed");
    class.correct(&class.coordinator, 0, &class.berta, "absent").await.problem("attendance/unchanged");
    let body = json!({"person_id": class.berta.person, "status": "present", "reason": " no "});
    class.coordinator.post(&format!("{}/corrections", class.sheets[0]), body).await.problem("validation");
    let roll = class.correct(&class.coordinator, 0, &class.berta, "present").await.expect(201);

    assert_eq!((&roll["state"], &roll["attested_by"]), (&json!("corrected"), &json!(class.trainer.person)));
    let line = roll["lines"].as_array().expect("lines").iter().find(|l| l["person_id"] == class.berta.person.as_str());
    let line = line.expect("a line");
    assert_eq!((&line["mark"]["correction"], &line["replaced"][0]["status"]), (&json!(true), &json!("absent")));
    assert_eq!(line["mark"]["recorded_by"], class.coordinator.person.as_str());
    assert_eq!(class.state_of(&class.berta).await, "attended_full");
    let shares = class.shares(&class.berta).await;
    assert_eq!(shares, [("CRS-DF4".into(), "50".into()), ("CRS-DF4".into(), "100".into())]);
    assert_eq!(class.berta.get("/api/v1/certificates").await.expect(200)["items"].as_array().expect("a list").len(), 1);
    assert_eq!(class.shares(&class.anna).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn of_two_who_close_at_once_one_does(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let class = Class::over(backend, true).await;
    class.settle(0, "present", "present").await;
    class.settle_others(1).await;

    let (one, two) = tokio::join!(class.close(&class.trainer, 1), class.close(&class.coordinator, 1));

    let mut answers = [(one.status, one), (two.status, two)];
    answers.sort_by_key(|(status, _)| *status);
    assert_eq!([answers[0].0, answers[1].0], [200, 409]);
    answers[1].1.problem("attendance/closed");
    assert_eq!(class.shares(&class.anna).await.len(), 1);
    let events = tests::database::outside(class.house.database_url()).await;
    let count = "SELECT count(*) AS n FROM event WHERE kind = 'attendance/closed'";
    let statement = sea_orm::Statement::from_string(events.get_database_backend(), count);
    let row = events.query_one_raw(statement).await.expect("an answer").expect("a row");
    assert_eq!(row.try_get::<i64>("", "n").expect("a number"), 2);
}

#[rstest]
#[tokio::test]
async fn a_mark_that_races_the_close_is_there_before_it_or_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, true).await;
    class.settle(0, "present", "present").await;
    class.settle_others(1).await;

    let change = || vec![Class::mark(&class.berta, "absent")];
    let (closed, marked) = tokio::join!(class.close(&class.trainer, 1), class.take(&class.coordinator, 1, change()));

    closed.expect(200);
    let roll = class.coordinator.get(&class.sheets[1]).await.expect(200);
    let line = roll["lines"].as_array().expect("lines").iter().find(|l| l["person_id"] == class.berta.person.as_str());
    let share = class.shares(&class.berta).await.remove(0).1;
    if marked.is_success() {
        assert_eq!((&line.expect("a line")["mark"]["status"], share.as_str()), (&json!("absent"), "50"));
    } else {
        marked.problem("attendance/closed");
        assert_eq!((&line.expect("a line")["mark"]["status"], share.as_str()), (&json!("present"), "100"));
    }
}

#[rstest]
#[tokio::test]
async fn the_database_refuses_what_the_rules_refuse(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let class = Class::over(backend, false).await;
    class.settle(0, "present", "present").await;
    let outside = tests::database::outside(class.house.database_url()).await;
    let copied = |by: &str, correction: &str| {
        format!(
            "INSERT INTO attendance_mark (id, sheet_id, enrolment_id, person_id, status, minutes, method, recorded_at, \
             recorded_by, replaces, reason, correction) SELECT m.enrolment_id, m.sheet_id, m.enrolment_id, m.person_id, \
             'absent', 0, 'roll_call', m.recorded_at, {by}, m.id, 'a reason', {correction} FROM attendance_mark m LIMIT 1"
        )
    };

    let late = outside.execute_unprepared(&copied("NULL", "false")).await.expect_err("a mark on a closed sheet");
    assert!(late.to_string().contains("does not take this mark"), "{late}");
    let same = outside.execute_unprepared(&copied("m.recorded_by", "true")).await.expect_err("the attester corrects");
    assert!(same.to_string().contains("does not take this mark"), "{same}");
    let own = outside.execute_unprepared(&copied("m.person_id", "true")).await.expect_err("a mark about oneself");
    assert!(own.to_string().to_lowercase().contains("check"), "{own}");
    let opened =
        "UPDATE attendance_sheet SET state = 'open', closed_at = NULL, scheduled_minutes = NULL, attested_by = NULL";
    let opened = outside.execute_unprepared(opened).await.expect_err("a sheet is opened again");
    assert!(opened.to_string().contains("append-only"), "{opened}");
}

#[rstest]
#[tokio::test]
async fn what_is_attested_is_what_was_read(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let class = Class::over(backend, false).await;
    class.settle_others(0).await;
    let read = class.trainer.get(&class.sheets[0]).await;
    let etag = read.header("etag").to_owned();
    class.take(&class.coordinator, 0, vec![Class::mark(&class.berta, "absent")]).await.expect(200);
    let attestation = format!("{}/attestation", class.sheets[0]);
    let with = |etag: &str, confirmed: bool| {
        let request = class.trainer.request(reqwest::Method::POST, &attestation).header("if-match", etag);
        class.trainer.send(request.json(&json!({"confirmed": confirmed})))
    };

    with(&etag, true).await.problem("changed-meanwhile");
    with("\"2\"", false).await.problem("validation");
    with("\"2\"", true).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn attendance_is_seen_within_reach(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let class = Class::over(backend, false).await;
    let (manager, auditor) = (class.house.manager().await, class.house.client(Role::Auditor).await);
    let (outsider, stranger) = (class.house.participant().await, class.house.stranger().await);
    let other = class.house.someone(class.house.home, &[(Role::Trainer, ScopeKind::Programme, None)]).await;
    class.settle(0, "present", "absent").await;
    let sheet = &class.sheets[0];

    let own = class.berta.get(sheet).await.expect(200);
    assert_eq!((&own["is_whole"], statuses(&own)), (&json!(false), vec![json!("absent")]));
    assert_eq!(statuses(&manager.get(sheet).await.expect(200)).len(), 2);
    let seen = auditor.get(sheet).await.expect(200);
    assert_eq!((&seen["is_whole"], &seen["may_take"]), (&json!(true), &json!(false)));
    for nobody in [&outsider, &stranger, &other] {
        nobody.get(sheet).await.problem("not-found");
        nobody.get(&format!("{}/attendance", class.activity)).await.problem("not-found");
    }
    class.take(&auditor, 1, vec![Class::mark(&class.anna, "present")]).await.problem("forbidden");
    class.take(&other, 1, vec![Class::mark(&class.anna, "present")]).await.problem("forbidden");
    class.house.nobody().get(sheet).await.problem("unauthenticated");
    let page = sheet.replace("/api/v1", "");
    assert_eq!(stranger.get(&page).await.status, 404);
    let signing = page.replace("/attendance", "/sign-in-sheet");
    assert_eq!((class.berta.get(&signing).await.status, stranger.get(&signing).await.status), (403, 404));
}

#[rstest]
#[tokio::test]
async fn a_sheet_that_is_not_closed_is_overdue_once_its_session_is_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut class = Class::new(backend, false).await;
    let overdue = "/api/v1/attendance-sheets?overdue=true";
    assert_eq!(class.trainer.get(overdue).await.expect(200)["items"], json!([]));
    class.later(Duration::days(7)).await;
    let other = class.house.someone(class.house.home, &[(Role::Trainer, ScopeKind::Programme, None)]).await;

    let first = class.trainer.get(&format!("{overdue}&limit=1")).await.expect(200);
    assert_eq!((&first["items"][0]["number"], &first["items"][0]["overdue"]), (&json!(1), &json!(true)));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = class.trainer.get(&format!("{overdue}&limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((&second["items"][0]["number"], &second["next_cursor"]), (&json!(2), &Value::Null));
    assert_eq!(other.get(overdue).await.expect(200)["items"], json!([]));
    class.settle(0, "present", "present").await;

    let left = class.coordinator.get(overdue).await.expect(200);
    assert_eq!(left["items"].as_array().expect("sheets").len(), 1);
    let all = class.coordinator.get("/api/v1/attendance-sheets").await.expect(200);
    let states: Vec<_> = all["items"].as_array().expect("sheets").iter().map(|s| s["state"].clone()).collect();
    assert_eq!(states, ["closed", "open"]);
    assert!(class.trainer.get("/attendance").await.text().contains("Overdue"));
    assert!(class.trainer.get("/attendance?all=1").await.text().contains("Closed"));
}

#[rstest]
#[tokio::test]
async fn a_cancelled_session_has_no_sheet_and_does_not_count(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut class = Class::new(backend, true).await;
    let cancellation = class.sheets[1].replace("/attendance", "/cancellation");
    class.coordinator.post(&cancellation, json!({"reason": "The trainer is ill."})).await.expect(200);
    class.later(Duration::days(7)).await;

    class
        .take(&class.trainer, 1, vec![Class::mark(&class.anna, "present")])
        .await
        .problem("attendance/session-cancelled");
    class.settle(0, "present", "absent").await;

    assert_eq!(class.state_of(&class.anna).await, "attended_full");
    assert_eq!(class.state_of(&class.berta).await, "no_show");
    assert_eq!(class.shares(&class.berta).await, []);
}

#[rstest]
#[tokio::test]
async fn the_roll_is_called_closed_and_corrected_on_pages(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let class = Class::over(backend, false).await;
    let page = class.sheets[0].replace("/api/v1", "");
    let send = async |by: &Client, path: &str, form: Vec<(String, String)>| {
        by.send(by.request(reqwest::Method::POST, path).form(&form)).await
    };
    let pair = |key: String, value: &str| (key, value.to_owned());
    let status = |of: &Client, word: &str| pair(format!("status-{}", of.person), word);
    let roll = class.trainer.get(&page).await.text();
    assert!(roll.contains("2 without a mark") && roll.contains(&format!("status-{}", class.anna.person)), "{roll}");

    let wrong = send(&class.trainer, &page, vec![status(&class.anna, "partial")]).await;
    assert_eq!(wrong.status, 422);
    let about = format!("<a href=\"#person-{}\">", class.anna.person);
    assert!(wrong.text().contains("is needed with") && wrong.text().contains(&about), "{}", wrong.text());
    let minutes = pair(format!("minutes-{}", class.anna.person), "300");
    let rest = pair("rest".into(), "present");
    let saved = send(&class.trainer, &page, vec![status(&class.anna, "partial"), minutes, rest]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let roll = class.trainer.get(&class.sheets[0]).await.expect(200);
    let mut marked = statuses(&roll);
    marked.sort_by_key(ToString::to_string);
    assert_eq!(marked, ["partial", "present"]);

    let attestation = format!("{page}/attestation");
    let version = pair("version".into(), &roll["version"].to_string());
    let unsure = send(&class.trainer, &attestation, vec![version.clone()]).await;
    assert_eq!(unsure.status, 422);
    let closed = send(&class.trainer, &attestation, vec![version, pair("confirmed".into(), "yes")]).await;
    assert_eq!(closed.status, 303, "{}", closed.text());
    let correction = |reason: &str| {
        vec![
            pair("person_id".into(), &class.anna.person),
            pair("status".into(), "present"),
            pair("reason".into(), reason),
        ]
    };
    let corrections = format!("{page}/corrections");
    assert_eq!(send(&class.coordinator, &corrections, correction("")).await.status, 422);
    assert_eq!(send(&class.trainer, &corrections, correction("Signed in the morning.")).await.status, 403);
    assert_eq!(send(&class.coordinator, &corrections, correction("Signed in the morning.")).await.status, 303);
    let text = class.coordinator.get(&page).await.text();
    assert!(text.contains("Before:") && text.contains("Signed in the morning."), "{text}");
    let sheet = class.coordinator.get(&page.replace("/attendance", "/sign-in-sheet")).await.text();
    assert!(sheet.contains("Signature") && sheet.contains("Paraudziņa"), "{sheet}");
}
