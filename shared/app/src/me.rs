//! What a caller may know of itself.

use rol_domain::{
    Cx, GroupId, Permissions, Result, Right, Role, Scope, TenantId,
    text::{AppId, Label, PersonId},
};
use std::collections::BTreeSet;

/// Who the caller is and what it may do in general.
#[derive(Debug)]
pub struct Me {
    /// Its tenant.
    pub tenant: TenantId,
    /// As whom it acts.
    pub actor: String,
    /// For whom it acts, where that is somebody else.
    pub subject: Option<PersonId>,
    /// The application that it is confined to.
    pub app_id: Option<AppId>,
    /// In which role.
    pub role: Role,
    /// With which scopes.
    pub scopes: BTreeSet<Scope>,
    /// What it may do in general.
    pub rights: Vec<Right>,
    /// What an educator may do with the records of which groups and everything inside them; empty for others.
    pub grants: Vec<MyGrant>,
}

/// What a caller was granted over a group.
#[derive(Debug)]
pub struct MyGrant {
    /// Over which group.
    pub group_id: GroupId,
    /// What that is called.
    pub group_name: Label,
    /// Through which of its own groups.
    pub educator_group_id: GroupId,
    /// Which rights.
    pub verbs: Permissions,
}

impl crate::App {
    /// What the caller is. No call; one for an educator whose tenant's groups were not read in the last 10 seconds.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn me(&self, cx: &Cx) -> Result<Me> {
        let mut grants = Vec::new();
        if cx.role == Role::Educator {
            let policy = self.cached_policy(cx).await?;
            for grant in policy.grants_of(&cx.groups) {
                if let Some(group) = policy.tree.get(grant.group_id) {
                    grants.push(MyGrant {
                        group_id: group.id,
                        group_name: group.name.clone(),
                        educator_group_id: grant.educator_group_id,
                        verbs: grant.verbs.clone(),
                    });
                }
            }
        }
        Ok(Me {
            tenant: cx.tenant,
            actor: cx.actor.to_string(),
            subject: cx.subject.clone(),
            app_id: cx.app_id.clone(),
            role: cx.role,
            scopes: cx.scopes.clone().unwrap_or_default(),
            rights: Right::ALL.into_iter().filter(|right| cx.may(*right)).collect(),
            grants,
        })
    }
}
