//! The database: one way of reading, one way of writing, on SQLite and on PostgreSQL.
//!
//! SQLite has one writer connection behind a fair queue, the *lane*. Each unit of work is a savepoint in
//! the open `BEGIN IMMEDIATE`; the real COMMIT is issued when nobody waits or the batch is full, and only
//! then do the `commit` calls of the batch return. Whatever fails in storage closes the connection and
//! refuses the whole batch: after a full disk SQLite has rolled back on its own, and a connection that
//! does not know it would acknowledge work it has lost.
//! PostgreSQL has an ordinary transaction per unit.

use super::clock::new_id;
use super::problem::Problem;
use super::{App, Config};
use chrono::{DateTime, Utc};
use entity::platform::idempotency;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, ExecResult, IsolationLevel, QueryResult, RuntimeErr, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait, sea_query::OnConflict,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use uuid::Uuid;

/// Oldest SQLite without the WAL-reset defect. Source: SQLite release notes of 3.51.3.
pub const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const OLDEST_POSTGRES: i64 = 150_000;
/// Units that may wait for the lane; more are refused with 503.
const LANE_QUEUE: usize = 4096;
/// How long closing waits for a connection in use.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);
/// Units committed together at most, so that a batch stays short.
const LANE_BATCH: usize = 1024;

/// Handles to the database.
pub struct Db {
    backend: DbBackend,
    read: DatabaseConnection,
    report: DatabaseConnection,
    writer: Writer,
}

enum Writer {
    Lane(Arc<Lane>),
    Pool(DatabaseConnection),
}

impl Db {
    /// Connects, brings the schema up to date and asserts that acknowledged work will survive.
    ///
    /// # Errors
    /// A line for the operator: no connection, schema newer than this program, unsafe settings.
    pub async fn open(config: &Config) -> Result<Self, String> {
        let url = config.database_url.as_str();
        if let Some(path) = sqlite_path(url) {
            // SQLite gives its log the mode of the database.
            super::file::private_file(&path, &[])?;
        }
        let one = connect(url, 1, Use::Write).await.map_err(|e| format!("cannot open the database: {e}"))?;
        assert_safe(&one, config.allow_unsafe_database).await?;
        migrate(&one).await?;
        let backend = one.get_database_backend();
        let fail = |e: DbErr| format!("cannot open the database: {e}");
        let (read, writer) = if backend == DbBackend::Sqlite {
            let lane = Lane { url: url.to_owned(), waiting: AtomicUsize::new(0), state: Arc::default() };
            lane.state.lock().await.connection = Some(one);
            (connect(url, config.database_connections, Use::Read).await.map_err(fail)?, Writer::Lane(Arc::new(lane)))
        } else {
            one.close().await.map_err(fail)?;
            let pool = connect(url, config.database_connections, Use::Write).await.map_err(fail)?;
            (pool.clone(), Writer::Pool(pool))
        };
        let report = connect(url, 2, Use::Report).await.map_err(fail)?;
        Ok(Self { backend, read, report, writer })
    }

    /// The connection for ordinary reads; it never waits for the writer.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for reports, planned for each statement and kept apart so that reports cannot
    /// starve ordinary reads.
    pub fn report(&self) -> &DatabaseConnection {
        &self.report
    }

