//! The real program under faults: full disks, kills, stops, several copies, and what its operator does.
//!
//! Every test keeps a ledger of what was acknowledged and compares it with what is there afterwards. One
//! that acknowledged too little fails: it has shown nothing.

mod copies;
mod cost;
mod crash;
mod disk;
mod journey;
mod operator;
mod overload;
mod stop;
