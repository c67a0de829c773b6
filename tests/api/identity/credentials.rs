//! Where a credential stands in a request (RFC 6750 §2.1), and where none does.

use super::{KEY_REFUSED, REFUSED, assert_refused};
use crate::support::{Caller, Stack, Tenant};
use rol_domain::Role;
use rstest::rstest;

/// What is said of a request without a credential.
const MISSING: &str = "expected Authorization: Bearer <token or API key>";
/// What is said of a request with two.
const SEVERAL: &str = "expected one credential, found several";

/// A token of the tenant's admin.
fn token(tenant: &Tenant<'_>) -> String {
    let claims = rol_local::Claims { sub: "ada".into(), role: Role::Admin, app_id: None, scope: None };
    let (issuer, now) = (&tenant.stack.engines.issuer, tenant.stack.now());
    issuer.token(&tenant.audience, &claims, now, chrono::TimeDelta::hours(1)).expect("a token")
}

/// `{token}` and `{key}` stand for the tenant's.
fn filled(text: &str, tenant: &Tenant<'_>) -> String {
    text.replace("{token}", &token(tenant)).replace("{key}", &tenant.key)
}

type Headers = &'static [(&'static str, &'static str)];

#[rstest]
#[case::token(&[("authorization", "Bearer {token}")])]
#[case::key(&[("authorization", "Bearer {key}")])]
#[case::lower_case(&[("authorization", "bearer {token}")])]
#[case::upper_case(&[("authorization", "BEARER {key}")])]
#[case::spaces(&[("authorization", "Bearer   {token}")])]
#[case::own_header(&[("x-api-key", "{key}")])]
#[tokio::test]
async fn a_credential_is_a_bearer_or_a_key(#[case] headers: Headers) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let request = headers.iter().fold(Caller::nobody(&stack).get("/v1/me"), |request, (name, value)| {
        request.header(name, filled(value, &tenant))
    });
    assert_eq!(request.send().await.status, 200);
}

#[rstest]
#[case::none(&[], MISSING)]
#[case::empty(&[("authorization", "")], MISSING)]
#[case::scheme_only(&[("authorization", "Bearer")], MISSING)]
#[case::scheme_and_spaces(&[("authorization", "Bearer  ")], MISSING)]
#[case::no_scheme(&[("authorization", "{token}")], MISSING)]
#[case::key_without_a_scheme(&[("authorization", "{key}")], MISSING)]
#[case::basic(&[("authorization", "Basic {token}")], MISSING)]
#[case::digest(&[("authorization", "DPoP {token}")], MISSING)]
#[case::longer_scheme(&[("authorization", "Bearers {token}")], MISSING)]
#[case::tab(&[("authorization", "Bearer\t{token}")], MISSING)]
#[case::colon(&[("authorization", "Bearer:{token}")], MISSING)]
#[case::not_ascii(&[("authorization", "Bearer é")], MISSING)]
#[case::key_not_ascii(&[("x-api-key", "ключ")], MISSING)]
#[case::proxys(&[("proxy-authorization", "Bearer {token}")], MISSING)]
#[case::forwarded(&[("x-forwarded-authorization", "Bearer {token}")], MISSING)]
#[case::amazons(&[("x-amz-security-token", "{token}")], MISSING)]
#[case::cookie(&[("cookie", "authorization=Bearer {token}")], MISSING)]
#[case::rest(&[("authorization", "Bearer {token} {token}")], REFUSED)]
#[case::two_tokens(&[("authorization", "Bearer {token}"), ("authorization", "Bearer {token}")], REFUSED)]
#[case::token_in_the_keys_header(&[("x-api-key", "{token}")], KEY_REFUSED)]
#[case::bearer_in_the_keys_header(&[("x-api-key", "Bearer {key}")], KEY_REFUSED)]
#[case::empty_key(&[("x-api-key", "")], KEY_REFUSED)]
#[case::two_keys(&[("x-api-key", "{key}"), ("x-api-key", "{key}")], KEY_REFUSED)]
#[case::two_keys_as_bearer(&[("authorization", "Bearer {key}"), ("authorization", "Bearer {key}")], KEY_REFUSED)]
#[case::token_and_key(&[("authorization", "Bearer {token}"), ("x-api-key", "{key}")], SEVERAL)]
#[case::key_and_key(&[("authorization", "Bearer {key}"), ("x-api-key", "{key}")], SEVERAL)]
#[case::basic_and_key(&[("authorization", "Basic YTpi"), ("x-api-key", "{key}")], SEVERAL)]
#[case::token_and_nothing(&[("authorization", "Bearer {token}"), ("x-api-key", "")], SEVERAL)]
#[tokio::test]
async fn anything_else_is_none_and_costs_nothing(#[case] headers: Headers, #[case] refusal: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    let request = headers.iter().fold(Caller::nobody(&stack).get("/v1/me"), |request, (name, value)| {
        request.header(name, filled(value, &tenant))
    });
    assert_refused(&request.send().await, refusal);
    assert!(stack.wire.take().is_empty() && stack.wire.take_fetches().is_empty());
}

#[tokio::test]
async fn a_query_holds_no_credential() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for name in ["access_token", "token", "api_key", "x-api-key", "authorization"] {
        for value in [token(&tenant), tenant.key.clone()] {
            let answer = Caller::nobody(&stack).get(format!("/v1/me?{name}={value}")).send().await;
            assert_refused(&answer, MISSING);
        }
    }
}

#[tokio::test]
async fn what_else_is_wrong_is_not_said_to_nobody() {
    let stack = Stack::start();
    stack.wire.take();
    let nobody = Caller::nobody(&stack);
    for request in [
        nobody.get("/v1/learning-records?limit=0&colour=red"),
        nobody.get("/v1/learning-records/nonsense"),
        nobody.post("/v1/learning-records", &serde_json::json!({})).bytes("{"),
        nobody.post("/v1/learning-records", &serde_json::json!({})).bytes(" ".repeat(100_000)),
        nobody.post("/v1/api-keys", &serde_json::json!({"label": ""})),
        nobody.patch("/v1/api-keys/nonsense", &serde_json::json!({})).without("content-type"),
    ] {
        assert_refused(&request.send().await, MISSING);
    }
    assert!(stack.wire.take().is_empty());
}
