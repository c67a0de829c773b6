//! The directory's entry of a person. A record needs none: the entry adds names, status, groups and a bound on roles.

mod bounds;

pub use bounds::BoundSetters;

use crate::{
    caller::{Cx, Role},
    error::{Error, FieldErrors, Result},
    id::GroupId,
    limits::{MAX_NAME_WORDS, MAX_PERSON_EXTERNAL_IDS, MAX_PERSON_GROUPS},
    patch::Patch,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::{Email, PersonExternalId, PersonId, PersonName},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whether a person may use the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PersonStatus {
    /// They may.
    #[default]
    Active,
    /// Not for now.
    Blocked,
    /// They left.
    Terminated,
}

/// What is said of a person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonContent {
    /// What they are called.
    pub name: Option<PersonName>,
    /// Where they get mail; two persons may share it.
    pub email: Option<Email>,
    /// Whether they may use the service.
    pub status: PersonStatus,
    /// The most that they may be, whatever their token says; nothing means that the token decides.
    pub role: Option<Role>,
    /// The groups that they are a member of. This is the truth; the lists of members follow in the same transaction.
    pub group_ids: BTreeSet<GroupId>,
    /// What other systems call them; two persons may share one.
    pub external_ids: BTreeSet<PersonExternalId>,
}

/// A person in the directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Their id: the `sub` of their tokens and the `person_id` of their records.
    pub id: PersonId,
    /// What is said of them.
    pub content: PersonContent,
    /// The roles of those who set `role` and `status`.
    pub set_by: BoundSetters,
    /// Who wrote it.
    pub stamp: Stamp,
}

/// A change of a person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonPatch {
    /// Another name, or none.
    pub name: Patch<PersonName>,
    /// Another address, or none.
    pub email: Patch<Email>,
    /// Another status.
    pub status: Patch<PersonStatus>,
    /// Another bound on their role, or none.
    pub role: Patch<Role>,
    /// Other groups.
    pub group_ids: Patch<BTreeSet<GroupId>>,
    /// Other external ids.
    pub external_ids: Patch<BTreeSet<PersonExternalId>>,
    /// Read-only fields, as the client sent them back.
    pub read_only: ReadOnlyFields,
}

/// A person, as the directory knows them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PersonRef {
    /// By address, in any case of letters.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    Email(Email),
    /// By what another system calls them.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    ExternalId(PersonExternalId),
}

impl PersonContent {
    /// Every rule that it breaks.
    pub fn check(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if self.role == Some(Role::Application) {
            errors.body("/role", "expected admin, manager, educator or student: an application is no person");
        }
        if self.group_ids.len() > MAX_PERSON_GROUPS {
            let found = self.group_ids.len();
            errors.body("/group_ids", format_args!("expected at most {MAX_PERSON_GROUPS} groups, found {found}"));
        }
        if self.external_ids.len() > MAX_PERSON_EXTERNAL_IDS {
            let found = self.external_ids.len();
            errors.body("/external_ids", format_args!("expected at most {MAX_PERSON_EXTERNAL_IDS}, found {found}"));
        }
        errors
    }

    /// What is said after a change.
    pub fn merge(self, patch: PersonPatch) -> Self {
        Self {
            name: patch.name.apply(self.name),
            email: patch.email.apply(self.email),
            status: patch.status.apply(Some(self.status)).unwrap_or_default(),
            role: patch.role.apply(self.role),
            group_ids: patch.group_ids.apply(Some(self.group_ids)).unwrap_or_default(),
            external_ids: patch.external_ids.apply(Some(self.external_ids)).unwrap_or_default(),
        }
    }

    /// The texts under which the name is found: in lower case, from each of its first words on.
    pub fn name_keys(&self) -> BTreeSet<String> {
        let name = self.name.as_ref().map(|name| fold_case(name.as_str())).unwrap_or_default();
        let words: Vec<&str> = name.split_whitespace().collect();
        (0..words.len().min(MAX_NAME_WORDS)).map(|first| words[first..].join(" ")).collect()
    }

    /// The text under which the address is found.
    pub fn email_key(&self) -> Option<String> {
        self.email.as_ref().map(|email| fold_case(email.as_str()))
    }
}

impl PersonPatch {
    /// Every rule that what it sets breaks by itself.
    pub fn check(&self) -> FieldErrors {
        PersonContent::default().merge(self.clone()).check()
    }
}

/// Letters in lower case: how names and addresses are compared.
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

impl Person {
    /// The fields that no change sets, besides those of the stamp.
    pub const READ_ONLY: [&str; 3] = ["id", "role_set_by", "status_set_by"];

    /// What the entry shows of a read-only field.
    fn read_only_field(&self, name: &str) -> Value {
        match name {
            "id" => json!(self.id),
            "role_set_by" => json!(self.set_by.role),
            "status_set_by" => json!(self.set_by.status),
            other => self.stamp.shown(other).unwrap_or_default(),
        }
    }

    /// A new person.
    ///
    /// # Errors
    /// Every rule that it breaks; [`Error::Denied`] for a role above the caller's.
    pub fn create(id: PersonId, content: PersonContent, cx: &Cx) -> Result<Self> {
        content.check().or(())?;
        let set_by = BoundSetters::of_new(&content, cx);
        let person = Self { id, content, set_by, stamp: Stamp::first(cx) };
        person.check_rank(cx)?;
        Ok(person)
    }

    /// The person after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break; [`Error::Denied`] for a role above the caller's, and for a bound that a
    /// role above the caller's set.
    pub fn patched(&self, patch: PersonPatch, cx: &Cx) -> Result<Option<Self>> {
        patch.read_only.check(|name| self.read_only_field(name)).with(self.changed(patch, cx))
    }

