//! All attributes of a tenant, and what a record's values become under them.

use super::{Attribute, AttributeType, AttributeValue, Attributes};
use crate::{error::FieldErrors, error::pointer_token, id::AttachmentId, text::AttributeKey};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The attributes of a tenant, by their keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AttributeSet {
    live: BTreeMap<AttributeKey, Attribute>,
    retired: BTreeMap<AttributeKey, Attribute>,
    /// The files of the record in question that its file attributes may name.
    files: BTreeSet<AttachmentId>,
}

impl FromIterator<Attribute> for AttributeSet {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        let keyed = attributes.into_iter().map(|attribute| (attribute.key.clone(), attribute));
        let (retired, live) = keyed.partition(|(_, attribute)| attribute.retired);
        Self { live, retired, files: BTreeSet::new() }
    }
}

impl AttributeSet {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// The attribute with this key.
    pub fn get(&self, key: &AttributeKey) -> Option<&Attribute> {
        self.live.get(key)
    }

    /// The attribute that this key had before it was deleted and its values were kept.
    pub fn retired(&self, key: &AttributeKey) -> Option<&Attribute> {
        self.retired.get(key)
    }

    /// All of them, by place and key.
    pub fn in_order(&self) -> Vec<&Attribute> {
        let mut all: Vec<&Attribute> = self.live.values().collect();
        all.sort_by_key(|attribute| attribute.content.order);
        all
    }

    /// Without what does not exist for students.
    pub fn for_students(&self) -> Self {
        self.live.values().filter(|attribute| !attribute.content.hidden_from_students).cloned().collect()
    }

    /// Whether a student may know of a value: also one whose attribute is gone might have been hidden.
    pub fn shows_to_students(&self, key: &AttributeKey) -> bool {
        self.get(key).is_some_and(|attribute| !attribute.content.hidden_from_students)
    }

    /// Whether a student may know of a value that was written at this moment: one that was hidden then stays so.
    pub fn showed_to_students(&self, key: &AttributeKey, at: DateTime<Utc>) -> bool {
        self.get(key).and_then(Attribute::shown_since).is_some_and(|since| since <= at)
    }

    /// The same, for a record that has these files: its file attributes may name them.
    pub fn with_files(&self, files: &BTreeSet<AttachmentId>) -> Self {
        Self { files: files.clone(), ..self.clone() }
    }

    /// The type of an attribute's values, also of those that stayed when it was deleted.
    fn kind(&self, key: &AttributeKey) -> Option<AttributeType> {
        self.get(key).or_else(|| self.retired(key)).map(|attribute| attribute.content.kind)
    }

