//! Why a file is refused.

use std::{error, fmt};

/// What is wrong with a file, one thing. It is displayed as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// It does not begin with `%PDF-` and a version.
    NotAPdf,
    /// It ends before its last line, `%%EOF`.
    Truncated,
    /// An object or a stream in it cannot be read.
    Malformed,
    /// Its cross-reference is missing, loops, or leads to something other than its objects.
    BrokenReferences,
    /// Its catalog leads to no page.
    NoPages,
    /// It goes past one of the [limits](crate::limits).
    TooComplex,
    /// It holds bytes that belong to no object, or is a file of another kind at the same time.
    ForeignContent,
    /// It is encrypted, with a password or without one.
    Encrypted,
    /// It runs a script.
    JavaScript,
    /// It does more on opening than show one of its pages.
    OpenAction,
    /// It does something when it, a page or a field is opened, entered, printed, …
    AdditionalActions,
    /// It starts a program or opens a file.
    Launch,
    /// It carries other files.
    EmbeddedFile,
    /// It refers to files outside itself. Links to web addresses are no such reference.
    ExternalFile,
    /// It plays sound, film, 3D or other rich media.
    Multimedia,
    /// It is or holds an XFA form.
    Xfa,
    /// It sends a form's data somewhere, or fetches it.
    FormSubmission,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 17] = [
        Self::NotAPdf,
        Self::Truncated,
        Self::Malformed,
        Self::BrokenReferences,
        Self::NoPages,
        Self::TooComplex,
        Self::ForeignContent,
        Self::Encrypted,
        Self::JavaScript,
        Self::OpenAction,
        Self::AdditionalActions,
        Self::Launch,
        Self::EmbeddedFile,
        Self::ExternalFile,
        Self::Multimedia,
        Self::Xfa,
        Self::FormSubmission,
    ];

    /// Its code, which never changes.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPdf => "not_a_pdf",
            Self::Truncated => "truncated",
            Self::Malformed => "malformed",
            Self::BrokenReferences => "broken_references",
            Self::NoPages => "no_pages",
            Self::TooComplex => "too_complex",
            Self::ForeignContent => "foreign_content",
            Self::Encrypted => "encrypted",
            Self::JavaScript => "javascript",
            Self::OpenAction => "open_action",
            Self::AdditionalActions => "additional_actions",
            Self::Launch => "launch",
            Self::EmbeddedFile => "embedded_file",
            Self::ExternalFile => "external_file",
            Self::Multimedia => "multimedia",
            Self::Xfa => "xfa",
            Self::FormSubmission => "form_submission",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl error::Error for Refusal {}
