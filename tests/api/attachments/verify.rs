//! What becomes of uploads.

use super::{PAGE, attached};
use crate::support::{Stack, record};
use serde_json::json;

#[tokio::test]
async fn a_pdf_becomes_ready_and_counts() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = attached(&stack, &tenant.admin(), &made, "a.pdf", PAGE).await;
    assert_eq!((&file["state"], &file["reason"]), (&json!("ready"), &json!(null)));
    let now = tenant.admin().read(&made["id"]).await;
    assert_eq!((&now["attachments_count"], &now["version"]), (&json!(1), &json!(1)));
}
