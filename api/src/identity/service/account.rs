//! Accounts and the roles granted to them.

use super::super::access::{Action, Actor, Permit, Scope};
use super::super::{
    AccountCreated, AccountReactivated, AccountSuspended, AccountView, GrantView, MeView, NamedGrantView, NewAccount,
    NewGrant, RoleConfirmed, RoleGranted, RoleRevoked, SessionsEnded, rules,
};
use super::people::{filter, person_columns};
use super::sign_in::hash_password;
use super::{end_credentials, forget_actors, send_link};
use crate::platform::{App, Changes, ListPage, PageRequest, Problem, Tx};
use entity::id::{AccountId, GrantId, OrganisationId, PersonId, UnitId};
use entity::identity::{
    AccountState, LinkPurpose, PersonState, Role, ScopeKind, account, organisation, person, role_grant, unit,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Adds an account for a person. It cannot sign in before a password is chosen.
///
/// # Errors
/// `identity/account-there` · `identity/email-taken`
pub async fn add_account(tx: &Tx, person: PersonId, email: &str) -> Result<AccountId, Problem> {
    let email = email.trim().to_lowercase();
    if !rules::is_email(&email) {
        return Err(Problem::invalid().field("/email", "is not an e-mail address"));
    }
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

/// Refuses a password that is too short, common, or made of what is known of the person.
///
/// # Errors
/// 422 at `pointer`
pub(super) async fn check_password<C: ConnectionTrait>(
    db: &C,
    account: &account::Model,
    password: &str,
    pointer: &str,
) -> Result<(), Problem> {
    let person = person::Entity::find_by_id(account.person_id).one(db).await?.ok_or_else(Problem::not_found)?;
    let home = organisation::Entity::find_by_id(person.organisation_id).one(db).await?;
    let (code, name) = home.map_or_else(Default::default, |o| (o.code, o.name));
    let mailbox = account.email.split('@').next().unwrap_or_default();
    let context = [
        account.email.as_str(),
        mailbox,
        &person.given_name,
        &person.family_name,
        &person.service_number,
        &code,
        &name,
        "waymark",
    ];
    let faults = rules::password_faults(password, &context);
    faults.into_iter().fold(Problem::invalid(), |p, fault| p.field(pointer, fault)).unless_clean()
}

/// Writes a password that was checked and hashed, makes the account active, and ends every session, token
/// and link of it but `keep`.
pub(super) async fn write_password(
    tx: &Tx,
    row: account::Model,
    hash: String,
    keep: Option<entity::id::LoginSessionId>,
) -> Result<(), Problem> {
    let id = row.id;
    let mut change = row.into_active_model();
    change.password_hash = Set(Some(hash));
    change.state = Set(AccountState::Active);
    account::Entity::update(change).exec(tx).await?;
    end_credentials(tx, id, keep).await?;
    tx.emit(&super::super::PasswordChanged { account: id }).await?;
    Ok(())
}

/// Gives an account a password and makes it active, and ends what was open. For the demonstration; people
/// choose theirs behind a one-time link, and nobody else ever knows it.
///
/// # Errors
/// 422 for a password that will not do · 429
pub async fn set_password(app: &App, id: AccountId, password: String) -> Result<(), Problem> {
    let row = account::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    check_password(app.db(), &row, &password, "/password").await?;
    let hash = hash_password(app, password).await?;
    let tx = Permit::system("password").begin(app).await?;
    write_password(&tx, row, hash, None).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
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

/// Which accounts are wanted.
#[derive(Debug, Default)]
pub struct AccountFilter {
    /// In this state.
    pub state: Option<AccountState>,
    /// Whose person's name has this in it, whatever its case and diacritics.
    pub search: Option<String>,
    /// Of this person.
    pub person_id: Option<PersonId>,
}

fn with_person() -> sea_orm::Select<account::Entity> {
    let mut select = account::Entity::find();
    let on = Expr::col((account::Entity, account::Column::PersonId)).equals((person::Entity, person::Column::Id));
    sea_orm::QueryTrait::query(&mut select).inner_join(person::Entity, on);
    select
}

async fn views<C: ConnectionTrait>(db: &C, rows: Vec<account::Model>) -> Result<Vec<AccountView>, Problem> {
    let ids = rows.iter().map(|a| a.person_id.0);
    let persons = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(db).await?;
    let persons: HashMap<PersonId, person::Model> = persons.into_iter().map(|p| (p.id, p)).collect();
    Ok(rows.into_iter().filter_map(|a| persons.get(&a.person_id).map(|p| AccountView::of(a, p))).collect())
}

/// Accounts by address, narrowed to those whose roles the actor may see.
///
/// # Errors
/// 400 for a bad limit or cursor
pub async fn accounts(
    app: &App,
    actor: &Actor,
    wanted: AccountFilter,
    limit: Option<u64>,
    cursor: Option<&str>,
) -> Result<ListPage<AccountView>, Problem> {
    let scope = format!("accounts {wanted:?}");
    let request: PageRequest<String> = PageRequest::read(app, &scope, limit, cursor)?;
    let mut query = with_person().filter(filter(&actor.reach(Action::ViewGrants), person_columns()));
    if let Some(state) = wanted.state {
        query = query.filter(account::Column::State.eq(state));
    }
    if let Some(person) = wanted.person_id {
        query = query.filter(account::Column::PersonId.eq(person));
    }
    if let Some(text) = wanted.search.filter(|t| !t.trim().is_empty()) {
        let name = Expr::col((person::Entity, person::Column::SearchName));
        query = query.filter(name.like(sea_orm::sea_query::LikeExpr::new(format!("%{}%", like(&text))).escape('\\')));
    }
    if let Some(email) = &request.after {
        query = query.filter(account::Column::Email.gt(email));
    }
    let rows = query.order_by_asc(account::Column::Email).limit(request.limit + 1).all(app.db()).await?;
    let mut found: HashMap<AccountId, AccountView> =
        views(app.db(), rows.clone()).await?.into_iter().map(|a| (a.id, a)).collect();
    let rows = rows.into_iter().filter_map(|row| found.remove(&row.id)).collect();
    Ok(request.page(app, &scope, rows, |row: &AccountView| row.email.clone(), |row| row))
}

fn like(text: &str) -> String {
    rules::fold(text.trim()).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The row behind an account, if the actor may see whose it is.
async fn visible(app: &App, actor: &Actor, id: AccountId) -> Result<(account::Model, person::Model), Problem> {
    let reach = actor.reach(Action::ViewGrants);
    let row = account::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let person = person::Entity::find_by_id(row.person_id).filter(filter(&reach, person_columns())).one(app.db());
    let person = person.await?.ok_or_else(Problem::not_found)?;
    Ok((row, person))
}

/// An account.
///
/// # Errors
/// `not-found`
pub async fn account(app: &App, actor: &Actor, id: AccountId) -> Result<AccountView, Problem> {
    let (row, person) = visible(app, actor, id).await?;
    Ok(AccountView::of(row, &person))
}

fn of_person(person: &person::Model) -> Scope {
    Scope { organisation: Some(person.organisation_id), unit: person.unit_id, ..Scope::default() }
}

/// Makes an account for a person and sends the invitation to choose a password.
///
/// # Errors
/// 403 · 422 · `not-found` · `identity/account-there` · `identity/email-taken` · `identity/person-deactivated`
pub async fn new_account(app: &App, actor: &Actor, new: NewAccount) -> Result<AccountView, Problem> {
    super::person(app, actor, new.person_id).await?;
    let row = person::Entity::find_by_id(new.person_id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let tx = actor.permit(Action::ManageAccounts, &of_person(&row), app.now())?.begin(app).await?;
    if row.state == PersonState::Deactivated {
        return Err(Problem::refused("identity/person-deactivated", "This person is out of service."));
    }
    let email = new.email.or_else(|| row.email.clone()).ok_or_else(|| {
        Problem::invalid().field("/email", "is required: nothing is known where to write to this person")
    })?;
    let id = add_account(&tx, row.id, &email).await?;
    let made = account::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Problem::not_found)?;
    send_link(&tx, &made, LinkPurpose::Invitation).await?;
    tx.commit(AccountView::of(made, &row)).await
}

/// Sends the person of an account a link to choose a password: an invitation while none was chosen.
///
/// # Errors
/// 403 · `not-found` · `identity/account-suspended`
pub async fn issue_link(app: &App, actor: &Actor, id: AccountId) -> Result<(), Problem> {
    let (row, person) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageAccounts, &of_person(&person), app.now())?.begin(app).await?;
    let purpose = match row.state {
        AccountState::Suspended => {
            return Err(Problem::refused("identity/account-suspended", "Reactivate the account first."));
        }
        AccountState::Invited => LinkPurpose::Invitation,
        AccountState::Active => LinkPurpose::PasswordReset,
    };
    send_link(&tx, &row, purpose).await?;
    tx.commit(()).await
}

async fn set_state(tx: &Tx, row: &account::Model, state: AccountState) -> Result<(account::Model, Changes), Problem> {
    let after = account::Model { state, version: row.version + 1, ..row.clone() };
    account::Entity::update(after.clone().into_active_model().reset_all()).exec(tx).await?;
    let mut changes = Changes::default();
    changes.note("state", &row.state, &after.state);
    Ok((after, changes))
}

/// Suspends an account: it cannot sign in, and nothing that was open stays open.
///
/// # Errors
/// 403 · `not-found` · `identity/account-suspended` · `identity/not-oneself`
pub async fn suspend_account(app: &App, actor: &Actor, id: AccountId) -> Result<AccountView, Problem> {
    let (_, person) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageAccounts, &of_person(&person), app.now())?.begin(app).await?;
    if id == actor.account {
        return Err(Problem::forbidden_as("identity/not-oneself", "Somebody else must suspend your account."));
    }
    let row = account::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.state == AccountState::Suspended {
        return Err(Problem::refused("identity/account-suspended", "This account is suspended already."));
    }
    let (after, changes) = set_state(&tx, &row, AccountState::Suspended).await?;
    end_credentials(&tx, id, None).await?;
    tx.emit_changes(&AccountSuspended { account: id }, &changes).await?;
    let view = tx.commit(AccountView::of(after, &person)).await?;
    forget_actors(app);
    Ok(view)
}

/// Lets a suspended account sign in again.
///
/// # Errors
/// 403 · `not-found` · `identity/account-active`
pub async fn reactivate_account(app: &App, actor: &Actor, id: AccountId) -> Result<AccountView, Problem> {
    let (_, person) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageAccounts, &of_person(&person), app.now())?.begin(app).await?;
    let row = account::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.state != AccountState::Suspended {
        return Err(Problem::refused("identity/account-active", "This account is not suspended."));
    }
    let state = if row.password_hash.is_some() { AccountState::Active } else { AccountState::Invited };
    let (after, changes) = set_state(&tx, &row, state).await?;
    tx.emit_changes(&AccountReactivated { account: id }, &changes).await?;
    let view = tx.commit(AccountView::of(after, &person)).await?;
    forget_actors(app);
    Ok(view)
}

/// Ends every session, token and link of an account.
///
/// # Errors
/// 403 · `not-found`
pub async fn end_account_sessions(app: &App, actor: &Actor, id: AccountId) -> Result<(), Problem> {
    let (_, person) = visible(app, actor, id).await?;
    let tx = actor.permit(Action::ManageAccounts, &of_person(&person), app.now())?.begin(app).await?;
    end_credentials(&tx, id, None).await?;
    tx.emit(&SessionsEnded { account: id }).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Roles of an account, also those that ended, newest first.
///
/// # Errors
/// `not-found`
pub async fn grants(app: &App, actor: &Actor, id: AccountId) -> Result<Vec<GrantView>, Problem> {
    visible(app, actor, id).await?;
    grant_views(app.db(), id).await
}

pub(super) async fn grant_views<C: ConnectionTrait>(db: &C, id: AccountId) -> Result<Vec<GrantView>, Problem> {
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.eq(id))
        .order_by_desc(role_grant::Column::CreatedAt)
        .limit(200)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(GrantView::of).collect())
}

