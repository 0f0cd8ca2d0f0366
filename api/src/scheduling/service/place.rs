//! Crossing points with their dated status, and venues: writing them.

use super::super::{
    CrossingPointChanged, CrossingPointFilter, CrossingPointView, CrossingStatusView, NewCrossingPoint,
    NewCrossingStatus, NewVenue, Refusal, VenueChanged, VenueView, rules,
};
use super::read::status_on;
use super::{is_code, length, normalised_zone};
use crate::identity::{Action, Actor, Scope};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{CrossingPointId, VenueId};
use entity::scheduling::{CrossingKind, crossing_point, crossing_point_status as status, venue};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

fn check_point(new: &NewCrossingPoint) -> Result<String, Problem> {
    let mut problem = Problem::invalid();
    if !is_code(&new.code, 20) {
        problem = problem.field("/code", "must be 2 to 20 capitals, digits, dots, hyphens and underscores");
    }
    problem = length(problem, "/name", &new.name, 2, 200);
    problem = length(problem, "/note", new.note.as_deref().unwrap_or_default(), 0, 1000);
    if new.country.len() != 2 || !new.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        problem = problem.field("/country", "must be two capitals, as in LV");
    }
    if new.kinds.is_empty() {
        problem = problem.field("/kinds", "must name at least one kind");
    }
    if new.latitude.is_some() != new.longitude.is_some() {
        problem = problem.field("/longitude", "is needed with a latitude, and the other way round");
    }
    let zone = normalised_zone(&mut problem, "/zone", &new.zone);
    problem.unless_clean()?;
    Ok(zone)
}

fn point_row(
    new: NewCrossingPoint,
    zone: String,
    id: CrossingPointId,
    version: i64,
    created_at: DateTime<Utc>,
) -> crossing_point::Model {
    let has = |kind| new.kinds.contains(&kind);
    crossing_point::Model {
        id,
        road: has(CrossingKind::Road),
        rail: has(CrossingKind::Rail),
        air: has(CrossingKind::Air),
        pedestrian: has(CrossingKind::Pedestrian),
        code: new.code,
        name: new.name,
        native_name: new.native_name,
        country: new.country,
        iata: new.iata,
        icao: new.icao,
        unlocode: new.unlocode,
        zone,
        latitude: new.latitude,
        longitude: new.longitude,
        note: new.note,
        pair_code: new.pair_code,
        version,
        created_at,
    }
}

/// Adds a crossing point.
///
/// # Errors
/// 422 · `scheduling/code-taken`
pub async fn add_crossing_point(tx: &Tx, new: NewCrossingPoint) -> Result<CrossingPointId, Problem> {
    let zone = check_point(&new)?;
    let same = crossing_point::Entity::find().filter(crossing_point::Column::Code.eq(&new.code));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = point_row(new, zone, tx.id(), 1, tx.now());
    let id = row.id;
    crossing_point::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&CrossingPointChanged { crossing_point: id }).await?;
    Ok(id)
}

/// Records how far a crossing point lets people through from a day on; a status that held until further notice
/// ends on that day.
///
/// # Errors
/// `not-found` · 422 · `scheduling/status-out-of-order`
pub async fn add_status(tx: &Tx, id: CrossingPointId, new: NewCrossingStatus) -> Result<(), Problem> {
    let mut problem = length(Problem::invalid(), "/source_note", &new.source_note, 3, 500);
    problem = length(problem, "/classes", new.classes.as_deref().unwrap_or_default(), 0, 200);
    if new.until_on.is_some_and(|until| until <= new.from_on) {
        problem = problem.field("/until_on", "must be after the first day");
    }
    problem.unless_clean()?;
    let point = crossing_point::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let point = point.ok_or_else(Problem::not_found)?;
    let before = status::Entity::find()
        .filter(status::Column::CrossingPointId.eq(id))
        .order_by_desc(status::Column::FromOn)
        .one(tx)
        .await?;
    if let Some(before) = before {
        if before.from_on >= new.from_on || before.until_on.is_some_and(|until| until > new.from_on) {
            return Err(Refusal::StatusOutOfOrder.into());
        }
        if before.until_on.is_none() {
            let mut before = before.into_active_model();
            before.until_on = Set(Some(new.from_on));
            before.update(tx).await?;
        }
    }
    let row = status::Model {
        id: tx.id(),
        crossing_point_id: id,
        status: new.status,
        from_on: new.from_on,
        until_on: new.until_on,
        classes: new.classes,
        source_note: new.source_note,
        recorded_at: tx.now(),
        recorded_by: tx.author().person,
    };
    status::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    let version = point.version + 1;
    let mut point = point.into_active_model();
    point.version = Set(version);
    point.update(tx).await?;
    tx.emit(&CrossingPointChanged { crossing_point: id }).await?;
    Ok(())
}

