//! `PATCH /v1/people/{id}` – change a person in part.

use crate::body::PersonBody;
use axum::extract::State;
use rol_app::App;
use rol_http::{Body, Caller, DirectoryWrite, Etagged, IfMatch, PathPerson, Problem};
use rol_v1::PersonView;

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
    params(("id" = String, Path, description = "The person's id, percent-encoded", example = "ada@example.com")),
    request_body(
        content((PersonBody = "application/merge-patch+json"), (PersonBody = "application/json")),
        example = json!({"status": "blocked"}),
    ),
    responses(
        (status = 200, body = PersonView, description = "The person as they are now"),
        (status = 403, description = "Not allowed, a role above the caller's, or a bound that a role above the caller's set"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathPerson(id): PathPerson,
    if_match: IfMatch,
    Body { value, .. }: Body<PersonBody>,
) -> Result<Etagged<PersonView>, Problem> {
    Ok(PersonView::etagged(app.patch_person(&caller.cx, &id, if_match.version(), &value.parse_patch()?).await?))
}
