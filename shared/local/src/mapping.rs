//! The event source mapping between the table's stream and its consumer, as Lambda runs it: batches in order, a filter,
//! partial failures, bisecting, finite retries, and a place where what nobody could tell is parked with its payload.

use crate::{Containers, Stream, engines::DEAD_LETTERS, template::StreamMapping};
use anyhow::Result;
use serde_json::{Value, json};
use std::{
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What happened to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryReport {
    /// How many records of the stream were dealt with.
    pub records: usize,
    /// How often the function was called.
    pub calls: usize,
    /// What was parked: the first sequence number and how many records.
    pub dead_letters: Vec<DeadLetter>,
}

/// Records that were given up on, with all that is needed to deliver them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Under which key.
    pub key: String,
    /// The invocation record, as Lambda writes it to an S3 destination.
    pub body: String,
}

/// The mapping of one stack to one function.
#[derive(Debug)]
pub struct Mapping {
    stream: Stream,
    settings: StreamMapping,
    /// The last sequence number that was dealt with.
    position: Mutex<Option<String>>,
}

/// Where each record stands while a batch is delivered.
struct Ladder<'a> {
    containers: &'a Containers,
    settings: &'a StreamMapping,
    delivered: DeliveryReport,
}

impl Mapping {
    /// The mapping over a stream, from a position on.
    pub fn new(stream: Stream, settings: StreamMapping, position: Option<String>) -> Self {
        Self { stream, settings, position: Mutex::new(position) }
    }

    /// The last sequence number that was dealt with.
    pub fn position(&self) -> Option<String> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose mapping it is: the function's `Handler`.
    pub fn handler(&self) -> &str {
        &self.settings.handler
    }

    /// Whether there is something to deliver, and how long it is to be gathered first.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn gathers(&self) -> Result<Option<Duration>> {
        if self.settings.window.is_zero() {
            return Ok(None);
        }
        let read = self.stream.records(self.position().as_deref(), self.settings.batch_size)?;
        Ok(read.iter().any(|record| self.settings.takes(record)).then_some(self.settings.window))
    }

    /// Delivers the next batch, until every record of it was told or parked.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn deliver(&self, containers: &Containers) -> Result<DeliveryReport> {
        let read = self.stream.records(self.position().as_deref(), self.settings.batch_size)?;
        let mut ladder = Ladder { containers, settings: &self.settings, delivered: DeliveryReport::default() };
        let batch: Vec<Value> = read.iter().filter(|record| self.settings.takes(record)).cloned().collect();
        ladder.climb(batch).await;
        ladder.delivered.records = read.len();
        if let Some(last) = read.last() {
            *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(sequence(last).to_owned());
        }
        Ok(ladder.delivered)
    }

    /// Delivers until nothing is left.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn drain(&self, containers: &Containers) -> Result<DeliveryReport> {
        let mut all = DeliveryReport::default();
        loop {
            let DeliveryReport { records, calls, dead_letters } = self.deliver(containers).await?;
            all.records += records;
            all.calls += calls;
            all.dead_letters.extend(dead_letters);
            if records == 0 {
                return Ok(all);
            }
        }
    }
}

