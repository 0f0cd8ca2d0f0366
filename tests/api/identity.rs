//! People, accounts and secrets: the rules that hold behind every door.

use chrono::{Days, Duration};
use entity::id::{OrganisationId, UnitId};
use entity::identity::{Role, ScopeKind, access_token, account, login_session, one_time_link};
use reqwest::Method;
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::house::PASSWORD;
use tests::smtp::MailServer;
use tests::{Answer, Backend, Client, TestHouse};

const NEW_PASSWORD: &str = "three grey herons at dusk";
/// Longer than what some services silently cut.
const LONG: &str = "The heron stands in the shallow water of Lake Rāzna while the morning fog lifts, and nobody but the \
                    ferryman sees how long it waits there.";

async fn house_with_mail(backend: Backend) -> (TestHouse, MailServer) {
    let mail = MailServer::start().await;
    (TestHouse::with(backend, &[("smtp_url", &mail.url)]).await, mail)
}

/// A new participant who reads English: such mails come over the wire as they are.
async fn reader(house: &TestHouse) -> Client {
    let client = house.participant().await;
    client.put("/api/v1/me/language", json!({"language": "en"})).await.expect(204);
    client
}

/// The end of the link in the last mail.
fn last_link(mail: &MailServer) -> String {
    let taken = mail.taken();
    let text = &taken.last().expect("a mail").text;
    let token = text.split("/links/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    token.to_owned()
}

async fn choose(client: &Client, token: &str, password: &str) -> Answer {
    client.post("/api/v1/password-choices", json!({"token": token, "password": password})).await
}

async fn guess(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/api/v1/sign-in", json!({"email": email, "password": password})).await
}

/// Something that opens a door for a person: a session, another session, a token.
async fn doors(house: &TestHouse, who: &Client) -> Vec<Client> {
    let mut other = who.clone();
    house.sign_in(&mut other).await;
    let ends = house.app.now() + Duration::days(30);
    let made = who.post("/api/v1/me/tokens", json!({"name": "a script", "expires_at": ends})).await.expect(201);
    let program = Client { token: Some(made["token"].as_str().expect("a token").to_owned()), ..who.clone() };
    let doors = vec![who.clone(), other, program];
    for door in &doors {
        door.get("/api/v1/me").await.expect(200);
    }
    doors
}

async fn all_shut(doors: &[Client]) {
    for door in doors {
        door.get("/api/v1/me").await.expect(401);
    }
}

async fn new_unit(client: &Client, code: &str, parent: Option<UnitId>, organisation: OrganisationId) -> String {
    let new = json!({
        "code": code, "name": format!("Unit {code}"), "organisation_id": organisation, "parent_id": parent,
        "level": "local", "kind": "border point", "from_on": "2020-01-01",
    });
    client.post("/api/v1/units", new).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

fn grant(role: &str, house: &TestHouse) -> Value {
    json!({"role": role, "scope_kind": "programme", "ends_at": house.app.now() + Duration::days(100)})
}

#[rstest]
#[tokio::test]
async fn a_password_is_long_and_uncommon_and_taken_as_it_is_typed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let fourteen = "herons at dusk";
    let refused = [
        ("", "too short"),
        (fourteen, "14 characters"),
        ("passwordpassword", "common"),
        ("abcdefghijklmnop", "a run"),
        ("aaaaaaaaaaaaaaaaaaaa", "the same again and again"),
        ("Paraudziņa1 Žanete", "the name"),
        ("person1@example.org", "the address"),
        ("robežsardze2026!", "the trade"),
        ("йцукенгшщзхъ123", "a walk on the keyboard"),
    ];
    for (password, why) in refused {
        let change = json!({"current": PASSWORD, "new": password});
        let answer = anna.put("/api/v1/me/password", change).await;
        assert_eq!(answer.status, 422, "{why}");
        assert_eq!(answer.problem("validation")["errors"][0]["pointer"], "/new", "{why}");
        house.clock_advance(Duration::seconds(11));
    }
    let taken = ["herons at dusk!", "  šķiltava un Ģirts  ", "მწერალი და ყვავილი", "🦢🦆 over the grey lagoon", LONG];
    let mut before = PASSWORD.to_owned();
    for password in taken {
        anna.put("/api/v1/me/password", json!({"current": before, "new": password})).await.expect(204);
        house.clock_advance(Duration::seconds(11));
        guess(&house.nobody(), &anna.email, password).await.expect(200);
        before = password.to_owned();
    }
    let cut: String = before.chars().take(before.chars().count() - 1).collect();
    guess(&house.nobody(), &anna.email, &cut).await.problem("identity/wrong-credentials");
    house.clock_advance(Duration::seconds(11));
    guess(&house.nobody(), &anna.email, &before.to_uppercase()).await.problem("identity/wrong-credentials");
}

#[rstest]
#[tokio::test]
async fn guesses_at_an_account_wait_longer_and_longer(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let bob = house.participant().await;
    let nobody = house.nobody();

    for seconds in [1, 3, 5, 10, 10] {
        guess(&nobody, &anna.email, "not the password").await.problem("identity/wrong-credentials");
        let waits = guess(&nobody, &anna.email, PASSWORD).await;
        waits.problem("too-many-requests");
        let told: i64 = waits.header("retry-after").parse().expect("seconds");
        assert!((seconds..=seconds + 1).contains(&told), "{told} for {seconds}");
        house.clock_advance(Duration::seconds(seconds + 1));
    }
    guess(&nobody, &bob.email, PASSWORD).await.expect(200);
    guess(&nobody, &anna.email, PASSWORD).await.expect(200);
    for _ in 0..99 {
        guess(&nobody, &anna.email, "not the password").await.problem("identity/wrong-credentials");
        house.clock_advance(Duration::seconds(12));
    }
    guess(&nobody, &anna.email, "not the password").await.problem("identity/wrong-credentials");
    house.clock_advance(Duration::hours(1));
    guess(&nobody, &anna.email, PASSWORD).await.problem("too-many-requests");
    house.clock_advance(Duration::hours(24));
    guess(&nobody, &anna.email, PASSWORD).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn guesses_made_at_once_count_one_by_one(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;

    let tries = (0..20).map(|_| {
        let (nobody, email) = (house.nobody(), anna.email.clone());
        tokio::spawn(async move { guess(&nobody, &email, "not the password").await.status })
    });
    let mut checked = 0;
    for one in tries.collect::<Vec<_>>() {
        checked += usize::from(one.await.expect("answered") == 401);
    }

    assert_eq!(checked, 1, "one guess is checked, the others wait");
}

#[rstest]
#[tokio::test]
async fn an_unknown_account_looks_like_a_wrong_password(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, mail) = house_with_mail(backend).await;
    let anna = reader(&house).await;
    let nobody = house.nobody();
    let without_instance = |answer: &Answer| {
        let mut body: Value = serde_json::from_slice(&answer.bytes).expect("JSON");
        body["instance"] = Value::Null;
        (answer.status, body)
    };

    let wrong = guess(&nobody, &anna.email, "not the password").await;
    let unknown = guess(&nobody, "nobody@example.org", "not the password").await;
    let ask = |email: &str| json!({ "email": email });
    let known_reset = nobody.post("/api/v1/password-resets", ask(&anna.email)).await;
    let unknown_reset = nobody.post("/api/v1/password-resets", ask("nobody@example.org")).await;
    house.drain().await;

    assert_eq!(without_instance(&wrong), without_instance(&unknown));
    assert_eq!((known_reset.status, known_reset.text()), (202, String::new()));
    assert_eq!((unknown_reset.status, unknown_reset.text()), (202, String::new()));
    let sent: Vec<String> = mail.taken().into_iter().map(|m| m.to).collect();
    assert_eq!(sent, [anna.email]);
}

#[rstest]
#[tokio::test]
async fn the_database_holds_no_secret_that_opens_a_door(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, mail) = house_with_mail(backend).await;
    let anna = reader(&house).await;
    let opened = doors(&house, &anna).await;
    house.nobody().post("/api/v1/password-resets", json!({"email": anna.email})).await.expect(202);
    house.drain().await;
    let link = last_link(&mail);

    let sessions = login_session::Entity::find().all(house.app.db()).await.expect("rows");
    let tokens = access_token::Entity::find().all(house.app.db()).await.expect("rows");
    let links = one_time_link::Entity::find().all(house.app.db()).await.expect("rows");
    let accounts = account::Entity::find().all(house.app.db()).await.expect("rows");
    let stored = format!("{sessions:?} {tokens:?} {links:?} {accounts:?}");

    for secret in opened.iter().filter_map(|door| door.token.clone()).chain([link, PASSWORD.to_owned()]) {
        assert!(secret.len() >= 32 && !stored.contains(&secret), "{secret}");
    }
    assert!(sessions.iter().all(|row| row.token_hash.len() == 64));
    let phc = accounts[0].password_hash.clone().expect("a hash");
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    let foreign = Client { token: Some("0".repeat(64)), ..house.nobody() };
    foreign.get("/api/v1/me").await.expect(401);
}

