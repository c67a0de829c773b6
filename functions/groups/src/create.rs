//! `POST /v1/groups` – make a group.

use crate::{body::NewGroupBody, view::GroupView};
use axum::extract::State;
use rol_app::App;
use rol_http::{Body, Caller, Created, DirectoryWrite, Etagged, Problem};

/// Make a group
///
/// Its place in the tree decides whom grants cover: what was granted over a group holds for everything inside it.
#[utoipa::path(
    post,
    path = "/v1/groups",
    operation_id = "groups.create",
    tag = "Groups",
    request_body(content = NewGroupBody, example = json!({"name": "Astronauts", "kind": "user_group"})),
    responses(
        (status = 201, body = GroupView, description = "The group"),
        (status = 409, description = "There are 2,000 groups, or many write at once"),
    ),
)]
pub(crate) async fn create(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    Body { value, .. }: Body<NewGroupBody>,
) -> Result<Created<Etagged<GroupView>>, Problem> {
    let (name, kind, parent_id) = value.parse()?;
    let made = app.create_group(&caller.cx, name, kind, parent_id).await?;
    let location = format!("/v1/groups/{}", made.group.id);
    Ok(Created { location, replayed: false, entity: GroupView::etagged(made) })
}