    fn changed(&self, patch: PersonPatch, cx: &Cx) -> Result<Option<Self>> {
        let content = self.content.clone().merge(patch.clone());
        content.check().or(())?;
        if content != self.content {
            self.check_rank(cx)?;
        }
        let set_by = self.set_by.changed(&self.content, &content, &patch, cx)?;
        if content == self.content && set_by == self.set_by {
            return Ok(None);
        }
        let next = Self { id: self.id.clone(), content, set_by, stamp: self.stamp.next(cx) };
        next.check_rank(cx)?;
        Ok(Some(next))
    }

    /// The person inside a group, or outside it; `None` where they are that already.
    ///
    /// # Errors
    /// [`Error::Invalid`] where they would be in too many; [`Error::Denied`] for a role above the caller's.
    pub fn with_group(&self, group: GroupId, inside: bool, cx: &Cx) -> Result<Option<Self>> {
        let mut groups = self.content.group_ids.clone();
        if inside {
            groups.insert(group);
        } else {
            groups.remove(&group);
        }
        self.patched(PersonPatch { group_ids: Patch::Value(groups), ..PersonPatch::default() }, cx)
    }

    /// # Errors
    /// [`Error::Denied`] where the caller may not delete the entry: it names a role above theirs, or a role above
    /// theirs set one of its bounds.
    pub fn check_delete(&self, cx: &Cx) -> Result<()> {
        self.check_rank(cx)?;
        self.set_by.check_delete(cx)
    }

    /// # Errors
    /// [`Error::Denied`] where the entry names a role above the caller's: nobody raises, blocks or removes those above.
    fn check_rank(&self, cx: &Cx) -> Result<()> {
        match self.content.role {
            Some(role) if cx.authority().rank() < role.rank() => {
                Err(Error::Denied("you may not write the entry of somebody with a higher role than yours".into()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::tests::cx_of;
    use rstest::rstest;

    fn person(content: PersonContent) -> Person {
        Person::create(PersonId::parse("ada").expect("valid"), content, &cx_of(Role::Admin)).expect("legal")
    }

    fn named(name: &str) -> PersonContent {
        PersonContent { name: Some(PersonName::parse(name).expect("valid")), ..PersonContent::default() }
    }

    #[rstest]
    #[case::one_word("Plato", &["plato"])]
    #[case::two_words("Ada LOVELACE", &["ada lovelace", "lovelace"])]
    #[case::only_the_first_words("A b  c d e", &["a b c d e", "b c d e", "c d e"])]
    fn a_name_is_found_from_each_of_its_words(#[case] name: &str, #[case] keys: &[&str]) {
        assert_eq!(named(name).name_keys().iter().map(String::as_str).collect::<Vec<_>>(), keys);
    }

    #[rstest]
    #[case::at_the_limit(0, true)]
    #[case::one_past_it(1, false)]
    fn a_person_has_so_many_groups_and_external_ids(#[case] more: usize, #[case] legal: bool) {
        let group = |i: usize| GroupId::from_ulid((i as u128).into());
        let external = |i: usize| PersonExternalId::parse(i.to_string()).expect("valid");
        let groups =
            PersonContent { group_ids: (0..MAX_PERSON_GROUPS + more).map(group).collect(), ..PersonContent::default() };
        let externals = PersonContent {
            external_ids: (0..MAX_PERSON_EXTERNAL_IDS + more).map(external).collect(),
            ..PersonContent::default()
        };
        assert_eq!(groups.check().is_empty(), legal);
        assert_eq!(externals.check().is_empty(), legal);
    }

    #[test]
    fn an_application_is_no_person() {
        let content = PersonContent { role: Some(Role::Application), ..PersonContent::default() };
        assert_eq!(content.check().pointers(), ["/role"]);
    }

    #[rstest]
    #[case::admin_makes_an_admin(Role::Admin, None, Some(Role::Admin), true)]
    #[case::manager_makes_a_manager(Role::Manager, None, Some(Role::Manager), true)]
    #[case::manager_makes_an_admin(Role::Manager, None, Some(Role::Admin), false)]
    #[case::manager_lowers_an_admin(Role::Manager, Some(Role::Admin), Some(Role::Student), false)]
    #[case::application_makes_an_educator(Role::Application, None, Some(Role::Educator), true)]
    #[case::application_makes_a_manager(Role::Application, None, Some(Role::Manager), false)]
    fn nobody_writes_those_above(
        #[case] by: Role,
        #[case] before: Option<Role>,
        #[case] after: Option<Role>,
        #[case] legal: bool,
    ) {
        let old = person(PersonContent { role: before, ..PersonContent::default() });
        let patch = PersonPatch { role: after.map_or(Patch::Null, Patch::Value), ..PersonPatch::default() };
        assert_eq!(old.patched(patch, &cx_of(by)).is_ok(), legal);
    }

    #[test]
    fn a_removed_status_is_active_again() {
        let blocked = person(PersonContent { status: PersonStatus::Blocked, ..PersonContent::default() });
        let patch = PersonPatch { status: Patch::Null, ..PersonPatch::default() };
        let active = blocked.patched(patch, &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!((active.content.status, active.stamp.version), (PersonStatus::Active, 2));
    }

    #[test]
    fn an_empty_change_changes_nothing() {
        assert_eq!(person(named("Ada")).patched(PersonPatch::default(), &cx_of(Role::Admin)).expect("legal"), None);
    }
}
