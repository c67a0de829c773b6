//! What a caller may know of itself.

use rol_domain::{Cx, Right, Role, Scope, TenantId, text::AppId};
use std::collections::BTreeSet;

/// Who the caller is and what it may do in general.
#[derive(Debug)]
pub struct Me {
    /// Its tenant.
    pub tenant: TenantId,
    /// As whom it acts.
    pub actor: String,
    /// The application that it is confined to.
    pub app_id: Option<AppId>,
    /// In which role.
    pub role: Role,
    /// With which scopes.
    pub scopes: BTreeSet<Scope>,
    /// What it may do in general.
    pub rights: Vec<Right>,
}

impl crate::App {
    /// What the caller is. No call.
    pub fn me(&self, cx: &Cx) -> Me {
        Me {
            tenant: cx.tenant,
            actor: cx.actor.to_string(),
            app_id: cx.app_id.clone(),
            role: cx.role,
            scopes: cx.scopes.clone(),
            rights: Right::ALL.into_iter().filter(|right| cx.may(*right)).collect(),
        }
    }
}
