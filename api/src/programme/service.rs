//! Verbs of programme.

use super::rules;
use super::{
    AmendmentView, BudgetLineView, ComponentView, DeliverableView, GrantView, IndicatorView, NewAmendment,
    NewBudgetLine, NewComponent, NewDeliverable, NewIndicator, NewProgramme, ProgrammeAmended, ProgrammeChanged,
    ProgrammeCreated, ProgrammePartAdded, ProgrammePartChanged, ProgrammeView, Refusal,
};
use crate::identity::{Action, Actor, Scope};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use entity::id::{BudgetLineId, ComponentId, DeliverableId, IndicatorId, ProgrammeId};
use entity::programme::{budget_line, component, deliverable, indicator, programme as table, programme_amendment};
use rust_decimal::Decimal;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

fn scope(row: &table::Model) -> Scope {
    row.organisation_id.map_or_else(Scope::programme, Scope::organisation)
}

/// Amounts read from a command; refused ones are collected as fields.
struct Amounts(Option<Problem>);

impl Amounts {
    fn new() -> Self {
        Self(Some(Problem::invalid()))
    }
    fn refuse(&mut self, pointer: &str, why: &str) {
        self.0 = self.0.take().map(|problem| problem.field(pointer, why));
    }
    fn money(&mut self, pointer: &str, value: Decimal) -> i64 {
        if let Some(cents) = rules::hundredths(value).filter(|cents| *cents >= 0) {
            return cents;
        }
        self.refuse(pointer, "must be an amount of at most two decimals, not negative");
        0
    }
    fn number(&mut self, pointer: &str, value: Decimal) -> i64 {
        rules::hundredths(value).unwrap_or_else(|| {
            self.refuse(pointer, "must be a number of at most two decimals");
            0
        })
    }
    fn checked(self) -> Result<(), Problem> {
        self.0.map_or(Ok(()), Problem::unless_clean)
    }
}

struct Grant {
    total: i64,
    eu: i64,
    own: i64,
    rate: i32,
}

fn grant(new: &NewProgramme) -> Result<Grant, Problem> {
    let mut amounts = Amounts::new();
    let total = amounts.money("/total", new.total);
    let rate = rules::hundredths(new.grant_rate_percent).and_then(|rate| i32::try_from(rate).ok());
    let rate = rate.filter(|rate| (0..=rules::WHOLE).contains(rate)).unwrap_or_else(|| {
        amounts.refuse("/grant_rate_percent", "must be 0 to 100 with at most two decimals");
        0
    });
    let computed = rules::shares(total, rate);
    let eu = new.eu_contribution.map(|value| amounts.money("/eu_contribution", value));
    let own = new.own_contribution.map(|value| amounts.money("/own_contribution", value));
    let (eu, own) = match (eu, own) {
        (Some(eu), Some(own)) => (eu, own),
        (Some(eu), None) => (eu, total - eu),
        (None, Some(own)) => (total - own, own),
        (None, None) => (computed.eu_cents, computed.own_cents),
    };
    if eu + own != total || eu < 0 || own < 0 {
        amounts.refuse("/own_contribution", "both shares must add up to the total, to the cent");
    } else if !rules::agrees(total, eu, rate) && eu != computed.eu_cents {
        amounts.refuse("/grant_rate_percent", "does not agree with the shares");
    }
    if new.period_end_on < new.period_start_on {
        amounts.refuse("/period_end_on", "must not be before the first day");
    }
    amounts.checked()?;
    Ok(Grant { total, eu, own, rate })
}

