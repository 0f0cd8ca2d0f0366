//! Banks and items: writing and reading them, with their keys.

use super::super::rules::{self, Shape};
use super::super::{
    BankCreated, BankView, ItemFilter, ItemRetired, ItemText, ItemView, ItemWritten, NewBank, NewItem, Refusal,
    TopicView,
};
use super::scope_of;
use crate::framework;
use crate::identity::{self, Action, Actor, Reach, ReachColumns};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use entity::assessment::{ItemKind, ItemState, bank, item, item_version};
use entity::id::{BankId, ItemId, ItemVersionId};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::{BTreeSet, HashMap};

fn narrowed(reach: &Reach) -> Condition {
    let organisation = Some(Expr::col((bank::Entity, bank::Column::OrganisationId)));
    identity::filter(reach, ReachColumns { organisation, ..ReachColumns::default() })
}

/// Adds a bank.
///
/// # Errors
/// `assessment/code-taken`
pub async fn add_bank(tx: &Tx, new: NewBank) -> Result<BankId, Problem> {
    if bank::Entity::find().filter(bank::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = bank::Model {
        id: tx.id(),
        code: new.code,
        title: new.title,
        organisation_id: new.organisation_id,
        created_at: tx.now(),
    };
    let id = row.id;
    bank::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&BankCreated { bank: id }).await?;
    Ok(id)
}

/// Creates a bank.
///
/// # Errors
/// 403 · 422 · `assessment/code-taken`
pub async fn new_bank(app: &App, actor: &Actor, new: NewBank) -> Result<BankView, Problem> {
    let permit = actor.permit(Action::ManageItems, &scope_of(new.organisation_id), app.now())?;
    let tx = permit.begin(app).await?;
    let id = add_bank(&tx, new).await?;
    let view = whole(&tx, visible(&tx, actor, id).await?).await?;
    tx.commit(view).await
}

async fn visible<C: ConnectionTrait>(db: &C, actor: &Actor, id: BankId) -> Result<bank::Model, Problem> {
    let reach = actor.reach(Action::ViewItems);
    bank::Entity::find_by_id(id).filter(narrowed(&reach)).one(db).await?.ok_or_else(Problem::not_found)
}

fn view(row: bank::Model) -> BankView {
    BankView { id: row.id, code: row.code, title: row.title, organisation_id: row.organisation_id, topics: None }
}

async fn whole<C: ConnectionTrait>(db: &C, row: bank::Model) -> Result<BankView, Problem> {
    let topics: Vec<(String, i64)> = item::Entity::find()
        .select_only()
        .column(item::Column::Topic)
        .column_as(item::Column::Id.count(), "items")
        .filter(item::Column::BankId.eq(row.id))
        .filter(item::Column::State.eq(ItemState::Active))
        .group_by(item::Column::Topic)
        .order_by_asc(item::Column::Topic)
        .into_tuple()
        .all(db)
        .await?;
    let topics = topics.into_iter().map(|(topic, items)| TopicView { topic, items }).collect();
    Ok(BankView { topics: Some(topics), ..view(row) })
}

/// A bank with its topics.
///
/// # Errors
/// `not-found`
pub async fn bank(app: &App, actor: &Actor, id: BankId) -> Result<BankView, Problem> {
    let row = visible(app.db(), actor, id).await?;
    whole(app.db(), row).await
}

