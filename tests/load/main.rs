//! A small benchmark of the real program: how it goes with one client and with many, with few rows and with
//! many, alone and beside a writer. Ratios of one run; absolute figures are printed and judged by nobody.
//!
//! `WAYMARK_LONG=1 cargo test -p tests --test load -- --nocapture`, on a quiet machine. The release build is
//! measured when there is one.

use sea_orm::ConnectionTrait;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::process::{long, say};
use tests::{Backend, Client, Installation};

/// Length of one measurement.
const SPELL: Duration = Duration::from_secs(4);

async fn write(client: &Client, number: usize) {
    let new = json!({ "organisation_id": client.organisation, "service_number": format!("W-{number}"),
        "given_name": "Aija", "family_name": "Ozola", "gender": "female" });
    client.post("/api/v1/persons", new).await.expect(201);
}

/// Durable writes in a second, by so many clients at once.
async fn writes(client: &Client, clients: usize, next: &Arc<AtomicUsize>) -> f64 {
    let began = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (client, next) = (client.clone(), next.clone());
            tokio::spawn(async move {
                let mut done = 0_u32;
                while began.elapsed() < SPELL {
                    write(&client, next.fetch_add(1, Ordering::Relaxed)).await;
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("it ran");
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// Median time of a request, milliseconds.
async fn median(client: &Client, path: &str) -> f64 {
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < SPELL / 2 || times.len() < 20 {
        let asked = Instant::now();
        client.get(path).await.expect(200);
        times.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn fill(site: &Installation, from: usize, to: usize) {
    let db = tests::database::outside(&site.database_url).await;
    let (series, id) = match site.backend {
        Backend::Sqlite => (
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) SELECT n FROM s)"
            ),
            "randomblob(16)",
        ),
        Backend::Postgres => (format!("(SELECT generate_series({from}, {to}) AS n)"), "gen_random_uuid()"),
    };
    let sql = format!(
        "INSERT INTO person (id, organisation_id, service_number, given_name, family_name, gender, languages, state, search_name, version, created_at) \
         SELECT {id}, (SELECT id FROM organisation LIMIT 1), 'F-' || n, 'Aija', 'Ozola ' || n, 'female', 'lv', 'active', 'ozola ' || n || ' aija', 1, \
         (SELECT created_at FROM organisation LIMIT 1) FROM {series} AS x"
    );
    db.execute_unprepared(&sql).await.expect("filled");
    if site.backend == Backend::Postgres {
        db.execute_unprepared("ANALYZE person").await.expect("counted");
    }
    db.close().await.ok();
}

async fn measure(backend: Backend) -> Vec<(String, f64, f64, f64)> {
    let site = Installation::new(backend).await.set("log", "warn,api::operator=info").set("database_connections", "8");
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let next = Arc::new(AtomicUsize::new(0));
    let mut table = Vec::new();
    let mut row = |what: &str, before: f64, after: f64| table.push((what.to_owned(), before, after, after / before));

    writes(&admin, 4, &next).await;
    let (one, many) = (writes(&admin, 1, &next).await, writes(&admin, 32, &next).await);
    row("durable writes a second: 1 client, 32 clients", one, many);

    let list = "/api/v1/persons?limit=50";
    let alone = median(&admin, list).await;
    let stop = Arc::new(AtomicBool::new(false));
    let (writer, stopped, numbers) = (admin.clone(), stop.clone(), next.clone());
    let busy = tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            write(&writer, numbers.fetch_add(1, Ordering::Relaxed)).await;
        }
    });
    let beside = median(&admin, list).await;
    stop.store(true, Ordering::Relaxed);
    busy.await.expect("it ran");
    row("list of 50, ms: alone, beside a writer", alone, beside);

    fill(&site, 1, 1_000).await;
    let paths = [(list, "list of 50"), ("/api/v1/persons?limit=50&search=ozola+99", "search")];
    let mut few = Vec::new();
    for (path, _) in paths {
        few.push(median(&admin, path).await);
    }
    fill(&site, 1_001, 100_000).await;
    for ((path, what), few) in paths.into_iter().zip(few) {
        row(&format!("{what}, ms: 1,000 rows, 100,000 rows"), few, median(&admin, path).await);
    }
    table
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ratios() {
    if !long() {
        say("skipped: the benchmark is part of the long run");
        return;
    }
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let table = measure(backend).await;
        say(&format!("\n| {backend:?} | before | after | ratio |\n|---|---|---|---|"));
        for (what, before, after, ratio) in &table {
            say(&format!("| {what} | {before:.1} | {after:.1} | {ratio:.2} |"));
        }
        let ratio = |what: &str| table.iter().find(|row| row.0.contains(what)).expect("measured").3;
        assert!(ratio("32 clients") > 1.5, "writes are not committed together");
        assert!(ratio("list of 50, ms: 1,000") < 3.0, "a page grows with its table");
    }
}
