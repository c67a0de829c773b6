//! `PATCH /v1/attributes/{key}` – change a custom attribute.

use crate::{
    body::AttributeBody,
    existing::{UnfinishedView, on_existing, unfinished},
    view::AttributeView,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::{App, AttributeOutcome};
use rol_http::{AttributesManage, Body, Caller, IfMatch, PathKey, Problem, ProblemBody, Query};

/// Change a custom attribute
///
/// A JSON Merge Patch (RFC 7396). Its type changes only while no record has a value. Where options go that records
/// have chosen, `on_existing` says what becomes of them: `keep` leaves them where they are, `clear` removes them.
#[utoipa::path(
    patch,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.patch",
    tag = "Attributes",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("key" = String, Path, description = "The attribute's key", example = "grade"),
        ("on_existing" = Option<String>, Query, description = "`keep` or `clear`: what becomes of chosen options that go"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    request_body(
        content((AttributeBody = "application/merge-patch+json"), (AttributeBody = "application/json")),
        example = json!({"label": "Final grade", "hidden_from_students": true}),
    ),
    responses(
        (status = 200, body = AttributeView, description = "The attribute as it is now",
            headers(("etag" = String, description = "Its version"))),
        (status = 202, body = UnfinishedView, description = "Values were removed, more are left: repeat the request"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin manages attributes"),
        (status = 404, body = ProblemBody, description = "No such attribute"),
        (status = 409, body = ProblemBody, description = "Records have values in the way, or many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<AttributesManage>,
    State(app): State<App>,
    PathKey(key): PathKey,
    if_match: IfMatch,
    query: Query,
    Body { value, .. }: Body<AttributeBody>,
) -> Result<Response, Problem> {
    let on_existing = on_existing(query)?;
    let patch = value.parse_patch()?;
    Ok(match app.patch_attribute(&caller.cx, &key, if_match.version(), &patch, on_existing).await? {
        AttributeOutcome::Done(attribute) => AttributeView::etagged(attribute).into_response(),
        AttributeOutcome::Unfinished(cleared) => unfinished(cleared),
    })
}
