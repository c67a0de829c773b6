//! Who is calling: the right that a route needs stands in its signature.

use crate::{
    Describe, Description, Problem,
    edge::{RequestId, Seen},
};
use axum::extract::FromRequestParts;
use http::{HeaderMap, StatusCode, header, request::Parts};
use rol_app::{App, Credential};
use rol_domain::{Cx, Error, Result, Right, api_key, text::PersonId};
use std::marker::PhantomData;

/// A caller with a right; the only source of a [`Cx`].
#[derive(Debug)]
pub struct Caller<R> {
    /// The context of the request.
    pub cx: Cx,
    needs: PhantomData<R>,
}

/// A right, as a type.
pub trait Needs: Send {
    /// Which one.
    const RIGHT: Right;
}

macro_rules! needs {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug)]
        pub enum $name {}
        impl Needs for $name {
            const RIGHT: Right = Right::$name;
        }
    )+};
}

needs! {
    /// Needs nothing but to be known.
    Known;
    /// Needs to read records.
    RecordsRead;
    /// Needs to write records.
    RecordsWrite;
    /// Needs to read custom attributes.
    AttributesRead;
    /// Needs to manage custom attributes.
    AttributesManage;
    /// Needs to read activities.
    ActivitiesRead;
    /// Needs to write activities.
    ActivitiesWrite;
    /// Needs to read people and groups.
    DirectoryRead;
    /// Needs to write people and groups.
    DirectoryWrite;
    /// Needs to read members of groups.
    MembersRead;
    /// Needs to manage grants.
    GrantsManage;
    /// Needs to read settings.
    SettingsRead;
    /// Needs to change settings.
    SettingsManage;
    /// Needs to read the audit trail.
    AuditRead;
    /// Needs to manage API keys.
    KeysManage;
}

impl<R: Needs> FromRequestParts<App> for Caller<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let now = app.now();
        let (credential, subject) = (credential(&parts.headers)?, subject(&parts.headers)?);
        let mut identity = app.identify(credential, now).await?;
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let seen = parts.extensions.get::<Seen>();
        let note = |cx: &Cx| seen.into_iter().for_each(|seen| seen.set(cx));
        if let Some(subject) = subject {
            // Who it is that is refused is known also where the subject is what is refused.
            note(&Cx { subject: Some(subject.clone()), ..identity.clone().at(now, request_id.clone()) });
            identity = app.acting_for(identity, subject, now).await?;
        }
        let cx = identity.at(now, request_id);
        note(&cx);
        if !cx.may(R::RIGHT) {
            return Err(Error::Denied(format!("you lack the right to {}", R::RIGHT)).into());
        }
        Ok(Self { cx, needs: PhantomData })
    }
}

impl<R: Needs> Describe for Caller<R> {
    fn describe(description: &mut Description) {
        description.needs(R::RIGHT);
        // A malformed `Subject-User` is a bad request to every route.
        let refusals = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        refusals.into_iter().for_each(|status| description.response(status));
        description.response(StatusCode::SERVICE_UNAVAILABLE);
    }
}

/// The person whom the caller acts for: `Subject-User` (or `X-Subject-User`), as Synap's clients send it.
fn subject(headers: &HeaderMap) -> Result<Option<PersonId>> {
    let mut named = ["subject-user", "x-subject-user"]
        .into_iter()
        .flat_map(|name| headers.get_all(name).iter().map(move |value| (name, value)));
    let Some((name, value)) = named.next() else { return Ok(None) };
    if named.next().is_some() {
        return Err(Error::bad_header(name, "expected one person to act for, found several"));
    }
    let text = value.to_str().map_err(|_| Error::bad_header(name, "expected visible ASCII characters"))?;
    // The gateway joins a header that is given twice with a comma.
    if text.contains(',') {
        return Err(Error::bad_header(name, "expected one person to act for, found a comma"));
    }
    PersonId::parse(text.trim()).map(Some).map_err(|error| Error::bad_header(name, error))
}

/// `Authorization: Bearer <token or API key>` (RFC 6750 §2.1), or `x-api-key: <API key>`; not both.
fn credential(headers: &HeaderMap) -> Result<Credential<'_>> {
    let missing = "expected Authorization: Bearer <token or API key>";
    let one = |name: header::HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| Error::Unauthenticated(missing)),
            (Some(_), Some(_)) => Err(Error::Unauthenticated("expected one credential, found several")),
        }
    };
    match (one(header::AUTHORIZATION)?, one(header::HeaderName::from_static("x-api-key"))?) {
        (None, None) => Err(Error::Unauthenticated(missing)),
        (Some(_), Some(_)) => Err(Error::Unauthenticated("expected one credential, found several")),
        (None, Some(key)) => Ok(Credential::Key(key)),
        (Some(value), None) => {
            let (scheme, rest) = value.split_once(' ').ok_or(Error::Unauthenticated(missing))?;
            let text = rest.trim_start();
            if !scheme.eq_ignore_ascii_case("bearer") || text.is_empty() {
                return Err(Error::Unauthenticated(missing));
            }
            if text.starts_with(api_key::PREFIX) { Ok(Credential::Key(text)) } else { Ok(Credential::Token(text)) }
        }
    }
}
