//! The first step: whose records can match, as far as it pays to ask before records are read.

use super::people_check::PeopleCheck;
use crate::{
    TenantStore,
    call::Item,
    keys::{self, MEMBER_PREFIX},
    list::Order,
    merge::{ReadCost, ShardMerge},
    people::read_pointer,
};
use rol_domain::{
    GroupId, RecordQuery, Result,
    limits::{MAX_KNOWN_MEMBERS, MAX_NAMED_MEMBERS, MAX_WALKED_GROUPS},
    query::Visibility,
    text::PersonId,
};
use std::collections::BTreeSet;

/// The people whose records can match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CandidatePeople {
    /// Nobody is ruled out yet.
    Anybody,
    /// These people. They meet all conditions on people.
    Named(BTreeSet<PersonId>),
    /// The members of the first groups of [`Visibility::groups`], few enough groups to walk. The members themselves
    /// are known only if they were read, and are no more than [`MAX_KNOWN_MEMBERS`].
    Members { known: Option<BTreeSet<PersonId>> },
}

impl CandidatePeople {
    pub(crate) fn is_one(&self) -> bool {
        matches!(self, Self::Named(people) if people.len() == 1)
    }
}

/// Finds out whose records can match; `None` where nobody's can.
///
/// People whom the query names are looked up if there are conditions on them. The members of groups are read up to
/// [`MAX_KNOWN_MEMBERS`], unless `walks` says that they are to be walked; up to [`MAX_NAMED_MEMBERS`] of them count as
/// named.
pub(super) async fn narrow(
    store: TenantStore<'_>,
    query: &RecordQuery,
    visibility: &Visibility,
    walks: bool,
    cost: &mut ReadCost,
) -> Result<Option<CandidatePeople>> {
    if visibility.is_nobody() {
        return Ok(None);
    }
    if !query.people.is_empty() {
        return name(store, query.people.clone(), visibility.clone(), cost).await;
    }
    let Some(groups) = visibility.groups.first().filter(|groups| groups.len() <= MAX_WALKED_GROUPS) else {
        return Ok(Some(CandidatePeople::Anybody));
    };
    if walks {
        return Ok(Some(CandidatePeople::Members { known: None }));
    }
    match read_members(store, groups, cost).await? {
        Some(people) if people.len() <= MAX_NAMED_MEMBERS => {
            name(store, people, visibility.beyond_first_groups(), cost).await
        }
        known => Ok(Some(CandidatePeople::Members { known })),
    }
}

/// Names those of `people` who are visible; `None` where nobody is.
async fn name(
    store: TenantStore<'_>,
    mut people: BTreeSet<PersonId>,
    visibility: Visibility,
    cost: &mut ReadCost,
) -> Result<Option<CandidatePeople>> {
    let mut check = PeopleCheck::new(store, None, visibility);
    check.look_up(&people, cost).await?;
    people.retain(|person| check.admits(person));
    Ok((!people.is_empty()).then_some(CandidatePeople::Named(people)))
}

/// The members of groups; `None` where they are more than [`MAX_KNOWN_MEMBERS`].
async fn read_members(
    store: TenantStore<'_>,
    groups: &BTreeSet<GroupId>,
    cost: &mut ReadCost,
) -> Result<Option<BTreeSet<PersonId>>> {
    let mut members = merge_members(store, groups, None);
    let mut people = BTreeSet::new();
    loop {
        while let Some((_, person)) = members.pop() {
            people.insert(person);
            if people.len() > MAX_KNOWN_MEMBERS {
                return Ok(None);
            }
        }
        if members.is_done() {
            return Ok(Some(people));
        }
        members.fill(MAX_KNOWN_MEMBERS + 1 - people.len(), cost).await?;
    }
}

pub(super) type MemberMerge<'a> = ShardMerge<'a, PersonId, fn(Item) -> Result<Option<PersonId>>>;

/// The members of groups by their ids, from `from` on; members of several groups come several times.
pub(super) fn merge_members<'a>(
    store: TenantStore<'a>,
    groups: impl IntoIterator<Item = &'a GroupId>,
    from: Option<&PersonId>,
) -> MemberMerge<'a> {
    let first = format!("{MEMBER_PREFIX}{}", from.map_or("", PersonId::as_str));
    let last = format!("{MEMBER_PREFIX}\u{10ffff}");
    let range =
        |group: &GroupId| store.range(keys::members_partition(store.tenant, *group)).eventual().between(&first, &last);
    ShardMerge::new(groups.into_iter().map(range), Order::Ascending, |item| read_pointer(item).map(Some))
}
