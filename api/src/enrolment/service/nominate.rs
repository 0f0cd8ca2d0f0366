//! Proposing somebody, consenting, and refusing.

use super::super::rules::{self, Purpose};
use super::super::{EnrolmentDeclined, EnrolmentView, NewNomination, NominationEndorsed, PersonNominated, WithReason};
use super::{clear, fresh, reread, standing, told, visible, write};
use crate::identity::{self, Action, Actor};
use crate::platform::{App, Problem, Tx};
use crate::scheduling;
use entity::enrolment::EnrolmentState;
use entity::id::{ActivityId, EnrolmentId, PersonId};

/// Proposes a person for an activity. Who is in it already stays as they are.
///
/// # Errors
/// 403 · `not-found` · `enrolment/not-eligible`
pub async fn nominate(
    app: &App,
    actor: &Actor,
    activity: ActivityId,
    wish: NewNomination,
) -> Result<EnrolmentView, Problem> {
    let activity = scheduling::visible_activity(app, actor, activity).await?;
    identity::person(app, actor, wish.person_id).await?;
    let person = identity::person_scope(app.db(), wish.person_id).await?;
    let tx = actor.permit(Action::Nominate, &person, app.now())?.begin(app).await?;
    let activity = scheduling::lock_activity(&tx, activity.id).await?;
    if let Some(row) = standing(&tx, activity.id, wish.person_id).await? {
        let view = told(&tx, row).await?;
        return tx.commit(view).await;
    }
    clear(&tx, &activity, wish.person_id, Purpose::Nominate).await?;
    let person = identity::person_scope(&tx, wish.person_id).await?;
    let mut row = fresh(&tx, activity.id, &person, EnrolmentState::Nominated)?;
    row.priority = wish.priority.unwrap_or(row.priority);
    row.nominated_by = Some(actor.person);
    let row = write(&tx, row, None, wish.reason.as_deref()).await?;
    tx.emit(&PersonNominated { enrolment: row.id, activity: row.activity_id, person: row.person_id }).await?;
    let view = told(&tx, row).await?;
    tx.commit(view).await
}

/// Consents to a nomination as commander of the person's unit.
///
/// # Errors
/// 403 · `not-found` · `enrolment/own-case` · `enrolment/same-person` · `enrolment/not-eligible` · `enrolment/no-such-step`
pub async fn endorse(app: &App, actor: &Actor, id: EnrolmentId) -> Result<EnrolmentView, Problem> {
    let case = visible(app, actor, id).await?;
    let tx = actor.permit(Action::Endorse, &case.person, app.now())?.begin(app).await?;
    let (activity, mut row) = reread(&tx, id, case.activity.id).await?;
    if row.state != EnrolmentState::Endorsed || row.endorsed_by != Some(actor.person) {
        rules::separate(actor.person, row.person_id, row.nominated_by)?;
        rules::step(row.state, EnrolmentState::Endorsed)?;
        clear(&tx, &activity, row.person_id, Purpose::Endorse).await?;
        let from = row.state;
        row.state = EnrolmentState::Endorsed;
        row.endorsed_by = Some(actor.person);
        row = write(&tx, row, Some(from), None).await?;
        tx.emit(&NominationEndorsed { enrolment: row.id, activity: row.activity_id, person: row.person_id }).await?;
    }
    let view = told(&tx, row).await?;
    tx.commit(view).await
}

/// Refuses somebody: the commander a nomination, the coordinator a nomination or an endorsed one.
///
/// # Errors
/// 403 · `not-found` · `enrolment/own-case` · `enrolment/no-such-step`
pub async fn decline(app: &App, actor: &Actor, id: EnrolmentId, wanted: WithReason) -> Result<EnrolmentView, Problem> {
    let case = visible(app, actor, id).await?;
    let commands = case.row.state == EnrolmentState::Nominated && actor.may(Action::Endorse, &case.person);
    let permit = if commands {
        actor.permit(Action::Endorse, &case.person, app.now())?
    } else {
        actor.permit(Action::SelectParticipants, &case.activity.scope(), app.now())?
    };
    let tx = permit.begin(app).await?;
    let (_, mut row) = reread(&tx, id, case.activity.id).await?;
    if row.state != EnrolmentState::Declined {
        rules::separate(actor.person, row.person_id, None)?;
        rules::step(row.state, EnrolmentState::Declined)?;
        if commands && row.state != EnrolmentState::Nominated {
            return Err(Problem::forbidden("It has been endorsed meanwhile; the coordinator decides now."));
        }
        let from = row.state;
        row.state = EnrolmentState::Declined;
        row.decided_by = Some(actor.person);
        row.reason = Some(wanted.reason.clone());
        row = write(&tx, row, Some(from), Some(&wanted.reason)).await?;
        tx.emit(&EnrolmentDeclined { enrolment: row.id, activity: row.activity_id, person: row.person_id }).await?;
    }
    let view = told(&tx, row).await?;
    tx.commit(view).await
}

/// Enters a person as nominated by one and, where there is another, endorsed by that one.
///
/// # Errors
/// `enrolment/not-eligible` · `enrolment/own-case` · `enrolment/same-person`
pub async fn add_endorsed(
    tx: &Tx,
    activity: ActivityId,
    person: PersonId,
    by: (PersonId, Option<PersonId>),
) -> Result<EnrolmentId, Problem> {
    let activity = scheduling::lock_activity(tx, activity).await?;
    if let Some(row) = standing(tx, activity.id, person).await? {
        return Ok(row.id);
    }
    clear(tx, &activity, person, Purpose::Nominate).await?;
    let scope = identity::person_scope(tx, person).await?;
    let mut row = fresh(tx, activity.id, &scope, EnrolmentState::Nominated)?;
    row.nominated_by = Some(by.0);
    let mut row = write(tx, row, None, None).await?;
    tx.emit(&PersonNominated { enrolment: row.id, activity: row.activity_id, person: row.person_id }).await?;
    if let Some(commander) = by.1 {
        rules::separate(commander, person, row.nominated_by)?;
        row.state = EnrolmentState::Endorsed;
        row.endorsed_by = Some(commander);
        row = write(tx, row, Some(EnrolmentState::Nominated), None).await?;
        tx.emit(&NominationEndorsed { enrolment: row.id, activity: row.activity_id, person: row.person_id }).await?;
    }
    Ok(row.id)
}
