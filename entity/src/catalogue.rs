//! Tables of catalogue: courses, their immutable versions, outcomes and prerequisites of a version.

crate::states! {
    /// Whether a course was never published, is offered, or is offered no more.
    CourseState { Draft = "draft", Published = "published", Retired = "retired" }
}
crate::states! {
    /// How a prerequisite certificate must stand on the first day of an activity.
    PrerequisiteAccepts {
        Valid = "valid",
        ValidOrRenewable = "valid_or_renewable",
        ValidOrExpired = "valid_or_expired",
    }
}

/// A course; what is taught is in its versions.
pub mod course {
    use super::CourseState;
    use crate::id::{CourseId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "course")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CourseId,
        #[sea_orm(unique)]
        pub code: String,
        /// Who owns it.
        pub organisation_id: OrganisationId,
        pub state: CourseState,
        /// Number of the published version; nothing while it was never published.
        pub current_number: Option<i32>,
        /// What the next version is to say, while somebody writes it.
        pub draft: Option<Json>,
        /// Code and titles without case and diacritics.
        pub search_text: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A published version of a course; never changed once written.
pub mod course_version {
    use crate::id::{CourseId, CourseVersionId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "course_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CourseVersionId,
        pub course_id: CourseId,
        /// 1 for the first.
        pub number: i32,
        pub title: String,
        pub title_lv: Option<String>,
        pub title_ru: Option<String>,
        pub summary: String,
        pub summary_lv: Option<String>,
        pub summary_ru: Option<String>,
        pub lecture_minutes: i32,
        pub practice_minutes: i32,
        pub exercise_minutes: i32,
        pub e_learning_minutes: i32,
        pub self_study_minutes: i32,
        /// ISO 639-1 codes, separated by commas.
        pub languages: String,
        /// Whom it is for, in words.
        pub audience: String,
        pub published_at: DateTimeUtc,
        /// Nothing: the system.
        pub published_by: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An outcome that a version teaches: of one framework edition for ever.
pub mod course_outcome {
    use crate::id::{CourseVersionId, OutcomeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "course_outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: CourseVersionId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub outcome_id: OutcomeId,
        /// Place in the version, from 0.
        pub position: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A certificate that a version asks for.
pub mod course_prerequisite {
    use super::PrerequisiteAccepts;
    use crate::id::CourseVersionId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "course_prerequisite")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: CourseVersionId,
        /// Code of the scheme.
        #[sea_orm(primary_key, auto_increment = false)]
        pub scheme: String,
        pub accepts: PrerequisiteAccepts,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
