//! Openings: an assessment for the participants of an activity.

use super::super::rules::{self, StartFacts};
use super::super::{AssessmentOpened, AttemptView, NewOpening, OpeningView, Refusal};
use super::{assemble, grade};
use crate::enrolment;
use crate::identity::{Action, Actor, Reach};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use crate::scheduling;
use chrono::{DateTime, Utc};
use entity::assessment::{AssessmentState, AttemptState, assessment as table, assessment_opening as row, attempt};
use entity::id::{ActivityId, AssessmentId, OpeningId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

fn check(new: &NewOpening) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if new.opens_at >= new.closes_at {
        problem = problem.field("/closes_at", "must be after it opens");
    }
    if new.results_at.is_some_and(|at| at < new.opens_at) {
        problem = problem.field("/results_at", "must not be before it opens");
    }
    problem.unless_clean()
}

/// Opens an assessment for the participants of an activity.
///
/// # Errors
/// `not-found` · 422 · `assessment/not-published` · `assessment/open-already`
pub async fn add_opening(tx: &Tx, assessment: AssessmentId, new: NewOpening) -> Result<OpeningId, Problem> {
    check(&new)?;
    scheduling::activity_facts(tx, new.activity_id).await?;
    let found = table::Entity::find_by_id(assessment).lock_exclusive().one(tx).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    if found.state != AssessmentState::Published {
        return Err(Refusal::NotPublished.into());
    }
    let there = row::Entity::find()
        .filter(row::Column::AssessmentId.eq(assessment))
        .filter(row::Column::ActivityId.eq(new.activity_id));
    if there.one(tx).await?.is_some() {
        return Err(Refusal::OpenAlready.into());
    }
    let opening = row::Model {
        id: tx.id(),
        assessment_id: assessment,
        activity_id: new.activity_id,
        opens_at: new.opens_at,
        closes_at: new.closes_at,
        results_at: new.results_at,
        version: 1,
        created_at: tx.now(),
    };
    let id = opening.id;
    row::Entity::insert(opening.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&AssessmentOpened { assessment, opening: id, activity: new.activity_id }).await?;
    Ok(id)
}

/// Opens an assessment.
///
/// # Errors
/// 403 · `not-found` · 422 · `assessment/not-published` · `assessment/open-already`
pub async fn new_opening(
    app: &App,
    actor: &Actor,
    assessment: AssessmentId,
    new: NewOpening,
) -> Result<OpeningView, Problem> {
    assemble::assessment(app, actor, assessment).await?;
    let activity = scheduling::visible_activity(app, actor, new.activity_id).await?;
    let tx = actor.permit(Action::ManageAssessments, &activity.scope(), app.now())?.begin(app).await?;
    let id = add_opening(&tx, assessment, new).await?;
    let view = one(&tx, actor, id, tx.now()).await?;
    tx.commit(view).await
}

/// Sets other times; attempts that are under way keep the deadline they have.
///
/// # Errors
/// 403 · `not-found` · 412 · 422
pub async fn change_opening(
    app: &App,
    actor: &Actor,
    id: OpeningId,
    version: i64,
    new: NewOpening,
) -> Result<OpeningView, Problem> {
    let seen = visible(app.db(), actor, id).await?;
    let activity = scheduling::activity_facts(app.db(), seen.activity_id).await?;
    let tx = actor.permit(Action::ManageAssessments, &activity.scope(), app.now())?.begin(app).await?;
    let before = row::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if before.version != version {
        return Err(Problem::changed_meanwhile());
    }
    if before.activity_id != new.activity_id {
        return Err(Problem::invalid().field("/activity_id", "cannot be changed"));
    }
    check(&new)?;
    let mut changes = Changes::default();
    changes.note("opens_at", &before.opens_at, &new.opens_at);
    changes.note("closes_at", &before.closes_at, &new.closes_at);
    changes.note("results_at", &before.results_at, &new.results_at);
    let event = AssessmentOpened { assessment: before.assessment_id, opening: id, activity: before.activity_id };
    let mut change = before.into_active_model();
    change.opens_at = Set(new.opens_at);
    change.closes_at = Set(new.closes_at);
    change.results_at = Set(new.results_at);
    change.version = Set(version + 1);
    change.update(&tx).await?;
    tx.emit_changes(&event, &changes).await?;
    let view = one(&tx, actor, id, tx.now()).await?;
    tx.commit(view).await
}

