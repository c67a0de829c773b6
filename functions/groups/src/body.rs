//! The bodies of create and change.

use rol_app::GroupDetail;
use rol_domain::{
    Error, GroupId, Result,
    group::{GroupKind, GroupPatch},
    read_only::ReadOnlyFields,
    text::Label,
};
use rol_http::{Field, Fields, body};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A group to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewGroupBody {
    /// What people call it: 1–100 characters on one line. Two groups may share a name.
    #[serde(default)]
    #[schema(value_type = String, required = true, max_length = 100, examples("Astronauts"))]
    name: Field<Label>,
    /// What it is for; it never changes.
    #[serde(default)]
    #[schema(value_type = GroupKind, required = true)]
    kind: Field<GroupKind>,
    /// The group that it is part of. Groups nest at most 10 deep.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent_id: Field<GroupId>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

body! {
    /// A change of a group. What only the server sets, and the kind, may be sent back unchanged; it is ignored.
    pub(crate) struct GroupPatchBody {}
    changes GroupPatch {
        /// Its new name: 1–100 characters on one line.
        #[schema(value_type = Option<String>, max_length = 100)]
        name: Label,
        /// The group that it moves into, with everything inside it; `null` makes it part of none.
        #[schema(value_type = Option<String>)]
        parent_id: GroupId,
    }
}

impl NewGroupBody {
    /// The group's name, kind and parent.
    ///
    /// # Errors
    /// Every rule that they break.
    pub(crate) fn parse(self) -> Result<(Label, GroupKind, Option<GroupId>)> {
        let mut fields = Fields::default();
        let name = fields.required("name", self.name);
        let kind = fields.required("kind", self.kind);
        let parent_id = fields.optional("parent_id", self.parent_id);
        fields.unknown(&self.rest);
        let errors = fields.into_errors();
        match (name, kind) {
            (Some(name), Some(kind)) => errors.or((name, kind, parent_id)),
            _ => Err(Error::Invalid(errors)),
        }
    }
}

impl GroupPatchBody {
    /// The change that the body describes.
    ///
    /// # Errors
    /// Every field that is none of its type.
    pub(crate) fn parse(mut self) -> Result<GroupPatch> {
        let mut fields = Fields::default();
        let read_only = ReadOnlyFields::take(&mut self.rest, &GroupDetail::READ_ONLY);
        let patch = GroupPatch { read_only, ..self.take_patch(&mut fields) };
        fields.unknown(&self.rest);
        fields.into_errors().or(patch)
    }
}