const fn needed(role: Role) -> Action {
    match role {
        Role::Administrator | Role::Auditor => Action::GrantPrivilegedRoles,
        _ => Action::GrantRoles,
    }
}

/// What must be within reach to grant or take back a role over that scope.
async fn granted_scope<C: ConnectionTrait>(db: &C, kind: ScopeKind, id: Option<Uuid>) -> Result<Scope, Problem> {
    Ok(match (kind, id) {
        (ScopeKind::Organisation, Some(id)) => Scope::organisation(OrganisationId(id)),
        (ScopeKind::Unit, Some(id)) => {
            let unit = unit::Entity::find_by_id(UnitId(id)).one(db).await?;
            unit.map_or_else(Scope::programme, |u| Scope::unit(u.organisation_id, u.id))
        }
        // Whose activity it is stands above this floor: only a reach over everything covers it.
        _ => Scope::programme(),
    })
}

fn not_oneself() -> Problem {
    Problem::forbidden_as("identity/not-oneself", "Nobody decides about their own roles.")
}

/// Grants a role: never to oneself, never beyond one's own reach. Administrator and auditor rest until a
/// second administrator confirms.
///
/// # Errors
/// 403 · 403 `identity/not-oneself` · 422 · `not-found` · `identity/auditor-alone`
pub async fn grant(app: &App, actor: &Actor, id: AccountId, new: NewGrant) -> Result<GrantView, Problem> {
    let (_, person) = visible(app, actor, id).await?;
    let scope = granted_scope(app.db(), new.scope_kind, new.scope_id).await?;
    let now = app.now();
    // Both must be within reach: the person and what the role is over.
    actor.permit(needed(new.role), &of_person(&person), now)?;
    let tx = actor.permit(needed(new.role), &scope, now)?.begin(app).await?;
    if id == actor.account {
        return Err(not_oneself());
    }
    if new.role == Role::Participant {
        return Err(Problem::invalid().field("/role", "is everybody's already"));
    }
    let faults = rules::grant_faults(new.starts_at.unwrap_or(now), new.ends_at, now).into_iter();
    faults.fold(Problem::invalid(), |p, (field, why)| p.field(field, why)).unless_clean()?;
    let view = add_grant(&tx, id, new).await?;
    let view = tx.commit(view).await?;
    forget_actors(app);
    Ok(view)
}

