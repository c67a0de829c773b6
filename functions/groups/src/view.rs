//! Groups and grants as the API gives them.

use rol_app::GroupDetail;
use rol_domain::{
    GroupId, Permission, Permissions,
    access::Grant,
    group::{Group, GroupKind},
    text::Label,
};
use rol_http::Etagged;
use rol_v1::StampView;
use serde::Serialize;
use utoipa::ToSchema;

/// A group, with its place and what was granted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView {
    /// Its id.
    #[schema(value_type = String, examples("grp_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    id: GroupId,
    /// What people call it.
    #[schema(value_type = String, examples("Astronauts"))]
    name: Label,
    /// What it is for.
    kind: GroupKind,
    /// The group that it is part of.
    #[schema(value_type = Option<String>)]
    parent_id: Option<GroupId>,
    /// All groups that it is part of, from the inside out.
    #[schema(value_type = Vec<String>)]
    ancestors: Vec<GroupId>,
    /// What was granted over it; what was granted over one of its ancestors holds for it too.
    grants_over: Vec<GrantView>,
    /// What its members were granted over others.
    grants_held: Vec<GrantView>,
    #[serde(flatten)]
    stamp: StampView,
}

/// What the members of one group may do with the records of the members of another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub(crate) struct GrantView {
    /// Over whose records: of the group and of everything inside it.
    #[schema(value_type = String)]
    group_id: GroupId,
    /// Whose rights: of this group's direct members.
    #[schema(value_type = String)]
    educator_group_id: GroupId,
    /// Which rights.
    #[schema(value_type = Vec<Permission>)]
    rights: Permissions,
    #[serde(flatten)]
    stamp: StampView,
}

impl From<GroupDetail> for GroupView {
    fn from(GroupDetail { group, ancestors, grants_over, grants_held }: GroupDetail) -> Self {
        let Group { id, name, kind, parent_id, stamp } = group;
        let grants = |grants: Vec<Grant>| grants.into_iter().map(GrantView::from).collect();
        let (grants_over, grants_held) = (grants(grants_over), grants(grants_held));
        Self { id, name, kind, parent_id, ancestors, grants_over, grants_held, stamp: stamp.into() }
    }
}

impl GroupView {
    /// The same, with the group's version as `ETag`.
    pub(crate) fn etagged(detail: GroupDetail) -> Etagged<Self> {
        Etagged { version: detail.group.stamp.version, body: detail.into() }
    }
}

impl From<Grant> for GrantView {
    fn from(Grant { group_id, educator_group_id, verbs, stamp }: Grant) -> Self {
        Self { group_id, educator_group_id, rights: verbs, stamp: stamp.into() }
    }
}

impl GrantView {
    /// The same, with the grant's version as `ETag`.
    pub(crate) fn etagged(grant: Grant) -> Etagged<Self> {
        Etagged { version: grant.stamp.version, body: grant.into() }
    }
}
