//! The writes that are tried: each a request with what has to be there before, and what a client does next.

use super::checker::Told;
use crate::support::{Answer, Caller, Request};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request. `{name}` in path or body stands for the id of what an earlier one kept under that name.
#[derive(Debug, Clone)]
pub(crate) struct Req {
    method: Method,
    path: &'static str,
    body: Value,
    headers: Vec<(&'static str, &'static str)>,
    keeps: Option<&'static str>,
}

impl Req {
    fn new(method: Method, path: &'static str, body: Value) -> Self {
        Self { method, path, body, headers: Vec::new(), keeps: None }
    }

    /// A record and three changes of it.
    pub(crate) fn patches() -> [Self; 4] {
        [
            plain(),
            patch(RECORD, json!({"score": 1})),
            patch(RECORD, json!({"score": 2})),
            patch(RECORD, json!({"score": 3})),
        ]
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Remembers the id of what is answered.
    fn keep(mut self, name: &'static str) -> Self {
        self.keeps = Some(name);
        self
    }
}

/// A write.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub name: &'static str,
    /// What has to be there.
    pub before: Vec<Req>,
    /// The write itself.
    pub act: Req,
    /// What the client does next: what comes late must not undo it.
    pub then: Vec<Req>,
}

const RECORDS: &str = "/v1/learning-records";
const RECORD: &str = "/v1/learning-records/{record}";
const NAMED: &str = "/v1/learning-records/by-external-id/hr-1";

fn post(path: &'static str, body: Value) -> Req {
    Req::new(Method::POST, path, body)
}

fn put(path: &'static str, body: Value) -> Req {
    Req::new(Method::PUT, path, body)
}

fn patch(path: &'static str, body: Value) -> Req {
    Req::new(Method::PATCH, path, body)
}

fn delete(path: &'static str) -> Req {
    Req::new(Method::DELETE, path, Value::Null)
}

fn get(path: &'static str) -> Req {
    Req::new(Method::GET, path, Value::Null)
}

/// A record without names.
fn plain() -> Req {
    post(RECORDS, json!({"person_id": "ada", "title": "plain", "score": 55.5})).keep("record")
}

/// A record with an external id.
fn named() -> Req {
    post(RECORDS, json!({"person_id": "ada", "title": "named", "external_id": "hr-1"})).keep("record")
}

fn attribute() -> Req {
    post("/v1/attributes", json!({"key": "grade", "label": "Grade", "type": "number"})).keep("attribute")
}

fn person() -> Req {
    post("/v1/people", json!({"id": "ada", "name": "Ada", "external_ids": ["p-1"]})).keep("person")
}

fn group(name: &'static str, kind: &str) -> Req {
    post("/v1/groups", json!({"name": name, "kind": kind})).keep(name)
}

fn groups() -> Vec<Req> {
    vec![group("learners", "user_group"), group("educators", "educator_group")]
}

fn grant() -> Req {
    put("/v1/groups/{learners}/grants/{educators}", json!({"rights": ["view"]}))
}

fn api_key() -> Req {
    post("/v1/api-keys", json!({"label": "k", "role": "manager"})).keep("key")
}

fn step<const B: usize, const T: usize>(name: &'static str, before: [Req; B], act: Req, then: [Req; T]) -> Step {
    Step { name, before: before.into(), act, then: then.into() }
}

