//! Signing in and out. Guesses are counted before they are checked, so that parallel ones count too.

use super::super::access::{Action, Actor, Permit, Scope};
use super::super::rules;
use super::super::{Credentials, SessionEnded, SignInView, SignedIn};
use super::{forget_actors, hash_token, me};
use crate::platform::{App, Problem, Tx, new_secret};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use chrono::Duration;
use entity::id::LoginSessionId;
use entity::identity::{AccountState, account, login_session, throttle};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::Semaphore;

type Work = Box<dyn FnOnce() + Send>;

/// Where passwords are computed: on threads of their own, which keep the memory they once took. On whatever
/// thread is free, each of these would keep as much.
struct Queue {
    places: Arc<Semaphore>,
    work: Mutex<Sender<Work>>,
}
static QUEUE: OnceLock<Queue> = OnceLock::new();

impl Queue {
    fn new(threads: usize, places: usize) -> Self {
        let (work, waiting) = std::sync::mpsc::channel::<Work>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads.max(1) {
            let waiting = waiting.clone();
            std::thread::spawn(move || {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(work) = next else { return };
                    // Whoever waits for it sees that no answer comes.
                    std::panic::catch_unwind(AssertUnwindSafe(work)).ok();
                }
            });
        }
        Self { places: Arc::new(Semaphore::new(places.max(1))), work: Mutex::new(work) }
    }
}

/// Runs a password computation off the async threads; few at a time, and few waiting: each takes 19 MiB
/// and about 20 ms of a core, and a storm of them must not starve everybody else. A place is held until the
/// work is done, even when the client has gone away.
async fn queued<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let config = app.config();
    let queue = QUEUE.get_or_init(|| Queue::new(config.sign_in_permits, config.sign_in_queue));
    let place = queue.places.clone().try_acquire_owned().map_err(|_| Problem::too_many(5))?;
    let (answer, answered) = tokio::sync::oneshot::channel();
    let work: Work = Box::new(move || {
        answer.send(work()).ok();
        drop(place);
    });
    queue.work.lock().unwrap_or_else(PoisonError::into_inner).send(work).map_err(Problem::internal)?;
    answered.await.map_err(Problem::internal)
}

/// The PHC string of a password: Argon2id, 19 MiB, two passes. Source: OWASP password storage.
///
/// # Errors
/// 429 when too many wait
pub(super) async fn hash_password(app: &App, password: String) -> Result<String, Problem> {
    let hashed =
        queued(app, move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string())).await?;
    hashed.map_err(Problem::internal)
}

/// Whether a password is the one behind a PHC string. Nothing to compare with takes as long as a wrong one.
pub(super) async fn password_matches(app: &App, password: String, stored: Option<String>) -> Result<bool, Problem> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    queued(app, move || {
        let known = stored.is_some();
        let phc = stored.unwrap_or_else(|| {
            NOBODY
                .get_or_init(|| {
                    Argon2::default()
                        .hash_password(b"nobody has this password")
                        .map(|h| h.to_string())
                        .unwrap_or_default()
                })
                .clone()
        });
        let matches = PasswordHash::new(&phc)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        matches && known
    })
    .await
}

/// Counts a guess at each key before it is checked.
///
/// # Errors
/// 429 when one of them has to wait
pub(super) async fn count_guess(app: &App, account: &str, address: IpAddr) -> Result<(), Problem> {
    let tx = Permit::system("sign-in").begin(app).await?;
    let account = count(&tx, &account_key(account), 0, rules::ACCOUNT_GUESSES_A_DAY).await?;
    let address = count(&tx, &address_key(address), rules::ADDRESS_FREE_GUESSES, rules::ADDRESS_GUESSES_A_DAY).await?;
    match Ord::max(account, address) {
        Some(seconds) => Err(Problem::too_many(seconds)),
        None => tx.commit(()).await,
    }
}

/// Counts a guess at a secret that belongs to no account the guesser names: a one-time link.
///
/// # Errors
/// 429 when the address has to wait
pub(super) async fn count_address(app: &App, address: IpAddr) -> Result<(), Problem> {
    let tx = Permit::system("guess").begin(app).await?;
    match count(&tx, &address_key(address), rules::ADDRESS_FREE_GUESSES, rules::ADDRESS_GUESSES_A_DAY).await? {
        Some(seconds) => Err(Problem::too_many(seconds)),
        None => tx.commit(()).await,
    }
}

