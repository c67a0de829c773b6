//! A function's policy, enforced: what the template does not allow is refused as AWS refuses it.

use crate::template::{Allowed, Function};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// A connector that lets pass what a function's policy allows.
#[derive(Debug)]
pub(crate) struct PolicyConnector {
    function: Function,
    inner: SharedHttpConnector,
}

impl PolicyConnector {
    pub(crate) fn new(function: Function, inner: SharedHttpConnector) -> Self {
        Self { function, inner }
    }

    fn refused(&self, request: &HttpRequest) -> Option<String> {
        let target = request.headers().get("x-amz-target")?;
        let operation = target.strip_prefix("DynamoDB_20120810.")?;
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        needed(operation, &body).into_iter().find(|needed| !self.function.allows.contains(needed)).map(|needed| {
            format!(
                "{} is not authorized to perform {} on {}",
                self.function.logical_id, needed.action, needed.resource
            )
        })
    }
}

/// What IAM asks for: a transaction needs the actions of its parts.
fn needed(operation: &str, body: &Value) -> Vec<Allowed> {
    let on = |action: &str, resource: String| Allowed { action: format!("dynamodb:{action}"), resource };
    if operation == "TransactWriteItems" {
        let parts = body["TransactItems"].as_array().into_iter().flatten();
        return parts
            .flat_map(|part| part.as_object().into_iter().flatten())
            .map(|(kind, _)| {
                let action =
                    if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
                on(&action, "Table".into())
            })
            .collect();
    }
    let resource = match body["IndexName"].as_str() {
        Some(index) => format!("Table/index/{index}"),
        None => "Table".into(),
    };
    vec![on(operation, resource)]
}

impl HttpConnector for PolicyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(why) = self.refused(&request) else { return self.inner.call(request) };
        tracing::error!("{why}");
        let body = json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": why}).to_string();
        HttpConnectorFuture::ready(
            StatusCode::try_from(400)
                .map(|status| HttpResponse::new(status, SdkBody::from(body)))
                .map_err(|error| aws_smithy_runtime_api::client::result::ConnectorError::other(error.into(), None)),
        )
    }
}
