//! Activities: drafting and changing them, their staff, and how far they have come.

use super::super::rules::{self, PublicationFacts};
use super::super::{
    ActivityCancelled, ActivityChanged, ActivityDelivered, ActivityDrafted, ActivityPostponed, ActivityPublished,
    ActivitySuspended, NewActivity, Refusal, StateChange,
};
use super::commit::{commit_person, let_go, retake};
use super::facts::{lock_row, rows_of};
use super::{is_code, length};
use crate::platform::{Problem, Tx};
use chrono::{DateTime, NaiveTime, Utc};
use entity::id::{ActivityId, PersonId, SessionId};
use entity::scheduling::{
    ActivityChangeKind, ActivityMode, ActivityState, CommitmentRole, SessionState, StaffRole, activity,
    activity_change as change, activity_session, activity_staff,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Refuses an activity that is described wrongly, by all fields at once.
pub(super) fn check(new: &NewActivity) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if !is_code(&new.code, 40) {
        problem = problem.field("/code", "must be 2 to 40 capitals, digits, dots, hyphens and underscores");
    }
    problem = length(problem, "/title", &new.title, 2, 200);
    problem = length(problem, "/summary", new.summary.as_deref().unwrap_or_default(), 0, 4000);
    if !(0..=100_000).contains(&new.capacity_seats) {
        problem = problem.field("/capacity_seats", "must be 0 to 100000");
    }
    if new.reserve_seats.is_some_and(|seats| !(0..=100_000).contains(&seats)) {
        problem = problem.field("/reserve_seats", "must be 0 to 100000");
    }
    let is_language = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if let Some(n) = new.languages.iter().position(|code| !is_language(code)) {
        problem = problem.field(format!("/languages/{n}"), "must be two small letters, as in lv");
    }
    match (new.planned_from_on, new.planned_until_on) {
        (None, Some(_)) => problem = problem.field("/planned_from_on", "is needed with a last day"),
        (Some(from), Some(until)) if until < from => {
            problem = problem.field("/planned_until_on", "must not be before the first day");
        }
        _ => {}
    }
    problem.unless_clean()
}

/// Adds an activity as a draft.
///
/// # Errors
/// 422 · `scheduling/code-taken` · `not-found` for a course or component that is not there
pub async fn add_activity(tx: &Tx, new: NewActivity) -> Result<ActivityId, Problem> {
    check(&new)?;
    if activity::Entity::find().filter(activity::Column::Code.eq(&new.code)).one(tx).await?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    let first_day = new.planned_from_on.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let row = activity::Model {
        id: tx.id(),
        code: new.code,
        title: new.title,
        kind: new.kind,
        mode: new.mode,
        state: ActivityState::Draft,
        state_reason: None,
        organisation_id: new.organisation_id,
        host_organisation_id: new.host_organisation_id,
        component_id: new.component_id,
        course_id: new.course_id,
        summary: new.summary,
        languages: new.languages.join(","),
        capacity_seats: new.capacity_seats,
        reserve_seats: new.reserve_seats,
        enrolment_mode: new.enrolment_mode,
        enrolment_closes_at: new.enrolment_closes_at,
        planned_from_on: new.planned_from_on,
        planned_until_on: new.planned_until_on,
        starts_at: None,
        ends_at: None,
        listed_at: first_day.unwrap_or_else(|| tx.now()),
        version: 1,
        created_at: tx.now(),
    };
    let id = row.id;
    activity::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&ActivityDrafted { activity: id }).await?;
    Ok(id)
}

/// Derives the dates of an activity from the sessions that are to take place, and counts its version on.
pub(super) async fn settle(tx: &Tx, mut row: activity::ActiveModel) -> Result<(), Problem> {
    let id = *row.id.as_ref();
    let sessions = rows_of(tx, id).await?;
    let planned = || sessions.iter().filter(|session| session.state == SessionState::Planned);
    let first = planned().map(|session| session.starts_at).min();
    let last = planned().map(|session| session.ends_at).max();
    if let (Some(first), Some(last)) = (first, last) {
        row.starts_at = Set(Some(first));
        row.ends_at = Set(Some(last));
        row.listed_at = Set(first);
    }
    row.version = Set(*row.version.as_ref() + 1);
    row.update(tx).await?;
    Ok(())
}

