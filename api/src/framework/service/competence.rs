//! Framework editions: writing, publishing, reading them.

use super::super::{
    FrameworkPublished, FrameworkSummaryView, FrameworkView, FrameworkWritten, NewFramework, OutcomeView, ProfileView,
    Refusal,
};
use crate::identity::{Action, Actor, Scope};
use crate::platform::{App, ListPage, PageRequest, Problem, Tx};
use entity::framework::{FrameworkState, framework as table, job_profile, outcome, profile_outcome};
use entity::id::{FrameworkId, OutcomeId, ProfileId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};

/// Refuses doubled codes and profiles that ask for outcomes that are not there; all of them at once.
fn check(new: &NewFramework) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    let mut codes = HashSet::new();
    for (n, outcome) in new.outcomes.iter().enumerate() {
        if !codes.insert(outcome.code.as_str()) {
            problem = problem.field(format!("/outcomes/{n}/code"), "is there twice");
        }
    }
    let mut profiles = HashSet::new();
    for (n, profile) in new.profiles.iter().enumerate() {
        if !profiles.insert(profile.code.as_str()) {
            problem = problem.field(format!("/profiles/{n}/code"), "is there twice");
        }
        for (k, code) in profile.outcomes.iter().enumerate() {
            if !codes.contains(code.as_str()) {
                problem = problem.field(format!("/profiles/{n}/outcomes/{k}"), "is no outcome of this edition");
            }
        }
    }
    problem.unless_clean()
}

/// Adds a framework edition as a draft.
///
/// # Errors
/// 422 · `framework/edition-taken`
pub async fn add_framework(tx: &Tx, new: NewFramework) -> Result<FrameworkId, Problem> {
    check(&new)?;
    let same =
        table::Entity::find().filter(table::Column::Code.eq(&new.code)).filter(table::Column::Edition.eq(&new.edition));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::EditionTaken.into());
    }
    let row = table::Model {
        id: tx.id(),
        code: new.code.clone(),
        edition: new.edition.clone(),
        title: new.title.clone(),
        state: FrameworkState::Draft,
        published_at: None,
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    table::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    fill(tx, id, new).await?;
    tx.emit(&FrameworkWritten { framework: id }).await?;
    Ok(id)
}

