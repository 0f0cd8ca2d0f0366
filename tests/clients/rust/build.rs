//! Generates the client from the committed API document.

use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use std::path::Path;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script by variables where it may write")]
fn main() {
    let document = Path::new("../../../openapi/openapi.json");
    println!("cargo::rerun-if-changed={}", document.display());
    let text = fs::read_to_string(document).expect("the committed document");
    // The generator gives a type only to errors that are called plain JSON.
    let text = text.replace("application/problem+json", "application/json");
    let document = serde_json::from_str(&text).expect("a document of version 3.0");

    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder);
    let client = Generator::new(&settings).generate_tokens(&document).expect("a client");

    let target = Path::new(&env::var("OUT_DIR").expect("a folder")).join("client.rs");
    fs::write(target, client.to_string()).expect("written");
}
