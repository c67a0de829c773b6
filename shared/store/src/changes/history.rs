//! What records were before.

use crate::{
    TenantStore,
    call::Item,
    entity,
    keys::{self, Key},
    list::Slice,
    records::RecordItem,
};
use rol_domain::{PersonKey, Record, RecordId, Result, change::Action, text::PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A version of a record, and how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The record at this version.
    pub record: Record,
    /// What happened.
    pub action: Action,
    /// What changed.
    pub changed: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct HistoryItem {
    pub(super) image: RecordItem,
    pub(super) action: Action,
    #[serde(default)]
    pub(super) changed: BTreeSet<String>,
}

impl TenantStore<'_> {
    /// A record's history, newest first, from before version `before`. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history(&self, record: RecordId, before: Option<u64>, limit: usize) -> Result<Slice<HistoryEntry>> {
        let pk = keys::person_partition(self.tenant, record.person_key());
        let prefix = keys::history_prefix(record);
        let before = before.map(|version| Key::history(self.tenant, record, version).sk);
        let page = self.range(pk).starting(&prefix).descending().behind(before.as_deref()).page(limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_history).collect::<Result<_>>()?, more: page.more })
    }

    /// One version of a record. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn version(&self, record: RecordId, version: u64) -> Result<Option<HistoryEntry>> {
        self.item(Key::history(self.tenant, record, version)).await?.map(read_history).transpose()
    }

    /// These versions of records, those that are there; at most 100. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn versions(&self, wanted: &BTreeSet<(RecordId, u64)>) -> Result<HashMap<(RecordId, u64), HistoryEntry>> {
        let keys = wanted.iter().map(|(record, version)| Key::history(self.tenant, *record, *version).into_item());
        let mut found = HashMap::new();
        for item in self.batch(keys.collect()).await? {
            let entry = read_history(item)?;
            found.insert((entry.record.id, entry.record.stamp.version), entry);
        }
        Ok(found)
    }

    /// All history of a person's partition, the newest version of the newest record first, from behind `after`. One
    /// call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history_of_person(
        &self,
        person: &PersonId,
        after: Option<(RecordId, u64)>,
        limit: usize,
    ) -> Result<Slice<HistoryEntry>> {
        let pk = keys::person_partition(self.tenant, PersonKey::of(self.tenant, person));
        let after = after.map(|(record, version)| Key::history(self.tenant, record, version).sk);
        let page = self.range(pk).starting("HIS#").descending().behind(after.as_deref()).page(limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_history).collect::<Result<_>>()?, more: page.more })
    }
}

fn read_history(item: Item) -> Result<HistoryEntry> {
    let HistoryItem { image, action, changed } = entity::read("reading a history entry", item)?;
    Ok(HistoryEntry { record: image.into(), action, changed })
}
