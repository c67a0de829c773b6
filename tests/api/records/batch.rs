//! `POST /v1/learning-records/batch`

use crate::{
    api::{activities, attributes::assert_invalid, groups, people},
    support::{Answer, Caller, Fault, Request, Stack, Tenant, cost, path_of, record, with},
};
use rol_domain::{
    Role,
    limits::{MAX_BATCH, MAX_BATCH_BYTES},
};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "/v1/learning-records/batch";

fn create(person: &str, title: &str) -> Value {
    json!({"action": "create", "body": record(person, title)})
}

fn request<'a>(caller: &Caller<'a>, operations: &[Value]) -> Request<'a> {
    caller.post(PATH, &json!({"operations": operations}))
}

/// The results of a batch; 200.
async fn done(request: Request<'_>) -> Vec<Value> {
    let answer = request.send().await;
    results(&answer)
}

fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["results"].as_array().expect("results").clone()
}

fn statuses(results: &[Value]) -> Vec<u64> {
    results.iter().map(|result| result["status"].as_u64().expect("a status")).collect()
}

/// The places that a result refuses.
fn places(result: &Value) -> Vec<&str> {
    let errors = result["problem"]["errors"].as_array().unwrap_or_else(|| panic!("errors: {result}"));
    errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect()
}

async fn count_of(tenant: &Tenant<'_>, person: &str) -> usize {
    let list = format!("/v1/learning-records?person_id={person}&limit=100");
    tenant.admin().get(list).send().await.json()["data"].as_array().expect("records").len()
}

#[tokio::test]
async fn each_operation_is_done_for_itself_and_answered_in_its_place() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (a, b) = (admin.create(&record("ada", "a")).await, admin.create(&record("ada", "b")).await);
    let missing = "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let answer = request(
        &admin,
        &[
            create("ada", "new"),
            json!({"action": "patch", "id": a["id"], "body": {"score": 101}}),
            json!({"action": "patch", "id": a["id"], "if_match": 1, "body": {"score": 90}}),
            json!({"action": "delete", "id": missing}),
            json!({"action": "delete", "id": b["id"], "if_match": null}),
            create("ada", "named"),
            json!({"action": "create", "body": with(record("ada", "x"), json!({"activity_id": "atv_1", "id": "mine"}))}),
        ],
    );
    let answer = answer.send().await;
    let found = results(&answer);
    assert_eq!(statuses(&found), [201, 400, 200, 404, 204, 201, 400]);
    assert_eq!(answer.header("idempotent-replayed"), None);
    assert_eq!((places(&found[1]), places(&found[6])), (vec!["/body/score"], vec!["/body/activity_id", "/body/id"]));
    assert_eq!(found[2], json!({"status": 200, "id": a["id"], "version": 2}));
    assert_eq!(found[4], json!({"status": 204, "id": b["id"]}));
    let new = admin.read(&found[0]["id"]).await;
    assert_eq!((&new["title"], &new["version"], found[0]["version"].clone()), (&json!("new"), &json!(1), json!(1)));
    assert_eq!(admin.read(&a["id"]).await["score"], 90);
    assert_eq!(admin.get(path_of(&b["id"])).send().await.status, 404);
    // The problem is the one that the single request has.
    let single = admin.delete(format!("/v1/learning-records/{missing}")).send().await;
    let id = answer.header("x-request-id").expect("an id");
    let single_id = single.header("x-request-id").expect("an id");
    assert_eq!(found[3]["problem"].to_string().replace(id, ""), single.json().to_string().replace(single_id, ""));
}

#[rstest]
#[case::nothing(json!({}), &["/operations"])]
#[case::no_list(json!({"operations": {"action": "create"}, "colour": "red"}), &["/colour", "/operations"])]
#[case::none(json!({"operations": []}), &["/operations"])]
#[tokio::test]
async fn a_batch_is_a_list_of_operations(#[case] body: Value, #[case] refused: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_invalid(&tenant.admin().post(PATH, &body).send().await, refused);
}

