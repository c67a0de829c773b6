//! `GET /v1/learning-records/{id}` – one record.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, Etagged, IfNoneMatch, PathId, Problem, ProblemBody, Query, RecordView, RecordsRead};

/// One record
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}",
    operation_id = "records.get",
    tag = "Learning records",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("as_of" = Option<String>, Query, description = "The record as it was known at this RFC 3339 instant"),
        ("include" = Option<String>, Query, description = "`attachments`: with its files; never 304 then"),
        ("include_deleted" = Option<bool>, Query, description = "Whether a deleted record is wanted too (admins only)"),
        ("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already"),
    ),
    responses(
        (status = 200, body = RecordView, description = "The record",
            headers(("etag" = String, description = "Its version"))),
        (status = 304, description = "The client has it already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such record, or none that you may know of"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    let mut query = query.read();
    let include_deleted = query.switch("include_deleted");
    let as_of = query.instant("as_of");
    if as_of.is_some() && include_deleted {
        query.refuse("include_deleted", "expected nothing beside as_of");
    }
    let include = query.one("include", |text| match text {
        "attachments" => Ok(()),
        other => Err(format!("expected attachments, found {other:?}")),
    });
    if as_of.is_some() && include.is_some() {
        query.refuse("include", "expected nothing beside as_of: files have no history");
    }
    query.finish()?;
    let now = caller.cx.now;
    if include.is_some() {
        let (record, files) = app.record_with_attachments(&caller.cx, id, include_deleted).await?;
        let version = record.stamp.version;
        return Ok(Etagged { version, body: RecordView::with_attachments(record, files, now) }.into_response());
    }
    let record = match as_of {
        Some(at) => app.record_as_of(&caller.cx, id, at).await?,
        None => app.record(&caller.cx, id, include_deleted).await?,
    };
    Ok(known.not_modified(record.stamp.version).unwrap_or_else(|| RecordView::etagged(record, now).into_response()))
}
