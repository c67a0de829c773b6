//! Groups, their members, and what was granted over them.

mod grants;
mod members;

pub use grants::{GrantPut, PutGrant};
pub use members::{MemberChange, MemberList};

use crate::App;
use rol_domain::{
    Cx, Error, GroupId, Id, Kind, Result,
    access::{Grant, Policy},
    group::{Group, GroupKind, GroupPatch},
    limits::{MAX_GROUPS, WRITE_RETRIES},
    text::Label,
};
use rol_store::{CommitOutcome, VersionedPolicy};
use serde_json::{Value, json};

/// A wish for a page of groups.
#[derive(Debug, Clone, Default)]
pub struct GroupQuery {
    /// Only those of this kind.
    pub kind: Option<GroupKind>,
    /// Only those directly inside this one.
    pub parent_id: Option<GroupId>,
    /// How many at most.
    pub limit: u32,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// Groups, and where to go on.
#[derive(Debug, Default)]
pub struct GroupList {
    /// The groups.
    pub groups: Vec<GroupDetail>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

/// A group with its place and what was granted.
#[derive(Debug, Clone)]
pub struct GroupDetail {
    /// The group.
    pub group: Group,
    /// The groups that it is part of, from the inside out.
    pub ancestors: Vec<GroupId>,
    /// What was granted over it.
    pub grants_over: Vec<Grant>,
    /// What its members were granted over others.
    pub grants_held: Vec<Grant>,
}

impl GroupDetail {
    /// The fields that no change sets, besides those of the stamp.
    pub const READ_ONLY: [&str; 5] = ["id", "kind", "ancestors", "grants_over", "grants_held"];

    /// What the group shows of a read-only field.
    fn read_only_field(&self, name: &str) -> Value {
        let grants = |grants: &[Grant]| grants.iter().map(Grant::shown).collect();
        match name {
            "id" => json!(self.group.id),
            "kind" => json!(self.group.kind),
            "ancestors" => json!(self.ancestors),
            "grants_over" => grants(&self.grants_over),
            "grants_held" => grants(&self.grants_held),
            other => self.group.stamp.shown(other).unwrap_or_default(),
        }
    }

    fn of(policy: &VersionedPolicy, group: &Group) -> Self {
        let grants =
            |is_meant: &dyn Fn(&&Grant) -> bool| policy.policy.grants.iter().filter(is_meant).cloned().collect();
        Self {
            group: group.clone(),
            ancestors: policy.policy.tree.path(group.id).skip(1).map(|group| group.id).collect(),
            grants_over: grants(&|grant| grant.group_id == group.id),
            grants_held: grants(&|grant| grant.educator_group_id == group.id),
        }
    }
}

impl App {
    /// Adds a group. Two calls.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is no such parent or it is too deep; `Conflict` where there are too many groups,
    /// or every retry lost.
    pub async fn create_group(
        &self,
        cx: &Cx,
        name: Label,
        kind: GroupKind,
        parent_id: Option<GroupId>,
    ) -> Result<GroupDetail> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let mut policy = store.policy().await?;
            if policy.policy.tree.len() >= MAX_GROUPS {
                return Err(Error::Conflict(format!(
                    "a tenant has at most {MAX_GROUPS} groups, and there are as many"
                )));
            }
            if let Some(parent) = parent_id {
                policy.policy.tree.check_parent(None, parent)?;
            }
            let group = Group::create(Id::random(cx.now, self.random()), name.clone(), kind, parent_id, cx);
            if store.put_group(&group, None, Some(policy.tree_version), cx).await? == CommitOutcome::Done {
                policy.policy.tree = policy.policy.tree.iter().cloned().chain([group.clone()]).collect();
                return Ok(GroupDetail::of(&policy, &group));
            }
        }
        Err(contended())
    }

