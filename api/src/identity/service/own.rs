//! One's own account: password, second factor, sessions, tokens, language, the copy of one's record.

use super::super::access::{Action, Actor, Permit, Scope};
use super::super::rules;
use super::super::{
    AccountView, LanguageChosen, LoginSessionView, NewToken, NewTokenView, OwnRecordView, PasswordChange,
    SecondFactorRemoved, SecondFactorSet, SecondFactorView, SessionsEnded, TokenCreated, TokenRevoked, TokenView,
};
use super::account::{check_password, grant_views, write_password};
use super::personnel::membership_views;
use super::second_factor::{generator, matching_step};
use super::sign_in::{count_guess, forgive, hash_password, password_matches, wrong};
use super::{end_credentials, forget_actors, hash_token};
use crate::platform::{App, Problem, new_secret};
use chrono::Duration;
use entity::id::{AccessTokenId, LoginSessionId};
use entity::identity::{access_token, account, login_session, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use std::net::IpAddr;
use totp_rs::Secret;

fn permit(app: &App, actor: &Actor, action: Action) -> Result<Permit, Problem> {
    actor.permit(action, &Scope::person(actor.person, actor.organisation, actor.unit), app.now())
}

async fn own_row(app: &App, actor: &Actor) -> Result<account::Model, Problem> {
    account::Entity::find_by_id(actor.account).one(app.db()).await?.ok_or_else(Problem::unauthenticated)
}

/// The session the actor uses: a token cannot do what only a person who signed in may.
fn session(actor: &Actor) -> Result<LoginSessionId, Problem> {
    actor
        .session
        .ok_or_else(|| Problem::refused("identity/no-session", "An access token cannot prove who you are; sign in."))
}

/// Changes one's password. Every other session, every token and every link ends.
///
/// # Errors
/// 401 `identity/wrong-credentials` · 422 · 409 `identity/no-session` · 429
pub async fn change_own_password(
    app: &App,
    actor: &Actor,
    change: PasswordChange,
    address: IpAddr,
) -> Result<(), Problem> {
    let keep = session(actor)?;
    permit(app, actor, Action::ManageOwnAccount)?;
    let row = own_row(app, actor).await?;
    count_guess(app, &row.email, address).await?;
    if !password_matches(app, change.current, row.password_hash.clone()).await? {
        return Err(wrong());
    }
    check_password(app.db(), &row, &change.new, "/new").await?;
    let hash = hash_password(app, change.new).await?;
    let tx = permit(app, actor, Action::ManageOwnAccount)?.begin(app).await?;
    forgive(&tx, &row.email, address).await?;
    write_password(&tx, row, hash, Some(keep)).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

fn session_view(row: login_session::Model, this: Option<LoginSessionId>) -> LoginSessionView {
    LoginSessionView {
        id: row.id,
        created_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
        address: row.address,
        user_agent: row.user_agent,
        is_this: this == Some(row.id),
    }
}

/// One's sessions that are open, the last used first.
///
/// # Errors
/// As the database.
pub async fn own_sessions(app: &App, actor: &Actor) -> Result<Vec<LoginSessionView>, Problem> {
    let rows = login_session::Entity::find()
        .filter(login_session::Column::AccountId.eq(actor.account))
        .filter(login_session::Column::EndedAt.is_null())
        .filter(login_session::Column::ExpiresAt.gt(app.now()))
        .filter(login_session::Column::SeenAt.gt(app.now() - Duration::minutes(app.config().session_idle_minutes)))
        .order_by_desc(login_session::Column::SeenAt)
        .limit(200)
        .all(app.db())
        .await?;
    Ok(rows.into_iter().map(|row| session_view(row, actor.session)).collect())
}

/// Ends one's sessions, but for the one that asks.
///
/// # Errors
/// As the database.
pub async fn end_other_sessions(app: &App, actor: &Actor) -> Result<(), Problem> {
    let tx = permit(app, actor, Action::ManageOwnAccount)?.begin(app).await?;
    let mut ended = login_session::Entity::update_many()
        .filter(login_session::Column::AccountId.eq(actor.account))
        .filter(login_session::Column::EndedAt.is_null())
        .col_expr(login_session::Column::EndedAt, Expr::value(Some(tx.now())));
    if let Some(this) = actor.session {
        ended = ended.filter(login_session::Column::Id.ne(this));
    }
    ended.exec(&tx).await?;
    tx.emit(&SessionsEnded { account: actor.account }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Starts to set up a second factor: the secret counts once a code of it was given.
///
/// # Errors
/// 403 `identity/step-up-required` · `identity/second-factor-there`
pub async fn start_second_factor(app: &App, actor: &Actor) -> Result<SecondFactorView, Problem> {
    let tx = permit(app, actor, Action::ManageOwnSecrets)?.begin(app).await?;
    let row = account::Entity::find_by_id(actor.account).lock_exclusive().one(&tx).await?;
    let row = row.ok_or_else(Problem::unauthenticated)?;
    if row.totp_confirmed_at.is_some() {
        return Err(Problem::refused("identity/second-factor-there", "Remove the second factor you have first."));
    }
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    let secret = Secret::new_stack(bytes).to_base32();
    let view = second_factor_view(&secret, &row.email)?;
    let mut change = row.into_active_model();
    change.totp_secret = Set(Some(secret));
    change.totp_last_step = Set(None);
    account::Entity::update(change).exec(&tx).await?;
    tx.answer_is_secret();
    tx.commit(()).await?;
    Ok(view)
}

fn second_factor_view(secret: &str, email: &str) -> Result<SecondFactorView, Problem> {
    let generator = generator(secret, email).ok_or_else(|| Problem::internal("no generator"))?;
    let url = generator.to_url().map_err(Problem::internal)?;
    let code = qrcode::QrCode::new(url.as_bytes()).map_err(Problem::internal)?;
    let drawing = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build();
    // Within a page the drawing has no declaration of its own.
    let qr = drawing.find("<svg").map_or(drawing.as_str(), |at| &drawing[at..]).to_owned();
    Ok(SecondFactorView { secret: secret.to_owned(), url, qr })
}

/// Proves that the second factor works; from now on it is asked for. Other sessions and all tokens end.
///
/// # Errors
/// 401 `identity/wrong-credentials` · 403 `identity/step-up-required` · `identity/second-factor-not-started` · 429
pub async fn confirm_second_factor(app: &App, actor: &Actor, code: &str, address: IpAddr) -> Result<(), Problem> {
    permit(app, actor, Action::ManageOwnSecrets)?;
    let row = own_row(app, actor).await?;
    count_guess(app, &row.email, address).await?;
    let tx = permit(app, actor, Action::ManageOwnSecrets)?.begin(app).await?;
    let row = account::Entity::find_by_id(row.id).lock_exclusive().one(&tx).await?.ok_or_else(wrong)?;
    let secret = row.totp_secret.clone().filter(|_| row.totp_confirmed_at.is_none()).ok_or_else(|| {
        Problem::refused("identity/second-factor-not-started", "Start to set up the second factor first.")
    })?;
    let step = matching_step(&secret, &row.email, code, tx.now()).ok_or_else(wrong)?;
    forgive(&tx, &row.email, address).await?;
    let mut change = row.into_active_model();
    change.totp_confirmed_at = Set(Some(tx.now()));
    change.totp_last_step = Set(Some(step));
    account::Entity::update(change).exec(&tx).await?;
    end_credentials(&tx, actor.account, actor.session).await?;
    tx.emit(&SecondFactorSet { account: actor.account }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Removes one's second factor. Roles that need one rest from then on; other sessions and all tokens end.
///
/// # Errors
/// 403 `identity/step-up-required` · `not-found` when there is none
pub async fn remove_second_factor(app: &App, actor: &Actor) -> Result<(), Problem> {
    let tx = permit(app, actor, Action::ManageOwnSecrets)?.begin(app).await?;
    let row = account::Entity::find_by_id(actor.account).lock_exclusive().one(&tx).await?;
    let row = row.filter(|a| a.totp_confirmed_at.is_some()).ok_or_else(Problem::not_found)?;
    let mut change = row.into_active_model();
    change.totp_secret = Set(None);
    change.totp_confirmed_at = Set(None);
    change.totp_last_step = Set(None);
    account::Entity::update(change).exec(&tx).await?;
    end_credentials(&tx, actor.account, actor.session).await?;
    tx.emit(&SecondFactorRemoved { account: actor.account }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Makes a personal access token. It is shown once; it never proves who one is.
///
/// # Errors
/// 403 `identity/step-up-required` · 422
pub async fn new_token(app: &App, actor: &Actor, new: NewToken) -> Result<NewTokenView, Problem> {
    let tx = permit(app, actor, Action::ManageOwnSecrets)?.begin(app).await?;
    let mut problem = Problem::invalid();
    if let Some(why) = rules::text_fault(&new.name, 1, 100) {
        problem = problem.field("/name", why);
    }
    if new.expires_at <= tx.now() || new.expires_at > tx.now() + Duration::days(rules::TOKEN_MAX_DAYS) {
        problem = problem.field("/expires_at", "must be within the next 366 days");
    }
    problem.unless_clean()?;
    let token = format!("wmk_{}", new_secret());
    let row = access_token::Model {
        id: tx.id(),
        account_id: actor.account,
        name: new.name.trim().to_owned(),
        token_hash: hash_token(&token),
        read_only: new.read_only,
        created_at: tx.now(),
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
    };
    access_token::Entity::insert(row.clone().into_active_model()).exec_without_returning(&tx).await?;
    tx.emit(&TokenCreated { account: actor.account, token: row.id }).await?;
    tx.answer_is_secret();
    tx.commit(()).await?;
    Ok(NewTokenView { token, about: TokenView::of(row) })
}

/// One's tokens that still work, newest first.
///
/// # Errors
/// As the database.
pub async fn own_tokens(app: &App, actor: &Actor) -> Result<Vec<TokenView>, Problem> {
    let rows = access_token::Entity::find()
        .filter(access_token::Column::AccountId.eq(actor.account))
        .filter(access_token::Column::RevokedAt.is_null())
        .filter(access_token::Column::ExpiresAt.gt(app.now()))
        .order_by_desc(access_token::Column::CreatedAt)
        .limit(200)
        .all(app.db())
        .await?;
    Ok(rows.into_iter().map(TokenView::of).collect())
}

/// Takes back one of one's tokens.
///
/// # Errors
/// `not-found`
pub async fn revoke_token(app: &App, actor: &Actor, id: AccessTokenId) -> Result<(), Problem> {
    let tx = permit(app, actor, Action::ManageOwnAccount)?.begin(app).await?;
    let revoked = access_token::Entity::update_many()
        .filter(access_token::Column::Id.eq(id))
        .filter(access_token::Column::AccountId.eq(actor.account))
        .filter(access_token::Column::RevokedAt.is_null())
        .col_expr(access_token::Column::RevokedAt, Expr::value(Some(tx.now())))
        .exec(&tx)
        .await?;
    if revoked.rows_affected == 0 {
        return Err(Problem::not_found());
    }
    tx.emit(&TokenRevoked { account: actor.account, token: id }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Chooses the language of pages and mails.
///
/// # Errors
/// 422
pub async fn choose_language(app: &App, actor: &Actor, language: &str) -> Result<(), Problem> {
    if !["en", "lv", "be", "ru"].contains(&language) {
        return Err(Problem::invalid().field("/language", "must be en, lv, be or ru"));
    }
    let tx = permit(app, actor, Action::ManageOwnAccount)?.begin(app).await?;
    account::Entity::update_many()
        .filter(account::Column::Id.eq(actor.account))
        .col_expr(account::Column::Language, Expr::value(Some(language.to_owned())))
        .exec(&tx)
        .await?;
    tx.emit(&LanguageChosen { account: actor.account }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// A copy of everything identity stores about oneself.
///
/// # Errors
/// As the database.
pub async fn own_record(app: &App, actor: &Actor) -> Result<OwnRecordView, Problem> {
    if actor.reach(Action::ExportOwnRecord).is_nothing() {
        return Err(Problem::not_found());
    }
    let row = own_row(app, actor).await?;
    let person = person::Entity::find_by_id(actor.person).one(app.db()).await?.ok_or_else(Problem::unauthenticated)?;
    let sessions = login_session::Entity::find()
        .filter(login_session::Column::AccountId.eq(actor.account))
        .order_by_desc(login_session::Column::CreatedAt)
        .all(app.db())
        .await?;
    let tokens = access_token::Entity::find().filter(access_token::Column::AccountId.eq(actor.account));
    Ok(OwnRecordView {
        at: app.now(),
        account: AccountView::of(row, &person),
        person: super::super::PersonView::of(person),
        memberships: membership_views(app.db(), actor.person).await?,
        grants: grant_views(app.db(), actor.account).await?,
        sessions: sessions.into_iter().map(|row| session_view(row, actor.session)).collect(),
        tokens: tokens.all(app.db()).await?.into_iter().map(TokenView::of).collect(),
    })
}
