//! The values of PDF (ISO 32000-2, 7.3), as far as their content matters to the check.

use crate::{
    Refusal,
    lexer::{Lexer, Name, Token},
    limits::{MAX_DEPTH, MAX_VALUES},
};

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// `null`, a boolean, a string, or a number that is no integer.
    Plain,
    /// An integer.
    Int(i64),
    /// A name.
    Name(Name<'a>),
    /// A reference to an object, by its number.
    Ref(u32),
    /// An array.
    Array(Box<[Value<'a>]>),
    /// A dictionary.
    Dict(Dict<'a>),
}

/// A dictionary, as it is written. Viewers differ on which of two equal keys counts.
#[derive(Debug, PartialEq)]
pub(crate) struct Dict<'a>(pub(crate) Box<[(Name<'a>, Value<'a>)]>);

impl<'a> Dict<'a> {
    /// The value of a key.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] where the dictionary has the key twice.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<&Value<'a>>, Refusal> {
        let mut found = self.0.iter().filter(|(name, _)| name.is(key)).map(|(_, value)| value);
        let first = found.next();
        if found.next().is_some() { Err(Refusal::Malformed) } else { Ok(first) }
    }

    /// The value of a key, where the dictionary has it. It must be a number that is not negative, and no reference.
    pub(crate) fn natural<N: TryFrom<i64>>(&self, key: &[u8]) -> Result<Option<N>, Refusal> {
        match self.get(key)? {
            None => Ok(None),
            Some(Value::Int(number)) => N::try_from(*number).map(Some).map_err(|_| Refusal::Malformed),
            Some(_) => Err(Refusal::Malformed),
        }
    }

    /// The number of the object that a key refers to, where it refers to one.
    pub(crate) fn reference(&self, key: &[u8]) -> Result<Option<u32>, Refusal> {
        Ok(self.get(key)?.and_then(|value| if let Value::Ref(number) = value { Some(*number) } else { None }))
    }

    /// Whether the value of a key is this name.
    pub(crate) fn is(&self, key: &[u8], name: &[u8]) -> Result<bool, Refusal> {
        Ok(self.get(key)?.is_some_and(|value| value.is_name(name)))
    }
}

impl<'a> Value<'a> {
    /// Whether it is this name.
    pub(crate) fn is_name(&self, name: &[u8]) -> bool {
        matches!(self, Self::Name(found) if found.is(name))
    }

    /// Reads the next value.
    ///
    /// # Errors
    /// [`Refusal::TooComplex`] past a limit; [`Refusal::Malformed`] or [`Refusal::Truncated`] where it is no value.
    pub(crate) fn read(lexer: &mut Lexer<'a>) -> Result<Self, Refusal> {
        let token = lexer.next()?;
        let mut reader = Reader { lexer, remaining: MAX_VALUES, values: Vec::new(), entries: Vec::new() };
        let value = reader.read_value(token, MAX_DEPTH)?;
        let Value::Int(number) = value else { return Ok(value) };
        let mut ahead = lexer.clone();
        let (Ok(Token::Int(0..)), Ok(Token::Keyword(b"R"))) = (ahead.next(), ahead.next()) else { return Ok(value) };
        *lexer = ahead;
        reference(number)
    }
}

struct Reader<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    /// How many values the object may still have.
    remaining: usize,
    /// The values of the arrays that are still open.
    values: Vec<Value<'a>>,
    /// The entries of the dictionaries that are still open.
    entries: Vec<(Name<'a>, Value<'a>)>,
}

impl<'a> Reader<'_, 'a> {
    fn read_value(&mut self, token: Token<'a>, depth: usize) -> Result<Value<'a>, Refusal> {
        self.remaining = self.remaining.checked_sub(1).ok_or(Refusal::TooComplex)?;
        match token {
            Token::Int(number) => Ok(Value::Int(number)),
            Token::Real | Token::Text | Token::Keyword(b"null" | b"true" | b"false") => Ok(Value::Plain),
            Token::Name(name) => Ok(Value::Name(name)),
            Token::ArrayOpen => self.read_array(depth.checked_sub(1).ok_or(Refusal::TooComplex)?),
            Token::DictOpen => self.read_dict(depth.checked_sub(1).ok_or(Refusal::TooComplex)?),
            Token::ArrayClose | Token::DictClose | Token::Keyword(_) => {
                Err(self.lexer.unless_truncated(Refusal::Malformed))
            }
        }
    }

    fn read_array(&mut self, depth: usize) -> Result<Value<'a>, Refusal> {
        let start = self.values.len();
        loop {
            match self.lexer.next()? {
                Token::ArrayClose => return Ok(Value::Array(self.values.drain(start..).collect())),
                // Only here it turns out that the two numbers before were a reference.
                Token::Keyword(b"R") => {
                    let [.., Value::Int(number), Value::Int(0..)] = self.values.get(start..).unwrap_or_default() else {
                        return Err(Refusal::Malformed);
                    };
                    let reference = reference(*number)?;
                    self.values.truncate(self.values.len() - 2);
                    self.values.push(reference);
                    self.remaining += 1;
                }
                token => {
                    let value = self.read_value(token, depth)?;
                    self.values.push(value);
                }
            }
        }
    }

    fn read_dict(&mut self, depth: usize) -> Result<Value<'a>, Refusal> {
        let start = self.entries.len();
        let mut token = self.lexer.next()?;
        loop {
            let key = match token {
                Token::DictClose => return Ok(Value::Dict(Dict(self.entries.drain(start..).collect()))),
                Token::Name(key) => key,
                _ => return Err(self.lexer.unless_truncated(Refusal::Malformed)),
            };
            let first = self.lexer.next()?;
            let mut value = self.read_value(first, depth)?;
            token = self.lexer.next()?;
            if let (Value::Int(number), Token::Int(0..)) = (&value, token) {
                self.lexer.expect(b"R")?;
                value = reference(*number)?;
                token = self.lexer.next()?;
            }
            self.entries.push((key, value));
        }
    }
}

