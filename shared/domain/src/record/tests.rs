use super::*;
use crate::{
    attribute::{AttributeContent, AttributeType, Generation},
    caller::{Role, tests::cx_of},
    text::{Label, Title},
    time::DateOrInstant,
};
use serde_json::json;

fn cx() -> Cx {
    cx_of(Role::Admin)
}

fn person(id: &str) -> PersonId {
    PersonId::parse(id).expect("valid")
}

fn none() -> AttributeSet {
    AttributeSet::default()
}

fn new() -> NewRecord {
    NewRecord::of(Content::titled(Title::parse("First aid").expect("valid")))
}

fn record() -> Record {
    Record::create(RecordId::from_ulid(7u128.into()), person("p1"), new(), &none(), &cx()).expect("legal")
}

fn patch(change: fn(&mut ContentPatch)) -> RecordPatch {
    let mut patch = RecordPatch::default();
    change(&mut patch.content);
    patch
}

#[test]
fn a_new_record_has_version_1_and_the_default_source() {
    let record = record();
    assert_eq!((record.stamp.version, record.source.as_str(), record.source_type), (1, "edm", SourceType::Api));
    assert_eq!((record.stamp.created_by.as_str(), record.stamp.updated_by.as_str()), ("ada", "ada"));
}

#[test]
fn a_change_counts_the_version_up() {
    let later = Cx { request_id: "r2".into(), ..cx() };
    let changed =
        record().patched(patch(|c| c.passed = Patch::Value(true)), &none(), &later).expect("legal").expect("changed");
    assert_eq!((changed.stamp.version, changed.stamp.request_id.as_str()), (2, "r2"));
}

#[test]
fn a_change_that_changes_nothing_writes_nothing() {
    assert_eq!(record().patched(patch(|c| c.passed = Patch::Null), &none(), &cx()).expect("legal"), None);
    assert_eq!(record().replaced(&person("p1"), new(), &none(), &cx()).expect("legal"), None);
}

#[test]
fn a_derived_status_sent_back_stays_derived() {
    let mut started = record();
    started.content.started_at = Some(DateOrInstant::parse("2026-05-01").expect("valid"));
    let done = patch(|c| {
        c.status = Patch::Value(Status::InProgress);
        c.completed_at = Patch::Value(DateOrInstant::parse("2026-05-02").expect("valid"));
    });
    let changed = started.patched(done, &none(), &cx()).expect("legal").expect("changed");
    assert_eq!(changed.content.status(cx().now), Status::Complete);
}

#[test]
fn another_status_is_set() {
    let changed =
        record().patched(patch(|c| c.status = Patch::Value(Status::Accepted)), &none(), &cx()).expect("legal");
    assert_eq!(changed.expect("changed").content.status, Some(Status::Accepted));
}

#[test]
fn person_and_source_cannot_be_replaced() {
    let other =
        NewRecord { source: Some(Source::parse("hr").expect("valid")), source_type: Some(SourceType::System), ..new() };
    let text = record().replaced(&person("p2"), other, &none(), &cx()).expect_err("illegal").to_string();
    for pointer in ["/person_id", "/source", "/source_type"] {
        assert!(text.contains(&format!("{pointer}: ")), "{text}");
    }
}

fn attribute(key: &str, kind: AttributeType, generation: u8) -> Attribute {
    let content = AttributeContent {
        kind,
        label: Label::parse("x").expect("valid"),
        description: None,
        options: vec![],
        required: false,
        hidden_from_students: false,
        display: None,
        order: 0,
    };
    let key = AttributeKey::parse(key).expect("valid");
    Attribute::create(key, content, Generation::random([generation; 5]), &cx()).expect("legal")
}

fn long_answers(count: usize) -> (AttributeSet, Map<String, Value>) {
    let key = |i: usize| format!("a{i:03}");
    let attribute = |i| attribute(&key(i), AttributeType::LongAnswer, 1);
    let text = "x".repeat(crate::limits::MAX_LONG_ANSWER);
    ((0..count).map(attribute).collect(), (0..count).map(|i| (key(i), json!(text))).collect())
}

