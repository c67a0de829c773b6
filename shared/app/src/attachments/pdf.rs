//! Whether a file is an ordinary PDF, in the domain's words.

use rol_domain::{attachment::Reason, limits::MAX_FILE_BYTES};
use rol_pdf::Refusal;

// The bounds of memory and time of a check hold for files up to its own limit.
const _: () = assert!(MAX_FILE_BYTES <= rol_pdf::limits::MAX_FILE_BYTES as u64);

/// Checks that a file is an ordinary PDF: see [`rol_pdf`] for what that is.
///
/// # Errors
/// What is wrong with it, one thing.
pub(super) fn check(bytes: &[u8]) -> Result<(), Reason> {
    rol_pdf::check(bytes).map_err(reason)
}

fn reason(refusal: Refusal) -> Reason {
    match refusal {
        Refusal::NotAPdf => Reason::NotAPdf,
        Refusal::Truncated => Reason::Truncated,
        Refusal::Malformed => Reason::Malformed,
        Refusal::BrokenReferences => Reason::BrokenReferences,
        Refusal::NoPages => Reason::NoPages,
        Refusal::TooComplex => Reason::TooComplex,
        Refusal::ForeignContent => Reason::ForeignContent,
        Refusal::Encrypted => Reason::Encrypted,
        Refusal::JavaScript => Reason::JavaScript,
        Refusal::OpenAction => Reason::OpenAction,
        Refusal::AdditionalActions => Reason::AdditionalActions,
        Refusal::Launch => Reason::Launch,
        Refusal::EmbeddedFile => Reason::EmbeddedFile,
        Refusal::ExternalFile => Reason::ExternalFile,
        Refusal::Multimedia => Reason::Multimedia,
        Refusal::Xfa => Reason::Xfa,
        Refusal::FormSubmission => Reason::FormSubmission,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_reason_with_the_same_code() {
        for refusal in Refusal::ALL {
            assert_eq!(reason(refusal).code(), refusal.code());
        }
        assert_eq!(Refusal::ALL.len(), Reason::ALL.len());
    }
}
