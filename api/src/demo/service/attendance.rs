//! Who was at the sessions that are over: marks for everybody on a seat, attested but for the last sheet of what
//! goes on, which waits for a coordinator.

use super::Loader;
use crate::attendance::{self, NewMark};
use crate::enrolment::{self, Participant};
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use crate::scheduling::{self, ActivityFacts, SessionFacts};
use entity::attendance::{MarkMethod, MarkStatus};
use entity::id::ActivityId;
use entity::scheduling::{ActivityState, SessionState};

/// Takes and closes the sheets, activity by activity in the order of their first sessions, so that certificates
/// come about as they would have.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let ids: Vec<ActivityId> = loader.activities.values().copied().collect();
    let facts = scheduling::activities_facts(loader.app.db(), &ids).await?;
    let mut held: Vec<ActivityFacts> = facts
        .into_values()
        .filter(|activity| !matches!(activity.state, ActivityState::Draft | ActivityState::Cancelled))
        .collect();
    held.sort_unstable_by_key(|activity| (activity.starts_at, activity.id));
    let tx = Permit::system("demo").begin(&loader.app).await?;
    for activity in held {
        of_activity(&tx, &activity).await?;
    }
    tx.commit(()).await
}

async fn of_activity(tx: &Tx, activity: &ActivityFacts) -> Result<(), Problem> {
    let participants = enrolment::participants(tx, activity.id).await?;
    let mut sessions = scheduling::sessions_of(tx, activity.id).await?;
    sessions.retain(|session| session.state == SessionState::Planned && session.ends_at <= tx.now());
    let last = sessions.last().map(|session| session.id);
    for (day, session) in sessions.iter().enumerate() {
        let waits = activity.state == ActivityState::InProgress && Some(session.id) == last;
        let marks: Vec<NewMark> = participants
            .iter()
            .enumerate()
            // Of a sheet that waits, some lines are open.
            .filter(|(line, _)| !waits || line % 4 != 3)
            .map(|(line, participant)| mark(session, participant, line, day))
            .collect();
        attendance::take(tx, session.id, marks).await?;
        if !waits {
            attendance::close(tx, session.id).await?;
        }
    }
    Ok(())
}

/// Most were there all the time; some came late or left early, a few were excused, and one in eleven did not come
/// at all.
fn mark(session: &SessionFacts, participant: &Participant, line: usize, day: usize) -> NewMark {
    let length = i32::try_from((session.ends_at - session.starts_at).num_minutes()).unwrap_or(60);
    let (status, minutes, reason) = match (line % 11, (line + day) % 7) {
        (5, _) => (MarkStatus::Absent, None, None),
        (2, 3) => (MarkStatus::Excused, None, Some("On duty.")),
        (8, _) if day > 0 => (MarkStatus::Absent, None, Some("Called back to duty.")),
        (_, 6) if line % 3 == 1 => (MarkStatus::Partial, Some((length - 60).max(1)), Some("Came an hour late.")),
        _ => (MarkStatus::Present, None, None),
    };
    NewMark {
        person_id: participant.person_id,
        status,
        minutes,
        method: Some(MarkMethod::SignInSheet),
        client_at: None,
        reason: reason.map(str::to_owned),
    }
}
