//! Texts with a rule: a private field, one `parse`, and the rule as the doc comment.

use crate::limits;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// Why a text was refused: what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Not within its length.
    #[error("expected 1 to {max} characters, found {found}")]
    Length {
        /// The most characters allowed.
        max: usize,
        /// How many there were.
        found: usize,
    },
    /// Nothing but white space.
    #[error("expected a text, found only white space")]
    Blank,
    /// A control character.
    #[error("expected no control characters, found U+{0:04X}")]
    Control(u32),
    /// A line or paragraph separator.
    #[error("expected one line, found U+{0:04X}, which starts another")]
    Separator(u32),
    /// Something else than a visible ASCII character.
    #[error("expected visible ASCII characters, found U+{0:04X}")]
    NotVisible(u32),
    /// Not kebab-case.
    #[error("expected words of a–z and 0–9 joined by single dashes (valid-until)")]
    NotKebab,
    /// Not an e-mail address.
    #[error("expected an e-mail address (ada@example.com)")]
    NotAddress,
}

/// No control characters, no line or paragraph separators: what may stand in a header, in a line of a log or in a cell
/// of a CSV file.
pub(crate) fn one_line(text: &str) -> Result<(), InvalidText> {
    match text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        None => Ok(()),
        Some(c @ ('\u{2028}' | '\u{2029}')) => Err(InvalidText::Separator(c.into())),
        Some(c) => Err(InvalidText::Control(c.into())),
    }
}

/// 1 to `max` characters, not all of them white space, no control characters.
fn line(text: &str, max: usize) -> Result<(), InvalidText> {
    length(text, max)?;
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(InvalidText::Control(c.into()));
    }
    if text.trim().is_empty() {
        return Err(InvalidText::Blank);
    }
    Ok(())
}

/// 1 to `max` visible ASCII characters (U+0021 to U+007E).
fn token(text: &str, max: usize) -> Result<(), InvalidText> {
    length(text, max)?;
    match text.chars().find(|c| !c.is_ascii_graphic()) {
        Some(c) => Err(InvalidText::NotVisible(c.into())),
        None => Ok(()),
    }
}

/// 1 to `max` characters, not all of them white space, no control characters but tabs and line ends.
fn lines(text: &str, max: usize) -> Result<(), InvalidText> {
    length(text, max)?;
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(InvalidText::Control(c.into()));
    }
    if text.trim().is_empty() {
        return Err(InvalidText::Blank);
    }
    Ok(())
}

/// Words of lower-case letters and digits, joined by single dashes.
fn kebab(text: &str, max: usize) -> Result<(), InvalidText> {
    length(text, max)?;
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.split('-').all(word) { Ok(()) } else { Err(InvalidText::NotKebab) }
}

/// One `@` with something on both sides, no white space, no control characters.
fn address(text: &str, max: usize) -> Result<(), InvalidText> {
    length(text, max)?;
    let shape = text
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if shape && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Ok(())
    } else {
        Err(InvalidText::NotAddress)
    }
}

fn length(text: &str, max: usize) -> Result<(), InvalidText> {
    let found = text.chars().count();
    if (1..=max).contains(&found) { Ok(()) } else { Err(InvalidText::Length { max, found }) }
}

