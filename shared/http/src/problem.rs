//! Failures as RFC 9457 problems: the only place with status codes.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rol_domain::{
    Error,
    error::{ErrorLocation, FieldError},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER_S: &str = "1";

/// A failure on its way to the client. The body is written by the edge, which knows the request's id.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The last part of the problem's type.
    slug: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    /// What is logged and never shown.
    cause: Option<Arc<Error>>,
    /// The methods of the path, for 405.
    pub(crate) allow: Option<String>,
}

/// That the caller had no right to a part of a request, which is answered as a whole. The response carries it to the
/// edge, which notes it.
#[derive(Debug, Clone)]
pub struct PartDenied {
    /// What the part was about.
    pub target: String,
    /// Why, as the caller is told.
    pub reason: String,
}

/// A problem as the client sees it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The kind of problem, as a URN.
    #[serde(rename = "type")]
    #[schema(examples("urn:records-of-learning:problem:bad-request"))]
    kind: String,
    /// The kind of problem in words.
    #[schema(examples("Bad request"))]
    title: &'static str,
    /// The HTTP status.
    #[schema(examples(400))]
    status: u16,
    /// What was expected and what was found.
    #[schema(examples("1 value is invalid: see errors"))]
    detail: String,
    /// This occurrence, as a URN of the request's id.
    #[schema(examples("urn:records-of-learning:request:JKJaXmPLvHcESHA="))]
    instance: String,
    /// The request's id, to be named when asking for help.
    #[schema(examples("JKJaXmPLvHcESHA="))]
    request_id: String,
    /// Every invalid value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField>,
}

/// One invalid value: exactly one of `pointer`, `parameter` and `header` says where it stood.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemField {
    /// A JSON pointer into the body (RFC 6901); empty for the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("/score"))]
    pointer: Option<String>,
    /// The name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// What was expected and what was found.
    #[schema(examples("expected a number from 0 to 100, found 101"))]
    detail: String,
}

impl From<FieldError> for ProblemField {
    fn from(FieldError { place, detail }: FieldError) -> Self {
        let (pointer, parameter, header) = match place {
            ErrorLocation::Pointer(pointer) => (Some(pointer), None, None),
            ErrorLocation::Parameter(parameter) => (None, Some(parameter), None),
            ErrorLocation::Header(header) => (None, None, Some(header)),
        };
        Self { pointer, parameter, header, detail }
    }
}

impl Problem {
    fn new(status: StatusCode, slug: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, slug, title, detail: detail.into(), errors: Vec::new(), cause: None, allow: None }
    }

    /// 405, with the methods that the path knows.
    pub fn method_not_allowed(allow: impl Into<String>) -> Self {
        let allow = allow.into();
        let detail = format!("this path answers {allow}");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail);
        Self { allow: Some(allow), ..problem }
    }

    /// 415, with what was found.
    pub(crate) fn unsupported_media_type(found: &str) -> Self {
        let detail = format!("expected content-type application/json, found {found}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type", detail)
    }

    /// Why the caller may not do it, where that is what is wrong.
    pub(crate) fn refusal(&self) -> Option<&str> {
        (self.status == StatusCode::FORBIDDEN).then_some(self.detail.as_str())
    }

    /// What is logged of the failure, if it is one of ours or of the store's.
    pub(crate) fn cause(&self) -> Option<&Error> {
        self.cause.as_deref()
    }

    /// What went wrong with one of several parts of a request. Its cause is logged here.
    pub fn part_of(self, request_id: &str) -> ProblemBody {
        if let Some(error) = self.cause() {
            tracing::error!(request.id = request_id, error = error.chain(), "a part of a request failed");
        }
        self.body(request_id)
    }

    fn body(self, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:records-of-learning:problem:{}", self.slug),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail,
            instance: format!("urn:records-of-learning:request:{request_id}"),
            request_id: request_id.to_owned(),
            errors: self.errors.into_iter().map(ProblemField::from).collect(),
        }
    }

    /// The answer to a request of this id.
    pub(crate) fn answer(mut self, request_id: &str) -> Response {
        let (status, allow) = (self.status, self.allow.take());
        let mut response = (status, axum::Json(self.body(request_id))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        }
        if let Some(allow) = allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Invalid(errors) => {
                let errors = errors.into_sorted();
                let detail = match errors.len() {
                    1 => "1 value is invalid: see errors".to_owned(),
                    n => format!("{n} values are invalid: see errors"),
                };
                Self { errors, ..Self::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request", detail) }
            }
            Error::Unauthenticated(_) => Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized", text),
            Error::Denied(_) => Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", text),
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", text),
            Error::Conflict(_) => Self::new(StatusCode::CONFLICT, "conflict", "Conflict", text),
            Error::Gone(_) => Self::new(StatusCode::GONE, "gone", "Gone", text),
            Error::Stale(_) => {
                Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", "Precondition failed", text)
            }
            Error::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload-too-large", "Payload too large", text)
            }
            Error::IdempotencyMismatch => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-mismatch", "Unprocessable content", text)
            }
            Error::Throttled(_) | Error::Unavailable { .. } => Self {
                cause: Some(Arc::new(error)),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "service-unavailable",
                    "Service unavailable",
                    "try again in a moment",
                )
            },
            Error::Internal { .. } => Self {
                cause: Some(Arc::new(error)),
                ..Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal-server-error",
                    "Internal server error",
                    "the failure was recorded under this request's id",
                )
            },
        }
    }
}

impl IntoResponse for Problem {
    /// Carries the problem to the edge, which answers with it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
