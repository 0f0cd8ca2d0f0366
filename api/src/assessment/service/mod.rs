//! Verbs of assessment, one file per use case.

mod assemble;
mod bank;
mod grade;
mod open;
mod result;
mod sit;

pub use assemble::{
    add_assessment, assessment, assessments, change_assessment, change_state, move_assessment, new_assessment,
};
pub use bank::{add_bank, add_item, bank, banks, change_item, item, items, new_bank, new_item, retire};
pub use grade::{finish, on_deadline, submit};
pub use open::{add_opening, change_opening, new_opening, open_for_me, opening, openings};
pub use result::{attempts, result, results};
pub use sit::{answer, begin, keep, paper, paper_of, sit};

use crate::identity::Scope;
use entity::id::OrganisationId;

/// What a bank or an assessment belongs to: an organisation, or the programme.
fn scope_of(organisation: Option<OrganisationId>) -> Scope {
    organisation.map_or_else(Scope::programme, Scope::organisation)
}
