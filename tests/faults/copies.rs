//! Several copies of the program on one PostgreSQL: each thing is done once, and what one copy is told the
//! others know.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tests::smtp::{MailServer, Mood};
use tests::{Backend, Client, Installation};

async fn number(site: &Installation, sql: &str) -> i64 {
    let db = tests::database::outside(&site.database_url).await;
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("read").expect("a row");
    let number = row.try_get("", "n").expect("a number");
    db.close().await.ok();
    number
}

async fn until_it_is(site: &Installation, sql: &str, wanted: i64) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let have = number(site, sql).await;
        if have == wanted {
            return;
        }
        assert!(Instant::now() < until, "{sql}: {have}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A person with an account; gives the account and its address.
async fn invited(admin: &Client, number: &str) -> (String, String) {
    let email = format!("{number}@example.org");
    let new = json!({ "organisation_id": admin.organisation, "service_number": number, "given_name": "Aija",
        "family_name": "Ozola", "gender": "female", "email": email });
    let person = admin.post("/api/v1/persons", new).await.expect(201)["id"].clone();
    let account = admin.post("/api/v1/accounts", json!({ "person_id": person })).await.expect(201);
    (account["id"].as_str().expect("an id").to_owned(), email)
}

const UNDONE: &str = "SELECT count(*) AS n FROM job WHERE done_at IS NULL";
const UNSEALED: &str = "SELECT count(*) AS n FROM event_tail";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_copies_do_each_job_once_and_seal_one_chain() {
    let mail = MailServer::start().await;
    let site = Installation::new(Backend::Postgres).await.set("smtp_url", &mail.url);
    let copies = [site.serve(), site.serve(), site.serve()];
    let admin = site.account(&copies[0], "admin@example.org", "administrator").await;

    let asked = (0..30).map(|n| {
        let admin = copies[n % 3].client(&admin);
        tokio::spawn(async move { invited(&admin, &format!("c{n}")).await })
    });
    for task in asked.collect::<Vec<_>>() {
        task.await.expect("a session made at one copy is good at the others");
    }
    until_it_is(&site, UNDONE, 0).await;
    until_it_is(&site, UNSEALED, 0).await;

    let mut mails = BTreeMap::new();
    for taken in mail.taken() {
        *mails.entry(taken.to).or_insert(0) += 1;
    }
    let wanted: BTreeMap<String, i32> = (0..30).map(|n| (format!("c{n}@example.org"), 1)).collect();
    assert_eq!(mails, wanted);
    let twice = "SELECT count(*) AS n FROM job WHERE attempts <> 1";
    assert_eq!(number(&site, twice).await, 0, "a job was taken more than once");
    let told = site.run(&["verify"]);
    assert!(told.ok && told.out.contains("0 waiting"), "{} {}", told.out, told.err);
    let gaps = "SELECT max(number) - count(*) AS n FROM event_link";
    assert_eq!(number(&site, gaps).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_copy_is_told_the_others_know_by_the_next_request() {
    let site = Installation::new(Backend::Postgres).await;
    let (one, two) = (site.serve(), site.serve());
    let admin = site.account(&one, "admin@example.org", "administrator").await;
    let anna = site.account(&one, "anna@example.org", "coordinator").await;
    let there = two.client(&anna);
    let is_coordinator = async |client: &Client| client.get("/api/v1/me").await.text().contains("\"coordinator\"");
    assert!(is_coordinator(&there).await);

    // Signed out here, signed out there.
    let second = two.sign_in("anna@example.org").await;
    assert_eq!(one.client(&second).get("/api/v1/me").await.status, 200);
    one.client(&second).act("/api/v1/sign-out").await.expect(204);
    assert_eq!(second.get("/api/v1/me").await.status, 401);

    // A role taken away here is gone there.
    let grants = admin.get(&format!("/api/v1/accounts/{}/grants", anna.account)).await.expect(200);
    let grant = grants.as_array().or_else(|| grants["items"].as_array()).expect("grants")[0]["id"].clone();
    let revoked = admin.delete(&format!("/api/v1/grants/{}", grant.as_str().expect("an id"))).await;
    assert!(revoked.is_success(), "{}", revoked.text());
    assert!(!is_coordinator(&there).await);

    // Suspended here, out there.
    let anna = two.sign_in("anna@example.org").await;
    assert_eq!(anna.get("/api/v1/me").await.status, 200);
    let suspended = admin.act(&format!("/api/v1/accounts/{}/suspension", anna.account)).await;
    assert!(suspended.is_success(), "{}", suspended.text());
    assert_eq!(anna.get("/api/v1/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_job_of_a_killed_copy_is_taken_by_another_once_the_lease_is_over() {
    let mail = MailServer::start().await;
    mail.be(Mood::Silent);
    let site = Installation::new(Backend::Postgres).await.set("smtp_url", &mail.url);
    let first = site.serve();
    let admin = site.account(&first, "admin@example.org", "administrator").await;
    invited(&admin, "k1").await;
    let held = "SELECT count(*) AS n FROM job WHERE handler = 'notification::deliver' AND lease_until > now()";
    until_it_is(&site, held, 1).await;

    first.kill();
    mail.be(Mood::Kind);
    let _second = site.serve();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(mail.taken().len(), 0, "the lease still runs");
    // Rather than wait for a minute.
    let db = tests::database::outside(&site.database_url).await;
    db.execute_unprepared("UPDATE job SET lease_until = now() - interval '1 second' WHERE lease_until > now()")
        .await
        .expect("the minute is over");

    until_it_is(&site, UNDONE, 0).await;
    assert_eq!(mail.taken().len(), 1);
}
