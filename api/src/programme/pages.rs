//! HTML door of programme.

use super::{DeliverableView, IndicatorView, NewDeliverable, NewIndicator, ProgrammeView, rules};
use crate::identity::pages::SignedIn;
use crate::identity::{Action, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use askama::Template;
use entity::id::ProgrammeId;
use entity::programme::DeliverableState;
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use rust_decimal::Decimal;
use serde::Deserialize;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
        .at("/programme", get(programme))
        .at("/programme/:programme/indicators/:code", post(measure))
        .at("/programme/:programme/deliverables/:code", post(move_on))
}

/// An amount as the reader's language writes it.
fn money(page: &Page, amount: &Decimal) -> String {
    rules::money(rules::hundredths(*amount).unwrap_or_default(), page.lang())
}

/// A number without needless zeros.
fn number(value: &Decimal) -> String {
    value.normalize().to_string()
}

/// The colour of a deliverable's state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn badge(state: &DeliverableState) -> &'static str {
    match state {
        DeliverableState::Planned | DeliverableState::Cancelled => "neutral",
        DeliverableState::InProgress => "info",
        DeliverableState::Delivered | DeliverableState::Accepted => "good",
    }
}

/// The grant's currency.
fn currency(view: &ProgrammeView) -> &str {
    view.grant.as_ref().map_or("", |grant| grant.currency.as_str())
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    id: Option<ProgrammeId>,
}

#[derive(Template)]
#[template(path = "programme/programme.html")]
struct ProgrammePage<'a> {
    page: &'a Page,
    all: Vec<ProgrammeView>,
    view: Option<ProgrammeView>,
    manages: bool,
    problem: Option<&'a Problem>,
}

impl ProgrammePage<'_> {
    fn code(&self) -> &str {
        self.view.as_ref().map_or("", |view| view.code.as_str())
    }
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: Option<ProgrammeId>,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let all = super::programmes(app, me, None, None).await?.items;
    let view = match id {
        Some(id) => Some(super::programme(app, me, id).await?),
        None => all.first().cloned(),
    };
    let scope = view.as_ref().and_then(|v| v.organisation_id).map_or_else(Scope::programme, Scope::organisation);
    let manages = me.may(Action::ManageProgramme, &scope);
    let template = ProgrammePage { page, all, view, manages, problem };
    match problem {
        Some(problem) => page.render_with(problem.status(), &template),
        None => page.render(&template),
    }
}

#[handler]
async fn programme(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    show(&page, &app, &me, wanted.id, None).await
}

#[derive(Deserialize)]
struct Measured {
    version: i64,
    actual: Decimal,
}

#[handler]
async fn measure(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path((id, code)): Path<(ProgrammeId, String)>,
    Form(form): Form<Measured>,
) -> Result<Response, Problem> {
    let view = super::programme(&app, &me, id).await?;
    let part = view.indicators.into_iter().find(|part| part.code == code).ok_or_else(Problem::not_found)?;
    let IndicatorView { id: part, code, title, unit, baseline, target, .. } = part;
    let new = NewIndicator { code, title, unit, baseline, target, actual: Some(form.actual) };
    match super::change_indicator(&app, &me, part, form.version, new).await {
        Ok(_) => Ok(page.see_other(&format!("/programme?id={id}"), "programme-saved")),
        Err(problem) => show(&page, &app, &me, Some(id), Some(&problem)).await,
    }
}

#[derive(Deserialize)]
struct Moved {
    version: i64,
    state: DeliverableState,
}

#[handler]
async fn move_on(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path((id, code)): Path<(ProgrammeId, String)>,
    Form(form): Form<Moved>,
) -> Result<Response, Problem> {
    let view = super::programme(&app, &me, id).await?;
    let part = view.deliverables.into_iter().find(|part| part.code == code).ok_or_else(Problem::not_found)?;
    let DeliverableView { id: part, code, title, due_on, .. } = part;
    let new = NewDeliverable { code, title, due_on, state: form.state };
    match super::change_deliverable(&app, &me, part, form.version, new).await {
        Ok(_) => Ok(page.see_other(&format!("/programme?id={id}"), "programme-saved")),
        Err(problem) => show(&page, &app, &me, Some(id), Some(&problem)).await,
    }
}
