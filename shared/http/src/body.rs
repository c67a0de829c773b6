//! JSON bodies: read strictly, each field on its own, so that all that is wrong is said at once.

use crate::{Describe, Description, Problem};
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rol_domain::{Error, FieldErrors, Patch, Result, error::pointer_token, json, limits::MAX_BODY_BYTES};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A body of at most `LIMIT` bytes as `T`, with the hash of what it says.
#[derive(Debug)]
pub struct Body<T, const LIMIT: usize = MAX_BODY_BYTES> {
    /// The body.
    pub value: T,
    /// SHA-256 of the body with its members in order: the same for every spelling of the same values.
    pub hash: String,
}

impl<S: Sync, T: DeserializeOwned, const LIMIT: usize> FromRequest<S> for Body<T, LIMIT> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_media_type(request.headers())?;
        let bytes = read_bytes(request, LIMIT).await?;
        let value = json::strict(&bytes).map_err(|error| Error::invalid("", format_args!("expected JSON: {error}")))?;
        if !value.is_object() {
            return Err(Error::invalid("", "expected a JSON object").into());
        }
        let hash = format!("{:x}", Sha256::digest(value.to_string()));
        // Fields never fail on their own (they are `Field`s): this is about the shape of `T` itself.
        let value = T::deserialize(value).map_err(|error| Error::invalid("", error))?;
        Ok(Self { value, hash })
    }
}

impl<T, const LIMIT: usize> Describe for Body<T, LIMIT> {
    fn describe(description: &mut Description) {
        match LIMIT {
            MAX_BODY_BYTES => description.response(StatusCode::PAYLOAD_TOO_LARGE),
            _ => {
                let larger = format!("A body of more than {} KB", LIMIT / 1024);
                description.described_response(StatusCode::PAYLOAD_TOO_LARGE, &larger);
            }
        }
        description.response(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

fn check_media_type(headers: &http::HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Err(Problem::unsupported_media_type("none")) };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(essence.as_str(), "application/json" | "application/merge-patch+json") {
        return Ok(());
    }
    Err(Problem::unsupported_media_type(&essence))
}

async fn read_bytes(request: Request, limit: usize) -> Result<bytes::Bytes, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let too_large = |found| Error::TooLarge { what: "a body".into(), limit, found };
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(announced.unwrap_or(limit + 1)).into()),
        Err(error) => Err(Error::internal("reading a body", error).into()),
    }
}

/// One field of a body: absent, `null`, a value, or something that is none of its type.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Field<T> {
    /// Not named.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A value.
    Value(T),
    /// Not a value of this type, and why.
    Wrong(String),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Null,
            value => match T::deserialize(value) {
                Ok(value) => Self::Value(value),
                Err(error) => Self::Wrong(error.to_string()),
            },
        })
    }
}

/// Declares a JSON body, each field once: as a [`Field`] with its schema, and after `changes` also as a field of the
/// domain's change.
#[macro_export]
macro_rules! body {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $body:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }
        changes $patch:ident { $($(#[$change_attribute:meta])* $change:ident: $change_type:ty,)* }
    ) => {
        #[derive(Debug, ::serde::Deserialize, ::utoipa::ToSchema)]
        $(#[$meta])*
        $visibility struct $body {
            $($(#[$attribute])* #[serde(default)] $field: $crate::Field<$type>,)*
            $($(#[$change_attribute])* #[serde(default)] $change: $crate::Field<$change_type>,)*
            #[serde(flatten)]
            #[schema(ignore)]
            rest: ::serde_json::Map<String, ::serde_json::Value>,
        }

        impl $body {
            /// Takes the fields of the change.
            fn take_patch(&mut self, fields: &mut $crate::Fields) -> $patch {
                let mut patch = $patch::default();
                $(patch.$change = fields.patch(stringify!($change), ::std::mem::take(&mut self.$change));)*
                patch
            }
        }
    };
}

/// Collects what is wrong with the fields of a body.
#[derive(Debug, Default)]
pub struct Fields(FieldErrors);

impl Fields {
    /// A field that must have a value.
    pub fn required<T>(&mut self, name: &str, field: Field<T>) -> Option<T> {
        match field {
            Field::Absent => self.refuse(name, "expected a value: it is required"),
            Field::Null => self.refuse(name, "expected a value, found null: it is required"),
            Field::Value(value) => Some(value),
            Field::Wrong(why) => self.refuse(name, why),
        }
    }

    /// A field that may be absent or `null`.
    pub fn optional<T>(&mut self, name: &str, field: Field<T>) -> Option<T> {
        match field {
            Field::Absent | Field::Null => None,
            Field::Value(value) => Some(value),
            Field::Wrong(why) => self.refuse(name, why),
        }
    }

    /// A field of a change.
    pub fn patch<T>(&mut self, name: &str, field: Field<T>) -> Patch<T> {
        match field {
            Field::Absent => Patch::Absent,
            Field::Null => Patch::Null,
            Field::Value(value) => Patch::Value(value),
            Field::Wrong(why) => {
                self.refuse::<T>(name, why);
                Patch::Absent
            }
        }
    }

    /// A field that this request cannot set: it goes back into `rest`, to be compared with what the entity shows.
    pub fn read_only<T: Serialize>(&mut self, name: &str, field: Field<T>, rest: &mut Map<String, Value>) {
        match self.patch(name, field) {
            Patch::Absent => {}
            Patch::Null => drop(rest.insert(name.to_owned(), Value::Null)),
            Patch::Value(value) => drop(rest.insert(name.to_owned(), serde_json::json!(value))),
        }
    }

    /// Members that no field took.
    pub fn unknown(&mut self, rest: &Map<String, Value>) {
        for name in rest.keys() {
            self.0.body(pointer_token(name), "unknown field");
        }
    }

    /// Notes that a field is wrong.
    pub fn refuse<T>(&mut self, name: &str, why: impl std::fmt::Display) -> Option<T> {
        self.0.body(pointer_token(name), why);
        None
    }

    /// Everything that was wrong.
    pub fn into_errors(self) -> FieldErrors {
        self.0
    }
}
