//! `PATCH /v1/groups/{id}/members` – add and remove members.

use axum::{Json, extract::State};
use rol_app::{App, MemberChange};
use rol_domain::{Result, error::pointer_token, id::OfGroup, text::PersonId};
use rol_http::{Body, Caller, DirectoryWrite, Field, Fields, PathId, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Who comes and who goes: together 1 to 100, each named once.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MembersBody {
    /// The ids of people of the directory who become members; who is one already stays one.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    add: Field<Vec<Value>>,
    /// The ids of people of the directory who are members no longer; who is none stays none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    remove: Field<Vec<Value>>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// What became of a change of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MembersChanged)]
pub(crate) struct MembersView {
    /// How many became members who were none.
    added: usize,
    /// How many are members no longer who were.
    removed: usize,
}

/// Add and remove members
///
/// Where somebody named is not in the directory, nobody comes or goes and all of those are named. Up to 49 changes are
/// made at once; should a request with more of them fail in between, the same request goes on where it ended.
#[utoipa::path(
    patch,
    path = "/v1/groups/{id}/members",
    operation_id = "groups.change-members",
    tag = "Groups",
    params(("id" = String, Path, description = "The group's id")),
    request_body(content = MembersBody, example = json!({"add": ["ada@example.com"], "remove": []})),
    responses(
        (status = 200, body = MembersView, description = "How many came and went"),
        (status = 403, description = "Not allowed, or somebody with a role above the caller's"),
    ),
)]
pub(crate) async fn change_members(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    Body { value, .. }: Body<MembersBody>,
) -> Result<Json<MembersView>, Problem> {
    let (added, removed) = app.change_members(&caller.cx, id, &value.parse()?).await?;
    Ok(Json(MembersView { added, removed }))
}

impl MembersBody {
    fn parse(self) -> Result<MemberChange> {
        let mut fields = Fields::default();
        let add = fields.optional("add", self.add).unwrap_or_default();
        let remove = fields.optional("remove", self.remove).unwrap_or_default();
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        let mut people = |name: &str, ids: Vec<Value>| -> Vec<PersonId> {
            let read = |(i, id)| match serde_json::from_value(id) {
                Ok(id) => Some(id),
                Err(error) => {
                    errors.body(format!("{}/{i}", pointer_token(name)), error);
                    None
                }
            };
            ids.into_iter().enumerate().filter_map(read).collect()
        };
        let change = MemberChange { add: people("add", add), remove: people("remove", remove) };
        errors.or(change)
    }
}
