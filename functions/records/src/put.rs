//! `PUT /v1/learning-records/by-external-id/{external_id}` – create or replace a record by the client's own id.

use crate::body::NewRecordBody;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::{App, Put};
use rol_domain::Error;
use rol_http::{
    Body, Caller, Created, IfMatch, IfNoneMatch, PathExternalId, Problem, ProblemBody, RecordView, RecordsWrite,
};

/// Create or replace a record by the client's own id
///
/// What the body does not name is removed; `source` and `source_type` stay as they were created.
#[utoipa::path(
    put,
    path = "/v1/learning-records/by-external-id/{external_id}",
    operation_id = "records.put",
    tag = "Learning records",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("external_id" = String, Path, description = "1–128 of A–Z a–z 0–9 . _ ~ : @ -", example = "hr-4711"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is to be replaced"),
        ("If-None-Match" = Option<String>, Header, description = "`*` to create only"),
    ),
    request_body(
        content = NewRecordBody,
        example = json!({"person_id": "ada@example.com", "title": "Interview: systems design", "score": 74}),
    ),
    responses(
        (status = 200, body = RecordView, description = "The record was replaced",
            headers(("etag" = String, description = "Its version"))),
        (status = 201, body = RecordView, description = "The record was created", headers(
            ("location" = String, description = "Its path"),
            ("etag" = String, description = "Its version"),
        )),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed, or another tenant's record"),
        (status = 409, body = ProblemBody, description = "The external id is in use, or many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names, or one exists"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn put(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathExternalId(external_id): PathExternalId,
    if_match: IfMatch,
    if_none_match: IfNoneMatch,
    Body { value, .. }: Body<NewRecordBody>,
) -> Result<Response, Problem> {
    if if_match == IfMatch::Any {
        return Err(Error::bad_header("if-match", "expected one ETag, found *").into());
    }
    let (if_match, only_new) = (if_match.version(), if_none_match.only_new()?);
    let (selector, new) = value.parse_named(&external_id)?;
    let (record, created) = app.put_record(&caller.cx, &Put { external_id, selector, new, if_match, only_new }).await?;
    let location = format!("/v1/learning-records/{}", record.id);
    let entity = RecordView::etagged(record, caller.cx.now);
    Ok(if created { Created { location, replayed: false, entity }.into_response() } else { entity.into_response() })
}
