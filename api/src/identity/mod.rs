//! Floor 1: who people are, how they sign in, and what they may do.
//!
//! Owns: organisations, effective-dated units and memberships, persons, accounts, role grants, sign-in
//! sessions, access tokens; the permission policy in `access.rs`.
//! Tells: `PersonCreated`, `AccountCreated`, `RoleGranted`, `SignedIn` and their like.
//! Refuses to know: anything about learning.

pub mod access;
pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use access::{Action, Actor, Permit, Reach, Scope};
pub use service::{
    ReachColumns, add_account, add_grant, add_organisation, add_person, add_unit, authenticate, end_session, filter,
    filter_by_person, forget_actors, me, new_organisation, new_person, new_unit, person, person_columns, person_names,
    person_scope, persons, set_password, sign_in, sign_out, step_up, units_below,
};
pub use service::{create_by_operator, end_everything, grant_by_operator, reset_by_operator};

use crate::platform::Versioned;
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{AccountId, GrantId, LoginSessionId, OrganisationId, PersonId, UnitId};
use entity::identity as table;
use entity::identity::{AdministrativeLevel, Gender, OrganisationRole, PersonState, Role, ScopeKind};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is typed at sign-in.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address of the account.
    #[oai(validator(max_length = 254))]
    pub email: String,
    /// The password.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Code of the second factor, where one is set up.
    #[oai(validator(max_length = 10))]
    pub code: Option<String>,
}

/// A sign-in session that has just begun.
#[derive(Clone, Debug, Object, Serialize)]
pub struct SignInView {
    /// Send it as `Authorization: Bearer …`. Shown once.
    pub token: String,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Who signed in.
    pub me: MeView,
}

/// Who is signed in.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct MeView {
    /// The account.
    pub account_id: AccountId,
    /// The person.
    pub person_id: PersonId,
    /// Given and family name.
    pub name: String,
    /// The name in its own script.
    pub native_name: Option<String>,
    /// The person's organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation: String,
    /// The person's unit today.
    pub unit_id: Option<UnitId>,
    /// Roles in force.
    pub roles: Vec<Role>,
    /// Interface language chosen, ISO 639-1.
    pub language: Option<String>,
    /// Whether a second factor must be set up before the roles count.
    pub second_factor_missing: bool,
}

/// A new organisation.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewOrganisation {
    /// Short code, unique.
    #[oai(validator(min_length = 2, max_length = 20, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// English name.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub name: String,
    /// Name in its own language.
    #[oai(validator(max_length = 200))]
    pub native_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[oai(validator(pattern = "^[A-Z]{2}$"))]
    pub country: Option<String>,
    /// What it does in the programme.
    pub role: OrganisationRole,
}

/// An organisation.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrganisationId,
    /// Short code.
    pub code: String,
    /// English name.
    pub name: String,
    /// Name in its own language.
    pub native_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What it does in the programme.
    pub role: OrganisationRole,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl OrganisationView {
    fn of(row: table::organisation::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            native_name: row.native_name,
            country: row.country,
            role: row.role,
            version: row.version,
        }
    }
}
impl Versioned for OrganisationView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A new unit.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewUnit {
    /// Short code, unique.
    #[oai(validator(min_length = 2, max_length = 30, pattern = "^[A-Z0-9-]+$"))]
    pub code: String,
    /// English name.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub name: String,
    /// Name in its own language.
    #[oai(validator(max_length = 200))]
    pub native_name: Option<String>,
    /// The organisation it belongs to.
    pub organisation_id: OrganisationId,
    /// The unit above; nothing for one directly below the organisation.
    pub parent_id: Option<UnitId>,
    /// Level of administration.
    pub level: AdministrativeLevel,
    /// What kind of unit it is, in words.
    #[oai(validator(max_length = 100))]
    pub kind: String,
    /// First day; today when missing.
    pub from_on: Option<NaiveDate>,
}

