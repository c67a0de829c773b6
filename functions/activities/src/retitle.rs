//! New titles on their way to the records, as the table's stream delivers them: in order, at least once.

use rol_app::App;
use rol_domain::Result;
use serde_json::{Value, json};

/// Takes each title of a batch a step further. The first record with which that failed is reported, so that Lambda
/// delivers again from there on.
pub(crate) async fn retitle(app: App, event: Value) -> Result<Value> {
    let failed = app.retitle(&event).await?;
    let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
    Ok(json!({"batchItemFailures": failures}))
}
