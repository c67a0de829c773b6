//! Key sets (RFC 7517): which keys are used, how long they are kept, and providers that are down or mean harm.

use super::{REFUSED, assert_refused, of};
use crate::support::{Draft, Page, Provider, SigningKey, Stack, with};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use rol_domain::limits::{ISSUER_CACHE_S, JWKS_REFETCH_S, MAX_JWKS_BYTES};
use rstest::rstest;
use serde_json::{Value, json};

fn jwk(key: SigningKey, more: Value) -> Value {
    with(key.jwk(), more)
}

/// A 1,024-bit modulus that looks like one of 2,048 bits.
fn weak_and_long() -> Value {
    let key = SigningKey::Rsa1024.jwk();
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().expect("a text")).expect("base64url");
    with(key, json!({"n": URL_SAFE_NO_PAD.encode([vec![0; 128], modulus].concat())}))
}

/// A zero byte at the end that does not belong there.
fn longer(key: SigningKey, member: &str) -> Value {
    let jwk = key.jwk();
    let bytes = URL_SAFE_NO_PAD.decode(jwk[member].as_str().expect("a text")).expect("base64url");
    with(jwk, json!({member: URL_SAFE_NO_PAD.encode([&bytes[..], &[0]].concat())}))
}

fn secret(kid: SigningKey) -> Value {
    json!({"kty": "oct", "k": "c2VjcmV0", "kid": kid.id()})
}

#[rstest]
#[case::no_keys(SigningKey::Ed25519, vec![])]
#[case::another_key(SigningKey::Ed25519, vec![jwk(SigningKey::OtherEd25519, json!({"kid": "ed25519"}))])]
#[case::no_id(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"kid": null}))])]
#[case::id_that_is_no_text(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"kid": 1}))])]
#[case::for_encryption(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"use": "enc"}))])]
#[case::for_something_else(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"use": "tls"}))])]
#[case::to_encrypt(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"key_ops": ["encrypt", "wrapKey"]}))])]
#[case::to_do_nothing(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"key_ops": []}))])]
#[case::other_algorithm(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"alg": "PS256"}))])]
#[case::unknown_algorithm(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"alg": "RS1"}))])]
#[case::encryption_algorithm(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"alg": "RSA-OAEP"}))])]
#[case::weak(SigningKey::Rsa1024, vec![SigningKey::Rsa1024.jwk()])]
#[case::weak_and_long(SigningKey::Rsa1024, vec![weak_and_long()])]
#[case::other_curve(SigningKey::P256, vec![jwk(SigningKey::P384, json!({"kid": "p-256"}))])]
#[case::other_curves_name(SigningKey::P256, vec![jwk(SigningKey::P256, json!({"crv": "secp256k1"}))])]
#[case::point_off_the_curve(SigningKey::P256, vec![jwk(SigningKey::P256, json!({"x": SigningKey::P256.jwk()["y"]}))])]
#[case::secret(SigningKey::Ed25519, vec![secret(SigningKey::Ed25519)])]
#[case::no_kind(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"kty": null}))])]
#[case::other_kind(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"kty": "EC"}))])]
#[case::key_cut_short(SigningKey::Ed25519, vec![jwk(SigningKey::Ed25519, json!({"x": "AAAA"}))])]
#[case::key_too_long(SigningKey::Ed25519, vec![longer(SigningKey::Ed25519, "x")])]
#[case::coordinate_cut_short(SigningKey::P256, vec![jwk(SigningKey::P256, json!({"y": "AAAA"}))])]
#[case::coordinate_too_long(SigningKey::P256, vec![longer(SigningKey::P256, "x")])]
#[case::no_modulus(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"n": ""}))])]
#[case::no_exponent(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"e": ""}))])]
#[case::exponent_zero(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"e": "AA"}))])]
#[case::exponent_one(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"e": "AQ"}))])]
#[case::exponent_huge(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"e": "_".repeat(340)}))])]
#[case::modulus_even(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"n": "_".repeat(340) + "AA"}))])]
#[case::modulus_huge(SigningKey::Rsa2048, vec![jwk(SigningKey::Rsa2048, json!({"n": "_".repeat(40_000)}))])]
#[case::no_key_at_all(SigningKey::Ed25519, vec![json!({}), json!(null), json!("ed25519"), json!([])])]
#[tokio::test]
async fn a_key_that_is_not_for_this_is_not_used(#[case] key: SigningKey, #[case] keys: Vec<Value>) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, keys).await;
    let token = provider.draft(key).token();
    assert_refused(&provider.me(&token).await, REFUSED);
    let good = SigningKey::P256;
    if key == SigningKey::Ed25519 {
        // Beside it another key is used all the same.
        provider.rotate([json!({"kty": "oct"}), good.jwk()]);
        stack.advance(TimeDelta::seconds(JWKS_REFETCH_S));
        assert_eq!(provider.me(provider.draft(good).token()).await.status, 200);
    }
}

