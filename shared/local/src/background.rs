//! What AWS does without being asked: the table's stream is delivered to its consumers, the bucket's events to theirs.

use crate::{Gateway, Mapping, Rules, engines::Embedded, state, template::Template};
use anyhow::Result;
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
        let position = directory.as_deref().and_then(|directory| read_position(directory, &settings.handler));
        let mapping = Mapping::new(embedded.stream.clone(), settings, position);
        deliver_for_ever(mapping, gateway.clone(), embedded.clone(), directory.clone());
    }
    Ok(())
}

fn position_file(directory: &Path, handler: &str) -> PathBuf {
    directory.join(format!("{POSITION_FILE}.{handler}"))
}

/// How far a function has dealt with the stream; `None`, which is the start of it, where no number says so.
fn read_position(directory: &Path, handler: &str) -> Option<String> {
    let text = std::fs::read_to_string(position_file(directory, handler)).ok()?;
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(text)
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
        state::write_whole(&position_file(directory, mapping.handler()), &position)?;
    }
    Ok(delivered.records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::of_an_earlier_run(Some("100000001761000000001"), Some("100000001761000000001"))]
    #[case::of_a_run_that_was_killed_while_it_wrote(Some(""), None)]
    #[case::of_something_else(Some("the end"), None)]
    #[case::none(None, None)]
    fn a_position_that_is_none_is_the_start(#[case] written: Option<&str>, #[case] position: Option<&str>) {
        let directory = tempfile::tempdir().expect("a directory");
        if let Some(text) = written {
            state::write_whole(&position_file(directory.path(), "changes.publish"), text).expect("written");
        }
        assert_eq!(read_position(directory.path(), "changes.publish").as_deref(), position);
    }
}
