//! The program `waymark`: reads the command line and the configuration, and does what it is told.

use api::operator;
use api::platform::Config;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Training of border guards: scheduling, enrolment, assessment, certification.
///
/// Settings come from defaults, then a TOML file (--config or WAYMARK_CONFIG), then WAYMARK_* variables;
/// `waymark settings` lists them. Secrets can be given as files: WAYMARK_SMTP_URL_FILE=/run/secrets/smtp.
#[derive(Parser)]
#[command(version, about, long_about, arg_required_else_help = true)]
struct Line {
    /// TOML file with settings
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API and the pages until it is told to stop (Ctrl-C or SIGTERM)
    Serve,
    /// Loads the demonstration programme into a fresh SQLite database and serves it on loopback
    Demo {
        /// Folder for the demonstration's database and files; emptied first
        #[arg(long, default_value = "data/demo", value_name = "FOLDER")]
        folder: PathBuf,
        /// Loads only, without serving
        #[arg(long)]
        load_only: bool,
    },
    /// Brings the schema of the database up to date, or steps of it back
    Migrate {
        /// Takes back so many steps instead
        #[arg(long, value_name = "STEPS")]
        down: Option<u32>,
    },
    /// Prints the API document
    Openapi,
    /// Prints the settings with their defaults, as a table
    Settings,
    /// Prints the permission table
    Permissions,
    /// Creates accounts, sends reset links and grants roles, for the operator of the host
    #[command(subcommand)]
    Account(Account),
    /// Checks the chain of the audit trail and names every row that was changed or is missing
    Verify {
        /// A head noted down earlier and kept elsewhere: shows that nothing was cut off, rewound or rewritten since
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Writes a backup of database and files into a new folder, while the program may be running
    Backup {
        /// Folder to create
        folder: PathBuf,
    },
    /// Restores a backup into an empty installation; sessions and links of the backup are ended
    Restore {
        /// Folder made by `backup`
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum Account {
    /// Creates a person with an account and prints a link, good once and for a day, to choose a password
    Create {
        /// E-mail address that is typed at sign-in
        #[arg(long)]
        email: String,
        /// Given name
        #[arg(long)]
        given_name: String,
        /// Family name
        #[arg(long)]
        family_name: String,
        /// Code of the organisation; it is created when there is none of that code
        #[arg(long)]
        organisation: String,
        /// Role over the whole programme
        #[arg(long)]
        role: Option<String>,
    },
    /// Prints a link, good once and for a day, to choose a new password
    Reset {
        /// E-mail address of the account
        #[arg(long)]
        email: String,
        /// Removes the second factor too, for somebody who lost it
        #[arg(long)]
        second_factor: bool,
    },
    /// Grants a role for twelve months
    Grant {
        /// E-mail address of the account
        #[arg(long)]
        email: String,
        /// The role
        #[arg(long)]
        role: String,
        /// Code of an organisation or unit; the whole programme when missing
        #[arg(long)]
        scope: Option<String>,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(e) => return fail(&format!("cannot start: {e}")),
    };
    match runtime.block_on(run(line)) {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(text) => fail(&text),
    }
}

async fn run(line: Line) -> Result<String, String> {
    match line.command {
        Command::Openapi => return Ok(format!("{:#}", api::api_document())),
        Command::Settings => return Ok(api::platform::config::table()),
        Command::Permissions => return Ok(api::identity::access::table()),
        Command::Demo { folder, load_only } => return operator::demo(&folder, load_only, say).await,
        _ => {}
    }
    let config = settings(line.config)?;
    operator::start_log(&config);
    match line.command {
        Command::Serve => operator::serve(config).await,
        Command::Migrate { down } => operator::migrate(config, down).await,
        Command::Verify { head } => operator::verify(config, head.as_deref()).await,
        Command::Backup { folder } => operator::backup(config, &folder).await,
        Command::Restore { folder } => operator::restore(config, &folder).await,
        Command::Account(Account::Create { email, given_name, family_name, organisation, role }) => {
            let name = (given_name.as_str(), family_name.as_str());
            operator::create_account(config, &email, name, &organisation, role.as_deref()).await
        }
        Command::Account(Account::Reset { email, second_factor }) => {
            operator::reset_account(config, &email, second_factor).await
        }
        Command::Account(Account::Grant { email, role, scope }) => {
            operator::grant(config, &email, &role, scope.as_deref()).await
        }
        Command::Openapi | Command::Settings | Command::Permissions | Command::Demo { .. } => Ok(String::new()),
    }
}

#[expect(clippy::disallowed_methods, reason = "where the settings are is told before there are settings")]
fn settings(file: Option<PathBuf>) -> Result<Config, String> {
    let file = file.or_else(|| std::env::var_os("WAYMARK_CONFIG").map(PathBuf::from));
    Config::load(file.as_deref(), operator::variables())
        .map_err(|mistakes| format!("The settings are not right:\n  {}", mistakes.join("\n  ")))
}

/// Prints a line; a closed output is no reason to stop.
fn say(text: &str) {
    if !text.is_empty() {
        writeln!(std::io::stdout(), "{text}").ok();
    }
}

fn fail(text: &str) -> ExitCode {
    writeln!(std::io::stderr(), "waymark: {text}").ok();
    ExitCode::FAILURE
}