#[rstest]
#[tokio::test]
async fn suspension_shuts_every_door_at_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house_with_mail(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = reader(&house).await;
    let opened = doors(&house, &anna).await;
    house.nobody().post("/api/v1/password-resets", json!({"email": anna.email})).await.expect(202);
    house.drain().await;
    let link = last_link(&mail);

    administrator.act(&format!("/api/v1/accounts/{}/suspension", anna.account)).await.expect(200);

    all_shut(&opened).await;
    guess(&house.nobody(), &anna.email, PASSWORD).await.problem("identity/wrong-credentials");
    choose(&house.nobody(), &link, NEW_PASSWORD).await.problem("identity/link-spent");
    administrator.act(&format!("/api/v1/accounts/{}/reactivation", anna.account)).await.expect(200);
    all_shut(&opened).await;
    choose(&house.nobody(), &link, NEW_PASSWORD).await.problem("identity/link-spent");
    house.clock_advance(Duration::seconds(11));
    guess(&house.nobody(), &anna.email, PASSWORD).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn a_role_taken_back_shuts_every_door_at_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.manager().await;
    let opened = doors(&house, &anna).await;
    let held = administrator.get(&format!("/api/v1/accounts/{}/grants", anna.account)).await.expect(200);
    let id = held[0]["id"].as_str().expect("an id");

    administrator.delete(&format!("/api/v1/grants/{id}")).await.expect(200);

    all_shut(&opened).await;
    administrator.delete(&format!("/api/v1/grants/{id}")).await.problem("identity/grant-ended");
    let mut again = anna.clone();
    house.sign_in(&mut again).await;
    assert_eq!(again.get("/api/v1/me").await.expect(200)["roles"], json!(["participant"]));
}

