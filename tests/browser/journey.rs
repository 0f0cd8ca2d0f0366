//! The main job from end to end, as people do it: planned, nominated, attended, examined, certified, seen.

use chrono::{Days, Duration};
use entity::identity::{Role, ScopeKind};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::house::PASSWORD;
use tests::{Backend, Client, TestHouse, open_assessment};

/// Who takes part; everybody belongs to the home unit.
struct Cast {
    coordinator: Client,
    nominating: Client,
    endorsing: Client,
    trainer: Client,
    anna: Client,
}

fn id(view: &Value) -> String {
    view["id"].as_str().expect("a view has an id").to_owned()
}

/// What stands before the journey begins: a scheme, a course, two crossing points.
async fn found(house: &TestHouse, cast: &Cast) {
    let officer = house.client(Role::CertificationOfficer).await;
    let scheme = json!({
        "code": "CS-DF4", "title": "Document fraud awareness, first line", "validity_months": 24,
        "renewal_window_days": 90, "awarding_body": "State Border Guard College", "requirement": {"all": [
            {"attendance": {"min_percent": 90, "course": "CRS-DF"}},
            {"assessment": {"assessment": "POST-DF", "min_percent": 70}},
        ]},
    });
    officer.post("/api/v1/schemes", scheme).await.expect(201);
    let coordinator = &cast.coordinator;
    let course = json!({"code": "CRS-DF", "organisation_id": coordinator.organisation, "syllabus": {
        "title": "Documents at the first line", "summary": "Specimens, compared by hand.",
        "minutes": {"practice": 240}, "outcomes": [], "languages": ["en"], "prerequisites": [],
        "audience": "Officers of the first line",
    }});
    let course = id(&coordinator.post("/api/v1/courses", course).await.expect(201));
    coordinator.act(&format!("/api/v1/courses/{course}/publication")).await.expect(200);
    for (code, name, kind) in [("WAW", "Warsaw Chopin Airport", "air"), ("TSP", "Terespol", "rail")] {
        let point = json!({"code": code, "name": name, "country": "PL", "kinds": [kind], "zone": "Europe/Warsaw"});
        let point = id(&coordinator.post("/api/v1/crossing-points", point).await.expect(201));
        let open = json!({"status": "open", "from_on": "2020-01-01", "source_note": "Normal operation"});
        coordinator.post(&format!("/api/v1/crossing-points/{point}/statuses"), open).await.expect(201);
        let venue = json!({"name": name, "kind": "crossing_point", "zone": "Europe/Warsaw", "country": "PL",
            "crossing_point_id": point});
        coordinator.post("/api/v1/venues", venue).await.expect(201);
    }
}

async fn as_person(house: &TestHouse, person: &Client) -> Browser {
    let browser = Browser::at(&house.base).await;
    browser.sign_in(&person.email, PASSWORD).await;
    browser
}

/// Plans a study visit with two sessions at crossing points and publishes it; gives its path.
async fn plan(house: &TestHouse, cast: &Cast) -> String {
    let browser = as_person(house, &cast.coordinator).await;
    browser.press("link", "Activities").await;
    browser.press("link", "Plan an activity").await;
    browser.fill("Code", "SV-PL").await;
    browser.fill("Title", "Study visit to Poland").await;
    browser.choose("Kind", "Study visit").await;
    browser.choose("Organised by", "LV-HOME").await;
    browser.choose("Course", "Documents at the first line").await;
    browser.fill("Seats", "2").await;
    let day = house.app.now().date_naive() + Days::new(10);
    for (row, (venue, day)) in [("Warsaw Chopin Airport", day), ("Terespol", day + Days::new(1))].iter().enumerate() {
        let field = |label: &str| format!("Session {} › {label}", row + 1);
        browser.fill(&field("Title"), "First-line checks").await;
        browser.choose(&field("Venue"), venue).await;
        browser.fill(&field("Begins"), &format!("{day}T09:00")).await;
        browser.fill(&field("Ends"), &format!("{day}T11:00")).await;
    }
    browser.press("button", "Save as a draft").await;
    let path = browser.path().await;
    browser.sees("Study visit to Poland").await;
    browser.press("button", "Assign somebody").await;
    browser.choose("Person", &person_name(&cast.trainer).await).await;
    browser.choose("Task", "Trainer").await;
    browser.press("button", "Add").await;
    browser.press("button", "Publish").await;
    browser.portrait("journey-1-planned").await;
    browser.quit().await;
    path.split(['?', '#']).next().expect("a path").to_owned()
}

async fn person_name(person: &Client) -> String {
    person.get("/api/v1/me").await.expect(200)["name"].as_str().expect("a name").to_owned()
}

fn family_name_first(name: &str) -> String {
    name.split_once(' ').map_or_else(String::new, |(given, family)| format!("{family} {given}"))
}

