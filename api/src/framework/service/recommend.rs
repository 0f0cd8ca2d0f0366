//! Recommendations: recording them, what becomes of them, reading them.

use super::super::rules;
use super::super::{
    NewRecommendation, NewStatusChange, RecommendationChanged, RecommendationFilter, RecommendationMoved,
    RecommendationRecorded, RecommendationView, Refusal, StatusChangeView,
};
use crate::identity::{self, Action, Actor, Reach, ReachColumns, Scope};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::framework::{
    RecommendationState, recommendation as table, recommendation_change as change, recommendation_link as link,
};
use entity::id::{PersonId, RecommendationId};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeSet, HashMap};

fn scope_of(organisation: Option<entity::id::OrganisationId>, unit: Option<entity::id::UnitId>) -> Scope {
    match (organisation, unit) {
        (Some(organisation), Some(unit)) => Scope::unit(organisation, unit),
        (Some(organisation), None) => Scope::organisation(organisation),
        (None, _) => Scope::programme(),
    }
}

/// What a reach shows: what is addressed to a place within it, and what is addressed to everybody.
fn narrowed(reach: &Reach) -> Condition {
    if reach.is_nothing() {
        return Condition::all().add(Expr::value(1).eq(0));
    }
    let columns = ReachColumns {
        organisation: Some(Expr::col((table::Entity, table::Column::OrganisationId))),
        unit: Some(Expr::col((table::Entity, table::Column::UnitId))),
        ..ReachColumns::default()
    };
    Condition::any().add(identity::filter(reach, columns)).add(table::Column::OrganisationId.is_null())
}

fn zone(name: Option<&str>) -> Result<Tz, Problem> {
    name.map_or(Ok(rules::DEFAULT_ZONE), |name| {
        name.parse().map_err(|_| Problem::invalid().field("/zone", "is no IANA time zone"))
    })
}

fn check(new: &NewRecommendation) -> Result<Tz, Problem> {
    if new.unit_id.is_some() && new.organisation_id.is_none() {
        return Err(Problem::invalid().field("/organisation_id", "is needed with a unit"));
    }
    if let Some(n) = new.links.iter().position(|code| code.is_empty() || code.chars().count() > 60) {
        return Err(Problem::invalid().field(format!("/links/{n}"), "must have 1 to 60 characters"));
    }
    zone(new.zone.as_deref())
}

