//! Configuration: defaults, then a TOML file, then `WAYMARK_*` variables. All mistakes are reported at
//! once, unknown keys are refused, and any setting can come from a file named by `WAYMARK_…_FILE`.

use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// One row of the configuration table.
pub struct Setting {
    /// Key in the TOML file; the variable is `WAYMARK_` and the key in capitals.
    pub key: &'static str,
    /// Text of the default.
    pub default: &'static str,
    /// What it is for, with units.
    pub help: &'static str,
}

trait Parse: Sized {
    fn parse(text: &str) -> Result<Self, String>;
}
macro_rules! parse_by_from_str { ($($t:ty),+) => { $(
    impl Parse for $t {
        fn parse(text: &str) -> Result<Self, String> { Self::from_str(text).map_err(|e| e.to_string()) }
    }
)+ } }
parse_by_from_str!(SocketAddr, u16, u32, u64, i64, usize, bool, String, PathBuf, url::Url);

impl Parse for SecretString {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned().into())
    }
}
impl<T: Parse> Parse for Option<T> {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::parse(text).map(Some) }
    }
}
impl Parse for Vec<IpAddr> {
    fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| IpAddr::from_str(part).map_err(|e| format!("{part}: {e}"))).collect()
    }
}

macro_rules! settings {
    ($($(#[doc = $help:literal])+ $key:ident: $t:ty = $default:literal;)+) => {
        /// What the program is told from outside.
        #[derive(Clone, Debug)]
        pub struct Config { $($(#[doc = $help])+ pub $key: $t),+ }

        /// The configuration table, in the order of the README.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: stringify!($key), default: $default, help: concat!($($help),+),
        }),+];

        impl Config {
            fn from_texts(texts: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
                let mut mistakes = Vec::new();
                $(let $key = <$t as Parse>::parse(texts.get(stringify!($key)).map_or($default, String::as_str))
                    .map_err(|e| mistakes.push(format!("{}: {e}", stringify!($key)))).ok();)+
                match ($($key,)+) {
                    ($(Some($key),)+) if mistakes.is_empty() => Ok(Self { $($key),+ }),
                    _ => Err(mistakes),
                }
            }
        }
    };
}

settings! {
    /// Address and port to listen on.
    listen: SocketAddr = "127.0.0.1:8080";
    /// Address people use, as in links and mails. Plain http is served on loopback only.
    public_url: url::Url = "http://127.0.0.1:8080";
    /// `sqlite:` and a path, or a `postgres://` URL.
    database_url: String = "sqlite:data/waymark.db";
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    database_connections: u32 = "8";
    /// Folder for keys and files.
    data_dir: PathBuf = "data";
    /// Secret behind cursors and form tokens; made in the data folder when missing. Copies must share it.
    secret_key: Option<SecretString> = "";
    /// Addresses of proxies whose `X-Forwarded-For` is believed, comma separated.
    trusted_proxies: Vec<IpAddr> = "";
    /// Addresses that may read `/metrics`, comma separated; nobody when empty. Behind a proxy, name it in `trusted_proxies` first.
    metrics_allow: Vec<IpAddr> = "";
    /// Mail relay, `smtp://host:port` or `smtps://user:password@host`; without it mail waits in the outbox.
    smtp_url: Option<SecretString> = "";
    /// Sender of all mail.
    mail_from: String = "Waymark <no-reply@example.org>";
    /// Minutes without a request after which a sign-in session ends.
    session_idle_minutes: i64 = "30";
    /// Hours after which a sign-in session ends in any case.
    session_absolute_hours: i64 = "12";
    /// Whether every role above participant needs a second factor.
    require_second_factor: bool = "true";
    /// Passwords checked at the same time; each takes 19 MiB.
    sign_in_permits: usize = "1";
    /// Sign-ins that may wait; more are answered 429.
    sign_in_queue: usize = "64";
    /// Largest body of an ordinary request, bytes.
    body_limit_bytes: usize = "1048576";
    /// Largest upload, bytes.
    upload_limit_bytes: usize = "20971520";
    /// Seconds a request may take.
    request_timeout_seconds: u64 = "30";
    /// Seconds a connection may stay silent, half-sent headers included.
    idle_timeout_seconds: u64 = "15";
    /// Connections held at the same time; more wait to be accepted.
    max_connections: usize = "1024";
    /// Seconds a stop waits for running requests.
    stop_seconds: u64 = "10";
    /// What is logged, in the syntax of tracing filters.
    log: String = "info,sqlx=warn,sea_orm_migration=warn";
    /// Accepts a database that may lose acknowledged work; for tests only.
    allow_unsafe_database: bool = "false";
    /// Seconds the clock runs ahead, for rehearsals and tests; on loopback only.
    clock_ahead_seconds: i64 = "0";
    /// Shows the demonstration banner; set by `waymark demo`.
    demo: bool = "false";
}

impl Config {
    /// Reads the file (if any) and the variables.
    ///
    /// # Errors
    /// One line for every mistake: unknown key, unreadable file, value of a wrong form, unsafe combination.
    pub fn load(
        file: Option<&std::path::Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut texts = BTreeMap::new();
        if let Some(path) = file {
            match std::fs::read_to_string(path)
                .map_err(|e| e.to_string())
                .and_then(|t| toml::from_str(&t).map_err(|e| e.to_string()))
            {
                Ok(toml::Value::Table(table)) => {
                    for (key, value) in table {
                        let text = match value {
                            toml::Value::String(text) => text,
                            toml::Value::Array(parts) => parts
                                .iter()
                                .map(|p| p.as_str().map_or(p.to_string(), str::to_owned))
                                .collect::<Vec<_>>()
                                .join(","),
                            other => other.to_string(),
                        };
                        put(&mut texts, &mut mistakes, key, text);
                    }
                }
                Ok(_) => mistakes.push(format!("{}: not a table", path.display())),
                Err(e) => mistakes.push(format!("{}: {e}", path.display())),
            }
        }
        let mut given = Vec::new();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("WAYMARK_").map(str::to_lowercase) else { continue };
            if key == "config" || key.starts_with("test_") || key == "long" {
                continue;
            }
            match key.strip_suffix("_file") {
                Some(base) if SETTINGS.iter().any(|s| s.key == base) => match std::fs::read_to_string(&value) {
                    Ok(text) => given.push((base.to_owned(), text.trim_end().to_owned())),
                    Err(e) => mistakes.push(format!("{name}: {value}: {e}")),
                },
                _ => given.push((key, value)),
            }
        }
        given.sort();
        for two in given.windows(2).filter(|two| two[0].0 == two[1].0) {
            mistakes.push(format!("{}: is given both itself and as a file", two[0].0));
        }
        for (key, text) in given {
            put(&mut texts, &mut mistakes, key, text);
        }
        match Self::from_texts(&texts) {
            Ok(config) => {
                mistakes.extend(config.contradictions());
                if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
            }
            Err(more) => Err(mistakes.into_iter().chain(more).collect()),
        }
    }

    fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.public_url.scheme() == "http" && !self.listen.ip().is_loopback() {
            found.push(
                "listen: plain http is served on loopback only; set public_url to https and put a proxy in front"
                    .to_owned(),
            );
        }
        if !self.database_url.starts_with("sqlite:") && !self.database_url.starts_with("postgres") {
            found.push("database_url: must begin with sqlite: or postgres://".to_owned());
        }
        for (key, is_nothing) in [
            ("database_connections", self.database_connections == 0),
            ("session_idle_minutes", self.session_idle_minutes < 1),
            ("session_absolute_hours", self.session_absolute_hours < 1),
            ("sign_in_permits", self.sign_in_permits == 0),
            ("sign_in_queue", self.sign_in_queue == 0),
            ("body_limit_bytes", self.body_limit_bytes == 0),
            ("upload_limit_bytes", self.upload_limit_bytes == 0),
            ("request_timeout_seconds", self.request_timeout_seconds == 0),
            ("idle_timeout_seconds", self.idle_timeout_seconds == 0),
            ("max_connections", self.max_connections == 0),
        ] {
            if is_nothing {
                found.push(format!("{key}: must be at least 1"));
            }
        }
        if let Err(e) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            found.push(format!("log: {e}"));
        }
        if let Err(e) = self.mail_from.parse::<lettre::message::Mailbox>() {
            found.push(format!("mail_from: {e}"));
        }
        if self.clock_ahead_seconds != 0 && !self.listen.ip().is_loopback() {
            found.push("clock_ahead_seconds: the clock is moved on loopback only".to_owned());
        }
        if self.demo && !self.listen.ip().is_loopback() {
            found.push("listen: the demonstration listens on loopback only".to_owned());
        }
        found
    }

    /// Whether people reach the service over TLS: cookies are then `Secure` and `__Host-`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The public address without a trailing slash, to which paths are appended.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }
}

fn put(texts: &mut BTreeMap<String, String>, mistakes: &mut Vec<String>, key: String, text: String) {
    if SETTINGS.iter().any(|setting| setting.key == key) {
        texts.insert(key, text);
    } else {
        mistakes.push(format!("{key}: there is no such setting"));
    }
}

/// The configuration table as Markdown, for the README.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write;
    let mut out = String::from("| variable | default | what it is for |\n|---|---|---|\n");
    for s in SETTINGS {
        let default = if s.default.is_empty() { "-".to_owned() } else { format!("`{}`", s.default) };
        writeln!(out, "| `WAYMARK_{}` | {default} |{} |", s.key.to_uppercase(), s.help)
            .expect("a string takes any text");
    }
    out
}
