//! `DELETE /v1/people/{id}` – delete a person's entry.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_http::{Caller, DirectoryWrite, IfMatch, PathPerson, Problem};

/// Delete a person's entry
///
/// Their memberships go with it; their records stay. To keep somebody out, block them: without an entry their token
/// alone decides. An entry with a `role` or `status` that a role above the caller's set cannot be deleted.
#[utoipa::path(
    delete,
    path = "/v1/people/{id}",
    operation_id = "people.delete",
    tag = "People",
    params(("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com")),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 403, description = "Not allowed, a role above the caller's, or a bound that a role above the caller's set"),
    ),
)]
pub(crate) async fn delete(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathPerson(id): PathPerson,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    app.delete_person(&caller.cx, &id, if_match.version()).await?;
    Ok(StatusCode::NO_CONTENT)
}
