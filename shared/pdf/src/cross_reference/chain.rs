//! Follows the sections of a file, from the newest one to the oldest.
//!
//! Whatever a section leads to must be an object that was read: else a viewer might find an object where the check
//! found the inside of a stream.

use super::{CrossReference, Entry, Section, Sections, Target, stream};
use crate::{
    Refusal,
    active_content::ActiveContent,
    budget::Budget,
    lexer::is_space,
    objects::{Objects, Place, offset, place},
};
use std::collections::HashSet;

/// How much whitespace may be between the place in an entry and its object, in bytes: writers miss by a line end.
const MAX_SPACE: usize = 4;

impl Sections<'_> {
    /// Follows the sections. What an older one says of the same object does not count.
    ///
    /// # Errors
    /// [`Refusal::BrokenReferences`] where an entry or a section leads to something else than is said;
    /// [`Refusal::Truncated`] where only the first part of a linearized file is there; those of a section that cannot
    /// be read.
    pub(crate) fn follow(
        mut self,
        file: &[u8],
        objects: &Objects,
        active_content: &ActiveContent,
        budget: &Budget,
    ) -> Result<CrossReference, Refusal> {
        let mut chain = Chain { file, objects, active_content, entries: Vec::new() };
        let mut root = None;
        let mut visited = HashSet::new();
        let mut next = Some(self.newest);
        while let Some(at) = next {
            // The first part of a linearized file ends so.
            if at == 0 {
                return Err(Refusal::Truncated);
            }
            if !visited.insert(at) {
                return Err(Refusal::BrokenReferences);
            }
            let section = self.remove(at, budget)?;
            if let Some(hybrid) = section.trailer.hybrid {
                let hidden = self.remove(hybrid, budget)?;
                if hidden.trailer.previous.is_some_and(|previous| Some(previous) != section.trailer.previous) {
                    return Err(Refusal::BrokenReferences);
                }
                chain.add(&hidden)?;
            }
            if at == self.newest {
                root = section.trailer.root;
            }
            chain.add(&section)?;
            next = section.trailer.previous;
        }
        let cross_reference = CrossReference { entries: chain.newest_entries(), root };
        // Where object streams are is only known once all sections were read.
        cross_reference.entries.iter().try_for_each(|entry| cross_reference.find(entry.number, objects).map(|_| ()))?;
        Ok(cross_reference)
    }

    /// The section that begins at a byte. No other one leads to it again.
    fn remove(&mut self, at: usize, budget: &Budget) -> Result<Section, Refusal> {
        if let Some(table) = self.tables.remove(&at) {
            return Ok(table);
        }
        stream::read(&self.streams.remove(&at).ok_or(Refusal::BrokenReferences)?, budget)
    }
}

/// The sections that were followed.
struct Chain<'a> {
    file: &'a [u8],
    objects: &'a Objects,
    active_content: &'a ActiveContent,
    /// Those of newer sections first.
    entries: Vec<Entry>,
}

impl Chain<'_> {
    fn add(&mut self, section: &Section) -> Result<(), Refusal> {
        for Entry { number, target } in &section.entries {
            let target = match *target {
                Target::InFile(at) => {
                    let at = self.skip_space(at)?;
                    let object = self.objects.at(Place { at, index: None }).ok_or(Refusal::BrokenReferences)?;
                    // Cairo lists objects that it left out where others are: there is no such object, unless a viewer
                    // takes the other one for it.
                    if object.number != *number {
                        if self.active_content.is_opening_action(*number) {
                            return Err(Refusal::OpenAction);
                        }
                        continue;
                    }
                    Target::InFile(at)
                }
                in_stream @ Target::InStream { .. } => in_stream,
            };
            self.entries.push(Entry { number: *number, target });
        }
        Ok(())
    }

    /// The newest entry of each object, in the order of their numbers.
    fn newest_entries(self) -> Vec<Entry> {
        let mut entries = self.entries;
        // This keeps the order of the entries of one object.
        entries.sort_by_key(|entry| entry.number);
        entries.dedup_by_key(|entry| entry.number);
        entries
    }

    /// The byte after the whitespace at a byte.
    fn skip_space(&self, at: u32) -> Result<u32, Refusal> {
        let rest = self.file.get(place(at)..).unwrap_or_default();
        offset(place(at) + rest.iter().take(MAX_SPACE).take_while(|byte| is_space(**byte)).count())
    }
}
