//! The values of PDF (ISO 32000-2, 7.3), as far as their content matters to the check.

use super::lexer::{Lexer, Token};
use rol_domain::{
    attachment::Reason,
    limits::{MAX_PDF_DEPTH, MAX_PDF_VALUES},
};
use std::borrow::Cow;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`, a boolean, a string, or a number that is no integer.
    Plain,
    /// An integer.
    Int(i64),
    /// A name, its `#xx` resolved.
    Name(Cow<'a, [u8]>),
    /// A reference to an object, by its number.
    Ref(u32),
    /// An array.
    Array(Vec<Value<'a>>),
    /// A dictionary.
    Dict(Dict<'a>),
}

/// A dictionary, as written: readers differ on which of two equal keys counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict<'a>(pub(super) Vec<(Cow<'a, [u8]>, Value<'a>)>);

impl<'a> Dict<'a> {
    /// The value of a key.
    ///
    /// # Errors
    /// [`Reason::Malformed`] where the key is there twice.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<&Value<'a>>, Reason> {
        let mut found = self.0.iter().filter(|(name, _)| name.as_ref() == key).map(|(_, value)| value);
        let first = found.next();
        if found.next().is_some() { Err(Reason::Malformed) } else { Ok(first) }
    }

    /// The value of a key that must be a natural number written right here, where it is there.
    pub(super) fn natural<N: TryFrom<i64>>(&self, key: &[u8]) -> Result<Option<N>, Reason> {
        match self.get(key)? {
            None => Ok(None),
            Some(Value::Int(number)) => N::try_from(*number).map(Some).map_err(|_| Reason::Malformed),
            Some(_) => Err(Reason::Malformed),
        }
    }

    /// The object that a key refers to, where it refers to one.
    pub(super) fn reference(&self, key: &[u8]) -> Result<Option<u32>, Reason> {
        Ok(self.get(key)?.and_then(|value| if let Value::Ref(number) = value { Some(*number) } else { None }))
    }

    /// Whether a key has this name as its value.
    pub(super) fn is(&self, key: &[u8], name: &[u8]) -> Result<bool, Reason> {
        Ok(self.get(key)?.is_some_and(|value| value.is_name(name)))
    }
}

impl<'a> Value<'a> {
    /// Whether it is this name.
    pub(super) fn is_name(&self, name: &[u8]) -> bool {
        matches!(self, Self::Name(text) if text.as_ref() == name)
    }

    /// Reads the value that comes next.
    ///
    /// # Errors
    /// [`Reason::TooComplex`] past a limit; those of the lexer.
    pub(super) fn read(lexer: &mut Lexer<'a>) -> Result<Self, Reason> {
        let token = lexer.next()?;
        Reader { lexer, left: MAX_PDF_VALUES }.value(token, MAX_PDF_DEPTH)
    }
}

struct Reader<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    left: usize,
}

