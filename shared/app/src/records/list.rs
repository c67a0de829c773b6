//! Listing the records of a person.

use super::get::check_deleted;
use crate::App;
use rol_domain::{
    Cx, Record, RecordId, Result,
    limits::MAX_PAGE_QUERIES,
    text::{ExternalId, PersonId},
};
use rol_store::RecordsOfPerson;

/// A wish for a page of a person's records.
#[derive(Debug, Clone)]
pub struct List {
    /// Whose.
    pub person: PersonId,
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
    /// A page of a person's records, newest first. One call, more only where rows are filtered out.
    ///
    /// # Errors
    /// [`rol_domain::Error::Invalid`] for a cursor of another list; [`rol_domain::Error::Denied`] for deleted ones.
    pub async fn records_of_person(&self, cx: &Cx, list: &List) -> Result<RecordList> {
        check_deleted(cx, list.include_deleted)?;
        let query = format!("records of {} deleted {}", list.person, list.include_deleted);
        let after = list.cursor.as_ref().map(|cursor| self.open_cursor(cx, &query, cursor)).transpose()?;
        let page = RecordsOfPerson {
            person: &list.person,
            app: cx.app_id.as_ref(),
            deleted: list.include_deleted,
            after: after.and_then(|id| RecordId::parse(&id).ok()),
            limit: list.limit,
            budget: MAX_PAGE_QUERIES,
        };
        let page = self.store().for_tenant(&cx.tenant).records_of_person(&page).await?;
        let next_cursor = page.next.map(|id| self.seal_cursor(cx, &query, &id.to_string())).transpose()?;
        Ok(RecordList { records: page.records, next_cursor, partial: page.partial })
    }

    /// The record with an external id, as a list of none or one. Two calls; one where there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn records_with_external_id(&self, cx: &Cx, external_id: &ExternalId) -> Result<RecordList> {
        let record = self.record_by_external_id(cx, external_id).await?;
        Ok(RecordList { records: record.into_iter().collect(), ..RecordList::default() })
    }
}
