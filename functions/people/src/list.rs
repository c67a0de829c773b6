//! `GET /v1/people` – the tenant's people, all of them or those who are found.

use axum::{Json, extract::State};
use rol_app::{App, PeopleQuery};
use rol_domain::text::SearchText;
use rol_http::{Caller, DirectoryRead, Page, PageQuery, PersonView, Problem, ProblemBody, Query};

/// The tenant's people, by id, or those who are found
///
/// `search` finds whose address starts so, and then whose name does, from one of its first three words on; letters
/// count in either case. Without it a person who was just made or changed may take a moment to show here.
#[utoipa::path(
    get,
    path = "/v1/people",
    operation_id = "people.list",
    tag = "People",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("search" = Option<String>, Query, max_length = 200, description = "What an address or a name starts with", example = "lovel"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = Page<PersonView>, description = "A page of people"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<Page<PersonView>>, Problem> {
    let mut query = query.read();
    let PageQuery { limit, cursor } = PageQuery::take(&mut query);
    let search = query.one("search", |text| SearchText::parse(text));
    query.finish()?;
    let list = app.people(&caller.cx, &PeopleQuery { search, limit, cursor }).await?;
    let data = list.people.into_iter().map(PersonView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}
