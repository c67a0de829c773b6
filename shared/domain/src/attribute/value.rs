//! Values of custom attributes, and the check of one value against its attribute.

use super::{Attribute, AttributeType, Generation};
use crate::{
    id::AttachmentId,
    limits::{MAX_LINK, MAX_NUMBER},
    text::{AttributeKey, LongAnswer, OptionText, ShortAnswer},
    time::DateOrInstant,
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Number, Value};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// The values of a record, by their keys. What of them belongs to an attribute is [`AttributeSet`]'s to say.
///
/// [`AttributeSet`]: super::AttributeSet
pub type Attributes = BTreeMap<AttributeKey, KeptValue>;

/// A value with the generation that it was written under; clients see the value alone.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptValue {
    /// The generation that its attribute was at.
    pub generation: Generation,
    /// The value.
    pub value: AttributeValue,
}

impl KeptValue {
    /// The id of the file that it may name.
    pub fn file(&self) -> Option<AttachmentId> {
        match &self.value {
            AttributeValue::Text(text) => AttachmentId::parse(text).ok(),
            AttributeValue::Flag(_) | AttributeValue::Number(_) | AttributeValue::Texts(_) => None,
        }
    }
}

impl Serialize for KeptValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// A value, in one of the four shapes of the nine types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Of a checkbox.
    Flag(bool),
    /// Of a number.
    Number(Number),
    /// Of an answer, a choice, a date, a link, a file.
    Text(String),
    /// Of checkboxes: the chosen options, in the order of the attribute.
    Texts(Vec<String>),
}

impl Attribute {
    /// The value that `sent` stands for; `None` where it stands for none (an empty choice). `files` are those of the
    /// record that are ready.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn read(&self, sent: &Value, files: &BTreeSet<AttachmentId>) -> Result<Option<AttributeValue>, String> {
        let kind = self.content.kind;
        match (kind, sent) {
            (AttributeType::Checkbox, Value::Bool(flag)) => Ok(Some(AttributeValue::Flag(*flag))),
            (AttributeType::Number, Value::Number(number)) => read_number(number).map(Some),
            (AttributeType::Checkboxes, Value::Array(chosen)) => self.read_choices(chosen),
            (AttributeType::File, Value::String(text)) => read_file(text, files).map(Some),
            (_, Value::String(text)) => self.read_text(text).map(|text| Some(AttributeValue::Text(text))),
            _ => Err(wrong_shape(kind, sent)),
        }
    }

    fn read_text(&self, text: &str) -> Result<String, String> {
        let kind = self.content.kind;
        match kind {
            AttributeType::ShortAnswer => ShortAnswer::parse(text).map(drop).map_err(|error| error.to_string())?,
            AttributeType::LongAnswer => LongAnswer::parse(text).map(drop).map_err(|error| error.to_string())?,
            AttributeType::MultipleChoice => self.check_option(text)?,
            AttributeType::Link => check_link(text)?,
            AttributeType::Date => match DateOrInstant::parse(text) {
                Ok(DateOrInstant::Date(_)) => {}
                _ => return Err(format!("expected a date (2026-05-01), found {:?}", cut(text))),
            },
            AttributeType::Checkbox | AttributeType::Checkboxes | AttributeType::Number | AttributeType::File => {
                return Err(wrong_shape(kind, &Value::String(text.to_owned())));
            }
        }
        Ok(text.to_owned())
    }

    fn check_option(&self, text: &str) -> Result<(), String> {
        if self.content.options.iter().any(|option| option.as_str() == text) {
            return Ok(());
        }
        let options: Vec<&str> = self.content.options.iter().map(OptionText::as_str).collect();
        Err(format!("expected one of {}, found {:?}", cut(&options.join(", ")), cut(text)))
    }

    fn read_choices(&self, chosen: &[Value]) -> Result<Option<AttributeValue>, String> {
        let mut texts = BTreeSet::new();
        for value in chosen {
            let text = value.as_str().ok_or_else(|| wrong_shape(self.content.kind, value))?;
            self.check_option(text)?;
            if !texts.insert(text) {
                return Err(format!("expected distinct options, found {:?} twice", cut(text)));
            }
        }
        let ordered = self.content.options.iter().map(OptionText::as_str).filter(|option| texts.contains(option));
        let ordered: Vec<String> = ordered.map(str::to_owned).collect();
        Ok((!ordered.is_empty()).then_some(AttributeValue::Texts(ordered)))
    }
}