/// Takes back what [`count_address`] counted: it was no guess.
///
/// # Errors
/// As the database.
pub(super) async fn forgive_address(app: &App, address: IpAddr) -> Result<(), Problem> {
    let tx = Permit::system("guess").begin(app).await?;
    uncount(&tx, &address_key(address)).await?;
    tx.commit(()).await
}

/// Takes back one counted guess, and with it the wait it began.
async fn uncount(tx: &Tx, key: &str) -> Result<(), Problem> {
    throttle::Entity::update_many()
        .filter(throttle::Column::Key.eq(key))
        .filter(throttle::Column::Failures.gt(0))
        .col_expr(throttle::Column::Failures, Expr::col(throttle::Column::Failures).sub(1))
        .col_expr(throttle::Column::BlockedUntil, Expr::value(tx.now()))
        .exec(tx)
        .await?;
    Ok(())
}

fn address_key(address: IpAddr) -> String {
    // The whole of an IPv6 customer's network counts as one address.
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        other => format!("address:{}", other.to_canonical()),
    }
}

fn account_key(email: &str) -> String {
    // The address itself is personal; its hash is enough to count by.
    format!("account:{}", hash_token(&email.trim().to_lowercase()))
}

/// Seconds to wait, or nothing when the guess may be made; then it is counted.
async fn count(tx: &Tx, key: &str, free: i32, a_day: i32) -> Result<Option<u64>, Problem> {
    let row = throttle::ActiveModel {
        key: Set(key.to_owned()),
        failures: Set(0),
        since: Set(tx.now()),
        blocked_until: Set(tx.now()),
    };
    let there = sea_orm::sea_query::OnConflict::column(throttle::Column::Key).do_nothing().to_owned();
    throttle::Entity::insert(row).on_conflict(there).try_insert().exec_without_returning(tx).await?;
    let row = throttle::Entity::find_by_id(key)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| Problem::internal("throttle row"))?;
    // Looked at again: the row may have been waited for, and whoever had it wrote a later time than ours.
    let now = tx.app().now();
    if row.blocked_until > now {
        return Ok(Some(u64::try_from((row.blocked_until - now).num_seconds()).unwrap_or(0) + 1));
    }
    let new_day = now - row.since >= Duration::days(1);
    let (since, failures) = if new_day { (now, 1) } else { (row.since, row.failures + 1) };
    let mut row = row.into_active_model();
    row.failures = Set(failures);
    row.since = Set(since);
    row.blocked_until = Set(rules::wait_after(failures, free, a_day, since, now));
    throttle::Entity::update(row).exec(tx).await?;
    Ok(None)
}

/// Forgets the guesses at an account once every secret it asks for was given, and takes back the one
/// counted for the address: many people share one, and their sign-ins are no guesses.
///
/// # Errors
/// As the database.
pub(super) async fn forgive(tx: &Tx, email: &str, address: IpAddr) -> Result<(), Problem> {
    throttle::Entity::delete_by_id(account_key(email)).exec(tx).await?;
    uncount(tx, &address_key(address)).await
}

/// The one answer to every wrong secret.
pub(super) fn wrong() -> Problem {
    Problem::unauthorised("identity/wrong-credentials", "E-mail address, password or code are not right.")
}

