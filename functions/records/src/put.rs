//! `PUT /v1/learning-records/by-external-id/{external_id}` – create or replace a record by the client's own id.

use crate::body::NewRecordBody;
use axum::extract::State;
use rol_app::{App, Put};
use rol_domain::Error;
use rol_http::{Body, Caller, CreatedOrReplaced, Etagged, IfMatch, IfNoneMatch, PathExternalId, Problem, RecordsWrite};
use rol_v1::RecordView;

/// Create or replace a record by the client's own id
///
/// What the body does not name is removed; `source` and `source_type` stay as they were created.
#[utoipa::path(
    put,
    path = "/v1/learning-records/by-external-id/{external_id}",
    operation_id = "records.put",
    tag = "Learning records",
    params(("external_id" = String, Path, description = "1–128 of A–Z a–z 0–9 . _ ~ : @ -", example = "hr-4711")),
    request_body(
        content = NewRecordBody,
        example = json!({"person_id": "ada@example.com", "title": "Interview: systems design", "score": 74}),
    ),
    responses(
        (status = 200, body = RecordView, description = "The record was replaced"),
        (status = 201, body = RecordView, description = "The record was created"),
        (status = 403, description = "Not allowed, or another tenant's record"),
        (status = 409, description = "The external id is in use, or many write at once"),
        (status = 412, description = "Not the version that If-Match names, or one exists"),
    ),
)]
pub(crate) async fn put(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathExternalId(external_id): PathExternalId,
    if_match: IfMatch,
    if_none_match: IfNoneMatch,
    Body { value, .. }: Body<NewRecordBody>,
) -> Result<CreatedOrReplaced<Etagged<RecordView>>, Problem> {
    if if_match == IfMatch::Any {
        return Err(Error::bad_header("if-match", "expected one ETag, found *").into());
    }
    let (if_match, only_new) = (if_match.version(), if_none_match.only_new()?);
    let (selector, new) = value.parse_named(&external_id)?;
    let (record, created) = app.put_record(&caller.cx, &Put { external_id, selector, new, if_match, only_new }).await?;
    let location = format!("/v1/learning-records/{}", record.id);
    let entity = RecordView::etagged(record, caller.cx.now);
    Ok(CreatedOrReplaced::new(created, location, entity))
}