/// A unit.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct UnitView {
    /// Its id.
    pub id: UnitId,
    /// Short code.
    pub code: String,
    /// English name.
    pub name: String,
    /// Name in its own language.
    pub native_name: Option<String>,
    /// The organisation it belongs to.
    pub organisation_id: OrganisationId,
    /// The unit above today.
    pub parent_id: Option<UnitId>,
    /// Level of administration.
    pub level: AdministrativeLevel,
    /// What kind of unit it is.
    pub kind: String,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl UnitView {
    fn of(row: table::unit::Model, parent_id: Option<UnitId>) -> Self {
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            native_name: row.native_name,
            organisation_id: row.organisation_id,
            parent_id,
            level: row.level,
            kind: row.kind,
            version: row.version,
        }
    }
}
impl Versioned for UnitView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A new person.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewPerson {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The unit from `member_from_on` on.
    pub unit_id: Option<UnitId>,
    /// First day in the unit; today when missing.
    pub member_from_on: Option<NaiveDate>,
    /// Unique within the organisation.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub service_number: String,
    /// Given name.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub given_name: String,
    /// Family name.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub family_name: String,
    /// The whole name in its own script.
    #[oai(validator(max_length = 200))]
    pub native_name: Option<String>,
    /// E-mail address for notices.
    #[oai(validator(max_length = 254, pattern = "^[^@\\s]+@[^@\\s]+$"))]
    pub email: Option<String>,
    /// As the person stated it.
    pub gender: Gender,
    /// Service rank.
    #[oai(validator(max_length = 100))]
    pub rank: Option<String>,
    /// Post held.
    #[oai(validator(max_length = 100))]
    pub post: Option<String>,
    /// Level of administration.
    pub level: Option<AdministrativeLevel>,
    /// Working languages, ISO 639-1.
    #[oai(default, validator(max_items = 12))]
    pub languages: Vec<String>,
}

/// A person.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct PersonView {
    /// Their id.
    pub id: PersonId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The unit today.
    pub unit_id: Option<UnitId>,
    /// Unique within the organisation.
    pub service_number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The whole name in its own script.
    pub native_name: Option<String>,
    /// E-mail address for notices.
    pub email: Option<String>,
    /// As the person stated it.
    pub gender: Gender,
    /// Service rank.
    pub rank: Option<String>,
    /// Post held.
    pub post: Option<String>,
    /// Level of administration.
    pub level: Option<AdministrativeLevel>,
    /// Working languages, ISO 639-1.
    pub languages: Vec<String>,
    /// Whether the person is in service.
    pub state: PersonState,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl PersonView {
    fn of(row: table::person::Model) -> Self {
        Self {
            id: row.id,
            organisation_id: row.organisation_id,
            unit_id: row.unit_id,
            service_number: row.service_number,
            given_name: row.given_name,
            family_name: row.family_name,
            native_name: row.native_name,
            email: row.email,
            gender: row.gender,
            rank: row.rank,
            post: row.post,
            level: row.level,
            languages: row.languages.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect(),
            state: row.state,
            version: row.version,
        }
    }
    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}
impl Versioned for PersonView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Which persons are wanted.
#[derive(Debug, Default)]
pub struct PersonFilter {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this unit.
    pub unit_id: Option<UnitId>,
    /// Whose name has this in it, whatever its case and diacritics.
    pub search: Option<String>,
}

/// A new grant.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewGrant {
    /// The role.
    pub role: Role,
    /// What kind of scope.
    pub scope_kind: ScopeKind,
    /// The organisation, unit or activity; nothing for the programme.
    pub scope_id: Option<Uuid>,
    /// When it begins; now when missing.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends, twelve months on at the latest.
    pub ends_at: DateTime<Utc>,
}

/// A role granted.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct GrantView {
    /// Its id.
    pub id: GrantId,
    /// To whom.
    pub account_id: AccountId,
    /// The role.
    pub role: Role,
    /// What kind of scope.
    pub scope_kind: ScopeKind,
    /// The organisation, unit or activity.
    pub scope_id: Option<Uuid>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Whether it rests until a second administrator confirms it.
    pub awaits_confirmation: bool,
}
impl GrantView {
    fn of(row: table::role_grant::Model) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            role: row.role,
            scope_kind: row.scope_kind,
            scope_id: row.scope_id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            awaits_confirmation: row.needs_confirmation && row.confirmed_by.is_none(),
        }
    }
}

crate::events! {
    /// An organisation was created.
    OrganisationCreated = "identity/organisation-created", "organisation", organisation { organisation: OrganisationId }
    /// A unit was created.
    UnitCreated = "identity/unit-created", "unit", unit { unit: UnitId, organisation: OrganisationId }
    /// A person was created.
    PersonCreated = "identity/person-created", "person", person { person: PersonId, organisation: OrganisationId }
    /// An account was created.
    AccountCreated = "identity/account-created", "account", account { account: AccountId, person: PersonId }
    /// A password was chosen.
    PasswordChanged = "identity/password-changed", "account", account { account: AccountId }
    /// A role was granted.
    RoleGranted = "identity/role-granted", "account", account { grant: GrantId, account: AccountId, role: Role }
    /// Somebody signed in.
    SignedIn = "identity/signed-in", "account", account { account: AccountId, session: LoginSessionId }
    /// A session was ended.
    SessionEnded = "identity/session-ended", "account", account { account: AccountId, session: LoginSessionId }
}
