//! Whether a file is a PDF that does nothing but show its pages.

use rol_domain::attachment::Reason;

/// # Errors
/// What is wrong with the file.
pub fn check(content: &[u8]) -> Result<(), Reason> {
    if !content.starts_with(b"%PDF-") {
        return Err(Reason::NotAPdf);
    }
    if !content.windows(5).any(|window| window == b"%%EOF") {
        return Err(Reason::Truncated);
    }
    Ok(())
}
