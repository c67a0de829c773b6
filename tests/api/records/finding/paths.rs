//! Every access path finds the same records for random queries: those that a scan of all records finds.

use super::data::{Data, Dice, nobodys_tenant};
use crate::support::Stack;
use chrono::DateTime;
use rol_domain::{
    Person, Record, RecordId, RecordQuery,
    query::{Moment, Visibility},
};
use rol_store::{
    Position, RecordSink, Search, Store,
    plan::{AccessPath, ListOrder, QueryPlan},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// A page with this limit.
struct Page(Vec<Record>, usize);

impl RecordSink for Page {
    fn wanted(&self) -> usize {
        self.1 - self.0.len()
    }

    fn take(&mut self, record: Record) -> bool {
        let has_room = self.wanted() > 0;
        if has_room {
            self.0.push(record);
        }
        has_room
    }
}

/// Puts all people and records into the table.
fn fill_table(stack: &Stack, data: &Data) -> Store {
    let config = stack.engines.config();
    let store = rol_runtime::store(&config, rol_runtime::connector(&config));
    put(stack, &store, data, &data.people.values().cloned().collect::<Vec<_>>(), &data.records);
    store
}

fn put(stack: &Stack, store: &Store, data: &Data, people: &[Person], records: &[Record]) {
    let items = store.for_tenant(&data.tenant).seed_items(people, records).expect("items");
    stack.engines.embedded.as_ref().expect("engines of this process").import(items).expect("written");
}

/// The orders that the records of a query may come in.
fn orders(query: &RecordQuery) -> Vec<String> {
    match query.sort {
        Some(sort) => vec![ListOrder::By(sort).to_string()],
        None => ["-created", "person,-created", "-completed", "due", "expires"].map(str::to_owned).into(),
    }
}

/// The start of a list over this access path.
fn start(path: AccessPath, order: &str) -> Position {
    Position::parse(&format!("{path} {order} - ")).expect("a position")
}

fn sort(mut records: Vec<Record>, order: ListOrder) -> Vec<RecordId> {
    match order {
        ListOrder::Person => records.sort_by_key(|record| (record.person_id.clone(), Reverse(record.id))),
        ListOrder::Due => records.sort_by_key(|record| (Moment::Due.of(record), record.id)),
        ListOrder::By(sort) => {
            let moment = |record: &Record| match sort.moment() {
                Moment::Created => None,
                moment => moment.of(record),
            };
            records.sort_by_key(|record| (moment(record), record.id));
            if sort.descending {
                records.reverse();
            }
        }
    }
    records.into_iter().map(|record| record.id).collect()
}

/// Reads all pages of lists.
struct Pages<'a> {
    store: &'a Store,
    query: &'a RecordQuery,
    visibility: &'a Visibility,
    limit: usize,
    budget: usize,
}

impl Pages<'_> {
    /// The records of all pages, with `between` called between them; `None` where no path has the order.
    async fn read(
        &self,
        data: &mut Data,
        from: Position,
        mut between: impl AsyncFnMut(&mut Data),
    ) -> Option<(QueryPlan, Vec<RecordId>)> {
        let (mut found, mut plan, mut after) = (Vec::new(), None, from);
        for _ in 0..2_000 {
            let search = Search {
                query: self.query,
                visibility: self.visibility,
                now: data.now,
                after: Some(&after),
                budget: self.budget,
            };
            let mut page = Page(Vec::new(), self.limit);
            let searched = self.store.for_tenant(&data.tenant).find_records(search, &mut page).await.expect("found");
            let Ok(searched) = searched else {
                assert!(plan.is_none(), "a position stays of use");
                return None;
            };
            assert!(page.0.len() == self.limit || searched.partial || searched.next.is_none(), "a page is full");
            assert!(searched.partial <= searched.next.is_some(), "what ended early goes on");
            found.extend(page.0.into_iter().map(|record| record.id));
            plan = plan.or(searched.plan);
            match searched.next {
                // As it travels.
                Some(next) => after = Position::parse(&next.to_string()).expect("a position"),
                None => return plan.map(|plan| (plan, found)),
            }
            between(data).await;
        }
        panic!("the list never ends: {:?} {:?}", self.query, self.visibility);
    }
}