#[rstest]
#[tokio::test]
async fn a_new_password_shuts_every_other_door(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house_with_mail(backend).await;
    let anna = reader(&house).await;
    let mut opened = doors(&house, &anna).await;
    house.nobody().post("/api/v1/password-resets", json!({"email": anna.email})).await.expect(202);
    house.drain().await;
    let link = last_link(&mail);

    let change = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    anna.put("/api/v1/me/password", change).await.expect(204);

    let this = opened.remove(0);
    this.get("/api/v1/me").await.expect(200);
    all_shut(&opened).await;
    choose(&house.nobody(), &link, "yet another quiet evening out").await.problem("identity/link-spent");
    let program = Client { token: opened[1].token.clone(), ..anna.clone() };
    program.put("/api/v1/me/password", json!({"current": NEW_PASSWORD, "new": PASSWORD})).await.expect(401);
}

#[rstest]
#[tokio::test]
async fn leaving_service_shuts_every_door_at_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let opened = doors(&house, &anna).await;

    administrator.act(&format!("/api/v1/persons/{}/deactivation", anna.person)).await.expect(200);
    all_shut(&opened).await;
    administrator.act(&format!("/api/v1/persons/{}/reactivation", anna.person)).await.expect(200);

    all_shut(&opened).await;
    let own = format!("/api/v1/persons/{}/deactivation", administrator.person);
    administrator.act(&own).await.problem("identity/not-oneself");
}

