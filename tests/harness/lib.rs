//! What every test stands on: a house of its own on a database of its own, and people who are clients.
//!
//! `TestHouse` starts the assembled service on a loopback port, over SQLite in a temporary folder or a fresh
//! database of the PostgreSQL named by `WAYMARK_TEST_PG`. Time moves only by `clock_advance`, jobs run only
//! by `drain`.

pub mod browser;
pub mod client;
pub mod database;
pub mod demo;
pub mod house;
pub mod journey;
pub mod process;
pub mod smtp;
pub mod world;

pub use client::{Answer, Client};
pub use database::Backend;
pub use house::TestHouse;
pub use process::{Installation, Served};
pub use world::{Plan, TestActivity, open_assessment};
