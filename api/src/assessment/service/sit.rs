//! Sitting an assessment: beginning an attempt, reading its paper, saving answers.

use super::super::rules::{self, Shape};
use super::super::{
    AttemptStarted, ItemText, NewAttempt, NewResponse, OptionView, PaperView, QuestionView, Refusal, ResponseView,
    text_in,
};
use super::assemble::Stock;
use super::{grade, open};
use crate::enrolment;
use crate::identity::{Action, Actor, Scope};
use crate::platform::{self, App, Problem, Tx};
use chrono::{DateTime, Duration, Utc};
use entity::assessment::{
    AttemptState, ItemKind, assessment as table, assessment_opening as opening, attempt, attempt_item, item_version,
    response,
};
use entity::id::{AssessmentId, AttemptId, ItemId, ItemVersionId, OpeningId, PersonId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    Statement, TryInsertResult,
};
use std::collections::HashMap;

/// What a participant's acts on their own attempts touch.
pub(super) fn own(actor: &Actor) -> Scope {
    Scope::person(actor.person, actor.organisation, actor.unit)
}

/// Begins an attempt, or gives the one that is under way: however often this is repeated, there is one.
///
/// # Errors
/// `not-found` for whoever does not take part · `assessment/not-open` · `assessment/no-attempts-left` ·
/// `assessment/too-soon` · `assessment/too-few-items`
pub async fn begin(app: &App, actor: &Actor, assessment: AssessmentId, wish: NewAttempt) -> Result<PaperView, Problem> {
    let found = opening::Entity::find_by_id(wish.opening_id).one(app.db()).await?;
    let found = found.filter(|row| row.assessment_id == assessment).ok_or_else(Problem::not_found)?;
    if !enrolment::is_participant(app.db(), found.activity_id, actor.person).await? {
        return Err(Problem::not_found());
    }
    grade::settle(app, actor.person).await?;
    let tx = actor.permit(Action::SitAssessment, &own(actor), app.now())?.begin(app).await?;
    let id = sit(&tx, found.id, actor.person).await?;
    let view = paper_of(&tx, id, actor.language.as_deref().unwrap_or("en"), tx.now()).await?;
    tx.commit(view).await
}

