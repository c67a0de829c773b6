//! Several ranges that are in the same order, read as one: no more of each than is needed to know what comes next.

use crate::{
    call::Item,
    list::Order,
    range::{Range, Step},
};
use futures_util::future::try_join_all;
use rol_domain::Result;
use std::{cmp::Ordering, collections::VecDeque};

/// What reading took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReadCost {
    /// How many calls.
    pub calls: usize,
    /// How many items were read, wanted or not.
    pub items: usize,
    /// How many read units.
    pub units: f64,
}

impl ReadCost {
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
struct Source<'a, T> {
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
    source: Vec<Source<'a, T>>,
    order: Order,
    decode: D,
}

impl<'a, T, D: Fn(Item) -> Result<Option<T>>> Merge<'a, T, D> {
    /// These ranges, all in this order; `decode` says what an item is, and nothing of an item that is not wanted.
    pub(crate) fn new(ranges: impl IntoIterator<Item = Range<'a>>, order: Order, decode: D) -> Self {
        let source = |range: Range<'a>| Source {
            range: range.ordered(order),
            ahead: VecDeque::new(),
            start: None,
            frontier: None,
            is_done: false,
        };
        Self { source: ranges.into_iter().map(source).collect(), order, decode }
    }

    /// How many ranges there are.
    pub(crate) fn width(&self) -> usize {
        self.source.len()
    }

    /// Whether there is nothing left.
    pub(crate) fn is_done(&self) -> bool {
        self.source.iter().all(|source| source.is_done && source.ahead.is_empty())
    }

    /// What comes next, with its sort key; nothing where that is only known after [`Self::fill`], or at the end.
    pub(crate) fn pop(&mut self) -> Option<(String, T)> {
        let first = self.first()?;
        let key = &self.source[first].ahead.front()?.0;
        if self.source.iter().any(|source| self.is_needed_for(source, Some(key))) {
            return None;
        }
        self.source[first].ahead.pop_front()
    }

    /// The sort key up to which everything was given; nothing before all ranges were read once.
    pub(crate) fn frontier(&self) -> Option<String> {
        let open = self.source.iter().filter(|source| !source.is_done && source.ahead.is_empty());
        open.min_by(|a, b| self.compare(&a.frontier, &b.frontier))?.frontier.clone()
    }

    /// Reads on, in as many calls at once as there are ranges that hold the others up, or soon would: of each its share
    /// of `wanted` items.
    pub(crate) async fn fill(&mut self, wanted: usize, spent: &mut ReadCost) -> Result<()> {
        let first = self.first().and_then(|first| self.source[first].ahead.front()).map(|(key, _)| key.clone());
        let share = wanted.div_ceil(self.width().max(1));
        let is_low = |source: &Source<'_, T>| !source.is_done && source.ahead.len() * LOW < share;
        let is_next = |source: &Source<'_, T>| is_low(source) || self.is_needed_for(source, first.as_ref());
        let needed: Vec<usize> = (0..self.source.len()).filter(|source| is_next(&self.source[*source])).collect();
        let limit = share.max(wanted.min(LEAST).div_ceil(needed.len().max(1))).max(1);
        let steps = needed.iter().map(|source| {
            let source = &self.source[*source];
            source.range.step(source.start.clone(), Some(limit))
        });
        let steps = try_join_all(steps).await?;
        for (source, step) in needed.into_iter().zip(steps) {
            spent.add(&step);
            self.take(source, step)?;
        }
        Ok(())
    }

    fn take(&mut self, source: usize, step: Step) -> Result<()> {
        let sort_key = self.source[source].range.sort_key();
        for item in step.items {
            let key = text_of(&item, sort_key);
            if let Some(decoded) = (self.decode)(item)? {
                self.source[source].ahead.push_back((key, decoded));
            }
        }
        let source = &mut self.source[source];
        match step.next {
            Some(next) => {
                source.frontier = Some(text_of(&next, sort_key));
                source.start = Some(next);
            }
            None => source.is_done = true,
        }
        Ok(())
    }

    /// The range whose next item comes first, among those of which one is known.
    fn first(&self) -> Option<usize> {
        let known =
            (0..self.source.len()).filter_map(|source| Some((source, Some(&self.source[source].ahead.front()?.0))));
        known.min_by(|(_, a), (_, b)| self.compare(a, b)).map(|(source, _)| source)
    }

    /// Whether a range may still have something that comes before `key`, or anything where there is no key.
    fn is_needed_for(&self, source: &Source<'_, T>, key: Option<&String>) -> bool {
        let is_behind = key.is_none() || self.compare(&source.frontier.as_ref(), &key) == Ordering::Less;
        !source.is_done && source.ahead.is_empty() && is_behind
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
