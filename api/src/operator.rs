//! What the operator of the host does from the command line.

use crate::platform::file::private_file;
use crate::platform::{App, Clock, Config, Problem, event};
use crate::{SUBSCRIPTIONS, identity, notification};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use std::fmt::Write as _;
use std::path::Path;

/// Sends the log to standard error, as JSON lines; a full or closed output loses lines, never the program.
pub fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_else(|_| "info".into());
    // Complaining on standard error that standard error is full would panic.
    let log = tracing_subscriber::fmt().json().log_internal_errors(false).with_env_filter(filter);
    log.with_writer(std::io::stderr).try_init().ok();
}

/// The `WAYMARK_*` variables. Others are none of our business, whatever bytes they are made of.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn variables() -> impl Iterator<Item = (String, String)> {
    let own = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    own.filter(|(name, _)| name.starts_with("WAYMARK_")).map(|(name, value)| (name, value.to_string_lossy().into()))
}

async fn open(config: Config) -> Result<App, String> {
    let clock = Clock::ahead(chrono::Duration::seconds(config.clock_ahead_seconds));
    App::open(config, clock, SUBSCRIPTIONS).await
}

fn told(problem: Problem) -> String {
    problem.message()
}

/// Serves until told to stop.
///
/// # Errors
/// A line for the operator.
pub async fn serve(config: Config) -> Result<String, String> {
    let app = open(config).await?;
    let running = crate::serve(app, true).await.map_err(|e| format!("cannot listen: {e}"))?;
    tracing::info!(address = %running.address, "serving");
    wait_for_stop().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(String::new())
}

