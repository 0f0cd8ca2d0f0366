//! Attendance's verbs, one file per use case. Every one that writes locks the activity first: what is counted
//! when the last sheet is closed stays counted.

mod close;
mod read;
mod take;

pub use close::{attest, close, correct, correct_mark};
pub use read::{activity_attendance, roll, sheets};
pub use take::{take, take_marks};

use super::rules::Occasion;
use crate::enrolment::{self, Participant};
use crate::identity::{Action, Actor};
use crate::platform::{App, Problem, Tx};
use crate::scheduling::{self, ActivityFacts, SessionFacts};
use entity::attendance::{MarkStatus, SheetState, attendance_mark as mark, attendance_sheet as table};
use entity::id::{EnrolmentId, PersonId, SessionId, SheetId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

fn occasion(activity: &ActivityFacts, session: &SessionFacts) -> Occasion {
    Occasion {
        activity: activity.state,
        session: session.state,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
    }
}

/// Marks of sheets that nothing took the place of, by sheet and enrolment.
async fn current<C: ConnectionTrait>(
    db: &C,
    sheets: &[SheetId],
) -> Result<HashMap<(SheetId, EnrolmentId), mark::Model>, Problem> {
    let mut found = HashMap::new();
    for row in marks_of(db, sheets).await? {
        found.insert((row.sheet_id, row.enrolment_id), row);
    }
    Ok(found)
}

/// Marks of sheets, oldest first.
async fn marks_of<C: ConnectionTrait>(db: &C, sheets: &[SheetId]) -> Result<Vec<mark::Model>, Problem> {
    let rows = mark::Entity::find()
        .filter(mark::Column::SheetId.is_in(sheets.iter().copied()))
        .order_by_asc(mark::Column::RecordedAt)
        .order_by_asc(mark::Column::Id)
        .all(db)
        .await?;
    Ok(rows)
}

/// What a mark says, once its minutes are settled.
struct Said {
    enrolment: EnrolmentId,
    person: PersonId,
    status: MarkStatus,
    minutes: i32,
}
impl Said {
    /// Whether a mark says that already.
    fn is_said_by(&self, mark: Option<&mark::Model>) -> bool {
        mark.is_some_and(|mark| mark.status == self.status && mark.minutes == self.minutes)
    }
}

/// A session with its activity locked, and what is known of its sheet.
struct Ground {
    activity: ActivityFacts,
    session: SessionFacts,
    participants: Vec<Participant>,
    sheet: Option<table::Model>,
    marks: HashMap<EnrolmentId, mark::Model>,
}

impl Ground {
    async fn lock(tx: &Tx, id: SessionId) -> Result<Self, Problem> {
        let seen = scheduling::session_facts(tx, id).await?;
        let activity = scheduling::lock_activity(tx, seen.activity_id).await?;
        let session = scheduling::session_facts(tx, id).await?;
        let participants = enrolment::participants(tx, activity.id).await?;
        let sheet = table::Entity::find().filter(table::Column::SessionId.eq(id)).lock_exclusive().one(tx).await?;
        let known: Vec<SheetId> = sheet.iter().map(|sheet| sheet.id).collect();
        let marks = current(tx, &known).await?.into_iter().map(|((_, enrolment), mark)| (enrolment, mark)).collect();
        Ok(Self { activity, session, participants, sheet, marks })
    }

    fn occasion(&self) -> Occasion {
        occasion(&self.activity, &self.session)
    }

    fn state(&self) -> SheetState {
        self.sheet.as_ref().map_or(SheetState::Open, |sheet| sheet.state)
    }

    fn version(&self) -> i64 {
        self.sheet.as_ref().map_or(0, |sheet| sheet.version)
    }

    fn participant(&self, person: PersonId) -> Option<&Participant> {
        self.participants.iter().find(|one| one.person_id == person)
    }

    /// The sheet; makes it when this is its first mark.
    async fn sheet(&self, tx: &Tx) -> Result<table::Model, Problem> {
        if let Some(sheet) = &self.sheet {
            return Ok(sheet.clone());
        }
        let row = table::Model {
            id: tx.id(),
            session_id: self.session.id,
            activity_id: self.activity.id,
            state: SheetState::Open,
            scheduled_minutes: None,
            attested_by: None,
            closed_at: None,
            version: 0,
            created_at: tx.now(),
        };
        table::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
        Ok(row)
    }

    /// Asks again whether the actor may, as staff may have changed since the activity was read.
    fn permits(&self, actor: &Actor, action: Action, tx: &Tx) -> Result<(), Problem> {
        actor.permit(action, &self.activity.scope(), tx.now()).map(drop)
    }
}

/// The session and its activity, if the actor may know of them.
async fn visible(app: &App, actor: &Actor, id: SessionId) -> Result<(SessionFacts, ActivityFacts), Problem> {
    let session = scheduling::session_facts(app.db(), id).await?;
    let activity = scheduling::visible_activity(app, actor, session.activity_id).await?;
    Ok((session, activity))
}
