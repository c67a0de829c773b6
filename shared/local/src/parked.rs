//! What was given up on, as it lies in the local bucket.

use crate::Containers;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What came of delivering again.
#[derive(Debug, Default)]
pub struct Redriven {
    /// What was told, or had been before; it is no longer in the bucket.
    pub told: Vec<PathBuf>,
    /// What could not be told this time either, and why; it stays.
    pub left: Vec<(PathBuf, String)>,
}

/// Delivers again what lies parked in a directory, oldest first. What cannot be told holds up nothing else.
///
/// # Errors
/// Where something parked cannot be read or removed.
pub async fn redrive(directory: &Path, containers: &Containers) -> Result<Redriven> {
    let mut done = Redriven::default();
    for (path, batch) in all(directory)? {
        let why = match containers.invoke("changes.publish", batch).await {
            Ok(answer) if answer["batchItemFailures"] == json!([]) => None,
            Ok(answer) => Some(answer["batchItemFailures"].to_string()),
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

/// Every parked batch, oldest first: where it is, and the event to deliver again.
fn all(directory: &Path) -> Result<Vec<(PathBuf, Value)>> {
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
    paths.into_iter().map(|path| Ok((path.clone(), payload(&path)?))).collect()
}

/// The event of a parked batch.
fn payload(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let record: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let payload = record["payload"].as_str().with_context(|| format!("{} has no payload", path.display()))?;
    serde_json::from_str(payload).with_context(|| format!("the payload of {} is no JSON", path.display()))
}
