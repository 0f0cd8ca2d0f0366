//! The end of an attempt: handed in or run out, graded from what was saved, reported down as evidence.

use super::super::rules::{self, Share};
use super::super::{AttemptGraded, ResultView};
use super::{result, sit};
use crate::certification::{self, NewEvidence};
use crate::identity::{Action, Actor, Permit};
use crate::platform::{App, Problem, Tx};
use chrono::Duration;
use entity::assessment::{
    AttemptState, assessment as table, assessment_opening as opening, attempt, attempt_item, response,
};
use entity::certification::EvidenceKind;
use entity::id::{AssessmentId, AttemptId, PersonId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::Deserialize;
use std::collections::HashMap;

/// Hands in one's own attempt and grades it. Handing in what is over already gives the result it has.
///
/// # Errors
/// `not-found`
pub async fn submit(app: &App, actor: &Actor, id: AttemptId) -> Result<ResultView, Problem> {
    let row = mine(app.db(), actor, id).await?;
    if row.state != AttemptState::InProgress {
        return result::result(app, actor, id).await;
    }
    let tx = actor.permit(Action::SitAssessment, &sit::own(actor), app.now())?.begin(app).await?;
    finish(&tx, id).await?;
    let view = result::one(&tx, actor, id, tx.now()).await?;
    tx.commit(view).await
}

async fn mine<C: ConnectionTrait>(db: &C, actor: &Actor, id: AttemptId) -> Result<attempt::Model, Problem> {
    let row = attempt::Entity::find_by_id(id).filter(attempt::Column::PersonId.eq(actor.person)).one(db).await?;
    row.ok_or_else(Problem::not_found)
}

/// Ends an attempt if it is under way: grades what was saved and hands the score down, all in this transaction.
///
/// # Errors
/// `not-found`
pub async fn finish(tx: &Tx, id: AttemptId) -> Result<(), Problem> {
    // The lock waits for answers that are being saved; afterwards the database takes none.
    let row = attempt::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?;
    if row.state != AttemptState::InProgress {
        return Ok(());
    }
    let found = opening::Entity::find_by_id(row.opening_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    let rules_of = table::Entity::find_by_id(found.assessment_id).one(tx).await?.ok_or_else(Problem::not_found)?;
    let score = rules::score(&shares(tx, id).await?);
    let passed = rules::passes(score, row.pass_percent);
    let ran_out = rules::is_over(row.deadline_at, tx.now());
    let state = if ran_out { AttemptState::Expired } else { AttemptState::Graded };
    let at = if ran_out { row.deadline_at } else { tx.now() };
    let evidence = NewEvidence {
        person: row.person_id,
        kind: EvidenceKind::Assessment,
        key: rules_of.code,
        percent: Some(rules::percent(score)),
        source_id: id.0,
        at,
    };
    let certificates = certification::record(tx, evidence).await?;
    let person = row.person_id;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.submitted_at = Set(Some(at));
    row.score_hundredths = Set(Some(score));
    row.passed = Set(Some(passed));
    row.certificates = Set(Some(serde_json::to_value(certificates).map_err(Problem::internal)?));
    row.update(tx).await?;
    tx.emit(&AttemptGraded { attempt: id, person, assessment: found.assessment_id, state, passed }).await?;
    Ok(())
}

/// What each answer of a paper is worth, by its frozen items.
async fn shares(tx: &Tx, id: AttemptId) -> Result<Vec<Share>, Problem> {
    let items = attempt_item::Entity::find()
        .filter(attempt_item::Column::AttemptId.eq(id))
        .order_by_asc(attempt_item::Column::Position)
        .all(tx)
        .await?;
    let wordings = sit::wordings(tx, items.iter().map(|row| row.item_version_id).collect()).await?;
    let kept = response::Entity::find().filter(response::Column::AttemptId.eq(id)).all(tx).await?;
    let mut kept: HashMap<i32, serde_json::Value> = kept.into_iter().map(|row| (row.position, row.answer)).collect();
    let mut shares = Vec::with_capacity(items.len());
    for item in items {
        let wording = wordings.get(&item.item_version_id).ok_or_else(Problem::not_found)?;
        let (shape, _) = sit::shape_of(wording.kind, wording.texts.clone())?;
        let key: Vec<u32> = serde_json::from_value(wording.key.clone()).map_err(Problem::internal)?;
        let order: Vec<usize> = serde_json::from_value(item.option_order).map_err(Problem::internal)?;
        let answer = kept.remove(&item.position).map(serde_json::from_value::<Vec<String>>).transpose();
        let answer = answer.map_err(Problem::internal)?.unwrap_or_default();
        shares.push(rules::worth(shape, &key, &order, &answer));
    }
    Ok(shares)
}

#[derive(Deserialize)]
struct Deadline {
    attempt: AttemptId,
}

/// The time of an attempt is up, grace included: it is graded from what was saved.
///
/// # Errors
/// As the database.
pub async fn on_deadline(app: &App, payload: serde_json::Value) -> Result<(), Problem> {
    let due: Deadline = serde_json::from_value(payload).map_err(Problem::internal)?;
    expire(app, due.attempt).await
}

async fn expire(app: &App, id: AttemptId) -> Result<(), Problem> {
    let tx = Permit::system("assessment deadline").begin(app).await?;
    let row = attempt::Entity::find_by_id(id).one(&tx).await?;
    if row.is_some_and(|row| row.state == AttemptState::InProgress && rules::is_over(row.deadline_at, tx.now())) {
        finish(&tx, id).await?;
    }
    tx.commit(()).await
}

/// Ends the attempts of a person whose time is up, should the job for it be late.
///
/// # Errors
/// As the database.
pub(super) async fn settle(app: &App, person: PersonId) -> Result<(), Problem> {
    let latest = app.now() - Duration::seconds(rules::GRACE_SECONDS);
    let late = attempt::Entity::find()
        .filter(attempt::Column::PersonId.eq(person))
        .filter(attempt::Column::State.eq(AttemptState::InProgress))
        .filter(attempt::Column::DeadlineAt.lte(latest))
        .limit(20)
        .all(app.db())
        .await?;
    for row in late {
        expire(app, row.id).await?;
    }
    Ok(())
}

/// One's own attempt, ended if its time is up.
///
/// # Errors
/// `not-found`
pub(super) async fn settled(app: &App, actor: &Actor, id: AttemptId) -> Result<attempt::Model, Problem> {
    let row = mine(app.db(), actor, id).await?;
    if row.state == AttemptState::InProgress && rules::is_over(row.deadline_at, app.now()) {
        expire(app, id).await?;
        return mine(app.db(), actor, id).await;
    }
    Ok(row)
}

/// The title of an assessment in a language, or the nearest there is.
pub(super) async fn title_of<C: ConnectionTrait>(db: &C, id: AssessmentId, language: &str) -> Result<String, Problem> {
    let row = table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let own = match language {
        "lv" => row.title_lv,
        "be" | "ru" => row.title_ru,
        _ => None,
    };
    Ok(own.unwrap_or(row.title))
}
