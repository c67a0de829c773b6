//! `GET /v1/me` – who the caller is and what it may do.

use axum::{Json, extract::State};
use rol_app::{App, MyGrant};
use rol_domain::{
    GroupId, Permission, Permissions, Right, Role, Scope, TenantId,
    text::{AppId, Label, PersonId},
};
use rol_http::{Caller, Known, Problem};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeView {
    /// Its tenant.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// As whom it acts: a person's id or a key's.
    actor: String,
    /// For whom it acts, with that person's rights (`Subject-User`).
    #[schema(value_type = Option<String>)]
    subject: Option<PersonId>,
    /// The application that it is confined to.
    #[schema(value_type = Option<String>)]
    app_id: Option<AppId>,
    /// In which role.
    #[schema(examples("admin"))]
    role: Role,
    /// With which scopes; only an application has any.
    #[schema(value_type = Vec<Scope>)]
    scopes: BTreeSet<Scope>,
    /// What it may do in general.
    #[schema(examples(json!(["known", "records_read"])))]
    rights: Vec<Right>,
    /// What an educator may do with the records of which groups, and of everything inside them; empty for others.
    grants: Vec<MyGrantView>,
}

/// What a caller was granted over a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyGrant)]
struct MyGrantView {
    /// Over which group.
    #[schema(value_type = String)]
    group_id: GroupId,
    /// What that is called.
    #[schema(value_type = String, examples("Astronauts"))]
    group_name: Label,
    /// Through which of its own groups.
    #[schema(value_type = String)]
    educator_group_id: GroupId,
    /// Which rights.
    #[schema(value_type = Vec<Permission>, examples(json!(["view", "edit"])))]
    rights: Permissions,
}

impl From<MyGrant> for MyGrantView {
    fn from(grant: MyGrant) -> Self {
        let MyGrant { group_id, group_name, educator_group_id, verbs } = grant;
        Self { group_id, group_name, educator_group_id, rights: verbs }
    }
}

/// Who you are and what you may do
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "meta.me",
    tag = "About",
    responses((status = 200, body = MeView, description = "The caller")),
)]
pub(crate) async fn me(caller: Caller<Known>, State(app): State<App>) -> Result<Json<MeView>, Problem> {
    let me = app.me(&caller.cx).await?;
    Ok(Json(MeView {
        tenant_id: me.tenant,
        actor: me.actor,
        subject: me.subject,
        app_id: me.app_id,
        role: me.role,
        scopes: me.scopes,
        rights: me.rights,
        grants: me.grants.into_iter().map(MyGrantView::from).collect(),
    }))
}
