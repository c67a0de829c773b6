//! `GET /v1/people/{id}` – one person.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, DirectoryRead, IfNoneMatch, PathPerson, PersonView, Problem, ProblemBody, Query};

/// One person
#[utoipa::path(
    get,
    path = "/v1/people/{id}",
    operation_id = "people.get",
    tag = "People",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com"),
        ("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already"),
    ),
    responses(
        (status = 200, body = PersonView, description = "The person",
            headers(("etag" = String, description = "Its version"))),
        (status = 304, description = "The client has it already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such person in the directory"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    PathPerson(id): PathPerson,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    query.read().finish()?;
    let person = app.person(&caller.cx, &id).await?;
    Ok(known.not_modified(person.stamp.version).unwrap_or_else(|| PersonView::etagged(person).into_response()))
}
