//! What a caller may do with the records of a person: decided here, once, for every verb and every API.
//!
//! Admins, managers and applications reach all records (an application only its own). Students read their own.
//! Educators reach what a grant to one of their groups covers: the target group and everything inside it. Grants add
//! up, none takes away. What a caller may not view does not exist for it, whatever else it was granted, except that
//! it may be added to.

use crate::{
    caller::{Cx, Role},
    error::{Error, Kind, Result},
    group::{Group, Tree},
    id::GroupId,
    record::Record,
    stamp::{STAMP_FIELDS, Stamp},
    text::PersonId,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt};

/// What can be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GrantedRight))]
pub enum Permission {
    /// Read it.
    View,
    /// Make one.
    Create,
    /// Change it.
    Edit,
    /// Delete it, and bring it back.
    Delete,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::View, Self::Create, Self::Edit, Self::Delete];
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
        })
    }
}

/// Some of the verbs.
pub type Permissions = BTreeSet<Permission>;

/// Rights that the members of one group have over the records of the members of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Over whose records: the group and everything inside it.
    pub group_id: GroupId,
    /// Whose rights: the direct members of this group.
    pub educator_group_id: GroupId,
    /// Which rights.
    pub verbs: Permissions,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl Grant {
    /// What clients see of the grant.
    pub fn shown(&self) -> Value {
        let own = [
            ("group_id", json!(self.group_id)),
            ("educator_group_id", json!(self.educator_group_id)),
            ("rights", json!(self.verbs)),
        ];
        let stamp = STAMP_FIELDS.into_iter().filter_map(|name| Some((name, self.stamp.shown(name)?)));
        own.into_iter().chain(stamp).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The groups of a tenant, and the grants between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// The groups.
    pub tree: Tree,
    /// The grants.
    pub grants: Vec<Grant>,
}

/// A grant that covers a person, and through which group.
#[derive(Debug, Clone, Copy)]
pub struct Covering<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// The group of the person that it covers.
    pub member_of: &'a Group,
}

impl Policy {
    /// The grants of the educator's groups that cover a person in `target` groups.
    pub fn covering<'a>(
        &'a self,
        educator: &'a BTreeSet<GroupId>,
        target: &'a BTreeSet<GroupId>,
    ) -> impl Iterator<Item = Covering<'a>> {
        let held = self.grants_of(educator);
        held.filter_map(move |grant| {
            let inside = |id: &&GroupId| self.tree.path(**id).any(|group| group.id == grant.group_id);
            let member_of = target.iter().find(inside).and_then(|id| self.tree.get(*id))?;
            Some(Covering { grant, member_of })
        })
    }

    /// The grants of these groups.
    pub fn grants_of<'a>(&'a self, educator: &'a BTreeSet<GroupId>) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| {
            educator.contains(&grant.educator_group_id) && self.tree.get(grant.educator_group_id).is_some()
        })
    }

    /// The union of what is granted.
    pub fn verbs(&self, educator: &BTreeSet<GroupId>, target: &BTreeSet<GroupId>) -> Permissions {
        self.covering(educator, target).flat_map(|covering| covering.grant.verbs.iter().copied()).collect()
    }

    /// What a group is called, for an explanation.
    fn name(&self, id: GroupId) -> String {
        self.tree.get(id).map_or_else(|| id.to_string(), |group| format!("“{}”", group.name))
    }

    /// Why a verb is granted or not, in words.
    fn explain(&self, verb: Permission, educator: &BTreeSet<GroupId>, target: &BTreeSet<GroupId>) -> String {
        let granting = self.covering(educator, target).find(|covering| covering.grant.verbs.contains(&verb));
        match granting {
            Some(Covering { grant, member_of }) => {
                let inside = if member_of.id == grant.group_id {
                    String::new()
                } else {
                    format!(", which {} is part of", self.name(member_of.id))
                };
                format!(
                    "your group {} was granted {verb} over {}{inside}",
                    self.name(grant.educator_group_id),
                    self.name(grant.group_id)
                )
            }
            None if target.is_empty() => "this person is in no group that anything could be granted over".to_owned(),
            None if educator.is_empty() => "you are in no group that anything could be granted to".to_owned(),
            None => format!("none of your groups was granted {verb} over a group that this person is in"),
        }
    }
}

