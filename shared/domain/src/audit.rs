//! The audit trail: chains of entries each of which carries the hash of the one before.
//!
//! Whoever changes an entry, drops one or puts one in breaks the chain behind it; who rewrites all that follows
//! disagrees with the head that was noted elsewhere.

use crate::{
    change::{Action, Change, Trace},
    text::{AppId, PersonId},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How many chains a tenant has: as many writers as that do not get into each other's way.
pub const CHAINS: u8 = 4;

/// The id of an entry: its chain and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId {
    /// Which chain, from 0.
    pub chain: u8,
    /// Which place in it, from 1.
    pub place: u64,
}

/// The width of a place as text, so that places sort as texts.
const WIDTH: usize = 15;

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "act_{}{:0WIDTH$}", self.chain, self.place)
    }
}

impl FromStr for EntryId {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, InvalidEntryId> {
        let digits = text.strip_prefix("act_").ok_or(InvalidEntryId)?;
        if digits.len() != WIDTH + 1 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidEntryId);
        }
        let (chain, place) = digits.split_at(1);
        let (chain, place) = (chain.parse().map_err(|_| InvalidEntryId)?, place.parse().map_err(|_| InvalidEntryId)?);
        if chain >= CHAINS || place == 0 { Err(InvalidEntryId) } else { Ok(Self { chain, place }) }
    }
}

/// Not the id of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of the form act_0000000000000001")]
pub struct InvalidEntryId;

/// What is known of one change, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What happened.
    pub action: Action,
    /// The id of what it happened to.
    pub entity_id: String,
    /// Who did it.
    #[serde(flatten)]
    pub trace: Trace,
    /// What changed.
    #[serde(default)]
    pub changed: BTreeSet<String>,
    /// The application whose record it is; of anything else, the one that somebody acted for who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
    /// The person whose record or entry it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// What a refused attempt asked for: the name of the route's function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&Change> for Facts {
    fn from(change: &Change) -> Self {
        Self {
            action: change.action,
            entity_id: change.id.clone(),
            trace: change.trace.clone(),
            changed: change.changed.clone(),
            app_id: change.app_id.clone(),
            person_id: change.person_id.clone(),
            operation: change.denial.as_ref().map(|denial| denial.operation.clone()),
            reason: change.denial.as_ref().map(|denial| denial.reason.clone()),
        }
    }
}

/// The end of a chain: the place and the hash of its last entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// The place, 0 before the first entry.
    pub place: u64,
    /// The hash, empty before the first entry.
    pub hash: String,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 1.
    pub place: u64,
    /// What happened.
    #[serde(flatten)]
    pub facts: Facts,
    /// The hash of the entry before, empty for the first.
    pub previous: String,
    /// The SHA-256 of all of the above, in hexadecimal.
    pub hash: String,
}

/// Where a chain is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// This place is missing.
    Missing(u64),
    /// The entry at this place is not what it was.
    Changed(u64),
    /// The entry at this place does not follow the one before.
    Unlinked(u64),
    /// The chain ends at this place, before its head.
    CutOff(u64),
}

impl Break {
    /// At which place.
    pub fn place(&self) -> u64 {
        match self {
            Self::Missing(place) | Self::Changed(place) | Self::Unlinked(place) | Self::CutOff(place) => *place,
        }
    }
}

impl Entry {
    /// The entry that follows `head`.
    pub fn after(head: &Head, facts: Facts) -> Self {
        let (place, previous) = (head.place + 1, head.hash.clone());
        let hash = hash(place, &facts, &previous);
        Self { place, facts, previous, hash }
    }

    /// The head of the chain that ends here.
    pub fn head(&self) -> Head {
        Head { place: self.place, hash: self.hash.clone() }
    }

    /// # Errors
    /// How the entry does not follow `head`.
    pub fn check(&self, head: &Head) -> Result<(), Break> {
        if self.place != head.place + 1 {
            return Err(Break::Missing(head.place + 1));
        }
        if self.hash != hash(self.place, &self.facts, &self.previous) {
            return Err(Break::Changed(self.place));
        }
        if self.previous != head.hash {
            return Err(Break::Unlinked(self.place));
        }
        Ok(())
    }
}

