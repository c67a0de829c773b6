//! What was given up on, as it lies in the local bucket.

use crate::engines::parked_in;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A parked batch.
pub(crate) struct Parked {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// The function that could not deal with it.
    pub(crate) function: String,
    /// The event to deliver again.
    pub(crate) batch: Value,
}

/// Every parked batch of a data directory, of each function oldest first.
pub(crate) fn all(data_dir: &Path) -> Result<Vec<Parked>> {
    let mut parked = Vec::new();
    for function in entries(&parked_in(data_dir))? {
        let name = function.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        for path in entries(&function)? {
            parked.push(Parked { batch: payload(&path)?, path, function: name.clone() });
        }
    }
    Ok(parked)
}

/// What lies in a directory, in order; nothing where there is none, because nothing was ever parked.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let read = || std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut paths = match read() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.with_context(|| format!("reading {}", directory.display()))?,
    };
    paths.sort();
    Ok(paths)
}

/// The event of a parked batch.
fn payload(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let record: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let payload = record["payload"].as_str().with_context(|| format!("{} has no payload", path.display()))?;
    serde_json::from_str(payload).with_context(|| format!("the payload of {} is no JSON", path.display()))
}
