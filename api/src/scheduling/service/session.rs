//! Sessions: adding, moving and cancelling them.

use super::super::rules::{self, Span};
use super::super::{ActivityChanged, NewSession, Refusal, SessionCancelled, SessionMoved, SessionView, Trial};
use super::commit::{let_go, retake};
use super::facts::{lock_row, rows_of};
use super::length;
use super::plan::{line, note, open, settle};
use super::read::session_view;
use crate::identity::Actor;
use crate::platform::{App, Changes, Problem, Tx};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use entity::id::{ActivityId, SessionId};
use entity::scheduling::{
    ActivityChangeKind, Fold, SessionState, activity, activity_change as change, activity_session as table, venue,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel};

/// A session's time, read and made instants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timed {
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub zone: Tz,
    pub span: Span,
}

/// Reads the time of a session.
///
/// # Errors
/// 422, with every field that is wrong
pub(super) fn timed(new: &NewSession, venue_zone: &str) -> Result<Timed, Problem> {
    let mut problem = length(Problem::invalid(), "/title", &new.title, 2, 200);
    problem = length(problem, "/agenda", new.agenda.as_deref().unwrap_or_default(), 0, 10_000);
    let zone = rules::zone(new.zone.as_deref().unwrap_or(venue_zone));
    if zone.is_none() {
        problem = problem.field("/zone", "is no IANA time zone");
    }
    let mut read = |pointer: &str, text: &str, fold: Option<Fold>| -> Option<(NaiveDateTime, DateTime<Utc>)> {
        let fault = match (rules::wall_time(text), zone) {
            (None, _) => "must be a wall time, as in 2026-12-01T09:00".to_owned(),
            (Some(_), None) => return None,
            (Some(local), Some(zone)) => match rules::instant(local, zone, fold) {
                Ok(at) => return Some((local, at)),
                Err(fault) => fault.to_string(),
            },
        };
        let told = std::mem::replace(&mut problem, Problem::invalid());
        problem = told.field(pointer, fault);
        None
    };
    let starts = read("/starts_local", &new.starts_local, new.starts_fold);
    let ends = read("/ends_local", &new.ends_local, new.ends_fold);
    if let (Some((_, starts_at)), Some((_, ends_at))) = (starts, ends)
        && starts_at >= ends_at
    {
        problem = problem.field("/ends_local", "must be after the start");
    }
    match (starts, ends, zone) {
        (Some((starts_local, starts_at)), Some((ends_local, ends_at)), Some(zone)) if problem.errors().is_empty() => {
            Ok(Timed { starts_local, ends_local, zone, span: Span { starts_at, ends_at } })
        }
        _ => Err(problem),
    }
}

/// A session that is only thought of, as one that is to be.
pub(super) fn timed_trial(trial: &Trial) -> NewSession {
    NewSession {
        title: "Trial".into(),
        venue_id: trial.venue_id,
        starts_local: trial.starts_local.clone(),
        ends_local: trial.ends_local.clone(),
        zone: trial.zone.clone(),
        starts_fold: None,
        ends_fold: None,
        agenda: None,
    }
}

/// The venue of a session, and its time.
pub(super) async fn placed<C: ConnectionTrait>(db: &C, new: &NewSession) -> Result<Timed, Problem> {
    let venue = venue::Entity::find_by_id(new.venue_id).one(db).await?;
    let venue = venue.ok_or_else(|| Problem::invalid().field("/venue_id", "is no venue"))?;
    timed(new, &venue.zone)
}

/// Refuses a session that shares time with another of its activity.
pub(super) fn alone(sessions: &[table::Model], own: Option<SessionId>, span: Span) -> Result<(), Refusal> {
    let others = sessions.iter().filter(|s| Some(s.id) != own && s.state == SessionState::Planned);
    let overlaps = |s: &&table::Model| span.overlaps(Span { starts_at: s.starts_at, ends_at: s.ends_at });
    others.into_iter().find(overlaps).map_or(Ok(()), |other| Err(Refusal::SessionsOverlap(other.id)))
}