#[rstest]
#[tokio::test]
async fn a_link_works_once_and_for_a_day(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house_with_mail(backend).await;
    let anna = reader(&house).await;
    let nobody = house.nobody();
    let ask = || nobody.post("/api/v1/password-resets", json!({"email": anna.email}));

    ask().await.expect(202);
    house.drain().await;
    let link = last_link(&mail);
    choose(&nobody, &link, "short").await.problem("validation");
    choose(&nobody, &link, NEW_PASSWORD).await.expect(204);
    choose(&nobody, &link, PASSWORD).await.problem("identity/link-spent");
    anna.get("/api/v1/me").await.expect(401);
    ask().await.expect(202);
    house.drain().await;
    let late = last_link(&mail);
    assert_ne!(late, link);
    house.clock_advance(Duration::hours(24) + Duration::seconds(1));
    choose(&nobody, &late, PASSWORD).await.problem("identity/link-spent");
    guess(&nobody, &anna.email, NEW_PASSWORD).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn a_link_used_twice_at_once_works_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, mail) = house_with_mail(backend).await;
    let anna = reader(&house).await;
    house.nobody().post("/api/v1/password-resets", json!({"email": anna.email})).await.expect(202);
    house.drain().await;
    let link = last_link(&mail);

    let tries = ["three grey herons at dusk", "four white swans at dawn today", "five black coots in the reeds"];
    let running = tries.map(|password| {
        let (nobody, link) = (house.nobody(), link.clone());
        tokio::spawn(async move { choose(&nobody, &link, password).await.status })
    });
    let mut statuses = Vec::new();
    for one in running {
        statuses.push(one.await.expect("answered"));
    }

    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    let mut opened = 0;
    for password in tries {
        opened += usize::from(guess(&house.nobody(), &anna.email, password).await.status == 200);
        house.clock_advance(Duration::seconds(11));
    }
    assert_eq!(opened, 1, "one of the passwords was kept");
}

#[rstest]
#[tokio::test]
async fn an_administrator_starts_a_reset_and_never_sees_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, mail) = house_with_mail(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = reader(&house).await;
    let path = format!("/api/v1/accounts/{}/password-reset", anna.account);

    let answer = administrator.act(&path).await;
    house.drain().await;

    assert_eq!((answer.status, answer.text()), (204, String::new()));
    assert_eq!(mail.taken()[0].to, anna.email);
    let view = administrator.get(&format!("/api/v1/accounts/{}", anna.account)).await.expect(200);
    assert!(view.as_object().expect("fields").keys().all(|key| !key.contains("hash") && !key.contains("secret")));
    house.manager().await.act(&path).await.problem("not-found");
    house.clock_advance(Duration::minutes(6));
    administrator.act(&path).await.problem("identity/step-up-required");
    administrator.post("/api/v1/step-up", json!({"password": PASSWORD})).await.expect(204);
    administrator.act(&path).await.expect(204);
}

#[rstest]
#[tokio::test]
async fn nobody_grants_to_himself_or_beyond_his_reach(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let home = [(Role::Administrator, ScopeKind::Organisation, Some(house.home.0.0))];
    let local = house.someone(house.home, &home).await;
    let anna = house.participant().await;
    let stranger = house.stranger().await;
    let path = |who: &Client| format!("/api/v1/accounts/{}/grants", who.account);
    let within = |kind: &str, id: uuid::Uuid| json!({"role": "manager", "scope_kind": kind, "scope_id": id, "ends_at": house.app.now() + Duration::days(9)});

    for role in ["administrator", "auditor", "manager", "coordinator"] {
        administrator.post(&path(&administrator), grant(role, &house)).await.problem("identity/not-oneself");
        local.post(&path(&anna), grant(role, &house)).await.problem("forbidden");
        anna.post(&path(&anna), grant(role, &house)).await.problem("forbidden");
    }
    local.post(&path(&stranger), within("organisation", house.home.0.0)).await.problem("not-found");
    local.post(&path(&anna), within("organisation", house.abroad.0.0)).await.problem("forbidden");
    local.post(&path(&anna), within("unit", house.abroad.1.0)).await.problem("forbidden");
    local.post(&path(&anna), within("unit", house.home.1.0)).await.expect(201);
    let program = doors(&house, &administrator).await.remove(2);
    program.post(&path(&anna), grant("coordinator", &house)).await.problem("identity/step-up-required");
    let mut endless = grant("coordinator", &house);
    endless["ends_at"] = json!(house.app.now() + Duration::days(400));
    let problem = administrator.post(&path(&anna), endless).await.problem("validation");
    assert_eq!(problem["errors"][0]["pointer"], "/ends_at");
    administrator.post(&path(&anna), grant("auditor", &house)).await.problem("identity/auditor-alone");
}

