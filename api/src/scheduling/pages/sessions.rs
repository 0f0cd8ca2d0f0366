//! Sessions of an activity: adding, changing and cancelling them.

use super::{Sheet, mendable, needed, to_the_minute};
use crate::identity::pages::SignedIn;
use crate::identity::{Action, Actor};
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use crate::scheduling::{ActivityFacts, NewSession, SessionView, VenueView};
use askama::Template;
use entity::id::{ActivityId, SessionId};
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Response, handler};

#[derive(Template)]
#[template(path = "scheduling/session.html")]
struct SessionPage<'a> {
    page: &'a Page,
    activity: ActivityFacts,
    /// The session that is changed; nothing for a new one.
    session: Option<SessionId>,
    form: &'a Sheet,
    venues: Vec<VenueView>,
    problem: Option<&'a Problem>,
}

/// An activity whose sessions the reader may plan.
async fn planned(app: &App, me: &Actor, id: ActivityId) -> Result<ActivityFacts, Problem> {
    let activity = crate::scheduling::visible_activity(app, me, id).await?;
    if me.may(Action::ManageActivities, &activity.scope()) {
        Ok(activity)
    } else {
        Err(Problem::forbidden("Your roles do not allow this here."))
    }
}

async fn form_page(
    page: &Page,
    app: &App,
    me: &Actor,
    of: (ActivityId, Option<SessionId>),
    form: &Sheet,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let activity = planned(app, me, of.0).await?;
    let venues = crate::scheduling::venues(app, me, None, Some(200), None).await?.items;
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &SessionPage { page, activity, session: of.1, form, venues, problem })
}

fn command(form: &Sheet) -> Result<NewSession, Problem> {
    let mut problem = Problem::invalid();
    let venue = needed(&mut problem, "/venue_id", form.read("venue_id"));
    let Some(venue_id) = venue else { return Err(problem) };
    Ok(NewSession {
        title: form.get("title").to_owned(),
        venue_id,
        starts_local: form.get("starts_local").to_owned(),
        ends_local: form.get("ends_local").to_owned(),
        zone: form.text("zone"),
        starts_fold: form.read("starts_fold"),
        ends_fold: form.read("ends_fold"),
        agenda: form.text("agenda"),
    })
}

#[handler]
pub(super) async fn new_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
) -> Result<Response, Problem> {
    form_page(&page, &app, &me, (id, None), &Sheet::default(), None).await
}

/// Back to the activity: with good news, or to the form with what was refused.
async fn answer(
    page: &Page,
    app: &App,
    me: &Actor,
    of: (ActivityId, Option<SessionId>),
    form: &Sheet,
    outcome: Result<SessionView, Problem>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/activities/{}", of.0), "scheduling-done")),
        Err(problem) if mendable(&problem) => form_page(page, app, me, of, form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

#[handler]
pub(super) async fn add(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<ActivityId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match command(&form) {
        Ok(new) => crate::scheduling::new_session(&app, &me, id, new).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, (id, None), &form, outcome).await
}

fn filled(view: &SessionView) -> Sheet {
    let mut form = Sheet::default();
    form.set("version", view.version);
    form.set("title", &view.title);
    form.set("venue_id", view.venue_id);
    form.set("starts_local", to_the_minute(&view.starts_local));
    form.set("ends_local", to_the_minute(&view.ends_local));
    form.set("zone", &view.zone);
    form.set("agenda", view.agenda.as_deref().unwrap_or_default());
    form
}

#[handler]
pub(super) async fn change_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
) -> Result<Response, Problem> {
    let view = crate::scheduling::session(&app, &me, id).await?;
    form_page(&page, &app, &me, (view.activity_id, Some(id)), &filled(&view), None).await
}

#[handler]
pub(super) async fn change(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let of = crate::scheduling::session(&app, &me, id).await?.activity_id;
    let version = form.read("version").unwrap_or_default();
    let outcome = match command(&form) {
        Ok(new) => crate::scheduling::change_session(&app, &me, id, version, new).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, (of, Some(id)), &form, outcome).await
}

#[derive(Template)]
#[template(path = "scheduling/cancel_session.html")]
struct CancelPage<'a> {
    page: &'a Page,
    activity: ActivityFacts,
    view: SessionView,
    reason: &'a str,
    problem: Option<&'a Problem>,
}

async fn cancel_page(
    page: &Page,
    app: &App,
    me: &Actor,
    id: SessionId,
    reason: &str,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = crate::scheduling::session(app, me, id).await?;
    let activity = planned(app, me, view.activity_id).await?;
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &CancelPage { page, activity, view, reason, problem })
}

#[handler]
pub(super) async fn cancel_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
) -> Result<Response, Problem> {
    cancel_page(&page, &app, &me, id, "", None).await
}

#[handler]
pub(super) async fn cancel(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<SessionId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let reason = form.get("reason");
    match crate::scheduling::cancel_session(&app, &me, id, reason.to_owned()).await {
        Ok(view) => Ok(page.see_other(&format!("/activities/{}", view.activity_id), "scheduling-done")),
        Err(problem) if mendable(&problem) => cancel_page(&page, &app, &me, id, reason, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}
