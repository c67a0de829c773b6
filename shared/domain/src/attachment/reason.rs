//! Why a file is not accepted as a PDF.

use serde::{Deserialize, Serialize};

/// What is wrong with a file. Serialized it is its code, which is stable; displayed it is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It does not begin as a PDF does.
    #[error("expected a PDF, found a file that does not begin with %PDF- and a version")]
    NotAPdf,
    /// It ends too early.
    #[error("expected a whole PDF, found one that ends before its last line, %%EOF")]
    Truncated,
    /// Something in it cannot be read.
    #[error("expected a well-formed PDF, found an object or a stream that cannot be read")]
    Malformed,
    /// Its cross-reference does not lead to its objects.
    #[error(
        "expected a cross-reference that leads to the PDF's objects, found one that is missing, loops or leads elsewhere"
    )]
    BrokenReferences,
    /// Its catalog leads to no page.
    #[error("expected at least one page, found none")]
    NoPages,
    /// It is larger inside than any ordinary document of its size.
    #[error(
        "expected an ordinary document, found one that unpacks to too much, nests too deeply or has too many objects"
    )]
    TooComplex,
    /// It holds what belongs to no object of it, or is a file of another kind at the same time.
    #[error("expected nothing but a PDF, found content of another kind before, between, inside or after its objects")]
    ForeignContent,
    /// It needs a password, or would without one be encrypted still.
    #[error("expected a PDF without encryption, found an encrypted one: save it without password and restrictions")]
    Encrypted,
    /// It runs a script.
    #[serde(rename = "javascript")]
    #[error("expected no JavaScript, found some")]
    JavaScript,
    /// It does more on opening than show one of its pages.
    #[error("expected no action on opening other than going to a page, found one")]
    OpenAction,
    /// It does something when it, a page or a field is opened, entered, printed, …
    #[error("expected no additional actions (/AA), found some")]
    AdditionalActions,
    /// It starts a program or opens a file.
    #[error("expected no action that launches a program, found one")]
    Launch,
    /// It carries other files.
    #[error("expected no embedded files, found some")]
    EmbeddedFile,
    /// It refers to files outside itself.
    #[error("expected no reference to files outside the PDF, found one; links to web addresses are fine")]
    ExternalFile,
    /// It plays sound, film, 3D or other rich media.
    #[error("expected no multimedia (sound, film, 3D), found some")]
    Multimedia,
    /// It is or holds an XFA form.
    #[error("expected no XFA form, found one: print it to a PDF")]
    Xfa,
    /// It sends a form's data somewhere, or fetches it.
    #[error("expected no action that submits or imports a form's data, found one")]
    FormSubmission,
}

impl Reason {
    /// Every reason.
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

    /// Its code, as it is stored and shown.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_serialized_as_its_code() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).expect("serializable"), reason.code());
        }
    }

    #[test]
    fn reasons_are_told_apart() {
        for (i, reason) in Reason::ALL.into_iter().enumerate() {
            assert!(Reason::ALL[..i].iter().all(|other| other.code() != reason.code()), "{reason:?}");
            assert!(Reason::ALL[..i].iter().all(|other| other.to_string() != reason.to_string()), "{reason:?}");
        }
    }
}
