//! Follows a file's cross-reference to its objects, and its catalog to its pages (ISO 32000-2, 7.5.4 to 7.5.8, 7.7.3).
//!
//! Whatever a cross-reference leads to must be an object that was read: else a viewer might find one where the check
//! saw the inside of a stream.

use super::{
    document::{Object, Objects, Place, Shape},
    lexer::is_space,
    scan::Scan,
    stream::{Budget, Stream},
    value::{Dict, Value},
};
use rol_domain::{
    attachment::Reason,
    limits::{MAX_PDF_OBJECT_NUMBER, MAX_PDF_OBJECTS},
};
use std::collections::{HashMap, HashSet};

/// How much whitespace a cross-reference may count to what it leads to, in bytes: writers miss by a line end.
const SLACK: usize = 4;

/// Where an object is said to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// At so many bytes from the start of the file.
    At(usize),
    /// In an object stream, by its number, at this index.
    In(u32, u32),
}

/// What a section says of an object in use.
pub(super) type Entry = (u32, Target);

/// What the trailer of a section says of others.
#[derive(Debug)]
pub(super) struct Trailer {
    root: Option<u32>,
    previous: Option<usize>,
    /// The cross-reference stream of a hybrid file.
    hybrid: Option<usize>,
    size: u32,
}

impl Trailer {
    /// Reads it from the dictionary of a trailer or of a cross-reference stream.
    pub(super) fn of(dict: &Dict<'_>) -> Result<Self, Reason> {
        let size = dict.natural(b"Size")?.ok_or(Reason::BrokenReferences)?;
        if size > MAX_PDF_OBJECT_NUMBER + 1 {
            return Err(Reason::TooComplex);
        }
        Ok(Self {
            root: dict.reference(b"Root")?,
            previous: dict.natural(b"Prev")?,
            hybrid: dict.natural(b"XRefStm")?,
            size,
        })
    }
}

/// A section: the objects that one revision of the file, or a part of it, has in use.
#[derive(Debug)]
pub(super) struct Section {
    /// Its objects.
    pub(super) entries: Vec<Entry>,
    /// Its trailer.
    pub(super) trailer: Trailer,
}

/// How many pages a file has.
///
/// # Errors
/// [`Reason::BrokenReferences`] where they cannot be found, [`Reason::NoPages`] where there are none.
pub(super) fn count_pages(mut scan: Scan<'_>, bytes: &[u8]) -> Result<usize, Reason> {
    let mut walk = Walk { bytes, live: HashMap::new(), root: None };
    walk.revisions(&mut scan)?;
    walk.check_packed(&scan.objects)?;
    walk.pages(&scan.objects)
}

struct Walk<'a> {
    bytes: &'a [u8],
    live: HashMap<u32, Target>,
    root: Option<u32>,
}

impl Walk<'_> {
    /// Goes through the sections, newest first: what an older one says of the same object does not count.
    fn revisions(&mut self, scan: &mut Scan<'_>) -> Result<(), Reason> {
        let mut visited = HashSet::new();
        let mut next = Some(scan.newest);
        while let Some(at) = next {
            // The first part of a linearized file ends so: the rest of it is missing.
            if at == 0 {
                return Err(Reason::Truncated);
            }
            if !visited.insert(at) {
                return Err(Reason::BrokenReferences);
            }
            let section = Self::section(scan, at)?;
            if let Some(hybrid) = section.trailer.hybrid {
                let hidden = Self::section(scan, hybrid)?;
                if hidden.trailer.previous.is_some_and(|previous| Some(previous) != section.trailer.previous) {
                    return Err(Reason::BrokenReferences);
                }
                self.enter(&hidden, scan)?;
            }
            if visited.len() == 1 {
                self.root = section.trailer.root;
            }
            self.enter(&section, scan)?;
            next = section.trailer.previous;
        }
        Ok(())
    }

    fn section(scan: &mut Scan<'_>, at: usize) -> Result<Section, Reason> {
        if let Some(table) = scan.tables.remove(&at) {
            return Ok(table);
        }
        let stream = scan.xref_streams.remove(&at).ok_or(Reason::BrokenReferences)?;
        of_stream(&stream, &mut scan.budget)
    }

    fn enter(&mut self, section: &Section, scan: &Scan<'_>) -> Result<(), Reason> {
        for (number, target) in &section.entries {
            let target = match *target {
                Target::At(at) => {
                    let at = self.after_space(at);
                    let object = scan.objects.at(Place { at, index: None }).ok_or(Reason::BrokenReferences)?;
                    // Cairo lists objects that it left out where others are: there is no such object, unless a viewer
                    // takes the other one for it.
                    if object.number != *number {
                        if scan.findings.on_opening.contains(number) {
                            return Err(Reason::OpenAction);
                        }
                        continue;
                    }
                    Target::At(at)
                }
                packed @ Target::In(..) => packed,
            };
            self.live.entry(*number).or_insert(target);
        }
        Ok(())
    }

    /// The objects in object streams: where those are is only known once all sections have been read.
    fn check_packed(&self, objects: &Objects) -> Result<(), Reason> {
        self.live.keys().try_for_each(|number| self.object(*number, objects).map(|_| ()))
    }

    /// The object that has a number, where one has.
    fn object<'o>(&self, number: u32, objects: &'o Objects) -> Result<Option<&'o Object>, Reason> {
        let place = match self.live.get(&number) {
            None => return Ok(None),
            Some(Target::At(at)) => Place { at: *at, index: None },
            Some(Target::In(stream, index)) => match self.live.get(stream) {
                Some(Target::At(at)) => Place { at: *at, index: Some(*index) },
                _ => return Err(Reason::BrokenReferences),
            },
        };
        objects.at(place).filter(|object| object.number == number).ok_or(Reason::BrokenReferences).map(Some)
    }

    fn pages(&self, objects: &Objects) -> Result<usize, Reason> {
        let catalog = self.root.map_or(Ok(None), |root| self.object(root, objects))?;
        let Some(Object { shape: Shape::Catalog(tree), .. }) = catalog else { return Err(Reason::BrokenReferences) };
        let mut pending: Vec<u32> = tree.iter().copied().collect();
        let mut visited = HashSet::new();
        let mut count = 0_usize;
        while let Some(number) = pending.pop() {
            let (node, kids) = match self.object(number, objects)?.map(|node| &node.shape) {
                Some(Shape::Page) => {
                    count += 1;
                    continue;
                }
                Some(Shape::Pages(kids)) => (number, kids),
                Some(Shape::PagesListedBy(list)) => match self.object(*list, objects)?.map(|list| &list.shape) {
                    Some(Shape::Array(kids)) => (*list, kids),
                    _ => continue,
                },
                _ => continue,
            };
            // Two nodes with one list of children are as bad as a loop.
            if !visited.insert(node) {
                return Err(Reason::BrokenReferences);
            }
            pending.extend(kids);
        }
        if count == 0 { Err(Reason::NoPages) } else { Ok(count) }
    }

    fn after_space(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at.saturating_add(rest.iter().take(SLACK).take_while(|byte| is_space(**byte)).count())
    }
}

