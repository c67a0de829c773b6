//! The record of a learning: its fields, and which changes to it are legal.

pub mod content;
pub mod status;

pub use content::{Content, ContentPatch};
pub use status::Status;

use crate::{
    activity::Open,
    attribute::{Attribute, AttributeSet, AttributeValue, Attributes, KeptValue},
    caller::Cx,
    error::{Error, FieldErrors, Result},
    id::{AttachmentId, RecordId, TenantId},
    limits::MAX_RECORD_BYTES,
    patch::Patch,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::{AppId, AttributeKey, OptionText, PersonId, Source},
    time::fixed,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The version of the shape in which records are kept, bumped when a change of it is not backward compatible.
pub const SCHEMA_VERSION: u32 = 1;

/// A record of learning.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its self-locating id.
    pub id: RecordId,
    /// Whose data it is.
    pub tenant: TenantId,
    /// The application that made it, if one did.
    pub app_id: Option<AppId>,
    /// Whose learning it is; it never changes.
    pub person_id: PersonId,
    /// What its clients say of it.
    pub content: Content,
    /// A provenance tag, set on create only.
    pub source: Source,
    /// From where it was written first, set on create only.
    pub source_type: SourceType,
    /// How many files it has that are ready. It changes without a new version: see `rol-store`.
    pub attachments_count: u32,
    /// Who wrote it, when, how often.
    pub stamp: Stamp,
    /// Whether it is deleted, since when and by whom.
    pub deleted: Option<Deletion>,
}

/// When a record was deleted, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
}

/// From where a record was written first.
// The names are those of cPod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SourceType {
    /// A user interface.
    Frontend,
    /// A service.
    Backend,
    /// A server.
    Server,
    /// The system itself.
    System,
    /// A client of the API.
    #[default]
    Api,
}

/// A record as a client gives it, to create it or to replace another.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// What is said of it, custom attributes apart.
    pub content: Content,
    /// Custom attributes, as they came.
    pub attributes: Map<String, Value>,
    /// A provenance tag; `edm` where none is given.
    pub source: Option<Source>,
    /// From where it is written; `api` where nothing is given.
    pub source_type: Option<SourceType>,
    /// What its activity may fill.
    pub open: Open,
    /// Read-only fields, as the client sent them back.
    pub read_only: ReadOnlyFields,
}

impl NewRecord {
    /// A record of which nothing else is said.
    pub fn of(content: Content) -> Self {
        Self {
            content,
            attributes: Map::new(),
            source: None,
            source_type: None,
            open: Open::default(),
            read_only: ReadOnlyFields::default(),
        }
    }
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordPatch {
    /// What changes, custom attributes apart.
    pub content: ContentPatch,
    /// What changes of the custom attributes, as it came.
    pub attributes: Patch<Map<String, Value>>,
    /// Read-only fields, as the client sent them back.
    pub read_only: ReadOnlyFields,
}

impl Record {
    /// The fields that only the server sets, besides those of the stamp.
    pub const READ_ONLY: [&str; 11] = [
        "id",
        "tenant_id",
        "app_id",
        "activity_title",
        "attachments_count",
        "schema_version",
        "is_deleted",
        "deleted_at",
        "deleted_by",
        "is_overdue",
        "is_expired",
    ];

    /// The fields that are set on create only.
    pub const CREATE_ONLY: [&str; 3] = ["person_id", "source", "source_type"];

    /// What the record shows at `now` of a field that only the server, or only a create, sets.
    fn read_only_field(&self, name: &str, now: DateTime<Utc>) -> Value {
        match name {
            "id" => json!(self.id),
            "tenant_id" => json!(self.tenant),
            "app_id" => json!(self.app_id),
            "person_id" => json!(self.person_id),
            "source" => json!(self.source),
            "source_type" => json!(self.source_type),
            "activity_title" => json!(self.content.activity_title),
            "attachments_count" => json!(self.attachments_count),
            "schema_version" => json!(SCHEMA_VERSION),
            "is_deleted" => json!(self.deleted.is_some()),
            "deleted_at" => json!(self.deleted.as_ref().map(|deletion| fixed(deletion.at))),
            "deleted_by" => json!(self.deleted.as_ref().map(|deletion| &deletion.by)),
            "is_overdue" => json!(self.content.is_overdue(now)),
            "is_expired" => json!(self.content.is_expired(now)),
            other => self.stamp.shown(other).unwrap_or_default(),
        }
    }

