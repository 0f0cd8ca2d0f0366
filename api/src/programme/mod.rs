//! Floor 2: the grant-funded programme that everything else is done for.
//!
//! Owns: programmes with period, grant and shares; components, amendments, budget lines, deliverables,
//! indicators. Money is counted in cents and sent as decimal text.
//! Tells: `ProgrammeCreated`, `ProgrammeChanged`, `ProgrammeAmended`, `ProgrammePartAdded`, `ProgrammePartChanged`.
//! Refuses to know: activities and what they cost.

pub(crate) mod pages;
pub(crate) mod routes;
pub mod rules;
mod service;

pub use service::{
    add_amendment, add_component, add_deliverable, add_indicator, add_programme, amend, change_budget_line,
    change_component, change_deliverable, change_indicator, change_programme, component, new_budget_line,
    new_component, new_deliverable, new_indicator, new_programme, programme, programmes,
};

use crate::platform::{Problem, Versioned};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{
    AmendmentId, BudgetLineId, ComponentId, DeliverableId, IndicatorId, OrganisationId, PersonId, ProgrammeId,
};
use entity::programme::DeliverableState;
use poem_openapi::Object;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A programme as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewProgramme {
    /// Short code, unique.
    #[oai(validator(min_length = 2, max_length = 40, pattern = "^[A-Z0-9.-]+$"))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 300))]
    pub title: String,
    /// The organisation that leads it.
    pub organisation_id: Option<OrganisationId>,
    /// First day.
    pub period_start_on: NaiveDate,
    /// Last day.
    pub period_end_on: NaiveDate,
    /// Total cost, with at most two decimals.
    pub total: Decimal,
    /// The funder's share; computed from the rate when missing.
    pub eu_contribution: Option<Decimal>,
    /// One's own share; computed from the rate when missing.
    pub own_contribution: Option<Decimal>,
    /// The funder's share in percent, with at most two decimals.
    pub grant_rate_percent: Decimal,
    /// ISO 4217.
    #[oai(validator(pattern = "^[A-Z]{3}$"))]
    pub currency: String,
}

/// A programme.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ProgrammeView {
    /// Its id.
    pub id: ProgrammeId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// The organisation that leads it.
    pub organisation_id: Option<OrganisationId>,
    /// First day.
    pub period_start_on: NaiveDate,
    /// Last day, amendments included.
    pub period_end_on: NaiveDate,
    /// The money; missing for those who may not see the budget.
    pub grant: Option<GrantView>,
    /// Its components, by code.
    pub components: Vec<ComponentView>,
    /// Amendments of the agreement, oldest first.
    pub amendments: Vec<AmendmentView>,
    /// Budget lines, by code; missing for those who may not see the budget.
    pub budget_lines: Option<Vec<BudgetLineView>>,
    /// Deliverables, by code.
    pub deliverables: Vec<DeliverableView>,
    /// Indicators, by code.
    pub indicators: Vec<IndicatorView>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for ProgrammeView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// The grant behind a programme. Both shares add up to the total to the cent.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "ProgrammeGrant")]
pub struct GrantView {
    /// Total cost.
    pub total: Decimal,
    /// The funder's share.
    pub eu_contribution: Decimal,
    /// One's own share.
    pub own_contribution: Decimal,
    /// The funder's share in percent.
    pub grant_rate_percent: Decimal,
    /// ISO 4217.
    pub currency: String,
}

/// A component as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewComponent {
    /// Short code, unique within the programme.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 300))]
    pub title: String,
    /// What it may cost, with at most two decimals.
    pub amount: Option<Decimal>,
}

/// A component of a programme.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct ComponentView {
    /// Its id.
    pub id: ComponentId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// What it may cost; missing for those who may not see the budget.
    pub amount: Option<Decimal>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for ComponentView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A new amendment of the agreement.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewAmendment {
    /// The day it was signed.
    pub amended_on: NaiveDate,
    /// What it changes.
    #[oai(validator(min_length = 2, max_length = 500))]
    pub what: String,
    /// The last day of the programme from now on, where it moves.
    pub new_period_end_on: Option<NaiveDate>,
    /// Anything else.
    #[oai(validator(max_length = 2000))]
    pub note: Option<String>,
}

