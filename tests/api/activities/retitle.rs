//! `activities.retitle`: a new title on its way to the records.

use super::{patched, path_of, titled};
use crate::support::{Caller, Fault, Stack, Tenant, path_of as record_path, record, with};
use rol_domain::{
    MintedActivityId, PersonKey, Record, RecordId,
    limits::MAX_RETITLED,
    record::{Content, NewRecord},
    text::{ActivityId, PersonId, Title},
};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const RETITLE: &str = "activities.retitle";

/// Makes so many records that point to an activity.
async fn pointing(caller: &Caller<'_>, activity: &Value, count: usize) -> Vec<Value> {
    let mut records = Vec::new();
    for n in 0..count {
        let body = with(record(&format!("p{n}"), "x"), json!({"activity_id": activity["id"]}));
        records.push(caller.create(&body).await);
    }
    records
}

/// The titles of their activity that records have.
async fn titles(caller: &Caller<'_>, records: &[Value]) -> BTreeSet<String> {
    let mut titles = BTreeSet::new();
    for record in records {
        titles.insert(caller.read(&record["id"]).await["activity_title"].as_str().expect("a title").to_owned());
    }
    titles
}

fn only(title: &str) -> BTreeSet<String> {
    [title.to_owned()].into()
}

#[tokio::test]
async fn a_new_title_comes_to_every_record_as_a_change_by_who_gave_it() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "Old", json!({"passing_score": 80})).await;
    let other = titled(&tenant, "Other", json!({})).await;
    let records = pointing(&admin, &activity, 9).await;
    let untouched = pointing(&admin, &other, 1).await;
    stack.drain().await;
    let after = admin.get("/v1/events?limit=100").send().await.json()["next_cursor"].clone();
    let rename = tenant.manager().patch(path_of(&activity), &json!({"title": "New", "passing_score": 90})).send().await;
    assert_eq!(titles(&admin, &records).await, only("Old"), "in a while");
    stack.drain().await;
    assert_eq!(titles(&admin, &records).await, only("New"));
    let now = admin.read(&records[0]["id"]).await;
    let moved = json!({
        "activity_title": "New", "version": 2, "updated_by": "max@example.com", "updated_at": now["updated_at"],
    });
    assert_eq!(now, with(records[0].clone(), moved), "what was asked of the person stays");
    assert_eq!(admin.read(&untouched[0]["id"]).await, untouched[0]);
    let history = admin.get(format!("{}/history", record_path(&records[0]["id"]))).send().await.json();
    let newest = &history["data"][0];
    assert_eq!(
        (&newest["action"], &newest["actor"], &newest["changed"]),
        (&json!("learningRecord.updated"), &json!("max@example.com"), &json!(["activity_title"]))
    );
    assert_eq!(newest["request_id"], json!(rename.header("x-request-id")));
    let feed = admin.get(format!("/v1/events?limit=100&after={}", after.as_str().expect("a cursor"))).send().await;
    assert_eq!(feed.json()["data"].as_array().map(Vec::len), Some(9), "{}", feed.text());
}

#[tokio::test]
async fn of_several_titles_the_last_one_stays() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "A", json!({})).await;
    let records = pointing(&admin, &activity, 6).await;
    for title in ["B", "C", "B"] {
        patched(&tenant, &activity, json!({"title": title})).await;
    }
    stack.drain().await;
    assert_eq!(titles(&admin, &records).await, only("B"));
    for title in ["C", "B"] {
        patched(&tenant, &activity, json!({"title": title})).await;
    }
    stack.drain().await;
    assert_eq!(titles(&admin, &records).await, only("B"));
    stack.wire.take();
    // All of them arrived or were overtaken: nothing is left to be done.
    stack.drain().await;
    assert!(stack.wire.take().is_empty());
}

#[tokio::test]
async fn a_title_that_comes_after_a_later_one_changes_nothing() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "A", json!({})).await;
    let records = pointing(&admin, &activity, 6).await;
    for title in ["B", "C"] {
        patched(&tenant, &activity, json!({"title": title})).await;
    }
    let stream = stack.engines.embedded.clone().expect("engines of this process").stream;
    let told = stream.records(None, 1_000).expect("readable");
    let is_title =
        |told: &&Value| told["dynamodb"]["Keys"]["sk"]["S"].as_str().is_some_and(|key| key.starts_with("RETITLING#"));
    let titles_told: Vec<&Value> = told.iter().filter(is_title).collect();
    assert_eq!(titles_told.len(), 2);
    for title in titles_told.into_iter().rev() {
        stack.invoke(RETITLE, json!({"Records": [title]})).await.expect("done");
        assert_eq!(titles(&admin, &records).await, only("C"));
    }
}

#[tokio::test]
async fn a_container_that_remembers_the_old_title_is_set_right() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "Old", json!({})).await;
    pointing(&admin, &activity, 1).await;
    patched(&tenant, &activity, json!({"title": "New"})).await;
    let records = pointing(&admin, &activity, 1).await;
    assert_eq!(records[0]["activity_title"], "Old");
    stack.drain().await;
    assert_eq!(titles(&admin, &records).await, only("New"));
}

#[tokio::test]
async fn deleted_records_and_those_that_went_elsewhere_are_left_alone() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "Old", json!({})).await;
    let records = pointing(&admin, &activity, 2).await;
    patched(&tenant, &activity, json!({"title": "New"})).await;
    assert_eq!(admin.delete(record_path(&records[0]["id"])).send().await.status, 204);
    let left = admin.patch(record_path(&records[1]["id"]), &json!({"activity_id": "moodle"})).send().await.json();
    stack.drain().await;
    assert_eq!(admin.read(&records[1]["id"]).await, left);
    let deleted = format!("{}?include_deleted=true", record_path(&records[0]["id"]));
    assert_eq!(admin.get(deleted).send().await.json()["version"], 2);
}

