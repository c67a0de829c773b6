//! `PATCH /v1/people/{id}` – change a person in part.

use crate::body::PersonBody;
use axum::extract::State;
use rol_app::App;
use rol_http::{Body, Caller, DirectoryWrite, Etagged, IfMatch, PathPerson, PersonView, Problem, ProblemBody};

/// Change a person in part
///
/// A JSON Merge Patch (RFC 7396): what is absent stays, `null` removes, a value replaces; `group_ids` and
/// `external_ids` are replaced as a whole. With `If-Match` only that version is changed; without, a change that meets
/// another one is tried again.
#[utoipa::path(
    patch,
    path = "/v1/people/{id}",
    operation_id = "people.patch",
    tag = "People",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    request_body(
        content((PersonBody = "application/merge-patch+json"), (PersonBody = "application/json")),
        example = json!({"status": "blocked"}),
    ),
    responses(
        (status = 200, body = PersonView, description = "The person as they are now",
            headers(("etag" = String, description = "Its version"))),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed, a role above the caller's, or a bound that a role above the caller's set"),
        (status = 404, body = ProblemBody, description = "No such person in the directory"),
        (status = 409, body = ProblemBody, description = "Many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathPerson(id): PathPerson,
    if_match: IfMatch,
    Body { value, .. }: Body<PersonBody>,
) -> Result<Etagged<PersonView>, Problem> {
    let (patch, sent_back) = value.parse_patch()?;
    let sent_back = |current: &rol_domain::Person| sent_back.check(&PersonView::from(current.clone()));
    let person = app.patch_person(&caller.cx, &id, if_match.version(), &patch, sent_back).await?;
    Ok(PersonView::etagged(person))
}
