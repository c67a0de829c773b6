//! The data directory and what a running stack tells others: the ready file, and the lock on the directory.

use crate::{Demo, Engines, LocalIssuer, engines::CHECKPOINTS_BUCKET};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, TryLockError},
    path::Path,
};

/// Where the state is kept where no directory is named.
pub(crate) const DEFAULT_DIRECTORY: &str = ".local";
/// The file in a data directory that says where its stack is.
const STACK_FILE: &str = "stack.json";
/// The file in a data directory that a running stack holds locked.
const LOCK_FILE: &str = "lock";

/// Where a stack is, and how to speak to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) base_url: String,
    pub(crate) dynamodb_endpoint: String,
    pub(crate) s3_endpoint: String,
    pub(crate) table: String,
    pub(crate) bucket: String,
    pub(crate) api_key: String,
    pub(crate) tenant_id: String,
    pub(crate) jwt_issuer: String,
}

impl Ready {
    pub(crate) fn new(base_url: String, engines: &Engines, demo: &Demo) -> Self {
        Self {
            base_url,
            dynamodb_endpoint: engines.dynamodb.clone(),
            s3_endpoint: engines.s3.clone(),
            table: engines.table.clone(),
            bucket: engines.bucket.clone(),
            api_key: demo.key.clone(),
            tenant_id: demo.tenant.to_string(),
            jwt_issuer: engines.issuer.url.clone(),
        }
    }

    /// The engines of that stack.
    pub(crate) fn engines(self) -> Engines {
        Engines {
            dynamodb: self.dynamodb_endpoint,
            s3: self.s3_endpoint,
            issuer: LocalIssuer::at(self.jwt_issuer),
            table: self.table,
            bucket: self.bucket,
            heads_bucket: Some(CHECKPOINTS_BUCKET.into()),
            embedded: None,
        }
    }

    /// Writes the file; who waits for it never reads half of it.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        write_whole(path, &(serde_json::to_string_pretty(self)? + "\n"))
    }

    /// The stack that last ran on a data directory.
    pub(crate) fn of(directory: &Path) -> Result<Self> {
        let path = directory.join(STACK_FILE);
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }

    pub(crate) fn leave_in(&self, directory: &Path) -> Result<()> {
        self.write(&directory.join(STACK_FILE))
    }
}

/// Writes a file whole or not at all, whenever this process is killed.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<()> {
    let draft = path.with_added_extension("draft");
    std::fs::write(&draft, text)
        .and_then(|()| std::fs::rename(&draft, path))
        .with_context(|| format!("writing {}", path.display()))
}

/// Takes a data directory for this process; `None` where another one has it. The lock ends with the process, however
/// it ends.
pub(crate) fn take(directory: &Path) -> Result<Option<File>> {
    std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
    let path = directory.join(LOCK_FILE);
    let file = File::create(&path).with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}
