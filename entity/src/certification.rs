//! Tables of certification: schemes and their rule versions, evidence, periods, certificates, decisions.

crate::states! {
    /// What shows that somebody can do something.
    EvidenceKind {
        Attendance = "attendance",
        Assessment = "assessment",
        Practical = "practical",
        Document = "document",
        External = "external",
    }
}
crate::states! {
    /// How a person stands with a scheme on a day.
    CertificationStatus {
        Valid = "valid",
        Renewable = "renewable",
        Expired = "expired",
        Suspended = "suspended",
        Revoked = "revoked",
        Upcoming = "upcoming",
        NotHeld = "not_held",
    }
}
crate::states! {
    /// What was decided about a certificate.
    DecisionKind { Issue = "issue", Suspend = "suspend", Reinstate = "reinstate", Revoke = "revoke" }
}
crate::states! {
    /// Whether a proposal waits for an officer.
    ProposalState { Open = "open", Confirmed = "confirmed", Refused = "refused" }
}

/// A certification scheme; its rule is in its versions.
pub mod scheme {
    use crate::id::SchemeId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scheme")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SchemeId,
        #[sea_orm(unique)]
        pub code: String,
        /// Number of the version in force.
        pub current_number: i32,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A version of a scheme's rule; never changed once written.
pub mod scheme_version {
    use crate::id::{SchemeId, SchemeVersionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scheme_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SchemeVersionId,
        pub scheme_id: SchemeId,
        /// 1 for the first.
        pub number: i32,
        pub title: String,
        pub title_lv: Option<String>,
        pub title_ru: Option<String>,
        /// Level of the reference framework; nothing where no level is claimed.
        pub level: Option<i32>,
        /// Nothing: does not expire.
        pub validity_months: Option<i32>,
        pub renewal_window_days: i32,
        /// Whether an officer confirms before a certificate is issued.
        pub needs_confirmation: bool,
        pub wording: Option<String>,
        pub awarding_body: String,
        /// The requirement tree.
        pub requirement: Json,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A fact that counts towards a certificate; never changed.
pub mod evidence {
    use super::EvidenceKind;
    use crate::id::{EvidenceId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evidence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EvidenceId,
        pub person_id: PersonId,
        pub kind: EvidenceKind,
        /// Course, assessment, outcome or document code.
        pub key: String,
        /// Hundredths of a percent; nothing where there is no score.
        pub percent_hundredths: Option<i32>,
        /// What it was taken from: activity, attempt, observation, document.
        pub source_id: Uuid,
        /// When it happened.
        pub at: DateTimeUtc,
        pub note: Option<String>,
        pub recorded_at: DateTimeUtc,
        /// Who handed it in, unless it is the system or the person themself.
        pub recorded_by: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A span of days in which a person is certified (both ends included).
pub mod period {
    use crate::id::{PeriodId, PersonId, SchemeId, SchemeVersionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "period")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PeriodId,
        pub person_id: PersonId,
        pub scheme_id: SchemeId,
        pub scheme_version_id: SchemeVersionId,
        /// When the requirement was fulfilled.
        pub completed_at: DateTimeUtc,
        pub valid_from_on: Date,
        /// The last day; nothing: does not expire.
        pub valid_until_on: Option<Date>,
        /// The first day on which it can be renewed.
        pub renewable_from_on: Option<Date>,
        /// Since when it is suspended; follows the decisions.
        pub suspended_at: Option<DateTimeUtc>,
        /// When it was revoked; follows the decisions.
        pub revoked_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Which evidence a period rests on.
pub mod period_evidence {
    use crate::id::{EvidenceId, PeriodId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "period_evidence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub period_id: PeriodId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub evidence_id: EvidenceId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A certificate: one per period.
pub mod certificate {
    use crate::id::{CertificateId, PeriodId, PersonId, SchemeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "certificate")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CertificateId,
        pub person_id: PersonId,
        pub scheme_id: SchemeId,
        #[sea_orm(unique)]
        pub period_id: PeriodId,
        /// 28 characters of 5 random bits each, without separators.
        #[sea_orm(unique)]
        pub number: String,
        /// The name at the time of issue.
        pub holder_name: String,
        pub holder_native_name: Option<String>,
        pub issued_at: DateTimeUtc,
        /// The officer who confirmed; nothing when issued by rule.
        pub issued_by: Option<PersonId>,
        /// Hex SHA-256 of the document, once rendered.
        pub document_hash: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A decision about a certificate; never changed.
pub mod decision {
    use super::DecisionKind;
    use crate::id::{CertificateId, DecisionId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DecisionId,
        pub certificate_id: CertificateId,
        pub kind: DecisionKind,
        pub reason: String,
        /// Who asked for it, where two persons are needed.
        pub proposed_by: Option<PersonId>,
        /// Who decided; nothing when the rule did.
        pub decided_by: Option<PersonId>,
        pub at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A decision that waits for an officer.
pub mod proposal {
    use super::{DecisionKind, ProposalState};
    use crate::id::{CertificateId, PersonId, ProposalId, SchemeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "proposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProposalId,
        pub kind: DecisionKind,
        pub person_id: PersonId,
        pub scheme_id: SchemeId,
        /// Nothing for a certificate still to be issued.
        pub certificate_id: Option<CertificateId>,
        pub reason: String,
        /// Nothing when the rule proposed it.
        pub proposed_by: Option<PersonId>,
        pub state: ProposalState,
        pub decided_by: Option<PersonId>,
        pub decided_at: Option<DateTimeUtc>,
        /// Why it was refused.
        pub answer: Option<String>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
