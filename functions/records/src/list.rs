//! `GET /v1/learning-records` – the records of a person, or the one with an external id.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use rol_app::{App, List, Whose};
use rol_domain::{
    Result,
    person::PersonRef,
    text::{Email, ExternalId, PersonExternalId, PersonId},
};
use rol_http::{Caller, Page, PageQuery, Problem, ProblemBody, Query, RecordView, RecordsRead};

/// The records of a person, newest first
///
/// Exactly one of `person_id`, `person[email]`, `person[external_id]` and `external_id` is required. The records of
/// people whom you may not see are an empty list.
#[utoipa::path(
    get,
    path = "/v1/learning-records",
    operation_id = "records.list",
    tag = "Learning records",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("person_id" = Option<String>, Query, description = "Whose records", example = "ada@example.com"),
        ("person[email]" = Option<String>, Query, description = "The same person, by their address in the directory"),
        ("person[external_id]" = Option<String>, Query, description = "The same person, by another system's id in the directory"),
        ("external_id" = Option<String>, Query, description = "The record with this external id, as a list of none or one"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("as_of" = Option<String>, Query, description = "The records as they were known at this RFC 3339 instant"),
        ("include_deleted" = Option<bool>, Query, description = "Whether deleted records are wanted too (admins only)"),
    ),
    responses(
        (status = 200, body = Page<RecordView>, description = "A page of records"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<Page<RecordView>>, Problem> {
    let list = match ListQuery::parse(query)? {
        ListQuery::Person(list) => app.records_of_person(&caller.cx, &list).await?,
        ListQuery::AsOf(list, at) => {
            let cursor = list.cursor.as_deref();
            app.records_as_of(&caller.cx, &list.whose, at, list.limit, cursor).await?
        }
        ListQuery::ExternalId(external_id) => app.records_with_external_id(&caller.cx, &external_id).await?,
    };
    let data = list.records.into_iter().map(|record| RecordView::of(record, caller.cx.now)).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: list.partial }))
}

/// The ways to say which records are meant.
const WAYS: [&str; 4] = ["person_id", "person[email]", "person[external_id]", "external_id"];

/// What is listed.
#[derive(Debug)]
enum ListQuery {
    Person(List),
    AsOf(List, DateTime<Utc>),
    ExternalId(ExternalId),
}

impl ListQuery {
    fn parse(query: Query) -> Result<Self> {
        let mut query = query.read();
        let page = PageQuery::take(&mut query);
        let include_deleted = query.switch("include_deleted");
        let as_of = query.instant("as_of");
        if as_of.is_some() && include_deleted {
            query.refuse("include_deleted", "expected nothing beside as_of");
        }
        let given: Vec<&str> = WAYS.into_iter().filter(|name| query.has(name)).collect();
        let person = query.one("person_id", |text| PersonId::parse(text)).map(Whose::Id);
        let email = query.one("person[email]", |text| Email::parse(text)).map(PersonRef::Email);
        let other = query.one("person[external_id]", |text| PersonExternalId::parse(text)).map(PersonRef::ExternalId);
        let external_id = query.one("external_id", |text| ExternalId::parse(text));
        match given.as_slice() {
            [] => query.refuse("person_id", "expected the person whose records are wanted, or external_id"),
            [_] => {}
            [first, .., last] => query.refuse(last, format_args!("expected one of {first} and {last}, found both")),
        }
        if as_of.is_some() && external_id.is_some() {
            query.refuse("as_of", "expected nothing beside external_id: names have no history");
        }
        query.finish()?;
        match (person.or(email.or(other).map(Whose::Ref)), external_id) {
            (_, Some(external_id)) => Ok(Self::ExternalId(external_id)),
            (Some(whose), None) => {
                let list = List { whose, include_deleted, limit: page.limit, cursor: page.cursor };
                Ok(as_of.map_or_else(|| Self::Person(list.clone()), |at| Self::AsOf(list.clone(), at)))
            }
            (None, None) => Err(rol_domain::Error::internal("reading a query", "a missing person went unnoticed")),
        }
    }
}
