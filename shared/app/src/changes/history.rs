//! What a record was before, and what was known of a person at a moment. What of it a caller sees: [`Past`].

use crate::{App, PersonSelector, RecordList, access::ReferenceLocation};
use chrono::{DateTime, Utc};
use futures_util::future::try_join;
use rol_domain::{
    Cx, Error, Kind, Permission, PersonKey, Record, RecordId, Result, Role,
    access::Access,
    attribute::{AttributeSet, Attributes},
    limits::MAX_PAGE_QUERIES,
    past::Past,
};
use rol_store::HistoryEntry;
use std::{iter, sync::Arc};

/// Versions of a record, newest first, and where to go on.
#[derive(Debug, Default)]
pub struct HistoryList {
    /// The versions.
    pub entries: Vec<HistoryEntry>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was left out.
    pub partial: bool,
}

/// How many versions are read at once while one of some moment is looked for.
const STEP: usize = 100;

impl App {
    /// A page of a record's history, newest first; of a deleted one for admins only. Two calls, three for an educator,
    /// more where much is left out.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record; `Invalid` for a cursor of another list.
    pub async fn history(&self, cx: &Cx, id: RecordId, limit: u32, cursor: Option<&str>) -> Result<HistoryList> {
        let (access, now) = self.current(cx, id).await?;
        let past = Past::of(cx, &access, &now).ok_or_else(no_record)?;
        let bound = format!("history of {id}");
        let before = cursor.map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let mut before = before.and_then(|version| version.parse().ok());
        let next = |version: Option<u64>| version.map(|v| self.seal_cursor(cx, &bound, &v.to_string())).transpose();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let store = self.store().for_tenant(&cx.tenant);
        let mut entries: Vec<HistoryEntry> = Vec::new();
        let queries = usize::try_from(MAX_PAGE_QUERIES).unwrap_or(usize::MAX);
        // Only one more than the page holds tells that another page follows: what is left out does not.
        for step in iter::once(limit + 1).chain(iter::repeat(STEP)).take(queries) {
            let page = store.history(id, before, step).await?;
            before = page.items.last().map(|entry| entry.record.stamp.version).or(before);
            let attributes = self.attributes_of_past(cx, &page.items).await?;
            entries.extend(page.items.into_iter().filter_map(|entry| version_of(&past, entry, &attributes)));
            if entries.len() > limit {
                entries.truncate(limit);
                let last = entries.last().map(|entry| entry.record.stamp.version);
                return Ok(HistoryList { entries, next_cursor: next(last)?, partial: false });
            }
            if !page.more {
                return Ok(HistoryList { entries, next_cursor: None, partial: false });
            }
        }
        Ok(HistoryList { entries, next_cursor: next(before)?, partial: true })
    }

    /// One version of a record. Two calls, three for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record or the version.
    pub async fn record_version(&self, cx: &Cx, id: RecordId, version: u64) -> Result<HistoryEntry> {
        let (access, now) = self.current(cx, id).await?;
        let past = Past::of(cx, &access, &now).ok_or_else(no_record)?;
        let entry = self.store().for_tenant(&cx.tenant).version(id, version).await?;
        let entry = entry.ok_or(Error::NotFound(Kind::Version))?;
        let attributes = self.attributes_of_past(cx, [&entry]).await?;
        version_of(&past, entry, &attributes).ok_or(Error::NotFound(Kind::Version))
    }

    /// A record as it was known at a moment. One call where it has not changed since, one more for each 100 versions
    /// that came later.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it was not there then, or the caller may not know of it.
    pub async fn record_as_of(&self, cx: &Cx, id: RecordId, at: DateTime<Utc>) -> Result<Record> {
        let (access, now) = self.current(cx, id).await?;
        let past = Past::of(cx, &access, &now).ok_or_else(no_record)?;
        let version = self.version_at(&now, at).await?.ok_or_else(no_record)?;
        let attributes = self.attributes_by(cx, [&version], false).await?;
        past.as_of(at, version, &attributes).ok_or_else(no_record)
    }

    /// The version that a record was at; `None` where it was not made yet.
    async fn version_at(&self, now: &Record, at: DateTime<Utc>) -> Result<Option<Record>> {
        if now.stamp.updated_at <= at {
            return Ok(Some(now.clone()));
        }
        let store = self.store().for_tenant(&now.tenant);
        let mut before = Some(now.stamp.version);
        let mut expected = now.stamp.version - 1;
        loop {
            let page = store.history(now.id, before, STEP).await?;
            if let Some(newest) = page.items.first()
                && newest.record.stamp.version < expected
            {
                return Err(behind());
            }
            if let Some(entry) = page.items.iter().find(|entry| entry.record.stamp.updated_at <= at) {
                return Ok(Some(entry.record.clone()));
            }
            match page.items.last() {
                Some(last) if page.more => {
                    before = Some(last.record.stamp.version);
                    expected = last.record.stamp.version - 1;
                }
                // The first version came later: there was no record yet.
                Some(last) if last.record.stamp.version == 1 => return Ok(None),
                None if expected == 0 => return Ok(None),
                _ => return Err(behind()),
            }
        }
    }

