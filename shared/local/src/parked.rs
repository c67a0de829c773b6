//! What was given up on, as it lies in the local bucket.

use crate::engines::parked_in;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every parked batch of a data directory, oldest first: where it is, and the event to deliver again.
pub(crate) fn all(data_dir: &Path) -> Result<Vec<(PathBuf, Value)>> {
    let directory = parked_in(data_dir);
    let mut paths = Vec::new();
    match std::fs::read_dir(&directory) {
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
    paths.into_iter().map(|path| Ok((path.clone(), payload(&path)?))).collect()
}

/// The event of a parked batch.
fn payload(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let record: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let payload = record["payload"].as_str().with_context(|| format!("{} has no payload", path.display()))?;
    serde_json::from_str(payload).with_context(|| format!("the payload of {} is no JSON", path.display()))
}
