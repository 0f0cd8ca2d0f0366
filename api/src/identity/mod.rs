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
pub use rules::{ImportDifference, ImportRowView, ImportView};
pub use service::{
    AccountFilter, ReachColumns, account, accounts, add_account, add_grant, add_organisation, add_person, add_unit,
    all_units, ask_password_reset, authenticate, change_organisation, change_own_password, change_person,
    change_setting, change_unit, choose_language, choose_password, close_unit, confirm_grant, confirm_second_factor,
    create_by_operator, deactivate_person, end_account_sessions, end_everything, end_other_sessions, end_session,
    export_persons, filter, filter_by_person, forget_actors, grant, grant_by_operator, grants, grants_to_confirm,
    import_persons, issue_link, link_is_open, me, memberships, move_person, move_unit, named_grants, new_account,
    new_organisation, new_person, new_token, new_unit, on_membership_due, on_reset_asked, organisation, organisations,
    own_record, own_sessions, own_tokens, person, person_columns, person_names, person_scope, persons,
    reactivate_account, reactivate_person, readable_list, remove_second_factor, reset_by_operator, revoke_grant,
    revoke_token, set_password, setting, setting_views, sign_in, sign_out, start_second_factor, step_up,
    suspend_account, unit, unit_path, unit_placements, units, units_below,
};

use crate::platform::Versioned;
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{AccessTokenId, AccountId, GrantId, LoginSessionId, MembershipId, OrganisationId, PersonId, UnitId};
use entity::identity as table;
use entity::identity::{
    AccountState, AdministrativeLevel, Gender, LinkPurpose, OrganisationRole, PersonState, Role, ScopeKind,
};
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

/// What an organisation is from now on; its code stays.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct OrganisationChange {
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
    /// First day on which it is closed, once that is known.
    pub closed_on: Option<NaiveDate>,
    /// Level of administration.
    pub level: AdministrativeLevel,
    /// What kind of unit it is.
    pub kind: String,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl UnitView {
    fn of(row: table::unit::Model, parent_id: Option<UnitId>, closed_on: Option<NaiveDate>) -> Self {
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            native_name: row.native_name,
            organisation_id: row.organisation_id,
            parent_id,
            closed_on,
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

/// What a unit is from now on; its code and organisation stay, its place changes by a move.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct UnitChange {
    /// English name.
    #[oai(validator(min_length = 2, max_length = 200))]
    pub name: String,
    /// Name in its own language.
    #[oai(validator(max_length = 200))]
    pub native_name: Option<String>,
    /// Level of administration.
    pub level: AdministrativeLevel,
    /// What kind of unit it is, in words.
    #[oai(validator(max_length = 100))]
    pub kind: String,
}

/// A move of a unit in the tree.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct UnitMove {
    /// The unit above from then on; nothing for directly below the organisation.
    pub parent_id: Option<UnitId>,
    /// First day in the new place; today when missing.
    pub from_on: Option<NaiveDate>,
}

/// The closure of a unit.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct UnitClosure {
    /// First day on which it is closed; today when missing.
    pub on: Option<NaiveDate>,
}

/// Where a unit stood, stands or will stand.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct UnitPlacementView {
    /// The unit above; nothing for directly below the organisation.
    pub parent_id: Option<UnitId>,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub until_on: Option<NaiveDate>,
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

/// What a person is from now on; organisation stays, the unit changes by a membership.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct PersonChange {
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

/// A person's move to another unit.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewMembership {
    /// The unit.
    pub unit_id: UnitId,
    /// First day in it; today when missing.
    pub from_on: Option<NaiveDate>,
}

/// A span of days in which a person belongs to a unit.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct MembershipView {
    /// Its id.
    pub id: MembershipId,
    /// The unit.
    pub unit_id: UnitId,
    /// Its English name.
    pub unit: String,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub until_on: Option<NaiveDate>,
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
    /// In this state.
    pub state: Option<PersonState>,
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
    /// Who granted it; nothing for the operator of the host.
    pub granted_by: Option<AccountId>,
    /// Who confirmed it.
    pub confirmed_by: Option<AccountId>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
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
            granted_by: row.granted_by,
            confirmed_by: row.confirmed_by,
            revoked_at: row.revoked_at,
        }
    }
}

