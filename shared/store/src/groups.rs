//! Groups and grants, in one partition, so that one query reads a tenant's whole policy.

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

#[derive(Debug, Clone, Default)]
pub struct VersionedPolicy {
    pub policy: Policy,
    /// The version of the tree, incremented by every change of its shape.
    pub tree_version: u64,
}

impl TenantStore<'_> {
    /// All groups and grants, strongly consistent. One call for each MB.
    pub async fn policy(&self) -> Result<VersionedPolicy> {
        let mut versioned = VersionedPolicy::default();
        let mut groups: Vec<Group> = Vec::new();
        for item in self.range(keys::groups_partition(self.tenant)).all().await? {
            match keys::sort_key_of(&item) {
                TREE => versioned.tree_version = version_of(&item),
                sk if sk.starts_with(GROUP_PREFIX) => groups.push(entity::read("reading a group", item)?),
                sk if sk.starts_with(GRANT_PREFIX) => {
                    versioned.policy.grants.push(entity::read("reading a grant", item)?);
                }
                _ => {}
            }
        }
        versioned.policy.tree = groups.into_iter().collect();
        Ok(versioned)
    }

    /// Whether the group exists. One call, strongly consistent.
    pub async fn has_group(&self, group: GroupId) -> Result<bool> {
        Ok(self.item(Key::group(self.tenant, group)).await?.is_some())
    }

    /// Puts a group, in place of version `replaces` if there is one. A change of the tree's shape names the version of
    /// the tree that was read, and is refused at another: two moves that are each legal could make a cycle together.
    /// One call.
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

    /// Deletes a group at the version of `group`, if the tree is still at version `tree`. One call.
    pub async fn delete_group(&self, group: &Group, tree: u64, cx: &Cx) -> Result<CommitOutcome> {
        let deleted = Group { stamp: group.stamp.next(cx), ..group.clone() };
        let item = Stored::new("Group", Key::group(self.tenant, group.id), deleted).into_tombstone(cx);
        let mut transaction = Transaction::new(*self);
        transaction.put(item.into_item()?, Some(WriteCondition::Version(group.stamp.version)))?;
        transaction.count_up(Key::tree(self.tenant), tree)?;
        transaction.commit().await
    }

    /// One call, strongly consistent.
    pub async fn grant(&self, educators: GroupId, over: GroupId) -> Result<Option<Grant>> {
        let item = self.item(Key::grant(self.tenant, educators, over)).await?;
        item.map(|item| entity::read("reading a grant", item)).transpose()
    }

    /// Puts a grant, in place of version `replaces` if there is one. The transaction checks that both groups exist: a
    /// grant of a deleted group would be invisible. One call.
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

    /// Deletes a grant at the version of `grant`; whether it was at that version. One call.
    pub async fn delete_grant(&self, grant: &Grant, cx: &Cx) -> Result<bool> {
        let place = Key::grant(self.tenant, grant.educator_group_id, grant.group_id);
        let deleted = Grant { stamp: grant.stamp.next(cx), ..grant.clone() };
        let item = Stored::new("Grant", place, deleted).into_tombstone(cx);
        self.put_entity(item.into_item()?, WriteCondition::Version(grant.stamp.version)).await
    }
}

fn version_of(item: &Item) -> u64 {
    item.get("version").and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(0)
}