/// Signs a person in.
///
/// # Errors
/// 401 `identity/wrong-credentials` · 401 `identity/code-required` · 429
pub async fn sign_in(
    app: &App,
    credentials: Credentials,
    address: IpAddr,
    user_agent: &str,
) -> Result<SignInView, Problem> {
    let email = credentials.email.trim().to_lowercase();
    count_guess(app, &email, address).await?;
    let found = account::Entity::find().filter(account::Column::Email.eq(&email)).one(app.db()).await?;
    let stored = found.as_ref().and_then(|a| a.password_hash.clone());
    let matches = password_matches(app, credentials.password, stored).await?;
    let account = found.filter(|a| matches && a.state == AccountState::Active).ok_or_else(wrong)?;
    let code = credentials.code.as_deref().filter(|c| !c.trim().is_empty());
    if account.totp_confirmed_at.is_some() && code.is_none() {
        // The password alone forgives nothing: who knows it must not get fresh guesses at the code.
        let tx = Permit::system("sign-in").begin(app).await?;
        uncount(&tx, &account_key(&email)).await?;
        uncount(&tx, &address_key(address)).await?;
        tx.commit(()).await?;
        return Err(Problem::unauthorised("identity/code-required", "Send the code of your second factor too."));
    }
    let tx = Permit::system("sign-in").begin(app).await?;
    let account = account::Entity::find_by_id(account.id).lock_exclusive().one(&tx).await?.ok_or_else(wrong)?;
    if account.state != AccountState::Active {
        return Err(wrong());
    }
    let step = super::second_factor::use_code(&account, code, tx.now()).map_err(|()| wrong())?;
    forgive(&tx, &email, address).await?;
    let mut row = account.clone().into_active_model();
    row.totp_last_step = Set(step.or(account.totp_last_step));
    row.signed_in_at = Set(Some(tx.now()));
    account::Entity::update(row).exec(&tx).await?;
    let token = new_secret();
    let now = tx.now();
    let id: LoginSessionId = tx.id();
    let expires_at = now + Duration::hours(app.config().session_absolute_hours);
    let session = login_session::ActiveModel {
        id: Set(id),
        token_hash: Set(hash_token(&token)),
        account_id: Set(account.id),
        created_at: Set(now),
        seen_at: Set(now),
        expires_at: Set(expires_at),
        proved_at: Set(now),
        address: Set(address.to_string()),
        user_agent: Set(user_agent.chars().take(200).collect()),
        ended_at: Set(None),
    };
    login_session::Entity::insert(session).exec_without_returning(&tx).await?;
    tx.emit(&SignedIn { account: account.id, session: id }).await?;
    tx.commit(()).await?;
    let actor = super::authenticate(app, &token).await?;
    Ok(SignInView { token, expires_at, me: me(app, &actor).await? })
}

/// Proves again who one is, for acts that ask for it.
///
/// # Errors
/// 401 `identity/wrong-credentials` · 409 `identity/no-session` · 429
pub async fn step_up(app: &App, actor: &Actor, password: String, address: IpAddr) -> Result<(), Problem> {
    let session = actor
        .session
        .ok_or_else(|| Problem::refused("identity/no-session", "An access token cannot prove who you are; sign in."))?;
    let account = account::Entity::find_by_id(actor.account).one(app.db()).await?.ok_or_else(wrong)?;
    count_guess(app, &account.email, address).await?;
    if !password_matches(app, password, account.password_hash.clone()).await? {
        return Err(wrong());
    }
    let tx = actor
        .permit(Action::ManageOwnAccount, &Scope::person(actor.person, actor.organisation, actor.unit), app.now())?
        .begin(app)
        .await?;
    forgive(&tx, &account.email, address).await?;
    login_session::Entity::update_many()
        .filter(login_session::Column::Id.eq(session))
        .col_expr(login_session::Column::ProvedAt, Expr::value(tx.now()))
        .exec(&tx)
        .await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Ends the session that is used.
///
/// # Errors
/// 409 `identity/no-session`
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), Problem> {
    let session =
        actor.session.ok_or_else(|| Problem::refused("identity/no-session", "There is no session to end."))?;
    end_session(app, actor, session).await
}

/// Ends one of the person's sessions.
///
/// # Errors
/// `not-found` when it is not theirs or has ended
pub async fn end_session(app: &App, actor: &Actor, id: LoginSessionId) -> Result<(), Problem> {
    let permit = actor.permit(
        Action::ManageOwnAccount,
        &Scope::person(actor.person, actor.organisation, actor.unit),
        app.now(),
    )?;
    let tx = permit.begin(app).await?;
    let ended = login_session::Entity::update_many()
        .filter(login_session::Column::Id.eq(id))
        .filter(login_session::Column::AccountId.eq(actor.account))
        .filter(login_session::Column::EndedAt.is_null())
        .col_expr(login_session::Column::EndedAt, Expr::value(Some(tx.now())))
        .exec(&tx)
        .await?;
    if ended.rows_affected == 0 {
        return Err(Problem::not_found());
    }
    tx.emit(&SessionEnded { account: actor.account, session: id }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}
