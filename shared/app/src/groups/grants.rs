//! What the members of one group may do with the records of another's.

use super::stale;
use crate::App;
use rol_domain::{
    Cx, Error, GroupId, Kind, Permissions, Result, Stamp,
    access::Grant,
    group::GroupKind,
    limits::{MAX_GRANTS, WRITE_RETRIES},
};
use rol_store::CommitOutcome;

/// A grant as it shall be.
#[derive(Debug, Clone)]
pub struct PutGrant {
    /// Over which group.
    pub group_id: GroupId,
    /// To which group.
    pub educator_group_id: GroupId,
    /// Which rights; at least one.
    pub verbs: Permissions,
    /// The version that is to be replaced (`If-Match`).
    pub if_match: Option<u64>,
}

/// A grant that was put, and whether it is new.
#[derive(Debug, Clone)]
pub struct GrantPut {
    /// The grant.
    pub grant: Grant,
    /// Whether there was none before.
    pub created: bool,
}

impl App {
    /// Grants rights over a group, in the place of those that were granted before. Two calls; one where nothing
    /// changes.
    ///
    /// # Errors
    /// [`Error::NotFound`] where a group does not exist; `Invalid` where the other is no educator group, or nothing
    /// is granted; `Stale`; `Conflict` where there are too many grants, or every retry lost.
    pub async fn put_grant(&self, cx: &Cx, put: &PutGrant) -> Result<GrantPut> {
        if put.verbs.is_empty() {
            return Err(Error::invalid("/rights", "expected at least one of view, create, edit, delete"));
        }
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let policy = store.policy().await?.policy;
            // As a malformed id: the path names no place for a grant.
            let missing = || Error::NotFound(Kind::Grant);
            policy.tree.get(put.group_id).ok_or_else(missing)?;
            let educators = policy.tree.get(put.educator_group_id).ok_or_else(missing)?;
            if educators.kind != GroupKind::EducatorGroup {
                return Err(Error::bad_parameter(
                    "educator_group_id",
                    "expected a group of the kind educator_group: only its members can be granted rights",
                ));
            }
            let is_meant =
                |grant: &&Grant| (grant.group_id, grant.educator_group_id) == (put.group_id, put.educator_group_id);
            let current = policy.grants.iter().find(is_meant);
            if put.if_match.is_some_and(|version| current.is_none_or(|grant| grant.stamp.version != version)) {
                return Err(stale());
            }
            let stamp = match current {
                Some(grant) if grant.verbs == put.verbs => {
                    return Ok(GrantPut { grant: grant.clone(), created: false });
                }
                Some(grant) => grant.stamp.next(cx),
                None if policy.grants.len() >= MAX_GRANTS => {
                    return Err(Error::Conflict(format!(
                        "a tenant has at most {MAX_GRANTS} grants, and there are as many"
                    )));
                }
                None => Stamp::first(cx),
            };
            let (group_id, educator_group_id, verbs) = (put.group_id, put.educator_group_id, put.verbs.clone());
            let grant = Grant { group_id, educator_group_id, verbs, stamp };
            if store.put_grant(&grant, current.map(|grant| grant.stamp.version)).await? == CommitOutcome::Done {
                return Ok(GrantPut { grant, created: current.is_none() });
            }
        }
        Err(if put.if_match.is_some() { stale() } else { super::contended() })
    }

    /// What was granted to one group over another. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn grant(&self, cx: &Cx, over: GroupId, educators: GroupId) -> Result<Grant> {
        self.store().for_tenant(&cx.tenant).grant(educators, over).await?.ok_or(Error::NotFound(Kind::Grant))
    }

    /// Takes a grant back. Two calls.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Stale`, or `Conflict` where every retry lost.
    pub async fn delete_grant(&self, cx: &Cx, over: GroupId, educators: GroupId, if_match: Option<u64>) -> Result<()> {
        for _ in 0..=WRITE_RETRIES {
            let grant = self.grant(cx, over, educators).await?;
            if if_match.is_some_and(|version| version != grant.stamp.version) {
                return Err(stale());
            }
            if self.store().for_tenant(&cx.tenant).delete_grant(&grant, cx).await? {
                return Ok(());
            }
        }
        Err(super::contended())
    }
}
