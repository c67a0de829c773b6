//! All attributes of a tenant, and what a record's values become under them.

use super::{Attribute, AttributeType, Attributes, Generation, KeptValue};
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

    /// The attribute that a value belongs to: the one that it was written under, as long as that is there, or was
    /// deleted and its values were kept.
    pub fn owner(&self, key: &AttributeKey, kept: &KeptValue) -> Option<&Attribute> {
        let attribute = self.get(key).or_else(|| self.retired(key))?;
        (attribute.generation == kept.generation).then_some(attribute)
    }

    /// Whether each of these values belongs to an attribute. Where one does not, its attribute or its type is gone, or
    /// is newer than these attributes are.
    pub fn knows(&self, values: &Attributes) -> bool {
        values.iter().all(|(key, kept)| self.owner(key, kept).is_some())
    }

    /// Those of the values that belong to an attribute.
    pub fn owned(&self, values: &Attributes) -> Attributes {
        let owned = values.iter().filter(|(key, kept)| self.owner(key, kept).is_some());
        owned.map(|(key, kept)| (key.clone(), kept.clone())).collect()
    }

    /// Whether an earlier version may show a value: not where its key means something else by now.
    pub fn may_have_shown(&self, key: &AttributeKey, kept: &KeptValue) -> bool {
        self.get(key).is_none_or(|attribute| attribute.generation == kept.generation)
    }

    /// Whether a student may know of an attribute.
    pub fn shows_to_students(&self, key: &AttributeKey) -> bool {
        self.get(key).is_some_and(|attribute| !attribute.content.hidden_from_students)
    }

    /// Whether a student may know of what belongs to this generation of an attribute.
    pub fn shows_generation(&self, key: &AttributeKey, generation: &Generation) -> bool {
        self.get(key).is_some_and(|attribute| attribute.generation == *generation) && self.shows_to_students(key)
    }

    /// Whether a student could know of an attribute at this moment, and can now: what was hidden then stays so.
    pub fn showed_to_students(&self, key: &AttributeKey, at: DateTime<Utc>) -> bool {
        self.get(key).and_then(Attribute::shown_since).is_some_and(|since| since <= at)
    }

    /// The same, for a record that has these files: its file attributes may name them.
    pub fn with_files(&self, files: &BTreeSet<AttachmentId>) -> Self {
        Self { files: files.clone(), ..self.clone() }
    }

    /// The files that a record's values name, with the attributes that name them.
    pub fn files_of<'a>(
        &'a self,
        values: &'a Attributes,
    ) -> impl Iterator<Item = (&'a AttributeKey, AttachmentId)> + 'a {
        let is_file = |key: &AttributeKey, kept: &KeptValue| {
            self.owner(key, kept).is_some_and(|attribute| attribute.content.kind == AttributeType::File)
        };
        values.iter().filter(move |(key, kept)| is_file(key, kept)).filter_map(|(key, kept)| Some((key, kept.file()?)))
    }

    /// The files of these values that do not exist for students, by which values do. What belongs to no attribute may
    /// have been a file's name.
    pub fn hidden_files(
        &self,
        values: &Attributes,
        shows: impl Fn(&AttributeKey, &KeptValue) -> bool,
    ) -> BTreeSet<AttachmentId> {
        let may_be_file = |key: &AttributeKey, kept: &KeptValue| {
            self.owner(key, kept).is_none_or(|attribute| attribute.content.kind == AttributeType::File)
        };
        let hidden = values.iter().filter(|(key, kept)| may_be_file(key, kept) && !shows(key, kept));
        hidden.filter_map(|(_, kept)| kept.file()).collect()
    }

    /// The values of a record after it was made or replaced with `sent`. A value that was kept when its attribute was
    /// deleted is not for clients to set, so it stays; what belongs to no attribute goes.
    ///
    /// # Errors
    /// Every value that is wrong, and every required one that is missing, at `/attributes/<key>`.
    pub fn replace(&self, current: &Attributes, sent: &Map<String, Value>) -> Result<Attributes, FieldErrors> {
        let current = self.owned(current);
        let kept = current.iter().filter(|(key, _)| self.get(key).is_none());
        let mut values: Attributes = kept.map(|(key, kept)| (key.clone(), kept.clone())).collect();
        let mut errors = self.apply(&current, &mut values, sent);
        for (key, attribute) in &self.live {
            let missing = !values.contains_key(key) && sent.get(key.as_str()).is_none_or(Value::is_null);
            if attribute.content.required && missing {
                errors.body(pointer(key.as_str()), "expected a value: it is required");
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    /// The values of a record after a change (RFC 7396): what it does not name stays as it is; what belongs to no
    /// attribute goes.
    ///
    /// # Errors
    /// Every value that is wrong, and every required one that is removed, at `/attributes/<key>`.
    pub fn merge(&self, current: &Attributes, sent: &Map<String, Value>) -> Result<Attributes, FieldErrors> {
        let current = self.owned(current);
        let mut values = current.clone();
        let mut errors = self.apply(&current, &mut values, sent);
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
                    Ok(Some(value)) => {
                        let generation = attribute.generation.clone();
                        values.insert(key, KeptValue { generation, value });
                    }
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
mod tests;
