//! Persons as they change: what is known of them, membership of units, leaving service.

use super::super::access::{Action, Actor, Permit, Scope};
use super::super::rules::{self, Described, Succession};
use super::super::{
    MembershipView, NewMembership, PersonChange, PersonChanged, PersonDeactivated, PersonMoved, PersonReactivated,
    PersonView,
};
use super::organise::{expect_version, placements, too_early};
use super::people::{check, filter, person_columns};
use super::{end_credentials_of_person, forget_actors};
use crate::platform::{App, Changes, Problem, Tx};
use chrono::NaiveDate;
use entity::id::{PersonId, UnitId};
use entity::identity::{PersonState, membership, person, unit};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A person as rules see them.
pub(super) fn described(row: &person::Model, unit: Option<String>) -> Described {
    Described {
        service_number: row.service_number.clone(),
        given_name: row.given_name.clone(),
        family_name: row.family_name.clone(),
        native_name: row.native_name.clone(),
        email: row.email.clone(),
        gender: Some(row.gender),
        rank: row.rank.clone(),
        post: row.post.clone(),
        level: row.level,
        languages: row.languages.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect(),
        unit,
    }
}

/// Writes what changed of a person; the caller has locked the row and checked the values.
pub(super) async fn write_person(tx: &Tx, before: person::Model, now: &Described) -> Result<person::Model, Problem> {
    let after = person::Model {
        service_number: now.service_number.clone(),
        search_name: rules::search_name(&now.family_name, &now.given_name, now.native_name.as_deref()),
        given_name: now.given_name.clone(),
        family_name: now.family_name.clone(),
        native_name: now.native_name.clone(),
        email: now.email.clone(),
        gender: now.gender.unwrap_or(before.gender),
        rank: now.rank.clone(),
        post: now.post.clone(),
        level: now.level,
        languages: now.languages.join(","),
        version: before.version + 1,
        ..before.clone()
    };
    let mut changes = Changes::default();
    changes.note("service_number", &before.service_number, &after.service_number);
    changes.note("given_name", &before.given_name, &after.given_name);
    changes.note("family_name", &before.family_name, &after.family_name);
    changes.note("native_name", &before.native_name, &after.native_name);
    changes.note("email", &before.email, &after.email);
    changes.note("gender", &before.gender, &after.gender);
    changes.note("rank", &before.rank, &after.rank);
    changes.note("post", &before.post, &after.post);
    changes.note("level", &before.level, &after.level);
    changes.note("languages", &before.languages, &after.languages);
    person::Entity::update(after.clone().into_active_model().reset_all()).exec(tx).await?;
    tx.emit_changes(&PersonChanged { person: after.id }, &changes).await?;
    Ok(after)
}

async fn visible(app: &App, actor: &Actor, id: PersonId) -> Result<person::Model, Problem> {
    let reach = actor.reach(Action::ViewPersons);
    let row = person::Entity::find_by_id(id).filter(filter(&reach, person_columns())).one(app.db()).await?;
    row.ok_or_else(Problem::not_found)
}

async fn permit(app: &App, actor: &Actor, row: &person::Model) -> Result<Permit, Problem> {
    actor.permit(Action::ManagePersons, &Scope::organisation(row.organisation_id), app.now())
}

/// Changes a person.
///
/// # Errors
/// 403 · 412 · 422 · `not-found` · `identity/service-number-taken`
pub async fn change_person(
    app: &App,
    actor: &Actor,
    id: PersonId,
    version: i64,
    change: PersonChange,
) -> Result<PersonView, Problem> {
    let known = visible(app, actor, id).await?;
    let now = Described {
        service_number: change.service_number,
        given_name: change.given_name,
        family_name: change.family_name,
        native_name: change.native_name,
        email: change.email,
        gender: Some(change.gender),
        rank: change.rank,
        post: change.post,
        level: change.level,
        languages: change.languages,
        unit: None,
    };
    let tx = permit(app, actor, &known).await?.begin(app).await?;
    check(&now)?;
    let before = person::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    expect_version(before.version, version)?;
    let same = person::Entity::find()
        .filter(person::Column::OrganisationId.eq(before.organisation_id))
        .filter(person::Column::ServiceNumber.eq(&now.service_number))
        .filter(person::Column::Id.ne(id))
        .one(&tx)
        .await?;
    if same.is_some() {
        return Err(Problem::refused(
            "identity/service-number-taken",
            "The organisation already has a person with this service number.",
        ));
    }
    let after = write_person(&tx, before, &now).await?;
    let view = tx.commit(PersonView::of(after)).await?;
    forget_actors(app);
    Ok(view)
}

