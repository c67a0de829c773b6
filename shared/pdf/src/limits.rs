//! What a file may have at most. Every limit that is not said to be of one thing holds for the whole file.

/// The largest file, in bytes. The bounds of memory and time were measured for files of this size.
pub const MAX_FILE_BYTES: usize = 5_242_880;

/// How deep arrays and dictionaries nest.
pub const MAX_DEPTH: usize = 100;

/// The most values (numbers, names, strings, …) in one object.
pub const MAX_VALUES: usize = 500_000;

/// The most objects, those in object streams and all revisions of each.
pub const MAX_OBJECTS: usize = 500_000;

/// The largest number of an object; `/Size` is at most one more (ISO 32000-1, annex C).
pub const MAX_OBJECT_NUMBER: u32 = 8_388_607;

/// The most cross-reference sections. Each revision of a file adds one or two.
pub const MAX_SECTIONS: usize = 1_000;

/// The most entries of all cross-reference sections.
pub const MAX_ENTRIES: usize = 1_000_000;

/// What one object stream or cross-reference stream unpacks to at most, in bytes.
pub const MAX_STREAM_BYTES: usize = 8 * 1_048_576;

/// What all object streams and cross-reference streams unpack to at most, in bytes.
pub const MAX_UNPACKED_BYTES: usize = 32 * 1_048_576;

/// The most work, in steps.
///
/// Reading a number, a name or another token is one step. What takes longer counts as many:
/// [`STEPS_PER_BLOCK`], [`STEPS_PER_LOOKUP`].
pub const MAX_STEPS: usize = 20_000_000;

/// The steps of unpacking a block of packed data, besides those of what is in it: each block has codes of its own.
pub const STEPS_PER_BLOCK: usize = 100;

/// The steps of finding a node of the page tree by its number.
pub const STEPS_PER_LOOKUP: usize = 10;

/// The most whitespace after the last `%%EOF`, in bytes.
pub const MAX_TRAILING_SPACE: usize = 1_024;
