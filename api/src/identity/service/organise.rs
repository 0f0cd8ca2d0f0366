//! Organisations and units as they change: names, places in the tree, closing.

use super::super::access::{Action, Actor, Scope};
use super::super::rules::{self, Succession};
use super::super::{
    OrganisationChange, OrganisationChanged, OrganisationView, UnitChange, UnitChanged, UnitClosed, UnitClosure,
    UnitMove, UnitMoved, UnitPlacementView, UnitView,
};
use super::people::{named_faults, with_country, with_kind};
use super::{forget_actors, units_below};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use chrono::NaiveDate;
use entity::id::{OrganisationId, UnitId};
use entity::identity::{PersonState, membership, organisation, person, unit, unit_placement};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// Organisations by code.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn organisations(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<OrganisationView>, Problem> {
    let request: PageRequest<String> = PageRequest::read(app, "organisations", limit, cursor)?;
    if actor.reach(Action::ViewOrganisations).is_nothing() {
        return Err(Problem::not_found());
    }
    let mut query = organisation::Entity::find();
    if let Some(code) = &request.after {
        query = query.filter(organisation::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(organisation::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    Ok(request.page(app, "organisations", rows, |row| row.code.clone(), OrganisationView::of))
}

/// An organisation.
///
/// # Errors
/// `not-found`
pub async fn organisation(app: &App, actor: &Actor, id: OrganisationId) -> Result<OrganisationView, Problem> {
    if !actor.may(Action::ViewOrganisations, &Scope::organisation(id)) {
        return Err(Problem::not_found());
    }
    let row = organisation::Entity::find_by_id(id).one(app.db()).await?;
    row.map(OrganisationView::of).ok_or_else(Problem::not_found)
}

pub(super) fn expect_version(stored: i64, expected: i64) -> Result<(), Problem> {
    if stored == expected { Ok(()) } else { Err(Problem::changed_meanwhile()) }
}

/// Changes an organisation.
///
/// # Errors
/// 403 · 412 · 422 · `not-found`
pub async fn change_organisation(
    app: &App,
    actor: &Actor,
    id: OrganisationId,
    version: i64,
    change: OrganisationChange,
) -> Result<OrganisationView, Problem> {
    organisation(app, actor, id).await?;
    let faults = named_faults("XX", 20, &change.name, change.native_name.as_deref());
    with_country(faults, change.country.as_deref()).unless_clean()?;
    let tx = actor.permit(Action::ManageOrganisations, &Scope::organisation(id), app.now())?.begin(app).await?;
    let found = organisation::Entity::find_by_id(id).lock_exclusive().one(&tx).await?;
    let before = found.ok_or_else(Problem::not_found)?;
    expect_version(before.version, version)?;
    let after = organisation::Model {
        name: change.name,
        native_name: change.native_name,
        country: change.country,
        role: change.role,
        version: version + 1,
        ..before.clone()
    };
    let mut changes = Changes::default();
    changes.note("name", &before.name, &after.name);
    changes.note("native_name", &before.native_name, &after.native_name);
    changes.note("country", &before.country, &after.country);
    changes.note("role", &before.role, &after.role);
    organisation::Entity::update(after.clone().into_active_model().reset_all()).exec(&tx).await?;
    tx.emit_changes(&OrganisationChanged { organisation: id }, &changes).await?;
    tx.commit(OrganisationView::of(after)).await
}

/// Where units stand today, and when they close: the placement in force, else the last one.
pub(super) async fn placements<C: ConnectionTrait>(
    db: &C,
    units: &[UnitId],
    today: NaiveDate,
) -> Result<HashMap<UnitId, unit_placement::Model>, Problem> {
    let rows = unit_placement::Entity::find()
        .filter(unit_placement::Column::UnitId.is_in(units.iter().map(|u| u.0)))
        .filter(unit_placement::Column::FromOn.lte(today))
        .order_by_asc(unit_placement::Column::FromOn)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.unit_id, row)).collect())
}

