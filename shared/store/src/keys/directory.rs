//! Keys of people and what they are found by, of groups, grants and members.

use super::{Key, escape, person_partition, shard_of};
use rol_domain::{GroupId, PersonKey, TenantId, text::PersonId};

/// What the sort keys of people start with.
pub(crate) const PERSON_PREFIX: &str = "PERSON#";
/// What the sort keys of groups start with.
pub(crate) const GROUP_PREFIX: &str = "GROUP#";
/// What the sort keys of grants start with.
pub(crate) const GRANT_PREFIX: &str = "GRANT#";
/// The sort key of the version of a tenant's tree of groups.
pub(crate) const TREE: &str = "TREE";
/// What the sort keys of memberships start with.
pub(crate) const MEMBER_PREFIX: &str = "P#";

impl Key {
    pub(crate) fn person(tenant: TenantId, person: &PersonId) -> Self {
        Self::new(person_partition(tenant, PersonKey::of(tenant, person)), format!("{PERSON_PREFIX}{person}"))
    }

    /// Where a person is found by a value.
    pub(crate) fn finder(tenant: TenantId, by: FindBy, value: &str, person: &PersonId) -> Self {
        Self::new(finder_partition(tenant, finder_shard(by, value)), format!("{}{person}", finder_exact(by, value)))
    }

    pub(crate) fn group(tenant: TenantId, group: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GROUP_PREFIX}{group}"))
    }

    pub(crate) fn grant(tenant: TenantId, educators: GroupId, over: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GRANT_PREFIX}{educators}#{over}"))
    }

    /// The version of a tenant's tree of groups, counted up by every change of its shape.
    pub(crate) fn tree(tenant: TenantId) -> Self {
        Self::new(groups_partition(tenant), TREE)
    }

    pub(crate) fn membership(tenant: TenantId, group: GroupId, person: &PersonId) -> Self {
        Self::new(members_partition(tenant, group), format!("{MEMBER_PREFIX}{person}"))
    }
}

/// By what a person is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindBy {
    /// By address.
    Email,
    /// By name, from one of its words on.
    Name,
    /// By what another system calls them.
    ExternalId,
}

/// The partition of a tenant's groups and grants: one query reads the whole policy.
pub(crate) fn groups_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#GROUP")
}

/// The partition of a group's members.
pub(crate) fn members_partition(tenant: TenantId, group: GroupId) -> String {
    format!("T#{tenant}#G#{group}")
}

/// A partition of a tenant's finders.
pub(crate) fn finder_partition(tenant: TenantId, shard: u8) -> String {
    format!("T#{tenant}#FIND#{shard}")
}

/// The one partition in which a whole value is found; those that only start with it may be in any.
pub(crate) fn finder_shard(by: FindBy, value: &str) -> u8 {
    shard_of(finder_exact(by, value))
}

/// What the sort keys of a value's finders start with.
pub(crate) fn finder_exact(by: FindBy, value: &str) -> String {
    format!("{}#", finder_prefix(by, value))
}

/// What the sort keys of the finders of all values that start with `value` start with.
pub(crate) fn finder_prefix(by: FindBy, value: &str) -> String {
    let by = match by {
        FindBy::Email => "EMAIL",
        FindBy::Name => "NAME",
        FindBy::ExternalId => "EXTERNAL",
    };
    // Character by character, so what one value starts with its key starts with too.
    format!("{by}#{}", escape(value))
}
