//! `DELETE /v1/learning-records/{id}` – delete a record, softly.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, IfMatch, PathId, Problem, ProblemBody, RecordsWrite};

/// Delete a record
///
/// It leaves every list and answers 404; `restore` brings it back. Its external id is free at once.
#[utoipa::path(
    delete,
    path = "/v1/learning-records/{id}",
    operation_id = "records.delete",
    tag = "Learning records",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such record, or none that you may know of"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn delete(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    app.delete_record(&caller.cx, id, if_match.version()).await?;
    Ok(StatusCode::NO_CONTENT)
}