/// The section in a cross-reference stream: entries of three numbers, each so many bytes wide as `/W` says.
fn of_stream(stream: &Stream<'_>, budget: &mut Budget) -> Result<Section, Reason> {
    let dict = stream.dict()?;
    let trailer = Trailer::of(&dict)?;
    let data = stream.unpacked(&dict, budget)?;
    let widths = naturals(dict.get(b"W")?)?.ok_or(Reason::Malformed)?;
    let [kind_width, _, _] = *widths.as_slice() else { return Err(Reason::Malformed) };
    let width: usize = widths
        .iter()
        .try_fold(0, |sum, width| if *width <= 8 { Some(sum + width) } else { None })
        .ok_or(Reason::Malformed)?;
    if width == 0 {
        return Err(Reason::Malformed);
    }
    let size = usize::try_from(trailer.size).map_err(|_| Reason::TooComplex)?;
    let ranges = naturals(dict.get(b"Index")?)?.unwrap_or_else(|| vec![0, size]);
    let mut rows = data.chunks_exact(width);
    let mut entries = Vec::new();
    for range in ranges.chunks(2) {
        let [first, count] = *range else { return Err(Reason::Malformed) };
        for number in first..first.saturating_add(count) {
            let mut fields = rows.next().ok_or(Reason::Malformed)?;
            let mut field = |i: usize| -> Option<u64> {
                let (field, rest) = fields.split_at_checked(*widths.get(i)?)?;
                fields = rest;
                Some(field.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
            };
            let (kind, second, third) = (field(0), field(1), field(2));
            let kind = if kind_width == 0 { Some(1) } else { kind };
            let target = match (kind, second.unwrap_or(0), third.unwrap_or(0)) {
                (Some(1), at @ 1.., _) => usize::try_from(at).ok().map(Target::At),
                (Some(2), stream, index) => u32::try_from(stream)
                    .ok()
                    .zip(u32::try_from(index).ok())
                    .map(|(stream, index)| Target::In(stream, index)),
                // Free, left out, or of a kind to come: as if it were `null`.
                _ => continue,
            };
            if entries.len() >= MAX_PDF_OBJECTS {
                return Err(Reason::TooComplex);
            }
            entries.push((
                u32::try_from(number).map_err(|_| Reason::TooComplex)?,
                target.ok_or(Reason::BrokenReferences)?,
            ));
        }
    }
    Ok(Section { entries, trailer })
}

fn naturals(value: Option<&Value<'_>>) -> Result<Option<Vec<usize>>, Reason> {
    let Some(value) = value else { return Ok(None) };
    let Value::Array(values) = value else { return Err(Reason::Malformed) };
    let number = |value: &Value<'_>| if let Value::Int(number) = value { usize::try_from(*number).ok() } else { None };
    values.iter().map(number).collect::<Option<_>>().map(Some).ok_or(Reason::Malformed)
}
