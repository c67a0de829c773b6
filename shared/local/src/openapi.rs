//! The OpenAPI document, put together from the operations of all areas.

use crate::lambdas;
use rol_http::shared_components;
use serde_json::{Value, json};
use std::path::Path;
use utoipa::openapi::{
    Info, License, OpenApi, Paths, Server, Tag,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The document, as `GET /openapi.json` serves it.
pub fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut components = shared_components();
    for route in lambdas().filter_map(|lambda| lambda.documented()) {
        components.schemas.extend(route.schemas);
        paths.merge(route.paths);
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of one of the tenant's identity providers, or an API key"));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let key = ApiKeyValue::with_description("x-api-key", "An API key");
    components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(key)));

    let mut info = Info::new("Records of Learning", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Every record of what a person has learnt: courses, certifications, interview scores, qualifications from \
         elsewhere. Dates are never shifted; errors are problems (RFC 9457) that say everything at once; lists have a \
         next_cursor."
            .into(),
    );
    info.license = Some(License::new("Apache-2.0"));
    let mut document = OpenApi::new(info, paths);
    document.components = Some(components);
    document.servers = Some(vec![Server::new("/")]);
    document.tags = Some(
        [
            "Learning records",
            "Attributes",
            "Activities",
            "People",
            "Groups",
            "Settings",
            "Events",
            "Action logs",
            "API keys",
            "About",
        ]
        .map(tag)
        .into(),
    );
    document
}

fn tag(name: &str) -> Tag {
    let mut tag = Tag::default();
    tag.name = name.into();
    tag
}

/// The document as it is served.
pub(crate) fn text() -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(&value())? + "\n")
}

/// The document for the interactive documentation.
pub(crate) fn value() -> Value {
    serde_json::to_value(document()).unwrap_or_else(|_| json!({}))
}

/// A line for each operation: method, path, id, right, parameters, request schema, statuses with their schemas.
pub(crate) fn operations() -> String {
    let document = value();
    let item = |(path, item): (&String, &Value)| -> Vec<String> {
        let operations = item.as_object().into_iter().flatten();
        operations.map(|(method, operation)| line(&method.to_uppercase(), path, operation)).collect()
    };
    let lines = document["paths"].as_object().into_iter().flatten().flat_map(item);
    lines.map(|line| line + "\n").collect()
}

fn line(method: &str, path: &str, operation: &Value) -> String {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let right = operation["security"][0]["bearer"][0].as_str().unwrap_or("public");
    let parameters: Vec<&str> = members(&operation["parameters"]).filter_map(name_of).collect();
    let request = members(&operation["requestBody"]["content"]).next().map_or_else(String::new, schema_of);
    let responses = operation["responses"].as_object().into_iter().flatten().map(|(status, response)| {
        let schema = members(&response["content"]).next().map_or_else(String::new, schema_of);
        if schema.is_empty() { status.clone() } else { format!("{status}={schema}") }
    });
    let responses: Vec<String> = responses.collect();
    let columns = [method, path, id, right, &parameters.join(","), &request, &responses.join(" ")];
    columns.map(|column| if column.is_empty() { "-" } else { column }).join(" ")
}

/// The elements of an array, or the values of an object.
fn members(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(elements) => Box::new(elements.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// The name of a parameter, or of the component that it refers to.
fn name_of(parameter: &Value) -> Option<&str> {
    parameter["name"].as_str().or_else(|| parameter["$ref"].as_str()?.rsplit('/').next())
}

/// The name of a content's schema, or its type.
fn schema_of(content: &Value) -> String {
    let schema = &content["schema"];
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.or_else(|| schema["type"].as_str()).unwrap_or("any").to_owned()
}

/// Writes the document and its operations where `meta` includes them.
pub(crate) fn write() -> anyhow::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions/meta");
    std::fs::write(directory.join("openapi.json"), text()?)?;
    Ok(std::fs::write(directory.join("operations.txt"), operations())?)
}

/// # Errors
/// Where `meta` serves another document than that of the code.
pub fn check() -> anyhow::Result<()> {
    anyhow::ensure!(
        (meta::OPENAPI, meta::OPERATIONS) == (text()?.as_str(), operations().as_str()),
        "functions/meta/openapi.json is not what the code says: write it again with `cargo run -- openapi --write`"
    );
    Ok(())
}
