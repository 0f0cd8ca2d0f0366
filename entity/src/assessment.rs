//! Tables of assessment: banks, items and their versions, assessments and where they are open, attempts.

crate::states! {
    /// What kind of answer an item asks for.
    ItemKind {
        Single = "single",
        Multiple = "multiple",
        TrueFalse = "true_false",
        Matching = "matching",
        Ordering = "ordering",
    }
}
crate::states! {
    /// What an item asks of the mind, after Bloom.
    Difficulty {
        Remember = "remember",
        Understand = "understand",
        Apply = "apply",
        Analyse = "analyse",
        Evaluate = "evaluate",
    }
}
crate::states! {
    /// Whether an item may still be drawn.
    ItemState { Active = "active", Retired = "retired" }
}
crate::states! {
    /// Whether an assessment is written, in use or over.
    AssessmentState { Draft = "draft", Published = "published", Closed = "closed" }
}
crate::states! {
    /// How far an attempt is. An expired one ran out of time and was graded from what was saved.
    AttemptState { InProgress = "in_progress", Graded = "graded", Expired = "expired" }
}

/// A question bank.
pub mod bank {
    use crate::id::{BankId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bank")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BankId,
        #[sea_orm(unique)]
        pub code: String,
        pub title: String,
        /// Whose it is; nothing: the programme's.
        pub organisation_id: Option<OrganisationId>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An item: what stays the same while its wording changes.
pub mod item {
    use super::{Difficulty, ItemState};
    use crate::id::{BankId, ItemId, ItemVersionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ItemId,
        pub bank_id: BankId,
        /// Unique within the bank.
        pub code: String,
        pub topic: String,
        /// Code of the outcome it shows.
        pub outcome: Option<String>,
        pub difficulty: Option<Difficulty>,
        pub state: ItemState,
        /// The version that is drawn.
        pub current_version_id: ItemVersionId,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A wording of an item with its key; never changed.
pub mod item_version {
    use super::ItemKind;
    use crate::id::{ItemId, ItemVersionId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ItemVersionId,
        pub item_id: ItemId,
        /// 1 for the first.
        pub number: i32,
        pub kind: ItemKind,
        /// Stem, options, prompts and feedback by language.
        pub texts: Json,
        /// Numbers of options.
        pub key: Json,
        pub created_at: DateTimeUtc,
        pub created_by: Option<PersonId>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An assessment: its rules; what it draws is in its cells.
pub mod assessment {
    use super::AssessmentState;
    use crate::id::{AssessmentId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AssessmentId,
        #[sea_orm(unique)]
        pub code: String,
        pub title: String,
        pub title_lv: Option<String>,
        pub title_ru: Option<String>,
        /// Whose it is; nothing: the programme's.
        pub organisation_id: Option<OrganisationId>,
        /// Code of the course it belongs to.
        pub course: Option<String>,
        pub pass_percent: i32,
        pub time_limit_minutes: i32,
        pub max_attempts: i32,
        pub hours_between_attempts: i32,
        pub state: AssessmentState,
        pub published_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A cell of an assessment's blueprint: so many items of a topic, or for an outcome.
pub mod assessment_cell {
    use crate::id::{AssessmentId, BankId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment_cell")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub assessment_id: AssessmentId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub bank_id: BankId,
        pub topic: Option<String>,
        pub outcome: Option<String>,
        pub count: i32,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An assessment open for those who take part in an activity.
pub mod assessment_opening {
    use crate::id::{ActivityId, AssessmentId, OpeningId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment_opening")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OpeningId,
        pub assessment_id: AssessmentId,
        pub activity_id: ActivityId,
        pub opens_at: DateTimeUtc,
        pub closes_at: DateTimeUtc,
        /// When participants see their results; nothing: as soon as they are graded.
        pub results_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// One person's try at an assessment.
pub mod attempt {
    use super::AttemptState;
    use crate::id::{AttemptId, OpeningId, PersonId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attempt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AttemptId,
        pub opening_id: OpeningId,
        pub person_id: PersonId,
        /// 1 for the first.
        pub number: i32,
        pub state: AttemptState,
        /// What the paper was drawn with; never leaves the server.
        pub seed: String,
        /// As it was when the attempt began.
        pub pass_percent: i32,
        pub started_at: DateTimeUtc,
        pub deadline_at: DateTimeUtc,
        pub submitted_at: Option<DateTimeUtc>,
        /// Score in hundredths of a percent, cut, never rounded up.
        pub score_hundredths: Option<i32>,
        pub passed: Option<bool>,
        /// Ids of the certificates that were issued by it.
        pub certificates: Option<Json>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An item of an attempt's paper, frozen; never changed.
pub mod attempt_item {
    use crate::id::{AttemptId, ItemVersionId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attempt_item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub attempt_id: AttemptId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub item_version_id: ItemVersionId,
        /// Numbers of the options in the order shown.
        pub option_order: Json,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The answer to an item of a paper as it stands; fixed once the attempt is over.
pub mod response {
    use crate::id::AttemptId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "response")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub attempt_id: AttemptId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Letters of the options as they were shown.
        pub answer: Json,
        /// Grows with each change; an older one never replaces a newer one.
        pub sequence: i64,
        pub saved_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