/// Adds a programme.
///
/// # Errors
/// 422 · `programme/code-taken`
pub async fn add_programme(tx: &Tx, new: NewProgramme) -> Result<ProgrammeId, Problem> {
    let money = grant(&new)?;
    if table::Entity::find().filter(table::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = table::Model {
        id: tx.id(),
        code: new.code,
        title: new.title,
        organisation_id: new.organisation_id,
        period_start_on: new.period_start_on,
        period_end_on: new.period_end_on,
        total_cents: money.total,
        eu_cents: money.eu,
        own_cents: money.own,
        grant_rate_hundredths: money.rate,
        currency: new.currency,
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    table::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&ProgrammeCreated { programme: id }).await?;
    Ok(id)
}

/// Records a programme.
///
/// # Errors
/// 403 · 422 · `programme/code-taken`
pub async fn new_programme(app: &App, actor: &Actor, new: NewProgramme) -> Result<ProgrammeView, Problem> {
    let scope = new.organisation_id.map_or_else(Scope::programme, Scope::organisation);
    let tx = actor.permit(Action::ManageProgramme, &scope, app.now())?.begin(app).await?;
    let id = add_programme(&tx, new).await?;
    let view = one(&tx, actor, id).await?;
    tx.commit(view).await
}

/// Changes a programme, from the version that was read.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `programme/code-taken` · `programme/over-total`
pub async fn change_programme(
    app: &App,
    actor: &Actor,
    id: ProgrammeId,
    version: i64,
    new: NewProgramme,
) -> Result<ProgrammeView, Problem> {
    let before = stored(app.db(), id).await?;
    let tx = actor.permit(Action::ManageProgramme, &scope(&before), app.now())?.begin(app).await?;
    let before = lock(&tx, id).await?;
    unchanged(before.version, version)?;
    let money = grant(&new)?;
    let same = table::Entity::find().filter(table::Column::Code.eq(&new.code)).filter(table::Column::Id.ne(id));
    if same.one(&tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let parts = component::Entity::find().filter(component::Column::ProgrammeId.eq(id)).all(&tx).await?;
    if !rules::fits(parts.iter().filter_map(|c| c.amount_cents), money.total) {
        return Err(Refusal::OverTotal.into());
    }
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("period_end_on", &before.period_end_on, &new.period_end_on);
    changes.note("total_cents", &before.total_cents, &money.total);
    changes.note("eu_cents", &before.eu_cents, &money.eu);
    let mut row = before.into_active_model();
    row.code = Set(new.code);
    row.title = Set(new.title);
    row.organisation_id = Set(new.organisation_id);
    row.period_start_on = Set(new.period_start_on);
    row.period_end_on = Set(new.period_end_on);
    row.total_cents = Set(money.total);
    row.eu_cents = Set(money.eu);
    row.own_cents = Set(money.own);
    row.grant_rate_hundredths = Set(money.rate);
    row.currency = Set(new.currency);
    row.version = Set(version + 1);
    row.update(&tx).await?;
    tx.emit_changes(&ProgrammeChanged { programme: id }, &changes).await?;
    let view = one(&tx, actor, id).await?;
    tx.commit(view).await
}

fn unchanged(stored: i64, expected: i64) -> Result<(), Problem> {
    if stored == expected { Ok(()) } else { Err(Problem::changed_meanwhile()) }
}

async fn stored<C: ConnectionTrait>(db: &C, id: ProgrammeId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)
}

async fn lock(tx: &Tx, id: ProgrammeId) -> Result<table::Model, Problem> {
    table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// Opens the transaction of a change to a part of a programme and locks the programme.
async fn open(app: &App, actor: &Actor, action: Action, id: ProgrammeId) -> Result<Tx, Problem> {
    let row = stored(app.db(), id).await?;
    let tx = actor.permit(action, &scope(&row), app.now())?.begin(app).await?;
    lock(&tx, id).await?;
    Ok(tx)
}

/// Adds an amendment; one that moves the end of the programme moves it.
///
/// # Errors
/// `not-found` · `programme/ends-before-start`
pub async fn add_amendment(tx: &Tx, id: ProgrammeId, new: NewAmendment) -> Result<AmendmentView, Problem> {
    let programme = lock(tx, id).await?;
    if let Some(end) = new.new_period_end_on {
        if end < programme.period_start_on {
            return Err(Refusal::EndsBeforeStart.into());
        }
        let version = programme.version + 1;
        let mut row = programme.into_active_model();
        row.period_end_on = Set(end);
        row.version = Set(version);
        row.update(tx).await?;
    }
    let row = programme_amendment::Model {
        id: tx.id(),
        programme_id: id,
        amended_on: new.amended_on,
        what: new.what,
        new_period_end_on: new.new_period_end_on,
        note: new.note,
        person_id: tx.author().person,
        created_at: tx.now(),
    };
    programme_amendment::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&ProgrammeAmended { programme: id, amendment: row.id }).await?;
    Ok(amendment_view(row))
}

/// Records an amendment of the agreement.
///
/// # Errors
/// 403 · `not-found` · `programme/ends-before-start`
pub async fn amend(app: &App, actor: &Actor, id: ProgrammeId, new: NewAmendment) -> Result<AmendmentView, Problem> {
    let tx = open(app, actor, Action::ManageProgramme, id).await?;
    let view = add_amendment(&tx, id, new).await?;
    tx.commit(view).await
}

async fn tell_added(tx: &Tx, programme: ProgrammeId, kind: &str, part: uuid::Uuid) -> Result<(), Problem> {
    tx.emit(&ProgrammePartAdded { programme, kind: kind.into(), part }).await?;
    Ok(())
}

async fn tell_changed(
    tx: &Tx,
    programme: ProgrammeId,
    kind: &str,
    part: uuid::Uuid,
    changes: &Changes,
) -> Result<(), Problem> {
    tx.emit_changes(&ProgrammePartChanged { programme, kind: kind.into(), part }, changes).await?;
    Ok(())
}

/// Whether the components of a programme, one of them changed, fit into its total.
async fn check_total(
    tx: &Tx,
    id: ProgrammeId,
    changed: Option<ComponentId>,
    amount: Option<i64>,
) -> Result<(), Problem> {
    let programme = lock(tx, id).await?;
    let rows = component::Entity::find().filter(component::Column::ProgrammeId.eq(id)).all(tx).await?;
    let others = rows.iter().filter(|row| Some(row.id) != changed).filter_map(|row| row.amount_cents);
    if rules::fits(others.chain(amount), programme.total_cents) { Ok(()) } else { Err(Refusal::OverTotal.into()) }
}

/// Adds a component.
///
/// # Errors
/// `not-found` · 422 · `programme/code-taken` · `programme/over-total`
pub async fn add_component(tx: &Tx, id: ProgrammeId, new: NewComponent) -> Result<ComponentView, Problem> {
    let mut amounts = Amounts::new();
    let amount_cents = new.amount.map(|value| amounts.money("/amount", value));
    amounts.checked()?;
    check_total(tx, id, None, amount_cents).await?;
    let same = component::Entity::find()
        .filter(component::Column::ProgrammeId.eq(id))
        .filter(component::Column::Code.eq(&new.code));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = component::Model {
        id: tx.id(),
        programme_id: id,
        code: new.code,
        title: new.title,
        amount_cents,
        version: 1,
        created_at: tx.now(),
    };
    component::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tell_added(tx, id, "component", row.id.0).await?;
    Ok(component_view(row, true))
}

/// Adds a component to a programme.
///
/// # Errors
/// 403 · `not-found` · 422 · `programme/code-taken` · `programme/over-total`
pub async fn new_component(
    app: &App,
    actor: &Actor,
    id: ProgrammeId,
    new: NewComponent,
) -> Result<ComponentView, Problem> {
    let tx = open(app, actor, Action::ManageProgramme, id).await?;
    let view = add_component(&tx, id, new).await?;
    tx.commit(view).await
}

/// Changes a component; its code stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `programme/over-total`
pub async fn change_component(
    app: &App,
    actor: &Actor,
    id: ComponentId,
    version: i64,
    new: NewComponent,
) -> Result<ComponentView, Problem> {
    let row = component::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let tx = open(app, actor, Action::ManageProgramme, row.programme_id).await?;
    let before = component::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    unchanged(before.version, version)?;
    code_stays(&before.code, &new.code)?;
    let mut amounts = Amounts::new();
    let amount_cents = new.amount.map(|value| amounts.money("/amount", value));
    amounts.checked()?;
    check_total(&tx, before.programme_id, Some(id), amount_cents).await?;
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("amount_cents", &before.amount_cents, &amount_cents);
    let mut row = before.into_active_model();
    row.title = Set(new.title);
    row.amount_cents = Set(amount_cents);
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    tell_changed(&tx, row.programme_id, "component", id.0, &changes).await?;
    tx.commit(component_view(row, true)).await
}

fn code_stays(before: &str, after: &str) -> Result<(), Problem> {
    if before == after { Ok(()) } else { Err(Problem::invalid().field("/code", "cannot be changed")) }
}

/// A component of a programme without its amount, if it is there.
///
/// # Errors
/// As the database.
pub async fn component<C: ConnectionTrait>(db: &C, id: ComponentId) -> Result<Option<ComponentView>, Problem> {
    Ok(component::Entity::find_by_id(id).one(db).await?.map(|row| component_view(row, false)))
}

/// Adds a deliverable.
///
/// # Errors
/// `not-found` · `programme/code-taken`
pub async fn add_deliverable(tx: &Tx, id: ProgrammeId, new: NewDeliverable) -> Result<DeliverableView, Problem> {
    lock(tx, id).await?;
    let same = deliverable::Entity::find()
        .filter(deliverable::Column::ProgrammeId.eq(id))
        .filter(deliverable::Column::Code.eq(&new.code));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = deliverable::Model {
        id: tx.id(),
        programme_id: id,
        code: new.code,
        title: new.title,
        due_on: new.due_on,
        state: new.state,
        version: 1,
        created_at: tx.now(),
    };
    deliverable::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tell_added(tx, id, "deliverable", row.id.0).await?;
    Ok(deliverable_view(row))
}

/// Adds a deliverable to a programme.
///
/// # Errors
/// 403 · `not-found` · `programme/code-taken`
pub async fn new_deliverable(
    app: &App,
    actor: &Actor,
    id: ProgrammeId,
    new: NewDeliverable,
) -> Result<DeliverableView, Problem> {
    let tx = open(app, actor, Action::ManageProgramme, id).await?;
    let view = add_deliverable(&tx, id, new).await?;
    tx.commit(view).await
}

/// Changes a deliverable; its code stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_deliverable(
    app: &App,
    actor: &Actor,
    id: DeliverableId,
    version: i64,
    new: NewDeliverable,
) -> Result<DeliverableView, Problem> {
    let row = deliverable::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let tx = open(app, actor, Action::ManageProgramme, row.programme_id).await?;
    let before = deliverable::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    unchanged(before.version, version)?;
    code_stays(&before.code, &new.code)?;
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("due_on", &before.due_on, &new.due_on);
    changes.note("state", &before.state, &new.state);
    let mut row = before.into_active_model();
    row.title = Set(new.title);
    row.due_on = Set(new.due_on);
    row.state = Set(new.state);
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    tell_changed(&tx, row.programme_id, "deliverable", id.0, &changes).await?;
    tx.commit(deliverable_view(row)).await
}

