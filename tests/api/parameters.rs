//! Query parameters: those that the OpenAPI document names are those that the parser of the route knows, whichever of
//! them are given.

use crate::{
    support::{Answer, Caller, Stack},
    template::operations,
};
use rol_local::openapi_document;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A parameter that no route has.
const UNKNOWN: &str = "colour";

/// An operation with query parameters, or none.
struct Operation {
    id: String,
    method: http::Method,
    path: String,
    /// Each with a value that it takes, and how it is spelled with one.
    parameters: Vec<(String, String)>,
}

/// All documented operations.
fn documented_operations() -> Vec<Operation> {
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    let read = |(route, operation): (String, Value)| {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let parameters = parameters.into_iter().filter(|parameter| parameter["in"] == "query");
        Operation {
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            method: method.parse().expect("a method"),
            path: with_ids(path),
            parameters: parameters
                .map(|parameter| {
                    (parameter["name"].as_str().expect("a name").to_owned(), example(&document, &parameter))
                })
                .collect(),
        }
    };
    operations(&document).into_iter().map(read).collect()
}

/// A path with ids of the right shape in it.
fn with_ids(path: &str) -> String {
    let ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let id = match path.split('/').nth(2).unwrap_or_default() {
        "learning-records" => format!("lrn_{ulid}"),
        "activities" => format!("atv_{ulid}"),
        "groups" => format!("grp_{ulid}"),
        "api-keys" => format!("key_{ulid}"),
        "action-logs" => "act_0000000000000001".to_owned(),
        _ => "ada".to_owned(),
    };
    path.replace("{id}", &id)
        .replace("{attachment_id}", &format!("att_{ulid}"))
        .replace("{educator_group_id}", &format!("grp_{ulid}"))
        .replace("{external_id}", "hr-1")
        .replace("{version}", "1")
        .replace("{key}", "grade")
}

/// A parameter with a value that it takes.
fn example(document: &Value, parameter: &Value) -> String {
    let name = parameter["name"].as_str().expect("a name");
    let mut schema = &parameter["schema"];
    if let Some(alternatives) = schema["oneOf"].as_array() {
        schema = alternatives.iter().find(|schema| schema["type"] != "null").expect("a type");
    }
    if schema["type"].as_array().is_some_and(|types| types.contains(&json!("array"))) || schema["type"] == "array" {
        schema = &schema["items"];
    }
    if let Some(reference) = schema["$ref"].as_str() {
        schema = &document["components"]["schemas"][reference.rsplit('/').next().expect("a name")];
    }
    let kind =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    let value = match name {
        _ if schema["enum"][0].is_string() => schema["enum"][0].as_str().unwrap_or_default(),
        _ if kind("boolean") => "true",
        _ if kind("integer") => "1",
        "attributes[key]" => return "attributes[grade]=B".to_owned(),
        "as_of" | "from" | "to" => "2026-05-01T00:00:00Z",
        "person[email]" => "ada@example.com",
        "group_id" | "parent_id" => "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "include" => "attachments",
        "fields" => "id,title",
        "sort" => "-completed",
        "on_existing" => "keep",
        "types" => "learningRecord.created",
        "action" => "learningRecord.deleted",
        _ if name.ends_with("[from]") || name.ends_with("[to]") => "2026-05-01",
        _ => "x",
    };
    format!("{name}={value}")
}

impl Operation {
    async fn ask(&self, caller: &Caller<'_>, query: &str) -> Answer {
        let request = caller.request(self.method.clone(), format!("{}?{query}", self.path));
        let has_body = matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        let request = if has_body { request.json(&json!({})) } else { request };
        request.send().await
    }
}

/// What is wrong with each parameter.
fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    errors.iter().filter_map(|error| Some((text(&error["parameter"])?, text(&error["detail"])?))).collect()
}

/// What the parser says that it knows when it is given a parameter that it does not; nothing where it takes any.
fn known_names(errors: &[(String, String)]) -> BTreeSet<String> {
    let refusal = errors.iter().find(|(name, _)| name == UNKNOWN).map(|(_, detail)| detail.as_str());
    let names = refusal.and_then(|detail| detail.strip_prefix("unknown parameter: expected one of "));
    names.into_iter().flat_map(|names| names.split(", ")).map(str::to_owned).collect()
}

/// With each parameter alone, so that none leads to a parser that knows less.
#[tokio::test]
async fn the_documented_parameters_are_those_that_are_known() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let mut compared = 0;
    for operation in documented_operations() {
        let names: BTreeSet<String> = operation.parameters.iter().map(|(name, _)| name.clone()).collect();
        let alone = operation.parameters.iter().map(|(_, example)| format!("{example}&{UNKNOWN}=red"));
        for query in alone.chain([format!("{UNKNOWN}=red")]) {
            let errors = errors(&operation.ask(&tenant.admin(), &query).await);
            assert_eq!(known_names(&errors), names, "{} ?{query}", operation.id);
            // The value was taken, so that what depends on it was seen.
            let refused = errors.iter().find(|(name, detail)| name != UNKNOWN && !is_about_another(detail));
            assert_eq!(refused, None, "{} ?{query}", operation.id);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn all_parameters_at_once_are_taken_or_told_what_they_do_not_go_with() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for operation in documented_operations().into_iter().filter(|operation| operation.parameters.len() > 1) {
        let all: Vec<&str> = operation.parameters.iter().map(|(_, example)| example.as_str()).collect();
        let errors = errors(&operation.ask(&tenant.admin(), &all.join("&")).await);
        let unexplained: Vec<_> = errors
            .iter()
            // Where to go on is read last: this one leads nowhere.
            .filter(|(name, detail)| !is_about_another(detail) && !matches!(name.as_str(), "cursor" | "after"))
            .collect();
        assert!(unexplained.is_empty(), "{}: {unexplained:?}", operation.id);
    }
}

/// Whether a parameter is refused for one that is or is not beside it.
fn is_about_another(detail: &str) -> bool {
    detail.contains(" beside ") || detail.ends_with("found both")
}