/// The seeds of the data sets and queries: always the same, or `SEEDS=from..to` of them.
#[expect(clippy::disallowed_methods, reason = "a test's own switch, which no deployed code has")]
fn seeds(count: u64) -> std::ops::Range<u64> {
    let chosen = std::env::var("SEEDS").ok().and_then(|text| {
        let (from, to) = text.split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    });
    chosen.unwrap_or(0..count)
}

#[tokio::test]
async fn every_access_path_finds_what_a_scan_of_all_records_finds() {
    let mut taken: BTreeMap<AccessPath, usize> = BTreeMap::new();
    let mut found_at_all = 0;
    let stack = Stack::start();
    for seed in seeds(4) {
        let mut dice = Dice(seed);
        let now = DateTime::from_timestamp(1_782_000_000, 0).expect("a moment");
        let tenant = nobodys_tenant(&mut dice);
        let mut data = Data::random(&mut dice, tenant, now, 80);
        let store = fill_table(&stack, &data);
        for _ in 0..10 {
            let (query, visibility) = data.query(&mut dice);
            let matching = data.matching(&query, &visibility);
            found_at_all += usize::from(!matching.is_empty());
            for path in AccessPath::ALL {
                for order in orders(&query) {
                    let limit = 2 + usize::try_from(dice.below(30)).expect("small");
                    let budget =
                        [5_000, 5 + usize::try_from(dice.below(30)).expect("small")][usize::from(dice.in_ten(1))];
                    let pages = Pages { store: &store, query: &query, visibility: &visibility, limit, budget };
                    let pages = pages.read(&mut data, start(path, &order), async |_| ()).await;
                    let Some((plan, found)) = pages else { continue };
                    *taken.entry(plan.path).or_default() += 1;
                    let expected = sort(matching.clone(), plan.order);
                    assert_eq!(found, expected, "{plan:?} {query:?} {visibility:?} {limit} {budget}");
                }
            }
        }
    }
    assert!(found_at_all > 20, "queries that find something: {found_at_all}");
    for path in AccessPath::ALL {
        assert!(taken.get(&path).copied().unwrap_or(0) > 3, "{path} was hardly used: {taken:?}");
    }
}

#[tokio::test]
async fn a_record_that_is_not_deleted_comes_exactly_once_while_others_are_created_and_deleted() {
    let mut changed = 0;
    let stack = Stack::start();
    for seed in seeds(3) {
        let mut dice = Dice(!seed);
        let now = DateTime::from_timestamp(1_782_000_000, 0).expect("a moment");
        let tenant = nobodys_tenant(&mut dice);
        let mut data = Data::random(&mut dice, tenant, now, 60);
        let store = fill_table(&stack, &data);
        for _ in 0..3 {
            let (query, visibility) = data.query(&mut dice);
            for path in AccessPath::ALL {
                for order in orders(&query) {
                    let before: BTreeSet<RecordId> =
                        data.matching(&query, &visibility).iter().map(|record| record.id).collect();
                    let pages = Pages { store: &store, query: &query, visibility: &visibility, limit: 7, budget: 60 };
                    let mut deleted = BTreeSet::new();
                    let pages = pages.read(&mut data, start(path, &order), async |data: &mut Data| {
                        let new = data.record(&mut dice);
                        let at =
                            usize::try_from(dice.below(u64::try_from(data.records.len()).expect("few"))).expect("few");
                        let mut gone = data.records.swap_remove(at);
                        deleted.insert(gone.id);
                        gone.deleted = Some(rol_domain::record::Deletion { at: data.now, by: "x".into() });
                        let written = [new.clone(), gone.clone()];
                        put(&stack, &store, data, &[], &written);
                        data.records.extend(written);
                        changed += 1;
                    });
                    let Some((plan, found)) = pages.await else { continue };
                    let distinct: BTreeSet<RecordId> = found.iter().copied().collect();
                    assert_eq!(distinct.len(), found.len(), "nothing twice: {plan:?} {query:?}");
                    let after: BTreeSet<RecordId> =
                        data.matching(&query, &visibility).iter().map(|record| record.id).collect();
                    for id in before.intersection(&after).filter(|id| !deleted.contains(id)) {
                        assert!(distinct.contains(id), "nothing is missing: {id} {plan:?} {query:?}");
                    }
                }
            }
        }
    }
    assert!(changed > 50, "changes between pages: {changed}");
}
