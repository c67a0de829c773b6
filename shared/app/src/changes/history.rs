//! What a record was before, and what was known of a person on some day.

use crate::{App, PersonSelector, RecordList, access::ReferenceLocation};
use chrono::{DateTime, Utc};
use futures_util::future::try_join;
use rol_domain::{Cx, Error, Kind, Permission, PersonKey, Record, RecordId, Result, Role, limits::MAX_PAGE_QUERIES};
use rol_store::HistoryEntry;

/// Versions of a record, newest first, and where to go on.
#[derive(Debug, Default)]
pub struct HistoryList {
    /// The versions.
    pub entries: Vec<HistoryEntry>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

/// How many versions are read at once while one of some moment is looked for.
const STEP: usize = 100;

impl App {
    /// A page of a record's history, newest first; of a deleted one for admins only. Two calls, three for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record; `Invalid` for a cursor of another list.
    pub async fn history(&self, cx: &Cx, id: RecordId, limit: u32, cursor: Option<&str>) -> Result<HistoryList> {
        self.knows(cx, id).await?;
        let bound = format!("history of {id}");
        let before = cursor.map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let before = before.and_then(|version| version.parse().ok());
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = self.store().for_tenant(&cx.tenant).history(id, before, limit).await?;
        let next = page.items.last().filter(|_| page.more).map(|entry| entry.record.stamp.version.to_string());
        let next_cursor = next.map(|next| self.seal_cursor(cx, &bound, &next)).transpose()?;
        let mut entries = Vec::new();
        for entry in page.items {
            entries.push(self.shown_entry(cx, entry).await?);
        }
        Ok(HistoryList { entries, next_cursor })
    }

    /// One version of a record. Two calls, three for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record.
    pub async fn record_version(&self, cx: &Cx, id: RecordId, version: u64) -> Result<HistoryEntry> {
        self.knows(cx, id).await?;
        let entry = self.store().for_tenant(&cx.tenant).version(id, version).await?;
        self.shown_entry(cx, entry.ok_or(Error::NotFound(Kind::Version))?).await
    }

    /// A record as it was known at a moment. One call where it has not changed since, one more for each 100 versions
    /// that came later.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it was not there then, or the caller may not know of it.
    pub async fn record_as_of(&self, cx: &Cx, id: RecordId, at: DateTime<Utc>) -> Result<Record> {
        let current = self.knows(cx, id).await?;
        if current.stamp.updated_at <= at {
            return self.live_then(cx, current).await;
        }
        let store = self.store().for_tenant(&cx.tenant);
        let mut before = Some(current.stamp.version);
        let mut expected = current.stamp.version - 1;
        loop {
            let page = store.history(id, before, STEP).await?;
            if let Some(newest) = page.items.first()
                && newest.record.stamp.version < expected
            {
                return Err(behind());
            }
            if let Some(entry) = page.items.iter().find(|entry| entry.record.stamp.updated_at <= at) {
                return self.live_then(cx, entry.record.clone()).await;
            }
            match page.items.last() {
                Some(last) if page.more => {
                    before = Some(last.record.stamp.version);
                    expected = last.record.stamp.version - 1;
                }
                // The first version came later: there was no record yet.
                Some(last) if last.record.stamp.version == 1 => return Err(Error::NotFound(Kind::Record)),
                None if expected == 0 => return Err(Error::NotFound(Kind::Record)),
                _ => return Err(behind()),
            }
        }
    }

    /// What was known of a person at a moment, newest record first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn records_as_of(
        &self,
        cx: &Cx,
        selector: &PersonSelector,
        at: DateTime<Utc>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<RecordList> {
        let person = self.resolve(cx, selector, ReferenceLocation::Query).await?;
        let partition_access = self.partition_access(cx, PersonKey::of(cx.tenant, &person)).await?;
        if !partition_access.access(cx, &person).verbs.contains(&Permission::View) {
            return Ok(RecordList::default());
        }
        let bound = format!("records of {person} as of {at}");
        let after = cursor.map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let mut after = after.as_deref().and_then(read_position);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let store = self.store().for_tenant(&cx.tenant);
        let mut records: Vec<Record> = Vec::new();
        let mut settled = after.filter(|(_, version)| *version == 0).map(|(id, _)| id);
        for _ in 0..MAX_PAGE_QUERIES {
            let page = store.history_of_person(&person, after, STEP).await?;
            for entry in &page.items {
                let record = &entry.record;
                after = Some((record.id, record.stamp.version));
                if settled == Some(record.id) || record.stamp.updated_at > at {
                    continue;
                }
                if records.len() == limit {
                    return self.as_of_page(cx, records, settled.map(|id| (id, 0)), &bound, false).await;
                }
                settled = Some(record.id);
                if record.person_id == person && record.deleted.is_none() && partition_access.sees(cx, record) {
                    records.push(record.clone());
                }
            }
            if !page.more {
                return self.as_of_page(cx, records, None, &bound, false).await;
            }
        }
        // Of the record at which it ended older versions may be wanted yet.
        let next = after.map(|(id, version)| if settled == Some(id) { (id, 0) } else { (id, version) });
        self.as_of_page(cx, records, next, &bound, true).await
    }

    async fn as_of_page(
        &self,
        cx: &Cx,
        records: Vec<Record>,
        next: Option<(RecordId, u64)>,
        bound: &str,
        partial: bool,
    ) -> Result<RecordList> {
        let next_cursor = next.map(|(id, version)| self.seal_cursor(cx, bound, &format!("{id} {version}")));
        let next_cursor = next_cursor.transpose()?;
        let partial = partial && next_cursor.is_some();
        Ok(RecordList { records: self.shown(cx, records).await?, next_cursor, partial, ..RecordList::default() })
    }

    /// The record as it is, if the caller may know of it; a deleted one only an admin may.
    async fn knows(&self, cx: &Cx, id: RecordId) -> Result<Record> {
        let store = self.store().for_tenant(&cx.tenant);
        let (partition_access, record) = try_join(self.partition_access(cx, id.person_key()), store.record(id)).await?;
        let record = record.filter(|record| record.deleted.is_none() || cx.sees_deleted());
        let record = record.ok_or(Error::NotFound(Kind::Record))?;
        partition_access.check(cx, Permission::View, &record)?;
        Ok(record)
    }

    async fn live_then(&self, cx: &Cx, record: Record) -> Result<Record> {
        if record.deleted.is_some() || (cx.role == Role::Student && !record.content.visible_to_student) {
            return Err(Error::NotFound(Kind::Record));
        }
        self.shown_one(cx, record).await
    }

    /// A version as the caller may see it: what it may not know of did not change either.
    pub(super) async fn shown_entry(&self, cx: &Cx, entry: HistoryEntry) -> Result<HistoryEntry> {
        let HistoryEntry { record, action, mut changed } = entry;
        if cx.role == Role::Student {
            let hidden = self.hidden_names(cx, &changed).await?;
            changed.retain(|name| !hidden.contains(name));
        }
        Ok(HistoryEntry { record: self.shown_one(cx, record).await?, action, changed })
    }
}

/// Where a list ended: behind which version of which record. Behind version 0 is the newest of the record before.
fn read_position(text: &str) -> Option<(RecordId, u64)> {
    let (id, version) = text.split_once(' ')?;
    Some((RecordId::parse(id).ok()?, version.parse().ok()?))
}

/// What is left where the stream has not told the last versions yet.
fn behind() -> Error {
    Error::Unavailable { what: "a part of the history that is still being written", source: "it lags".into() }
}
