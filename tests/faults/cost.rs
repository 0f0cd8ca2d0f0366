//! What a list costs: as many statements for many rows as for one, and no reading of whole tables.
//!
//! The program is run over the demonstration, and says in its metrics how many statements it sent, and in
//! its log, when asked, which.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tests::{Backend, Client, Installation, Served};

/// Lists that read every row on purpose: their tables stay small.
const SMALL: &[&str] = &[
    "amendment",
    "budget_line",
    "component",
    "crossing_point",
    "deliverable",
    // Emptied by the sealer every second.
    "event_tail",
    "framework",
    "indicator",
    "organisation",
    "programme",
    "role_grant",
    "scheme",
    "scheme_version",
    "setting",
    "unit",
    "unit_placement",
    "venue",
];

/// The demonstration, served from here, and one person for each role.
async fn demonstration(log: &str) -> (Installation, Served, Vec<Client>) {
    let site = Installation::new(Backend::Sqlite).await.set("log", log);
    let folder = site.folder.join("demo");
    let mut command = std::process::Command::new(tests::process::program());
    command.args(["demo", "--load-only", "--folder"]).arg(&folder).env_clear().current_dir(&site.folder);
    let told = tests::process::Told::of(&mut command);
    assert!(told.ok, "{}", told.err);
    let site = site
        .set("database_url", &format!("sqlite:{}/waymark.db", folder.display()))
        .set("data_dir", &folder.display().to_string());
    let served = site.serve();
    let mut people = Vec::new();
    for line in told.out.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [.., email, password] = words[..] else { continue };
        if !email.contains('@') {
            continue;
        }
        let mut client = served.nobody();
        let credentials = serde_json::json!({ "email": email, "password": password });
        let session = client.post("/api/v1/sign-in", credentials).await.expect(200);
        client.token = session["token"].as_str().map(str::to_owned);
        people.push(client);
    }
    assert!(people.len() >= 5, "{}", told.out);
    (site, served, people)
}

/// Paths of lists that take a `limit`, with ids of real things put in.
async fn lists(people: &[Client]) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (path, item) in api::api_document()["paths"].as_object().expect("paths") {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|p| p["name"] == "limit") {
            continue;
        }
        for (n, client) in people.iter().enumerate() {
            let Some((head, _)) = path.split_once("/{") else {
                found.insert((n, path.clone()));
                continue;
            };
            let answer = client.get(&format!("{head}?limit=5")).await;
            let body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
            let items = body["items"].as_array().or_else(|| body.as_array()).cloned().unwrap_or_default();
            for item in items.iter().filter_map(|item| item["id"].as_str()).take(2) {
                let path: Vec<&str> =
                    path.split('/').map(|part| if part.starts_with('{') { item } else { part }).collect();
                found.insert((n, path.join("/")));
            }
        }
    }
    found
}