/// A grant that stands, its account's person, and a permit over both.
async fn standing(app: &App, actor: &Actor, id: GrantId) -> Result<(role_grant::Model, Permit), Problem> {
    let row = role_grant::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let (_, person) = visible(app, actor, row.account_id).await?;
    let scope = granted_scope(app.db(), row.scope_kind, row.scope_id).await?;
    actor.permit(needed(row.role), &of_person(&person), app.now())?;
    let permit = actor.permit(needed(row.role), &scope, app.now())?;
    if row.account_id == actor.account {
        return Err(not_oneself());
    }
    Ok((row, permit))
}

/// Confirms a role as the second administrator.
///
/// # Errors
/// 403 · 403 `identity/second-administrator` · 403 `identity/not-oneself` · `not-found` ·
/// `identity/nothing-to-confirm`
pub async fn confirm_grant(app: &App, actor: &Actor, id: GrantId) -> Result<GrantView, Problem> {
    let (_, permit) = standing(app, actor, id).await?;
    let tx = permit.begin(app).await?;
    let row = role_grant::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.granted_by == Some(actor.account) {
        return Err(Problem::forbidden_as(
            "identity/second-administrator",
            "A second administrator confirms what the first one granted.",
        ));
    }
    let ended = row.revoked_at.is_some() || row.ends_at <= tx.now();
    if !row.needs_confirmation || row.confirmed_by.is_some() || ended {
        return Err(Problem::refused("identity/nothing-to-confirm", "This role does not wait for a confirmation."));
    }
    let after = role_grant::Model { confirmed_by: Some(actor.account), ..row };
    role_grant::Entity::update(after.clone().into_active_model().reset_all()).exec(&tx).await?;
    tx.emit(&RoleConfirmed { grant: id, account: after.account_id, role: after.role }).await?;
    let view = tx.commit(GrantView::of(after)).await?;
    forget_actors(app);
    Ok(view)
}

