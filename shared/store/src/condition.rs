//! What counts as there: the one place that says so, for reads and for conditions of writes.
//!
//! A thing is deleted by putting it once more, with the stamp of who deleted it and a `ttl` that has come: it has
//! *ended*. The table's stream so tells who deleted it, and DynamoDB removes it some day, which tells nothing more.
//! Whatever carries a `ttl` counts as absent from that moment on, whichever clock reads it. Only what is kept for a
//! time from the start (names, marks, events, entries of the audit trail, files that wait) has a `ttl` that lies ahead; its readers ask
//! for it by [`WriteCondition::New`], [`WriteCondition::AnyVersion`], `any_item` and `Range::any`, and look at the time themselves.

use crate::{
    call::{Item, n},
    keys::{PK, TTL},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// Whether an item has not ended.
pub(crate) fn is_live(item: &Item) -> bool {
    !item.contains_key(TTL)
}

/// When a thing was made.
const CREATED_AT: &str = "created_at";

/// A condition on what is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WriteCondition {
    /// There never was anything, as far as DynamoDB knows.
    New,
    /// Nothing is there, or what was has ended.
    Absent,
    /// Something is there.
    Present,
    /// It is there at this version.
    Version(u64),
    /// It is at this version, also where it has a `ttl` that lies ahead.
    AnyVersion(u64),
    /// It is there at this version, or nothing is there and the version is 0.
    VersionOrNone(u64),
}

impl WriteCondition {
    /// In the place of this version; without one, where nothing is.
    pub(crate) fn replacing(version: Option<u64>) -> Self {
        version.map_or(Self::Absent, Self::Version)
    }

    pub(crate) fn expression(self) -> &'static str {
        match self {
            Self::New => "attribute_not_exists(#guard)",
            Self::Absent | Self::VersionOrNone(0) => "attribute_not_exists(#guard) OR attribute_exists(#ttl)",
            Self::Present => "attribute_exists(#guard) AND attribute_not_exists(#ttl)",
            Self::AnyVersion(_) => "#guard = :guard",
            Self::Version(_) | Self::VersionOrNone(_) => "#guard = :guard AND attribute_not_exists(#ttl)",
        }
    }

    pub(crate) fn names(self) -> HashMap<String, String> {
        let guard = match self {
            Self::New | Self::Absent | Self::Present => PK,
            Self::Version(_) | Self::AnyVersion(_) | Self::VersionOrNone(_) => "version",
        };
        let mut names = HashMap::from([("#guard".to_owned(), guard.to_owned())]);
        if !matches!(self, Self::New | Self::AnyVersion(_)) {
            names.insert("#ttl".to_owned(), TTL.to_owned());
        }
        names
    }

    /// DynamoDB refuses an empty map of values.
    pub(crate) fn values(self) -> Option<HashMap<String, AttributeValue>> {
        match self {
            Self::New | Self::Absent | Self::Present | Self::VersionOrNone(0) => None,
            Self::Version(version) | Self::AnyVersion(version) | Self::VersionOrNone(version) => {
                Some([(":guard".to_owned(), n(version))].into())
            }
        }
    }
}

/// The condition on which an item is put, as DynamoDB takes it.
pub(crate) struct ConditionExpression {
    pub(crate) expression: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl ConditionExpression {
    /// For putting this item. The next version of a thing replaces the thing that was read: one that was deleted and made
    /// again since may be at the same version when a try arrives that was given up on.
    pub(crate) fn of_putting(item: &Item, when: WriteCondition) -> Self {
        let mut condition =
            Self { expression: when.expression().to_owned(), names: when.names(), values: when.values() };
        if let (WriteCondition::Version(version), Some(created_at)) = (when, item.get(CREATED_AT))
            && item.get("version") == Some(&n(version + 1))
        {
            condition.expression.push_str(" AND #created_at = :created_at");
            condition.names.insert("#created_at".to_owned(), CREATED_AT.to_owned());
            condition.values.get_or_insert_default().insert(":created_at".to_owned(), created_at.clone());
        }
        condition
    }
}
