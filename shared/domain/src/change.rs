//! Changes: what happened to a thing, as the table's stream tells it. History, the feed and the audit trail are made
//! of them.

use crate::{
    attachment::{Attachment, State},
    caller::Cx,
    denial::Denial,
    id::{RecordId, TenantId},
    record::Record,
    stamp::Stamp,
    text::{AppId, PersonId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// The kinds of thing whose changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entity {
    /// A learning record.
    LearningRecord,
    /// A file of a record.
    Attachment,
    /// A custom attribute.
    Attribute,
    /// A person of the directory.
    Person,
    /// A group.
    Group,
    /// A grant.
    Grant,
    /// The tenant's settings.
    Settings,
    /// An API key.
    ApiKey,
    /// An activity.
    Activity,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// It was brought back.
    Restored,
    /// A file was checked and is served.
    Ready,
    /// A file was checked and refused.
    Rejected,
    /// A file's content was asked for.
    Downloaded,
    /// Somebody tried, without the right to.
    Denied,
}

/// What happened to which kind of thing: `learningRecord.created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// To what.
    pub entity: Entity,
    /// What.
    pub verb: ChangeKind,
}

/// Not the name of an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected <what>.<what happened>, as in learningRecord.created, found {0:?}")]
pub struct InvalidAction(String);

fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", name(&self.entity), name(&self.verb))
    }
}

impl Action {
    /// Reads the name of an action.
    ///
    /// # Errors
    /// Where there is no such action.
    pub fn parse(text: &str) -> Result<Self, InvalidAction> {
        let invalid = || InvalidAction(text.chars().take(80).collect());
        let (entity, verb) = text.split_once('.').ok_or_else(invalid)?;
        let entity = serde_json::from_value(Value::from(entity)).map_err(|_| invalid())?;
        let verb = serde_json::from_value(Value::from(verb)).map_err(|_| invalid())?;
        Ok(Self { entity, verb })
    }
}

impl Serialize for Action {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Which actions: all of a verb, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actions {
    /// To what; anything where nothing is named.
    pub entity: Option<Entity>,
    /// What.
    pub verb: ChangeKind,
}

impl Actions {
    /// Reads `learningRecord.created`, or `created` for whatever was made.
    ///
    /// # Errors
    /// Where there is no such action.
    pub fn parse(text: &str) -> Result<Self, InvalidActions> {
        let invalid = || InvalidActions(text.chars().take(80).collect());
        if text.contains('.') {
            let Action { entity, verb } = Action::parse(text).map_err(|_| invalid())?;
            return Ok(Self { entity: Some(entity), verb });
        }
        let verb = serde_json::from_value(Value::from(text)).map_err(|_| invalid())?;
        Ok(Self { entity: None, verb })
    }

    /// Whether it is one of them.
    pub fn take(&self, action: Action) -> bool {
        self.verb == action.verb && self.entity.is_none_or(|entity| entity == action.entity)
    }
}

/// Not the name of actions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected <what>.<what happened> or <what happened>, as in learningRecord.created or denied, found {0:?}")]
pub struct InvalidActions(String);

/// Who did it, for whom, when, by which request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// When.
    #[serde(with = "crate::time::fixed_width")]
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// For whom, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<PersonId>,
    /// By which request.
    pub request_id: String,
}

impl From<&Stamp> for Trace {
    fn from(stamp: &Stamp) -> Self {
        Self {
            at: stamp.updated_at,
            actor: stamp.updated_by.clone(),
            subject: stamp.updated_for.clone(),
            request_id: stamp.request_id.clone(),
        }
    }
}

impl From<&Cx> for Trace {
    fn from(cx: &Cx) -> Self {
        Self { at: cx.now, actor: cx.actor.to_string(), subject: cx.subject.clone(), request_id: cx.request_id.clone() }
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whose data it is.
    pub tenant: TenantId,
    /// What happened.
    pub action: Action,
    /// The id of what it happened to.
    pub id: String,
    /// Who did it.
    pub trace: Trace,
    /// The names of what changed, in order: a field, or `attributes.<key>`. Of a new thing everything it has.
    pub changed: BTreeSet<String>,
    /// The record after the change, where it happened to one.
    pub record: Option<Record>,
    /// The file after the change, where it happened to one of which the feed tells.
    pub attachment: Option<Attachment>,
    /// The application whose record it is; of anything else, the one that somebody acted for who did it.
    pub app_id: Option<AppId>,
    /// The person whose record or entry it is.
    pub person_id: Option<PersonId>,
    /// Where it is an attempt that was refused, what was asked for and why it was refused.
    pub denial: Option<Denial>,
    /// What tells this change from every other in the stream, however often it is delivered.
    pub sequence: String,
}

impl Change {
    /// What became of a record; `None` where the write changed nothing.
    pub fn of_record(old: Option<&Record>, new: &Record, sequence: String) -> Option<Self> {
        if old.is_some_and(|old| old.stamp.version == new.stamp.version) {
            return None;
        }
        let was_deleted = old.is_some_and(|old| old.deleted.is_some());
        let verb = match (old, was_deleted, new.deleted.is_some()) {
            (None, ..) => ChangeKind::Created,
            (_, false, true) => ChangeKind::Deleted,
            (_, true, false) => ChangeKind::Restored,
            _ => ChangeKind::Updated,
        };
        Some(Self {
            tenant: new.tenant,
            action: Action { entity: Entity::LearningRecord, verb },
            id: new.id.to_string(),
            trace: Trace::from(&new.stamp),
            changed: changed(&old.map(shown), &shown(new)),
            record: Some(new.clone()),
            attachment: None,
            app_id: new.app_id.clone(),
            person_id: Some(new.person_id.clone()),
            denial: None,
            sequence,
        })
    }

