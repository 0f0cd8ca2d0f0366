//! How far an activity has come: publishing, postponing, suspending, cancelling it and going on.

use super::super::rules::{self, PublicationFacts};
use super::super::{
    ActivityCancelled, ActivityChanged, ActivityDelivered, ActivityPostponed, ActivityPublished, ActivitySuspended,
    ActivityView, Refusal, StateChange,
};
use super::commit::{let_go, retake};
use super::facts::{lock_row, rows_of};
use super::length;
use super::plan::{line, note, open, settle};
use super::read::stored;
use crate::identity::Actor;
use crate::platform::{App, Problem, Tx};
use chrono::{DateTime, Utc};
use entity::id::{ActivityId, SessionId};
use entity::scheduling::{
    ActivityChangeKind, ActivityState, SessionState, activity, activity_change as change, activity_session,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

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

/// Moves an activity to another state.
///
/// # Errors
/// 403 · as [`change_state_at`]
pub async fn move_on(
    app: &App,
    actor: &Actor,
    id: ActivityId,
    state: ActivityState,
    reason: Option<String>,
) -> Result<ActivityView, Problem> {
    let tx = open(app, actor, id).await?;
    change_state(&tx, id, state, reason).await?;
    let view = stored(&tx, id).await?;
    tx.commit(view).await
}