/// Writes of records.
pub(crate) fn of_records() -> Vec<Step> {
    let score = |score: u32| patch(RECORD, json!({"score": score}));
    let restore = || post("/v1/learning-records/{record}/restore", json!({}));
    let put_named = |title: &str| put(NAMED, json!({"person_id": "ada", "title": title})).keep("record");
    let mut repeatable = named().header("idempotency-key", "once");
    repeatable.body["source"] = json!("once");
    vec![
        step("create", [], plain(), [score(1)]),
        step("create with an external id", [], named(), [delete(RECORD)]),
        step("create with external id and Idempotency-Key", [], repeatable, [delete(RECORD)]),
        step("patch", [plain()], score(60), [score(70)]),
        step("patch with If-Match", [plain()], score(60).header("if-match", "\"1\""), [score(70)]),
        step(
            "patch of the external id",
            [named()],
            patch(RECORD, json!({"external_id": "hr-2"})),
            [patch(RECORD, json!({"external_id": "hr-1"}))],
        ),
        step("put, creating", [], put_named("new"), [delete(RECORD)]),
        step("put, replacing", [named()], put_named("other"), [score(1)]),
        step("delete", [plain()], delete(RECORD), [restore()]),
        step("delete with If-Match", [plain()], delete(RECORD).header("if-match", "\"1\""), [restore()]),
        step("delete with an external id", [named()], delete(RECORD), [named()]),
        step("restore", [plain(), delete(RECORD)], restore(), [delete(RECORD)]),
        step("restore with an external id", [named(), delete(RECORD)], restore(), [score(1)]),
    ]
}

/// Writes of everything else.
pub(crate) fn of_the_rest() -> Vec<Step> {
    let name = |name: &str| patch("/v1/people/{person}", json!({"name": name, "external_ids": ["p-2"]}));
    let label = |label: &str| patch("/v1/attributes/{attribute}", json!({"label": label}));
    let members = |body: Value| patch("/v1/groups/{learners}/members", body);
    let graded =
        || post(RECORDS, json!({"person_id": "ada", "title": "graded", "attributes": {"grade": 1}})).keep("record");
    let [learners, educators] = groups().try_into().expect("two groups");
    vec![
        step("attribute: create", [], attribute(), [label("Mark")]),
        step("attribute: patch", [attribute()], label("Mark"), [label("Points")]),
        step("attribute: delete", [attribute()], delete("/v1/attributes/{attribute}"), []),
        step(
            "attribute: delete, clearing",
            [attribute(), graded()],
            delete("/v1/attributes/{attribute}?on_existing=clear"),
            [],
        ),
        step("person: create", [], person(), [name("Ada L")]),
        step("person: patch", [person()], name("Ada L"), [name("Ada K")]),
        step("person: delete", [person()], delete("/v1/people/{person}"), []),
        step("group: create", [], learners.clone(), []),
        step("group: patch", [learners.clone()], patch("/v1/groups/{learners}", json!({"name": "pupils"})), []),
        step("group: delete", [learners.clone()], delete("/v1/groups/{learners}"), []),
        step(
            "members: add",
            [learners.clone(), person()],
            members(json!({"add": ["ada"]})),
            [get("/v1/people/{person}"), members(json!({"remove": ["ada"]}))],
        ),
        step(
            "members: remove",
            [learners.clone(), person(), members(json!({"add": ["ada"]}))],
            members(json!({"remove": ["ada"]})),
            [members(json!({"add": ["ada"]})), get("/v1/people/{person}")],
        ),
        step("grant: put", [learners.clone(), educators.clone()], grant(), []),
        step(
            "grant: delete",
            [learners, educators, grant()],
            delete("/v1/groups/{learners}/grants/{educators}"),
            [grant()],
        ),
        step("settings: patch", [], patch("/v1/settings", json!({"student_records_enabled": true})), []),
        step("API key: create", [], api_key(), []),
        step("API key: patch", [api_key()], patch("/v1/api-keys/{key}", json!({"is_revoked": true})), []),
        step("API key: delete", [api_key()], delete("/v1/api-keys/{key}"), []),
    ]
}