/// Takes a role back; the account's sessions and tokens end with it.
///
/// # Errors
/// 403 · 403 `identity/not-oneself` · `not-found` · `identity/grant-ended`
pub async fn revoke_grant(app: &App, actor: &Actor, id: GrantId) -> Result<GrantView, Problem> {
    let (_, permit) = standing(app, actor, id).await?;
    let tx = permit.begin(app).await?;
    let row = role_grant::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    if row.revoked_at.is_some() || row.ends_at <= tx.now() {
        return Err(Problem::refused("identity/grant-ended", "This role has ended already."));
    }
    let after = role_grant::Model { revoked_at: Some(tx.now()), ..row };
    role_grant::Entity::update(after.clone().into_active_model().reset_all()).exec(&tx).await?;
    end_credentials(&tx, after.account_id, None).await?;
    tx.emit(&RoleRevoked { grant: id, account: after.account_id, role: after.role }).await?;
    let view = tx.commit(GrantView::of(after)).await?;
    forget_actors(app);
    Ok(view)
}

/// Roles that wait for a second administrator, oldest first, narrowed to whose roles the actor may see.
///
/// # Errors
/// As the database.
pub async fn grants_to_confirm(app: &App, actor: &Actor) -> Result<Vec<NamedGrantView>, Problem> {
    let persons = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(filter(&actor.reach(Action::ViewGrants), person_columns()));
    let within = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::PersonId.in_subquery(sea_orm::QueryTrait::into_query(persons)));
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.in_subquery(sea_orm::QueryTrait::into_query(within)))
        .filter(role_grant::Column::NeedsConfirmation.eq(true))
        .filter(
            Condition::all()
                .add(role_grant::Column::ConfirmedBy.is_null())
                .add(role_grant::Column::RevokedAt.is_null())
                .add(role_grant::Column::EndsAt.gt(app.now())),
        )
        .order_by_asc(role_grant::Column::CreatedAt)
        .limit(200)
        .all(app.db())
        .await?;
    named(app, rows.into_iter().map(GrantView::of).collect()).await
}

