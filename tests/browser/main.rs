//! Pages as people meet them, in a real browser, on the demonstration.
//!
//! Everything is found by role and accessible name. `Browser::inspect` holds every page that is come to
//! against what every page must be; pictures are in `target/screenshots`.

mod journey;
mod pages;
mod reference;
