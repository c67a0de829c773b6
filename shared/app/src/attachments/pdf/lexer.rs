//! The words of PDF (ISO 32000-2, 7.2 and 7.3).

use super::foreign;
use rol_domain::attachment::Reason;
use std::borrow::Cow;

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// An integer.
    Int(i64),
    /// Another number: its value never matters here.
    Real,
    /// A name, its `#xx` resolved.
    Name(Cow<'a, [u8]>),
    /// A string, literal or hexadecimal: its text never matters here.
    Text,
    /// `[`
    ArrayOpen,
    /// `]`
    ArrayClose,
    /// `<<`
    DictOpen,
    /// `>>`
    DictClose,
    /// Any other word: `obj`, `R`, `true`, …
    Word(&'a [u8]),
}

/// Whether PDF counts the byte as whitespace.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Reads words one after the other. Running out of bytes is [`Reason::Truncated`].
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    /// From the byte at `at`, which may be the end.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Where it is, as the number of bytes before.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes elsewhere.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// The bytes to come.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The bytes from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// The byte to come.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// What is wrong where a word is not the expected one: the word may have been cut off.
    pub(super) fn unless_cut(&self, reason: Reason) -> Reason {
        if self.rest().is_empty() { Reason::Truncated } else { reason }
    }

    /// Skips whitespace.
    pub(super) fn skip_space(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_space(**byte)).count();
    }

    /// Reads the comment that begins here, without its end of line.
    pub(super) fn comment(&mut self) -> Result<&'a [u8], Reason> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        self.at += length;
        let comment = rest.get(..length).unwrap_or_default();
        if foreign::is_markup(comment) { Err(Reason::ForeignContent) } else { Ok(comment) }
    }

    /// Skips whitespace and comments.
    pub(super) fn skip(&mut self) -> Result<(), Reason> {
        loop {
            self.skip_space();
            if self.peek() != Some(b'%') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Reason> {
        self.skip()?;
        let rest = self.rest();
        match rest {
            [] => Err(Reason::Truncated),
            [b'[', ..] => self.take(1, Token::ArrayOpen),
            [b']', ..] => self.take(1, Token::ArrayClose),
            [b'<', b'<', ..] => self.take(2, Token::DictOpen),
            [b'>', b'>', ..] => self.take(2, Token::DictClose),
            [b'<', ..] => self.hexadecimal(),
            [b'(', ..] => self.literal(),
            [b'/', ..] => {
                self.at += 1;
                unescaped(self.regular()).map(Token::Name)
            }
            [byte, ..] if is_delimiter(*byte) => Err(self.unless_cut(Reason::Malformed)),
            _ => Ok(word(self.regular())),
        }
    }

    /// Reads exactly this word.
    pub(super) fn expect(&mut self, word: &[u8]) -> Result<(), Reason> {
        match self.next()? {
            Token::Word(found) if found == word => Ok(()),
            _ => Err(self.unless_cut(Reason::Malformed)),
        }
    }

    /// Reads an integer that is not negative.
    pub(super) fn natural<N: TryFrom<i64>>(&mut self) -> Result<N, Reason> {
        match self.next()? {
            Token::Int(number) => N::try_from(number).map_err(|_| Reason::Malformed),
            _ => Err(self.unless_cut(Reason::Malformed)),
        }
    }

    /// Reads an integer of so many digits.
    pub(super) fn digits<N: TryFrom<i64>>(&mut self, count: usize) -> Result<N, Reason> {
        self.skip()?;
        let start = self.at;
        let number = self.natural()?;
        if self.at - start == count { Ok(number) } else { Err(self.unless_cut(Reason::Malformed)) }
    }

    fn take(&mut self, length: usize, token: Token<'a>) -> Result<Token<'a>, Reason> {
        self.at += length;
        Ok(token)
    }

    fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn hexadecimal(&mut self) -> Result<Token<'a>, Reason> {
        let length = self.rest().iter().position(|byte| *byte == b'>').ok_or(Reason::Truncated)?;
        let digits = self.rest().get(1..length).unwrap_or_default();
        if !digits.iter().all(|byte| byte.is_ascii_hexdigit() || is_space(*byte)) {
            return Err(Reason::Malformed);
        }
        self.take(length + 1, Token::Text)
    }

    fn literal(&mut self) -> Result<Token<'a>, Reason> {
        let mut depth = 0_usize;
        let mut bytes = self.rest().iter().enumerate();
        while let Some((i, byte)) = bytes.next() {
            match byte {
                b'\\' => _ = bytes.next(),
                b'(' => depth += 1,
                b')' if depth == 1 => return self.take(i + 1, Token::Text),
                b')' => depth -= 1,
                _ => {}
            }
        }
        Err(Reason::Truncated)
    }
}

/// A number, or what is none. `1e-7`, which PDF does not know, is met in ordinary files.
fn word(text: &[u8]) -> Token<'_> {
    let is_number = matches!(text.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.'))
        && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    match std::str::from_utf8(text) {
        Ok(digits) if is_number => digits.parse().map_or(Token::Real, Token::Int),
        _ => Token::Word(text),
    }
}

/// A name, its `#xx` resolved. Readers differ on a `#` without two digits.
fn unescaped(name: &[u8]) -> Result<Cow<'_, [u8]>, Reason> {
    if !name.contains(&b'#') {
        return Ok(Cow::Borrowed(name));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut text = Vec::with_capacity(name.len());
    let mut rest = name.iter().copied();
    while let Some(byte) = rest.next() {
        text.push(match byte {
            b'#' => {
                let (high, low) = (rest.next().and_then(digit), rest.next().and_then(digit));
                high.zip(low).map(|(high, low)| high * 16 + low).ok_or(Reason::Malformed)?
            }
            byte => byte,
        });
    }
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn name(text: &'static [u8]) -> Token<'static> {
        Token::Name(Cow::Borrowed(text))
    }

    #[rstest]
    #[case::integer(b"+12 ", Ok(Token::Int(12)))]
    #[case::real(b"-.5]", Ok(Token::Real))]
    #[case::exponent(b"1e-7]", Ok(Token::Real))]
    #[case::beyond_any_integer(b"99999999999999999999 ", Ok(Token::Real))]
    #[case::name(b"/JS(", Ok(name(b"JS")))]
    #[case::escaped_name(b"/#4a#53 ", Ok(name(b"JS")))]
    #[case::no_escape(b"/J#5g ", Err(Reason::Malformed))]
    #[case::half_an_escape(b"/J#5 ", Err(Reason::Malformed))]
    #[case::empty_name(b"/ ", Ok(name(b"")))]
    #[case::string(b"(a(b)\\)c) ", Ok(Token::Text))]
    #[case::open_string(b"(a(b)", Err(Reason::Truncated))]
    #[case::escape_at_the_end(b"(a\\", Err(Reason::Truncated))]
    #[case::hexadecimal(b"<0a F>", Ok(Token::Text))]
    #[case::markup(b"<html>", Err(Reason::Malformed))]
    #[case::open_hexadecimal(b"<0a", Err(Reason::Truncated))]
    #[case::comment_first(b"%note\r\n/A", Ok(name(b"A")))]
    #[case::markup_in_a_comment(b"%<HTML>\n/A", Err(Reason::ForeignContent))]
    #[case::brace(b"{ ", Err(Reason::Malformed))]
    #[case::word(b"obj<<", Ok(Token::Word(b"obj")))]
    #[case::nothing(b" \0\n", Err(Reason::Truncated))]
    fn words(#[case] text: &[u8], #[case] expected: Result<Token<'_>, Reason>) {
        assert_eq!(Lexer::new(text, 0).next(), expected);
    }
}
