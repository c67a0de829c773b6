//! Listing records: a page of those that match and that the caller may see.

use super::{get::check_deleted, page::RecordPage};
use crate::{App, PersonSelector, access::ReferenceLocation};
use futures_util::future::try_join_all;
use rol_domain::{
    Attachment, Cx, Error, Record, RecordQuery, Result, Role, access::Policy, attribute::Attributes,
    limits::MAX_PAGE_READS, query::Visibility, text::AttributeKey,
};
use rol_store::{Position, ReadCost, RecordSink, Search, SearchEnd};
use std::collections::{BTreeMap, BTreeSet};

/// A request for records.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// A person whom the directory knows, in place of those whom the query names.
    pub selector: Option<PersonSelector>,
    pub query: RecordQuery,
    /// The values of custom attributes that a record has to have.
    pub values: BTreeMap<AttributeKey, String>,
    /// Whether to tell how the records were found.
    pub explain: bool,
    /// Whether to add each record's files.
    pub attachments: bool,
}

/// A page of records.
#[derive(Debug, Default)]
pub struct RecordList {
    pub records: Vec<Record>,
    /// The files of each record that the caller may see, where they were asked for.
    pub attachments: Option<Vec<Vec<Attachment>>>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended early because its read budget was spent.
    pub partial: bool,
    /// How the records were found, where that was asked for.
    pub explained: Option<Explanation>,
}

/// How records were found.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub path: String,
    pub order: String,
    pub cost: ReadCost,
}

/// The most records whose files are read at once.
const FILES_READ_AT_ONCE: usize = 16;

impl App {
    /// A page of the records that match and that the caller may see. One call for one person's records, two for an
    /// educator; with the records' files one more for each record.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list or an attribute that does not exist; [`Error::Denied`].
    pub async fn find_records(&self, cx: &Cx, find: Find, limit: u32, cursor: Option<&str>) -> Result<RecordList> {
        let (explain, with_files) = (find.explain, find.attachments);
        let query = self.resolve_query(cx, find).await?;
        let scope = format!("records {query:?}");
        let after = cursor.map(|cursor| self.open_cursor(cx, &scope, cursor)).transpose()?;
        let after = after.map(|position| Position::parse(&position).ok_or_else(outdated_cursor)).transpose()?;
        let Some((query, visibility)) = self.restrict_to_visible(cx, query).await? else {
            return Ok(RecordList::default());
        };
        let mut page = RecordPage::of(limit);
        let end = if is_by_external_id(&query) {
            if let Some(record) = self.find_by_external_id(cx, &query, &visibility).await? {
                page.take(record);
            }
            None
        } else {
            let after = after.as_ref();
            let search = Search { query: &query, visibility: &visibility, now: cx.now, after, budget: MAX_PAGE_READS };
            let end = self.store().for_tenant(&cx.tenant).find_records(search, &mut page).await?;
            Some(end.map_err(|_| outdated_cursor())?)
        };
        let mut next = end.as_ref().and_then(|end| end.next.clone());
        let mut partial = end.as_ref().is_some_and(|end| end.partial);
        let mut attachments = None;
        if with_files {
            let mut files = self.files_of_each(cx, page.records()).await?;
            if page.cut_to_fit(&mut files) {
                let last = page.records().last();
                next = end.as_ref().zip(last).and_then(|(end, last)| end.position_behind(last));
                partial = false;
            }
            attachments = Some(files);
        }
        Ok(RecordList {
            records: self.shown(cx, page.into_records()).await?,
            attachments,
            next_cursor: next.map(|next| self.seal_cursor(cx, &scope, &next.to_string())).transpose()?,
            partial,
            explained: end.filter(|_| explain).and_then(explain_search),
        })
    }

    /// The files of each record that the caller may see. One call for each record.
    async fn files_of_each(&self, cx: &Cx, records: &[Record]) -> Result<Vec<Vec<Attachment>>> {
        let mut files = Vec::with_capacity(records.len());
        for records in records.chunks(FILES_READ_AT_ONCE) {
            files.extend(try_join_all(records.iter().map(|record| self.files_of(cx, record))).await?);
        }
        Ok(files)
    }

    async fn files_of(&self, cx: &Cx, record: &Record) -> Result<Vec<Attachment>> {
        let files = self.store().for_tenant(&cx.tenant).attachments(record.id, cx.now).await?.attachments;
        self.shown_files(cx, record, files).await
    }

    /// The query of a request, with the person's id. No call, unless the person or an attribute has to be looked up.
    pub(super) async fn resolve_query(&self, cx: &Cx, find: Find) -> Result<RecordQuery> {
        let Find { selector, mut query, values, explain, attachments: _ } = find;
        check_deleted(cx, query.include_deleted)?;
        if explain && cx.role != Role::Admin {
            return Err(Error::Denied("only an admin may ask how records were found".into()));
        }
        if let Some(selector) = selector {
            query.people = [self.resolve(cx, &selector, ReferenceLocation::Query).await?].into();
        }
        if !values.is_empty() {
            let with_values = |attributes: &_| query.clone().with_values(&values, attributes, cx);
            query = self.with_attributes(cx, &Attributes::new(), with_values).await?;
        }
        query.check()
    }

    /// The query restricted to records that the caller may see, and the conditions on their people; `None` where the
    /// caller may see none. The caller's rights are a part of what is searched for, so that neither pages nor figures
    /// reveal anything else.
    pub(super) async fn restrict_to_visible(
        &self,
        cx: &Cx,
        query: RecordQuery,
    ) -> Result<Option<(RecordQuery, Visibility)>> {
        if cx.role == Role::Student {
            self.students_see_since(cx).await?;
        }
        let Some(query) = query.restrict_to(cx) else { return Ok(None) };
        let visibility = if cx.role == Role::Educator || !query.groups.is_empty() {
            let policy = self.cached_policy(cx).await?;
            Visibility::of(cx, &policy, &query.groups, &query.person_statuses)
        } else {
            Visibility::of(cx, &Policy::default(), &BTreeSet::new(), &query.person_statuses)
        };
        Ok((!visibility.is_nobody()).then_some((query, visibility)))
    }

    /// The record with the query's external id, if it matches. Two calls, one more where there are conditions on its
    /// person; one where there is no such record.
    pub(super) async fn find_by_external_id(
        &self,
        cx: &Cx,
        query: &RecordQuery,
        visibility: &Visibility,
    ) -> Result<Option<Record>> {
        let Some(external_id) = &query.external_id else { return Ok(None) };
        let record = self.record_by_external_id(cx, external_id).await?;
        let Some(record) = record.filter(|record| query.matches(record, cx.now)) else { return Ok(None) };
        if visibility.is_everybody() {
            return Ok(Some(record));
        }
        let person = self.store().for_tenant(&cx.tenant).person(&record.person_id).await?;
        Ok(visibility.admits(person.as_ref()).then_some(record))
    }
}

/// Whether the query is answered by the record that holds its external id. A deleted record holds none.
pub(super) fn is_by_external_id(query: &RecordQuery) -> bool {
    query.external_id.is_some() && !query.include_deleted
}

/// `None` where nothing was read.
pub(super) fn explain_search(end: SearchEnd) -> Option<Explanation> {
    let plan = end.plan?;
    Some(Explanation { path: plan.path.to_string(), order: plan.order.to_string(), cost: end.cost })
}

fn outdated_cursor() -> Error {
    Error::bad_parameter("cursor", "expected a cursor of a list whose groups are still the same")
}
