//! Verbs of scheduling.

mod begun;
mod calendar;
mod commit;
mod facts;
mod place;
mod plan;
mod read;
mod session;
mod state;

pub use begun::{BegunSessions, sessions_begun};
pub use calendar::calendar;
pub use commit::{clashes, commit_person, release_person};
pub use facts::{activities_facts, activity_facts, lock_activity, session_facts, sessions_of, visible_activity};
pub use place::{
    add_crossing_point, add_status, add_venue, change_crossing_point, change_venue, crossing_point, crossing_points,
    new_crossing_point, new_status, new_venue, venue, venues,
};
pub use plan::{
    add_activity, add_staff, change_activity, convert, convert_activity, new_activity, new_staff, plan_activity,
    remove_staff,
};
pub use read::{activities, activity, activity_clashes, commitments, session};
pub use session::{add_session, cancel_session, change_session, new_session};
pub use state::{change_state, change_state_at, move_on};

use super::rules;
use crate::platform::Problem;

/// Whether a text can be a code.
fn is_code(text: &str, most: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    (2..=most).contains(&text.len()) && text.bytes().all(allowed)
}

/// Notes a text that is too short or too long.
fn length(problem: Problem, pointer: &str, text: &str, least: usize, most: usize) -> Problem {
    if (least..=most).contains(&text.trim().chars().count()) {
        return problem;
    }
    problem.field(pointer, format!("must have {least} to {most} characters"))
}

/// The name under which a zone is kept; notes one that does not exist.
fn normalised_zone(problem: &mut Problem, pointer: &str, name: &str) -> String {
    rules::zone(name).map_or_else(
        || {
            let told = std::mem::replace(problem, Problem::invalid());
            *problem = told.field(pointer, "is no IANA time zone");
            String::new()
        },
        |zone| zone.name().to_owned(),
    )
}
