//! `PATCH /v1/learning-records/{id}` – change a record in part.

use crate::body::RecordBody;
use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Body, Caller, Etagged, IfMatch, PathId, Problem, RecordsWrite};
use rol_v1::RecordView;

/// Change a record in part
///
/// A JSON Merge Patch (RFC 7396): what is absent stays, `null` removes, a value replaces. With `If-Match` only that
/// version is changed; without, a change that meets another one is tried again.
#[utoipa::path(
    patch,
    path = "/v1/learning-records/{id}",
    operation_id = "records.patch",
    tag = "Learning records",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    request_body(
        content((RecordBody = "application/merge-patch+json"), (RecordBody = "application/json")),
        example = json!({"completed_at": "2026-05-20", "score": 91, "passed": true}),
    ),
    responses(
        (status = 200, body = RecordView, description = "The record as it is now"),
        (status = 409, description = "The external id is in use, or many write at once"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    if_match: IfMatch,
    Body { value, .. }: Body<RecordBody>,
) -> Result<Etagged<RecordView>, Problem> {
    let patch = value.parse_patch()?;
    let record = app.patch_record(&caller.cx, id, if_match.version(), &patch).await?;
    Ok(RecordView::etagged(record, caller.cx.now))
}
