//! `DELETE /v1/learning-records/{id}` – delete a record, softly.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, IfMatch, PathId, Problem, RecordsWrite};

/// Delete a record
///
/// It leaves every list and answers 404; `restore` brings it back. Its external id is free at once.
#[utoipa::path(
    delete,
    path = "/v1/learning-records/{id}",
    operation_id = "records.delete",
    tag = "Learning records",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    responses((status = 204, description = "It is deleted")),
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