impl<'a> Reader<'_, 'a> {
    fn value(&mut self, token: Token<'a>, depth: usize) -> Result<Value<'a>, Reason> {
        self.left = self.left.checked_sub(1).ok_or(Reason::TooComplex)?;
        match token {
            Token::Int(number) => Ok(self.reference(number).unwrap_or(Value::Int(number))),
            Token::Real | Token::Text | Token::Word(b"null" | b"true" | b"false") => Ok(Value::Plain),
            Token::Name(name) => Ok(Value::Name(name)),
            Token::ArrayOpen => self.array(depth.checked_sub(1).ok_or(Reason::TooComplex)?),
            Token::DictOpen => self.dict(depth.checked_sub(1).ok_or(Reason::TooComplex)?),
            Token::ArrayClose | Token::DictClose | Token::Word(_) => Err(self.lexer.unless_cut(Reason::Malformed)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, Reason> {
        let mut values = Vec::new();
        loop {
            match self.lexer.next()? {
                Token::ArrayClose => return Ok(Value::Array(values)),
                // Not to look ahead from each number: arrays are long.
                Token::Int(number) => {
                    self.left = self.left.checked_sub(1).ok_or(Reason::TooComplex)?;
                    values.push(Value::Int(number));
                }
                Token::Word(b"R") => {
                    let (Some(Value::Int(0..)), Some(Value::Int(number))) = (values.pop(), values.pop()) else {
                        return Err(Reason::Malformed);
                    };
                    self.left += 1;
                    values.push(Value::Ref(u32::try_from(number).map_err(|_| Reason::Malformed)?));
                }
                token => values.push(self.value(token, depth)?),
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value<'a>, Reason> {
        let mut entries = Vec::new();
        loop {
            match self.lexer.next()? {
                Token::DictClose => return Ok(Value::Dict(Dict(entries))),
                Token::Name(key) => {
                    let token = self.lexer.next()?;
                    entries.push((key, self.value(token, depth)?));
                }
                _ => return Err(self.lexer.unless_cut(Reason::Malformed)),
            }
        }
    }

    /// The reference that an integer may begin: `12 0 R`.
    fn reference(&mut self, number: i64) -> Option<Value<'a>> {
        let mut ahead = self.lexer.clone();
        let (Ok(Token::Int(0..)), Ok(Token::Word(b"R"))) = (ahead.next(), ahead.next()) else { return None };
        let number = u32::try_from(number).ok()?;
        *self.lexer = ahead;
        Some(Value::Ref(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn read(text: &[u8]) -> Result<Value<'_>, Reason> {
        Value::read(&mut Lexer::new(text, 0))
    }

    #[rstest]
    #[case::numbers(b"[1 2 0 R 3]", Ok(Value::Array(vec![Value::Int(1), Value::Ref(2), Value::Int(3)])))]
    #[case::half_a_reference(b"[1 R]", Err(Reason::Malformed))]
    #[case::negative_reference(b"[-1 0 R]", Err(Reason::Malformed))]
    #[case::no_reference(b"12 0 obj", Ok(Value::Int(12)))]
    #[case::plain(b"[null true (s) <00> .5]", Ok(Value::Array(vec![Value::Plain; 5])))]
    #[case::key_without_a_value(b"<</A>> ", Err(Reason::Malformed))]
    #[case::key_that_is_no_name(b"<<1 2>>x", Err(Reason::Malformed))]
    #[case::unknown_word(b"[yes ]", Err(Reason::Malformed))]
    #[case::open(b"<</A [", Err(Reason::Truncated))]
    fn values(#[case] text: &[u8], #[case] expected: Result<Value<'_>, Reason>) {
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_key_that_is_there_twice_has_no_value() {
        let Ok(Value::Dict(dict)) = read(b"<</A 1 /#41 2 /B 3>>") else { panic!("a dictionary") };
        assert_eq!(dict.get(b"A"), Err(Reason::Malformed));
        assert_eq!(dict.get(b"B"), Ok(Some(&Value::Int(3))));
        assert_eq!(dict.get(b"C"), Ok(None));
    }

    #[rstest]
    #[case::at_the_limit(MAX_PDF_DEPTH, None)]
    #[case::one_past_it(MAX_PDF_DEPTH + 1, Some(Reason::TooComplex))]
    fn values_nest_so_deeply(#[case] depth: usize, #[case] expected: Option<Reason>) {
        assert_eq!(read(("[".repeat(depth) + &"]".repeat(depth)).as_bytes()).err(), expected);
        assert_eq!(read(("<</A".repeat(depth - 1) + "[]" + &">>".repeat(depth - 1)).as_bytes()).err(), expected);
    }

    #[rstest]
    #[case::at_the_limit(MAX_PDF_VALUES, None)]
    #[case::one_past_it(MAX_PDF_VALUES + 1, Some(Reason::TooComplex))]
    fn an_object_has_so_many_values(#[case] count: usize, #[case] expected: Option<Reason>) {
        // The array itself counts.
        assert_eq!(read(format!("[{}]", "0 ".repeat(count - 1)).as_bytes()).err(), expected);
    }
}
