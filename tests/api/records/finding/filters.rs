//! Filters as parameters: what they let through, and what is refused.

use super::{LIST, all, each, list};
use crate::support::{Stack, Tenant, record, with};
use rol_domain::limits::{MAX_FILTER_ATTRIBUTES, MAX_FILTER_VALUES};
use rstest::rstest;
use serde_json::{Value, json};

/// The request that iSpring's page shows, in our words: `{group}` is the department's id.
const ISPRING: &str = "person_id[]=85077abc-2639-11ea-8e3f-0a580af40c09&course_id[]=f0e7400a-ca31-11e9-b6fc-0a580af40a22\
    &activity_id[]=5a98720f-41e2-11ea-8a66-0a580af40c6f&activity_id[]=55e716fa-3c5c-11ef-96f2-02420a200177\
    &activity_id[]=6657451e-3c5c-11ef-ae43-02420a200177&assigned[from]=2019-12-24T21:00:00Z\
    &assigned[to]=2020-12-30T03:00:00Z&due[from]=2019-08-30T03:00:00Z&due[to]=2019-12-30T03:00:00Z\
    &completed[from]=2019-08-30T03:00:00Z&completed[to]=2019-12-30T03:00:00Z&status=failed&group_id[]={group}\
    &person_status[]=active&limit=33";

