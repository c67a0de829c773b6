//! Who a caller is: what is taken for a credential, what is not, and what finding out costs.

mod claims;
mod credentials;
mod directory;
mod forms;
mod headers;
mod key_sets;
mod keys;
mod rights;
mod signatures;
mod tokens;

use crate::support::{Answer, Draft, Provider, SigningKey, Stack};

/// A forgery: a valid token turned into one that must be refused.
type Attack = fn(Draft) -> String;

/// What refusing a token in a cold container takes: calls to DynamoDB and fetches of the provider's key set.
type Effort = (usize, usize);

/// Refused for what it is, before anything is looked up.
const UNREAD: Effort = (0, 0);
/// Refused once its issuer was looked up.
const UNTRUSTED: Effort = (1, 0);
/// Refused with the provider's keys at hand.
const UNVERIFIED: Effort = (1, 1);

/// What is said of every token, whatever is wrong with it.
const REFUSED: &str = "the token is not valid";

/// What is said of every API key, whatever is wrong with it.
const KEY_REFUSED: &str = "the API key is not valid";

/// Asserts that an answer is the refusal with this detail, to the byte but for the request's id.
fn assert_refused(answer: &Answer, detail: &str) {
    let body = [
        r#"{"type":"urn:records-of-learning:problem:unauthorized","title":"Unauthorized","status":401,"#,
        &format!(r#""detail":"{detail}","instance":"urn:records-of-learning:request:<request id>","#),
        r#""request_id":"<request id>"}"#,
    ];
    let headers = [
        ("cache-control", "private, no-cache"),
        ("content-type", "application/problem+json"),
        ("www-authenticate", "Bearer"),
        ("x-content-type-options", "nosniff"),
    ];
    let (status, mut found, text) = answer.anonymous();
    found.sort();
    found.retain(|(name, _)| name != "content-length");
    assert_eq!((status, text), (401, body.concat()));
    assert_eq!(found, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

/// Shows a forgery to a cold container, and an honest token to the same one afterwards.
async fn assert_fails(attack: Attack, (calls, fetches): Effort) {
    let stack = Stack::start();
    let keys = [SigningKey::Ed25519, SigningKey::P256, SigningKey::Rsa2048].map(SigningKey::jwk);
    let (provider, _) = Provider::trusted(&stack, keys).await;
    let honest = provider.draft(SigningKey::Ed25519);
    let forged = attack(honest.clone());
    stack.wire.take();
    let answer = provider.me(&forged).await;
    assert_refused(&answer, REFUSED);
    assert_eq!(stack.wire.take().len(), calls, "calls");
    assert_eq!(stack.wire.take_fetches(), vec![provider.jwks_url.clone(); fetches]);
    assert_eq!(provider.me(honest.token()).await.status, 200, "an honest token passes before and after");
}

/// The same draft for another key of the provider, with nothing wrong.
fn of(draft: Draft, key: SigningKey) -> Draft {
    draft.with_header("alg", format!("{:?}", key.algorithm())).with_header("kid", key.id()).signed_by(key)
}
