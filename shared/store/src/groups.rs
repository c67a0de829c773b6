//! Groups and grants, in one partition: one query reads who may do what.

use crate::{
    TenantStore,
    call::Item,
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, GRANT_PREFIX, GROUP_PREFIX, Key, TREE},
    transaction::{CommitOutcome, Transaction},
};
use rol_domain::{
    Cx, GroupId, Result,
    access::{Grant, Policy},
    group::Group,
};

/// A policy and the version of its tree.
#[derive(Debug, Clone, Default)]
pub struct VersionedPolicy {
    /// The groups and the grants between them.
    pub policy: Policy,
    /// The version of the tree, counted up by every change of its shape.
    pub tree_version: u64,
}

impl TenantStore<'_> {
    /// All groups and grants, strongly consistent. One call for each MB.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn policy(&self) -> Result<VersionedPolicy> {
        let mut found = VersionedPolicy::default();
        let mut groups: Vec<Group> = Vec::new();
        for item in self.range(keys::groups_partition(self.tenant)).all().await? {
            match keys::sort_key_of(&item) {
                TREE => found.tree_version = version_of(&item),
                sk if sk.starts_with(GROUP_PREFIX) => groups.push(entity::read("reading a group", item)?),
                sk if sk.starts_with(GRANT_PREFIX) => {
                    found.policy.grants.push(entity::read("reading a grant", item)?);
                }
                _ => {}
            }
        }
        found.policy.tree = groups.into_iter().collect();
        Ok(found)
    }

    /// Whether there is such a group, strongly consistent. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn has_group(&self, group: GroupId) -> Result<bool> {
        Ok(self.item(Key::group(self.tenant, group)).await?.is_some())
    }

    /// Puts a group: a new one, or in the place of version `replaces`. Where the shape of the tree changes, only on
    /// the version of the tree that was read: two moves that are each legal could close a circle together. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put_group(
        &self,
        group: &Group,
        replaces: Option<u64>,
        tree: Option<u64>,
        cx: &Cx,
    ) -> Result<CommitOutcome> {
        let item = Stored::new("Group", Key::group(self.tenant, group.id), group.clone()).by(cx).into_item()?;
        let Some(tree) = tree else {
            let done = self.put_entity(item, WriteCondition::replacing(replaces)).await?;
            return Ok(if done { CommitOutcome::Done } else { CommitOutcome::Refused(vec![0]) });
        };
        let mut transaction = Transaction::new(*self);
        transaction.put(item, Some(WriteCondition::replacing(replaces)))?;
        transaction.count_up(Key::tree(self.tenant), tree)?;
        transaction.commit().await
    }

    /// Deletes a group at this version, on the version of the tree that was read. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_group(&self, group: &Group, tree: u64, cx: &Cx) -> Result<CommitOutcome> {
        let left = Group { stamp: group.stamp.next(cx), ..group.clone() };
        let item = Stored::new("Group", Key::group(self.tenant, group.id), left).ended(cx);
        let mut transaction = Transaction::new(*self);
        transaction.put(item.into_item()?, Some(WriteCondition::Version(group.stamp.version)))?;
        transaction.count_up(Key::tree(self.tenant), tree)?;
        transaction.commit().await
    }

    /// One grant, strongly consistent. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn grant(&self, educators: GroupId, over: GroupId) -> Result<Option<Grant>> {
        let item = self.item(Key::grant(self.tenant, educators, over)).await?;
        item.map(|item| entity::read("reading a grant", item)).transpose()
    }

    /// Puts a grant: a new one, or in the place of version `replaces`; only while both groups exist. One call, as a
    /// transaction: a grant of a group that is gone would come to life with nothing to show for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put_grant(&self, grant: &Grant, replaces: Option<u64>) -> Result<CommitOutcome> {
        let place = Key::grant(self.tenant, grant.educator_group_id, grant.group_id);
        let mut transaction = Transaction::new(*self);
        let item = Stored::new("Grant", place, grant.clone()).into_item()?;
        transaction.put(item, Some(WriteCondition::replacing(replaces)))?;
        transaction.check(Key::group(self.tenant, grant.educator_group_id), WriteCondition::Present)?;
        if grant.group_id != grant.educator_group_id {
            transaction.check(Key::group(self.tenant, grant.group_id), WriteCondition::Present)?;
        }
        transaction.commit().await
    }

    /// Deletes a grant at this version; whether it was done. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_grant(&self, grant: &Grant, cx: &Cx) -> Result<bool> {
        let place = Key::grant(self.tenant, grant.educator_group_id, grant.group_id);
        let left = Grant { stamp: grant.stamp.next(cx), ..grant.clone() };
        let item = Stored::new("Grant", place, left).ended(cx);
        self.put_entity(item.into_item()?, WriteCondition::Version(grant.stamp.version)).await
    }
}

fn version_of(item: &Item) -> u64 {
    item.get("version").and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(0)
}