/// An amendment of the agreement.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct AmendmentView {
    /// Its id.
    pub id: AmendmentId,
    /// The day it was signed.
    pub amended_on: NaiveDate,
    /// What it changes.
    pub what: String,
    /// The last day it moved the programme to.
    pub new_period_end_on: Option<NaiveDate>,
    /// Anything else.
    pub note: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<PersonId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A budget line as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewBudgetLine {
    /// Short code, unique within the programme.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 300))]
    pub title: String,
    /// The component it belongs to.
    pub component_id: Option<ComponentId>,
    /// Planned, with at most two decimals.
    pub planned: Decimal,
    /// Spent so far, with at most two decimals.
    pub spent: Decimal,
}

/// A budget line.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct BudgetLineView {
    /// Its id.
    pub id: BudgetLineId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// The component it belongs to.
    pub component_id: Option<ComponentId>,
    /// Planned.
    pub planned: Decimal,
    /// Spent so far.
    pub spent: Decimal,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for BudgetLineView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A deliverable as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewDeliverable {
    /// Short code, unique within the programme.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 300))]
    pub title: String,
    /// The day it is due.
    pub due_on: Option<NaiveDate>,
    /// How far it is.
    pub state: DeliverableState,
}

/// A product owed under the grant.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct DeliverableView {
    /// Its id.
    pub id: DeliverableId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// The day it is due.
    pub due_on: Option<NaiveDate>,
    /// How far it is.
    pub state: DeliverableState,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for DeliverableView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// An indicator as it is to be.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(deny_unknown_fields)]
pub struct NewIndicator {
    /// Short code, unique within the programme.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Title.
    #[oai(validator(min_length = 2, max_length = 300))]
    pub title: String,
    /// What is counted, in words.
    #[oai(validator(min_length = 1, max_length = 60))]
    pub unit: String,
    /// Value at the start, with at most two decimals.
    pub baseline: Decimal,
    /// Value to reach, with at most two decimals.
    pub target: Decimal,
    /// Value measured last, with at most two decimals.
    pub actual: Option<Decimal>,
}

/// What the programme is measured by.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Object, Serialize)]
pub struct IndicatorView {
    /// Its id.
    pub id: IndicatorId,
    /// Short code.
    pub code: String,
    /// Title.
    pub title: String,
    /// What is counted, in words.
    pub unit: String,
    /// Value at the start.
    pub baseline: Decimal,
    /// Value to reach.
    pub target: Decimal,
    /// Value measured last.
    pub actual: Option<Decimal>,
    /// Way gone from baseline to target, whole percent.
    pub progress_percent: Option<i32>,
    /// Version, for `If-Match`.
    pub version: i64,
}
impl Versioned for IndicatorView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Why something about the programme is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The code is used already.
    CodeTaken,
    /// The components would cost more than the programme has.
    OverTotal,
    /// The amendment would end the programme before it begins.
    EndsBeforeStart,
}
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeTaken => Self::refused("programme/code-taken", "The code is taken."),
            Refusal::OverTotal => {
                Self::refused("programme/over-total", "The components would cost more than the programme has.")
            }
            Refusal::EndsBeforeStart => {
                Self::refused("programme/ends-before-start", "The programme would end before it begins.")
            }
        }
    }
}

crate::events! {
    /// A programme was recorded.
    ProgrammeCreated = "programme/created", "programme", programme { programme: ProgrammeId }
    /// A programme was changed.
    ProgrammeChanged = "programme/changed", "programme", programme { programme: ProgrammeId }
    /// The agreement was amended.
    ProgrammeAmended = "programme/amended", "programme", programme { programme: ProgrammeId, amendment: AmendmentId }
    /// A component, budget line, deliverable or indicator was added.
    ProgrammePartAdded = "programme/part-added", "programme", programme { programme: ProgrammeId, kind: String, part: uuid::Uuid }
    /// A component, budget line, deliverable or indicator was changed.
    ProgrammePartChanged = "programme/part-changed", "programme", programme { programme: ProgrammeId, kind: String, part: uuid::Uuid }
}
