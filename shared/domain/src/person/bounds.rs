//! What an entry's `role` and `status` do to a person's token, and who may change them.
//!
//! A bound keeps the role of whoever set it. It binds tokens up to that role, so that nobody locks out a person above
//! them; and only a caller with at least that role changes or clears it, or deletes the entry, so that nobody gives a
//! person more than they may themselves.

use super::{Person, PersonContent, PersonPatch, PersonStatus};
use crate::{
    caller::{Cx, Role},
    error::{Error, Result},
    patch::Patch,
};

/// The roles of those who set an entry's bounds: one is present exactly where its bound is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BoundSetters {
    /// Of who set `role`, where it is set.
    pub role: Option<Role>,
    /// Of who set `status`, where it is not `active`.
    pub status: Option<Role>,
}

impl BoundSetters {
    /// Those of a new entry.
    pub(super) fn of_new(content: &PersonContent, cx: &Cx) -> Self {
        Self { role: set_role(content, cx.authority()), status: set_status(content, cx.authority()) }
    }

    /// Those after a change from `before` to `after`. A bound that is written again, unchanged, by a higher role binds
    /// as if that role had set it.
    ///
    /// # Errors
    /// [`Error::Denied`] where a bound changes that a role above the caller's set.
    pub(super) fn changed(
        self,
        before: &PersonContent,
        after: &PersonContent,
        patch: &PersonPatch,
        cx: &Cx,
    ) -> Result<Self> {
        let (mut next, authority) = (self, cx.authority());
        if before.role != after.role {
            check(self.role, "role", authority)?;
            next.role = set_role(after, authority);
        } else if patch.role != Patch::Absent {
            next.role = self.role.map(|setter| setter.higher(authority));
        }
        if before.status != after.status {
            check(self.status, "status", authority)?;
            next.status = set_status(after, authority);
        } else if patch.status != Patch::Absent {
            next.status = self.status.map(|setter| setter.higher(authority));
        }
        Ok(next)
    }

    /// # Errors
    /// [`Error::Denied`] where deleting the entry would clear a bound that a role above the caller's set.
    pub(super) fn check_delete(self, cx: &Cx) -> Result<()> {
        check(self.role, "role", cx.authority())?;
        check(self.status, "status", cx.authority())
    }
}

impl Person {
    /// The role of this person's token, as far as the entry leaves it; `None` where the entry refuses the token.
    pub fn bound(&self, token: Role) -> Option<Role> {
        let binds = |setter: Option<Role>| setter.is_some_and(|setter| setter.rank() >= token.rank());
        if self.content.status != PersonStatus::Active && binds(self.set_by.status) {
            return None;
        }
        Some(self.content.role.filter(|_| binds(self.set_by.role)).map_or(token, |role| role.lower(token)))
    }
}

fn set_role(content: &PersonContent, authority: Role) -> Option<Role> {
    content.role.map(|_| authority)
}

fn set_status(content: &PersonContent, authority: Role) -> Option<Role> {
    (content.status != PersonStatus::Active).then_some(authority)
}

