//! Two tenants of the same shape, and requests that are right in all but who makes them.
//!
//! In each, “Record makers” were granted everything over “Astronauts”; “Mentors” were granted nothing; “Cooks” are
//! another group. `sam` is an astronaut as the student `stu` is, `olga` is a cook.

use crate::{
    api::attachments,
    support::{Answer, Caller, Stack, Tenant},
};
use chrono::TimeDelta;
use http::Method;
use rol_domain::{Role, limits::DIRECTORY_CACHE_S};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Principal {
    Admin,
    Manager,
    Granted,
    Educator,
    Student,
    Application,
    Nobody,
}

pub(crate) const PRINCIPALS: [Principal; 7] = [
    Principal::Admin,
    Principal::Manager,
    Principal::Granted,
    Principal::Educator,
    Principal::Student,
    Principal::Application,
    Principal::Nobody,
];

/// Whose it is that they ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Own,
    SameGroup,
    OtherGroup,
    OtherTenant,
}

pub(crate) const TARGETS: [Target; 4] = [Target::Own, Target::SameGroup, Target::OtherGroup, Target::OtherTenant];

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    EmptyList,
    Refused(u16),
    NotAsked,
}

impl Outcome {
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "ok" => Self::Done,
            "none" => Self::EmptyList,
            "-" => Self::NotAsked,
            status => Self::Refused(status.parse().expect("a status")),
        }
    }

    fn of(answer: &Answer) -> Self {
        match answer.status.as_u16() {
            200 if answer.json()["data"].as_array().is_some_and(Vec::is_empty) => Self::EmptyList,
            200 if answer.json()["total"] == 0 => Self::EmptyList,
            200..300 => Self::Done,
            status => Self::Refused(status),
        }
    }
}

/// One of the two tenants.
struct Side<'a> {
    tenant: Tenant<'a>,
    educators: String,
    mentors: String,
    astronauts: String,
    cooks: String,
}

pub(crate) struct World<'a> {
    mine: Side<'a>,
    other: Side<'a>,
}

/// What stands between a record and its file in a path.
const BETWEEN: &str = "/attachments/";

/// A new number, for things that have to be distinct.
fn next() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// Whether a route names something that could be another tenant's.
pub(crate) fn names_something(operation: &str) -> bool {
    let whole = [
        "records.put",
        "records.batch",
        "records.summary",
        "meta.me",
        "settings.get",
        "settings.patch",
        // An entry's id is a place, which is the same in every tenant.
        "audit.get",
        "audit.verify",
    ];
    let plain = !operation.ends_with(".create") && !operation.ends_with(".list");
    !whole.contains(&operation) && (plain || operation == "attachments.list")
}