#[rstest]
#[tokio::test]
async fn an_administrator_counts_once_a_second_one_confirms(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let first = house.client(Role::Administrator).await;
    let second = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let made = first.post(&format!("/api/v1/accounts/{}/grants", anna.account), grant("administrator", &house)).await;
    let made = made.expect(201);
    let confirmation = format!("/api/v1/grants/{}/confirmation", made["id"].as_str().expect("an id"));

    assert_eq!(made["awaits_confirmation"], true);
    anna.get(&format!("/api/v1/accounts/{}", first.account)).await.problem("not-found");
    first.act(&confirmation).await.problem("identity/second-administrator");
    anna.act(&confirmation).await.problem("forbidden");
    assert_eq!(second.get("/api/v1/grants").await.expect(200)[0]["grant"]["id"], made["id"]);
    second.act(&confirmation).await.expect(200);
    second.act(&confirmation).await.problem("identity/nothing-to-confirm");

    anna.get(&format!("/api/v1/accounts/{}", first.account)).await.expect(200);
    assert_eq!(second.get("/api/v1/grants").await.expect(200), json!([]));
    house.clock_advance(Duration::days(101));
    let mut anna = anna;
    house.sign_in(&mut anna).await;
    anna.get(&format!("/api/v1/accounts/{}", first.account)).await.problem("not-found");
}

#[rstest]
#[tokio::test]
async fn a_move_takes_effect_on_its_day_and_history_stays(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let other = new_unit(&administrator, "LV-U2", None, house.home.0).await;
    let foreign = house.abroad.1.to_string();
    let today = house.app.now().date_naive();
    let day = |days: u64| today + Days::new(days);
    let path = format!("/api/v1/persons/{}/memberships", anna.person);
    let unit_of = async |client: &Client| {
        client.get(&format!("/api/v1/persons/{}", anna.person)).await.expect(200)["unit_id"].clone()
    };

    administrator.post(&path, json!({"unit_id": other, "from_on": day(3)})).await.expect(200);
    administrator.post(&path, json!({"unit_id": anna.unit, "from_on": day(1)})).await.problem("identity/history-fixed");
    administrator.post(&path, json!({"unit_id": foreign})).await.problem("identity/other-organisation");
    house.drain().await;
    assert_eq!(unit_of(&administrator).await, anna.unit.as_str());
    house.clock_advance(Duration::days(3));
    house.drain().await;
    let mut administrator = administrator;
    house.sign_in(&mut administrator).await;

    assert_eq!(unit_of(&administrator).await, other.as_str());
    let spans = administrator.get(&path).await.expect(200);
    let span = |at: usize| (spans[at]["unit_id"].clone(), spans[at]["from_on"].clone(), spans[at]["until_on"].clone());
    assert_eq!(span(0), (json!(anna.unit), json!(today), json!(day(3))));
    assert_eq!(span(1), (json!(other), json!(day(3)), Value::Null));
    house.manager().await.post(&path, json!({"unit_id": other})).await.problem("not-found");
}

