//! The command line, as the operator of a host meets it.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tests::house::PASSWORD;
use tests::process::{Told, program};
use tests::{Backend, Client, Installation};

fn bare(arguments: &[&str], variables: &[(&str, &str)]) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = std::process::Command::new(program());
    Told::of(command.args(arguments).env_clear().envs(variables.iter().copied()).current_dir(folder.path()))
}

async fn execute(site: &Installation, sql: &str) {
    let db = tests::database::outside(&site.database_url).await;
    db.execute_unprepared(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    db.close().await.ok();
}

async fn number(site: &Installation, sql: &str) -> i64 {
    let db = tests::database::outside(&site.database_url).await;
    let backend = if site.backend == Backend::Sqlite { DbBackend::Sqlite } else { DbBackend::Postgres };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await.expect("read").expect("a row");
    let number = row.try_get("", "n").expect("a number");
    db.close().await.ok();
    number
}

#[test]
fn every_command_explains_itself() {
    let help = bare(&["--help"], &[]);
    assert!(help.ok && help.out.contains("WAYMARK_"), "{}", help.out);
    let commands: Vec<&str> = help
        .out
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  ").and_then(|line| line.split_whitespace().next()))
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 9, "{commands:?}");
    for command in &commands {
        let told = bare(&[command, "--help"], &[]);
        let first = told.out.lines().next().unwrap_or_default();
        assert!(told.ok && first.split(' ').count() >= 3, "{command}: {}", told.out);
    }
    for command in ["create", "reset", "grant"] {
        let told = bare(&["account", command, "--help"], &[]);
        assert!(told.ok && told.out.contains("--email"), "{}", told.out);
    }
    let nothing = bare(&[], &[]);
    assert!(!nothing.ok && nothing.err.contains("Usage"), "{}", nothing.err);
}

#[test]
fn the_settings_are_a_table_and_none_lacks_an_explanation() {
    let told = bare(&["settings"], &[]);

    let rows: Vec<&str> = told.out.lines().filter(|line| line.starts_with("| `WAYMARK_")).collect();
    assert!(told.ok && rows.len() >= 20, "{}", told.out);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert!(cells.len() == 3 && cells[2].split_whitespace().count() >= 3, "{row}");
    }
}

#[test]
fn all_mistakes_in_the_settings_are_reported_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("waymark.toml");
    std::fs::write(&file, "database_conections = 4\nrequest_timeout_seconds = \"soon\"\n").expect("written");
    let file = file.display().to_string();

    let told = bare(
        &["--config", &file, "migrate"],
        &[
            ("WAYMARK_LISTEN", "somewhere"),
            ("WAYMARK_TYPO", "1"),
            ("WAYMARK_SMTP_URL_FILE", "/nowhere/at/all"),
            ("WAYMARK_PUBLIC_URL", "not a url"),
            ("WAYMARK_TRUSTED_PROXIES", "10.0.0.1,nobody"),
        ],
    );

    assert!(!told.ok);
    for named in [
        "database_conections",
        "request_timeout_seconds",
        "listen",
        "typo",
        "WAYMARK_SMTP_URL_FILE",
        "public_url",
        "trusted_proxies",
    ] {
        assert!(told.err.contains(named), "{named} is not named:\n{}", told.err);
    }
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    for (name, value, why) in [
        ("WAYMARK_DATABASE_CONNECTIONS", "0", "at least 1"),
        ("WAYMARK_SESSION_IDLE_MINUTES", "-5", "at least 1"),
        ("WAYMARK_MAX_CONNECTIONS", "0", "at least 1"),
        ("WAYMARK_LOG", "info,=,[", "log"),
        ("WAYMARK_MAIL_FROM", "nobody at all", "mail_from"),
        ("WAYMARK_DATABASE_URL", "mysql://x", "database_url"),
        ("WAYMARK_LISTEN", "0.0.0.0:8080", "loopback"),
        ("WAYMARK_SECRET_KEY", "short", "32 characters"),
    ] {
        let told = bare(&["migrate"], &[(name, value)]);
        assert!(!told.ok && told.err.contains(why), "{name}={value}: {} {}", told.out, told.err);
        assert!(!told.err.contains("panicked"), "{}", told.err);
    }
}

