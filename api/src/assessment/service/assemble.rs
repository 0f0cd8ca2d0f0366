//! Assessments: their rules and blueprints, from draft to closed.

use super::super::rules::{self, Cell};
use super::super::{AssessmentMoved, AssessmentView, AssessmentWritten, BlueprintCell, NewAssessment, Refusal};
use super::scope_of;
use crate::identity::{Action, Actor, Reach};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use entity::assessment::{AssessmentState, ItemState, assessment as table, assessment_cell as cell, bank, item};
use entity::id::{AssessmentId, BankId, ItemVersionId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::{BTreeSet, HashMap};

async fn check<C: ConnectionTrait>(db: &C, new: &NewAssessment) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    let wanted: BTreeSet<BankId> = new.cells.iter().map(|cell| cell.bank_id).collect();
    let found = bank::Entity::find().filter(bank::Column::Id.is_in(wanted)).all(db).await?;
    for (n, cell) in new.cells.iter().enumerate() {
        if !found.iter().any(|bank| bank.id == cell.bank_id) {
            problem = problem.field(format!("/cells/{n}/bank_id"), "is no bank");
        }
        if cell.topic.is_some() == cell.outcome.is_some() {
            problem = problem.field(format!("/cells/{n}/topic"), "must be there, or an outcome, and not both");
        }
        if !(1..=100).contains(&cell.count) {
            problem = problem.field(format!("/cells/{n}/count"), "must be 1 to 100");
        }
    }
    problem.unless_clean()
}

