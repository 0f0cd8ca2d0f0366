//! Laws of the pure rules, by property tests and by the customers' own tables.
mod assessment;
mod attendance;
mod catalogue;
mod certification;
mod enrolment;
mod framework;
mod notification;
mod programme;
mod scheduling;
