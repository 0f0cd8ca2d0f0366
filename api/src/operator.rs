//! What the operator of the host does from the command line.

use crate::platform::{App, Clock, Config, Problem, event};
use crate::{SUBSCRIPTIONS, identity};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use std::fmt::Write as _;
use std::path::Path;

/// Sends the log to standard error, as JSON lines; a full or closed output loses lines, never the program.
pub fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init().ok();
}

async fn open(config: Config) -> Result<App, String> {
    App::open(config, Clock::default(), SUBSCRIPTIONS).await
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

#[expect(clippy::disallowed_methods, reason = "the demonstration takes its address from the environment too")]
fn demo_settings(folder: &Path) -> Result<Config, String> {
    let own = [
        ("WAYMARK_DATABASE_URL", format!("sqlite:{}/waymark.db", folder.display())),
        ("WAYMARK_DATA_DIR", folder.display().to_string()),
        ("WAYMARK_REQUIRE_SECOND_FACTOR", "false".to_owned()),
        ("WAYMARK_DEMO", "true".to_owned()),
        ("WAYMARK_LOG", "warn".to_owned()),
    ];
    let given = std::env::vars().filter(|(name, _)| {
        name.starts_with("WAYMARK_") && own.iter().all(|(key, _)| key != name || *key == "WAYMARK_LOG")
    });
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

/// Checks the audit trail.
///
/// # Errors
/// What is wrong with it, a line each.
pub async fn verify(config: Config) -> Result<String, String> {
    let app = open(config).await?;
    let found = event::verify(&app).await.map_err(told)?;
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
    let fail = |e: std::io::Error| format!("{}: {e}", folder.display());
    std::fs::create_dir(folder).map_err(fail)?;
    if config.database_url.starts_with("sqlite:") {
        let db = Database::connect(&config.database_url).await.map_err(|e| e.to_string())?;
        let target = folder.join("waymark.db").display().to_string();
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [target.into()]);
        db.execute_raw(statement).await.map_err(|e| format!("cannot back up the database: {e}"))?;
        db.close().await.ok();
    } else {
        let target = folder.join("waymark.dump");
        tool("pg_dump", &["--format=custom", "--file", &target.display().to_string(), &config.database_url])?;
    }
    // Files are only ever added and named by their content: what the database knows of is there by now.
    copy_files(&config.data_dir.join("files"), &folder.join("files"))?;
    Ok(format!("Backed up to {}. Keys are not in it: keep them apart.", folder.display()))
}

fn tool(name: &str, arguments: &[&str]) -> Result<(), String> {
    let status = std::process::Command::new(name).args(arguments).status().map_err(|e| format!("{name}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} did not succeed")) }
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
        } else {
            std::fs::copy(entry.path(), target).map_err(fail)?;
        }
    }
    Ok(())
}

/// Restores a backup into an empty installation, and ends what must not live on: sessions, links, leases.
///
/// # Errors
/// A line for the operator.
pub async fn restore(config: Config, folder: &Path) -> Result<String, String> {
    if let Some(path) = crate::platform::db::sqlite_path(&config.database_url) {
        if path.exists() {
            return Err(format!("{}: is there already; restore into an empty installation", path.display()));
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
        }
        std::fs::copy(folder.join("waymark.db"), &path).map_err(|e| format!("{}: {e}", path.display()))?;
    } else {
        let dump = folder.join("waymark.dump").display().to_string();
        tool("pg_restore", &["--exit-on-error", "--no-owner", "--dbname", &config.database_url, &dump])?;
    }
    copy_files(&folder.join("files"), &config.data_dir.join("files"))?;
    let app = open(config).await?;
    identity::end_everything(&app).await.map_err(told)?;
    let found = event::verify(&app).await.map_err(told)?;
    app.close().await;
    let state = if found.findings.is_empty() {
        "holds".to_owned()
    } else {
        format!("does not hold: {}", found.findings.join("; "))
    };
    Ok(format!(
        "Restored. Everybody must sign in again. The audit trail {state}; its head is {} ({}).",
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
    let app = open(config).await?;
    identity::grant_by_operator(&app, email, role, scope).await.map_err(told)?;
    app.close().await;
    Ok("Granted.".into())
}
