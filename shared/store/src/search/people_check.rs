//! Whether the person of a record belongs to those whose records are wanted.

use super::LOOKED_UP_AT_ONCE;
use crate::{TenantStore, merge::ReadCost};
use rol_domain::{Result, query::Visibility, text::PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// Checks people against a set of them and against what the directory has of them, which it looks up once.
pub(super) struct PeopleCheck<'a> {
    store: TenantStore<'a>,
    /// Anybody where there is none.
    only: Option<&'a BTreeSet<PersonId>>,
    visibility: Visibility,
    looked_up: BTreeMap<PersonId, bool>,
}

impl<'a> PeopleCheck<'a> {
    pub(super) fn new(store: TenantStore<'a>, only: Option<&'a BTreeSet<PersonId>>, visibility: Visibility) -> Self {
        Self { store, only, visibility, looked_up: BTreeMap::new() }
    }

    /// Whether people are admitted without being looked up.
    pub(super) fn needs_no_look_up(&self) -> bool {
        self.visibility.is_everybody()
    }

    /// Looks up those who have to be and were not yet. One call for each 100 people; a read unit for each of them,
    /// since an entry has no more than 4 KB.
    pub(super) async fn look_up<'p>(
        &mut self,
        people: impl IntoIterator<Item = &'p PersonId>,
        cost: &mut ReadCost,
    ) -> Result<()> {
        if self.needs_no_look_up() {
            return Ok(());
        }
        let is_unknown = |person: &&PersonId| self.is_in_set(person) && !self.looked_up.contains_key(*person);
        let unknown: BTreeSet<PersonId> = people.into_iter().filter(is_unknown).cloned().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let entries = self.store.people_by_ids(&unknown).await?;
        cost.calls += unknown.len().div_ceil(LOOKED_UP_AT_ONCE);
        cost.items += unknown.len();
        cost.units += unknown.iter().map(|_| 1.0).sum::<f64>();
        for person in unknown {
            let admitted = self.visibility.admits(entries.get(&person));
            self.looked_up.insert(person, admitted);
        }
        Ok(())
    }

    /// Whether somebody belongs to them. Whoever has to be looked up and was not does not.
    pub(super) fn admits(&self, person: &PersonId) -> bool {
        self.is_in_set(person) && (self.needs_no_look_up() || self.looked_up.get(person) == Some(&true))
    }

    fn is_in_set(&self, person: &PersonId) -> bool {
        self.only.is_none_or(|people| people.contains(person))
    }
}