#[rstest]
#[case::no_object(json!(5), &[""])]
#[case::nothing(json!({}), &["/action", "/body", "/id"])]
#[case::no_such_action(json!({"action": "put", "id": "x", "body": {}}), &["/action", "/id"])]
#[case::more_than_a_create(
    json!({"action": "create", "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "if_match": 1, "colour": 1, "body": {"score": 101}}),
    &["/body/person_id", "/body/score", "/body/title", "/colour", "/id", "/if_match"],
)]
#[case::a_create_of_nothing(json!({"action": "create"}), &["/body"])]
#[case::a_patch_of_nothing(json!({"action": "patch", "if_match": "1"}), &["/body", "/id", "/if_match"])]
#[case::a_delete_with_a_body(json!({"action": "delete", "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "body": {}}), &["/body"])]
#[tokio::test]
async fn everything_that_is_wrong_with_an_operation_is_said_at_once(
    #[case] operation: Value,
    #[case] refused: &[&str],
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let found = done(request(&tenant.admin(), &[create("ada", "before"), operation, create("ada", "behind")])).await;
    assert_eq!((statuses(&found), places(&found[1])), (vec![201, 400, 201], refused.to_vec()));
}

#[tokio::test]
async fn a_record_is_named_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "a")).await;
    let delete = json!({"action": "delete", "id": made["id"]});
    let patch = json!({"action": "patch", "id": made["id"], "body": {"score": 5}});
    let found = done(request(&admin, &[patch, delete.clone(), delete])).await;
    assert_eq!((statuses(&found), places(&found[2])), (vec![200, 400, 400], vec!["/id"]));
    assert_eq!(admin.read(&made["id"]).await["version"], 2);
}

#[tokio::test]
async fn a_batch_is_as_long_as_its_limit_and_no_longer() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let operations: Vec<Value> = (0..=MAX_BATCH).map(|n| create("ada", &n.to_string())).collect();
    assert_invalid(&request(&tenant.admin(), &operations).send().await, &["/operations"]);
    assert_eq!(count_of(&tenant, "ada").await, 0);
    let found = done(request(&tenant.admin(), &operations[1..])).await;
    assert!(found.len() == MAX_BATCH && found.iter().all(|result| result["status"] == 201));
    assert_eq!(count_of(&tenant, "ada").await, MAX_BATCH);
}

#[tokio::test]
async fn a_batch_is_as_large_as_its_limit_and_no_larger() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = json!({"operations": [create("ada", "x")]}).to_string();
    let padded = |length: usize| {
        let request = tenant.admin().post(PATH, &json!({}));
        request.bytes(format!("{body}{}", " ".repeat(length - body.len())))
    };
    assert_eq!(padded(MAX_BATCH_BYTES).send().await.status, 200);
    assert_eq!(padded(MAX_BATCH_BYTES + 1).send().await.status, 413);
}

#[tokio::test]
async fn rights_are_those_of_each_operation() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let learners = groups::made(&tenant, "L", None).await;
    groups::granted(&tenant, &learners, &educators, &["view", "create"]).await;
    people::made(&tenant, json!({"id": "edna", "group_ids": [educators["id"]]})).await;
    people::made(&tenant, json!({"id": "sam", "group_ids": [learners["id"]]})).await;
    let (seen, unseen) = (admin.create(&record("sam", "a")).await, admin.create(&record("olga", "b")).await);
    let educator = tenant.caller("edna", Role::Educator, None, None);
    let creates = [create("sam", "x"), create("olga", "x")];
    let patch = |record: &Value| json!({"action": "patch", "id": record["id"], "body": {"score": 1}});
    let delete = |record: &Value| json!({"action": "delete", "id": record["id"]});
    assert_eq!(statuses(&done(request(&educator, &creates)).await), [201, 403]);
    let (app, other) = (tenant.application("lms"), stack.tenant().await);
    for writes in [[patch(&seen), patch(&unseen)], [delete(&seen), delete(&unseen)]] {
        assert_eq!(statuses(&done(request(&educator, &writes)).await), [403, 404]);
        assert_eq!(statuses(&done(request(&app, &writes)).await), [404, 404]);
        assert_eq!(statuses(&done(request(&other.admin(), &writes)).await), [404, 404]);
    }
    assert_eq!(request(&tenant.caller("sam", Role::Student, None, None), &creates).send().await.status, 403);
    assert_eq!(request(&Caller::nobody(&stack), &creates).send().await.status, 401);
    assert_eq!((admin.read(&seen["id"]).await, admin.read(&unseen["id"]).await), (seen, unseen));
}

