//! The program `waymark`.

fn main() {}