    /// One unchanging view of the data for a report of several queries.
    ///
    /// # Errors
    /// 503 when the database is away.
    #[expect(clippy::disallowed_methods, reason = "a snapshot only reads")]
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, Problem> {
        let isolation = (self.backend == DbBackend::Postgres).then_some(IsolationLevel::RepeatableRead);
        let access = (self.backend == DbBackend::Postgres).then_some(AccessMode::ReadOnly);
        Ok(self.report.begin_with_config(isolation, access).await?)
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Closes all connections, once nobody writes any more.
    pub async fn close(&self) {
        match &self.writer {
            Writer::Lane(lane) => {
                let mut state = lane.state.lock().await;
                drop(state.batch.take());
                if let Some(connection) = state.connection.take() {
                    close(connection).await;
                }
            }
            Writer::Pool(pool) => close(pool.clone()).await,
        }
        close(self.read.clone()).await;
        close(self.report.clone()).await;
    }
}

enum Use {
    Read,
    Write,
    Report,
}

async fn connect(url: &str, connections: u32, usage: Use) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(8))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    if url.starts_with("sqlite:") {
        let read_only = !matches!(usage, Use::Write);
        options.map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(!read_only)
                .read_only(read_only)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .statement_cache_capacity(512)
                .pragma("trusted_schema", "OFF")
                .pragma("cache_size", "-16000")
                .pragma("temp_store", "MEMORY");
            if read_only {
                sqlite
            } else {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("journal_size_limit", "67108864")
            }
        });
        // A connection with an unfinished transaction is closed, never reused.
        options.map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| {
                Box::pin(async move { Ok(!sea_orm::sqlx::Connection::is_in_transaction(connection)) })
            })
        });
    } else {
        options.test_before_acquire_if_idle_for(Duration::from_secs(30)).set_application_name("waymark");
        let plan = if matches!(usage, Use::Report) { "auto" } else { "force_generic_plan" };
        options.map_sqlx_postgres_opts(move |postgres| {
            postgres.options([
                ("timezone", "UTC"),
                ("statement_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "60s"),
                ("plan_cache_mode", plan),
            ])
        });
        options.map_sqlx_postgres_pool_opts(|pool| {
            pool.after_release(|connection, _| {
                Box::pin(async move { Ok(!sea_orm::sqlx::Connection::is_in_transaction(connection)) })
            })
        });
    }
    let mut db = Database::connect(options).await?;
    db.set_metric_callback(|info| {
        REQUEST.try_with(|request| request.statements.fetch_add(1, Ordering::Relaxed)).ok();
        // Without its values, which may be personal.
        tracing::trace!(target: "waymark::statement", sql = %info.statement.sql);
    });
    Ok(db)
}

/// Closes all connections of a pool; one that somebody still holds is waited for a while, not for ever.
async fn close(pool: DatabaseConnection) {
    if tokio::time::timeout(CLOSE_PATIENCE, pool.close()).await.is_err() {
        tracing::warn!("a database connection is still in use and is left behind");
    }
}

/// The file of a SQLite URL; nothing for another database or one in memory.
#[must_use]
pub fn sqlite_path(url: &str) -> Option<std::path::PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| path.into())
}

async fn word(db: &DatabaseConnection, sql: &str) -> Result<String, String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.map_err(|e| format!("{sql}: {e}"))?;
    let row = row.ok_or_else(|| format!("{sql}: no answer"))?;
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|n| n.to_string()))
        .or_else(|_| row.try_get_by_index::<i32>(0).map(|n| n.to_string()))
        .map_err(|e| format!("{sql}: {e}"))
}

/// Whether a version text such as `3.51.3` is at least [`OLDEST_SQLITE`].
#[must_use]
pub fn sqlite_is_recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST_SQLITE
}

async fn assert_safe(db: &DatabaseConnection, allow_unsafe: bool) -> Result<(), String> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let version = word(db, "SELECT sqlite_version()").await?;
        if !sqlite_is_recent(&version) {
            return Err(format!(
                "SQLite {version} can corrupt a database with several connections; 3.51.3 or newer is needed"
            ));
        }
        for (sql, want) in [("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1")] {
            let have = word(db, sql).await?;
            if have != want {
                return Err(format!("{sql} is {have}, must be {want}"));
            }
        }
        return Ok(());
    }
    let version = word(db, "SELECT current_setting('server_version_num')").await?;
    if version.parse::<i64>().unwrap_or(0) < OLDEST_POSTGRES {
        return Err(format!("PostgreSQL 15 or newer is needed, this is {version}"));
    }
    for sql in ["SELECT current_setting('fsync')", "SELECT current_setting('synchronous_commit')"] {
        let have = word(db, sql).await?;
        if have == "off" && !allow_unsafe {
            return Err(format!("{sql} is off: acknowledged work would not survive a power cut"));
        }
    }
    Ok(())
}

