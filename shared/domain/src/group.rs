//! Groups: a tree of departments, cohorts, user groups and educator groups.

use crate::{
    caller::Cx,
    error::{Error, FieldErrors, Result},
    id::GroupId,
    limits::MAX_GROUP_DEPTH,
    patch::Patch,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::Label,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GroupKind {
    /// People who learn.
    UserGroup,
    /// People who may be granted rights over other groups.
    EducatorGroup,
    /// A part of the organisation.
    Department,
    /// People who learn together.
    Cohort,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// What people call it.
    pub name: Label,
    /// What it is for; it never changes.
    pub kind: GroupKind,
    /// The group that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<GroupId>,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A change of a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupPatch {
    /// Another name.
    pub name: Patch<Label>,
    /// Another parent, or none.
    pub parent_id: Patch<GroupId>,
    /// Read-only fields, as the client sent them back.
    pub read_only: ReadOnlyFields,
}

/// The groups of a tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree(BTreeMap<GroupId, Group>);

impl FromIterator<Group> for Tree {
    fn from_iter<I: IntoIterator<Item = Group>>(groups: I) -> Self {
        Self(groups.into_iter().map(|group| (group.id, group)).collect())
    }
}

impl Tree {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The group with this id.
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        self.0.get(&id)
    }

    /// All groups, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.0.values()
    }

    /// The group itself and all that it is part of, from the inside out; nothing where there is no such group.
    pub fn path(&self, id: GroupId) -> impl Iterator<Item = &Group> {
        let parent = |group: &&Group| group.parent_id.and_then(|parent| self.get(parent));
        // No tree that was written through the rules is deeper.
        std::iter::successors(self.get(id), parent).take(MAX_GROUP_DEPTH)
    }

    /// These groups and everything inside them; those that do not exist are left out.
    pub fn inside(&self, groups: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
        self.0.keys().filter(|id| self.path(**id).any(|group| groups.contains(&group.id))).copied().collect()
    }

    /// The groups directly inside a group.
    pub fn children(&self, id: GroupId) -> impl Iterator<Item = &Group> {
        self.0.values().filter(move |group| group.parent_id == Some(id))
    }

    /// How many levels a group and all inside it span.
    fn height(&self, id: GroupId, left: usize) -> usize {
        if left == 0 {
            return 1;
        }
        1 + self.children(id).map(|child| self.height(child.id, left - 1)).max().unwrap_or(0)
    }

    /// # Errors
    /// Where `parent` is no group, or `child` put into it would be inside itself or the tree too deep.
    pub fn check_parent(&self, child: Option<GroupId>, parent: GroupId) -> Result<()> {
        let depth = self.path(parent).count();
        if depth == 0 {
            return Err(Error::invalid(
                "/parent_id",
                format_args!("expected a group, found none with the id {parent}"),
            ));
        }
        if let Some(child) = child
            && self.path(parent).any(|group| group.id == child)
        {
            return Err(Error::invalid(
                "/parent_id",
                "expected a group outside this one: a group is not part of itself",
            ));
        }
        let height = child.map_or(1, |child| self.height(child, MAX_GROUP_DEPTH));
        if depth + height > MAX_GROUP_DEPTH {
            let found = depth + height;
            return Err(Error::invalid(
                "/parent_id",
                format_args!("expected groups to nest at most {MAX_GROUP_DEPTH} deep, found {found}"),
            ));
        }
        Ok(())
    }
}

impl Group {
    /// A new group.
    pub fn create(id: GroupId, name: Label, kind: GroupKind, parent_id: Option<GroupId>, cx: &Cx) -> Self {
        Self { id, name, kind, parent_id, stamp: Stamp::first(cx) }
    }

