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
use rol_http::{Caller, Parameters, PathAttachment, Problem, Query, QueryReader, RecordsRead};
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
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("attachment_id" = String, Path, description = "The file's id, or its UUID spelling"),
        ("redirect" = Option<bool>, Query, description = "`false` answers with the URL instead (default true)"),
    ),
    responses(
        (status = 200, body = DownloadView, description = "The URL, where no redirect is wanted"),
        (status = 302, description = "The content is there", headers(("location" = String, description = "The URL"))),
        (status = 409, description = "The file is not `ready`"),
    ),
)]
pub(crate) async fn content(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    path: PathAttachment,
    Query(ContentQuery { redirect }): Query<ContentQuery>,
) -> Result<Response, Problem> {
    let found = app.attachment_content(&caller.cx, path.record_id, path.attachment_id).await?;
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    if redirect {
        return Ok((StatusCode::FOUND, [(header::LOCATION, found.url), no_store]).into_response());
    }
    Ok(([no_store], Json(DownloadView { url: found.url, expires_at: found.expires_at })).into_response())
}

pub(crate) struct ContentQuery {
    redirect: bool,
}

impl Parameters for ContentQuery {
    fn take(query: &mut QueryReader) -> Self {
        Self { redirect: query.flag("redirect").unwrap_or(true) }
    }
}
