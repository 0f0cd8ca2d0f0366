//! One's own account: language, password, second factor, sessions, access tokens, the copy of one's record.

use super::super::access::{Action, Scope};
use super::super::{
    AccountView, LoginSessionView, MeView, NamedGrantView, NewToken, NewTokenView, PasswordChange, SecondFactorView,
    TokenView,
};
use super::{Bare, Reading, Refused, SignedIn, day_of, download, end_of, is_for_the_form};
use crate::identity;
use crate::platform::http::ClientAddress;
use crate::platform::page::{Form, Page, set_cookie};
use crate::platform::{App, Problem};
use askama::Template;
use chrono::{Days, NaiveDate};
use entity::id::{AccessTokenId, LoginSessionId};
use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/account", get(see_account))
        .at("/account/language", post(choose_language))
        .at("/account/password", post(change_password))
        .at("/account/second-factor", get(see_second_factor).post(start_second_factor))
        .at("/account/second-factor/confirmation", post(confirm_second_factor))
        .at("/account/second-factor/removal", post(remove_second_factor))
        .at("/account/sessions", post(end_others))
        .at("/account/sessions/:id", post(end_one))
        .at("/account/tokens", post(make_token))
        .at("/account/tokens/:id", post(revoke_token))
        .at("/account/record", get(own_record))
}

/// What was typed for a new access token.
#[derive(Default, Deserialize)]
struct TokenForm {
    name: String,
    expires_at: String,
    #[serde(default)]
    read_only: Option<String>,
}

#[derive(Template)]
#[template(path = "identity/account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    me: MeView,
    account: AccountView,
    grants: Vec<NamedGrantView>,
    sessions: Vec<LoginSessionView>,
    tokens: Vec<TokenView>,
    /// The token that was just made, shown once.
    made: Option<&'a NewTokenView>,
    token: &'a TokenForm,
    /// The last day a token may live.
    latest: NaiveDate,
    refused: Refused<'a>,
}

/// What is shown besides the account itself: a token just made, a form that was refused.
#[derive(Default)]
struct Shown<'a> {
    made: Option<&'a NewTokenView>,
    token: Option<&'a TokenForm>,
    refused: Refused<'a>,
}

async fn show(page: &Page, app: &App, me: &SignedIn, shown: Shown<'_>) -> Result<Response, Problem> {
    let now = app.now();
    let grants = identity::named_grants(app, me, me.account).await?;
    let latest = day_of(now).checked_add_days(Days::new(365)).unwrap_or_default();
    let fresh = TokenForm { name: String::new(), expires_at: latest.to_string(), read_only: Some("true".to_owned()) };
    let template = AccountPage {
        page,
        me: identity::me(app, me).await?,
        account: identity::account(app, me, me.account).await?,
        grants: grants.into_iter().filter(|g| g.grant.revoked_at.is_none() && g.grant.ends_at > now).collect(),
        sessions: identity::own_sessions(app, me).await?,
        tokens: identity::own_tokens(app, me).await?,
        made: shown.made,
        token: shown.token.unwrap_or(&fresh),
        latest,
        refused: shown.refused,
    };
    page.render_with(shown.refused.status(), &template)
}

#[handler]
async fn see_account(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    show(&page, &app, &me, Shown::default()).await
}

#[derive(Deserialize)]
struct LanguageForm {
    language: String,
}

#[handler]
async fn choose_language(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<LanguageForm>,
) -> Result<Response, Problem> {
    identity::choose_language(&app, &me, &form.language).await?;
    let mut response = page.see_other("/account", "identity-language-chosen");
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, "language", &form.language, Some(31_536_000)));
    Ok(response)
}

#[derive(Deserialize)]
struct PasswordForm {
    current: String,
    new: String,
    again: String,
}

/// A wrong secret of somebody who is signed in is a fault of the form, not a reason to sign in.
fn wrong_here(problem: Problem, field: &str, words: String) -> Problem {
    if problem.status() == StatusCode::UNAUTHORIZED { Problem::invalid().field(field, words) } else { problem }
}

