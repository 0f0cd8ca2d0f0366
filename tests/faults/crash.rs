//! `kill -9` at random moments: whatever was acknowledged is there afterwards, whole, and recorded.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::process::long;
use tests::{Backend, Client, Installation, Served};

/// What was acknowledged: where to read it, and a field with its value.
type Ledger = Arc<Mutex<Vec<(String, &'static str, Value)>>>;

fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

#[derive(Clone)]
struct Staff {
    admin: Client,
    coordinator: Client,
    officer: Client,
}

impl Staff {
    async fn at(site: &Installation, served: &Served) -> Self {
        let staff = Self {
            admin: site.account(served, "admin@example.org", "administrator").await,
            coordinator: site.account(served, "coordinator@example.org", "coordinator").await,
            officer: site.account(served, "officer@example.org", "certification_officer").await,
        };
        let scheme = json!({ "code": "CS-CP", "title": "Contact point", "validity_months": 24, "renewal_window_days": 90,
            "needs_confirmation": false, "awarding_body": "State Border Guard College",
            "requirement": { "practical": { "outcome": "CO-3" } } });
        staff.officer.post("/api/v1/schemes", scheme).await.expect(201);
        staff
    }

    fn moved(&self, served: &Served) -> Self {
        Self {
            admin: served.client(&self.admin),
            coordinator: served.client(&self.coordinator),
            officer: served.client(&self.officer),
        }
    }

    /// Writes until the server is gone.
    async fn write(self, name: String, ledger: Ledger, stop: Arc<AtomicBool>) {
        let mut number = 0;
        while !stop.load(Ordering::Relaxed) {
            number += 1;
            let outcome = match number % 3 {
                0 => self.framework(&format!("{name}-{number}"), &ledger).await,
                _ => self.certified_person(&format!("{name}-{number}"), &ledger).await,
            };
            if outcome.is_none() {
                return;
            }
        }
    }

    async fn framework(&self, edition: &str, ledger: &Ledger) -> Option<()> {
        let new = json!({ "code": "BMT-CF", "edition": edition, "title": "Competence framework",
            "outcomes": [{ "code": "RA-1", "area": "Risk analysis", "kind": "knowledge", "level": 4, "statement": "names" }],
            "profiles": [] });
        let (status, body) = self.coordinator.try_post("/api/v1/frameworks", new).await?;
        assert_eq!(status, 201, "{body}");
        let path = format!("/api/v1/frameworks/{}", body["id"].as_str().expect("an id"));
        ledger.lock().expect("nobody panicked").push((path, "/edition", json!(edition)));
        Some(())
    }

    async fn certified_person(&self, number: &str, ledger: &Ledger) -> Option<()> {
        let new = json!({ "organisation_id": self.admin.organisation, "service_number": number, "given_name": "Aija",
            "family_name": "Ozola", "gender": "female" });
        let (status, body) = self.admin.try_post("/api/v1/persons", new).await?;
        assert_eq!(status, 201, "{body}");
        let id = body["id"].as_str().expect("an id");
        let path = format!("/api/v1/persons/{id}");
        ledger.lock().expect("nobody panicked").push((path.clone(), "/service_number", json!(number)));
        let shown = json!({ "kind": "practical", "key": "CO-3", "note": "Ran the contact point for a shift." });
        let (status, body) = self.officer.try_post(&format!("{path}/evidence"), shown).await?;
        assert_eq!(status, 201, "{body}");
        ledger.lock().expect("nobody panicked").push((
            format!("{path}/certification"),
            "/schemes/0/status",
            json!("valid"),
        ));
        Some(())
    }
}

/// Reads back what was acknowledged since `from`.
async fn check(staff: &Staff, ledger: &Ledger, from: usize) {
    let entries = ledger.lock().expect("nobody panicked")[from..].to_vec();
    for (path, field, value) in entries {
        let reader = if path.contains("frameworks") { &staff.coordinator } else { &staff.officer };
        let answer = reader.get(&path).await;
        assert_eq!(answer.status, 200, "acknowledged and lost: {path} {}", answer.text());
        assert_eq!(answer.expect(200).pointer(field), Some(&value), "acknowledged and lost: {path}");
    }
}

async fn number(site: &Installation, sql: &str) -> i64 {
    let db = tests::database::outside(&site.database_url).await;
    let backend = if site.backend == Backend::Sqlite { DbBackend::Sqlite } else { DbBackend::Postgres };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await.expect("read").expect("a row");
    row.try_get("", "n").expect("a number")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_was_acknowledged_survives_a_kill(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let site = Installation::new(backend).await;
    let mut served = site.serve();
    let mut staff = Staff::at(&site, &served).await;
    let ledger = Ledger::default();
    let until = Instant::now() + Duration::from_secs(if long() { 600 } else { 10 });
    let kills = AtomicUsize::new(0);

    while Instant::now() < until || kills.load(Ordering::Relaxed) < 3 {
        let from = ledger.lock().expect("nobody panicked").len();
        let round = kills.fetch_add(1, Ordering::Relaxed);
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..8)
            .map(|n| tokio::spawn(staff.clone().write(format!("K-{round}-{n}"), ledger.clone(), stop.clone())))
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + random(900))).await;
        served.kill();
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.expect("no writer met an answer that is neither success nor silence");
        }
        served = site.serve();
        staff = staff.moved(&served);
        check(&staff, &ledger, from).await;
    }

    let acknowledged = ledger.lock().expect("nobody panicked").len();
    assert!(acknowledged >= 30, "vacuous: {acknowledged} acknowledged in {kills:?} kills");
    check(&staff, &ledger, 0).await;
    served.stop();
    // Each person by one event, each certificate by one event and one piece of evidence.
    let unrecorded = "SELECT (SELECT count(*) FROM person) - (SELECT count(*) FROM event WHERE kind = 'identity/person-created') AS n";
    assert_eq!(number(&site, unrecorded).await, 0);
    let unrecorded = "SELECT (SELECT count(*) FROM certificate) - (SELECT count(*) FROM event WHERE kind = 'certification/certificate-issued') AS n";
    assert_eq!(number(&site, unrecorded).await, 0);
    let twice =
        "SELECT count(*) AS n FROM (SELECT person_id FROM certificate GROUP BY person_id HAVING count(*) > 1) AS x";
    assert_eq!(number(&site, twice).await, 0);
    let told = site.run(&["verify"]);
    assert!(told.ok && told.out.contains("0 waiting"), "{} {}", told.out, told.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_hangs_up_on_everybody_costs_nothing_acknowledged() {
    let site = Installation::new(Backend::Postgres).await;
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..6)
        .map(|n| {
            let (admin, stop) = (admin.clone(), stop.clone());
            tokio::spawn(async move {
                let (mut kept, mut refused) = (Vec::new(), 0);
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let number = format!("H-{n}-{number}");
                    let new = json!({ "organisation_id": admin.organisation, "service_number": number,
                        "given_name": "Aija", "family_name": "Ozola", "gender": "female" });
                    let answer = admin.post("/api/v1/persons", new).await;
                    match answer.status {
                        201 => {
                            kept.push(format!("/api/v1/persons/{}", answer.expect(201)["id"].as_str().expect("an id")));
                        }
                        503 => refused += 1,
                        // Never 401: it would throw people out of what they are doing.
                        other => panic!("{other} {}", answer.text()),
                    }
                }
                (kept, refused)
            })
        })
        .collect();
    let hang_up = "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(number(&site, hang_up).await > 0);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);

    let (mut there, mut refused) = (0, 0);
    for writer in writers {
        let (kept, turned_away) = writer.await.expect("every answer was 201 or 503");
        refused += turned_away;
        for path in kept {
            admin.get(&path).await.expect(200);
            there += 1;
        }
    }
    assert!(there >= 20, "vacuous: {there} acknowledged, {refused} refused");
    served.nobody().get("/readyz").await.expect(200);
    served.stop();
    assert!(site.run(&["verify"]).ok);
}
