//! Taking the roll.

use super::super::rules;
use super::super::{AttendanceTaken, NewMark, Refusal, RollView};
use super::{Ground, Said, read, visible};
use crate::identity::{Action, Actor};
use crate::platform::{App, Problem, Tx};
use entity::attendance::{MarkMethod, attendance_mark as mark, attendance_sheet as table};
use entity::id::{PersonId, SessionId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use std::collections::HashSet;

/// What the marks say; refuses all that are wrong at once.
fn said(ground: &Ground, marks: &[NewMark]) -> Result<Vec<Said>, Problem> {
    let scheduled = ground.occasion().minutes();
    let mut problem = Problem::invalid();
    let mut seen: HashSet<PersonId> = HashSet::new();
    let mut said = Vec::with_capacity(marks.len());
    for (n, new) in marks.iter().enumerate() {
        let Some(participant) = ground.participant(new.person_id) else {
            let why = format!("{} holds no seat in this activity", new.person_id);
            problem = problem.field(format!("/marks/{n}/person_id"), why);
            continue;
        };
        if !seen.insert(new.person_id) {
            problem = problem.field(format!("/marks/{n}/person_id"), "is there twice");
        }
        match rules::minutes(new.status, new.minutes, scheduled) {
            Ok(minutes) => said.push(Said {
                enrolment: participant.enrolment_id,
                person: new.person_id,
                status: new.status,
                minutes,
            }),
            Err(why) => problem = problem.field(format!("/marks/{n}/minutes"), why),
        }
    }
    problem.unless_clean()?;
    Ok(said)
}

async fn write(tx: &Tx, ground: &Ground, marks: Vec<NewMark>) -> Result<(), Problem> {
    rules::held(ground.occasion(), tx.now())?;
    rules::take(ground.state())?;
    let author = tx.author().person;
    if marks.iter().any(|new| Some(new.person_id) == author) {
        return Err(Refusal::OwnMark.into());
    }
    let said = said(ground, &marks)?;
    let news: Vec<(Said, NewMark)> =
        said.into_iter().zip(marks).filter(|(said, _)| !said.is_said_by(ground.marks.get(&said.enrolment))).collect();
    if news.is_empty() {
        return Ok(());
    }
    let sheet = ground.sheet(tx).await?;
    let row = |(said, new): (Said, NewMark)| mark::Model {
        id: tx.id(),
        sheet_id: sheet.id,
        enrolment_id: said.enrolment,
        person_id: said.person,
        status: said.status,
        minutes: said.minutes,
        method: new.method.unwrap_or(MarkMethod::RollCall),
        client_at: new.client_at,
        recorded_at: tx.now(),
        recorded_by: author,
        replaces: ground.marks.get(&said.enrolment).map(|before| before.id),
        reason: new.reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        correction: false,
    };
    let rows: Vec<_> = news.into_iter().map(|new| row(new).into_active_model()).collect();
    let (id, marks) = (sheet.id, i32::try_from(rows.len()).unwrap_or(i32::MAX));
    mark::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let change = table::ActiveModel { id: Set(id), version: Set(sheet.version + 1), ..Default::default() };
    change.update(tx).await?;
    tx.emit(&AttendanceTaken { sheet: id, session: ground.session.id, activity: ground.activity.id, marks }).await?;
    Ok(())
}

/// Takes marks on an open sheet; a mark that says what is there already is not written again.
///
/// # Errors
/// `not-found` · 422 · `attendance/not-published` · `attendance/session-cancelled` · `attendance/too-early`
/// · `attendance/closed` · `attendance/own-mark`
pub async fn take(tx: &Tx, id: SessionId, marks: Vec<NewMark>) -> Result<(), Problem> {
    let ground = Ground::lock(tx, id).await?;
    write(tx, &ground, marks).await
}

/// Takes the roll of a session.
///
/// # Errors
/// 403 · as [`take`]
pub async fn take_marks(app: &App, actor: &Actor, id: SessionId, marks: Vec<NewMark>) -> Result<RollView, Problem> {
    let (_, activity) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::TakeAttendance, &activity.scope(), app.now())?.begin(app).await?;
    let ground = Ground::lock(&tx, id).await?;
    ground.permits(actor, Action::TakeAttendance, &tx)?;
    write(&tx, &ground, marks).await?;
    let view = read::sheet_of(&tx, actor, &ground.activity, ground.session).await?;
    tx.commit(view).await
}