fn check_venue(new: &NewVenue) -> Result<String, Problem> {
    let mut problem = length(Problem::invalid(), "/name", &new.name, 2, 200);
    problem = length(problem, "/address", new.address.as_deref().unwrap_or_default(), 0, 300);
    problem = length(problem, "/town", new.town.as_deref().unwrap_or_default(), 0, 100);
    problem = length(problem, "/note", new.note.as_deref().unwrap_or_default(), 0, 1000);
    let country = new.country.as_deref().unwrap_or("LV");
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        problem = problem.field("/country", "must be two capitals, as in LV");
    }
    let zone = normalised_zone(&mut problem, "/zone", &new.zone);
    problem.unless_clean()?;
    Ok(zone)
}

/// Adds a venue.
///
/// # Errors
/// 422 · `still-referenced` for an organisation or crossing point that is not there
pub async fn add_venue(tx: &Tx, new: NewVenue) -> Result<VenueId, Problem> {
    let zone = check_venue(&new)?;
    let row = venue::Model {
        id: tx.id(),
        exclusive: new.exclusive.unwrap_or_else(|| rules::is_exclusive(new.kind)),
        name: new.name,
        kind: new.kind,
        organisation_id: new.organisation_id,
        address: new.address,
        town: new.town,
        country: new.country,
        zone,
        crossing_point_id: new.crossing_point_id,
        note: new.note,
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    venue::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&VenueChanged { venue: id }).await?;
    Ok(id)
}

/// By what one crosses at a point.
pub(super) fn kinds(row: &crossing_point::Model) -> Vec<CrossingKind> {
    let all = [
        (row.road, CrossingKind::Road),
        (row.rail, CrossingKind::Rail),
        (row.air, CrossingKind::Air),
        (row.pedestrian, CrossingKind::Pedestrian),
    ];
    all.into_iter().filter_map(|(has, kind)| has.then_some(kind)).collect()
}

pub(super) fn status_view(row: status::Model) -> CrossingStatusView {
    CrossingStatusView {
        status: row.status,
        from_on: row.from_on,
        until_on: row.until_on,
        classes: row.classes,
        source_note: row.source_note,
    }
}

/// Today where the crossing point is.
fn today(zone: &str, now: DateTime<Utc>) -> NaiveDate {
    rules::zone(zone).map_or_else(|| now.date_naive(), |zone| now.with_timezone(&zone).date_naive())
}

fn point_view(row: crossing_point::Model, statuses: &[status::Model], as_of: NaiveDate) -> CrossingPointView {
    CrossingPointView {
        kinds: kinds(&row),
        as_of,
        status: status_on(statuses, as_of),
        statuses: None,
        id: row.id,
        code: row.code,
        name: row.name,
        native_name: row.native_name,
        country: row.country,
        iata: row.iata,
        icao: row.icao,
        unlocode: row.unlocode,
        zone: row.zone,
        latitude: row.latitude,
        longitude: row.longitude,
        note: row.note,
        pair_code: row.pair_code,
        version: row.version,
    }
}

