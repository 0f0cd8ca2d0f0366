//! Floor 0: what every feature stands on and what knows nothing about learning.
//!
//! Owns: configuration, clock and ids, the database (one way of reading, one of writing), events and their
//! chain, jobs, problems, JSON payloads, lists, the HTTP shell, pages and their languages, files.
//! Tells: nothing. Refuses to know: persons, permission, anything of the programme.

pub mod clock;
pub mod config;
pub mod db;
pub mod event;
pub mod file;
pub mod http;
pub mod job;
pub mod json;
pub mod list;
pub mod page;
pub mod problem;
pub mod setting;

pub use clock::{Clock, new_id, new_secret};
pub use config::Config;
pub use db::{Author, Tx};
pub use event::{Changes, Event};
pub use job::Subscription;
pub use json::{Created, Data, File, NoContent, Tagged, Versioned, expected_version};
pub use list::{Page as ListPage, PageRequest};
pub use problem::{Fail, Problem, Public, PublicWrite, Read, Write};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbBackend};
use std::sync::Arc;

/// The application: a cheap handle to everything a door or a service needs.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Clock,
    db: db::Db,
    secret: Vec<u8>,
    subscriptions: &'static [Subscription],
    jobs: tokio::sync::Notify,
    files: file::Files,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// One entry per feature that keeps something in memory; see [`App::memory`].
    memory: std::sync::Mutex<std::collections::HashMap<std::any::TypeId, Arc<dyn std::any::Any + Send + Sync>>>,
}

impl App {
    /// Opens database, keys and files.
    ///
    /// # Errors
    /// A line for the operator.
    pub async fn open(config: Config, clock: Clock, subscriptions: &'static [Subscription]) -> Result<Self, String> {
        let secret = file::secret_key(&config)?;
        let files = file::Files::open(&config)?;
        let db = db::Db::open(&config).await?;
        let inner = Inner {
            config,
            clock,
            db,
            secret,
            subscriptions,
            jobs: tokio::sync::Notify::new(),
            files,
            metrics: http::metrics_handle(),
            memory: std::sync::Mutex::default(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }
    /// The clock, for tests that move it.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }
    /// The current instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }
    /// The connection for ordinary reads.
    pub fn db(&self) -> &DatabaseConnection {
        self.0.db.read()
    }
    /// The connection for reports.
    pub fn report_db(&self) -> &DatabaseConnection {
        self.0.db.report()
    }
    /// One unchanging view of the data, for reports of several queries.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, Problem> {
        self.0.db.snapshot().await
    }
    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.0.db.backend()
    }
    /// Files: uploads and rendered documents.
    pub fn files(&self) -> &file::Files {
        &self.0.files
    }
    /// The key behind cursors and form tokens. Never leaves the server.
    pub fn secret(&self) -> &[u8] {
        &self.0.secret
    }
    /// What a feature keeps in memory, made at first use; one value per type.
    ///
    /// # Panics
    /// Never: the value stored under a type is of that type.
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut memory = self.0.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let entry = memory.entry(std::any::TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        drop(memory);
        entry.downcast().expect("stored under its own type")
    }
    /// Closes the database, once nothing is served any more.
    pub async fn close(&self) {
        self.0.db.close().await;
    }

    pub(crate) fn subscriptions(&self) -> &'static [Subscription] {
        self.0.subscriptions
    }
    fn db_handle(&self) -> &db::Db {
        &self.0.db
    }
    fn wake_jobs(&self) {
        self.0.jobs.notify_one();
    }
    async fn jobs_waiting(&self) {
        self.0.jobs.notified().await;
    }
}