    /// The group after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break in the tree.
    pub fn patched(&self, patch: GroupPatch, tree: &Tree, cx: &Cx) -> Result<Option<Self>> {
        let mut errors = FieldErrors::default();
        if patch.name == Patch::Null {
            errors.body("/name", "expected a text, found null: a group keeps its name");
        }
        let name = patch.name.apply(Some(self.name.clone())).unwrap_or_else(|| self.name.clone());
        let parent_id = patch.parent_id.apply(self.parent_id);
        if parent_id != self.parent_id
            && let Some(parent) = parent_id
        {
            match tree.check_parent(Some(self.id), parent) {
                Err(Error::Invalid(more)) => errors.append(more),
                other => other?,
            }
        }
        errors.or(())?;
        let changed = name != self.name || parent_id != self.parent_id;
        Ok(changed.then(|| Self { id: self.id, name, kind: self.kind, parent_id, stamp: self.stamp.next(cx) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, caller::tests::cx_of};
    use rstest::rstest;

    fn id(number: u128) -> GroupId {
        GroupId::from_ulid(number.into())
    }

    fn group(number: u128, parent: Option<u128>) -> Group {
        let name = Label::parse(format!("g{number}")).expect("valid");
        Group::create(id(number), name, GroupKind::Department, parent.map(id), &cx_of(Role::Admin))
    }

    /// 1 ⊃ 2 ⊃ 3, and 4.
    fn tree() -> Tree {
        [group(1, None), group(2, Some(1)), group(3, Some(2)), group(4, None)].into_iter().collect()
    }

    /// 1 ⊃ 2 ⊃ … ⊃ `depth`.
    fn chain(depth: u128) -> Tree {
        (1..=depth).map(|number| group(number, (number > 1).then(|| number - 1))).collect()
    }

    #[test]
    fn a_path_leads_from_the_inside_out() {
        let tree = tree();
        assert_eq!(tree.path(id(3)).map(|group| group.id).collect::<Vec<_>>(), [id(3), id(2), id(1)]);
        assert_eq!(tree.path(id(9)).count(), 0);
    }

    #[test]
    fn what_is_inside_some_groups_is_told_once() {
        assert_eq!(tree().inside(&[id(1), id(2), id(9)].into()), [id(1), id(2), id(3)].into());
        assert_eq!(tree().inside(&BTreeSet::new()), BTreeSet::new());
    }

    #[rstest]
    #[case::elsewhere(3, 4, true)]
    #[case::further_out(3, 1, true)]
    #[case::itself(1, 1, false)]
    #[case::inside_itself(1, 3, false)]
    #[case::nowhere(1, 9, false)]
    fn a_group_moves_to_where_it_is_not_part_of_itself(#[case] child: u128, #[case] parent: u128, #[case] legal: bool) {
        assert_eq!(tree().check_parent(Some(id(child)), id(parent)).is_ok(), legal);
    }

    #[rstest]
    #[case::new_at_the_limit(MAX_GROUP_DEPTH as u128 - 1, true)]
    #[case::new_one_past_it(MAX_GROUP_DEPTH as u128, false)]
    fn groups_nest_so_deep(#[case] depth: u128, #[case] legal: bool) {
        assert_eq!(chain(depth).check_parent(None, id(depth)).is_ok(), legal);
    }

    #[test]
    fn a_moved_group_brings_its_own_depth() {
        let mut groups: Vec<Group> = chain(MAX_GROUP_DEPTH as u128 - 2).iter().cloned().collect();
        groups.extend([group(100, None), group(101, Some(100)), group(102, Some(101))]);
        let tree: Tree = groups.into_iter().collect();
        let innermost = id(MAX_GROUP_DEPTH as u128 - 2);
        assert!(tree.check_parent(Some(id(101)), innermost).is_ok());
        assert!(tree.check_parent(Some(id(100)), innermost).is_err());
    }

    #[test]
    fn a_cycle_written_by_other_means_ends() {
        let tree: Tree = [group(1, Some(2)), group(2, Some(1))].into_iter().collect();
        assert_eq!(tree.path(id(1)).count(), MAX_GROUP_DEPTH);
        assert!(tree.check_parent(None, id(1)).is_err());
    }

    #[test]
    fn a_change_counts_the_version_up_and_an_empty_one_does_not() {
        let tree = tree();
        let patch = |parent_id| GroupPatch { parent_id, ..GroupPatch::default() };
        let cx = cx_of(Role::Admin);
        assert_eq!(group(3, Some(2)).patched(patch(Patch::Value(id(2))), &tree, &cx).expect("legal"), None);
        let moved = group(3, Some(2)).patched(patch(Patch::Null), &tree, &cx).expect("legal").expect("changed");
        assert_eq!((moved.parent_id, moved.stamp.version), (None, 2));
        assert!(
            group(3, Some(2)).patched(GroupPatch { name: Patch::Null, ..patch(Patch::Absent) }, &tree, &cx).is_err()
        );
    }
}
