//! The programme: its grant, components, amendments, deliverables and indicators.

use super::{Loader, read};
use crate::identity::Permit;
use crate::platform::Problem;
use crate::programme::{self, NewAmendment, NewComponent, NewDeliverable, NewIndicator, NewProgramme};
use chrono::NaiveDate;
use entity::programme::DeliverableState;
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
struct Programme {
    code: String,
    title: String,
    period_start: NaiveDate,
    period_end: NaiveDate,
    total: Decimal,
    eu_contribution: Decimal,
    own_contribution: Decimal,
    grant_rate_percent: Decimal,
    currency: String,
    components: Vec<NewComponent>,
    amendments: Vec<Amendment>,
    deliverables: Vec<Deliverable>,
    indicators: Vec<Indicator>,
}

#[derive(Deserialize)]
struct Amendment {
    on: NaiveDate,
    what: String,
    new_period_end: Option<NaiveDate>,
    note: Option<String>,
}

#[derive(Deserialize)]
struct Deliverable {
    code: String,
    title: String,
    due_on: Option<NaiveDate>,
    state: DeliverableState,
}

#[derive(Deserialize)]
struct Indicator {
    code: String,
    title: String,
    unit: String,
    baseline: i64,
    target: i64,
    actual: Option<i64>,
}

/// The organisation that leads it.
const LEADER: &str = "LV-SBG";

/// Loads the programme.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let file: Programme = read(include_str!("../../../demo/programme.json"))?;
    let tx = Permit::system("demo").begin(&loader.app).await?;
    let new = NewProgramme {
        code: file.code,
        title: file.title,
        organisation_id: loader.organisations.get(LEADER).copied(),
        period_start_on: file.period_start,
        period_end_on: file.period_end,
        total: file.total,
        eu_contribution: Some(file.eu_contribution),
        own_contribution: Some(file.own_contribution),
        grant_rate_percent: file.grant_rate_percent,
        currency: file.currency,
    };
    let id = programme::add_programme(&tx, new).await?;
    for component in file.components {
        programme::add_component(&tx, id, component).await?;
    }
    for Amendment { on, what, new_period_end, note } in file.amendments {
        let new = NewAmendment { amended_on: on, what, new_period_end_on: new_period_end, note };
        programme::add_amendment(&tx, id, new).await?;
    }
    for Deliverable { code, title, due_on, state } in file.deliverables {
        programme::add_deliverable(&tx, id, NewDeliverable { code, title, due_on, state }).await?;
    }
    for Indicator { code, title, unit, baseline, target, actual } in file.indicators {
        let (baseline, target, actual) = (baseline.into(), target.into(), actual.map(Into::into));
        programme::add_indicator(&tx, id, NewIndicator { code, title, unit, baseline, target, actual }).await?;
    }
    tx.commit(()).await
}
