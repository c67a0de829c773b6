//! Reads a file from its first byte to its last: each one belongs to an object, a cross-reference table, the place of
//! one, whitespace or a comment.

use super::{
    active::Findings,
    document::{Objects, Place},
    foreign,
    lexer::{Lexer, Token, is_space},
    stream::{self, Budget, Stream},
    value::{Dict, Value},
    xref::{Entry, Section, Target, Trailer},
};
use memchr::memmem;
use rol_domain::{
    attachment::Reason,
    limits::{MAX_PDF_OBJECTS, MAX_PDF_TRAILING},
};
use std::collections::BTreeMap;

/// Browsers look for markup in so many bytes from the start of a file (WHATWG, MIME Sniffing, "resource header").
const SNIFFED: usize = 1_445;

/// What a file consists of.
#[derive(Debug, Default)]
pub(super) struct Scan<'a> {
    /// Its objects.
    pub(super) objects: Objects,
    /// Its cross-reference tables, by where they begin.
    pub(super) tables: BTreeMap<usize, Section>,
    /// Its cross-reference streams, by where they begin.
    pub(super) xref_streams: BTreeMap<usize, Stream<'a>>,
    /// Where the newest of those begins: the last `startxref`.
    pub(super) newest: usize,
    /// What no ordinary document has.
    pub(super) findings: Findings,
    /// What may still be unpacked.
    pub(super) budget: Budget,
    object_streams: Vec<Stream<'a>>,
    lengths: Vec<Length>,
    is_encrypted: bool,
}

/// A length that another object tells.
#[derive(Debug)]
struct Length {
    told_by: u32,
    start: usize,
    end: usize,
}

/// How far a revision of the file has been read.
enum Tail {
    /// `startxref` is to come.
    Open,
    /// `%%EOF` is to come.
    Located,
    /// Another revision, whitespace or nothing is to come, after the `%%EOF` here.
    Ended(usize),
    /// Something came that does not belong there, unless another revision follows.
    Beyond,
}

