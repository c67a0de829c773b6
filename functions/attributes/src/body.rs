//! The body of create and change: the same fields, each of them in three states.

use rol_domain::{
    Error, FieldErrors, Patch, Result,
    attribute::{Attribute, AttributeContent, AttributePatch, AttributeType, Display},
    error::{ErrorLocation, FieldError},
    read_only::ReadOnlyFields,
    text::{AttributeKey, Description, Label, OptionText},
};
use rol_http::{Field, Fields, body};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ObjectBuilder, Ref, RefOr,
        schema::{Schema, Type},
    },
};

body! {
    /// What an admin may say of an attribute. In a change, `key` and what only the server sets may be sent back
    /// unchanged.
    pub(crate) struct AttributeBody {
        /// What kind of values it has; it changes only while no record has one.
        #[serde(rename = "type")]
        #[schema(value_type = Option<AttributeType>)]
        kind: AttributeType,
        /// The values to choose from, in order: 1–100 distinct texts of 1–200 characters, for `multiple_choice` and
        /// `checkboxes` only; those of `checkboxes` contain no comma.
        #[schema(value_type = Option<Vec<String>>, max_items = 100, examples(json!(["online", "classroom"])))]
        options: Vec<Field<OptionText>>,
    }
    changes AttributePatch {
        /// What people call it: 1–100 characters on one line.
        #[schema(value_type = Option<String>, max_length = 100, examples("Grade"))]
        label: Label,
        /// What it is for: 1–1,000 characters.
        #[schema(value_type = Option<String>, max_length = 1_000)]
        description: Description,
        /// Whether a new record must have a value (default false); not for `file`.
        #[schema(value_type = Option<bool>)]
        required: bool,
        /// Whether it does not exist for students (default false).
        #[schema(value_type = Option<bool>)]
        hidden_from_students: bool,
        /// How a link is shown (default `text`); for `link` only.
        #[schema(value_type = Option<Display>)]
        display: Display,
        /// Its place among the others (default 0): ascending, then by key.
        #[schema(value_type = Option<u32>, maximum = 9_999)]
        order: u32,
    }
}

/// A new attribute: `type` and `label` are required.
#[derive(Debug, Deserialize)]
pub(crate) struct NewAttributeBody {
    #[serde(default)]
    key: Field<AttributeKey>,
    #[serde(flatten)]
    fields: AttributeBody,
}

impl PartialSchema for NewAttributeBody {
    fn schema() -> RefOr<Schema> {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(64))
            .description(Some(
                "Its key in a record's attributes, in kebab-case; made from the label where it is absent",
            ))
            .examples(["grade"]);
        let own =
            ObjectBuilder::new().schema_type(Type::Object).property("key", key).required("type").required("label");
        AllOfBuilder::new()
            .item(Ref::from_schema_name("AttributeBody"))
            .item(own)
            .description(Some("A new attribute: type and label are required."))
            .into()
    }
}

impl ToSchema for NewAttributeBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("AttributeBody".into(), AttributeBody::schema()));
        AttributeBody::schemas(schemas);
    }
}

impl NewAttributeBody {
    /// The attribute that the body describes, and its key where one is given.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub(crate) fn parse(self) -> Result<(Option<AttributeKey>, AttributeContent)> {
        let Self { key, fields: body } = self;
        let mut fields = Fields::default();
        let key = fields.optional("key", key);
        let kind = fields.required("type", body.kind);
        let label = fields.required("label", body.label);
        let description = fields.optional("description", body.description);
        let required = fields.optional("required", body.required).unwrap_or(false);
        let hidden_from_students = fields.optional("hidden_from_students", body.hidden_from_students).unwrap_or(false);
        let display = fields.optional("display", body.display);
        let order = fields.optional("order", body.order).unwrap_or(0);
        fields.unknown(&body.rest);
        let mut errors = fields.into_errors();
        let options = read_options(body.options, &mut errors).apply(None).unwrap_or_default();
        // Rules between fields are checked even where the label is missing.
        let stand_in = || Label::parse("unnamed").map_err(|error| Error::internal("naming an attribute", error));
        let label = label.map_or_else(stand_in, Ok)?;
        let Some(kind) = kind else { return Err(Error::Invalid(errors)) };
        let content =
            AttributeContent { kind, label, description, options, required, hidden_from_students, display, order };
        Ok((key, checked(content, errors)?))
    }
}

