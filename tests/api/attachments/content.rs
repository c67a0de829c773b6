//! `GET /v1/learning-records/{id}/attachments/{attachment_id}/content`

use super::{PAGE, attached, file_path, get};
use crate::support::{Stack, record};
use serde_json::json;

#[tokio::test]
async fn what_was_uploaded_is_downloaded() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = attached(&stack, &tenant.admin(), &made, "Zoë's \"best\".pdf", PAGE).await;
    let content = format!("{}/content", file_path(&file));
    let answer = tenant.admin().get(&content).send().await;
    assert_eq!(answer.status, 302, "{}", answer.text());
    let there = get(&stack, &json!(answer.header("location"))).await;
    assert_eq!((there.status.as_u16(), &there.body[..]), (200, PAGE));
    assert_eq!(there.header("content-type"), Some("application/pdf"));
    let name = "attachment; filename=\"Zo_'s _best_.pdf\"; filename*=UTF-8''Zo%C3%AB%27s%20_best_.pdf";
    assert_eq!(there.header("content-disposition"), Some(name));
    let answer = tenant.admin().get(format!("{content}?redirect=false")).send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(get(&stack, &answer.json()["url"]).await.body, PAGE);
}
