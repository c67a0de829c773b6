//! Custom attributes: the columns that a tenant adds to its records.

pub mod set;
pub mod value;

pub use set::AttributeSet;
pub use value::{AttributeValue, Attributes};

use crate::{
    caller::Cx,
    error::{FieldErrors, Result},
    limits::{MAX_OPTIONS, MAX_ORDER},
    patch::Patch,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::{AttributeKey, Description, Label, OptionText},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt};

/// What kind of values an attribute has.
// The names are those of Synap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AttributeType {
    /// Yes or no.
    Checkbox,
    /// Text with lines.
    LongAnswer,
    /// One line of text.
    ShortAnswer,
    /// One of the options.
    MultipleChoice,
    /// Some of the options.
    Checkboxes,
    /// A number.
    Number,
    /// A calendar date.
    Date,
    /// An absolute URL, or a path of the same site.
    Link,
    /// A PDF of the record.
    File,
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checkbox => "checkbox",
            Self::LongAnswer => "long_answer",
            Self::ShortAnswer => "short_answer",
            Self::MultipleChoice => "multiple_choice",
            Self::Checkboxes => "checkboxes",
            Self::Number => "number",
            Self::Date => "date",
            Self::Link => "link",
            Self::File => "file",
        })
    }
}

impl AttributeType {
    /// Whether its values are options.
    pub fn has_options(self) -> bool {
        matches!(self, Self::MultipleChoice | Self::Checkboxes)
    }
}

/// How a link is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Display {
    /// As text.
    #[default]
    Text,
    /// As a button.
    Button,
}

/// What its admins say of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeContent {
    /// What kind of values it has.
    #[serde(rename = "attribute_type")]
    pub kind: AttributeType,
    /// What people call it.
    pub label: Label,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// The values to choose from, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionText>,
    /// Whether a new record must have a value.
    pub required: bool,
    /// Whether it does not exist for students.
    pub hidden_from_students: bool,
    /// How a link is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// Its place among the others: ascending, then by key.
    pub order: u32,
}

/// A custom attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its key in `attributes`, unique in the tenant; it never changes.
    pub key: AttributeKey,
    /// What its admins say of it.
    #[serde(flatten)]
    pub content: AttributeContent,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether it was deleted while records keep values of it: it exists for nobody, but those values have its type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A change of an attribute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AttributePatch {
    /// Another type, where nothing has a value yet.
    pub kind: Patch<AttributeType>,
    /// Another label.
    pub label: Patch<Label>,
    /// Another description, or none.
    pub description: Patch<Description>,
    /// Other options.
    pub options: Patch<Vec<OptionText>>,
    /// Whether a new record must have a value.
    pub required: Patch<bool>,
    /// Whether it does not exist for students.
    pub hidden_from_students: Patch<bool>,
    /// How a link is shown.
    pub display: Patch<Display>,
    /// Its place among the others.
    pub order: Patch<u32>,
    /// Read-only fields, as the client sent them back.
    pub read_only: ReadOnlyFields,
}

impl AttributeContent {
    /// The content as it is kept: a link shows as text where nothing else is said.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn checked(mut self) -> Result<Self> {
        let mut errors = FieldErrors::default();
        let Self { kind, ref options, required, display, order, .. } = self;
        if kind.has_options() {
            check_options(kind, options, &mut errors);
        } else if !options.is_empty() {
            errors.body("/options", "expected none: only multiple_choice and checkboxes have options");
        }
        match (kind, display) {
            (AttributeType::Link, None) => self.display = Some(Display::default()),
            (AttributeType::Link, Some(_)) | (_, None) => {}
            (_, Some(_)) => errors.body("/display", "expected nothing: only a link is shown as text or button"),
        }
        if kind == AttributeType::File && required {
            errors.body("/required", "expected false: a file comes after its record");
        }
        if order > MAX_ORDER {
            errors.body("/order", format_args!("expected 0 to {MAX_ORDER}, found {order}"));
        }
        errors.or(self)
    }

    /// The options that `next` has no longer.
    pub fn options_lost(&self, next: &Self) -> Vec<OptionText> {
        self.options.iter().filter(|option| !next.options.contains(option)).cloned().collect()
    }
}

