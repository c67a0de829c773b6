//! `DELETE /v1/api-keys/{id}` – delete a key.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfKey;
use rol_http::{Caller, KeysManage, PathId, Problem};

/// Delete an API key
///
/// It opens nothing any longer, at the latest after 10 seconds.
#[utoipa::path(
    delete,
    path = "/v1/api-keys/{id}",
    operation_id = "api-keys.delete",
    tag = "API keys",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "It is deleted")),
)]
pub(crate) async fn delete(
    caller: Caller<KeysManage>,
    State(app): State<App>,
    PathId(id): PathId<OfKey>,
) -> Result<StatusCode, Problem> {
    app.delete_api_key(&caller.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
