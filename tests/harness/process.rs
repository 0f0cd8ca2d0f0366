//! The real program as a process of its own: what shows only from outside, kills and full disks included.

use crate::client::Client;
use crate::database::{Backend, drop_postgres, fresh_postgres, variable};
use crate::house::PASSWORD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The program under test: beside the tests, where `cargo build` puts it.
pub fn program() -> PathBuf {
    let here = std::env::current_exe().expect("a test has a path");
    let path = here.ancestors().nth(2).expect("tests lie in target/debug/deps").join("waymark");
    assert!(path.exists(), "{} is not there: `cargo build` makes it, as tests/run does first", path.display());
    path
}

/// Says something to whoever watches the tests: what could not be tried here, and why.
pub fn say(text: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{text}").ok();
}

/// An installation of the program: a folder, a database and settings.
pub struct Installation {
    /// Data folder.
    pub folder: PathBuf,
    /// Database.
    pub database_url: String,
    /// Which database.
    pub backend: Backend,
    settings: Vec<(String, String)>,
    drops_database: bool,
    _temporary: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Told {
    /// Whether it succeeded.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Installation {
    /// An empty one, in a folder of its own.
    pub async fn new(backend: Backend) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = temporary.path().to_owned();
        Self::within(backend, folder, temporary).await
    }

    /// An empty one in `folder`.
    pub async fn at(backend: Backend, folder: &Path) -> Self {
        Self::within(backend, folder.to_owned(), tempfile::tempdir().expect("a folder")).await
    }

    /// The installation of a house in this process: the same database, keys and files.
    pub fn of(house: &crate::TestHouse) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        Self::over(house.backend, house.folder().to_owned(), house.database_url().to_owned(), temporary)
    }

    async fn within(backend: Backend, folder: PathBuf, temporary: tempfile::TempDir) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let database_url = match backend {
            Backend::Sqlite => format!("sqlite:{}/waymark.db", folder.display()),
            Backend::Postgres => fresh_postgres().await,
        };
        let mut own = Self::over(backend, folder, database_url, temporary);
        own.drops_database = backend == Backend::Postgres;
        own
    }

    fn over(backend: Backend, folder: PathBuf, database_url: String, temporary: tempfile::TempDir) -> Self {
        let settings = [
            ("listen", "127.0.0.1:0".to_owned()),
            ("database_url", database_url.clone()),
            ("database_connections", "4".to_owned()),
            ("data_dir", folder.display().to_string()),
            ("require_second_factor", "false".to_owned()),
            ("allow_unsafe_database", (backend == Backend::Postgres).to_string()),
            ("metrics_allow", "127.0.0.1".to_owned()),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value)).to_vec();
        Self { folder, database_url, backend, settings, drops_database: false, _temporary: temporary }
    }

    /// The same with another setting.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The program with these arguments, its environment made of the settings alone.
    pub fn command(&self, arguments: &[&str]) -> Command {
        // Where a size limit is to be met, the write must fail rather than the process be killed.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program()).args(arguments).env_clear();
        command.env("PATH", variable("PATH").unwrap_or_default()).current_dir(&self.folder);
        for (key, value) in self.settings.iter().filter(|(_, value)| !value.is_empty()) {
            command.env(format!("WAYMARK_{}", key.to_uppercase()), value);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Told {
        Told::of(&mut self.command(arguments))
    }

    /// Serves, and waits until it does.
    pub fn serve(&self) -> Served {
        Served::start(self.command(&["serve"]))
    }

    /// Makes an account from the command line, chooses its password and signs in.
    pub async fn account(&self, served: &Served, email: &str, role: &str) -> Client {
        let name = ["--given-name", "Ilze", "--family-name", "Kalniņa", "--organisation", "LV-HOME"];
        let told = self.run(&[&["account", "create", "--email", email, "--role", role], &name[..]].concat());
        assert!(told.ok, "{}", told.err);
        let token = told.out.trim().rsplit('/').next().expect("a link").to_owned();
        let nobody = served.nobody();
        let choice = json!({ "token": token, "password": PASSWORD });
        nobody.post("/api/v1/password-choices", choice).await.expect(204);
        served.sign_in(email).await
    }
}

impl Told {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let url = self.database_url.clone();
        if self.drops_database
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move { drop_postgres(&url).await });
        }
    }
}

/// The program, serving.
pub struct Served {
    child: Child,
    /// `http://127.0.0.1:…`
    pub base: String,
    log: Arc<Mutex<String>>,
}

impl Served {
    /// Starts a command that serves, and waits until it does.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().expect("it was piped")).lines();
        let (kept, (sender, serving)) = (log.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(address) = line.split("\"address\":\"").nth(1).and_then(|rest| rest.split('"').next()) {
                    sender.send(format!("http://{address}")).ok();
                }
                let mut log = kept.lock().expect("nobody panicked");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let base = serving.recv_timeout(Duration::from_mins(1)).unwrap_or_else(|_| {
            panic!("it does not serve: {:?} {}", child.try_wait(), log.lock().expect("nobody panicked"))
        });
        Self { child, base, log }
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("nobody panicked").clone()
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ended");
    }

    /// Asks it to stop.
    pub fn ask_to_stop(&self) {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(asked.is_ok_and(|status| status.success()), "it was running");
    }

    /// Waits for its end, for so long at most.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Stops it and waits for that.
    pub fn stop(mut self) {
        self.ask_to_stop();
        assert!(self.ended(Duration::from_secs(30)).is_some_and(|status| status.success()), "{}", self.log());
    }

    /// Nobody.
    pub fn nobody(&self) -> Client {
        let nothing = String::new;
        Client {
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client"),
            base: self.base.clone(),
            token: None,
            person: nothing(),
            account: nothing(),
            organisation: nothing(),
            unit: nothing(),
            email: nothing(),
        }
    }

    /// Somebody, with the password of everybody.
    pub async fn sign_in(&self, email: &str) -> Client {
        let mut client = self.nobody();
        let credentials = json!({ "email": email, "password": PASSWORD });
        let session = client.post("/api/v1/sign-in", credentials).await.expect(200);
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        client.token = Some(word(&session["token"]));
        client.person = word(&session["me"]["person_id"]);
        client.account = word(&session["me"]["account_id"]);
        client.organisation = word(&session["me"]["organisation_id"]);
        client.email = email.to_owned();
        client
    }

    /// The same person at this copy of the program.
    pub fn client(&self, client: &Client) -> Client {
        Client { base: self.base.clone(), ..client.clone() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Client {
    /// As [`Client::post`], for a server that may be gone: status and body, if an answer came whole.
    pub async fn try_post(&self, path: &str, body: Value) -> Option<(u16, Value)> {
        let response = self.request(reqwest::Method::POST, path).json(&body).send().await.ok()?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}

/// Whether the long runs are asked for.
pub fn long() -> bool {
    variable("WAYMARK_LONG").is_some()
}
