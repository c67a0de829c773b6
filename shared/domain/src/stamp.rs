//! Who wrote a thing, when, how often: on every item, so that the table's stream is all that history and audit need.

use crate::{caller::Cx, text::PersonId, time};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The fields of a stamp that clients see.
pub const STAMP_FIELDS: [&str; 5] = ["version", "created_at", "created_by", "updated_at", "updated_by"];

/// The marks of the first and the last write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// How often it was written: 1 for a new thing. It is the `ETag`.
    pub version: u64,
    /// When it was made.
    #[serde(with = "time::fixed_width")]
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// When it was last written.
    #[serde(with = "time::fixed_width")]
    pub updated_at: DateTime<Utc>,
    /// Who wrote it last.
    pub updated_by: String,
    /// The person for whom it was last written, where that is another than who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_for: Option<PersonId>,
    /// The request that wrote it last.
    pub request_id: String,
}

impl Stamp {
    /// The stamp of a new thing.
    pub fn first(cx: &Cx) -> Self {
        let actor = cx.actor.to_string();
        Self {
            version: 1,
            created_at: cx.now,
            created_by: actor.clone(),
            updated_at: cx.now,
            updated_by: actor,
            updated_for: cx.subject.clone(),
            request_id: cx.request_id.clone(),
        }
    }

    /// The stamp of a new thing that no request of the API made.
    pub fn by(actor: impl Into<String>, now: DateTime<Utc>, request_id: impl Into<String>) -> Self {
        let actor = actor.into();
        Self {
            version: 1,
            created_at: now,
            created_by: actor.clone(),
            updated_at: now,
            updated_by: actor,
            updated_for: None,
            request_id: request_id.into(),
        }
    }

    /// The stamp after one more write.
    pub fn next(&self, cx: &Cx) -> Self {
        Self {
            version: self.version + 1,
            created_at: self.created_at,
            created_by: self.created_by.clone(),
            updated_at: cx.now,
            updated_by: cx.actor.to_string(),
            updated_for: cx.subject.clone(),
            request_id: cx.request_id.clone(),
        }
    }

    /// The stamp after one more write that no request of the API made.
    pub fn next_by(&self, actor: impl Into<String>, now: DateTime<Utc>, request_id: impl Into<String>) -> Self {
        Self {
            version: self.version + 1,
            created_at: self.created_at,
            created_by: self.created_by.clone(),
            ..Self::by(actor, now, request_id)
        }
    }

    /// What clients see of one of [`STAMP_FIELDS`]; `None` for any other.
    pub fn shown(&self, name: &str) -> Option<Value> {
        match name {
            "version" => Some(json!(self.version)),
            "created_at" => Some(json!(time::fixed(self.created_at))),
            "created_by" => Some(json!(self.created_by)),
            "updated_at" => Some(json!(time::fixed(self.updated_at))),
            "updated_by" => Some(json!(self.updated_by)),
            _ => None,
        }
    }
}