fn check_options(kind: AttributeType, options: &[OptionText], errors: &mut FieldErrors) {
    if !(1..=MAX_OPTIONS).contains(&options.len()) {
        errors.body("/options", format_args!("expected 1 to {MAX_OPTIONS} options, found {}", options.len()));
    }
    let mut seen = BTreeSet::new();
    for (i, option) in options.iter().enumerate() {
        if !seen.insert(option) {
            errors.body(format!("/options/{i}"), format_args!("expected distinct options, found {option} twice"));
        }
        // A CSV cell joins the chosen options with commas.
        if kind == AttributeType::Checkboxes && option.as_str().contains(',') {
            errors.body(format!("/options/{i}"), "expected no comma in an option of checkboxes");
        }
    }
}

impl Attribute {
    /// The fields that no change sets, besides those of the stamp.
    pub const READ_ONLY: [&str; 1] = ["key"];

    /// What the attribute shows of a read-only field.
    fn read_only_field(&self, name: &str) -> Value {
        if name == "key" { json!(self.key) } else { self.stamp.shown(name).unwrap_or_default() }
    }

    /// A new attribute.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn create(key: AttributeKey, content: AttributeContent, cx: &Cx) -> Result<Self> {
        Ok(Self { key, content: content.checked()?, stamp: Stamp::first(cx), retired: false })
    }

    /// The attribute after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break.
    pub fn patched(&self, patch: AttributePatch, cx: &Cx) -> Result<Option<Self>> {
        let mut errors = FieldErrors::default();
        for (name, is_null) in [
            ("type", patch.kind == Patch::Null),
            ("label", patch.label == Patch::Null),
            ("required", patch.required == Patch::Null),
            ("hidden_from_students", patch.hidden_from_students == Patch::Null),
            ("order", patch.order == Patch::Null),
        ] {
            if is_null {
                errors.body(format!("/{name}"), "expected a value, found null");
            }
        }
        errors.append(patch.read_only.check(|name| self.read_only_field(name)));
        let old = self.content.clone();
        let kind = patch.kind.apply(Some(old.kind)).unwrap_or(old.kind);
        let content = AttributeContent {
            kind,
            label: patch.label.apply(Some(old.label.clone())).unwrap_or(old.label),
            description: patch.description.apply(old.description),
            options: patch.options.apply(Some(old.options)).unwrap_or_default(),
            required: patch.required.apply(Some(old.required)).unwrap_or(old.required),
            hidden_from_students: patch
                .hidden_from_students
                .apply(Some(old.hidden_from_students))
                .unwrap_or(old.hidden_from_students),
            // A display that was there by default goes with its type.
            display: patch.display.apply(old.display.filter(|_| kind == old.kind)),
            order: patch.order.apply(Some(old.order)).unwrap_or(old.order),
        };
        match content.checked() {
            Ok(content) => {
                let changed = content != self.content;
                errors.or(changed.then(|| Self { content, stamp: self.stamp.next(cx), ..self.clone() }))
            }
            Err(crate::Error::Invalid(more)) => {
                errors.append(more);
                errors.or(None)
            }
            Err(other) => Err(other),
        }
    }

    /// What is left of the attribute where it is deleted and its values are kept.
    pub fn retired(&self, cx: &Cx) -> Self {
        Self { stamp: self.stamp.next(cx), retired: true, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::caller::tests::cx_of;
    use rstest::rstest;

    fn content(kind: AttributeType, options: &[&str]) -> AttributeContent {
        AttributeContent {
            kind,
            label: Label::parse("Grade").expect("valid"),
            description: None,
            options: options.iter().map(|option| OptionText::parse(*option).expect("valid")).collect(),
            required: false,
            hidden_from_students: false,
            display: None,
            order: 0,
        }
    }

    fn attribute(content: AttributeContent) -> Attribute {
        Attribute::create(AttributeKey::parse("grade").expect("valid"), content, &cx_of(Role::Admin)).expect("legal")
    }

    #[rstest]
    #[case::number(content(AttributeType::Number, &[]), &[])]
    #[case::options_of_a_number(content(AttributeType::Number, &["a"]), &["/options"])]
    #[case::choice(content(AttributeType::MultipleChoice, &["a, b", "c"]), &[])]
    #[case::choice_of_nothing(content(AttributeType::MultipleChoice, &[]), &["/options"])]
    #[case::twice(content(AttributeType::MultipleChoice, &["a", "a"]), &["/options/1"])]
    #[case::comma(content(AttributeType::Checkboxes, &["a", "b,c"]), &["/options/1"])]
    #[case::display_of_a_date(AttributeContent { display: Some(Display::Button), ..content(AttributeType::Date, &[]) }, &["/display"])]
    #[case::required_file(AttributeContent { required: true, ..content(AttributeType::File, &[]) }, &["/required"])]
    #[case::order(AttributeContent { order: MAX_ORDER + 1, ..content(AttributeType::Date, &[]) }, &["/order"])]
    #[case::last_order(AttributeContent { order: MAX_ORDER, ..content(AttributeType::Date, &[]) }, &[])]
    fn rules_of_an_attribute(#[case] content: AttributeContent, #[case] places: &[&str]) {
        match content.checked() {
            Ok(_) => assert!(places.is_empty()),
            Err(crate::Error::Invalid(errors)) => assert_eq!(errors.pointers(), places),
            Err(other) => panic!("{other}"),
        }
    }

    #[rstest]
    #[case::at_the_limit(MAX_OPTIONS, true)]
    #[case::one_past_it(MAX_OPTIONS + 1, false)]
    fn an_attribute_has_so_many_options(#[case] count: usize, #[case] legal: bool) {
        let options: Vec<String> = (0..count).map(|i| i.to_string()).collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        assert_eq!(content(AttributeType::Checkboxes, &options).checked().is_ok(), legal);
    }

    #[test]
    fn a_link_shows_as_text_unless_told_otherwise() {
        assert_eq!(attribute(content(AttributeType::Link, &[])).content.display, Some(Display::Text));
    }

    #[test]
    fn a_link_that_becomes_a_date_is_shown_in_no_way() {
        let patch = AttributePatch { kind: Patch::Value(AttributeType::Date), ..AttributePatch::default() };
        let link = attribute(content(AttributeType::Link, &[]));
        let date = link.patched(patch, &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!(date.content.display, None);
    }

    #[test]
    fn a_change_counts_the_version_up_and_an_empty_one_does_not() {
        let number = attribute(content(AttributeType::Number, &[]));
        assert_eq!(number.patched(AttributePatch::default(), &cx_of(Role::Admin)).expect("legal"), None);
        let patch = AttributePatch { required: Patch::Value(true), ..AttributePatch::default() };
        let changed = number.patched(patch, &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!((changed.stamp.version, changed.content.required), (2, true));
    }

    #[test]
    fn what_every_attribute_has_cannot_be_removed() {
        let patch = AttributePatch {
            label: Patch::Null,
            order: Patch::Null,
            options: Patch::Value(vec![OptionText::parse("a").expect("valid")]),
            ..AttributePatch::default()
        };
        let Err(crate::Error::Invalid(errors)) =
            attribute(content(AttributeType::Number, &[])).patched(patch, &cx_of(Role::Admin))
        else {
            panic!("illegal")
        };
        assert_eq!(errors.pointers(), ["/label", "/options", "/order"]);
    }

    #[test]
    fn what_cannot_change_may_only_be_sent_back() {
        let number = attribute(content(AttributeType::Number, &[]));
        let sent = |mut fields: Value| AttributePatch {
            read_only: ReadOnlyFields::take(fields.as_object_mut().expect("an object"), &Attribute::READ_ONLY),
            ..AttributePatch::default()
        };
        let same = json!({"key": "grade", "version": 1, "created_by": "ada", "updated_at": "2026-05-10T12:00:00.000Z"});
        assert_eq!(number.patched(sent(same), &cx_of(Role::Admin)).expect("legal"), None);
        let other = json!({"key": "mark", "version": 2, "updated_by": null});
        let Err(crate::Error::Invalid(errors)) = number.patched(sent(other), &cx_of(Role::Admin)) else {
            panic!("illegal")
        };
        assert_eq!(errors.pointers(), ["/key", "/updated_by", "/version"]);
    }

    #[test]
    fn lost_options_are_named() {
        let before = content(AttributeType::Checkboxes, &["a", "b", "c"]);
        let lost = before.options_lost(&content(AttributeType::Checkboxes, &["c", "d", "a"]));
        assert_eq!(lost.iter().map(OptionText::as_str).collect::<Vec<_>>(), ["b"]);
    }
}
