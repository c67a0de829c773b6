//! Streams that hold a part of the document's structure: object streams and cross-reference streams
//! (ISO 32000-2, 7.5.7 and 7.5.8). No other stream is unpacked.

use super::{
    lexer::Lexer,
    value::{Dict, Value},
};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use rol_domain::{
    attachment::Reason,
    limits::{MAX_PDF_OBJECTS, MAX_PDF_STREAM_BYTES, MAX_PDF_UNPACKED_BYTES},
};

/// What may still be unpacked, in bytes.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_PDF_UNPACKED_BYTES)
    }
}

/// A stream as it is in the file.
#[derive(Debug, Clone)]
pub(super) struct Stream<'a> {
    /// All of the file.
    pub(super) file: &'a [u8],
    /// Where its object begins in it.
    pub(super) at: usize,
    /// Its data, packed.
    pub(super) data: &'a [u8],
}

impl<'a> Stream<'a> {
    /// Its dictionary, read again: many at once would take much memory.
    pub(super) fn dict(&self) -> Result<Dict<'a>, Reason> {
        let mut lexer = Lexer::new(self.file, self.at);
        let _: (u32, u16) = (lexer.natural()?, lexer.natural()?);
        lexer.expect(b"obj")?;
        match Value::read(&mut lexer)? {
            Value::Dict(dict) => Ok(dict),
            _ => Err(Reason::Malformed),
        }
    }

    /// Its data, unpacked. Every writer packs these streams with one `FlateDecode` or not at all; a chain of filters
    /// is no ordinary document.
    ///
    /// # Errors
    /// [`Reason::TooComplex`] past a limit; [`Reason::Malformed`] where it cannot be unpacked.
    pub(super) fn unpacked(&self, dict: &Dict<'_>, budget: &mut Budget) -> Result<Vec<u8>, Reason> {
        let limit = MAX_PDF_STREAM_BYTES.min(budget.0);
        let is_packed = match only(dict.get(b"Filter")?)? {
            None => false,
            Some(filter) if filter.is_name(b"FlateDecode") => true,
            Some(_) => return Err(Reason::Malformed),
        };
        let bytes = match is_packed {
            false if self.data.len() > limit => return Err(Reason::TooComplex),
            false => self.data.to_vec(),
            true if self.data.is_empty() => return Err(Reason::Malformed),
            true => decompress_to_vec_zlib_with_limit(self.data, limit).map_err(|error| match error.status {
                TINFLStatus::HasMoreOutput => Reason::TooComplex,
                _ => Reason::Malformed,
            })?,
        };
        budget.0 -= bytes.len().min(budget.0);
        match only(dict.get(b"DecodeParms")?)? {
            Some(Value::Dict(parameters)) => unpredicted(bytes, parameters),
            None | Some(Value::Plain) => Ok(bytes),
            Some(_) => Err(Reason::Malformed),
        }
    }
}

/// The objects of an object stream, unpacked: the number of each, and where its value begins and ends.
///
/// # Errors
/// [`Reason::Malformed`] where they are not in order, or not inside.
pub(super) fn index(dict: &Dict<'_>, unpacked: &[u8]) -> Result<Vec<(u32, std::ops::Range<usize>)>, Reason> {
    let count: usize = dict.natural(b"N")?.ok_or(Reason::Malformed)?;
    let first: usize = dict.natural(b"First")?.ok_or(Reason::Malformed)?;
    if count > MAX_PDF_OBJECTS {
        return Err(Reason::TooComplex);
    }
    let mut header = Lexer::new(unpacked.get(..first).ok_or(Reason::Malformed)?, 0);
    let mut index: Vec<(u32, std::ops::Range<usize>)> = Vec::new();
    for _ in 0..count {
        let (number, offset): (u32, usize) = (header.natural()?, header.natural()?);
        let at = offset.checked_add(first).filter(|at| *at <= unpacked.len()).ok_or(Reason::Malformed)?;
        if let Some((_, previous)) = index.last_mut() {
            // "The offsets shall be in increasing order": else many objects could share the same bytes.
            if at <= previous.start {
                return Err(Reason::Malformed);
            }
            previous.end = at;
        }
        index.push((number, at..unpacked.len()));
    }
    Ok(index)
}

/// The only element of an array, or what is no array.
fn only<'v, 'a>(value: Option<&'v Value<'a>>) -> Result<Option<&'v Value<'a>>, Reason> {
    match value {
        Some(Value::Array(values)) => match values.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(Reason::Malformed),
        },
        other => Ok(other),
    }
}

/// Undoes a predictor of PNG (ISO 32000-2, 7.4.4.4; PNG, 9.2): each row says by its first byte how it was predicted.
fn unpredicted(bytes: Vec<u8>, parameters: &Dict<'_>) -> Result<Vec<u8>, Reason> {
    let number = |key: &[u8], default: usize| parameters.natural(key).map(|number| number.unwrap_or(default));
    match number(b"Predictor", 1)? {
        1 => return Ok(bytes),
        10..=15 => {}
        _ => return Err(Reason::Malformed),
    }
    let (columns, colors, bits) = (number(b"Columns", 1)?, number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?);
    let pixel_bits = colors.checked_mul(bits).ok_or(Reason::Malformed)?;
    let width = columns.checked_mul(pixel_bits).ok_or(Reason::Malformed)?.div_ceil(8);
    let pixel = pixel_bits.div_ceil(8);
    if width == 0 || width > MAX_PDF_STREAM_BYTES {
        return Err(Reason::Malformed);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for row in bytes.chunks(width + 1) {
        let start = plain.len();
        let Some((how, row)) = row.split_first() else { break };
        for (i, byte) in row.iter().enumerate() {
            let before = |distance: Option<usize>| distance.and_then(|at| plain.get(at)).copied().unwrap_or(0);
            let here = start + i;
            let left = if i >= pixel { before(here.checked_sub(pixel)) } else { 0 };
            let up = before(here.checked_sub(width));
            let up_left = if i >= pixel { before(here.checked_sub(width + pixel)) } else { 0 };
            let predicted = match how {
                0 => 0,
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, up_left),
                _ => return Err(Reason::Malformed),
            };
            plain.push(byte.wrapping_add(predicted));
        }
    }
    Ok(plain)
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(up_left);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    // The first of equals: left, up, up left.
    [up, up_left].into_iter().fold(left, |best, byte| if distance(byte) < distance(best) { byte } else { best })
}