#[tokio::test]
async fn that_a_part_was_refused_is_in_the_trail() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let learners = groups::made(&tenant, "L", None).await;
    groups::granted(&tenant, &learners, &educators, &["view"]).await;
    people::made(&tenant, json!({"id": "edna", "group_ids": [educators["id"]]})).await;
    people::made(&tenant, json!({"id": "sam", "group_ids": [learners["id"]]})).await;
    let seen = tenant.admin().create(&record("sam", "a")).await;
    let delete = json!({"action": "delete", "id": seen["id"]});
    let educator = tenant.caller("edna", Role::Educator, None, None);
    assert_eq!(statuses(&done(request(&educator, &[delete])).await), [403]);
    stack.drain().await;
    let trail = tenant.admin().get("/v1/action-logs?action=learningRecord.denied").send().await.json();
    let told = &trail["data"][0];
    assert_eq!(
        (&told["actor"], &told["operation"], &told["entity_id"]),
        (&json!("edna"), &json!("records.batch"), &seen["id"]),
        "{trail}"
    );
}

/// A batch with one of each, and one that fails.
async fn mixed(tenant: &Tenant<'_>) -> Vec<Value> {
    let admin = tenant.admin();
    let (a, b) = (admin.create(&record("old", "a")).await, admin.create(&record("old", "b")).await);
    vec![
        create("ada", "new"),
        json!({"action": "patch", "id": a["id"], "if_match": 1, "body": {"score": 90}}),
        json!({"action": "delete", "id": b["id"], "if_match": 1}),
        json!({"action": "create", "body": with(record("ada", "x"), json!({"external_id": "x"}))}),
        json!({"action": "patch", "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "body": {"score": 90}}),
    ]
}

#[tokio::test]
async fn a_repeated_batch_is_answered_as_done_and_does_nothing_twice() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // A token would not live as long as the key.
    let admin = tenant.key_holder();
    let operations = mixed(&tenant).await;
    let send = || request(&admin, &operations).header("idempotency-key", "k").send();
    let first = results(&send().await);
    assert_eq!(statuses(&first), [201, 200, 204, 201, 404]);
    // What others do since stays done.
    let patched = operations[1]["id"].clone();
    admin.patch(path_of(&patched), &json!({"score": 10})).send().await;
    let again = send().await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let replayed: Vec<Value> =
        first[..4].iter().map(|result| with(result.clone(), json!({"replayed": true}))).collect();
    assert_eq!(results(&again)[..4], replayed);
    assert_eq!(results(&again)[4]["status"], 404);
    assert_eq!((count_of(&tenant, "ada").await, admin.read(&patched).await["version"].clone()), (2, json!(3)));

    let other = request(&admin, &operations[1..]).header("idempotency-key", "k").send().await;
    assert_eq!(other.status, 422);
    // Somebody else's key of the same name is another.
    let manager = request(&tenant.manager(), &operations[..1]).header("idempotency-key", "k").send().await;
    assert_eq!((manager.status.as_u16(), manager.header("idempotent-replayed")), (200, None));
    stack.advance(chrono::TimeDelta::hours(25));
    let later = request(&admin, &operations[..1]).header("idempotency-key", "k").send().await;
    assert_eq!((later.status.as_u16(), later.header("idempotent-replayed")), (200, None));
}

/// A repetition tells no more than the request itself would tell by now.
#[tokio::test]
async fn a_repeated_batch_is_answered_for_whom_may_still_see_the_records() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let learners = groups::made(&tenant, "L", None).await;
    groups::granted(&tenant, &learners, &educators, &["view", "create", "edit", "delete"]).await;
    people::made(&tenant, json!({"id": "edna", "group_ids": [educators["id"]]})).await;
    for person in ["stays", "leaves"] {
        people::made(&tenant, json!({"id": person, "group_ids": [learners["id"]]})).await;
    }
    let mut operations = Vec::new();
    for person in ["stays", "leaves"] {
        let (a, b) = (admin.create(&record(person, "a")).await, admin.create(&record(person, "b")).await);
        operations.push(create(person, "new"));
        operations.push(json!({"action": "patch", "id": a["id"], "body": {"score": 90}}));
        operations.push(json!({"action": "delete", "id": b["id"]}));
    }
    let educator = tenant.caller("edna", Role::Educator, None, None);
    let send = || request(&educator, &operations).header("idempotency-key", "k").send();
    assert_eq!(statuses(&results(&send().await)), [201, 200, 204, 201, 200, 204]);
    let out = admin.patch("/v1/people/leaves", &json!({"group_ids": []})).send().await;
    assert_eq!(out.status, 200, "{}", out.text());
    let again = results(&send().await);
    assert_eq!(statuses(&again), [201, 200, 204, 403, 404, 404]);
    let missing = json!({"action": "patch", "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "body": {"score": 90}});
    let missing = request(&educator, &[missing]).send().await;
    let (never, id) = (results(&missing)[0].to_string(), missing.header("x-request-id").expect("an id").to_owned());
    let first_id = again[4]["problem"]["request_id"].as_str().expect("an id").to_owned();
    assert_eq!(again[4].to_string().replace(&first_id, ""), never.replace(&id, ""), "as if it had never been");
    // Nor does it tell of what nobody but an admin sees.
    let patched = &operations[1]["id"];
    assert_eq!(admin.delete(path_of(patched)).send().await.status, 204);
    assert_eq!(statuses(&results(&send().await)), [201, 404, 204, 403, 404, 404]);
}

#[tokio::test]
async fn what_failed_is_tried_again_under_the_same_key() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let taken = admin.create(&with(record("ada", "x"), json!({"external_id": "one"}))).await;
    let operation = json!({"action": "create", "body": with(record("ada", "y"), json!({"external_id": "one"}))});
    let send = async || {
        let request = request(&admin, &[create("ada", "z"), operation.clone()]).header("idempotency-key", "k");
        statuses(&done(request).await)
    };
    assert_eq!(send().await, [201, 409]);
    assert_eq!(admin.delete(path_of(&taken["id"])).send().await.status, 204);
    assert_eq!(send().await, [201, 201]);
    assert_eq!(send().await, [201, 201]);
    assert_eq!(count_of(&tenant, "ada").await, 2);
}

/// Whichever call fails, and however: the batch is repeated until it is done, and then it was done once.
#[rstest]
#[tokio::test]
async fn a_batch_that_ends_anywhere_is_completed_by_its_repetition(
    #[values(Fault::BeforeCommit, Fault::AfterCommit, Fault::ServerError)] fault: Fault,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    done(request(&admin, &[create("warm", "x")])).await;
    for failing in 0.. {
        let operations = mixed(&tenant).await;
        let operations = &operations[..3];
        let send = || request(&admin, operations).header("idempotency-key", format!("k{failing}")).send();
        let before = count_of(&tenant, "ada").await;
        // From one call on nothing comes through any more: the process died.
        stack.wire.plan(vec![None; failing]);
        stack.wire.always(Some(fault));
        let broken = send().await;
        stack.wire.always(None);
        let whole = stack.wire.left() > 0;
        stack.wire.plan([]);
        let found = results(&send().await);
        assert_eq!(statuses(&found), [201, 200, 204], "after {failing}: {}", broken.text());
        assert_eq!(count_of(&tenant, "ada").await, before + 1, "after {failing}");
        assert_eq!(admin.read(&found[1]["id"]).await["version"], 2, "after {failing}");
        if whole {
            assert!(failing >= 6, "a key, a create, a patch of two, a delete, a note: found {failing}");
            break;
        }
    }
}

#[tokio::test]
async fn a_batch_costs_what_its_operations_cost() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    done(request(&admin, &[create("warm", "x")])).await;
    let creates: Vec<Value> = (0..10).map(|n| create("ada", &n.to_string())).collect();
    stack.wire.take();
    let made = done(request(&admin, &creates)).await;
    assert_eq!(cost(&stack.wire.take()), (10, 0.0, 20.0), "ten times a create");
    let patches: Vec<Value> =
        made.iter().map(|made| json!({"action": "patch", "id": made["id"], "body": {"score": 5}})).collect();
    done(request(&admin, &patches)).await;
    assert_eq!(cost(&stack.wire.take()), (20, 10.0, 20.0), "ten times a patch");
    let deletes: Vec<Value> = made.iter().map(|made| json!({"action": "delete", "id": made["id"]})).collect();
    done(request(&admin, &deletes)).await;
    assert_eq!(cost(&stack.wire.take()), (10, 0.0, 20.0), "ten times a delete");
    let keyed = || request(&admin, &creates).header("idempotency-key", "k");
    done(keyed()).await;
    assert_eq!(cost(&stack.wire.take()), (12, 0.0, 22.0), "a key and a note more");
    done(keyed()).await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 0.0), "a condition that fails");
    let many: Vec<Value> = (0..MAX_BATCH).map(|n| create("eve", &n.to_string())).collect();
    done(request(&admin, &many).header("idempotency-key", "m")).await;
    let (calls, _, writes) = cost(&stack.wire.take());
    assert_eq!((calls, writes), (102, 200.0 + 1.0 + 5.0), "50 bytes for each operation");
}