/// What a caller may do with the records of one person.
#[derive(Debug, Clone)]
pub struct Access {
    /// The allowed verbs.
    pub verbs: Permissions,
    /// Since when the caller sees anything at all, where that is not always so.
    pub since: Option<DateTime<Utc>>,
    /// Why each verb is allowed or not.
    reasons: Vec<(Permission, String)>,
}

impl Access {
    /// Everything: an admin's, a manager's, an application's. What it may do in general is decided before.
    pub fn full(cx: &Cx) -> Self {
        let selector = match (&cx.app_id, cx.role) {
            (Some(app), _) => format!("you act for the application {app}, whose record it is"),
            (None, Role::Admin) => "you are an admin: admins may do everything with all records".to_owned(),
            (None, _) => "you are a manager: managers may do everything with all records".to_owned(),
        };
        Self {
            verbs: Permission::ALL.into(),
            since: None,
            reasons: Permission::ALL.map(|verb| (verb, selector.clone())).into(),
        }
    }

    /// A student's: to view their own, which they see since then.
    pub fn own(cx: &Cx, person: &PersonId, since: DateTime<Utc>) -> Self {
        let own = cx.person() == Some(person);
        let reason = |verb| match (verb, own) {
            (Permission::View, true) => "it is your own record",
            (_, true) => "students only read their own records",
            (_, false) => "students see only their own records",
        };
        Self {
            verbs: if own { [Permission::View].into() } else { Permissions::new() },
            since: Some(since),
            reasons: Permission::ALL.map(|verb| (verb, reason(verb).to_owned())).into(),
        }
    }

    /// An educator's: what is granted over a group of the person.
    pub fn granted(cx: &Cx, policy: &Policy, groups: &BTreeSet<GroupId>) -> Self {
        Self {
            verbs: policy.verbs(&cx.groups, groups),
            since: None,
            reasons: Permission::ALL.map(|verb| (verb, policy.explain(verb, &cx.groups, groups))).into(),
        }
    }

    /// Whether a record of this person may be known about.
    pub fn sees(&self, cx: &Cx, record: &Record) -> bool {
        let of_app = cx.app_id.is_none() || cx.app_id == record.app_id;
        let shown = cx.role != Role::Student || record.content.visible_to_student;
        record.tenant == cx.tenant && of_app && shown && self.verbs.contains(&Permission::View)
    }

    /// # Errors
    /// [`Error::NotFound`] where the record may not be known about; [`Error::Denied`] where it may, but the verb not.
    pub fn check(&self, cx: &Cx, verb: Permission, record: &Record) -> Result<()> {
        if !self.sees(cx, record) {
            return Err(Error::NotFound(Kind::Record));
        }
        self.require(verb)
    }

    /// # Errors
    /// [`Error::Denied`] where the verb is not allowed.
    pub fn require(&self, verb: Permission) -> Result<()> {
        if self.verbs.contains(&verb) {
            return Ok(());
        }
        Err(Error::Denied(format!("you may not {verb} records of this person")))
    }

