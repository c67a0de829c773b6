//! `PATCH /v1/attributes/{key}` – change a custom attribute.

use crate::{
    body::AttributeBody,
    existing::{ExistingQuery, UnfinishedView, unfinished},
    view::AttributeView,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::{App, AttributeOutcome};
use rol_http::{AttributesManage, Body, Caller, IfMatch, PathKey, Problem, Query};

/// Change a custom attribute
///
/// A JSON Merge Patch (RFC 7396). Its type changes only while no record has a value. Where options go that records
/// have chosen, `on_existing` says what becomes of them: `keep` leaves them where they are, `clear` removes them.
#[utoipa::path(
    patch,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.patch",
    tag = "Attributes",
    params(
        ("key" = String, Path, description = "The attribute's key", example = "grade"),
        ("on_existing" = Option<String>, Query, description = "`keep` or `clear`: what becomes of chosen options that go"),
    ),
    request_body(
        content((AttributeBody = "application/merge-patch+json"), (AttributeBody = "application/json")),
        example = json!({"label": "Final grade", "hidden_from_students": true}),
    ),
    responses(
        (status = 200, body = AttributeView, description = "The attribute as it is now"),
        (status = 202, body = UnfinishedView, description = "Values were removed, more are left: repeat the request"),
        (status = 409, description = "Records have values in the way, or many write at once"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<AttributesManage>,
    State(app): State<App>,
    PathKey(key): PathKey,
    if_match: IfMatch,
    Query(ExistingQuery(on_existing)): Query<ExistingQuery>,
    Body { value, .. }: Body<AttributeBody>,
) -> Result<Response, Problem> {
    let patch = value.parse_patch()?;
    Ok(match app.patch_attribute(&caller.cx, &key, if_match.version(), &patch, on_existing).await? {
        AttributeOutcome::Done(attribute) => AttributeView::etagged(attribute).into_response(),
        AttributeOutcome::Unfinished(cleared) => unfinished(cleared),
    })
}
