//! An attribute as the API gives it: every field, `null` where it has no value.

use chrono::{DateTime, Utc};
use rol_domain::{
    attribute::{Attribute, AttributeType, Display},
    text::{AttributeKey, Description, Label, OptionText},
    time::fixed_width,
};
use rol_http::Etagged;
use serde::Serialize;
use utoipa::ToSchema;

/// A custom attribute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attribute)]
pub(crate) struct AttributeView {
    /// Its key in a record's `attributes`; it never changes.
    #[schema(value_type = String, examples("grade"))]
    key: AttributeKey,
    /// What kind of values it has.
    #[serde(rename = "type")]
    kind: AttributeType,
    /// What people call it.
    #[schema(value_type = String, examples("Grade"))]
    label: Label,
    /// What it is for.
    #[schema(value_type = Option<String>)]
    description: Option<Description>,
    /// The values to choose from, in order; none where its type has none.
    #[schema(value_type = Vec<String>)]
    options: Vec<OptionText>,
    /// Whether a new record must have a value.
    required: bool,
    /// Whether it does not exist for students.
    hidden_from_students: bool,
    /// How a link is shown; `null` for anything else.
    display: Option<Display>,
    /// Its place among the others: ascending, then by key.
    order: u32,
    /// How often it was written; also its `ETag`.
    version: u64,
    /// When it was made.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Who made it.
    created_by: String,
    /// When it was last written.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
    /// Who wrote it last.
    updated_by: String,
}

impl From<Attribute> for AttributeView {
    fn from(Attribute { key, content, stamp, .. }: Attribute) -> Self {
        Self {
            key,
            kind: content.kind,
            label: content.label,
            description: content.description,
            options: content.options,
            required: content.required,
            hidden_from_students: content.hidden_from_students,
            display: content.display,
            order: content.order,
            version: stamp.version,
            created_at: stamp.created_at,
            created_by: stamp.created_by,
            updated_at: stamp.updated_at,
            updated_by: stamp.updated_by,
        }
    }
}

impl AttributeView {
    /// The attribute, with its version as `ETag`.
    pub(crate) fn etagged(attribute: Attribute) -> Etagged<Self> {
        Etagged { version: attribute.stamp.version, body: attribute.into() }
    }
}
