//! Nomination, endorsement, seats and the reserve list.

use api::catalogue::{self, NewCourse};
use api::certification::{self, NewEvidence, NewScheme};
use api::enrolment::{self, Outcome};
use api::identity::Permit;
use api::scheduling::{self, CapacityChanged};
use chrono::Duration;
use entity::certification::EvidenceKind;
use entity::id::{ActivityId, CourseId, PersonId};
use entity::identity::Role;
use entity::notification::message;
use entity::scheduling::{ActivityState, EnrolmentMode};
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use tests::{Answer, Backend, Client, Plan, TestHouse};

fn person(client: &Client) -> PersonId {
    client.person.parse().expect("an id")
}

fn path(enrolment: &Value) -> String {
    format!("/api/v1/enrolments/{}", enrolment["id"].as_str().expect("an id"))
}

async fn enrol(client: &Client, activity: &str) -> Answer {
    client.act(&format!("{activity}/enrolments")).await
}

async fn nominate(client: &Client, activity: &str, whom: &Client) -> Answer {
    client.post(&format!("{activity}/nominations"), json!({"person_id": whom.person})).await
}

async fn withdraw(client: &Client, enrolment: &Value) -> Answer {
    client.post(&format!("{}/withdrawal", path(enrolment)), json!({"reason": "On duty that week."})).await
}

/// State and place of everybody in an activity, by person.
async fn roster(client: &Client, activity: &str) -> Vec<(String, String, Option<i64>)> {
    let list = client.get(&format!("{activity}/enrolments?limit=200")).await.expect(200);
    let line = |one: &Value| {
        let text = |field: &str| one[field].as_str().expect("text").to_owned();
        (text("person_id"), text("state"), one["position"].as_i64())
    };
    list["items"].as_array().expect("a list").iter().map(line).collect()
}

fn state_of<'a>(roster: &'a [(String, String, Option<i64>)], client: &Client) -> (&'a str, Option<i64>) {
    let found = roster.iter().find(|line| line.0 == client.person).expect("on the roster");
    (found.1.as_str(), found.2)
}

fn counted(roster: &[(String, String, Option<i64>)], state: &str) -> usize {
    roster.iter().filter(|line| line.1 == state).count()
}

async fn reseat(house: &TestHouse, activity: ActivityId, seats: i32) {
    let db = tests::database::outside(house.database_url()).await;
    db.execute_unprepared(&format!("UPDATE activity SET capacity_seats = {seats}")).await.expect("other seats");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    tx.emit(&CapacityChanged { activity, capacity_seats: seats }).await.expect("told");
    tx.commit(()).await.expect("committed");
    house.drain().await;
}

#[rstest]
#[tokio::test]
async fn a_place_needs_a_nomination_an_endorsement_and_a_selection_by_different_people(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (manager, superior) = (house.manager().await, house.manager().await);
    let anna = house.participant().await;
    let activity = house.activity(&coordinator, 2, EnrolmentMode::Nomination).await.path;

    anna.post(&format!("{activity}/nominations"), json!({"person_id": anna.person})).await.problem("forbidden");
    enrol(&anna, &activity).await.problem("enrolment/not-eligible");
    let nominated = nominate(&manager, &activity, &anna).await.expect(201);
    assert_eq!(nominated["state"], "nominated");
    assert_eq!(nominate(&superior, &activity, &anna).await.expect(201)["id"], nominated["id"], "nominated once");
    let at = path(&nominated);
    coordinator.post(&format!("{at}/selection"), json!({})).await.problem("enrolment/not-endorsed");
    manager.act(&format!("{at}/endorsement")).await.problem("enrolment/same-person");
    coordinator.act(&format!("{at}/endorsement")).await.problem("forbidden");
    assert_eq!(superior.act(&format!("{at}/endorsement")).await.expect(200)["state"], "endorsed");
    superior.post(&format!("{at}/selection"), json!({})).await.problem("forbidden");
    let placed = coordinator.post(&format!("{at}/selection"), json!({})).await.expect(200);

    assert_eq!(placed["state"], "confirmed");
    assert_eq!(placed["nominated_by"], manager.person.as_str());
    assert_eq!(placed["endorsed_by"], superior.person.as_str());
    assert_eq!(placed["decided_by"], coordinator.person.as_str());
    let states: Vec<_> = placed["steps"].as_array().expect("steps").iter().map(|s| s["to_state"].clone()).collect();
    assert_eq!(states, ["nominated", "endorsed", "confirmed"]);
    assert!(placed["steps"].as_array().expect("steps").iter().all(|s| s["on_behalf_of"] == anna.person.as_str()));
}

