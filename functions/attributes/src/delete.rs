//! `DELETE /v1/attributes/{key}` – delete a custom attribute.

use crate::existing::{ExistingQuery, UnfinishedView, unfinished};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use rol_app::{App, AttributeOutcome};
use rol_http::{AttributesManage, Caller, IfMatch, PathKey, Problem, Query};

/// Delete a custom attribute
///
/// Where records have values, `on_existing` says what becomes of them: `keep` leaves them readable (never to
/// students), each until it is removed with `null`, and the key with their type; `clear` removes them first.
#[utoipa::path(
    delete,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.delete",
    tag = "Attributes",
    params(
        ("key" = String, Path, description = "The attribute's key", example = "grade"),
        ("on_existing" = Option<String>, Query, description = "`keep` or `clear`: what becomes of values that exist"),
    ),
    responses(
        (status = 202, body = UnfinishedView, description = "Values were removed, more are left: repeat the request"),
        (status = 204, description = "It is deleted"),
        (status = 409, description = "Records have values in the way"),
    ),
)]
pub(crate) async fn delete(
    caller: Caller<AttributesManage>,
    State(app): State<App>,
    PathKey(key): PathKey,
    if_match: IfMatch,
    Query(ExistingQuery(on_existing)): Query<ExistingQuery>,
) -> Result<Response, Problem> {
    Ok(match app.delete_attribute(&caller.cx, &key, if_match.version(), on_existing).await? {
        AttributeOutcome::Done(()) => StatusCode::NO_CONTENT.into_response(),
        AttributeOutcome::Unfinished(cleared) => unfinished(cleared),
    })
}