/// Brings the schema up to date; of several copies starting at once, one does it and the others wait.
async fn migrate(db: &DatabaseConnection) -> Result<(), String> {
    use migration::MigratorTrait;
    let fail = |e: DbErr| format!("cannot migrate the database: {e}");
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    if postgres {
        db.execute_unprepared("SELECT pg_advisory_lock(7220001)").await.map_err(fail)?;
    }
    let known: Vec<_> = migration::Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
    let applied = migration::Migrator::get_applied_migrations(db).await;
    let outcome = match applied {
        // sea-orm refuses a recorded step that it has no file for: the schema is newer than the program.
        Err(e) => Err(format!("the database has steps this program does not know; use a newer program ({e})")),
        Ok(done) if done.len() > known.len() => Err("the database is newer than this program".to_owned()),
        Ok(_) => migration::Migrator::up(db, None).await.map_err(fail),
    };
    if postgres {
        db.execute_unprepared("SELECT pg_advisory_unlock(7220001)").await.map_err(fail)?;
    }
    outcome
}

#[derive(Default)]
struct LaneState {
    connection: Option<DatabaseConnection>,
    /// The open `BEGIN IMMEDIATE`.
    batch: Option<DatabaseTransaction>,
    /// Units whose savepoint is released and who wait for the real COMMIT.
    answers: Vec<oneshot::Sender<bool>>,
}

struct Lane {
    url: String,
    waiting: AtomicUsize,
    state: Arc<Mutex<LaneState>>,
}

/// A place in the queue. Given up while waiting, it makes sure that somebody still commits the batch.
struct Place {
    lane: Arc<Lane>,
    arrived: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        let before = self.lane.waiting.fetch_sub(1, Ordering::SeqCst);
        if !self.arrived
            && before == 1
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let lane = self.lane.clone();
            runtime.spawn(async move {
                let state = lane.state.clone().lock_owned().await;
                lane.settle(state, false).await;
            });
        }
    }
}

/// A turn at the lane, until its savepoint stands. Given up in between, it passes the lane on: those whose
/// units are done still wait for their COMMIT.
struct Turn {
    lane: Arc<Lane>,
    state: Option<OwnedMutexGuard<LaneState>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(state) = self.state.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let lane = self.lane.clone();
            runtime.spawn(async move { lane.settle(state, false).await });
        }
    }
}

impl Lane {
    async fn enter(self: &Arc<Self>) -> Result<(DatabaseTransaction, OwnedMutexGuard<LaneState>), Problem> {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= LANE_QUEUE {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Problem::unavailable("more writes are waiting than can be served soon"));
        }
        let mut place = Place { lane: self.clone(), arrived: false };
        let state = self.state.clone().lock_owned().await;
        place.arrived = true;
        drop(place);
        let mut turn = Turn { lane: self.clone(), state: Some(state) };
        let begun = self.savepoint(turn.state.as_mut().expect("just put there")).await;
        let state = turn.state.take().expect("nobody else takes it");
        match begun {
            Ok(unit) => Ok((unit, state)),
            Err(e) => {
                tracing::error!(error = %e, "the writer lane could not begin");
                self.settle(state, true).await;
                Err(Problem::unavailable("the database does not take writes at the moment"))
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is where transactions begin")]
    async fn savepoint(&self, state: &mut LaneState) -> Result<DatabaseTransaction, DbErr> {
        if state.connection.is_none() {
            state.connection = Some(connect(&self.url, 1, Use::Write).await?);
        }
        if state.batch.is_none() {
            let connection = state.connection.as_ref().expect("connected above");
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            };
            state.batch = Some(connection.begin_with_options(options).await?);
        }
        state.batch.as_ref().expect("begun above").begin().await
    }

    /// Passes the lane on; commits the batch when nobody waits or it is full, abandons it when `broken`.
    async fn settle(&self, mut state: OwnedMutexGuard<LaneState>, broken: bool) {
        if !broken && self.waiting.load(Ordering::SeqCst) > 0 && state.answers.len() < LANE_BATCH {
            return;
        }
        let kept = match state.batch.take() {
            Some(batch) if !broken => match batch.commit().await {
                Ok(()) => true,
                Err(e) => {
                    tracing::error!(error = %e, "COMMIT failed");
                    false
                }
            },
            // Dropped here: the connection below can only be closed once nothing holds it.
            Some(_) => false,
            None => !broken && state.answers.is_empty(),
        };
        if !kept {
            Self::close(&mut state).await;
        }
        for answer in state.answers.drain(..) {
            answer.send(kept).ok();
        }
    }

    async fn close(state: &mut LaneState) {
        metrics::counter!("waymark_writer_connections_closed_total").increment(1);
        if let Some(connection) = state.connection.take() {
            close(connection).await;
        }
    }
}

/// Who writes, and under which permit; recorded with each event.
#[derive(Clone, Debug)]
pub struct Author {
    /// The action permitted, or `system:` and a reason.
    pub act: String,
    /// The account, unless it is the system.
    pub account: Option<entity::id::AccountId>,
    /// The person behind the account.
    pub person: Option<entity::id::PersonId>,
}

tokio::task_local! {
    /// What the platform knows of the request being served.
    pub static REQUEST: RequestContext;
}

/// What travels with a request besides its arguments.
pub struct RequestContext {
    /// Names the request in logs, problems and events.
    pub id: Uuid,
    /// The `Idempotency-Key`, until the first transaction of the request takes it.
    pub key: std::sync::Mutex<Option<IdempotencyClaim>>,
    /// Whether the answer holds a secret, which is shown once and never kept.
    pub secret: AtomicBool,
    /// Statements sent to the database so far.
    pub statements: AtomicUsize,
}

impl RequestContext {
    /// A request that begins.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self { id, key: std::sync::Mutex::default(), secret: AtomicBool::default(), statements: AtomicUsize::default() }
    }
}

