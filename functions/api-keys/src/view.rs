//! A key as the API gives it: everything but the key itself.

use chrono::{DateTime, Utc};
use rol_domain::{
    KeyId, Role, Scope,
    api_key::ApiKey,
    text::{AppId, Label},
    time::fixed_width,
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    /// Its id, which is no secret.
    #[schema(value_type = String, examples("key_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    id: KeyId,
    /// What its holder calls it.
    #[schema(value_type = String)]
    label: Label,
    /// In which role it acts: `admin`, `manager` or `application`.
    role: Role,
    /// With which scopes.
    #[schema(value_type = Vec<Scope>)]
    scopes: BTreeSet<Scope>,
    /// The application that it is confined to.
    #[schema(value_type = Option<String>)]
    app_id: Option<AppId>,
    /// When it ends by itself.
    #[serde(with = "fixed_width::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[serde(with = "fixed_width::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to the hour.
    #[serde(with = "fixed_width::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Who made it.
    created_by: String,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            label: key.label,
            role: key.role,
            scopes: key.scopes,
            app_id: key.app_id,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
            created_at: key.stamp.created_at,
            created_by: key.stamp.created_by,
        }
    }
}
