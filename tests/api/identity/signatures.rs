//! Signatures that are none (RFC 7515 §5.2, RFC 7518 §3.4, RFC 8032 §5.1.7).

use super::{Attack, Effort, UNREAD, UNVERIFIED, assert_fails, of};
use crate::support::{Draft, Provider, SigningKey, Stack};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use rstest::rstest;

/// The order of P-256's group (SEC 2 §2.4.2), big-endian.
const P256_ORDER: [u8; 32] = *b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\
    \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
/// The order of Ed25519's group (RFC 8032 §5.1), little-endian.
const ED25519_ORDER: [u8; 32] = *b"\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10";

fn split(token: &str) -> (&str, &str) {
    token.rsplit_once('.').expect("three parts")
}

/// The token with its signature turned into another text.
fn spelt(draft: &Draft, change: impl FnOnce(&str) -> String) -> String {
    let token = draft.token();
    let (signed, signature) = split(&token);
    format!("{signed}.{}", change(signature))
}

/// The token with its signature turned into other bytes.
fn resigned(draft: &Draft, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    spelt(draft, |signature| URL_SAFE_NO_PAD.encode(change(bytes(signature))))
}

fn es256(draft: Draft) -> Draft {
    of(draft, SigningKey::P256)
}

/// A signature of r and s as X.690 would have it, as most libraries give it.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign: &[u8] = if digits.first().is_some_and(|byte| *byte >= 0x80) { &[0] } else { &[] };
        let length = u8::try_from(sign.len() + digits.len()).expect("short");
        [&[0x02, length], sign, &digits].concat()
    };
    let (r, s) = signature.split_at(32);
    let numbers = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(numbers.len()).expect("short")], numbers.as_slice()].concat()
}

/// A signature in which both of the characters that tell the two base 64 alphabets apart occur.
fn with_special_characters(draft: Draft) -> Draft {
    (0..10_000)
        .map(|n| draft.clone().with("jti", n))
        .find(|draft| ['-', '_'].iter().all(|c| split(&draft.token()).1.contains(*c)))
        .expect("one in a few tries")
}

/// Another spelling of the same bytes: the last character's unused bits are not zero (RFC 4648 §3.5).
fn with_trailing_bits(signature: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (start, last) = signature.split_at(signature.len() - 1);
    let next = alphabet.find(last).expect("base64url") + 1;
    format!("{start}{}", &alphabet[next..=next])
}

fn flip(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 1;
    bytes
}

/// s + L: what a verifier that does not check s against the group's order takes.
fn malleated(bytes: Vec<u8>) -> Vec<u8> {
    let (r, s) = bytes.split_at(32);
    let mut carry = 0;
    let s = s.iter().zip(ED25519_ORDER).map(|(a, b)| {
        let sum = u16::from(*a) + u16::from(b) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    let s: Vec<u8> = s.collect();
    [r, &s].concat()
}

#[rstest]
#[case::empty(|d: Draft| spelt(&d, |_| String::new()), UNVERIFIED)]
#[case::missing(|d: Draft| split(&d.token()).0.to_owned(), UNREAD)]
#[case::of_another_key(|d: Draft| d.signed_by(SigningKey::OtherEd25519).token(), UNVERIFIED)]
#[case::of_another_token(|d: Draft| spelt(&d, |_| split(&d.clone().with("jti", 1).token()).1.into()), UNVERIFIED)]
#[case::first_bit(|d: Draft| resigned(&d, |bytes| flip(bytes, 0)), UNVERIFIED)]
#[case::last_bit(|d: Draft| resigned(&d, |bytes| flip(bytes, 63)), UNVERIFIED)]
#[case::a_byte_short(|d: Draft| resigned(&d, |bytes| bytes[..63].to_vec()), UNVERIFIED)]
#[case::a_byte_long(|d: Draft| resigned(&d, |bytes| [bytes, vec![0]].concat()), UNVERIFIED)]
#[case::zeros(|d: Draft| resigned(&d, |_| vec![0; 64]), UNVERIFIED)]
#[case::neutral_point(|d: Draft| resigned(&d, |_| [&[1], [0; 63].as_slice()].concat()), UNVERIFIED)]
#[case::malleated(|d: Draft| resigned(&d, malleated), UNVERIFIED)]
#[case::padded(|d: Draft| resigned_padded(&d), UNVERIFIED)]
#[case::standard_alphabet(|d: Draft| {
    spelt(&with_special_characters(d), |signature| signature.replace('-', "+").replace('_', "/"))
}, UNVERIFIED)]
#[case::trailing_bits(|d: Draft| spelt(&d, with_trailing_bits), UNVERIFIED)]
#[case::line_break(|d: Draft| spelt(&d, |signature| format!("{signature}%0A")), UNVERIFIED)]
#[case::es256_der(|d: Draft| resigned(&es256(d), |bytes| der(&bytes)), UNVERIFIED)]
#[case::es256_zeros(|d: Draft| resigned(&es256(d), |_| vec![0; 64]), UNVERIFIED)]
#[case::es256_zero_r(|d: Draft| resigned(&es256(d), |bytes| [&[0; 32], &bytes[32..]].concat()), UNVERIFIED)]
#[case::es256_zero_s(|d: Draft| resigned(&es256(d), |bytes| [&bytes[..32], &[0; 32]].concat()), UNVERIFIED)]
#[case::es256_order_for_r(|d: Draft| {
    resigned(&es256(d), |bytes| [&P256_ORDER, &bytes[32..]].concat())
}, UNVERIFIED)]
#[case::es256_orders(|d: Draft| resigned(&es256(d), |_| [P256_ORDER, P256_ORDER].concat()), UNVERIFIED)]
#[case::es256_swapped(|d: Draft| resigned(&es256(d), |bytes| [&bytes[32..], &bytes[..32]].concat()), UNVERIFIED)]
#[case::es256_leading_zeros(|d: Draft| {
    resigned(&es256(d), |bytes| [&[0], &bytes[..32], &[0], &bytes[32..]].concat())
}, UNVERIFIED)]
#[case::rs256_zeros(|d: Draft| resigned(&of(d, SigningKey::Rsa2048), |_| vec![0; 256]), UNVERIFIED)]
#[case::rs256_leading_zero(|d: Draft| {
    resigned(&of(d, SigningKey::Rsa2048), |bytes| [vec![0], bytes].concat())
}, UNVERIFIED)]
#[case::rs256_of_a_weak_key(|d: Draft| of(d, SigningKey::Rsa2048).signed_by(SigningKey::Rsa1024).token(), UNVERIFIED)]
#[tokio::test]
async fn another_signature_is_none(#[case] attack: Attack, #[case] effort: Effort) {
    assert_fails(attack, effort).await;
}

