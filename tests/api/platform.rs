//! What the platform promises to every operation: problems, bounds, origins, idempotency, addresses.

use api::identity::rules::ADDRESS_FREE_GUESSES;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;
use tests::house::PASSWORD;
use tests::{Backend, TestHouse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[rstest]
#[tokio::test]
async fn who_is_signed_in_is_told_who_they_are(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;

    let me = anna.get("/api/v1/me").await.expect(200);

    assert_eq!(me["person_id"], anna.person);
    assert_eq!(me["roles"], json!(["participant"]));
}

#[rstest]
#[tokio::test]
async fn every_refusal_of_the_framework_is_a_problem(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();
    let anna = house.participant().await;

    let _ = nobody.get("/api/v1/no-such-thing").await.problem("not-found");
    let _ = nobody.get("/api/v1/me").await.problem("unauthenticated");
    let _ = anna.get("/api/v1/persons/not-an-id").await.problem("not-found");
    let _ = anna.get("/api/v1/persons/-9223372036854775808").await.problem("not-found");
    let _ = anna.get("/api/v1/persons?limit=many").await.problem("malformed");
    let wrong_method = nobody.delete("/api/v1/me").await;
    let _ = wrong_method.problem("method-not-allowed");
    assert_eq!(wrong_method.header("allow"), "GET, HEAD");
    let trace = nobody.send(nobody.request(Method::TRACE, "/api/v1/me")).await;
    let _ = trace.problem("method-not-allowed");
    let text = nobody.request(Method::POST, "/api/v1/sign-in").header("content-type", "text/plain").body("x");
    let _ = nobody.send(text).await.problem("media-type");
    let broken = nobody.request(Method::POST, "/api/v1/sign-in").header("content-type", "application/json").body("{");
    let _ = nobody.send(broken).await.problem("malformed");
}

#[rstest]
#[tokio::test]
async fn a_refused_body_names_every_field_and_nothing_of_the_inside(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;

    let body = json!({ "email": 7, "pass": "secret-of-anna" });
    let answer = house.nobody().post("/api/v1/sign-in", body).await;

    let problem = answer.problem("validation");
    let pointers: Vec<&Value> = problem["errors"].as_array().expect("errors").iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, [&json!("/email"), &json!("/pass"), &json!("/password")], "{problem}");
    for inside in ["Credentials", "secret-of-anna", "poem", "src/", "SELECT"] {
        assert!(!answer.text().contains(inside), "{}", answer.text());
    }
    assert_eq!(problem["instance"], format!("urn:uuid:{}", answer.header("x-request-id")));
}

#[rstest]
#[tokio::test]
async fn the_character_no_database_stores_is_refused_everywhere(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;

    let _ = house
        .nobody()
        .post("/api/v1/sign-in", json!({ "email": "a\u{0}b", "password": "x" }))
        .await
        .problem("malformed");
    let _ = anna.get("/api/v1/persons?search=a%00b").await.problem("malformed");
}

#[rstest]
#[tokio::test]
async fn a_body_without_an_announced_length_is_bounded_too(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let address = house.base.trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.expect("connected");
    let head = "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let (mut read, mut write) = stream.into_split();

    let sender = tokio::spawn(async move {
        let chunk = format!("{:x}\r\n{}\r\n", 65536, " ".repeat(65536));
        for _ in 0..1024 {
            if write.write_all(chunk.as_bytes()).await.is_err() {
                return false;
            }
        }
        true
    });
    let mut answer = vec![0; 64];
    let length = read.read(&mut answer).await.expect("an answer");

    assert!(answer[..length].starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&answer));
    drop(read);
    assert!(!sender.await.expect("ended"), "64 MiB were read");
}