/// The reference to an object: `12 0 R`.
fn reference<'a>(number: i64) -> Result<Value<'a>, Refusal> {
    u32::try_from(number).map(Value::Ref).map_err(|_| Refusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use rstest::rstest;

    fn read<'a>(text: &'a [u8], budget: &'a Budget) -> Result<Value<'a>, Refusal> {
        Value::read(&mut Lexer::new(text, 0, budget))
    }

    fn array<const N: usize>(values: [Value<'_>; N]) -> Value<'_> {
        Value::Array(values.into())
    }

    #[rstest]
    #[case::numbers(b"[1 2 0 R 3]", Ok(array([Value::Int(1), Value::Ref(2), Value::Int(3)])))]
    #[case::half_a_reference(b"[1 R]", Err(Refusal::Malformed))]
    #[case::negative_reference(b"[-1 0 R]", Err(Refusal::Malformed))]
    #[case::no_reference(b"12 0 obj", Ok(Value::Int(12)))]
    #[case::plain(b"[null true (s) <00> .5]", Ok(array([const { Value::Plain }; 5])))]
    #[case::half_a_reference_in_a_dictionary(b"<</A 2 0/B 3>>", Err(Refusal::Malformed))]
    #[case::key_without_a_value(b"<</A>> ", Err(Refusal::Malformed))]
    #[case::key_that_is_no_name(b"<<1 2>>x", Err(Refusal::Malformed))]
    #[case::unknown_word(b"[yes ]", Err(Refusal::Malformed))]
    #[case::open(b"<</A [", Err(Refusal::Truncated))]
    fn values(#[case] text: &[u8], #[case] expected: Result<Value<'_>, Refusal>) {
        assert_eq!(read(text, &Budget::default()), expected);
    }

    #[test]
    fn a_key_that_is_there_twice_has_no_value() {
        let budget = Budget::default();
        let Ok(Value::Dict(dict)) = read(b"<</A 1 /#41 2 /B 3>>", &budget) else { panic!("a dictionary") };
        assert_eq!(dict.get(b"A"), Err(Refusal::Malformed));
        assert_eq!(dict.get(b"B"), Ok(Some(&Value::Int(3))));
        assert_eq!(dict.get(b"C"), Ok(None));
    }

    #[test]
    fn a_dictionary_may_hold_references() {
        let budget = Budget::default();
        let Ok(Value::Dict(dict)) = read(b"<</A 2 0 R/B 3/C 4 0 R>>", &budget) else { panic!("a dictionary") };
        assert_eq!(dict.get(b"A"), Ok(Some(&Value::Ref(2))));
        assert_eq!(dict.get(b"B"), Ok(Some(&Value::Int(3))));
        assert_eq!(dict.get(b"C"), Ok(Some(&Value::Ref(4))));
    }

    #[rstest]
    #[case::at_the_limit(MAX_DEPTH, None)]
    #[case::one_past_it(MAX_DEPTH + 1, Some(Refusal::TooComplex))]
    fn values_nest_so_deeply(#[case] depth: usize, #[case] expected: Option<Refusal>) {
        let arrays = "[".repeat(depth) + &"]".repeat(depth);
        let dictionaries = "<</A".repeat(depth - 1) + "[]" + &">>".repeat(depth - 1);
        for text in [arrays, dictionaries] {
            assert_eq!(read(text.as_bytes(), &Budget::default()).err(), expected);
        }
    }

    #[rstest]
    #[case::at_the_limit(MAX_VALUES, None)]
    #[case::one_past_it(MAX_VALUES + 1, Some(Refusal::TooComplex))]
    fn an_object_has_so_many_values(#[case] count: usize, #[case] expected: Option<Refusal>) {
        // The array itself counts.
        let text = format!("[{}]", "0 ".repeat(count - 1));
        assert_eq!(read(text.as_bytes(), &Budget::default()).err(), expected);
    }
}
