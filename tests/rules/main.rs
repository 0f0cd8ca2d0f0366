//! Laws of the pure rules, by property tests and by the customers' own tables.
mod catalogue;
mod assessment;
mod certification;
mod framework;
mod notification;
mod programme;
