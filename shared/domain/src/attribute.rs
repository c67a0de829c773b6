//! Custom attributes: the columns that a tenant adds to its records.

pub mod set;
pub mod value;

pub use set::AttributeSet;
pub use value::{AttributeValue, Attributes};

use crate::{
    caller::Cx,
    error::{FieldErrors, Result, pointer_token},
    limits::{MAX_OPTIONS, MAX_ORDER},
    patch::Patch,
    stamp::Stamp,
    text::{AttributeKey, Description, Label, OptionText},
    time,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
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
    /// What the client sent back of what it cannot change: of no effect while it is what the attribute shows.
    pub echo: Map<String, Value>,
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
    /// A new attribute.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn create(key: AttributeKey, content: AttributeContent, cx: &Cx) -> Result<Self> {
        let content = content.checked()?;
        let shown_since = (!content.hidden_from_students).then_some(cx.now);
        Ok(Self { key, content, stamp: Stamp::first(cx), retired: false, shown_since })
    }

    /// Since when students have seen it without a break; nothing where it does not exist for them. An attribute that
    /// was written before this was kept says at least since when nothing else of it changed.
    pub fn shown_since(&self) -> Option<DateTime<Utc>> {
        let is_shown = !self.retired && !self.content.hidden_from_students;
        is_shown.then(|| self.shown_since.unwrap_or(self.stamp.updated_at))
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
        errors.append(self.differing(&patch.echo));
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
                errors.or(changed.then(|| Self { content, stamp: self.stamp.next(cx), shown_since, ..self.clone() }))
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

    /// What was sent back and is not what the attribute shows.
    fn differing(&self, echo: &Map<String, Value>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (name, sent) in echo {
            let shown = if name == "key" { json!(self.key) } else { self.stamp.shown(name).unwrap_or_default() };
            if *sent != shown {
                errors.body(
                    pointer_token(name),
                    format_args!("expected {shown} or nothing, found {sent}: this request cannot set it"),
                );
            }
        }
        errors
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
        let sent = |echo: Value| AttributePatch {
            echo: echo.as_object().cloned().expect("an object"),
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
    fn an_attribute_is_shown_since_it_was_last_hidden() {
        let at = |second: i64| Cx { now: DateTime::from_timestamp(second, 0).expect("in range"), ..cx_of(Role::Admin) };
        let change = |attribute: &Attribute, patch: AttributePatch, second| {
            attribute.patched(patch, &at(second)).expect("legal").expect("changed")
        };
        let hide = |hidden| AttributePatch { hidden_from_students: Patch::Value(hidden), ..AttributePatch::default() };
        let order = || AttributePatch { order: Patch::Value(7), ..AttributePatch::default() };
        let since = |attribute: &Attribute| attribute.shown_since().map(|at| at.timestamp());
        let key = AttributeKey::parse("grade").expect("valid");
        let made = Attribute::create(key, content(AttributeType::Number, &[]), &at(1)).expect("legal");
        let moved = change(&made, order(), 2);
        assert_eq!((since(&made), since(&moved)), (Some(1), Some(1)));
        let hidden = change(&moved, hide(true), 3);
        assert_eq!((since(&hidden), since(&change(&hidden, hide(false), 4))), (None, Some(4)));
        assert_eq!(since(&made.retired(&at(5))), None);
        let older = Attribute { shown_since: None, ..moved };
        assert_eq!(since(&older), Some(2), "kept before it was known");
    }

    #[test]
    fn lost_options_are_named() {
        let before = content(AttributeType::Checkboxes, &["a", "b", "c"]);
        let lost = before.options_lost(&content(AttributeType::Checkboxes, &["c", "d", "a"]));
        assert_eq!(lost.iter().map(OptionText::as_str).collect::<Vec<_>>(), ["b"]);
    }
}