fn resigned_padded(draft: &Draft) -> String {
    spelt(draft, |signature| URL_SAFE.encode(URL_SAFE_NO_PAD.decode(signature).expect("base64url")))
}

#[test]
fn the_spellings_above_differ_as_they_claim() {
    assert_ne!(with_trailing_bits("QQ"), "QQ");
    assert_eq!(URL_SAFE_NO_PAD.decode("QQ").expect("valid"), STANDARD.decode("QQ==").expect("valid"));
    assert!(URL_SAFE_NO_PAD.decode(with_trailing_bits("QQ")).is_err());
    assert_eq!(der(&[[1; 32], [0x80; 32]].concat()).len(), 2 + 2 + 32 + 2 + 33);
}

/// ECDSA takes −s as well as s, and nobody says which a signer gives (RFC 7518 §3.4): both are taken.
#[tokio::test]
async fn either_s_of_es256_is_a_signature() {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::P256.jwk()]).await;
    let draft = provider.draft(SigningKey::P256);
    let other = resigned(&draft, |bytes| {
        let mut borrow = 0;
        let mut s: Vec<u8> = Vec::new();
        for (n, s_byte) in P256_ORDER.iter().zip(&bytes[32..]).rev() {
            let difference = i16::from(*n) - i16::from(*s_byte) - borrow;
            borrow = i16::from(difference < 0);
            s.insert(0, difference.rem_euclid(256).to_le_bytes()[0]);
        }
        [&bytes[..32], &s].concat()
    });
    assert_eq!(provider.me(draft.token()).await.status, 200);
    assert_eq!(provider.me(other).await.status, 200);
}

#[tokio::test]
async fn the_parts_of_two_tokens_make_no_third() {
    let stack = Stack::start();
    let (provider, _) = Provider::trusted(&stack, [SigningKey::Ed25519.jwk()]).await;
    let draft = provider.draft(SigningKey::Ed25519);
    let (student, admin) = (draft.clone().with("role", "student").token(), draft.clone().token());
    let parts = |token: &str| -> Vec<String> { token.split('.').map(str::to_owned).collect() };
    let (student, admin) = (parts(&student), parts(&admin));
    let promoted = format!("{}.{}.{}", student[0], admin[1], student[2]);
    super::assert_refused(&provider.me(promoted).await, super::REFUSED);
    let other_header = draft.without_header("typ").token();
    let reheaded = format!("{}.{}.{}", parts(&other_header)[0], admin[1], admin[2]);
    super::assert_refused(&provider.me(reheaded).await, super::REFUSED);
    assert_eq!(provider.me(admin.join(".")).await.json()["role"], "admin");
}