impl AttributeBody {
    /// The change that the body describes.
    ///
    /// # Errors
    /// Every field that is none of its type.
    pub(crate) fn parse_patch(mut self) -> Result<AttributePatch> {
        let mut fields = Fields::default();
        let read_only = ReadOnlyFields::take(&mut self.rest, &Attribute::READ_ONLY);
        let kind = fields.patch("type", std::mem::take(&mut self.kind));
        let mut patch = AttributePatch { kind, read_only, ..self.take_patch(&mut fields) };
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        patch.options = read_options(self.options, &mut errors);
        errors.or(patch)
    }
}

/// The options, each with a pointer of its own.
fn read_options(field: Field<Vec<Field<OptionText>>>, errors: &mut FieldErrors) -> Patch<Vec<OptionText>> {
    let sent = match field {
        Field::Absent => return Patch::Absent,
        Field::Null => return Patch::Null,
        Field::Wrong(why) => {
            errors.body("/options", why);
            return Patch::Absent;
        }
        Field::Value(sent) => sent,
    };
    let mut options = Vec::new();
    for (i, option) in sent.into_iter().enumerate() {
        match option {
            Field::Value(option) => options.push(option),
            Field::Wrong(why) => errors.body(format!("/options/{i}"), why),
            Field::Absent | Field::Null => errors.body(format!("/options/{i}"), "expected a text, found null"),
        }
    }
    Patch::Value(options)
}

/// The content, if neither its fields nor the rules between them were broken. What is said of a field that could not
/// be read is said once.
fn checked(content: AttributeContent, mut errors: FieldErrors) -> Result<AttributeContent> {
    match content.checked() {
        Ok(content) => errors.or(content),
        Err(Error::Invalid(more)) => {
            let unread: Vec<String> = errors.pointers().into_iter().map(field_of).collect();
            for FieldError { place, detail } in more.into_sorted() {
                if let ErrorLocation::Pointer(pointer) = place
                    && !unread.contains(&field_of(&pointer))
                {
                    errors.body(pointer, detail);
                }
            }
            Err(Error::Invalid(errors))
        }
        Err(other) => Err(other),
    }
}

/// The member of the body that a pointer leads into.
fn field_of(pointer: &str) -> String {
    pointer.split('/').nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn places(body: Value) -> Vec<String> {
        let body: NewAttributeBody = serde_json::from_value(body).expect("fields never fail");
        match body.parse() {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(errors)) => errors.pointers().into_iter().map(str::to_owned).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[rstest]
    #[case::least(json!({"type": "number", "label": "Credits"}), &[])]
    #[case::nothing(json!({}), &["/label", "/type"])]
    #[case::rules_between_fields_without_a_label(json!({"type": "date", "options": ["a"]}), &["/label", "/options"])]
    #[case::an_unreadable_option_is_said_once(
        json!({"type": "checkboxes", "label": "x", "options": [5, "a,b", null]}), &["/options/0", "/options/2"])]
    #[case::unreadable_options_are_said_once(
        json!({"type": "checkboxes", "label": "x", "options": "a", "order": 10_000}), &["/options", "/order"])]
    fn a_body_is_read_and_all_that_is_wrong_is_said(#[case] body: Value, #[case] expected: &[&str]) {
        assert_eq!(places(body), expected);
    }

    #[test]
    fn a_change_keeps_read_only_fields_apart() {
        let body = json!({"key": "grade", "version": 3, "label": null, "options": ["a"]});
        let body: AttributeBody = serde_json::from_value(body).expect("fields never fail");
        let patch = body.parse_patch().expect("readable");
        let sent = ["key", "version", "label"].map(|name| patch.read_only.get(name).cloned());
        assert_eq!(sent, [Some(json!("grade")), Some(json!(3)), None]);
        assert_eq!((patch.label, patch.required), (Patch::Null, Patch::Absent));
    }
}