async fn wait_for_stop() {
    let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminated {
        Ok(mut terminated) => tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Loads the demonstration into `folder` and serves it, unless `load_only`.
///
/// # Errors
/// A line for the operator.
pub async fn demo(folder: &Path, load_only: bool, say: impl Fn(&str)) -> Result<String, String> {
    if folder.exists() {
        // Only a folder that a demonstration made is emptied.
        if !folder.join("demonstration").exists() && folder.read_dir().is_ok_and(|mut entries| entries.next().is_some())
        {
            return Err(format!("{}: is not empty and no demonstration made it", folder.display()));
        }
        std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    std::fs::write(folder.join("demonstration"), "").map_err(|e| format!("{}: {e}", folder.display()))?;
    let config = demo_settings(folder)?;
    start_log(&config);
    let app = open(config).await?;
    let accounts = crate::demo::load(&app).await.map_err(told)?;
    let mut text = format!("\n  Waymark, demonstration: {}\n\n  Sign in as\n", app.config().base_url());
    for account in accounts {
        writeln!(text, "    {:<24} {:<28} {}", account.role, account.email, account.password)
            .map_err(|e| e.to_string())?;
    }
    say(&text);
    if load_only {
        app.close().await;
        return Ok(String::new());
    }
    let running = crate::serve(app, true).await.map_err(|e| format!("cannot listen: {e}"))?;
    say("  Serving. Ctrl-C stops it.\n");
    wait_for_stop().await;
    running.stop().await;
    Ok(String::new())
}

fn demo_settings(folder: &Path) -> Result<Config, String> {
    let own = [
        ("WAYMARK_DATABASE_URL", format!("sqlite:{}/waymark.db", folder.display())),
        ("WAYMARK_DATA_DIR", folder.display().to_string()),
        ("WAYMARK_REQUIRE_SECOND_FACTOR", "false".to_owned()),
        ("WAYMARK_DEMO", "true".to_owned()),
        ("WAYMARK_LOG", "warn".to_owned()),
    ];
    let given = variables().filter(|(name, _)| own.iter().all(|(key, _)| key != name || *key == "WAYMARK_LOG"));
    let own = own.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    let mut variables: std::collections::BTreeMap<_, _> = own.chain(given).collect();
    if let Some(listen) = variables.get("WAYMARK_LISTEN").cloned() {
        variables.entry("WAYMARK_PUBLIC_URL".into()).or_insert(format!("http://{listen}"));
    }
    Config::load(None, variables.into_iter()).map_err(|mistakes| mistakes.join("\n"))
}

/// Brings the schema up to date, or takes steps back.
///
/// # Errors
/// A line for the operator.
pub async fn migrate(config: Config, down: Option<u32>) -> Result<String, String> {
    use migration::MigratorTrait;
    let Some(steps) = down else {
        open(config).await?.close().await;
        return Ok("The schema is up to date.".into());
    };
    let db = Database::connect(&config.database_url).await.map_err(|e| e.to_string())?;
    migration::Migrator::down(&db, Some(steps)).await.map_err(|e| e.to_string())?;
    Ok(format!("Took {steps} steps back."))
}

/// Refuses to work on a database that would only now be made: a mistyped setting must not pass for a good one.
fn must_be_there(config: &Config) -> Result<(), String> {
    match crate::platform::db::sqlite_path(&config.database_url) {
        Some(path) if !path.exists() => Err(format!("{}: there is no such database", path.display())),
        _ => Ok(()),
    }
}

/// Checks the audit trail, and that a head noted down earlier is still in it.
///
/// # Errors
/// What is wrong with it, a line each.
pub async fn verify(config: Config, head: Option<&str>) -> Result<String, String> {
    must_be_there(&config)?;
    let app = open(config).await?;
    let mut found = event::verify(&app).await.map_err(told)?;
    if let Some(head) = head
        && !event::has_head(&app, head).await.map_err(told)?
    {
        found.findings.push(format!(
            "the head {head} is not in the chain: events were cut off, rewound to a backup or written anew"
        ));
    }
    app.close().await;
    if found.findings.is_empty() {
        return Ok(format!(
            "The audit trail holds: {} events sealed, {} waiting. Head: {}",
            found.sealed, found.unsealed, found.head
        ));
    }
    Err(format!("the audit trail does not hold:\n  {}", found.findings.join("\n  ")))
}

/// Writes a backup: the database as it is at one instant, and all files.
///
/// # Errors
/// A line for the operator.
pub async fn backup(config: Config, folder: &Path) -> Result<String, String> {
    use std::os::unix::fs::DirBuilderExt;
    let fail = |e: std::io::Error| format!("{}: {e}", folder.display());
    must_be_there(&config)?;
    std::fs::DirBuilder::new().mode(0o700).create(folder).map_err(fail)?;
    if config.database_url.starts_with("sqlite:") {
        let path = folder.join("waymark.db");
        private_file(&path, &[])?;
        let db = Database::connect(&config.database_url).await.map_err(|e| e.to_string())?;
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [text(&path).into()]);
        db.execute_raw(statement).await.map_err(|e| format!("cannot back up the database: {e}"))?;
        db.close().await.ok();
    } else {
        let path = folder.join("waymark.dump");
        tool(&config, "pg_dump", &["--format=custom", "--file", &text(&path), "--dbname"], &[])?;
    }
    // Files are only ever added and named by their content: what the database knows of is there by now.
    copy_files(&config.data_dir.join("files"), &folder.join("files"))?;
    sync(folder).map_err(fail)?;
    Ok(format!("Backed up to {}. Keys are not in it: keep them apart.", folder.display()))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Runs a tool of PostgreSQL on the database. The password is not among its arguments, which others can see.
fn tool(config: &Config, name: &str, before: &[&str], after: &[&str]) -> Result<(), String> {
    let mut url = url::Url::parse(&config.database_url).map_err(|e| format!("database_url: {e}"))?;
    let mut command = std::process::Command::new(name);
    if let Some(password) = url.password() {
        let password = decoded(password);
        command.env("PGPASSWORD", password);
        url.set_password(None).map_err(|()| "database_url: has no host".to_owned())?;
    }
    let status = command.args(before).arg(url.as_str()).args(after).status().map_err(|e| format!("{name}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} did not succeed")) }
}

/// Percent signs undone.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Makes a folder and all in it durable.
fn sync(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync(&entry.path())?;
        } else {
            std::fs::File::open(entry.path())?.sync_all()?;
        }
    }
    std::fs::File::open(folder)?.sync_all()
}