async fn fill(tx: &Tx, id: FrameworkId, new: NewFramework) -> Result<(), Problem> {
    let mut ids: HashMap<String, OutcomeId> = HashMap::new();
    let mut outcomes = Vec::new();
    for (position, outcome) in (0..).zip(new.outcomes) {
        let row = outcome::Model {
            id: tx.id(),
            framework_id: id,
            code: outcome.code,
            area: outcome.area,
            kind: outcome.kind,
            level: outcome.level,
            statement: outcome.statement,
            statement_lv: outcome.statement_lv,
            statement_ru: outcome.statement_ru,
            position,
        };
        ids.insert(row.code.clone(), row.id);
        outcomes.push(row.into_active_model());
    }
    let (mut profiles, mut asked) = (Vec::new(), Vec::new());
    for profile in new.profiles {
        let wanted: HashSet<String> = profile.outcomes.into_iter().collect();
        let row = job_profile::Model {
            id: tx.id(),
            framework_id: id,
            code: profile.code,
            title: profile.title,
            level: profile.level,
            post: profile.post,
        };
        for outcome_id in wanted.iter().filter_map(|code| ids.get(code)) {
            let ask = profile_outcome::Model { profile_id: row.id, outcome_id: *outcome_id };
            asked.push(ask.into_active_model());
        }
        profiles.push(row.into_active_model());
    }
    if !outcomes.is_empty() {
        outcome::Entity::insert_many(outcomes).exec_without_returning(tx).await?;
    }
    if !profiles.is_empty() {
        job_profile::Entity::insert_many(profiles).exec_without_returning(tx).await?;
    }
    if !asked.is_empty() {
        profile_outcome::Entity::insert_many(asked).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn empty(tx: &Tx, id: FrameworkId) -> Result<(), Problem> {
    let profiles = job_profile::Entity::find().filter(job_profile::Column::FrameworkId.eq(id)).all(tx).await?;
    let ids: Vec<ProfileId> = profiles.iter().map(|p| p.id).collect();
    profile_outcome::Entity::delete_many().filter(profile_outcome::Column::ProfileId.is_in(ids)).exec(tx).await?;
    job_profile::Entity::delete_many().filter(job_profile::Column::FrameworkId.eq(id)).exec(tx).await?;
    outcome::Entity::delete_many().filter(outcome::Column::FrameworkId.eq(id)).exec(tx).await?;
    Ok(())
}

fn scope(actor: &Actor) -> Scope {
    Scope::organisation(actor.organisation)
}

/// Writes a framework edition as a draft.
///
/// # Errors
/// 403 · 422 · `framework/edition-taken`
pub async fn new_framework(app: &App, actor: &Actor, new: NewFramework) -> Result<FrameworkView, Problem> {
    let tx = actor.permit(Action::ManageFrameworks, &scope(actor), app.now())?.begin(app).await?;
    let id = add_framework(&tx, new).await?;
    let row = stored(&tx, id).await?;
    let view = view(&tx, row).await?;
    tx.commit(view).await
}

/// Writes a draft anew, from the version that was read; code and edition stay.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `framework/not-a-draft`
pub async fn change_framework(
    app: &App,
    actor: &Actor,
    id: FrameworkId,
    version: i64,
    new: NewFramework,
) -> Result<FrameworkView, Problem> {
    visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageFrameworks, &scope(actor), app.now())?.begin(app).await?;
    let before = table::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.state != FrameworkState::Draft {
        return Err(Refusal::NotDraft.into());
    }
    if before.code != new.code || before.edition != new.edition {
        return Err(Problem::invalid().field("/edition", "code and edition cannot be changed"));
    }
    check(&new)?;
    let mut row = before.into_active_model();
    row.title = Set(new.title.clone());
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    empty(&tx, id).await?;
    fill(&tx, id, new).await?;
    tx.emit(&FrameworkWritten { framework: id }).await?;
    let view = view(&tx, row).await?;
    tx.commit(view).await
}

/// Brings a draft into force; the edition in force before is superseded.
///
/// # Errors
/// `not-found` · `framework/not-a-draft` · `framework/empty`
pub async fn publish(tx: &Tx, id: FrameworkId) -> Result<(), Problem> {
    let row = table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?;
    if row.state != FrameworkState::Draft {
        return Err(Refusal::NotDraft.into());
    }
    if outcome::Entity::find().filter(outcome::Column::FrameworkId.eq(id)).one(tx).await?.is_none() {
        return Err(Refusal::Empty.into());
    }
    table::Entity::update_many()
        .filter(table::Column::Code.eq(&row.code))
        .filter(table::Column::State.eq(FrameworkState::Published))
        .col_expr(table::Column::State, Expr::value(FrameworkState::Superseded.word()))
        .col_expr(table::Column::Version, Expr::col(table::Column::Version).add(1))
        .exec(tx)
        .await?;
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.state = Set(FrameworkState::Published);
    row.published_at = Set(Some(tx.now()));
    row.version = Set(version);
    row.update(tx).await?;
    tx.emit(&FrameworkPublished { framework: id }).await?;
    Ok(())
}

/// Publishes a draft.
///
/// # Errors
/// 403 · `not-found` · `framework/not-a-draft` · `framework/empty`
pub async fn publish_framework(app: &App, actor: &Actor, id: FrameworkId) -> Result<FrameworkView, Problem> {
    visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageFrameworks, &scope(actor), app.now())?.begin(app).await?;
    publish(&tx, id).await?;
    let row = stored(&tx, id).await?;
    let view = view(&tx, row).await?;
    tx.commit(view).await
}

async fn stored<C: ConnectionTrait>(db: &C, id: FrameworkId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)
}

/// The edition, if the actor may know of it: a draft only if they could write it.
async fn visible(app: &App, actor: &Actor, id: FrameworkId) -> Result<table::Model, Problem> {
    let row = stored(app.db(), id).await?;
    let seen = row.state != FrameworkState::Draft || actor.may(Action::ManageFrameworks, &scope(actor));
    if seen && !actor.reach(Action::ViewFrameworks).is_nothing() { Ok(row) } else { Err(Problem::not_found()) }
}

/// A framework edition with its outcomes and profiles.
///
/// # Errors
/// `not-found`
pub async fn framework(app: &App, actor: &Actor, id: FrameworkId) -> Result<FrameworkView, Problem> {
    let row = visible(app, actor, id).await?;
    view(app.db(), row).await
}

