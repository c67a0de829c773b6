//! Cursors of lists over many people: of use to one caller, for one query, for a day.

use super::{LIST, list};
use crate::support::{Stack, record};
use chrono::TimeDelta;

#[tokio::test]
async fn a_cursor_of_a_tenants_list_is_of_no_other_use() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    for n in 0..3 {
        tenant.admin().create(&record(&format!("p{n}"), "x")).await;
    }
    let page = list(&tenant.admin(), "limit=1&q=x").await;
    let cursor = page["next_cursor"].as_str().expect("a cursor").to_owned();
    let refusal = tenant.admin().get(format!("{LIST}?q=x&cursor=x")).send().await;
    assert_eq!((refusal.status.as_u16(), refusal.places()), (400, vec!["cursor".to_owned()]));
    let at = cursor.len() / 2;
    let changed = if &cursor[at..=at] == "A" { "B" } else { "A" };
    let mutated = format!("{}{changed}{}", &cursor[..at], &cursor[at + 1..]);
    for request in [
        tenant.admin().get(format!("{LIST}?q=x&cursor={mutated}")),
        tenant.admin().get(format!("{LIST}?cursor={cursor}")),
        tenant.admin().get(format!("{LIST}?q=X&cursor={cursor}")),
        tenant.admin().get(format!("{LIST}?q=x&sort=-created&cursor={cursor}")),
        tenant.admin().get(format!("{LIST}?q=x&status=passed&cursor={cursor}")),
        tenant.admin().get(format!("{LIST}?external_id=x&cursor={cursor}")),
        tenant.manager().get(format!("{LIST}?q=x&cursor={cursor}")),
        tenant.application("lms").get(format!("{LIST}?q=x&cursor={cursor}")),
        other.admin().get(format!("{LIST}?q=x&cursor={cursor}")),
    ] {
        assert_eq!(request.send().await.anonymous(), refusal.anonymous());
    }
    // Which records a page has, how many, and what of them, may change from page to page.
    let next = list(&tenant.admin(), &format!("q=x&limit=2&fields=id&cursor={cursor}")).await;
    assert_eq!(next["data"].as_array().map(Vec::len), Some(2));
    stack.advance(TimeDelta::hours(24) + TimeDelta::seconds(1));
    let late = tenant.admin().get(format!("{LIST}?q=x&cursor={cursor}")).send().await;
    assert_eq!(late.anonymous(), refusal.anonymous());
}
