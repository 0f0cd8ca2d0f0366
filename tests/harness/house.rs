//! The service under test, in this process, on a real socket and a real database.

use crate::client::Client;
use crate::database::{Backend, drop_postgres, fresh_postgres};
use api::identity::{self, NewGrant, NewOrganisation, NewPerson, NewUnit, Permit};
use api::platform::{App, Clock, Config, Problem};
use chrono::Duration;
use entity::id::{OrganisationId, UnitId};
use entity::identity::{AdministrativeLevel, Gender, OrganisationRole, Role, ScopeKind};
use std::sync::atomic::{AtomicU32, Ordering};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "a long and quiet evening in Rezekne";

/// The service under test.
pub struct TestHouse {
    /// The application, for its clock and for looking at the database.
    pub app: App,
    /// `http://127.0.0.1:…`
    pub base: String,
    /// Which database.
    pub backend: Backend,
    /// The home organisation and a unit of it, and a foreign organisation and a unit of it.
    pub home: (OrganisationId, UnitId),
    /// As `home`, for the stranger.
    pub abroad: (OrganisationId, UnitId),
    running: Option<api::Running>,
    database_url: String,
    next: AtomicU32,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl TestHouse {
    /// A house with the second factor off.
    pub async fn new(backend: Backend) -> Self {
        Self::with(backend, &[]).await
    }

    /// A house with settings of its own (`("require_second_factor", "true")`).
    pub async fn with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let mut house = Self::without_people(backend, settings, false).await;
        house.home = organisation(&house.app, "LV-HOME").await.expect("an organisation");
        house.abroad = organisation(&house.app, "BY-AWAY").await.expect("an organisation");
        house
    }

    /// A house without any organisation; `with_worker` runs jobs as they come.
    pub async fn without_people(backend: Backend, settings: &[(&str, &str)], with_worker: bool) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let folder = tempfile::tempdir().expect("a folder");
        let database_url = match backend {
            Backend::Sqlite => format!("sqlite:{}/waymark.db", folder.path().display()),
            Backend::Postgres => fresh_postgres().await,
        };
        let mut variables = vec![
            ("listen", "127.0.0.1:0".to_owned()),
            ("database_url", database_url.clone()),
            ("database_connections", "4".to_owned()),
            ("data_dir", folder.path().display().to_string()),
            ("require_second_factor", "false".to_owned()),
            ("allow_unsafe_database", "true".to_owned()),
            ("sign_in_permits", "4".to_owned()),
        ];
        variables.retain(|(key, _)| settings.iter().all(|(own, _)| own != key));
        variables.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let variables = variables.into_iter().map(|(key, value)| (format!("WAYMARK_{}", key.to_uppercase()), value));
        let config = Config::load(None, variables).expect("a good configuration");
        let app = App::open(config, Clock::default(), api::SUBSCRIPTIONS).await.expect("the house opens");
        let running = api::serve(app.clone(), with_worker).await.expect("it listens");
        let base = format!("http://{}", running.address);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let nowhere = (OrganisationId::from(uuid::Uuid::nil()), UnitId::from(uuid::Uuid::nil()));
        Self {
            app,
            base,
            backend,
            home: nowhere,
            abroad: nowhere,
            running: Some(running),
            database_url,
            next: AtomicU32::new(1),
            http,
            folder,
        }
    }

    /// Nobody.
    #[must_use]
    pub fn nobody(&self) -> Client {
        let nothing = String::new;
        Client {
            http: self.http.clone(),
            base: self.base.clone(),
            token: None,
            person: nothing(),
            account: nothing(),
            organisation: nothing(),
            unit: nothing(),
            email: nothing(),
        }
    }

    /// A new person of the home unit with a role over the whole programme, signed in.
    pub async fn client(&self, role: Role) -> Client {
        self.someone(self.home, &[(role, ScopeKind::Programme, None)]).await
    }

    /// A new participant of the home unit, signed in.
    pub async fn participant(&self) -> Client {
        self.someone(self.home, &[]).await
    }

    /// A new manager of the home unit, signed in.
    pub async fn manager(&self) -> Client {
        self.someone(self.home, &[(Role::Manager, ScopeKind::Unit, Some(self.home.1.0))]).await
    }

    /// A new participant of the other organisation, signed in.
    pub async fn stranger(&self) -> Client {
        self.someone(self.abroad, &[]).await
    }

    /// A new person with grants, signed in.
    pub async fn someone(
        &self,
        place: (OrganisationId, UnitId),
        grants: &[(Role, ScopeKind, Option<uuid::Uuid>)],
    ) -> Client {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let email = format!("person{number}@example.org");
        let tx = Permit::system("test").begin(&self.app).await.expect("a transaction");
        let person = identity::add_person(&tx, new_person(place, number, &email)).await.expect("a person");
        let account = identity::add_account(&tx, person.id, &email).await.expect("an account");
        for (role, scope_kind, scope_id) in grants {
            let ends_at = tx.now() + Duration::days(300);
            let grant =
                NewGrant { role: *role, scope_kind: *scope_kind, scope_id: *scope_id, starts_at: None, ends_at };
            identity::add_grant(&tx, account, grant).await.expect("a grant");
        }
        tx.commit(()).await.expect("committed");
        identity::set_password(&self.app, account, PASSWORD.to_owned()).await.expect("a password");
        let mut client = Client {
            person: person.id.to_string(),
            account: account.to_string(),
            organisation: place.0.to_string(),
            unit: place.1.to_string(),
            email: email.clone(),
            ..self.nobody()
        };
        self.sign_in(&mut client).await;
        client
    }

    /// Signs a person in again.
    pub async fn sign_in(&self, client: &mut Client) {
        client.sign_in_again().await;
    }

    /// Moves the clock.
    pub fn clock_advance(&self, by: Duration) {
        self.app.clock().advance(by);
    }

    /// Runs every job that is due, and what those leave to do, then seals the events.
    pub async fn drain(&self) {
        while api::platform::job::run_due(&self.app, "test").await.expect("jobs run") > 0 {}
        while api::platform::event::seal(&self.app).await.expect("events are sealed") > 0 {}
    }

    /// The folder of keys and files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Another house on the same PostgreSQL database: a second copy of the program.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }
}

