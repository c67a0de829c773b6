//! `GET /v1/groups/{id}/members` – who is in a group.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, MembersRead, Page, PageQuery, PathId, Problem, Query};
use rol_v1::PersonView;

/// The direct members of a group, by id
///
/// Educators see those of the groups whose records they may view.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/members",
    operation_id = "groups.members",
    tag = "Groups",
    params(
        ("id" = String, Path, description = "The group's id"),
        PageQuery,
    ),
    responses((status = 200, body = Page<PersonView>, description = "A page of people")),
)]
pub(crate) async fn members(
    caller: Caller<MembersRead>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    Query(PageQuery { limit, cursor }): Query<PageQuery>,
) -> Result<Json<Page<PersonView>>, Problem> {
    let list = app.members(&caller.cx, id, limit, cursor.as_deref()).await?;
    let data = list.people.into_iter().map(PersonView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}