#[rstest]
#[tokio::test]
async fn half_open_connections_are_closed(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::with(backend, &[("idle_timeout_seconds", "1"), ("request_timeout_seconds", "1")]).await;
    let address = house.base.trim_start_matches("http://").to_owned();
    let mut half_open = Vec::new();
    for _ in 0..50 {
        let mut stream = tokio::net::TcpStream::connect(&address).await.expect("connected");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("sent");
        half_open.push(stream);
    }

    let mut closed = 0;
    for mut stream in half_open {
        let mut byte = [0; 256];
        let end = tokio::time::timeout(Duration::from_secs(10), async {
            while stream.read(&mut byte).await.is_ok_and(|n| n > 0) {}
        });
        closed += i32::from(end.await.is_ok());
    }

    assert_eq!(closed, 50);
}

#[rstest]
#[tokio::test]
async fn the_clients_address_cannot_be_forged(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();

    let mut limited = 0;
    for n in 0..ADDRESS_FREE_GUESSES + 20 {
        let body = json!({ "email": format!("nobody{n}@example.org"), "password": "wrong" });
        let request = nobody.request(Method::POST, "/api/v1/sign-in").json(&body);
        let forged = format!("203.0.{}.{}", n / 100, n % 100);
        let request = request
            .header("x-forwarded-for", &forged)
            .header("x-real-ip", &forged)
            .header("forwarded", format!("for={forged}"));
        limited += i32::from(nobody.send(request).await.status == 429);
    }

    assert!(limited >= 10, "{limited} guesses were limited");
}

#[rstest]
#[tokio::test]
async fn a_trusted_proxy_names_the_client_and_nobody_else_does(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::with(backend, &[("trusted_proxies", "127.0.0.1")]).await;
    let nobody = house.nobody();
    let guess = |n: i32, chain: String| {
        let body = json!({ "email": format!("nobody{n}@example.org"), "password": "wrong" });
        nobody.send(nobody.request(Method::POST, "/api/v1/sign-in").header("x-forwarded-for", chain).json(&body))
    };

    for n in 0..ADDRESS_FREE_GUESSES + 5 {
        let _ = guess(n, format!("198.51.100.{}, 203.0.113.7", n % 100)).await;
    }

    assert_eq!(guess(900, "198.51.100.200, 203.0.113.7".into()).await.status, 429);
    assert_eq!(guess(901, "203.0.113.7, 198.51.100.201".into()).await.status, 401);
}

#[rstest]
#[tokio::test]
async fn no_other_site_can_read_or_change_anything(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let anna = house.participant().await;
    let cookie = format!("waymark={}", anna.token.clone().expect("a token"));
    let nobody = house.nobody();

    let read =
        nobody.request(Method::GET, "/api/v1/me").header("cookie", &cookie).header("origin", "https://evil.example");
    let read = nobody.send(read).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.header("access-control-allow-origin"), "");
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        let change = nobody.request(Method::POST, "/api/v1/sign-out").header("cookie", &cookie).header(name, value);
        let _ = nobody.send(change).await.problem("cross-site");
    }
    let own = nobody
        .request(Method::POST, "/api/v1/sign-out")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "same-origin");
    assert_eq!(nobody.send(own).await.status, 204);
}

#[rstest]
#[tokio::test]
async fn a_form_without_the_pages_token_is_refused_where_the_browser_is_silent(
    #[values(Backend::Sqlite)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();
    let anna = house.participant().await;
    let cookie = format!("waymark={}", anna.token.clone().expect("a token"));
    let form = [
        ("email", "a@example.org"),
        ("password", "x"),
        ("_csrf", "0000000000000000000000000000000000000000000000000000000000000000"),
    ];

    let answer = nobody.send(nobody.request(Method::POST, "/sign-in").header("cookie", cookie).form(&form)).await;

    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[rstest]
#[tokio::test]
async fn the_session_cookie_is_for_the_browser_only_and_is_stored_hashed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::with(backend, &[("public_url", "https://waymark.example.org")]).await;
    let anna = house.participant().await;
    let nobody = house.nobody();

    let form = [("email", anna.email.as_str()), ("password", PASSWORD)];
    let request = nobody.request(Method::POST, "/sign-in").header("sec-fetch-site", "same-origin").form(&form);
    let answer = nobody.send(request).await;

    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-waymark="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    let token = cookie.trim_start_matches("__Host-waymark=").split(';').next().expect("a value").to_owned();
    let stored = entity_rows(&house).await;
    assert!(!stored.contains(&token) && !stored.is_empty());
}

