//! `POST /v1/learning-records/{id}/attachments`

use super::{PAGE, declared, put};
use crate::support::{Stack, record};
use serde_json::json;

#[tokio::test]
async fn a_declared_file_is_pending_and_comes_with_its_upload() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = declared(&tenant.admin(), &made, json!({"filename": "a b.PDF", "size": PAGE.len()})).await;
    assert_eq!(
        (&file["state"], &file["record_id"], &file["filename"]),
        (&json!("pending"), &made["id"], &json!("a b.PDF"))
    );
    assert_eq!(file["upload"]["headers"], json!({"content-type": "application/pdf", "if-none-match": "*"}));
    let url = file["upload"]["url"].as_str().expect("a URL");
    assert!(url.contains("X-Amz-Expires=900") && !url.to_lowercase().contains("crc32"), "{url}");
    assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match"), "{url}");
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
}
