//! `cargo bench -p rol-app --bench pdf`: time and memory of the check of PDFs, worst first. It asserts nothing.

#[path = "../tests/corpus/mod.rs"]
mod corpus;

use corpus::{
    bad, ordinary,
    worst::{STREAMS, long, worst},
};
use peak_alloc::PeakAlloc;
use rol_app::pdf::check;
use std::time::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How many lines are printed.
const SHOWN: usize = 30;

fn main() {
    let files = ordinary().into_iter().chain(bad()).map(|file| (format!("{}/{}", file.folder, file.name), file.bytes));
    let worst = worst(STREAMS).into_iter().chain(long()).map(|(name, bytes)| (name.to_owned(), bytes));
    let mut rows = Vec::new();
    for (name, bytes) in files.chain(worst) {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let start = Instant::now();
        let outcome = check(&bytes).map_or_else(|reason| reason.code(), |()| "accepted");
        rows.push((start.elapsed(), MEMORY.peak_usage() - before, bytes.len(), name, outcome));
    }
    rows.sort();
    println!("{:>9} {:>9} {:>9}  {:50} outcome", "ms", "peak KiB", "bytes", "file");
    for (time, peak, size, name, outcome) in rows.iter().rev().take(SHOWN) {
        println!("{:9.1} {:9} {size:9}  {name:50} {outcome}", time.as_secs_f64() * 1e3, peak / 1_024);
    }
}