async fn entity_rows(house: &TestHouse) -> String {
    use sea_orm::EntityTrait;
    let rows = entity::identity::login_session::Entity::find().all(house.app.db()).await.expect("rows");
    format!("{rows:?}")
}

#[rstest]
#[tokio::test]
async fn every_answer_carries_the_security_headers(#[values(Backend::Sqlite)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let nobody = house.nobody();

    for path in
        ["/sign-in", "/nowhere", "/api/v1/me", "/api/v1/openapi.json", "/static/waymark.css", "/healthz", "/api/docs"]
    {
        let answer = nobody.get(path).await;
        for header in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "permissions-policy",
            "x-frame-options",
        ] {
            assert!(!answer.header(header).is_empty(), "{path} lacks {header}");
        }
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn a_repeated_request_with_a_key_is_answered_again_and_done_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(entity::identity::Role::Administrator).await;
    let body = |number: &str| json!({ "organisation_id": admin.organisation, "service_number": number, "given_name": "Ņina", "family_name": "Mēģene", "gender": "female" });

    let first = admin.post_once("/api/v1/persons", "key-1", body("K-1")).await;
    let again = admin.post_once("/api/v1/persons", "key-1", body("K-1")).await;
    let other = admin.post_once("/api/v1/persons", "key-1", body("K-2")).await;

    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!((again.header("idempotency-replayed"), again.header("location")), ("true", first.header("location")));
    let _ = other.problem("validation");
    let found = admin.get("/api/v1/persons?search=megene").await.expect(200);
    assert_eq!(found["items"].as_array().expect("items").len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_requests_with_one_key_do_it_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(entity::identity::Role::Administrator).await;
    let body = json!({ "organisation_id": admin.organisation, "service_number": "P-1", "given_name": "Ņina", "family_name": "Mēģene", "gender": "female" });

    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (admin, body) = (admin.clone(), body.clone());
        tasks.spawn(async move { admin.post_once("/api/v1/persons", "one", body).await });
    }
    let answers = tasks.join_all().await;

    let ids: std::collections::BTreeSet<String> =
        answers.iter().filter(|a| a.is_success()).map(|a| a.expect(a.status)["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{:?}", answers.iter().map(|a| (a.status, a.text())).collect::<Vec<_>>());
    assert!(answers.iter().all(|a| a.is_success() || a.status == 409));
}

#[rstest]
#[tokio::test]
async fn pages_of_a_list_are_stable_while_rows_come_and_a_foreign_cursor_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = TestHouse::new(backend).await;
    let admin = house.client(entity::identity::Role::Administrator).await;
    for _ in 0..7 {
        let _ = house.participant().await;
    }

    let mut seen = Vec::new();
    let mut path = "/api/v1/persons?limit=3".to_owned();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&path).await.expect(200);
        seen.extend(page["items"].as_array().expect("items").iter().map(|p| p["id"].to_string()));
        let _ = house.participant().await;
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = next.to_owned();
        path = format!("/api/v1/persons?limit=3&cursor={next}");
    }

    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(seen.len() >= 8);
    let _ = admin.get(&format!("/api/v1/persons?limit=3&search=x&cursor={cursor}")).await.problem("malformed");
    let _ = admin.get("/api/v1/persons?limit=201").await.problem("malformed");
}

#[rstest]
#[tokio::test]
async fn metrics_are_for_the_addresses_allowed(#[values(Backend::Sqlite)] backend: Backend) {
    let open = TestHouse::with(backend, &[("metrics_allow", "127.0.0.1")]).await;
    let others = TestHouse::with(backend, &[("metrics_allow", "192.0.2.1")]).await;
    let nobodys = TestHouse::new(backend).await;

    assert!(open.nobody().get("/metrics").await.text().contains("waymark_requests_total"));
    assert_eq!(others.nobody().get("/metrics").await.status, 404);
    assert_eq!(nobodys.nobody().get("/metrics").await.status, 404);
}
