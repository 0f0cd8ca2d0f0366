//! The API and the pages from outside, over HTTP, on both databases. One file per feature; `access`,
//! `openapi`, `platform`, `http`, `job`, `database`, `migration` and `trail` prove what all of them share.
mod access;
mod assessment;
mod attendance;
mod audit;
mod catalogue;
mod certification;
mod database;
mod enrolment;
mod framework;
mod http;
mod identity;
mod identity_pages;
mod job;
mod journey;
mod migration;
mod notification;
mod openapi;
mod platform;
mod programme;
mod readme;
mod reporting;
mod scheduling;
mod trail;