fn check(setter: Option<Role>, field: &str, authority: Role) -> Result<()> {
    match setter {
        Some(setter) if authority.rank() < setter.rank() => Err(Error::Denied(format!(
            "you may not change or clear the {field} of this person: it was set with the role {setter}"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::{Scope, tests::cx_of},
        text::PersonId,
    };
    use rstest::rstest;

    const BLOCKED: PersonStatus = PersonStatus::Blocked;

    fn entry(by: Role, role: Option<Role>, status: PersonStatus) -> Person {
        let content = PersonContent { role, status, ..PersonContent::default() };
        Person::create(PersonId::parse("eve").expect("valid"), content, &cx_of(by)).expect("legal")
    }

    #[rstest]
    #[case::admin_on_an_admin(Role::Admin, Role::Admin, Some(Role::Manager), PersonStatus::Active, Some(Role::Manager))]
    #[case::manager_on_an_admin(
        Role::Manager,
        Role::Admin,
        Some(Role::Student),
        PersonStatus::Active,
        Some(Role::Admin)
    )]
    #[case::manager_on_a_manager(
        Role::Manager,
        Role::Manager,
        Some(Role::Student),
        PersonStatus::Active,
        Some(Role::Student)
    )]
    #[case::application_on_a_manager(
        Role::Application,
        Role::Manager,
        Some(Role::Student),
        PersonStatus::Active,
        Some(Role::Manager)
    )]
    #[case::application_on_an_educator(
        Role::Application,
        Role::Educator,
        Some(Role::Student),
        PersonStatus::Active,
        Some(Role::Student)
    )]
    #[case::never_raised(Role::Admin, Role::Student, Some(Role::Admin), PersonStatus::Active, Some(Role::Student))]
    #[case::admin_blocks_an_admin(Role::Admin, Role::Admin, None, BLOCKED, None)]
    #[case::manager_blocks_an_admin(Role::Manager, Role::Admin, None, BLOCKED, Some(Role::Admin))]
    #[case::manager_blocks_a_manager(Role::Manager, Role::Manager, None, BLOCKED, None)]
    #[case::application_blocks_a_student(Role::Application, Role::Student, None, BLOCKED, None)]
    fn a_bound_binds_tokens_up_to_the_role_of_who_set_it(
        #[case] by: Role,
        #[case] token: Role,
        #[case] role: Option<Role>,
        #[case] status: PersonStatus,
        #[case] expected: Option<Role>,
    ) {
        assert_eq!(entry(by, role, status).bound(token), expected);
    }

    #[rstest]
    fn a_bound_is_changed_cleared_and_deleted_by_its_setters_role_or_one_above(
        #[values(Role::Admin, Role::Manager, Role::Application)] setter: Role,
        #[values(Role::Admin, Role::Manager, Role::Application)] writer: Role,
    ) {
        let (capped, blocked) =
            (entry(setter, Some(Role::Student), PersonStatus::Active), entry(setter, None, BLOCKED));
        let legal = writer.rank() >= setter.rank();
        for role in [Patch::Null, Patch::Value(Role::Educator)] {
            let patch = PersonPatch { role, ..PersonPatch::default() };
            assert_eq!(capped.patched(patch, &cx_of(writer)).is_ok(), legal);
        }
        for status in [Patch::Null, Patch::Value(PersonStatus::Active), Patch::Value(PersonStatus::Terminated)] {
            let patch = PersonPatch { status, ..PersonPatch::default() };
            assert_eq!(blocked.patched(patch, &cx_of(writer)).is_ok(), legal);
        }
        assert_eq!(capped.check_delete(&cx_of(writer)).is_ok(), legal);
        assert_eq!(blocked.check_delete(&cx_of(writer)).is_ok(), legal);
    }

    #[test]
    fn everything_else_of_a_bound_entry_is_written_below_its_setter() {
        let name = Patch::Value(crate::text::PersonName::parse("Eve").expect("valid"));
        let sent_back = PersonPatch { name, role: Patch::Value(Role::Student), ..PersonPatch::default() };
        let capped = entry(Role::Admin, Some(Role::Student), PersonStatus::Active);
        let next = capped.patched(sent_back, &cx_of(Role::Application)).expect("legal").expect("changed");
        assert_eq!(next.set_by, capped.set_by, "the role was sent back as it was");
    }

    #[test]
    fn a_bound_written_again_by_a_higher_role_is_that_roles() {
        let capped = entry(Role::Application, Some(Role::Student), PersonStatus::Active);
        let again = PersonPatch { role: Patch::Value(Role::Student), ..PersonPatch::default() };
        let next = capped.patched(again, &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!((next.set_by.role, next.bound(Role::Admin)), (Some(Role::Admin), Some(Role::Student)));
    }

    #[test]
    fn an_application_that_acts_for_an_admin_has_an_applications_authority() {
        let cx = Cx { role: Role::Admin, scopes: Some([Scope::DirectoryWrite].into()), ..cx_of(Role::Application) };
        let capped = entry(Role::Manager, Some(Role::Student), PersonStatus::Active);
        let clear = PersonPatch { role: Patch::Null, ..PersonPatch::default() };
        assert!(capped.patched(clear, &cx).is_err());
        let content = PersonContent { role: Some(Role::Admin), ..PersonContent::default() };
        assert!(Person::create(PersonId::parse("mallory").expect("valid"), content, &cx).is_err());
    }
}
