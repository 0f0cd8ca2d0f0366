//! Tables of framework: framework versions, outcomes, job profiles, recommendations and their history.

crate::states! {
    /// Whether a framework version is being written, in force, or replaced.
    FrameworkState { Draft = "draft", Published = "published", Superseded = "superseded" }
}
crate::states! {
    /// What kind of outcome it is, as qualifications frameworks sort them.
    OutcomeKind {
        Knowledge = "knowledge",
        Skill = "skill",
        ResponsibilityAutonomy = "responsibility_autonomy",
    }
}
crate::states! {
    /// What a recommendation comes from.
    SourceType {
        VulnerabilityAssessment = "vulnerability_assessment",
        Evaluation = "evaluation",
        Handbook = "handbook",
        StudyVisit = "study_visit",
        Exercise = "exercise",
        Other = "other",
    }
}
crate::states! {
    /// How pressing a recommendation is.
    Priority { Low = "low", Medium = "medium", High = "high" }
}
crate::states! {
    /// What has become of a recommendation. Whether it is overdue is computed, never stored.
    RecommendationState {
        Received = "received",
        Accepted = "accepted",
        PartiallyAccepted = "partially_accepted",
        Rejected = "rejected",
        InProgress = "in_progress",
        Implemented = "implemented",
        VerifiedClosed = "verified_closed",
    }
}

/// A version of a competence framework.
pub mod framework {
    use super::FrameworkState;
    use crate::id::FrameworkId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "framework")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: FrameworkId,
        pub code: String,
        /// As in `1.0`; unique with the code.
        pub edition: String,
        pub title: String,
        /// At most one edition of a code is published.
        pub state: FrameworkState,
        pub published_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A learning outcome.
pub mod outcome {
    use super::OutcomeKind;
    use crate::id::{FrameworkId, OutcomeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OutcomeId,
        pub framework_id: FrameworkId,
        /// Unique within the framework version.
        pub code: String,
        pub area: String,
        pub kind: OutcomeKind,
        /// Level of the European Qualifications Framework it is referenced to.
        pub level: i32,
        pub statement: String,
        pub statement_lv: Option<String>,
        pub statement_ru: Option<String>,
        /// Place in the framework, from 0.
        pub position: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A job profile.
pub mod job_profile {
    use crate::id::{FrameworkId, ProfileId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProfileId,
        pub framework_id: FrameworkId,
        /// Unique within the framework version.
        pub code: String,
        pub title: String,
        pub level: Option<i32>,
        /// The posts it describes, in words.
        pub post: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An outcome that a job profile asks for.
pub mod profile_outcome {
    use crate::id::{OutcomeId, ProfileId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "profile_outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile_id: ProfileId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub outcome_id: OutcomeId,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A recommendation.
pub mod recommendation {
    use super::{Priority, RecommendationState, SourceType};
    use crate::id::{OrganisationId, PersonId, RecommendationId, UnitId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recommendation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RecommendationId,
        #[sea_orm(unique)]
        pub reference: String,
        pub source_type: SourceType,
        pub theme: String,
        pub text: String,
        /// Nothing: addressed to everybody in the programme.
        pub organisation_id: Option<OrganisationId>,
        pub unit_id: Option<UnitId>,
        /// The addressee in words, where it is no organisation or unit.
        pub addressee: Option<String>,
        pub priority: Priority,
        pub due_on: Option<Date>,
        /// IANA name of the addressee's zone: there the due day ends.
        pub zone: String,
        /// The instant at which the due day ends, kept so that a query can find what is overdue.
        pub due_until: Option<DateTimeUtc>,
        pub state: RecommendationState,
        /// Who last recorded that it is implemented; may not verify it.
        pub implemented_by: Option<PersonId>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a recommendation refers to: code of an outcome, an activity, or anything else.
pub mod recommendation_link {
    use crate::id::RecommendationId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recommendation_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub recommendation_id: RecommendationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A change of a recommendation's state; never changed itself.
pub mod recommendation_change {
    use super::RecommendationState;
    use crate::id::{PersonId, RecommendationId, StatusChangeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recommendation_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StatusChangeId,
        pub recommendation_id: RecommendationId,
        pub from_state: RecommendationState,
        pub to_state: RecommendationState,
        pub reason: String,
        pub at: DateTimeUtc,
        pub person_id: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