#[rstest]
#[tokio::test]
async fn nobody_endorses_or_selects_himself(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    use entity::identity::ScopeKind::{Programme, Unit};
    let house = TestHouse::new(backend).await;
    let unit = Some(house.home.1.0);
    let both = [(Role::Coordinator, Programme, None), (Role::Manager, Unit, unit)];
    let (doer, other) = (house.someone(house.home, &both).await, house.someone(house.home, &both).await);
    let activity = house.activity(&doer, 2, EnrolmentMode::Nomination).await.path;

    let own = nominate(&other, &activity, &doer).await.expect(201);
    let at = path(&own);
    doer.act(&format!("{at}/endorsement")).await.problem("enrolment/own-case");
    let manager = house.manager().await;
    manager.act(&format!("{at}/endorsement")).await.expect(200);
    doer.post(&format!("{at}/selection"), json!({})).await.problem("enrolment/own-case");
    doer.post(&format!("{at}/decline"), json!({"reason": "Not I."})).await.problem("enrolment/own-case");
    assert_eq!(other.post(&format!("{at}/selection"), json!({})).await.expect(200)["state"], "confirmed");
    let third = nominate(&doer, &activity, &manager).await.expect(201);
    other.act(&format!("{}/endorsement", path(&third))).await.expect(200);
    other.post(&format!("{}/selection", path(&third)), json!({})).await.problem("enrolment/same-person");
}

#[rstest]
#[tokio::test]
async fn withdrawing_frees_the_seat_for_the_first_in_line(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (anna, berta, carl) = (house.participant().await, house.participant().await, house.participant().await);
    let plan = Plan { reserve_seats: Some(2), ..Plan::new(1, EnrolmentMode::Open) };
    let activity = house.planned(&coordinator, plan).await.path;

    let first = enrol(&anna, &activity).await.expect(201);
    let second = enrol(&berta, &activity).await.expect(201);
    let third = enrol(&carl, &activity).await.expect(201);
    let full = enrol(&house.participant().await, &activity).await.problem("enrolment/reserve-full");
    let again = enrol(&carl, &activity).await.expect(201);

    assert_eq!((&first["state"], first["position"].as_i64()), (&json!("confirmed"), None));
    assert_eq!((&second["state"], second["position"].as_i64()), (&json!("reserve"), Some(1)));
    assert_eq!((&third["state"], third["position"].as_i64()), (&json!("reserve"), Some(2)));
    assert_eq!((again["id"].clone(), again["position"].as_i64()), (third["id"].clone(), Some(2)));
    assert_eq!(full["facts"], json!({"capacity_seats": 1, "reserve_seats": 2}));

    let gone = withdraw(&anna, &first).await.expect(200);

    assert_eq!((&gone["state"], &gone["late"]), (&json!("withdrawn"), &json!(false)));
    let roster = roster(&coordinator, &activity).await;
    assert_eq!(state_of(&roster, &berta), ("confirmed", None));
    assert_eq!(state_of(&roster, &carl), ("reserve", Some(1)));
    let steps = coordinator.get(&path(&second)).await.expect(200)["steps"].clone();
    assert_eq!((&steps[1]["from_state"], &steps[1]["to_state"]), (&json!("reserve"), &json!("confirmed")));
    let anew = enrol(&anna, &activity).await.expect(201);
    assert_ne!(anew["id"], first["id"]);
    assert_eq!(anew["position"], 2);
}