struct Values {
    baseline: i64,
    target: i64,
    actual: Option<i64>,
}

fn values(new: &NewIndicator) -> Result<Values, Problem> {
    let mut amounts = Amounts::new();
    let baseline = amounts.number("/baseline", new.baseline);
    let target = amounts.number("/target", new.target);
    let actual = new.actual.map(|value| amounts.number("/actual", value));
    amounts.checked()?;
    Ok(Values { baseline, target, actual })
}

/// Adds an indicator.
///
/// # Errors
/// `not-found` · 422 · `programme/code-taken`
pub async fn add_indicator(tx: &Tx, id: ProgrammeId, new: NewIndicator) -> Result<IndicatorView, Problem> {
    let values = values(&new)?;
    lock(tx, id).await?;
    let same = indicator::Entity::find()
        .filter(indicator::Column::ProgrammeId.eq(id))
        .filter(indicator::Column::Code.eq(&new.code));
    if same.one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = indicator::Model {
        id: tx.id(),
        programme_id: id,
        code: new.code,
        title: new.title,
        unit: new.unit,
        baseline_hundredths: values.baseline,
        target_hundredths: values.target,
        actual_hundredths: values.actual,
        version: 1,
        created_at: tx.now(),
    };
    indicator::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tell_added(tx, id, "indicator", row.id.0).await?;
    Ok(indicator_view(row))
}

