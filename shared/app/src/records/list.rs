//! Listing the records of a person.

use super::get::check_deleted;
use crate::{App, Whose, access::Stood};
use rol_domain::{Cx, PersonKey, Record, RecordId, Result, Role, Verb, limits::MAX_PAGE_QUERIES, text::ExternalId};
use rol_store::RecordsOfPerson;

/// A wish for a page of a person's records.
#[derive(Debug, Clone)]
pub struct List {
    /// Whose.
    pub whose: Whose,
    /// Whether deleted ones are wanted too.
    pub include_deleted: bool,
    /// How many at most.
    pub limit: u32,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// Records, newest first, and where to go on.
#[derive(Debug, Default)]
pub struct RecordList {
    /// The records.
    pub records: Vec<Record>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was filtered out.
    pub partial: bool,
}

impl App {
    /// A page of a person's records, newest first. One call, two for an educator, one more for a reference
    /// to the person, and more where rows are filtered out.
    ///
    /// # Errors
    /// [`rol_domain::Error::Invalid`] for a cursor of another list; [`rol_domain::Error::Denied`] for deleted ones.
    pub async fn records_of_person(&self, cx: &Cx, list: &List) -> Result<RecordList> {
        check_deleted(cx, list.include_deleted)?;
        let person = self.resolve(cx, &list.whose, Stood::Query).await?;
        let query = format!("records of {person} deleted {}", list.include_deleted);
        let after = list.cursor.as_ref().map(|cursor| self.open_cursor(cx, &query, cursor)).transpose()?;
        let reach = self.reach(cx, PersonKey::of(cx.tenant, &person)).await?;
        if !reach.access(cx, &person).verbs.contains(&Verb::View) {
            // As of a person without records.
            return Ok(RecordList::default());
        }
        let page = RecordsOfPerson {
            person: &person,
            app: cx.app_id.as_ref(),
            only_visible: cx.role == Role::Student,
            deleted: list.include_deleted,
            after: after.and_then(|id| RecordId::parse(&id).ok()),
            limit: list.limit,
            budget: MAX_PAGE_QUERIES,
        };
        let page = self.store().for_tenant(&cx.tenant).records_of_person(&page).await?;
        let next_cursor = page.next.map(|id| self.seal_cursor(cx, &query, &id.to_string())).transpose()?;
        let records = self.shown(cx, page.records).await?;
        Ok(RecordList { records, next_cursor, partial: page.partial })
    }

    /// The record with an external id, as a list of none or one. Two calls, three for an educator; one
    /// where there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn records_with_external_id(&self, cx: &Cx, external_id: &ExternalId) -> Result<RecordList> {
        let record = self.record_by_external_id(cx, external_id).await?;
        let Some(record) = record else { return Ok(RecordList::default()) };
        let reach = self.reach(cx, record.id.person_key()).await?;
        let records: Vec<Record> = Some(record).filter(|record| reach.sees(cx, record)).into_iter().collect();
        Ok(RecordList { records: self.shown(cx, records).await?, ..RecordList::default() })
    }
}
