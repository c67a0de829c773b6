//! Keys of people and their finders, of groups, grants and memberships.

use super::{Key, escape, person_partition, shard_of};
use rol_domain::{GroupId, PersonKey, TenantId, text::PersonId};

/// The prefix of people's sort keys.
pub(crate) const PERSON_PREFIX: &str = "PERSON#";
/// The prefix of groups' sort keys.
pub(crate) const GROUP_PREFIX: &str = "GROUP#";
/// The prefix of grants' sort keys.
pub(crate) const GRANT_PREFIX: &str = "GRANT#";
/// The sort key of the version of a tenant's tree of groups.
pub(crate) const TREE: &str = "TREE";
/// The prefix of memberships' sort keys.
pub(crate) const MEMBER_PREFIX: &str = "P#";

impl Key {
    pub(crate) fn person(tenant: TenantId, person: &PersonId) -> Self {
        Self::new(person_partition(tenant, PersonKey::of(tenant, person)), format!("{PERSON_PREFIX}{person}"))
    }

    pub(crate) fn finder(tenant: TenantId, by: FindBy, value: &str, person: &PersonId) -> Self {
        Self::new(finder_partition(tenant, finder_shard(by, value)), format!("{}{person}", finder_exact(by, value)))
    }

    pub(crate) fn group(tenant: TenantId, group: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GROUP_PREFIX}{group}"))
    }

    pub(crate) fn grant(tenant: TenantId, educators: GroupId, over: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GRANT_PREFIX}{educators}#{over}"))
    }

    /// The version of a tenant's tree of groups.
    pub(crate) fn tree(tenant: TenantId) -> Self {
        Self::new(groups_partition(tenant), TREE)
    }

    pub(crate) fn membership(tenant: TenantId, group: GroupId, person: &PersonId) -> Self {
        Self::new(members_partition(tenant, group), format!("{MEMBER_PREFIX}{person}"))
    }
}

/// The values by which people are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindBy {
    Email,
    /// The name, from one of its words on.
    Name,
    ExternalId,
}

/// The partition of a tenant's groups and grants: one query reads the whole policy.
pub(crate) fn groups_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#GROUP")
}

pub(crate) fn members_partition(tenant: TenantId, group: GroupId) -> String {
    format!("T#{tenant}#G#{group}")
}

pub(crate) fn finder_partition(tenant: TenantId, shard: u8) -> String {
    format!("T#{tenant}#FIND#{shard}")
}

/// The shard of a whole value; values that start with it may be in any shard.
pub(crate) fn finder_shard(by: FindBy, value: &str) -> u8 {
    shard_of(finder_exact(by, value))
}

/// The prefix of the sort keys of a value's finders.
pub(crate) fn finder_exact(by: FindBy, value: &str) -> String {
    format!("{}#", finder_prefix(by, value))
}

/// The prefix of the sort keys of the finders of all values that start with `value`.
pub(crate) fn finder_prefix(by: FindBy, value: &str) -> String {
    let by = match by {
        FindBy::Email => "EMAIL",
        FindBy::Name => "NAME",
        FindBy::ExternalId => "EXTERNAL",
    };
    // Escaping keeps prefixes, because it replaces character by character.
    format!("{by}#{}", escape(value))
}
