//! Streams that hold a part of the document's structure: object streams and cross-reference streams
//! (ISO 32000-2, 7.5.7 and 7.5.8). No other stream is unpacked.

use crate::{
    Refusal,
    budget::Budget,
    deflate,
    lexer::Lexer,
    limits::MAX_STREAM_BYTES,
    predictor,
    value::{Dict, Value},
};

/// A stream as it is in the file.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    /// The file.
    pub(crate) file: &'a [u8],
    /// Where its object begins in the file.
    pub(crate) at: usize,
    /// Its packed data.
    pub(crate) data: &'a [u8],
}

impl<'a> Stream<'a> {
    /// Reads its dictionary again: those of many streams would take much memory.
    pub(crate) fn read_dict(&self, budget: &'a Budget) -> Result<Dict<'a>, Refusal> {
        let mut lexer = Lexer::new(self.file, self.at, budget);
        let _: (u32, u16) = (lexer.read_natural()?, lexer.read_natural()?);
        lexer.expect(b"obj")?;
        match Value::read(&mut lexer)? {
            Value::Dict(dict) => Ok(dict),
            _ => Err(Refusal::Malformed),
        }
    }

    /// Unpacks its data. Every writer packs these streams with one `FlateDecode` or not at all, so a chain of filters
    /// is refused.
    ///
    /// # Errors
    /// [`Refusal::TooComplex`] past a limit; [`Refusal::Malformed`] where it cannot be unpacked.
    pub(crate) fn unpack(&self, dict: &Dict<'_>, budget: &Budget) -> Result<Vec<u8>, Refusal> {
        let limit = MAX_STREAM_BYTES.min(budget.unpacked_bytes.remaining());
        let is_packed = match only_element(dict.get(b"Filter")?)? {
            None => false,
            Some(filter) if filter.is_name(b"FlateDecode") => true,
            Some(_) => return Err(Refusal::Malformed),
        };
        let mut bytes = match is_packed {
            false if self.data.len() > limit => return Err(Refusal::TooComplex),
            false => self.data.to_vec(),
            true => deflate::unpack(self.data, limit, budget)?,
        };
        budget.unpacked_bytes.take(bytes.len())?;
        match only_element(dict.get(b"DecodeParms")?)? {
            Some(Value::Dict(parameters)) => predictor::undo(&mut bytes, parameters)?,
            None | Some(Value::Plain) => {}
            Some(_) => return Err(Refusal::Malformed),
        }
        Ok(bytes)
    }
}

/// The only element of an array, or a value that is no array.
fn only_element<'v, 'a>(value: Option<&'v Value<'a>>) -> Result<Option<&'v Value<'a>>, Refusal> {
    match value {
        Some(Value::Array(values)) => match values.as_ref() {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(Refusal::Malformed),
        },
        other => Ok(other),
    }
}