/// Begins a person's attempt at what is open, or gives the one that is under way.
///
/// # Errors
/// As [`begin`].
pub async fn sit(tx: &Tx, opening: OpeningId, person: PersonId) -> Result<AttemptId, Problem> {
    let found = opening::Entity::find_by_id(opening).one(tx).await?.ok_or_else(Problem::not_found)?;
    if !enrolment::is_participant(tx, found.activity_id, person).await? {
        return Err(Problem::not_found());
    }
    let rules_of = table::Entity::find_by_id(found.assessment_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    let before = attempts_of(tx, opening, person).await?;
    if let Some(running) = before.iter().find(|row| row.state == AttemptState::InProgress) {
        return Ok(running.id);
    }
    let settings = (rules_of.state, rules_of.max_attempts, rules_of.hours_between_attempts);
    let number = rules::begin(&open::start_facts(&found, settings, &before), tx.now())?;
    let stock = Stock::load(tx, found.assessment_id).await?;
    let times = times_seen(tx, &before, &stock.ids).await?;
    let seed = platform::new_secret();
    let drawn = rules::draw(&seed, &stock.cells, &times)?;
    let row = attempt::Model {
        id: tx.id(),
        opening_id: opening,
        person_id: person,
        number,
        state: AttemptState::InProgress,
        seed,
        pass_percent: rules_of.pass_percent,
        started_at: tx.now(),
        deadline_at: rules::deadline(tx.now(), rules_of.time_limit_minutes, found.closes_at),
        submitted_at: None,
        score_hundredths: None,
        passed: None,
        certificates: None,
    };
    let inserted = attempt::Entity::insert(row.clone().into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    if !matches!(inserted, TryInsertResult::Inserted(1)) {
        // Another request of the same person was faster.
        let after = attempts_of(tx, opening, person).await?;
        let running = after.into_iter().find(|row| row.state == AttemptState::InProgress);
        return running.map(|row| row.id).ok_or_else(|| Problem::unavailable("Try again."));
    }
    freeze(tx, &row, drawn.into_iter().map(|n| stock.items[n]).collect()).await?;
    tx.emit(&AttemptStarted { attempt: row.id, person, opening }).await?;
    let payload = serde_json::json!({ "attempt": row.id });
    tx.later("assessment::on_deadline", payload, rules::over_at(row.deadline_at), None).await?;
    Ok(row.id)
}

async fn attempts_of<C: ConnectionTrait>(
    db: &C,
    opening: OpeningId,
    person: PersonId,
) -> Result<Vec<attempt::Model>, Problem> {
    let rows = attempt::Entity::find()
        .filter(attempt::Column::OpeningId.eq(opening))
        .filter(attempt::Column::PersonId.eq(person))
        .all(db)
        .await?;
    Ok(rows)
}

/// How often earlier attempts had each of these items.
async fn times_seen(tx: &Tx, before: &[attempt::Model], items: &[ItemId]) -> Result<Vec<u32>, Problem> {
    let mut times: HashMap<ItemId, u32> = HashMap::new();
    if !before.is_empty() {
        let papers = attempt_item::Entity::find()
            .filter(attempt_item::Column::AttemptId.is_in(before.iter().map(|row| row.id)))
            .all(tx)
            .await?;
        let wordings = wordings(tx, papers.iter().map(|row| row.item_version_id).collect()).await?;
        for wording in papers.iter().filter_map(|row| wordings.get(&row.item_version_id)) {
            *times.entry(wording.item_id).or_default() += 1;
        }
    }
    Ok(items.iter().map(|item| times.get(item).copied().unwrap_or(0)).collect())
}

pub(super) async fn wordings<C: ConnectionTrait>(
    db: &C,
    ids: Vec<ItemVersionId>,
) -> Result<HashMap<ItemVersionId, item_version::Model>, Problem> {
    let rows = item_version::Entity::find().filter(item_version::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The shape of an item and its words.
pub(super) fn shape_of(kind: ItemKind, texts: serde_json::Value) -> Result<(Shape, Vec<ItemText>), Problem> {
    let texts: Vec<ItemText> = serde_json::from_value(texts).map_err(Problem::internal)?;
    let first = texts.first().ok_or_else(|| Problem::internal("an item without words"))?;
    let options = if kind == ItemKind::TrueFalse { 2 } else { first.options.len() };
    Ok((Shape { kind, options, prompts: first.prompts.len() }, texts))
}

/// Writes the paper of an attempt: which wording stands where, and in what order its options are shown.
async fn freeze(tx: &Tx, row: &attempt::Model, drawn: Vec<ItemVersionId>) -> Result<(), Problem> {
    let wordings = wordings(tx, drawn.clone()).await?;
    let mut rows = Vec::with_capacity(drawn.len());
    for (id, position) in drawn.into_iter().zip(1_i32..) {
        let wording = wordings.get(&id).ok_or_else(Problem::not_found)?;
        let (shape, _) = shape_of(wording.kind, wording.texts.clone())?;
        let order = rules::option_order(&row.seed, rows.len() + 1, shape);
        let option_order = serde_json::to_value(order).map_err(Problem::internal)?;
        let item = attempt_item::Model { attempt_id: row.id, position, item_version_id: id, option_order };
        rows.push(item.into_active_model());
    }
    attempt_item::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The paper of one's own attempt, in a language or the nearest there is.
///
/// # Errors
/// `not-found`
pub async fn paper(app: &App, actor: &Actor, id: AttemptId, language: Option<&str>) -> Result<PaperView, Problem> {
    let row = grade::settled(app, actor, id).await?;
    let language = language.or(actor.language.as_deref()).unwrap_or("en");
    paper_view(app.db(), row, language, app.now()).await
}

/// The paper of an attempt, whoever reads it.
///
/// # Errors
/// `not-found`
pub async fn paper_of<C: ConnectionTrait>(
    db: &C,
    id: AttemptId,
    language: &str,
    now: DateTime<Utc>,
) -> Result<PaperView, Problem> {
    let row = attempt::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    paper_view(db, row, language, now).await
}

async fn paper_view<C: ConnectionTrait>(
    db: &C,
    row: attempt::Model,
    language: &str,
    now: DateTime<Utc>,
) -> Result<PaperView, Problem> {
    let questions = if row.state == AttemptState::InProgress { questions(db, row.id, language).await? } else { vec![] };
    let found = opening::Entity::find_by_id(row.opening_id).one(db).await?.ok_or_else(Problem::not_found)?;
    let title = grade::title_of(db, found.assessment_id, language).await?;
    Ok(PaperView {
        id: row.id,
        opening_id: row.opening_id,
        title,
        number: row.number,
        state: row.state,
        started_at: row.started_at,
        deadline_at: row.deadline_at,
        seconds_left: (row.deadline_at - now).num_seconds().max(0),
        questions,
    })
}

async fn questions<C: ConnectionTrait>(db: &C, id: AttemptId, language: &str) -> Result<Vec<QuestionView>, Problem> {
    let items = attempt_item::Entity::find()
        .filter(attempt_item::Column::AttemptId.eq(id))
        .order_by_asc(attempt_item::Column::Position)
        .all(db)
        .await?;
    let wordings = wordings(db, items.iter().map(|row| row.item_version_id).collect()).await?;
    let kept = response::Entity::find().filter(response::Column::AttemptId.eq(id)).all(db).await?;
    let mut kept: HashMap<i32, response::Model> = kept.into_iter().map(|row| (row.position, row)).collect();
    let mut questions = Vec::with_capacity(items.len());
    for item in items {
        let wording = wordings.get(&item.item_version_id).ok_or_else(Problem::not_found)?;
        questions.push(question(&item, wording, kept.remove(&item.position), language)?);
    }
    Ok(questions)
}

fn question(
    item: &attempt_item::Model,
    wording: &item_version::Model,
    kept: Option<response::Model>,
    language: &str,
) -> Result<QuestionView, Problem> {
    let (shape, texts) = shape_of(wording.kind, wording.texts.clone())?;
    let text = text_in(&texts, language);
    let order: Vec<usize> = serde_json::from_value(item.option_order.clone()).map_err(Problem::internal)?;
    let words = |option: usize| match (shape.kind, option) {
        (ItemKind::TrueFalse, 0) => platform::page::text(&text.language, "assessment-false", &[]),
        (ItemKind::TrueFalse, _) => platform::page::text(&text.language, "assessment-true", &[]),
        _ => text.options.get(option).cloned().unwrap_or_default(),
    };
    let options = order.iter().enumerate().map(|(n, option)| OptionView { id: rules::letter(n), text: words(*option) });
    let options = options.collect();
    let (answer, sequence, saved_at) = match kept {
        Some(row) => (serde_json::from_value(row.answer).map_err(Problem::internal)?, row.sequence, Some(row.saved_at)),
        None => (vec![], 0, None),
    };
    Ok(QuestionView {
        position: item.position,
        kind: shape.kind,
        stem: text.stem.clone(),
        prompts: text.prompts.clone(),
        options,
        answer,
        sequence,
        saved_at,
    })
}

#[derive(FromQueryResult)]
struct Asked {
    state: AttemptState,
    deadline_at: DateTime<Utc>,
    kind: ItemKind,
    texts: serde_json::Value,
}

/// Keeps an answer of one's own attempt; it is kept for good once this returns. Of two answers the one with the
/// greater number stands, whichever came first.
///
/// # Errors
/// `not-found` · 422 · `assessment/time-over` · `assessment/handed-in` · `assessment/older-answer`
pub async fn answer(
    app: &App,
    actor: &Actor,
    id: AttemptId,
    position: i32,
    new: NewResponse,
) -> Result<ResponseView, Problem> {
    let sql = "SELECT a.state, a.deadline_at, v.kind, v.texts FROM attempt a \
               JOIN attempt_item i ON i.attempt_id = a.id JOIN item_version v ON v.id = i.item_version_id \
               WHERE a.id = $1 AND a.person_id = $2 AND i.position = $3";
    let values = [id.into(), actor.person.into(), position.into()];
    let asked = Asked::find_by_statement(Statement::from_sql_and_values(app.backend(), sql, values));
    let asked = asked.one(app.db()).await?.ok_or_else(Problem::not_found)?;
    refuse_late(asked.state, asked.deadline_at, app.now())?;
    let (shape, _) = shape_of(asked.kind, asked.texts)?;
    if let Some(why) = rules::answer_fault(shape, &new.answer) {
        return Err(Problem::invalid().field("/answer", why));
    }
    let tx = actor.permit(Action::SitAssessment, &own(actor), app.now())?.begin(app).await?;
    let view = keep(&tx, id, position, &new).await?;
    tx.commit(view).await
}

fn refuse_late(state: AttemptState, deadline: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Refusal> {
    if state == AttemptState::Graded {
        return Err(Refusal::HandedIn);
    }
    if state == AttemptState::Expired || rules::is_over(deadline, now) {
        return Err(Refusal::TimeOver);
    }
    Ok(())
}

/// Keeps an answer to a question of an attempt, whoever gives it.
///
/// One statement decides and writes. On PostgreSQL it shares the attempt's row, so that nobody hands in between.
///
/// # Errors
/// As [`answer`].
pub async fn keep(tx: &Tx, id: AttemptId, position: i32, new: &NewResponse) -> Result<ResponseView, Problem> {
    let lock = if tx.get_database_backend() == DbBackend::Postgres { "FOR SHARE" } else { "" };
    let sql = format!(
        "INSERT INTO response (attempt_id, position, answer, sequence, saved_at) \
         SELECT a.id, $2, $3, $4, $5 FROM attempt a \
         WHERE a.id = $1 AND a.state = 'in_progress' AND a.deadline_at > $6 {lock} \
         ON CONFLICT (attempt_id, position) DO UPDATE SET answer = excluded.answer, \
         sequence = excluded.sequence, saved_at = excluded.saved_at WHERE response.sequence < excluded.sequence"
    );
    let answer = serde_json::to_value(&new.answer).map_err(Problem::internal)?;
    let latest = tx.now() - Duration::seconds(rules::GRACE_SECONDS);
    let values = [id.into(), position.into(), answer.into(), new.sequence.into(), tx.now().into(), latest.into()];
    let written = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    if written.rows_affected() == 1 {
        return Ok(ResponseView { position, sequence: new.sequence, saved_at: tx.now() });
    }
    let row = attempt::Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
    refuse_late(row.state, row.deadline_at, tx.now())?;
    let kept = response::Entity::find_by_id((id, position)).one(tx).await?.ok_or_else(Problem::not_found)?;
    let same = serde_json::from_value::<Vec<String>>(kept.answer).is_ok_and(|answer| answer == new.answer);
    if kept.sequence == new.sequence && same {
        // The same answer once more: its acknowledgement was lost.
        return Ok(ResponseView { position, sequence: kept.sequence, saved_at: kept.saved_at });
    }
    Err(Refusal::OlderAnswer { sequence: kept.sequence }.into())
}
