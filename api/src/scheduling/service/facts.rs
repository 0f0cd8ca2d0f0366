//! Facts for the features above: activities and sessions as they are, and who may know of them.

use super::super::{ActivityFacts, SessionFacts};
use crate::identity::{Action, Actor};
use crate::platform::{App, Problem, Tx};
use entity::id::{ActivityId, PersonId, SessionId, VenueId};
use entity::scheduling::{activity, activity_session, activity_staff, venue};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};

fn facts(row: activity::Model, staff: Vec<PersonId>) -> ActivityFacts {
    ActivityFacts {
        id: row.id,
        code: row.code,
        title: row.title,
        kind: row.kind,
        state: row.state,
        organisation_id: row.organisation_id,
        course_id: row.course_id,
        capacity_seats: row.capacity_seats,
        reserve_seats: row.reserve_seats,
        enrolment_mode: row.enrolment_mode,
        enrolment_closes_at: row.enrolment_closes_at,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        staff,
    }
}

/// Persons who work in activities, each once.
pub(super) async fn staff_of<C: ConnectionTrait>(
    db: &C,
    ids: &[ActivityId],
) -> Result<HashMap<ActivityId, BTreeSet<PersonId>>, Problem> {
    let rows = activity_staff::Entity::find()
        .filter(activity_staff::Column::ActivityId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut staff: HashMap<ActivityId, BTreeSet<PersonId>> = HashMap::new();
    for row in rows {
        staff.entry(row.activity_id).or_default().insert(row.person_id);
    }
    Ok(staff)
}

/// An activity, whoever asks.
///
/// # Errors
/// `not-found`
pub async fn activity_facts<C: ConnectionTrait>(db: &C, id: ActivityId) -> Result<ActivityFacts, Problem> {
    let row = activity::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let staff = staff_of(db, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(facts(row, staff.into_iter().collect()))
}

/// Activities by id, whoever asks; what is not there is left out.
///
/// # Errors
/// As the database.
pub async fn activities_facts<C: ConnectionTrait>(
    db: &C,
    ids: &[ActivityId],
) -> Result<HashMap<ActivityId, ActivityFacts>, Problem> {
    let rows = activity::Entity::find().filter(activity::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut staff = staff_of(db, ids).await?;
    let with_staff = rows.into_iter().map(|row| {
        let staff = staff.remove(&row.id).unwrap_or_default();
        (row.id, facts(row, staff.into_iter().collect()))
    });
    Ok(with_staff.collect())
}

/// An activity, if the actor may know of it: drafts are seen by those who plan them.
///
/// # Errors
/// `not-found`
pub async fn visible_activity(app: &App, actor: &Actor, id: ActivityId) -> Result<ActivityFacts, Problem> {
    let activity = activity_facts(app.db(), id).await?;
    let action = if activity.is_draft() { Action::ViewDrafts } else { Action::ViewActivities };
    if actor.may(action, &activity.scope()) { Ok(activity) } else { Err(Problem::not_found()) }
}

/// The row of an activity, locked until the transaction ends.
pub(super) async fn lock_row(tx: &Tx, id: ActivityId) -> Result<activity::Model, Problem> {
    activity::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)
}

/// An activity, locked until the transaction ends, and read again.
///
/// # Errors
/// `not-found`
pub async fn lock_activity(tx: &Tx, id: ActivityId) -> Result<ActivityFacts, Problem> {
    let row = lock_row(tx, id).await?;
    let staff = staff_of(tx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(facts(row, staff.into_iter().collect()))
}

/// Names of venues by id.
pub(super) async fn venue_names<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = VenueId>,
) -> Result<HashMap<VenueId, String>, Problem> {
    let rows = venue::Entity::find().filter(venue::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

fn session(row: activity_session::Model, venues: &HashMap<VenueId, String>) -> SessionFacts {
    SessionFacts {
        id: row.id,
        activity_id: row.activity_id,
        number: row.number,
        title: row.title,
        venue: venues.get(&row.venue_id).cloned().unwrap_or_default(),
        zone: row.zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        state: row.state,
    }
}

/// Sessions as other features see them.
pub(super) fn facts_of_sessions(
    rows: Vec<activity_session::Model>,
    venues: &HashMap<VenueId, String>,
) -> Vec<SessionFacts> {
    rows.into_iter().map(|row| session(row, venues)).collect()
}

/// Sessions of an activity by start, cancelled ones too.
///
/// # Errors
/// As the database.
pub async fn sessions_of<C: ConnectionTrait>(db: &C, id: ActivityId) -> Result<Vec<SessionFacts>, Problem> {
    let rows = rows_of(db, id).await?;
    let venues = venue_names(db, rows.iter().map(|row| row.venue_id)).await?;
    Ok(rows.into_iter().map(|row| session(row, &venues)).collect())
}

/// A session, whoever asks.
///
/// # Errors
/// `not-found`
pub async fn session_facts<C: ConnectionTrait>(db: &C, id: SessionId) -> Result<SessionFacts, Problem> {
    let row = activity_session::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    let venues = venue_names(db, [row.venue_id]).await?;
    Ok(session(row, &venues))
}

/// Rows of an activity's sessions by start.
pub(super) async fn rows_of<C: ConnectionTrait>(
    db: &C,
    id: ActivityId,
) -> Result<Vec<activity_session::Model>, Problem> {
    let rows = activity_session::Entity::find()
        .filter(activity_session::Column::ActivityId.eq(id))
        .order_by_asc(activity_session::Column::StartsAt)
        .order_by_asc(activity_session::Column::Number)
        .all(db)
        .await?;
    Ok(rows)
}
