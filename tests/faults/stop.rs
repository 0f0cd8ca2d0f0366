//! A stop cuts nobody off, ends in time, and hands back what was begun.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use std::time::{Duration, Instant};
use tests::house::PASSWORD;
use tests::smtp::{MailServer, Mood};
use tests::{Backend, Client, Installation};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stop_answers_everything_it_was_asked(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let site = Installation::new(backend).await.set("sign_in_queue", "200");
    let mut served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    // A connection of its own for each, open already: the stop must not find them at the door.
    let clients: Vec<_> = (0..24).map(|_| Client { http: served.nobody().http, ..admin.clone() }).collect();
    for client in &clients {
        client.get("/healthz").await.expect(200);
    }

    let asked: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(n, client)| {
            tokio::spawn(async move {
                if n % 2 == 0 {
                    // Slow: it waits for its turn at the password check.
                    let credentials = json!({ "email": format!("nobody{n}@example.org"), "password": PASSWORD });
                    client.try_post("/api/v1/sign-in", credentials).await
                } else {
                    let new = json!({ "organisation_id": client.organisation, "service_number": format!("S-{n}"),
                        "given_name": "Aija", "family_name": "Ozola", "gender": "female" });
                    client.try_post("/api/v1/persons", new).await
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(60)).await;
    served.ask_to_stop();

    let mut kept = Vec::new();
    for (n, task) in asked.into_iter().enumerate() {
        let (status, body) = task.await.expect("it ran").unwrap_or_else(|| panic!("request {n} was cut off"));
        assert!([201, 401].contains(&status), "{status} {body}");
        kept.extend((status == 201).then(|| format!("/api/v1/persons/{}", body["id"].as_str().expect("an id"))));
    }
    assert!(served.ended(Duration::from_secs(15)).is_some_and(|status| status.success()), "{}", served.log());
    assert!(!kept.is_empty());
    let served = site.serve();
    for path in kept {
        served.client(&admin).get(&path).await.expect(200);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_end_is_handed_back_at_a_stop(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mail = MailServer::start().await;
    mail.be(Mood::Silent);
    let site = Installation::new(backend).await.set("smtp_url", &mail.url).set("stop_seconds", "1");
    let mut served = site.serve();
    site.account(&served, "admin@example.org", "administrator").await;
    served.nobody().post("/api/v1/password-resets", json!({ "email": "admin@example.org" })).await.expect(202);
    let held = "SELECT count(*) AS n FROM job WHERE handler = 'notification::deliver' AND lease_until IS NOT NULL AND done_at IS NULL";
    let until = Instant::now() + Duration::from_secs(10);
    while number(&site, held).await != 1 {
        assert!(Instant::now() < until, "nothing was delivered");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    served.ask_to_stop();

    assert!(served.ended(Duration::from_secs(10)).is_some_and(|status| status.success()), "{}", served.log());
    assert_eq!(number(&site, held).await, 0, "it still holds the lease");
    mail.be(Mood::Kind);
    let _served = site.serve();
    let until = Instant::now() + Duration::from_secs(10);
    while mail.taken().is_empty() {
        assert!(Instant::now() < until, "the job was not taken up");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(mail.taken().len(), 1);
}

async fn number(site: &Installation, sql: &str) -> i64 {
    let db = tests::database::outside(&site.database_url).await;
    let backend = if site.backend == Backend::Sqlite { DbBackend::Sqlite } else { DbBackend::Postgres };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await.expect("read").expect("a row");
    let number = row.try_get("", "n").expect("a number");
    db.close().await.ok();
    number
}
