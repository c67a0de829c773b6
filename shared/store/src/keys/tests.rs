//! Distinct things have distinct keys, and keys fit.

use super::*;
use proptest::prelude::*;
use rol_domain::{
    Id, PersonKey, RecordId,
    api_key::KeyText,
    text::{ActivityId, AppId, ExternalId, IdempotencyKey, PersonId},
};

/// What a key can be made of.
#[derive(Debug, Clone, PartialEq)]
enum Input {
    Record(u128, u128),
    ExternalId(u128, String),
    Idempotency(u128, String, Option<String>, Option<String>, String, String),
    Person(u128, String),
    Finder(u128, FindBy, String, String),
    Group(u128, u128),
    Grant(u128, u128, u128),
    Tree(u128),
    Membership(u128, u128, String),
    ApiKey(u128, u8),
    Tenant(u128),
    Issuer(String, String),
    Denied(u128, String, String, i64),
}

fn person(id: &String) -> PersonId {
    PersonId::parse(id).expect("valid")
}

fn key(input: &Input) -> Key {
    let tenant = |bits: u128| Id::from_ulid(bits.into());
    match input {
        Input::Record(t, id) => Key::record(tenant(*t), Id::from_ulid((*id).into())),
        Input::ExternalId(t, id) => Key::external_id(tenant(*t), &ExternalId::parse(id).expect("valid")),
        Input::Idempotency(t, actor, subject, app, route, name) => Key::idempotency(
            tenant(*t),
            actor,
            subject.as_ref().map(person).as_ref(),
            app.as_ref().map(|app| AppId::parse(app).expect("valid")).as_ref(),
            route,
            &IdempotencyKey::parse(name).expect("valid"),
        ),
        Input::Person(t, id) => Key::person(tenant(*t), &person(id)),
        Input::Finder(t, by, value, id) => Key::finder(tenant(*t), *by, value, &person(id)),
        Input::Group(t, id) => Key::group(tenant(*t), Id::from_ulid((*id).into())),
        Input::Grant(t, a, b) => Key::grant(tenant(*t), Id::from_ulid((*a).into()), Id::from_ulid((*b).into())),
        Input::Tree(t) => Key::tree(tenant(*t)),
        Input::Membership(t, group, id) => Key::membership(tenant(*t), Id::from_ulid((*group).into()), &person(id)),
        Input::ApiKey(id, secret) => Key::api_key(KeyText::new(Id::from_ulid((*id).into()), [*secret; 32]).hash()),
        Input::Tenant(t) => Key::tenant(tenant(*t)),
        Input::Issuer(issuer, audience) => Key::issuer(issuer, audience),
        Input::Denied(t, actor, operation, minute) => Key::denied(tenant(*t), actor, operation, *minute),
    }
}

/// Few characters, separators among them, so that collisions would be found.
fn text() -> impl Strategy<Value = String> {
    "[#%235a]{1,6}"
}

fn find_by() -> impl Strategy<Value = FindBy> {
    prop_oneof![Just(FindBy::Email), Just(FindBy::Name), Just(FindBy::ExternalId)]
}

fn input() -> impl Strategy<Value = Input> {
    let bits = 0u128..3;
    prop_oneof![
        (bits.clone(), bits.clone()).prop_map(|(t, id)| Input::Record(t, id)),
        (bits.clone(), text()).prop_map(|(t, id)| Input::ExternalId(t, id)),
        (bits.clone(), text(), proptest::option::of(text()), proptest::option::of(text()), text(), text())
            .prop_map(|(t, actor, subject, app, route, name)| Input::Idempotency(t, actor, subject, app, route, name)),
        (bits.clone(), text()).prop_map(|(t, id)| Input::Person(t, id)),
        (bits.clone(), find_by(), text(), text()).prop_map(|(t, by, value, id)| Input::Finder(t, by, value, id)),
        (bits.clone(), bits.clone()).prop_map(|(t, id)| Input::Group(t, id)),
        (bits.clone(), bits.clone(), bits.clone()).prop_map(|(t, a, b)| Input::Grant(t, a, b)),
        bits.clone().prop_map(Input::Tree),
        (bits.clone(), bits.clone(), text()).prop_map(|(t, group, id)| Input::Membership(t, group, id)),
        (bits.clone(), 0u8..3).prop_map(|(id, secret)| Input::ApiKey(id, secret)),
        bits.clone().prop_map(Input::Tenant),
        (bits, text(), text(), 0i64..3)
            .prop_map(|(t, actor, operation, minute)| Input::Denied(t, actor, operation, minute)),
        (text(), text()).prop_map(|(issuer, audience)| Input::Issuer(issuer, audience)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn distinct_inputs_have_distinct_keys(a in input(), b in input()) {
        prop_assert_eq!(key(&a) == key(&b), a == b);
    }

    #[test]
    fn keys_fit_dynamodbs_limits(actor in "[!-~]{128}", app in "[!-~]{128}", name in "[!-~]{255}", id in "[!-~]{128}") {
        let tenant = Id::from_ulid(u128::MAX.into());
        let app = AppId::parse(app).expect("valid");
        let name = IdempotencyKey::parse(name).expect("valid");
        let idempotency = Key::idempotency(tenant, &actor, Some(&person(&actor)), Some(&app), "PUT /v1/learning-records/by-external-id/{external_id}", &name);
        let external = Key::external_id(tenant, &ExternalId::parse(&id).expect("valid"));
        let shard = activity_shard(tenant, &ActivityId::parse(&id).expect("valid"), 3);
        prop_assert!(idempotency.pk.len() <= 2048 && external.pk.len() <= 2048 && shard.len() <= 2048);
    }

    #[test]
    fn a_record_lies_in_its_persons_partition(t: u128, person in "[!-~]{1,128}", random: [u8; 5]) {
        let tenant = Id::from_ulid(t.into());
        let person = PersonKey::of(tenant, &PersonId::parse(person).expect("valid"));
        let id = RecordId::mint(chrono::DateTime::UNIX_EPOCH, person, random);
        prop_assert_eq!(Key::record(tenant, id).pk, person_partition(tenant, person));
    }

    #[test]
    fn what_a_value_starts_with_its_finder_starts_with(by in find_by(), value in "[#%23a]{2,6}", id in text(), n in 1usize..6) {
        let start: String = value.chars().take(n).collect();
        let key = Key::finder(Id::from_ulid(1u128.into()), by, &value, &person(&id));
        prop_assert!(key.sk.starts_with(&finder_prefix(by, &start)));
        prop_assert!(key.sk.starts_with(&finder_exact(by, &value)));
        prop_assert_eq!(key.sk.starts_with(&finder_exact(by, &start)), start == value);
    }

    #[test]
    fn finders_fit_dynamodbs_limits(name in "[#\u{10000}]{200}", id in "[!-~]{128}") {
        let key = Key::finder(Id::from_ulid(u128::MAX.into()), FindBy::Name, &name, &person(&id));
        prop_assert!(key.sk.len() <= 1024);
    }

    #[test]
    fn activities_have_distinct_shards(a in text(), b in text(), s in 0u8..4, t in 0u8..4) {
        let shard = |activity: &str, shard| {
            activity_shard(Id::from_ulid(1u128.into()), &ActivityId::parse(activity).expect("valid"), shard)
        };
        prop_assert_eq!(shard(&a, s) == shard(&b, t), a == b && s == t);
    }
}
