//! The table's stream, as the engine has it: one shard, in the very shape that Lambda delivers.

use anyhow::{Context, Result, anyhow};
use dynoxide::Database;
use serde_json::{Value, json};

/// The stream of the local table.
#[derive(Clone)]
pub struct Stream {
    database: Database,
    table: String,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("table", &self.table).finish_non_exhaustive()
    }
}

impl Stream {
    pub(crate) fn new(database: Database, table: &str) -> Self {
        Self { database, table: table.to_owned() }
    }

    /// The first `limit` records behind a sequence number, or from the start.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn records(&self, after: Option<&str>, limit: usize) -> Result<Vec<Value>> {
        let wrong = |error: dynoxide::DynoxideError| anyhow!("reading the stream: {error}");
        let streams = self.database.list_streams(serde_json::from_value(json!({"TableName": self.table}))?);
        let streams = serde_json::to_value(streams.map_err(wrong)?)?;
        let arn = streams["Streams"][0]["StreamArn"].as_str().context("the table has no stream")?.to_owned();
        // The engine's only one. Asked for it, the engine would look through the whole stream for where it begins and
        // ends, at each look for something new.
        let shard = dynoxide::streams::shard_id(&self.table);
        let mut from = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
        if let Some(after) = after {
            from["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
            from["SequenceNumber"] = json!(after);
        }
        let iterator = self.database.get_shard_iterator(serde_json::from_value(from)?).map_err(wrong)?;
        let request = json!({"ShardIterator": iterator.shard_iterator, "Limit": limit});
        let found = self.database.get_records(serde_json::from_value(request)?).map_err(wrong)?;
        let mut records = serde_json::to_value(found)?["Records"].take();
        for record in records.as_array_mut().into_iter().flatten() {
            // Lambda adds where the record comes from.
            record["eventSourceARN"] = json!(arn);
        }
        Ok(records.as_array().cloned().unwrap_or_default())
    }

    /// Puts an item past every rule.
    #[cfg(test)]
    pub(crate) fn put(&self, item: Value) {
        let request = json!({"TableName": self.table, "Item": item});
        let request = serde_json::from_value(request).expect("a request");
        self.database.put_item(request).expect("an item");
    }
}
