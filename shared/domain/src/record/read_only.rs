//! Fields of the server that a client sends back: ignored while they are what they are, refused otherwise.

use super::Record;
use crate::{
    caller::Cx,
    error::{Error, FieldErrors, Result},
    time::fixed,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// What a client sent of the fields that only the server sets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadOnlyFields(Map<String, Value>);

/// The fields that only the server sets.
pub const SERVER_FIELDS: [&str; 16] = [
    "id",
    "tenant_id",
    "app_id",
    "activity_title",
    "attachments_count",
    "schema_version",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "is_deleted",
    "deleted_at",
    "deleted_by",
    "is_overdue",
    "is_expired",
];

/// The fields that are set on create only.
pub const CREATE_FIELDS: [&str; 3] = ["person_id", "source", "source_type"];

impl ReadOnlyFields {
    /// Takes from `rest` what only the server sets, and with `also` fields that this request cannot set either.
    pub fn take(rest: &mut Map<String, Value>, also: &[&str]) -> Self {
        let names = SERVER_FIELDS.iter().chain(also);
        Self(names.filter_map(|name| rest.remove_entry(*name)).collect())
    }

    /// # Errors
    /// [`Error::Denied`] where it names another tenant than the caller's.
    pub fn check_tenant(&self, cx: &Cx) -> Result<()> {
        match self.0.get("tenant_id") {
            Some(tenant) if *tenant != json!(cx.tenant) => Err(Error::Denied("the record names another tenant".into())),
            _ => Ok(()),
        }
    }

    /// Every field that differs from what `record` shows at `now`.
    pub(super) fn check(&self, record: &Record, now: DateTime<Utc>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (name, sent) in &self.0 {
            let shown = record.server_field(name, now);
            if *sent != shown {
                errors.body(
                    format!("/{name}"),
                    format_args!("expected {shown} or nothing, found {sent}: this request cannot set it"),
                );
            }
        }
        errors
    }
}

impl Record {
    /// What the record shows of a field that only the server, or only a create, sets.
    fn server_field(&self, name: &str, now: DateTime<Utc>) -> Value {
        match name {
            "id" => json!(self.id),
            "tenant_id" => json!(self.tenant),
            "app_id" => json!(self.app_id),
            "person_id" => json!(self.person_id),
            "source" => json!(self.source),
            "source_type" => json!(self.source_type),
            "activity_title" => json!(self.content.activity_title),
            "attachments_count" => json!(self.attachments_count),
            "schema_version" => json!(super::SCHEMA_VERSION),
            "is_deleted" => json!(self.deleted.is_some()),
            "deleted_at" => json!(self.deleted.as_ref().map(|deletion| fixed(deletion.at))),
            "deleted_by" => json!(self.deleted.as_ref().map(|deletion| &deletion.by)),
            "is_overdue" => json!(self.content.is_overdue(now)),
            "is_expired" => json!(self.content.is_expired(now)),
            other => self.stamp.shown(other).unwrap_or_default(),
        }
    }
}
