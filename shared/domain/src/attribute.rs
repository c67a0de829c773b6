//! Custom attributes: the columns that a tenant adds to its records.

pub mod generation;
pub mod set;
pub mod value;

pub use generation::Generation;
pub use set::AttributeSet;
pub use value::{AttributeValue, Attributes, KeptValue};

use crate::{
    caller::Cx,
    error::{FieldErrors, Result},
    limits::{MAX_OPTIONS, MAX_ORDER},
    patch::Patch,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::{AttributeKey, Description, Label, OptionText},
    time,
};
use chrono::{DateTime, Utc};
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
    /// The generation of its values: those of another are not its own.
    #[serde(default, skip_serializing_if = "Generation::is_empty")]
    pub generation: Generation,
    /// What its admins say of it.
    #[serde(flatten)]
    pub content: AttributeContent,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether it was deleted while records keep values of it: it exists for nobody, but those values have its type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Since when it has been shown to students without a break: see [`Attribute::shown_since`].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    pub shown_since: Option<DateTime<Utc>>,
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

    /// A new attribute, whose values are of this generation.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn create(key: AttributeKey, content: AttributeContent, generation: Generation, cx: &Cx) -> Result<Self> {
        let content = content.checked()?;
        let shown_since = (!content.hidden_from_students).then_some(cx.now);
        Ok(Self { key, generation, content, stamp: Stamp::first(cx), retired: false, shown_since })
    }

    /// Since when students have seen it without a break; nothing where it does not exist for them. An attribute that
    /// was written before this was kept says at least since when nothing else of it changed.
    pub fn shown_since(&self) -> Option<DateTime<Utc>> {
        let is_shown = !self.retired && !self.content.hidden_from_students;
        is_shown.then(|| self.shown_since.unwrap_or(self.stamp.updated_at))
    }

    /// The attribute after a change, or `None` where the change changes nothing. Where its type changes, its values are
    /// of the generation `minted` from then on.
    ///
    /// # Errors
    /// Every rule that the outcome would break.
    pub fn patched(&self, patch: AttributePatch, minted: Generation, cx: &Cx) -> Result<Option<Self>> {
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
                let shown_since = (!content.hidden_from_students).then(|| self.shown_since().unwrap_or(cx.now));
                let generation = if content.kind == self.content.kind { self.generation.clone() } else { minted };
                let stamp = self.stamp.next(cx);
                errors.or(changed.then(|| Self { content, generation, stamp, shown_since, ..self.clone() }))
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
mod tests;
