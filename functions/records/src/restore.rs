//! `POST /v1/learning-records/{id}/restore` – bring a deleted record back.

use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, Etagged, IfMatch, PathId, Problem, ProblemBody, RecordView, RecordsWrite};

/// Bring a deleted record back
///
/// A record that is not deleted stays as it is, so the request may be repeated.
#[utoipa::path(
    post,
    path = "/v1/learning-records/{id}/restore",
    operation_id = "records.restore",
    tag = "Learning records",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 200, body = RecordView, description = "The record as it is now",
            headers(("etag" = String, description = "Its version"))),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such record, or none that you may know of"),
        (status = 409, body = ProblemBody, description = "Another record has its external id now"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn restore(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    if_match: IfMatch,
) -> Result<Etagged<RecordView>, Problem> {
    let record = app.restore_record(&caller.cx, id, if_match.version()).await?;
    Ok(RecordView::etagged(record, caller.cx.now))
}
