//! Verifies a chain from its first entry to its head, and against its checkpoints.
//!
//! An entry may be missing only where its retention ended. The entry behind a gap says how long the last one in it was
//! to be kept, the head says it of the last one of all, and the checkpoints say it of the entries that were heads once.
//! The hash of an entry covers all entries before it, so a checkpoint vouches for everything up to its place.

use super::{AuditEntry, ChainHead};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// The heads of a tenant's chains on a day, stored where the table's writers cannot change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The heads, by chain.
    pub heads: Vec<ChainHead>,
}

/// The checkpoints of one chain: by place, the heads that it had there with the first day of each. An honest chain had
/// one head at a place.
#[derive(Debug, Clone, Default)]
pub struct Checkpoints(BTreeMap<u64, Vec<(NaiveDate, ChainHead)>>);

impl Checkpoints {
    /// What these checkpoints, oldest first, say of a chain.
    pub fn of<'a>(chain: u8, checkpoints: impl IntoIterator<Item = &'a Checkpoint>) -> Self {
        let mut heads = Self::default();
        for checkpoint in checkpoints {
            let Some(head) = checkpoint.heads.get(usize::from(chain)).filter(|head| head.place > 0) else { continue };
            let known_heads = heads.0.entry(head.place).or_default();
            if known_heads.iter().all(|(_, known)| known != head) {
                known_heads.push((checkpoint.day, head.clone()));
            }
        }
        heads
    }

    fn within(&self, places: RangeInclusive<u64>) -> impl Iterator<Item = &(NaiveDate, ChainHead)> {
        let places = (!places.is_empty()).then_some(places);
        places.into_iter().flat_map(|places| self.0.range(places)).flat_map(|(_, heads)| heads)
    }

    /// The day of a checkpoint with another hash at this place.
    fn denies(&self, place: u64, hash: &str) -> Option<NaiveDate> {
        self.within(place..=place).find(|(_, head)| head.hash != hash).map(|(day, _)| *day)
    }

    /// The first of these places that has a checkpoint and whose retention has not ended.
    fn kept(&self, places: RangeInclusive<u64>, now: DateTime<Utc>) -> Option<(u64, NaiveDate)> {
        self.within(places).find(|(_, head)| head.kept_until > now).map(|(day, head)| (head.place, *day))
    }
}

/// Where a chain is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBreak {
    /// At which place.
    pub place: u64,
    /// How.
    pub fault: ChainFault,
    /// The day of the checkpoint that the chain disagrees with; `None` where the chain disagrees with itself.
    pub checkpoint: Option<NaiveDate>,
}

/// How a chain is broken at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFault {
    /// The entry is missing, and its retention has not ended: of several that are missing, the last that is known to
    /// be kept.
    Gap,
    /// The entry is not what it was, or one before it is not.
    Modified,
    /// The entry does not follow the one before.
    Unlinked,
    /// The chain ends before this place, and went on.
    Truncated,
}

impl ChainFault {
    fn at(self, place: u64, checkpoint: Option<NaiveDate>) -> ChainBreak {
        ChainBreak { place, fault: self, checkpoint }
    }
}

/// Walks a chain, some entries at a time.
#[derive(Debug, Clone)]
pub struct ChainVerifier {
    checkpoints: Checkpoints,
    now: DateTime<Utc>,
    first: Option<u64>,
    head: ChainHead,
}

impl ChainVerifier {
    /// Starts at the first entry of a chain with these checkpoints.
    pub fn new(checkpoints: Checkpoints, now: DateTime<Utc>) -> Self {
        Self { checkpoints, now, first: None, head: ChainHead::default() }
    }

    /// The place of the first entry that is there.
    pub fn first(&self) -> Option<u64> {
        self.first
    }

    /// The place of the last entry that was found right, 0 before the first.
    pub fn place(&self) -> u64 {
        self.head.place
    }

    /// Walks on, over entries in order.
    ///
    /// # Errors
    /// The first break.
    pub fn on<'a>(&mut self, entries: impl IntoIterator<Item = &'a AuditEntry>) -> Result<(), ChainBreak> {
        for entry in entries {
            self.first.get_or_insert(entry.place);
            self.step(entry)?;
            self.head = entry.head();
        }
        Ok(())
    }

    fn step(&self, entry: &AuditEntry) -> Result<(), ChainBreak> {
        let next = self.head.place + 1;
        if entry.place < next {
            return Err(ChainFault::Gap.at(next, None));
        }
        let gap = next..=entry.place - 1;
        if let Some((place, day)) = self.checkpoints.kept(gap.clone(), self.now) {
            return Err(ChainFault::Gap.at(place, Some(day)));
        }
        if entry.hash != entry.hashed() {
            return Err(ChainFault::Modified.at(entry.place, None));
        }
        if let Some(day) = self.checkpoints.denies(entry.place, &entry.hash) {
            return Err(ChainFault::Modified.at(entry.place, Some(day)));
        }
        if gap.is_empty() {
            let follows = entry.previous == self.head.hash && entry.previous_kept_until == self.head.kept_until;
            return if follows { Ok(()) } else { Err(ChainFault::Unlinked.at(entry.place, None)) };
        }
        if entry.previous_kept_until > self.now {
            return Err(ChainFault::Gap.at(entry.place - 1, None));
        }
        match self.checkpoints.denies(entry.place - 1, &entry.previous) {
            Some(day) => Err(ChainFault::Unlinked.at(entry.place, Some(day))),
            None => Ok(()),
        }
    }

    /// Compares the end with the head that the table has, and with the checkpoints behind it.
    ///
    /// # Errors
    /// Where the chain ends before it, or in something else.
    pub fn end(&self, head: &ChainHead) -> Result<(), ChainBreak> {
        let next = self.head.place + 1;
        if let Some((_, day)) = self.checkpoints.kept(next..=u64::MAX, self.now) {
            return Err(ChainFault::Truncated.at(next, Some(day)));
        }
        if next <= head.place && head.kept_until > self.now {
            return Err(ChainFault::Truncated.at(next, None));
        }
        if let Some(day) = self.checkpoints.denies(head.place, &head.hash) {
            return Err(ChainFault::Modified.at(head.place, Some(day)));
        }
        if self.head.place == head.place && self.head != *head {
            return Err(ChainFault::Modified.at(head.place, None));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