/// Adds an indicator to a programme.
///
/// # Errors
/// 403 · `not-found` · 422 · `programme/code-taken`
pub async fn new_indicator(
    app: &App,
    actor: &Actor,
    id: ProgrammeId,
    new: NewIndicator,
) -> Result<IndicatorView, Problem> {
    let tx = open(app, actor, Action::ManageProgramme, id).await?;
    let view = add_indicator(&tx, id, new).await?;
    tx.commit(view).await
}

/// Changes an indicator; its code stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_indicator(
    app: &App,
    actor: &Actor,
    id: IndicatorId,
    version: i64,
    new: NewIndicator,
) -> Result<IndicatorView, Problem> {
    let row = indicator::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let tx = open(app, actor, Action::ManageProgramme, row.programme_id).await?;
    let before = indicator::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    unchanged(before.version, version)?;
    code_stays(&before.code, &new.code)?;
    let values = values(&new)?;
    let mut changes = Changes::default();
    changes.note("title", &before.title, &new.title);
    changes.note("target_hundredths", &before.target_hundredths, &values.target);
    changes.note("actual_hundredths", &before.actual_hundredths, &values.actual);
    let mut row = before.into_active_model();
    row.title = Set(new.title);
    row.unit = Set(new.unit);
    row.baseline_hundredths = Set(values.baseline);
    row.target_hundredths = Set(values.target);
    row.actual_hundredths = Set(values.actual);
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    tell_changed(&tx, row.programme_id, "indicator", id.0, &changes).await?;
    tx.commit(indicator_view(row)).await
}

