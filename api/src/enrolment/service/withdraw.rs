//! Giving up a place, or taking it from somebody: the seat is free for the next in the same transaction.

use super::super::rules;
use super::super::{EnrolmentView, EnrolmentWithdrawn, SeatFreed, WithReason};
use super::place::promote;
use super::{reread, told, visible, write};
use crate::identity::{Action, Actor};
use crate::platform::{App, Problem};
use crate::scheduling;
use entity::enrolment::EnrolmentState;
use entity::id::EnrolmentId;

/// Withdraws an enrolment: one's own, or as manager or coordinator somebody else's. What was shown and
/// attended stays.
///
/// # Errors
/// 403 · `not-found` · `enrolment/no-such-step` · `enrolment/started`
pub async fn withdraw(app: &App, actor: &Actor, id: EnrolmentId, wanted: WithReason) -> Result<EnrolmentView, Problem> {
    let case = visible(app, actor, id).await?;
    let by_self = case.row.person_id == actor.person;
    let permit = if by_self {
        actor.permit(Action::Enrol, &case.person, app.now())?
    } else if actor.may(Action::WithdrawOthers, &case.person) {
        actor.permit(Action::WithdrawOthers, &case.person, app.now())?
    } else {
        actor.permit(Action::WithdrawOthers, &case.activity.scope(), app.now())?
    };
    let tx = permit.begin(app).await?;
    let (activity, mut row) = reread(&tx, id, case.activity.id).await?;
    if row.state != EnrolmentState::Withdrawn {
        rules::step(row.state, EnrolmentState::Withdrawn)?;
        rules::can_withdraw(activity.starts_at, tx.now())?;
        let from = row.state;
        row.state = EnrolmentState::Withdrawn;
        row.reason = Some(wanted.reason.clone());
        row.late = rules::is_placed(from) && rules::is_late(activity.enrolment_closes_at, activity.starts_at, tx.now());
        row = write(&tx, row, Some(from), Some(&wanted.reason)).await?;
        let (enrolment, person) = (row.id, row.person_id);
        tx.emit(&EnrolmentWithdrawn { enrolment, activity: activity.id, person, by_self }).await?;
        if rules::is_seated(from) {
            scheduling::release_person(&tx, activity.id, person).await?;
            tx.emit(&SeatFreed { enrolment, activity: activity.id, person }).await?;
            promote(&tx, &activity).await?;
        }
    }
    let view = told(&tx, row).await?;
    tx.commit(view).await
}
