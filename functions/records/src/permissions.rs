//! `GET /v1/learning-records/{id}/permissions` – what the caller may do with a record, and why.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::{Permission, id::OfRecord};
use rol_http::{Caller, PathId, Problem, RecordsRead};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permissions)]
pub(crate) struct PermissionsView {
    /// For each verb, whether it is allowed and why.
    data: Vec<PermissionView>,
}

/// Whether one verb is allowed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
struct PermissionView {
    /// `view`, `create` (another record of the same person), `edit`, `delete` (and restore).
    #[schema(examples("edit"))]
    verb: Permission,
    /// Whether the caller may do it.
    allowed: bool,
    /// Why, in words.
    #[schema(examples("your group “Record makers” was granted edit over “Astronauts”, which “Apollo 11” is part of"))]
    because: String,
}

/// What you may do with a record, and why
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/permissions",
    operation_id = "records.permissions",
    tag = "Learning records",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    responses((status = 200, body = PermissionsView, description = "Each verb, whether it is allowed, and why")),
)]
pub(crate) async fn permissions(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
) -> Result<Json<PermissionsView>, Problem> {
    let explained = app.record_permissions(&caller.cx, id).await?;
    let data = explained.into_iter().map(|(verb, allowed, because)| PermissionView { verb, allowed, because });
    Ok(Json(PermissionsView { data: data.collect() }))
}