/// The hash of an entry: over its JSON with the names in order, so that equal entries have equal hashes.
fn hash(place: u64, facts: &Facts, previous: &str) -> String {
    // `serde_json::Value` keeps names in order.
    let facts = serde_json::to_value(facts).unwrap_or_default();
    let text = serde_json::json!([place, previous, facts]).to_string();
    format!("{:x}", Sha256::digest(text))
}

/// Walks a chain, some entries at a time.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    head: Head,
}

impl Walk {
    /// From behind an entry that is known to be right.
    pub fn behind(head: Head) -> Self {
        Self { head }
    }

    /// The last entry that was found right.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Walks on.
    ///
    /// # Errors
    /// The first break.
    pub fn on<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<(), Break> {
        for entry in entries {
            entry.check(&self.head)?;
            self.head = entry.head();
        }
        Ok(())
    }

    /// Compares the end with the head that was noted.
    ///
    /// # Errors
    /// Where the chain ends before it, or in something else.
    pub fn end(&self, noted: &Head) -> Result<(), Break> {
        if self.head.place < noted.place {
            return Err(Break::CutOff(self.head.place + 1));
        }
        if self.head != *noted {
            return Err(Break::Changed(noted.place));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;
    use rstest::rstest;

    fn facts(number: u64) -> Facts {
        Facts {
            action: Action::parse("learningRecord.updated").expect("an action"),
            entity_id: format!("lrn_{number}"),
            trace: Trace {
                at: DateTime::UNIX_EPOCH,
                actor: "ada".into(),
                subject: None,
                request_id: format!("r{number}"),
            },
            changed: ["score".to_owned()].into(),
            app_id: None,
            person_id: None,
            operation: None,
            reason: None,
        }
    }

    fn chain(length: u64) -> (Vec<Entry>, Head) {
        let mut head = Head::default();
        let mut entries = Vec::new();
        for number in 0..length {
            let entry = Entry::after(&head, facts(number));
            head = entry.head();
            entries.push(entry);
        }
        (entries, head)
    }

    fn walked(entries: &[Entry], head: &Head) -> Result<(), Break> {
        let mut walk = Walk::default();
        walk.on(entries)?;
        walk.end(head)
    }

    #[test]
    fn an_untouched_chain_is_whole() {
        for length in 0..5 {
            let (entries, head) = chain(length);
            assert_eq!(walked(&entries, &head), Ok(()));
        }
    }

    #[rstest]
    #[case::dropped(|e: &mut Vec<Entry>| { e.remove(4); }, Break::Missing(5))]
    #[case::swapped(|e: &mut Vec<Entry>| e.swap(4, 5), Break::Missing(5))]
    #[case::twice(|e: &mut Vec<Entry>| e.insert(4, e[3].clone()), Break::Missing(5))]
    #[case::changed(|e: &mut Vec<Entry>| e[4].facts.trace.actor = "bob".into(), Break::Changed(5))]
    #[case::changed_with_its_hash(|e: &mut Vec<Entry>| { e[4].facts.trace.actor = "bob".into(); e[4].hash = hash(5, &e[4].facts, &e[4].previous); }, Break::Unlinked(6))]
    #[case::cut_off(|e: &mut Vec<Entry>| e.truncate(4), Break::CutOff(5))]
    #[case::the_last_changed_with_its_hash(|e: &mut Vec<Entry>| { e[9].facts.trace.actor = "bob".into(); e[9].hash = hash(10, &e[9].facts, &e[9].previous); }, Break::Changed(10))]
    #[case::all_gone(|e: &mut Vec<Entry>| e.clear(), Break::CutOff(1))]
    fn every_harm_is_found_where_it_was_done(#[case] harm: fn(&mut Vec<Entry>), #[case] found: Break) {
        let (mut entries, head) = chain(10);
        harm(&mut entries);
        assert_eq!(walked(&entries, &head), Err(found));
    }

    proptest! {
        #[test]
        fn an_id_reads_back(chain in 0..CHAINS, place in 1u64..1_000_000_000_000_000) {
            let id = EntryId { chain, place };
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn ids_of_a_chain_sort_by_place(a in 1u64..1_000_000_000_000_000, b in 1u64..1_000_000_000_000_000) {
            let text = |place| EntryId { chain: 1, place }.to_string();
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }
    }
}
