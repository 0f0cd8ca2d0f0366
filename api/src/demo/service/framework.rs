//! The competence framework, and the register of recommendations.

use super::{Loader, read};
use crate::framework::{
    self, NewFramework, NewOutcome, NewProfile, NewRecommendation, NewStatusChange, add_recommendation, record_status,
};
use crate::identity::Permit;
use crate::platform::{Problem, Tx};
use chrono::NaiveDate;
use entity::framework::{OutcomeKind, Priority, RecommendationState, SourceType};
use entity::id::RecommendationId;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Framework {
    code: String,
    version: String,
    title: String,
    outcomes: Vec<Outcome>,
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Outcome {
    code: String,
    area: String,
    kind: OutcomeKind,
    level: i32,
    statement: Statement,
}

#[derive(Deserialize)]
struct Statement {
    en: String,
    lv: Option<String>,
    ru: Option<String>,
}

#[derive(Deserialize)]
struct Profile {
    code: String,
    title: String,
    level: Option<i32>,
    post: Option<String>,
    outcomes: Vec<String>,
}

#[derive(Deserialize)]
struct Recommendation {
    #[serde(rename = "ref")]
    reference: String,
    source_type: String,
    theme: String,
    text: String,
    addressee: Option<String>,
    addressee_text: Option<String>,
    priority: Priority,
    due_on: Option<NaiveDate>,
    links: Vec<String>,
    status: RecommendationState,
}

#[derive(Deserialize)]
struct Unit {
    code: String,
    organisation: String,
}

/// Loads the framework and publishes it, then the recommendations and how far they are.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let file: Framework = read(include_str!("../../../demo/framework.json"))?;
    let tx = Permit::system("demo").begin(&loader.app).await?;
    let outcome = |o: Outcome| NewOutcome {
        code: o.code,
        area: o.area,
        kind: o.kind,
        level: o.level,
        statement: o.statement.en,
        statement_lv: o.statement.lv,
        statement_ru: o.statement.ru,
    };
    let profile =
        |p: Profile| NewProfile { code: p.code, title: p.title, level: p.level, post: p.post, outcomes: p.outcomes };
    let new = NewFramework {
        code: file.code,
        edition: file.version,
        title: file.title,
        outcomes: file.outcomes.into_iter().map(outcome).collect(),
        profiles: file.profiles.into_iter().map(profile).collect(),
    };
    let id = framework::add_framework(&tx, new).await?;
    framework::publish(&tx, id).await?;
    loader.outcomes = framework::outcome_codes(&tx).await?;
    recommendations(loader, &tx).await?;
    tx.commit(()).await
}

async fn recommendations(loader: &Loader, tx: &Tx) -> Result<(), Problem> {
    let units: Vec<Unit> = read(include_str!("../../../demo/units.json"))?;
    let homes: HashMap<String, String> = units.into_iter().map(|unit| (unit.code, unit.organisation)).collect();
    let rows: Vec<Recommendation> = read(include_str!("../../../demo/recommendations.json"))?;
    for row in rows {
        let code = row.addressee.unwrap_or_default();
        let home = homes.get(&code).unwrap_or(&code);
        let new = NewRecommendation {
            reference: row.reference,
            source_type: source(&row.source_type),
            theme: row.theme,
            text: row.text,
            organisation_id: loader.organisations.get(home).copied(),
            unit_id: loader.units.get(&code).copied(),
            addressee: row.addressee_text,
            priority: row.priority,
            due_on: row.due_on,
            zone: None,
            links: row.links,
        };
        let id = add_recommendation(tx, new).await?;
        walk(tx, id, row.status).await?;
    }
    Ok(())
}

fn source(word: &str) -> SourceType {
    let begins = |stem: &str| word.starts_with(stem);
    if begins("vulnerability") {
        SourceType::VulnerabilityAssessment
    } else if begins("evaluation") {
        SourceType::Evaluation
    } else if begins("handbook") {
        SourceType::Handbook
    } else if begins("study") {
        SourceType::StudyVisit
    } else if begins("exercise") {
        SourceType::Exercise
    } else {
        SourceType::Other
    }
}

/// Takes a recommendation through the states that lead to the one it is in.
async fn walk(tx: &Tx, id: RecommendationId, to: RecommendationState) -> Result<(), Problem> {
    use RecommendationState as State;
    let way: &[State] = match to {
        State::Received => &[],
        State::Accepted => &[State::Accepted],
        State::PartiallyAccepted => &[State::PartiallyAccepted],
        State::Rejected => &[State::Rejected],
        State::InProgress => &[State::Accepted, State::InProgress],
        State::Implemented => &[State::Accepted, State::InProgress, State::Implemented],
        State::VerifiedClosed => &[State::Accepted, State::InProgress, State::Implemented, State::VerifiedClosed],
    };
    for state in way {
        let reason = match state {
            State::InProgress => "Work has begun.",
            State::Implemented => "Reported as implemented.",
            State::VerifiedClosed => "Verified on the spot.",
            _ => "Management response.",
        };
        record_status(tx, id, NewStatusChange { state: *state, reason: reason.into() }).await?;
    }
    Ok(())
}