/// Whether somebody sees openings of others: who manages assessments, or sees results of more than oneself.
fn is_staff(actor: &Actor) -> bool {
    let results = actor.reach(Action::ViewResults);
    let own_only = Reach { own: results.own, ..Reach::default() };
    results != own_only || !actor.reach(Action::ManageAssessments).is_nothing()
}

/// An opening that the actor may know of: as staff, or as a participant of its activity.
async fn visible<C: ConnectionTrait>(db: &C, actor: &Actor, id: OpeningId) -> Result<row::Model, Problem> {
    let found = row::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    if is_staff(actor) || enrolment::is_participant(db, found.activity_id, actor.person).await? {
        return Ok(found);
    }
    Err(Problem::not_found())
}

/// What decides whether a person may begin, from their attempts that are over.
pub(super) fn start_facts(
    found: &row::Model,
    rules: (AssessmentState, i32, i32),
    over: &[attempt::Model],
) -> StartFacts {
    let (state, max_attempts, hours_between) = rules;
    StartFacts {
        published: state == AssessmentState::Published,
        opens_at: found.opens_at,
        closes_at: found.closes_at,
        max_attempts,
        hours_between,
        attempts: over.iter().map(|attempt| attempt.number).max().unwrap_or(0),
        last_at: over.iter().filter_map(|attempt| attempt.submitted_at).max(),
    }
}

