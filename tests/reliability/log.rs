//! What was committed to the table, as its stream tells it: independent of every line of the service.

use rol_domain::TenantId;
use rol_local::{Engines, Stream};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// A committed write: an item before and after, as plain JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub pk: String,
    pub sk: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
}

/// Reads the stream of engines, whoever else reads it.
pub(crate) struct Reader {
    stream: Stream,
    position: Option<String>,
}

impl Reader {
    pub(crate) fn new(engines: &Engines) -> Self {
        let stream = engines.embedded.as_ref().expect("engines of this process").stream.clone();
        Self { stream, position: None }
    }

    /// Everything that was written since the last time, in Lambda's shape.
    pub(crate) fn read(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let some = self.stream.records(self.position.as_deref(), 1_000).expect("a readable stream");
            let Some(last) = some.last() else { return all };
            self.position = Some(sequence(last).to_owned());
            all.extend(some);
        }
    }
}

/// What tells a record of the stream from every other.
pub(crate) fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().expect("a sequence number")
}

/// The item that a record of the stream is about.
pub(crate) fn place(record: &Value) -> (String, String) {
    let keys = &record["dynamodb"]["Keys"];
    let part = |name: &str| keys[name]["S"].as_str().expect("a key").to_owned();
    (part("pk"), part("sk"))
}

/// Those of the records that are about a tenant.
pub(crate) fn lines(records: &[Value], tenant: TenantId) -> Vec<Line> {
    let prefix = format!("T#{tenant}#");
    let line = |record: &Value| {
        let (pk, sk) = place(record);
        let image = |name: &str| record["dynamodb"][name].as_object().map(plain_item);
        Line { pk, sk, old: image("OldImage"), new: image("NewImage") }
    };
    let is_theirs = |line: &Line| {
        let image = line.new.as_ref().or(line.old.as_ref());
        line.pk.starts_with(&prefix) || image.is_some_and(|image| image["tenant"] == tenant.to_string())
    };
    records.iter().map(line).filter(is_theirs).collect()
}

/// The table after these writes.
pub(crate) fn table(lines: &[Line]) -> BTreeMap<(String, String), Value> {
    let mut table = BTreeMap::new();
    for Line { pk, sk, new, .. } in lines {
        match new {
            Some(item) => table.insert((pk.clone(), sk.clone()), item.clone()),
            None => table.remove(&(pk.clone(), sk.clone())),
        };
    }
    table
}

fn plain_item(item: &Map<String, Value>) -> Value {
    Value::Object(item.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
}

/// A value of DynamoDB's JSON as plain JSON.
fn plain(value: &Value) -> Value {
    let (kind, value) = value.as_object().and_then(|it| it.iter().next()).expect("a value with its type");
    match (kind.as_str(), value) {
        ("S" | "BOOL" | "B", value) => value.clone(),
        ("N", Value::String(text)) => Value::Number(text.parse::<Number>().expect("a number")),
        ("NULL", _) => Value::Null,
        ("M", Value::Object(members)) => plain_item(members),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        other => panic!("an item of this service has no {other:?}"),
    }
}
