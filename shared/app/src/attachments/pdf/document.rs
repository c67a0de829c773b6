//! What is kept of a file's objects once each was read: where it is, and its part in the page tree.

use super::value::{Dict, Value};
use rol_domain::{
    attachment::Reason,
    limits::{MAX_PDF_OBJECT_NUMBER, MAX_PDF_OBJECTS},
};
use std::collections::HashSet;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Where it begins in the file, or the object stream that it is in, in bytes.
    pub(super) at: usize,
    /// Which one of the object stream it is.
    pub(super) index: Option<u32>,
}

/// An object that was read.
#[derive(Debug)]
pub(super) struct Object {
    /// Its number. Revisions of one object share it.
    pub(super) number: u32,
    /// Where it is.
    pub(super) place: Place,
    /// What it is to the check.
    pub(super) shape: Shape,
}

/// What an object is to the check.
#[derive(Debug, PartialEq)]
pub(super) enum Shape {
    /// The catalog, and its page tree.
    Catalog(Option<u32>),
    /// A node of the page tree, and its children.
    Pages(Vec<u32>),
    /// A node of the page tree whose children are listed by another object.
    PagesListedBy(u32),
    /// A page.
    Page,
    /// An array, and what it refers to directly: children, or a destination.
    Array(Vec<u32>),
    /// An action that goes to a page, and does nothing next.
    GoTo,
    /// Anything else.
    Other,
}

impl Shape {
    /// The shape of a value.
    pub(super) fn of(value: &Value<'_>) -> Result<Self, Reason> {
        Ok(match value {
            Value::Array(values) => Self::Array(references(values)),
            Value::Dict(dict) => Self::of_dict(dict)?,
            _ => Self::Other,
        })
    }

    fn of_dict(dict: &Dict<'_>) -> Result<Self, Reason> {
        Ok(match dict.get(b"Type")? {
            Some(kind) if kind.is_name(b"Catalog") => Self::Catalog(dict.reference(b"Pages")?),
            Some(kind) if kind.is_name(b"Page") => Self::Page,
            Some(kind) if kind.is_name(b"Pages") => match dict.get(b"Kids")? {
                Some(Value::Array(kids)) => Self::Pages(references(kids)),
                Some(Value::Ref(kids)) => Self::PagesListedBy(*kids),
                _ => return Err(Reason::Malformed),
            },
            _ if dict.is(b"S", b"GoTo")? && dict.get(b"Next")?.is_none() => Self::GoTo,
            _ => Self::Other,
        })
    }

    /// Whether a viewer that does this on opening just shows a page.
    pub(super) fn shows_a_page(&self) -> bool {
        matches!(self, Self::Array(_) | Self::GoTo)
    }
}

fn references(values: &[Value<'_>]) -> Vec<u32> {
    values.iter().filter_map(|value| if let Value::Ref(number) = value { Some(*number) } else { None }).collect()
}

/// The objects of a file: those of object streams and of earlier revisions, and those that nothing refers to.
#[derive(Debug, Default)]
pub(super) struct Objects {
    by_place: Vec<Object>,
    by_number: Vec<(u32, usize)>,
    integers: HashSet<(u32, i64)>,
}

impl Objects {
    /// Adds an object.
    ///
    /// # Errors
    /// [`Reason::TooComplex`] past a limit; [`Reason::Malformed`] where its dictionary cannot be told.
    pub(super) fn add(&mut self, number: u32, place: Place, value: &Value<'_>) -> Result<(), Reason> {
        if number > MAX_PDF_OBJECT_NUMBER || self.by_place.len() >= MAX_PDF_OBJECTS {
            return Err(Reason::TooComplex);
        }
        if let Value::Int(told) = value {
            self.integers.insert((number, *told));
        }
        self.by_place.push(Object { number, place, shape: Shape::of(value)? });
        Ok(())
    }

    /// Puts them in order, once all are there, so that they are found.
    pub(super) fn sort(&mut self) {
        self.by_place.sort_unstable_by_key(|object| object.place);
        self.by_number = self.by_place.iter().enumerate().map(|(i, object)| (object.number, i)).collect();
        self.by_number.sort_unstable();
    }

    /// The object at a place.
    pub(super) fn at(&self, place: Place) -> Option<&Object> {
        self.by_place.binary_search_by_key(&place, |object| object.place).ok().and_then(|i| self.by_place.get(i))
    }

    /// Whether a revision of an object is this length.
    pub(super) fn tells(&self, number: u32, length: usize) -> bool {
        i64::try_from(length).is_ok_and(|length| self.integers.contains(&(number, length)))
    }

    /// Every revision of an object.
    pub(super) fn revisions(&self, number: u32) -> impl Iterator<Item = &Object> {
        let first = self.by_number.partition_point(|(other, _)| *other < number);
        let found = self.by_number.iter().skip(first).take_while(move |(other, _)| *other == number);
        found.filter_map(|(_, i)| self.by_place.get(*i))
    }
}
