//! `PATCH /v1/api-keys/{id}` – relabel a key, or revoke it for good.

use crate::view::ApiKeyView;
use axum::{Json, extract::State};
use rol_app::{ApiKeyPatch, App};
use rol_domain::{Result, id::OfKey, text::Label};
use rol_http::{Body, Caller, Field, Fields, KeysManage, PathId, Problem, ProblemBody};
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
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = String, Path, description = "The key's id")),
    request_body(
        content((ApiKeyPatchBody = "application/merge-patch+json"), (ApiKeyPatchBody = "application/json")),
        example = json!({"is_revoked": true}),
    ),
    responses(
        (status = 200, body = ApiKeyView, description = "The key as it is now"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin manages keys"),
        (status = 404, body = ProblemBody, description = "No such key"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
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
