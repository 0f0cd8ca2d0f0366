//! Activities, sessions, and the commitments that keep people from being in two places.

use api::identity::Permit;
use api::scheduling::{self, CommitmentRole};
use chrono::{Datelike, Days, NaiveDate};
use entity::id::PersonId;
use entity::identity::Role;
use entity::scheduling::EnrolmentMode;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::{Backend, Client, Plan, TestHouse};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_activities_at_one_time_exactly_one_takes_a_person(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let person: PersonId = house.participant().await.person.parse().expect("a person");
    let plan = Plan::new(10, EnrolmentMode::Open);
    let mut activities = Vec::new();
    for _ in 0..20 {
        activities.push(house.planned(&coordinator, plan.clone()).await.id);
    }

    let tries: Vec<_> = activities
        .into_iter()
        .map(|activity| {
            let app = house.app.clone();
            tokio::spawn(async move {
                let tx = Permit::system("test").begin(&app).await?;
                scheduling::commit_person(&tx, activity, person, CommitmentRole::Participant).await?;
                tx.commit(()).await
            })
        })
        .collect();
    let mut refused = Vec::new();
    for attempt in tries {
        if let Err(problem) = attempt.await.expect("no panic") {
            refused.push(problem.body());
        }
    }

    assert_eq!(refused.len(), 19);
    for problem in refused {
        assert_eq!(problem.code, "scheduling/clash");
        assert_eq!(problem.facts["clashes"].as_array().map(Vec::len), Some(2), "both sessions are told");
    }
}

async fn post(client: &Client, path: &str, body: Value) -> Value {
    client.post(path, body).await.expect(201)
}

async fn venue(client: &Client, kind: &str, zone: &str, point: Option<&Value>) -> Value {
    let mut new = json!({"name": "Some place", "kind": kind, "zone": zone, "organisation_id": client.organisation});
    if let Some(point) = point {
        new["crossing_point_id"] = point.clone();
    }
    post(client, "/api/v1/venues", new).await["id"].clone()
}

fn draft(client: &Client, code: &str, seats: i32) -> Value {
    json!({
        "code": code, "title": format!("Activity {code}"), "kind": "study_visit", "mode": "in_person",
        "organisation_id": client.organisation, "languages": ["en", "lv"], "capacity_seats": seats,
        "enrolment_mode": "nomination",
    })
}

fn path(view: &Value) -> String {
    format!("/api/v1/activities/{}", view["id"].as_str().expect("an id"))
}

/// A day so far ahead, at an hour, on the wall clock.
fn wall(house: &TestHouse, days: u64, hour: u32) -> String {
    let day = house.app.now().date_naive() + Days::new(days);
    day.and_hms_opt(hour, 0, 0).expect("a time").format("%Y-%m-%dT%H:%M").to_string()
}

fn session(house: &TestHouse, venue: &Value, days: u64) -> Value {
    json!({"title": "Day", "venue_id": venue, "starts_local": wall(house, days, 9), "ends_local": wall(house, days, 16)})
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_activities_in_one_room_exactly_one_is_published(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let room = venue(&coordinator, "classroom", "Europe/Riga", None).await;
    let mut paths = Vec::new();
    for number in 0..12 {
        let view = post(&coordinator, "/api/v1/activities", draft(&coordinator, &format!("R-{number}"), 5)).await;
        post(&coordinator, &format!("{}/sessions", path(&view)), session(&house, &room, 9)).await;
        paths.push(path(&view));
    }

    let tries: Vec<_> = paths
        .into_iter()
        .map(|path| {
            let coordinator = coordinator.clone();
            tokio::spawn(async move { coordinator.act(&format!("{path}/publication")).await })
        })
        .collect();
    let mut published = 0;
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        if answer.is_success() {
            published += 1;
        } else {
            let problem = answer.problem("scheduling/clash");
            assert_eq!(problem["facts"]["clashes"][0]["venue_id"], room);
        }
    }

    assert_eq!(published, 1);
}