/// A grant and whom it concerns.
#[derive(Clone, Debug, Object, Serialize)]
pub struct NamedGrantView {
    /// The grant.
    pub grant: GrantView,
    /// Name of the person who gets the role.
    pub name: String,
    /// What the scope is called: an organisation's or unit's name, or the kind of scope.
    pub scope: String,
}

/// A new account.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewAccount {
    /// For whom.
    pub person_id: PersonId,
    /// What is typed at sign-in; the person's address when missing.
    #[oai(validator(max_length = 254, pattern = "^[^@\\s]+@[^@\\s]+$"))]
    pub email: Option<String>,
}

/// An account.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Whose it is.
    pub person_id: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's organisation.
    pub organisation_id: OrganisationId,
    /// What is typed at sign-in.
    pub email: String,
    /// Whether it can sign in.
    pub state: AccountState,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it signed in last.
    pub signed_in_at: Option<DateTime<Utc>>,
}
impl AccountView {
    fn of(row: table::account::Model, person: &table::person::Model) -> Self {
        Self {
            id: row.id,
            person_id: person.id,
            name: format!("{} {}", person.given_name, person.family_name),
            organisation_id: person.organisation_id,
            email: row.email,
            state: row.state,
            second_factor: row.totp_confirmed_at.is_some(),
            created_at: row.created_at,
            signed_in_at: row.signed_in_at,
        }
    }
}

/// One of one's sign-in sessions.
#[derive(Clone, Debug, Object, Serialize)]
pub struct LoginSessionView {
    /// Its id.
    pub id: LoginSessionId,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// From which address.
    pub address: String,
    /// With which program, as it called itself.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// A change of one's password.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password so far.
    #[oai(validator(max_length = 256))]
    pub current: String,
    /// The new one: 15 to 256 characters, no common one.
    #[oai(validator(max_length = 256))]
    pub new: String,
}

/// The password once more, as a proof of who one is.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct Proof {
    /// The password.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// A second factor on its way: shown once.
#[derive(Clone, Debug, Object, Serialize)]
pub struct SecondFactorView {
    /// The secret in base 32, to type by hand.
    pub secret: String,
    /// The same as an `otpauth` URL.
    pub url: String,
    /// The same as a QR code, SVG.
    pub qr: String,
}

/// A code of the second factor.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// Six digits.
    #[oai(validator(max_length = 10))]
    pub code: String,
}

/// A new personal access token.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, in one's own words.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Whether it may only read.
    #[oai(default)]
    #[serde(default)]
    pub read_only: bool,
    /// When it ends, 366 days on at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A personal access token.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct TokenView {
    /// Its id.
    pub id: AccessTokenId,
    /// What it is for.
    pub name: String,
    /// Whether it may only read.
    pub read_only: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the hour.
    pub used_at: Option<DateTime<Utc>>,
}
impl TokenView {
    fn of(row: table::access_token::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            read_only: row.read_only,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        }
    }
}

/// A token that was just made.
#[derive(Clone, Debug, Object, Serialize)]
pub struct NewTokenView {
    /// Send it as `Authorization: Bearer …`. Shown once.
    pub token: String,
    /// What it is.
    pub about: TokenView,
}

/// The interface language one chooses.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct LanguageChoice {
    /// ISO 639-1: `en`, `lv`, `be` or `ru`.
    #[oai(validator(pattern = "^(en|lv|be|ru)$"))]
    pub language: String,
}

/// Somebody has forgotten a password.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct ForgottenPassword {
    /// E-mail address of the account.
    #[oai(validator(max_length = 254))]
    pub email: String,
}

/// A password chosen behind a one-time link.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct PasswordChoice {
    /// The end of the link.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// The password: 15 to 256 characters, no common one.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// A setting that administrators change while the program runs.
#[derive(Clone, Debug, Object, Serialize)]
pub struct SettingView {
    /// Its key.
    pub key: String,
    /// What it decides, with units.
    pub meaning: String,
    /// The value in force.
    pub value: i64,
    /// Least value.
    pub least: i64,
    /// Greatest value.
    pub greatest: i64,
    /// Version, for `If-Match`; 0 while it was never changed.
    pub version: i64,
}
impl Versioned for SettingView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A new value of a setting.
#[derive(Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct SettingChange {
    /// The value.
    pub value: i64,
}

