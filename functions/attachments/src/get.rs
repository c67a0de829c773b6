//! `GET /v1/learning-records/{id}/attachments/{attachment_id}` – what is known of a file.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::Result;
use rol_http::{AttachmentView, Caller, PathAttachment, Problem, ProblemBody, RecordsRead};

/// What is known of a file
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/attachments/{attachment_id}",
    operation_id = "attachments.get",
    tag = "Attachments",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("attachment_id" = String, Path, description = "The file's id, or its UUID spelling"),
    ),
    responses(
        (status = 200, body = AttachmentView, description = "The file"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such record or file, or none that you may know of"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    path: PathAttachment,
) -> Result<Json<AttachmentView>, Problem> {
    let found = app.attachment(&caller.cx, path.record_id, path.attachment_id).await?;
    Ok(Json(found.into()))
}
