//! Figures over all records that match and that the caller may see.

use super::list::{Explanation, Find, explain_search, is_by_external_id};
use crate::App;
use chrono::{DateTime, Utc};
use rol_domain::{Cx, Error, Record, Result, limits::MAX_SUMMARY_READS, query::Summary};
use rol_store::{RecordSink, Search};

/// Figures over records.
#[derive(Debug)]
pub struct SummaryOutcome {
    pub summary: Summary,
    /// Whether all records were counted; otherwise the figures are lower bounds.
    pub exact: bool,
    /// How the records were found, where that was asked for.
    pub explained: Option<Explanation>,
}

/// Counts every record.
struct Counting {
    summary: Summary,
    now: DateTime<Utc>,
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

impl App {
    /// Figures over all records that match and that the caller may see.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an attribute that does not exist; [`Error::Denied`].
    pub async fn summarise_records(&self, cx: &Cx, find: Find) -> Result<SummaryOutcome> {
        let explain = find.explain;
        let query = self.resolve_query(cx, find).await?;
        let mut counting = Counting { summary: Summary::default(), now: cx.now };
        let (mut exact, mut explained) = (true, None);
        match self.restrict_to_visible(cx, query).await? {
            None => {}
            Some((query, visibility)) if is_by_external_id(&query) => {
                if let Some(record) = self.find_by_external_id(cx, &query, &visibility).await? {
                    counting.take(record);
                }
            }
            Some((query, visibility)) => {
                let (query, visibility) = (&query, &visibility);
                let search = Search { query, visibility, now: cx.now, after: None, budget: MAX_SUMMARY_READS };
                let end = self.store().for_tenant(&cx.tenant).find_records(search, &mut counting).await?;
                let end = end.map_err(|_| Error::internal("summarising", "a position where there is none"))?;
                exact = !end.partial;
                explained = Some(end).filter(|_| explain).and_then(explain_search);
            }
        }
        Ok(SummaryOutcome { summary: counting.summary, exact, explained })
    }
}