fn statements(metrics: &str) -> u64 {
    let samples = metrics.lines().filter(|line| line.starts_with("waymark_request_statements_total"));
    samples.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// Rows that were given, and statements that were sent for them: the fewest of some tries, since now and
/// then a request has to find out anew who asks.
async fn cost(served: &Served, client: &Client, path: &str) -> Option<(usize, u64)> {
    let nobody = served.nobody();
    let mut fewest = u64::MAX;
    let mut rows = 0;
    for _ in 0..3 {
        let before = statements(&nobody.get("/metrics").await.text());
        let answer = client.get(path).await;
        let after = statements(&nobody.get("/metrics").await.text());
        let body: Value = serde_json::from_slice(&answer.bytes).ok().filter(|_| answer.status == 200)?;
        rows = body["items"].as_array()?.len();
        fewest = fewest.min(after - before);
    }
    Some((rows, fewest))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_many_costs_as_many_statements_as_a_list_of_one() {
    let (_site, served, people) = demonstration("warn,api::operator=info").await;
    let mut compared = BTreeMap::new();
    let mut wrong = Vec::new();
    for (n, path) in lists(&people).await {
        if compared.contains_key(&path) {
            continue;
        }
        let Some((1, one)) = cost(&served, &people[n], &format!("{path}?limit=1")).await else { continue };
        let Some((rows, many)) = cost(&served, &people[n], &format!("{path}?limit=20")).await else { continue };
        if rows < 3 {
            continue;
        }
        *compared.entry(path.clone()).or_insert(0_u64) = many;
        // A part that the first row lacks costs its one statement when a later row has it; a query for each
        // row would cost as many as there are rows.
        if many > one + 2 {
            wrong.push(format!("{path}: {one} statements for 1 row, {many} for {rows}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared.len() >= 5, "vacuous: {compared:?}");
    assert!(compared.values().any(|statements| *statements > 0), "nothing was counted: {compared:?}");
}

/// The statements a request sent, by their text.
fn sent(served: &Served, from: usize) -> BTreeSet<String> {
    let log = served.log();
    let lines = log.get(from..).unwrap_or_default().lines().filter(|line| line.contains("\"waymark::statement\""));
    let texts =
        lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()?["fields"]["sql"].as_str().map(str::to_owned));
    texts.filter(|sql| sql.starts_with("SELECT") || sql.starts_with("WITH") || sql.starts_with("UPDATE")).collect()
}

async fn plan(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"))).await;
    let rows = rows.unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.iter().map(|row| row.try_get("", "detail").expect("a plan")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_reads_a_whole_table_on_sqlite() {
    let (site, served, people) = demonstration("warn,api::operator=info,waymark::statement=trace").await;
    let db = tests::database::outside(&format!("sqlite:{}/demo/waymark.db", site.folder.display())).await;
    let paths = lists(&people).await;
    let from = served.log().len();
    for (n, path) in &paths {
        people[*n].get(&format!("{path}?limit=20")).await;
    }
    people[0].get("/api/v1/persons?search=kal").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let sent = sent(&served, from);
    assert!(sent.len() >= 10, "vacuous: {sent:?}");

    let mut wrong = Vec::new();
    for sql in &sent {
        for step in plan(&db, sql).await {
            // `SCAN t USING INDEX` is a walk in order, stopped by the limit.
            let Some(scanned) = step.strip_prefix("SCAN ").filter(|rest| !rest.contains("USING")) else { continue };
            // An empty list of ids is a condition that never holds: SQLite looks at it first and reads nothing.
            // The newest row by its number is read from the end of the table, and no further.
            let nothing = sql.contains("WHERE ? = ?") && !sql.contains(" OR ");
            if nothing || sql.ends_with("ORDER BY \"event_link\".\"number\" DESC LIMIT ?") {
                continue;
            }
            let alias = scanned.split_whitespace().next().unwrap_or_default();
            let named = |table: &&&str| {
                alias == **table
                    || sql.contains(&format!("\"{table}\" AS \"{alias}\""))
                    || sql.contains(&format!(" {table} {alias} "))
            };
            let small = SMALL.iter().any(|table| named(&table)) || !sql.contains(alias);
            if !small && !["below", "CONSTANT"].contains(&alias) && !alias.starts_with('(') {
                wrong.push(format!("{step}: {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// As many rows as make a whole reading dearer than any index.
const MANY: &[&str] = &[
    "INSERT INTO organisation (id, code, name, role, version, created_at) SELECT gen_random_uuid(), 'O-' || n, 'Organisation ' || n, 'partner', 1, now() FROM generate_series(1, 20) n",
    "INSERT INTO person (id, organisation_id, service_number, given_name, family_name, gender, languages, state, search_name, version, created_at) \
     SELECT gen_random_uuid(), (SELECT id FROM organisation WHERE code = 'O-' || (1 + n % 20)), 'N-' || n, 'Aija', 'Ozola ' || n, 'female', 'lv', 'active', 'ozola ' || n || ' aija', 1, now() FROM generate_series(1, 40000) n",
    "INSERT INTO event (id, at, kind, act, subject_kind, subject_id, payload, changed, detail_hash) \
     SELECT gen_random_uuid(), now() - n * interval '1 minute', 'identity/signed-in', 'x', 'account', gen_random_uuid(), '{}', '', '' FROM generate_series(1, 60000) n",
    "INSERT INTO job (id, handler, payload, run_at, attempts, max_attempts, done_at) \
     SELECT gen_random_uuid(), 'x', '{}', now() - n * interval '1 minute', 1, 10, now() FROM generate_series(1, 60000) n",
    "ANALYZE",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_list_reads_a_whole_table_on_postgresql() {
    let site = Installation::new(Backend::Postgres).await.set("log", "info,waymark::statement=trace");
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let auditor = site.account(&served, "auditor@example.org", "auditor").await;
    let mut options = sea_orm::ConnectOptions::new(&site.database_url);
    options.max_connections(1).sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await.expect("connected");
    for sql in MANY {
        db.execute_unprepared(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    let organisation = admin.organisation.clone();
    let from = served.log().len();
    for path in [
        "/api/v1/persons?limit=20".to_owned(),
        format!("/api/v1/persons?limit=20&organisation_id={organisation}"),
        "/api/v1/persons?limit=20&search=ozola".to_owned(),
        "/api/v1/accounts?limit=20".to_owned(),
        "/api/v1/certificates?limit=20".to_owned(),
        "/api/v1/activities?limit=20".to_owned(),
        "/api/v1/me/messages?limit=20".to_owned(),
    ] {
        let answer = admin.get(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    let first = auditor.get("/api/v1/audit/events?limit=20").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("more");
    auditor.get(&format!("/api/v1/audit/events?limit=20&cursor={cursor}")).await.expect(200);
    let first = admin.get("/api/v1/persons?limit=20").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("more");
    admin.get(&format!("/api/v1/persons?limit=20&cursor={cursor}")).await.expect(200);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let sent = sent(&served, from);
    assert!(sent.len() >= 8, "vacuous: {sent:?}");

    let mut wrong = Vec::new();
    for (n, sql) in sent.iter().enumerate() {
        let parameters = (1..40).take_while(|k| sql.contains(&format!("${k}"))).count();
        let nothing = vec!["NULL"; parameters].join(", ");
        let call = if parameters == 0 { format!("EXECUTE p{n}") } else { format!("EXECUTE p{n}({nothing})") };
        let texts = [format!("PREPARE p{n} AS {sql}"), "SET plan_cache_mode = force_generic_plan".to_owned()];
        for text in texts {
            db.execute_unprepared(&text).await.unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        let explain = Statement::from_string(DbBackend::Postgres, format!("EXPLAIN {call}"));
        let rows = db.query_all_raw(explain).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let plan: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a line")).collect();
        // A filter that holds for no row at all is looked at once, and nothing is read.
        let never = plan.iter().any(|line| line.contains("One-Time Filter"));
        let scanned = |table: &str| plan.iter().any(|line| line.contains(&format!("Seq Scan on {table} ")));
        if !never && ["person", "event", "job"].into_iter().any(scanned) {
            wrong.push(format!("{sql}\n{}", plan.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
