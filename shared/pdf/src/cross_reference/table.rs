//! Cross-reference tables and their trailers (ISO 32000-2, 7.5.4 and 7.5.5).

use super::{Entry, Target};
use crate::{
    Refusal,
    budget::Budget,
    lexer::{Lexer, Token},
    value::Value,
};

/// Reads a table and its trailer, from the byte after `xref` on.
///
/// # Errors
/// [`Refusal::Malformed`] or [`Refusal::Truncated`] where it is no table; [`Refusal::TooComplex`] past a limit.
pub(crate) fn read<'a>(lexer: &mut Lexer<'a>, budget: &Budget) -> Result<(Vec<Entry>, Value<'a>), Refusal> {
    budget.sections.take(1)?;
    let mut entries = Vec::new();
    let start = lexer.position();
    loop {
        match lexer.next()? {
            Token::Int(first) => {
                let first = u32::try_from(first).map_err(|_| Refusal::Malformed)?;
                for i in 0..lexer.read_natural::<u32>()? {
                    budget.entries.take(1)?;
                    let number = first.checked_add(i).ok_or(Refusal::Malformed)?;
                    entries.extend(read_entry(lexer, number)?);
                }
            }
            Token::Keyword(b"trailer") => break,
            _ => return Err(lexer.unless_truncated(Refusal::Malformed)),
        }
    }
    // Neither comments nor zeros: viewers differ on those.
    if lexer.since(start).iter().any(|byte| !byte.is_ascii_alphanumeric() && !b" \r\n\t".contains(byte)) {
        return Err(Refusal::Malformed);
    }
    Ok((entries, Value::read(lexer)?))
}

/// Reads an entry: `None` where its object is free.
fn read_entry(lexer: &mut Lexer<'_>, number: u32) -> Result<Option<Entry>, Refusal> {
    let at: usize = lexer.read_digits(10)?;
    let _: u32 = lexer.read_digits(5)?;
    let kind = lexer.next()?;
    if !matches!(lexer.rest(), [b'\r' | b'\n', ..] | [b' ' | b'\t', b'\r' | b'\n', ..]) {
        return Err(lexer.unless_truncated(Refusal::Malformed));
    }
    match kind {
        // Some writers list an object that they left out at offset 0.
        Token::Keyword(b"n") if at > 0 => {
            let at = u32::try_from(at).map_err(|_| Refusal::BrokenReferences)?;
            Ok(Some(Entry { number, target: Target::InFile(at) }))
        }
        Token::Keyword(b"n" | b"f") => Ok(None),
        _ => Err(lexer.unless_truncated(Refusal::Malformed)),
    }
}
