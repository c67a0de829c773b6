//! `POST /v1/people` – add a person to the directory.

use crate::body::PersonBody;
use axum::extract::State;
use rol_app::App;
use rol_http::{Body, Caller, Created, DirectoryWrite, Etagged, Problem, path_segment};
use rol_v1::PersonView;

/// Add a person to the directory
///
/// Records need no entry: it adds a name, addresses, a status, groups and a bound on the person's role.
#[utoipa::path(
    post,
    path = "/v1/people",
    operation_id = "people.create",
    tag = "People",
    request_body(
        content = PersonBody,
        example = json!({
            "id": "ada@example.com", "name": "Ada Lovelace", "email": "ada@example.com", "role": "student",
            "external_ids": ["hr-4711"]
        }),
    ),
    responses(
        (status = 201, body = PersonView, description = "The person"),
        (status = 403, description = "Not allowed, or a role above the caller's"),
        (status = 409, description = "A person with this id exists, or many write at once"),
    ),
)]
pub(crate) async fn create(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    Body { value, .. }: Body<PersonBody>,
) -> Result<Created<Etagged<PersonView>>, Problem> {
    let (id, content) = value.parse()?;
    let person = app.create_person(&caller.cx, id, content).await?;
    let location = format!("/v1/people/{}", path_segment(person.id.as_str()));
    Ok(Created { location, replayed: false, entity: PersonView::etagged(person) })
}
