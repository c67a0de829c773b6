//! The OpenAPI document, put together from the operations of all areas.

use crate::lambdas;
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, Info, License, OpenApi, Paths, Server, Tag,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The document, as `GET /openapi.json` serves it.
pub fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut components = Components::new();
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

/// The document as it is written to a file.
pub(crate) fn text() -> anyhow::Result<String> {
    let document: Value = serde_json::to_value(document())?;
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The document for the interactive documentation.
pub(crate) fn value() -> Value {
    serde_json::to_value(document()).unwrap_or_else(|_| json!({}))
}