fn unit_view(row: unit::Model, placement: Option<&unit_placement::Model>) -> UnitView {
    UnitView::of(row, placement.and_then(|p| p.parent_id), placement.and_then(|p| p.until_on))
}

/// Units by code, of one organisation or of all.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn units(
    app: &App,
    actor: &Actor,
    organisation: Option<OrganisationId>,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<UnitView>, Problem> {
    let scope = format!("units {organisation:?}");
    let request: PageRequest<String> = PageRequest::read(app, &scope, limit, cursor)?;
    if actor.reach(Action::ViewOrganisations).is_nothing() {
        return Err(Problem::not_found());
    }
    let mut query = unit::Entity::find();
    if let Some(id) = organisation {
        query = query.filter(unit::Column::OrganisationId.eq(id));
    }
    if let Some(code) = &request.after {
        query = query.filter(unit::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(unit::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let ids: Vec<UnitId> = rows.iter().map(|u| u.id).collect();
    let places = placements(app.db(), &ids, app.now().date_naive()).await?;
    let view = |row: unit::Model| {
        let place = places.get(&row.id);
        unit_view(row, place)
    };
    Ok(request.page(app, &scope, rows, |row| row.code.clone(), view))
}

/// Most units that are drawn as a tree or offered as a choice.
const TREE_UNITS: u64 = 5_000;

/// Every unit by code, each with the unit above it today: for drawing the tree and for choosing one.
///
/// # Errors
/// `not-found`
pub async fn all_units(app: &App, actor: &Actor) -> Result<Vec<UnitView>, Problem> {
    if actor.reach(Action::ViewOrganisations).is_nothing() {
        return Err(Problem::not_found());
    }
    let rows = unit::Entity::find().order_by_asc(unit::Column::Code).limit(TREE_UNITS).all(app.db()).await?;
    let spans = unit_placement::Entity::find()
        .filter(unit_placement::Column::FromOn.lte(app.now().date_naive()))
        .order_by_asc(unit_placement::Column::FromOn)
        .all(app.db())
        .await?;
    let places: HashMap<UnitId, unit_placement::Model> = spans.into_iter().map(|row| (row.unit_id, row)).collect();
    let view = |row: unit::Model| {
        let place = places.get(&row.id);
        unit_view(row, place)
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn unit_with_place<C: ConnectionTrait>(db: &C, id: UnitId, today: NaiveDate) -> Result<UnitView, Problem> {
    let row = unit::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let places = placements(db, &[id], today).await?;
    Ok(unit_view(row, places.get(&id)))
}

/// A unit.
///
/// # Errors
/// `not-found`
pub async fn unit(app: &App, actor: &Actor, id: UnitId) -> Result<UnitView, Problem> {
    if actor.reach(Action::ViewOrganisations).is_nothing() {
        return Err(Problem::not_found());
    }
    unit_with_place(app.db(), id, app.now().date_naive()).await
}

/// Where a unit stood, stands and will stand, first place first.
///
/// # Errors
/// `not-found`
pub async fn unit_placements(app: &App, actor: &Actor, id: UnitId) -> Result<Vec<UnitPlacementView>, Problem> {
    unit(app, actor, id).await?;
    let rows = unit_placement::Entity::find()
        .filter(unit_placement::Column::UnitId.eq(id))
        .order_by_asc(unit_placement::Column::FromOn)
        .all(app.db())
        .await?;
    let view = |row: unit_placement::Model| UnitPlacementView {
        parent_id: row.parent_id,
        from_on: row.from_on,
        until_on: row.until_on,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Names from a unit upwards, highest first, for showing where somebody belongs. Of `units` as read once.
#[must_use]
pub fn unit_path(units: &[UnitView], of: UnitId) -> Vec<String> {
    let by_id: HashMap<UnitId, &UnitView> = units.iter().map(|u| (u.id, u)).collect();
    let mut names = Vec::new();
    let mut at = Some(of);
    while let Some(unit) = at.and_then(|id| by_id.get(&id)).filter(|_| names.len() < 20) {
        names.push(unit.name.clone());
        at = unit.parent_id;
    }
    names.reverse();
    names
}

/// Changes a unit's name, level or kind.
///
/// # Errors
/// 403 · 412 · 422 · `not-found`
pub async fn change_unit(
    app: &App,
    actor: &Actor,
    id: UnitId,
    version: i64,
    change: UnitChange,
) -> Result<UnitView, Problem> {
    let known = unit(app, actor, id).await?;
    let faults = named_faults("XX", 30, &change.name, change.native_name.as_deref());
    with_kind(faults, &change.kind).unless_clean()?;
    let scope = Scope::organisation(known.organisation_id);
    let tx = actor.permit(Action::ManageUnits, &scope, app.now())?.begin(app).await?;
    let before = unit::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    expect_version(before.version, version)?;
    let after = unit::Model {
        name: change.name,
        native_name: change.native_name,
        level: change.level,
        kind: change.kind,
        version: version + 1,
        ..before.clone()
    };
    let mut changes = Changes::default();
    changes.note("name", &before.name, &after.name);
    changes.note("native_name", &before.native_name, &after.native_name);
    changes.note("level", &before.level, &after.level);
    changes.note("kind", &before.kind, &after.kind);
    unit::Entity::update(after.clone().into_active_model().reset_all()).exec(&tx).await?;
    tx.emit_changes(&UnitChanged { unit: id }, &changes).await?;
    tx.commit(UnitView::of(after, known.parent_id, known.closed_on)).await
}

/// The last placement of a unit, with its organisation locked: moves of one tree happen one after another.
async fn last_placement(
    tx: &Tx,
    organisation: OrganisationId,
    id: UnitId,
) -> Result<(unit_placement::Model, rules::Span), Problem> {
    organisation::Entity::find_by_id(organisation).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?;
    let last = unit_placement::Entity::find()
        .filter(unit_placement::Column::UnitId.eq(id))
        .order_by_desc(unit_placement::Column::FromOn)
        .one(tx)
        .await?
        .ok_or_else(Problem::not_found)?;
    let span = rules::Span { from_on: last.from_on, until_on: last.until_on };
    Ok((last, span))
}

pub(super) fn too_early() -> Problem {
    Problem::refused("identity/history-fixed", "What was so before stays: choose a day after the last change.")
}

/// Moves a unit below another from a day on.
///
/// # Errors
/// 403 · `not-found` · `identity/other-organisation` · `identity/unit-cycle` · `identity/history-fixed`
pub async fn move_unit(app: &App, actor: &Actor, id: UnitId, wish: UnitMove) -> Result<UnitView, Problem> {
    let known = unit(app, actor, id).await?;
    let scope = Scope::organisation(known.organisation_id);
    let tx = actor.permit(Action::ManageUnits, &scope, app.now())?.begin(app).await?;
    let today = tx.now().date_naive();
    let from_on = wish.from_on.unwrap_or(today);
    let (last, span) = last_placement(&tx, known.organisation_id, id).await?;
    if let Some(parent) = wish.parent_id {
        let parent = unit::Entity::find_by_id(parent).one(&tx).await?.ok_or_else(Problem::not_found)?;
        if parent.organisation_id != known.organisation_id {
            return Err(Problem::refused(
                "identity/other-organisation",
                "The unit above belongs to another organisation.",
            ));
        }
        let day = from_on.and_time(chrono::NaiveTime::MIN).and_utc();
        if units_below(&tx, id, day).await?.contains(&parent.id) {
            return Err(Problem::refused("identity/unit-cycle", "A unit cannot stand below itself."));
        }
    }
    match rules::succession(&span, from_on) {
        Succession::TooEarly => return Err(too_early()),
        Succession::Replaces => {
            let change = unit_placement::ActiveModel { parent_id: Set(wish.parent_id), ..last.into_active_model() };
            unit_placement::Entity::update(change).exec(&tx).await?;
        }
        Succession::Follows => {
            if last.until_on.is_none() {
                let mut end = last.into_active_model();
                end.until_on = Set(Some(from_on));
                unit_placement::Entity::update(end).exec(&tx).await?;
            }
            let next =
                unit_placement::Model { id: tx.id(), unit_id: id, parent_id: wish.parent_id, from_on, until_on: None };
            unit_placement::Entity::insert(next.into_active_model()).exec_without_returning(&tx).await?;
        }
    }
    let mut changes = Changes::default();
    changes.note("parent_id", &known.parent_id, &wish.parent_id);
    tx.emit_changes(&UnitMoved { unit: id, from_on }, &changes).await?;
    let view = unit_with_place(&tx, id, today).await?;
    let view = tx.commit(view).await?;
    forget_actors(app);
    Ok(view)
}

/// Closes a unit from a day on. Nobody may belong to it and nothing may stand below it then.
///
/// # Errors
/// 403 · `not-found` · `identity/unit-in-use` · `identity/history-fixed`
pub async fn close_unit(app: &App, actor: &Actor, id: UnitId, wish: UnitClosure) -> Result<UnitView, Problem> {
    let known = unit(app, actor, id).await?;
    let scope = Scope::organisation(known.organisation_id);
    let tx = actor.permit(Action::ManageUnits, &scope, app.now())?.begin(app).await?;
    let today = tx.now().date_naive();
    let on = wish.on.unwrap_or(today);
    let (last, span) = last_placement(&tx, known.organisation_id, id).await?;
    if span.until_on.is_some() || on <= span.from_on {
        return Err(too_early());
    }
    let lasts = |until: unit_placement::Column| Condition::any().add(until.is_null()).add(until.gt(on));
    let below = unit_placement::Entity::find()
        .filter(unit_placement::Column::ParentId.eq(id))
        .filter(lasts(unit_placement::Column::UntilOn))
        .one(&tx)
        .await?;
    let member = membership::Entity::find()
        .inner_join_person()
        .filter(membership::Column::UnitId.eq(id))
        .filter(Condition::any().add(membership::Column::UntilOn.is_null()).add(membership::Column::UntilOn.gt(on)))
        .filter(person::Column::State.eq(PersonState::Active))
        .one(&tx)
        .await?;
    if below.is_some() || member.is_some() {
        return Err(Problem::refused(
            "identity/unit-in-use",
            "Somebody belongs to this unit, or a unit stands below it, on that day.",
        ));
    }
    let mut end = last.into_active_model();
    end.until_on = Set(Some(on));
    unit_placement::Entity::update(end).exec(&tx).await?;
    tx.emit(&UnitClosed { unit: id, on }).await?;
    let view = unit_with_place(&tx, id, today).await?;
    let view = tx.commit(view).await?;
    forget_actors(app);
    Ok(view)
}

trait WithPerson {
    fn inner_join_person(self) -> Self;
}
impl WithPerson for sea_orm::Select<membership::Entity> {
    fn inner_join_person(self) -> Self {
        use sea_orm::QueryTrait;
        let mut select = self;
        let on =
            Expr::col((membership::Entity, membership::Column::PersonId)).equals((person::Entity, person::Column::Id));
        QueryTrait::query(&mut select).inner_join(person::Entity, on);
        select
    }
}

/// Ids of units by code, of one organisation.
pub(super) async fn unit_codes<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
) -> Result<HashMap<String, UnitId>, Problem> {
    let rows = unit::Entity::find().filter(unit::Column::OrganisationId.eq(organisation)).all(db).await?;
    Ok(rows.into_iter().map(|u| (u.code, u.id)).collect())
}
