//! `GET /v1/people/{id}` – one person.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, DirectoryRead, IfNoneMatch, PathPerson, Problem, Query};
use rol_v1::PersonView;

/// One person
#[utoipa::path(
    get,
    path = "/v1/people/{id}",
    operation_id = "people.get",
    tag = "People",
    params(("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com")),
    responses((status = 200, body = PersonView, description = "The person")),
)]
pub(crate) async fn get(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    PathPerson(id): PathPerson,
    known: IfNoneMatch,
    Query(()): Query,
) -> Result<Response, Problem> {
    let person = app.person(&caller.cx, &id).await?;
    Ok(known.not_modified(person.stamp.version).unwrap_or_else(|| PersonView::etagged(person).into_response()))
}
