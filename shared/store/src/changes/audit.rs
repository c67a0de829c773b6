//! The audit trail: entries in chains, and the ends of those.

use crate::{
    TenantStore,
    call::Item,
    entity,
    keys::{self, Key},
    list::Slice,
};
use chrono::{DateTime, Utc};
use rol_domain::{
    Result,
    audit::{AuditEntry, CHAINS, ChainHead},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct HeadItem {
    /// Named as every counter is on which a write is conditioned.
    pub(super) version: u64,
    pub(super) hash: String,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(super) kept_until: DateTime<Utc>,
}

impl From<HeadItem> for ChainHead {
    fn from(HeadItem { version, hash, kept_until }: HeadItem) -> Self {
        Self { place: version, hash, kept_until }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct EntryItem {
    #[serde(flatten)]
    pub(super) entry: AuditEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<i64>,
}

impl TenantStore<'_> {
    /// The heads of the audit trail, by chain. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_heads(&self) -> Result<Vec<ChainHead>> {
        let keys: Vec<Key> = (0..CHAINS).map(|chain| Key::audit_head(self.tenant, chain)).collect();
        let mut heads = vec![ChainHead::default(); keys.len()];
        for item in self.batch(keys.iter().cloned().map(Key::into_item).collect()).await? {
            let chain = keys.iter().position(|key| key.pk == keys::partition_key_of(&item));
            let head = entity::read::<HeadItem>("reading a chain's head", item)?;
            if let Some(chain) = chain {
                heads[chain] = head.into();
            }
        }
        Ok(heads)
    }

    /// Entries of a chain from behind `after`, in order; where one cannot be read, or says that it belongs elsewhere,
    /// what stands for it ([`AuditEntry::unreadable`]). One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries(&self, chain: u8, after: u64, limit: usize) -> Result<Vec<AuditEntry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let items = self
            .range(pk)
            .any()
            .between(&keys::place_key(after + 1), &keys::place_key(keys::LAST_PLACE))
            .first(limit)
            .await?;
        Ok(items.into_iter().map(read_in_place).collect())
    }

    /// Entries of a chain from before `before`, newest first, otherwise as [`Self::audit_entries`]. One call, strongly
    /// consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries_before(
        &self,
        chain: u8,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Slice<AuditEntry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let before = before.map(keys::place_key);
        // Places are digits; the head is not.
        let page = self.range(pk).any().starting("0").descending().behind(before.as_deref()).page(limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_in_place).collect(), more: page.more })
    }

    /// One entry of a chain. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entry(&self, chain: u8, place: u64) -> Result<Option<AuditEntry>> {
        self.any_item(Key::audit(self.tenant, chain, place)).await?.map(read_entry).transpose()
    }
}

/// The chain of the audit trail in which a thing's entries are.
pub(super) fn chain_of(entity_id: &str) -> u8 {
    keys::shard_among(entity_id, CHAINS)
}

fn read_in_place(item: Item) -> AuditEntry {
    let place = keys::sort_key_of(&item).parse().unwrap_or(keys::LAST_PLACE);
    read_entry(item).ok().filter(|entry| entry.place == place).unwrap_or_else(|| AuditEntry::unreadable(place))
}

fn read_entry(item: Item) -> Result<AuditEntry> {
    Ok(entity::read::<EntryItem>("reading an audit entry", item)?.entry)
}