#[handler]
async fn change_password(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    address: Data<&ClientAddress>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let outcome = if form.new == form.again {
        let change = PasswordChange { current: form.current, new: form.new };
        let outcome = identity::change_own_password(&app, &me, change, address.0.0).await;
        outcome.map_err(|problem| wrong_here(problem, "/current", page.t("identity-wrong-password")))
    } else {
        Err(Problem::invalid().field("/again", page.t("identity-not-the-same")))
    };
    match outcome {
        Ok(()) => Ok(page.see_other("/account", "identity-password-changed")),
        Err(problem) if is_for_the_form(&problem) => {
            show(&page, &app, &me, Shown { refused: Refused::by(&problem), ..Shown::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "identity/second_factor.html")]
struct SecondFactorPage<'a> {
    page: &'a Page,
    /// Whether one is set up.
    there: bool,
    /// Whether a role of the reader needs one.
    needed: bool,
    /// The one on its way, shown once.
    begun: Option<SecondFactorView>,
    /// Whether a code is waited for.
    waits: bool,
    refused: Refused<'a>,
}

async fn second_factor_page<'a>(
    page: &'a Page,
    app: &App,
    me: &SignedIn,
    begun: Option<SecondFactorView>,
    refused: Refused<'a>,
) -> Result<Response, Problem> {
    let account = identity::account(app, me, me.account).await?;
    let waits = begun.is_some() || refused.problem().is_some();
    let (there, needed) = (account.second_factor, me.second_factor_missing);
    page.render_with(refused.status(), &SecondFactorPage { page, there, needed, begun, waits, refused })
}

#[handler]
async fn see_second_factor(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    // The password is asked for before anything is typed.
    let own = Scope::person(me.person, me.organisation, me.unit);
    me.permit(Action::ManageOwnSecrets, &own, app.now())?;
    second_factor_page(&page, &app, &me, None, Refused::default()).await
}

#[handler]
async fn start_second_factor(page: Page, app: Data<&App>, me: SignedIn, _: Form<Bare>) -> Result<Response, Problem> {
    let begun = identity::start_second_factor(&app, &me).await?;
    second_factor_page(&page, &app, &me, Some(begun), Refused::default()).await
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

#[handler]
async fn confirm_second_factor(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    address: Data<&ClientAddress>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Problem> {
    let code: String = form.code.chars().filter(|c| !c.is_whitespace()).collect();
    let outcome = identity::confirm_second_factor(&app, &me, &code, address.0.0).await;
    match outcome.map_err(|problem| wrong_here(problem, "/code", page.t("identity-wrong-code"))) {
        Ok(()) => Ok(page.see_other("/", "identity-second-factor-set")),
        Err(problem) if is_for_the_form(&problem) => {
            second_factor_page(&page, &app, &me, None, Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn remove_second_factor(page: Page, app: Data<&App>, me: SignedIn, _: Form<Bare>) -> Result<Response, Problem> {
    identity::remove_second_factor(&app, &me).await?;
    Ok(page.see_other("/account", "identity-second-factor-removed"))
}

#[handler]
async fn end_others(page: Page, app: Data<&App>, me: SignedIn, _: Form<Bare>) -> Result<Response, Problem> {
    identity::end_other_sessions(&app, &me).await?;
    Ok(page.see_other("/account", "identity-sessions-ended"))
}

#[handler]
async fn end_one(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<LoginSessionId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    identity::end_session(&app, &me, id).await?;
    Ok(page.see_other("/account", "identity-session-ended"))
}

/// The command; all faults of the form at once.
fn new_token(form: &TokenForm) -> Result<NewToken, Problem> {
    let mut reading = Reading::default();
    match reading.one("expires_at", &form.expires_at) {
        Some(day) => {
            Ok(NewToken { name: form.name.clone(), read_only: form.read_only.is_some(), expires_at: end_of(day) })
        }
        None => Err(reading.problem()),
    }
}

#[handler]
async fn make_token(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<TokenForm>,
) -> Result<Response, Problem> {
    let outcome = match new_token(&form) {
        Ok(new) => identity::new_token(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(made) => show(&page, &app, &me, Shown { made: Some(&made), ..Shown::default() }).await,
        Err(problem) if is_for_the_form(&problem) => {
            let shown = Shown { token: Some(&form), refused: Refused::by(&problem), made: None };
            show(&page, &app, &me, shown).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn revoke_token(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccessTokenId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    identity::revoke_token(&app, &me, id).await?;
    Ok(page.see_other("/account", "identity-token-revoked"))
}

#[handler]
async fn own_record(app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let record = identity::own_record(&app, &me).await?;
    let bytes = serde_json::to_vec_pretty(&record).map_err(Problem::internal)?;
    Ok(download(bytes, "application/json; charset=utf-8", "my-record.json"))
}
