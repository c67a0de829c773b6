//! `DELETE /v1/attributes/{key}` – delete a custom attribute.

use crate::existing::{UnfinishedView, on_existing, unfinished};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use rol_app::{App, AttributeOutcome};
use rol_http::{AttributesManage, Caller, IfMatch, PathKey, Problem, ProblemBody, Query};

/// Delete a custom attribute
///
/// Where records have values, `on_existing` says what becomes of them: `keep` leaves them readable (never to
/// students), each until it is removed with `null`, and the key with their type; `clear` removes them first.
#[utoipa::path(
    delete,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.delete",
    tag = "Attributes",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("key" = String, Path, description = "The attribute's key", example = "grade"),
        ("on_existing" = Option<String>, Query, description = "`keep` or `clear`: what becomes of values that exist"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 202, body = UnfinishedView, description = "Values were removed, more are left: repeat the request"),
        (status = 204, description = "It is deleted"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin manages attributes"),
        (status = 404, body = ProblemBody, description = "No such attribute"),
        (status = 409, body = ProblemBody, description = "Records have values in the way"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn delete(
    caller: Caller<AttributesManage>,
    State(app): State<App>,
    PathKey(key): PathKey,
    if_match: IfMatch,
    query: Query,
) -> Result<Response, Problem> {
    let on_existing = on_existing(query)?;
    Ok(match app.delete_attribute(&caller.cx, &key, if_match.version(), on_existing).await? {
        AttributeOutcome::Done(()) => StatusCode::NO_CONTENT.into_response(),
        AttributeOutcome::Unfinished(cleared) => unfinished(cleared),
    })
}