async fn done(request: crate::support::Request<'_>) -> Value {
    let answer = request.send().await;
    assert!(answer.status.is_success(), "{}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

impl<'a> Side<'a> {
    async fn make(stack: &'a Stack) -> Self {
        let tenant = stack.tenant().await;
        let admin = tenant.admin();
        done(admin.patch("/v1/settings", &json!({"student_records_enabled": true}))).await;
        let mut ids = Vec::new();
        for (name, kind) in [
            ("Record makers", "educator_group"),
            ("Mentors", "educator_group"),
            ("Astronauts", "user_group"),
            ("Cooks", "user_group"),
        ] {
            ids.push(id_of(&done(admin.post("/v1/groups", &json!({"name": name, "kind": kind}))).await));
        }
        let [educators, mentors, astronauts, cooks] = ids.try_into().expect("four groups");
        let grant = format!("/v1/groups/{astronauts}/grants/{educators}");
        done(admin.put(grant, &json!({"rights": ["view", "create", "edit", "delete"]}))).await;
        for (person, group) in
            [("edna", &educators), ("ed", &mentors), ("stu", &astronauts), ("sam", &astronauts), ("olga", &cooks)]
        {
            done(admin.post("/v1/people", &json!({"id": person, "group_ids": [group]}))).await;
        }
        Self { tenant, educators, mentors, astronauts, cooks }
    }

    /// A caller of this tenant.
    fn caller(&self, principal: Principal) -> Caller<'a> {
        let person = |sub, role| self.tenant.caller(sub, role, None, None);
        match principal {
            Principal::Admin => self.tenant.admin(),
            Principal::Manager => self.tenant.manager(),
            Principal::Granted => person("edna", Role::Educator),
            Principal::Educator => person("ed", Role::Educator),
            Principal::Student => person("stu", Role::Student),
            Principal::Application => {
                let scopes = "records:read records:write directory:read directory:write activities:write";
                self.tenant.caller("client", Role::Application, Some("lms"), Some(scopes))
            }
            Principal::Nobody => Caller::nobody(self.tenant.stack),
        }
    }

    /// The person whose record is asked for.
    fn person(principal: Principal, target: Target) -> &'static str {
        match (target, principal) {
            (Target::Own, Principal::Admin) => "root@example.com",
            (Target::Own, Principal::Manager) => "max@example.com",
            (Target::Own, Principal::Granted) => "edna",
            (Target::Own, Principal::Educator) => "ed",
            (Target::Own, Principal::Student) => "stu",
            (Target::Own, Principal::Application | Principal::Nobody) => "someone",
            (Target::SameGroup | Target::OtherTenant, _) => "sam",
            (Target::OtherGroup, _) => "olga",
        }
    }

    /// The group that is asked for, or that somebody asked for is in.
    fn group(&self, principal: Principal, target: Target) -> &str {
        match (target, principal) {
            (Target::Own, Principal::Granted) => &self.educators,
            (Target::Own, Principal::Educator) => &self.mentors,
            (Target::OtherGroup, _) => &self.cooks,
            _ => &self.astronauts,
        }
    }

    /// A fresh thing of this route's kind, to be read, changed or deleted: its place in the path.
    async fn thing(&self, operation: &str, principal: Principal, target: Target) -> String {
        let admin = self.tenant.admin();
        let (area, verb) = operation.split_once('.').expect("an area and a verb");
        let fresh = format!("x{}", next());
        match area {
            "records" => {
                let of_app = principal == Principal::Application && target == Target::Own;
                let maker = if of_app { self.caller(Principal::Application) } else { admin };
                let made = maker.create(&json!({"person_id": Self::person(principal, target), "title": "x"})).await;
                let id = id_of(&made);
                if verb == "restore" {
                    done(maker.delete(format!("/v1/learning-records/{id}"))).await;
                }
                id
            }
            "attachments" => {
                let of_app = principal == Principal::Application && target == Target::Own;
                let maker = if of_app { self.caller(Principal::Application) } else { admin };
                let made = maker.create(&json!({"person_id": Self::person(principal, target), "title": "x"})).await;
                let file = attachments::placed(self.tenant.stack, &maker, &made).await;
                format!("{}{BETWEEN}{}", id_of(&made), id_of(&file))
            }
            "attributes" => {
                let body = json!({"key": fresh, "label": "x", "type": "number"});
                done(admin.post("/v1/attributes", &body)).await;
                fresh
            }
            "activities" => {
                let body = json!({"kind": "course", "title": fresh});
                id_of(&done(admin.post("/v1/activities", &body)).await)
            }
            "people" => {
                let body = json!({"id": fresh, "group_ids": [self.group(principal, target)]});
                done(admin.post("/v1/people", &body)).await;
                fresh
            }
            "groups" => {
                let parent = self.group(principal, target);
                let body = json!({"name": fresh, "kind": "cohort", "parent_id": parent});
                let id = id_of(&done(admin.post("/v1/groups", &body)).await);
                if verb.ends_with("-grant") && verb != "put-grant" {
                    let grant = format!("/v1/groups/{id}/grants/{}", self.mentors);
                    done(admin.put(grant, &json!({"rights": ["create"]}))).await;
                }
                if verb == "members" {
                    let person = format!("m{}", next());
                    done(admin.post("/v1/people", &json!({"id": person, "group_ids": [id]}))).await;
                }
                id
            }
            "api-keys" => id_of(&done(admin.post("/v1/api-keys", &json!({"label": "k", "role": "manager"}))).await),
            _ => String::new(),
        }
    }
}

