//! Once a day: the heads of every tenant's chains are checkpoints where who writes the table cannot change them.

use rol_app::{App, CheckpointRun};
use rol_domain::Result;
use serde_json::{Value, json};

/// Notes what moved. The event says nothing that matters; a run that fails is repeated, and does then what is left.
pub(crate) async fn checkpoint(app: App, _event: Value) -> Result<Value> {
    let CheckpointRun { tenants, written } = app.write_checkpoints().await?;
    Ok(json!({"tenants": tenants, "written": written}))
}
