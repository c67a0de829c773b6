//! The first line of a file (ISO 32000-2, 7.5.2).

use crate::{Refusal, lexer::is_space};

/// Checks that a file begins with `%PDF-`, a version, and nothing else on that line.
pub(crate) fn check(file: &[u8]) -> Result<(), Refusal> {
    let [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', rest @ ..] = file else {
        return Err(Refusal::NotAPdf);
    };
    let mut line = rest.iter().take_while(|byte| !matches!(byte, b'\r' | b'\n'));
    if line.all(|byte| is_space(*byte)) { Ok(()) } else { Err(Refusal::ForeignContent) }
}
