//! Cross-references: what leads a viewer from an object's number to the object (ISO 32000-2, 7.5.4 to 7.5.8).
//!
//! A file has a section for each of its revisions, as a table or as a stream. This module knows what a section says;
//! `chain` follows one section to the next.

mod chain;
mod stream;
pub(crate) mod table;

use crate::{
    Refusal,
    limits::MAX_OBJECT_NUMBER,
    objects::{Object, Objects, Place},
    stream::Stream,
    value::Dict,
};
use std::collections::BTreeMap;

/// Where an object is said to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// At so many bytes from the start of the file.
    InFile(u32),
    /// In an object stream.
    InStream {
        /// The number of the object stream.
        stream: u32,
        /// The index in it.
        index: u32,
    },
}

/// What a section says of an object in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The number of the object.
    pub(crate) number: u32,
    /// Where it is said to be.
    pub(crate) target: Target,
}

/// The entries of a trailer, or of the dictionary of a cross-reference stream.
#[derive(Debug)]
struct Trailer {
    root: Option<u32>,
    previous: Option<usize>,
    /// Where the cross-reference stream of a hybrid file begins.
    hybrid: Option<usize>,
    size: u32,
}

impl Trailer {
    fn of(dict: &Dict<'_>) -> Result<Self, Refusal> {
        let size = dict.natural(b"Size")?.ok_or(Refusal::BrokenReferences)?;
        if size > MAX_OBJECT_NUMBER + 1 {
            return Err(Refusal::TooComplex);
        }
        Ok(Self {
            root: dict.reference(b"Root")?,
            previous: dict.natural(b"Prev")?,
            hybrid: dict.natural(b"XRefStm")?,
            size,
        })
    }
}

/// A section: the objects in use of one revision, or of a part of one.
#[derive(Debug)]
struct Section {
    entries: Vec<Entry>,
    trailer: Trailer,
}

/// The sections of a file, in the order in which they stand in it.
#[derive(Debug, Default)]
pub(crate) struct Sections<'a> {
    tables: BTreeMap<usize, Section>,
    streams: BTreeMap<usize, Stream<'a>>,
    newest: usize,
}

impl<'a> Sections<'a> {
    /// Adds a table that begins at a byte, with its trailer.
    ///
    /// # Errors
    /// [`Refusal::BrokenReferences`] where the trailer has no `/Size`; [`Refusal::TooComplex`] where that is too large;
    /// [`Refusal::Malformed`] where it has a key twice, or a value of another type than expected.
    pub(crate) fn add_table(&mut self, at: usize, entries: Vec<Entry>, trailer: &Dict<'_>) -> Result<(), Refusal> {
        self.tables.insert(at, Section { entries, trailer: Trailer::of(trailer)? });
        Ok(())
    }

    /// Adds a cross-reference stream. It is unpacked when another section leads to it.
    pub(crate) fn add_stream(&mut self, stream: Stream<'a>) {
        self.streams.insert(stream.at, stream);
    }

    /// Sets where the newest section begins, as the last `startxref` says.
    pub(crate) fn set_newest(&mut self, at: usize) {
        self.newest = at;
    }
}

/// The cross-reference of a file: the newest entry of each object.
#[derive(Debug)]
pub(crate) struct CrossReference {
    /// In the order of the objects' numbers.
    entries: Vec<Entry>,
    root: Option<u32>,
}

impl CrossReference {
    /// The number of the catalog.
    pub(crate) fn root(&self) -> Option<u32> {
        self.root
    }

    /// The object that has a number, where the cross-reference lists one.
    ///
    /// # Errors
    /// [`Refusal::BrokenReferences`] where it leads to something other than that object.
    pub(crate) fn find<'o>(&self, number: u32, objects: &'o Objects) -> Result<Option<&'o Object>, Refusal> {
        let place = match self.target(number) {
            None => return Ok(None),
            Some(Target::InFile(at)) => Place { at, index: None },
            Some(Target::InStream { stream, index }) => match self.target(stream) {
                Some(Target::InFile(at)) => Place { at, index: Some(index) },
                _ => return Err(Refusal::BrokenReferences),
            },
        };
        objects.at(place).filter(|object| object.number == number).ok_or(Refusal::BrokenReferences).map(Some)
    }

    fn target(&self, number: u32) -> Option<Target> {
        let entry = self.entries.binary_search_by_key(&number, |entry| entry.number).ok();
        entry.and_then(|i| self.entries.get(i)).map(|entry| entry.target)
    }
}
