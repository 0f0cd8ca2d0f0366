//! One-time links: invitation and forgotten password. Good once, for a day; only their hash is stored.

use super::super::LinkIssued;
use super::super::access::Permit;
use super::account::{check_password, write_password};
use super::operator::{LINK_HOURS, one_time_link as new_link};
use super::sign_in::{count_address, forgive_address, hash_password};
use super::{forget_actors, hash_token};
use crate::platform::{App, Problem, Tx};
use chrono::Duration;
use entity::identity::{AccountState, LinkPurpose, PersonState, account, one_time_link, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;

/// Links a mailbox is sent within an hour; more wishes are answered alike and send nothing.
const LINKS_AN_HOUR: u64 = 3;

/// Makes a link for an account and leaves the mail to be sent, in the caller's transaction.
///
/// # Errors
/// As the database.
pub(super) async fn send_link(tx: &Tx, account: &account::Model, purpose: LinkPurpose) -> Result<(), Problem> {
    let url = new_link(tx, account.id, purpose).await?;
    let person = person::Entity::find_by_id(account.person_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    let known = |code: &str| ["en", "lv", "be", "ru"].contains(&code);
    let spoken = person.languages.split(',').find(|code| known(code)).map(str::to_owned);
    let language = account.language.clone().or(spoken).unwrap_or_else(|| "en".to_owned());
    let mail = json!({ "email": account.email, "purpose": purpose.word(), "url": url, "language": language });
    tx.later("notification::send_link", mail, tx.now(), None).await?;
    tx.emit(&LinkIssued { account: account.id, purpose }).await?;
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct ResetAsked {
    email: String,
}

/// Somebody says they forgot a password. The same work is done and the same is answered whether or not
/// there is such an account: looking is left to a job.
///
/// # Errors
/// 429 for an address that asks too often
pub async fn ask_password_reset(app: &App, email: &str, address: IpAddr) -> Result<(), Problem> {
    count_address(app, address).await?;
    let tx = Permit::system("password-reset").begin(app).await?;
    let asked = ResetAsked { email: email.trim().to_lowercase() };
    let payload = serde_json::to_value(asked).map_err(Problem::internal)?;
    tx.later("identity::on_reset_asked", payload, tx.now(), None).await?;
    tx.commit(()).await
}

/// Sends the link, if there is an active account of that address and it was not sent enough already.
///
/// # Errors
/// As the database.
pub async fn on_reset_asked(app: &App, payload: serde_json::Value) -> Result<(), Problem> {
    let asked: ResetAsked = serde_json::from_value(payload).map_err(Problem::internal)?;
    let found = account::Entity::find().filter(account::Column::Email.eq(&asked.email)).one(app.db()).await?;
    let Some(account) = found.filter(|a| a.state == AccountState::Active) else { return Ok(()) };
    let tx = Permit::system("password-reset").begin(app).await?;
    let an_hour_ago = tx.now() + Duration::hours(LINK_HOURS) - Duration::hours(1);
    let sent = one_time_link::Entity::find()
        .filter(one_time_link::Column::AccountId.eq(account.id))
        .filter(one_time_link::Column::ExpiresAt.gt(an_hour_ago))
        .count(&tx)
        .await?;
    if sent >= LINKS_AN_HOUR {
        return Ok(());
    }
    send_link(&tx, &account, LinkPurpose::PasswordReset).await?;
    tx.commit(()).await
}

fn spent() -> Problem {
    Problem::refused("identity/link-spent", "This link was used already, or is older than a day. Ask for a new one.")
}

/// The account behind a link that still works.
async fn behind<C: ConnectionTrait>(
    app: &App,
    db: &C,
    token: &str,
) -> Result<(one_time_link::Model, account::Model), Problem> {
    let link = one_time_link::Entity::find()
        .filter(one_time_link::Column::TokenHash.eq(hash_token(token)))
        .filter(one_time_link::Column::UsedAt.is_null())
        .filter(one_time_link::Column::ExpiresAt.gt(app.now()))
        .one(db)
        .await?
        .ok_or_else(spent)?;
    let account = account::Entity::find_by_id(link.account_id).one(db).await?.ok_or_else(spent)?;
    let person = person::Entity::find_by_id(account.person_id).one(db).await?.ok_or_else(spent)?;
    let closed = account.state == AccountState::Suspended || person.state == PersonState::Deactivated;
    if closed { Err(spent()) } else { Ok((link, account)) }
}

/// What a link is for, if it still works.
///
/// # Errors
/// `identity/link-spent` · 429
pub async fn link_is_open(app: &App, token: &str, address: IpAddr) -> Result<LinkPurpose, Problem> {
    count_address(app, address).await?;
    let (link, _) = behind(app, app.db(), token).await?;
    forgive_address(app, address).await?;
    Ok(link.purpose)
}

/// Chooses a password behind a link. The link, every other link, every session and every token of the
/// account end with it; a second factor stays and is asked for at the next sign-in.
///
/// # Errors
/// 422 for a password that will not do: the link then still works · `identity/link-spent` · 429
pub async fn choose_password(app: &App, token: &str, password: String, address: IpAddr) -> Result<(), Problem> {
    count_address(app, address).await?;
    let (_, account) = behind(app, app.db(), token).await?;
    check_password(app.db(), &account, &password, "/password").await?;
    let hash = hash_password(app, password).await?;
    let tx = Permit::system("link").begin(app).await?;
    let (link, account) = behind(app, &tx, token).await?;
    let used = one_time_link::Entity::update_many()
        .filter(one_time_link::Column::Id.eq(link.id))
        .filter(one_time_link::Column::UsedAt.is_null())
        .col_expr(one_time_link::Column::UsedAt, Expr::value(Some(tx.now())))
        .exec(&tx)
        .await?;
    if used.rows_affected != 1 {
        return Err(spent());
    }
    let account = account::Entity::find_by_id(account.id).lock_exclusive().one(&tx).await?;
    let account = account.filter(|a| a.state != AccountState::Suspended).ok_or_else(spent)?;
    write_password(&tx, account, hash, None).await?;
    tx.commit(()).await?;
    forgive_address(app, address).await?;
    forget_actors(app);
    Ok(())
}