/// Crossing points by code, each with its status on a day.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn crossing_points(
    app: &App,
    actor: &Actor,
    wanted: CrossingPointFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<CrossingPointView>, Problem> {
    let list = format!("crossing points {wanted:?}");
    let request: PageRequest<String> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = crossing_point::Entity::find().filter(crossing_point_visible(actor));
    if let Some(country) = &wanted.country {
        query = query.filter(crossing_point::Column::Country.eq(country));
    }
    if let Some(kind) = wanted.kind {
        let column = match kind {
            CrossingKind::Road => crossing_point::Column::Road,
            CrossingKind::Rail => crossing_point::Column::Rail,
            CrossingKind::Air => crossing_point::Column::Air,
            CrossingKind::Pedestrian => crossing_point::Column::Pedestrian,
        };
        query = query.filter(column.eq(true));
    }
    if let Some(code) = &request.after {
        query = query.filter(crossing_point::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(crossing_point::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let known = status::Entity::find()
        .filter(status::Column::CrossingPointId.is_in(rows.iter().map(|row| row.id)))
        .all(app.db())
        .await?;
    let mut statuses: HashMap<CrossingPointId, Vec<status::Model>> = HashMap::new();
    for row in known {
        statuses.entry(row.crossing_point_id).or_default().push(row);
    }
    let now = app.now();
    let view = |row: crossing_point::Model| {
        let day = wanted.as_of.unwrap_or_else(|| today(&row.zone, now));
        let statuses = statuses.get(&row.id).map_or(&[][..], Vec::as_slice);
        point_view(row, statuses, day)
    };
    Ok(request.page(app, &list, rows, |row| row.code.clone(), view))
}

fn crossing_point_visible(actor: &Actor) -> Condition {
    let nothing = actor.reach(Action::ViewVenues).is_nothing();
    if nothing { Condition::all().add(Expr::value(1).eq(0)) } else { Condition::all() }
}

async fn stored_point<C: ConnectionTrait>(
    db: &C,
    id: CrossingPointId,
    as_of: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<CrossingPointView, Problem> {
    let row = crossing_point::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let statuses = status::Entity::find()
        .filter(status::Column::CrossingPointId.eq(id))
        .order_by_asc(status::Column::FromOn)
        .all(db)
        .await?;
    let day = as_of.unwrap_or_else(|| today(&row.zone, now));
    let mut view = point_view(row, &statuses, day);
    view.statuses = Some(statuses.into_iter().map(status_view).collect());
    Ok(view)
}

/// A crossing point with every status recorded, and the one of a day.
///
/// # Errors
/// `not-found`
pub async fn crossing_point(
    app: &App,
    actor: &Actor,
    id: CrossingPointId,
    as_of: Option<NaiveDate>,
) -> Result<CrossingPointView, Problem> {
    if actor.reach(Action::ViewVenues).is_nothing() {
        return Err(Problem::not_found());
    }
    stored_point(app.db(), id, as_of, app.now()).await
}

/// Opens the transaction of somebody who writes crossing points, which belong to the whole programme.
async fn open_points(app: &App, actor: &Actor) -> Result<Tx, Problem> {
    actor.permit(Action::ManageVenues, &Scope::programme(), app.now())?.begin(app).await
}

/// Creates a crossing point.
///
/// # Errors
/// 403 · 422 · `scheduling/code-taken`
pub async fn new_crossing_point(app: &App, actor: &Actor, new: NewCrossingPoint) -> Result<CrossingPointView, Problem> {
    let tx = open_points(app, actor).await?;
    let id = add_crossing_point(&tx, new).await?;
    let view = stored_point(&tx, id, None, tx.now()).await?;
    tx.commit(view).await
}

/// Changes what is said of a crossing point; its code stays, its status has a path of its own.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_crossing_point(
    app: &App,
    actor: &Actor,
    id: CrossingPointId,
    version: i64,
    new: NewCrossingPoint,
) -> Result<CrossingPointView, Problem> {
    crossing_point(app, actor, id, None).await?;
    let tx = open_points(app, actor).await?;
    let before = crossing_point::Entity::find_by_id(id).lock_exclusive().one(&tx).await?;
    let before = before.ok_or_else(Problem::not_found)?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.code != new.code {
        return Err(Problem::invalid().field("/code", "cannot be changed"));
    }
    let zone = check_point(&new)?;
    let row: crossing_point::ActiveModel = point_row(new, zone, id, version + 1, before.created_at).into();
    row.reset_all().update(&tx).await?;
    tx.emit(&CrossingPointChanged { crossing_point: id }).await?;
    let view = stored_point(&tx, id, None, tx.now()).await?;
    tx.commit(view).await
}

/// Records the status of a crossing point.
///
/// # Errors
/// 403 · as [`add_status`]
pub async fn new_status(
    app: &App,
    actor: &Actor,
    id: CrossingPointId,
    new: NewCrossingStatus,
) -> Result<CrossingPointView, Problem> {
    crossing_point(app, actor, id, None).await?;
    let tx = open_points(app, actor).await?;
    add_status(&tx, id, new).await?;
    let view = stored_point(&tx, id, None, tx.now()).await?;
    tx.commit(view).await
}

fn venue_view(row: venue::Model) -> VenueView {
    VenueView {
        id: row.id,
        name: row.name,
        kind: row.kind,
        organisation_id: row.organisation_id,
        address: row.address,
        town: row.town,
        country: row.country,
        zone: row.zone,
        crossing_point_id: row.crossing_point_id,
        exclusive: row.exclusive,
        note: row.note,
        version: row.version,
    }
}

/// Venues by name.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn venues(
    app: &App,
    actor: &Actor,
    crossing_point: Option<CrossingPointId>,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<VenueView>, Problem> {
    let list = format!("venues {crossing_point:?}");
    let request: PageRequest<(String, VenueId)> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = venue::Entity::find().filter(crossing_point_visible(actor));
    if let Some(point) = crossing_point {
        query = query.filter(venue::Column::CrossingPointId.eq(point));
    }
    if let Some((name, id)) = &request.after {
        let key = Expr::tuple([Expr::col(venue::Column::Name), Expr::col(venue::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(name.clone()), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_asc(venue::Column::Name)
        .order_by_asc(venue::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    Ok(request.page(app, &list, rows, |row| (row.name.clone(), row.id), venue_view))
}

/// A venue.
///
/// # Errors
/// `not-found`
pub async fn venue(app: &App, actor: &Actor, id: VenueId) -> Result<VenueView, Problem> {
    let row = venue::Entity::find_by_id(id).filter(crossing_point_visible(actor)).one(app.db()).await?;
    row.map(venue_view).ok_or_else(Problem::not_found)
}

fn venue_scope(organisation: Option<entity::id::OrganisationId>) -> Scope {
    organisation.map_or_else(Scope::programme, Scope::organisation)
}

/// Creates a venue.
///
/// # Errors
/// 403 · 422
pub async fn new_venue(app: &App, actor: &Actor, new: NewVenue) -> Result<VenueView, Problem> {
    let scope = venue_scope(new.organisation_id);
    let tx = actor.permit(Action::ManageVenues, &scope, app.now())?.begin(app).await?;
    let id = add_venue(&tx, new).await?;
    let row = venue::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    tx.commit(venue_view(row)).await
}

/// Changes a venue. Sessions keep the zone they were announced in; whether it holds one session at a time stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_venue(
    app: &App,
    actor: &Actor,
    id: VenueId,
    version: i64,
    new: NewVenue,
) -> Result<VenueView, Problem> {
    let seen = venue(app, actor, id).await?;
    actor.permit(Action::ManageVenues, &venue_scope(seen.organisation_id), app.now())?;
    let scope = venue_scope(new.organisation_id);
    let tx = actor.permit(Action::ManageVenues, &scope, app.now())?.begin(app).await?;
    let before = venue::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    let zone = check_venue(&new)?;
    if new.exclusive.is_some_and(|exclusive| exclusive != before.exclusive) {
        return Err(Problem::invalid().field("/exclusive", "cannot be changed; create another venue"));
    }
    let row = venue::Model {
        name: new.name,
        kind: new.kind,
        organisation_id: new.organisation_id,
        address: new.address,
        town: new.town,
        country: new.country,
        zone,
        crossing_point_id: new.crossing_point_id,
        note: new.note,
        version: version + 1,
        ..before
    };
    let changed: venue::ActiveModel = row.clone().into();
    changed.reset_all().update(&tx).await?;
    tx.emit(&VenueChanged { venue: id }).await?;
    tx.commit(venue_view(row)).await
}
