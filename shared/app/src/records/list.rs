//! Finding records: a page of those that match, and figures over all of them.

use super::{
    get::check_deleted,
    page::{RecordPage, fitting},
};
use crate::{App, PersonSelector, access::ReferenceLocation};
use futures_util::future::try_join_all;
use rol_domain::{
    Attachment, Cx, Error, Record, RecordQuery, Result, Role,
    access::Policy,
    limits::{MAX_PAGE_READS, MAX_SUMMARY_READS},
    query::{Summary, Visibility},
};
use rol_store::{Position, ReadCost, RecordSink, Search, SearchEnd};
use std::collections::BTreeSet;

/// A wish for records.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// A person whom the directory knows, in place of those whom the query names.
    pub selector: Option<PersonSelector>,
    /// Which records.
    pub query: RecordQuery,
    /// Whether it shall be told how they were found.
    pub explain: bool,
    /// Whether their files are wanted too.
    pub attachments: bool,
}

/// Records, and where to go on.
#[derive(Debug, Default)]
pub struct RecordList {
    /// The records.
    pub records: Vec<Record>,
    /// The files of each that the caller may know of, where they were asked for.
    pub attachments: Option<Vec<Vec<Attachment>>>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was filtered out.
    pub partial: bool,
    /// How they were found, where that was asked for.
    pub explained: Option<Explanation>,
}

/// How records were found.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// On which way.
    pub path: String,
    /// In which order they come.
    pub order: String,
    /// How many items it was expected to read.
    pub expected: usize,
    /// What it took.
    pub spent: ReadCost,
}

/// Figures over records.
#[derive(Debug)]
pub struct SummaryOutcome {
    /// The figures.
    pub summary: Summary,
    /// Whether all records were counted; otherwise the figures are lower bounds.
    pub exact: bool,
    /// How the records were found, where that was asked for.
    pub explained: Option<Explanation>,
}

/// Figures, which have room for every record.
struct Counting {
    summary: Summary,
    now: chrono::DateTime<chrono::Utc>,
}

impl RecordSink for Counting {
    fn wanted(&self) -> usize {
        usize::MAX
    }

    fn take(&mut self, record: Record) -> bool {
        self.summary.add(&record, self.now);
        true
    }
}

/// The files of as many records are read at once.
const FILES_READ_AT_ONCE: usize = 16;

impl App {
    /// A page of the records that match and that the caller may see. For one person one call; two for an educator.
    /// With their files one more for each record.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list or an attribute that does not exist; [`Error::Denied`].
    pub async fn find_records(&self, cx: &Cx, find: Find, limit: u32, cursor: Option<&str>) -> Result<RecordList> {
        let (explain, with_files) = (find.explain, find.attachments);
        let query = self.resolve_query(cx, find).await?;
        let bound = format!("records {query:?}");
        let after = cursor.map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let after = after.and_then(|position| Position::parse(&position));
        let Some((query, audience)) = self.with_visibility(cx, query).await? else { return Ok(RecordList::default()) };
        let mut page = RecordPage::of(limit);
        let by_name = query.external_id.is_some() && !query.include_deleted;
        loop {
            let (records, searched) = if by_name {
                (self.find_by_external_id(cx, &query, &audience).await?, None)
            } else {
                let after = after.as_ref();
                let search = Search { query: &query, audience: &audience, now: cx.now, after, budget: MAX_PAGE_READS };
                let searched = self.store().for_tenant(&cx.tenant).find_records(search, &mut page).await?;
                let searched = searched.map_err(|_| {
                    Error::bad_parameter("cursor", "expected a cursor of a list whose groups are still the same")
                })?;
                (page.records, Some(searched))
            };
            let attachments = if with_files { Some(self.files_of_each(cx, &records).await?) } else { None };
            if let Some(files) = &attachments
                && let fitting = fitting(&records, files)
                && fitting < records.len()
            {
                // The files leave no room for all: a shorter page has one.
                page = RecordPage::of(u32::try_from(fitting).unwrap_or(limit));
                continue;
            }
            let next = searched.as_ref().and_then(|searched| searched.next.as_ref());
            return Ok(RecordList {
                records: self.shown(cx, records).await?,
                attachments,
                next_cursor: next.map(|next| self.seal_cursor(cx, &bound, &next.to_string())).transpose()?,
                partial: searched.as_ref().is_some_and(|searched| searched.partial),
                explained: searched.and_then(|searched| explained(explain, searched)),
            });
        }
    }

