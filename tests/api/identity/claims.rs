//! Tokens that are signed as they should be and say what they should not (RFC 7519 §4.1).

use super::{Attack, Effort, REFUSED, UNREAD, UNTRUSTED, UNVERIFIED, assert_fails, assert_refused};
use crate::support::{Draft, Provider, SigningKey, Stack, seal, with};
use rstest::rstest;
use serde_json::{Value, json};

fn claim(draft: Draft, name: &str, value: impl Into<Value>) -> String {
    draft.with(name, value).token()
}

fn without(draft: Draft, name: &str) -> String {
    draft.without(name).token()
}

/// The provider's issuer with something behind it.
fn issuer(draft: Draft, suffix: &str) -> String {
    let issuer = draft.claims["iss"].as_str().expect("a text").to_owned() + suffix;
    claim(draft, "iss", issuer)
}

#[rstest]
#[case::missing(|d: Draft| without(d, "iss"), UNREAD)]
#[case::null(|d: Draft| claim(d, "iss", Value::Null), UNREAD)]
#[case::list(|d: Draft| { let iss = d.claims["iss"].clone(); claim(d, "iss", json!([iss])) }, UNREAD)]
#[case::nothing(|d: Draft| claim(d, "iss", ""), UNTRUSTED)]
#[case::unregistered(|d: Draft| claim(d, "iss", "https://evil.example"), UNTRUSTED)]
#[case::trailing_slash(|d: Draft| issuer(d, "/"), UNTRUSTED)]
#[case::trailing_space(|d: Draft| issuer(d, " "), UNTRUSTED)]
#[case::subdomain_of_another(|d: Draft| issuer(d, ".evil.example"), UNTRUSTED)]
#[case::fragment(|d: Draft| issuer(d, "#"), UNTRUSTED)]
#[case::nul(|d: Draft| issuer(d, "\0"), UNTRUSTED)]
#[case::upper_case(|d: Draft| {
    let iss = d.claims["iss"].as_str().expect("a text").to_uppercase();
    claim(d, "iss", iss)
}, UNTRUSTED)]
#[tokio::test]
async fn an_issuer_is_one_that_a_tenant_named(#[case] attack: Attack, #[case] effort: Effort) {
    assert_fails(attack, effort).await;
}

#[rstest]
#[case::missing(|d: Draft| without(d, "aud"), UNREAD)]
#[case::null(|d: Draft| claim(d, "aud", Value::Null), UNREAD)]
#[case::number(|d: Draft| claim(d, "aud", 1), UNREAD)]
#[case::object(|d: Draft| claim(d, "aud", json!({"api": true})), UNREAD)]
#[case::empty_list(|d: Draft| claim(d, "aud", json!([])), UNREAD)]
#[case::list_with_a_number(|d: Draft| claim(d, "aud", json!(["api", 1])), UNREAD)]
#[case::nested_list(|d: Draft| claim(d, "aud", json!([["api"]])), UNREAD)]
#[case::nothing(|d: Draft| claim(d, "aud", ""), UNTRUSTED)]
#[case::another(|d: Draft| claim(d, "aud", "billing"), UNTRUSTED)]
#[case::longer(|d: Draft| claim(d, "aud", "api2"), UNTRUSTED)]
#[case::upper_case(|d: Draft| claim(d, "aud", "API"), UNTRUSTED)]
#[case::list_in_a_text(|d: Draft| claim(d, "aud", r#"["api"]"#), UNTRUSTED)]
#[case::two_others(|d: Draft| claim(d, "aud", json!(["billing", "mail"])), (2, 0))]
#[case::many_others(|d: Draft| claim(d, "aud", vec!["billing"; 500]), (4, 0))]
#[case::after_the_last_that_counts(|d: Draft| claim(d, "aud", json!(["a", "b", "c", "d", "api"])), (4, 0))]
#[tokio::test]
async fn an_audience_is_the_one_that_the_tenant_named(#[case] attack: Attack, #[case] effort: Effort) {
    assert_fails(attack, effort).await;
}

fn now(draft: &Draft) -> i64 {
    draft.claims["iat"].as_i64().expect("a number")
}

/// A token whose claim is written as this JSON.
fn raw(draft: &Draft, name: &str, json: &str) -> String {
    let claims = draft.clone().with(name, "@").claims.to_string().replace("\"@\"", json);
    seal(draft.header.to_string(), claims, draft.key)
}

