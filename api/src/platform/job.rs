//! Jobs: what an event or a schedule leaves to do later, taken with a lease, done at least once.

use super::db::Tx;
use super::{App, Problem};
use chrono::{DateTime, Duration, Utc};
use entity::id::EventId;
use entity::platform::{idempotency, job};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    Statement,
};
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// How long a job may run before another worker may take it.
const LEASE_SECONDS: i64 = 60;
/// How long a handler may take: it must have ended before the lease does.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(25);
const MAX_ATTEMPTS: i32 = 10;
/// How long the answer to a keyed request is kept for a repeat.
const ANSWERS_HOURS: i64 = 24;
const HOUR: std::time::Duration = std::time::Duration::from_hours(1);
/// How often a worker looks for jobs and seals events when nothing wakes it.
const EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// A handler of an event, or of a job that a feature enqueues itself.
#[derive(Clone, Copy)]
pub struct Subscription {
    /// The event's kind; empty for a job that no event starts.
    pub kind: &'static str,
    /// `feature::on_something`.
    pub handler: &'static str,
    /// What to call. Must be idempotent.
    pub run: fn(App, Value) -> BoxFuture<'static, Result<(), Problem>>,
}

/// A job row, ready to insert.
pub(super) fn row(
    tx: &Tx,
    handler: &str,
    event: Option<EventId>,
    payload: Value,
    run_at: DateTime<Utc>,
    dedup: Option<String>,
) -> job::ActiveModel {
    job::ActiveModel {
        id: Set(tx.id()),
        handler: Set(handler.to_owned()),
        event_id: Set(event),
        payload: Set(payload),
        dedup_key: Set(dedup),
        run_at: Set(run_at),
        attempts: Set(0),
        max_attempts: Set(MAX_ATTEMPTS),
        lease_owner: Set(None),
        lease_until: Set(None),
        done_at: Set(None),
        last_error: Set(None),
    }
}

impl Tx {
    /// Leaves a job in this transaction; one with the same `dedup` key is left only once.
    ///
    /// # Errors
    /// As the database.
    pub async fn later(
        &self,
        handler: &str,
        payload: Value,
        run_at: DateTime<Utc>,
        dedup: Option<String>,
    ) -> Result<(), Problem> {
        self.wake_workers();
        let conflict = OnConflict::column(job::Column::DedupKey).do_nothing().to_owned();
        let row = row(self, handler, None, payload, run_at, dedup);
        job::Entity::insert(row).on_conflict(conflict).try_insert().exec_without_returning(self).await?;
        Ok(())
    }
}

impl Tx {
    /// Gives up the jobs of a feature that wait.
    ///
    /// # Errors
    /// As the database.
    pub async fn give_up_jobs(&self, feature: &str, why: &str) -> Result<(), Problem> {
        job::Entity::update_many()
            .filter(job::Column::Handler.starts_with(format!("{feature}::")))
            .filter(job::Column::DoneAt.is_null())
            .col_expr(job::Column::DoneAt, Expr::value(Some(self.now())))
            .col_expr(job::Column::Payload, Expr::value(Value::Null))
            .col_expr(job::Column::LastError, Expr::value(Some(why.to_owned())))
            .exec(self)
            .await?;
        Ok(())
    }
}

async fn take(app: &App, owner: &str, count: i64) -> Result<Vec<job::Model>, Problem> {
    let now = app.now();
    // SQLite: one writer, nobody can come between. PostgreSQL: workers take different rows without waiting.
    let lock = if app.backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE job SET lease_owner = $1, lease_until = $2, attempts = attempts + 1 WHERE id IN (\
         SELECT id FROM job WHERE done_at IS NULL AND run_at <= $3 AND attempts < max_attempts \
         AND (lease_until IS NULL OR lease_until < $3) ORDER BY run_at LIMIT {count} {lock}) RETURNING *"
    );
    let values = [owner.into(), (now + Duration::seconds(LEASE_SECONDS)).into(), now.into()];
    let tx = Tx::of_platform(app, "jobs").await?;
    let rows = tx.query_all_raw(Statement::from_sql_and_values(app.backend(), sql, values)).await?;
    let mut jobs = rows.iter().map(|r| job::Model::from_query_result(r, "")).collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|j| (j.run_at, j.id));
    tx.commit(()).await?;
    Ok(jobs)
}

async fn any_due(app: &App) -> Result<bool, Problem> {
    let due = job::Entity::find()
        .filter(job::Column::DoneAt.is_null())
        .filter(job::Column::RunAt.lte(app.now()))
        .filter(Expr::col(job::Column::Attempts).lt(Expr::col(job::Column::MaxAttempts)))
        .one(app.db())
        .await?;
    Ok(due.is_some())
}

/// Runs jobs that are due; says how many it ran.
///
/// # Errors
/// As the database. A handler's own failure is kept in the job, which is tried again later and later.
pub async fn run_due(app: &App, owner: &str) -> Result<usize, Problem> {
    if !any_due(app).await? {
        return Ok(0);
    }
    let jobs = take(app, owner, 16).await?;
    let count = jobs.len();
    for job in jobs {
        if still_held(app, owner, &job).await? {
            let outcome = run(app, &job).await;
            finish(app, owner, &job, outcome).await?;
        }
    }
    Ok(count)
}

