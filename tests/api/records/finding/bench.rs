//! What ten questions cost at 1,000, 10,000 and 100,000 records of one tenant: `shared/store/README.md` has the table
//! that `cargo test -p rol-tests -- --ignored --nocapture ten_questions` prints.

use crate::support::{Caller, Stack, Tenant, cost};
use indicatif::ProgressBar;
use rol_local::Seed;
use serde_json::Value;

/// A question, and whether an index has its order and its filter, so that little else is read.
struct Question {
    name: &'static str,
    query: String,
    has_index: bool,
}

fn questions(tenant: &Tenant<'_>) -> Vec<Question> {
    let day = |days: i64| (tenant.stack.now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    let (ten, thousand, ten_thousand) = (Seed::group(0), Seed::group(1), Seed::group(2));
    let ask = |name, query: String, has_index| Question { name, query, has_index };
    vec![
        ask("newest of the tenant", String::new(), true),
        ask("of one person", "person_id=person000001@example.com".into(), true),
        ask("of one activity", "activity_id=activity-000".into(), true),
        ask("completed in the last 90 days", format!("completed[from]={}&completed[to]={}", day(-90), day(0)), true),
        ask("expiring in 90 days", format!("expires[from]={}&expires[to]={}", day(0), day(90)), true),
        ask("overdue", "is_overdue=true".into(), true),
        ask("of a group of 10", format!("group_id={ten}"), true),
        ask("of a group of 1,000", format!("group_id={thousand}"), true),
        ask("of a group of 10,000", format!("group_id={ten_thousand}"), true),
        ask("of a group of 1,000, last completed first", format!("group_id={thousand}&sort=-completed"), false),
    ]
}

/// What one page of 100 costs: records on it, calls, items read, read units, the way.
async fn asked(stack: &Stack, admin: &Caller<'_>, question: &Question) -> (usize, usize, u64, f64, String) {
    stack.wire.take();
    let answer = admin.get(format!("{}?limit=100&explain=true&{}", super::LIST, question.query)).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (calls, units, _) = cost(&stack.wire.take());
    let page: Value = answer.json();
    let explain = &page["explain"];
    let read = explain["items_read"].as_u64().unwrap_or(0);
    let returned = page["data"].as_array().map_or(0, Vec::len);
    (returned, calls, read, units, explain["path"].as_str().unwrap_or("–").to_owned())
}

async fn ten_questions(sizes: &[usize]) {
    println!("| a page of 100 | records | way | returned | calls | items read | read units |");
    println!("|---|---|---|---|---|---|---|");
    for records in sizes {
        let stack = Stack::alone().await;
        let tenant = stack.tenant().await;
        let embedded = stack.engines.embedded.as_ref().expect("engines of this process");
        let seed = Seed { tenant: tenant.id, now: stack.now(), people: records / 5, records: *records };
        seed.fill(&tenant.store(), embedded, &ProgressBar::hidden()).await.expect("filled");
        let admin = tenant.admin();
        admin.get("/v1/groups").send().await;
        admin.get(format!("{}?group_id={}", super::LIST, Seed::group(0))).send().await;
        for question in questions(&tenant) {
            let (returned, calls, read, units, path) = asked(&stack, &admin, &question).await;
            println!("| {} | {records} | {path} | {returned} | {calls} | {read} | {units} |", question.name);
            let bound = 2 * u64::try_from(returned).expect("few") + 8;
            assert!(
                !question.has_index || read <= bound,
                "{} of {records}: {read} read, {returned} returned",
                question.name
            );
        }
    }
}

#[tokio::test]
async fn ten_questions_read_no_more_than_twice_what_they_return() {
    ten_questions(&[1_000]).await;
}

#[tokio::test]
#[ignore = "filling the engine takes a minute: it prints the table of shared/store/README.md"]
async fn ten_questions_at_three_sizes() {
    ten_questions(&[1_000, 10_000, 100_000]).await;
}
