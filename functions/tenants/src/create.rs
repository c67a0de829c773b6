//! `tenants.create` – make a tenant, its first admin key and its issuers: all or nothing.
//!
//! The event is `{"name": "Acme", "key_label"?: "…", "issuers"?: [{"issuer", "audience", "jwks_url",
//! "algorithms"?: ["RS256", "ES256", "EdDSA"]}]}`; the answer has the key's text, this once.

use http::{Uri, uri::Authority};
use rol_app::{App, NewIssuer, NewTenant};
use rol_domain::{Error, Result, error::pointer_token, limits::MAX_ISSUERS, tenant::Algorithm, text::Label};
use rol_http::{Event, Field, Fields};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
struct NewTenantBody {
    #[serde(default)]
    name: Field<Label>,
    #[serde(default)]
    key_label: Field<Label>,
    #[serde(default)]
    issuers: Field<Vec<IssuerBody>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, Deserialize, Clone, PartialEq)]
#[serde(deny_unknown_fields)]
struct IssuerBody {
    issuer: String,
    audience: String,
    jwks_url: String,
    algorithms: Option<Vec<Algorithm>>,
}

pub(crate) async fn create(app: App, event: Event) -> Result<Value> {
    let body = NewTenantBody::deserialize(event).map_err(|error| Error::invalid("", error))?;
    let made = app.create_tenant(body.parse()?).await?;
    let issuers: Vec<Value> = made
        .issuers
        .iter()
        .map(|issuer| {
            let (iss, aud, url) = (&issuer.issuer, &issuer.audience, &issuer.jwks_url);
            json!({"issuer": iss, "audience": aud, "jwks_url": url, "algorithms": issuer.algorithms})
        })
        .collect();
    Ok(json!({
        "tenant_id": made.tenant.id,
        "name": made.tenant.name,
        "key_id": made.key.id,
        "key": made.key_text.expose(),
        "issuers": issuers,
    }))
}

impl NewTenantBody {
    fn parse(self) -> Result<NewTenant> {
        let mut fields = Fields::default();
        let name = fields.required("name", self.name);
        let key_label = fields.optional("key_label", self.key_label);
        let issuers = fields.optional("issuers", self.issuers).unwrap_or_default();
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        if issuers.len() > MAX_ISSUERS {
            errors.body("/issuers", format_args!("expected at most {MAX_ISSUERS}, found {}", issuers.len()));
        }
        for (index, issuer) in issuers.iter().enumerate() {
            let mut refuse =
                |field: &str, why: &str| errors.body(format!("/issuers/{index}{}", pointer_token(field)), why);
            if issuer.issuer.is_empty() {
                refuse("issuer", "expected the iss of its tokens, found nothing");
            }
            if issuer.audience.is_empty() {
                refuse("audience", "expected the aud of its tokens, found nothing");
            }
            if !is_key_set_url(&issuer.jwks_url) {
                refuse("jwks_url", "expected an https URL (http on this machine only)");
            }
            let same = |other: &IssuerBody| (&other.issuer, &other.audience) == (&issuer.issuer, &issuer.audience);
            if issuers[..index].iter().any(same) {
                refuse("audience", "expected another one: this issuer is named with it before");
            }
            if issuer.algorithms.as_ref().is_some_and(Vec::is_empty) {
                refuse("algorithms", "expected at least one of RS256, ES256, EdDSA");
            }
        }
        let key_label = match key_label {
            Some(label) => label,
            None => Label::parse("first admin key").map_err(|error| Error::internal("naming a key", error))?,
        };
        let issuers = issuers.into_iter().map(NewIssuer::from).collect();
        match name {
            Some(name) => errors.or(NewTenant { name, key_label, issuers }),
            None => Err(Error::Invalid(errors)),
        }
    }
}

impl From<IssuerBody> for NewIssuer {
    fn from(body: IssuerBody) -> Self {
        let all = || vec![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
        let IssuerBody { issuer, audience, jwks_url, algorithms } = body;
        Self { issuer, audience, jwks_url, algorithms: algorithms.unwrap_or_else(all) }
    }
}

/// Keys that arrive without TLS could be anybody's, except from this very machine. A URL with a user is refused: what
/// stands before its `@` looks like a host and is none.
fn is_key_set_url(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else { return false };
    let host = url.authority().filter(|authority| !authority.as_str().contains('@')).map_or("", Authority::host);
    match url.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => matches!(host, "127.0.0.1" | "localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: Value) -> Result<NewTenant> {
        NewTenantBody::deserialize(body).expect("fields never fail").parse()
    }

    fn issuer(url: &str) -> Value {
        json!({"issuer": "https://id.example", "audience": "rol", "jwks_url": url})
    }

    #[test]
    fn a_tenant_needs_a_name_only() {
        let new = parse(json!({"name": "Acme"})).expect("valid");
        assert_eq!((new.name.as_str(), new.key_label.as_str(), new.issuers.len()), ("Acme", "first admin key", 0));
    }

    #[test]
    fn keys_come_by_tls_or_from_this_machine() {
        for (url, fine) in [
            ("https://id.example/jwks", true),
            ("http://127.0.0.1:3000/jwks", true),
            ("http://id.example/jwks", false),
            ("http://127.0.0.1.id.example/jwks", false),
            ("https://", false),
        ] {
            assert_eq!(parse(json!({"name": "Acme", "issuers": [issuer(url)]})).is_ok(), fine, "{url}");
        }
    }

    #[test]
    fn issuers_are_counted_to_the_limit() {
        let numbered = |n: usize| {
            let mut issuer = issuer("https://id.example/jwks");
            issuer["audience"] = json!(n.to_string());
            issuer
        };
        let many = |n| parse(json!({"name": "Acme", "issuers": (0..n).map(numbered).collect::<Vec<_>>()}));
        assert!(many(MAX_ISSUERS).is_ok());
        assert!(many(MAX_ISSUERS + 1).is_err());
    }
}
