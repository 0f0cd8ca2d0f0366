//! Too much of it: what is refused is refused soon and with a time to come back, and the rest goes on.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::house::PASSWORD;
use tests::process::say;
use tests::{Backend, Client, Installation, Served};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Highest resident memory of the process so far, KiB.
fn peak(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.id())).expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_sign_ins_wait_in_a_bounded_queue_and_starve_nobody() {
    let site = Installation::new(Backend::Sqlite).await.set("trusted_proxies", "127.0.0.1").set("sign_in_queue", "10");
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let before = peak(&served);

    // Made before anybody asks: making a client takes longer than a sign-in.
    let people: Vec<Client> = (0..50).map(|_| served.nobody()).collect();
    let storm: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(n, nobody)| {
            tokio::spawn(async move {
                let guess = json!({ "email": format!("nobody{n}@example.org"), "password": PASSWORD });
                let request = nobody.request(reqwest::Method::POST, "/api/v1/sign-in").json(&guess);
                nobody.send(request.header("x-forwarded-for", format!("203.0.113.{n}"))).await
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    let mut asked = 0;
    while storm.iter().any(|task| !task.is_finished()) {
        let began = Instant::now();
        served.nobody().get("/healthz").await.expect(200);
        admin.get("/api/v1/me").await.expect(200);
        slowest = slowest.max(began.elapsed());
        asked += 1;
    }

    let (mut checked, mut turned_away) = (0, 0);
    for task in storm {
        let answer = task.await.expect("it ran");
        match answer.status {
            401 => checked += 1,
            429 => {
                assert!(!answer.header("retry-after").is_empty());
                turned_away += 1;
            }
            other => panic!("{other} {}", answer.text()),
        }
    }
    say(&format!("{asked} others meanwhile, the slowest in {} ms", slowest.as_millis()));
    assert!(checked >= 10 && turned_away >= 1, "{checked} checked, {turned_away} turned away");
    // Ten at once would take 190 MiB.
    assert!(peak(&served) - before < 180 * 1024, "{} KiB", peak(&served) - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_take_no_memory_from_nobody() {
    let site = Installation::new(Backend::Sqlite).await;
    let served = site.serve();
    served.nobody().get("/healthz").await.expect(200);
    let before = peak(&served);
    let address = served.base.trim_start_matches("http://").to_owned();

    for (kind, framing) in [
        ("application/json", "Transfer-Encoding: chunked"),
        ("multipart/form-data; boundary=x", "Transfer-Encoding: chunked"),
        ("application/octet-stream", "Transfer-Encoding: chunked"),
        ("text/csv", "Content-Length: 67108864"),
    ] {
        let mut statuses = Vec::new();
        for _ in 0..8 {
            let mut stream = TcpStream::connect(&address).await.expect("connected");
            let head = format!("POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{framing}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.expect("sent");
            let (mut read, mut write) = stream.into_split();
            let sender = tokio::spawn(async move {
                let chunk = format!("{:x}\r\n{}\r\n", 65536, " ".repeat(65536));
                for _ in 0..1024 {
                    if write.write_all(chunk.as_bytes()).await.is_err() {
                        break;
                    }
                }
            });
            let mut answer = [0; 32];
            let length = read.read(&mut answer).await.expect("an answer");
            statuses.push(String::from_utf8_lossy(&answer[..length]).chars().skip(9).take(3).collect::<String>());
            drop(read);
            sender.await.expect("it ended");
        }
        assert!(statuses.iter().all(|status| status == "413"), "{kind}: {statuses:?}");
    }

    assert!(peak(&served) - before < 32 * 1024, "{} KiB", peak(&served) - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_a_byte_at_a_time_does_not_hold_its_place_for_ever() {
    let site = Installation::new(Backend::Sqlite).await;
    let site = site.set("idle_timeout_seconds", "2").set("request_timeout_seconds", "3").set("max_connections", "8");
    let served = site.serve();
    let address = served.base.trim_start_matches("http://").to_owned();

    let slow: Vec<_> = (0..8)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(&address).await.expect("connected");
                stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("sent");
                let began = Instant::now();
                while began.elapsed() < Duration::from_secs(20) {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    if stream.write_all(b"a").await.is_err() {
                        return true;
                    }
                }
                false
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;

    let nobody = served.nobody();
    let answer = tokio::time::timeout(Duration::from_secs(15), nobody.get("/healthz")).await;

    assert_eq!(answer.expect("all places are held by those who dribble").status, 200);
    for task in slow {
        assert!(task.await.expect("it ran"), "it was still being listened to");
    }
}

/// A number of `/metrics`, or nothing: sums the samples of a name that carry a label.
fn sum(metrics: &str, name: &str, label: &str) -> f64 {
    let samples = metrics.lines().filter(|line| !line.starts_with('#') && line.starts_with(name));
    let samples = samples.filter(|line| line.contains(label));
    samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_text_that_parses_and_nobody_makes_up_their_labels() {
    let site = Installation::new(Backend::Sqlite).await;
    let served = site.serve();
    let nobody = served.nobody();
    for n in 0..20 {
        let method = reqwest::Method::from_bytes(format!("MADEUP{n}").as_bytes()).expect("a method");
        nobody.send(nobody.request(method, "/healthz")).await;
        nobody.get(&format!("/api/v1/no-such-{n}")).await;
    }

    let answer = nobody.get("/metrics").await;
    let text = answer.text();

    assert_eq!(answer.status, 200);
    assert!(
        answer.header("content-type").starts_with("text/plain; version=0.0.4"),
        "{}",
        answer.header("content-type")
    );
    let mut samples = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.split(' ');
            assert!(matches!(words.next(), Some("HELP" | "TYPE")), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok() || value == "+Inf", "{line}");
        let name: String = series.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let labels = &series[name.len()..];
        assert!(name.starts_with("waymark_"), "{line}");
        assert!(labels.is_empty() || labels.starts_with('{') && labels.ends_with("\"}"), "{line}");
        samples += 1;
    }
    assert!(samples > 5, "{text}");
    assert!(!text.contains("MADEUP"), "{text}");
    assert!(sum(&text, "waymark_requests_total", "method=\"other\"") >= 20.0, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_shown_to_nobody_until_somebody_is_named() {
    let site = Installation::new(Backend::Sqlite).await.set("metrics_allow", "");
    let served = site.serve();

    assert_eq!(served.nobody().get("/metrics").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_standard_error_stops_nothing() {
    let site = Installation::new(Backend::Sqlite).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let site = site.set("listen", &format!("127.0.0.1:{port}"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux");
    let mut child = site.command(&["serve"]).stderr(full).spawn().expect("started");
    let http = reqwest::Client::new();
    let ask = |path: &'static str| http.get(format!("http://127.0.0.1:{port}{path}")).send();
    let until = Instant::now() + Duration::from_secs(30);
    let mut answers = Vec::new();
    while answers.len() < 10 && Instant::now() < until {
        match ask(if answers.len() % 2 == 0 { "/healthz" } else { "/api/v1/nothing" }).await {
            Ok(answer) => answers.push(answer.status().as_u16()),
            Err(_) if answers.is_empty() => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(e) => {
                child.kill().ok();
                panic!("a reply was cut because the log is full: {e}");
            }
        }
    }
    child.kill().ok();
    child.wait().ok();

    assert_eq!(answers, [200, 404, 200, 404, 200, 404, 200, 404, 200, 404]);
}

/// Names, addresses, passwords and tokens that must not turn up in the log.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_requests_and_neither_persons_nor_secrets() {
    let mail = tests::smtp::MailServer::start().await;
    mail.be(tests::smtp::Mood::Refusing);
    let site = Installation::new(Backend::Sqlite).await.set("smtp_url", &mail.url).set("log", "debug");
    let served = site.serve();
    let admin = site.account(&served, "canary-admin@example.org", "administrator").await;
    let new = |number: &str| {
        json!({ "organisation_id": admin.organisation, "service_number": number,
        "given_name": "Kanarija", "family_name": "Dzeltenspārne", "gender": "female", "email": "canary-bird@example.org",
        "post": "canary-post" })
    };
    let person = admin.post("/api/v1/persons", new("CANARY-1")).await.expect(201);
    admin.post("/api/v1/persons", new("CANARY-1")).await.expect(409);
    admin.post("/api/v1/accounts", json!({ "person_id": person["id"] })).await.expect(201);
    let token = json!({ "name": "canary-token", "read_only": true, "expires_at": "2027-01-01T00:00:00Z" });
    let token = admin.post("/api/v1/me/tokens", token).await;
    admin.get("/api/v1/persons?search=Kanarija").await.expect(200);
    admin.get("/persons?search=Kanarija").await;
    let nobody = served.nobody();
    let guess = json!({ "email": "canary-guess@example.org", "password": "canary password of nobody" });
    nobody.post("/api/v1/sign-in", guess).await.expect(401);
    nobody.post("/api/v1/sign-in", json!({ "email": 7, "canary": "canary-field" })).await.expect(422);
    nobody.get("/links/canary-link-secret").await;
    nobody.get("/verify/canary-code").await;
    nobody.get("/canary-path?canary=query").await;
    let request = nobody.request(reqwest::Method::GET, "/api/v1/me").header("cookie", "waymark=canary-cookie");
    nobody.send(request.bearer_auth("canary-bearer")).await;
    let until = Instant::now() + Duration::from_secs(15);
    while !served.log().contains("a mail did not go") || served.log().matches("\"served\"").count() < 14 {
        assert!(Instant::now() < until, "no mail was tried, or a request is not in the log: {}", served.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let log = served.log();
    let secret = admin.token.clone().expect("a token");
    let made = token.expect(201)["token"].as_str().unwrap_or("wmk_").to_owned();
    let canaries = ["canary", "Kanarija", "Dzeltenspārne", "CANARY-1", "Kalniņa", PASSWORD, secret.as_str(), &made];
    for canary in canaries {
        let line = log.lines().find(|line| line.to_lowercase().contains(&canary.to_lowercase()));
        assert_eq!(line, None, "{canary}");
    }
    let mut served_lines = 0;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        if line["fields"]["message"] == "served" {
            served_lines += 1;
            assert_eq!(line["fields"]["request"].as_str().map(str::len), Some(36), "{line}");
        }
    }
    assert!(served_lines > 10, "{log}");
}