    /// A page of groups by id, which is the order in which they were made. One call.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn groups(&self, cx: &Cx, query: &GroupQuery) -> Result<GroupList> {
        let bound = format!("groups {:?} {:?}", query.kind, query.parent_id);
        let after = query.cursor.as_ref().map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let after = after.and_then(|id| GroupId::parse(&id).ok());
        let policy = self.store().for_tenant(&cx.tenant).policy().await?;
        let is_meant = |group: &&Group| {
            after.is_none_or(|after| group.id > after)
                && query.kind.is_none_or(|kind| group.kind == kind)
                && query.parent_id.is_none_or(|parent| group.parent_id == Some(parent))
        };
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut left = policy.policy.tree.iter().filter(is_meant);
        let groups: Vec<GroupDetail> = left.by_ref().take(limit).map(|group| GroupDetail::of(&policy, group)).collect();
        let more = left.next().is_some();
        let next = groups.last().filter(|_| more).map(|detail| detail.group.id.to_string());
        let next_cursor = next.map(|next| self.seal_cursor(cx, &bound, &next)).transpose()?;
        Ok(GroupList { groups, next_cursor })
    }

    /// One group. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn group(&self, cx: &Cx, id: GroupId) -> Result<GroupDetail> {
        let policy = self.store().for_tenant(&cx.tenant).policy().await?;
        let group = policy.policy.tree.get(id).ok_or_else(not_found)?;
        Ok(GroupDetail::of(&policy, group))
    }

    /// Renames or moves a group, with everything inside it. Two calls; one where nothing changes.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Invalid`, `Stale`, or `Conflict` where every retry lost.
    pub async fn patch_group(
        &self,
        cx: &Cx,
        id: GroupId,
        if_match: Option<u64>,
        patch: &GroupPatch,
    ) -> Result<GroupDetail> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let mut policy = store.policy().await?;
            let current = policy.policy.tree.get(id).ok_or_else(not_found)?;
            check_version(current, if_match)?;
            let shown = GroupDetail::of(&policy, current);
            let next = patch.read_only.check(|name| shown.read_only_field(name)).with(current.patched(
                patch.clone(),
                &policy.policy.tree,
                cx,
            ))?;
            let Some(next) = next else { return Ok(shown) };
            let tree = (next.parent_id != current.parent_id).then_some(policy.tree_version);
            if store.put_group(&next, Some(current.stamp.version), tree, cx).await? == CommitOutcome::Done {
                policy.policy.tree = policy.policy.tree.iter().cloned().chain([next.clone()]).collect();
                return Ok(GroupDetail::of(&policy, &next));
            }
        }
        Err(if if_match.is_some() { stale() } else { contended() })
    }

    /// Deletes a group that nothing hangs on any longer. Five calls: members and grants that come in the very moment
    /// are found afterwards, when no others can come, and then the group is put back.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Stale`, or `Conflict` while it has groups, members or grants.
    pub async fn delete_group(&self, cx: &Cx, id: GroupId, if_match: Option<u64>) -> Result<()> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let policy = store.policy().await?;
            let group = policy.policy.tree.get(id).ok_or_else(not_found)?;
            check_version(group, if_match)?;
            self.check_unused(cx, id, &policy.policy).await?;
            if store.delete_group(group, policy.tree_version, cx).await? == CommitOutcome::Done {
                return self.put_back_if_used(cx, group).await;
            }
        }
        Err(if if_match.is_some() { stale() } else { contended() })
    }

    /// # Errors
    /// [`Error::Conflict`] where something hangs on a group.
    async fn check_unused(&self, cx: &Cx, id: GroupId, policy: &Policy) -> Result<()> {
        let inside = policy.tree.children(id).count();
        let grants = policy.grants.iter().filter(|grant| grant.group_id == id || grant.educator_group_id == id).count();
        let has_members = !self.store().for_tenant(&cx.tenant).members(id, None, 1).await?.items.is_empty();
        if inside > 0 || grants > 0 || has_members {
            let members = if has_members { "members" } else { "no members" };
            return Err(Error::Conflict(format!(
                "the group still has {inside} groups inside it, {members} and {grants} grants: remove them first"
            )));
        }
        Ok(())
    }

    /// Puts a group back that came into use while it was deleted: its life goes on from the version that ended.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it did. That it could not be looked into is only logged: the group is deleted.
    async fn put_back_if_used(&self, cx: &Cx, group: &Group) -> Result<()> {
        match self.use_again(cx, group).await {
            Err(error) if !matches!(error, Error::Conflict(_)) => {
                tracing::warn!(group.id = %group.id, error = error.chain(), "could not check whether a deleted group was in use");
                Ok(())
            }
            used => used,
        }
    }

    async fn use_again(&self, cx: &Cx, group: &Group) -> Result<()> {
        let store = self.store().for_tenant(&cx.tenant);
        let again = Group { stamp: group.stamp.next(cx).next(cx), ..group.clone() };
        let mut used = Ok(());
        for _ in 0..=WRITE_RETRIES {
            let policy = store.policy().await?;
            used = self.check_unused(cx, group.id, &policy.policy).await;
            if !matches!(used, Err(Error::Conflict(_)))
                || store.put_group(&again, None, Some(policy.tree_version), cx).await? == CommitOutcome::Done
            {
                return used;
            }
        }
        used
    }
}

fn not_found() -> Error {
    Error::NotFound(Kind::Group)
}

/// # Errors
/// [`Error::Stale`] where `If-Match` names another version.
fn check_version(group: &Group, if_match: Option<u64>) -> Result<()> {
    if if_match.is_some_and(|version| version != group.stamp.version) { Err(stale()) } else { Ok(()) }
}

fn stale() -> Error {
    Error::Stale("the group is not at the version that If-Match names")
}

fn contended() -> Error {
    Error::Conflict("the groups are being changed by many requests: try again".into())
}
