//! How much memory the check of PDFs takes at most. A binary of its own: its allocator counts for the whole process.

mod corpus;

use corpus::{bad, ordinary, worst::worst};
use peak_alloc::PeakAlloc;
use rol_app::pdf::check;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What the check takes at most beyond the file itself, in bytes.
const MAX_MEMORY: usize = 128 * 1_048_576;

#[test]
fn memory_is_bounded_whatever_the_file() {
    let files = ordinary().into_iter().chain(bad()).map(|file| (file.name, file.bytes));
    let worst = worst(1).into_iter().map(|(name, bytes)| (name.to_owned(), bytes));
    for (name, bytes) in files.chain(worst) {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let outcome = check(&bytes);
        let peak = MEMORY.peak_usage() - before;
        assert!(peak <= MAX_MEMORY, "{name}: {peak} bytes for {} ({outcome:?})", bytes.len());
    }
}