/// Banks by code, narrowed to those whose items the actor may read.
///
/// # Errors
/// 403 for whoever reads no items · 400 for a bad limit or cursor
pub async fn banks(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<BankView>, Problem> {
    let reach = actor.reach(Action::ViewItems);
    if reach.is_nothing() {
        return Err(Problem::forbidden("Your roles do not allow you to read items."));
    }
    let request: PageRequest<String> = PageRequest::read(app, "banks", limit, cursor)?;
    let mut query = bank::Entity::find().filter(narrowed(&reach));
    if let Some(code) = &request.after {
        query = query.filter(bank::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(bank::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    Ok(request.page(app, "banks", rows, |row| row.code.clone(), view))
}

fn shape_of(kind: ItemKind, texts: &[ItemText]) -> Shape {
    let first = texts.first();
    let options = if kind == ItemKind::TrueFalse { 2 } else { first.map_or(0, |t| t.options.len()) };
    Shape { kind, options, prompts: first.map_or(0, |t| t.prompts.len()) }
}

async fn check<C: ConnectionTrait>(db: &C, new: &NewItem) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    let languages: BTreeSet<&str> = new.texts.iter().map(|text| text.language.as_str()).collect();
    if new.texts.first().is_none_or(|text| text.language != "en") || languages.len() != new.texts.len() {
        problem = problem.field("/texts", "must begin with English and have each language once");
    }
    let sizes = |text: &ItemText| (text.options.len(), text.prompts.len());
    for (n, text) in new.texts.iter().enumerate() {
        if new.texts.first().map(sizes) != Some(sizes(text)) {
            problem = problem.field(format!("/texts/{n}/options"), "must be as many as in English");
        }
        let long = |line: &String| line.trim().is_empty() || line.chars().count() > 500;
        if text.options.iter().chain(&text.prompts).any(long) {
            problem = problem.field(format!("/texts/{n}/options"), "must have 1 to 500 characters each");
        }
    }
    if new.kind == ItemKind::TrueFalse && new.texts.iter().any(|text| !text.options.is_empty()) {
        problem = problem.field("/texts/0/options", "true or false has none of its own");
    }
    for (pointer, why) in rules::item_faults(shape_of(new.kind, &new.texts), &new.key) {
        problem = problem.field(pointer, why);
    }
    if let Some(outcome) = &new.outcome
        && !framework::outcome_codes(db).await?.contains_key(outcome)
    {
        problem = problem.field("/outcome", "is no outcome of a framework in force");
    }
    problem.unless_clean()
}

fn version_of(tx: &Tx, item: ItemId, number: i32, new: &NewItem) -> Result<item_version::Model, Problem> {
    Ok(item_version::Model {
        id: tx.id(),
        item_id: item,
        number,
        kind: new.kind,
        texts: serde_json::to_value(&new.texts).map_err(Problem::internal)?,
        key: serde_json::to_value(&new.key).map_err(Problem::internal)?,
        created_at: tx.now(),
        created_by: tx.author().person,
    })
}

/// Adds an item to a bank.
///
/// # Errors
/// 422 · `assessment/code-taken`
pub async fn add_item(tx: &Tx, bank: BankId, new: NewItem) -> Result<ItemId, Problem> {
    check(tx, &new).await?;
    let same = item::Entity::find().filter(item::Column::BankId.eq(bank)).filter(item::Column::Code.eq(&new.code));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let id: ItemId = tx.id();
    let wording = version_of(tx, id, 1, &new)?;
    let row = item::Model {
        id,
        bank_id: bank,
        code: new.code,
        topic: new.topic,
        outcome: new.outcome,
        difficulty: new.difficulty,
        state: ItemState::Active,
        current_version_id: wording.id,
        version: 1,
        created_at: tx.now(),
    };
    item::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    item_version::Entity::insert(wording.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&ItemWritten { item: id, number: 1 }).await?;
    Ok(id)
}

/// Writes an item.
///
/// # Errors
/// 403 · `not-found` · 422 · `assessment/code-taken`
pub async fn new_item(app: &App, actor: &Actor, bank: BankId, new: NewItem) -> Result<ItemView, Problem> {
    let home = visible(app.db(), actor, bank).await?;
    let tx = actor.permit(Action::ManageItems, &scope_of(home.organisation_id), app.now())?.begin(app).await?;
    let id = add_item(&tx, bank, new).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

async fn lock(tx: &Tx, id: ItemId) -> Result<item::Model, Problem> {
    item::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// Writes an item anew: a new wording, drawn from now on. Papers drawn before keep the one they have.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_item(
    app: &App,
    actor: &Actor,
    id: ItemId,
    version: i64,
    new: NewItem,
) -> Result<ItemView, Problem> {
    let (_, home) = seen(app.db(), actor, id).await?;
    let tx = actor.permit(Action::ManageItems, &scope_of(home.organisation_id), app.now())?.begin(app).await?;
    let before = lock(&tx, id).await?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.code != new.code {
        return Err(Problem::invalid().field("/code", "cannot be changed"));
    }
    check(&tx, &new).await?;
    let last = item_version::Entity::find()
        .filter(item_version::Column::ItemId.eq(id))
        .order_by_desc(item_version::Column::Number)
        .one(&tx)
        .await?;
    let wording = version_of(&tx, id, last.map_or(1, |row| row.number + 1), &new)?;
    let (number, current) = (wording.number, wording.id);
    item_version::Entity::insert(wording.into_active_model()).exec_without_returning(&tx).await?;
    let mut changes = Changes::default();
    changes.note("topic", &before.topic, &new.topic);
    changes.note("outcome", &before.outcome, &new.outcome);
    let mut row = before.into_active_model();
    row.topic = Set(new.topic);
    row.outcome = Set(new.outcome);
    row.difficulty = Set(new.difficulty);
    row.current_version_id = Set(current);
    row.version = Set(version + 1);
    row.update(&tx).await?;
    tx.emit_changes(&ItemWritten { item: id, number }, &changes).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

/// Takes an item out of use: it is no longer drawn. Once retired it stays so.
///
/// # Errors
/// 403 · `not-found`
pub async fn retire(app: &App, actor: &Actor, id: ItemId) -> Result<ItemView, Problem> {
    let (_, home) = seen(app.db(), actor, id).await?;
    let tx = actor.permit(Action::ManageItems, &scope_of(home.organisation_id), app.now())?.begin(app).await?;
    let row = lock(&tx, id).await?;
    if row.state == ItemState::Active {
        let version = row.version + 1;
        let mut row = row.into_active_model();
        row.state = Set(ItemState::Retired);
        row.version = Set(version);
        row.update(&tx).await?;
        tx.emit(&ItemRetired { item: id }).await?;
    }
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}

async fn seen<C: ConnectionTrait>(db: &C, actor: &Actor, id: ItemId) -> Result<(item::Model, bank::Model), Problem> {
    let row = item::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let home = visible(db, actor, row.bank_id).await?;
    Ok((row, home))
}

/// The wordings that are drawn, by id.
async fn wordings<C: ConnectionTrait>(
    db: &C,
    ids: Vec<ItemVersionId>,
) -> Result<HashMap<ItemVersionId, item_version::Model>, Problem> {
    let rows = item_version::Entity::find().filter(item_version::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn item_view(row: item::Model, wording: item_version::Model) -> Result<ItemView, Problem> {
    Ok(ItemView {
        id: row.id,
        bank_id: row.bank_id,
        code: row.code,
        topic: row.topic,
        outcome: row.outcome,
        difficulty: row.difficulty,
        state: row.state,
        kind: wording.kind,
        number: wording.number,
        texts: serde_json::from_value(wording.texts).map_err(Problem::internal)?,
        key: serde_json::from_value(wording.key).map_err(Problem::internal)?,
        written_at: wording.created_at,
        version: row.version,
    })
}

async fn stored<C: ConnectionTrait>(db: &C, id: ItemId) -> Result<ItemView, Problem> {
    let row = item::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let wording = wordings(db, vec![row.current_version_id]).await?.remove(&row.current_version_id);
    item_view(row, wording.ok_or_else(Problem::not_found)?)
}

/// An item with its key.
///
/// # Errors
/// `not-found`
pub async fn item(app: &App, actor: &Actor, id: ItemId) -> Result<ItemView, Problem> {
    seen(app.db(), actor, id).await?;
    stored(app.db(), id).await
}

/// Items of a bank by code, with their keys.
///
/// # Errors
/// `not-found` · 400 for a bad limit or cursor
pub async fn items(
    app: &App,
    actor: &Actor,
    bank: BankId,
    wanted: ItemFilter,
    page: (Option<u64>, Option<&str>),
) -> Result<ListPage<ItemView>, Problem> {
    visible(app.db(), actor, bank).await?;
    let list = format!("items {bank} {wanted:?}");
    let request: PageRequest<String> = PageRequest::read(app, &list, page.0, page.1)?;
    let mut query = item::Entity::find().filter(item::Column::BankId.eq(bank));
    if let Some(topic) = &wanted.topic {
        query = query.filter(item::Column::Topic.eq(topic));
    }
    if let Some(state) = wanted.state {
        query = query.filter(item::Column::State.eq(state));
    }
    if let Some(kind) = wanted.kind {
        let of_kind = item_version::Entity::find()
            .select_only()
            .column(item_version::Column::Id)
            .filter(item_version::Column::Kind.eq(kind));
        let of_kind = sea_orm::QueryTrait::into_query(of_kind);
        query = query.filter(item::Column::CurrentVersionId.in_subquery(of_kind));
    }
    if let Some(code) = &request.after {
        query = query.filter(item::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(item::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let mut wordings = wordings(app.db(), rows.iter().map(|row| row.current_version_id).collect()).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let wording = wordings.remove(&row.current_version_id).ok_or_else(Problem::not_found)?;
        views.push(item_view(row, wording)?);
    }
    Ok(request.page(app, &list, views, |view| view.code.clone(), |view| view))
}
