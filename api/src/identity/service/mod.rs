//! Identity's verbs, one file per use case.

mod account;
mod actor;
mod operator;
mod people;
mod second_factor;
mod sign_in;

pub use account::{add_account, add_grant, me, set_password};
pub use actor::{authenticate, forget_actors, units_below};
pub use operator::{create_by_operator, end_everything, grant_by_operator, reset_by_operator};
pub use people::{
    ReachColumns, add_organisation, add_person, add_unit, filter, filter_by_person, new_organisation, new_person,
    new_unit, person, person_columns, person_names, person_scope, persons,
};
pub use sign_in::{end_session, sign_in, sign_out, step_up};

use sha2::{Digest, Sha256};

/// Hex SHA-256: how secrets with enough randomness of their own are stored.
pub(super) fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