#[rstest]
#[tokio::test]
async fn a_unit_moves_in_its_tree_and_closes_when_it_is_empty(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let manager = house.manager().await;
    let top = house.home.1;
    let lower = new_unit(&administrator, "LV-U2", None, house.home.0).await;
    let path = |unit: &str, act: &str| format!("/api/v1/units/{unit}/{act}");

    let cycle = json!({"parent_id": lower});
    administrator.post(&path(&lower, "moves"), json!({"parent_id": top})).await.expect(200);
    administrator.post(&path(&top.to_string(), "moves"), cycle).await.problem("identity/unit-cycle");
    let abroad = json!({"parent_id": house.abroad.1});
    administrator.post(&path(&lower, "moves"), abroad).await.problem("identity/other-organisation");
    let before = json!({"parent_id": null, "from_on": "2020-06-01"});
    administrator.post(&path(&lower, "moves"), before).await.problem("identity/history-fixed");
    administrator.post(&path(&top.to_string(), "closure"), json!({})).await.problem("identity/history-fixed");
    let tomorrow = json!({"on": house.app.now().date_naive() + Days::new(1)});
    administrator.post(&path(&top.to_string(), "closure"), tomorrow.clone()).await.problem("identity/unit-in-use");
    manager.post(&path(&lower, "closure"), tomorrow.clone()).await.problem("forbidden");
    administrator.post(&path(&lower, "closure"), tomorrow).await.expect(200);

    let moves = administrator.get(&path(&lower, "moves")).await.expect(200);
    assert_eq!(moves[0]["parent_id"], Value::Null);
    assert_eq!(moves[1]["parent_id"], json!(top));
}

/// Sends a person list.
async fn import(client: &Client, list: &str, query: &str) -> Answer {
    let path = format!("/api/v1/person-imports?{query}");
    client.send(client.request(Method::POST, &path).header("content-type", "text/csv").body(list.to_owned())).await
}

/// A list with the person of each client, and more rows.
async fn listing(client: &Client, people: &[&Client], more: &[&str]) -> String {
    let mut list = "service_number,given_name,family_name\n".to_owned();
    for person in people {
        let view = client.get(&format!("/api/v1/persons/{}", person.person)).await.expect(200);
        let text = |key: &str| view[key].as_str().expect("a text").to_owned();
        list += &[text("service_number"), text("given_name"), text("family_name")].join(",");
        list += "\n";
    }
    for row in more {
        list += row;
        list += "\n";
    }
    list
}

#[rstest]
#[tokio::test]
async fn an_import_does_what_its_dry_run_said_or_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let anna = house.participant().await;
    let list = listing(&administrator, &[&administrator, &anna], &["N-1,Juris,Kalns"]).await;
    let count = async || administrator.get("/api/v1/persons").await.expect(200)["items"].as_array().map(Vec::len);
    let before = count().await;

    let planned = import(&administrator, &list, "dry_run=true").await.expect(200);
    assert_eq!(
        (planned["created"].clone(), planned["unchanged"].clone(), planned["applied"].clone()),
        (json!(1), json!(2), json!(false))
    );
    assert_eq!(count().await, before, "a dry run changes nothing");
    let plan = planned["plan"].as_str().expect("a plan").to_owned();
    let other = list.replace("Juris", "Pēteris");
    import(&administrator, &other, &format!("plan={plan}")).await.problem("identity/plan-stale");
    let version = administrator.get(&format!("/api/v1/persons/{}", anna.person)).await.expect(200);
    let change = json!({"service_number": version["service_number"], "given_name": "Žanete", "family_name": "Cita", "gender": "female"});
    administrator
        .put_matching(&format!("/api/v1/persons/{}", anna.person), &version["version"], change)
        .await
        .expect(200);
    import(&administrator, &list, &format!("plan={plan}")).await.problem("identity/plan-stale");
    assert_eq!(count().await, before);

    let planned = import(&administrator, &list, "").await.expect(200);
    assert_eq!(planned["rows"][0]["differences"][0]["field"], "family_name");
    let plan = planned["plan"].as_str().expect("a plan");
    let done = import(&administrator, &list, &format!("plan={plan}")).await.expect(200);
    assert_eq!(
        (done["applied"].clone(), done["created"].clone(), done["changed"].clone()),
        (json!(true), json!(1), json!(1))
    );
    import(&administrator, &list, &format!("plan={plan}")).await.problem("identity/plan-stale");
    let again = import(&administrator, &list, "").await.expect(200);
    assert_eq!((again["created"].clone(), again["changed"].clone()), (json!(0), json!(0)));
}

