//! The calendar file of an activity.

use super::facts::rows_of;
use super::read::{activity, session_views};
use crate::identity::Actor;
use crate::platform::{App, Problem};
use crate::scheduling::rules::calendar::{Entry, file};
use entity::id::ActivityId;
use std::collections::HashMap;

/// An iCalendar file of the sessions of an activity: the same UID for a session whatever becomes of it, and a
/// SEQUENCE that grows with each change of time, place or state.
///
/// # Errors
/// `not-found`
pub async fn calendar(app: &App, actor: &Actor, id: ActivityId) -> Result<(String, String), Problem> {
    let view = activity(app, actor, id).await?;
    let rows = rows_of(app.db(), id).await?;
    let changed: HashMap<_, _> = rows.iter().map(|row| (row.id, row.changed_at)).collect();
    let host = app.config().public_url.host_str().unwrap_or("localhost").to_owned();
    let address = app.config().public_url.join(&format!("/activities/{id}")).map_err(Problem::internal)?;
    let entries = session_views(app.db(), rows).await?.into_iter().map(|session| Entry {
        uid: format!("{}@{host}", session.id),
        stamp: changed.get(&session.id).copied().unwrap_or(session.starts_at),
        sequence: session.sequence,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        summary: format!("{}: {}", view.title, session.title),
        location: [Some(session.venue), session.town].into_iter().flatten().collect::<Vec<_>>().join(", "),
        description: session.agenda.unwrap_or_default(),
        url: address.to_string(),
        cancelled: session.state == entity::scheduling::SessionState::Cancelled,
    });
    let entries: Vec<Entry> = entries.collect();
    Ok((format!("{}.ics", view.code), file(&entries)))
}
