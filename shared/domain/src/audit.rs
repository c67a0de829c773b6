//! The audit trail: chains of entries each of which carries the hash of the one before.
//!
//! Whoever changes, drops or inserts an entry breaks the chain behind it; whoever rewrites all that follows disagrees
//! with the checkpoints. Each entry also says how long the one before it is kept, which tells retention from removal.
//! [`ChainVerifier`] compares a chain with all that.

mod verify;

pub use verify::{ChainBreak, ChainFault, ChainVerifier, Checkpoint, Checkpoints};

use crate::{
    change::{Action, Change, ChangeKind, Entity, Trace},
    text::{AppId, PersonId},
};
use chrono::{DateTime, Utc, serde::ts_seconds};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How many chains a tenant has: as many writers as that do not get into each other's way.
pub const CHAINS: u8 = 4;

/// The id of an entry: its chain and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditEntryId {
    /// Which chain, from 0.
    pub chain: u8,
    /// Which place in it, from 1.
    pub place: u64,
}

/// The width of a place as text, so that places sort as texts.
const WIDTH: usize = 15;

impl fmt::Display for AuditEntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "act_{}{:0WIDTH$}", self.chain, self.place)
    }
}

impl FromStr for AuditEntryId {
    type Err = InvalidAuditEntryId;

    fn from_str(text: &str) -> Result<Self, InvalidAuditEntryId> {
        let digits = text.strip_prefix("act_").ok_or(InvalidAuditEntryId)?;
        if digits.len() != WIDTH + 1 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidAuditEntryId);
        }
        let (chain, place) = digits.split_at(1);
        let (chain, place) =
            (chain.parse().map_err(|_| InvalidAuditEntryId)?, place.parse().map_err(|_| InvalidAuditEntryId)?);
        if chain >= CHAINS || place == 0 { Err(InvalidAuditEntryId) } else { Ok(Self { chain, place }) }
    }
}

/// Not the id of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of the form act_0000000000000001")]
pub struct InvalidAuditEntryId;

/// What is known of one change, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFacts {
    /// What happened.
    pub action: Action,
    /// The id of what it happened to.
    pub entity_id: String,
    /// Who did it.
    #[serde(flatten)]
    pub trace: Trace,
    /// What changed.
    #[serde(default)]
    pub changed: BTreeSet<String>,
    /// The application whose record it is; of anything else, the one that somebody acted for who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
    /// The person whose record or entry it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// What a refused attempt asked for: the name of the route's function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&Change> for AuditFacts {
    fn from(change: &Change) -> Self {
        Self {
            action: change.action,
            entity_id: change.id.clone(),
            trace: change.trace.clone(),
            changed: change.changed.clone(),
            app_id: change.app_id.clone(),
            person_id: change.person_id.clone(),
            operation: change.denial.as_ref().map(|denial| denial.operation.clone()),
            reason: change.denial.as_ref().map(|denial| denial.reason.clone()),
        }
    }
}

/// The end of a chain: the last entry's place, hash and retention.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChainHead {
    /// The place, 0 before the first entry.
    pub place: u64,
    /// The hash, empty before the first entry.
    pub hash: String,
    /// Until when the entry is kept, to the second; 1970 before the first entry.
    #[serde(with = "ts_seconds")]
    pub kept_until: DateTime<Utc>,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place, from 1.
    pub place: u64,
    /// What happened.
    #[serde(flatten)]
    pub facts: AuditFacts,
    /// Until when it is kept, to the second.
    #[serde(with = "ts_seconds")]
    pub kept_until: DateTime<Utc>,
    /// The hash of the entry before, empty for the first.
    pub previous: String,
    /// Until when the entry before is kept; 1970 for the first.
    #[serde(with = "ts_seconds")]
    pub previous_kept_until: DateTime<Utc>,
    /// The SHA-256 of all of the above, in hexadecimal.
    pub hash: String,
}

impl AuditEntry {
    /// The entry that follows `head`, to be kept until a moment, which loses its fraction of a second.
    pub fn after(head: &ChainHead, facts: AuditFacts, kept_until: DateTime<Utc>) -> Self {
        let mut entry = Self {
            place: head.place + 1,
            facts,
            kept_until: DateTime::from_timestamp(kept_until.timestamp(), 0).unwrap_or_default(),
            previous: head.hash.clone(),
            previous_kept_until: head.kept_until,
            hash: String::new(),
        };
        entry.hash = entry.hashed();
        entry
    }

    /// What stands for an entry that cannot be read, which somebody must have changed: it has no hash, and so is found
    /// changed wherever it is checked.
    pub fn unreadable(place: u64) -> Self {
        let trace = Trace { at: DateTime::UNIX_EPOCH, actor: String::new(), subject: None, request_id: String::new() };
        let facts = AuditFacts {
            action: Action { entity: Entity::LearningRecord, verb: ChangeKind::Denied },
            entity_id: String::new(),
            trace,
            changed: BTreeSet::new(),
            app_id: None,
            person_id: None,
            operation: None,
            reason: None,
        };
        let never = DateTime::UNIX_EPOCH;
        Self {
            place,
            facts,
            kept_until: never,
            previous: String::new(),
            previous_kept_until: never,
            hash: String::new(),
        }
    }

    /// Whether it stands for one that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.hash.is_empty()
    }

    /// The head of the chain that ends here.
    pub fn head(&self) -> ChainHead {
        ChainHead { place: self.place, hash: self.hash.clone(), kept_until: self.kept_until }
    }

    /// The hash of what it says: over JSON with the names in order, so that equal entries have equal hashes.
    fn hashed(&self) -> String {
        // `serde_json::Value` keeps names in order.
        let facts = serde_json::to_value(&self.facts).unwrap_or_default();
        let times = [self.previous_kept_until.timestamp(), self.kept_until.timestamp()];
        let text = serde_json::json!([self.place, self.previous, facts, times]).to_string();
        format!("{:x}", Sha256::digest(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back(chain in 0..CHAINS, place in 1u64..1_000_000_000_000_000) {
            let id = AuditEntryId { chain, place };
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn ids_of_a_chain_sort_by_place(a in 1u64..1_000_000_000_000_000, b in 1u64..1_000_000_000_000_000) {
            let text = |place| AuditEntryId { chain: 1, place }.to_string();
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }
    }
}
