//! Names: `Idempotency-Key` and external ids, over time and through crashes.

use crate::support::{Answer, Caller, Fault, Stack, path_of, record, with};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/v1/learning-records";

async fn post(caller: &Caller<'_>, key: &str, body: &Value) -> Answer {
    caller.post(PATH, body).header("idempotency-key", key).send().await
}

#[tokio::test]
async fn the_same_key_and_body_answer_with_the_record_as_it_is_now() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = record("ada", "First aid");
    let first = post(&tenant.admin(), "k1", &body).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, None));
    let made = first.json();
    let changed = tenant.admin().patch(path_of(&made["id"]), &json!({"score": 5})).send().await.json();
    let again = post(&tenant.admin(), "k1", &json!({"title": "First aid", "person_id": "ada"})).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!(again.json(), changed, "in whatever order the members come");
    assert_eq!(again.header("location"), first.header("location"));
}

#[tokio::test]
async fn a_deleted_record_is_answered_as_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = post(&tenant.admin(), "k1", &record("ada", "x")).await.json();
    assert_eq!(tenant.admin().delete(path_of(&made["id"])).send().await.status, 204);
    let again = post(&tenant.admin(), "k1", &record("ada", "x")).await;
    assert_eq!((again.status.as_u16(), &again.json()["is_deleted"]), (201, &json!(true)));
}

#[tokio::test]
async fn a_deleted_record_is_gone_for_all_but_admins() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for caller in [tenant.manager(), tenant.application("lms")] {
        let made = post(&caller, "k1", &record("ada", "x")).await.json();
        assert_eq!(caller.delete(path_of(&made["id"])).send().await.status, 204);
        let again = post(&caller, "k1", &record("ada", "x")).await;
        assert_eq!(again.status, 410, "{}", again.text());
    }
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    post(&tenant.admin(), "k1", &record("ada", "x")).await;
    let other = post(&tenant.admin(), "k1", &record("ada", "y")).await;
    assert_eq!(other.status, 422);
    assert_eq!(
        tenant.admin().get(format!("{PATH}?person_id=ada")).send().await.json()["data"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_key_counts_for_one_actor_and_one_application() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let body = record("ada", "x");
    let callers = [
        tenant.admin(),
        tenant.manager(),
        tenant.key_holder(),
        tenant.application("lms"),
        tenant.application("hr"),
        other.admin(),
    ];
    for caller in callers {
        assert_eq!(post(&caller, "k1", &body).await.header("idempotent-replayed"), None);
    }
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let first = post(&tenant.admin(), "k1", &record("ada", "x")).await.json();
    stack.advance(TimeDelta::hours(24) - TimeDelta::minutes(1));
    assert_eq!(post(&tenant.admin(), "k1", &record("ada", "x")).await.json()["id"], first["id"]);
    stack.advance(TimeDelta::minutes(2));
    let anew = post(&tenant.admin(), "k1", &record("ada", "x")).await;
    assert_eq!((anew.status.as_u16(), anew.header("idempotent-replayed")), (201, None));
    assert_ne!(anew.json()["id"], first["id"]);
}

#[rstest]
#[case::empty("", 400)]
#[case::longest(&"k".repeat(255), 201)]
#[case::too_long(&"k".repeat(256), 400)]
#[case::space("a b", 400)]
#[tokio::test]
async fn a_key_is_visible_ascii(#[case] key: &str, #[case] status: u16) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = post(&tenant.admin(), key, &record("ada", "x")).await;
    assert_eq!(answer.status, status, "{}", answer.text());
    if status == 400 {
        assert_eq!(answer.places(), ["idempotency-key"]);
    }
}

#[rstest]
#[case::before_the_put(Fault::BeforeCommit)]
#[case::server_error(Fault::ServerError)]
#[tokio::test]
async fn a_crash_between_reservation_and_put_is_completed_under_the_same_id(#[case] fault: Fault) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().get("/v1/me").send().await;
    let body = with(record("ada", "x"), json!({"external_id": "hr-1"}));
    // A warm-up, so that only the writes are on the wire.
    tenant.admin().create(&record("ada", "warm")).await;
    stack.wire.take();
    // Both names are reserved; every try of the put fails.
    stack.wire.plan([None, None, Some(fault), Some(fault), Some(fault)]);
    let crashed = post(&tenant.admin(), "k1", &body).await;
    assert_eq!((crashed.status.as_u16(), crashed.header("retry-after")), (503, Some("1")));
    let tried = stack.wire.take();
    assert_eq!(tried.len(), 2, "{tried:?}");

    let retried = post(&tenant.admin(), "k1", &body).await;
    assert_eq!(retried.status, 201, "{}", retried.text());
    let again = post(&tenant.admin(), "k1", &body).await;
    assert_eq!(again.json(), retried.json());
    // The id was minted by the crashed request: it is older than the retry's moment, and both names lead to it.
    let found = tenant.admin().get(format!("{PATH}?external_id=hr-1")).send().await.json();
    assert_eq!(found["data"], json!([retried.json()]));
}

#[tokio::test]
async fn a_crash_is_completed_under_the_reserved_id_without_a_key_too() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("ada", "warm")).await;
    let body = with(record("ada", "x"), json!({"external_id": "hr-1"}));
    stack.wire.plan([None, Some(Fault::BeforeCommit), Some(Fault::BeforeCommit), Some(Fault::BeforeCommit)]);
    assert_eq!(tenant.admin().post(PATH, &body).send().await.status, 503);
    // Another person's record cannot be completed under an id that lies in the first one's partition.
    let bobs = with(record("bob", "x"), json!({"external_id": "hr-1"}));
    assert_eq!(tenant.admin().post(PATH, &bobs).send().await.status, 409);
    stack.advance(TimeDelta::seconds(1));
    let made = tenant.admin().create(&body).await;
    assert!(
        made["id"].as_str() < Some(tenant.admin().create(&record("ada", "later")).await["id"].as_str().expect("an id"))
    );
}

