//! The committed API document is the one the program writes, and keeps its own promises.

use crate::access::{Home, operations as questions};
use entity::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use tests::{Backend, TestHouse};

fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = api::api_document()["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item");
        methods.iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    all.collect()
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(path) => api::api_document().pointer(&path[1..]).expect("what is referred to is there"),
        None => value,
    }
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
            let content = &resolve(response)["content"]["application/problem+json"];
            assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{name} {status}");
            assert_eq!(content["example"]["status"], status.parse::<u16>().expect("a status"), "{name} {status}");
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let headers: Vec<_> = parameters.map(|p| resolve(p)["name"].as_str().expect("a name")).collect();
        assert_eq!(headers.contains(&"Idempotency-Key"), method == "POST", "{name}");
        if responses.contains_key("200") && headers.contains(&"If-Match") {
            assert!(!responses["200"]["headers"]["ETag"].is_null(), "{name} takes `If-Match` and gives no `ETag`");
        }
    }
}

/// The outside linters hold every example against its schema.
#[test]
fn every_body_and_every_parameter_has_an_example() {
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten().map(resolve) {
            let is_bare = parameter["example"].is_null() && parameter["name"] != "cursor";
            assert!(!is_bare, "{name}: {}", parameter["name"]);
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let schema = if body["type"] == "array" { &body["items"] } else { body };
        assert!(schema.is_null() || !resolve(schema)["example"].is_null(), "{name} has a body without an example");
    }
}

#[test]
fn every_tag_of_the_document_is_described_and_used() {
    let described: Vec<_> = api::api_document()["tags"].as_array().expect("tags").iter().collect();
    let used: Vec<_> = operations().into_iter().flat_map(|(_, _, o)| o["tags"].as_array().expect("tags")).collect();

    for tag in described {
        assert!(tag["description"].as_str().is_some_and(|text| text.len() > 5), "{tag}");
        assert!(used.contains(&&tag["name"]), "{tag} is on no operation");
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

/// `tests/run` generates and compiles the client into `target/tools`.
#[tokio::test(flavor = "multi_thread")]
async fn the_generated_typescript_client_signs_in_and_reads_who_that_is() {
    let house = TestHouse::new(Backend::Sqlite).await;
    let anna = house.participant().await;
    let name = anna.get("/api/v1/me").await.expect(200)["name"].as_str().expect("a name").to_owned();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/typescript/login.js");
    assert!(script.exists(), "there is no compiled client: `tests/run typescript` makes and runs it");

    let mut node = std::process::Command::new("node");
    node.arg(script).args([&house.base, &anna.email, tests::house::PASSWORD]);
    let output = tokio::task::spawn_blocking(move || node.output()).await.expect("it ran").expect("node runs");

    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), name);
}

/// A validator of an answer's schema: the document's components travel with it.
fn validator(schema: &Value) -> jsonschema::Validator {
    fn nullable(value: &mut Value) {
        if let Some(object) = value.as_object_mut()
            && object.remove("nullable") == Some(json!(true))
            && let Some(kind) = object.get("type").cloned()
        {
            object.insert("type".into(), json!([kind, "null"]));
        }
        match value {
            Value::Object(object) => object.values_mut().for_each(nullable),
            Value::Array(items) => items.iter_mut().for_each(nullable),
            _ => {}
        }
    }
    let mut root = schema.clone();
    root["components"] = api::api_document()["components"].clone();
    nullable(&mut root);
    jsonschema::options().should_validate_formats(true).build(&root).expect("a schema")
}

#[tokio::test]
async fn every_read_is_answered_in_the_form_the_document_promises() {
    let home = Home::new(Backend::Sqlite).await;
    let mut wrong = std::collections::BTreeSet::new();
    let mut read = std::collections::BTreeSet::new();

    for role in [Role::Coordinator, Role::CertificationOfficer, Role::Administrator, Role::Auditor, Role::Trainer] {
        let client = home.house.client(role).await;
        for question in questions().iter().filter(|question| question.method == Method::GET) {
            let answer = home.ask(&client, question, false).await;
            let responses = question.operation["responses"].as_object().expect("responses");
            let Some(response) = responses.get(&answer.status.to_string()).map(resolve) else {
                wrong.insert(format!("{}: {} is not documented", question.name, answer.status));
                continue;
            };
            let kind = answer.header("content-type").split(';').next().unwrap_or_default();
            let Some(schema) = response["content"][kind]["schema"].as_object().filter(|_| kind.contains("json")) else {
                continue;
            };
            let body: Value = serde_json::from_slice(&answer.bytes).expect("JSON");
            for error in validator(&json!(schema)).iter_errors(&body).take(3) {
                wrong.insert(format!("{}: {} {}: {error}", question.name, answer.status, error.instance_path()));
            }
            if answer.is_success() {
                read.insert(question.name.clone());
            }
        }
    }

    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read.len() > 40, "only {} were read: {read:?}", read.len());
}