async fn own_component(tx: &Tx, id: ProgrammeId, component: Option<ComponentId>) -> Result<(), Problem> {
    let Some(component) = component else { return Ok(()) };
    let row = component::Entity::find_by_id(component).filter(component::Column::ProgrammeId.eq(id)).one(tx).await?;
    if row.is_some() {
        return Ok(());
    }
    Err(Problem::invalid().field("/component_id", "is no component of this programme"))
}

/// Adds a budget line to a programme.
///
/// # Errors
/// 403 · `not-found` · 422 · `programme/code-taken`
pub async fn new_budget_line(
    app: &App,
    actor: &Actor,
    id: ProgrammeId,
    new: NewBudgetLine,
) -> Result<BudgetLineView, Problem> {
    let tx = open(app, actor, Action::ManageBudget, id).await?;
    let mut amounts = Amounts::new();
    let planned_cents = amounts.money("/planned", new.planned);
    let spent_cents = amounts.money("/spent", new.spent);
    amounts.checked()?;
    own_component(&tx, id, new.component_id).await?;
    let same = budget_line::Entity::find()
        .filter(budget_line::Column::ProgrammeId.eq(id))
        .filter(budget_line::Column::Code.eq(&new.code));
    if same.one(&tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let row = budget_line::Model {
        id: tx.id(),
        programme_id: id,
        component_id: new.component_id,
        code: new.code,
        title: new.title,
        planned_cents,
        spent_cents,
        version: 1,
        created_at: tx.now(),
    };
    budget_line::Entity::insert(row.clone().into_active_model()).exec_without_returning(&tx).await?;
    tell_added(&tx, id, "budget_line", row.id.0).await?;
    tx.commit(budget_line_view(row)).await
}

/// Changes a budget line; its code stays.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_budget_line(
    app: &App,
    actor: &Actor,
    id: BudgetLineId,
    version: i64,
    new: NewBudgetLine,
) -> Result<BudgetLineView, Problem> {
    let row = budget_line::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let programme = stored(app.db(), row.programme_id).await?;
    if !actor.may(Action::ViewBudget, &scope(&programme)) {
        return Err(Problem::not_found());
    }
    let tx = open(app, actor, Action::ManageBudget, row.programme_id).await?;
    let before = budget_line::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    unchanged(before.version, version)?;
    code_stays(&before.code, &new.code)?;
    let mut amounts = Amounts::new();
    let planned_cents = amounts.money("/planned", new.planned);
    let spent_cents = amounts.money("/spent", new.spent);
    amounts.checked()?;
    own_component(&tx, before.programme_id, new.component_id).await?;
    let mut changes = Changes::default();
    changes.note("planned_cents", &before.planned_cents, &planned_cents);
    changes.note("spent_cents", &before.spent_cents, &spent_cents);
    let mut row = before.into_active_model();
    row.title = Set(new.title);
    row.component_id = Set(new.component_id);
    row.planned_cents = Set(planned_cents);
    row.spent_cents = Set(spent_cents);
    row.version = Set(version + 1);
    let row = row.update(&tx).await?;
    tell_changed(&tx, row.programme_id, "budget_line", id.0, &changes).await?;
    tx.commit(budget_line_view(row)).await
}

