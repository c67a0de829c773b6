//! `GET /v1/action-logs/verify`

use crate::support::{Stack, Tenant, record};
use rol_domain::audit::CHAINS;
use serde_json::{Value, json};

pub(super) async fn verified(tenant: &Tenant<'_>) -> Value {
    let answer = tenant.admin().get("/v1/action-logs/verify").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn an_untouched_trail_is_whole() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    for n in 0..20 {
        tenant.admin().create(&record("ada", &n.to_string())).await;
    }
    stack.drain().await;
    let told = verified(&tenant).await;
    assert_eq!(told["valid"], true, "{told}");
    assert_eq!(told["chains"].as_array().map(Vec::len), Some(usize::from(CHAINS)));
    let last = |chain: &Value| chain["last"].as_str().map_or(0, |id| id[5..].parse::<u64>().expect("a place"));
    let entries: u64 = told["chains"].as_array().expect("chains").iter().map(last).sum();
    // The tenant's first key, and the records.
    assert_eq!(entries, 21);
}

#[tokio::test]
async fn nothing_is_nothing_to_worry_about() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let told = verified(&tenant).await;
    assert_eq!(told["valid"], true);
    assert_eq!(told["chains"][0], json!({"chain": 0, "first": null, "last": null, "fault": null, "unfinished": false}));
}
