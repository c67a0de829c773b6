//! Tokens that lie in their header: the algorithm, the key, and what is to be understood (RFC 7515 §4, RFC 8725).

use super::{Attack, Effort, UNREAD, UNVERIFIED, assert_fails, of};
use crate::support::{Draft, SigningKey, seal};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rstest::rstest;
use serde_json::{Value, json};

/// Header and claims without a signature.
fn unsigned(draft: &Draft) -> String {
    let token = draft.token();
    token[..=token.rfind('.').expect("three parts")].to_owned()
}

/// Signed with a shared secret.
fn with_secret(draft: &Draft, algorithm: Algorithm, secret: &[u8]) -> String {
    let draft = draft.clone().with_header("alg", format!("{algorithm:?}"));
    let mut token = unsigned(&draft);
    token.pop();
    let key = EncodingKey::from_secret(secret);
    let signature = crypto::sign(token.as_bytes(), &key, algorithm).expect("a signature");
    format!("{token}.{signature}")
}

fn public(key: SigningKey, member: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(key.jwk()[member].as_str().expect("a text")).expect("base64url")
}

/// The RSA key as a `SubjectPublicKeyInfo` (RFC 5280 §4.1), for a modulus of 2,048 bits and the exponent 65537.
fn rsa_der() -> Vec<u8> {
    let algorithm = b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82\x01\x0f\x00";
    let numbers = b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00";
    [&algorithm[..], numbers, &public(SigningKey::Rsa2048, "n"), b"\x02\x03\x01\x00\x01"].concat()
}

fn pem(der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")).into_bytes()
}

/// For the shared secret to be of the key that the token names.
fn rsa(draft: Draft) -> Draft {
    of(draft, SigningKey::Rsa2048)
}

fn alg(draft: Draft, value: impl Into<Value>) -> String {
    draft.with_header("alg", value).token()
}

#[rstest]
#[case::none(|d: Draft| unsigned(&d.with_header("alg", "none")))]
#[case::none_capitalised(|d: Draft| unsigned(&d.with_header("alg", "None")))]
#[case::none_in_capitals(|d: Draft| unsigned(&d.with_header("alg", "NONE")))]
#[case::none_mixed(|d: Draft| unsigned(&d.with_header("alg", "nOnE")))]
#[case::none_without_a_key_id(|d: Draft| unsigned(&d.with_header("alg", "none").without_header("kid")))]
#[case::none_with_a_signature(|d: Draft| alg(d, "none"))]
#[case::nothing(|d: Draft| alg(d, ""))]
#[case::missing(|d: Draft| d.without_header("alg").token())]
#[case::null(|d: Draft| alg(d, Value::Null))]
#[case::number(|d: Draft| alg(d, 0))]
#[case::list(|d: Draft| alg(d, json!(["EdDSA"])))]
#[case::object(|d: Draft| alg(d, json!({"EdDSA": null})))]
#[case::lower_case(|d: Draft| alg(d, "eddsa"))]
#[case::with_a_space(|d: Draft| alg(d, "EdDSA "))]
#[case::secret_is_the_raw_ed25519_key(|d: Draft| with_secret(&d, Algorithm::HS256, &public(SigningKey::Ed25519, "x")))]
#[case::secret_is_the_modulus(|d: Draft| with_secret(&rsa(d), Algorithm::HS256, &public(SigningKey::Rsa2048, "n")))]
#[case::secret_is_der(|d: Draft| with_secret(&rsa(d), Algorithm::HS256, &rsa_der()))]
#[case::secret_is_pem(|d: Draft| with_secret(&rsa(d), Algorithm::HS256, &pem(&rsa_der())))]
#[case::secret_is_jwk(|d: Draft| {
    with_secret(&rsa(d), Algorithm::HS256, SigningKey::Rsa2048.jwk().to_string().as_bytes())
})]
#[case::secret_is_pem_for_hs384(|d: Draft| with_secret(&rsa(d), Algorithm::HS384, &pem(&rsa_der())))]
#[case::secret_is_pem_for_hs512(|d: Draft| with_secret(&rsa(d), Algorithm::HS512, &pem(&rsa_der())))]
#[case::secret_is_empty(|d: Draft| with_secret(&d, Algorithm::HS256, b""))]
#[case::rs384(|d: Draft| rsa(d).with_header("alg", "RS384").token())]
#[case::ps256(|d: Draft| rsa(d).with_header("alg", "PS256").token())]
#[case::es384(|d: Draft| of(d, SigningKey::P384).token())]
#[case::es256k(|d: Draft| of(d, SigningKey::P256).with_header("alg", "ES256K").token())]
#[tokio::test]
async fn another_algorithm_is_none(#[case] attack: Attack) {
    assert_fails(attack, UNREAD).await;
}