    /// For each verb whether it is allowed, in general and here, and why.
    pub fn explained(&self, cx: &Cx) -> Vec<(Permission, bool, String)> {
        let explain = |(verb, reason): &(Permission, String)| {
            let right = if *verb == Permission::View { crate::Right::RecordsRead } else { crate::Right::RecordsWrite };
            if self.verbs.contains(verb) && !cx.may(right) {
                return (*verb, false, format!("you lack the right to {right}"));
            }
            (*verb, self.verbs.contains(verb), reason.clone())
        };
        self.reasons.iter().map(explain).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{caller::tests::cx_of, group::GroupKind, text::Label};
    use rstest::rstest;

    fn id(number: u128) -> GroupId {
        GroupId::from_ulid(number.into())
    }

    fn group(number: u128, name: &str, parent: Option<u128>) -> Group {
        let cx = cx_of(Role::Admin);
        Group::create(id(number), Label::parse(name).expect("valid"), GroupKind::UserGroup, parent.map(id), &cx)
    }

    fn grant(educators: u128, over: u128, verbs: &[Permission]) -> Grant {
        Grant {
            group_id: id(over),
            educator_group_id: id(educators),
            verbs: verbs.iter().copied().collect(),
            stamp: Stamp::first(&cx_of(Role::Admin)),
        }
    }

    /// Record makers (1) and mentors (2); Astronauts (10) ⊃ Apollo (11) ⊃ Apollo 11 (12); cooks (20).
    fn policy() -> Policy {
        Policy {
            tree: [
                group(1, "Record makers", None),
                group(2, "Mentors", None),
                group(10, "Astronauts", None),
                group(11, "Apollo", Some(10)),
                group(12, "Apollo 11", Some(11)),
                group(20, "Cooks", None),
            ]
            .into_iter()
            .collect(),
            grants: vec![
                grant(1, 10, &[Permission::View, Permission::Edit]),
                grant(2, 11, &[Permission::Create]),
                // Of a group that is gone.
                grant(3, 10, &[Permission::Delete]),
            ],
        }
    }

    fn ids(numbers: &[u128]) -> BTreeSet<GroupId> {
        numbers.iter().copied().map(id).collect()
    }

    #[rstest]
    #[case::covered(&[1], &[10], &[Permission::View, Permission::Edit])]
    #[case::inside(&[1], &[12], &[Permission::View, Permission::Edit])]
    #[case::union(&[1, 2], &[12], &[Permission::View, Permission::Create, Permission::Edit])]
    #[case::further_in_only(&[2], &[10], &[])]
    #[case::elsewhere(&[1, 2], &[20], &[])]
    #[case::one_of_two_groups(&[1], &[20, 11], &[Permission::View, Permission::Edit])]
    #[case::no_groups_of_the_person(&[1], &[], &[])]
    #[case::no_groups_of_the_educator(&[], &[10], &[])]
    #[case::an_educator_group_that_is_gone(&[3], &[10], &[])]
    #[case::a_group_that_is_gone(&[1], &[99], &[])]
    fn grants_add_up_and_reach_inwards(
        #[case] educator: &[u128],
        #[case] target: &[u128],
        #[case] verbs: &[Permission],
    ) {
        assert_eq!(policy().verbs(&ids(educator), &ids(target)), verbs.iter().copied().collect());
    }

    #[rstest]
    #[case::directly(&[1], &[10], Permission::View, "your group “Record makers” was granted view over “Astronauts”")]
    #[case::inside(&[1], &[12], Permission::Edit, "your group “Record makers” was granted edit over “Astronauts”, which “Apollo 11” is part of")]
    #[case::not_this(&[1], &[12], Permission::Delete, "none of your groups was granted delete over a group that this person is in")]
    #[case::in_no_group(&[1], &[], Permission::View, "this person is in no group that anything could be granted over")]
    #[case::nobodys_educator(&[], &[10], Permission::View, "you are in no group that anything could be granted to")]
    fn grants_are_explained(
        #[case] educator: &[u128],
        #[case] target: &[u128],
        #[case] verb: Permission,
        #[case] why: &str,
    ) {
        assert_eq!(policy().explain(verb, &ids(educator), &ids(target)), why);
    }

    #[test]
    fn an_explanation_agrees_with_the_decision() {
        let cx = Cx { groups: ids(&[1]), ..cx_of(Role::Educator) };
        let access = Access::granted(&cx, &policy(), &ids(&[12]));
        let allowed: Permissions =
            access.explained(&cx).into_iter().filter(|(_, allowed, _)| *allowed).map(|(v, ..)| v).collect();
        assert_eq!(allowed, access.verbs);
        assert!(access.require(Permission::Edit).is_ok() && access.require(Permission::Create).is_err());
    }

    #[test]
    fn a_student_views_their_own() {
        let cx = cx_of(Role::Student);
        let person = |text| PersonId::parse(text).expect("valid");
        assert_eq!(Access::own(&cx, &person("ada"), cx.now).verbs, [Permission::View].into());
        assert_eq!(Access::own(&cx, &person("bob"), cx.now).verbs, Permissions::new());
    }

    #[test]
    fn what_an_application_lacks_in_general_it_lacks_here() {
        let cx = Cx { scopes: Some([crate::Scope::RecordsRead].into()), ..cx_of(Role::Application) };
        let explained = Access::full(&cx).explained(&cx);
        let allowed: Vec<bool> = explained.iter().map(|(_, allowed, _)| *allowed).collect();
        assert_eq!(allowed, [true, false, false, false]);
        assert_eq!(explained[1].2, "you lack the right to write records");
    }
}
