//! The bucket's events: for each object that was written the one that S3 sends to `EventBridge`, given to the functions
//! whose rules take it. A function that fails is tried again as Lambda does, and what it never took is parked.

use crate::{
    Containers, DeadLetter,
    engines::DEAD_LETTERS,
    template::{EventRule, Template},
};
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// All events of a bucket since its engine was started, in order.
#[derive(Debug, Clone, Default)]
pub struct Uploads(Arc<Mutex<Vec<Value>>>);

/// An object that was written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) reason: &'static str,
    pub(crate) at: DateTime<Utc>,
}

impl Uploads {
    /// Tells of an object (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>).
    pub(crate) fn tell(&self, written: Written) {
        let Written { bucket, key, size, etag, reason, at } = written;
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = events.len();
        let (stamp, sequencer) = (at.timestamp_micros(), format!("{:016X}{number:04X}", at.timestamp_micros()));
        events.push(json!({
            "version": "0",
            "id": format!("{number:08x}-0000-4000-8000-{:012x}", stamp & 0xffff_ffff_ffff),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": "000000000000",
            "time": at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "region": "us-east-1",
            "resources": [format!("arn:aws:s3:::{bucket}")],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": {"key": key, "size": size, "etag": etag, "sequencer": sequencer},
                "request-id": format!("local-{stamp:x}"),
                "requester": "000000000000",
                "source-ip-address": "127.0.0.1",
                "reason": reason,
            },
        }));
    }

    /// The events from behind the first `count`.
    pub fn behind(&self, count: usize) -> Vec<Value> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().skip(count).cloned().collect()
    }
}

/// The rules of one stack, and how far they have come.
#[derive(Debug)]
pub struct Rules {
    uploads: Uploads,
    rules: Vec<EventRule>,
    position: Mutex<usize>,
}

/// What became of some events.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RoutingReport {
    /// How many events there were.
    pub events: usize,
    /// How often functions were called.
    pub calls: usize,
    /// What was parked.
    pub dead_letters: Vec<DeadLetter>,
}

impl Rules {
    /// The template's rules over a bucket's events.
    ///
    /// # Errors
    /// Where the template cannot be read.
    pub fn new(uploads: Uploads, bucket: &str) -> Result<Self> {
        Ok(Self { uploads, rules: Template::load()?.event_rules(bucket)?, position: Mutex::default() })
    }

    /// Routes the events that were not routed yet.
    pub async fn deliver(&self, containers: &Containers) -> RoutingReport {
        let mut routed = RoutingReport::default();
        let from = *self.position.lock().unwrap_or_else(PoisonError::into_inner);
        for event in self.uploads.behind(from) {
            for rule in self.rules.iter().filter(|rule| rule.takes(&event)) {
                self.call(rule, &event, containers, &mut routed).await;
            }
            routed.events += 1;
            *self.position.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
        routed
    }

    async fn call(&self, rule: &EventRule, event: &Value, containers: &Containers, routed: &mut RoutingReport) {
        for _ in 0..=rule.retries {
            routed.calls += 1;
            match containers.invoke(&rule.handler, event.clone()).await {
                Ok(_) => return,
                Err(error) => tracing::warn!("{} failed: {error:#}", rule.handler),
            }
        }
        let id = event["id"].as_str().unwrap_or_default();
        let body = json!({
            "version": "1.0",
            "requestContext": {
                "requestId": id,
                "functionArn": rule.handler,
                "condition": "RetriesExhausted",
                "approximateInvokeCount": rule.retries + 1,
            },
            "requestPayload": event,
        });
        tracing::error!("dead-lettered an event that {} refused", rule.handler);
        routed
            .dead_letters
            .push(DeadLetter { key: format!("{DEAD_LETTERS}/{}-{id}", rule.handler), body: body.to_string() });
    }
}
