//! Hearing of activities: more seats, planned anew, postponed, cancelled.

use super::super::EnrolmentCancelled;
use super::place::promote;
use super::{note_once, write};
use crate::identity::Permit;
use crate::platform::{App, Problem};
use crate::scheduling::{self, ActivityCancelled, ActivityPostponed, ActivityPublished, CapacityChanged};
use entity::enrolment::{EnrolmentState, enrolment as table};
use entity::id::ActivityId;
use entity::scheduling::ActivityState;
use sea_orm::QueryOrder;

async fn move_up(app: &App, activity: ActivityId) -> Result<(), Problem> {
    let tx = Permit::system("reserve.promote").begin(app).await?;
    let activity = scheduling::lock_activity(&tx, activity).await?;
    promote(&tx, &activity).await?;
    tx.commit(()).await
}

/// Gives new seats to the reserve list. A lowered capacity takes nobody's seat away.
///
/// # Errors
/// As the database.
pub async fn on_capacity_changed(app: &App, event: &CapacityChanged) -> Result<(), Problem> {
    move_up(app, event.activity).await
}

/// Gives seats that came free while the activity was postponed to the reserve list.
///
/// # Errors
/// As the database.
pub async fn on_activity_published(app: &App, event: &ActivityPublished) -> Result<(), Problem> {
    move_up(app, event.activity).await
}

/// Keeps in everybody's history that the activity was postponed; seats and places on the reserve list stay.
/// The time they take follows the sessions, which is scheduling's.
///
/// # Errors
/// As the database.
pub async fn on_activity_postponed(app: &App, event: &ActivityPostponed) -> Result<(), Problem> {
    const WORDS: &str = "The activity is postponed. The place is kept.";
    let tx = Permit::system("activity.postponed").begin(app).await?;
    let activity = scheduling::lock_activity(&tx, event.activity).await?;
    if activity.state == ActivityState::Postponed {
        let placed = [EnrolmentState::Confirmed, EnrolmentState::Reserve];
        let rows = table::Entity::of_activity_in(activity.id, &placed).order_by_asc(table::Column::Id).all(&tx).await?;
        let words = rows.iter().map(|row| (row.id, WORDS.to_owned())).collect();
        note_once(&tx, &rows.iter().collect::<Vec<_>>(), &words).await?;
    }
    tx.commit(()).await
}

/// Ends every enrolment of a cancelled activity and gives everybody their time back.
///
/// # Errors
/// As the database.
pub async fn on_activity_cancelled(app: &App, event: &ActivityCancelled) -> Result<(), Problem> {
    let tx = Permit::system("activity.cancelled").begin(app).await?;
    let activity = scheduling::lock_activity(&tx, event.activity).await?;
    let alive =
        [EnrolmentState::Nominated, EnrolmentState::Endorsed, EnrolmentState::Confirmed, EnrolmentState::Reserve];
    let rows =
        table::Entity::of_activity_in(activity.id, &alive).order_by_asc(table::Column::PersonId).all(&tx).await?;
    for mut row in rows {
        let from = row.state;
        row.state = EnrolmentState::ActivityCancelled;
        let row = write(&tx, row, Some(from), None).await?;
        if from == EnrolmentState::Confirmed {
            scheduling::release_person(&tx, activity.id, row.person_id).await?;
        }
        let cancelled = EnrolmentCancelled { enrolment: row.id, activity: activity.id, person: row.person_id };
        tx.emit(&cancelled).await?;
    }
    tx.commit(()).await
}
