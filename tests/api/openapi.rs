//! The committed API document is the one the program writes, and keeps its own promises.

use serde_json::Value;

fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = api::api_document()["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item");
        methods.iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    all.collect()
}

#[test]
fn the_committed_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
    let want = format!("{:#}\n", api::api_document());

    if tests::database::variable("WAYMARK_UPDATE").is_some() {
        std::fs::write(path, &want).expect("written");
    }

    let have = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        have == want,
        "openapi/openapi.json is not current: run `WAYMARK_UPDATE=1 cargo test -p tests --test api openapi`, review and commit it"
    );
}

#[test]
fn every_operation_says_what_it_is_for_who_may_call_it_and_what_can_go_wrong() {
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        for field in ["operationId", "summary", "description", "tags", "security"] {
            assert!(!operation[field].is_null(), "{name} lacks {field}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|s| s.starts_with('2')), "{name}");
        for status in ["404", "405", "500", "503"] {
            assert!(responses.contains_key(status), "{name} lacks {status}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
        }
    }
}

#[test]
fn every_field_of_the_document_is_described() {
    let schemas = api::api_document()["components"]["schemas"].as_object().expect("schemas");
    let mut bare = Vec::new();
    for (name, schema) in schemas.iter().filter(|(name, _)| !name.starts_with("ListPage")) {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["description"].is_null() && property["allOf"].is_null() && property["$ref"].is_null() {
                bare.push(format!("{name}.{field}"));
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
