//! What was given up on, as it lies in the local bucket.

use crate::engines::parked_in;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// An event that was given up on.
#[derive(Debug)]
pub(crate) struct Left {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The function that failed, by its handler's name.
    pub(crate) function: String,
    /// The event to deliver again.
    pub(crate) event: Value,
}

/// Everything parked in a data directory, in the order of its names.
pub(crate) fn all(data_dir: &Path) -> Result<Vec<Left>> {
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
