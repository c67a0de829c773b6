//! What AWS does without being asked: the table's stream is delivered to its consumer, the bucket's events to theirs.

use crate::{Gateway, Mapping, Rules, engines::Embedded, template::Template};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long the stream is left alone after it was found empty.
const IDLE: Duration = Duration::from_millis(100);
/// The file in a data directory that says how far the stream was dealt with.
const POSITION_FILE: &str = "stream-position";

/// Delivers the stream as long as the process runs.
///
/// # Errors
/// Where the template has no consumer of the stream.
pub(crate) fn deliver_stream(gateway: Gateway, embedded: Embedded, directory: Option<PathBuf>) -> Result<()> {
    let settings = Template::load()?.stream_mapping()?;
    let position =
        directory.as_deref().and_then(|directory| std::fs::read_to_string(directory.join(POSITION_FILE)).ok());
    let mapping = Mapping::new(embedded.stream.clone(), settings, position);
    crate::engines::background(async move {
        loop {
            match deliver(&mapping, &gateway, &embedded, directory.as_deref()).await {
                Ok(0) => tokio::time::sleep(IDLE).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!("did not deliver the stream: {error:#}");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    });
    Ok(())
}

/// Routes the bucket's events as long as the process runs.
///
/// # Errors
/// Where the template's rules cannot be read.
pub(crate) fn route_uploads(gateway: Gateway, embedded: Embedded, bucket: &str) -> Result<()> {
    let rules = Rules::new(embedded.uploads.clone(), bucket)?;
    crate::engines::background(async move {
        loop {
            let routed = rules.deliver(gateway.containers()).await;
            for parked in &routed.parked {
                if let Err(error) = embedded.park(parked) {
                    tracing::error!("{error:#}");
                }
            }
            if routed.events == 0 {
                tokio::time::sleep(IDLE).await;
            }
        }
    });
    Ok(())
}

/// Delivers a batch; how many records it had. What is delivered again after a crash is known as told.
async fn deliver(mapping: &Mapping, gateway: &Gateway, embedded: &Embedded, directory: Option<&Path>) -> Result<usize> {
    let delivered = mapping.deliver(gateway.containers()).await?;
    for parked in &delivered.parked {
        embedded.park(parked)?;
    }
    if delivered.records > 0
        && let (Some(directory), Some(position)) = (directory, mapping.position())
    {
        let path = directory.join(POSITION_FILE);
        std::fs::write(&path, position).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(delivered.records)
}