/// The id of a file of the same record.
fn read_file(text: &str, files: &BTreeSet<AttachmentId>) -> Result<AttributeValue, String> {
    let file = AttachmentId::parse(text).ok().filter(|file| files.contains(file));
    let file =
        file.ok_or_else(|| format!("expected the id of a file of this record that is ready, found {:?}", cut(text)))?;
    Ok(AttributeValue::Text(file.to_string()))
}

/// A whole number stays one; others are kept as IEEE 754 doubles, as JSON readers have them.
fn read_number(number: &Number) -> Result<AttributeValue, String> {
    let double = number.as_f64().unwrap_or(f64::INFINITY);
    let size = double.abs();
    if size > MAX_NUMBER || (size != 0.0 && size < MAX_NUMBER.recip()) {
        return Err(format!("expected a number of a size from 1e-100 to 1e100, found {number}"));
    }
    // 5.0 is 5, and has to be equal to it when it comes back from the table.
    #[expect(clippy::cast_possible_truncation, reason = "the fraction is zero and the size is within 2^53")]
    let whole = (number.is_f64() && double.fract() == 0.0 && size < 9e15).then(|| Number::from(double as i64));
    Ok(AttributeValue::Number(whole.unwrap_or_else(|| number.clone())))
}

/// An absolute http or https URL, or a path that starts with one slash. What a browser would read as something else
/// (`//host`, `/\host`, `javascript:`, tabs inside a scheme) is refused.
fn check_link(text: &str) -> Result<(), String> {
    let refused =
        || format!("expected an absolute http or https URL, or a path with one leading slash, found {:?}", cut(text));
    let found = text.chars().count();
    if !(1..=MAX_LINK).contains(&found) {
        return Err(format!("expected 1 to {MAX_LINK} characters, found {found}"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(refused());
    }
    if let Some(path) = text.strip_prefix('/') {
        return if path.starts_with('/') { Err(refused()) } else { Ok(()) };
    }
    // The URL parser mends what a reader of the text would not: it takes `http:host` and `http:///host` too.
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or_else(refused)?;
    let url = Url::parse(text).map_err(|_| refused())?;
    let plain = !rest.starts_with('/') && url.has_host() && url.username().is_empty() && url.password().is_none();
    if plain { Ok(()) } else { Err(refused()) }
}

fn wrong_shape(kind: AttributeType, found: &Value) -> String {
    let expected = match kind {
        AttributeType::Checkbox => "true or false",
        AttributeType::Number => "a number",
        AttributeType::Checkboxes => "an array of options",
        AttributeType::Date => "a date (2026-05-01)",
        AttributeType::MultipleChoice => "one of the options",
        AttributeType::LongAnswer | AttributeType::ShortAnswer | AttributeType::Link => "a text",
        AttributeType::File => "the id of a file of this record that is ready",
    };
    format!("expected {expected}, found {}", cut(&found.to_string()))
}

/// So much of a client's text as an error repeats.
fn cut(text: &str) -> String {
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, attribute::AttributeContent, caller::tests::cx_of, limits, text::Label};
    use rstest::rstest;
    use serde_json::json;

    fn attribute(kind: AttributeType) -> Attribute {
        let options = if kind.has_options() { &["red", "green", "blue"][..] } else { &[] };
        let content = AttributeContent {
            kind,
            label: Label::parse("Colour").expect("valid"),
            description: None,
            options: options.iter().map(|option| OptionText::parse(*option).expect("valid")).collect(),
            required: false,
            hidden_from_students: false,
            display: None,
            order: 0,
        };
        Attribute::create(
            AttributeKey::parse("colour").expect("valid"),
            content,
            Generation::default(),
            &cx_of(Role::Admin),
        )
        .expect("legal")
    }

    /// The files of the record.
    fn files() -> BTreeSet<AttachmentId> {
        [AttachmentId::parse(FILE).expect("an id")].into()
    }

    const FILE: &str = "att_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    use AttributeType::{Checkbox, Checkboxes, Date, File, Link, LongAnswer, MultipleChoice, ShortAnswer};

    #[rstest]
    #[case::checkbox(Checkbox, json!(true), json!(true))]
    #[case::long_answer(LongAnswer, json!("a\nb"), json!("a\nb"))]
    #[case::short_answer(ShortAnswer, json!("B+"), json!("B+"))]
    #[case::choice(MultipleChoice, json!("green"), json!("green"))]
    #[case::choices_in_the_attributes_order(Checkboxes, json!(["blue", "red"]), json!(["red", "blue"]))]
    #[case::whole_number(AttributeType::Number, json!(-5), json!(-5))]
    #[case::whole_number_with_a_point(AttributeType::Number, json!(5.0), json!(5))]
    #[case::fraction(AttributeType::Number, json!(0.125), json!(0.125))]
    #[case::large(AttributeType::Number, json!(1e100), json!(1e100))]
    #[case::date(Date, json!("2026-05-01"), json!("2026-05-01"))]
    #[case::url(Link, json!("https://example.com/a?b=c#d"), json!("https://example.com/a?b=c#d"))]
    #[case::url_in_capitals(Link, json!("HTTP://EXAMPLE.COM"), json!("HTTP://EXAMPLE.COM"))]
    #[case::path(Link, json!("/courses/1"), json!("/courses/1"))]
    #[case::root(Link, json!("/"), json!("/"))]
    #[case::file(File, json!(FILE), json!(FILE))]
    #[case::file_in_small_letters(File, json!(FILE.to_lowercase()), json!(FILE))]
    fn a_value_of_its_type_is_kept(#[case] kind: AttributeType, #[case] sent: Value, #[case] kept: Value) {
        let read = attribute(kind).read(&sent, &files()).expect("valid").expect("a value");
        assert_eq!(serde_json::to_value(read).expect("serialisable"), kept);
    }

    #[rstest]
    #[case::checkbox_as_text(Checkbox, json!("true"))]
    #[case::checkbox_as_number(Checkbox, json!(1))]
    #[case::answer_as_number(ShortAnswer, json!(5))]
    #[case::answer_of_two_lines(ShortAnswer, json!("a\nb"))]
    #[case::blank_answer(LongAnswer, json!(" \n"))]
    #[case::no_option(MultipleChoice, json!("yellow"))]
    #[case::option_in_capitals(MultipleChoice, json!("RED"))]
    #[case::options_as_text(Checkboxes, json!("red,blue"))]
    #[case::option_twice(Checkboxes, json!(["red", "red"]))]
    #[case::one_option_that_is_none(Checkboxes, json!(["red", "yellow"]))]
    #[case::number_among_options(Checkboxes, json!(["red", 5]))]
    #[case::number_as_text(AttributeType::Number, json!("5"))]
    #[case::too_large(AttributeType::Number, json!(1.1e100))]
    #[case::too_small(AttributeType::Number, json!(1e-101))]
    #[case::instant(Date, json!("2026-05-01T00:00:00Z"))]
    #[case::british_date(Date, json!("01/05/2026"))]
    #[case::no_day(Date, json!("2026-02-30"))]
    #[case::no_file(File, json!("att_1"))]
    #[case::file_of_another_record(File, json!("att_01ARZ3NDEKTSV4RRFFQ69G5FAW"))]
    #[case::file_as_an_object(File, json!({"id": FILE}))]
    #[case::object(ShortAnswer, json!({}))]
    fn another_value_is_refused(#[case] kind: AttributeType, #[case] sent: Value) {
        assert!(attribute(kind).read(&sent, &files()).expect_err("invalid").starts_with("expected "));
    }

    #[rstest]
    #[case("javascript:alert(1)")]
    #[case("JaVaScRiPt:alert(1)")]
    #[case("java\tscript:alert(1)")]
    #[case(" javascript:alert(1)")]
    #[case("data:text/html,x")]
    #[case("vbscript:x")]
    #[case("file:///etc/passwd")]
    #[case("ftp://example.com")]
    #[case("mailto:ada@example.com")]
    #[case("//evil.example")]
    #[case("/\\evil.example")]
    #[case("\\\\evil.example")]
    #[case("/\t/evil.example")]
    #[case("https:evil.example")]
    #[case("https:/evil.example")]
    #[case("https:///evil.example")]
    #[case("https://")]
    #[case("https://user@evil.example")]
    #[case("https://user:pass@evil.example")]
    #[case("https://exa mple.com")]
    #[case("courses/1")]
    #[case("example.com")]
    #[case("")]
    fn a_link_leads_to_a_page_and_nowhere_else(#[case] link: &str) {
        assert!(attribute(Link).read(&json!(link), &files()).is_err());
    }

    #[test]
    fn a_link_may_be_as_long_as_its_limit_and_no_longer() {
        let link = |length| json!(format!("/{}", "x".repeat(length - 1)));
        assert!(attribute(Link).read(&link(limits::MAX_LINK), &files()).is_ok());
        assert!(attribute(Link).read(&link(limits::MAX_LINK + 1), &files()).is_err());
    }

    #[test]
    fn choosing_nothing_is_no_value() {
        assert_eq!(attribute(Checkboxes).read(&json!([]), &files()), Ok(None));
    }
}
