//! Organisations, units and persons: creating them and finding them.

use super::super::access::{Action, Actor, Reach, Scope};
use super::super::rules;
use super::super::{
    NewOrganisation, NewPerson, NewUnit, OrganisationCreated, OrganisationView, PersonCreated, PersonFilter,
    PersonView, UnitCreated, UnitView,
};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use entity::id::PersonId;
use entity::identity::{PersonState, membership, organisation, person, unit, unit_placement};
use sea_orm::sea_query::{Condition, Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

/// The columns by which a table is narrowed to a [`Reach`]; leave out what it does not have.
#[derive(Default)]
pub struct ReachColumns {
    /// Its organisation.
    pub organisation: Option<SimpleExpr>,
    /// Its unit.
    pub unit: Option<SimpleExpr>,
    /// The person it belongs to.
    pub person: Option<SimpleExpr>,
    /// The activity it belongs to.
    pub activity: Option<SimpleExpr>,
    /// A condition that holds where a person is assigned.
    pub assigned: Option<Box<dyn Fn(PersonId) -> SimpleExpr + Send>>,
}

/// Turns a reach into the condition of a query: the one place where permission becomes SQL.
pub fn filter(reach: &Reach, columns: ReachColumns) -> Condition {
    if reach.everything {
        return Condition::all();
    }
    let ids = |set: Vec<uuid::Uuid>| set.into_iter().map(SimpleExpr::from).collect::<Vec<_>>();
    let mut any = Condition::any().add(Expr::value(1).eq(0));
    if let Some(column) = columns.organisation.filter(|_| !reach.organisations.is_empty()) {
        any = any.add(column.is_in(ids(reach.organisations.iter().map(|o| o.0).collect())));
    }
    if let Some(column) = columns.unit.filter(|_| !reach.units.is_empty()) {
        any = any.add(column.is_in(ids(reach.units.iter().map(|u| u.0).collect())));
    }
    if let Some(column) = columns.activity.filter(|_| !reach.activities.is_empty()) {
        any = any.add(column.is_in(ids(reach.activities.iter().map(|a| a.0).collect())));
    }
    if let (Some(column), Some(own)) = (columns.person, reach.own) {
        any = any.add(column.eq(own.0));
    }
    if let (Some(assigned), Some(person)) = (columns.assigned, reach.assigned) {
        any = any.add(assigned(person));
    }
    any
}

/// The reach columns of the table `person` itself.
pub fn person_columns() -> ReachColumns {
    ReachColumns {
        organisation: Some(Expr::col((person::Entity, person::Column::OrganisationId))),
        unit: Some(Expr::col((person::Entity, person::Column::UnitId))),
        person: Some(Expr::col((person::Entity, person::Column::Id))),
        ..ReachColumns::default()
    }
}

/// Narrows a table to the persons a reach covers, by the column that names the person.
pub fn filter_by_person(reach: &Reach, column: SimpleExpr) -> Condition {
    if reach.everything {
        return Condition::all();
    }
    let persons =
        person::Entity::find().select_only().column(person::Column::Id).filter(filter(reach, person_columns()));
    Condition::all().add(column.in_subquery(sea_orm::QueryTrait::into_query(persons)))
}

/// Adds an organisation.
///
/// # Errors
/// 422 · `identity/code-taken`
pub async fn add_organisation(tx: &Tx, new: NewOrganisation) -> Result<OrganisationView, Problem> {
    let faults = named_faults(&new.code, 20, &new.name, new.native_name.as_deref());
    with_country(faults, new.country.as_deref()).unless_clean()?;
    let taken = organisation::Entity::find().filter(organisation::Column::Code.eq(&new.code)).one(tx).await?;
    refuse_taken(taken.is_some(), &new.code)?;
    let row = organisation::Model {
        id: tx.id(),
        code: new.code,
        name: new.name,
        native_name: new.native_name,
        country: new.country,
        role: new.role,
        version: 1,
        created_at: tx.now(),
    };
    organisation::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&OrganisationCreated { organisation: row.id }).await?;
    Ok(OrganisationView::of(row))
}

/// Everything that is wrong with a code and names; the caller may add to it.
pub(super) fn named_faults(code: &str, most: usize, name: &str, native: Option<&str>) -> Problem {
    let mut problem = Problem::invalid();
    if !rules::is_code(code, most) {
        problem = problem.field("/code", format!("must be 2 to {most} capitals, digits and hyphens"));
    }
    if let Some(why) = rules::text_fault(name, 2, 200) {
        problem = problem.field("/name", why);
    }
    if let Some(why) = native.and_then(|text| rules::text_fault(text, 0, 200)) {
        problem = problem.field("/native_name", why);
    }
    problem
}