/// A request that must happen once.
#[derive(Clone, Debug)]
pub struct IdempotencyClaim {
    /// The account.
    pub scope: String,
    /// What the client sent.
    pub key: String,
    /// Hex SHA-256 of method, path and body.
    pub request_hash: String,
}

/// A unit of work. Dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    app: App,
    unit: Option<DatabaseTransaction>,
    lane: Option<(Arc<Lane>, OwnedMutexGuard<LaneState>)>,
    author: Author,
    now: DateTime<Utc>,
    failed: AtomicBool,
    broken: AtomicBool,
    claim: Option<IdempotencyClaim>,
    wakes: AtomicBool,
}

impl Tx {
    /// Begins a unit of work. Only `Permit::begin` calls this.
    ///
    /// # Errors
    /// 503 when the database does not take writes · `idempotency/repeated`
    #[expect(clippy::disallowed_methods, reason = "this is where transactions begin")]
    pub async fn begin(app: &App, author: Author) -> Result<Self, Problem> {
        let (unit, lane) = match &app.db_handle().writer {
            Writer::Lane(queue) => {
                let (unit, state) = queue.enter().await?;
                (unit, Some((queue.clone(), state)))
            }
            Writer::Pool(pool) => (pool.begin().await?, None),
        };
        // What the platform or the sign-in does on the way is not what was asked for.
        let asked = author.account.is_some();
        let take = |request: &RequestContext| request.key.lock().ok().and_then(|mut key| key.take());
        let claim = asked.then(|| REQUEST.try_with(take).ok().flatten()).flatten();
        let tx = Self {
            app: app.clone(),
            unit: Some(unit),
            lane,
            author,
            now: app.now(),
            failed: AtomicBool::new(false),
            broken: AtomicBool::new(false),
            claim,
            wakes: AtomicBool::new(false),
        };
        tx.claim_key().await?;
        Ok(tx)
    }

    /// A unit of work of the platform itself, which stands below permits; `why` appears in the audit trail.
    ///
    /// # Errors
    /// As [`Tx::begin`].
    #[expect(clippy::disallowed_methods, reason = "this is where transactions begin")]
    pub(super) async fn of_platform(app: &App, why: &str) -> Result<Self, Problem> {
        Self::begin(app, Author { act: format!("system:{why}"), account: None, person: None }).await
    }

    async fn claim_key(&self) -> Result<(), Problem> {
        let Some(claim) = &self.claim else { return Ok(()) };
        let row = idempotency::ActiveModel {
            scope: Set(claim.scope.clone()),
            key: Set(claim.key.clone()),
            request_hash: Set(claim.request_hash.clone()),
            created_at: Set(self.now),
            ..Default::default()
        };
        let conflict =
            OnConflict::columns([idempotency::Column::Scope, idempotency::Column::Key]).do_nothing().to_owned();
        let inserted =
            idempotency::Entity::insert(row).on_conflict(conflict).try_insert().exec_without_returning(self).await?;
        match inserted {
            sea_orm::TryInsertResult::Inserted(1) => Ok(()),
            _ => Err(Problem::refused("idempotency/repeated", "This request was made before.")),
        }
    }

