//! Measures what a check takes. It is for binaries that check nothing else at the same time.
#![allow(dead_code, reason = "each of the binaries that share this uses a part of it")]

use peak_alloc::PeakAlloc;
use rol_pdf::{Refusal, check};
use std::{
    fs,
    time::{Duration, Instant},
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a check takes at most beyond the file itself, in bytes.
pub(crate) const MAX_MEMORY: usize = 128 * 1_048_576;

/// How long a check takes at most in a release build.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(2);

/// What a check took, and what it found.
#[derive(Debug)]
pub(crate) struct Measure {
    /// How long it took. Other processes do not count on Linux.
    pub(crate) time: Duration,
    /// How much memory it took at once, in bytes.
    pub(crate) peak: usize,
    /// What it found.
    pub(crate) outcome: Result<(), Refusal>,
}

impl Measure {
    /// Checks a file.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        MEMORY.reset_peak_usage();
        let (memory, start, busy) = (MEMORY.current_usage(), Instant::now(), time_on_cpu());
        let outcome = check(bytes);
        let busy = busy.zip(time_on_cpu()).map(|(before, after)| after - before);
        Self { time: busy.unwrap_or(start.elapsed()), peak: MEMORY.peak_usage() - memory, outcome }
    }

    /// Its outcome in one word.
    pub(crate) fn code(&self) -> &'static str {
        self.outcome.map_or_else(Refusal::code, |()| "accepted")
    }
}

/// How long this thread has run.
fn time_on_cpu() -> Option<Duration> {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    statistics.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
