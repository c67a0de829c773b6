//! `GET /v1/people` – the tenant's people, all of them or those who are found.

use axum::{Json, extract::State};
use rol_app::{App, PeopleQuery};
use rol_domain::text::SearchText;
use rol_http::{Caller, DirectoryRead, Page, PageQuery, Parameters, Problem, Query, QueryReader};
use rol_v1::PersonView;

/// The tenant's people, by id, or those who are found
///
/// `search` finds whose address starts so, and then whose name does, from one of its first three words on; letters
/// count in either case. Without it a person who was just made or changed may take a moment to show here.
#[utoipa::path(
    get,
    path = "/v1/people",
    operation_id = "people.list",
    tag = "People",
    params(
        ("search" = Option<String>, Query, max_length = 200, description = "What an address or a name starts with", example = "lovel"),
        PageQuery,
    ),
    responses((status = 200, body = Page<PersonView>, description = "A page of people")),
)]
pub(crate) async fn list(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    Query(ListQuery(query)): Query<ListQuery>,
) -> Result<Json<Page<PersonView>>, Problem> {
    let list = app.people(&caller.cx, &query).await?;
    let data = list.people.into_iter().map(PersonView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}

pub(crate) struct ListQuery(PeopleQuery);

impl Parameters for ListQuery {
    fn take(query: &mut QueryReader) -> Self {
        let PageQuery { limit, cursor } = PageQuery::take(query);
        Self(PeopleQuery { search: query.one("search", |text| SearchText::parse(text)), limit, cursor })
    }
}