fn component_view(row: component::Model, with_money: bool) -> ComponentView {
    let amount = row.amount_cents.filter(|_| with_money).map(rules::decimal);
    ComponentView { id: row.id, code: row.code, title: row.title, amount, version: row.version }
}

fn amendment_view(row: programme_amendment::Model) -> AmendmentView {
    AmendmentView {
        id: row.id,
        amended_on: row.amended_on,
        what: row.what,
        new_period_end_on: row.new_period_end_on,
        note: row.note,
        recorded_by: row.person_id,
        recorded_at: row.created_at,
    }
}

fn budget_line_view(row: budget_line::Model) -> BudgetLineView {
    BudgetLineView {
        id: row.id,
        code: row.code,
        title: row.title,
        component_id: row.component_id,
        planned: rules::decimal(row.planned_cents),
        spent: rules::decimal(row.spent_cents),
        version: row.version,
    }
}

fn deliverable_view(row: deliverable::Model) -> DeliverableView {
    let deliverable::Model { id, code, title, due_on, state, version, .. } = row;
    DeliverableView { id, code, title, due_on, state, version }
}

fn indicator_view(row: indicator::Model) -> IndicatorView {
    let progress_percent =
        rules::progress_percent(row.baseline_hundredths, row.target_hundredths, row.actual_hundredths);
    IndicatorView {
        id: row.id,
        code: row.code,
        title: row.title,
        unit: row.unit,
        baseline: rules::decimal(row.baseline_hundredths),
        target: rules::decimal(row.target_hundredths),
        actual: row.actual_hundredths.map(rules::decimal),
        progress_percent,
        version: row.version,
    }
}

