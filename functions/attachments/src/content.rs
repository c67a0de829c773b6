//! `GET /v1/learning-records/{id}/attachments/{attachment_id}/content` – where a file's content can be had.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use rol_app::App;
use rol_domain::{Result, time::fixed_width};
use rol_http::{Caller, PathAttachment, Problem, ProblemBody, Query, RecordsRead};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a file's content can be had, by whoever has the URL.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Download)]
struct DownloadView {
    /// The URL.
    url: String,
    /// Until when.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime<Utc>,
}

/// A file's content
///
/// Redirects to a URL that works for an hour and needs no credentials, which saves the file under its name. Each such
/// URL is noted in the audit trail.
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/attachments/{attachment_id}/content",
    operation_id = "attachments.content",
    tag = "Attachments",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("attachment_id" = String, Path, description = "The file's id, or its UUID spelling"),
        ("redirect" = Option<bool>, Query, description = "`false` answers with the URL instead (default true)"),
    ),
    responses(
        (status = 200, body = DownloadView, description = "The URL, where no redirect is wanted"),
        (status = 302, description = "The content is there", headers(("location" = String, description = "The URL"))),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such record or file, or none that you may know of"),
        (status = 409, body = ProblemBody, description = "The file is not `ready`"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn content(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    path: PathAttachment,
    query: Query,
) -> Result<Response, Problem> {
    let mut query = query.read();
    let parse = |text: &str| text.parse().map_err(|_| format!("expected true or false, found {text:?}"));
    let redirect = query.one("redirect", parse).unwrap_or(true);
    query.finish()?;
    let found = app.attachment_content(&caller.cx, path.record_id, path.attachment_id).await?;
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    if redirect {
        return Ok((StatusCode::FOUND, [(header::LOCATION, found.url), no_store]).into_response());
    }
    Ok(([no_store], Json(DownloadView { url: found.url, expires_at: found.expires_at })).into_response())
}