/// Refuses what a person would plan into the past; history that is loaded may be there.
pub(super) fn ahead(tx: &Tx, span: Span) -> Result<(), Problem> {
    if tx.author().person.is_some() && span.starts_at <= tx.now() {
        return Err(Problem::invalid().field("/starts_local", "must be in the future"));
    }
    Ok(())
}

/// Adds a session to an activity, and takes whoever is in it.
///
/// # Errors
/// `not-found` · 422 · `scheduling/over` · `scheduling/sessions-overlap` · `scheduling/clash`
pub async fn add_session(tx: &Tx, id: ActivityId, new: NewSession) -> Result<SessionId, Problem> {
    let activity = lock_row(tx, id).await?;
    rules::changeable(activity.state)?;
    let timed = placed(tx, &new).await?;
    ahead(tx, timed.span)?;
    let sessions = rows_of(tx, id).await?;
    alone(&sessions, None, timed.span)?;
    let row = table::Model {
        id: tx.id(),
        activity_id: id,
        number: sessions.iter().map(|session| session.number).max().unwrap_or(0) + 1,
        title: new.title.trim().to_owned(),
        venue_id: new.venue_id,
        starts_local: timed.starts_local,
        ends_local: timed.ends_local,
        zone: timed.zone.name().to_owned(),
        starts_fold: new.starts_fold,
        ends_fold: new.ends_fold,
        starts_at: timed.span.starts_at,
        ends_at: timed.span.ends_at,
        state: SessionState::Planned,
        sequence: 0,
        agenda: new.agenda,
        version: 1,
        created_at: tx.now(),
        changed_at: tx.now(),
    };
    let session = row.id;
    table::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    retake(tx, &activity, &[row]).await?;
    settle(tx, activity.into_active_model()).await?;
    tx.emit(&ActivityChanged { activity: id }).await?;
    Ok(session)
}

/// Adds a session to an activity.
///
/// # Errors
/// 403 · as [`add_session`]
pub async fn new_session(app: &App, actor: &Actor, id: ActivityId, new: NewSession) -> Result<SessionView, Problem> {
    let tx = open(app, actor, id).await?;
    let session = add_session(&tx, id, new).await?;
    let view = session_view(&tx, session).await?;
    tx.commit(view).await
}

/// The activity of a session.
pub(super) async fn activity_of<C: ConnectionTrait>(db: &C, id: SessionId) -> Result<ActivityId, Problem> {
    let row = table::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    Ok(row.activity_id)
}

/// The rows of an activity and one of its sessions, locked; refuses what is over, cancelled, or was changed.
async fn locked(
    tx: &Tx,
    activity: ActivityId,
    id: SessionId,
    version: Option<i64>,
) -> Result<(activity::Model, table::Model), Problem> {
    let activity = lock_row(tx, activity).await?;
    rules::changeable(activity.state)?;
    let session = table::Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
    if version.is_some_and(|version| version != session.version) {
        return Err(Problem::changed_meanwhile());
    }
    if session.state == SessionState::Cancelled {
        return Err(Refusal::SessionCancelled.into());
    }
    Ok((activity, session))
}

