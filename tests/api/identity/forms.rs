//! Texts that are no token: other serialisations, other alphabets, too much of something (RFC 7515 §7.1).

use super::{Attack, REFUSED, UNREAD, assert_fails, assert_refused};
use crate::support::{Draft, Provider, SigningKey, Stack, seal};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use rol_domain::limits::MAX_TOKEN_BYTES;
use rstest::rstest;
use serde_json::json;

/// The token's three parts.
fn parts(draft: &Draft) -> [String; 3] {
    let parts: Vec<String> = draft.token().split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

/// A correct signature over a payload that is this text.
fn payload(draft: &Draft, payload: impl AsRef<[u8]>) -> String {
    seal(draft.header.to_string(), payload, draft.key)
}

/// Header and payload encoded by this, with a correct signature over them.
fn encoded(draft: &Draft, encode: fn(&str) -> String) -> String {
    let signed = format!("{}.{}", encode(&draft.header.to_string()), encode(&draft.claims.to_string()));
    format!("{signed}.{}", draft.key.sign(&signed))
}

/// The beginning of an object that goes deep.
fn deep() -> String {
    format!("{{\"x\":{}1{},", "[".repeat(1_000), "]".repeat(1_000))
}

/// What a struct's fields would be in a list, in their order.
fn as_list(draft: &Draft) -> String {
    let claims = &draft.claims;
    let list = ["iss", "aud", "sub", "exp", "nbf", "iat", "role", "app_id", "scope", "tenant_id"];
    json!(list.map(|name| claims[name].clone())).to_string()
}

#[rstest]
#[case::one_dot(|_: Draft| ".".into())]
#[case::two_dots(|_: Draft| "..".into())]
#[case::four_dots(|_: Draft| "....".into())]
#[case::no_dot(|d: Draft| parts(&d).concat())]
#[case::no_header(|d: Draft| { let [_, payload, signature] = parts(&d); format!(".{payload}.{signature}") })]
#[case::no_payload(|d: Draft| { let [header, _, signature] = parts(&d); format!("{header}..{signature}") })]
#[case::detached_payload(|d: Draft| {
    let [header, payload, _] = parts(&d);
    format!("{header}..{}", d.key.sign(&format!("{header}.{payload}")))
})]
#[case::a_part_before(|d: Draft| format!("e30.{}", d.token()))]
#[case::a_part_after(|d: Draft| format!("{}.e30", d.token()))]
#[case::a_dot_after(|d: Draft| format!("{}.", d.token()))]
#[case::two_tokens(|d: Draft| format!("{0},{0}", d.token()))]
#[case::jwe_of_five_parts(|d: Draft| {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"rsa-2048"}"#);
    format!("{header}.{0}.{0}.{0}.{0}", parts(&d)[2])
})]
#[case::jwe_with_an_honest_header(|d: Draft| { let [h, p, s] = parts(&d); format!("{h}.{p}.{p}.{p}.{s}") })]
#[case::json_serialisation(|d: Draft| {
    let [protected, payload, signature] = parts(&d);
    json!({"protected": protected, "payload": payload, "signature": signature}).to_string()
})]
#[case::quoted(|d: Draft| format!("\"{}\"", d.token()))]
#[case::padded(|d: Draft| encoded(&d, |text| {
    // Of three lengths two need padding.
    let text = if text.len().is_multiple_of(3) { format!("{text} ") } else { text.to_owned() };
    URL_SAFE.encode(text)
}))]
#[case::standard_alphabet(|d: Draft| encoded(&d.with("x", "???>>>???>>>"), |text| STANDARD_NO_PAD.encode(text)))]
#[case::plain_json(|d: Draft| encoded(&d, str::to_owned))]
#[case::encoded_twice(|d: Draft| encoded(&d, |text| URL_SAFE_NO_PAD.encode(URL_SAFE_NO_PAD.encode(text))))]
#[case::payload_not_json(|d: Draft| payload(&d, "sub=root"))]
#[case::payload_empty(|d: Draft| payload(&d, ""))]
#[case::payload_null(|d: Draft| payload(&d, "null"))]
#[case::payload_text(|d: Draft| payload(&d, "\"admin\""))]
#[case::payload_list(|d: Draft| payload(&d, "[]"))]
#[case::payload_list_of_claims(|d: Draft| payload(&d, as_list(&d)))]
#[case::payload_in_a_list(|d: Draft| payload(&d, format!("[{}]", d.claims)))]
#[case::payload_twice(|d: Draft| payload(&d, format!("{0}{0}", d.claims)))]
#[case::payload_with_a_comment(|d: Draft| payload(&d, format!("{}/**/", d.claims)))]
#[case::payload_not_utf_8(|d: Draft| payload(&d, [b"\xff\xfe".as_slice(), d.claims.to_string().as_bytes()].concat()))]
#[case::payload_utf_16(|d: Draft| {
    payload(&d, d.claims.to_string().encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
})]
#[case::payload_with_a_byte_order_mark(|d: Draft| payload(&d, format!("\u{feff}{}", d.claims)))]
#[case::payload_with_a_lone_surrogate(|d: Draft| {
    payload(&d, d.claims.to_string().replacen('{', r#"{"x":"\udc00","#, 1))
})]
#[case::payload_nested_deeply(|d: Draft| payload(&d, d.claims.to_string().replacen('{', &deep(), 1)))]
#[case::payload_never_closed(|d: Draft| payload(&d, "[".repeat(5_000)))]
#[case::header_nested_deeply(|d: Draft| {
    seal(d.header.to_string().replacen('{', &deep(), 1), d.claims.to_string(), d.key)
})]
#[tokio::test]
async fn another_form_is_no_token(#[case] attack: Attack) {
    assert_fails(attack, UNREAD).await;
}

/// A token of exactly this many bytes.
fn of_size(draft: &Draft, size: usize) -> String {
    let start = size * 3 / 4 - draft.claims.to_string().len() - 200;
    let pads = (start..start + 200).flat_map(|claim| (0..3).map(move |header| (header, claim)));
    let padded = |(header, claim): (usize, usize)| {
        draft.clone().with_header("x", "h".repeat(header)).with("x", "c".repeat(claim)).token()
    };
    pads.map(padded).find(|token| token.len() == size).expect("every size can be had")
}

#[tokio::test]
async fn a_token_is_as_long_as_its_limit_and_no_longer() {
    assert_eq!(MAX_TOKEN_BYTES, 8_192);
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let draft = provider.draft(SigningKey::Ed25519);
    stack.wire.take();
    for past in [8_193, 65_536] {
        assert_refused(&provider.me(of_size(&draft, past)).await, REFUSED);
    }
    assert!(stack.wire.take().is_empty() && stack.wire.take_fetches().is_empty());
    assert_eq!(provider.me(of_size(&draft, 8_192)).await.status, 200);
}
