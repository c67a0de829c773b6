//! `changes.publish` – publish what the table's stream says: Lambda delivers batches of a shard, in order, at least
//! once.

use rol_app::{App, StreamRecord};
use rol_domain::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// Lambda's event: records of one shard.
#[derive(Deserialize)]
struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<StreamRecord>,
}

/// Publishes the changes of a batch. The first record that was not published is reported, so that Lambda delivers again
/// from there on.
///
/// # Errors
/// [`Error::Internal`] where the event is not one of a stream.
pub(crate) async fn publish(app: App, event: Value) -> Result<Value> {
    let event =
        StreamEvent::deserialize(event).map_err(|error| Error::internal("reading an event of the stream", error))?;
    let failed = app.publish(&event.records).await;
    let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
    Ok(json!({"batchItemFailures": failures}))
}
