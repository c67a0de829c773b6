//! Reads a file from its first byte to its last: each one belongs to an object, a cross-reference table, the place of
//! one, whitespace or a comment.

use crate::{
    Refusal,
    active_content::ActiveContent,
    budget::Budget,
    cross_reference::{Sections, table},
    foreign_content,
    lexer::{Lexer, Token, is_space},
    limits::MAX_TRAILING_SPACE,
    object_stream,
    objects::{Objects, Place, offset, place},
    stream::Stream,
    value::{Dict, Value},
};
use memchr::memmem;

/// What a file consists of.
#[derive(Debug)]
pub(crate) struct File<'a> {
    /// Its objects.
    pub(crate) objects: Objects,
    /// Its cross-reference sections.
    pub(crate) sections: Sections<'a>,
    /// What it does by itself or carries along.
    pub(crate) active_content: ActiveContent,
    bytes: &'a [u8],
    budget: &'a Budget,
    object_streams: Vec<Stream<'a>>,
    indirect_lengths: Vec<IndirectLength>,
    is_encrypted: bool,
}

/// A stream whose length is another object.
#[derive(Debug)]
struct IndirectLength {
    object: u32,
    start: u32,
    end: u32,
}

/// How far a revision of the file was read.
enum Progress {
    /// `startxref` is next.
    Body,
    /// `%%EOF` is next.
    Located,
    /// Another revision, whitespace or nothing is next, after the `%%EOF` at this byte.
    Ended(usize),
    /// Something came after the `%%EOF` that does not belong there, unless another revision follows.
    Beyond,
}

