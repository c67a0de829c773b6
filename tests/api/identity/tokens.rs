//! Tokens that are taken: every algorithm, every role, and whatever RFC 7519 leaves to the issuer.

use super::{REFUSED, assert_refused, of};
use crate::support::{Answer, Draft, Provider, SigningKey, Stack};
use chrono::{SubsecRound, TimeDelta};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::rs256(SigningKey::Rsa2048)]
#[case::es256(SigningKey::P256)]
#[case::eddsa(SigningKey::Ed25519)]
#[tokio::test]
async fn a_token_of_each_algorithm_is_taken(#[case] key: SigningKey) {
    let stack = Stack::start();
    let (provider, tenant) = Provider::trusted(&stack, [key.jwk()]).await;
    let answer = provider.me(provider.draft(key).token()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let me = answer.json();
    let known = ["tenant_id", "actor", "role"].map(|name| me[name].clone());
    assert_eq!(known, [json!(tenant), json!("root@example.com"), json!("admin")]);
}

type Change = fn(Draft) -> Draft;

#[rstest]
#[case::no_key_id(|d: Draft| d.without_header("kid"))]
#[case::no_type(|d: Draft| d.without_header("typ"))]
#[case::type_in_lower_case(|d: Draft| d.with_header("typ", "jwt"))]
#[case::access_token(|d: Draft| d.with_header("typ", "at+jwt"))]
#[case::access_token_in_full(|d: Draft| d.with_header("typ", "application/at+jwt"))]
#[case::unknown_header(|d: Draft| d.with_header("x", json!({"y": [1, 2]})))]
#[case::thumbprint(|d: Draft| d.with_header("x5t", "dGh1bWI"))]
#[case::audience_in_a_list(|d: Draft| d.with("aud", json!(["api"])))]
#[case::audience_second(|d: Draft| d.with("aud", json!(["mail", "api"])))]
#[case::audience_last_that_counts(|d: Draft| d.with("aud", json!(["a", "b", "c", "api"])))]
#[case::no_issue_instant(|d: Draft| d.without("iat"))]
#[case::not_before_in_the_past(|d: Draft| d.with("nbf", 0))]
#[case::fraction_of_a_second(|d: Draft| {
    let exp = d.claims["exp"].as_f64().expect("a number");
    d.with("exp", exp + 0.5)
})]
#[case::end_far_away(|d: Draft| d.with("exp", 9_007_199_254_740_993_i64))]
#[case::optional_claims_null(|d: Draft| {
    d.with("nbf", Value::Null).with("app_id", Value::Null).with("scope", Value::Null).with("tenant_id", Value::Null)
})]
#[case::unknown_claims(|d: Draft| d.with("groups", json!(["a", "b"])).with("actor", "bob").with("rights", json!([])))]
#[case::members_in_another_order(|d: Draft| {
    let Value::Object(claims) = d.claims.clone() else { panic!("an object") };
    Draft { claims: Value::Object(claims.into_iter().rev().collect()), ..d }
})]
#[tokio::test]
async fn a_token_may_vary(#[case] change: Change) {
    let stack = Stack::start();
    let (provider, tenant) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let answer = provider.me(change(provider.draft(SigningKey::Ed25519)).token()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let me = answer.json();
    assert_eq!(
        (&me["tenant_id"], &me["actor"], &me["role"]),
        (&json!(tenant), &json!("root@example.com"), &json!("admin"))
    );
}

#[rstest]
#[case::shortest("a")]
#[case::longest(&"s".repeat(128))]
#[case::pairwise("auth0|507f1f77bcf86cd799439020")]
#[case::separators("T#x#P#y")]
#[case::all_visible("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")]
#[tokio::test]
async fn a_subject_comes_back_as_it_was(#[case] sub: &str) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let answer = provider.me(provider.draft(SigningKey::Ed25519).with("sub", sub).token()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["actor"]), (200, &json!(sub)));
}

/// The answer to a token with this claim so many seconds from now, given within the second in which it was made.
async fn at(provider: &Provider<'_>, stack: &Stack, claim: &str, seconds: i64) -> Answer {
    loop {
        // From the start of a second nearly all of it is left.
        let now = stack.now();
        stack.advance(now.trunc_subsecs(0) + TimeDelta::seconds(1) - now);
        let draft = provider.draft(SigningKey::Ed25519);
        let second = draft.claims["iat"].as_i64().expect("a number");
        let answer = provider.me(draft.with(claim, second + seconds).token()).await;
        if stack.now().timestamp() == second {
            return answer;
        }
    }
}

#[rstest]
#[case::expired("exp", -59, -60)]
#[case::not_begun("nbf", 60, 61)]
#[case::not_issued("iat", 60, 61)]
#[tokio::test]
async fn clocks_may_differ_by_a_minute(#[case] claim: &str, #[case] within: i64, #[case] past: i64) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    assert_eq!(at(&provider, &stack, claim, within).await.status, 200);
    assert_refused(&at(&provider, &stack, claim, past).await, REFUSED);
}

#[tokio::test]
async fn a_token_ends_in_a_warm_container_too() {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let token = provider.draft(SigningKey::Ed25519).token();
    assert_eq!(provider.me(&token).await.status, 200);
    stack.advance(TimeDelta::minutes(60));
    assert_eq!(provider.me(&token).await.status, 200, "within the leeway");
    stack.advance(TimeDelta::seconds(60));
    assert_refused(&provider.me(&token).await, REFUSED);
}

#[tokio::test]
async fn a_set_may_hold_a_key_of_each_kind_under_one_id() {
    let stack = Stack::start();
    let kinds = [SigningKey::Rsa2048, SigningKey::P256, SigningKey::Ed25519];
    let named = |key: SigningKey| crate::support::with(key.jwk(), json!({"kid": "2026"}));
    let (provider, _) = Provider::trusted(&stack, kinds.map(named)).await;
    for key in kinds {
        let draft = of(provider.draft(SigningKey::Ed25519), key);
        assert_eq!(provider.me(draft.clone().with_header("kid", "2026").token()).await.status, 200, "{key:?}");
        assert_eq!(provider.me(draft.without_header("kid").token()).await.status, 200, "{key:?}, the only one");
    }
}
