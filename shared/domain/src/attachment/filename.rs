//! What a file is called: kept as it came, and made harmless where a computer would act on it.

use crate::{
    limits::{MAX_FILENAME, MAX_SAVED_NAME},
    text::{InvalidText, one_line},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A file's name: 1–500 characters on one line, which end in `.pdf` in either case. A name that is read back from the
/// table is not checked again: some were stored when a name could have several lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filename(String);

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFilename {
    /// Empty, or too long.
    #[error("expected 1 to {MAX_FILENAME} characters, found {0}")]
    Length(usize),
    /// Not on one line.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// Of another type.
    #[error("expected a name that ends in .pdf: only PDFs are attached")]
    NotPdf,
}

/// What the names of PDFs end in.
const SUFFIX: &str = ".pdf";

impl Filename {
    /// Checks the rule of this type.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidFilename> {
        let text = text.into();
        let found = text.chars().count();
        if !(1..=MAX_FILENAME).contains(&found) {
            return Err(InvalidFilename::Length(found));
        }
        one_line(&text)?;
        let suffix = text.len().checked_sub(SUFFIX.len()).and_then(|at| text.get(at..));
        if !suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(SUFFIX)) {
            return Err(InvalidFilename::NotPdf);
        }
        Ok(Self(text))
    }

    /// The name as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name under which a computer may save the file: on one line, in one directory, read as it is written, no
    /// longer than file systems take. It still ends in `.pdf`.
    pub fn to_save(&self) -> String {
        let stem = self.0.get(..self.0.len().saturating_sub(SUFFIX.len())).unwrap_or_default();
        let safe = stem.chars().map(|c| if is_harmful(c) { '_' } else { c });
        let safe: String = safe.take(MAX_SAVED_NAME - SUFFIX.len()).collect();
        // Neither hidden nor a directory, and something in any case.
        let rest = safe.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end();
        if rest.is_empty() { format!("file{SUFFIX}") } else { format!("{rest}{SUFFIX}") }
    }
}

/// Whether a character ends a line, names a directory, means something to a shell or a file system, or makes a name
/// look like another one.
fn is_harmful(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || invisible || r#"/\:*?"<>|%"#.contains(c)
}

impl fmt::Display for Filename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("First aid.pdf", "First aid.pdf")]
    #[case::capitals("SCAN.PDF", "SCAN.pdf")]
    #[case::letters("Zeugnis für Zoë – 証明書.pdf", "Zeugnis für Zoë – 証明書.pdf")]
    #[case::quotes(r#"the "best" o'clock.pdf"#, "the _best_ o'clock.pdf")]
    #[case::upwards("../../etc/passwd.pdf", "_.._etc_passwd.pdf")]
    #[case::windows(r"C:\autoexec.pdf", "C__autoexec.pdf")]
    #[case::right_to_left("invoice\u{202e}fdp.exe.pdf", "invoice_fdp.exe.pdf")]
    #[case::nothing_else(".pdf", "file.pdf")]
    #[case::hidden("...pdf.pdf", "pdf.pdf")]
    fn a_name_is_kept_as_it_came_and_saved_without_harm(#[case] came: &str, #[case] saved: &str) {
        let name = Filename::parse(came).expect("a name");
        assert_eq!((name.as_str(), name.to_save().as_str()), (came, saved));
    }

    #[rstest]
    #[case::lines("a\r\nset-cookie: x.pdf", "a__set-cookie_ x.pdf")]
    #[case::nul("a\0b.pdf", "a_b.pdf")]
    #[case::separator("a\u{2028}b.pdf", "a_b.pdf")]
    fn a_name_that_was_stored_with_several_lines_is_saved_without_harm(#[case] stored: &str, #[case] saved: &str) {
        let name = read_back(stored);
        assert_eq!((name.as_str(), name.to_save().as_str()), (stored, saved));
    }

    /// A name as the table has it.
    fn read_back(name: &str) -> Filename {
        serde_json::from_value(name.into()).expect("a text")
    }

    #[rstest]
    #[case::carriage_return('\r', "expected no control characters, found U+000D")]
    #[case::line_feed('\n', "expected no control characters, found U+000A")]
    #[case::nul('\0', "expected no control characters, found U+0000")]
    #[case::bell('\u{7}', "expected no control characters, found U+0007")]
    #[case::tab('\t', "expected no control characters, found U+0009")]
    #[case::delete('\u{7f}', "expected no control characters, found U+007F")]
    #[case::next_line('\u{85}', "expected no control characters, found U+0085")]
    #[case::line_separator('\u{2028}', "expected one line, found U+2028, which starts another")]
    #[case::paragraph_separator('\u{2029}', "expected one line, found U+2029, which starts another")]
    fn a_name_has_one_line(#[case] c: char, #[case] why: &str) {
        for name in [format!("a{c}b.pdf"), format!("{c}.pdf"), format!("a.pdf{c}")] {
            assert_eq!(Filename::parse(name).expect_err("invalid").to_string(), why);
        }
    }

    #[rstest]
    #[case::other_type("a.docx", InvalidFilename::NotPdf)]
    #[case::two_types("a.pdf.exe", InvalidFilename::NotPdf)]
    #[case::blank_behind("a.pdf ", InvalidFilename::NotPdf)]
    #[case::no_dot("pdf", InvalidFilename::NotPdf)]
    #[case::not_ascii("ä.pdƒ", InvalidFilename::NotPdf)]
    #[case::cut_inside_a_character("ééé", InvalidFilename::NotPdf)]
    #[case::empty("", InvalidFilename::Length(0))]
    fn another_name_is_refused(#[case] text: &str, #[case] why: InvalidFilename) {
        assert_eq!(Filename::parse(text), Err(why));
    }

    #[test]
    fn a_name_may_be_as_long_as_its_limit_and_no_longer() {
        let name = |length: usize| Filename::parse("é".repeat(length - 4) + ".pdf");
        let longest = name(MAX_FILENAME).expect("a name");
        assert_eq!(longest.to_save().chars().count(), MAX_SAVED_NAME);
        assert_eq!(name(MAX_FILENAME + 1), Err(InvalidFilename::Length(MAX_FILENAME + 1)));
    }

    proptest! {
        #[test]
        fn what_is_saved_is_a_name_that_saves_as_itself(stem in "\\PC{0,40}|[./\\\\:\u{202e}\r\n\0 \"]{0,20}") {
            let name = read_back(&(stem + ".pdf"));
            let saved = name.to_save();
            prop_assert!(!saved.starts_with('.') && !saved.chars().any(is_harmful));
            prop_assert_eq!(Filename::parse(saved.clone()).expect("a name").to_save(), saved);
        }
    }
}