    /// The record that the feed tells the change of.
    pub fn record_id(&self) -> Option<RecordId> {
        let record = self.record.as_ref().map(|record| record.id);
        record.or_else(|| self.attachment.as_ref().map(|attachment| attachment.record_id))
    }

    /// What became of a file; `None` where the write changed nothing. The feed tells verdicts only.
    pub fn of_attachment(old: Option<&Attachment>, new: &Attachment, sequence: String) -> Option<Self> {
        if old.is_some_and(|old| old.stamp.version == new.stamp.version) {
            return None;
        }
        let verb = match new.state {
            State::Pending => ChangeKind::Created,
            State::Ready => ChangeKind::Ready,
            State::Rejected(_) => ChangeKind::Rejected,
            State::Deleted => ChangeKind::Deleted,
        };
        let told = matches!(verb, ChangeKind::Ready | ChangeKind::Rejected);
        Some(Self {
            tenant: new.tenant_id,
            action: Action { entity: Entity::Attachment, verb },
            id: new.id.to_string(),
            trace: Trace::from(&new.stamp),
            changed: if told { ["state".to_owned()].into() } else { BTreeSet::new() },
            record: None,
            attachment: told.then(|| new.clone()),
            app_id: new.app_id.clone(),
            person_id: Some(new.person_id.clone()),
            denial: None,
            sequence,
        })
    }
}

/// What of a record counts as changed.
fn shown(record: &Record) -> Value {
    let mut fields = serde_json::to_value(&record.content).unwrap_or_default();
    // The same value under another generation is another value.
    let values = record.content.attributes.iter();
    let values = values.map(|(key, kept)| (key.to_string(), serde_json::json!([kept.generation, kept])));
    fields["attributes"] = values.collect::<serde_json::Map<_, _>>().into();
    fields["is_deleted"] = record.deleted.is_some().into();
    fields
}

/// The names of the members that differ, those of `attributes` one by one.
pub fn changed(old: &Option<Value>, new: &Value) -> BTreeSet<String> {
    let empty = Value::Null;
    let old = old.as_ref().unwrap_or(&empty);
    let mut names = BTreeSet::new();
    for key in keys(old).chain(keys(new)) {
        let (before, after) = (old.get(key), new.get(key));
        if before == after {
            continue;
        }
        if key == "attributes" {
            let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
            names.extend(changed(&Some(before.clone()), after).into_iter().map(|name| format!("attributes.{name}")));
        } else if !(key == "is_deleted" && before.is_none() && after == Some(&Value::Bool(false))) {
            names.insert(key.clone());
        }
    }
    names
}

fn keys(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(serde_json::Map::keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::nothing(json!({"title": "a"}), json!({"title": "a"}), &[])]
    #[case::a_field(json!({"title": "a", "score": 1}), json!({"title": "b", "score": 1}), &["title"])]
    #[case::came_and_went(json!({"score": 1}), json!({"passed": true}), &["passed", "score"])]
    #[case::one_attribute(json!({"attributes": {"a": 1, "b": 2}}), json!({"attributes": {"a": 1, "b": 3}}), &["attributes.b"])]
    #[case::the_last_attribute(json!({"attributes": {"a": 1}}), json!({}), &["attributes.a"])]
    #[case::deleted(json!({"is_deleted": false}), json!({"is_deleted": true}), &["is_deleted"])]
    fn what_changed_is_named(#[case] old: Value, #[case] new: Value, #[case] names: &[&str]) {
        assert_eq!(changed(&Some(old), &new).iter().map(String::as_str).collect::<Vec<_>>(), names);
    }

    #[test]
    fn a_new_thing_names_what_it_has() {
        let new = json!({"title": "a", "attributes": {"x": 1}, "is_deleted": false});
        assert_eq!(changed(&None, &new).iter().map(String::as_str).collect::<Vec<_>>(), ["attributes.x", "title"]);
    }

    #[rstest]
    #[case::one("learningRecord.denied", "learningRecord.denied", true)]
    #[case::another("person.denied", "learningRecord.denied", false)]
    #[case::all("denied", "learningRecord.denied", true)]
    #[case::all_others("denied", "learningRecord.deleted", false)]
    fn actions_are_named_by_verb_or_one_by_one(#[case] text: &str, #[case] action: &str, #[case] taken: bool) {
        let actions = Actions::parse(text).expect("actions");
        assert_eq!(actions.take(Action::parse(action).expect("an action")), taken);
    }

    #[test]
    fn what_names_no_actions_is_refused() {
        for text in ["", "made", "learningRecord", "learningRecord.", ".denied", "*"] {
            assert!(Actions::parse(text).is_err(), "{text}");
        }
    }

    #[rstest]
    #[case("learningRecord.created", true)]
    #[case("apiKey.deleted", true)]
    #[case("learningRecord", false)]
    #[case("learningRecord.made", false)]
    #[case("", false)]
    fn actions_have_names(#[case] text: &str, #[case] valid: bool) {
        let read = Action::parse(text);
        assert_eq!(read.is_ok(), valid);
        if let Ok(action) = read {
            assert_eq!(action.to_string(), text);
        }
    }
}
