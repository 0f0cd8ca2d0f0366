//! Reporting's reads: every report in one snapshot and a fixed number of queries, whatever the number of rows.

mod completion;
mod home;

pub use completion::{completion, completion_choices, completion_people};
pub use home::home;
