//! Black box over the assembled service: one file per feature, every test on both databases.

mod catalogue;
mod database;
mod migration;
mod openapi;
mod platform;
mod trail;
