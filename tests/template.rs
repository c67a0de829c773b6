//! Template, registries, events and OpenAPI document say the same: what keeps many functions honest.

mod readme;
mod resources;

use crate::support::Stack;
use chrono::DateTime;
use rol_domain::denial::Denial;
use rol_local::{
    Demo, Engines, Storage, check_openapi, lambdas, openapi_document,
    template::{Function, Template},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The routes that ask nobody who they are. This list may only shrink.
pub(crate) const PUBLIC: [&str; 3] = ["$default", "GET /health", "GET /openapi.json"];
fn functions() -> Vec<Function> {
    Template::load().and_then(|template| template.functions()).expect("the template is readable")
}

fn events() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let read = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).expect("a directory");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let mut all = Vec::new();
    for area in read(&root) {
        let name = area.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        for event in read(&area) {
            let verb = event.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
            all.push((format!("{name}.{verb}"), event));
        }
    }
    all.sort();
    all
}

fn event(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_function_of_the_template_is_in_a_registry_and_the_other_way_round() {
    let template: BTreeSet<String> = functions().into_iter().map(|function| function.handler).collect();
    let registries: BTreeSet<String> = lambdas().map(|lambda| lambda.name.to_owned()).collect();
    assert_eq!(template, registries);
    assert_eq!(lambdas().count(), registries.len(), "no name twice");
}

#[test]
fn logical_ids_follow_from_handlers() {
    for function in functions() {
        let camel = |part: &str| part[..1].to_uppercase() + &part[1..];
        let expected: String = function.handler.split(['.', '-']).map(camel).collect();
        assert_eq!(function.logical_id, format!("{expected}Function"));
    }
}

#[test]
fn routes_are_those_of_the_documented_operations() {
    let routes: BTreeMap<String, String> = functions()
        .into_iter()
        .flat_map(|f| f.routes.clone().into_iter().map(move |r| (f.handler.clone(), r)))
        .collect();
    for lambda in lambdas() {
        let expected = match lambda.documented() {
            Some(route) => Some(route.key),
            None if lambda.is_task() => None,
            None => Some("$default".to_owned()),
        };
        assert_eq!(routes.get(lambda.name), expected.as_ref(), "{}", lambda.name);
    }
}

#[test]
fn every_function_has_an_event_and_every_event_a_function() {
    let functions: BTreeSet<String> = functions().into_iter().map(|function| function.handler).collect();
    let of_events: BTreeSet<String> = events().into_iter().map(|(name, _)| base_name(&name)).collect();
    assert_eq!(of_events, functions);
    for (name, path) in events() {
        let lambda = lambdas().find(|lambda| lambda.name == base_name(&name)).expect("a function");
        let key = event(&path)["routeKey"].as_str().map(str::to_owned);
        let expected = lambda.documented().map(|route| route.key).or((!lambda.is_task()).then(|| "$default".into()));
        assert_eq!(key, expected, "{name}");
    }
}

/// `records.create` for `records.create.invalid`.
fn base_name(name: &str) -> String {
    name.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// Keys of objects are made of ids, under these prefixes; a checkpoint's has its tenant and its day.
const PREFIXES: [&str; 4] =
    ["Bucket.Arn}/aws/lambda", "Bucket.Arn}/files", "Bucket.Arn}/incoming", "AuditCheckpointsBucket.Arn}/checkpoints"];

#[test]
fn no_policy_has_a_wildcard_and_no_function_a_role_of_its_own() {
    let template = Template::load().expect("the template is readable");
    for (logical_id, resource) in template.resources() {
        let properties = &resource["Properties"];
        let policy = match resource["Type"].as_str() {
            Some("AWS::Serverless::Function") => &properties["Policies"],
            Some("AWS::IAM::ManagedPolicy") => &properties["PolicyDocument"],
            _ => continue,
        };
        let policy =
            PREFIXES.iter().fold(policy.to_string(), |policy, prefix| policy.replace(&format!("${{{prefix}/*"), ""));
        assert!(!policy.contains('*'), "{logical_id}: {policy}");
        assert!(properties["Role"].is_null(), "{logical_id} has a role of its own");
    }
    for function in functions() {
        let touches_table = !function.allows.is_empty();
        let public = function.routes.iter().any(|route| PUBLIC.contains(&route.as_str()));
        assert_eq!(touches_table, !public, "{}", function.handler);
    }
}

/// What several functions may do is said once: whoever may do all that a managed policy allows uses it.
#[test]
fn a_managed_policy_is_used_by_every_function_that_may_do_what_it_allows() {
    let template = Template::load().expect("the template is readable");
    let managed = template.resources().filter(|(_, resource)| resource["Type"] == "AWS::IAM::ManagedPolicy");
    for (policy, _) in managed {
        let allowed = template.managed_policy(policy).expect("a policy");
        let entitled: Vec<String> = functions()
            .into_iter()
            .filter(|function| allowed.is_subset(&function.allows))
            .map(|function| function.logical_id)
            .collect();
        let uses = |logical_id: &&String| {
            let (_, resource) = template.resources().find(|(id, _)| id == logical_id).expect("the function");
            resource["Properties"]["Policies"].as_array().is_some_and(|all| all.contains(&json!({"Ref": policy})))
        };
        let (using, others): (Vec<&String>, Vec<&String>) = entitled.iter().partition(uses);
        assert!(using.len() > 1 && others.is_empty(), "{policy}: used by {using:?}, not by {others:?}");
    }
}

#[test]
fn every_route_that_changes_something_can_note_that_it_was_refused() {
    for function in functions() {
        if function.routes.iter().all(|route| route.starts_with("GET ") || route == "$default") {
            continue;
        }
        let name = &function.handler;
        assert!(Denial::of(name, "", "").is_some(), "{name}: nothing says what a refusal is about");
        assert!(function.actions_on("Table").contains_key("dynamodb:UpdateItem"), "{name}");
    }
}

#[test]
fn only_the_known_routes_are_public() {
    let public: BTreeSet<String> = lambdas()
        .filter(|lambda| lambda.is_public)
        .map(|lambda| lambda.documented().map_or("$default".to_owned(), |route| route.key))
        .collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into());
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    for (key, operation) in operations(&document) {
        assert_eq!(operation["security"].is_null(), PUBLIC.contains(&key.as_str()), "{key}");
    }
}

/// The operations of a document, by route key.
pub(crate) fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("operations");
            item.iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation.clone()))
        })
        .collect()
}