impl Ladder<'_> {
    /// Delivers a batch; where it fails, in halves, and a single record as often as the mapping says.
    fn climb(&mut self, mut batch: Vec<Value>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let mut tries = 0;
            while !batch.is_empty() {
                let failed = self.call(&batch).await;
                let Some(from) = failed else { return };
                // What comes before the first failure was told.
                batch.drain(..from);
                if batch.len() > 1 && self.settings.bisect {
                    // Bisecting does not count as a retry.
                    let rest = batch.split_off(batch.len() / 2);
                    self.climb(batch).await;
                    batch = rest;
                    continue;
                }
                if from > 0 {
                    tries = 0;
                    continue;
                }
                if tries == self.settings.retries {
                    self.give_up(&batch, tries);
                    return;
                }
                tries += 1;
            }
        })
    }

    /// Where the function's first failure is; none where there is none.
    async fn call(&mut self, batch: &[Value]) -> Option<usize> {
        self.delivered.calls += 1;
        let answer = self.containers.invoke(&self.settings.handler, json!({"Records": batch})).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!("{} failed: {error}", self.settings.handler);
                return Some(0);
            }
        };
        let failures = answer["batchItemFailures"].as_array().filter(|_| self.settings.partial)?;
        let named = failures.iter().filter_map(|failure| failure["itemIdentifier"].as_str());
        // Of several Lambda takes the lowest; one that is not in the batch fails all of it.
        named.map(|named| batch.iter().position(|record| sequence(record) == named).unwrap_or(0)).min()
    }

    fn give_up(&mut self, batch: &[Value], tries: u32) {
        let (first, last) = (batch.first().map_or("", sequence), batch.last().map_or("", sequence));
        let body = json!({
            "requestContext": {
                "functionArn": self.settings.handler,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": tries + 1,
            },
            "version": "1.0",
            "DDBStreamBatchInfo": {
                "startSequenceNumber": first,
                "endSequenceNumber": last,
                "batchSize": batch.len(),
                "streamArn": batch.first().map_or(&Value::Null, |record| &record["eventSourceARN"]),
            },
            "payload": json!({"Records": batch}).to_string(),
        });
        tracing::error!("dead-lettered {} records from {first} on", batch.len());
        let key = format!("{DEAD_LETTERS}/{}-{first}", self.settings.handler);
        self.delivered.dead_letters.push(DeadLetter { key, body: body.to_string() });
    }
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Demo, Engines, Storage, template::Template};
    use rol_runtime::wall_clock;

    /// A stack with a demo tenant, and its mapping.
    async fn stack() -> (Engines, Containers, Mapping) {
        let engines = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
        Demo::new().expect("valid texts").settle(&engines).await.expect("a demo tenant");
        let containers = Containers::new(&engines, wall_clock(), None).expect("the template is readable");
        let template = Template::load().expect("the template is readable");
        let settings = template.stream_mapping("changes.publish").expect("a mapping");
        let stream = engines.embedded.clone().expect("engines of this process").stream;
        (engines, containers, Mapping::new(stream, settings, None))
    }

    #[tokio::test]
    async fn everything_is_delivered_once_in_order() {
        let (_engines, containers, mapping) = stack().await;
        let first = mapping.drain(&containers).await.expect("readable");
        assert!(first.records > 10 && first.dead_letters.is_empty(), "{first:?}");
        let again = mapping.drain(&containers).await.expect("readable");
        assert_eq!(again, DeliveryReport::default());
    }

    #[tokio::test]
    async fn what_nobody_can_tell_is_parked_with_its_payload_and_holds_up_nothing_else() {
        let (engines, containers, mapping) = stack().await;
        let stream = engines.embedded.clone().expect("engines of this process").stream;
        mapping.drain(&containers).await.expect("readable");
        // A record without anything that a record has, between two writes of others.
        let demo = Demo::new().expect("valid texts");
        let event = |name: &str| serde_json::from_str::<Value>(name).expect("JSON");
        let create = event(include_str!("../../../events/records/create.json"));
        containers.invoke("records.create", create.clone()).await.expect("an answer");
        stream.put(json!({"pk": {"S": format!("T#{}#P#X", demo.tenant)}, "sk": {"S": "REC#poison"}}));
        containers.invoke("records.create", create).await.expect("an answer");

        let delivered = mapping.drain(&containers).await.expect("readable");
        let [dead_letter] = delivered.dead_letters.as_slice() else { panic!("{delivered:?}") };
        let body: Value = serde_json::from_str(&dead_letter.body).expect("JSON");
        let payload: Value = serde_json::from_str(body["payload"].as_str().expect("a payload")).expect("JSON");
        assert_eq!(payload["Records"][0]["dynamodb"]["Keys"]["sk"]["S"], "REC#poison");
        assert_eq!(payload["Records"].as_array().map(Vec::len), Some(1));
        // The ladder: the whole batch, the rest of it in halves, the one record and its five retries, the other half.
        assert!(delivered.calls <= 10, "{} calls", delivered.calls);
        let feed = event(include_str!("../../../events/events/list.json"));
        let mut all = feed;
        all["rawQueryString"] = json!("limit=100");
        let answer = containers.invoke("events.list", all).await.expect("an answer");
        let page: Value = serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON");
        let titles = page["data"].as_array().expect("events").iter().map(|event| &event["data"]["title"]);
        assert_eq!(titles.filter(|title| **title == "AWS Certified Developer – Associate").count(), 3);
    }
}
