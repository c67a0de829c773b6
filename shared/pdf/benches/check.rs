//! `cargo bench -p rol-pdf`: time and memory of a check, worst first. It asserts nothing.

#[path = "../tests/support/measure.rs"]
mod measure;
#[path = "../tests/support/mod.rs"]
mod support;

use measure::Measure;
use std::cmp::Reverse;
use support::{
    bad,
    hostile::{SEEDS, hostile, kinds},
    ordinary,
};

/// How many lines are printed of the slowest files, and of those that take the most memory.
const SHOWN: usize = 20;

/// What the check of a file took: its name and size, and the measure.
type Row = (String, usize, Measure);

fn print(title: &str, rows: &[Row]) {
    println!("\n{title}\n{:>9} {:>9} {:>9}  {:55} outcome", "ms", "peak KiB", "bytes", "file");
    for (file, size, measure) in rows.iter().take(SHOWN) {
        let (time, peak) = (measure.time.as_secs_f64() * 1e3, measure.peak / 1_024);
        println!("{time:9.1} {peak:9} {size:9}  {file:55} {}", measure.code());
    }
}

fn main() {
    let row = |file: String, bytes: &[u8]| (file, bytes.len(), Measure::of(bytes));
    let files = ordinary().into_iter().chain(bad());
    let mut rows: Vec<Row> = files.map(|file| row(format!("{}/{}", file.folder, file.name), &file.bytes)).collect();
    for kind in kinds() {
        rows.extend((0..SEEDS).map(|seed| row(format!("{} ({seed})", kind.0), &hostile(kind, seed))));
    }
    rows.sort_by_key(|(_, _, measure)| Reverse(measure.time));
    print("slowest", &rows);
    rows.sort_by_key(|(_, _, measure)| Reverse(measure.peak));
    print("most memory", &rows);
}
