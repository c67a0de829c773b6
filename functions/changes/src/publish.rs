//! The table's stream: its one consumer, which Lambda calls with batches of a shard, in order, at least once.

use rol_app::App;
use rol_domain::Result;
use serde_json::{Value, json};

/// Tells a batch. The first record that could not be told is reported, so that Lambda delivers again from there on.
pub(crate) async fn publish(app: App, event: Value) -> Result<Value> {
    let failed = app.publish(&event).await?;
    let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
    Ok(json!({"batchItemFailures": failures}))
}