#[rstest]
#[case::exp_missing(|d: Draft| without(d, "exp"), UNREAD)]
#[case::exp_null(|d: Draft| claim(d, "exp", Value::Null), UNREAD)]
#[case::exp_text(|d: Draft| { let exp = d.claims["exp"].to_string(); claim(d, "exp", exp) }, UNREAD)]
#[case::exp_list(|d: Draft| { let exp = d.claims["exp"].clone(); claim(d, "exp", json!([exp])) }, UNREAD)]
#[case::exp_truth(|d: Draft| claim(d, "exp", true), UNREAD)]
#[case::exp_too_large_for_a_number(|d: Draft| raw(&d, "exp", "1e999"), UNREAD)]
#[case::exp_infinity(|d: Draft| raw(&d, "exp", "Infinity"), UNREAD)]
#[case::exp_not_a_number(|d: Draft| raw(&d, "exp", "NaN"), UNREAD)]
#[case::exp_zero(|d: Draft| claim(d, "exp", 0), UNVERIFIED)]
#[case::exp_negative(|d: Draft| claim(d, "exp", -1), UNVERIFIED)]
#[case::exp_negative_and_huge(|d: Draft| raw(&d, "exp", "-1e300"), UNVERIFIED)]
#[case::exp_tiny(|d: Draft| raw(&d, "exp", "1e-300"), UNVERIFIED)]
#[case::exp_an_hour_ago(|d: Draft| { let now = now(&d); claim(d, "exp", now - 3_600) }, UNVERIFIED)]
#[case::exp_just_past_the_leeway(|d: Draft| { let now = now(&d); claim(d, "exp", now - 60) }, UNVERIFIED)]
#[case::nbf_in_an_hour(|d: Draft| { let now = now(&d); claim(d, "nbf", now + 3_600) }, UNVERIFIED)]
#[case::nbf_far_away(|d: Draft| raw(&d, "nbf", "1e300"), UNVERIFIED)]
#[case::nbf_text(|d: Draft| claim(d, "nbf", "0"), UNREAD)]
#[case::iat_in_an_hour(|d: Draft| { let now = now(&d); claim(d, "iat", now + 3_600) }, UNVERIFIED)]
#[case::iat_in_milliseconds(|d: Draft| { let now = now(&d); claim(d, "iat", now * 1_000) }, UNVERIFIED)]
#[case::iat_text(|d: Draft| claim(d, "iat", "now"), UNREAD)]
#[tokio::test]
async fn a_token_has_its_time(#[case] attack: Attack, #[case] effort: Effort) {
    assert_fails(attack, effort).await;
}

#[rstest]
#[case::missing(|d: Draft| without(d, "sub"))]
#[case::null(|d: Draft| claim(d, "sub", Value::Null))]
#[case::empty(|d: Draft| claim(d, "sub", ""))]
#[case::number(|d: Draft| claim(d, "sub", 42))]
#[case::list(|d: Draft| claim(d, "sub", json!(["root@example.com"])))]
#[case::object(|d: Draft| claim(d, "sub", json!({"id": "root"})))]
#[case::too_long(|d: Draft| claim(d, "sub", "s".repeat(129)))]
#[case::with_a_space(|d: Draft| claim(d, "sub", "ada lovelace"))]
#[case::line_break(|d: Draft| claim(d, "sub", "ada\nadmin"))]
#[case::nul(|d: Draft| claim(d, "sub", "ada\0"))]
#[case::delete(|d: Draft| claim(d, "sub", "ada\u{7f}"))]
#[case::not_ascii(|d: Draft| claim(d, "sub", "аda"))]
#[case::right_to_left(|d: Draft| claim(d, "sub", "\u{202e}ada"))]
#[case::lone_surrogate(|d: Draft| raw(&d, "sub", r#""\ud800""#))]
#[tokio::test]
async fn a_subject_is_an_id(#[case] attack: Attack) {
    assert_fails(attack, UNREAD).await;
}

#[tokio::test]
async fn a_subject_is_no_key() {
    assert_fails(|d| claim(d, "sub", "key_01ARZ3NDEKTSV4RRFFQ69G5FAV"), UNVERIFIED).await;
}

#[rstest]
#[case::missing(|d: Draft| without(d, "role"))]
#[case::null(|d: Draft| claim(d, "role", Value::Null))]
#[case::empty(|d: Draft| claim(d, "role", ""))]
#[case::unknown(|d: Draft| claim(d, "role", "root"))]
#[case::capitalised(|d: Draft| claim(d, "role", "Admin"))]
#[case::with_a_space(|d: Draft| claim(d, "role", "admin "))]
#[case::two(|d: Draft| claim(d, "role", "admin,manager"))]
#[case::list(|d: Draft| claim(d, "role", json!(["admin"])))]
#[case::object(|d: Draft| claim(d, "role", json!({"admin": null})))]
#[case::number(|d: Draft| claim(d, "role", 0))]
#[case::truth(|d: Draft| claim(d, "role", true))]
#[case::app_id_empty(|d: Draft| claim(d.with("role", "application"), "app_id", ""))]
#[case::app_id_number(|d: Draft| claim(d, "app_id", 7))]
#[case::app_id_list(|d: Draft| claim(d, "app_id", json!(["lms"])))]
#[case::app_id_too_long(|d: Draft| claim(d, "app_id", "a".repeat(129)))]
#[case::scope_list(|d: Draft| claim(d, "scope", json!(["records:read"])))]
#[case::scope_number(|d: Draft| claim(d, "scope", 1))]
#[case::tenant_number(|d: Draft| claim(d, "tenant_id", 1))]
#[case::tenant_list(|d: Draft| claim(d, "tenant_id", json!([])))]
#[tokio::test]
async fn what_a_caller_is_stands_there_in_one_way(#[case] attack: Attack) {
    assert_fails(attack, UNREAD).await;
}

