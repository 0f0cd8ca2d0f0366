//! What the shell refuses and what it never says, over every operation of the document.

use entity::identity::Role;
use reqwest::Method;
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{Backend, Client, TestHouse};

const ID: &str = "018f2f5e-0000-7000-8000-000000000000";

/// Method, path with ids put in, and the operation.
fn operations() -> Vec<(Method, String, &'static Value)> {
    let paths = api::api_document()["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        let filled: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { ID } else { part }).collect();
        for (method, operation) in item.as_object().expect("an item") {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            all.push((method, filled.join("/"), operation));
        }
    }
    all
}

fn is_public(operation: &Value) -> bool {
    operation["security"].as_array().is_none_or(Vec::is_empty)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_not_one_opens_no_operation(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();
    let odd =
        ["Bearer", "Bearer ", "Bearer wmk_x", "Bearer 0", "Basic YTpi", "bearer null", "Token x", "Bearer \u{e9}"];

    for (n, (method, path, operation)) in operations().into_iter().enumerate() {
        if is_public(operation) {
            continue;
        }
        let request = nobody.request(method.clone(), &path).header("authorization", odd[n % odd.len()]);
        let request = if method == Method::GET { request } else { request.json(&json!({})) };
        let answer = nobody.send(request).await;
        assert_eq!(answer.status, 401, "{method} {path} {}: {}", odd[n % odd.len()], answer.text());
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{path}");
    }
}

/// Values that no parameter should stumble over.
const ODD_VALUES: &[&str] = &[
    "",
    "0",
    "-1",
    "-9223372036854775808",
    "18446744073709551616",
    "1e999",
    "NaN",
    "null",
    "true",
    "%27%22%3B--",
    "%ff%fe",
    "%F0%9F%A6%89%E2%80%AE%CC%81",
    "%25%5F%5C",
    "9999999-12-31",
    "-262144-01-01",
    "0000-00-00",
    "262142-12-31T23:59:59.999999999Z",
    "2026-02-30",
    "..%2F..%2Fetc%2Fpasswd",
    "%24%7B7*7%7D",
    ID,
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_parameter_however_odd_is_our_mistake(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let clients = [house.client(Role::Administrator).await, house.client(Role::Auditor).await];
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        if method != Method::GET {
            continue;
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let names = parameters.iter().filter(|p| p["in"] == "query").filter_map(|p| p["name"].as_str());
        let names: Vec<String> = names.map(str::to_owned).collect();
        for (n, value) in ODD_VALUES.iter().enumerate() {
            let client = &clients[n % 2];
            for name in &names {
                let answer = client.get(&format!("{path}?{name}={value}")).await;
                if answer.status >= 500 {
                    wrong.push(format!("{} {path}?{name}={value}: {}", answer.status, answer.text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_body_however_odd_is_our_mistake_or_shows_the_inside(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(Role::Administrator).await;
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let bodies = ["", "{", "null", "[]", "\"text\"", "{\"a\":", "{\"\\ud800\":1}", "1e400", deep.as_str()];
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let ends = ["signOut", "endOtherSessions"].contains(&operation["operationId"].as_str().unwrap_or_default());
        if method == Method::GET || ends {
            continue;
        }
        for body in bodies {
            let request = admin.request(method.clone(), &path).header("content-type", "application/json");
            let answer = admin.send(request.body(body.to_owned())).await;
            let text = answer.text();
            let inside =
                ["panicked", "src/", "sqlx", "sea_orm", "SELECT", "api::", "serde", "poem", " occurred while parsing"];
            let problem = answer.status < 400 || answer.header("content-type") == "application/problem+json";
            if answer.status >= 500 || !problem || inside.iter().any(|word| text.contains(word)) {
                wrong.push(format!("{method} {path} {body:.20}: {} {text}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[rstest]
#[tokio::test]
async fn the_character_no_database_stores_is_refused_in_a_form_too(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();
    let request = nobody.request(Method::POST, "/sign-in").header("sec-fetch-site", "same-origin");
    let form = [("email", "a\u{0}b@example.org"), ("password", "x")];

    let answer = nobody.send(request.form(&form)).await;

    assert_eq!(answer.status, 400, "{}", answer.text());
}

async fn kept(house: &TestHouse) -> Vec<entity::platform::idempotency::Model> {
    entity::platform::idempotency::Entity::find().all(house.app.db()).await.expect("rows")
}

#[rstest]
#[tokio::test]
async fn a_key_on_a_sign_in_keeps_neither_its_answer_nor_its_failure(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let nobody = house.nobody();
    let wrong = json!({ "email": "nobody@example.org", "password": "wrong" });
    let right = json!({ "email": anna.email, "password": tests::house::PASSWORD });

    nobody.post_once("/api/v1/sign-in", "k-1", wrong.clone()).await.expect(401);
    house.clock_advance(chrono::Duration::seconds(2));
    nobody.post_once("/api/v1/sign-in", "k-1", wrong).await.expect(401);
    let first = nobody.post_once("/api/v1/sign-in", "k-2", right.clone()).await.expect(200);
    let second = nobody.post_once("/api/v1/sign-in", "k-2", right).await.expect(200);

    assert_ne!(first["token"], second["token"]);
    assert!(kept(&house).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn an_answer_with_a_secret_is_shown_once_and_never_kept(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let expires = (house.app.now() + chrono::Duration::days(30)).to_rfc3339();
    let new = json!({ "name": "feed", "read_only": true, "expires_at": expires });

    let made = anna.post_once("/api/v1/me/tokens", "t-1", new.clone()).await.expect(201);
    let _ = anna.post_once("/api/v1/me/tokens", "t-1", new).await.problem("idempotency/answered-once");

    let token = made["token"].as_str().expect("a token").to_owned();
    let rows = kept(&house).await;
    assert_eq!(rows.len(), 1);
    let body = rows[0].body.clone().unwrap_or_default();
    assert!(!String::from_utf8_lossy(&body).contains(&token), "the token is stored");
    assert_eq!(anna.get("/api/v1/me/tokens").await.text().matches("\"feed\"").count(), 1);
}

#[rstest]
#[tokio::test]
async fn what_was_created_is_found_at_its_location(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(Role::Administrator).await;
    let new = json!({ "organisation_id": admin.organisation, "service_number": "L-1", "given_name": "Ņina",
        "family_name": "Mēģene", "gender": "female" });

    let made = admin.post("/api/v1/persons", new).await;

    let location = made.header("location").to_owned();
    let found = admin.get(location.trim_start_matches(&admin.base)).await;
    assert_eq!(found.expect(200)["id"], made.expect(201)["id"]);
}

/// Only somebody may send what takes memory to receive.
#[rstest]
#[tokio::test]
async fn an_upload_is_received_from_somebody_only(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(Role::Administrator).await;
    let send = async |client: &Client| {
        let request =
            client.request(Method::POST, "/api/v1/person-imports").header("content-type", "application/octet-stream");
        client.send(request.body(vec![b' '; 2 * 1024 * 1024])).await.status
    };

    assert_eq!(send(&house.nobody()).await, 413);
    assert_ne!(send(&admin).await, 413);
}

#[rstest]
#[tokio::test]
async fn a_form_token_made_with_the_frameworks_own_key_is_refused(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();
    // HMAC-SHA-256 with a key of zeros over `form`, a zero byte and `fixed`.
    let zero_key = "47a8bb5bbebe5fe1d9efcb5a1a825bc0e95c838e3740e8bb8c0e54d3bd63af81";
    let form = [("email", "a@example.org"), ("password", "x"), ("_csrf", zero_key)];

    let request = nobody.request(Method::POST, "/sign-in").header("cookie", "waymark=fixed");
    let answer = nobody.send(request.form(&form)).await;

    assert_eq!(answer.status, 403, "{}", answer.text());
}
