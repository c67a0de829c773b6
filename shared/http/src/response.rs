//! Responses with headers of their own.

use crate::{Describe, Description};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// What is encoded in a segment of a path: everything but `A–Z a–z 0–9 . _ ~ : @ -`.
const NOT_PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'@').remove(b'-');

/// A text as a segment of a path, percent-encoded where it has to be (RFC 3986 §3.3).
pub fn path_segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_PLAIN).to_string()
}

/// An entity with its version as `ETag`.
#[derive(Debug)]
pub struct Etagged<T> {
    /// The version.
    pub version: u64,
    /// The entity.
    pub body: T,
}

/// The `ETag` of a version (RFC 9110 §8.8.3).
pub(crate) fn etag(version: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

impl<T: Serialize> IntoResponse for Etagged<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.version))], Json(self.body)).into_response()
    }
}

impl<T> Describe for Etagged<T> {
    fn describe(description: &mut Description) {
        description.header("etag", &["200", "201"]);
    }
}

/// 201 with `Location`, and `Idempotent-Replayed: true` where an earlier request made the entity.
#[derive(Debug)]
pub struct Created<R> {
    /// The path of the new entity.
    pub location: String,
    /// Whether an earlier request with the same `Idempotency-Key` made it.
    pub replayed: bool,
    /// The entity.
    pub entity: R,
}

impl<R: IntoResponse> IntoResponse for Created<R> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, self.entity).into_response();
        if let Ok(location) = HeaderValue::try_from(self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if self.replayed {
            let name = HeaderName::from_static("idempotent-replayed");
            response.headers_mut().insert(name, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<R: Describe> Describe for Created<R> {
    fn describe(description: &mut Description) {
        description.header("location", &["201"]);
        R::describe(description);
    }
}

/// 201 for an entity that a PUT created, 200 for one that it replaced.
#[derive(Debug)]
pub enum CreatedOrReplaced<R> {
    Created(Created<R>),
    Replaced(R),
}

impl<R: IntoResponse> CreatedOrReplaced<R> {
    /// The response for the entity at `location`.
    pub fn new(created: bool, location: String, entity: R) -> Self {
        if created { Self::Created(Created { location, replayed: false, entity }) } else { Self::Replaced(entity) }
    }
}

impl<R: IntoResponse> IntoResponse for CreatedOrReplaced<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Created(created) => created.into_response(),
            Self::Replaced(entity) => entity.into_response(),
        }
    }
}

impl<R: Describe> Describe for CreatedOrReplaced<R> {
    fn describe(description: &mut Description) {
        Created::<R>::describe(description);
    }
}