/// The units a person belonged, belongs and will belong to, first one first.
///
/// # Errors
/// `not-found`
pub async fn memberships(app: &App, actor: &Actor, id: PersonId) -> Result<Vec<MembershipView>, Problem> {
    visible(app, actor, id).await?;
    membership_views(app.db(), id).await
}

pub(super) async fn membership_views<C: ConnectionTrait>(db: &C, id: PersonId) -> Result<Vec<MembershipView>, Problem> {
    let rows = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(id))
        .order_by_asc(membership::Column::FromOn)
        .all(db)
        .await?;
    let units = unit::Entity::find().filter(unit::Column::Id.is_in(rows.iter().map(|m| m.unit_id.0))).all(db).await?;
    let names: HashMap<UnitId, String> = units.into_iter().map(|u| (u.id, u.name)).collect();
    let view = |row: membership::Model| MembershipView {
        id: row.id,
        unit_id: row.unit_id,
        unit: names.get(&row.unit_id).cloned().unwrap_or_default(),
        from_on: row.from_on,
        until_on: row.until_on,
    };
    Ok(rows.into_iter().map(view).collect())
}

#[derive(Serialize, Deserialize)]
struct MembershipDue {
    person: PersonId,
}

/// Lets a person belong to a unit from a day on, in the caller's transaction. A day to come takes effect
/// when it comes.
///
/// # Errors
/// 422 for a unit that is not there then · `identity/other-organisation` · `identity/history-fixed`
pub(super) async fn place_person(
    tx: &Tx,
    row: &person::Model,
    unit_id: UnitId,
    from_on: NaiveDate,
) -> Result<(), Problem> {
    let missing = || Problem::invalid().field("/unit_id", "names no unit that is open then");
    let target = unit::Entity::find_by_id(unit_id).one(tx).await?.ok_or_else(missing)?;
    if target.organisation_id != row.organisation_id {
        return Err(Problem::refused("identity/other-organisation", "The unit belongs to another organisation."));
    }
    let place = placements(tx, &[unit_id], from_on).await?;
    if place.get(&unit_id).and_then(|p| p.until_on).is_some_and(|until| until <= from_on) {
        return Err(missing());
    }
    let last = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(row.id))
        .order_by_desc(membership::Column::FromOn)
        .one(tx)
        .await?;
    let succession = last.as_ref().map_or(Succession::Follows, |m| {
        rules::succession(&rules::Span { from_on: m.from_on, until_on: m.until_on }, from_on)
    });
    match (succession, last) {
        (Succession::TooEarly, _) => return Err(too_early()),
        (Succession::Replaces, Some(last)) => {
            let change = membership::ActiveModel { unit_id: Set(unit_id), ..last.into_active_model() };
            membership::Entity::update(change).exec(tx).await?;
        }
        (_, last) => {
            if let Some(last) = last.filter(|m| m.until_on.is_none()) {
                let mut end = last.into_active_model();
                end.until_on = Set(Some(from_on));
                membership::Entity::update(end).exec(tx).await?;
            }
            let next = membership::Model { id: tx.id(), person_id: row.id, unit_id, from_on, until_on: None };
            membership::Entity::insert(next.into_active_model()).exec_without_returning(tx).await?;
        }
    }
    if from_on > tx.now().date_naive() {
        let due = serde_json::to_value(MembershipDue { person: row.id }).map_err(Problem::internal)?;
        let at = from_on.and_time(chrono::NaiveTime::MIN).and_utc();
        tx.later("identity::on_membership_due", due, at, None).await?;
    } else {
        set_unit(tx, row.id, Some(unit_id)).await?;
    }
    let mut changes = Changes::default();
    changes.note("unit_id", &row.unit_id, &Some(unit_id));
    tx.emit_changes(&PersonMoved { person: row.id, unit: unit_id, from_on }, &changes).await?;
    Ok(())
}

async fn set_unit(tx: &Tx, id: PersonId, unit: Option<UnitId>) -> Result<(), Problem> {
    person::Entity::update_many()
        .filter(person::Column::Id.eq(id))
        .col_expr(person::Column::UnitId, Expr::value(unit.map(|u| u.0)))
        .col_expr(person::Column::Version, Expr::col(person::Column::Version).add(1))
        .exec(tx)
        .await?;
    Ok(())
}

