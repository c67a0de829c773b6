//! Conversion between SDK types and ours: errors and items.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use rol_domain::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The error codes of throttling.
const THROTTLES: [&str; 4] =
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "Throttling"];

/// Converts an SDK error. The caller handles failed conditions first.
pub(crate) fn decode<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let has_response = matches!(error, SdkError::ServiceError(_));
    let server_fault = error.raw_response().is_some_and(|response| response.status().as_u16() >= 500);
    let throttled = error.code().is_some_and(|code| THROTTLES.contains(&code));
    // The code is safe to log; the message may contain a value of the request.
    let source = Cause { code: error.code().unwrap_or("no response").to_owned(), kind: kind_of(&error) };
    if throttled {
        Error::Throttled(source.into())
    } else if !has_response || server_fault {
        Error::Unavailable { what: "the store", source: source.into() }
    } else {
        Error::internal("the store refused a call", source)
    }
}

fn kind_of<E, R>(error: &SdkError<E, R>) -> &'static str {
    match error {
        SdkError::ConstructionFailure(_) => "could not be built",
        SdkError::TimeoutError(_) => "timed out",
        SdkError::DispatchFailure(_) => "could not be sent",
        SdkError::ResponseError(_) => "had an unreadable response",
        SdkError::ServiceError(_) => "was refused",
        _ => "failed",
    }
}

/// Why a call failed, without any value of the request.
#[derive(Debug, thiserror::Error)]
#[error("the call {kind}: {code}")]
struct Cause {
    code: String,
    kind: &'static str,
}

pub(crate) fn read<T: DeserializeOwned>(what: &'static str, item: Item) -> Result<T> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| Error::internal(what, error))
}

pub(crate) fn write<T: Serialize>(what: &'static str, item: &T) -> Result<Item> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(item).map_err(|error| Error::internal(what, error))
}

/// A string as an attribute's value.
pub(crate) fn s(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

/// A number as an attribute's value.
pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
