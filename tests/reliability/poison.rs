//! A record of the stream that nobody can tell, among others that can be told.

use super::{
    checker::{Evidence, Told, check},
    log::{Reader, lines},
};
use crate::support::{Fate, Fault, Stack, Tenant, record};
use rol_local::{DeadLetter, redrive, template::Template};
use serde_json::{Value, json};

/// How many records can be told.
const GOOD: usize = 8;
/// Behind how many of them the poison comes.
const BEFORE: usize = 3;

/// Parks what the stack gave up on, and delivers it again: how much of it was told, and how much is left.
async fn redriven(stack: &Stack, dead_letter: &DeadLetter) -> (usize, usize) {
    let embedded = stack.engines.embedded.as_ref().expect("engines of this process");
    embedded.keep_dead_letter(dead_letter).expect("a bucket");
    let done =
        redrive(&embedded.dead_letters(), stack.gateway.containers()).await.expect("what was parked is readable");
    (done.told.len(), done.left.len())
}

/// The one record that was parked, with everything that the stream said of it.
fn payload(dead_letter: &DeadLetter) -> Value {
    let body: Value = serde_json::from_str(&dead_letter.body).expect("JSON");
    let payload: Value = serde_json::from_str(body["payload"].as_str().expect("a payload")).expect("JSON");
    let [record] = payload["Records"].as_array().expect("records").as_slice() else {
        panic!("more than one: {payload}")
    };
    record.clone()
}

/// Makes so many records; what the client was told.
async fn make(tenant: &Tenant<'_>, count: usize, title: &str) -> Vec<Told> {
    let mut told = Vec::new();
    for _ in 0..count {
        let body = tenant.admin().create(&record("ada", title)).await;
        told.push(Told::Is { id: body["id"].as_str().expect("an id").to_owned(), version: Some(1), body });
    }
    told
}

/// The titles of all events.
async fn titles(tenant: &Tenant<'_>) -> Vec<Value> {
    let page = tenant.admin().get("/v1/events?limit=100").send().await.json();
    page["data"].as_array().expect("events").iter().map(|event| event["data"]["title"].clone()).collect()
}

fn retries() -> usize {
    let mapping = Template::load().and_then(|template| template.stream_mapping("changes.publish")).expect("a mapping");
    usize::try_from(mapping.retries).expect("a number")
}

#[tokio::test]
async fn what_the_table_refuses_is_parked_and_told_once_when_it_is_delivered_again() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let mut reader = Reader::new(&stack.engines);
    stack.drain().await;
    let mut log = reader.read();
    let mut told = make(&tenant, BEFORE, "good").await;
    told.extend(make(&tenant, 1, "poison").await);
    told.extend(make(&tenant, GOOD - BEFORE, "good").await);
    stack.wire.rule(|attempt| {
        let is_poison = attempt.operation == "TransactWriteItems" && attempt.body.to_string().contains("poison");
        if is_poison { Fate::Fail(Fault::ServerError) } else { Fate::Pass }
    });
    let delivered = stack.drain().await;
    stack.wire.obey();
    // All nine; four and five; of the four two and two; of these one and one; and the one as often as the mapping says.
    assert_eq!(delivered.calls, 1 + 2 + 2 + 2 + retries());
    let [dead_letter] = delivered.dead_letters.as_slice() else { panic!("{delivered:?}") };
    assert_eq!(payload(dead_letter)["dynamodb"]["NewImage"]["title"], json!({"S": "poison"}));
    log.extend(reader.read());
    assert_eq!(titles(&tenant).await, vec!["good"; GOOD], "the others were told");
    let missed = check(&Evidence { told: told.clone(), log: lines(&log, tenant.id) });
    assert!(!missed.is_empty(), "the checker misses the one");

    assert_eq!(redriven(&stack, dead_letter).await, (1, 0));
    log.extend(reader.read());
    assert_eq!(check(&Evidence { told: told.clone(), log: lines(&log, tenant.id) }), []);
    assert_eq!(redriven(&stack, dead_letter).await, (1, 0), "known as told, and so done with");
    let nothing = reader.read();
    assert!(nothing.is_empty(), "nothing was written the second time: {nothing:?}");
    assert_eq!(titles(&tenant).await.len(), GOOD + 1);
}

#[tokio::test]
async fn what_nobody_can_read_stays_parked_and_holds_up_nothing() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    stack.drain().await;
    make(&tenant, BEFORE, "good").await;
    let pk = json!({"S": format!("T#{}#P#X", tenant.id)});
    stack.put_item(&json!({"pk": pk, "sk": {"S": "REC#poison"}, "secret": {"S": "kept"}})).await;
    make(&tenant, GOOD - BEFORE, "good").await;
    let delivered = stack.drain().await;
    // All nine, of which the three before it are told; three and three; of the three one and two.
    assert_eq!(delivered.calls, 1 + 2 + 2 + retries());
    let [dead_letter] = delivered.dead_letters.as_slice() else { panic!("{delivered:?}") };
    assert_eq!(payload(dead_letter)["dynamodb"]["NewImage"]["secret"], json!({"S": "kept"}));
    assert_eq!(titles(&tenant).await, vec!["good"; GOOD]);
    for _ in 0..2 {
        assert_eq!(redriven(&stack, dead_letter).await, (0, 1));
    }
    // Of two that are parked the second is told though the first is not.
    make(&tenant, 1, "later").await;
    stack.wire.always(Some(Fault::ServerError));
    let delivered = stack.drain().await;
    stack.wire.obey();
    let [later] = delivered.dead_letters.as_slice() else { panic!("{delivered:?}") };
    assert_eq!(redriven(&stack, later).await, (1, 1));
    assert_eq!(titles(&tenant).await.len(), GOOD + 1);
}