/// The day of a membership has come: the person's unit of today follows.
///
/// # Errors
/// As the database.
pub async fn on_membership_due(app: &App, payload: serde_json::Value) -> Result<(), Problem> {
    let due: MembershipDue = serde_json::from_value(payload).map_err(Problem::internal)?;
    let tx = Permit::system("membership").begin(app).await?;
    let today = tx.now().date_naive();
    let row = person::Entity::find_by_id(due.person).lock_exclusive().one(&tx).await?;
    let Some(row) = row else { return Ok(()) };
    let all = membership::Entity::find().filter(membership::Column::PersonId.eq(due.person)).all(&tx).await?;
    let now = all
        .iter()
        .find(|m| rules::Span { from_on: m.from_on, until_on: m.until_on }.holds_on(today))
        .map(|m| m.unit_id);
    if now != row.unit_id {
        set_unit(&tx, due.person, now).await?;
        let mut changes = Changes::default();
        changes.note("unit_id", &row.unit_id, &now);
        tx.emit_changes(&PersonChanged { person: due.person }, &changes).await?;
    }
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Moves a person to another unit from a day on.
///
/// # Errors
/// 403 · 422 · `not-found` · `identity/other-organisation` · `identity/history-fixed`
pub async fn move_person(
    app: &App,
    actor: &Actor,
    id: PersonId,
    new: NewMembership,
) -> Result<Vec<MembershipView>, Problem> {
    let known = visible(app, actor, id).await?;
    let tx = permit(app, actor, &known).await?.begin(app).await?;
    let row = person::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    let from_on = new.from_on.unwrap_or_else(|| tx.now().date_naive());
    place_person(&tx, &row, new.unit_id, from_on).await?;
    let views = membership_views(&tx, id).await?;
    let views = tx.commit(views).await?;
    forget_actors(app);
    Ok(views)
}

/// Takes a person out of service, in the caller's transaction, and ends what opened a door for them.
///
/// # Errors
/// As the database.
pub(super) async fn retire(tx: &Tx, row: person::Model) -> Result<person::Model, Problem> {
    let after = person::Model { state: PersonState::Deactivated, version: row.version + 1, ..row.clone() };
    person::Entity::update(after.clone().into_active_model().reset_all()).exec(tx).await?;
    end_credentials_of_person(tx, row.id).await?;
    let mut changes = Changes::default();
    changes.note("state", &row.state, &after.state);
    tx.emit_changes(&PersonDeactivated { person: row.id }, &changes).await?;
    Ok(after)
}

/// Takes a person out of service: the account no longer opens anything.
///
/// # Errors
/// 403 · `not-found` · `identity/person-deactivated` · `identity/not-oneself`
pub async fn deactivate_person(app: &App, actor: &Actor, id: PersonId) -> Result<PersonView, Problem> {
    let known = visible(app, actor, id).await?;
    let tx = permit(app, actor, &known).await?.begin(app).await?;
    if id == actor.person {
        return Err(Problem::forbidden_as("identity/not-oneself", "Somebody else must take you out of service."));
    }
    let row = person::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.state == PersonState::Deactivated {
        return Err(Problem::refused("identity/person-deactivated", "This person is out of service already."));
    }
    let after = retire(&tx, row).await?;
    let view = tx.commit(PersonView::of(after)).await?;
    forget_actors(app);
    Ok(view)
}

/// Takes a person back into service, in the caller's transaction.
pub(super) async fn take_back(tx: &Tx, row: person::Model) -> Result<person::Model, Problem> {
    let after = person::Model { state: PersonState::Active, version: row.version + 1, ..row.clone() };
    person::Entity::update(after.clone().into_active_model().reset_all()).exec(tx).await?;
    let mut changes = Changes::default();
    changes.note("state", &row.state, &after.state);
    tx.emit_changes(&PersonReactivated { person: row.id }, &changes).await?;
    Ok(after)
}

/// Takes a person back into service.
///
/// # Errors
/// 403 · `not-found` · `identity/person-active`
pub async fn reactivate_person(app: &App, actor: &Actor, id: PersonId) -> Result<PersonView, Problem> {
    let known = visible(app, actor, id).await?;
    let tx = permit(app, actor, &known).await?.begin(app).await?;
    let row = person::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.state == PersonState::Active {
        return Err(Problem::refused("identity/person-active", "This person is in service."));
    }
    let after = take_back(&tx, row).await?;
    let view = tx.commit(PersonView::of(after)).await?;
    forget_actors(app);
    Ok(view)
}
