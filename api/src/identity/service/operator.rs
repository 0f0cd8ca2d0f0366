//! What the operator of the host does with accounts: the first administrator, a reset, a grant.

use super::super::access::Permit;
use super::super::{NewGrant, NewOrganisation, NewPerson, SecondFactorRemoved};
use super::{add_account, add_grant, add_organisation, add_person, end_credentials, forget_actors, hash_token};
use crate::platform::{App, Problem, Tx, new_secret};
use chrono::{DateTime, Duration, Utc};
use entity::id::AccountId;
use entity::identity::{
    Gender, LinkPurpose, OrganisationRole, Role, ScopeKind, access_token, account, login_session, one_time_link,
    organisation, unit,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

/// Hours a one-time link works.
pub const LINK_HOURS: i64 = 24;

/// Makes a link that works once; gives its address. Only its hash is stored.
///
/// # Errors
/// As the database.
pub(super) async fn one_time_link(tx: &Tx, account: AccountId, purpose: LinkPurpose) -> Result<String, Problem> {
    let token = new_secret();
    let row = one_time_link::Model {
        id: tx.id(),
        account_id: account,
        purpose,
        token_hash: hash_token(&token),
        expires_at: tx.now() + Duration::hours(LINK_HOURS),
        used_at: None,
    };
    one_time_link::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(format!("{}/links/{token}", tx.app().config().base_url()))
}

/// Creates a person with an account; the organisation too, when there is none of that code. Gives the link
/// to choose a password.
///
/// # Errors
/// `identity/email-taken` · `identity/account-there`
pub async fn create_by_operator(
    app: &App,
    email: &str,
    name: (&str, &str),
    code: &str,
    role: Option<Role>,
) -> Result<String, Problem> {
    let tx = Permit::system("console").begin(app).await?;
    let found = organisation::Entity::find().filter(organisation::Column::Code.eq(code)).one(&tx).await?;
    let organisation_id = if let Some(row) = found {
        row.id
    } else {
        let new = NewOrganisation {
            code: code.into(),
            name: code.into(),
            native_name: None,
            country: None,
            role: OrganisationRole::Implementer,
        };
        add_organisation(&tx, new).await?.id
    };
    let number: Uuid = tx.id();
    let person = add_person(
        &tx,
        NewPerson {
            organisation_id,
            unit_id: None,
            member_from_on: None,
            service_number: format!("console-{}", number.simple()),
            given_name: name.0.into(),
            family_name: name.1.into(),
            native_name: None,
            email: Some(email.into()),
            gender: Gender::NotStated,
            rank: None,
            post: None,
            level: None,
            languages: vec![],
        },
    )
    .await?;
    let account = add_account(&tx, person.id, email).await?;
    if let Some(role) = role {
        add_grant(&tx, account, whole_programme(&tx, role)).await?;
    }
    let link = one_time_link(&tx, account, LinkPurpose::Invitation).await?;
    tx.commit(link).await
}

fn whole_programme(tx: &Tx, role: Role) -> NewGrant {
    NewGrant {
        role,
        scope_kind: ScopeKind::Programme,
        scope_id: None,
        starts_at: None,
        ends_at: tx.now() + Duration::days(365),
    }
}

async fn by_email(tx: &Tx, email: &str) -> Result<AccountId, Problem> {
    let row = account::Entity::find().filter(account::Column::Email.eq(email.trim().to_lowercase())).one(tx).await?;
    row.map(|a| a.id).ok_or_else(|| Problem::not_found().detail("There is no account with this e-mail address."))
}

/// A link to choose a new password. For somebody who lost the second factor it is removed too: roles that
/// need one rest until another is set up.
///
/// # Errors
/// `not-found`
pub async fn reset_by_operator(app: &App, email: &str, second_factor_too: bool) -> Result<String, Problem> {
    let tx = Permit::system("console").begin(app).await?;
    let account = by_email(&tx, email).await?;
    if second_factor_too {
        account::Entity::update_many()
            .filter(account::Column::Id.eq(account))
            .col_expr(account::Column::TotpSecret, Expr::value(None::<String>))
            .col_expr(account::Column::TotpConfirmedAt, Expr::value(None::<DateTime<Utc>>))
            .col_expr(account::Column::TotpLastStep, Expr::value(None::<i64>))
            .exec(&tx)
            .await?;
        end_credentials(&tx, account, None).await?;
        tx.emit(&SecondFactorRemoved { account }).await?;
    }
    let link = one_time_link(&tx, account, LinkPurpose::PasswordReset).await?;
    let link = tx.commit(link).await?;
    forget_actors(app);
    Ok(link)
}

/// Grants a role for twelve months within an organisation or unit of that code, or the whole programme.
///
/// # Errors
/// `not-found` · `identity/auditor-alone`
pub async fn grant_by_operator(app: &App, email: &str, role: Role, scope: Option<&str>) -> Result<(), Problem> {
    let tx = Permit::system("console").begin(app).await?;
    let account = by_email(&tx, email).await?;
    let mut grant = whole_programme(&tx, role);
    if let Some(code) = scope {
        let unit =
            unit::Entity::find().filter(unit::Column::Code.eq(code)).one(&tx).await?.map(|u| (ScopeKind::Unit, u.id.0));
        let organisation = organisation::Entity::find().filter(organisation::Column::Code.eq(code)).one(&tx).await?;
        let found = unit.or(organisation.map(|o| (ScopeKind::Organisation, o.id.0)));
        let (kind, id) =
            found.ok_or_else(|| Problem::not_found().detail(format!("There is no organisation or unit {code}.")))?;
        grant.scope_kind = kind;
        grant.scope_id = Some(id);
    }
    add_grant(&tx, account, grant).await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}

/// Ends all sessions, links and tokens: after a restore nothing of the backup may still open a door.
///
/// # Errors
/// As the database.
pub async fn end_everything(app: &App) -> Result<(), Problem> {
    let tx = Permit::system("restore").begin(app).await?;
    let now = tx.now();
    login_session::Entity::update_many()
        .filter(login_session::Column::EndedAt.is_null())
        .col_expr(login_session::Column::EndedAt, Expr::value(Some(now)))
        .exec(&tx)
        .await?;
    one_time_link::Entity::update_many()
        .filter(one_time_link::Column::UsedAt.is_null())
        .col_expr(one_time_link::Column::UsedAt, Expr::value(Some(now)))
        .exec(&tx)
        .await?;
    // One of them may have been revoked since.
    access_token::Entity::update_many()
        .filter(access_token::Column::RevokedAt.is_null())
        .col_expr(access_token::Column::RevokedAt, Expr::value(Some(now)))
        .exec(&tx)
        .await?;
    tx.commit(()).await?;
    forget_actors(app);
    Ok(())
}
