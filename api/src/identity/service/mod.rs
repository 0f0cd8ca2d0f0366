//! Identity's verbs, one file per use case.

mod account;
mod actor;
mod link;
mod list;
mod operator;
mod organise;
mod own;
mod people;
mod personnel;
mod second_factor;
mod setting;
mod sign_in;

pub use account::{
    AccountFilter, account, accounts, add_account, add_grant, confirm_grant, end_account_sessions, grant, grants,
    grants_to_confirm, issue_link, me, named_grants, new_account, reactivate_account, revoke_grant, set_password,
    suspend_account,
};
pub use actor::{authenticate, forget_actors, units_below};
pub use link::{ask_password_reset, choose_password, link_is_open, on_reset_asked};
pub use list::{export_persons, import_persons, readable_list};
pub use operator::{create_by_operator, end_everything, grant_by_operator, reset_by_operator};
pub use organise::{
    all_units, change_organisation, change_unit, close_unit, move_unit, organisation, organisations, unit, unit_path,
    unit_placements, units,
};
pub use own::{
    change_own_password, choose_language, confirm_second_factor, end_other_sessions, new_token, own_record,
    own_sessions, own_tokens, remove_second_factor, revoke_token, start_second_factor,
};
pub use people::{
    ReachColumns, add_organisation, add_person, add_unit, filter, filter_by_person, new_organisation, new_person,
    new_unit, person, person_columns, person_names, person_scope, persons,
};
pub use personnel::{change_person, deactivate_person, memberships, move_person, on_membership_due, reactivate_person};
pub use setting::{change_setting, setting, setting_views};
pub use sign_in::{end_session, sign_in, sign_out, step_up};

use crate::platform::{Problem, Tx};
use entity::id::{AccountId, LoginSessionId, PersonId};
use entity::identity::{access_token, account as account_table, login_session, one_time_link};
use link::send_link;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

/// Hex SHA-256: how secrets with enough randomness of their own are stored.
pub(super) fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// Ends every session of an account but `keep`, every access token and every one-time link: what opened a
/// door before does not after. The caller forgets the actors once this is committed.
///
/// # Errors
/// As the database.
async fn end_credentials(tx: &Tx, account: AccountId, keep: Option<LoginSessionId>) -> Result<(), Problem> {
    let now = Expr::value(Some(tx.now()));
    let mut sessions = login_session::Entity::update_many()
        .filter(login_session::Column::AccountId.eq(account))
        .filter(login_session::Column::EndedAt.is_null())
        .col_expr(login_session::Column::EndedAt, now.clone());
    if let Some(keep) = keep {
        sessions = sessions.filter(login_session::Column::Id.ne(keep));
    }
    sessions.exec(tx).await?;
    access_token::Entity::update_many()
        .filter(access_token::Column::AccountId.eq(account))
        .filter(access_token::Column::RevokedAt.is_null())
        .col_expr(access_token::Column::RevokedAt, now.clone())
        .exec(tx)
        .await?;
    one_time_link::Entity::update_many()
        .filter(one_time_link::Column::AccountId.eq(account))
        .filter(one_time_link::Column::UsedAt.is_null())
        .col_expr(one_time_link::Column::UsedAt, now)
        .exec(tx)
        .await?;
    Ok(())
}

/// As [`end_credentials`], for a person who may have an account.
///
/// # Errors
/// As the database.
async fn end_credentials_of_person(tx: &Tx, person: PersonId) -> Result<(), Problem> {
    let account = account_table::Entity::find().filter(account_table::Column::PersonId.eq(person)).one(tx).await?;
    match account {
        Some(account) => end_credentials(tx, account.id, None).await,
        None => Ok(()),
    }
}
