//! The record of a learning: its fields, and which changes to it are legal.

pub mod content;
pub mod echo;
pub mod status;

pub use content::{Content, ContentPatch};
pub use echo::Echo;
pub use status::Status;

use crate::{
    caller::Cx,
    error::Result,
    id::{RecordId, TenantId},
    patch::Patch,
    text::{AppId, PersonId, Source},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    /// How many PDFs it has.
    pub attachments_count: u32,
    /// How often it was written: 1 for a new record. It is the `ETag`.
    pub version: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
    /// Who wrote it last.
    pub updated_by: String,
    /// The request that wrote it last.
    pub request_id: String,
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

/// From where a record was written first, as cPod names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Whose learning it is.
    pub person_id: PersonId,
    /// What is said of it.
    pub content: Content,
    /// A provenance tag; `edm` where none is given.
    pub source: Option<Source>,
    /// From where it is written; `api` where nothing is given.
    pub source_type: Option<SourceType>,
    /// What the client sent back of the server's own fields.
    pub echo: Echo,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordPatch {
    /// What changes.
    pub content: ContentPatch,
    /// What the client sent back of the server's own fields.
    pub echo: Echo,
}

impl Record {
    /// A new record under `id`.
    ///
    /// # Errors
    /// Where the client sent a server's field with another value than the record gets.
    pub fn create(id: RecordId, new: NewRecord, cx: &Cx) -> Result<Self> {
        let actor = cx.actor.to_string();
        let record = Self {
            id,
            tenant: cx.tenant,
            app_id: cx.app_id.clone(),
            person_id: new.person_id,
            content: new.content,
            source: new.source.unwrap_or_default(),
            source_type: new.source_type.unwrap_or_default(),
            attachments_count: 0,
            version: 1,
            created_at: cx.now,
            created_by: actor.clone(),
            updated_at: cx.now,
            updated_by: actor,
            request_id: cx.request_id.clone(),
            deleted: None,
        };
        let errors = new.echo.check(&record, cx.now);
        errors.or(record)
    }

    /// The record after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break.
    pub fn patched(&self, mut patch: RecordPatch, cx: &Cx) -> Result<Option<Self>> {
        let mut errors = patch.echo.check(self, cx.now);
        if let Patch::Value(status) = patch.content.status
            && self.shows_derived(status, cx)
        {
            patch.content.status = Patch::Absent;
        }
        match self.content.clone().merge(patch.content) {
            Ok(content) => errors.or(self.written(content, cx)),
            Err(more) => {
                errors.append(more);
                errors.or(None)
            }
        }
    }

    /// The record after it was replaced, or `None` where that changes nothing. What is set on create only stays.
    ///
    /// # Errors
    /// Every field that cannot be replaced.
    pub fn replaced(&self, mut new: NewRecord, cx: &Cx) -> Result<Option<Self>> {
        let mut errors = new.echo.check(self, cx.now);
        if new.person_id != self.person_id {
            errors.body(
                "/person_id",
                format_args!("expected the record's person, found {:?}: it cannot change", new.person_id.as_str()),
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
        errors.or(self.written(new.content, cx))
    }

    /// Whether `status` is what the record shows without a client ever having set it. A client that sends it back
    /// with the rest of what it read does not mean to fix it.
    fn shows_derived(&self, status: Status, cx: &Cx) -> bool {
        self.content.status.is_none() && status == self.content.derived_status(cx.now)
    }

    fn written(&self, content: Content, cx: &Cx) -> Option<Self> {
        (content != self.content).then(|| Self {
            content,
            version: self.version + 1,
            updated_at: cx.now,
            updated_by: cx.actor.to_string(),
            request_id: cx.request_id.clone(),
            ..self.clone()
        })
    }

    /// Whether the caller may know of it: an application sees only its own.
    pub fn is_visible_to(&self, cx: &Cx) -> bool {
        self.tenant == cx.tenant && (cx.app_id.is_none() || cx.app_id == self.app_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::{Actor, Role},
        text::Title,
        when::When,
    };

    fn cx() -> Cx {
        Cx {
            tenant: TenantId::from_ulid(1u128.into()),
            actor: Actor::Subject(PersonId::parse("ada").expect("valid")),
            app_id: None,
            role: Role::Admin,
            scopes: Default::default(),
            request_id: "r1".into(),
            now: DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc(),
        }
    }

    fn new() -> NewRecord {
        NewRecord {
            person_id: PersonId::parse("p1").expect("valid"),
            content: Content::titled(Title::parse("First aid").expect("valid")),
            source: None,
            source_type: None,
            echo: Echo::default(),
        }
    }

    fn record() -> Record {
        Record::create(RecordId::from_ulid(7u128.into()), new(), &cx()).expect("legal")
    }

    fn patch(change: fn(&mut ContentPatch)) -> RecordPatch {
        let mut patch = RecordPatch::default();
        change(&mut patch.content);
        patch
    }

    #[test]
    fn a_new_record_has_version_1_and_the_default_source() {
        let record = record();
        assert_eq!((record.version, record.source.as_str(), record.source_type), (1, "edm", SourceType::Api));
        assert_eq!((record.created_by.as_str(), record.updated_by.as_str()), ("ada", "ada"));
    }

    #[test]
    fn a_change_counts_the_version_up() {
        let later = Cx { request_id: "r2".into(), ..cx() };
        let changed =
            record().patched(patch(|c| c.passed = Patch::Value(true)), &later).expect("legal").expect("changed");
        assert_eq!((changed.version, changed.request_id.as_str()), (2, "r2"));
    }

    #[test]
    fn a_change_that_changes_nothing_writes_nothing() {
        assert_eq!(record().patched(patch(|c| c.passed = Patch::Null), &cx()).expect("legal"), None);
        assert_eq!(record().replaced(new(), &cx()).expect("legal"), None);
    }

    #[test]
    fn a_derived_status_sent_back_stays_derived() {
        let mut started = record();
        started.content.started_at = Some(When::parse("2026-05-01").expect("valid"));
        let done = patch(|c| {
            c.status = Patch::Value(Status::InProgress);
            c.completed_at = Patch::Value(When::parse("2026-05-02").expect("valid"));
        });
        let changed = started.patched(done, &cx()).expect("legal").expect("changed");
        assert_eq!(changed.content.status(cx().now), Status::Complete);
    }

    #[test]
    fn another_status_is_set() {
        let changed = record().patched(patch(|c| c.status = Patch::Value(Status::Accepted)), &cx()).expect("legal");
        assert_eq!(changed.expect("changed").content.status, Some(Status::Accepted));
    }

    #[test]
    fn person_and_source_cannot_be_replaced() {
        let other = NewRecord {
            person_id: PersonId::parse("p2").expect("valid"),
            source: Some(Source::parse("hr").expect("valid")),
            source_type: Some(SourceType::System),
            ..new()
        };
        let text = record().replaced(other, &cx()).expect_err("illegal").to_string();
        for pointer in ["/person_id", "/source", "/source_type"] {
            assert!(text.contains(&format!("{pointer}: ")), "{text}");
        }
    }

    #[test]
    fn an_application_sees_its_own_records_only() {
        let app = |name: &str| Some(AppId::parse(name).expect("valid"));
        let made = Record { app_id: app("a"), ..record() };
        assert!(made.is_visible_to(&cx()));
        assert!(made.is_visible_to(&Cx { app_id: app("a"), ..cx() }));
        assert!(!made.is_visible_to(&Cx { app_id: app("b"), ..cx() }));
        assert!(!record().is_visible_to(&Cx { app_id: app("a"), ..cx() }));
        assert!(!record().is_visible_to(&Cx { tenant: TenantId::from_ulid(2u128.into()), ..cx() }));
    }
}