#[rstest]
#[case::for_signatures(json!({"use": "sig"}))]
#[case::to_verify(json!({"key_ops": ["verify"]}))]
#[case::of_the_algorithm(json!({"alg": "RS256"}))]
#[case::with_everything(json!({"use": "sig", "alg": "RS256", "x5t": "dGh1bWI", "x5c": ["MIIB"], "colour": "red"}))]
#[tokio::test]
async fn a_key_that_says_what_it_is_for_is_used_for_it(#[case] more: Value) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [jwk(SigningKey::Rsa2048, more)]).await;
    assert_eq!(provider.me(provider.draft(SigningKey::Rsa2048).token()).await.status, 200);
}

#[tokio::test]
async fn a_token_without_a_key_id_does_not_try_keys() {
    let stack = Stack::start();
    let keys = [SigningKey::Ed25519, SigningKey::OtherEd25519];
    let (provider, _) = Provider::trusted(&stack, keys.map(SigningKey::jwk)).await;
    for key in keys {
        assert_refused(&provider.me(provider.draft(key).without_header("kid").token()).await, REFUSED);
        assert_eq!(provider.me(provider.draft(key).token()).await.status, 200);
    }
}

fn padded(size: usize) -> Page {
    let document = json!({"keys": [SigningKey::Ed25519.jwk()]}).to_string();
    Page::Body(format!("{document}{}", " ".repeat(size - document.len())).into_bytes())
}

#[rstest]
#[case::unreachable(Page::Unreachable)]
#[case::server_error(Page::Status(500))]
#[case::not_found(Page::Status(404))]
#[case::elsewhere(Page::Status(302))]
#[case::no_content(Page::Status(204))]
#[case::nothing(Page::Body(vec![]))]
#[case::markup(Page::Body(b"<html>".to_vec()))]
#[case::null(Page::from(json!(null)))]
#[case::no_set(Page::from(json!({})))]
#[case::no_list(Page::from(json!({"keys": {}})))]
#[case::cut_short(Page::Body(br#"{"keys":["#.to_vec()))]
#[case::too_large(padded(MAX_JWKS_BYTES + 1))]
#[case::far_too_large(padded(20 * MAX_JWKS_BYTES))]
#[tokio::test]
async fn a_provider_that_fails_is_waited_for(#[case] page: Page) {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    stack.wire.serve(&provider.jwks_url, page);
    let token = provider.draft(SigningKey::Ed25519).token();
    for _ in 0..2 {
        let answer = provider.me(&token).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
        assert_eq!(answer.json()["detail"], "try again in a moment");
    }
    provider.rotate([SigningKey::Ed25519.jwk()]);
    assert_eq!(provider.me(&token).await.status, 200, "it was not kept");
    assert_eq!(stack.wire.take_fetches(), vec![provider.jwks_url.clone(); 3]);
}

#[tokio::test]
async fn a_key_set_is_as_large_as_its_limit_and_no_larger() {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, []).await;
    stack.wire.serve(&provider.jwks_url, padded(MAX_JWKS_BYTES));
    assert_eq!(provider.me(provider.draft(SigningKey::Ed25519).token()).await.status, 200);
}

/// A warm container: what the last token took in calls and fetches.
struct Warm<'a> {
    stack: &'a Stack,
    provider: Provider<'a>,
}