async fn write_cells(tx: &Tx, id: AssessmentId, cells: Vec<BlueprintCell>) -> Result<(), Problem> {
    let rows = cells.into_iter().zip(1..).map(|(one, position)| {
        let row = cell::Model {
            assessment_id: id,
            position,
            bank_id: one.bank_id,
            topic: one.topic,
            outcome: one.outcome,
            count: one.count,
        };
        row.into_active_model()
    });
    cell::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Adds an assessment as a draft.
///
/// # Errors
/// 422 · `assessment/code-taken`
pub async fn add_assessment(tx: &Tx, new: NewAssessment) -> Result<AssessmentId, Problem> {
    check(tx, &new).await?;
    if table::Entity::find().filter(table::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = table::Model {
        id: tx.id(),
        code: new.code,
        title: new.title,
        title_lv: new.title_lv,
        title_ru: new.title_ru,
        organisation_id: new.organisation_id,
        course: new.course,
        pass_percent: new.pass_percent,
        time_limit_minutes: new.time_limit_minutes,
        max_attempts: new.max_attempts,
        hours_between_attempts: new.hours_between_attempts,
        state: AssessmentState::Draft,
        published_at: None,
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    table::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    write_cells(tx, id, new.cells).await?;
    tx.emit(&AssessmentWritten { assessment: id }).await?;
    Ok(id)
}

/// Writes an assessment as a draft.
///
/// # Errors
/// 403 · 422 · `assessment/code-taken`
pub async fn new_assessment(app: &App, actor: &Actor, new: NewAssessment) -> Result<AssessmentView, Problem> {
    let permit = actor.permit(Action::ManageAssessments, &scope_of(new.organisation_id), app.now())?;
    let tx = permit.begin(app).await?;
    let id = add_assessment(&tx, new).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

async fn lock(tx: &Tx, id: AssessmentId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// Writes a draft anew; its code stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `assessment/not-a-draft`
pub async fn change_assessment(
    app: &App,
    actor: &Actor,
    id: AssessmentId,
    version: i64,
    new: NewAssessment,
) -> Result<AssessmentView, Problem> {
    let seen = visible(app.db(), actor, id).await?;
    actor.permit(Action::ManageAssessments, &scope_of(seen.organisation_id), app.now())?;
    let permit = actor.permit(Action::ManageAssessments, &scope_of(new.organisation_id), app.now())?;
    let tx = permit.begin(app).await?;
    let before = lock(&tx, id).await?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.state != AssessmentState::Draft {
        return Err(Refusal::NotDraft.into());
    }
    if before.code != new.code {
        return Err(Problem::invalid().field("/code", "cannot be changed"));
    }
    check(&tx, &new).await?;
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("pass_percent", &before.pass_percent, &new.pass_percent);
    changes.note("time_limit_minutes", &before.time_limit_minutes, &new.time_limit_minutes);
    changes.note("max_attempts", &before.max_attempts, &new.max_attempts);
    let mut row = before.into_active_model();
    row.title = Set(new.title);
    row.title_lv = Set(new.title_lv);
    row.title_ru = Set(new.title_ru);
    row.organisation_id = Set(new.organisation_id);
    row.course = Set(new.course);
    row.pass_percent = Set(new.pass_percent);
    row.time_limit_minutes = Set(new.time_limit_minutes);
    row.max_attempts = Set(new.max_attempts);
    row.hours_between_attempts = Set(new.hours_between_attempts);
    row.version = Set(version + 1);
    row.update(&tx).await?;
    cell::Entity::delete_many().filter(cell::Column::AssessmentId.eq(id)).exec(&tx).await?;
    write_cells(&tx, id, new.cells).await?;
    tx.emit_changes(&AssessmentWritten { assessment: id }, &changes).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

/// Takes an assessment into use, or ends it; published, its rules are fixed and its blueprint can be drawn.
///
/// # Errors
/// `not-found` · `assessment/not-a-draft` · `assessment/not-published` · `assessment/too-few-items`
pub async fn change_state(tx: &Tx, id: AssessmentId, to: AssessmentState) -> Result<(), Problem> {
    let row = lock(tx, id).await?;
    match (row.state, to) {
        (AssessmentState::Draft, AssessmentState::Published) => {
            let stock = Stock::load(tx, id).await?;
            // Any seed will do: whether it can be drawn depends on none.
            rules::draw("publish", &stock.cells, &vec![0; stock.items.len()])?;
        }
        (AssessmentState::Published, AssessmentState::Closed) => {}
        (_, AssessmentState::Closed) => return Err(Refusal::NotPublished.into()),
        _ => return Err(Refusal::NotDraft.into()),
    }
    let (version, published_at) = (row.version + 1, row.published_at.or(Some(tx.now())));
    let mut row = row.into_active_model();
    row.state = Set(to);
    row.published_at = Set(published_at);
    row.version = Set(version);
    row.update(tx).await?;
    tx.emit(&AssessmentMoved { assessment: id, to }).await?;
    Ok(())
}

/// Publishes or closes an assessment.
///
/// # Errors
/// 403 · `not-found` · `assessment/not-a-draft` · `assessment/not-published` · `assessment/too-few-items`
pub async fn move_assessment(
    app: &App,
    actor: &Actor,
    id: AssessmentId,
    to: AssessmentState,
) -> Result<AssessmentView, Problem> {
    let seen = visible(app.db(), actor, id).await?;
    let tx = actor.permit(Action::ManageAssessments, &scope_of(seen.organisation_id), app.now())?.begin(app).await?;
    change_state(&tx, id, to).await?;
    let view = stored(&tx, actor, id).await?;
    tx.commit(view).await
}

/// What a blueprint can draw from now: items as their current wordings, in the order of their ids, and its
/// cells over them.
pub(super) struct Stock {
    pub(super) items: Vec<ItemVersionId>,
    pub(super) ids: Vec<entity::id::ItemId>,
    pub(super) cells: Vec<Cell>,
}

impl Stock {
    pub(super) async fn load<C: ConnectionTrait>(db: &C, id: AssessmentId) -> Result<Self, Problem> {
        let cells = cells_of(db, &[id]).await?.remove(&id).unwrap_or_default();
        let banks: BTreeSet<BankId> = cells.iter().map(|cell| cell.bank_id).collect();
        let items = item::Entity::find()
            .filter(item::Column::BankId.is_in(banks))
            .filter(item::Column::State.eq(ItemState::Active))
            .order_by_asc(item::Column::Id)
            .all(db)
            .await?;
        let fits = |cell: &BlueprintCell, item: &item::Model| {
            item.bank_id == cell.bank_id
                && cell.topic.as_ref().is_none_or(|topic| *topic == item.topic)
                && cell.outcome.as_ref().is_none_or(|outcome| Some(outcome) == item.outcome.as_ref())
        };
        let pool = |cell: &BlueprintCell| (0..items.len()).filter(|n| fits(cell, &items[*n])).collect();
        let count = |cell: &BlueprintCell| usize::try_from(cell.count).unwrap_or(0);
        Ok(Self {
            cells: cells.iter().map(|cell| Cell { count: count(cell), pool: pool(cell) }).collect(),
            ids: items.iter().map(|item| item.id).collect(),
            items: items.iter().map(|item| item.current_version_id).collect(),
        })
    }
}

/// Drafts are there for who may manage them; what was published is there for everybody.
fn is_shown(row: &table::Model, manages: &Reach) -> bool {
    row.state != AssessmentState::Draft || manages.covers(&scope_of(row.organisation_id))
}

async fn visible<C: ConnectionTrait>(db: &C, actor: &Actor, id: AssessmentId) -> Result<table::Model, Problem> {
    let manages = actor.reach(Action::ManageAssessments);
    let row = table::Entity::find_by_id(id).one(db).await?;
    row.filter(|row| is_shown(row, &manages)).ok_or_else(Problem::not_found)
}

async fn cells_of<C: ConnectionTrait>(
    db: &C,
    ids: &[AssessmentId],
) -> Result<HashMap<AssessmentId, Vec<BlueprintCell>>, Problem> {
    let rows = cell::Entity::find()
        .filter(cell::Column::AssessmentId.is_in(ids.iter().copied()))
        .order_by_asc(cell::Column::AssessmentId)
        .order_by_asc(cell::Column::Position)
        .all(db)
        .await?;
    let mut found: HashMap<AssessmentId, Vec<BlueprintCell>> = HashMap::new();
    for row in rows {
        let one = BlueprintCell { bank_id: row.bank_id, topic: row.topic, outcome: row.outcome, count: row.count };
        found.entry(row.assessment_id).or_default().push(one);
    }
    Ok(found)
}

fn view(row: table::Model, cells: Vec<BlueprintCell>, manages: &Reach) -> AssessmentView {
    let whole = manages.covers(&scope_of(row.organisation_id));
    AssessmentView {
        id: row.id,
        code: row.code,
        title: row.title,
        title_lv: row.title_lv,
        title_ru: row.title_ru,
        organisation_id: row.organisation_id,
        course: row.course,
        pass_percent: row.pass_percent,
        time_limit_minutes: row.time_limit_minutes,
        max_attempts: row.max_attempts,
        hours_between_attempts: row.hours_between_attempts,
        questions: cells.iter().map(|cell| cell.count).sum(),
        state: row.state,
        cells: whole.then_some(cells),
        version: row.version,
    }
}

/// Assessments by id, as a reader sees them, whether or not they are in a list of theirs.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    ids: &[AssessmentId],
) -> Result<HashMap<AssessmentId, AssessmentView>, Problem> {
    let manages = actor.reach(Action::ManageAssessments);
    let rows = table::Entity::find().filter(table::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut cells = cells_of(db, ids).await?;
    let pair = |row: table::Model| {
        let own = cells.remove(&row.id).unwrap_or_default();
        (row.id, view(row, own, &manages))
    };
    Ok(rows.into_iter().map(pair).collect())
}

async fn stored<C: ConnectionTrait>(db: &C, actor: &Actor, id: AssessmentId) -> Result<AssessmentView, Problem> {
    visible(db, actor, id).await?;
    views(db, actor, &[id]).await?.remove(&id).ok_or_else(Problem::not_found)
}

/// An assessment and its rules.
///
/// # Errors
/// `not-found`
pub async fn assessment(app: &App, actor: &Actor, id: AssessmentId) -> Result<AssessmentView, Problem> {
    stored(app.db(), actor, id).await
}

/// Assessments by code: those published, and drafts of who may manage them.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn assessments(
    app: &App,
    actor: &Actor,
    state: Option<AssessmentState>,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<AssessmentView>, Problem> {
    let list = format!("assessments {state:?}");
    let request: PageRequest<String> = PageRequest::read(app, &list, limit, cursor)?;
    let manages = actor.reach(Action::ManageAssessments);
    let mut query = table::Entity::find();
    if !manages.everything {
        let shown = sea_orm::sea_query::Condition::any()
            .add(table::Column::State.ne(AssessmentState::Draft))
            .add(table::Column::OrganisationId.is_in(manages.organisations.iter().copied()));
        query = query.filter(shown);
    }
    if let Some(state) = state {
        query = query.filter(table::Column::State.eq(state));
    }
    if let Some(code) = &request.after {
        query = query.filter(table::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(table::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let ids: Vec<AssessmentId> = rows.iter().map(|row| row.id).collect();
    let mut cells = cells_of(app.db(), &ids).await?;
    let views: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let own = cells.remove(&row.id).unwrap_or_default();
            view(row, own, &manages)
        })
        .collect();
    Ok(request.page(app, &list, views, |view| view.code.clone(), |view| view))
}
