//! Conditions and idempotency: `If-Match`, `If-None-Match`, `Idempotency-Key`.

use crate::{Describe, Description, Problem, response::etag};
use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header, request::Parts};
use rol_domain::{Error, Result, text::IdempotencyKey};

/// The version that nothing has: 0 is that of settings which were never changed.
const NO_VERSION: u64 = u64::MAX;

/// The version that the client expects (RFC 9110 §13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// It expects nothing.
    Absent,
    /// `*`: it expects that there is one.
    Any,
    /// It expects this one. An `ETag` that is none of ours is a version that nothing has.
    Version(u64),
}

impl IfMatch {
    /// The version, if one is named.
    pub fn version(self) -> Option<u64> {
        match self {
            Self::Version(version) => Some(version),
            Self::Absent | Self::Any => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(match text(parts, &header::IF_MATCH)? {
            None => Self::Absent,
            Some("*") => Self::Any,
            Some(list) if list.contains(',') => {
                return Err(Error::bad_header("if-match", "expected one ETag or *, found several").into());
            }
            Some(tag) => Self::Version(opaque(tag).and_then(|tag| tag.parse().ok()).unwrap_or(NO_VERSION)),
        })
    }
}

impl Describe for IfMatch {
    fn describe(description: &mut Description) {
        description.header_parameter("If-Match");
        description.header("etag", &["200", "201"]);
        description.response(StatusCode::PRECONDITION_FAILED);
    }
}

/// The versions that the client has already (RFC 9110 §13.1.2).
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Option<String>);

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(text(parts, &header::IF_NONE_MATCH)?.map(str::to_owned)))
    }
}

impl Describe for IfNoneMatch {
    fn describe(description: &mut Description) {
        description.header_parameter("If-None-Match");
        if description.is_read {
            description.header("etag", &["200"]);
            description.response(StatusCode::NOT_MODIFIED);
        } else {
            description.response(StatusCode::PRECONDITION_FAILED);
        }
    }
}

impl IfNoneMatch {
    /// 304, where the client has this version already. Tags compare weakly.
    pub fn not_modified(&self, version: u64) -> Option<Response> {
        let list = self.0.as_ref()?;
        let version_text = version.to_string();
        let has = list
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || opaque(tag.strip_prefix("W/").unwrap_or(tag)) == Some(version_text.as_str()));
        has.then(|| (StatusCode::NOT_MODIFIED, [(header::ETAG, etag(version))]).into_response())
    }

    /// Whether it is `*`: only what does not exist yet may be written.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else, which has no meaning on a write.
    pub fn only_new(&self) -> Result<bool> {
        match self.0.as_deref() {
            None => Ok(false),
            Some("*") => Ok(true),
            Some(other) => {
                Err(Error::bad_header("if-none-match", format_args!("expected * on a write, found {other}")))
            }
        }
    }
}

/// The client's `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct IdempotencyHeader(pub Option<IdempotencyKey>);

impl<S: Sync> FromRequestParts<S> for IdempotencyHeader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let name = HeaderName::from_static("idempotency-key");
        let key = text(parts, &name)?.map(IdempotencyKey::parse).transpose();
        key.map(Self).map_err(|error| Error::bad_header("idempotency-key", error).into())
    }
}

impl Describe for IdempotencyHeader {
    fn describe(description: &mut Description) {
        description.header_parameter("Idempotency-Key");
        description.header("idempotent-replayed", &["200", "201"]);
        description.response(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// A header given at most once, as text.
fn text<'a>(parts: &'a Parts, name: &HeaderName) -> Result<Option<&'a str>> {
    match parts.headers.get(name) {
        None => Ok(None),
        Some(value) => value
            .to_str()
            .map(|text| Some(text.trim()))
            .map_err(|_| Error::bad_header(name.as_str(), "expected visible ASCII characters")),
    }
}

/// What stands between the quotes of a strong tag.
fn opaque(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn parts(name: &str, value: &str) -> Parts {
        http::Request::builder().header(name, value).body(()).expect("valid").into_parts().0
    }

    #[rstest]
    #[case::ours("\"3\"", IfMatch::Version(3))]
    #[case::any("*", IfMatch::Any)]
    #[case::of_the_default("\"0\"", IfMatch::Version(0))]
    #[case::weak("W/\"3\"", IfMatch::Version(NO_VERSION))]
    #[case::unquoted("3", IfMatch::Version(NO_VERSION))]
    #[case::another_services("\"abc\"", IfMatch::Version(NO_VERSION))]
    #[tokio::test]
    async fn if_match_compares_strongly(#[case] value: &str, #[case] expected: IfMatch) {
        let read = IfMatch::from_request_parts(&mut parts("if-match", value), &()).await.expect("valid");
        assert_eq!(read, expected);
    }

    #[rstest]
    #[case::ours("\"3\"", true)]
    #[case::weak("W/\"3\"", true)]
    #[case::among_others("\"1\", \"3\"", true)]
    #[case::any("*", true)]
    #[case::another("\"4\"", false)]
    #[case::unquoted("3", false)]
    #[tokio::test]
    async fn if_none_match_compares_weakly(#[case] value: &str, #[case] has: bool) {
        let read = IfNoneMatch::from_request_parts(&mut parts("if-none-match", value), &()).await.expect("valid");
        assert_eq!(read.not_modified(3).is_some(), has);
    }
}
