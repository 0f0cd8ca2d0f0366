//! Closing a sheet by attestation, correcting it afterwards, and handing down what follows.

use super::super::rules::{self, Counted};
use super::super::{AttendanceClosed, AttendanceCorrected, Attestation, Correction, Refusal, RollView, Unmarked};
use super::{Ground, Said, current, read, visible};
use crate::enrolment::{self, Participant};
use crate::identity::{Action, Actor};
use crate::platform::{App, Problem, Tx};
use crate::scheduling::{self, ActivityFacts};
use crate::{catalogue, certification};
use chrono::{DateTime, Utc};
use entity::attendance::{MarkMethod, SheetState, attendance_mark as mark, attendance_sheet as table};
use entity::certification::EvidenceKind;
use entity::id::{EnrolmentId, SessionId, SheetId};
use entity::scheduling::SessionState;
use rust_decimal::Decimal;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use std::collections::HashMap;
use uuid::Uuid;

/// How an activity counts once its sheets are closed: each session's length and marks.
pub(super) struct Count {
    /// Sessions that were not cancelled.
    pub sessions: usize,
    /// When the last of them ended.
    pub ended_at: Option<DateTime<Utc>>,
    closed: Vec<(SheetId, i32)>,
    marks: HashMap<(SheetId, EnrolmentId), mark::Model>,
}

impl Count {
    pub(super) async fn load<C: ConnectionTrait>(db: &C, activity: &ActivityFacts) -> Result<Self, Problem> {
        let sessions = scheduling::sessions_of(db, activity.id).await?;
        let planned: HashMap<SessionId, DateTime<Utc>> = sessions
            .into_iter()
            .filter(|session| session.state == SessionState::Planned)
            .map(|session| (session.id, session.ends_at))
            .collect();
        let rows = table::Entity::find().filter(table::Column::ActivityId.eq(activity.id)).all(db).await?;
        let closed: Vec<(SheetId, i32)> = rows
            .into_iter()
            .filter(|sheet| planned.contains_key(&sheet.session_id))
            .filter_map(|sheet| Some((sheet.id, sheet.scheduled_minutes?)))
            .collect();
        let ids: Vec<SheetId> = closed.iter().map(|(id, _)| *id).collect();
        let marks = current(db, &ids).await?;
        Ok(Self { sessions: planned.len(), ended_at: planned.into_values().max(), closed, marks })
    }

    pub(super) fn closed(&self) -> usize {
        self.closed.len()
    }

    /// Whether the last sheet is closed, and the activity does not stand still to be planned anew.
    fn is_complete(&self, activity: &ActivityFacts) -> bool {
        self.sessions > 0 && self.closed() == self.sessions && scheduling::rules::commits(activity.state)
    }

    /// The closed sessions as they count for an enrolment.
    pub(super) fn of(&self, enrolment: EnrolmentId) -> Vec<Counted> {
        let counted = |(sheet, scheduled): &(SheetId, i32)| Counted {
            scheduled: *scheduled,
            mark: self.marks.get(&(*sheet, enrolment)).map(|mark| (mark.status, mark.minutes)),
        };
        self.closed.iter().map(counted).collect()
    }
}

/// Hands down what the activity's sheets make of its participants, once the last of them is closed: the outcome of
/// each enrolment and, where somebody was there at all, the share as evidence. `source` changes with each
/// correction, since the same source counts once for a person.
async fn hand_down(
    tx: &Tx,
    activity: &ActivityFacts,
    count: &Count,
    participants: &[Participant],
    source: Uuid,
) -> Result<(), Problem> {
    if !count.is_complete(activity) {
        return Ok(());
    }
    let key = match activity.course_id {
        Some(course) => catalogue::course_facts(tx, course).await?.code,
        None => activity.code.clone(),
    };
    let at = count.ended_at.unwrap_or_else(|| tx.now()).min(tx.now());
    let mut in_order: Vec<&Participant> = participants.iter().collect();
    in_order.sort_by_key(|participant| participant.person_id);
    for participant in in_order {
        let sessions = count.of(participant.enrolment_id);
        enrolment::record_outcome(tx, participant.enrolment_id, rules::outcome(&sessions)).await?;
        let Some(percent) = rules::share(&sessions).filter(|share| *share > Decimal::ZERO) else { continue };
        let evidence = certification::NewEvidence {
            person: participant.person_id,
            kind: EvidenceKind::Attendance,
            key: key.clone(),
            percent: Some(percent),
            source_id: source,
            at,
        };
        certification::record(tx, evidence).await?;
    }
    Ok(())
}

async fn shut(tx: &Tx, ground: &Ground, version: Option<i64>) -> Result<(), Problem> {
    let author = tx.author().person;
    let takes_part = author.is_some_and(|person| ground.participant(person).is_some());
    let unmarked = ground.participants.iter().filter(|one| !ground.marks.contains_key(&one.enrolment_id));
    let missing = unmarked.map(|one| Unmarked { person_id: one.person_id, person: one.name.clone() }).collect();
    rules::close(ground.state(), ground.occasion(), takes_part, missing, tx.now())?;
    if version.is_some_and(|version| version != ground.version()) {
        return Err(Problem::changed_meanwhile());
    }
    let sheet = ground.sheet(tx).await?;
    let change = table::ActiveModel {
        id: Set(sheet.id),
        state: Set(SheetState::Closed),
        scheduled_minutes: Set(Some(ground.occasion().minutes())),
        attested_by: Set(author),
        closed_at: Set(Some(tx.now())),
        version: Set(sheet.version + 1),
        ..Default::default()
    };
    change.update(tx).await?;
    let (session, activity) = (ground.session.id, ground.activity.id);
    tx.emit(&AttendanceClosed { sheet: sheet.id, session, activity }).await?;
    let count = Count::load(tx, &ground.activity).await?;
    hand_down(tx, &ground.activity, &count, &ground.participants, sheet.id.0).await
}