    /// The files of each of these records that the caller may know of. One call for each record.
    async fn files_of_each(&self, cx: &Cx, records: &[Record]) -> Result<Vec<Vec<Attachment>>> {
        let mut files = Vec::with_capacity(records.len());
        for some in records.chunks(FILES_READ_AT_ONCE) {
            files.extend(try_join_all(some.iter().map(|record| self.files_of(cx, record))).await?);
        }
        Ok(files)
    }

    async fn files_of(&self, cx: &Cx, record: &Record) -> Result<Vec<Attachment>> {
        let found = self.store().for_tenant(&cx.tenant).attachments(record.id, cx.now).await?;
        self.shown_files(cx, record, found.attachments).await
    }

    /// Figures over all records that match and that the caller may see.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an attribute that does not exist; [`Error::Denied`].
    pub async fn summarise_records(&self, cx: &Cx, find: Find) -> Result<SummaryOutcome> {
        let explain = find.explain;
        let query = self.resolve_query(cx, find).await?;
        let mut counting = Counting { summary: Summary::default(), now: cx.now };
        let Some((query, audience)) = self.with_visibility(cx, query).await? else {
            return Ok(SummaryOutcome { summary: counting.summary, exact: true, explained: None });
        };
        if query.external_id.is_some() && !query.include_deleted {
            for record in self.find_by_external_id(cx, &query, &audience).await? {
                counting.take(record);
            }
            return Ok(SummaryOutcome { summary: counting.summary, exact: true, explained: None });
        }
        let search = Search { query: &query, audience: &audience, now: cx.now, after: None, budget: MAX_SUMMARY_READS };
        let searched = self.store().for_tenant(&cx.tenant).find_records(search, &mut counting).await?;
        let searched = searched.map_err(|_| Error::internal("summarising", "a position where there is none"))?;
        let exact = !searched.partial;
        Ok(SummaryOutcome { summary: counting.summary, exact, explained: explained(explain, searched) })
    }

    /// What a wish means, with the person's id. No call, unless the person or an attribute has to be looked up.
    async fn resolve_query(&self, cx: &Cx, find: Find) -> Result<RecordQuery> {
        let Find { selector, mut query, explain, attachments: _ } = find;
        check_deleted(cx, query.include_deleted)?;
        if explain && cx.role != Role::Admin {
            return Err(Error::Denied("only an admin is told how records were found".into()));
        }
        if let Some(selector) = selector {
            query.people = [self.resolve(cx, &selector, ReferenceLocation::Query).await?].into();
        }
        if !query.attributes.is_empty() {
            self.with_attributes(cx, |attributes| query.check_attributes(attributes, cx)).await?;
        }
        query.check()
    }

    /// The query confined to what the caller may see, and whose records these are; nothing where it may see none. The
    /// caller's rights are a part of what is looked for, so that neither pages nor figures tell of anything else.
    async fn with_visibility(&self, cx: &Cx, query: RecordQuery) -> Result<Option<(RecordQuery, Visibility)>> {
        let mut query = query.seen_by(cx);
        if cx.role == Role::Student {
            self.students_see_since(cx).await?;
            let Some(own) = cx.person() else { return Ok(None) };
            if !query.people.is_empty() && !query.people.contains(own) {
                return Ok(None);
            }
            query.people = [own.clone()].into();
        }
        let needs_policy = cx.role == Role::Educator || !query.groups.is_empty();
        let audience = if needs_policy {
            let policy = self.cached_policy(cx).await?;
            Visibility::of(cx, &policy, &query.groups, &query.person_statuses)
        } else {
            Visibility::of(cx, &Policy::default(), &BTreeSet::new(), &query.person_statuses)
        };
        Ok((!audience.is_nobody()).then_some((query, audience)))
    }

    /// The record with the external id, if it matches. Two calls, one more where something is asked of its person; one
    /// where there is none.
    async fn find_by_external_id(&self, cx: &Cx, query: &RecordQuery, audience: &Visibility) -> Result<Vec<Record>> {
        let Some(external_id) = &query.external_id else { return Ok(Vec::new()) };
        let record = self.record_by_external_id(cx, external_id).await?;
        let Some(record) = record.filter(|record| query.matches(record, cx.now)) else { return Ok(Vec::new()) };
        if !audience.is_everybody() {
            let person = self.store().for_tenant(&cx.tenant).person(&record.person_id).await?;
            if !audience.admits(person.as_ref()) {
                return Ok(Vec::new());
            }
        }
        Ok(vec![record])
    }
}

fn explained(wanted: bool, searched: SearchEnd) -> Option<Explanation> {
    let plan = searched.plan.filter(|_| wanted)?;
    Some(Explanation {
        path: plan.path.to_string(),
        order: plan.order.to_string(),
        expected: plan.expected,
        spent: searched.spent,
    })
}