    /// A new record under `id`.
    ///
    /// # Errors
    /// Every custom attribute that is wrong, and every server's field sent with another value than the record gets;
    /// [`Error::TooLarge`].
    pub fn create(
        id: RecordId,
        person_id: PersonId,
        new: NewRecord,
        attributes: &AttributeSet,
        cx: &Cx,
    ) -> Result<Self> {
        let mut record = Self {
            id,
            tenant: cx.tenant,
            app_id: cx.app_id.clone(),
            person_id,
            content: new.content,
            source: new.source.unwrap_or_default(),
            source_type: new.source_type.unwrap_or_default(),
            attachments_count: 0,
            stamp: Stamp::first(cx),
            deleted: None,
        };
        let mut errors = new.read_only.check(|name| record.read_only_field(name, cx.now));
        record.content.attributes = or_note(attributes.replace(&Default::default(), &new.attributes), &mut errors);
        errors.or(record)?.of_legal_size()
    }

    /// The record after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break; [`Error::TooLarge`].
    pub fn patched(&self, mut patch: RecordPatch, attributes: &AttributeSet, cx: &Cx) -> Result<Option<Self>> {
        let owned = attributes.owned(&self.content.attributes);
        let mut errors = patch.read_only.check(|name| self.read_only_field(name, cx.now));
        if let Patch::Value(status) = patch.content.status
            && self.shows_derived(status, cx)
        {
            patch.content.status = Patch::Absent;
        }
        let sent = match patch.attributes {
            Patch::Absent => Map::new(),
            // Without attributes: each of them is removed.
            Patch::Null => owned.keys().map(|key| (key.to_string(), Value::Null)).collect(),
            Patch::Value(sent) => sent,
        };
        let values = or_note(attributes.merge(&owned, &sent), &mut errors);
        match self.content.clone().merge(patch.content) {
            Ok(content) => {
                errors.or(())?;
                self.written(Content { attributes: values, ..content }, owned, cx)
            }
            Err(more) => {
                errors.append(more);
                errors.or(None)
            }
        }
    }

    /// The record after it was replaced, or `None` where that changes nothing. What is set on create only stays.
    ///
    /// # Errors
    /// Every field that cannot be replaced, every custom attribute that is wrong; [`Error::TooLarge`].
    pub fn replaced(
        &self,
        person_id: &PersonId,
        mut new: NewRecord,
        attributes: &AttributeSet,
        cx: &Cx,
    ) -> Result<Option<Self>> {
        let mut errors = new.read_only.check(|name| self.read_only_field(name, cx.now));
        if *person_id != self.person_id {
            errors.body(
                "/person_id",
                format_args!("expected the record's person, found {:?}: it cannot change", person_id.as_str()),
            );
        }
        if new.source.as_ref().is_some_and(|source| *source != self.source) {
            errors.body("/source", "expected the record's value: it is set on create only");
        }
        if new.source_type.is_some_and(|source| source != self.source_type) {
            errors.body("/source_type", "expected the record's value: it is set on create only");
        }
        if new.content.status.is_some_and(|status| self.shows_derived(status, cx)) {
            new.content.status = None;
        }
        let owned = attributes.owned(&self.content.attributes);
        new.content.attributes = or_note(attributes.replace(&owned, &new.attributes), &mut errors);
        errors.or(())?;
        self.written(new.content, owned, cx)
    }

    /// Whether `status` is what the record shows without a client ever having set it. A client that sends it back
    /// with the rest of what it read does not mean to fix it.
    fn shows_derived(&self, status: Status, cx: &Cx) -> bool {
        self.content.status.is_none() && status == self.content.derived_status(cx.now)
    }

    /// The record with another content than what it shows, of whose values these belong to an attribute.
    fn written(&self, content: Content, owned: Attributes, cx: &Cx) -> Result<Option<Self>> {
        if content == (Content { attributes: owned, ..self.content.clone() }) {
            return Ok(None);
        }
        Self { content, stamp: self.stamp.next(cx), ..self.clone() }.of_legal_size().map(Some)
    }

