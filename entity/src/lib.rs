//! The vocabulary of rows: ids, states and tables, and nothing that does anything.
//!
//! One file per feature is its whole schema on one page. Ids and states are declared once and are the
//! same in the database, in rules, in JSON and in templates.
#![expect(
    clippy::disallowed_methods,
    clippy::module_inception,
    reason = "the table macro of sea-orm writes code that names transactions; a table may be called as its feature"
)]

pub mod assessment;
pub mod attendance;
pub mod catalogue;
pub mod certification;
pub mod enrolment;
pub mod framework;
pub mod id;
pub mod identity;
pub mod notification;
pub mod platform;
pub mod programme;
pub mod scheduling;