#[test]
fn a_record_is_as_large_as_its_limit_and_no_larger() {
    let (set, mut sent) = long_answers(7);
    let make = |sent: &Map<String, Value>| {
        let new = NewRecord { attributes: sent.clone(), ..new() };
        Record::create(RecordId::from_ulid(7u128.into()), person("p1"), new, &set, &cx())
    };
    sent["a006"] = json!("x");
    let size = serde_json::to_vec(&make(&sent).expect("legal").content).expect("serialisable").len();
    sent["a006"] = json!("x".repeat(1 + MAX_RECORD_BYTES - size));
    assert!(make(&sent).is_ok());
    sent["a006"] = json!("x".repeat(2 + MAX_RECORD_BYTES - size));
    assert!(matches!(make(&sent), Err(Error::TooLarge { found, .. }) if found == MAX_RECORD_BYTES + 1));
}

#[test]
fn removed_attributes_are_all_removed() {
    let (set, sent) = long_answers(1);
    let new = NewRecord { attributes: sent, ..new() };
    let record = Record::create(RecordId::from_ulid(7u128.into()), person("p1"), new, &set, &cx()).expect("legal");
    let patch = RecordPatch { attributes: Patch::Null, ..RecordPatch::default() };
    let changed = record.patched(patch, &set, &cx()).expect("legal").expect("changed");
    assert!(changed.content.attributes.is_empty());
}

#[test]
fn a_value_is_removed_or_only_its_lost_options() {
    let cx = cx();
    let mut record = record();
    for (key, value) in [("a", json!(["x", "y"])), ("b", json!("x")), ("c", json!(5)), ("e", json!("x"))] {
        let Attribute { key, generation, .. } =
            attribute(key, AttributeType::ShortAnswer, if key == "e" { 2 } else { 1 });
        let value = serde_json::from_value(value).expect("a value");
        record.content.attributes.insert(key, KeptValue { generation, value });
    }
    let option = |option: &str| OptionText::parse(option).expect("valid");
    let left = |name: &str, options: &[OptionText]| {
        let left = record.without_value(&attribute(name, AttributeType::ShortAnswer, 1), options, &cx)?;
        Some((left.stamp.version, json!(left.content.attributes)[name].clone()))
    };
    assert_eq!(left("a", &[]), Some((2, Value::Null)));
    assert_eq!(left("a", &[option("x")]), Some((2, json!(["y"]))));
    assert_eq!(left("a", &[option("x"), option("y")]), Some((2, Value::Null)));
    assert_eq!(left("b", &[option("x")]), Some((2, Value::Null)));
    assert_eq!(left("b", &[option("z")]), None);
    assert_eq!(left("c", &[option("x")]), None);
    assert_eq!(left("d", &[]), None);
    assert_eq!(left("e", &[]), None, "it belongs to another attribute");
}

#[test]
fn a_value_of_nothing_goes_with_the_next_write_and_causes_none() {
    let set: AttributeSet = [attribute("a", AttributeType::ShortAnswer, 2)].into_iter().collect();
    let (mut record, value) = (record(), AttributeValue::Text("old".into()));
    let key = AttributeKey::parse("a").expect("valid");
    record.content.attributes.insert(key, KeptValue { generation: Generation::random([1; 5]), value });
    assert!(record.clone().shown(&set).content.attributes.is_empty());
    assert_eq!(record.patched(RecordPatch::default(), &set, &cx()).expect("legal"), None);
    assert_eq!(record.replaced(&person("p1"), new(), &set, &cx()).expect("legal"), None);
    let passed =
        record.patched(patch(|c| c.passed = Patch::Value(true)), &set, &cx()).expect("legal").expect("changed");
    assert!(passed.content.attributes.is_empty());
    let nothing = RecordPatch { attributes: Patch::Null, ..RecordPatch::default() };
    assert_eq!(record.patched(nothing, &set, &cx()).expect("legal"), None, "nothing is there to be removed");
}