/// Writes a line of an activity's history.
pub(super) async fn note(tx: &Tx, line: change::Model) -> Result<(), Problem> {
    change::Entity::insert(line.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// A line of history of an activity whose state stays.
pub(super) fn line(tx: &Tx, activity: &activity::Model, kind: ActivityChangeKind) -> change::Model {
    change::Model {
        id: tx.id(),
        activity_id: activity.id,
        kind,
        from_state: activity.state,
        to_state: activity.state,
        reason: None,
        session_id: None,
        starts_before_at: None,
        starts_after_at: None,
        at: tx.now(),
        person_id: tx.author().person,
    }
}

/// Moves an activity to another state, now.
///
/// # Errors
/// As [`change_state_at`]
pub async fn change_state(
    tx: &Tx,
    id: ActivityId,
    state: ActivityState,
    reason: Option<String>,
) -> Result<(), Problem> {
    change_state_at(tx, id, StateChange { state, reason, at: tx.now() }).await
}

/// Moves an activity to another state. Postponing, suspending and cancelling cancel the sessions that have not
/// begun, and let go whoever they took; planning anew takes them for the new sessions.
///
/// # Errors
/// `not-found` · 422 · `scheduling/over` · `scheduling/no-such-step` · `scheduling/not-ready` · `scheduling/not-over`
/// · `scheduling/clash`
pub async fn change_state_at(tx: &Tx, id: ActivityId, wanted: StateChange) -> Result<(), Problem> {
    let before = lock_row(tx, id).await?;
    let StateChange { state: to, reason, at } = wanted;
    rules::step(before.state, to)?;
    let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    check_reason(to, reason.as_deref())?;
    let sessions = rows_of(tx, id).await?;
    let planned: Vec<_> = sessions.iter().filter(|s| s.state == SessionState::Planned).collect();
    let by_a_person = tx.author().person.is_some();
    if to == ActivityState::Planned {
        let facts = PublicationFacts {
            capacity_seats: before.capacity_seats,
            first_session_at: planned.first().map(|session| session.starts_at),
            may_be_past: !by_a_person,
        };
        rules::publishable(facts, at)?;
    }
    if to == ActivityState::Delivered && by_a_person && planned.iter().any(|session| session.ends_at > at) {
        return Err(Refusal::NotOver.into());
    }
    let mut row = before.clone().into_active_model();
    row.state = Set(to);
    row.state_reason = Set(reason.clone().filter(|_| rules::needs_reason(to)));
    if to == ActivityState::Planned && before.planned_from_on.is_none() {
        row.planned_from_on = Set(planned.iter().map(|session| session.starts_local.date()).min());
        row.planned_until_on = Set(planned.iter().map(|session| session.ends_local.date()).max());
    }
    if rules::needs_reason(to) {
        let ahead = sessions.iter().filter(|s| s.state == SessionState::Planned && s.starts_at > at);
        cancel(tx, ahead.cloned().collect(), at).await?;
    } else if !rules::commits(before.state) {
        let now = activity::Model { state: to, ..before.clone() };
        retake(tx, &now, &sessions).await?;
    }
    settle(tx, row).await?;
    note(tx, change::Model { to_state: to, reason, at, ..line(tx, &before, ActivityChangeKind::State) }).await?;
    tell(tx, id, to).await
}

fn check_reason(to: ActivityState, reason: Option<&str>) -> Result<(), Problem> {
    match reason {
        None if rules::needs_reason(to) => Err(Problem::invalid().field("/reason", "is required")),
        Some(text) => length(Problem::invalid(), "/reason", text, 3, 2000).unless_clean(),
        None => Ok(()),
    }
}

async fn cancel(tx: &Tx, sessions: Vec<activity_session::Model>, at: DateTime<Utc>) -> Result<(), Problem> {
    let ids: Vec<SessionId> = sessions.iter().map(|session| session.id).collect();
    let_go(tx, &ids).await?;
    for session in sessions {
        let (sequence, version) = (session.sequence + 1, session.version + 1);
        let mut row = session.into_active_model();
        row.state = Set(SessionState::Cancelled);
        row.sequence = Set(sequence);
        row.version = Set(version);
        row.changed_at = Set(at);
        row.update(tx).await?;
    }
    Ok(())
}

async fn tell(tx: &Tx, activity: ActivityId, to: ActivityState) -> Result<(), Problem> {
    match to {
        ActivityState::Planned => tx.emit(&ActivityPublished { activity }).await?,
        ActivityState::Postponed => tx.emit(&ActivityPostponed { activity }).await?,
        ActivityState::Suspended => tx.emit(&ActivitySuspended { activity }).await?,
        ActivityState::Cancelled => tx.emit(&ActivityCancelled { activity }).await?,
        ActivityState::Delivered => tx.emit(&ActivityDelivered { activity }).await?,
        _ => tx.emit(&ActivityChanged { activity }).await?,
    };
    Ok(())
}

/// Records that an activity is held in another mode from `at` on: history, not a state.
///
/// # Errors
/// `not-found` · 422 · `scheduling/over`
pub async fn convert(
    tx: &Tx,
    id: ActivityId,
    mode: ActivityMode,
    reason: String,
    at: DateTime<Utc>,
) -> Result<(), Problem> {
    length(Problem::invalid(), "/reason", &reason, 3, 2000).unless_clean()?;
    let before = lock_row(tx, id).await?;
    rules::changeable(before.state)?;
    if before.mode == mode {
        return Err(Problem::invalid().field("/mode", "is what it is already"));
    }
    let mut row = before.clone().into_active_model();
    row.mode = Set(mode);
    settle(tx, row).await?;
    let line = line(tx, &before, ActivityChangeKind::Converted);
    note(tx, change::Model { reason: Some(reason.trim().to_owned()), at, ..line }).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    Ok(())
}

/// Adds somebody to the staff of an activity, and takes them for its sessions; in the same role twice is once.
///
/// # Errors
/// `not-found` · `scheduling/over` · `scheduling/other-part` · `scheduling/clash`
pub async fn add_staff(tx: &Tx, id: ActivityId, person: PersonId, role: StaffRole) -> Result<(), Problem> {
    let row = lock_row(tx, id).await?;
    if tx.author().person.is_some() {
        rules::changeable(row.state)?;
    }
    if activity_staff::Entity::find_by_id((id, person, role)).one(tx).await?.is_some() {
        return Ok(());
    }
    commit_person(tx, id, person, CommitmentRole::Staff).await?;
    let new = activity_staff::Model { activity_id: id, person_id: person, role };
    activity_staff::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
    settle(tx, row.into_active_model()).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    Ok(())
}