    /// The instant of this unit of work; the same for everything written in it.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A fresh id of any kind.
    pub fn id<T: From<Uuid>>(&self) -> T {
        new_id(self.now).into()
    }

    /// The application this unit belongs to: configuration and keys, never a second transaction.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Who writes.
    pub fn author(&self) -> &Author {
        &self.author
    }

    /// Says that the answer to this request holds a secret: it is not kept for a repeat.
    pub fn answer_is_secret(&self) {
        REQUEST.try_with(|request| request.secret.store(true, Ordering::Relaxed)).ok();
    }

    /// Makes everything written durable, then gives `value` back. Goes on to the end even when the
    /// client has gone away.
    ///
    /// # Errors
    /// 503 when storage fails: then nothing of it was kept.
    pub async fn commit<T: serde::Serialize>(mut self, value: T) -> Result<T, Problem> {
        if let Some(claim) = &self.claim {
            let body = serde_json::to_vec(&value).map_err(Problem::internal)?;
            let row = idempotency::ActiveModel {
                scope: Set(claim.scope.clone()),
                key: Set(claim.key.clone()),
                body: Set(Some(body)),
                ..Default::default()
            };
            idempotency::Entity::update(row).exec(&self).await?;
        }
        if self.failed.load(Ordering::Relaxed) {
            return Err(Problem::internal("a statement failed and its error was swallowed; nothing was kept"));
        }
        let unit = self.unit.take().expect("a unit is committed once");
        let lane = self.lane.take();
        let wakes = self.wakes.load(Ordering::Relaxed).then(|| self.app.clone());
        let finish = tokio::spawn(async move {
            match lane {
                None => unit.commit().await.map_err(Problem::from),
                Some((lane, mut state)) => {
                    if let Err(e) = unit.commit().await {
                        lane.settle(state, true).await;
                        return Err(e.into());
                    }
                    let (answer, answered) = oneshot::channel();
                    state.answers.push(answer);
                    lane.settle(state, false).await;
                    match answered.await {
                        Ok(true) => Ok(()),
                        _ => Err(Problem::unavailable("the database could not store this; nothing of it was kept")),
                    }
                }
            }
        });
        finish.await.map_err(Problem::internal)??;
        if let Some(app) = wakes {
            app.wake_jobs();
        }
        Ok(value)
    }

    /// Makes the workers look for jobs as soon as this is committed.
    pub(super) fn wake_workers(&self) {
        self.wakes.store(true, Ordering::Relaxed);
    }

    fn unit(&self) -> &DatabaseTransaction {
        self.unit.as_ref().expect("the unit is there until it is committed")
    }

    fn note<T>(&self, outcome: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(e) = &outcome {
            self.failed.store(true, Ordering::Relaxed);
            if is_storage_error(e) {
                self.broken.store(true, Ordering::Relaxed);
            }
        }
        outcome
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // Rolled back to its savepoint before the lane is passed on.
        drop(self.unit.take());
        let Some((lane, state)) = self.lane.take() else { return };
        let broken = self.broken.load(Ordering::Relaxed);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { lane.settle(state, broken).await });
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.app.db_handle().backend
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.note(self.unit().execute_raw(statement).await)
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(self.unit().execute_unprepared(sql).await)
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(self.unit().query_one_raw(statement).await)
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(self.unit().query_all_raw(statement).await)
    }
}

/// Whether the database is away, full, broken or out of patience, rather than asked something wrong.
#[must_use]
pub fn is_storage_error(error: &DbErr) -> bool {
    use sea_orm::sqlx::Error;
    let source = match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => e,
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        _ => return false,
    };
    match &**source {
        Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            // SQLite: BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB and
            // their extended codes. PostgreSQL: connection, resources, operator, system, deadlock.
            code.parse::<u32>().is_ok_and(|n| code.len() < 5 && matches!(n & 0xff, 5..=11 | 13 | 14 | 26))
                || ["08", "53", "57", "58", "40", "XX"].iter().any(|class| code.len() == 5 && code.starts_with(class))
        }
        Error::Io(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed
        | Error::Tls(_)
        | Error::Protocol(_) => true,
        _ => false,
    }
}