/// Grants with the names of persons and scopes.
async fn named(app: &App, grants: Vec<GrantView>) -> Result<Vec<NamedGrantView>, Problem> {
    let ids = grants.iter().map(|g| g.account_id.0);
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(app.db()).await?;
    let names: HashMap<AccountId, String> =
        views(app.db(), accounts).await?.into_iter().map(|a| (a.id, a.name)).collect();
    let scopes: Vec<Uuid> = grants.iter().filter_map(|g| g.scope_id).collect();
    let units = unit::Entity::find().filter(unit::Column::Id.is_in(scopes.clone())).all(app.db()).await?;
    let homes = organisation::Entity::find().filter(organisation::Column::Id.is_in(scopes)).all(app.db()).await?;
    let mut places: HashMap<Uuid, String> = units.into_iter().map(|u| (u.id.0, u.name)).collect();
    places.extend(homes.into_iter().map(|o| (o.id.0, o.name)));
    let name = |grant: GrantView| NamedGrantView {
        name: names.get(&grant.account_id).cloned().unwrap_or_default(),
        scope: grant.scope_id.and_then(|id| places.get(&id).cloned()).unwrap_or_default(),
        grant,
    };
    Ok(grants.into_iter().map(name).collect())
}

/// Roles of an account with the names of what they are over, newest first.
///
/// # Errors
/// `not-found`
pub async fn named_grants(app: &App, actor: &Actor, id: AccountId) -> Result<Vec<NamedGrantView>, Problem> {
    let grants = grants(app, actor, id).await?;
    named(app, grants).await
}
