//! What AWS does without being asked: the table's stream is delivered to its consumers, the bucket's events to theirs.

use crate::{Gateway, Mapping, Rules, engines::Embedded, template::Template};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long the stream is left alone after it was found empty.
const IDLE: Duration = Duration::from_millis(100);
/// What the files in a data directory start with that say how far the stream was dealt with, by which function.
const POSITION_FILE: &str = "stream-position";

/// Delivers the stream as long as the process runs.
///
/// # Errors
/// Where the template cannot be read.
pub(crate) fn deliver_stream(gateway: Gateway, embedded: Embedded, directory: Option<PathBuf>) -> Result<()> {
    for settings in Template::load()?.stream_mappings()? {
        let file = directory.as_deref().map(|directory| position_file(directory, &settings.handler));
        let position = file.and_then(|file| std::fs::read_to_string(file).ok());
        let mapping = Mapping::new(embedded.stream.clone(), settings, position);
        deliver_for_ever(mapping, gateway.clone(), embedded.clone(), directory.clone());
    }
    Ok(())
}

fn position_file(directory: &Path, handler: &str) -> PathBuf {
    directory.join(format!("{POSITION_FILE}.{handler}"))
}

fn deliver_for_ever(mapping: Mapping, gateway: Gateway, embedded: Embedded, directory: Option<PathBuf>) {
    crate::engines::background(async move {
        loop {
            if let Ok(Some(window)) = mapping.gathers() {
                tokio::time::sleep(window).await;
            }
            match deliver(&mapping, &gateway, &embedded, directory.as_deref()).await {
                Ok(0) => tokio::time::sleep(IDLE).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!("could not deliver the stream: {error:#}");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    });
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
            for dead_letter in &routed.dead_letters {
                if let Err(error) = embedded.keep_dead_letter(dead_letter) {
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
    for dead_letter in &delivered.dead_letters {
        embedded.keep_dead_letter(dead_letter)?;
    }
    if delivered.records > 0
        && let (Some(directory), Some(position)) = (directory, mapping.position())
    {
        let path = position_file(directory, mapping.handler());
        std::fs::write(&path, position).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(delivered.records)
}