macro_rules! texts {
    ($($(#[$doc:meta])+ $name:ident: $rule:ident($max:expr);)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks the rule of this type.
            ///
            /// # Errors
            /// What was expected and what was found.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
                let text = text.into();
                $rule(&text, $max)?;
                Ok(Self(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )+};
}

texts! {
    /// A person's id, given by the client or by an identity provider (`sub`): 1–128 visible ASCII characters.
    PersonId: token(limits::MAX_CLIENT_ID);
    /// A client's own id for a record, unique in the tenant: 1–128 visible ASCII characters.
    ExternalId: token(limits::MAX_CLIENT_ID);
    /// The id of an application whose records are kept apart: 1–128 visible ASCII characters.
    AppId: token(limits::MAX_CLIENT_ID);
    /// The id of an activity: 1–128 visible ASCII characters.
    ActivityId: token(limits::MAX_CLIENT_ID);
    /// The id of a course: 1–128 visible ASCII characters.
    CourseId: token(limits::MAX_CLIENT_ID);
    /// The id of a module's place in a course: 1–128 visible ASCII characters.
    CourseItemId: token(limits::MAX_CLIENT_ID);
    /// The id of an enrolment: 1–128 visible ASCII characters.
    EnrollmentId: token(limits::MAX_CLIENT_ID);
    /// The id of a training cohort: 1–128 visible ASCII characters.
    CohortId: token(limits::MAX_CLIENT_ID);
    /// The id of a formal assessment: 1–128 visible ASCII characters.
    AssessmentId: token(limits::MAX_CLIENT_ID);
    /// The name of what was learnt: 1–500 characters on one line, not blank.
    Title: line(limits::MAX_TITLE);
    /// Who provided the learning (`AWS`, `Coursera`): 1–200 characters on one line, not blank.
    Provider: line(limits::MAX_PROVIDER);
    /// An external credential's URL, badge id or reference number: 1–2,048 characters on one line, not blank.
    CertificationRef: line(limits::MAX_CERTIFICATION_REF);
    /// A provenance tag: 1–64 characters on one line, not blank.
    Source: line(limits::MAX_SOURCE);
    /// The label of an API key, the name of a tenant: 1–100 characters on one line, not blank.
    Label: line(limits::MAX_LABEL);
    /// The key of a custom attribute: 1–64 characters in kebab-case (`valid-until`).
    AttributeKey: kebab(limits::MAX_ATTRIBUTE_KEY);
    /// The description of a custom attribute: 1–1,000 characters, not blank.
    Description: lines(limits::MAX_DESCRIPTION);
    /// An option of a custom attribute: 1–200 characters on one line, not blank.
    OptionText: line(limits::MAX_OPTION);
    /// A short answer: 1–500 characters on one line, not blank.
    ShortAnswer: line(limits::MAX_SHORT_ANSWER);
    /// A long answer: 1–10,000 characters, not blank.
    LongAnswer: lines(limits::MAX_LONG_ANSWER);
    /// A person's name: 1–200 characters on one line, not blank.
    PersonName: line(limits::MAX_PERSON_NAME);
    /// An e-mail address: at most 254 characters, one `@` with something on both sides, no white space.
    Email: address(limits::MAX_EMAIL);
    /// Another system's id for a person: 1–128 visible ASCII characters.
    PersonExternalId: token(limits::MAX_CLIENT_ID);
    /// What people are searched by: 1–200 characters on one line, not blank.
    SearchText: line(limits::MAX_SEARCH);
    /// An `Idempotency-Key`: 1–255 visible ASCII characters.
    IdempotencyKey: token(limits::MAX_IDEMPOTENCY_KEY);
}

impl Default for Source {
    /// `edm`, the provenance tag of a record that names none.
    fn default() -> Self {
        Self("edm".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::one("a")]
    #[case::an_identity_providers("auth0|507f1f77bcf86cd799439020")]
    #[case::separators("a#b/c?d%e")]
    fn a_person_id_is_visible_ascii(#[case] text: &str) {
        assert_eq!(PersonId::parse(text).expect("valid").as_str(), text);
    }

    #[rstest]
    #[case::empty("", "expected 1 to 128 characters, found 0")]
    #[case::space("a b", "expected visible ASCII characters, found U+0020")]
    #[case::accent("é", "expected visible ASCII characters, found U+00E9")]
    #[case::newline("a\n", "expected visible ASCII characters, found U+000A")]
    fn another_person_id_is_refused(#[case] text: &str, #[case] why: &str) {
        assert_eq!(PersonId::parse(text).expect_err("invalid").to_string(), why);
    }

    #[rstest]
    #[case::client_id(limits::MAX_CLIENT_ID, |s: String| ExternalId::parse(s).is_ok())]
    #[case::title(limits::MAX_TITLE, |s: String| Title::parse(s).is_ok())]
    #[case::provider(limits::MAX_PROVIDER, |s: String| Provider::parse(s).is_ok())]
    #[case::certification_ref(limits::MAX_CERTIFICATION_REF, |s: String| CertificationRef::parse(s).is_ok())]
    #[case::source(limits::MAX_SOURCE, |s: String| Source::parse(s).is_ok())]
    #[case::label(limits::MAX_LABEL, |s: String| Label::parse(s).is_ok())]
    #[case::attribute_key(limits::MAX_ATTRIBUTE_KEY, |s: String| AttributeKey::parse(s).is_ok())]
    #[case::description(limits::MAX_DESCRIPTION, |s: String| Description::parse(s).is_ok())]
    #[case::option(limits::MAX_OPTION, |s: String| OptionText::parse(s).is_ok())]
    #[case::short_answer(limits::MAX_SHORT_ANSWER, |s: String| ShortAnswer::parse(s).is_ok())]
    #[case::long_answer(limits::MAX_LONG_ANSWER, |s: String| LongAnswer::parse(s).is_ok())]
    #[case::person_name(limits::MAX_PERSON_NAME, |s: String| PersonName::parse(s).is_ok())]
    #[case::email(limits::MAX_EMAIL, |s: String| Email::parse(s.replacen("xx", "x@", 1)).is_ok())]
    #[case::person_external_id(limits::MAX_CLIENT_ID, |s: String| PersonExternalId::parse(s).is_ok())]
    #[case::search(limits::MAX_SEARCH, |s: String| SearchText::parse(s).is_ok())]
    #[case::idempotency_key(limits::MAX_IDEMPOTENCY_KEY, |s: String| IdempotencyKey::parse(s).is_ok())]
    fn a_text_may_be_as_long_as_its_limit_and_no_longer(#[case] limit: usize, #[case] accepts: fn(String) -> bool) {
        assert!(accepts("x".repeat(limit)));
        assert!(!accepts("x".repeat(limit + 1)));
    }

    #[test]
    fn a_title_counts_characters_not_bytes() {
        assert!(Title::parse("é".repeat(limits::MAX_TITLE)).is_ok());
    }

    #[rstest]
    #[case::blank("   ", "expected a text, found only white space")]
    #[case::nul("a\0", "expected no control characters, found U+0000")]
    #[case::two_lines("a\nb", "expected no control characters, found U+000A")]
    fn a_title_is_one_line(#[case] text: &str, #[case] why: &str) {
        assert_eq!(Title::parse(text).expect_err("invalid").to_string(), why);
    }

    #[rstest]
    #[case::one_word("grade", true)]
    #[case::words("valid-until-2", true)]
    #[case::upper_case("Grade", false)]
    #[case::two_dashes("a--b", false)]
    #[case::dash_at_the_end("a-", false)]
    #[case::underscore("a_b", false)]
    #[case::accent("é", false)]
    fn an_attribute_key_is_kebab_case(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(AttributeKey::parse(text).is_ok(), valid);
    }

    #[rstest]
    #[case::plain("ada@example.com", true)]
    #[case::not_ascii("zoë@exämple.de", true)]
    #[case::no_at("ada.example.com", false)]
    #[case::two_ats("a@b@c", false)]
    #[case::nothing_before("@example.com", false)]
    #[case::nothing_after("ada@", false)]
    #[case::white_space("ada lovelace@example.com", false)]
    fn an_email_has_one_at(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(Email::parse(text).is_ok(), valid);
    }

    #[rstest]
    #[case::lines("a\nb\tc\r\n", true)]
    #[case::bell("a\u{7}", false)]
    #[case::blank("\n \n", false)]
    fn a_long_answer_has_lines(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(LongAnswer::parse(text).is_ok(), valid);
    }
}