/// Header, key id and signature of three keys that may differ.
fn mixed(draft: Draft, algorithm: SigningKey, kid: SigningKey, signed_by: SigningKey) -> String {
    of(draft, algorithm).with_header("kid", kid.id()).signed_by(signed_by).token()
}

#[rstest]
#[case::rs256_of_an_ed25519_key(|d: Draft| mixed(d, SigningKey::Rsa2048, SigningKey::Ed25519, SigningKey::Ed25519))]
#[case::rs256_of_a_p256_key(|d: Draft| mixed(d, SigningKey::Rsa2048, SigningKey::P256, SigningKey::P256))]
#[case::es256_of_an_ed25519_key(|d: Draft| mixed(d, SigningKey::P256, SigningKey::Ed25519, SigningKey::Ed25519))]
#[case::es256_of_an_rsa_key(|d: Draft| mixed(d, SigningKey::P256, SigningKey::Rsa2048, SigningKey::Rsa2048))]
#[case::eddsa_of_a_p256_key(|d: Draft| mixed(d, SigningKey::Ed25519, SigningKey::P256, SigningKey::P256))]
#[case::eddsa_of_an_rsa_key(|d: Draft| mixed(d, SigningKey::Ed25519, SigningKey::Rsa2048, SigningKey::Rsa2048))]
#[case::ed25519_signature_for_rs256(|d: Draft| mixed(d, SigningKey::Rsa2048, SigningKey::Rsa2048, SigningKey::Ed25519))]
#[case::ed25519_signature_for_es256(|d: Draft| mixed(d, SigningKey::P256, SigningKey::P256, SigningKey::Ed25519))]
#[case::p256_signature_for_eddsa(|d: Draft| mixed(d, SigningKey::Ed25519, SigningKey::Ed25519, SigningKey::P256))]
#[case::p384_signature_for_es256(|d: Draft| mixed(d, SigningKey::P256, SigningKey::P256, SigningKey::P384))]
#[tokio::test]
async fn an_algorithm_belongs_to_its_kind_of_key(#[case] attack: Attack) {
    assert_fails(attack, UNVERIFIED).await;
}

/// Where an attacker would keep keys; `assert_fails` sees that nobody asks there.
const EVIL: &str = "https://evil.example/keys";

/// Signed by a key of the attacker's that the token brings along.
fn brought(draft: Draft, name: &str, value: impl Into<Value>) -> String {
    of(draft, SigningKey::OtherEd25519).with_header(name, value).token()
}

#[rstest]
#[case::jwk(|d: Draft| brought(d, "jwk", SigningKey::OtherEd25519.jwk()))]
#[case::jku(|d: Draft| brought(d, "jku", EVIL))]
#[case::x5u(|d: Draft| brought(d, "x5u", EVIL))]
#[case::x5c(|d: Draft| brought(d, "x5c", json!(["MIIB"])))]
#[case::jwk_under_the_providers_key_id(|d: Draft| {
    d.with_header("jwk", SigningKey::OtherEd25519.jwk()).signed_by(SigningKey::OtherEd25519).token()
})]
#[case::jwk_of_the_very_key(|d: Draft| d.with_header("jwk", SigningKey::Ed25519.jwk()).token())]
#[case::jku_though_correctly_signed(|d: Draft| d.with_header("jku", EVIL).token())]
#[case::jku_that_is_null(|d: Draft| d.with_header("jku", Value::Null).token())]
#[case::crit(|d: Draft| d.with_header("crit", json!(["exp"])).token())]
#[case::crit_empty(|d: Draft| d.with_header("crit", json!([])).token())]
#[case::crit_unknown(|d: Draft| d.with_header("crit", json!(["urn:example:bound"])).token())]
#[case::crit_and_b64(|d: Draft| d.with_header("crit", json!(["b64"])).with_header("b64", false).token())]
#[case::b64_false(|d: Draft| d.with_header("b64", false).token())]
#[case::b64_true(|d: Draft| d.with_header("b64", true).token())]
#[case::logout_token(|d: Draft| d.with_header("typ", "logout+jwt").token())]
#[case::security_event(|d: Draft| d.with_header("typ", "secevent+jwt").token())]
#[case::proof_of_possession(|d: Draft| d.with_header("typ", "dpop+jwt").token())]
#[case::encrypted(|d: Draft| d.with_header("typ", "JWE").token())]
#[case::typ_empty(|d: Draft| d.with_header("typ", "").token())]
#[case::typ_number(|d: Draft| d.with_header("typ", 1).token())]
#[tokio::test]
async fn a_token_brings_no_key_and_means_nothing_else(#[case] attack: Attack) {
    assert_fails(attack, UNREAD).await;
}

