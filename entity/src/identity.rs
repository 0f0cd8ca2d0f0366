//! Tables of identity: organisations, units, persons, accounts, grants, sessions and tokens.

crate::states! {
    /// What an organisation does in the programme.
    OrganisationRole {
        Implementer = "implementer",
        TrainingProvider = "training_provider",
        Partner = "partner",
        Host = "host",
        Agency = "agency",
        GrantManager = "grant_manager",
        Funder = "funder",
        Auditor = "auditor",
    }
}
crate::states! {
    /// The level of administration a unit or person works at.
    AdministrativeLevel { Local = "local", Regional = "regional", Central = "central" }
}
crate::states! {
    /// Gender as the person stated it; never derived from a name.
    Gender { Female = "female", Male = "male", Other = "other", NotStated = "not_stated" }
}
crate::states! {
    /// Whether a person is in service.
    PersonState { Active = "active", Deactivated = "deactivated" }
}
crate::states! {
    /// Whether an account can sign in.
    AccountState { Invited = "invited", Active = "active", Suspended = "suspended" }
}
crate::states! {
    /// A system role; what it may do is in the permission policy.
    Role {
        Administrator = "administrator",
        Coordinator = "coordinator",
        Trainer = "trainer",
        Examiner = "examiner",
        Manager = "manager",
        Participant = "participant",
        Auditor = "auditor",
        CertificationOfficer = "certification_officer",
        FinanceOfficer = "finance_officer",
        DataProtectionOfficer = "data_protection_officer",
        Evaluator = "evaluator",
    }
}
crate::states! {
    /// What a grant covers.
    ScopeKind { Programme = "programme", Organisation = "organisation", Unit = "unit", Activity = "activity" }
}
crate::states! {
    /// What a one-time link is for.
    LinkPurpose { Invitation = "invitation", PasswordReset = "password_reset" }
}
crate::states! {
    /// What an import does with a person.
    ImportOutcome {
        /// A new person.
        Created = "created",
        /// Some fields change.
        Changed = "changed",
        /// Nothing changes.
        Unchanged = "unchanged",
        /// Not in the list any more.
        Deactivated = "deactivated",
        /// The row is wrong; see its faults.
        Refused = "refused",
    }
}

/// An organisation.
pub mod organisation {
    use super::OrganisationRole;
    use crate::id::OrganisationId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrganisationId,
        #[sea_orm(unique)]
        pub code: String,
        pub name: String,
        pub native_name: Option<String>,
        /// ISO 3166-1 alpha-2; nothing for an international body.
        pub country: Option<String>,
        pub role: OrganisationRole,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A unit; where it stands in the tree, and when, is in `unit_placement`.
pub mod unit {
    use super::AdministrativeLevel;
    use crate::id::{OrganisationId, UnitId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UnitId,
        #[sea_orm(unique)]
        pub code: String,
        pub name: String,
        pub native_name: Option<String>,
        pub organisation_id: OrganisationId,
        pub level: AdministrativeLevel,
        pub kind: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Where a unit stands in the tree from one day to another (half-open).
pub mod unit_placement {
    use crate::id::UnitId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unit_placement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub unit_id: UnitId,
        /// Nothing: directly under the organisation.
        pub parent_id: Option<UnitId>,
        pub from_on: Date,
        /// The first day on which it no longer holds; nothing while it does.
        pub until_on: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A person.
pub mod person {
    use super::{AdministrativeLevel, Gender, PersonState};
    use crate::id::{OrganisationId, PersonId, UnitId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PersonId,
        pub organisation_id: OrganisationId,
        /// The unit of today's membership, kept beside it so that lists need no join.
        pub unit_id: Option<UnitId>,
        /// Unique within the organisation.
        pub service_number: String,
        pub given_name: String,
        pub family_name: String,
        /// The whole name in its own script.
        pub native_name: Option<String>,
        pub email: Option<String>,
        pub gender: Gender,
        pub rank: Option<String>,
        pub post: Option<String>,
        pub level: Option<AdministrativeLevel>,
        /// Working languages, ISO 639-1, comma separated.
        pub languages: String,
        pub state: PersonState,
        /// Names without diacritics and in lower case, for search and order.
        pub search_name: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A span of days in which a person belongs to a unit (half-open).
pub mod membership {
    use crate::id::{MembershipId, PersonId, UnitId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MembershipId,
        pub person_id: PersonId,
        pub unit_id: UnitId,
        pub from_on: Date,
        pub until_on: Option<Date>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What signs in.
pub mod account {
    use super::AccountState;
    use crate::id::{AccountId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AccountId,
        #[sea_orm(unique)]
        pub person_id: PersonId,
        /// Lower case; what is typed at sign-in.
        #[sea_orm(unique)]
        pub email: String,
        /// PHC string; nothing until the person has chosen one.
        pub password_hash: Option<String>,
        pub state: AccountState,
        /// Base32; set when the person starts to set it up.
        pub totp_secret: Option<String>,
        pub totp_confirmed_at: Option<DateTimeUtc>,
        /// The last time step used, so that a code works once.
        pub totp_last_step: Option<i64>,
        /// Interface language chosen by the person.
        pub language: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub signed_in_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A role granted to an account within a scope, from one instant to another.
pub mod role_grant {
    use super::{Role, ScopeKind};
    use crate::id::{AccountId, GrantId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_grant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: GrantId,
        pub account_id: AccountId,
        pub role: Role,
        pub scope_kind: ScopeKind,
        /// The organisation, unit or activity; nothing for the whole programme.
        pub scope_id: Option<Uuid>,
        pub starts_at: DateTimeUtc,
        pub ends_at: DateTimeUtc,
        /// Nothing when the host operator granted it from the command line.
        pub granted_by: Option<AccountId>,
        /// The second administrator, for a role that needs two; the grant rests until then.
        pub confirmed_by: Option<AccountId>,
        pub needs_confirmation: bool,
        pub revoked_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A sign-in session.
pub mod login_session {
    use crate::id::{AccountId, LoginSessionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "login_session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LoginSessionId,
        /// Hex SHA-256 of the token in the cookie.
        #[sea_orm(unique)]
        pub token_hash: String,
        pub account_id: AccountId,
        pub created_at: DateTimeUtc,
        pub seen_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        /// When the person last proved who they are: password, and code where one is set up.
        pub proved_at: DateTimeUtc,
        pub address: String,
        pub user_agent: String,
        pub ended_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A personal access token for a program that acts for the person with reduced rights.
pub mod access_token {
    use crate::id::{AccessTokenId, AccountId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AccessTokenId,
        pub account_id: AccountId,
        pub name: String,
        #[sea_orm(unique)]
        pub token_hash: String,
        pub read_only: bool,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
        pub revoked_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A link that works once: invitation or forgotten password.
pub mod one_time_link {
    use super::LinkPurpose;
    use crate::id::AccountId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: AccountId,
        pub purpose: LinkPurpose,
        #[sea_orm(unique)]
        pub token_hash: String,
        pub expires_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Wrong guesses at a secret, by account and by address.
pub mod throttle {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "throttle")]
    pub struct Model {
        /// `account:…` or `address:…`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub failures: i32,
        /// Start of the day the failures are counted for.
        pub since: DateTimeUtc,
        pub blocked_until: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
