//! Verbs of framework.

mod competence;
mod recommend;

pub use competence::{
    add_framework, change_framework, framework, frameworks, new_framework, outcome_codes, outcomes, publish,
    publish_framework,
};
pub use recommend::{
    add_recommendation, change_recommendation, move_on, new_recommendation, recommendation, recommendations,
    record_status,
};
