//! The vocabulary of rows: ids, states and tables, and nothing that does anything.
//!
//! One file per feature is its whole schema on one page. Ids and states are declared once and are the
//! same in the database, in rules, in JSON and in templates.

pub mod certification;
pub mod framework;
pub mod id;
pub mod identity;
pub mod notification;
pub mod platform;
pub mod programme;
