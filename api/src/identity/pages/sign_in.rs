//! Signing in and out, the language, one-time links, and proving once more who one is.

use super::super::{Credentials, sign_in};
use super::{Refused, SignedIn};
use crate::platform::http::ClientAddress;
use crate::platform::page::{Form, Page, session_cookie_name, set_cookie};
use crate::platform::{App, Problem};
use askama::Template;
use entity::identity::LinkPurpose;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Request, Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/sign-in", get(sign_in_page).post(sign_in_form))
        .at("/sign-out", post(sign_out))
        .at("/language/:code", get(language))
        .at("/confirm", get(confirm_page).post(confirm))
        .at("/forgotten-password", get(forgotten_page).post(forgotten))
        .at("/links/:token", get(link_page).post(choose))
}

#[derive(Template)]
#[template(path = "identity/sign_in.html")]
struct SignInPage<'a> {
    page: &'a Page,
    back: &'a str,
    email: &'a str,
    problem: Option<&'a Problem>,
    wants_code: bool,
}

#[derive(Deserialize)]
struct Back {
    back: Option<String>,
}

#[handler]
fn sign_in_page(page: Page, Query(query): Query<Back>) -> Result<Response, Problem> {
    page.render(&SignInPage {
        page: &page,
        back: Page::safe_back(query.back.as_deref()),
        email: "",
        problem: None,
        wants_code: false,
    })
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    code: Option<String>,
    back: Option<String>,
}

#[handler]
async fn sign_in_form(
    page: Page,
    app: Data<&App>,
    request: &Request,
    address: Data<&ClientAddress>,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    let back = Page::safe_back(form.back.as_deref());
    let credentials = Credentials { email: form.email.clone(), password: form.password, code: form.code };
    match sign_in(&app, credentials, address.0.0, agent).await {
        Ok(session) => {
            // Who needs a second factor sets it up before anything else: until then the roles rest.
            let back = if session.me.second_factor_missing { "/account/second-factor" } else { back };
            let mut response = page.see_other_as(back, "good", "");
            response
                .headers_mut()
                .append(header::SET_COOKIE, set_cookie(&app, session_cookie_name(&app), &session.token, None));
            Ok(response)
        }
        Err(problem)
            if problem.status() == StatusCode::UNAUTHORIZED || problem.status() == StatusCode::TOO_MANY_REQUESTS =>
        {
            let wants_code = problem.is("identity/code-required");
            let template = SignInPage { page: &page, back, email: &form.email, problem: Some(&problem), wants_code };
            page.render_with(StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn sign_out(page: Page, app: Data<&App>, actor: SignedIn) -> Result<Response, Problem> {
    super::super::sign_out(&app, &actor).await?;
    let mut response = page.see_other("/sign-in", "signed-out");
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, session_cookie_name(&app), "", Some(0)));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

#[handler]
fn language(
    page: Page,
    app: Data<&App>,
    Path(code): Path<String>,
    Query(query): Query<Back>,
) -> Result<Response, Problem> {
    if !page.languages().iter().any(|(known, _, _)| *known == code) {
        return Err(Problem::not_found());
    }
    let mut response = page.see_other_as(Page::safe_back(query.back.as_deref()), "good", "");
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, "language", &code, Some(31_536_000)));
    Ok(response)
}

#[derive(Template)]
#[template(path = "identity/confirm.html")]
struct ConfirmPage<'a> {
    page: &'a Page,
    back: &'a str,
    refused: Refused<'a>,
}

#[handler]
fn confirm_page(page: Page, _me: SignedIn, Query(query): Query<Back>) -> Result<Response, Problem> {
    let back = Page::safe_back(query.back.as_deref());
    page.render(&ConfirmPage { page: &page, back, refused: Refused::default() })
}

#[derive(Deserialize)]
struct ConfirmForm {
    password: String,
    back: Option<String>,
}

#[handler]
async fn confirm(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    address: Data<&ClientAddress>,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Problem> {
    let back = Page::safe_back(form.back.as_deref());
    match super::super::step_up(&app, &me, form.password, address.0.0).await {
        Ok(()) => Ok(page.see_other(back, "identity-confirmed")),
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            let wrong = Problem::invalid().field("/password", page.t("identity-wrong-password"));
            page.render_with(wrong.status(), &ConfirmPage { page: &page, back, refused: Refused::by(&wrong) })
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "identity/forgotten.html")]
struct ForgottenPage<'a> {
    page: &'a Page,
    asked: bool,
    refused: Refused<'a>,
}

#[handler]
fn forgotten_page(page: Page) -> Result<Response, Problem> {
    page.render(&ForgottenPage { page: &page, asked: false, refused: Refused::default() })
}

#[derive(Deserialize)]
struct ForgottenForm {
    email: String,
}

/// Answered alike whether or not there is such an account.
#[handler]
async fn forgotten(
    page: Page,
    app: Data<&App>,
    address: Data<&ClientAddress>,
    Form(form): Form<ForgottenForm>,
) -> Result<Response, Problem> {
    super::super::ask_password_reset(&app, &form.email, address.0.0).await?;
    page.render(&ForgottenPage { page: &page, asked: true, refused: Refused::default() })
}

#[derive(Template)]
#[template(path = "identity/link.html")]
struct LinkPage<'a> {
    page: &'a Page,
    token: &'a str,
    /// Nothing for a link that no longer works.
    purpose: Option<LinkPurpose>,
    refused: Refused<'a>,
}

/// The page of a link that is used up or too old.
fn spent(page: &Page, token: &str, problem: &Problem) -> Result<Response, Problem> {
    page.render_with(problem.status(), &LinkPage { page, token, purpose: None, refused: Refused::default() })
}

#[handler]
async fn link_page(
    page: Page,
    app: Data<&App>,
    address: Data<&ClientAddress>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    match super::super::link_is_open(&app, &token, address.0.0).await {
        Ok(purpose) => {
            let refused = Refused::default();
            page.render(&LinkPage { page: &page, token: &token, purpose: Some(purpose), refused })
        }
        Err(problem) if problem.is("identity/link-spent") => spent(&page, &token, &problem),
        Err(problem) => Err(problem),
    }
}

#[derive(Deserialize)]
struct ChoiceForm {
    password: String,
    again: String,
}

#[handler]
async fn choose(
    page: Page,
    app: Data<&App>,
    address: Data<&ClientAddress>,
    Path(token): Path<String>,
    Form(form): Form<ChoiceForm>,
) -> Result<Response, Problem> {
    let outcome = if form.password == form.again {
        super::super::choose_password(&app, &token, form.password, address.0.0).await
    } else {
        Err(Problem::invalid().field("/again", page.t("identity-not-the-same")))
    };
    match outcome {
        Ok(()) => {
            // Whoever was signed in here before is not the person who chose.
            let mut response = page.see_other("/sign-in", "identity-password-chosen");
            response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, session_cookie_name(&app), "", Some(0)));
            Ok(response)
        }
        Err(problem) if problem.is("identity/link-spent") => spent(&page, &token, &problem),
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let purpose = super::super::link_is_open(&app, &token, address.0.0).await.ok();
            let refused = Refused::by(&problem);
            page.render_with(problem.status(), &LinkPage { page: &page, token: &token, purpose, refused })
        }
        Err(problem) => Err(problem),
    }
}
