//! `GET /v1/action-logs` – who did what, newest first.

use crate::view::EntryView;
use axum::{Json, extract::State};
use rol_app::{App, AuditFilter};
use rol_domain::{Result, change::Actions, text::PersonId};
use rol_http::{AuditRead, Caller, PageQuery, Problem, ProblemBody, Query};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of the audit trail, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionLogPage)]
pub(crate) struct EntryPageView {
    /// What is on the page.
    data: Vec<EntryView>,
    /// The ids of entries that were met and cannot be read, whatever was asked for: somebody must have changed them.
    /// `GET /v1/action-logs/verify` says more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    unreadable: Vec<String>,
    /// The `cursor` of the next page; `null` on the last.
    next_cursor: Option<String>,
    /// Whether the page ended before it was full because the read budget was spent; then there is a cursor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

/// Who did what, newest first
#[utoipa::path(
    get,
    path = "/v1/action-logs",
    operation_id = "audit.list",
    tag = "Action logs",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("actor" = Option<String>, Query, description = "Who did it: a person's id or a key's"),
        ("subject" = Option<String>, Query, description = "For whom it was done"),
        ("person_id" = Option<String>, Query, description = "Whose record or entry it was done to"),
        ("entity_id" = Option<String>, Query, description = "To what: the id of a record, a group, a key, …"),
        ("action" = Option<String>, Query, description = "What was done, or tried without the right to: `learningRecord.deleted`, or `denied` whatever it was about", example = "learningRecord.deleted"),
        ("from" = Option<String>, Query, description = "Not before this instant (RFC 3339)"),
        ("to" = Option<String>, Query, description = "Not after this instant (RFC 3339)"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = EntryPageView, description = "A page of the audit trail"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin reads action logs"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<AuditRead>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<EntryPageView>, Problem> {
    let mut query = query.read();
    let page = PageQuery::take(&mut query);
    let text = |text: &str| Ok::<_, String>(text.to_owned());
    let filter = AuditFilter {
        actor: query.one("actor", text),
        subject: query.one("subject", |text| PersonId::parse(text)),
        person: query.one("person_id", |text| PersonId::parse(text)),
        entity_id: query.one("entity_id", text),
        action: query.one("action", Actions::parse),
        from: query.instant("from"),
        to: query.instant("to"),
    };
    if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
        query.refuse("to", "expected no earlier than from");
    }
    query.finish()?;
    let list = app.audit(&caller.cx, &filter, page.limit, page.cursor.as_deref()).await?;
    let data = list.entries.into_iter().map(|(id, entry)| EntryView::of(id, entry)).collect();
    let unreadable = list.unreadable.iter().map(ToString::to_string).collect();
    Ok(Json(EntryPageView { data, unreadable, next_cursor: list.next_cursor, partial: list.partial }))
}
