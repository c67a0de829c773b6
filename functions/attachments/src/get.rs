//! `GET /v1/learning-records/{id}/attachments/{attachment_id}` – what is known of a file.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::Result;
use rol_http::{Caller, PathAttachment, Problem, RecordsRead};
use rol_v1::AttachmentView;

/// What is known of a file
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/attachments/{attachment_id}",
    operation_id = "attachments.get",
    tag = "Attachments",
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("attachment_id" = String, Path, description = "The file's id, or its UUID spelling"),
    ),
    responses((status = 200, body = AttachmentView, description = "The file")),
)]
pub(crate) async fn get(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    path: PathAttachment,
) -> Result<Json<AttachmentView>, Problem> {
    let found = app.attachment(&caller.cx, path.record_id, path.attachment_id).await?;
    Ok(Json(found.into()))
}
