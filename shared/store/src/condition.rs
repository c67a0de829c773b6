//! Which items exist: one definition for reads and for the conditions of writes.
//!
//! An entity is deleted by putting it once more with the stamp of who deleted it and an expired `ttl`: a *tombstone*.
//! So the table's stream says who deleted it. DynamoDB removes the tombstone later, which is no further change. An item
//! with a `ttl` counts as absent, whatever the time. The exceptions are items that are kept for a limited time from the
//! start: unique keys, marks, events, audit entries, pending files. They are accessed with [`WriteCondition::New`],
//! [`WriteCondition::AnyVersion`], `any_item` and `Range::any`, and their readers check the time.

use crate::{
    call::{Item, n},
    keys::{PK, TTL},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// Whether an item exists and is no tombstone.
pub(crate) fn is_live(item: &Item) -> bool {
    !item.contains_key(TTL)
}

const CREATED_AT: &str = "created_at";

/// A condition on the item that a write replaces.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WriteCondition {
    /// There is no item, not even a tombstone.
    New,
    /// There is no item, or a tombstone.
    Absent,
    /// There is an item that is no tombstone.
    Present,
    /// The item is at this version and no tombstone.
    Version(u64),
    /// The item is at this version; it may have a `ttl`.
    AnyVersion(u64),
    /// As [`Self::Version`]; for version 0 as [`Self::Absent`].
    VersionOrNone(u64),
}

impl WriteCondition {
    /// The condition for replacing a version, or for creating if there is none.
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

    /// `None` rather than an empty map, which DynamoDB refuses.
    pub(crate) fn values(self) -> Option<HashMap<String, AttributeValue>> {
        match self {
            Self::New | Self::Absent | Self::Present | Self::VersionOrNone(0) => None,
            Self::Version(version) | Self::AnyVersion(version) | Self::VersionOrNone(version) => {
                Some([(":guard".to_owned(), n(version))].into())
            }
        }
    }
}

/// A condition in DynamoDB's form.
pub(crate) struct ConditionExpression {
    pub(crate) expression: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl ConditionExpression {
    /// The condition for putting `item`. A next version replaces only the entity that was read, recognised by when it
    /// was created: an entity that was deleted and created again may reach the same version.
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