#[rstest]
#[tokio::test]
async fn the_database_itself_refuses_overlaps_and_changed_history(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let made = house.activity(&coordinator, 5, EnrolmentMode::Open).await;
    let person: PersonId = coordinator.person.parse().expect("a person");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    scheduling::commit_person(&tx, made.id, person, CommitmentRole::Staff).await.expect("free");
    tx.commit(()).await.expect("committed");

    for sql in [
        "UPDATE commitment SET starts_at = (SELECT min(starts_at) FROM commitment) WHERE person_id IS NOT NULL",
        "UPDATE commitment SET starts_at = (SELECT min(starts_at) FROM commitment) WHERE venue_id IS NOT NULL",
        "UPDATE activity_session SET starts_at = (SELECT min(starts_at) FROM activity_session)",
        "UPDATE activity_change SET reason = 'another'",
        "DELETE FROM activity_change",
    ] {
        let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
        let refused = tx.execute_unprepared(sql).await.expect_err(sql).to_string();
        assert!(
            ["overlaps by", "exclusion constraint", "append-only"].iter().any(|word| refused.contains(word)),
            "{sql}: {refused}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn a_draft_is_seen_by_planners_and_published_when_it_is_ready(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;
    let room = venue(&coordinator, "classroom", "Europe/Riga", None).await;

    let view = post(&coordinator, "/api/v1/activities", draft(&coordinator, "A1.2", 0)).await;
    let path = path(&view);
    let problem = coordinator.act(&format!("{path}/publication")).await.problem("scheduling/not-ready");
    assert_eq!(problem["facts"]["missing"], json!(["seats", "session"]));
    participant.get(&path).await.problem("not-found");
    participant.act(&format!("{path}/publication")).await.problem("not-found");
    assert_eq!(participant.get("/api/v1/activities").await.expect(200)["items"], json!([]));
    coordinator.post("/api/v1/activities", draft(&coordinator, "A1.2", 1)).await.problem("scheduling/code-taken");
    participant.post("/api/v1/activities", draft(&coordinator, "A1.3", 1)).await.problem("forbidden");
    let changed = coordinator.put_matching(&path, &view["version"], draft(&coordinator, "A1.2", 12)).await.expect(200);
    coordinator
        .put_matching(&path, &view["version"], draft(&coordinator, "A1.2", 13))
        .await
        .problem("changed-meanwhile");
    assert_eq!(changed["capacity_seats"], 12);
    post(&coordinator, &format!("{path}/sessions"), session(&house, &room, 9)).await;
    let published = coordinator.act(&format!("{path}/publication")).await.expect(200);

    assert_eq!(published["state"], "planned");
    assert_eq!(published["planned_from_on"], wall(&house, 9, 9)[..10]);
    assert_eq!(participant.get(&path).await.expect(200)["sessions"][0]["venue"], "Some place");
    let listed = participant.get("/api/v1/activities?kind=study_visit&text=a1.2").await.expect(200);
    assert_eq!(listed["items"][0]["places"], json!(["Some place"]));
    participant.post(&format!("{path}/cancellation"), json!({"reason": "No wish."})).await.problem("forbidden");
    house.nobody().get(&path).await.expect(401);
}

#[rstest]
#[tokio::test]
async fn moving_a_session_moves_everybody_or_nobody(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let trainer = house.client(Role::Trainer).await;
    let one = house.planned(&coordinator, Plan { days_ahead: 10, ..Plan::new(5, EnrolmentMode::Open) }).await;
    let other = house.planned(&coordinator, Plan { days_ahead: 20, ..Plan::new(5, EnrolmentMode::Open) }).await;
    for activity in [&one, &other] {
        let staff = json!({"person_id": trainer.person, "role": "trainer"});
        post(&coordinator, &format!("{}/staff", activity.path), staff).await;
    }
    let own = format!("/api/v1/persons/{}/commitments", trainer.person);
    let session_path = format!("/api/v1/sessions/{}", one.sessions[0]);
    let before = coordinator.get(&session_path).await.expect(200);
    let moved_to = |days| session(&house, &before["venue_id"], days);

    let trial = format!(
        "{}/clashes?venue_id={}&starts_local={}&ends_local={}&session_id={}",
        one.path,
        before["venue_id"].as_str().expect("an id"),
        wall(&house, 20, 15),
        wall(&house, 20, 18),
        one.sessions[0]
    );
    let foreseen = coordinator.get(&trial).await.expect(200);
    let problem =
        coordinator.put_matching(&session_path, &before["version"], moved_to(20)).await.problem("scheduling/clash");
    assert_eq!(foreseen["clashes"][0]["person_id"], trainer.person.as_str());
    assert_eq!(problem["facts"]["clashes"][0]["session_id"], other.sessions[0].to_string());
    coordinator
        .put_matching(&session_path, &before["version"], moved_to(11))
        .await
        .problem("scheduling/sessions-overlap");
    assert_eq!(coordinator.get(&session_path).await.expect(200), before, "a refusal leaves it as it was");
    let after = coordinator.put_matching(&session_path, &before["version"], moved_to(12)).await.expect(200);
    coordinator.put_matching(&session_path, &before["version"], moved_to(13)).await.problem("changed-meanwhile");

    assert_eq!(after["sequence"], 1);
    let taken = trainer.get(&own).await.expect(200);
    let starts: Vec<_> = taken["items"].as_array().expect("items").iter().map(|c| c["starts_at"].clone()).collect();
    assert_eq!(starts.len(), 4);
    assert_eq!(starts[1], after["starts_at"], "the moved session comes second now");
    let view = coordinator.get(&one.path).await.expect(200);
    assert_eq!(view["ends_at"], after["ends_at"]);
    let told = view["changes"].as_array().expect("changes").last().expect("a change").clone();
    assert_eq!((&told["kind"], &told["starts_before_at"]), (&json!("moved"), &before["starts_at"]));
    let calendar = coordinator.get(&format!("{}/calendar.ics", one.path)).await;
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert!(
        calendar.text().contains(&format!("UID:{}@", one.sessions[0])) && calendar.text().contains("SEQUENCE:1\r\n")
    );
    house.stranger().await.get(&own).await.problem("not-found");
}

#[rstest]
#[tokio::test]
async fn a_wall_time_that_does_not_exist_or_comes_twice_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let room = venue(&coordinator, "classroom", "Europe/Riga", None).await;
    let view = post(&coordinator, "/api/v1/activities", draft(&coordinator, "DST", 5)).await;
    let sessions = format!("{}/sessions", path(&view));
    let year = house.app.now().year() + 1;
    let sunday = |month, days| last_sunday(year, month, days);
    let (spring, autumn) = (sunday(3, 31), sunday(10, 31));
    let at = |day: NaiveDate, from: &str, to: &str| json!({"title": "Night", "venue_id": room, "starts_local": format!("{day}T{from}"), "ends_local": format!("{day}T{to}")});

    let gap = coordinator.post(&sessions, at(spring, "03:30", "05:00")).await.problem("validation");
    assert_eq!(gap["errors"][0]["pointer"], "/starts_local");
    assert!(gap["errors"][0]["detail"].as_str().is_some_and(|text| text.contains("does not exist")));
    let twice = coordinator.post(&sessions, at(autumn, "03:30", "05:00")).await.problem("validation");
    let detail = twice["errors"][0]["detail"].as_str().expect("a detail");
    assert!(
        detail.contains(&format!("{autumn}T00:30:00Z")) && detail.contains(&format!("{autumn}T01:30:00Z")),
        "{detail}"
    );
    let mut told = at(autumn, "03:30", "05:00");
    told["starts_fold"] = json!("later");
    let made = post(&coordinator, &sessions, told).await;

    assert_eq!(made["starts_at"], format!("{autumn}T01:30:00Z"));
    assert_eq!((&made["starts_local"], &made["zone"]), (&json!(format!("{autumn}T03:30:00")), &json!("Europe/Riga")));
    let mut nowhere = at(autumn, "12:00", "11:00");
    nowhere["zone"] = json!("Mars/Phobos");
    let wrong = coordinator.post(&sessions, nowhere).await.problem("validation");
    assert_eq!(wrong["errors"][0]["pointer"], "/zone");
}

fn last_sunday(year: i32, month: u32, days: u32) -> NaiveDate {
    let last = NaiveDate::from_ymd_opt(year, month, days).expect("a day");
    last - chrono::Duration::days(i64::from(last.weekday().num_days_from_sunday()))
}

#[rstest]
#[tokio::test]
async fn what_is_postponed_frees_its_people_and_keeps_its_first_days(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let trainer = house.client(Role::Trainer).await;
    let made = house.planned(&coordinator, Plan { days_ahead: 10, ..Plan::new(5, EnrolmentMode::Open) }).await;
    let staff = json!({"person_id": trainer.person, "role": "trainer"});
    post(&coordinator, &format!("{}/staff", made.path), staff).await;
    let own = format!("/api/v1/persons/{}/commitments", trainer.person);
    let before = coordinator.get(&made.path).await.expect(200);

    coordinator.post(&format!("{}/postponement", made.path), json!({})).await.problem("validation");
    coordinator
        .post(&format!("{}/state-changes", made.path), json!({"state": "cancelled"}))
        .await
        .problem("validation");
    let reason = json!({"reason": "The hosts ask for another month."});
    let postponed = coordinator.post(&format!("{}/postponement", made.path), reason.clone()).await.expect(200);
    assert_eq!(trainer.get(&own).await.expect(200)["items"], json!([]));
    coordinator.act(&format!("{}/publication", made.path)).await.problem("scheduling/not-ready");
    let room = &before["sessions"][0]["venue_id"];
    post(&coordinator, &format!("{}/sessions", made.path), session(&house, room, 90)).await;
    let anew = coordinator.act(&format!("{}/publication", made.path)).await.expect(200);

    assert_eq!((&postponed["state"], &postponed["state_reason"]), (&json!("postponed"), &reason["reason"]));
    assert_eq!(anew["planned_from_on"], before["planned_from_on"]);
    assert_ne!(anew["starts_at"], before["starts_at"]);
    assert_eq!(trainer.get(&own).await.expect(200)["items"].as_array().map(Vec::len), Some(1));
    let states: Vec<_> = anew["sessions"].as_array().expect("sessions").iter().map(|s| s["state"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled", "planned"]);
    coordinator.post(&format!("{}/cancellation", made.path), reason.clone()).await.expect(200);
    let over = coordinator.act(&format!("{}/publication", made.path)).await;
    over.problem("scheduling/over");
    let history: Vec<_> = coordinator.get(&made.path).await.expect(200)["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|c| c["to_state"].clone())
        .collect();
    assert_eq!(history, ["planned", "postponed", "planned", "cancelled"]);
}

#[rstest]
#[tokio::test]
async fn an_activity_goes_on_step_by_step(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let mut coordinator = house.client(Role::Coordinator).await;
    let made = house.planned(&coordinator, Plan { days_ahead: 3, ..Plan::new(5, EnrolmentMode::Open) }).await;
    let steps = format!("{}/state-changes", made.path);

    let problem = coordinator.post(&steps, json!({"state": "closed"})).await.problem("scheduling/no-such-step");
    assert_eq!(problem["facts"]["possible"], json!(["confirmed", "postponed", "suspended", "cancelled"]));
    coordinator.post(&steps, json!({"state": "confirmed"})).await.expect(201);
    coordinator.post(&steps, json!({"state": "in_progress"})).await.expect(201);
    coordinator.post(&steps, json!({"state": "delivered"})).await.problem("scheduling/not-over");
    house.clock_advance(chrono::Duration::days(6));
    house.sign_in(&mut coordinator).await;
    coordinator.post(&steps, json!({"state": "delivered"})).await.expect(201);
    let closed = coordinator.post(&steps, json!({"state": "closed"})).await.expect(201);

    assert_eq!(closed["state"], "closed");
    let online = json!({"mode": "online", "reason": "Too late."});
    coordinator.post(&format!("{}/conversion", made.path), online).await.problem("scheduling/over");
}

#[rstest]
#[tokio::test]
async fn staff_are_taken_and_nobody_takes_part_where_they_work(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let trainer = house.client(Role::Trainer).await;
    let plan = Plan::new(5, EnrolmentMode::Open);
    let first = house.planned(&coordinator, plan.clone()).await;
    let second = house.planned(&coordinator, plan).await;
    let staff = |role: &str| json!({"person_id": trainer.person, "role": role});
    post(&coordinator, &format!("{}/staff", first.path), staff("trainer")).await;
    post(&coordinator, &format!("{}/staff", first.path), staff("examiner")).await;

    let clash = coordinator.post(&format!("{}/staff", second.path), staff("trainer")).await.problem("scheduling/clash");
    assert_eq!(clash["facts"]["clashes"].as_array().map(Vec::len), Some(2));
    assert_eq!(clash["facts"]["clashes"][0]["activity_id"], first.id.to_string());
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let person: PersonId = trainer.person.parse().expect("a person");
    let refused = scheduling::commit_person(&tx, first.id, person, CommitmentRole::Participant).await;
    assert_eq!(refused.expect_err("works there").code(), "scheduling/other-part");
    drop(tx);
    let off = |role: &str| format!("{}/staff/{}?role={role}", first.path, trainer.person);
    coordinator.delete(&off("trainer")).await.expect(200);
    coordinator.post(&format!("{}/staff", second.path), staff("trainer")).await.problem("scheduling/clash");
    coordinator.delete(&off("examiner")).await.expect(200);
    coordinator.delete(&off("examiner")).await.problem("not-found");

    let view = post(&coordinator, &format!("{}/staff", second.path), staff("trainer")).await;
    assert_eq!(view["staff"][0]["role"], "trainer");
}

#[rstest]
#[tokio::test]
async fn who_works_in_an_activity_is_told_to_those_it_concerns(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let stranger = house.stranger().await;
    let colleague = house.participant().await;
    let made = house.activity(&coordinator, 5, EnrolmentMode::Open).await;
    let staff = json!({"person_id": coordinator.person, "role": "coordinator"});
    post(&coordinator, &format!("{}/staff", made.path), staff).await;
    coordinator.post(&format!("{}/state-changes", made.path), json!({"state": "confirmed"})).await.expect(201);

    let seen = stranger.get(&made.path).await.expect(200);
    assert_eq!(seen["staff"], json!([]));
    assert!(!seen.to_string().contains(&coordinator.person), "{seen}");
    assert_eq!(colleague.get(&made.path).await.expect(200)["staff"][0]["person_id"], coordinator.person.as_str());
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let person: PersonId = stranger.person.parse().expect("a person");
    scheduling::commit_person(&tx, made.id, person, CommitmentRole::Participant).await.expect("free");
    tx.commit(()).await.expect("committed");

    assert_eq!(stranger.get(&made.path).await.expect(200)["staff"][0]["person_id"], coordinator.person.as_str());
}

#[rstest]
#[tokio::test]
async fn a_crossing_point_answers_for_the_day_that_is_asked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    // Requirement 8 of the training coordinator: Silene.
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;
    let new = json!({"code": "SIL", "name": "Silene", "country": "LV", "kinds": ["road"], "zone": "Europe/Riga", "pair_code": "URB"});
    let point = post(&coordinator, "/api/v1/crossing-points", new.clone()).await;
    let path = format!("/api/v1/crossing-points/{}", point["id"].as_str().expect("an id"));
    let status = |word: &str, from: &str| json!({"status": word, "from_on": from, "source_note": "Public notice"});
    post(&coordinator, &format!("{path}/statuses"), status("open", "2019-01-01")).await;
    post(&coordinator, &format!("{path}/statuses"), status("closed", "2023-09-19")).await;

    let then = participant.get(&format!("{path}?as_of=2019-11-12")).await.expect(200);
    let later = participant.get(&format!("{path}?as_of=2023-10-01")).await.expect(200);

    assert_eq!(then["status"]["status"], "open");
    assert_eq!((&then["status"]["from_on"], &then["status"]["until_on"]), (&json!("2019-01-01"), &json!("2023-09-19")));
    assert_eq!(
        (&later["status"]["status"], &later["status"]["source_note"]),
        (&json!("closed"), &json!("Public notice"))
    );
    assert_eq!(participant.get(&format!("{path}?as_of=2018-12-31")).await.expect(200).get("status"), None);
    coordinator
        .post(&format!("{path}/statuses"), status("open", "2023-09-19"))
        .await
        .problem("scheduling/status-out-of-order");
    participant.post(&format!("{path}/statuses"), status("open", "2026-01-01")).await.problem("forbidden");
    let list = participant.get("/api/v1/crossing-points?kind=road&as_of=2019-11-12").await.expect(200);
    assert_eq!(list["items"][0]["status"]["status"], "open");
    let mut renamed = new;
    renamed["name"] = json!("Silene border crossing");
    let current = coordinator.get(&path).await.expect(200);
    let changed = coordinator.put_matching(&path, &current["version"], renamed).await.expect(200);
    assert_eq!(changed["name"], "Silene border crossing");
}

#[rstest]
#[tokio::test]
async fn lists_are_paged_by_start_and_filtered_by_days(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let mut made = Vec::new();
    for days_ahead in [30, 10, 20] {
        made.push(house.planned(&coordinator, Plan { days_ahead, ..Plan::new(5, EnrolmentMode::Open) }).await);
    }
    let ids = |page: &Value| -> Vec<String> {
        page["items"].as_array().expect("items").iter().map(|i| i["id"].as_str().expect("an id").to_owned()).collect()
    };
    let order = [&made[1], &made[2], &made[0]].map(|activity| activity.id.to_string());

    let first = coordinator.get("/api/v1/activities?limit=2").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = coordinator.get(&format!("/api/v1/activities?limit=2&cursor={cursor}")).await.expect(200);
    let latest = coordinator.get("/api/v1/activities?latest_first=true").await.expect(200);
    let (from, until) = (&wall(&house, 15, 9)[..10], &wall(&house, 25, 9)[..10]);
    let between = coordinator.get(&format!("/api/v1/activities?from={from}&until={until}")).await.expect(200);

    assert_eq!(ids(&first), order[..2]);
    assert_eq!(ids(&second), order[2..]);
    assert_eq!(ids(&latest), order.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(ids(&between), [made[2].id.to_string()]);
    coordinator.get(&format!("/api/v1/activities?cursor={cursor}&kind=workshop")).await.expect(400);
}

async fn form(client: &Client, path: &str, fields: &[(&str, &str)]) -> tests::Answer {
    client.send(client.request(reqwest::Method::POST, path).form(fields)).await
}

#[rstest]
#[tokio::test]
async fn a_study_visit_of_two_crossing_points_is_planned_on_one_page(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let participant = house.participant().await;
    let mut venues = Vec::new();
    for (code, name) in [("WAW", "Warsaw Chopin Airport"), ("TSP", "Terespol")] {
        let new = json!({"code": code, "name": name, "country": "PL", "kinds": ["road"], "zone": "Europe/Warsaw"});
        let point = post(&coordinator, "/api/v1/crossing-points", new).await;
        let status = json!({"status": "open", "from_on": "2019-01-01", "source_note": "Public notice"});
        let statuses = format!("/api/v1/crossing-points/{}/statuses", point["id"].as_str().expect("an id"));
        post(&coordinator, &statuses, status).await;
        let place = venue(&coordinator, "crossing_point", "Europe/Warsaw", Some(&point["id"])).await;
        venues.push(place.as_str().expect("an id").to_owned());
    }
    let (day, next) = (wall(&house, 9, 9), wall(&house, 10, 9));
    let (day_end, next_end) = (wall(&house, 9, 17), wall(&house, 10, 17));
    let mut fields = vec![
        ("code", "A1.2"),
        ("title", "Study visit Poland"),
        ("kind", "study_visit"),
        ("mode", "in_person"),
        ("organisation_id", coordinator.organisation.as_str()),
        ("languages", "en, pl"),
        ("capacity_seats", "12"),
        ("enrolment_mode", "nomination"),
        ("session-1-title", "Airport"),
        ("session-1-venue_id", venues[0].as_str()),
        ("session-1-starts_local", day.as_str()),
        ("session-1-ends_local", day_end.as_str()),
        ("session-2-title", "Land crossing"),
        ("session-2-venue_id", venues[1].as_str()),
        ("session-2-starts_local", next.as_str()),
        ("session-2-ends_local", day.as_str()),
    ];

    let refused = form(&coordinator, "/activities/new", &fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("href=\"#session-2-ends_local\""), "{}", refused.text());
    assert!(refused.text().contains("value=\"Land crossing\""), "what was typed is still there");
    *fields.last_mut().expect("a field") = ("session-2-ends_local", next_end.as_str());
    let done = form(&coordinator, "/activities/new", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = done.header("location").to_owned();
    let shown = coordinator.get(&page).await.text();

    assert!(
        shown.contains("Warsaw Chopin Airport") && shown.contains("Europe/Warsaw") && shown.contains("Open"),
        "{shown}"
    );
    assert_eq!(participant.get(&page).await.status, 404);
    assert_eq!(form(&coordinator, &format!("{page}/state-changes"), &[("state", "planned")]).await.status, 303);
    let seen = participant.get(&page).await;
    assert_eq!(seen.status, 200);
    assert!(!seen.text().contains("state-changes"), "no buttons for who may not");
    let agenda = participant.get("/activities").await.text();
    assert!(agenda.contains("Study visit Poland") && agenda.contains("Some place"), "{agenda}");
    let why = form(&coordinator, &format!("{page}/state-changes"), &[("state", "cancelled"), ("reason", "")]).await;
    assert_eq!(why.status, 422, "{}", why.text());
    for path in
        ["/venues", "/venues/new", "/crossing-points", &format!("{page}/change"), &format!("{page}/sessions/new")]
    {
        assert_eq!(coordinator.get(path).await.status, 200, "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn sessions_are_moved_and_cancelled_on_pages(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let made = house.planned(&coordinator, Plan { days_ahead: 10, ..Plan::new(5, EnrolmentMode::Open) }).await;
    let session_id = made.sessions[0];
    let shown = coordinator.get(&format!("/sessions/{session_id}/change")).await.text();
    let view = coordinator.get(&format!("/api/v1/sessions/{session_id}")).await.expect(200);
    assert!(shown.contains(&format!("value=\"{}\"", &view["starts_local"].as_str().expect("a time")[..16])), "{shown}");
    let (starts, ends) = (wall(&house, 200, 10), wall(&house, 200, 12));
    let fields = [
        ("version", "1"),
        ("title", "Moved day"),
        ("venue_id", view["venue_id"].as_str().expect("an id")),
        ("starts_local", starts.as_str()),
        ("ends_local", ends.as_str()),
        ("zone", "Europe/Riga"),
        ("agenda", "09:00 welcome"),
    ];

    assert_eq!(form(&coordinator, &format!("/sessions/{session_id}/change"), &fields).await.status, 303);
    assert_eq!(
        form(&coordinator, &format!("/sessions/{session_id}/change"), &fields).await.status,
        412,
        "the form is old"
    );
    let reason = [("reason", "The trainer is ill.")];
    let cancel = |id: entity::id::SessionId| format!("/sessions/{id}/cancellation");
    assert_eq!(form(&coordinator, &cancel(made.sessions[1]), &reason).await.status, 303);
    let last = form(&coordinator, &cancel(session_id), &reason).await;

    assert_eq!(last.status, 409, "the only session left is not cancelled");
    let page = coordinator.get(&format!("/activities/{}", made.id)).await.text();
    assert!(page.contains("Moved day") && page.contains("The trainer is ill."), "{page}");
}

#[rstest]
#[tokio::test]
async fn the_demonstration_has_a_past_a_present_and_a_future(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    api::demo::load(&house.app).await.expect("the files are right");
    let participant = house.participant().await;
    let find = async |query: &str| -> Vec<Value> {
        participant.get(&format!("/api/v1/activities?limit=200&{query}")).await.expect(200)["items"]
            .as_array()
            .expect("items")
            .clone()
    };
    let today = house.app.now().date_naive();

    assert_eq!(find("until=2020-12-31").await.len(), 16, "fifteen and the closing conference");
    assert_eq!(find("state=suspended").await[0]["code"], "A3.3");
    assert_eq!(find("state=postponed").await[0]["code"], "A4.1");
    assert_eq!(find("state=cancelled").await[0]["code"], "A4.2");
    assert_eq!(find("state=in_progress").await.len(), 1);
    let ahead = find(&format!("from={}", today + Days::new(1))).await;
    assert!(ahead.iter().filter(|a| a["state"] == "planned").count() >= 3, "{ahead:?}");
    assert!(ahead.iter().any(|a| a["enrolment_mode"] == "open" && a["capacity_seats"] == 3), "{ahead:?}");
    let visit = find("text=eastern%20slovakia").await[0].clone();
    let view = participant.get(&path(&visit)).await.expect(200);
    assert_eq!((&view["planned_from_on"], &view["starts_at"]), (&json!("2020-03-17"), &json!("2020-09-08T07:00:00Z")));
    let coordinator = house.client(Role::Coordinator).await;
    let drafts = coordinator.get("/api/v1/activities?state=draft").await.expect(200);
    assert_eq!(drafts["items"].as_array().map(Vec::len), Some(1));
}