/// Views of programmes with their parts: one query for each kind of part, however many programmes.
async fn views<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    rows: Vec<table::Model>,
) -> Result<Vec<ProgrammeView>, Problem> {
    let ids: Vec<ProgrammeId> = rows.iter().map(|row| row.id).collect();
    let components = component::Entity::find()
        .filter(component::Column::ProgrammeId.is_in(ids.clone()))
        .order_by_asc(component::Column::Code)
        .all(db)
        .await?;
    let amendments = programme_amendment::Entity::find()
        .filter(programme_amendment::Column::ProgrammeId.is_in(ids.clone()))
        .order_by_asc(programme_amendment::Column::AmendedOn)
        .order_by_asc(programme_amendment::Column::Id)
        .all(db)
        .await?;
    let lines = budget_line::Entity::find()
        .filter(budget_line::Column::ProgrammeId.is_in(ids.clone()))
        .order_by_asc(budget_line::Column::Code)
        .all(db)
        .await?;
    let deliverables = deliverable::Entity::find()
        .filter(deliverable::Column::ProgrammeId.is_in(ids.clone()))
        .order_by_asc(deliverable::Column::Code)
        .all(db)
        .await?;
    let indicators = indicator::Entity::find()
        .filter(indicator::Column::ProgrammeId.is_in(ids))
        .order_by_asc(indicator::Column::Code)
        .all(db)
        .await?;
    let view = |row: table::Model| {
        let money = actor.may(Action::ViewBudget, &scope(&row));
        let of = |id: ProgrammeId| id == row.id;
        ProgrammeView {
            components: components
                .iter()
                .filter(|c| of(c.programme_id))
                .map(|c| component_view(c.clone(), money))
                .collect(),
            amendments: amendments.iter().filter(|a| of(a.programme_id)).cloned().map(amendment_view).collect(),
            budget_lines: money
                .then(|| lines.iter().filter(|l| of(l.programme_id)).cloned().map(budget_line_view).collect()),
            deliverables: deliverables.iter().filter(|d| of(d.programme_id)).cloned().map(deliverable_view).collect(),
            indicators: indicators.iter().filter(|i| of(i.programme_id)).cloned().map(indicator_view).collect(),
            grant: money.then(|| grant_view(&row)),
            id: row.id,
            code: row.code,
            title: row.title,
            organisation_id: row.organisation_id,
            period_start_on: row.period_start_on,
            period_end_on: row.period_end_on,
            version: row.version,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

fn grant_view(row: &table::Model) -> GrantView {
    GrantView {
        total: rules::decimal(row.total_cents),
        eu_contribution: rules::decimal(row.eu_cents),
        own_contribution: rules::decimal(row.own_cents),
        grant_rate_percent: rules::decimal(row.grant_rate_hundredths.into()),
        currency: row.currency.clone(),
    }
}

async fn one<C: ConnectionTrait>(db: &C, actor: &Actor, id: ProgrammeId) -> Result<ProgrammeView, Problem> {
    let row = stored(db, id).await?;
    views(db, actor, vec![row]).await?.pop().ok_or_else(Problem::not_found)
}

/// A programme with all its parts; money only for those who may see the budget.
///
/// # Errors
/// `not-found`
pub async fn programme(app: &App, actor: &Actor, id: ProgrammeId) -> Result<ProgrammeView, Problem> {
    if actor.reach(Action::ViewProgramme).is_nothing() {
        return Err(Problem::not_found());
    }
    one(app.db(), actor, id).await
}

/// Programmes by code.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn programmes(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<ProgrammeView>, Problem> {
    let request: PageRequest<String> = PageRequest::read(app, "programmes", limit, cursor)?;
    if actor.reach(Action::ViewProgramme).is_nothing() {
        return Ok(ListPage { items: vec![], next_cursor: None });
    }
    let mut query = table::Entity::find();
    if let Some(code) = &request.after {
        query = query.filter(table::Column::Code.gt(code));
    }
    let rows = query.order_by_asc(table::Column::Code).limit(request.limit + 1).all(app.db()).await?;
    let page = request.page(app, "programmes", views(app.db(), actor, rows).await?, |view| view.code.clone(), |v| v);
    Ok(page)
}
