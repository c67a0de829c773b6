//! Once an hour: what uploads left behind for more than a day.

use rol_app::{App, SweepReport};
use rol_domain::Result;
use serde_json::{Value, json};

/// Sweeps; how much it found under `incoming/`, and how much of that it removed.
pub(crate) async fn sweep(app: App, _: Value) -> Result<Value> {
    let SweepReport { found, removed } = app.sweep_uploads().await?;
    Ok(json!({"found": found, "removed": removed}))
}
