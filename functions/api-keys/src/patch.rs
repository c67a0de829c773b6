//! `PATCH /v1/api-keys/{id}` – relabel a key, or revoke it for good.

use crate::view::ApiKeyView;
use axum::{Json, extract::State};
use rol_app::{ApiKeyPatch, App};
use rol_domain::{Result, id::OfKey, text::Label};
use rol_http::{Body, Caller, Field, Fields, KeysManage, PathId, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A change of a key.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ApiKeyPatchBody {
    /// Its new label: 1–100 characters on one line.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    label: Field<Label>,
    /// `true` revokes it for good.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    is_revoked: Field<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// Relabel or revoke an API key
///
/// A revoked key opens nothing any longer, at the latest after 10 seconds, and stays revoked.
#[utoipa::path(
    patch,
    path = "/v1/api-keys/{id}",
    operation_id = "api-keys.patch",
    tag = "API keys",
    params(("id" = String, Path, description = "The key's id")),
    request_body(
        content((ApiKeyPatchBody = "application/merge-patch+json"), (ApiKeyPatchBody = "application/json")),
        example = json!({"is_revoked": true}),
    ),
    responses((status = 200, body = ApiKeyView, description = "The key as it is now")),
)]
pub(crate) async fn patch(
    caller: Caller<KeysManage>,
    State(app): State<App>,
    PathId(id): PathId<OfKey>,
    Body { value, .. }: Body<ApiKeyPatchBody>,
) -> Result<Json<ApiKeyView>, Problem> {
    Ok(Json(app.patch_api_key(&caller.cx, id, &value.parse()?).await?.into()))
}

impl ApiKeyPatchBody {
    fn parse(self) -> Result<ApiKeyPatch> {
        let mut fields = Fields::default();
        let label = match self.label {
            Field::Absent => None,
            sent => fields.required("label", sent),
        };
        let revoke = match fields.optional("is_revoked", self.is_revoked) {
            Some(false) => fields.refuse("is_revoked", "expected true: a revoked key stays revoked"),
            sent => sent,
        };
        fields.unknown(&self.rest);
        fields.into_errors().or(ApiKeyPatch { label, revoke: revoke.unwrap_or(false) })
    }
}