async fn write_links(tx: &Tx, id: RecommendationId, codes: Vec<String>) -> Result<(), Problem> {
    let codes: BTreeSet<String> = codes.into_iter().collect();
    let rows: Vec<_> =
        codes.into_iter().map(|code| link::Model { recommendation_id: id, code }.into_active_model()).collect();
    if !rows.is_empty() {
        link::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Adds a recommendation as received.
///
/// # Errors
/// 422 · `framework/reference-taken`
pub async fn add_recommendation(tx: &Tx, new: NewRecommendation) -> Result<RecommendationId, Problem> {
    let zone = check(&new)?;
    if table::Entity::find().filter(table::Column::Reference.eq(&new.reference)).one(tx).await?.is_some() {
        return Err(Refusal::ReferenceTaken.into());
    }
    let row = table::Model {
        id: tx.id(),
        reference: new.reference,
        source_type: new.source_type,
        theme: new.theme,
        text: new.text,
        organisation_id: new.organisation_id,
        unit_id: new.unit_id,
        addressee: new.addressee,
        priority: new.priority,
        due_on: new.due_on,
        zone: zone.name().to_owned(),
        due_until: new.due_on.map(|day| rules::end_of_day(day, zone)),
        state: RecommendationState::Received,
        implemented_by: None,
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    table::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    write_links(tx, id, new.links).await?;
    tx.emit(&RecommendationRecorded { recommendation: id }).await?;
    Ok(id)
}

/// Records a recommendation.
///
/// # Errors
/// 403 · 422 · `framework/reference-taken`
pub async fn new_recommendation(
    app: &App,
    actor: &Actor,
    new: NewRecommendation,
) -> Result<RecommendationView, Problem> {
    let scope = scope_of(new.organisation_id, new.unit_id);
    let tx = actor.permit(Action::ManageRecommendations, &scope, app.now())?.begin(app).await?;
    let id = add_recommendation(&tx, new).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

async fn lock(tx: &Tx, id: RecommendationId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// Changes the wording, addressee or due day of a recommendation; the reference stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_recommendation(
    app: &App,
    actor: &Actor,
    id: RecommendationId,
    version: i64,
    new: NewRecommendation,
) -> Result<RecommendationView, Problem> {
    let seen = visible(app.db(), actor, id).await?;
    actor.permit(Action::ManageRecommendations, &scope_of(seen.organisation_id, seen.unit_id), app.now())?;
    let scope = scope_of(new.organisation_id, new.unit_id);
    let tx = actor.permit(Action::ManageRecommendations, &scope, app.now())?.begin(app).await?;
    let before = lock(&tx, id).await?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.reference != new.reference {
        return Err(Problem::invalid().field("/reference", "cannot be changed"));
    }
    let zone = check(&new)?;
    let mut changes = Changes::default();
    changes.note("text", &before.text, &new.text);
    changes.note("due_on", &before.due_on, &new.due_on);
    changes.note("priority", &before.priority, &new.priority);
    changes.note("unit_id", &before.unit_id, &new.unit_id);
    let mut row = before.into_active_model();
    row.source_type = Set(new.source_type);
    row.theme = Set(new.theme);
    row.text = Set(new.text);
    row.organisation_id = Set(new.organisation_id);
    row.unit_id = Set(new.unit_id);
    row.addressee = Set(new.addressee);
    row.priority = Set(new.priority);
    row.due_on = Set(new.due_on);
    row.zone = Set(zone.name().to_owned());
    row.due_until = Set(new.due_on.map(|day| rules::end_of_day(day, zone)));
    row.version = Set(version + 1);
    row.update(&tx).await?;
    link::Entity::delete_many().filter(link::Column::RecommendationId.eq(id)).exec(&tx).await?;
    write_links(&tx, id, new.links).await?;
    tx.emit_changes(&RecommendationChanged { recommendation: id }, &changes).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

/// Records what became of a recommendation, for whoever this transaction's author is.
///
/// # Errors
/// `not-found` · `framework/no-such-step` · `framework/own-implementation`
pub async fn record_status(tx: &Tx, id: RecommendationId, wanted: NewStatusChange) -> Result<(), Problem> {
    let row = lock(tx, id).await?;
    let person = tx.author().person;
    let mut implemented_it = false;
    if let Some(person) = person {
        let own = change::Entity::find()
            .filter(change::Column::RecommendationId.eq(id))
            .filter(change::Column::ToState.eq(RecommendationState::Implemented))
            .filter(change::Column::PersonId.eq(person));
        implemented_it = own.one(tx).await?.is_some();
    }
    let (from, to) = (row.state, wanted.state);
    rules::step(from, to, implemented_it)?;
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.state = Set(to);
    if to == RecommendationState::Implemented {
        row.implemented_by = Set(person);
    }
    row.version = Set(version);
    row.update(tx).await?;
    let step = change::Model {
        id: tx.id(),
        recommendation_id: id,
        from_state: from,
        to_state: to,
        reason: wanted.reason,
        at: tx.now(),
        person_id: person,
    };
    change::Entity::insert(step.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&RecommendationMoved { recommendation: id, from, to }).await?;
    Ok(())
}

/// Moves a recommendation to another state. Verifying, and sending back what is not verified, belongs to
/// those who verify; everything else to those who manage.
///
/// # Errors
/// 403 · `not-found` · `framework/no-such-step` · `framework/own-implementation`
pub async fn move_on(
    app: &App,
    actor: &Actor,
    id: RecommendationId,
    wanted: NewStatusChange,
) -> Result<RecommendationView, Problem> {
    let row = visible(app.db(), actor, id).await?;
    let scope = scope_of(row.organisation_id, row.unit_id);
    let sends_back = row.state == RecommendationState::Implemented && !rules::is_verification(wanted.state);
    let verifies =
        rules::is_verification(wanted.state) || (sends_back && actor.may(Action::VerifyRecommendations, &scope));
    let action = if verifies { Action::VerifyRecommendations } else { Action::ManageRecommendations };
    let tx = actor.permit(action, &scope, app.now())?.begin(app).await?;
    record_status(&tx, id, wanted).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

async fn visible<C: ConnectionTrait>(db: &C, actor: &Actor, id: RecommendationId) -> Result<table::Model, Problem> {
    let reach = actor.reach(Action::ViewRecommendations);
    table::Entity::find_by_id(id).filter(narrowed(&reach)).one(db).await?.ok_or_else(Problem::not_found)
}

async fn links<C: ConnectionTrait>(
    db: &C,
    ids: &[RecommendationId],
) -> Result<HashMap<RecommendationId, Vec<String>>, Problem> {
    let rows = link::Entity::find()
        .filter(link::Column::RecommendationId.is_in(ids.iter().copied()))
        .order_by_asc(link::Column::Code)
        .all(db)
        .await?;
    let mut found: HashMap<RecommendationId, Vec<String>> = HashMap::new();
    for row in rows {
        found.entry(row.recommendation_id).or_default().push(row.code);
    }
    Ok(found)
}

fn view(row: table::Model, links: Option<Vec<String>>, now: DateTime<Utc>) -> RecommendationView {
    RecommendationView {
        overdue: rules::overdue(row.state, row.due_until, now),
        id: row.id,
        reference: row.reference,
        source_type: row.source_type,
        theme: row.theme,
        text: row.text,
        organisation_id: row.organisation_id,
        unit_id: row.unit_id,
        addressee: row.addressee,
        priority: row.priority,
        due_on: row.due_on,
        zone: row.zone,
        state: row.state,
        links: links.unwrap_or_default(),
        changes: None,
        version: row.version,
    }
}

async fn with_history<C: ConnectionTrait>(
    db: &C,
    row: table::Model,
    now: DateTime<Utc>,
) -> Result<RecommendationView, Problem> {
    let id = row.id;
    let mut links = links(db, &[id]).await?;
    let rows = change::Entity::find()
        .filter(change::Column::RecommendationId.eq(id))
        .order_by_asc(change::Column::At)
        .order_by_asc(change::Column::Id)
        .all(db)
        .await?;
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person_id).collect();
    let names = identity::person_names(db, &people).await?;
    let changes = rows.into_iter().map(|row| StatusChangeView {
        person: row.person_id.and_then(|person| names.get(&person)).map(identity::PersonView::name),
        id: row.id,
        from_state: row.from_state,
        to_state: row.to_state,
        reason: row.reason,
        at: row.at,
        person_id: row.person_id,
    });
    let mut view = view(row, links.remove(&id), now);
    view.changes = Some(changes.collect());
    Ok(view)
}

async fn stored(tx: &Tx, actor: &Actor, id: RecommendationId) -> Result<RecommendationView, Problem> {
    let row = visible(tx, actor, id).await?;
    with_history(tx, row, tx.now()).await
}

/// A recommendation with what was done about it.
///
/// # Errors
/// `not-found`
pub async fn recommendation(app: &App, actor: &Actor, id: RecommendationId) -> Result<RecommendationView, Problem> {
    let row = visible(app.db(), actor, id).await?;
    with_history(app.db(), row, app.now()).await
}

/// Recommendations by reference, narrowed to those the actor may know of.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn recommendations(
    app: &App,
    actor: &Actor,
    wanted: RecommendationFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<RecommendationView>, Problem> {
    let list = format!("recommendations {wanted:?}");
    let request: PageRequest<String> = PageRequest::read(app, &list, limit, cursor)?;
    let now = app.now();
    let mut query = table::Entity::find().filter(narrowed(&actor.reach(Action::ViewRecommendations)));
    if let Some(state) = wanted.state {
        query = query.filter(table::Column::State.eq(state));
    }
    if let Some(priority) = wanted.priority {
        query = query.filter(table::Column::Priority.eq(priority));
    }
    if let Some(unit) = wanted.unit_id {
        query = query.filter(table::Column::UnitId.eq(unit));
    }
    if let Some(overdue) = wanted.overdue {
        let open = RecommendationState::ALL.iter().copied().filter(|state| rules::is_open(*state));
        let late = Condition::all()
            .add(table::Column::State.is_in(open))
            .add(table::Column::DueUntil.is_not_null())
            .add(table::Column::DueUntil.lte(now));
        query = query.filter(if overdue { late } else { late.not() });
    }
    if let Some(reference) = &request.after {
        query = query.filter(table::Column::Reference.gt(reference));
    }
    let rows = query.order_by_asc(table::Column::Reference).limit(request.limit + 1).all(app.db()).await?;
    let ids: Vec<RecommendationId> = rows.iter().map(|row| row.id).collect();
    let mut links = links(app.db(), &ids).await?;
    let views: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let codes = links.remove(&row.id);
            view(row, codes, now)
        })
        .collect();
    Ok(request.page(app, &list, views, |view| view.reference.clone(), |view| view))
}
