//! `DELETE /v1/people/{id}` – delete a person's entry.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_http::{Caller, DirectoryWrite, IfMatch, PathPerson, Problem, ProblemBody};

/// Delete a person's entry
///
/// Their memberships go with it; their records stay. To keep somebody out, block them: without an entry their token alone
/// decides. An entry with a `role` or `status` that a role above the caller's set cannot be deleted.
#[utoipa::path(
    delete,
    path = "/v1/people/{id}",
    operation_id = "people.delete",
    tag = "People",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed, a role above the caller's, or a bound that a role above the caller's set"),
        (status = 404, body = ProblemBody, description = "No such person in the directory"),
        (status = 409, body = ProblemBody, description = "Many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
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
