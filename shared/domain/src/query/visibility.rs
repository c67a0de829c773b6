//! Whose records are asked for and may be seen, by their entries in the directory.

use crate::{
    Permission,
    access::Policy,
    caller::{Cx, Role},
    id::GroupId,
    person::{Person, PersonStatus},
};
use std::collections::BTreeSet;

/// Conditions on the people of records: those of a query's filters, and those of the caller's rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility {
    /// For each condition, groups of which the person has to be a direct member of at least one.
    pub groups: Vec<BTreeSet<GroupId>>,
    /// The person's status has to be one of these, if there are any.
    pub statuses: BTreeSet<PersonStatus>,
}

impl Visibility {
    /// Members of `groups` or of a group inside them, with any of `statuses`; for an educator, only people whose
    /// records the educator's grants allow to view.
    pub fn of(cx: &Cx, policy: &Policy, groups: &BTreeSet<GroupId>, statuses: &BTreeSet<PersonStatus>) -> Self {
        let mut conditions = Vec::new();
        if cx.role == Role::Educator {
            let granted = policy.grants_of(&cx.groups).filter(|grant| grant.verbs.contains(&Permission::View));
            conditions.push(policy.tree.inside(&granted.map(|grant| grant.group_id).collect()));
        }
        if !groups.is_empty() {
            conditions.push(policy.tree.inside(groups));
        }
        // The narrowest first: its members may be walked through.
        conditions.sort_by_key(BTreeSet::len);
        Self { groups: conditions, statuses: statuses.clone() }
    }

    /// Whether there is no condition, so that people without an entry are visible too.
    pub fn is_everybody(&self) -> bool {
        self.groups.is_empty() && self.statuses.is_empty()
    }

    /// Whether no person can meet the conditions.
    pub fn is_nobody(&self) -> bool {
        self.groups.iter().any(BTreeSet::is_empty)
    }

    /// The remaining conditions for people who meet the first condition on groups.
    pub fn beyond_first_groups(&self) -> Self {
        Self { groups: self.groups.iter().skip(1).cloned().collect(), statuses: self.statuses.clone() }
    }

    /// Whether a person meets the conditions. A person without an entry is active and in no group.
    pub fn admits(&self, entry: Option<&Person>) -> bool {
        let status = entry.map_or(PersonStatus::Active, |entry| entry.content.status);
        let inside = |groups: &BTreeSet<GroupId>| entry.is_some_and(|e| !e.content.group_ids.is_disjoint(groups));
        (self.statuses.is_empty() || self.statuses.contains(&status)) && self.groups.iter().all(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Grant,
        caller::tests::cx_of,
        group::{Group, GroupKind},
        person::PersonContent,
        stamp::Stamp,
        text::{Label, PersonId},
    };
    use rstest::rstest;

    fn id(number: u128) -> GroupId {
        GroupId::from_ulid(number.into())
    }

    /// 1 ⊃ 2, and 3; the educators of 9 may view 1 and create in 3.
    fn policy() -> Policy {
        let cx = cx_of(Role::Admin);
        let group = |n, parent: Option<u128>| {
            Group::create(id(n), Label::parse("x").expect("valid"), GroupKind::Department, parent.map(id), &cx)
        };
        let grant = |over, verb| Grant {
            group_id: id(over),
            educator_group_id: id(9),
            verbs: [verb].into(),
            stamp: Stamp::first(&cx),
        };
        Policy {
            tree: [group(1, None), group(2, Some(1)), group(3, None), group(9, None)].into_iter().collect(),
            grants: vec![grant(1, Permission::View), grant(3, Permission::Create)],
        }
    }

    fn person(status: PersonStatus, groups: &[u128]) -> Person {
        let group_ids = groups.iter().map(|n| id(*n)).collect();
        let content = PersonContent { status, group_ids, ..PersonContent::default() };
        Person::create(PersonId::parse("p").expect("valid"), content, &cx_of(Role::Admin)).expect("legal")
    }

    use PersonStatus::{Active, Blocked};

    #[rstest]
    #[case::everybody(Role::Admin, &[], &[], None, true)]
    #[case::nobody_known_is_in_a_group(Role::Admin, &[1], &[], None, false)]
    #[case::nobody_known_is_active(Role::Admin, &[], &[Active], None, true)]
    #[case::nobody_known_is_blocked(Role::Admin, &[], &[Blocked], None, false)]
    #[case::a_member(Role::Admin, &[1], &[], Some((Active, &[1][..])), true)]
    #[case::a_member_of_a_group_inside(Role::Admin, &[1], &[], Some((Active, &[2][..])), true)]
    #[case::a_member_of_the_outer_group(Role::Admin, &[2], &[], Some((Active, &[1][..])), false)]
    #[case::a_member_of_either(Role::Admin, &[2, 3], &[], Some((Active, &[3][..])), true)]
    #[case::a_member_of_a_missing_group(Role::Admin, &[7], &[], Some((Active, &[7][..])), false)]
    #[case::another_status(Role::Admin, &[1], &[Active], Some((Blocked, &[1][..])), false)]
    #[case::the_status(Role::Admin, &[1], &[Active, Blocked], Some((Blocked, &[1][..])), true)]
    #[case::granted(Role::Educator, &[], &[], Some((Active, &[2][..])), true)]
    #[case::granted_another_verb(Role::Educator, &[], &[], Some((Active, &[3][..])), false)]
    #[case::granted_and_wanted(Role::Educator, &[2, 3], &[], Some((Active, &[2][..])), true)]
    #[case::wanted_but_not_granted(Role::Educator, &[3], &[], Some((Active, &[3][..])), false)]
    #[case::granted_by_one_group_and_wanted_by_another(Role::Educator, &[3], &[], Some((Active, &[2, 3][..])), true)]
    fn a_person_is_admitted_by_groups_and_status(
        #[case] role: Role,
        #[case] groups: &[u128],
        #[case] statuses: &[PersonStatus],
        #[case] entry: Option<(PersonStatus, &[u128])>,
        #[case] belongs: bool,
    ) {
        let cx = Cx { groups: [id(9)].into(), ..cx_of(role) };
        let groups = groups.iter().map(|n| id(*n)).collect();
        let visibility = Visibility::of(&cx, &policy(), &groups, &statuses.iter().copied().collect());
        let entry = entry.map(|(status, groups)| person(status, groups));
        assert_eq!(visibility.admits(entry.as_ref()), belongs);
    }

    #[test]
    fn an_educator_without_grants_sees_nobody() {
        let visibility = Visibility::of(&cx_of(Role::Educator), &policy(), &BTreeSet::new(), &BTreeSet::new());
        assert!(visibility.is_nobody() && !visibility.is_everybody());
    }
}
