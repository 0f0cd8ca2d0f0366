//! The client that a Rust program generates from the API document, unchanged.

include!(concat!(env!("OUT_DIR"), "/client.rs"));
