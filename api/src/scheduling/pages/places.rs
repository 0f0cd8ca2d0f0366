//! Venues and border crossing points.

use super::{Sheet, mendable, needed};
use crate::identity::pages::SignedIn;
use crate::identity::{self, Action, Actor, Scope};
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use crate::scheduling::{CrossingPointFilter, CrossingPointView, NewCrossingStatus, NewVenue, VenueView};
use askama::Template;
use chrono::NaiveDate;
use entity::id::{CrossingPointId, OrganisationId};
use entity::scheduling::{CrossingKind, VenueKind};
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Response, handler};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "scheduling/venues.html")]
struct VenuesPage<'a> {
    page: &'a Page,
    venues: Vec<VenueView>,
    next: Option<String>,
    manages: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    cursor: Option<String>,
    kind: String,
    country: String,
    as_of: String,
}

fn next(cursor: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.append_pair("cursor", cursor).finish()
}

#[handler]
pub(super) async fn venue_list(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let list = crate::scheduling::venues(&app, &me, None, None, asked.cursor.as_deref()).await?;
    let manages = !me.reach(Action::ManageVenues).is_nothing();
    let next = list.next_cursor.as_deref().map(|cursor| next(cursor, &[]));
    page.render(&VenuesPage { page: &page, venues: list.items, next, manages })
}

#[derive(Template)]
#[template(path = "scheduling/venue_form.html")]
struct VenueFormPage<'a> {
    page: &'a Page,
    form: &'a Sheet,
    organisations: Vec<(OrganisationId, String)>,
    points: Vec<CrossingPointView>,
    problem: Option<&'a Problem>,
}

async fn venue_page(
    page: &Page,
    app: &App,
    me: &Actor,
    form: &Sheet,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let organisations = identity::organisations(app, me, Some(200), None).await?.items;
    let organisations = organisations.into_iter().map(|o| (o.id, format!("{} {}", o.code, o.name))).collect();
    let wanted = CrossingPointFilter::default();
    let points = crate::scheduling::crossing_points(app, me, wanted, Some(200), None).await?.items;
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &VenueFormPage { page, form, organisations, points, problem })
}

#[handler]
pub(super) async fn new_venue_form(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    if me.reach(Action::ManageVenues).is_nothing() {
        return Err(Problem::not_found());
    }
    let mut form = Sheet::default();
    form.set("zone", super::HOME_ZONE);
    form.set("country", "LV");
    form.set("organisation_id", me.organisation);
    venue_page(&page, &app, &me, &form, None).await
}

fn venue_command(form: &Sheet) -> Result<NewVenue, Problem> {
    let mut problem = Problem::invalid();
    let Some(kind) = needed(&mut problem, "/kind", form.read::<VenueKind>("kind")) else { return Err(problem) };
    Ok(NewVenue {
        name: form.get("name").to_owned(),
        kind,
        organisation_id: form.read("organisation_id"),
        address: form.text("address"),
        town: form.text("town"),
        country: form.text("country"),
        zone: form.get("zone").to_owned(),
        crossing_point_id: form.read("crossing_point_id"),
        exclusive: None,
        note: form.text("note"),
    })
}

#[handler]
pub(super) async fn add_venue(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    if me.reach(Action::ManageVenues).is_nothing() {
        return Err(Problem::not_found());
    }
    let outcome = match venue_command(&form) {
        Ok(new) => crate::scheduling::new_venue(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other("/venues", "scheduling-done")),
        Err(problem) if mendable(&problem) => venue_page(&page, &app, &me, &form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "scheduling/crossing_points.html")]
struct PointsPage<'a> {
    page: &'a Page,
    points: Vec<CrossingPointView>,
    asked: &'a Asked,
    next: Option<String>,
}

#[handler]
pub(super) async fn point_list(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let wanted = CrossingPointFilter {
        country: Some(asked.country.trim().to_uppercase()).filter(|country| !country.is_empty()),
        kind: asked.kind.parse::<CrossingKind>().ok(),
        as_of: asked.as_of.parse().ok(),
    };
    let list = crate::scheduling::crossing_points(&app, &me, wanted, None, asked.cursor.as_deref()).await?;
    let pairs = [("country", asked.country.as_str()), ("kind", &asked.kind), ("as_of", &asked.as_of)];
    let next = list.next_cursor.as_deref().map(|cursor| next(cursor, &pairs));
    page.render(&PointsPage { page: &page, points: list.items, asked: &asked, next })
}

#[derive(Template)]
#[template(path = "scheduling/crossing_point.html")]
struct PointPage<'a> {
    page: &'a Page,
    view: CrossingPointView,
    venues: Vec<VenueView>,
    manages: bool,
    form: &'a Sheet,
    problem: Option<&'a Problem>,
}

async fn point_page(
    page: &Page,
    app: &App,
    me: &Actor,
    of: (CrossingPointId, Option<NaiveDate>),
    form: &Sheet,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let view = crate::scheduling::crossing_point(app, me, of.0, of.1).await?;
    let venues = crate::scheduling::venues(app, me, Some(of.0), Some(200), None).await?.items;
    let manages = me.may(Action::ManageVenues, &Scope::programme());
    let status = problem.map_or(StatusCode::OK, Problem::status);
    page.render_with(status, &PointPage { page, view, venues, manages, form, problem })
}

#[handler]
pub(super) async fn show_point(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CrossingPointId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    point_page(&page, &app, &me, (id, asked.as_of.parse().ok()), &Sheet::default(), None).await
}

fn status_command(form: &Sheet) -> Result<NewCrossingStatus, Problem> {
    let mut problem = Problem::invalid();
    let status = needed(&mut problem, "/status", form.read("status"));
    let from = needed(&mut problem, "/from_on", form.read("from_on"));
    let (Some(status), Some(from_on)) = (status, from) else { return Err(problem) };
    Ok(NewCrossingStatus {
        status,
        from_on,
        until_on: form.read("until_on"),
        classes: form.text("classes"),
        source_note: form.get("source_note").to_owned(),
    })
}

#[handler]
pub(super) async fn add_status(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<CrossingPointId>,
    Form(form): Form<Sheet>,
) -> Result<Response, Problem> {
    let outcome = match status_command(&form) {
        Ok(new) => crate::scheduling::new_status(&app, &me, id, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/crossing-points/{id}"), "scheduling-done")),
        Err(problem) if mendable(&problem) => point_page(&page, &app, &me, (id, None), &form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}
