//! One rule for the past: whoever may see a record now sees of its earlier versions what was visible to them then and
//! is not hidden from them now. It holds on every route that shows the past, for every way of hiding.

use crate::{
    api::{attributes, groups, people},
    support::{Answer, Caller, Stack, Tenant, path_of, with},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rol_domain::{Role, limits::DIRECTORY_CACHE_S};
use rstest::rstest;
use serde_json::{Value, json};

/// How something of a record is hidden from somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hiding {
    /// By `visible_to_student: false`: the record, from its student.
    Record,
    /// By `hidden_from_students: true`: a value, from students.
    Attribute,
    /// By deleting the attribute and keeping its values.
    Kept,
    /// By deleting the attribute with its values.
    Cleared,
    /// By deleting the attribute, keeping its values, and making it again.
    MadeAgain,
    /// By deleting the attribute with its values, and giving its key to another.
    Retaken,
    /// By moving the person out of the group that was granted: the record, from educators.
    Group,
    /// By deleting the record: from all but admins.
    Deletion,
    /// By the setting `student_records_enabled`: everything, from students.
    Setting,
}

/// Whether it was hidden at the version that is asked for, whether it is hidden now, and what a role sees of that
/// version: see [`expected`].
type Row = (Hiding, &'static str, &'static str, [&'static str; 5]);

//                            then      now       admin  manager  educator  student  application
#[rustfmt::skip]
const ROWS: &[Row] = &[
    (Hiding::Record,    "shown",  "shown",  ["all", "all",   "all",   "all",   "all"]),
    (Hiding::Record,    "shown",  "hidden", ["all", "all",   "all",   "none",  "all"]),
    (Hiding::Record,    "hidden", "shown",  ["all", "all",   "all",   "none",  "all"]),
    (Hiding::Record,    "hidden", "hidden", ["all", "all",   "all",   "none",  "all"]),
    (Hiding::Attribute, "shown",  "shown",  ["all", "all",   "all",   "all",   "all"]),
    (Hiding::Attribute, "shown",  "hidden", ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Attribute, "hidden", "shown",  ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Attribute, "hidden", "hidden", ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Kept,      "shown",  "hidden", ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Kept,      "hidden", "hidden", ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Cleared,   "shown",  "hidden", ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::MadeAgain, "hidden", "shown",  ["all", "all",   "all",   "bare",  "all"]),
    (Hiding::Retaken,   "shown",  "hidden", ["stripped", "stripped", "stripped", "bare", "stripped"]),
    (Hiding::Group,     "shown",  "shown",  ["all", "all",   "all",   "all",   "all"]),
    (Hiding::Group,     "shown",  "hidden", ["all", "all",   "none",  "all",   "all"]),
    (Hiding::Group,     "hidden", "shown",  ["all", "all",   "all",   "all",   "all"]),
    (Hiding::Group,     "hidden", "hidden", ["all", "all",   "none",  "all",   "all"]),
    (Hiding::Deletion,  "shown",  "hidden", ["all", "feed",  "feed",  "none",  "feed"]),
    (Hiding::Setting,   "shown",  "shown",  ["all", "all",   "all",   "all",   "all"]),
    (Hiding::Setting,   "shown",  "hidden", ["all", "all",   "all",   "403",   "all"]),
    (Hiding::Setting,   "hidden", "shown",  ["all", "all",   "all",   "none",  "all"]),
    (Hiding::Setting,   "hidden", "hidden", ["all", "all",   "all",   "403",   "all"]),
];

const ROUTES: [&str; 5] = ["feed", "history", "version", "as_of", "as_of list"];

/// What each of the [`ROUTES`] shows of the version, in which nothing changed but the value.
fn expected(cell: &str) -> [&str; 5] {
    match cell {
        "all" => ["whole"; 5],
        "none" => ["absent"; 5],
        // Who looks after records has to learn of what becomes of them.
        "feed" => ["whole", "absent", "absent", "absent", "absent"],
        // The record was known then, without the value; that the value changed was not.
        "bare" => ["absent", "absent", "absent", "bare", "bare"],
        // That something changed is known, but not as what: its key means something else by now.
        "stripped" => ["bare"; 5],
        "403" => ["403"; 5],
        other => panic!("no such cell: {other}"),
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A record of `sam`, and the instants before it was made and at its second version.
struct World<'a> {
    tenant: Tenant<'a>,
    id: Value,
    before: DateTime<Utc>,
    at: DateTime<Utc>,
    learners: Value,
}

impl<'a> World<'a> {
    /// Makes the record, of which the second version is the one that is asked for; what is hidden by then is hidden
    /// from the start.
    async fn make(stack: &'a Stack, hiding: Hiding, then: &str) -> Self {
        let tenant = stack.tenant().await;
        let (admin, hidden) = (tenant.admin(), then == "hidden");
        let is = |way| hidden && hiding == way;
        tenant.show_students_their_records(!is(Hiding::Setting)).await;
        let learners = groups::made(&tenant, "Astronauts", None).await;
        let educators = groups::made_of_kind(&tenant, "Record makers", "educator_group", None).await;
        groups::granted(&tenant, &learners, &educators, &["view", "create", "edit", "delete"]).await;
        people::made(&tenant, json!({"id": "edna", "group_ids": [educators["id"]]})).await;
        let of_sam = if is(Hiding::Group) { json!([]) } else { json!([learners["id"]]) };
        people::made(&tenant, json!({"id": "sam", "group_ids": of_sam})).await;
        let of_attribute = matches!(hiding, Hiding::Attribute | Hiding::Kept | Hiding::MadeAgain);
        let note =
            with(attributes::wish("note", "short_answer"), json!({"hidden_from_students": hidden && of_attribute}));
        attributes::made(&tenant, &note).await;
        let before = stack.now();
        stack.advance(TimeDelta::seconds(1));
        let body = json!({"person_id": "sam", "title": "x", "visible_to_student": !is(Hiding::Record)});
        let made = tenant.application("lms").create(&body).await;
        let world = Self { tenant, id: made["id"].clone(), before, at: stack.now(), learners };
        let second = world.patch(&json!({"attributes": {"note": "weak"}})).await;
        assert_eq!(second["version"], 2);
        let at = stack.now();
        stack.advance(TimeDelta::seconds(1));
        admin.patch(path_of(&world.id), &json!({"score": 1})).send().await;
        Self { at, ..world }
    }

    async fn patch(&self, change: &Value) -> Value {
        let answer = self.tenant.admin().patch(path_of(&self.id), change).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Hides it from now on, or shows it.
    async fn turn(&self, hiding: Hiding, now: &str) {
        let (admin, hidden) = (self.tenant.admin(), now == "hidden");
        let note = attributes::attribute_path("note");
        match hiding {
            Hiding::Record => drop(self.patch(&json!({"visible_to_student": !hidden})).await),
            Hiding::Attribute => {
                attributes::changed(&self.tenant, &note, &json!({"hidden_from_students": hidden})).await;
            }
            Hiding::Kept | Hiding::MadeAgain => {
                assert_eq!(admin.delete(format!("{note}?on_existing=keep")).send().await.status, 204);
            }
            Hiding::Cleared | Hiding::Retaken => {
                assert_eq!(admin.delete(format!("{note}?on_existing=clear")).send().await.status, 204);
            }
            Hiding::Group => {
                let groups = if hidden { json!([]) } else { json!([self.learners["id"]]) };
                let answer = admin.patch("/v1/people/sam", &json!({"group_ids": groups})).send().await;
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
            Hiding::Deletion => assert_eq!(admin.delete(path_of(&self.id)).send().await.status, 204),
            Hiding::Setting => self.tenant.show_students_their_records(!hidden).await,
        }
        let again = [(Hiding::MadeAgain, "short_answer"), (Hiding::Retaken, "link")].into_iter();
        for (_, kind) in again.filter(|(way, _)| *way == hiding) {
            attributes::made(&self.tenant, &attributes::wish("note", kind)).await;
        }
    }

    fn callers(&self) -> [(&'static str, Caller<'a>); 5] {
        [
            ("admin", self.tenant.admin()),
            ("manager", self.tenant.manager()),
            ("educator", self.tenant.caller("edna", Role::Educator, None, None)),
            ("student", self.tenant.caller("sam", Role::Student, None, None)),
            ("application", self.tenant.application("lms")),
        ]
    }

    fn as_of(&self, at: DateTime<Utc>) -> String {
        format!("{}?as_of={}", path_of(&self.id), instant(at))
    }

    /// What a caller sees of the second version on each of the [`ROUTES`].
    async fn seen(&self, caller: &Caller<'_>) -> [String; 5] {
        let record = path_of(&self.id);
        let list = format!("/v1/learning-records?person_id=sam&as_of={}", instant(self.at));
        let get = |path: String| caller.get(path).send();
        let feed = get("/v1/events".into()).await;
        let is_second = |event: &Value| event["data"]["version"] == 2;
        let history = get(format!("{record}/history")).await;
        let version = get(format!("{record}/history/2")).await;
        let as_of = get(self.as_of(self.at)).await;
        let list = get(list).await;
        for (found, never) in [(&version, format!("{record}/history/9")), (&as_of, self.as_of(self.before))] {
            if found.status == 404 {
                assert_eq!(found.anonymous(), get(never).await.anonymous(), "as if it had never been");
            }
        }
        [
            in_list(&feed, is_second, "/data"),
            in_list(&history, |entry| entry["version"] == 2, "/record"),
            one(&version, "/record"),
            one(&as_of, ""),
            in_list(&list, |record| record["id"] == self.id, ""),
        ]
    }
}

/// What an answer shows of a version: `whole`, or `bare` of its value.
fn one(answer: &Answer, place: &str) -> String {
    match answer.status.as_u16() {
        200 => what(&answer.json(), place),
        404 => "absent".into(),
        status => status.to_string(),
    }
}

fn in_list(answer: &Answer, is_meant: impl Fn(&Value) -> bool, place: &str) -> String {
    match answer.status.as_u16() {
        200 => {
            let body = answer.json();
            let found = body["data"].as_array().expect("a list").iter().find(|item| is_meant(item));
            found.map_or("absent".into(), |item| what(item, place))
        }
        404 => "absent".into(),
        status => status.to_string(),
    }
}

fn what(item: &Value, place: &str) -> String {
    let record = item.pointer(place).expect("a record");
    assert_eq!(record["version"], 2, "the version that is asked for");
    let value = &record["attributes"]["note"];
    let names = item["changed"].as_array().is_none_or(|names| names.contains(&json!("attributes.note")));
    match (value == "weak", names) {
        (true, true) => "whole".into(),
        (false, _) => "bare".into(),
        (true, false) => format!("the value without its name: {item}"),
    }
}

#[rstest]
#[tokio::test]
async fn the_past_is_seen_as_the_table_says(
    #[values(
        Hiding::Record,
        Hiding::Attribute,
        Hiding::Kept,
        Hiding::Cleared,
        Hiding::MadeAgain,
        Hiding::Retaken,
        Hiding::Group,
        Hiding::Deletion,
        Hiding::Setting
    )]
    hiding: Hiding,
) {
    let stack = Stack::alone().await;
    let mut wrong = Vec::new();
    for (_, then, now, cells) in ROWS.iter().filter(|row| row.0 == hiding) {
        let world = World::make(&stack, hiding, then).await;
        if then != now || matches!(hiding, Hiding::Kept) {
            world.turn(hiding, now).await;
        }
        stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
        stack.drain().await;
        for ((role, caller), cell) in world.callers().into_iter().zip(cells) {
            let seen = world.seen(&caller).await;
            for ((route, found), expected) in ROUTES.into_iter().zip(seen).zip(expected(cell)) {
                if found != expected {
                    wrong.push(format!("{then} then, {now} now, {role}, {route}: expected {expected}, found {found}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{hiding:?}\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_audit_trail_is_for_admins_whatever_is_hidden() {
    let stack = Stack::alone().await;
    let world = World::make(&stack, Hiding::Record, "shown").await;
    stack.drain().await;
    for (role, caller) in world.callers() {
        let expected = if role == "admin" { 200 } else { 403 };
        for path in ["/v1/action-logs", "/v1/action-logs/act_0000000000000001", "/v1/action-logs/verify"] {
            let status = caller.get(path).send().await.status.as_u16();
            assert!(status == expected || expected == 200 && status == 404, "{role} {path}: found {status}");
        }
    }
}

/// The versions that a caller sees in a record's history, page by page.
async fn versions(caller: &Caller<'_>, id: &Value, limit: usize) -> Vec<Value> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller.get(format!("{}/history?limit={limit}{cursor}", path_of(id))).send().await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        let entries = page["data"].as_array().expect("versions");
        seen.extend(entries.iter().map(|entry| entry["version"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { return seen };
        assert_eq!(entries.len(), limit, "a page with a cursor is full: {page}");
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn pages_of_history_tell_nothing_of_versions_that_are_left_out() {
    let stack = Stack::alone().await;
    let world = World::make(&stack, Hiding::Attribute, "hidden").await;
    for note in ["a", "b", "c"] {
        world.patch(&json!({"attributes": {"note": note}})).await;
    }
    world.patch(&json!({"score": 2, "attributes": {"note": "d"}})).await;
    world.patch(&json!({"attributes": {"note": "e"}})).await;
    stack.drain().await;
    let student = world.tenant.caller("sam", Role::Student, None, None);
    for limit in [1, 2, 3, 25] {
        assert_eq!(versions(&student, &world.id, limit).await, [7, 3, 1], "{limit} a page");
        assert_eq!(versions(&world.tenant.admin(), &world.id, limit).await, [8, 7, 6, 5, 4, 3, 2, 1]);
    }
    let seventh = student.get(format!("{}/history/7", path_of(&world.id))).send().await.json();
    assert_eq!(seventh["changed"], json!(["score"]));
}

#[tokio::test]
async fn pages_of_what_was_known_tell_nothing_of_records_that_are_left_out() {
    let stack = Stack::alone().await;
    let world = World::make(&stack, Hiding::Record, "shown").await;
    let admin = world.tenant.admin();
    let others = [
        admin.create(&json!({"person_id": "sam", "title": "deleted since"})).await,
        admin.create(&json!({"person_id": "sam", "title": "hidden since"})).await,
    ];
    let at = stack.now();
    stack.advance(TimeDelta::seconds(1));
    admin.delete(path_of(&others[0]["id"])).send().await;
    admin.patch(path_of(&others[1]["id"]), &json!({"visible_to_student": false})).send().await;
    stack.drain().await;
    for (role, caller) in world.callers() {
        let path = format!("/v1/learning-records?person_id=sam&limit=1&as_of={}", instant(at));
        let (mut found, mut cursor) = (0, String::new());
        loop {
            let page = caller.get(format!("{path}{cursor}")).send().await.json();
            found += page["data"].as_array().expect("records").len();
            let Some(next) = page["next_cursor"].as_str() else { break };
            assert_eq!(page["data"].as_array().map(Vec::len), Some(1), "{role}: {page}");
            cursor = format!("&cursor={next}");
        }
        let expected = match role {
            "admin" => 3,
            "student" | "application" => 1,
            _ => 2,
        };
        assert_eq!(found, expected, "{role}");
    }
}

#[tokio::test]
async fn that_a_record_was_deleted_for_a_time_is_a_part_of_its_history() {
    let stack = Stack::alone().await;
    let world = World::make(&stack, Hiding::Deletion, "shown").await;
    let admin = world.tenant.admin();
    admin.delete(path_of(&world.id)).send().await;
    let deleted = stack.now();
    stack.advance(TimeDelta::seconds(1));
    assert_eq!(admin.post(format!("{}/restore", path_of(&world.id)), &json!({})).send().await.status, 200);
    stack.drain().await;
    for (role, caller) in world.callers() {
        assert_eq!(versions(&caller, &world.id, 25).await, [5, 4, 3, 2, 1], "{role}");
        assert_eq!(caller.get(world.as_of(deleted)).send().await.status, 404, "{role}");
    }
}

#[tokio::test]
async fn a_student_who_may_see_nothing_learns_nothing_from_an_empty_feed() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let student = tenant.caller("sam", Role::Student, None, None);
    let none = student.get("/v1/events").send().await;
    tenant.admin().create(&json!({"person_id": "sam", "title": "x"})).await;
    stack.drain().await;
    let one = student.get("/v1/events").send().await;
    assert_eq!((none.status.as_u16(), none.anonymous()), (403, one.anonymous()));
    let by_address = |email: &str| student.get(format!("/v1/learning-records?person[email]={email}")).send();
    people::made(&tenant, json!({"id": "olga", "email": "olga@example.com"})).await;
    let (known, unknown) = (by_address("olga@example.com").await, by_address("nobody@example.com").await);
    assert_eq!((known.status.as_u16(), known.anonymous()), (403, unknown.anonymous()));
}
