//! Finding records, in three steps: [`narrow`] asks the directory whose records can match, [`plan::choose`] picks an
//! access path, and the strategy of the path reads until there are enough records, none are left, or the read budget
//! is spent.

mod delivery;
mod gather;
mod merge_partitions;
mod narrow;
mod people_check;
mod position;
mod reader;
mod walk_people;

pub(crate) use narrow::CandidatePeople;
pub use position::Position;

use crate::{
    TenantStore,
    merge::ReadCost,
    plan::{self, AccessPath, QueryPlan, Strategy},
};
use chrono::{DateTime, Utc};
use delivery::Delivery;
use reader::RecordReader;
use rol_domain::{Record, RecordQuery, Result, query::Visibility};

/// Takes the records that are found, in their order.
pub trait RecordSink: Send {
    /// How many more records are wanted.
    fn wanted(&self) -> usize;
    /// Takes a record, or returns `false` where it has no room for it.
    fn take(&mut self, record: Record) -> bool;
}

/// A search for records.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    pub query: &'a RecordQuery,
    /// Conditions on the people whose records they are.
    pub visibility: &'a Visibility,
    pub now: DateTime<Utc>,
    /// Where an earlier search of the same query ended.
    pub after: Option<&'a Position>,
    /// The most items to read. A call that is under way is completed.
    pub budget: usize,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchEnd {
    /// Where to go on, if there may be more records.
    pub next: Option<Position>,
    /// Whether it ended because its budget was spent.
    pub partial: bool,
    /// `None` where no person could match, so that no records were read.
    pub plan: Option<QueryPlan>,
    pub cost: ReadCost,
}

impl SearchEnd {
    /// The position behind a record that was found, for a list that ends before [`Self::next`].
    pub fn position_behind(&self, record: &Record) -> Option<Position> {
        Position::behind(self.plan.as_ref()?, record)
    }
}

/// The position belongs to an order that the query no longer has, because the groups have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutdatedPosition;

/// Why a strategy stopped reading.
enum Ending {
    Exhausted,
    /// The sink has no more room.
    Full,
    BudgetSpent,
}

/// The most people whose entries are read in one call.
const LOOKED_UP_AT_ONCE: usize = 100;
/// The most partitions that are read at once.
const READ_AT_ONCE: usize = 16;

impl TenantStore<'_> {
    /// Finds records and hands them to `sink`. The records of one named person are strongly consistent, others
    /// eventually.
    ///
    /// # Errors
    /// Those of the store; inside, [`OutdatedPosition`].
    pub async fn find_records<S: RecordSink>(
        &self,
        search: Search<'_>,
        sink: &mut S,
    ) -> Result<Result<SearchEnd, OutdatedPosition>> {
        let Search { query, visibility, now, after, .. } = search;
        let mut cost = ReadCost::default();
        let walks = after.map_or_else(|| plan::walks_members(query, now), |at| at.path == AccessPath::Members);
        let Some(people) = narrow::narrow(*self, query, visibility, walks, &mut cost).await? else {
            return Ok(Ok(SearchEnd { next: None, partial: false, plan: None, cost }));
        };
        let plan = match after {
            None => plan::choose(query, &people, now),
            Some(at) => match plan::resume((at.path, &at.order), query, &people, now) {
                Some(plan) => plan,
                None => return Ok(Err(OutdatedPosition)),
            },
        };
        let mut reader = RecordReader::new(*self, search, &plan, &people, cost);
        let mut delivery = Delivery::new(sink, &plan, after);
        let ending = match plan.strategy {
            Strategy::Merge => merge_partitions::merge(&mut reader, &mut delivery).await?,
            Strategy::Walk => walk_people::walk(&mut reader, &mut delivery).await?,
            Strategy::Gather => gather::gather(&mut reader, &mut delivery).await?,
        };
        let (next, partial) = match ending {
            Ending::Exhausted => (None, false),
            Ending::Full => (Some(delivery.position), false),
            Ending::BudgetSpent => (Some(delivery.position), true),
        };
        let cost = reader.cost();
        Ok(Ok(SearchEnd { next, partial, plan: Some(plan), cost }))
    }
}