    fn of_legal_size(self) -> Result<Self> {
        let json = serde_json::to_vec(&self.content).map_err(|error| Error::internal("measuring a record", error))?;
        if json.len() <= MAX_RECORD_BYTES {
            return Ok(self);
        }
        Err(Error::TooLarge { what: "a record".into(), limit: MAX_RECORD_BYTES, found: json.len() })
    }

    /// The record after `file` became the value of an attribute.
    pub fn with_file(&self, attribute: &Attribute, file: AttachmentId, stamp: Stamp) -> Self {
        let mut content = self.content.clone();
        let (generation, value) = (attribute.generation.clone(), AttributeValue::Text(file.to_string()));
        content.attributes.insert(attribute.key.clone(), KeptValue { generation, value });
        Self { content, stamp, ..self.clone() }
    }

    /// The record without the values that name `file`; `None` where none does.
    pub fn without_file(&self, file: AttachmentId, attributes: &AttributeSet, cx: &Cx) -> Option<Self> {
        let mut content = self.content.clone();
        for (key, named) in attributes.files_of(&self.content.attributes) {
            if named == file {
                content.attributes.remove(key);
            }
        }
        (content != self.content).then(|| Self { content, stamp: self.stamp.next(cx), ..self.clone() })
    }

    /// The record without its value of an attribute, or without some options of it; `None` where it has none.
    pub fn without_value(&self, attribute: &Attribute, options: &[OptionText], cx: &Cx) -> Option<Self> {
        let Attribute { key, generation, .. } = attribute;
        let is_lost = |text: &str| options.iter().any(|option| option.as_str() == text);
        let kept = self.content.attributes.get(key).filter(|kept| kept.generation == *generation)?;
        let left = match &kept.value {
            _ if options.is_empty() => None,
            AttributeValue::Text(text) if is_lost(text) => None,
            AttributeValue::Texts(texts) => {
                let left: Vec<String> = texts.iter().filter(|text| !is_lost(text)).cloned().collect();
                (!left.is_empty()).then_some(AttributeValue::Texts(left))
            }
            other => Some(other.clone()),
        };
        let mut content = self.content.clone();
        match left {
            Some(value) => content.attributes.insert(key.clone(), KeptValue { generation: generation.clone(), value }),
            None => content.attributes.remove(key),
        };
        (content != self.content).then(|| Self { content, stamp: self.stamp.next(cx), ..self.clone() })
    }

    /// The record as it is shown: without the values that belong to no attribute.
    pub fn shown(mut self, attributes: &AttributeSet) -> Self {
        self.content.attributes.retain(|key, kept| attributes.owner(key, kept).is_some());
        self
    }

    /// An earlier version as it is shown: without the values whose key means something else by now.
    pub fn shown_in_past(mut self, attributes: &AttributeSet) -> Self {
        self.content.attributes.retain(|key, kept| attributes.may_have_shown(key, kept));
        self
    }

    /// The record as a student may see it: without the values that do not exist for students, and without counting
    /// their files.
    pub fn for_students(self, attributes: &AttributeSet) -> Self {
        self.confined_to(attributes, |key, kept| attributes.shows_generation(key, &kept.generation))
    }

    /// An earlier version as a student may see it: without the values that did not exist for students at that moment
    /// either.
    pub fn for_students_at(self, attributes: &AttributeSet, at: DateTime<Utc>) -> Self {
        self.confined_to(attributes, |key, kept| {
            attributes.shows_generation(key, &kept.generation) && attributes.showed_to_students(key, at)
        })
    }

    fn confined_to(mut self, attributes: &AttributeSet, shows: impl Fn(&AttributeKey, &KeptValue) -> bool) -> Self {
        let hidden = attributes.hidden_files(&self.content.attributes, &shows).len();
        self.attachments_count = self.attachments_count.saturating_sub(u32::try_from(hidden).unwrap_or(u32::MAX));
        self.content.attributes.retain(|key, kept| shows(key, kept));
        self
    }
}

/// The value, or its default with what was wrong noted.
fn or_note<T: Default>(result: Result<T, FieldErrors>, errors: &mut FieldErrors) -> T {
    result.unwrap_or_else(|more| {
        errors.append(more);
        T::default()
    })
}

#[cfg(test)]
mod tests;