/// Changes a session: another time or place moves it, and everybody in it with it.
///
/// # Errors
/// 403 · `not-found` · 412 · 422 · `scheduling/over` · `scheduling/session-cancelled` ·
/// `scheduling/sessions-overlap` · `scheduling/clash`
pub async fn change_session(
    app: &App,
    actor: &Actor,
    id: SessionId,
    version: i64,
    new: NewSession,
) -> Result<SessionView, Problem> {
    let of = activity_of(app.db(), id).await?;
    let tx = open(app, actor, of).await?;
    let (activity, before) = locked(&tx, of, id, Some(version)).await?;
    let timed = placed(&tx, &new).await?;
    let span = Span { starts_at: before.starts_at, ends_at: before.ends_at };
    let moved = span != timed.span || before.venue_id != new.venue_id || before.zone != timed.zone.name();
    if span != timed.span {
        ahead(&tx, timed.span)?;
        alone(&rows_of(&tx, of).await?, Some(id), timed.span)?;
    }
    let after = table::Model {
        title: new.title.trim().to_owned(),
        venue_id: new.venue_id,
        starts_local: timed.starts_local,
        ends_local: timed.ends_local,
        zone: timed.zone.name().to_owned(),
        starts_fold: new.starts_fold,
        ends_fold: new.ends_fold,
        starts_at: timed.span.starts_at,
        ends_at: timed.span.ends_at,
        agenda: new.agenda,
        sequence: before.sequence + i32::from(moved),
        version: version + 1,
        changed_at: tx.now(),
        ..before.clone()
    };
    // The commitments of the old time go first: they refer to this session by its id, and the new time takes
    // the same people.
    let_go(&tx, &[id]).await?;
    let row: table::ActiveModel = after.clone().into();
    row.reset_all().update(&tx).await?;
    retake(&tx, &activity, std::slice::from_ref(&after)).await?;
    settle(&tx, activity.clone().into_active_model()).await?;
    tell_moved(&tx, &activity, &before, &after, moved).await?;
    let view = session_view(&tx, id).await?;
    tx.commit(view).await
}

async fn tell_moved(
    tx: &Tx,
    activity: &activity::Model,
    before: &table::Model,
    after: &table::Model,
    moved: bool,
) -> Result<(), Problem> {
    if !moved {
        tx.emit(&ActivityChanged { activity: activity.id }).await?;
        return Ok(());
    }
    let moved = change::Model {
        session_id: Some(before.id),
        starts_before_at: Some(before.starts_at),
        starts_after_at: Some(after.starts_at),
        ..line(tx, activity, ActivityChangeKind::Moved)
    };
    note(tx, moved).await?;
    let mut changes = Changes::default();
    changes.note("starts_at", &before.starts_at, &after.starts_at);
    changes.note("ends_at", &before.ends_at, &after.ends_at);
    changes.note("venue_id", &before.venue_id, &after.venue_id);
    tx.emit_changes(&SessionMoved { session: before.id, activity: activity.id }, &changes).await?;
    Ok(())
}

/// Cancels a session that has not begun, and lets go whoever it took.
///
/// # Errors
/// 403 · `not-found` · 422 · `scheduling/over` · `scheduling/session-cancelled` · `scheduling/session-begun` ·
/// `scheduling/last-session`
pub async fn cancel_session(app: &App, actor: &Actor, id: SessionId, reason: String) -> Result<SessionView, Problem> {
    let of = activity_of(app.db(), id).await?;
    let tx = open(app, actor, of).await?;
    length(Problem::invalid(), "/reason", &reason, 3, 2000).unless_clean()?;
    let (activity, session) = locked(&tx, of, id, None).await?;
    if session.starts_at <= tx.now() {
        return Err(Refusal::SessionBegun.into());
    }
    let planned = rows_of(&tx, of).await?.into_iter().filter(|s| s.state == SessionState::Planned).count();
    if planned == 1 && rules::commits(activity.state) {
        return Err(Refusal::LastSession.into());
    }
    let_go(&tx, &[id]).await?;
    let cancelled = change::Model {
        session_id: Some(id),
        reason: Some(reason.trim().to_owned()),
        starts_before_at: Some(session.starts_at),
        ..line(&tx, &activity, ActivityChangeKind::Moved)
    };
    let (sequence, version) = (session.sequence + 1, session.version + 1);
    let mut row = session.into_active_model();
    row.state = Set(SessionState::Cancelled);
    row.sequence = Set(sequence);
    row.version = Set(version);
    row.changed_at = Set(tx.now());
    row.update(&tx).await?;
    settle(&tx, activity.into_active_model()).await?;
    note(&tx, cancelled).await?;
    tx.emit(&SessionCancelled { session: id, activity: of }).await?;
    let view = session_view(&tx, id).await?;
    tx.commit(view).await
}