#[tokio::test]
async fn a_dangling_name_is_stolen_when_nobody_can_be_coming_back_for_it() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("ada", "warm")).await;
    let named = |person: &str| with(record(person, "x"), json!({"external_id": "hr-1"}));
    stack.wire.plan([None, Some(Fault::BeforeCommit), Some(Fault::BeforeCommit), Some(Fault::BeforeCommit)]);
    assert_eq!(tenant.admin().post(PATH, &named("ada")).send().await.status, 503);
    assert_eq!(tenant.admin().post(PATH, &named("bob")).send().await.status, 409);
    stack.advance(TimeDelta::seconds(60));
    let made = tenant.admin().create(&named("bob")).await;
    let found = tenant.admin().get(format!("{PATH}?external_id=hr-1")).send().await.json();
    assert_eq!(found["data"], json!([made]));
}

#[tokio::test]
async fn an_old_reservation_without_its_record_is_gone() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("ada", "warm")).await;
    stack.wire.plan([None, Some(Fault::BeforeCommit), Some(Fault::BeforeCommit), Some(Fault::BeforeCommit)]);
    assert_eq!(post(&tenant.admin(), "k1", &record("ada", "x")).await.status, 503);
    stack.advance(TimeDelta::minutes(16));
    assert_eq!(post(&tenant.admin(), "k1", &record("ada", "x")).await.status, 410);
}

#[tokio::test]
async fn a_changed_external_id_moves_with_its_record() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"external_id": "a"}))).await;
    let other = tenant.admin().create(&with(record("ada", "y"), json!({"external_id": "b"}))).await;
    let patch =
        |id: &Value, external_id: Value| tenant.admin().patch(path_of(id), &json!({"external_id": external_id})).send();
    assert_eq!(patch(&made["id"], json!("b")).await.status, 409);
    assert_eq!(patch(&made["id"], json!("c")).await.status, 200);
    assert_eq!(patch(&other["id"], json!("a")).await.status, 200, "the old one is free");
    assert_eq!(patch(&made["id"], json!("b")).await.status, 200, "so is the other's");
    assert_eq!(patch(&made["id"], Value::Null).await.status, 200);
    assert_eq!(patch(&made["id"], json!("c")).await.status, 200, "one may return");
    for (name, id) in [("a", &other["id"]), ("c", &made["id"])] {
        let found = tenant.admin().get(format!("{PATH}?external_id={name}")).send().await.json();
        assert_eq!(found["data"][0]["id"], *id, "{name}");
    }
    assert_eq!(tenant.admin().get(format!("{PATH}?external_id=b")).send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn a_name_left_behind_by_a_delete_is_free() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"external_id": "a"}))).await;
    tenant.admin().delete("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await;
    let lost = Some(Fault::BeforeCommit);
    stack.wire.plan([None, lost, lost, lost]);
    assert_eq!(tenant.admin().delete(path_of(&made["id"])).send().await.status, 204, "the release may fail");
    let second = tenant.admin().create(&with(record("bob", "y"), json!({"external_id": "a"}))).await;
    assert_ne!(second["id"], made["id"]);
}
