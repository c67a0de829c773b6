//! The audit trail: entries in chains, and the ends of those.

use crate::{
    TenantStore,
    call::Item,
    entity,
    keys::{self, Key},
    listed::Slice,
};
use rol_domain::{
    Result,
    audit::{CHAINS, Entry, Head},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct HeadItem {
    /// Named as every counter is on which a write is conditioned.
    pub(super) version: u64,
    pub(super) hash: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EntryItem {
    #[serde(flatten)]
    pub(super) entry: Entry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<i64>,
}

impl TenantStore<'_> {
    /// The head of a chain of the audit trail. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_head(&self, chain: u8) -> Result<Head> {
        let item = self.item(Key::audit_head(self.tenant, chain)).await?;
        let head = item.map(|item| entity::read::<HeadItem>("reading a chain's head", item)).transpose()?;
        Ok(head.map_or_else(Head::default, |HeadItem { version, hash }| Head { place: version, hash }))
    }

    /// Entries of a chain from behind `after`, in order, for those who verify them: where one cannot be read, or says that
    /// it belongs elsewhere, what stands for it ([`Entry::unreadable`]). One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries(&self, chain: u8, after: u64, limit: usize) -> Result<Vec<Entry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let items = self
            .range(pk)
            .any()
            .between(&keys::place_key(after + 1), &keys::place_key(keys::LAST_PLACE))
            .first(limit)
            .await?;
        let read = |item: Item| {
            let place = keys::sort_key_of(&item).parse().unwrap_or(keys::LAST_PLACE);
            read_entry(item).ok().filter(|entry| entry.place == place).unwrap_or_else(|| Entry::unreadable(place))
        };
        Ok(items.into_iter().map(read).collect())
    }

    /// Entries of a chain from before `before`, newest first. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries_before(&self, chain: u8, before: Option<u64>, limit: usize) -> Result<Slice<Entry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let before = before.map(keys::place_key);
        // Places are digits; the head is not.
        let page = self.range(pk).any().starting("0").descending().behind(before.as_deref()).page(limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_entry).collect::<Result<_>>()?, more: page.more })
    }

    /// One entry of a chain. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entry(&self, chain: u8, place: u64) -> Result<Option<Entry>> {
        self.any_item(Key::audit(self.tenant, chain, place)).await?.map(read_entry).transpose()
    }
}

/// The chain of the audit trail in which a thing's entries are.
pub(super) fn chain_of(entity_id: &str) -> u8 {
    keys::shard_among(entity_id, CHAINS)
}

fn read_entry(item: Item) -> Result<Entry> {
    Ok(entity::read::<EntryItem>("reading an audit entry", item)?.entry)
}