#[tokio::test]
async fn a_title_of_an_activity_that_is_gone_comes_to_nobody() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "Old", json!({})).await;
    let records = pointing(&admin, &activity, 2).await;
    patched(&tenant, &activity, json!({"title": "New"})).await;
    assert_eq!(admin.delete(path_of(&activity)).send().await.status, 204);
    assert!(stack.drain().await.dead_letters.is_empty());
    assert_eq!(titles(&admin, &records).await, only("Old"));
}

/// Whichever call of a step fails, and however: the step is delivered again, and in the end every record has the title
/// in one change.
#[rstest]
#[tokio::test]
async fn a_step_that_fails_anywhere_is_taken_again(
    #[values(Fault::BeforeCommit, Fault::AfterCommit, Fault::Throttle)] fault: Fault,
) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "0", json!({})).await;
    let records = pointing(&admin, &activity, 5).await;
    for failing in 0.. {
        let title = format!("{}", failing + 1);
        patched(&tenant, &activity, json!({"title": title})).await;
        stack.wire.take();
        // The call fails in this delivery and in every try of it that the client makes.
        stack.wire.plan(std::iter::repeat_n(None, failing).chain(std::iter::repeat_n(Some(fault), 3)));
        while stack.deliver(RETITLE).await.records > 0 {}
        let planned = stack.wire.left();
        stack.wire.plan([]);
        assert_eq!(titles(&admin, &records).await, only(&title), "after {failing}");
        for record in &records {
            assert_eq!(admin.read(&record["id"]).await["version"], json!(failing + 2), "one change for each title");
        }
        if planned > 0 {
            assert!(failing > 10, "a step makes more than {failing} calls");
            break;
        }
    }
}

#[tokio::test]
async fn no_write_of_a_client_is_lost_to_a_title() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "Old", json!({})).await;
    let records = pointing(&admin, &activity, 24).await;
    patched(&tenant, &activity, json!({"title": "New"})).await;
    let patches = records.iter().map(|record| async {
        let mut scores = Vec::new();
        for score in [10, 20, 30] {
            let answer = admin.patch(record_path(&record["id"]), &json!({"score": score})).send().await;
            scores.push(answer.status.as_u16());
        }
        scores
    });
    let deliver = async { while stack.deliver(RETITLE).await.records > 0 {} };
    let (statuses, ()) = futures_util::future::join(futures_util::future::join_all(patches), deliver).await;
    assert!(statuses.iter().flatten().all(|status| *status == 200), "{statuses:?}");
    while stack.deliver(RETITLE).await.records > 0 {}
    for record in &records {
        let now = admin.read(&record["id"]).await;
        assert_eq!(json!([now["score"], now["activity_title"], now["version"]]), json!([30, "New", 5]));
    }
}

/// Makes records past the API, which is quicker.
async fn fill(tenant: &Tenant<'_>, activity: &Value, count: usize) -> Vec<Value> {
    let (store, cx) = (tenant.store(), tenant.cx());
    let mine = store.for_tenant(&tenant.id);
    let id = activity["id"].as_str().expect("an id");
    let mut ids = Vec::new();
    for n in 0..count {
        let person = PersonId::parse(format!("p{n}")).expect("valid");
        let key = PersonKey::of(tenant.id, &person);
        let bytes = u32::try_from(n).expect("small").to_be_bytes();
        let record_id = RecordId::mint(cx.now, key, [0, bytes[0], bytes[1], bytes[2], bytes[3]]);
        let mut content = Content::titled(Title::parse("x").expect("valid"));
        content.activity_id = ActivityId::parse(id).ok();
        content.activity_title = Title::parse("Old").ok();
        let new = NewRecord::of(content);
        let record = Record::create(record_id, person, new, &Default::default(), &cx).expect("legal");
        mine.create_record(&record).await.expect("written");
        ids.push(json!({"id": record.id}));
    }
    ids
}

/// More records than a step takes: the next one goes on behind them, also where the process died in between.
#[tokio::test]
async fn a_title_goes_on_where_a_step_ended() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "Old", json!({})).await;
    let records = fill(&tenant, &activity, MAX_RETITLED + 300).await;
    patched(&tenant, &activity, json!({"title": "New"})).await;
    stack.wire.take();
    let written = || {
        let calls = stack.wire.take();
        calls.iter().filter(|call| call.operation == "PutItem" && !call.index_units.is_empty()).count()
    };
    let id: MintedActivityId = serde_json::from_value(activity["id"].clone()).expect("an id");
    let store = tenant.store();
    let way = || async { store.for_tenant(&tenant.id).retitling(id, 2).await.expect("readable") };
    let mut steps = Vec::new();
    while let Some(before) = way().await {
        assert_eq!(before.version, u64::try_from(steps.len()).expect("small") + 1);
        // Lambda's process died behind the last write: the same step comes once more and finds nothing to do.
        while way().await.as_ref() == Some(&before) {
            assert!(stack.deliver(RETITLE).await.records > 0, "a step is always to come");
        }
        steps.push(written());
    }
    assert_eq!(steps.iter().sum::<usize>(), records.len(), "{steps:?}");
    assert!(steps.len() > 1 && steps.iter().all(|count| *count <= MAX_RETITLED + 100), "{steps:?}");
    assert_eq!(titles(&tenant.admin(), &records[..50]).await, only("New"));
    assert_eq!(titles(&tenant.admin(), &records[MAX_RETITLED - 50..]).await, only("New"));
}
