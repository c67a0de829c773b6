//! How much memory a check takes at most. A binary of its own: its allocator counts for the whole process.

#[path = "support/measure.rs"]
mod measure;
mod support;

use measure::{MAX_MEMORY, Measure};
use support::{
    bad,
    hostile::{kinds, small_hostile},
    ordinary,
};

#[test]
fn memory_is_bounded_whatever_the_file() {
    let corpus = ordinary().into_iter().chain(bad()).map(|file| (file.name, file.bytes));
    let hostile = kinds().into_iter().map(|kind| (kind.0.to_owned(), small_hostile(kind, 1)));
    for (name, bytes) in corpus.chain(hostile) {
        let measure = Measure::of(&bytes);
        assert!(measure.peak <= MAX_MEMORY, "{name}: {measure:?} for {} bytes", bytes.len());
    }
}
