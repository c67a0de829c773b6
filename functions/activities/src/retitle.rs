//! `activities.retitle` – bring new titles of activities to their records, as the table's stream delivers them.

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

/// Takes each title of a batch one step further. The first record for which that failed is reported, so that Lambda
/// delivers again from there on.
///
/// # Errors
/// [`Error::Internal`] where the event is not one of a stream.
pub(crate) async fn retitle(app: App, event: Value) -> Result<Value> {
    let event =
        StreamEvent::deserialize(event).map_err(|error| Error::internal("reading an event of the stream", error))?;
    let failed = app.retitle(&event.records).await;
    let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
    Ok(json!({"batchItemFailures": failures}))
}
