//! Path parameters, from the event: the gateway has matched the path, nothing is parsed again.

use crate::{Describe, Description, Problem};
use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use lambda_http::RequestExt;
use rol_domain::{
    AttachmentId, Error, GroupId, Id, Kind, RecordId, Result,
    id::{Marker, OfActivity, OfGroup, OfKey, OfRecord},
    text::{AttributeKey, ExternalId, PersonId},
};

/// The `{id}` of the path. A malformed id is as unknown as a missing one.
pub struct PathId<K>(pub Id<K>);

/// Which kind of thing an id is of, for the 404.
pub trait Found: Marker {
    /// That kind.
    const KIND: Kind;
}
impl Found for OfRecord {
    const KIND: Kind = Kind::Record;
}
impl Found for OfKey {
    const KIND: Kind = Kind::ApiKey;
}
impl Found for OfActivity {
    const KIND: Kind = Kind::Activity;
}
impl Found for OfGroup {
    const KIND: Kind = Kind::Group;
}

impl<S: Sync, K: Found> FromRequestParts<S> for PathId<K> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let id = parameter(parts, "id").and_then(|text| Id::parse(&text).ok());
        id.map(Self).ok_or_else(|| Error::NotFound(K::KIND).into())
    }
}

/// The `{key}` of the path: of a custom attribute.
pub struct PathKey(pub AttributeKey);

impl<S: Sync> FromRequestParts<S> for PathKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parameter(parts, "key").and_then(|text| AttributeKey::parse(text).ok());
        key.map(Self).ok_or_else(|| Error::NotFound(Kind::Attribute).into())
    }
}

/// The `{id}` of the path: of a person.
pub struct PathPerson(pub PersonId);

impl<S: Sync> FromRequestParts<S> for PathPerson {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let id = parameter(parts, "id").and_then(|text| PersonId::parse(text).ok());
        id.map(Self).ok_or_else(|| Error::NotFound(Kind::Person).into())
    }
}

/// The `{id}` of the path as it stands, for ids of another form.
#[derive(Debug)]
pub struct PathText(pub String);

impl<S: Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parameter(parts, "id").unwrap_or_default()))
    }
}

/// The `{version}` of the path.
#[derive(Debug)]
pub struct PathVersion(pub u64);

impl<S: Sync> FromRequestParts<S> for PathVersion {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // "+1" and "01" are no other spellings of 1.
        let text = parameter(parts, "version").unwrap_or_default();
        let version = text.parse::<u64>().ok().filter(|version| version.to_string() == text);
        version.map(Self).ok_or_else(|| Error::NotFound(Kind::Version).into())
    }
}

/// The file of a record: `{attachment_id}` of `{id}`.
pub struct PathAttachment {
    /// Of which record.
    pub record_id: RecordId,
    /// Which file.
    pub attachment_id: AttachmentId,
}

impl<S: Sync> FromRequestParts<S> for PathAttachment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let PathId(record_id) = PathId::<OfRecord>::from_request_parts(parts, state).await?;
        let id = parameter(parts, "attachment_id").and_then(|text| AttachmentId::parse(&text).ok());
        let attachment_id = id.ok_or(Error::NotFound(Kind::Attachment))?;
        Ok(Self { record_id, attachment_id })
    }
}

/// The two groups of a grant: over `{id}`, to `{educator_group_id}`.
pub struct PathGrant {
    /// Over which group.
    pub group_id: GroupId,
    /// To which group.
    pub educator_group_id: GroupId,
}

impl<S: Sync> FromRequestParts<S> for PathGrant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let group = |name| parameter(parts, name).and_then(|text| GroupId::parse(&text).ok());
        let found = group("id").zip(group("educator_group_id"));
        found
            .map(|(group_id, educator_group_id)| Self { group_id, educator_group_id })
            .ok_or_else(|| Error::NotFound(Kind::Grant).into())
    }
}

/// The `{external_id}` of the path: of the characters that paths carry unharmed.
#[derive(Debug)]
pub struct PathExternalId(pub ExternalId);

impl<S: Sync> FromRequestParts<S> for PathExternalId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parameter(parts, "external_id").unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~:@-".contains(c);
        if !text.chars().all(plain) {
            let expected = "expected 1 to 128 of the characters A–Z a–z 0–9 . _ ~ : @ - in a path";
            return Err(Error::bad_parameter("external_id", expected).into());
        }
        ExternalId::parse(text).map(Self).map_err(|error| Error::bad_parameter("external_id", error).into())
    }
}

/// Extractors for which a path that names nothing is not found.
macro_rules! not_found {
    ($($extractor:ident)+) => {$(
        impl Describe for $extractor {
            fn describe(description: &mut Description) {
                description.response(StatusCode::NOT_FOUND);
            }
        }
    )+};
}

not_found! { PathKey PathPerson PathText PathVersion PathAttachment PathGrant }

impl<K> Describe for PathId<K> {
    fn describe(description: &mut Description) {
        description.response(StatusCode::NOT_FOUND);
    }
}

impl Describe for PathExternalId {
    fn describe(description: &mut Description) {
        description.response(StatusCode::BAD_REQUEST);
    }
}

fn parameter(parts: &Parts, name: &str) -> Option<String> {
    parts.path_parameters_ref()?.first(name).map(str::to_owned)
}