/// Framework editions, newest first; drafts only for those who could write them.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn frameworks(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<FrameworkSummaryView>, Problem> {
    let request: PageRequest<FrameworkId> = PageRequest::read(app, "frameworks", limit, cursor)?;
    let mut query = table::Entity::find();
    if !actor.may(Action::ManageFrameworks, &scope(actor)) {
        query = query.filter(table::Column::State.ne(FrameworkState::Draft));
    }
    if let Some(id) = &request.after {
        query = query.filter(table::Column::Id.lt(*id));
    }
    let rows = query.order_by_desc(table::Column::Id).limit(request.limit + 1).all(app.db()).await?;
    let summary = |row: table::Model| FrameworkSummaryView {
        id: row.id,
        code: row.code,
        edition: row.edition,
        title: row.title,
        state: row.state,
        published_at: row.published_at,
    };
    Ok(request.page(app, "frameworks", rows, |row| row.id, summary))
}

async fn view<C: ConnectionTrait>(db: &C, row: table::Model) -> Result<FrameworkView, Problem> {
    let outcomes = outcome::Entity::find()
        .filter(outcome::Column::FrameworkId.eq(row.id))
        .order_by_asc(outcome::Column::Position)
        .all(db)
        .await?;
    let profiles = job_profile::Entity::find()
        .filter(job_profile::Column::FrameworkId.eq(row.id))
        .order_by_asc(job_profile::Column::Code)
        .all(db)
        .await?;
    let ids: Vec<ProfileId> = profiles.iter().map(|p| p.id).collect();
    let asked = profile_outcome::Entity::find().filter(profile_outcome::Column::ProfileId.is_in(ids)).all(db).await?;
    let asked: HashSet<(ProfileId, OutcomeId)> = asked.into_iter().map(|a| (a.profile_id, a.outcome_id)).collect();
    let profiles = profiles
        .into_iter()
        .map(|p| ProfileView {
            outcomes: outcomes.iter().filter(|o| asked.contains(&(p.id, o.id))).map(|o| o.code.clone()).collect(),
            id: p.id,
            code: p.code,
            title: p.title,
            level: p.level,
            post: p.post,
        })
        .collect();
    Ok(FrameworkView {
        id: row.id,
        code: row.code,
        edition: row.edition,
        title: row.title,
        state: row.state,
        published_at: row.published_at,
        outcomes: outcomes.into_iter().map(outcome_view).collect(),
        profiles,
        version: row.version,
    })
}

fn outcome_view(row: outcome::Model) -> OutcomeView {
    OutcomeView {
        id: row.id,
        code: row.code,
        area: row.area,
        kind: row.kind,
        level: row.level,
        statement: row.statement,
        statement_lv: row.statement_lv,
        statement_ru: row.statement_ru,
    }
}

/// Outcomes by id, each with code and edition of its framework, for features that are bound to an edition.
///
/// # Errors
/// As the database.
pub async fn outcomes<C: ConnectionTrait>(
    db: &C,
    ids: &[OutcomeId],
) -> Result<HashMap<OutcomeId, (String, OutcomeView)>, Problem> {
    let rows = outcome::Entity::find().filter(outcome::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let of: HashSet<FrameworkId> = rows.iter().map(|row| row.framework_id).collect();
    let editions = table::Entity::find().filter(table::Column::Id.is_in(of)).all(db).await?;
    let editions: HashMap<FrameworkId, String> =
        editions.into_iter().map(|row| (row.id, format!("{} {}", row.code, row.edition))).collect();
    let edition = |id: &FrameworkId| editions.get(id).cloned().unwrap_or_default();
    Ok(rows.into_iter().map(|row| (row.id, (edition(&row.framework_id), outcome_view(row)))).collect())
}

/// Ids of the outcomes in force, by code; of two editions in force the later one counts.
///
/// # Errors
/// As the database.
pub async fn outcome_codes<C: ConnectionTrait>(db: &C) -> Result<HashMap<String, OutcomeId>, Problem> {
    let rows = table::Entity::find()
        .filter(table::Column::State.eq(FrameworkState::Published))
        .order_by_asc(table::Column::PublishedAt)
        .all(db)
        .await?;
    let order: HashMap<FrameworkId, usize> = rows.iter().enumerate().map(|(n, row)| (row.id, n)).collect();
    let ids: Vec<FrameworkId> = rows.iter().map(|row| row.id).collect();
    let mut outcomes = outcome::Entity::find().filter(outcome::Column::FrameworkId.is_in(ids)).all(db).await?;
    outcomes.sort_by_key(|o| order.get(&o.framework_id).copied());
    Ok(outcomes.into_iter().map(|o| (o.code, o.id)).collect())
}
