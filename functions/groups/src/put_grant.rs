//! `PUT /v1/groups/{id}/grants/{educator_group_id}` – grant rights over a group.

use crate::view::GrantView;
use axum::extract::State;
use rol_app::{App, PutGrant};
use rol_domain::{Error, Permission, Permissions, Result};
use rol_http::{Body, Caller, CreatedOrReplaced, Etagged, Field, Fields, GrantsManage, IfMatch, PathGrant, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is granted, in the place of what was granted before.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct GrantBody {
    /// At least one right.
    #[serde(default)]
    #[schema(value_type = Vec<Permission>, required = true, min_items = 1)]
    rights: Field<Permissions>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// Grant the members of an educator group rights over a group
///
/// They hold for the records of everybody in the group and in all groups inside it. Grants add up; none takes away.
/// They take effect at the latest after 10 seconds.
#[utoipa::path(
    put,
    path = "/v1/groups/{id}/grants/{educator_group_id}",
    operation_id = "groups.put-grant",
    tag = "Groups",
    params(
        ("id" = String, Path, description = "Over which group"),
        ("educator_group_id" = String, Path, description = "To the members of which group, of the kind educator_group"),
    ),
    request_body(content = GrantBody, example = json!({"rights": ["view", "edit"]})),
    responses(
        (status = 200, body = GrantView, description = "The grant was replaced"),
        (status = 201, body = GrantView, description = "The grant was made"),
        (status = 409, description = "There are 2,000 grants, or many write at once"),
    ),
)]
pub(crate) async fn put_grant(
    caller: Caller<GrantsManage>,
    State(app): State<App>,
    PathGrant { group_id, educator_group_id }: PathGrant,
    if_match: IfMatch,
    Body { value, .. }: Body<GrantBody>,
) -> Result<CreatedOrReplaced<Etagged<GrantView>>, Problem> {
    if if_match == IfMatch::Any {
        return Err(Error::bad_header("if-match", "expected one ETag, found *").into());
    }
    let put = PutGrant { group_id, educator_group_id, verbs: value.parse()?, if_match: if_match.version() };
    let made = app.put_grant(&caller.cx, &put).await?;
    let entity = GrantView::etagged(made.grant);
    let location = format!("/v1/groups/{group_id}/grants/{educator_group_id}");
    Ok(CreatedOrReplaced::new(made.created, location, entity))
}

impl GrantBody {
    fn parse(self) -> Result<Permissions> {
        let mut fields = Fields::default();
        let rights = match fields.required("rights", self.rights) {
            Some(rights) if rights.is_empty() => {
                fields.refuse("rights", "expected at least one of view, create, edit, delete")
            }
            sent => sent,
        };
        fields.unknown(&self.rest);
        fields.into_errors().or(rights.unwrap_or_default())
    }
}
