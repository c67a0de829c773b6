//! What was given up on, as it lies in the local bucket.

use crate::Containers;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What came of delivering again.
#[derive(Debug, Default)]
pub struct RedriveReport {
    /// What was told, or had been before; it is no longer in the bucket.
    pub told: Vec<PathBuf>,
    /// What could not be told this time either, and why; it stays.
    pub left: Vec<(PathBuf, String)>,
}

/// Delivers again what lies parked in a directory, oldest first. What cannot be told holds up nothing else.
///
/// # Errors
/// Where something parked cannot be read or removed.
pub async fn redrive(directory: &Path, containers: &Containers) -> Result<RedriveReport> {
    let mut done = RedriveReport::default();
    for Left { path, function, event } in all(directory)? {
        let why = match containers.invoke(&function, event).await {
            Ok(answer) => match answer["batchItemFailures"].as_array() {
                Some(failures) if !failures.is_empty() => Some(answer["batchItemFailures"].to_string()),
                _ => None,
            },
            Err(error) => Some(error.to_string()),
        };
        match why {
            None => {
                std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
                done.told.push(path);
            }
            Some(why) => done.left.push((path, why)),
        }
    }
    Ok(done)
}

/// An event that was given up on.
struct Left {
    /// Where it is.
    path: PathBuf,
    /// The function that failed, by its handler's name.
    function: String,
    /// The event to deliver again.
    event: Value,
}

/// Everything parked, in the order of its names.
fn all(directory: &Path) -> Result<Vec<Left>> {
    let mut paths = Vec::new();
    match std::fs::read_dir(directory) {
        Ok(entries) => {
            for entry in entries {
                paths.push(entry.with_context(|| format!("reading {}", directory.display()))?.path());
            }
        }
        // Nothing was ever parked.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("reading {}", directory.display())),
    }
    paths.sort();
    paths.into_iter().map(read).collect()
}

/// A record that Lambda wrote: of a batch of a stream, whose payload is a text, or of an event.
fn read(path: PathBuf) -> Result<Left> {
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut record: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let function = record["requestContext"]["functionArn"].as_str().unwrap_or_default().to_owned();
    let event = match record["payload"].as_str() {
        Some(payload) => {
            serde_json::from_str(payload).with_context(|| format!("the payload of {} is no JSON", path.display()))?
        }
        None => record["requestPayload"].take(),
    };
    if event.is_null() {
        bail!("{} has no payload", path.display());
    }
    Ok(Left { path, function, event })
}
