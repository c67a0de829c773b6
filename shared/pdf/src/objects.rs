//! What is kept of the objects of a file: where each is, and what it is to the check.

use crate::{
    Refusal,
    budget::Budget,
    limits::MAX_OBJECT_NUMBER,
    value::{Dict, Value},
};

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Where it begins in the file, or the object stream that it is in, in bytes.
    pub(crate) at: u32,
    /// Its index in the object stream.
    pub(crate) index: Option<u32>,
}

/// An object.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its number. Revisions of one object share it.
    pub(crate) number: u32,
    /// Where it is.
    pub(crate) place: Place,
    /// What it is to the check.
    pub(crate) kind: Kind,
}

/// What an object is to the check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// The catalog, and the root of its page tree.
    Catalog(Option<u32>),
    /// A node of the page tree, and its children.
    Pages(References),
    /// A node of the page tree whose children another object lists.
    PagesListedBy(u32),
    /// A page.
    Page,
    /// An array, and what it refers to directly: children, or a destination.
    Array(References),
    /// An action that goes to a page, and does nothing next.
    GoTo,
    /// Anything else.
    Other,
}

/// Which of the references in [`Objects`] belong to an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct References {
    start: u32,
    end: u32,
}

impl Kind {
    /// The kind of a value. What it refers to is added to `references`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] where its dictionary has a key twice, or a node of the page tree has no children.
    pub(crate) fn of(value: &Value<'_>, references: &mut Vec<u32>) -> Result<Self, Refusal> {
        Ok(match value {
            Value::Array(values) => Self::Array(References::add(values, references)?),
            Value::Dict(dict) => Self::of_dict(dict, references)?,
            _ => Self::Other,
        })
    }

    fn of_dict(dict: &Dict<'_>, references: &mut Vec<u32>) -> Result<Self, Refusal> {
        Ok(match dict.get(b"Type")? {
            Some(kind) if kind.is_name(b"Catalog") => Self::Catalog(dict.reference(b"Pages")?),
            Some(kind) if kind.is_name(b"Page") => Self::Page,
            Some(kind) if kind.is_name(b"Pages") => match dict.get(b"Kids")? {
                Some(Value::Array(kids)) => Self::Pages(References::add(kids, references)?),
                Some(Value::Ref(kids)) => Self::PagesListedBy(*kids),
                _ => return Err(Refusal::Malformed),
            },
            _ if dict.is(b"S", b"GoTo")? && dict.get(b"Next")?.is_none() => Self::GoTo,
            _ => Self::Other,
        })
    }

    /// Whether a viewer that does this on opening just shows a page.
    pub(crate) fn shows_a_page(self) -> bool {
        matches!(self, Self::Array(_) | Self::GoTo)
    }
}

impl References {
    fn add(values: &[Value<'_>], references: &mut Vec<u32>) -> Result<Self, Refusal> {
        let start = offset(references.len())?;
        references.extend(values.iter().filter_map(|value| match value {
            Value::Ref(number) => Some(*number),
            _ => None,
        }));
        Ok(Self { start, end: offset(references.len())? })
    }
}

/// A place in a file, or in what was read of it, in the four bytes in which it is kept.
///
/// # Errors
/// [`Refusal::TooComplex`] beyond four gigabytes, which are beyond every limit.
pub(crate) fn offset(at: usize) -> Result<u32, Refusal> {
    u32::try_from(at).map_err(|_| Refusal::TooComplex)
}

/// The place that an offset stands for.
pub(crate) fn place(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The objects of a file, those of object streams and of earlier revisions and those that nothing refers to among them.
///
/// There may be many: each takes a few bytes, and what all of them refer to is in one list.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    by_place: Vec<Object>,
    /// Indexes of `by_place`, in the order of the objects' numbers.
    by_number: Vec<u32>,
    /// The objects that are integers: number and value.
    integers: Vec<(u32, u32)>,
    references: Vec<u32>,
}

impl Objects {
    /// Adds an object.
    ///
    /// # Errors
    /// [`Refusal::TooComplex`] past a limit; those of [`Kind::of`].
    pub(crate) fn add(&mut self, number: u32, place: Place, value: &Value<'_>, budget: &Budget) -> Result<(), Refusal> {
        budget.objects.take(1)?;
        if number > MAX_OBJECT_NUMBER {
            return Err(Refusal::TooComplex);
        }
        if let Value::Int(integer) = value
            && let Ok(integer) = u32::try_from(*integer)
        {
            self.integers.push((number, integer));
        }
        let kind = Kind::of(value, &mut self.references)?;
        self.by_place.push(Object { number, place, kind });
        Ok(())
    }

    /// Sorts the objects once all of them were added, so that they can be found.
    pub(crate) fn sort(&mut self) -> Result<(), Refusal> {
        self.by_place.sort_unstable_by_key(|object| object.place);
        self.by_number = (0..offset(self.by_place.len())?).collect();
        self.by_number.sort_unstable_by_key(|i| self.by_place.get(place(*i)).map(|object| object.number));
        self.integers.sort_unstable();
        Ok(())
    }

    /// The object at a place.
    pub(crate) fn at(&self, place: Place) -> Option<&Object> {
        self.by_place.binary_search_by_key(&place, |object| object.place).ok().and_then(|i| self.by_place.get(i))
    }

    /// Whether a revision of an object is this integer.
    pub(crate) fn has_integer(&self, number: u32, integer: usize) -> bool {
        u32::try_from(integer).is_ok_and(|integer| self.integers.binary_search(&(number, integer)).is_ok())
    }

    /// Every revision of an object.
    pub(crate) fn revisions(&self, number: u32) -> impl Iterator<Item = &Object> {
        let object = |i: &u32| self.by_place.get(place(*i));
        let first = self.by_number.partition_point(|i| object(i).is_some_and(|object| object.number < number));
        let objects = self.by_number.iter().skip(first).filter_map(object);
        objects.take_while(move |object| object.number == number)
    }

    /// The numbers of the objects that an object refers to.
    pub(crate) fn references(&self, references: References) -> &[u32] {
        self.references.get(place(references.start)..place(references.end)).unwrap_or_default()
    }
}