#[rstest]
#[tokio::test]
async fn a_higher_class_goes_first_and_who_is_taken_elsewhere_is_passed_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let manager = house.manager().await;
    let people =
        [house.participant().await, house.participant().await, house.participant().await, house.participant().await];
    let plan = Plan::new(1, EnrolmentMode::Nomination);
    let activity = house.planned(&coordinator, plan.clone()).await.path;
    let elsewhere = house.planned(&coordinator, Plan { mode: EnrolmentMode::Open, ..plan }).await.path;
    let mut placed = Vec::new();
    for (who, priority) in people.iter().zip(["ordinary", "ordinary", "mandatory", "deployment"]) {
        let one = nominate(&coordinator, &activity, who).await.expect(201);
        manager.act(&format!("{}/endorsement", path(&one))).await.expect(200);
        let selection = json!({"priority": priority});
        placed.push(coordinator.post(&format!("{}/selection", path(&one)), selection).await.expect(200));
    }
    let before = roster(&coordinator, &activity).await;
    let places: Vec<_> = people.iter().map(|one| state_of(&before, one)).collect();
    assert_eq!(places, [("confirmed", None), ("reserve", Some(3)), ("reserve", Some(1)), ("reserve", Some(2))]);

    enrol(&people[2], &elsewhere).await.expect(201);
    withdraw(&manager, &placed[0]).await.expect(200);

    let after = roster(&coordinator, &activity).await;
    let places: Vec<_> = people.iter().map(|one| state_of(&after, one)).collect();
    assert_eq!(places, [("withdrawn", None), ("reserve", Some(2)), ("reserve", Some(1)), ("confirmed", None)]);
    let steps = coordinator.get(&path(&placed[2])).await.expect(200)["steps"].clone();
    let last = steps.as_array().expect("steps").last().expect("a step").clone();
    assert_eq!((&last["from_state"], &last["to_state"]), (&json!("reserve"), &json!("reserve")));
    assert!(last["reason"].as_str().expect("a reason").contains("At the same time"), "{last}");
}

#[rstest]
#[tokio::test]
async fn every_reason_is_told_at_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let manager = house.manager().await;
    let anna = house.participant().await;
    let course = course(&house, "CS-DF4").await;
    let plan = Plan::new(5, EnrolmentMode::Open);
    let elsewhere = house.planned(&coordinator, plan.clone()).await.path;
    let wanted = Plan { mode: EnrolmentMode::Nomination, course: Some(course), ..plan };
    let activity = house.planned(&coordinator, wanted).await.path;
    let taken = enrol(&anna, &elsewhere).await.expect(201);

    let view = anna.get(&format!("{activity}/eligibility")).await.expect(200);
    let refused = enrol(&anna, &activity).await.problem("enrolment/not-eligible");

    let codes = |list: &Value| {
        let list = list.as_array().expect("a list").iter().map(|one| one["code"].as_str().expect("a code").to_owned());
        list.collect::<Vec<_>>()
    };
    let clash = "enrolment/clash".to_owned();
    let missing = "enrolment/prerequisite-missing".to_owned();
    let own = vec!["enrolment/nomination-only".to_owned(), missing.clone(), clash.clone(), clash.clone()];
    assert_eq!(codes(&view["obstacles"]), own);
    assert_eq!((&view["eligible"], &view["prospect"]), (&json!(false), &json!("seat")));
    assert_eq!(codes(&refused["facts"]["obstacles"]), own);
    assert_eq!(view["obstacles"][1]["facts"], json!({"scheme": "CS-DF4", "accepts": "valid", "status": "not_held"}));
    let of_anna = format!("{activity}/eligibility?person_id={}", anna.person);
    assert_eq!(codes(&manager.get(&of_anna).await.expect(200)["obstacles"]), [missing.clone(), clash.clone(), clash]);
    house.stranger().await.get(&of_anna).await.problem("not-found");

    certify(&house, &anna).await;
    withdraw(&anna, &taken).await.expect(200);

    assert_eq!(manager.get(&of_anna).await.expect(200)["eligible"], true);
    assert_eq!(codes(&anna.get(&format!("{activity}/eligibility")).await.expect(200)["obstacles"]), [own[0].clone()]);
    let nominated = nominate(&coordinator, &activity, &anna).await.expect(201);
    manager.act(&format!("{}/endorsement", path(&nominated))).await.expect(200);
    let again = enrol(&anna, &elsewhere).await.expect(201);
    let selection = format!("{}/selection", path(&nominated));
    let refused = coordinator.post(&selection, json!({})).await.problem("enrolment/not-eligible");
    assert_eq!(refused["facts"]["obstacles"].as_array().map(Vec::len), Some(2), "both sessions are told");
    withdraw(&anna, &again).await.expect(200);
    assert_eq!(coordinator.post(&selection, json!({})).await.expect(200)["state"], "confirmed");
}

