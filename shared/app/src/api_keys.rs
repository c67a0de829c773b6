//! API keys: made, listed, relabelled, revoked, deleted, by admins.

use crate::App;
use chrono::{DateTime, Utc};
use rol_domain::{
    Cx, Error, FieldErrors, KeyId, Kind, Result, Role, Scope, Stamp,
    api_key::{ApiKey, KeyText},
    text::{AppId, Label},
};
use std::collections::BTreeSet;

/// A wish for a key.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What its holder calls it.
    pub label: Label,
    /// In which role it acts.
    pub role: Role,
    /// With which scopes.
    pub scopes: BTreeSet<Scope>,
    /// The application that it is confined to.
    pub app_id: Option<AppId>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A change of a key.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyPatch {
    /// Its new label.
    pub label: Option<Label>,
    /// Whether it is revoked now, for good.
    pub revoke: bool,
}

/// Keys, newest first, and where to go on.
#[derive(Debug)]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<ApiKey>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

/// To what the cursors of the list are bound.
const QUERY: &str = "api keys";

impl App {
    /// Makes a key. Its text is in the answer and nowhere else. One call.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every rule that is broken.
    pub async fn create_api_key(&self, cx: &Cx, new: NewApiKey) -> Result<(ApiKey, KeyText)> {
        let mut errors = FieldErrors::default();
        match new.role {
            Role::Admin | Role::Manager => {
                if new.app_id.is_some() {
                    errors.body("/app_id", "expected nothing: only an application's key is confined to an application");
                }
                if !new.scopes.is_empty() {
                    errors.body("/scopes", "expected nothing: only an application's key has scopes");
                }
            }
            Role::Application => {
                if new.app_id.is_none() {
                    errors.body("/app_id", "expected the application that the key is for");
                }
                if new.scopes.is_empty() {
                    errors.body(
                        "/scopes",
                        "expected at least one of records:read, records:write, directory:read, directory:write, activities:write",
                    );
                }
            }
            Role::Educator | Role::Student => {
                errors.body("/role", "expected admin, manager or application: a key is nobody's in particular");
            }
        }
        if new.expires_at.is_some_and(|end| end <= cx.now) {
            errors.body("/expires_at", "expected an instant that is still to come");
        }
        let (key, text) = self.mint_key(cx.tenant, new, Stamp::first(cx));
        let (key, text) = errors.or((key, text))?;
        self.store().for_tenant(&cx.tenant).create_api_key(&key, text.hash()).await?;
        Ok((key, text))
    }

    pub(crate) fn mint_key(&self, tenant: rol_domain::TenantId, new: NewApiKey, stamp: Stamp) -> (ApiKey, KeyText) {
        let id = self.mint_key_id(stamp.created_at);
        let NewApiKey { label, role, scopes, app_id, expires_at } = new;
        let key =
            ApiKey { id, tenant, label, role, scopes, app_id, expires_at, revoked_at: None, last_used_at: None, stamp };
        (key, KeyText::new(id, self.random()))
    }

    /// A page of the tenant's keys, newest first. Four calls.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn api_keys(&self, cx: &Cx, limit: u32, cursor: Option<&str>) -> Result<KeyList> {
        let after = cursor.map(|cursor| self.open_cursor(cx, QUERY, cursor)).transpose()?;
        let after = after.and_then(|id| KeyId::parse(&id).ok());
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = self.store().for_tenant(&cx.tenant).api_keys(after, limit).await?;
        let next_cursor = page.next.map(|id| self.seal_cursor(cx, QUERY, &id.to_string())).transpose()?;
        Ok(KeyList { keys: page.keys, next_cursor })
    }

    /// Relabels or revokes a key. Two calls.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn patch_api_key(&self, cx: &Cx, id: KeyId, patch: &ApiKeyPatch) -> Result<ApiKey> {
        let store = self.store().for_tenant(&cx.tenant);
        store.update_api_key(id, patch.label.as_ref(), patch.revoke, cx).await?.ok_or(Error::NotFound(Kind::ApiKey))
    }

    /// Deletes a key. Two calls.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_api_key(&self, cx: &Cx, id: KeyId) -> Result<()> {
        if self.store().for_tenant(&cx.tenant).delete_api_key(id, cx).await? {
            Ok(())
        } else {
            Err(Error::NotFound(Kind::ApiKey))
        }
    }
}
