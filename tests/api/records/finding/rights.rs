//! Lists and figures tell of nothing that their caller may not see: neither by records, nor by counts, nor by cursors.

use super::{LIST, all, list};
use crate::{
    api::{groups, people},
    support::{Caller, Stack, Tenant, record, with},
};
use rol_domain::Role;
use rstest::rstest;
use serde_json::json;

/// Sam and Stu are astronauts, whom Edna may view; Olga cooks. Everybody has two records, one of the application.
async fn world(tenant: &Tenant<'_>) {
    let astronauts = groups::made(tenant, "Astronauts", None).await;
    let crew = groups::made(tenant, "Crew", Some(&astronauts)).await;
    let cooks = groups::made(tenant, "Cooks", None).await;
    let educators = groups::made_of_kind(tenant, "E", "educator_group", None).await;
    groups::granted(tenant, &astronauts, &educators, &["view"]).await;
    for (person, group) in [("sam", &astronauts), ("stu", &crew), ("olga", &cooks), ("edna", &educators)] {
        people::made(tenant, json!({"id": person, "group_ids": [group["id"]]})).await;
        let hidden = json!({"visible_to_student": false, "completed_at": "2026-05-01", "activity_id": "a"});
        tenant.application("lms").create(&with(record(person, &format!("{person}, of the app")), hidden)).await;
        tenant
            .admin()
            .create(&with(record(person, person), json!({"completed_at": "2026-05-02", "activity_id": "a"})))
            .await;
    }
    tenant.show_students_their_records(true).await;
    tenant.stack.advance(chrono::TimeDelta::seconds(11));
}

const EVERYTHING: [&str; 8] =
    ["edna", "edna, of the app", "olga", "olga, of the app", "sam", "sam, of the app", "stu", "stu, of the app"];

#[rstest]
#[case::admin(|t: &Tenant<'static>| t.admin(), EVERYTHING.to_vec())]
#[case::manager(|t: &Tenant<'static>| t.manager(), EVERYTHING.to_vec())]
#[case::educator(|t: &Tenant<'static>| t.caller("edna", Role::Educator, None, None), vec!["sam", "sam, of the app", "stu", "stu, of the app"])]
#[case::educator_without_groups(|t: &Tenant<'static>| t.caller("nobody", Role::Educator, None, None), vec![])]
#[case::student(|t: &Tenant<'static>| t.caller("stu", Role::Student, None, None), vec!["stu"])]
#[case::application(|t: &Tenant<'static>| t.application("lms"), vec!["edna, of the app", "olga, of the app", "sam, of the app", "stu, of the app"])]
#[case::another_application(|t: &Tenant<'static>| t.application("crm"), vec![])]
#[tokio::test]
async fn every_list_and_every_count_is_of_what_may_be_seen(
    #[case] caller: fn(&Tenant<'static>) -> Caller<'static>,
    #[case] seen: Vec<&str>,
) {
    // Leaked, so that the cases can be written as functions.
    let stack: &'static Stack = Box::leak(Box::new(Stack::start()));
    let tenant = stack.tenant().await;
    world(&tenant).await;
    let caller = caller(&tenant);
    for query in [
        "limit=1",
        "limit=3&sort=created",
        "limit=1&sort=-completed",
        "limit=1&completed[from]=2026-05-01",
        "limit=1&activity_id=a",
        "limit=2&person_status=active",
        "limit=1&person_id=sam&person_id=stu&person_id=olga&person_id=edna",
        "limit=1&person_id=sam&person_id=stu&person_id=olga&person_id=edna&sort=-completed",
    ] {
        let found = all(&caller, query).await;
        let mut titles: Vec<&str> = found.iter().map(|record| record["title"].as_str().expect("a title")).collect();
        titles.sort_unstable();
        assert_eq!(titles, seen, "{query}");
    }
    let summary = caller.get(format!("{LIST}/summary")).send().await.json();
    let counted =
        summary["by_activity"].as_array().expect("a list").iter().map(|a| a["total"].as_u64().expect("a count"));
    let expected = u64::try_from(seen.len()).expect("few");
    assert_eq!(
        (summary["total"].as_u64(), counted.sum::<u64>(), &summary["exact"]),
        (Some(expected), expected, &json!(true))
    );
}

#[tokio::test]
async fn a_group_reaches_what_is_inside_it_and_what_was_granted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    world(&tenant).await;
    let groups = tenant.admin().get("/v1/groups").send().await.json();
    let id = |name: &str| {
        let group = groups["data"].as_array().expect("a list").iter().find(|group| group["name"] == name);
        group.expect("a group")["id"].as_str().expect("an id").to_owned()
    };
    let edna = tenant.caller("edna", Role::Educator, None, None);
    let count =
        async |caller: &Caller<'_>, query: String| list(caller, &query).await["data"].as_array().expect("a list").len();
    let (outer, inner, cooks) = (id("Astronauts"), id("Crew"), id("Cooks"));
    for (caller, group, expected) in [
        (&tenant.admin(), &outer, 4),
        (&tenant.admin(), &inner, 2),
        (&tenant.admin(), &cooks, 2),
        (&edna, &outer, 4),
        (&edna, &inner, 2),
        (&edna, &cooks, 0),
    ] {
        for query in ["", "&sort=-completed", "&sort=created", "&activity_id=a", "&person_status=active"] {
            assert_eq!(count(caller, format!("group_id={group}{query}")).await, expected, "{group} {query}");
        }
    }
    let both = format!("group_id={inner}&group_id={cooks}");
    assert_eq!((count(&tenant.admin(), both.clone()).await, count(&edna, both).await), (4, 2));
    let missing = "group_id=grp_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned();
    assert_eq!(count(&tenant.admin(), missing).await, 0, "a group that does not exist has no members");
}

#[tokio::test]
async fn students_see_nothing_where_their_tenant_says_so() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("stu", "x")).await;
    let student = tenant.caller("stu", Role::Student, None, None);
    for path in [LIST.to_owned(), format!("{LIST}/summary")] {
        assert_eq!(student.get(path).send().await.status, 403);
    }
}