impl<'a> Scan<'a> {
    /// Reads all of a file.
    ///
    /// # Errors
    /// What is wrong first: its form, then that it is encrypted, then its object streams, then what is in its objects.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Reason> {
        let mut scan = Self::default();
        scan.file(bytes)?;
        if scan.is_encrypted {
            return Err(Reason::Encrypted);
        }
        for stream in std::mem::take(&mut scan.object_streams) {
            scan.object_stream(&stream).map_err(whole)?;
        }
        scan.objects.sort();
        scan.check_lengths(bytes)?;
        scan.check_action_on_opening();
        scan.findings.first.map_or(Ok(scan), Err)
    }

    fn file(&mut self, bytes: &'a [u8]) -> Result<(), Reason> {
        let mut lexer = Lexer::new(bytes, 0);
        let mut tail = Tail::Open;
        loop {
            lexer.skip_space();
            let at = lexer.at();
            tail = match lexer.peek() {
                None => break,
                Some(b'%') => match (lexer.comment()?.strip_prefix(b"%%EOF"), tail) {
                    (Some(after), Tail::Located) if after.iter().copied().all(is_space) => Tail::Ended(at),
                    (Some(_), Tail::Located) | (_, Tail::Ended(_) | Tail::Beyond) => Tail::Beyond,
                    (_, tail) => tail,
                },
                Some(_) => self.item(bytes, &mut lexer, at, &tail)?,
            };
        }
        match tail {
            Tail::Ended(at) if bytes.len() - at <= MAX_PDF_TRAILING + b"%%EOF".len() => Ok(()),
            Tail::Ended(_) | Tail::Beyond => Err(Reason::ForeignContent),
            Tail::Open | Tail::Located => Err(Reason::Truncated),
        }
    }

    fn item(&mut self, bytes: &'a [u8], lexer: &mut Lexer<'a>, at: usize, tail: &Tail) -> Result<Tail, Reason> {
        match lexer.next() {
            Ok(Token::Int(number)) => {
                let number = u32::try_from(number).map_err(|_| Reason::Malformed)?;
                self.object(bytes, lexer, at, number)?;
                Ok(Tail::Open)
            }
            Ok(Token::Word(b"xref")) => {
                let table = self.table(lexer)?;
                self.tables.insert(at, table);
                Ok(Tail::Open)
            }
            Ok(Token::Word(b"startxref")) => {
                self.newest = lexer.natural()?;
                Ok(Tail::Located)
            }
            _ if matches!(tail, Tail::Ended(_) | Tail::Beyond) => Err(Reason::ForeignContent),
            Ok(_) | Err(Reason::Malformed) => Err(lexer.unless_cut(Reason::ForeignContent)),
            Err(reason) => Err(reason),
        }
    }

    fn object(&mut self, bytes: &'a [u8], lexer: &mut Lexer<'a>, at: usize, number: u32) -> Result<(), Reason> {
        lexer.natural::<u16>()?;
        lexer.expect(b"obj")?;
        let value = Value::read(lexer)?;
        self.objects.add(number, Place { at, index: None }, &value)?;
        self.findings.look(&value);
        match lexer.next()? {
            Token::Word(b"endobj") => Ok(()),
            Token::Word(b"stream") => {
                let Value::Dict(dict) = value else { return Err(Reason::Malformed) };
                let data = self.data(bytes, lexer, &dict)?;
                lexer.expect(b"endobj")?;
                self.stream(&dict, Stream { file: bytes, at, data })
            }
            _ => Err(lexer.unless_cut(Reason::Malformed)),
        }
    }

    /// The data of a stream, from its first line to `endstream`.
    fn data(&mut self, bytes: &'a [u8], lexer: &mut Lexer<'a>, dict: &Dict<'_>) -> Result<&'a [u8], Reason> {
        let start = lexer.at()
            + match lexer.rest() {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => return Err(lexer.unless_cut(Reason::Malformed)),
            };
        lexer.go(start);
        let end = match dict.get(b"Length")? {
            Some(Value::Int(length)) => usize::try_from(*length).ok().and_then(|length| start.checked_add(length)),
            // The object is not known yet: the first `endstream` is the end, and must then agree with it.
            Some(Value::Ref(told_by)) => {
                let end = start + memmem::find(lexer.rest(), b"endstream").ok_or(Reason::Truncated)?;
                self.lengths.push(Length { told_by: *told_by, start, end });
                Some(end)
            }
            _ => None,
        };
        let end = end.ok_or(Reason::Malformed)?;
        let data = bytes.get(start..end).ok_or(Reason::Truncated)?;
        lexer.go(end);
        lexer.skip_space();
        lexer.expect(b"endstream")?;
        if bytes.get(start..end.min(SNIFFED)).is_some_and(foreign::is_markup) {
            return Err(Reason::ForeignContent);
        }
        Ok(data)
    }

    fn stream(&mut self, dict: &Dict<'_>, stream: Stream<'a>) -> Result<(), Reason> {
        if dict.get(b"F")?.is_some() {
            self.findings.note(Reason::ExternalFile);
        }
        if dict.is(b"Type", b"ObjStm")? {
            self.object_streams.push(stream);
        } else if dict.is(b"Type", b"XRef")? {
            self.is_encrypted |= dict.get(b"Encrypt")?.is_some();
            self.xref_streams.insert(stream.at, stream);
        }
        Ok(())
    }

    /// The sections of a cross-reference table and its trailer (ISO 32000-2, 7.5.4 and 7.5.5).
    fn table(&mut self, lexer: &mut Lexer<'a>) -> Result<Section, Reason> {
        let mut entries = Vec::new();
        let start = lexer.at();
        loop {
            match lexer.next()? {
                Token::Int(first) => {
                    let first = u32::try_from(first).map_err(|_| Reason::Malformed)?;
                    for i in 0..lexer.natural::<u32>()? {
                        let number = first.checked_add(i).ok_or(Reason::Malformed)?;
                        entries.extend(table_entry(lexer, number)?);
                        if entries.len() > MAX_PDF_OBJECTS {
                            return Err(Reason::TooComplex);
                        }
                    }
                }
                Token::Word(b"trailer") => break,
                _ => return Err(lexer.unless_cut(Reason::Malformed)),
            }
        }
        // Neither comments nor zeros: readers differ on those.
        if lexer.since(start).iter().any(|byte| !byte.is_ascii_alphanumeric() && !b" \r\n\t".contains(byte)) {
            return Err(Reason::Malformed);
        }
        let trailer = Value::read(lexer)?;
        self.findings.look(&trailer);
        let Value::Dict(trailer) = trailer else { return Err(Reason::Malformed) };
        self.is_encrypted |= trailer.get(b"Encrypt")?.is_some();
        Ok(Section { entries, trailer: Trailer::of(&trailer)? })
    }

    fn object_stream(&mut self, stream: &Stream<'_>) -> Result<(), Reason> {
        let dict = stream.dict()?;
        let unpacked = stream.unpacked(&dict, &mut self.budget)?;
        for (index, (number, range)) in (0..).zip(stream::index(&dict, &unpacked)?) {
            let mut lexer = Lexer::new(unpacked.get(..range.end).unwrap_or_default(), range.start);
            let value = Value::read(&mut lexer)?;
            lexer.skip()?;
            if !lexer.rest().is_empty() {
                return Err(Reason::Malformed);
            }
            self.objects.add(number, Place { at: stream.at, index: Some(index) }, &value)?;
            self.findings.look(&value);
        }
        Ok(())
    }

    /// Where an object told a stream's length, it must have been right, but for the end of line before `endstream`.
    fn check_lengths(&self, bytes: &[u8]) -> Result<(), Reason> {
        let is_right = |length: &Length| {
            let data = bytes.get(length.start..length.end).unwrap_or_default();
            let line_end = data.iter().rev().take(2).take_while(|byte| is_space(**byte)).count();
            (0..=line_end).any(|shorter| self.objects.tells(length.told_by, data.len() - shorter))
        };
        if self.lengths.iter().all(is_right) { Ok(()) } else { Err(Reason::Malformed) }
    }

    fn check_action_on_opening(&mut self) {
        let is_harmless = |number: &u32| self.objects.revisions(*number).all(|object| object.shape.shows_a_page());
        if !self.findings.on_opening.iter().all(is_harmless) {
            self.findings.note(Reason::OpenAction);
        }
    }
}

/// A line of a cross-reference table: `None` where its object is free.
fn table_entry(lexer: &mut Lexer<'_>, number: u32) -> Result<Option<Entry>, Reason> {
    let at: usize = lexer.digits(10)?;
    let _: u32 = lexer.digits(5)?;
    let kind = lexer.next()?;
    if !matches!(lexer.rest(), [b'\r' | b'\n', ..] | [b' ' | b'\t', b'\r' | b'\n', ..]) {
        return Err(lexer.unless_cut(Reason::Malformed));
    }
    match kind {
        // Some writers list an object that they left out at offset 0.
        Token::Word(b"n") if at > 0 => Ok(Some((number, Target::At(at)))),
        Token::Word(b"n" | b"f") => Ok(None),
        _ => Err(lexer.unless_cut(Reason::Malformed)),
    }
}

/// What ends too early inside a file that does not is broken.
fn whole(reason: Reason) -> Reason {
    if reason == Reason::Truncated { Reason::Malformed } else { reason }
}