fn kid(draft: Draft, value: impl Into<Value>) -> String {
    draft.with_header("kid", value).token()
}

#[rstest]
#[case::unknown(|d: Draft| kid(d, "unknown"), UNVERIFIED)]
#[case::of_another_key(|d: Draft| kid(d, SigningKey::Rsa2048.id()), UNVERIFIED)]
#[case::empty(|d: Draft| kid(d, ""), UNVERIFIED)]
#[case::upper_case(|d: Draft| kid(d, "ED25519"), UNVERIFIED)]
#[case::prefix(|d: Draft| kid(d, "ed"), UNVERIFIED)]
#[case::path(|d: Draft| kid(d, "../../../../dev/null"), UNVERIFIED)]
#[case::url(|d: Draft| kid(d, EVIL), UNVERIFIED)]
#[case::sql(|d: Draft| kid(d, "x' UNION SELECT 'ed25519"), UNVERIFIED)]
#[case::shell(|d: Draft| kid(d, "ed25519|touch /tmp/x"), UNVERIFIED)]
#[case::nul(|d: Draft| kid(d, "ed25519\0.pem"), UNVERIFIED)]
#[case::long(|d: Draft| kid(d, "k".repeat(5_000)), UNVERIFIED)]
#[case::number(|d: Draft| kid(d, 0), UNREAD)]
#[case::truth(|d: Draft| kid(d, true), UNREAD)]
#[case::list(|d: Draft| kid(d, json!(["ed25519"])), UNREAD)]
#[case::object(|d: Draft| kid(d, json!({"ed25519": null})), UNREAD)]
#[tokio::test]
async fn a_key_id_names_a_key_of_the_set(#[case] attack: Attack, #[case] effort: Effort) {
    assert_fails(attack, effort).await;
}

#[rstest]
#[case::alg(r#"{"alg":"none","alg":"EdDSA","kid":"ed25519"}"#)]
#[case::alg_the_other_way_round(r#"{"alg":"EdDSA","kid":"ed25519","alg":"none"}"#)]
#[case::alg_spelt_otherwise(r#"{"alg":"EdDSA","kid":"ed25519","\u0061lg":"none"}"#)]
#[case::kid(r#"{"alg":"EdDSA","kid":"x","kid":"ed25519"}"#)]
#[case::list(r#"["EdDSA","ed25519",null]"#)]
#[case::list_of_two(r#"["EdDSA","ed25519"]"#)]
#[case::text(r#""EdDSA""#)]
#[case::null("null")]
#[case::nothing("")]
#[case::no_json("alg=EdDSA")]
#[case::trailing(r#"{"alg":"EdDSA","kid":"ed25519"}{}"#)]
#[case::lone_surrogate(r#"{"alg":"EdDSA","kid":"ed25519","x":"\ud800"}"#)]
#[case::byte_order_mark("\u{feff}{\"alg\":\"EdDSA\",\"kid\":\"ed25519\"}")]
#[tokio::test]
async fn a_header_is_one_object_with_distinct_names(#[case] header: &'static str) {
    let stack = crate::support::Stack::start();
    let (provider, _) = crate::support::Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let honest = provider.draft(SigningKey::Ed25519);
    stack.wire.take();
    let answer = provider.me(seal(header, honest.claims.to_string(), honest.key)).await;
    super::assert_refused(&answer, super::REFUSED);
    assert!(stack.wire.take().is_empty() && stack.wire.take_fetches().is_empty());
}
