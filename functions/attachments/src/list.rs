//! `GET /v1/learning-records/{id}/attachments` – the files of a record.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::{Result, id::OfRecord};
use rol_http::{Caller, Page, PathId, Problem, RecordsRead};
use rol_v1::AttachmentView;

/// The files of a record, oldest first
///
/// All of them on one page, whatever their state: a record has at most 50.
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/attachments",
    operation_id = "attachments.list",
    tag = "Attachments",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    responses((status = 200, body = Page<AttachmentView>, description = "The files")),
)]
pub(crate) async fn list(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
) -> Result<Json<Page<AttachmentView>>, Problem> {
    let files = app.attachments(&caller.cx, id).await?;
    let data = files.into_iter().map(AttachmentView::from).collect();
    Ok(Json(Page { data, next_cursor: None, partial: false }))
}
