//! From a credential to an actor, quickly: this runs on every request.

use super::super::access::{ActiveGrant, Actor};
use super::hash_token;
use crate::platform::{App, Author, Problem, Tx};
use chrono::{DateTime, Duration, Utc};
use entity::id::{AccessTokenId, AccountId, ActivityId, LoginSessionId, OrganisationId, UnitId};
use entity::identity::{
    AccountState, PersonState, Role, ScopeKind, access_token, account, login_session, person, role_grant, unit,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long an actor is believed without asking the database, on one copy of the program.
const CACHE_SECONDS: i64 = 5;
/// How often a session's last use is written.
const SEEN_EVERY_SECONDS: i64 = 60;
/// How often a token's last use is written.
const USED_EVERY_MINUTES: i64 = 60;

/// Actors found a moment ago, by the hash of their credential. Emptied by every change of accounts,
/// grants, sessions or units; not used with several copies, which would not hear of each other's changes.
#[derive(Default)]
pub(super) struct Known(Mutex<KnownActors>);

#[derive(Default)]
struct KnownActors {
    found: HashMap<String, Found>,
    /// Counts how often all were forgotten: who was read before that must not be believed after it.
    forgotten: u64,
}

/// An actor, and until when it is believed.
type Found = (DateTime<Utc>, Arc<Actor>);

impl Known {
    fn lock(&self) -> MutexGuard<'_, KnownActors> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets whom this copy knows: after any change that concerns who may do what.
pub fn forget_actors(app: &App) {
    let memory = app.memory::<Known>();
    let mut known = memory.lock();
    known.found.clear();
    known.forgotten += 1;
}

/// Finds who sent a session token or an access token.
///
/// # Errors
/// 401 `unauthenticated` for a token that is unknown, ended or out of date · 503
pub async fn authenticate(app: &App, token: &str) -> Result<Arc<Actor>, Problem> {
    let hash = hash_token(token);
    let now = app.now();
    let memory = app.memory::<Known>();
    let cached = app.backend() == DbBackend::Sqlite;
    let mut forgotten = 0;
    if cached {
        let known = memory.lock();
        if let Some((_, actor)) = known.found.get(&hash).filter(|(until, _)| *until > now) {
            return Ok(actor.clone());
        }
        forgotten = known.forgotten;
    }
    let actor = Arc::new(if token.starts_with("wmk_") {
        by_access_token(app, &hash).await?
    } else {
        by_session(app, &hash).await?
    });
    if cached {
        let mut known = memory.lock();
        if known.found.len() > 10_000 {
            known.found.retain(|_, (until, _)| *until > now);
        }
        if known.forgotten == forgotten {
            known.found.insert(hash, (now + Duration::seconds(CACHE_SECONDS), actor.clone()));
        }
    }
    Ok(actor)
}

async fn by_session(app: &App, hash: &str) -> Result<Actor, Problem> {
    let now = app.now();
    let session = login_session::Entity::find().filter(login_session::Column::TokenHash.eq(hash)).one(app.db()).await?;
    let session =
        session.filter(|s| s.ended_at.is_none() && s.expires_at > now).ok_or_else(Problem::unauthenticated)?;
    let idle = now - session.seen_at;
    if idle > Duration::minutes(app.config().session_idle_minutes) {
        return Err(Problem::unauthenticated().detail("You were away for a while. Sign in again."));
    }
    if idle > Duration::seconds(SEEN_EVERY_SECONDS) {
        unless_full(note_seen(app, session.id).await);
    }
    let mut actor = load(app, session.account_id).await?;
    actor.session = Some(session.id);
    actor.proved_at = Some(session.proved_at);
    Ok(actor)
}

/// Who may read may read while nothing can be written.
fn unless_full(noted: Result<(), Problem>) {
    if let Err(problem) = noted {
        tracing::warn!(code = problem.code(), "the use of a credential could not be noted");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "keeping a session alive is part of authentication, before there is an actor to permit it"
)]
async fn note_seen(app: &App, id: LoginSessionId) -> Result<(), Problem> {
    let tx = Tx::begin(app, Author { act: "system:seen".into(), account: None, person: None }).await?;
    login_session::Entity::update_many()
        .filter(login_session::Column::Id.eq(id))
        .col_expr(login_session::Column::SeenAt, Expr::value(tx.now()))
        .exec(&tx)
        .await?;
    tx.commit(()).await
}

async fn by_access_token(app: &App, hash: &str) -> Result<Actor, Problem> {
    let token = access_token::Entity::find().filter(access_token::Column::TokenHash.eq(hash)).one(app.db()).await?;
    let token =
        token.filter(|t| t.revoked_at.is_none() && t.expires_at > app.now()).ok_or_else(Problem::unauthenticated)?;
    if token.used_at.is_none_or(|at| app.now() - at > Duration::minutes(USED_EVERY_MINUTES)) {
        unless_full(note_used(app, token.id).await);
    }
    let mut actor = load(app, token.account_id).await?;
    actor.read_only = token.read_only;
    Ok(actor)
}

#[expect(clippy::disallowed_methods, reason = "part of authentication, before there is an actor to permit it")]
async fn note_used(app: &App, id: AccessTokenId) -> Result<(), Problem> {
    let tx = Tx::begin(app, Author { act: "system:seen".into(), account: None, person: None }).await?;
    access_token::Entity::update_many()
        .filter(access_token::Column::Id.eq(id))
        .col_expr(access_token::Column::UsedAt, Expr::value(Some(tx.now())))
        .exec(&tx)
        .await?;
    tx.commit(()).await
}

/// The actor behind an active account.
pub(super) async fn load(app: &App, id: AccountId) -> Result<Actor, Problem> {
    let account = account::Entity::find_by_id(id).one(app.db()).await?;
    let account = account.filter(|a| a.state == AccountState::Active).ok_or_else(Problem::unauthenticated)?;
    let person = person::Entity::find_by_id(account.person_id).one(app.db()).await?;
    let person = person.filter(|p| p.state == PersonState::Active).ok_or_else(Problem::unauthenticated)?;
    let grants = grants(app, id).await?;
    let staff = grants.iter().any(|g| g.role != Role::Participant);
    Ok(Actor {
        account: account.id,
        person: person.id,
        organisation: person.organisation_id,
        unit: person.unit_id,
        name: format!("{} {}", person.given_name, person.family_name),
        language: account.language,
        second_factor_missing: staff && app.config().require_second_factor && account.totp_confirmed_at.is_none(),
        grants,
        session: None,
        proved_at: None,
        read_only: false,
    })
}

async fn grants(app: &App, id: AccountId) -> Result<Vec<ActiveGrant>, Problem> {
    let now = app.now();
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.eq(id))
        .filter(role_grant::Column::RevokedAt.is_null())
        .filter(role_grant::Column::StartsAt.lte(now))
        .filter(role_grant::Column::EndsAt.gt(now))
        .all(app.db())
        .await?;
    let mut grants = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|g| !g.needs_confirmation || g.confirmed_by.is_some()) {
        grants.push(match (row.scope_kind, row.scope_id) {
            (ScopeKind::Organisation, Some(id)) => {
                active(row.role, row.scope_kind, Some(OrganisationId(id)), vec![], None)
            }
            (ScopeKind::Unit, Some(id)) => {
                // A person has a handful of grants, cached for seconds: one query each is cheaper to read.
                let organisation = unit::Entity::find_by_id(UnitId(id)).one(app.db()).await?.map(|u| u.organisation_id);
                active(row.role, row.scope_kind, organisation, units_below(app.db(), UnitId(id), now).await?, None)
            }
            (ScopeKind::Activity, Some(id)) => active(row.role, row.scope_kind, None, vec![], Some(ActivityId(id))),
            _ => active(row.role, ScopeKind::Programme, None, vec![], None),
        });
    }
    Ok(grants)
}

fn active(
    role: Role,
    scope: ScopeKind,
    organisation: Option<OrganisationId>,
    units: Vec<UnitId>,
    activity: Option<ActivityId>,
) -> ActiveGrant {
    ActiveGrant { role, scope, organisation, units, activity }
}

/// A unit and all units below it on the day of `at`.
///
/// # Errors
/// As the database.
pub async fn units_below<C: ConnectionTrait>(db: &C, unit: UnitId, at: DateTime<Utc>) -> Result<Vec<UnitId>, Problem> {
    let sql = "WITH RECURSIVE below(id) AS (SELECT CAST($1 AS uuid_kind) UNION SELECT p.unit_id FROM unit_placement p \
               JOIN below b ON p.parent_id = b.id WHERE p.from_on <= $2 AND (p.until_on IS NULL OR p.until_on > $2)) SELECT id FROM below";
    let backend = db.get_database_backend();
    let sql =
        sql.replace("CAST($1 AS uuid_kind)", if backend == DbBackend::Postgres { "CAST($1 AS uuid)" } else { "$1" });
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(backend, sql, [unit.0.into(), at.date_naive().into()])).await?;
    rows.iter().map(|row| Ok(UnitId(row.try_get("", "id")?))).collect()
}
