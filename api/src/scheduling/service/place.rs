//! Crossing points with their dated status, and venues: writing them.

use super::super::{CrossingPointChanged, NewCrossingPoint, NewCrossingStatus, NewVenue, Refusal, VenueChanged, rules};
use super::{is_code, length, normalised_zone};
use crate::platform::{Problem, Tx};
use entity::id::{CrossingPointId, VenueId};
use entity::scheduling::{CrossingKind, crossing_point, crossing_point_status as status, venue};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

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

pub(super) fn point_row(
    new: NewCrossingPoint,
    zone: String,
    id: CrossingPointId,
    version: i64,
    created_at: chrono::DateTime<chrono::Utc>,
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