impl<'a> File<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong first: its structure, that it is encrypted, its object streams, the lengths of its streams, its
    /// active content.
    pub(crate) fn read(bytes: &'a [u8], budget: &'a Budget) -> Result<Self, Refusal> {
        let mut file = Self {
            objects: Objects::default(),
            sections: Sections::default(),
            active_content: ActiveContent::default(),
            bytes,
            budget,
            object_streams: Vec::new(),
            indirect_lengths: Vec::new(),
            is_encrypted: false,
        };
        file.read_revisions()?;
        if file.is_encrypted {
            return Err(Refusal::Encrypted);
        }
        for stream in std::mem::take(&mut file.object_streams) {
            file.read_object_stream(&stream)?;
        }
        file.objects.sort()?;
        file.check_lengths()?;
        file.active_content.check(&file.objects)?;
        Ok(file)
    }

    fn read_revisions(&mut self) -> Result<(), Refusal> {
        let mut lexer = Lexer::new(self.bytes, 0, self.budget);
        let mut progress = Progress::Body;
        loop {
            lexer.skip_space();
            let at = lexer.position();
            progress = match lexer.peek() {
                None => break,
                Some(b'%') => match (lexer.read_comment()?.strip_prefix(b"%%EOF"), progress) {
                    (Some(after), Progress::Located) if after.iter().copied().all(is_space) => Progress::Ended(at),
                    (Some(_), Progress::Located) | (_, Progress::Ended(_) | Progress::Beyond) => Progress::Beyond,
                    (_, progress) => progress,
                },
                Some(_) => self.read_item(&mut lexer, at, &progress)?,
            };
        }
        match progress {
            Progress::Ended(at) if self.bytes.len() - at <= MAX_TRAILING_SPACE + b"%%EOF".len() => Ok(()),
            Progress::Ended(_) | Progress::Beyond => Err(Refusal::ForeignContent),
            Progress::Body | Progress::Located => Err(Refusal::Truncated),
        }
    }

    /// Reads an object, a table, or `startxref` and what follows it.
    fn read_item(&mut self, lexer: &mut Lexer<'a>, at: usize, progress: &Progress) -> Result<Progress, Refusal> {
        match lexer.next() {
            Ok(Token::Int(number)) => {
                let number = u32::try_from(number).map_err(|_| Refusal::Malformed)?;
                self.read_object(lexer, at, number)?;
                Ok(Progress::Body)
            }
            Ok(Token::Keyword(b"xref")) => {
                self.read_table(lexer, at)?;
                Ok(Progress::Body)
            }
            Ok(Token::Keyword(b"startxref")) => {
                self.sections.set_newest(lexer.read_natural()?);
                Ok(Progress::Located)
            }
            _ if matches!(progress, Progress::Ended(_) | Progress::Beyond) => Err(Refusal::ForeignContent),
            Ok(_) | Err(Refusal::Malformed) => Err(lexer.unless_truncated(Refusal::ForeignContent)),
            Err(refusal) => Err(refusal),
        }
    }

    fn read_object(&mut self, lexer: &mut Lexer<'a>, at: usize, number: u32) -> Result<(), Refusal> {
        lexer.read_natural::<u16>()?;
        lexer.expect(b"obj")?;
        let value = Value::read(lexer)?;
        self.objects.add(number, Place { at: offset(at)?, index: None }, &value, self.budget)?;
        self.active_content.inspect(&value);
        match lexer.next()? {
            Token::Keyword(b"endobj") => Ok(()),
            Token::Keyword(b"stream") => {
                let Value::Dict(dict) = value else { return Err(Refusal::Malformed) };
                let data = self.read_data(lexer, &dict)?;
                lexer.expect(b"endobj")?;
                self.add_stream(&dict, Stream { file: self.bytes, at, data })
            }
            _ => Err(lexer.unless_truncated(Refusal::Malformed)),
        }
    }

    /// Reads the data of a stream, from its first line to `endstream`.
    fn read_data(&mut self, lexer: &mut Lexer<'a>, dict: &Dict<'_>) -> Result<&'a [u8], Refusal> {
        let start = lexer.position()
            + match lexer.rest() {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => return Err(lexer.unless_truncated(Refusal::Malformed)),
            };
        lexer.go_to(start);
        let end = match dict.get(b"Length")? {
            Some(Value::Int(length)) => usize::try_from(*length).ok().and_then(|length| start.checked_add(length)),
            // The object is not known yet: the first `endstream` is the end, and must then agree with the object.
            Some(Value::Ref(object)) => {
                let end = start + memmem::find(lexer.rest(), b"endstream").ok_or(Refusal::Truncated)?;
                let (object, start, last) = (*object, offset(start)?, offset(end)?);
                self.indirect_lengths.push(IndirectLength { object, start, end: last });
                Some(end)
            }
            _ => None,
        };
        let end = end.ok_or(Refusal::Malformed)?;
        let data = self.bytes.get(start..end).ok_or(Refusal::Truncated)?;
        lexer.go_to(end);
        lexer.skip_space();
        lexer.expect(b"endstream")?;
        foreign_content::check_stream(start, data)?;
        Ok(data)
    }

    fn add_stream(&mut self, dict: &Dict<'_>, stream: Stream<'a>) -> Result<(), Refusal> {
        if dict.get(b"F")?.is_some() {
            self.active_content.add(Refusal::ExternalFile);
        }
        if dict.is(b"Type", b"ObjStm")? {
            self.object_streams.push(stream);
        } else if dict.is(b"Type", b"XRef")? {
            self.budget.sections.take(1)?;
            self.is_encrypted |= dict.get(b"Encrypt")?.is_some();
            self.sections.add_stream(stream);
        }
        Ok(())
    }

    fn read_table(&mut self, lexer: &mut Lexer<'a>, at: usize) -> Result<(), Refusal> {
        let (entries, trailer) = table::read(lexer, self.budget)?;
        self.active_content.inspect(&trailer);
        let Value::Dict(trailer) = trailer else { return Err(Refusal::Malformed) };
        self.is_encrypted |= trailer.get(b"Encrypt")?.is_some();
        self.sections.add_table(at, entries, &trailer)
    }

    fn read_object_stream(&mut self, stream: &Stream<'a>) -> Result<(), Refusal> {
        let at = offset(stream.at)?;
        let Self { objects, active_content, budget, .. } = self;
        let outcome = object_stream::read(stream, budget, |index, number, value| {
            objects.add(number, Place { at, index: Some(index) }, value, budget)?;
            active_content.inspect(value);
            Ok(())
        });
        // The file has its end: what ends too early inside it is broken.
        outcome.map_err(|refusal| if refusal == Refusal::Truncated { Refusal::Malformed } else { refusal })
    }

    /// Where the length of a stream is another object, that must be right, but for the line end before `endstream`.
    fn check_lengths(&self) -> Result<(), Refusal> {
        let is_right = |length: &IndirectLength| {
            let data = self.bytes.get(place(length.start)..place(length.end)).unwrap_or_default();
            let line_end = data.iter().rev().take(2).take_while(|byte| is_space(**byte)).count();
            (0..=line_end).any(|shorter| self.objects.has_integer(length.object, data.len() - shorter))
        };
        if self.indirect_lengths.iter().all(is_right) { Ok(()) } else { Err(Refusal::Malformed) }
    }
}
