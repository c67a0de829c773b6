//! `DELETE /v1/learning-records/{id}/attachments/{attachment_id}` – delete a file.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::Result;
use rol_http::{Caller, PathAttachment, Problem, RecordsWrite};

/// Delete a file
///
/// For good: it cannot be brought back. Values of file attributes that name it are removed with it.
#[utoipa::path(
    delete,
    path = "/v1/learning-records/{id}/attachments/{attachment_id}",
    operation_id = "attachments.delete",
    tag = "Attachments",
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("attachment_id" = String, Path, description = "The file's id, or its UUID spelling"),
    ),
    responses((status = 204, description = "It is deleted")),
)]
pub(crate) async fn delete(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    path: PathAttachment,
) -> Result<StatusCode, Problem> {
    app.delete_attachment(&caller.cx, path.record_id, path.attachment_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