impl Drop for TestHouse {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let (url, backend) = (self.database_url.clone(), self.backend);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // A current-thread runtime ends with the test: what is left then is dropped with the server.
        runtime.spawn(async move {
            running.stop().await;
            if backend == Backend::Postgres {
                drop_postgres(&url).await;
            }
        });
    }
}

async fn organisation(app: &App, code: &str) -> Result<(OrganisationId, UnitId), Problem> {
    let tx = Permit::system("test").begin(app).await?;
    let new = NewOrganisation {
        code: code.into(),
        name: format!("Organisation {code}"),
        native_name: None,
        country: code.get(..2).map(str::to_owned),
        role: OrganisationRole::Implementer,
    };
    let organisation = identity::add_organisation(&tx, new).await?;
    let unit = NewUnit {
        code: format!("{code}-U1"),
        name: format!("Unit of {code}"),
        native_name: None,
        organisation_id: organisation.id,
        parent_id: None,
        level: AdministrativeLevel::Regional,
        kind: "territorial board".into(),
        from_on: None,
    };
    let unit = identity::add_unit(&tx, unit).await?;
    tx.commit((organisation.id, unit.id)).await
}

fn new_person(place: (OrganisationId, UnitId), number: u32, email: &str) -> NewPerson {
    NewPerson {
        organisation_id: place.0,
        unit_id: Some(place.1),
        member_from_on: None,
        service_number: format!("T-{number:04}"),
        given_name: "Žanete".into(),
        family_name: format!("Paraudziņa{number}"),
        native_name: None,
        email: Some(email.into()),
        gender: Gender::NotStated,
        rank: None,
        post: None,
        level: None,
        languages: vec!["lv".into(), "en".into()],
    }
}
