//! Tables of programme: programmes, components, amendments, budget lines, deliverables, indicators.

crate::states! {
    /// How far a deliverable is.
    DeliverableState {
        Planned = "planned",
        InProgress = "in_progress",
        Delivered = "delivered",
        Accepted = "accepted",
        Cancelled = "cancelled",
    }
}

/// A grant-funded programme.
pub mod programme {
    use crate::id::{OrganisationId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "programme")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProgrammeId,
        #[sea_orm(unique)]
        pub code: String,
        pub title: String,
        /// The organisation that leads it.
        pub organisation_id: Option<OrganisationId>,
        pub period_start_on: Date,
        /// The last day.
        pub period_end_on: Date,
        pub total_cents: i64,
        /// The funder's share; stored, not computed, because the agreement states it.
        pub eu_cents: i64,
        pub own_cents: i64,
        /// Hundredths of a percent: 9499 is 94.99 %.
        pub grant_rate_hundredths: i32,
        /// ISO 4217.
        pub currency: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A component of a programme.
pub mod component {
    use crate::id::{ComponentId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "component")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ComponentId,
        pub programme_id: ProgrammeId,
        /// Unique within the programme.
        pub code: String,
        pub title: String,
        pub amount_cents: Option<i64>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An amendment of the grant agreement; never changed.
pub mod programme_amendment {
    use crate::id::{AmendmentId, PersonId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "programme_amendment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AmendmentId,
        pub programme_id: ProgrammeId,
        pub amended_on: Date,
        pub what: String,
        /// The last day from now on, where the amendment moved it.
        pub new_period_end_on: Option<Date>,
        pub note: Option<String>,
        pub person_id: Option<PersonId>,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A budget line.
pub mod budget_line {
    use crate::id::{BudgetLineId, ComponentId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BudgetLineId,
        pub programme_id: ProgrammeId,
        pub component_id: Option<ComponentId>,
        /// Unique within the programme.
        pub code: String,
        pub title: String,
        pub planned_cents: i64,
        pub spent_cents: i64,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A product owed under the grant.
pub mod deliverable {
    use super::DeliverableState;
    use crate::id::{DeliverableId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliverable")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeliverableId,
        pub programme_id: ProgrammeId,
        /// Unique within the programme.
        pub code: String,
        pub title: String,
        pub due_on: Option<Date>,
        pub state: DeliverableState,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// What the programme is measured by. Values are hundredths of the unit.
pub mod indicator {
    use crate::id::{IndicatorId, ProgrammeId};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "indicator")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: IndicatorId,
        pub programme_id: ProgrammeId,
        /// Unique within the programme.
        pub code: String,
        pub title: String,
        /// What is counted, in words.
        pub unit: String,
        pub baseline_hundredths: i64,
        pub target_hundredths: i64,
        /// Nothing until it was measured.
        pub actual_hundredths: Option<i64>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