/// Adds what is no country code.
pub(super) fn with_country(problem: Problem, code: Option<&str>) -> Problem {
    match code.filter(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
        Some(_) => problem.field("/country", "must be two capitals (ISO 3166-1 alpha-2)"),
        None => problem,
    }
}

/// Adds what is too long for the kind of a unit.
pub(super) fn with_kind(problem: Problem, kind: &str) -> Problem {
    match rules::text_fault(kind, 0, 100) {
        Some(why) => problem.field("/kind", why),
        None => problem,
    }
}

fn refuse_taken(taken: bool, code: &str) -> Result<(), Problem> {
    if taken { Err(Problem::refused("identity/code-taken", format!("The code {code} is taken."))) } else { Ok(()) }
}

/// Creates an organisation.
///
/// # Errors
/// 403 · 422 · `identity/code-taken`
pub async fn new_organisation(app: &App, actor: &Actor, new: NewOrganisation) -> Result<OrganisationView, Problem> {
    let tx = actor.permit(Action::ManageOrganisations, &Scope::programme(), app.now())?.begin(app).await?;
    let view = add_organisation(&tx, new).await?;
    tx.commit(view).await
}

/// Adds a unit below another, or directly below its organisation, from today on.
///
/// # Errors
/// `not-found` · `identity/code-taken` · `identity/other-organisation`
pub async fn add_unit(tx: &Tx, new: NewUnit) -> Result<UnitView, Problem> {
    let faults = named_faults(&new.code, 30, &new.name, new.native_name.as_deref());
    with_kind(faults, &new.kind).unless_clean()?;
    let taken = unit::Entity::find().filter(unit::Column::Code.eq(&new.code)).one(tx).await?;
    refuse_taken(taken.is_some(), &new.code)?;
    organisation::Entity::find_by_id(new.organisation_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    if let Some(parent) = new.parent_id {
        let parent = unit::Entity::find_by_id(parent).one(tx).await?.ok_or_else(Problem::not_found)?;
        if parent.organisation_id != new.organisation_id {
            return Err(Problem::refused(
                "identity/other-organisation",
                "The unit above belongs to another organisation.",
            ));
        }
    }
    let row = unit::Model {
        id: tx.id(),
        code: new.code,
        name: new.name,
        native_name: new.native_name,
        organisation_id: new.organisation_id,
        level: new.level,
        kind: new.kind,
        version: 1,
        created_at: tx.now(),
    };
    unit::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    let from_on = new.from_on.unwrap_or_else(|| tx.now().date_naive());
    let placement =
        unit_placement::Model { id: tx.id(), unit_id: row.id, parent_id: new.parent_id, from_on, until_on: None };
    unit_placement::Entity::insert(placement.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&UnitCreated { unit: row.id, organisation: row.organisation_id }).await?;
    Ok(UnitView::of(row, new.parent_id, None))
}

/// Creates a unit.
///
/// # Errors
/// 403 · `not-found` · `identity/code-taken` · `identity/other-organisation`
pub async fn new_unit(app: &App, actor: &Actor, new: NewUnit) -> Result<UnitView, Problem> {
    let permit = actor.permit(Action::ManageUnits, &Scope::organisation(new.organisation_id), app.now())?;
    let tx = permit.begin(app).await?;
    let view = add_unit(&tx, new).await?;
    let view = tx.commit(view).await?;
    super::forget_actors(app);
    Ok(view)
}

fn described(new: &NewPerson) -> rules::Described {
    rules::Described {
        service_number: new.service_number.clone(),
        given_name: new.given_name.clone(),
        family_name: new.family_name.clone(),
        native_name: new.native_name.clone(),
        email: new.email.clone(),
        gender: Some(new.gender),
        rank: new.rank.clone(),
        post: new.post.clone(),
        level: new.level,
        languages: new.languages.clone(),
        unit: None,
    }
}

/// Refuses a person who is described wrongly, by all fields at once.
///
/// # Errors
/// 422
pub(super) fn check(person: &rules::Described) -> Result<(), Problem> {
    let faults = person.faults().into_iter();
    faults.fold(Problem::invalid(), |p, (field, why)| p.field(format!("/{field}"), why)).unless_clean()
}

/// Adds a person and, with a unit, a membership from the given day or today on.
///
/// # Errors
/// `not-found` · `identity/service-number-taken` · `identity/other-organisation`
pub async fn add_person(tx: &Tx, new: NewPerson) -> Result<PersonView, Problem> {
    check(&described(&new))?;
    let same = person::Entity::find()
        .filter(person::Column::OrganisationId.eq(new.organisation_id))
        .filter(person::Column::ServiceNumber.eq(&new.service_number))
        .one(tx)
        .await?;
    if same.is_some() {
        return Err(Problem::refused(
            "identity/service-number-taken",
            "The organisation already has a person with this service number.",
        ));
    }
    organisation::Entity::find_by_id(new.organisation_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    if let Some(id) = new.unit_id {
        let unit = unit::Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
        if unit.organisation_id != new.organisation_id {
            return Err(Problem::refused("identity/other-organisation", "The unit belongs to another organisation."));
        }
    }
    let row = person::Model {
        id: tx.id(),
        organisation_id: new.organisation_id,
        unit_id: new.unit_id,
        service_number: new.service_number,
        search_name: rules::search_name(&new.family_name, &new.given_name, new.native_name.as_deref()),
        given_name: new.given_name,
        family_name: new.family_name,
        native_name: new.native_name,
        email: new.email,
        gender: new.gender,
        rank: new.rank,
        post: new.post,
        level: new.level,
        languages: new.languages.join(","),
        state: PersonState::Active,
        version: 1,
        created_at: tx.now(),
    };
    person::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    if let Some(unit_id) = new.unit_id {
        let from_on = new.member_from_on.unwrap_or_else(|| tx.now().date_naive());
        let membership = membership::Model { id: tx.id(), person_id: row.id, unit_id, from_on, until_on: None };
        membership::Entity::insert(membership.into_active_model()).exec_without_returning(tx).await?;
    }
    tx.emit(&PersonCreated { person: row.id, organisation: row.organisation_id }).await?;
    Ok(PersonView::of(row))
}

/// Creates a person.
///
/// # Errors
/// 403 · `not-found` · `identity/service-number-taken` · `identity/other-organisation`
pub async fn new_person(app: &App, actor: &Actor, new: NewPerson) -> Result<PersonView, Problem> {
    let permit = actor.permit(Action::ManagePersons, &Scope::organisation(new.organisation_id), app.now())?;
    let tx = permit.begin(app).await?;
    let view = add_person(&tx, new).await?;
    tx.commit(view).await
}

/// A person, if the actor may know of them.
///
/// # Errors
/// `not-found`
pub async fn person(app: &App, actor: &Actor, id: PersonId) -> Result<PersonView, Problem> {
    let reach = actor.reach(Action::ViewPersons);
    let row = person::Entity::find_by_id(id).filter(filter(&reach, person_columns())).one(app.db()).await?;
    row.map(PersonView::of).ok_or_else(Problem::not_found)
}

/// Persons by name, narrowed to whom the actor may know of.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn persons(
    app: &App,
    actor: &Actor,
    wanted: PersonFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<PersonView>, Problem> {
    let scope = format!("persons {wanted:?}");
    let request: PageRequest<(String, PersonId)> = PageRequest::read(app, &scope, limit, cursor)?;
    let mut query = person::Entity::find().filter(filter(&actor.reach(Action::ViewPersons), person_columns()));
    if let Some(id) = wanted.organisation_id {
        query = query.filter(person::Column::OrganisationId.eq(id));
    }
    if let Some(id) = wanted.unit_id {
        query = query.filter(person::Column::UnitId.eq(id));
    }
    if let Some(state) = wanted.state {
        query = query.filter(person::Column::State.eq(state));
    }
    if let Some(text) = wanted.search.filter(|t| !t.trim().is_empty()) {
        query = query.filter(person::Column::SearchName.contains(rules::fold(text.trim())));
    }
    if let Some((name, id)) = &request.after {
        let key = Expr::tuple([Expr::col(person::Column::SearchName), Expr::col(person::Column::Id)]);
        query = query.filter(key.gt(Expr::tuple([Expr::value(name.clone()), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_asc(person::Column::SearchName)
        .order_by_asc(person::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    Ok(request.page(app, &scope, rows, |row| (row.search_name.clone(), row.id), PersonView::of))
}

/// What permission needs to know of a person: organisation and unit of today.
///
/// # Errors
/// `not-found`
pub async fn person_scope<C: ConnectionTrait>(db: &C, id: PersonId) -> Result<Scope, Problem> {
    let row = person::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    Ok(Scope::person(row.id, row.organisation_id, row.unit_id))
}

/// Names of persons by id, for views of other features that show who somebody is.
///
/// # Errors
/// As the database.
pub async fn person_names<C: ConnectionTrait>(
    db: &C,
    ids: &[PersonId],
) -> Result<std::collections::HashMap<PersonId, PersonView>, Problem> {
    if ids.is_empty() {
        return Ok(std::collections::HashMap::new());
    }
    let rows = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().map(|i| i.0))).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, PersonView::of(row))).collect())
}
