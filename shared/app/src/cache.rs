//! What a warm container remembers for a while.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Entries with the moment at which they came.
pub(crate) struct Timed<K, V>(Mutex<HashMap<K, (DateTime<Utc>, V)>>);

impl<K, V> Default for Timed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// The most entries of a cache; a full one starts anew.
const CACHE_ENTRIES: usize = 1_000;

impl<K: Eq + std::hash::Hash, V: Clone> Timed<K, V> {
    /// The entry, if it came less than `seconds` before `now`.
    pub(crate) fn get(&self, key: &K, now: DateTime<Utc>, seconds: i64) -> Option<(DateTime<Utc>, V)> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, value) = entries.get(key)?;
        (now - at < TimeDelta::seconds(seconds)).then(|| (*at, value.clone()))
    }

    pub(crate) fn put(&self, key: K, now: DateTime<Utc>, value: V) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CACHE_ENTRIES {
            entries.clear();
        }
        entries.insert(key, (now, value));
    }
}
