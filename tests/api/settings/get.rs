//! `GET /v1/settings`

use super::{PATH, callers, default};
use crate::support::{Caller, Stack, cost};
use serde_json::json;

#[tokio::test]
async fn a_new_tenant_has_the_default_at_version_0() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(PATH).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.json()), (200, Some("\"0\""), default()));
    let known = tenant.admin().get(PATH).header("if-none-match", "\"0\"").send().await;
    assert_eq!((known.status.as_u16(), known.header("etag"), known.text().as_str()), (304, Some("\"0\""), ""));
    let parameter = tenant.admin().get(format!("{PATH}?x=1")).send().await;
    assert_eq!((parameter.status.as_u16(), parameter.places()), (400, vec!["x".to_owned()]));
}

#[tokio::test]
async fn who_may_read_settings() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for (name, caller, reads, _) in callers(&tenant) {
        assert_eq!(caller.get(PATH).send().await.status, if reads { 200 } else { 403 }, "{name}");
    }
    assert_eq!(Caller::nobody(&stack).get(PATH).send().await.status, 401);
}

#[tokio::test]
async fn each_tenant_has_its_own_and_reading_them_is_one_call() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let change = json!({"plan": "pro"});
    assert_eq!(mine.admin().patch(PATH, &change).send().await.status, 200);
    assert_eq!(other.admin().get(PATH).send().await.json(), default());
    mine.admin().get(PATH).send().await;
    stack.wire.take();
    assert_eq!(mine.admin().get(PATH).send().await.json()["plan"], "pro");
    assert_eq!(cost(&stack.wire.take()), (1, 1.0, 0.0));
}
