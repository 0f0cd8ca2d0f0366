//! Sessions: adding, moving and cancelling them.

use super::super::rules::{self, Span};
use super::super::{ActivityChanged, NewSession, Refusal};
use super::commit::retake;
use super::facts::{lock_row, rows_of};
use super::length;
use super::plan::settle;
use crate::platform::{Problem, Tx};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use entity::id::{ActivityId, SessionId};
use entity::scheduling::{Fold, SessionState, activity_session as table, venue};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

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