impl<'a> Warm<'a> {
    async fn start(stack: &'a Stack) -> Self {
        let (provider, _) = Provider::trusted(stack, [SigningKey::Ed25519.jwk()]).await;
        stack.wire.take();
        let warm = Self { stack, provider };
        assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 1, 1));
        warm
    }

    /// The status of a token of this key, and the calls and fetches that it took.
    async fn show(&self, key: SigningKey) -> (u16, usize, usize) {
        let answer = self.provider.me(self.draft(key).token()).await;
        (answer.status.as_u16(), self.stack.wire.take().len(), self.stack.wire.take_fetches().len())
    }

    /// An application's, which the directory does not know.
    fn draft(&self, key: SigningKey) -> Draft {
        let draft = of(self.provider.draft(SigningKey::Ed25519), key);
        draft.with("role", "application").with("app_id", "lms").with("scope", "records:read")
    }

    fn advance(&self, seconds: i64) {
        self.stack.advance(TimeDelta::seconds(seconds));
    }
}

#[tokio::test]
async fn issuer_and_keys_are_asked_for_every_five_minutes() {
    assert_eq!(ISSUER_CACHE_S, 300);
    let stack = Stack::start();
    let warm = Warm::start(&stack).await;
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
    warm.advance(290);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
    warm.advance(10);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 1, 1));
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
}

#[tokio::test]
async fn unknown_key_ids_cost_one_fetch_in_thirty_seconds() {
    assert_eq!(JWKS_REFETCH_S, 30);
    let stack = Stack::start();
    let warm = Warm::start(&stack).await;
    for _ in 0..3 {
        assert_eq!(warm.show(SigningKey::OtherEd25519).await, (401, 0, 0));
    }
    warm.advance(30);
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (401, 0, 1));
    warm.advance(20);
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (401, 0, 0));
    warm.advance(10);
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (401, 0, 1));
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
}

#[tokio::test]
async fn a_provider_may_rotate_its_keys() {
    let stack = Stack::start();
    let warm = Warm::start(&stack).await;
    // First it announces the new key beside the old one.
    warm.provider.rotate([SigningKey::Ed25519, SigningKey::OtherEd25519].map(SigningKey::jwk));
    warm.advance(30);
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (200, 0, 1));
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
    // Then it takes the old one back, which lives on for as long as the set is kept, and no longer.
    warm.provider.rotate([SigningKey::OtherEd25519.jwk()]);
    warm.advance(290);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 1, 0), "the issuer is five minutes old, the set is not");
    warm.advance(10);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (401, 0, 1));
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (200, 0, 0));
}

#[tokio::test]
async fn keys_that_are_known_outlive_a_provider_that_is_down() {
    let stack = Stack::start();
    let warm = Warm::start(&stack).await;
    stack.wire.serve(&warm.provider.jwks_url, Page::Unreachable);
    warm.advance(200);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
    // An unknown key may be the next one: whether it is cannot be said, and is asked once in thirty seconds.
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (503, 0, 1));
    for _ in 0..3 {
        assert_eq!(warm.show(SigningKey::OtherEd25519).await, (503, 0, 0));
    }
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 0));
    warm.advance(30);
    assert_eq!(warm.show(SigningKey::OtherEd25519).await, (503, 0, 1));
    // Five minutes after they came the keys are not trusted any longer.
    warm.advance(70);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (503, 1, 1));
    warm.provider.rotate([SigningKey::Ed25519.jwk()]);
    assert_eq!(warm.show(SigningKey::Ed25519).await, (200, 0, 1));
}

#[tokio::test]
async fn each_container_asks_for_itself() {
    let stack = Stack::start();
    let warm = Warm::start(&stack).await;
    let token = warm.draft(SigningKey::Ed25519).token();
    let list = crate::support::Caller::bearer(&stack, token).get("/v1/learning-records?person_id=ada").send().await;
    assert_eq!(list.status, 200);
    assert_eq!((stack.wire.take().len(), stack.wire.take_fetches().len()), (2, 1));
}
