//! `GET /v1/learning-records/{id}` – one record.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, Etagged, IfNoneMatch, Parameters, PathId, Problem, Query, QueryReader, RecordsRead};
use rol_v1::RecordView;

/// One record
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}",
    operation_id = "records.get",
    tag = "Learning records",
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("as_of" = Option<String>, Query, description = "The record as it was known at this RFC 3339 instant"),
        ("include" = Option<String>, Query, description = "`attachments`: with its files; never 304 then"),
        ("include_deleted" = Option<bool>, Query, description = "Whether a deleted record is wanted too (admins only)"),
    ),
    responses((status = 200, body = RecordView, description = "The record")),
)]
pub(crate) async fn get(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    known: IfNoneMatch,
    Query(GetQuery { as_of, with_attachments, include_deleted }): Query<GetQuery>,
) -> Result<Response, Problem> {
    let now = caller.cx.now;
    if with_attachments {
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

pub(crate) struct GetQuery {
    as_of: Option<DateTime<Utc>>,
    with_attachments: bool,
    include_deleted: bool,
}

impl Parameters for GetQuery {
    fn take(query: &mut QueryReader) -> Self {
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
        Self { as_of, with_attachments: include.is_some(), include_deleted }
    }
}