/// Nominated by one manager, endorsed by another, placed by the coordinator.
async fn get_in(house: &TestHouse, cast: &Cast, visit: &str) {
    let anna = person_name(&cast.anna).await;
    let browser = as_person(house, &cast.nominating).await;
    browser.go(&format!("{visit}/roster")).await;
    browser.choose("Person", &family_name_first(&anna)).await;
    browser.fill("Why this person", "Works at the first line.").await;
    browser.press("button", "Nominate").await;
    browser.sees("The person is nominated.").await;
    browser.quit().await;

    let browser = as_person(house, &cast.endorsing).await;
    browser.go(&format!("{visit}/roster")).await;
    browser.press("button", "Endorse").await;
    browser.sees("The nomination is endorsed.").await;
    browser.quit().await;

    let browser = as_person(house, &cast.coordinator).await;
    browser.go(&format!("{visit}/roster")).await;
    browser.press("button", "Give a place to").await;
    browser.sees("The person is placed.").await;
    browser.portrait("journey-2-roster").await;
    browser.quit().await;
}

/// The roll of both sessions is taken and closed.
async fn take_attendance(house: &TestHouse, cast: &Cast, visit: &str) {
    let browser = as_person(house, &cast.trainer).await;
    for session in 0..2 {
        browser.go(visit).await;
        let script =
            "return [...document.querySelectorAll('main a[href$=\"/attendance\"]')][arguments[0]].getAttribute('href')";
        let sheet = browser.run(script, vec![json!(session)]).await;
        browser.go(sheet.as_str().expect("a link")).await;
        browser.portrait("journey-3-roll").await;
        browser.press("button", "Everybody else is present").await;
        browser.sees("The marks were saved.").await;
        browser.tick("checkbox", "I attest").await;
        browser.press("button", "Close the sheet").await;
        browser.sees("The sheet was closed.").await;
    }
    browser.portrait("journey-4-closed").await;
    browser.quit().await;
    let browser = as_person(house, &cast.coordinator).await;
    browser.go(visit).await;
    for step in ["Confirm", "Begin", "Record as delivered"] {
        browser.press("button", step).await;
    }
    browser.quit().await;
}

/// Sits the assessment with scripts on; gives the address that anybody checks the certificate at.
async fn sit(house: &TestHouse, cast: &Cast) -> String {
    let browser = as_person(house, &cast.anna).await;
    browser.press("link", "Assessments").await;
    browser.press("link", "Document fraud, after the visit").await;
    browser.portrait("journey-5-before").await;
    browser.press("button", "Begin attempt 1 of 2").await;
    for question in 1..=3 {
        browser.tick("radio", "yes").await;
        browser.wait_for("the answer is kept", "return document.body.innerText.includes('Saved')").await;
        if question == 1 {
            browser.portrait("journey-6-paper").await;
        }
        browser.press("button", if question == 3 { "Save and review" } else { "Save and next" }).await;
    }
    browser.portrait("journey-7-review").await;
    browser.press("button", "Hand in now").await;
    browser.sees("Passed").await;
    browser.portrait("journey-8-result").await;
    browser.press("link", "See the certificate").await;
    browser.portrait("journey-9-certificate").await;
    let address = "return new URL(document.querySelector('a[href*=\"/verify/\"]').href).pathname";
    let address = browser.run(address, vec![]).await;
    browser.quit().await;
    address.as_str().expect("an address").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_planned_attended_examined_certified_and_seen_by_the_manager() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let on_staff = [(Role::Trainer, ScopeKind::Programme, None), (Role::Examiner, ScopeKind::Programme, None)];
    let mut cast = Cast {
        coordinator: house.client(Role::Coordinator).await,
        nominating: house.manager().await,
        endorsing: house.manager().await,
        trainer: house.someone(house.home, &on_staff).await,
        anna: house.participant().await,
    };
    found(&house, &cast).await;

    let visit = plan(&house, &cast).await;
    open_assessment(&house, &cast.trainer, visit.rsplit('/').next().expect("an id"), "POST-DF").await;
    get_in(&house, &cast, &visit).await;
    house.clock_advance(Duration::days(12));
    for person in [&mut cast.coordinator, &mut cast.endorsing, &mut cast.trainer, &mut cast.anna] {
        person.sign_in_again().await;
    }
    take_attendance(&house, &cast, &visit).await;
    let address = sit(&house, &cast).await;
    house.drain().await;

    let anybody = Browser::at(&house.base).await;
    anybody.go(&address).await;
    anybody.sees("This certificate is genuine and valid").await;
    anybody.sees(&person_name(&cast.anna).await).await;
    anybody.portrait("journey-10-verified").await;
    anybody.quit().await;
    let manager = as_person(&house, &cast.endorsing).await;
    manager.press("link", "Reports").await;
    manager.portrait("journey-11-reports").await;
    manager.sees("100 %").await;
    manager.quit().await;
}
