//! Whose records can match, and the looking up of people in the directory.

use super::{LOOKED_UP_AT_ONCE, Position, RecordSink, Run};
use crate::{
    call::Item,
    keys::{self, MEMBER_PREFIX},
    list::Order,
    merge::Merge,
    people::read_pointer,
    plan::{self, AccessPath, CandidatePeople},
    range::Range,
};
use rol_domain::{
    Result,
    limits::{MAX_KNOWN_MEMBERS, MAX_NAMED_MEMBERS, MAX_WALKED_GROUPS},
    text::PersonId,
};
use std::collections::BTreeSet;

impl<'a, S: RecordSink> Run<'a, S> {
    /// Whose records can match; nobody's where there is nothing. People who are known by then are named in the query,
    /// and nothing more is asked of them.
    pub(super) async fn crowd(&mut self, after: Option<&Position>) -> Result<Option<CandidatePeople>> {
        if self.audience.is_nobody() {
            return Ok(None);
        }
        if !self.query.people.is_empty() {
            let people = std::mem::take(&mut self.query.people);
            return self.name(people).await;
        }
        let Some(groups) = self.audience.groups.first() else { return Ok(Some(CandidatePeople::Everybody)) };
        if groups.len() > MAX_WALKED_GROUPS {
            return Ok(Some(CandidatePeople::ManyGroups));
        }
        if !plan::depends_on_members(&self.query) && after.is_none_or(|after| after.path != AccessPath::People) {
            return Ok(Some(CandidatePeople::Members));
        }
        match self.members_up_to(MAX_NAMED_MEMBERS).await? {
            None => Ok(Some(CandidatePeople::Members)),
            Some(people) => {
                self.audience = self.audience.beyond_first_groups();
                self.name(people).await
            }
        }
    }

    /// Gets to know the members of the first groups, unless they are too many: cheaper than to look up in the directory
    /// everybody whose record is met.
    pub(super) async fn load_members(&mut self) -> Result<()> {
        if self.audience.groups.first().is_none_or(|groups| groups.len() > MAX_WALKED_GROUPS) {
            return Ok(());
        }
        self.members = self.members_up_to(MAX_KNOWN_MEMBERS).await?;
        if self.members.is_some() {
            self.audience = self.audience.beyond_first_groups();
        }
        Ok(())
    }

    /// The members of the first groups; nothing where they are more than `most`.
    async fn members_up_to(&mut self, most: usize) -> Result<Option<BTreeSet<PersonId>>> {
        let mut members = self.members(None);
        let mut people = BTreeSet::new();
        loop {
            while let Some((_, person)) = members.pop() {
                people.insert(person);
                if people.len() > most {
                    return Ok(None);
                }
            }
            if members.is_done() {
                return Ok(Some(people));
            }
            self.read_members(&mut members, most + 1 - people.len()).await?;
        }
    }

    /// Reads some more members.
    pub(super) async fn read_members<D: Fn(Item) -> Result<Option<PersonId>>>(
        &mut self,
        members: &mut Merge<'a, PersonId, D>,
        wanted: usize,
    ) -> Result<()> {
        let before = self.spent.items;
        members.fill(wanted, &mut self.spent).await?;
        self.aside += self.spent.items - before;
        Ok(())
    }

    /// Names those people in the query who belong to the audience.
    async fn name(&mut self, mut people: BTreeSet<PersonId>) -> Result<Option<CandidatePeople>> {
        self.look_up(&people).await?;
        people.retain(|person| self.admits(person));
        self.audience = Default::default();
        let count = people.len();
        self.query.people = people;
        Ok((count > 0).then_some(CandidatePeople::Named(count)))
    }

    /// The members of the first groups by their ids, from behind `behind` on; those of several groups come several
    /// times.
    pub(super) fn members(
        &self,
        from: Option<&Position>,
    ) -> Merge<'a, PersonId, impl Fn(Item) -> Result<Option<PersonId>> + use<'a, S>> {
        let groups = self.audience.groups.first().cloned().unwrap_or_default();
        let range = |group| -> Range<'a> {
            let range = self.store.range(keys::members_partition(self.store.tenant, group)).eventual();
            let range = range.starting(MEMBER_PREFIX);
            let Some(Position { person: Some(person), key, .. }) = from else { return range };
            let person = format!("{MEMBER_PREFIX}{person}");
            match key {
                // Something of this person may be left.
                Some(_) => range.between(&person, &format!("{MEMBER_PREFIX}\u{10ffff}")),
                None => range.behind(Some(&person)),
            }
        };
        let ranges: Vec<Range<'a>> = groups.into_iter().map(range).collect();
        Merge::new(ranges, Order::Ascending, |item| read_pointer(item).map(Some))
    }

    /// Looks up who is not known yet, where something is asked of people. One call for each 100 people, one read unit
    /// for each of them: an entry has no more than 4 KB.
    pub(super) async fn look_up<'p>(&mut self, people: impl IntoIterator<Item = &'p PersonId>) -> Result<()> {
        if self.audience.is_everybody() {
            return Ok(());
        }
        let is_unknown = |person: &&PersonId| self.is_member(person) && !self.admitted.contains_key(*person);
        let unknown: BTreeSet<PersonId> = people.into_iter().filter(is_unknown).cloned().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let entries = self.store.people_by_ids(&unknown).await?;
        self.spent.calls += unknown.len().div_ceil(LOOKED_UP_AT_ONCE);
        self.spent.items += unknown.len();
        self.aside += unknown.len();
        self.spent.units += unknown.iter().map(|_| 1.0).sum::<f64>();
        for person in unknown {
            let admitted = self.audience.admits(entries.get(&person));
            self.admitted.insert(person, admitted);
        }
        Ok(())
    }

    /// Whether somebody who was looked up belongs to the audience.
    pub(super) fn admits(&self, person: &PersonId) -> bool {
        self.is_member(person) && (self.audience.is_everybody() || self.admitted.get(person).copied().unwrap_or(false))
    }

    /// Whether somebody is a member of the first groups, or that is not known.
    fn is_member(&self, person: &PersonId) -> bool {
        self.members.as_ref().is_none_or(|members| members.contains(person))
    }
}
