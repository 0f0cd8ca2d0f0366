//! Accounts and the roles granted to them.

use super::super::access::Actor;
use super::super::{AccountCreated, GrantView, MeView, NewGrant, RoleGranted, rules};
use super::sign_in::hash_password;
use crate::platform::{App, Problem, Tx};
use entity::id::{AccountId, PersonId};
use entity::identity::{AccountState, Role, ScopeKind, account, organisation, person, role_grant, unit};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Adds an account for a person. It cannot sign in before a password is chosen.
///
/// # Errors
/// `identity/account-there` · `identity/email-taken`
pub async fn add_account(tx: &Tx, person: PersonId, email: &str) -> Result<AccountId, Problem> {
    let email = email.trim().to_lowercase();
    if account::Entity::find().filter(account::Column::PersonId.eq(person)).one(tx).await?.is_some() {
        return Err(Problem::refused("identity/account-there", "This person already has an account."));
    }
    if account::Entity::find().filter(account::Column::Email.eq(&email)).one(tx).await?.is_some() {
        return Err(Problem::refused("identity/email-taken", "Another account uses this e-mail address."));
    }
    let row = account::Model {
        id: tx.id(),
        person_id: person,
        email,
        password_hash: None,
        state: AccountState::Invited,
        totp_secret: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        language: None,
        version: 1,
        created_at: tx.now(),
        signed_in_at: None,
    };
    account::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&AccountCreated { account: row.id, person }).await?;
    Ok(row.id)
}

/// Gives an account a password and makes it active. For the person's own choice behind a one-time link,
/// and for the demonstration; nobody else ever knows a password.
///
/// # Errors
/// 422 for a password that will not do · 429
pub async fn set_password(app: &App, id: AccountId, password: String) -> Result<(), Problem> {
    let row = account::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let person = person::Entity::find_by_id(row.person_id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let context = [row.email.as_str(), &person.given_name, &person.family_name, &person.service_number, "waymark"];
    let faults = rules::password_faults(&password, &context);
    faults.into_iter().fold(Problem::invalid(), |p, fault| p.field("/password", fault)).unless_clean()?;
    let hash = hash_password(app, password).await?;
    let tx = super::super::access::Permit::system("password").begin(app).await?;
    let mut change = row.into_active_model();
    change.password_hash = Set(Some(hash));
    change.state = Set(AccountState::Active);
    account::Entity::update(change).exec(&tx).await?;
    tx.emit(&super::super::PasswordChanged { account: id }).await?;
    tx.commit(()).await
}

/// Adds a grant.
///
/// # Errors
/// `not-found` · `identity/auditor-alone`
pub async fn add_grant(tx: &Tx, account: AccountId, new: NewGrant) -> Result<GrantView, Problem> {
    account::Entity::find_by_id(account).one(tx).await?.ok_or_else(Problem::not_found)?;
    check_scope(tx, &new).await?;
    let held = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.eq(account))
        .filter(role_grant::Column::RevokedAt.is_null())
        .filter(role_grant::Column::EndsAt.gt(tx.now()))
        .all(tx)
        .await?;
    let mixes = |g: &role_grant::Model| (g.role == Role::Auditor) != (new.role == Role::Auditor);
    if held.iter().any(mixes) {
        return Err(Problem::refused("identity/auditor-alone", "An auditor holds no other role at the same time."));
    }
    let row = role_grant::Model {
        id: tx.id(),
        account_id: account,
        role: new.role,
        scope_kind: new.scope_kind,
        scope_id: new.scope_id,
        starts_at: new.starts_at.unwrap_or_else(|| tx.now()),
        ends_at: new.ends_at,
        granted_by: tx.author().account,
        confirmed_by: None,
        needs_confirmation: tx.author().account.is_some() && matches!(new.role, Role::Administrator | Role::Auditor),
        revoked_at: None,
        created_at: tx.now(),
    };
    role_grant::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    tx.emit(&RoleGranted { grant: row.id, account, role: row.role }).await?;
    Ok(GrantView::of(row))
}

async fn check_scope(tx: &Tx, new: &NewGrant) -> Result<(), Problem> {
    let missing = || Problem::invalid().field("/scope_id", "names nothing of this kind");
    match (new.scope_kind, new.scope_id) {
        (ScopeKind::Programme, None) | (ScopeKind::Activity, Some(_)) => Ok(()),
        (ScopeKind::Organisation, Some(id)) => organisation::Entity::find_by_id(entity::id::OrganisationId(id))
            .one(tx)
            .await?
            .map(|_| ())
            .ok_or_else(missing),
        (ScopeKind::Unit, Some(id)) => {
            unit::Entity::find_by_id(entity::id::UnitId(id)).one(tx).await?.map(|_| ()).ok_or_else(missing)
        }
        _ => Err(Problem::invalid().field("/scope_id", "is needed for every scope but the programme, and only then")),
    }
}

/// Who is signed in.
///
/// # Errors
/// As the database.
pub async fn me(app: &App, actor: &Actor) -> Result<MeView, Problem> {
    let person = person::Entity::find_by_id(actor.person).one(app.db()).await?.ok_or_else(Problem::unauthenticated)?;
    let organisation = organisation::Entity::find_by_id(actor.organisation)
        .one(app.db())
        .await?
        .ok_or_else(Problem::unauthenticated)?;
    Ok(MeView {
        account_id: actor.account,
        person_id: actor.person,
        name: actor.name.clone(),
        native_name: person.native_name,
        organisation_id: organisation.id,
        organisation: organisation.name,
        unit_id: actor.unit,
        roles: actor.roles().collect(),
        language: actor.language.clone(),
        second_factor_missing: actor.second_factor_missing,
    })
}
