//! `GET /v1/groups/{id}/members` – who is in a group.

use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, MembersRead, Page, PageQuery, PathId, PersonView, Problem, ProblemBody, Query};

/// The direct members of a group, by id
///
/// Educators see those of the groups whose records they may view.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/members",
    operation_id = "groups.members",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The group's id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = Page<PersonView>, description = "A page of people"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such group, or none that you may know of"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn members(
    caller: Caller<MembersRead>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    query: Query,
) -> Result<Json<Page<PersonView>>, Problem> {
    let mut query = query.read();
    let PageQuery { limit, cursor } = PageQuery::take(&mut query);
    query.finish()?;
    let list = app.members(&caller.cx, id, limit, cursor.as_deref()).await?;
    let data = list.people.into_iter().map(PersonView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}