/// Closes the sheet of a session, attested by whoever this transaction's author is. With the last sheet of the
/// activity, outcomes and evidence are handed down.
///
/// # Errors
/// `not-found` · `attendance/closed` · `attendance/not-published` · `attendance/session-cancelled`
/// · `attendance/too-early` · `attendance/not-over` · `attendance/own-sheet` · `attendance/marks-missing`
pub async fn close(tx: &Tx, id: SessionId) -> Result<(), Problem> {
    let ground = Ground::lock(tx, id).await?;
    shut(tx, &ground, None).await
}

/// Closes the sheet of a session by attestation; with a version, as it was read.
///
/// # Errors
/// 403 · 412 · 422 · as [`close`]
pub async fn attest(
    app: &App,
    actor: &Actor,
    id: SessionId,
    version: Option<i64>,
    attestation: Attestation,
) -> Result<RollView, Problem> {
    let (_, activity) = visible(app, actor, id).await?;
    let permit = actor.permit(Action::CloseAttendance, &activity.scope(), app.now())?;
    if !attestation.confirmed {
        return Err(Problem::invalid().field("/confirmed", "must be true: the marks are right and complete"));
    }
    let tx = permit.begin(app).await?;
    let ground = Ground::lock(&tx, id).await?;
    ground.permits(actor, Action::CloseAttendance, &tx)?;
    shut(&tx, &ground, version).await?;
    let view = read::sheet_of(&tx, actor, &ground.activity, ground.session).await?;
    tx.commit(view).await
}

/// What a correction says, and the participant it is about.
fn corrected<'a>(ground: &'a Ground, new: &Correction) -> Result<(Said, &'a Participant), Problem> {
    let Some(participant) = ground.participant(new.person_id) else {
        return Err(Problem::invalid().field("/person_id", format!("{} holds no seat in this activity", new.person_id)));
    };
    let mut problem = Problem::invalid();
    if !(5..=1000).contains(&new.reason.trim().chars().count()) {
        problem = problem.field("/reason", "must have 5 to 1000 characters");
    }
    // A closed sheet keeps the length its session had when it was attested.
    let scheduled = ground.sheet.as_ref().and_then(|sheet| sheet.scheduled_minutes);
    match rules::minutes(new.status, new.minutes, scheduled.unwrap_or_else(|| ground.occasion().minutes())) {
        Ok(minutes) if problem.errors().is_empty() => {
            let (enrolment, person) = (participant.enrolment_id, new.person_id);
            Ok((Said { enrolment, person, status: new.status, minutes }, participant))
        }
        Ok(_) => Err(problem),
        Err(why) => Err(problem.field("/minutes", why)),
    }
}

async fn amend(tx: &Tx, ground: &Ground, new: Correction) -> Result<(), Problem> {
    let author = tx.author().person;
    let attested_by = ground.sheet.as_ref().and_then(|sheet| sheet.attested_by);
    rules::correct(ground.state(), author, new.person_id, attested_by)?;
    let (said, participant) = corrected(ground, &new)?;
    let before = ground.marks.get(&said.enrolment);
    if said.is_said_by(before) {
        return Err(Refusal::Unchanged.into());
    }
    let share_before = rules::share(&Count::load(tx, &ground.activity).await?.of(said.enrolment));
    let sheet = ground.sheet(tx).await?;
    let row = mark::Model {
        id: tx.id(),
        sheet_id: sheet.id,
        enrolment_id: said.enrolment,
        person_id: said.person,
        status: said.status,
        minutes: said.minutes,
        method: new.method.unwrap_or(MarkMethod::SignInSheet),
        client_at: None,
        recorded_at: tx.now(),
        recorded_by: author,
        replaces: before.map(|before| before.id),
        reason: Some(new.reason.trim().to_owned()),
        correction: true,
    };
    mark::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    let change = table::ActiveModel {
        id: Set(sheet.id),
        state: Set(SheetState::Corrected),
        version: Set(sheet.version + 1),
        ..Default::default()
    };
    change.update(tx).await?;
    let told = AttendanceCorrected {
        sheet: sheet.id,
        session: ground.session.id,
        activity: ground.activity.id,
        mark: row.id,
        person: row.person_id,
    };
    tx.emit(&told).await?;
    let count = Count::load(tx, &ground.activity).await?;
    if rules::share(&count.of(said.enrolment)) == share_before {
        return Ok(());
    }
    hand_down(tx, &ground.activity, &count, std::slice::from_ref(participant), row.id.0).await
}

/// Corrects a mark of a closed sheet; the old one stays. A changed share is handed down anew.
///
/// # Errors
/// `not-found` · 422 · `attendance/not-closed` · `attendance/own-mark` · `attendance/second-person-needed`
/// · `attendance/unchanged`
pub async fn correct(tx: &Tx, id: SessionId, new: Correction) -> Result<(), Problem> {
    let ground = Ground::lock(tx, id).await?;
    amend(tx, &ground, new).await
}

/// Corrects a mark of a closed sheet, by somebody else than who attested it.
///
/// # Errors
/// 403 · as [`correct`]
pub async fn correct_mark(app: &App, actor: &Actor, id: SessionId, new: Correction) -> Result<RollView, Problem> {
    let (_, activity) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::CloseAttendance, &activity.scope(), app.now())?.begin(app).await?;
    let ground = Ground::lock(&tx, id).await?;
    ground.permits(actor, Action::CloseAttendance, &tx)?;
    amend(&tx, &ground, new).await?;
    let view = read::sheet_of(&tx, actor, &ground.activity, ground.session).await?;
    tx.commit(view).await
}
