//! Splits bytes into the tokens of PDF (ISO 32000-2, 7.2 and 7.3).

use crate::{Refusal, budget::Budget, foreign_content};

/// A token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token<'a> {
    /// An integer.
    Int(i64),
    /// A number that is no integer. Its value does not matter.
    Real,
    /// A name.
    Name(Name<'a>),
    /// A string, literal or hexadecimal. Its text does not matter.
    Text,
    /// `[`
    ArrayOpen,
    /// `]`
    ArrayClose,
    /// `<<`
    DictOpen,
    /// `>>`
    DictClose,
    /// Anything else: `obj`, `R`, `true`, …
    Keyword(&'a [u8]),
}

/// A name as it is written: `#4a#53` is `JS`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    /// A name from what follows its `/`. Viewers differ on a `#` without two digits.
    fn parse(written: &'a [u8]) -> Result<Self, Refusal> {
        let mut escapes = written.split(|byte| *byte == b'#').skip(1);
        if escapes.all(|rest| matches!(rest, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())) {
            Ok(Self(written))
        } else {
            Err(Refusal::Malformed)
        }
    }

    /// Whether it means this text.
    pub(crate) fn is(self, text: &[u8]) -> bool {
        self.0 == text || (self.0.len() > text.len() && self.meaning().eq(text.iter().copied()))
    }

    /// Its bytes, each `#xx` resolved.
    fn meaning(self) -> impl Iterator<Item = u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
        let mut written = self.0.iter().copied();
        std::iter::from_fn(move || match written.next()? {
            b'#' => Some(digit(written.next()?) * 16 + digit(written.next()?)),
            byte => Some(byte),
        })
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.meaning().eq(other.meaning())
    }
}

/// Whether PDF counts the byte as whitespace.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Reads tokens one after the other. Each takes a step. Where the bytes end before the token does, that is
/// [`Refusal::Truncated`].
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    budget: &'a Budget,
}

impl<'a> Lexer<'a> {
    /// A lexer that begins at the byte `at`, which may be the end.
    pub(crate) fn new(bytes: &'a [u8], at: usize, budget: &'a Budget) -> Self {
        Self { bytes, at, budget }
    }

    /// The number of bytes before the next token.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Continues at another byte.
    pub(crate) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The bytes that were not read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The bytes from `start` to the next token.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// The next byte.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// The refusal of a token that is not the expected one: at the end of the bytes it may have been cut off.
    pub(crate) fn unless_truncated(&self, refusal: Refusal) -> Refusal {
        if self.rest().is_empty() { Refusal::Truncated } else { refusal }
    }

    /// Skips whitespace.
    pub(crate) fn skip_space(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_space(**byte)).count();
    }

    /// Reads the comment that begins here, without its end of line.
    pub(crate) fn read_comment(&mut self) -> Result<&'a [u8], Refusal> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        self.at += length;
        let comment = rest.get(..length).unwrap_or_default();
        foreign_content::check_comment(comment)?;
        Ok(comment)
    }

    /// Skips whitespace and comments.
    pub(crate) fn skip(&mut self) -> Result<(), Refusal> {
        loop {
            self.skip_space();
            if self.peek() != Some(b'%') {
                return Ok(());
            }
            self.read_comment()?;
        }
    }

    /// Reads the next token.
    pub(crate) fn next(&mut self) -> Result<Token<'a>, Refusal> {
        self.budget.steps.take(1)?;
        self.skip()?;
        match self.rest() {
            [] => Err(Refusal::Truncated),
            [b'[', ..] => self.advance(1, Token::ArrayOpen),
            [b']', ..] => self.advance(1, Token::ArrayClose),
            [b'<', b'<', ..] => self.advance(2, Token::DictOpen),
            [b'>', b'>', ..] => self.advance(2, Token::DictClose),
            [b'<', ..] => self.read_hexadecimal(),
            [b'(', ..] => self.read_literal(),
            [b'/', ..] => {
                self.at += 1;
                Name::parse(self.read_regular()).map(Token::Name)
            }
            [byte, ..] if is_delimiter(*byte) => Err(self.unless_truncated(Refusal::Malformed)),
            _ => Ok(number_or_keyword(self.read_regular())),
        }
    }

    /// Reads this keyword.
    pub(crate) fn expect(&mut self, keyword: &[u8]) -> Result<(), Refusal> {
        match self.next()? {
            Token::Keyword(found) if found == keyword => Ok(()),
            _ => Err(self.unless_truncated(Refusal::Malformed)),
        }
    }

    /// Reads an integer that is not negative.
    pub(crate) fn read_natural<N: TryFrom<i64>>(&mut self) -> Result<N, Refusal> {
        match self.next()? {
            Token::Int(number) => N::try_from(number).map_err(|_| Refusal::Malformed),
            _ => Err(self.unless_truncated(Refusal::Malformed)),
        }
    }

    /// Reads an integer of so many digits.
    pub(crate) fn read_digits<N: TryFrom<i64>>(&mut self, count: usize) -> Result<N, Refusal> {
        self.skip()?;
        let start = self.at;
        let number = self.read_natural()?;
        if self.at - start == count { Ok(number) } else { Err(self.unless_truncated(Refusal::Malformed)) }
    }

    fn advance(&mut self, length: usize, token: Token<'a>) -> Result<Token<'a>, Refusal> {
        self.at += length;
        Ok(token)
    }

    fn read_regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn read_hexadecimal(&mut self) -> Result<Token<'a>, Refusal> {
        let length = self.rest().iter().position(|byte| *byte == b'>').ok_or(Refusal::Truncated)?;
        let digits = self.rest().get(1..length).unwrap_or_default();
        if !digits.iter().all(|byte| byte.is_ascii_hexdigit() || is_space(*byte)) {
            return Err(Refusal::Malformed);
        }
        self.advance(length + 1, Token::Text)
    }

    fn read_literal(&mut self) -> Result<Token<'a>, Refusal> {
        let mut depth = 0_usize;
        let mut bytes = self.rest().iter().enumerate();
        while let Some((i, byte)) = bytes.next() {
            match byte {
                b'\\' => _ = bytes.next(),
                b'(' => depth += 1,
                b')' if depth == 1 => return self.advance(i + 1, Token::Text),
                b')' => depth -= 1,
                _ => {}
            }
        }
        Err(Refusal::Truncated)
    }
}