    /// What was known of a person at a moment, newest record first. Two calls for each 100 versions, one more for an
    /// educator.
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
        let access = self.partition_access(cx, PersonKey::of(cx.tenant, &person)).await?.access(cx, &person);
        if !access.verbs.contains(&Permission::View) {
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
            let mut versions = Vec::new();
            for HistoryEntry { record, .. } in page.items {
                after = Some((record.id, record.stamp.version));
                if settled != Some(record.id) && record.stamp.updated_at <= at {
                    settled = Some(record.id);
                    versions.extend(Some(record).filter(|record| record.person_id == person));
                }
            }
            records.extend(self.seen_as_of(cx, &access, at, versions).await?);
            if records.len() > limit {
                records.truncate(limit);
                let next = records.last().map(|record| (record.id, 0));
                return self.as_of_page(cx, records, next, &bound, false);
            }
            if !page.more {
                return self.as_of_page(cx, records, None, &bound, false);
            }
        }
        // Of the record at which it ended older versions may be wanted yet.
        let next = after.map(|(id, version)| if settled == Some(id) { (id, 0) } else { (id, version) });
        self.as_of_page(cx, records, next, &bound, true)
    }

    /// Those of these versions that the caller may see. One call.
    async fn seen_as_of(
        &self,
        cx: &Cx,
        access: &Access,
        at: DateTime<Utc>,
        versions: Vec<Record>,
    ) -> Result<Vec<Record>> {
        let ids = versions.iter().map(|record| record.id).collect();
        let now = self.store().for_tenant(&cx.tenant).records_by_ids(&ids).await?;
        let attributes = self.attributes_by(cx, &versions, false).await?;
        let seen = |version: Record| Past::of(cx, access, now.get(&version.id)?)?.as_of(at, version, &attributes);
        Ok(versions.into_iter().filter_map(seen).collect())
    }

    fn as_of_page(
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
        Ok(RecordList { records, next_cursor, partial, ..RecordList::default() })
    }

    /// The record as it is, whoever may know of it, and what the caller may do with it.
    async fn current(&self, cx: &Cx, id: RecordId) -> Result<(Access, Record)> {
        let store = self.store().for_tenant(&cx.tenant);
        let (partition_access, record) = try_join(self.partition_access(cx, id.person_key()), store.record(id)).await?;
        let record = record.ok_or_else(no_record)?;
        Ok((partition_access.access(cx, &record.person_id), record))
    }

    /// The attributes by which these versions are shown to the caller.
    pub(super) async fn attributes_of_past(
        &self,
        cx: &Cx,
        versions: impl IntoIterator<Item = &HistoryEntry> + Clone,
    ) -> Result<Arc<AttributeSet>> {
        let names_one = |entry: &HistoryEntry| entry.changed.iter().any(|name| name.starts_with("attributes."));
        let concerns_students = cx.role == Role::Student && versions.clone().into_iter().any(names_one);
        let records = versions.into_iter().map(|entry| &entry.record);
        self.attributes_by(cx, records, concerns_students).await
    }

    /// The attributes by which these records are shown, where it depends on them what the caller sees; otherwise none.
    async fn attributes_by<'a>(
        &self,
        cx: &Cx,
        records: impl IntoIterator<Item = &'a Record>,
        are_needed: bool,
    ) -> Result<Arc<AttributeSet>> {
        let values = records.into_iter().map(|record| &record.content.attributes);
        let values: Vec<&Attributes> = values.filter(|values| !values.is_empty()).collect();
        if values.is_empty() && !are_needed {
            return Ok(Arc::default());
        }
        Ok(self.attributes_of(cx, values).await?.0)
    }
}

/// A version as the caller may see it; `None` where it does not exist for them.
pub(super) fn version_of(past: &Past<'_>, entry: HistoryEntry, attributes: &AttributeSet) -> Option<HistoryEntry> {
    let HistoryEntry { record, action, changed } = entry;
    let (record, changed) = past.version(record, changed, attributes)?;
    Some(HistoryEntry { record, action, changed })
}

fn no_record() -> Error {
    Error::NotFound(Kind::Record)
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