async fn course(house: &TestHouse, scheme: &str) -> CourseId {
    let new: NewScheme = serde_json::from_value(json!({
        "code": scheme, "title": "Document Fraud Awareness", "validity_months": 24, "renewal_window_days": 90,
        "awarding_body": "State Border Guard College", "needs_confirmation": false,
        "requirement": {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
    }))
    .expect("a scheme");
    let course: NewCourse = serde_json::from_value(json!({
        "code": "CRS-1", "organisation_id": house.home.0, "syllabus": {
            "title": "Second line", "summary": "Three days.", "minutes": {"lecture": 60}, "outcomes": [],
            "languages": ["en"], "audience": "Officers", "prerequisites": [{"scheme": scheme, "accepts": "valid"}],
        },
    }))
    .expect("a course");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    certification::add_scheme(&tx, new).await.expect("a scheme");
    let id = catalogue::add_course(&tx, course).await.expect("a course");
    catalogue::publish(&tx, id).await.expect("published");
    tx.commit(id).await.expect("committed")
}

async fn certify(house: &TestHouse, client: &Client) {
    let new = NewEvidence {
        person: person(client),
        kind: EvidenceKind::Assessment,
        key: "POST-DF".into(),
        percent: Some(90.into()),
        source_id: uuid::Uuid::from_u128(1),
        at: house.app.now(),
    };
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    assert_eq!(certification::record(&tx, new).await.expect("recorded").len(), 1);
    tx.commit(()).await.expect("committed");
}

/// Participants of the home unit, signed in at once.
async fn crowd(house: &TestHouse, persons: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..persons {
        clients.push(house.participant().await);
    }
    clients
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_for_three_seats_get_exactly_three(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let activity = house.activity(&coordinator, 3, EnrolmentMode::Open).await.path;
    let people = crowd(&house, 20).await;

    let tries: Vec<_> = people
        .into_iter()
        .map(|one| {
            let activity = activity.clone();
            tokio::spawn(async move { enrol(&one, &activity).await.expect(201) })
        })
        .collect();
    for attempt in tries {
        attempt.await.expect("no panic");
    }

    let list = coordinator.get(&format!("{activity}/enrolments?limit=200")).await.expect(200);
    let list = list["items"].as_array().expect("a list");
    let joined = |one: &Value| one["joined_at"].as_str().expect("an instant").parse::<chrono::DateTime<chrono::Utc>>();
    let mut waiting: Vec<_> = list.iter().filter(|one| one["state"] == "reserve").collect();
    waiting.sort_by_key(|one| one["position"].as_i64());
    let seats = list.iter().filter(|one| one["state"] == "confirmed").count();
    assert_eq!((seats, waiting.len()), (3, 17));
    let positions: Vec<_> = waiting.iter().map(|one| one["position"].as_i64().expect("a place")).collect();
    assert_eq!(positions, (1..=17).collect::<Vec<_>>());
    let order: Vec<_> = waiting.iter().map(|one| joined(one).expect("an instant")).collect();
    assert!(order.is_sorted(), "who came first waits first: {order:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_and_enrolling_at_once_never_overbooks_nor_leaves_a_seat_free(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let activity = house.activity(&coordinator, 3, EnrolmentMode::Open).await.path;
    let people = crowd(&house, 14).await;
    let (come, stay) = people.split_at(7);
    let mut held = Vec::new();
    for one in come {
        held.push(enrol(one, &activity).await.expect(201));
    }

    let mut tries = Vec::new();
    for (one, enrolment) in come.iter().cloned().zip(held).take(5) {
        tries.push(tokio::spawn(async move { withdraw(&one, &enrolment).await.status }));
    }
    for one in stay {
        let (one, activity) = (one.clone(), activity.clone());
        tries.push(tokio::spawn(async move { enrol(&one, &activity).await.status }));
    }
    for attempt in tries {
        let status = attempt.await.expect("no panic");
        assert!(matches!(status, 200 | 201), "{status}");
    }

    let roster = roster(&coordinator, &activity).await;
    assert_eq!(counted(&roster, "confirmed"), 3);
    assert_eq!(counted(&roster, "reserve"), 14 - 5 - 3);
    assert_eq!(counted(&roster, "withdrawn"), 5);
}

#[rstest]
#[tokio::test]
async fn the_database_itself_refuses_a_seat_too_many(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let activity = house.activity(&coordinator, 1, EnrolmentMode::Open).await.path;
    for one in crowd(&house, 3).await {
        enrol(&one, &activity).await.expect(201);
    }
    let db = tests::database::outside(house.database_url()).await;

    let refused = db.execute_unprepared("UPDATE enrolment SET state = 'confirmed' WHERE state = 'reserve'").await;
    let moved = db.execute_unprepared("UPDATE enrolment SET joined_at = created_at, version = 9").await;
    let shifted = db.execute_unprepared("UPDATE enrolment SET joined_at = '2020-01-01 00:00:00+00:00'").await;
    let deleted = db.execute_unprepared("DELETE FROM enrolment").await;
    let rewritten = db.execute_unprepared("UPDATE enrolment_step SET reason = 'other'").await;

    assert!(refused.expect_err("refused").to_string().contains("no seat is free"));
    assert!(moved.is_ok(), "the place in the queue is when it began: {moved:?}");
    assert!(shifted.expect_err("refused").to_string().contains("append-only"));
    assert!(deleted.expect_err("refused").to_string().contains("append-only"));
    assert!(rewritten.expect_err("refused").to_string().contains("append-only"));
}

#[rstest]
#[tokio::test]
async fn more_seats_move_the_reserve_list_up_and_fewer_take_nobodys_seat(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let made = house.activity(&coordinator, 1, EnrolmentMode::Open).await;
    let (id, activity) = (made.id, made.path);
    let people = crowd(&house, 5).await;
    let mut held = Vec::new();
    for one in &people {
        held.push(enrol(one, &activity).await.expect(201));
    }

    reseat(&house, id, 3).await;
    let raised = roster(&coordinator, &activity).await;
    reseat(&house, id, 2).await;
    let lowered = roster(&coordinator, &activity).await;
    withdraw(&people[0], &held[0]).await.expect(200);
    let still = roster(&coordinator, &activity).await;
    withdraw(&people[1], &held[1]).await.expect(200);
    let moved = roster(&coordinator, &activity).await;

    let seated = |roster: &[(String, String, Option<i64>)]| {
        people.iter().filter(|one| state_of(roster, one).0 == "confirmed").count()
    };
    assert_eq!((seated(&raised), seated(&lowered), seated(&still), seated(&moved)), (3, 3, 2, 2));
    assert_eq!(state_of(&still, &people[3]), ("reserve", Some(1)), "a seat too many is not given again");
    assert_eq!(state_of(&moved, &people[3]), ("confirmed", None));
}

#[rstest]
#[tokio::test]
async fn a_cancelled_activity_lets_everybody_go_and_tells_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (anna, berta) = (house.participant().await, house.participant().await);
    let plan = Plan::new(1, EnrolmentMode::Open);
    let made = house.planned(&coordinator, plan.clone()).await;
    let elsewhere = house.planned(&coordinator, plan).await.path;
    let held = enrol(&anna, &made.path).await.expect(201);
    enrol(&berta, &made.path).await.expect(201);
    house.drain().await;
    enrol(&anna, &elsewhere).await.problem("enrolment/not-eligible");

    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let why = Some("Too few people.".to_owned());
    scheduling::change_state(&tx, made.id, ActivityState::Cancelled, why).await.expect("cancelled");
    tx.commit(()).await.expect("committed");
    house.drain().await;

    let roster = roster(&coordinator, &made.path).await;
    assert_eq!(counted(&roster, "activity_cancelled"), 2);
    withdraw(&anna, &held).await.problem("enrolment/no-such-step");
    assert_eq!(enrol(&anna, &elsewhere).await.expect(201)["state"], "confirmed");
    let messages = message::Entity::find().all(house.app.db()).await.expect("messages");
    let kinds = |client: &Client| {
        let own = messages.iter().filter(|row| row.person_id == Some(person(client)));
        let mut kinds: Vec<String> = own.map(|row| row.kind.clone()).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&anna), ["enrolment/cancelled", "enrolment/seat-placed"]);
    assert_eq!(kinds(&berta), ["enrolment/cancelled", "enrolment/reserve-placed"]);
    let reserve = messages.iter().find(|row| row.kind == "enrolment/reserve-placed").expect("a message");
    assert!(reserve.body.contains(" 1"), "{}", reserve.body);
}

#[rstest]
#[tokio::test]
async fn a_postponed_activity_keeps_its_places_and_moves_up_when_planned_anew(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (anna, berta) = (house.participant().await, house.participant().await);
    let made = house.activity(&coordinator, 1, EnrolmentMode::Open).await;
    let held = enrol(&anna, &made.path).await.expect(201);
    enrol(&berta, &made.path).await.expect(201);
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let why = Some("The hall is closed.".to_owned());
    scheduling::change_state(&tx, made.id, ActivityState::Postponed, why).await.expect("postponed");
    tx.commit(()).await.expect("committed");
    house.drain().await;

    let kept = anna.get(&path(&held)).await.expect(200);
    assert_eq!(kept["state"], "confirmed");
    assert_eq!(kept["steps"].as_array().expect("steps").len(), 2, "the postponement is kept as a step");
    enrol(&house.participant().await, &made.path).await.problem("enrolment/not-eligible");
    withdraw(&anna, &held).await.expect(200);
    assert_eq!(state_of(&roster(&coordinator, &made.path).await, &berta), ("reserve", Some(1)), "nobody moves up");
    let told = message::Entity::find().all(house.app.db()).await.expect("messages");
    let postponed: Vec<_> = told.iter().filter(|row| row.kind == "scheduling/activity-postponed").collect();
    assert_eq!(postponed.len(), 1);
    assert_eq!(postponed[0].person_id, Some(person(&anna)));

    let venue = json!({"name": "Online room", "kind": "online", "zone": "Europe/Riga"});
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    let venue = scheduling::add_venue(&tx, serde_json::from_value(venue).expect("a venue")).await.expect("a venue");
    let day = (house.app.now() + Duration::days(900)).date_naive();
    let session = json!({
        "title": "Anew", "venue_id": venue, "starts_local": format!("{day}T09:00"), "ends_local": format!("{day}T12:00"),
    });
    let session = serde_json::from_value(session).expect("a session");
    scheduling::add_session(&tx, made.id, session).await.expect("a session");
    scheduling::change_state(&tx, made.id, ActivityState::Planned, None).await.expect("planned anew");
    tx.commit(()).await.expect("committed");
    house.drain().await;

    assert_eq!(state_of(&roster(&coordinator, &made.path).await, &berta), ("confirmed", None));
}

#[rstest]
#[tokio::test]
async fn enrolments_are_shown_within_reach(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (manager, anna, stranger) = (house.manager().await, house.participant().await, house.stranger().await);
    let activity = house.activity(&coordinator, 5, EnrolmentMode::Open).await.path;
    let own = enrol(&anna, &activity).await.expect(201);
    let foreign = enrol(&stranger, &activity).await.expect(201);

    let ids = async |client: &Client, path: &str| {
        let list = client.get(path).await.expect(200);
        let mut ids: Vec<_> = list["items"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect();
        ids.sort_by_key(Value::to_string);
        ids
    };
    let both = vec![own["id"].clone(), foreign["id"].clone()];
    let of_activity = format!("{activity}/enrolments");
    assert_eq!(ids(&coordinator, &of_activity).await, both);
    assert_eq!(ids(&manager, &of_activity).await, [own["id"].clone()]);
    assert_eq!(ids(&anna, &of_activity).await, [own["id"].clone()]);
    assert_eq!(ids(&stranger, "/api/v1/enrolments").await, [foreign["id"].clone()]);
    let of_stranger = format!("/api/v1/enrolments?person_id={}", stranger.person);
    assert_eq!(ids(&manager, &of_stranger).await, Vec::<Value>::new());
    anna.get(&path(&foreign)).await.problem("not-found");
    manager.get(&path(&foreign)).await.problem("not-found");
    withdraw(&anna, &foreign).await.problem("not-found");
    withdraw(&manager, &own).await.expect(200);
    house.nobody().get(&of_activity).await.problem("unauthenticated");
    let draft = Plan { published: false, ..Plan::new(1, EnrolmentMode::Open) };
    let draft = house.planned(&coordinator, draft).await.path;
    enrol(&anna, &draft).await.problem("not-found");
}

#[rstest]
#[tokio::test]
async fn late_is_told_and_after_the_start_nobody_withdraws(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let mut coordinator = house.client(Role::Coordinator).await;
    let (mut anna, mut berta) = (house.participant().await, house.participant().await);
    let activity = house.planned(&coordinator, Plan { days_ahead: 9, ..Plan::new(2, EnrolmentMode::Open) }).await.path;
    let (first, second) = (enrol(&anna, &activity).await.expect(201), enrol(&berta, &activity).await.expect(201));

    house.clock_advance(Duration::days(8));
    house.sign_in(&mut anna).await;
    assert_eq!(withdraw(&anna, &first).await.expect(200)["late"], true);
    house.clock_advance(Duration::days(2));
    house.sign_in(&mut berta).await;
    withdraw(&berta, &second).await.problem("enrolment/started");
    enrol(&berta, &activity).await.expect(201);
    house.sign_in(&mut anna).await;
    enrol(&anna, &activity).await.problem("enrolment/not-eligible");
    house.sign_in(&mut coordinator).await;

    let id = second["id"].as_str().expect("an id").parse().expect("an id");
    let tx = Permit::system("test").begin(&house.app).await.expect("a transaction");
    enrolment::record_outcome(&tx, id, Outcome::NoShow).await.expect("recorded");
    enrolment::record_outcome(&tx, id, Outcome::AttendedFull).await.expect("corrected");
    tx.commit(()).await.expect("committed");
    let view = coordinator.get(&path(&second)).await.expect(200);
    assert_eq!(view["state"], "attended_full");
    let db = house.app.db();
    let made: ActivityId = view["activity_id"].as_str().expect("an id").parse().expect("an id");
    let participants = enrolment::participants(db, made).await.expect("participants");
    assert_eq!(participants.iter().map(|one| one.person_id).collect::<Vec<_>>(), [person(&berta)]);
    assert!(enrolment::is_participant(db, made, person(&berta)).await.expect("told"));
    assert!(!enrolment::is_participant(db, made, person(&anna)).await.expect("told"));
    assert_eq!(enrolment::seats_of_person(db, person(&berta)).await.expect("seats").len(), 1);
}

#[rstest]
#[tokio::test]
async fn the_pages_do_it_all_and_say_everything_in_every_language(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let coordinator = house.client(Role::Coordinator).await;
    let (manager, anna) = (house.manager().await, house.participant().await);
    let made = house.activity(&coordinator, 1, EnrolmentMode::Nomination).await;
    let roster = format!("/activities/{}/roster", made.id);
    let send = async |client: &Client, path: &str, form: &[(&str, &str)]| {
        client.send(client.request(reqwest::Method::POST, path).form(form)).await
    };
    let shown = coordinator.get(&roster).await.text();
    assert!(shown.contains(&anna.person), "anna can be nominated: {shown}");

    let nominations = format!("/activities/{}/nominations", made.id);
    let nobody = send(&coordinator, &nominations, &[("person_id", "")]).await;
    assert_eq!(nobody.status, 422);
    let done = send(&coordinator, &nominations, &[("person_id", &anna.person), ("priority", "mandatory")]).await;
    assert_eq!((done.status, done.header("location")), (303, roster.as_str()));
    let listed = manager.get("/enrolments").await.text();
    let list = coordinator.get(&format!("{}/enrolments", made.path)).await.expect(200);
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    assert!(listed.contains(&format!("/enrolments/{id}/endorsement")), "{listed}");
    let early = send(&coordinator, &format!("/enrolments/{id}/selection"), &[]).await;
    assert!(early.status == 409 && early.text().contains("role=\"alert\""), "{}", early.text());
    for language in ["en", "lv", "be", "ru"] {
        let on = [
            (&coordinator, roster.as_str()),
            (&manager, roster.as_str()),
            (&anna, roster.as_str()),
            (&manager, "/enrolments"),
            (&anna, "/enrolments"),
            (&coordinator, "/"),
        ];
        for (who, path) in on {
            let request = who.request(reqwest::Method::GET, path).header("accept-language", language);
            let answer = who.send(request).await;
            let text = answer.text();
            assert_eq!(answer.status, 200, "{path} {text}");
            let leak = ["enrolment-", "reporting-"].iter().find_map(|stem| text.find(stem));
            assert_eq!(leak.map(|at| text[at..].chars().take(60).collect::<String>()), None, "{path} in {language}");
        }
    }
    assert_eq!(send(&manager, &format!("/enrolments/{id}/endorsement"), &[]).await.status, 303);
    assert_eq!(send(&coordinator, &format!("/enrolments/{id}/selection"), &[]).await.status, 303);
    let own = anna.get("/enrolments").await.text();
    assert!(own.contains("badge good"), "{own}");
    let bare = send(&anna, &format!("/enrolments/{id}/withdrawal"), &[("reason", " ")]).await;
    assert_eq!(bare.status, 422);
    let gone = send(&anna, &format!("/enrolments/{id}/withdrawal"), &[("reason", "On duty that week.")]).await;
    assert_eq!(gone.status, 303);
    let stranger = house.stranger().await;
    assert_eq!(stranger.get(&roster).await.status, 200);
    assert!(!stranger.get(&roster).await.text().contains(&id));
}