/// The one record that meets all of it, and records that miss one thing each.
async fn ispring(tenant: &Tenant<'_>) -> String {
    let admin = tenant.admin();
    let department = admin.post("/v1/groups", &json!({"name": "D", "kind": "department"})).send().await.json();
    let sub = json!({"name": "S", "kind": "department", "parent_id": department["id"]});
    let sub = admin.post("/v1/groups", &sub).send().await.json();
    let learner = "85077abc-2639-11ea-8e3f-0a580af40c09";
    let person = json!({"id": learner, "group_ids": [sub["id"]]});
    assert_eq!(admin.post("/v1/people", &person).send().await.status, 201);
    let full = json!({
        "person_id": learner,
        "title": "all of it",
        "course_id": "f0e7400a-ca31-11e9-b6fc-0a580af40a22",
        "activity_id": "55e716fa-3c5c-11ef-96f2-02420a200177",
        "assigned_at": "2019-12-24T21:00:00Z",
        "due_at": "2019-12-30",
        "completed_at": "2019-12-29",
        "status": "failed",
    });
    for (title, other) in [
        ("all of it", json!({})),
        ("another person", json!({"person_id": "114dba08-a75e-11eb-b4e5-0242ac13002a"})),
        ("another course", json!({"course_id": "x"})),
        ("another module", json!({"activity_id": "x"})),
        ("assigned too early", json!({"assigned_at": "2019-12-24T20:59:59Z"})),
        ("due too late", json!({"due_at": "2019-12-31"})),
        ("due never", json!({"due_at": null})),
        ("completed too late", json!({"completed_at": "2019-12-30T03:00:01Z"})),
        ("another status", json!({"status": "passed"})),
    ] {
        // A date counts as the end of its day, and the range ends at three in the morning.
        let due = json!({"due_at": "2019-12-29", "title": title});
        admin.create(&with(with(full.clone(), due), other)).await;
    }
    department["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn the_request_of_isprings_page_is_answered() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let query = ISPRING.replace("{group}", &ispring(&tenant).await);
    let page = list(&tenant.admin(), &query).await;
    assert_eq!((each(&page, "title"), &page["next_cursor"]), (vec!["all of it"], &Value::Null));
    assert_eq!(each(&list(&tenant.admin(), &query.replace("active", "blocked")).await, "title"), Vec::<&str>::new());
    let summary = tenant.admin().get(format!("{LIST}/summary?{}", query.replace("&limit=33", ""))).send().await.json();
    assert_eq!((&summary["total"], &summary["by_status"]["failed"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn values_are_repeated_and_may_contain_commas() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for activity in ["a,b", "c", "d"] {
        tenant.admin().create(&with(record("ada", activity), json!({"activity_id": activity}))).await;
    }
    for query in ["activity_id=a%2Cb&activity_id=c", "activity_id[]=a,b&activity_id%5B%5D=c"] {
        let page = list(&tenant.admin(), &format!("{query}&sort=created")).await;
        assert_eq!(each(&page, "title"), ["a,b", "c"], "{query}");
    }
}

#[tokio::test]
async fn custom_attributes_are_filtered_by_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for (key, kind, options) in [("level", "number", json!([])), ("tags", "checkboxes", json!(["red", "blue"]))] {
        let body = json!({"key": key, "label": key, "type": kind, "options": options});
        let body = if kind == "number" { json!({"key": key, "label": key, "type": kind}) } else { body };
        let made = admin.post("/v1/attributes", &body).send().await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    admin.create(&with(record("ada", "both"), json!({"attributes": {"level": 5, "tags": ["red", "blue"]}}))).await;
    admin.create(&with(record("ada", "one"), json!({"attributes": {"level": 6, "tags": ["blue"]}}))).await;
    let titles = async |query: &str| -> Vec<String> {
        all(&admin, query).await.iter().map(|record| record["title"].as_str().expect("a title").to_owned()).collect()
    };
    assert_eq!(titles("attributes[level]=5.0").await, ["both"]);
    assert_eq!(titles("attributes[tags]=blue&sort=created").await, ["both", "one"]);
    assert_eq!(titles("attributes[tags]=red&attributes[level]=6").await, Vec::<String>::new());
    let answer = admin.get(format!("{LIST}?attributes[missing]=x&attributes[A]=x")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["attributes[A]".to_owned()]));
    let answer = admin.get(format!("{LIST}?attributes[missing]=x&attributes[gone]=x")).send().await;
    assert_eq!(answer.places(), ["attributes[gone]", "attributes[missing]"]);
}

#[rstest]
#[case::reversed("completed[from]=2026-05-02&completed[to]=2026-05-01", vec!["completed[to]"])]
#[case::no_date("due[from]=soon&created[to]=x", vec!["created[to]", "due[from]"])]
#[case::no_status("status=done&status[]=passed&person_status=gone", vec!["person_status", "status"])]
#[case::no_flags("passed=yes&is_overdue=1&is_expired=", vec!["is_expired", "is_overdue", "passed"])]
#[case::no_sort("sort=title", vec!["sort"])]
#[case::two_sorts("sort=created&sort=expires", vec!["sort"])]
#[case::no_group("group_id=g", vec!["group_id"])]
#[case::no_field("fields=id,colour", vec!["fields"])]
#[case::nothing_to_include("include=everything", vec!["include"])]
#[case::empty_text("q=", vec!["q"])]
#[case::sorted_by_what_deleted_ones_lack("include_deleted=true&sort=completed", vec!["sort"])]
#[case::both_ways("person_id[]=a&person[email]=a@b.c", vec!["person[email]"])]
#[case::of_old_with_more("as_of=2026-05-01T00:00:00Z&person_id=a&q=x", vec!["as_of"])]
#[case::of_old_of_nobody("as_of=2026-05-01T00:00:00Z", vec!["as_of"])]
#[tokio::test]
async fn what_is_wrong_is_named_all_at_once(#[case] query: &str, #[case] names: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{LIST}?{query}")).send().await;
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    assert_eq!((answer.status.as_u16(), answer.places()), (400, names), "{}", answer.text());
}

#[rstest]
#[case::values("person_id", MAX_FILTER_VALUES, |n: usize| format!("person_id=p{n}"))]
#[case::attributes("attributes", MAX_FILTER_ATTRIBUTES, |n: usize| format!("attributes[a{n}]=x"))]
#[tokio::test]
async fn a_filter_has_as_many_values_as_its_limit(
    #[case] name: &str,
    #[case] limit: usize,
    #[case] value: fn(usize) -> String,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let query = |count: usize| (0..count).map(value).collect::<Vec<_>>().join("&");
    let too_many = tenant.admin().get(format!("{LIST}?{}", query(limit + 1))).send().await;
    assert_eq!((too_many.status.as_u16(), too_many.places()), (400, vec![name.to_owned()]));
    let at_limit = tenant.admin().get(format!("{LIST}?{}", query(limit))).send().await;
    assert!(!at_limit.places().contains(&name.to_owned()), "{}", at_limit.text());
}

#[tokio::test]
async fn fields_are_those_that_were_asked_for() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let page = list(&tenant.admin(), "fields=title,id,is_overdue").await;
    assert_eq!(page["data"], json!([{"id": made["id"], "title": "x", "is_overdue": false}]));
    let names: Vec<&String> = made.as_object().expect("a record").keys().collect();
    let every = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",");
    assert_eq!(
        list(&tenant.admin(), &format!("fields={every}")).await["data"],
        json!([made]),
        "every field has a name"
    );
}
