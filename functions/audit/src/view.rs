//! An entry of the audit trail as the API gives it.

use chrono::{DateTime, Utc};
use rol_domain::{
    audit::{AuditEntry, AuditEntryId},
    change::Action,
    text::{AppId, PersonId},
    time::fixed_width,
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// One thing that was done, or tried without the right to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionLog)]
pub(crate) struct EntryView {
    /// Its id: its chain and its place in it.
    #[schema(examples("act_2000000000000017"))]
    id: String,
    /// What was done.
    #[schema(value_type = String, examples("learningRecord.updated"))]
    action: Action,
    /// To what. Of a refused attempt what its path named, whether or not there is such a thing; empty where it named
    /// nothing.
    #[schema(examples("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    entity_id: String,
    /// When.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
    /// Who did it: a person's id or a key's.
    actor: String,
    /// For whom, where that is somebody else.
    #[schema(value_type = Option<String>)]
    subject: Option<PersonId>,
    /// The application whose record it is; of anything else, the one that somebody acted for who did it.
    #[schema(value_type = Option<String>)]
    app_id: Option<AppId>,
    /// The person whose record or entry it is.
    #[schema(value_type = Option<String>)]
    person_id: Option<PersonId>,
    /// By which request.
    request_id: String,
    /// The names of what changed.
    changed: BTreeSet<String>,
    /// What a refused attempt asked for.
    #[schema(examples("records.patch"))]
    operation: Option<String>,
    /// Why it was refused.
    #[schema(examples("you lack the right to write records"))]
    reason: Option<String>,
    /// Until when it is kept.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    kept_until: DateTime<Utc>,
    /// The hash of the entry before it in its chain.
    previous: String,
    /// Until when the entry before it is kept; 1970 for the first of a chain.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    previous_kept_until: DateTime<Utc>,
    /// The SHA-256 of all of the above.
    hash: String,
}

impl EntryView {
    pub(crate) fn of(id: AuditEntryId, entry: AuditEntry) -> Self {
        let AuditEntry { facts, kept_until, previous, previous_kept_until, hash, .. } = entry;
        Self {
            id: id.to_string(),
            action: facts.action,
            entity_id: facts.entity_id,
            at: facts.trace.at,
            actor: facts.trace.actor,
            subject: facts.trace.subject,
            app_id: facts.app_id,
            person_id: facts.person_id,
            request_id: facts.trace.request_id,
            changed: facts.changed,
            operation: facts.operation,
            reason: facts.reason,
            kept_until,
            previous,
            previous_kept_until,
            hash,
        }
    }
}
