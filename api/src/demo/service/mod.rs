//! Demo's verbs: one file per feature, each loading its part of the programme in floor order.

mod assessment;
mod attendance;
mod catalogue;
mod certification;
mod enrolment;
mod framework;
mod people;
mod programme;
mod scheduling;

use super::{DemoAccount, Loader};
use crate::platform::{App, Problem};
use std::collections::HashMap;

/// Loads everything; gives the accounts to print.
///
/// # Errors
/// What a verb answers: a mistake in the files.
pub async fn load(app: &App) -> Result<Vec<DemoAccount>, Problem> {
    let mut loader = Loader {
        app: app.clone(),
        organisations: HashMap::new(),
        units: HashMap::new(),
        persons: HashMap::new(),
        crossing_points: HashMap::new(),
        outcomes: HashMap::new(),
        schemes: HashMap::new(),
        courses: HashMap::new(),
        activities: HashMap::new(),
        assessments: HashMap::new(),
        accounts: vec![],
        tokens: HashMap::new(),
    };
    people::load(&mut loader).await?;
    framework::load(&mut loader).await?;
    programme::load(&mut loader).await?;
    certification::load(&mut loader).await?;
    catalogue::load(&mut loader).await?;
    scheduling::load(&mut loader).await?;
    certification::load_standing(&mut loader).await?;
    enrolment::load(&mut loader).await?;
    attendance::load(&mut loader).await?;
    assessment::load(&mut loader).await?;
    Ok(loader.accounts)
}

/// Reads a file of the demonstration.
///
/// # Errors
/// When it is not what the loader expects.
fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(Problem::internal)
}