#[rstest]
#[tokio::test]
async fn an_import_stops_when_too_many_would_leave(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let (anna, bob) = (house.participant().await, house.participant().await);
    let without_anna = listing(&administrator, &[&administrator, &bob], &[]).await;

    let planned = import(&administrator, &without_anna, "").await.expect(200);
    assert_eq!((planned["deactivated"].clone(), planned["needs_confirmation"].clone()), (json!(1), json!(true)));
    let plan = format!("plan={}", planned["plan"].as_str().expect("a plan"));
    let problem = import(&administrator, &without_anna, &plan).await.problem("identity/many-would-leave");
    assert_eq!(problem["facts"]["deactivated"], 1);
    anna.get("/api/v1/me").await.expect(200);
    let partial = import(&administrator, &without_anna, "partial=true").await.expect(200);
    assert_eq!(partial["deactivated"], 0);
    import(&administrator, &without_anna, &format!("{plan}&confirmed=true")).await.expect(200);
    anna.get("/api/v1/me").await.expect(401);

    let without_oneself = listing(&administrator, &[&bob], &[]).await;
    let planned = import(&administrator, &without_oneself, "").await.expect(200);
    let plan = format!("plan={}&confirmed=true", planned["plan"].as_str().expect("a plan"));
    import(&administrator, &without_oneself, &plan).await.problem("identity/not-oneself");
}

#[rstest]
#[tokio::test]
async fn a_wrong_row_stops_the_whole_import_and_nobody_imports_for_others(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let administrator = house.client(Role::Administrator).await;
    let home = [(Role::Administrator, ScopeKind::Organisation, Some(house.home.0.0))];
    let local = house.someone(house.home, &home).await;
    let manager = house.manager().await;
    let list =
        "service_number,given_name,family_name,email,unit\nN-1,Juris,Kalns,,\nN-2,,Kalns,no address,BY-AWAY-U1\n";

    let planned = import(&local, list, "partial=true").await.expect(200);
    assert_eq!((planned["created"].clone(), planned["refused"].clone()), (json!(1), json!(1)));
    assert_eq!(planned["rows"][1]["row"], 3);
    assert_eq!(planned["rows"][1]["faults"].as_array().map(Vec::len), Some(3), "{planned}");
    let plan = planned["plan"].as_str().expect("a plan");
    let problem = import(&local, list, &format!("partial=true&plan={plan}")).await.problem("validation");
    assert_eq!(problem["errors"][0]["pointer"], "/rows/3");
    assert_eq!(administrator.get("/api/v1/persons?search=Kalns").await.expect(200)["items"], json!([]));

    import(&manager, list, "").await.problem("forbidden");
    import(&local, list, &format!("organisation_id={}", house.abroad.0)).await.problem("forbidden");
    let twice = "service_number,given_name,family_name,role\nN-1,Juris,Kalns,administrator\n";
    let problem = import(&administrator, twice, "").await.problem("validation");
    assert_eq!(problem["errors"][0]["pointer"], "/role");
    house.clock_advance(Duration::minutes(6));
    import(&administrator, list, "").await.problem("identity/step-up-required");
}

#[rstest]
#[tokio::test]
async fn each_sees_the_people_within_reach_and_no_others(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let manager = house.manager().await;
    let anna = house.participant().await;
    let stranger = house.stranger().await;
    let ids = async |client: &Client| -> Vec<String> {
        let page = client.get("/api/v1/persons").await.expect(200);
        let items = page["items"].as_array().expect("items").iter();
        items.map(|p| p["id"].as_str().expect("an id").to_owned()).collect()
    };

    assert_eq!(ids(&anna).await, [anna.person.as_str()]);
    assert_eq!(ids(&stranger).await, [stranger.person.as_str()]);
    let seen = ids(&manager).await;
    assert!(seen.contains(&anna.person) && !seen.contains(&stranger.person));
    manager.get(&format!("/api/v1/persons/{}", stranger.person)).await.problem("not-found");
    manager.get(&format!("/api/v1/accounts/{}", anna.account)).await.problem("not-found");
    anna.get(&format!("/api/v1/persons/{}", manager.person)).await.problem("not-found");
}