impl<'a> World<'a> {
    pub(crate) async fn make(stack: &'a Stack) -> Self {
        Self { mine: Side::make(stack).await, other: Side::make(stack).await }
    }

    /// The same tenants, reached through another stack over the same engines.
    pub(crate) fn on<'b>(&self, stack: &'b Stack) -> World<'b> {
        let side = |side: &Side<'_>| Side {
            tenant: Tenant {
                stack,
                id: side.tenant.id,
                key: side.tenant.key.clone(),
                audience: side.tenant.audience.clone(),
            },
            educators: side.educators.clone(),
            mentors: side.mentors.clone(),
            astronauts: side.astronauts.clone(),
            cooks: side.cooks.clone(),
        };
        World { mine: side(&self.mine), other: side(&self.other) }
    }

    /// A fresh thing of this tenant, as a route needs it; nothing where it needs none.
    pub(crate) async fn thing(&self, operation: &str, principal: Principal, target: Target) -> String {
        if names_something(operation) { self.mine.thing(operation, principal, target).await } else { String::new() }
    }

    /// Asks; what came of it, and the answer in words.
    pub(crate) async fn ask(&self, operation: &str, principal: Principal, target: Target) -> (Outcome, String) {
        let side = if target == Target::OtherTenant { &self.other } else { &self.mine };
        let list = matches!(operation, "records.list" | "records.summary");
        let thing = if names_something(operation) || list {
            side.thing(operation, principal, target).await
        } else {
            String::new()
        };
        let person = Side::person(principal, target);
        // Nobody has records in this tenant whom only the other knows.
        let person = if list && target == Target::OtherTenant { "elsewhere" } else { person };
        // Until then a warm container may not know of the groups that were made just now.
        self.mine.tenant.stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
        self.mine.tenant.stack.drain().await;
        let answer = self.send(operation, &self.mine.caller(principal), &thing, person, &side.mentors).await;
        (Outcome::of(&answer), format!("found {} {}", answer.status, answer.text()))
    }

    /// The answers for something of another tenant and for something that does not exist.
    pub(crate) async fn foreign_and_missing(&self, operation: &str) -> Option<(Answer, Answer)> {
        if !names_something(operation) {
            return None;
        }
        let foreign = self.other.thing(operation, Principal::Admin, Target::OtherTenant).await;
        // The same in shape, so that only its absence can show.
        let missing: String = foreign.chars().map(|c| if c.is_ascii_digit() && c != '0' { '7' } else { c }).collect();
        let missing = if missing == foreign { format!("{foreign}9") } else { missing };
        let admin = self.mine.tenant.admin();
        Some((
            self.send(operation, &admin, &foreign, "sam", &self.mine.mentors).await,
            self.send(operation, &admin, &missing, "sam", &self.mine.mentors).await,
        ))
    }

    /// The answer to an admin about something with this id.
    pub(crate) async fn send_to(&self, operation: &str, id: &str) -> Answer {
        self.send(operation, &self.mine.tenant.admin(), id, "sam", &self.mine.mentors).await
    }

    /// The request of a route, right in all but who makes it.
    async fn send(&self, operation: &str, caller: &Caller<'_>, thing: &str, person: &str, educators: &str) -> Answer {
        let activity = format!("/v1/activities/{thing}");
        let (record, file) = thing.split_once(BETWEEN).unwrap_or((thing, "att_01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        let record = format!("/v1/learning-records/{record}");
        let (files, file) = (format!("{record}/attachments"), format!("{record}{BETWEEN}{file}"));
        let (attribute, human) = (format!("/v1/attributes/{thing}"), format!("/v1/people/{thing}"));
        let (group, key) = (format!("/v1/groups/{thing}"), format!("/v1/api-keys/{thing}"));
        let grant = format!("{group}/grants/{educators}");
        let fresh = format!("y{}", next());
        let new = json!({"person_id": person, "title": "x"});
        let request = match operation {
            "records.get" => caller.get(record),
            "records.permissions" => caller.get(format!("{record}/permissions")),
            "records.history" => caller.get(format!("{record}/history")),
            "records.version" => caller.get(format!("{record}/history/1")),
            "records.list" => caller.get(format!("/v1/learning-records?person_id={person}")),
            "records.summary" => caller.get(format!("/v1/learning-records/summary?person_id={person}")),
            "records.create" => caller.post("/v1/learning-records", &new),
            "records.batch" => {
                let operation = json!({"action": "create", "body": new});
                caller.post("/v1/learning-records/batch", &json!({"operations": [operation]}))
            }
            "records.put" => caller.put(format!("/v1/learning-records/by-external-id/{fresh}"), &new),
            "records.patch" => caller.patch(record, &json!({"score": 50})),
            "records.delete" => caller.delete(record),
            "records.restore" => caller.request(Method::POST, format!("{record}/restore")),
            "attachments.declare" => caller.post(files, &json!({"files": [{"filename": "a.pdf", "size": 1}]})),
            "attachments.list" => caller.get(files),
            "attachments.get" => caller.get(file),
            "attachments.content" => caller.get(format!("{file}/content?redirect=false")),
            "attachments.delete" => caller.delete(file),
            "attributes.create" => {
                caller.post("/v1/attributes", &json!({"key": fresh, "label": "x", "type": "number"}))
            }
            "attributes.list" => caller.get("/v1/attributes"),
            "attributes.get" => caller.get(attribute),
            "attributes.patch" => caller.patch(attribute, &json!({"label": "y"})),
            "attributes.delete" => caller.delete(attribute),
            "activities.create" => caller.post("/v1/activities", &json!({"kind": "course", "title": fresh})),
            "activities.list" => caller.get("/v1/activities"),
            "activities.get" => caller.get(activity),
            "activities.patch" => caller.patch(activity, &json!({"title": fresh})),
            "activities.delete" => caller.delete(activity),
            "people.create" => caller.post("/v1/people", &json!({"id": fresh})),
            "people.list" => caller.get("/v1/people"),
            "people.get" => caller.get(human),
            "people.patch" => caller.patch(human, &json!({"name": "X"})),
            "people.delete" => caller.delete(human),
            "groups.create" => caller.post("/v1/groups", &json!({"name": fresh, "kind": "cohort"})),
            "groups.list" => caller.get("/v1/groups"),
            "groups.get" => caller.get(group),
            "groups.patch" => caller.patch(group, &json!({"name": fresh})),
            "groups.delete" => caller.delete(group),
            "groups.members" => caller.get(format!("{group}/members")),
            "groups.change-members" => caller.patch(format!("{group}/members"), &json!({"add": ["stu"]})),
            "groups.put-grant" => caller.put(grant, &json!({"rights": ["view"]})),
            "groups.get-grant" => caller.get(grant),
            "groups.delete-grant" => caller.delete(grant),
            "settings.get" => caller.get("/v1/settings"),
            "settings.patch" => caller.patch("/v1/settings", &json!({"student_records_enabled": true})),
            "api-keys.create" => caller.post("/v1/api-keys", &json!({"label": "k", "role": "manager"})),
            "api-keys.list" => caller.get("/v1/api-keys"),
            "api-keys.patch" => caller.patch(key, &json!({"label": "l"})),
            "api-keys.delete" => caller.delete(key),
            "events.list" => caller.get("/v1/events"),
            "audit.list" => caller.get("/v1/action-logs"),
            "audit.get" => caller.get("/v1/action-logs/act_0000000000000001"),
            "audit.verify" => caller.get("/v1/action-logs/verify"),
            "meta.me" => caller.get("/v1/me"),
            other => panic!("no request for {other}"),
        };
        request.send().await
    }
}