/// Some of everything: a record with both names and five versions, one in an attribute's way, people, groups, settings.
pub(crate) fn scene() -> Vec<Req> {
    let repeatable =
        post(RECORDS, json!({"person_id": "ada", "title": "named", "external_id": "hr-1", "source": "once"}));
    let [learners, educators] = groups().try_into().expect("two groups");
    vec![
        repeatable.header("idempotency-key", "once").keep("record"),
        patch(RECORD, json!({"score": 60})),
        put(NAMED, json!({"person_id": "ada", "title": "other", "score": 60})),
        delete(RECORD),
        post("/v1/learning-records/{record}/restore", json!({})),
        post(RECORDS, json!({"person_id": "bob", "title": "another"})),
        attribute(),
        learners,
        educators,
        grant(),
        person(),
        patch("/v1/groups/{learners}/members", json!({"add": ["ada"]})),
        get("/v1/people/{person}"),
        patch("/v1/settings", json!({"student_records_enabled": true})),
        delete("/v1/attributes/{attribute}"),
    ]
}

/// A client that comes back as it is told to, and notes what it was told.
pub(crate) struct Client<'a> {
    caller: Caller<'a>,
    ids: BTreeMap<&'static str, String>,
    pub told: Vec<Told>,
}

/// How often a client comes back.
const PATIENCE: usize = 6;

impl<'a> Client<'a> {
    pub(crate) fn new(caller: Caller<'a>) -> Self {
        Self { caller, ids: BTreeMap::new(), told: Vec::new() }
    }

    fn filled(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    fn request(&self, req: &Req) -> Request<'a> {
        let request = self.caller.request(req.method.clone(), self.filled(req.path));
        let request = if req.body.is_null() { request } else { request.json(&req.body) };
        req.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Sends a request until it is answered for good; the statuses. After a lost answer a client that is told "it is
    /// gone", "it is at another version" or "it is there already" does not know by whom.
    pub(crate) async fn send(&mut self, req: &Req) -> Vec<u16> {
        let mut statuses = Vec::new();
        if self.filled(req.path).contains('{') {
            // The client never learnt what it is called.
            return statuses;
        }
        loop {
            let answer = self.request(req).send().await;
            let status = answer.status.as_u16();
            statuses.push(status);
            match status {
                200 | 201 | 204 => self.hear(req, &answer),
                503 if statuses.len() < PATIENCE => continue,
                404 | 409 | 412 if statuses.len() > 1 => self.assume(req),
                _ => panic!("{} {}: {statuses:?} {}", req.method, self.filled(req.path), answer.text()),
            }
            return statuses;
        }
    }

    /// Sends a request once, and does not hear what comes of it.
    pub(crate) async fn try_once(&self, req: &Req) {
        self.request(req).send().await;
    }

    /// What a client calls a thing it knows without being told.
    fn assume(&mut self, req: &Req) {
        let id = req.body["id"].as_str().or(req.body["key"].as_str());
        if let (Some(name), Some(id)) = (req.keeps, id) {
            self.ids.insert(name, id.to_owned());
        }
    }

    fn hear(&mut self, req: &Req, answer: &Answer) {
        if answer.body.is_empty() {
            let path = self.filled(req.path);
            let path = path.split('?').next().unwrap_or_default();
            let last = path.rsplit('/').next().unwrap_or_default();
            let id = match path.split_once("/grants/") {
                Some((over, educators)) => format!("{}/{educators}", over.rsplit('/').next().unwrap_or_default()),
                None => last.to_owned(),
            };
            self.told.push(Told::Gone(id));
            return;
        }
        let body = answer.json();
        if body.get("added").is_some() {
            // How many came and went, and nothing of who they are.
            return;
        }
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let grant = || Some(format!("{}/{}", text("group_id")?, text("educator_group_id")?));
        let id = text("id").or_else(|| text("key")).or_else(grant).unwrap_or_else(|| "settings".to_owned());
        if let Some(name) = req.keeps {
            self.ids.insert(name, id.clone());
        }
        let etag = answer.header("etag").and_then(|etag| etag.trim_matches('"').parse().ok());
        self.told.push(Told::Is { id, version: body["version"].as_u64().or(etag), body });
    }
}
