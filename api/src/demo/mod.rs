//! Roof: loads the demonstration programme through the verbs of every feature.
//!
//! Owns: nothing; it writes as the people of the demonstration would. The files are in `api/demo`: invented
//! persons with names that mean "sample", a historical calendar, and a copy of it around today.
//! Tells: what the features tell. Refuses to know: any table.

mod service;

pub use service::load;

use crate::identity::{self, Actor};
use crate::platform::{App, Problem};
use entity::id::{
    ActivityId, AssessmentId, CourseId, CrossingPointId, OrganisationId, OutcomeId, PersonId, SchemeId, UnitId,
};
use std::collections::HashMap;
use std::sync::Arc;

/// An account of the demonstration, printed once.
pub struct DemoAccount {
    /// What it can do.
    pub role: String,
    /// What is typed at sign-in.
    pub email: String,
    /// Made at random for this loading.
    pub password: String,
}

/// What has been loaded so far, by the codes of the files.
pub struct Loader {
    /// The application.
    pub app: App,
    /// Organisations by code.
    pub organisations: HashMap<String, OrganisationId>,
    /// Units by code.
    pub units: HashMap<String, UnitId>,
    /// Persons by key.
    pub persons: HashMap<String, PersonId>,
    /// Crossing points by code.
    pub crossing_points: HashMap<String, CrossingPointId>,
    /// Outcomes by code.
    pub outcomes: HashMap<String, OutcomeId>,
    /// Schemes by code.
    pub schemes: HashMap<String, SchemeId>,
    /// Courses by code.
    pub courses: HashMap<String, CourseId>,
    /// Activities by code.
    pub activities: HashMap<String, ActivityId>,
    /// Assessments by code.
    pub assessments: HashMap<String, AssessmentId>,
    /// Accounts to print.
    pub accounts: Vec<DemoAccount>,
    tokens: HashMap<String, String>,
}

impl Loader {
    /// The person who signs in with the demonstration account of a role (`coordinator`, `manager`, …).
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn actor(&self, role: &str) -> Result<Arc<Actor>, Problem> {
        let token =
            self.tokens.get(role).ok_or_else(|| Problem::internal(format!("no demonstration account {role}")))?;
        identity::authenticate(&self.app, token).await
    }
}
