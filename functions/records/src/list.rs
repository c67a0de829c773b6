//! `GET /v1/learning-records` – the records that match, page by page.

use crate::filters::{self, Filters};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use rol_app::{App, Explanation, Find, PersonSelector};
use rol_domain::{
    RecordQuery, Result,
    limits::{MAX_PAGE, MAX_RECORD_PAGE},
};
use rol_http::{Caller, PageQuery, Parameters, Problem, Query, QueryReader, RecordsRead};
use rol_v1::{RecordView, SelectedRecord};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Records, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LearningRecordPage)]
pub(crate) struct RecordPageView {
    /// What is on the page; of each record the `fields` asked for.
    #[schema(value_type = Vec<RecordView>)]
    data: Vec<SelectedRecord>,
    /// The `cursor` of the next page; `null` on the last.
    next_cursor: Option<String>,
    /// Whether the page ended before it was full because the read budget was spent; then there is a cursor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    /// How the records were found, where that was asked for; nothing where an external id named the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<ExplainView>,
}

/// How records were found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explain)]
pub(crate) struct ExplainView {
    /// Which partitions or index were read: `people`, `members`, `by-activity`, `by-completion`, `by-completion/due`,
    /// `by-expiry`, `by-tenant`.
    #[schema(examples("by-completion"))]
    path: String,
    /// In which order they come.
    #[schema(examples("-completed"))]
    order: String,
    /// How many calls to the table it took.
    calls: usize,
    /// How many items were read: records, people and memberships, wanted or not.
    items_read: usize,
    /// How many read units that took.
    read_units: f64,
}

impl From<Explanation> for ExplainView {
    fn from(Explanation { path, order, cost }: Explanation) -> Self {
        Self { path, order, calls: cost.calls, items_read: cost.items, read_units: cost.units }
    }
}

/// The records that match
///
/// Without `sort` they come in the order in which they are found with least effort, the same on all pages: one
/// person's newest first; those of several people or of groups person by person; those of a range of completion the
/// last first; what is overdue or expires the next first; others newest first. You see what you may see: the records
/// of others are an empty list. A page is full unless it is the last, `partial`, or as large as an answer can be.
#[utoipa::path(
    get,
    path = "/v1/learning-records",
    operation_id = "records.list",
    tag = "Learning records",
    params(
        Filters,
        ("sort" = Option<String>, Query, description = "`created`, `completed` or `expires`, with `-` for descending; records without that moment are not in the list", example = "-completed"),
        ("fields" = Option<String>, Query, description = "Only these fields of each record, separated by commas", example = "id,title,status"),
        ("include" = Option<String>, Query, description = "`attachments`: each record with its files; `limit` is at most 100 then"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("as_of" = Option<String>, Query, description = "The records of one person as they were known at this RFC 3339 instant; beside it only `limit` (at most 100) and `cursor`"),
    ),
    responses((status = 200, body = RecordPageView, description = "A page of records")),
)]
pub(crate) async fn list(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    Query(ListQuery { scope, page, fields }): Query<ListQuery>,
) -> Result<Json<RecordPageView>, Problem> {
    let (limit, cursor) = (page.limit, page.cursor.as_deref());
    let list = match scope {
        Scope::Now(find) => app.find_records(&caller.cx, *find, limit, cursor).await?,
        Scope::AsOf(selector, at) => app.records_as_of(&caller.cx, &selector, at, limit, cursor).await?,
    };
    let now = caller.cx.now;
    let views: Vec<RecordView> = match list.attachments {
        None => list.records.into_iter().map(|record| RecordView::of(record, now)).collect(),
        Some(files) => {
            let with_files = |(record, files)| RecordView::with_attachments(record, files, now);
            list.records.into_iter().zip(files).map(with_files).collect()
        }
    };
    let data = views.into_iter().map(|view| view.only(&fields)).collect();
    let explain = list.explained.map(ExplainView::from);
    Ok(Json(RecordPageView { data, next_cursor: list.next_cursor, partial: list.partial, explain }))
}

/// What can be given with each record.
const INCLUDES: [&str; 1] = ["attachments"];

/// Which records, which page of them, and which of their fields.
#[derive(Debug)]
pub(crate) struct ListQuery {
    scope: Scope,
    page: PageQuery,
    fields: BTreeSet<&'static str>,
}

/// Records as they are, or as they were.
#[derive(Debug)]
enum Scope {
    Now(Box<Find>),
    AsOf(PersonSelector, DateTime<Utc>),
}

impl Parameters for ListQuery {
    fn take(query: &mut QueryReader) -> Self {
        let as_of = query.instant("as_of");
        let include = |name: &str| {
            let known = INCLUDES.into_iter().find(|known| *known == name);
            known.ok_or_else(|| format!("expected one of [{}], found {name:?}", INCLUDES.join(", ")))
        };
        let attachments = names(query, "include", include).contains("attachments");
        if as_of.is_some() && attachments {
            query.refuse("include", "expected nothing beside as_of: files have no history");
        }
        let max = if as_of.is_some() || attachments { MAX_PAGE } else { MAX_RECORD_PAGE };
        let page = PageQuery::take_up_to(query, max);
        let fields = names(query, "fields", RecordView::field);
        let find = Find { attachments, ..filters::take(query) };
        let scope = match as_of {
            None => Scope::Now(Box::new(find)),
            Some(at) => match only_person(&find) {
                Some(selector) => Scope::AsOf(selector, at),
                None => {
                    let expected =
                        "expected one person beside it, and no other filter: only a person's history is kept";
                    query.refuse("as_of", expected);
                    Scope::Now(Box::new(find))
                }
            },
        };
        Self { scope, page, fields }
    }
}

/// The person whose records are asked for, where nothing else is.
fn only_person(find: &Find) -> Option<PersonSelector> {
    let mut find = find.clone();
    let mut people = std::mem::take(&mut find.query.people);
    let selector = find.selector.or_else(|| people.pop_first().map(PersonSelector::Id));
    selector.filter(|_| {
        people.is_empty() && find.query == RecordQuery::default() && find.values.is_empty() && !find.explain
    })
}

/// Takes names that are separated by commas.
fn names(
    query: &mut QueryReader,
    name: &str,
    parse: impl Fn(&str) -> Result<&'static str, String>,
) -> BTreeSet<&'static str> {
    query.one(name, |text| text.split(',').map(&parse).collect()).unwrap_or_default()
}
