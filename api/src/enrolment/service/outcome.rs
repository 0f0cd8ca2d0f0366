//! What became of a seat, as attendance hands it down.

use super::super::{Outcome, OutcomeRecorded, rules};
use super::write;
use crate::platform::{Problem, Tx};
use entity::enrolment::enrolment as table;
use entity::id::EnrolmentId;
use sea_orm::{EntityTrait, QuerySelect};

/// Records what became of somebody who held a seat; a corrected sheet records anew.
///
/// # Errors
/// `not-found` · `enrolment/no-such-step`
pub async fn record_outcome(tx: &Tx, id: EnrolmentId, outcome: Outcome) -> Result<(), Problem> {
    let mut row = table::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?;
    let (from, state) = (row.state, outcome.state());
    if from == state {
        return Ok(());
    }
    rules::step(from, state)?;
    row.state = state;
    let row = write(tx, row, Some(from), None).await?;
    tx.emit(&OutcomeRecorded { enrolment: row.id, activity: row.activity_id, person: row.person_id, state }).await?;
    Ok(())
}
