//! Reads several ranges of the same order as one, such as the shards of an index: no more of each than is needed to
//! know which item comes next.

use crate::{
    call::Item,
    list::Order,
    range::{Range, Step},
};
use futures_util::future::try_join_all;
use rol_domain::Result;
use std::{cmp::Ordering, collections::VecDeque, ops::Add};

/// What reading has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReadCost {
    pub calls: usize,
    /// How many items were read, wanted or not.
    pub items: usize,
    /// Read units.
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

impl Add for ReadCost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { calls: self.calls + other.calls, items: self.items + other.items, units: self.units + other.units }
    }
}

/// The fewest items to read together, where so many are wanted: a call for one costs as much.
const MIN_ITEMS: usize = 16;
/// A source whose buffer holds less than this part of its share is read on together with those that are needed.
const LOW_BUFFER: usize = 8;

/// One of the ranges, as far as it was read.
struct Source<'a, T> {
    range: Range<'a>,
    /// Decoded items that have not had their turn, with their sort keys.
    buffer: VecDeque<(String, T)>,
    /// Where its next call starts.
    start: Option<Item>,
    /// The last sort key that was read; `None` before the first call.
    frontier: Option<String>,
    is_read: bool,
}

/// Merges sources of the same order. [`Self::pop`] gives their items as long as it is known which comes next;
/// [`Self::fill`] reads on.
pub(crate) struct ShardMerge<'a, T, D> {
    sources: Vec<Source<'a, T>>,
    order: Order,
    decode: D,
}

impl<'a, T, D: Fn(Item) -> Result<Option<T>>> ShardMerge<'a, T, D> {
    /// Merges `ranges` in `order`. `decode` reads an item, or returns `None` where the item is not wanted.
    pub(crate) fn new(ranges: impl IntoIterator<Item = Range<'a>>, order: Order, decode: D) -> Self {
        let source = |range: Range<'a>| Source {
            range: range.ordered(order),
            buffer: VecDeque::new(),
            start: None,
            frontier: None,
            is_read: false,
        };
        Self { sources: ranges.into_iter().map(source).collect(), order, decode }
    }

    /// The number of sources.
    pub(crate) fn width(&self) -> usize {
        self.sources.len()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.sources.iter().all(|source| source.is_read && source.buffer.is_empty())
    }

    /// The next item with its sort key; `None` at the end, or if [`Self::fill`] has to read on first.
    pub(crate) fn pop(&mut self) -> Option<(String, T)> {
        let first = self.first()?;
        let key = self.key_of(first)?;
        if self.sources.iter().any(|source| self.is_needed_for(source, Some(key))) {
            return None;
        }
        self.sources[first].buffer.pop_front()
    }

    /// The sort key up to which everything has been popped; `None` before each source was read once.
    pub(crate) fn frontier(&self) -> Option<String> {
        let open = self.sources.iter().filter(|source| !source.is_read && source.buffer.is_empty());
        open.min_by(|a, b| self.compare(a.frontier.as_ref(), b.frontier.as_ref()))?.frontier.clone()
    }

    /// Reads on in the sources that are needed to know the next item, or soon will be: from each its share of `wanted`
    /// items, in one call each, all at once.
    pub(crate) async fn fill(&mut self, wanted: usize, cost: &mut ReadCost) -> Result<()> {
        let first = self.first().and_then(|first| self.key_of(first));
        let share = wanted.div_ceil(self.width().max(1));
        let is_low = |source: &Source<'_, T>| !source.is_read && source.buffer.len() * LOW_BUFFER < share;
        let is_next = |source: &Source<'_, T>| is_low(source) || self.is_needed_for(source, first);
        let needed: Vec<usize> = (0..self.sources.len()).filter(|source| is_next(&self.sources[*source])).collect();
        let limit = share.max(wanted.min(MIN_ITEMS).div_ceil(needed.len().max(1))).max(1);
        let steps = needed.iter().map(|source| {
            let source = &self.sources[*source];
            source.range.step(source.start.clone(), Some(limit))
        });
        let steps = try_join_all(steps).await?;
        for (source, step) in needed.into_iter().zip(steps) {
            cost.add(&step);
            self.take(source, step)?;
        }
        Ok(())
    }

    fn take(&mut self, source: usize, step: Step) -> Result<()> {
        let source = &mut self.sources[source];
        let sort_key = source.range.sort_key();
        for item in step.items {
            let key = text_of(&item, sort_key);
            if let Some(decoded) = (self.decode)(item)? {
                source.buffer.push_back((key, decoded));
            }
        }
        match step.next {
            Some(next) => {
                source.frontier = Some(text_of(&next, sort_key));
                source.start = Some(next);
            }
            None => source.is_read = true,
        }
        Ok(())
    }

    /// The source whose next item comes first among the buffered ones.
    fn first(&self) -> Option<usize> {
        let buffered = (0..self.sources.len()).filter_map(|source| Some((source, self.key_of(source)?)));
        buffered.min_by(|(_, a), (_, b)| self.order.compare(*a, *b)).map(|(source, _)| source)
    }

    /// The sort key of a source's next item, if that is buffered.
    fn key_of(&self, source: usize) -> Option<&String> {
        self.sources[source].buffer.front().map(|(key, _)| key)
    }

    /// Whether a source may still have an item that comes before `key`, or any item where there is no key.
    fn is_needed_for(&self, source: &Source<'_, T>, key: Option<&String>) -> bool {
        let is_behind = key.is_none() || self.compare(source.frontier.as_ref(), key) == Ordering::Less;
        !source.is_read && source.buffer.is_empty() && is_behind
    }

    /// Which of two keys comes first. `None` comes before every key.
    fn compare(&self, a: Option<&String>, b: Option<&String>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => self.order.compare(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }
}

fn text_of(item: &Item, attribute: &str) -> String {
    item.get(attribute).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}