/// Loads records on one course in batches, and counts the writes of each index by its partition key.
async fn metered(batches: usize) -> BTreeMap<&'static str, BTreeMap<String, usize>> {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let course = activities::made(&tenant, json!({"kind": "course", "title": "c", "validity": "P24M"})).await;
    let skipped = stack.wire.sent().lines().count();
    for batch in 0..batches {
        let operation = |n: usize| {
            let person = format!("p{}", batch * MAX_BATCH + n);
            let more = json!({"activity_id": course["id"], "completed_at": "2026-05-01"});
            json!({"action": "create", "body": with(record(&person, "x"), more)})
        };
        let operations: Vec<Value> = (0..MAX_BATCH).map(operation).collect();
        assert!(done(request(&admin, &operations)).await.iter().all(|result| result["status"] == 201));
    }
    let mut meter: BTreeMap<&'static str, BTreeMap<String, usize>> = BTreeMap::new();
    for call in stack.wire.sent().lines().skip(skipped) {
        let call: Value = serde_json::from_str(call).expect("JSON");
        let item = &call["Item"];
        for (index, key, sort) in [
            ("by-tenant", "tenant_shard", "id"),
            ("by-completion", "tenant_shard", "completed_key"),
            ("by-expiry", "tenant_shard", "expires_key"),
            ("by-activity", "activity_shard", "id"),
        ] {
            if let (Some(key), Some(_)) = (item[key]["S"].as_str(), item[sort]["S"].as_str()) {
                *meter.entry(index).or_default().entry(key.to_owned()).or_default() += 1;
            }
        }
    }
    meter
}

/// The greatest share of an index's writes that one of its four keys may take: ids are hashes, so of 10,000 writes a
/// key takes 2,500, and with a probability below one in ten thousand more than 2,700.
const MAX_SHARE_PERCENT: usize = 27;

fn assert_spread(meter: &BTreeMap<&'static str, BTreeMap<String, usize>>, records: usize) {
    assert_eq!(meter.len(), 4, "every index: {meter:?}");
    for (index, keys) in meter {
        assert_eq!(keys.values().sum::<usize>(), records, "{index}");
        let most = keys.values().max().expect("a key");
        assert!(most * 100 <= records * MAX_SHARE_PERCENT, "{index}: {keys:?}");
    }
}

#[tokio::test]
#[ignore = "10,000 records: a minute"]
async fn no_key_of_an_index_takes_more_than_27_percent_of_ten_thousand_writes() {
    let meter = metered(100).await;
    println!("{meter:#?}");
    assert_spread(&meter, 10_000);
}
