//! Looks for files that make a check panic, never end, or take too much memory or time.
//!
//! `cargo run --release -p rol-pdf --example fuzz -- 60` checks every hostile file, then for 60 seconds files that were
//! changed at random. It stops at the first one that fails and prints its seed; `-- 0 <seed>` makes and checks that one
//! alone. The checks run in a process of their own, so that the file is known however that one ends.

#[path = "../tests/support/measure.rs"]
mod measure;
#[path = "../tests/support/mod.rs"]
mod support;

use measure::{MAX_MEMORY, MAX_TIME, Measure};
use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    io::{BufRead, BufReader},
    process::{Command, ExitCode, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};
use support::{
    bad,
    hostile::{SEEDS, hostile, kinds, small_hostile},
    mutation::mutate,
    ordinary,
    random::Random,
};

/// How long the making and the check of one file may take together before it is ended.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// The first argument of the process that runs the checks.
const CHECKS: &str = "checks";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (runs_checks, numbers) = match arguments.split_first() {
        Some((first, rest)) if first == CHECKS => (true, rest),
        _ => (false, arguments.as_slice()),
    };
    let numbers: Option<Vec<u64>> = numbers.iter().map(|text| text.parse().ok()).collect();
    match numbers.as_deref() {
        Some([seconds]) if runs_checks => run_checks(*seconds, None),
        Some([seconds, seed]) if runs_checks => run_checks(*seconds, Some(*seed)),
        Some([_] | [_, _]) => supervise(&arguments),
        _ => {
            eprintln!("expected a number of seconds and, to check one file again, its seed; found {arguments:?}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the checks in another process, which prints the name of each file before it checks it.
fn supervise(arguments: &[String]) -> ExitCode {
    let program = env::current_exe().expect("this program has a path");
    let mut checks = Command::new(program);
    let mut checks = checks.arg(CHECKS).args(arguments).stdout(Stdio::piped()).spawn().expect("it starts again");
    let lines = BufReader::new(checks.stdout.take().expect("it is piped")).lines();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut last = String::new();
    loop {
        match receiver.recv_timeout(MAX_SILENCE) {
            Ok(line) => last = line,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                eprintln!("the check does not end");
                checks.kill().expect("it is a child");
                break;
            }
        }
    }
    if checks.wait().expect("it is a child").success() {
        println!("{last}");
        return ExitCode::SUCCESS;
    }
    eprintln!("failed at {last}");
    ExitCode::FAILURE
}

fn run_checks(seconds: u64, seed: Option<u64>) -> ExitCode {
    let is_bounded = match seed {
        Some(seed) => check_changed_files(seconds, seed),
        None => check_hostile_files() && check_changed_files(seconds, RandomState::new().build_hasher().finish()),
    };
    if is_bounded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Checks a file; whether that stayed within the bounds.
fn is_bounded(name: &str, bytes: &[u8]) -> bool {
    println!("{name}");
    let measure = Measure::of(bytes);
    let is_bounded = measure.time <= MAX_TIME && measure.peak <= MAX_MEMORY;
    if !is_bounded {
        eprintln!("{measure:?} for {} bytes", bytes.len());
    }
    is_bounded
}

fn check_hostile_files() -> bool {
    let mut files = kinds().into_iter().flat_map(|kind| (0..SEEDS).map(move |seed| (kind, seed)));
    files.all(|(kind, seed)| is_bounded(&format!("{} of seed {seed}", kind.0), &hostile(kind, seed)))
}

/// Checks files until the time is over, the first of them in any case.
fn check_changed_files(seconds: u64, first: u64) -> bool {
    let corpus = ordinary().into_iter().chain(bad()).map(|file| (format!("{}/{}", file.folder, file.name), file.bytes));
    let hostile = kinds().into_iter().map(|kind| (kind.0.to_owned(), small_hostile(kind, 1)));
    let files: Vec<_> = corpus.chain(hostile).collect();
    let start = Instant::now();
    for count in 0.. {
        let seed = first.wrapping_add(count);
        let mut random = Random::new(seed);
        let (name, bytes) = &files[random.below(files.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, &mut random);
        if !is_bounded(&format!("seed {seed}, changed from {name}"), &bytes) {
            return false;
        }
        if start.elapsed() >= Duration::from_secs(seconds) {
            println!("{} changed files stayed within the bounds", count + 1);
            break;
        }
    }
    true
}
