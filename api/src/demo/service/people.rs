//! Organisations, units, persons and the accounts to sign in with.

use super::{DemoAccount, Loader, read};
use crate::identity::{self, Credentials, NewGrant, NewOrganisation, NewPerson, NewUnit, Permit};
use crate::platform::{Problem, Tx, new_secret};
use chrono::{Duration, NaiveDate};
use entity::identity::{AdministrativeLevel, Gender, OrganisationRole, Role, ScopeKind};
use serde::Deserialize;
use std::net::IpAddr;

#[derive(Deserialize)]
struct OrganisationRow {
    code: String,
    name: String,
    native_name: Option<String>,
    country: Option<String>,
    role: OrganisationRole,
}

#[derive(Deserialize)]
struct UnitRow {
    code: String,
    name: String,
    native_name: Option<String>,
    organisation: String,
    parent: Option<String>,
    level: AdministrativeLevel,
    kind: String,
}

#[derive(Deserialize)]
struct PersonRow {
    key: String,
    given_name: String,
    family_name: String,
    native_name: Option<String>,
    gender: Gender,
    organisation: String,
    unit: Option<String>,
    rank: Option<String>,
    post: Option<String>,
    level: Option<AdministrativeLevel>,
    languages: Vec<String>,
    role: String,
    email: String,
    service_number: String,
    #[serde(default)]
    demo_login: bool,
}

/// The first day of the demonstration's units and memberships, before its first activity.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day of the calendar")
}

async fn places(tx: &Tx, loader: &mut Loader) -> Result<(), Problem> {
    for row in read::<Vec<OrganisationRow>>(include_str!("../../../demo/organisations.json"))? {
        let new = NewOrganisation {
            code: row.code.clone(),
            name: row.name,
            native_name: row.native_name,
            country: row.country,
            role: row.role,
        };
        loader.organisations.insert(row.code, identity::add_organisation(tx, new).await?.id);
    }
    for row in read::<Vec<UnitRow>>(include_str!("../../../demo/units.json"))? {
        let organisation_id =
            *loader.organisations.get(&row.organisation).ok_or_else(|| Problem::internal(&row.organisation))?;
        let new = NewUnit {
            code: row.code.clone(),
            name: row.name,
            native_name: row.native_name,
            organisation_id,
            parent_id: row.parent.and_then(|code| loader.units.get(&code).copied()),
            level: row.level,
            kind: row.kind,
            from_on: Some(first_day()),
        };
        loader.units.insert(row.code, identity::add_unit(tx, new).await?.id);
    }
    Ok(())
}

/// Loads organisations, units and persons in one transaction, then gives the printed accounts a password.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let tx = Permit::system("demo").begin(&loader.app).await?;
    places(&tx, loader).await?;
    let mut logins = Vec::new();
    for row in read::<Vec<PersonRow>>(include_str!("../../../demo/persons.json"))? {
        let organisation_id =
            *loader.organisations.get(&row.organisation).ok_or_else(|| Problem::internal(&row.organisation))?;
        let unit_id = row.unit.as_ref().and_then(|code| loader.units.get(code).copied());
        let new = NewPerson {
            organisation_id,
            unit_id,
            member_from_on: Some(first_day()),
            service_number: row.service_number,
            given_name: row.given_name,
            family_name: row.family_name,
            native_name: row.native_name,
            email: Some(row.email.clone()),
            gender: row.gender,
            rank: row.rank,
            post: row.post,
            level: row.level,
            languages: row.languages,
        };
        let person = identity::add_person(&tx, new).await?;
        loader.persons.insert(row.key, person.id);
        let account = identity::add_account(&tx, person.id, &row.email).await?;
        let role: Role = row.role.parse().map_err(Problem::internal)?;
        if role != Role::Participant {
            let (scope_kind, scope_id) = scope(role, unit_id.filter(|_| role == Role::Manager));
            let grant =
                NewGrant { role, scope_kind, scope_id, starts_at: None, ends_at: tx.now() + Duration::days(360) };
            identity::add_grant(&tx, account, grant).await?;
        }
        if row.demo_login {
            logins.push((row.role, row.email, account));
        }
    }
    tx.commit(()).await?;
    for (role, email, account) in logins {
        let password = new_secret().chars().take(16).collect::<String>();
        identity::set_password(&loader.app, account, password.clone()).await?;
        let credentials = Credentials { email: email.clone(), password: password.clone(), code: None };
        let session =
            identity::sign_in(&loader.app, credentials, IpAddr::from([127, 0, 0, 1]), "demonstration").await?;
        loader.tokens.insert(role.clone(), session.token);
        loader.accounts.push(DemoAccount { role, email, password });
    }
    Ok(())
}

fn scope(role: Role, unit: Option<entity::id::UnitId>) -> (ScopeKind, Option<uuid::Uuid>) {
    match unit {
        Some(id) if role == Role::Manager => (ScopeKind::Unit, Some(id.0)),
        _ => (ScopeKind::Programme, None),
    }
}