#[test]
fn a_secret_comes_from_a_file_and_not_from_two_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "short\n").expect("written");
    let key = key.display().to_string();

    let read = bare(&["migrate"], &[("WAYMARK_SECRET_KEY_FILE", &key)]);
    assert!(read.err.contains("32 characters"), "the file was not read: {}", read.err);
    let long = "x".repeat(40);
    let twice = bare(&["migrate"], &[("WAYMARK_SECRET_KEY_FILE", &key), ("WAYMARK_SECRET_KEY", &long)]);
    assert!(!twice.ok && twice.err.contains("secret_key"), "{}", twice.err);
}

#[test]
fn a_foreign_variable_of_odd_bytes_stops_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = std::process::Command::new(program());
    command.arg("migrate").env_clear().current_dir(folder.path());

    let told = Told::of(command.env("ODD", std::ffi::OsStr::from_bytes(b"a\xff")));

    assert!(told.ok, "{}", told.err);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_schema_goes_up_down_and_up_from_the_command_line(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Installation::new(backend).await;
    let steps = "SELECT count(*) AS n FROM seaql_migrations";

    let up = site.run(&["migrate"]);
    assert!(up.ok, "{}", up.err);
    let all = number(&site, steps).await;
    let again = site.run(&["migrate"]);
    assert!(again.ok, "{}", again.err);
    let down = site.run(&["migrate", "--down", &all.to_string()]);
    assert!(down.ok, "{}", down.err);
    assert_eq!(number(&site, steps).await, 0);
    assert!(site.run(&["migrate"]).ok);
    assert_eq!(number(&site, steps).await, all);

    execute(&site, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_of_the_future', 0)").await;
    for command in ["serve", "migrate", "verify"] {
        let told = site.run(&[command]);
        assert!(!told.ok && told.err.contains("newer"), "{command}: {}", told.err);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_step_that_is_killed_can_be_repeated(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let site = Installation::new(backend).await;

    for wait in [5_u64, 15, 30, 60, 90, 120, 180, 250] {
        let mut child = site.command(&["migrate"]).spawn().expect("started");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().ok();
        child.wait().expect("it ended");
    }

    let told = site.run(&["migrate"]);
    assert!(told.ok, "{}", told.err);
    assert!(site.run(&["verify"]).ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_others_could_read_are_refused() {
    let site = Installation::new(Backend::Sqlite).await;
    assert!(site.run(&["migrate"]).ok);
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;

    for name in ["waymark.db", "secret.key"] {
        let path = site.folder.join(name);
        assert_eq!(mode(&path), 0o600, "{name}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        let told = site.run(&["migrate"]);
        assert!(!told.ok && told.err.contains(name) && told.err.contains("0600"), "{name}: {}", told.err);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("changed back");
    }
    let served = site.serve();
    served.nobody().get("/readyz").await.expect(200);
    for entry in std::fs::read_dir(&site.folder).expect("a folder").flatten() {
        if entry.file_type().expect("a type").is_file() {
            assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_database_is_not_made_and_found_good() {
    let site = Installation::new(Backend::Sqlite).await;

    for command in [&["verify"][..], &["backup", "b"], &["account", "reset", "--email", "a@example.org"]] {
        let told = site.run(command);
        assert!(!told.ok && told.err.contains("no such database"), "{command:?}: {} {}", told.out, told.err);
    }
    assert!(!site.folder.join("waymark.db").exists());
}

/// What a tamperer does, and a word by which `verify` must name it.
#[rstest]
#[case::changed("UPDATE event SET act = 'x' WHERE id = (SELECT event_id FROM event_link WHERE number = 4)", "number 4")]
#[case::deleted("DELETE FROM event WHERE id = (SELECT event_id FROM event_link WHERE number = 4)", "number 4")]
#[case::inserted("insert", "in no link")]
#[case::exchanged("exchange", "number 4")]
#[case::cut("cut", "head")]
#[case::rewritten("UPDATE event_link SET hash = 'ff' WHERE number = 4", "number 4")]
#[tokio::test(flavor = "multi_thread")]
async fn verify_names_what_was_tampered_with(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] sql: &str,
    #[case] named: &str,
) {
    let site = Installation::new(backend).await;
    let served = site.serve();
    site.account(&served, "admin@example.org", "administrator").await;
    site.account(&served, "officer@example.org", "certification_officer").await;
    served.stop();
    let whole = site.run(&["verify"]);
    assert!(whole.ok && whole.out.contains("0 waiting"), "{} {}", whole.out, whole.err);
    let head = whole.out.trim().rsplit(' ').next().expect("a head").to_owned();
    let free: &[&str] = match backend {
        Backend::Sqlite => &[
            "DROP TRIGGER event_no_update",
            "DROP TRIGGER event_no_delete",
            "DROP TRIGGER event_link_no_update",
            "DROP TRIGGER event_link_no_delete",
        ],
        Backend::Postgres => &["ALTER TABLE event DISABLE TRIGGER ALL", "ALTER TABLE event_link DISABLE TRIGGER ALL"],
    };
    for sql in free {
        execute(&site, sql).await;
    }
    match sql {
        "exchange" => {
            let columns = ["kind", "act", "payload", "subject_id"].map(|c| {
                format!("{c} = (SELECT o.{c} FROM event o JOIN event_link l ON l.event_id = o.id WHERE l.number = 9 - (SELECT m.number FROM event_link m WHERE m.event_id = event.id))")
            });
            let sql = format!(
                "UPDATE event SET {} WHERE id IN (SELECT event_id FROM event_link WHERE number IN (4, 5))",
                columns.join(", ")
            );
            execute(&site, &sql).await;
        }
        "insert" => {
            let id = match backend {
                Backend::Sqlite => "x'ffffffffffffffffffffffffffffffff'",
                Backend::Postgres => "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid",
            };
            let rest = "at, kind, act, account_id, person_id, subject_kind, subject_id, request_id, payload, changed, detail_hash";
            execute(&site, &format!("INSERT INTO event (id, {rest}) SELECT {id}, {rest} FROM event LIMIT 1")).await;
        }
        "cut" => {
            let last = number(&site, "SELECT max(number) AS n FROM event_link").await;
            execute(
                &site,
                &format!("DELETE FROM event WHERE id = (SELECT event_id FROM event_link WHERE number = {last})"),
            )
            .await;
            execute(&site, &format!("DELETE FROM event_link WHERE number = {last}")).await;
        }
        sql => execute(&site, sql).await,
    }

    let told = site.run(&["verify", "--head", &head]);

    assert!(!told.ok && told.err.contains(named), "{} {}", told.out, told.err);
}

/// Writes persons until told to stop; gives the paths of those acknowledged.
async fn writing(admin: Client, stop: std::sync::Arc<std::sync::atomic::AtomicBool>) -> Vec<String> {
    let mut kept = Vec::new();
    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
        let new = json!({ "organisation_id": admin.organisation, "service_number": format!("B-{}", kept.len()),
            "given_name": "Aija", "family_name": "Ozola", "gender": "female" });
        let made = admin.post("/api/v1/persons", new).await.expect(201);
        kept.push(format!("/api/v1/persons/{}", made["id"].as_str().expect("an id")));
    }
    kept
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_under_writes_is_restored_whole_and_opens_no_old_door(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Installation::new(backend).await;
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let expires = chrono::DateTime::from_timestamp(admin_expiry(), 0).expect("a time").to_rfc3339();
    let token = json!({ "name": "feed", "read_only": true, "expires_at": expires });
    let token = admin.post("/api/v1/me/tokens", token).await.expect(201)["token"].clone();
    // Without a relay mail waits.
    served.nobody().post("/api/v1/password-resets", json!({ "email": "admin@example.org" })).await.expect(202);
    let link = site.run(&["account", "reset", "--email", "admin@example.org"]);
    let link = link.out.trim().rsplit('/').next().expect("a link").to_owned();
    let file = site.folder.join("files/ab/abcd");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(&file, "a document").expect("written");
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = tokio::spawn(writing(admin.clone(), stop.clone()));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;

    let folder = site.folder.join("backup");
    let before = number(&site, "SELECT count(*) AS n FROM person").await;
    let told = site.run(&["backup", &folder.display().to_string()]);
    assert!(told.ok, "{}", told.err);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let written = writer.await.expect("it ran");
    served.stop();
    assert!(
        i64::try_from(written.len()).is_ok_and(|rows| rows >= before - 1) && before > 1,
        "nothing was written meanwhile"
    );
    assert_eq!(std::fs::metadata(&folder).expect("there").permissions().mode() & 0o077, 0);
    assert!(!site.run(&["backup", &folder.display().to_string()]).ok, "a backup is never written over");

    let mail = tests::smtp::MailServer::start().await;
    let new = Installation::new(backend).await.set("smtp_url", &mail.url);
    let told = new.run(&["restore", &folder.display().to_string()]);
    assert!(told.ok && told.out.contains("holds"), "{} {}", told.out, told.err);
    assert!(!new.run(&["restore", &folder.display().to_string()]).ok, "only into an empty installation");
    let served = new.serve();
    let old = served.client(&admin);
    assert_eq!(old.get("/api/v1/me").await.status, 401, "a session of the backup");
    let old = Client { token: token.as_str().map(str::to_owned), ..old };
    assert_eq!(old.get("/api/v1/me").await.status, 401, "a token of the backup");
    let choice = json!({ "token": link, "password": PASSWORD });
    served.nobody().post("/api/v1/password-choices", choice).await.problem("identity/link-spent");
    let admin = served.sign_in("admin@example.org").await;
    assert!(number(&new, "SELECT count(*) AS n FROM person").await >= before, "what was there before the backup began");
    let mut there = 0;
    for path in &written {
        there += i64::from(admin.get(path).await.status == 200);
    }
    assert!(there >= before - 1, "{there} of {before}");
    assert_eq!(std::fs::read_to_string(new.folder.join("files/ab/abcd")).expect("there"), "a document");
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(mail.taken().len(), 0, "mail of the backup was sent again");
    served.stop();
    assert!(new.run(&["verify"]).ok);
}

fn admin_expiry() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    i64::try_from(now).expect("a time") + 86_400 * 30
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_does_not_play_a_strange_log_into_the_database() {
    let site = Installation::new(Backend::Sqlite).await;
    assert!(site.run(&["migrate"]).ok);
    assert!(site.run(&["backup", "b"]).ok);
    let folder = site.folder.join("b").display().to_string();
    let new = Installation::new(Backend::Sqlite).await;
    std::fs::write(new.folder.join("waymark.db-wal"), "left over").expect("written");

    let told = new.run(&["restore", &folder]);

    assert!(!told.ok && told.err.contains("waymark.db-wal"), "{}", told.err);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_the_first_account_resets_it_and_grants(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Installation::new(backend).await;
    let served = site.serve();
    let nobody = served.nobody();
    let guess = json!({ "email": "admin@example.org", "password": PASSWORD });
    nobody.post("/api/v1/sign-in", guess).await.expect(401);
    let anna = site.account(&served, "anna@example.org", "participant").await;
    assert!(!anna.get("/api/v1/me").await.text().contains("coordinator"));

    let granted = site.run(&["account", "grant", "--email", "anna@example.org", "--role", "coordinator"]);
    assert!(granted.ok, "{}", granted.err);
    // Another process granted it: this one hears of it within seconds on SQLite, at once on PostgreSQL.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !anna.get("/api/v1/me").await.text().contains("coordinator") {
        assert!(std::time::Instant::now() < until, "the grant has no effect");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }

    let link = site.run(&["account", "reset", "--email", "anna@example.org"]);
    let token = link.out.trim().rsplit('/').next().expect("a link").to_owned();
    let choice = json!({ "token": token, "password": "another long and quiet evening" });
    nobody.post("/api/v1/password-choices", choice.clone()).await.expect(204);
    nobody.post("/api/v1/password-choices", choice).await.problem("identity/link-spent");
    assert_eq!(anna.get("/api/v1/me").await.status, 401, "a reset ends every session");
    for wrong in [
        &["account", "reset", "--email", "nobody@example.org"][..],
        &["account", "grant", "--email", "anna@example.org", "--role", "emperor"],
        &["account", "grant", "--email", "anna@example.org", "--role", "auditor", "--scope", "XX"],
    ] {
        let told = site.run(wrong);
        assert!(!told.ok && !told.err.is_empty() && !told.err.contains("panicked"), "{wrong:?}: {}", told.err);
    }
}

#[test]
fn the_password_of_the_database_is_not_among_the_arguments_of_a_tool() {
    let folder = tempfile::tempdir().expect("a folder");
    let seen = folder.path().join("seen");
    let tool = folder.path().join("pg_dump");
    std::fs::write(&tool, format!("#!/bin/sh\necho \"$@\" \"PGPASSWORD=$PGPASSWORD\" > {}\n", seen.display()))
        .expect("written");
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let url = "postgres://waymark:s3cr%40t@192.0.2.1/waymark";
    let target = folder.path().join("backup").display().to_string();

    let told = bare(&["backup", &target], &[("PATH", &path), ("WAYMARK_DATABASE_URL", url)]);

    let seen = std::fs::read_to_string(seen).unwrap_or_else(|_| panic!("the tool was not called: {}", told.err));
    let (arguments, password) = seen.trim().split_once(" PGPASSWORD=").expect("both");
    assert!(!arguments.contains("s3cr") && arguments.contains("192.0.2.1"), "{arguments}");
    assert_eq!(password, "s3cr@t");
}