#[tokio::test]
async fn an_application_without_an_id_is_nobody() {
    assert_fails(|d| claim(d, "role", "application"), UNVERIFIED).await;
}

#[rstest]
#[case::role(r#""role":"student","role":"admin""#)]
#[case::role_the_other_way_round(r#""role":"admin","role":"student""#)]
#[case::role_spelt_otherwise(r#""role":"student","r\u006fle":"admin""#)]
#[case::something_else(r#""role":"admin","x":1,"x":1"#)]
#[case::something_inside(r#""role":"admin","x":[{"y":1,"y":2}]"#)]
#[tokio::test]
async fn a_claim_is_made_once(#[case] claims: &'static str) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let honest = provider.draft(SigningKey::Ed25519);
    let rest = honest.clone().without("role").claims.to_string();
    stack.wire.take();
    let twice = format!("{},{claims}}}", rest.trim_end_matches('}'));
    assert_refused(&provider.me(seal(honest.header.to_string(), twice, honest.key)).await, REFUSED);
    assert!(stack.wire.take().is_empty() && stack.wire.take_fetches().is_empty());
    let once = format!("{},\"role\":\"admin\"}}", rest.trim_end_matches('}'));
    assert_eq!(provider.me(seal(honest.header.to_string(), once, honest.key)).await.status, 200);
}

#[tokio::test]
async fn a_provider_speaks_for_its_own_tenant_alone() {
    let stack = Stack::start();
    let (mine, my_tenant) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let (_, other_tenant) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let claiming = |tenant: String| mine.draft(SigningKey::Ed25519).with("tenant_id", tenant).token();
    let own = mine.me(claiming(my_tenant.to_string())).await;
    assert_eq!((own.status.as_u16(), &own.json()["tenant_id"]), (200, &json!(my_tenant)));
    for tenant in [other_tenant.to_string(), my_tenant.to_uuid(), my_tenant.to_string().to_lowercase(), String::new()] {
        assert_refused(&mine.me(claiming(tenant)).await, REFUSED);
    }
}

#[tokio::test]
async fn a_key_of_one_provider_signs_nothing_of_anothers() {
    let stack = Stack::start();
    let (mine, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    // The other provider's key bears the same id.
    let stolen = with(SigningKey::OtherEd25519.jwk(), json!({"kid": SigningKey::Ed25519.id()}));
    let (other, other_tenant) = Provider::trusted(&stack, [stolen]).await;
    let theirs = other.draft(SigningKey::Ed25519).signed_by(SigningKey::OtherEd25519);
    assert_eq!(other.me(theirs.token()).await.json()["tenant_id"], json!(other_tenant));
    assert_refused(&mine.me(theirs.with("iss", mine.issuer.clone()).token()).await, REFUSED);
    assert_refused(&other.me(mine.draft(SigningKey::Ed25519).with("iss", other.issuer.clone()).token()).await, REFUSED);
}

#[tokio::test]
async fn one_provider_of_two_tenants_tells_them_apart_by_audience() {
    let stack = Stack::start();
    let provider = Provider::start(&stack, [SigningKey::Ed25519.jwk()]);
    let first = provider.tenant(with(provider.entry(), json!({"audience": "first"}))).await;
    let second = provider.tenant(with(provider.entry(), json!({"audience": "second"}))).await;
    let token = |audience: Value| provider.draft(SigningKey::Ed25519).with("aud", audience).token();
    for (audience, tenant) in [
        (json!("first"), first),
        (json!("second"), second),
        // Of several, the first that is known.
        (json!(["second", "first"]), second),
        (json!(["first", "second"]), first),
    ] {
        assert_eq!(provider.me(token(audience.clone())).await.json()["tenant_id"], json!(tenant), "{audience}");
    }
    let of_second = provider.draft(SigningKey::Ed25519).with("aud", "second").with("tenant_id", first.to_string());
    assert_refused(&provider.me(of_second.token()).await, REFUSED);
}

#[tokio::test]
async fn an_algorithm_that_the_tenant_did_not_name_is_not_tried() {
    let stack = Stack::start();
    let provider = Provider::start(&stack, [SigningKey::Ed25519, SigningKey::P256].map(SigningKey::jwk));
    provider.tenant(with(provider.entry(), json!({"algorithms": ["ES256"]}))).await;
    stack.wire.take();
    assert_refused(&provider.me(provider.draft(SigningKey::Ed25519).token()).await, REFUSED);
    assert_eq!((stack.wire.take().len(), stack.wire.take_fetches().len()), UNTRUSTED);
    assert_eq!(provider.me(provider.draft(SigningKey::P256).token()).await.status, 200);
}