/// How a person list is imported.
#[derive(Debug, Default)]
pub struct ImportWish {
    /// Whose list it is.
    pub organisation_id: Option<OrganisationId>,
    /// Whether the list leaves out persons who stay in service.
    pub partial: bool,
    /// The plan of the dry run; nothing for a dry run.
    pub plan: Option<String>,
    /// Whether it is meant that so many are deactivated.
    pub confirmed: bool,
}

/// A format of a person list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, poem_openapi::Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
}

impl ListFormat {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
    const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "persons.csv",
            Self::Xlsx => "persons.xlsx",
        }
    }
}

/// Everything identity stores about a person.
#[derive(Clone, Debug, Object, Serialize)]
pub struct OwnRecordView {
    /// When it was gathered.
    pub at: DateTime<Utc>,
    /// The person.
    pub person: PersonView,
    /// The account.
    pub account: AccountView,
    /// Units belonged to.
    pub memberships: Vec<MembershipView>,
    /// Roles granted, also those that ended.
    pub grants: Vec<GrantView>,
    /// Sign-in sessions, also those that ended.
    pub sessions: Vec<LoginSessionView>,
    /// Access tokens.
    pub tokens: Vec<TokenView>,
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
    /// An organisation was changed.
    OrganisationChanged = "identity/organisation-changed", "organisation", organisation { organisation: OrganisationId }
    /// A unit was changed.
    UnitChanged = "identity/unit-changed", "unit", unit { unit: UnitId }
    /// A unit was moved in the tree.
    UnitMoved = "identity/unit-moved", "unit", unit { unit: UnitId, from_on: NaiveDate }
    /// A unit was closed.
    UnitClosed = "identity/unit-closed", "unit", unit { unit: UnitId, on: NaiveDate }
    /// A person was changed.
    PersonChanged = "identity/person-changed", "person", person { person: PersonId }
    /// A person was moved to another unit.
    PersonMoved = "identity/person-moved", "person", person { person: PersonId, unit: UnitId, from_on: NaiveDate }
    /// A person left service.
    PersonDeactivated = "identity/person-deactivated", "person", person { person: PersonId }
    /// A person is in service again.
    PersonReactivated = "identity/person-reactivated", "person", person { person: PersonId }
    /// A one-time link was sent.
    LinkIssued = "identity/link-issued", "account", account { account: AccountId, purpose: LinkPurpose }
    /// An account was suspended.
    AccountSuspended = "identity/account-suspended", "account", account { account: AccountId }
    /// An account can sign in again.
    AccountReactivated = "identity/account-reactivated", "account", account { account: AccountId }
    /// Sessions of an account were ended: all, or all but one.
    SessionsEnded = "identity/sessions-ended", "account", account { account: AccountId }
    /// A role was confirmed by a second administrator.
    RoleConfirmed = "identity/role-confirmed", "account", account { grant: GrantId, account: AccountId, role: Role }
    /// A role was taken back.
    RoleRevoked = "identity/role-revoked", "account", account { grant: GrantId, account: AccountId, role: Role }
    /// A second factor was set up.
    SecondFactorSet = "identity/second-factor-set", "account", account { account: AccountId }
    /// A second factor was removed.
    SecondFactorRemoved = "identity/second-factor-removed", "account", account { account: AccountId }
    /// An access token was made.
    TokenCreated = "identity/token-created", "account", account { account: AccountId, token: AccessTokenId }
    /// An access token was taken back.
    TokenRevoked = "identity/token-revoked", "account", account { account: AccountId, token: AccessTokenId }
    /// An interface language was chosen.
    LanguageChosen = "identity/language-chosen", "account", account { account: AccountId }
    /// A person list was imported.
    PersonsImported = "identity/persons-imported", "organisation", organisation { organisation: OrganisationId, created: u32, changed: u32, deactivated: u32 }
    /// Person lists were exported.
    PersonsExported = "identity/persons-exported", "person", by { by: PersonId, rows: u32 }
}

/// A setting was changed. Its subject is the installation, which has no id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingChanged {
    /// Which.
    pub key: String,
}
impl crate::platform::Event for SettingChanged {
    const KIND: &'static str = "identity/setting-changed";
    fn subject(&self) -> (&'static str, Uuid) {
        ("setting", Uuid::nil())
    }
}