/// Openings as a reader sees them, in the order given. `takes_part` says of which activities they are a
/// participant.
async fn views<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    rows: Vec<row::Model>,
    takes_part: &[ActivityId],
    now: DateTime<Utc>,
) -> Result<Vec<OpeningView>, Problem> {
    let assessments: Vec<AssessmentId> = rows.iter().map(|row| row.assessment_id).collect();
    let activities: Vec<ActivityId> = rows.iter().map(|row| row.activity_id).collect();
    let assessments = assemble::views(db, actor, &assessments).await?;
    let activities = scheduling::activities_facts(db, &activities).await?;
    let mine = attempt::Entity::find()
        .filter(attempt::Column::PersonId.eq(actor.person))
        .filter(attempt::Column::OpeningId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(attempt::Column::Number)
        .all(db)
        .await?;
    let mut own: HashMap<OpeningId, Vec<attempt::Model>> = HashMap::new();
    for attempt in mine {
        own.entry(attempt.opening_id).or_default().push(attempt);
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let assessment = assessments.get(&row.assessment_id).cloned().ok_or_else(Problem::not_found)?;
        let activity = activities.get(&row.activity_id).map_or(String::new(), |facts| facts.title.clone());
        let mine = own.remove(&row.id).unwrap_or_default();
        let settings = (assessment.state, assessment.max_attempts, assessment.hours_between_attempts);
        let verdict = rules::begin(&start_facts(&row, settings, &mine), now);
        let running = mine.iter().any(|attempt| attempt.state == AttemptState::InProgress);
        views.push(OpeningView {
            may_begin: verdict.is_ok() && !running && takes_part.contains(&row.activity_id),
            next_at: match verdict {
                Err(Refusal::TooSoon { from }) => Some(from),
                Err(Refusal::NotOpen { opens_at, .. }) if now < opens_at => Some(opens_at),
                _ => None,
            },
            attempts: mine.iter().map(|attempt| attempt_view(attempt, row.results_at, now)).collect(),
            id: row.id,
            activity_id: row.activity_id,
            activity,
            assessment,
            opens_at: row.opens_at,
            closes_at: row.closes_at,
            results_at: row.results_at,
            version: row.version,
        });
    }
    Ok(views)
}

/// One's own attempt: its score only once results are released.
pub(super) fn attempt_view(row: &attempt::Model, results_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AttemptView {
    let shown = rules::results_shown(results_at, now);
    AttemptView {
        id: row.id,
        number: row.number,
        state: row.state,
        started_at: row.started_at,
        deadline_at: row.deadline_at,
        submitted_at: row.submitted_at,
        score_percent: row.score_hundredths.filter(|_| shown).map(rules::percent),
        passed: row.passed.filter(|_| shown),
    }
}

async fn one<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    id: OpeningId,
    now: DateTime<Utc>,
) -> Result<OpeningView, Problem> {
    let found = visible(db, actor, id).await?;
    let takes_part = enrolment::is_participant(db, found.activity_id, actor.person).await?;
    let activities: Vec<ActivityId> = takes_part.then_some(found.activity_id).into_iter().collect();
    views(db, actor, vec![found], &activities, now).await?.pop().ok_or_else(Problem::not_found)
}

/// An opening, with the reader's own attempts.
///
/// # Errors
/// `not-found`
pub async fn opening(app: &App, actor: &Actor, id: OpeningId) -> Result<OpeningView, Problem> {
    grade::settle(app, actor.person).await?;
    one(app.db(), actor, id, app.now()).await
}

/// Where an assessment is open, newest first, for who manages assessments or sees results.
///
/// # Errors
/// 403 · `not-found` · 400 for a bad limit or cursor
pub async fn openings(
    app: &App,
    actor: &Actor,
    assessment: AssessmentId,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<OpeningView>, Problem> {
    assemble::assessment(app, actor, assessment).await?;
    if !is_staff(actor) {
        return Err(Problem::forbidden("Your roles do not allow you to see who else it is open for."));
    }
    let list = format!("openings {assessment}");
    let request: PageRequest<OpeningId> = PageRequest::read(app, &list, limit, cursor)?;
    let mut query = row::Entity::find().filter(row::Column::AssessmentId.eq(assessment));
    if let Some(id) = request.after {
        query = query.filter(row::Column::Id.lt(id));
    }
    let rows = query.order_by_desc(row::Column::Id).limit(request.limit + 1).all(app.db()).await?;
    let activities = taken_part(app, actor).await?;
    let views = views(app.db(), actor, rows, &activities, app.now()).await?;
    Ok(request.page(app, &list, views, |view| view.id, |view| view))
}

/// Activities in which the actor holds a seat or took part.
async fn taken_part(app: &App, actor: &Actor) -> Result<Vec<ActivityId>, Problem> {
    let seats = enrolment::seats_of_person(app.db(), actor.person).await?;
    Ok(seats.into_iter().map(|(activity, _)| activity).collect())
}

/// Assessments that are, were or will be open for the actor, those that close last first.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn open_for_me(
    app: &App,
    actor: &Actor,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<OpeningView>, Problem> {
    grade::settle(app, actor.person).await?;
    let request: PageRequest<(DateTime<Utc>, OpeningId)> = PageRequest::read(app, "open for me", limit, cursor)?;
    let activities = taken_part(app, actor).await?;
    let mut query = row::Entity::find().filter(row::Column::ActivityId.is_in(activities.iter().copied()));
    if let Some((at, id)) = &request.after {
        let key = Expr::tuple([Expr::col(row::Column::ClosesAt), Expr::col(row::Column::Id)]);
        query = query.filter(key.lt(Expr::tuple([Expr::value(*at), Expr::value(id.0)])));
    }
    let rows = query
        .order_by_desc(row::Column::ClosesAt)
        .order_by_desc(row::Column::Id)
        .limit(request.limit + 1)
        .all(app.db())
        .await?;
    let views = views(app.db(), actor, rows, &activities, app.now()).await?;
    Ok(request.page(app, "open for me", views, |view| (view.closes_at, view.id), |view| view))
}