#[test]
fn the_served_document_is_the_generated_one() {
    check_openapi().expect("the same");
}

#[test]
fn the_documented_parameters_are_those_that_are_read() {
    for lambda in lambdas() {
        let Some(route) = lambda.documented() else { continue };
        let paths = serde_json::to_value(&route.paths).expect("serialisable");
        let operation = paths.as_object().and_then(|paths| paths.values().next()?.as_object()?.values().next());
        let parameters = operation.and_then(|operation| operation["parameters"].as_array()).into_iter().flatten();
        let documented: BTreeSet<String> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
            .collect();
        assert_eq!(documented, route.read_parameters, "{}", lambda.name);
    }
}

#[test]
fn every_operation_is_described_and_refers_to_what_is_there() {
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    let ids: Vec<Value> = operations(&document).iter().map(|(_, operation)| operation["operationId"].clone()).collect();
    assert_eq!(ids.iter().map(Value::to_string).collect::<BTreeSet<_>>().len(), ids.len(), "no id twice");
    for (key, operation) in operations(&document) {
        assert!(operation["summary"].is_string() && operation["responses"].is_object(), "{key}");
        if operation["requestBody"].is_object() {
            let content = operation["requestBody"]["content"].as_object().expect("content");
            assert!(content.values().any(|content| !content["example"].is_null()), "{key} has no example");
        }
    }
    let text = document.to_string();
    for reference in text.split("\"#").skip(1) {
        let pointer = reference.split('"').next().expect("a pointer");
        assert!(document.pointer(pointer).is_some(), "{pointer} does not exist");
    }
}

#[tokio::test]
async fn every_event_replays_on_a_fresh_state() {
    for (name, path) in events() {
        let engines = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
        Demo::new().expect("valid texts").settle(&engines).await.expect("a demo tenant");
        let stack = Stack::over(engines);
        stack.drain().await;
        // What is overdue or expired shall not depend on the day on which the test runs.
        let midsummer = DateTime::from_timestamp(1_782_000_000, 0).expect("a moment");
        stack.advance(midsummer - stack.now());
        let answer = stack.invoke(&base_name(&name), event(&path)).await;
        let is_variant = name.split('.').count() > 2;
        let shown = match answer {
            Ok(answer) => shown(answer),
            Err(error) => json!({"error": error.to_string()}),
        };
        let status = shown["statusCode"].as_u64();
        let succeeded = shown["error"].is_null() && status.is_none_or(|status| status < 300);
        assert!(succeeded || is_variant || name == "meta.default", "{name}: {shown}");
        insta::assert_json_snapshot!(format!("event {name}"), shown);
    }
}

/// An answer without what differs from run to run.
fn shown(mut answer: Value) -> Value {
    if let Some(body) = answer["body"].as_str() {
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
        answer["body"] = if body["openapi"].is_string() { json!("[the document]") } else { redacted(body) };
    }
    redacted(answer)
}

fn redacted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let hidden = |name: &str, value: &Value| {
                let text = value.as_str().unwrap_or_default();
                let moment = matches!(name, "created_at" | "updated_at" | "deleted_at" | "revoked_at" | "last_used_at");
                let id = matches!(name, "id" | "location" | "tenant_id" | "key_id")
                    && !text.contains("01KDVDNA")
                    && !text.contains("01DEM");
                moment && !text.is_empty() && text != "2026-01-01T00:00:00.000Z"
                    || id && !text.is_empty()
                    || matches!(name, "key" | "next_cursor" | "content-length" | "url" | "curl") && value.is_string()
            };
            let members = members.into_iter().map(|(name, value)| {
                let value = if hidden(&name, &value) { json!("[redacted]") } else { redacted(value) };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(redacted).collect()),
        other => other,
    }
}