/// Calls the handler. One that panics or never ends is a failure of this job alone.
async fn run(app: &App, job: &job::Model) -> Result<(), Problem> {
    let Some(found) = app.subscriptions().iter().find(|s| s.handler == job.handler) else {
        return Err(Problem::internal(format!("no handler {}", job.handler)));
    };
    let payload = job.payload.clone();
    let work = AssertUnwindSafe(async { (found.run)(app.clone(), payload).await }).catch_unwind();
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => {
            metrics::counter!("waymark_panics_total").increment(1);
            Err(Problem::internal(format!("{} panicked", job.handler)))
        }
        Err(_) => Err(Problem::unavailable("the job took longer than its lease")),
    }
}

/// Whether this worker may run the job now. A lease that the jobs before it have half used up is renewed;
/// one that has run out may be another worker's by now.
async fn still_held(app: &App, owner: &str, job: &job::Model) -> Result<bool, Problem> {
    let now = app.now();
    let half = now + Duration::seconds(LEASE_SECONDS / 2);
    if job.lease_until.is_some_and(|until| until > half) {
        return Ok(true);
    }
    let tx = Tx::of_platform(app, "jobs").await?;
    let renewed = job::Entity::update_many()
        .filter(job::Column::Id.eq(job.id))
        .filter(job::Column::LeaseOwner.eq(owner))
        .filter(job::Column::Attempts.eq(job.attempts))
        .col_expr(job::Column::LeaseUntil, Expr::value(Some(now + Duration::seconds(LEASE_SECONDS))))
        .exec(&tx)
        .await?;
    tx.commit(renewed.rows_affected == 1).await
}

async fn finish(app: &App, owner: &str, done: &job::Model, outcome: Result<(), Problem>) -> Result<(), Problem> {
    let now = app.now();
    let tx = Tx::of_platform(app, "jobs").await?;
    // Fenced: a worker whose lease ran out must not close a job that another one holds.
    let mut update = job::Entity::update_many()
        .filter(job::Column::Id.eq(done.id))
        .filter(job::Column::LeaseOwner.eq(owner))
        .filter(job::Column::Attempts.eq(done.attempts))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>));
    update = match outcome {
        // What it was given may be a secret or personal, and is of no more use.
        Ok(()) => update
            .col_expr(job::Column::DoneAt, Expr::value(Some(now)))
            .col_expr(job::Column::Payload, Expr::value(Value::Null)),
        Err(problem) => {
            metrics::counter!("waymark_job_failures_total", "handler" => done.handler.clone()).increment(1);
            tracing::warn!(handler = %done.handler, attempt = done.attempts, code = problem.code(), "a job failed");
            let wait = Duration::seconds(2_i64.pow(u32::try_from(done.attempts.clamp(1, 10)).unwrap_or(1)));
            update
                .col_expr(job::Column::RunAt, Expr::value(now + wait))
                .col_expr(job::Column::LastError, Expr::value(Some(problem.to_string())))
        }
    };
    update.exec(&tx).await?;
    tx.commit(()).await
}

/// Hands back the jobs this worker holds, at a stop.
///
/// # Errors
/// As the database.
pub async fn hand_back(app: &App, owner: &str) -> Result<(), Problem> {
    let tx = Tx::of_platform(app, "jobs").await?;
    job::Entity::update_many()
        .filter(job::Column::LeaseOwner.eq(owner))
        .filter(job::Column::DoneAt.is_null())
        .filter(job::Column::LeaseUntil.is_not_null())
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        // It was not the job's fault.
        .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).sub(1))
        .exec(&tx)
        .await?;
    tx.commit(()).await
}

/// Forgets the answers kept for repeats that nobody will make any more.
async fn forget_answers(app: &App) -> Result<(), Problem> {
    let tx = Tx::of_platform(app, "housekeeping").await?;
    idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lt(app.now() - Duration::hours(ANSWERS_HOURS)))
        .exec(&tx)
        .await?;
    tx.commit(()).await
}

/// Ends some time after a stop was asked for.
async fn overdue(mut stop: tokio::sync::watch::Receiver<bool>, seconds: u64) {
    stop.wait_for(|stopping| *stopping).await.ok();
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
}

/// Works until `stop` says so: due jobs, the sealing of events, and once an hour what is kept too long.
/// A job that does not end in time for the stop is handed back.
pub async fn work(app: App, stop: tokio::sync::watch::Receiver<bool>) {
    let owner = super::clock::new_id(app.now()).to_string();
    tokio::select! {
        () = rounds(&app, &owner, stop.clone()) => {}
        () = overdue(stop, app.config().stop_seconds) => {}
    }
    hand_back(&app, &owner).await.ok();
}

/// Seals what waits, in as many turns as it takes.
async fn seal_all(app: &App) {
    loop {
        match super::event::seal(app).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(e) => {
                tracing::debug!(code = e.code(), "another copy is sealing, or the database is away");
                return;
            }
        }
    }
}

async fn rounds(app: &App, owner: &str, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut sealed_at = Instant::now();
    let mut forgotten_at: Option<Instant> = None;
    loop {
        let ran = run_due(app, owner).await.unwrap_or_else(|e| {
            tracing::warn!(code = e.code(), "jobs could not be taken");
            0
        });
        let stopping = *stop.borrow();
        if stopping || sealed_at.elapsed() >= EVERY {
            sealed_at = Instant::now();
            seal_all(app).await;
        }
        if stopping {
            break;
        }
        if forgotten_at.is_none_or(|at| at.elapsed() >= HOUR) {
            forgotten_at = Some(Instant::now());
            forget_answers(app).await.ok();
        }
        if ran == 0 {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = app.jobs_waiting() => {}
                _ = stop.changed() => {}
            }
        }
    }
}
