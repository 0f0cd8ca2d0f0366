//! HTML door of identity: signing in and out, language, and the key to every other page: [`SignedIn`].

use super::access::Actor;
use super::{Credentials, sign_in};
use crate::platform::http::ClientAddress;
use crate::platform::page::{Form, Page, session_cookie_name, set_cookie};
use crate::platform::{App, Problem};
use askama::Template;
use poem::http::{StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{FromRequest, Request, RequestBody, Response, Route, get, handler, post};
use serde::Deserialize;
use std::ops::Deref;
use std::sync::Arc;

/// The signed-in actor of a page; nobody is led to the sign-in page.
pub struct SignedIn(pub Arc<Actor>);

impl Deref for SignedIn {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<'a> FromRequest<'a> for SignedIn {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let actor = request.data::<Arc<Actor>>().ok_or_else(Problem::unauthenticated)?;
        Ok(Self(actor.clone()))
    }
}

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/sign-in", get(sign_in_page).post(sign_in_form))
        .at("/sign-out", post(sign_out))
        .at("/language/:code", get(language))
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
    super::sign_out(&app, &actor).await?;
    let mut response = page.see_other("/sign-in", "signed-out");
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, session_cookie_name(&app), "", Some(0)));
    response.headers_mut().insert("clear-site-data", poem::http::HeaderValue::from_static("\"cache\", \"storage\""));
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