fn copy_files(from: &Path, to: &Path) -> Result<(), String> {
    let fail = |e: std::io::Error| format!("{}: {e}", from.display());
    std::fs::create_dir_all(to).map_err(fail)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(fail)?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else if let Err(e) = std::fs::copy(entry.path(), target)
            // One that was being written got its name meanwhile; nothing refers to it yet.
            && e.kind() != std::io::ErrorKind::NotFound
        {
            return Err(fail(e));
        }
    }
    Ok(())
}

/// Restores a backup into an empty installation, and ends what must not live on: sessions, links, tokens,
/// and mail that was sent long ago.
///
/// # Errors
/// A line for the operator.
pub async fn restore(config: Config, folder: &Path) -> Result<String, String> {
    if let Some(path) = crate::platform::db::sqlite_path(&config.database_url) {
        // A log left behind by another database would be played into this one.
        for there in ["", "-wal", "-shm", "-journal"].map(|end| Path::new(&format!("{}{end}", text(&path))).to_owned())
        {
            if there.exists() {
                return Err(format!("{}: is there already; restore into an empty installation", there.display()));
            }
        }
        let source = folder.join("waymark.db");
        if !source.exists() {
            return Err(format!("{}: there is no such backup", source.display()));
        }
        private_file(&path, &[])?;
        std::fs::copy(&source, &path).map_err(|e| format!("{}: {e}", path.display()))?;
        private_file(&path, &[])?;
    } else {
        let dump = text(&folder.join("waymark.dump"));
        tool(&config, "pg_restore", &["--exit-on-error", "--single-transaction", "--no-owner", "--dbname"], &[&dump])?;
    }
    copy_files(&folder.join("files"), &config.data_dir.join("files"))?;
    let app = open(config).await?;
    identity::end_everything(&app).await.map_err(told)?;
    notification::hold_everything(&app).await.map_err(told)?;
    let found = event::verify(&app).await.map_err(told)?;
    app.close().await;
    let state = if found.findings.is_empty() {
        "holds".to_owned()
    } else {
        format!("does not hold: {}", found.findings.join("; "))
    };
    Ok(format!(
        "Restored. Everybody must sign in again, and programs need new tokens. Mail that waited was parked: it may \
         have been sent. The audit trail {state}; its head is {} ({}).",
        found.sealed, found.head
    ))
}

/// Creates a person with an account, and prints the link to choose a password.
///
/// # Errors
/// A line for the operator.
pub async fn create_account(
    config: Config,
    email: &str,
    name: (&str, &str),
    organisation: &str,
    role: Option<&str>,
) -> Result<String, String> {
    let role = role.map(str::parse).transpose()?;
    let app = open(config).await?;
    let link = identity::create_by_operator(&app, email, name, organisation, role).await.map_err(told)?;
    app.close().await;
    Ok(format!("Open this within a day to choose a password; it works once:\n  {link}"))
}

/// Prints a link to choose a new password.
///
/// # Errors
/// A line for the operator.
pub async fn reset_account(config: Config, email: &str, second_factor_too: bool) -> Result<String, String> {
    must_be_there(&config)?;
    let app = open(config).await?;
    let link = identity::reset_by_operator(&app, email, second_factor_too).await.map_err(told)?;
    app.close().await;
    Ok(format!("Open this within a day to choose a new password; it works once:\n  {link}"))
}

/// Grants a role for twelve months.
///
/// # Errors
/// A line for the operator.
pub async fn grant(config: Config, email: &str, role: &str, scope: Option<&str>) -> Result<String, String> {
    let role = role.parse()?;
    must_be_there(&config)?;
    let app = open(config).await?;
    identity::grant_by_operator(&app, email, role, scope).await.map_err(told)?;
    app.close().await;
    Ok("Granted.".into())
}
