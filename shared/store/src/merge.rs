//! Several ranges that are in the same order, read as one: no more of each than is needed to know what comes next.

use crate::{
    call::Item,
    listed::Order,
    range::{Range, Step},
};
use futures_util::future::try_join_all;
use rol_domain::Result;
use std::{cmp::Ordering, collections::VecDeque};

/// What reading took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// How many calls.
    pub calls: usize,
    /// How many items were read, wanted or not.
    pub items: usize,
    /// How many read units.
    pub units: f64,
}

impl Spent {
    /// Adds a call.
    pub(crate) fn add(&mut self, step: &Step) {
        self.calls += 1;
        self.items += step.read;
        self.units += step.units;
    }
}

/// As many items are read at least, together, where so many are wanted: a call for one costs as much.
const LEAST: usize = 16;
/// A range of which less than this part of a share is ahead is read on together with those that hold the others up.
const LOW: usize = 8;

/// What one of the ranges has given so far.
struct Lane<'a, T> {
    range: Range<'a>,
    /// What was read and did not have its turn yet, with its sort key.
    ahead: VecDeque<(String, T)>,
    /// Where its next call goes on.
    start: Option<Item>,
    /// Up to which sort key everything was read; nothing before the first call.
    frontier: Option<String>,
    is_done: bool,
}

/// Ranges read as one.
pub(crate) struct Merge<'a, T, D> {
    lanes: Vec<Lane<'a, T>>,
    order: Order,
    decode: D,
}

impl<'a, T, D: Fn(Item) -> Result<Option<T>>> Merge<'a, T, D> {
    /// These ranges, all in this order; `decode` says what an item is, and nothing of an item that is not wanted.
    pub(crate) fn new(ranges: impl IntoIterator<Item = Range<'a>>, order: Order, decode: D) -> Self {
        let lane = |range: Range<'a>| Lane {
            range: range.ordered(order),
            ahead: VecDeque::new(),
            start: None,
            frontier: None,
            is_done: false,
        };
        Self { lanes: ranges.into_iter().map(lane).collect(), order, decode }
    }

    /// How many ranges there are.
    pub(crate) fn width(&self) -> usize {
        self.lanes.len()
    }

    /// Whether there is nothing left.
    pub(crate) fn is_done(&self) -> bool {
        self.lanes.iter().all(|lane| lane.is_done && lane.ahead.is_empty())
    }

    /// What comes next, with its sort key; nothing where that is only known after [`Self::fill`], or at the end.
    pub(crate) fn pop(&mut self) -> Option<(String, T)> {
        let first = self.first()?;
        let key = &self.lanes[first].ahead.front()?.0;
        if self.lanes.iter().any(|lane| self.is_needed_for(lane, Some(key))) {
            return None;
        }
        self.lanes[first].ahead.pop_front()
    }

    /// The sort key up to which everything was given; nothing before all ranges were read once.
    pub(crate) fn frontier(&self) -> Option<String> {
        let open = self.lanes.iter().filter(|lane| !lane.is_done && lane.ahead.is_empty());
        open.min_by(|a, b| self.compare(&a.frontier, &b.frontier))?.frontier.clone()
    }

    /// Reads on, in as many calls at once as there are ranges that hold the others up, or soon would: of each its share
    /// of `wanted` items.
    pub(crate) async fn fill(&mut self, wanted: usize, spent: &mut Spent) -> Result<()> {
        let first = self.first().and_then(|first| self.lanes[first].ahead.front()).map(|(key, _)| key.clone());
        let share = wanted.div_ceil(self.width().max(1));
        let is_low = |lane: &Lane<'_, T>| !lane.is_done && lane.ahead.len() * LOW < share;
        let is_next = |lane: &Lane<'_, T>| is_low(lane) || self.is_needed_for(lane, first.as_ref());
        let needed: Vec<usize> = (0..self.lanes.len()).filter(|lane| is_next(&self.lanes[*lane])).collect();
        let limit = share.max(wanted.min(LEAST).div_ceil(needed.len().max(1))).max(1);
        let steps = needed.iter().map(|lane| {
            let lane = &self.lanes[*lane];
            lane.range.step(lane.start.clone(), Some(limit))
        });
        let steps = try_join_all(steps).await?;
        for (lane, step) in needed.into_iter().zip(steps) {
            spent.add(&step);
            self.take(lane, step)?;
        }
        Ok(())
    }

    fn take(&mut self, lane: usize, step: Step) -> Result<()> {
        let sort_key = self.lanes[lane].range.sort_key();
        for item in step.items {
            let key = text_of(&item, sort_key);
            if let Some(decoded) = (self.decode)(item)? {
                self.lanes[lane].ahead.push_back((key, decoded));
            }
        }
        let lane = &mut self.lanes[lane];
        match step.next {
            Some(next) => {
                lane.frontier = Some(text_of(&next, sort_key));
                lane.start = Some(next);
            }
            None => lane.is_done = true,
        }
        Ok(())
    }

    /// The range whose next item comes first, among those of which one is known.
    fn first(&self) -> Option<usize> {
        let known = (0..self.lanes.len()).filter_map(|lane| Some((lane, Some(&self.lanes[lane].ahead.front()?.0))));
        known.min_by(|(_, a), (_, b)| self.compare(a, b)).map(|(lane, _)| lane)
    }

    /// Whether a range may still have something that comes before `key`, or anything where there is no key.
    fn is_needed_for(&self, lane: &Lane<'_, T>, key: Option<&String>) -> bool {
        let is_behind = key.is_none() || self.compare(&lane.frontier.as_ref(), &key) == Ordering::Less;
        !lane.is_done && lane.ahead.is_empty() && is_behind
    }

    /// Which comes first; nothing comes before everything.
    fn compare<K: AsRef<str>>(&self, a: &Option<K>, b: &Option<K>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.order == Order::Descending => b.as_ref().cmp(a.as_ref()),
            (a, b) => a.as_ref().map(AsRef::as_ref).cmp(&b.as_ref().map(AsRef::as_ref)),
        }
    }
}

/// A text of an item.
fn text_of(item: &Item, attribute: &str) -> String {
    item.get(attribute).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}
