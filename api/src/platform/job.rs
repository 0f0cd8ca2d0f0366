//! Jobs: what an event or a schedule leaves to do later, taken with a lease, done at least once.

use super::db::Tx;
use super::{App, Problem};
use chrono::{DateTime, Duration, Utc};
use entity::id::EventId;
use entity::platform::job;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    Statement,
};
use serde_json::Value;

/// How long a job may run before another worker may take it.
const LEASE_SECONDS: i64 = 60;
const MAX_ATTEMPTS: i32 = 10;
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
        let outcome = match app.subscriptions().iter().find(|s| s.handler == job.handler) {
            Some(s) => (s.run)(app.clone(), job.payload.clone()).await,
            None => Err(Problem::internal(format!("no handler {}", job.handler))),
        };
        finish(app, owner, &job, outcome).await?;
    }
    Ok(count)
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
        Ok(()) => update.col_expr(job::Column::DoneAt, Expr::value(Some(now))),
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
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .exec(&tx)
        .await?;
    tx.commit(()).await
}

/// Works until `stop` says so: due jobs and the sealing of events.
pub async fn work(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    let owner = super::clock::new_id(app.now()).to_string();
    let mut sealed_at = std::time::Instant::now();
    loop {
        let ran = run_due(&app, &owner).await.unwrap_or_else(|e| {
            tracing::warn!(code = e.code(), "jobs could not be taken");
            0
        });
        let stopping = *stop.borrow();
        if stopping || sealed_at.elapsed() >= EVERY {
            sealed_at = std::time::Instant::now();
            if let Err(e) = super::event::seal(&app).await {
                tracing::debug!(code = e.code(), "another copy is sealing, or the database is away");
            }
        }
        if stopping {
            break;
        }
        if ran == 0 {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = app.jobs_waiting() => {}
                _ = stop.changed() => {}
            }
        }
    }
    hand_back(&app, &owner).await.ok();
}