    /// The files that a record's values name, with the attributes that name them.
    pub fn files_of<'a>(
        &'a self,
        values: &'a Attributes,
    ) -> impl Iterator<Item = (&'a AttributeKey, AttachmentId)> + 'a {
        values.iter().filter(|(key, _)| self.kind(key) == Some(AttributeType::File)).filter_map(|(key, value)| {
            match value {
                AttributeValue::Text(text) => Some((key, AttachmentId::parse(text).ok()?)),
                AttributeValue::Flag(_) | AttributeValue::Number(_) | AttributeValue::Texts(_) => None,
            }
        })
    }

    /// The files of these values that do not exist for students, by which attributes do.
    pub fn hidden_files(&self, values: &Attributes, shows: impl Fn(&AttributeKey) -> bool) -> BTreeSet<AttachmentId> {
        self.files_of(values).filter(|(key, _)| !shows(key)).map(|(_, file)| file).collect()
    }

    /// The values of a record after it was made or replaced with `sent`. A value without an attribute is not for
    /// clients to set, so it stays.
    ///
    /// # Errors
    /// Every value that is wrong, and every required one that is missing, at `/attributes/<key>`.
    pub fn replace(&self, current: &Attributes, sent: &Map<String, Value>) -> Result<Attributes, FieldErrors> {
        let kept = current.iter().filter(|(key, _)| self.get(key).is_none());
        let mut values: Attributes = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut errors = self.apply(current, &mut values, sent);
        for (key, attribute) in &self.live {
            let missing = !values.contains_key(key) && sent.get(key.as_str()).is_none_or(Value::is_null);
            if attribute.content.required && missing {
                errors.body(pointer(key.as_str()), "expected a value: it is required");
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    /// The values of a record after a change (RFC 7396): what it does not name stays as it is.
    ///
    /// # Errors
    /// Every value that is wrong, and every required one that is removed, at `/attributes/<key>`.
    pub fn merge(&self, current: &Attributes, sent: &Map<String, Value>) -> Result<Attributes, FieldErrors> {
        let mut values = current.clone();
        let mut errors = self.apply(current, &mut values, sent);
        for key in sent.keys().filter_map(|name| AttributeKey::parse(name).ok()) {
            let required = self.get(&key).is_some_and(|attribute| attribute.content.required);
            if required && current.contains_key(&key) && sent.get(key.as_str()).is_some_and(Value::is_null) {
                errors.body(pointer(key.as_str()), "expected a value, found null: it is required");
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    /// Applies `sent` to `values`. What is sent back as it is in `current` is never wrong: a value stays valid when
    /// its attribute changes.
    fn apply(&self, current: &Attributes, values: &mut Attributes, sent: &Map<String, Value>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (name, value) in sent {
            let known = AttributeKey::parse(name.as_str()).ok();
            let before = known.as_ref().and_then(|key| current.get(key));
            let attribute = known.as_ref().and_then(|key| self.get(key));
            let (Some(key), true) = (known, attribute.is_some() || before.is_some()) else {
                errors.body(pointer(name), "unknown attribute");
                continue;
            };
            let unchanged = before.filter(|before| serde_json::to_value(before).is_ok_and(|before| before == *value));
            match (attribute, unchanged) {
                (_, Some(before)) => drop(values.insert(key, before.clone())),
                _ if value.is_null() => drop(values.remove(&key)),
                (None, None) => errors.body(pointer(name), "expected null or the same value: its attribute is gone"),
                (Some(attribute), None) => match attribute.read(value, &self.files) {
                    Ok(Some(value)) => drop(values.insert(key, value)),
                    Ok(None) if attribute.content.required && attribute.content.kind == AttributeType::Checkboxes => {
                        errors.body(pointer(name), "expected at least one option: it is required");
                    }
                    Ok(None) => drop(values.remove(&key)),
                    Err(why) => errors.body(pointer(name), why),
                },
            }
        }
        errors
    }
}

fn pointer(key: &str) -> String {
    format!("/attributes{}", pointer_token(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Role,
        attribute::{AttributeContent, AttributeValue},
        caller::tests::cx_of,
        text::{Label, OptionText},
    };
    use rstest::rstest;
    use serde_json::json;

    fn attribute(key: &str, kind: AttributeType, change: fn(&mut AttributeContent)) -> Attribute {
        let options = if kind.has_options() { &["red", "blue"][..] } else { &[] };
        let mut content = AttributeContent {
            kind,
            label: Label::parse("x").expect("valid"),
            description: None,
            options: options.iter().map(|option| OptionText::parse(*option).expect("valid")).collect(),
            required: false,
            hidden_from_students: false,
            display: None,
            order: 0,
        };
        change(&mut content);
        Attribute::create(AttributeKey::parse(key).expect("valid"), content, &cx_of(Role::Admin)).expect("legal")
    }

    fn set() -> AttributeSet {
        [
            attribute("grade", AttributeType::ShortAnswer, |_| ()),
            attribute("level", AttributeType::Number, |content| content.required = true),
            attribute("colours", AttributeType::Checkboxes, |content| content.order = 1),
            attribute("note", AttributeType::LongAnswer, |content| content.hidden_from_students = true),
        ]
        .into_iter()
        .collect()
    }

    fn values(json: Value) -> Attributes {
        serde_json::from_value(json).expect("values")
    }

    fn sent(json: Value) -> Map<String, Value> {
        json.as_object().cloned().expect("an object")
    }

    #[rstest]
    #[case::whole(json!({}), json!({"level": 1, "grade": "B"}), json!({"level": 1, "grade": "B"}))]
    #[case::what_is_not_named_goes(json!({"level": 1, "grade": "B"}), json!({"level": 2}), json!({"level": 2}))]
    #[case::but_not_what_has_no_attribute(json!({"gone": "x"}), json!({"level": 2}), json!({"level": 2, "gone": "x"}))]
    #[case::nothing_chosen(json!({"level": 1, "colours": ["red"]}), json!({"level": 1, "colours": []}), json!({"level": 1}))]
    fn a_record_is_replaced(#[case] before: Value, #[case] put: Value, #[case] after: Value) {
        assert_eq!(set().replace(&values(before), &sent(put)), Ok(values(after)));
    }

    #[rstest]
    #[case::required_is_missing(json!({}), json!({}), &["/attributes/level"])]
    #[case::required_is_null(json!({"level": 1}), json!({"level": null}), &["/attributes/level"])]
    #[case::all_at_once(json!({}), json!({"a/b": 1, "grade": 5, "level": "x", "colours": ["pink"]}),
        &["/attributes/a~1b", "/attributes/colours", "/attributes/grade", "/attributes/level"])]
    #[case::gone_and_changed(json!({"gone": "x"}), json!({"level": 1, "gone": "y"}), &["/attributes/gone"])]
    fn a_bad_replacement_names_all_that_is_wrong(#[case] before: Value, #[case] put: Value, #[case] places: &[&str]) {
        let errors = set().replace(&values(before), &sent(put)).expect_err("invalid");
        assert_eq!(errors.pointers(), places);
    }

    #[rstest]
    #[case::nothing(json!({"grade": "B"}), json!({}), json!({"grade": "B"}))]
    #[case::one_more(json!({"grade": "B"}), json!({"level": 5.0}), json!({"grade": "B", "level": 5}))]
    #[case::removed(json!({"grade": "B", "level": 1}), json!({"grade": null}), json!({"level": 1}))]
    #[case::gone_and_removed(json!({"gone": "x"}), json!({"gone": null}), json!({}))]
    #[case::gone_and_sent_back(json!({"gone": "x"}), json!({"gone": "x"}), json!({"gone": "x"}))]
    #[case::an_option_that_is_gone_sent_back(json!({"colours": ["pink"]}), json!({"colours": ["pink"]}), json!({"colours": ["pink"]}))]
    #[case::required_later_and_still_missing(json!({}), json!({"grade": "A"}), json!({"grade": "A"}))]
    fn a_record_is_changed(#[case] before: Value, #[case] patch: Value, #[case] after: Value) {
        assert_eq!(set().merge(&values(before), &sent(patch)), Ok(values(after)));
    }

    #[rstest]
    #[case::required_is_removed(json!({"level": 1}), json!({"level": null}), &["/attributes/level"])]
    #[case::unknown(json!({}), json!({"colour": "red"}), &["/attributes/colour"])]
    #[case::an_option_that_is_gone_beside_another(json!({"colours": ["pink"]}), json!({"colours": ["pink", "red"]}), &["/attributes/colours"])]
    fn a_bad_change_names_all_that_is_wrong(#[case] before: Value, #[case] patch: Value, #[case] places: &[&str]) {
        let errors = set().merge(&values(before), &sent(patch)).expect_err("invalid");
        assert_eq!(errors.pointers(), places);
    }

    #[test]
    fn students_do_not_know_of_hidden_attributes_nor_of_those_that_are_gone() {
        let set = set();
        let shown = |key: &str| set.shows_to_students(&AttributeKey::parse(key).expect("valid"));
        assert_eq!((shown("grade"), shown("note"), shown("gone")), (true, false, false));
        assert_eq!(set.for_students().len(), 3);
    }

    #[test]
    fn what_is_retired_exists_for_nobody() {
        let old = attribute("grade", AttributeType::Number, |_| ()).retired(&cx_of(Role::Admin));
        let set = AttributeSet::from_iter([old.clone()]);
        assert_eq!((set.len(), set.get(&old.key), set.retired(&old.key)), (0, None, Some(&old)));
        assert!(!set.shows_to_students(&old.key) && set.for_students().retired(&old.key).is_none());
        assert!(set.replace(&values(json!({})), &sent(json!({"grade": 1}))).is_err());
    }

    #[test]
    fn attributes_come_by_place_and_key() {
        let set = set();
        let keys: Vec<&str> = set.in_order().iter().map(|attribute| attribute.key.as_str()).collect();
        assert_eq!(keys, ["grade", "level", "note", "colours"]);
    }

    #[test]
    fn a_value_survives_its_round_trip() {
        let json = json!({"a": true, "b": 5, "c": 0.5, "d": "x", "e": ["y"]});
        assert_eq!(serde_json::to_value(values(json.clone())).expect("serialisable"), json);
        assert!(matches!(values(json)[&AttributeKey::parse("b").expect("valid")], AttributeValue::Number(_)));
    }
}