/// A number, or a keyword. Ordinary files hold `1e-7`, although PDF has no exponents.
fn number_or_keyword(text: &[u8]) -> Token<'_> {
    let is_number = matches!(text.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.'))
        && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    match std::str::from_utf8(text) {
        Ok(digits) if is_number => digits.parse().map_or(Token::Real, Token::Int),
        _ => Token::Keyword(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Allowance;
    use rstest::rstest;

    fn name(text: &'static [u8]) -> Token<'static> {
        Token::Name(Name(text))
    }

    #[rstest]
    #[case::integer(b"+12 ", Ok(Token::Int(12)))]
    #[case::real(b"-.5]", Ok(Token::Real))]
    #[case::exponent(b"1e-7]", Ok(Token::Real))]
    #[case::beyond_any_integer(b"99999999999999999999 ", Ok(Token::Real))]
    #[case::name(b"/JS(", Ok(name(b"JS")))]
    #[case::escaped_name(b"/#4a#53 ", Ok(name(b"JS")))]
    #[case::no_escape(b"/J#5g ", Err(Refusal::Malformed))]
    #[case::half_an_escape(b"/J#5 ", Err(Refusal::Malformed))]
    #[case::empty_name(b"/ ", Ok(name(b"")))]
    #[case::string(b"(a(b)\\)c) ", Ok(Token::Text))]
    #[case::open_string(b"(a(b)", Err(Refusal::Truncated))]
    #[case::escape_at_the_end(b"(a\\", Err(Refusal::Truncated))]
    #[case::hexadecimal(b"<0a F>", Ok(Token::Text))]
    #[case::markup(b"<html>", Err(Refusal::Malformed))]
    #[case::open_hexadecimal(b"<0a", Err(Refusal::Truncated))]
    #[case::comment_first(b"%comment\r\n/A", Ok(name(b"A")))]
    #[case::markup_in_a_comment(b"%<HTML>\n/A", Err(Refusal::ForeignContent))]
    #[case::brace(b"{ ", Err(Refusal::Malformed))]
    #[case::keyword(b"obj<<", Ok(Token::Keyword(b"obj")))]
    #[case::nothing(b" \0\n", Err(Refusal::Truncated))]
    fn tokens(#[case] text: &[u8], #[case] expected: Result<Token<'_>, Refusal>) {
        assert_eq!(Lexer::new(text, 0, &Budget::default()).next(), expected);
    }

    #[test]
    fn each_token_takes_a_step() {
        let budget = Budget { steps: Allowance::new(3), ..Budget::default() };
        let mut lexer = Lexer::new(b"1 2 [ ", 0, &budget);
        assert_eq!(
            (lexer.next(), lexer.next(), lexer.next()),
            (Ok(Token::Int(1)), Ok(Token::Int(2)), Ok(Token::ArrayOpen))
        );
        assert_eq!(lexer.next(), Err(Refusal::TooComplex));
    }

    #[rstest]
    #[case::as_written(b"JS", b"JS", true)]
    #[case::escaped(b"#4a#53", b"JS", true)]
    #[case::escaped_in_part(b"J#53", b"JS", true)]
    #[case::escaped_number_sign(b"#23", b"#", true)]
    #[case::another(b"JT", b"JS", false)]
    #[case::longer(b"JSX", b"JS", false)]
    #[case::escaped_and_longer(b"#4aSX", b"JS", false)]
    #[case::shorter(b"J", b"JS", false)]
    fn a_name_means_its_text(#[case] written: &[u8], #[case] text: &[u8], #[case] expected: bool) {
        assert_eq!(Name(written).is(text), expected);
    }
}
