//! Delivers the table's stream to its consumer as Lambda might at its worst.
//!
//! What Lambda and DynamoDB promise is kept: the changes of one item come in their order, and what failed comes again.
//! All else is left to chance: records of different items change places, a batch is cut anywhere, comes twice, comes
//! again much later, and the consumer dies in the middle of it.

use super::{
    dice::Dice,
    log::{Reader, place, sequence},
};
use crate::support::{Fate, Fault, Stack};
use rol_local::template::{StreamMapping, Template};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// How often a batch is delivered before a test gives up on it.
const PATIENCE: usize = 20;

pub(crate) struct Driver<'a> {
    stack: &'a Stack,
    mapping: StreamMapping,
    reader: Reader,
    /// Everything that the stream has told so far.
    pub log: Vec<Value>,
    /// What passed the mapping's filter and is still to be delivered.
    waiting: Vec<Value>,
    /// What was delivered.
    past: Vec<Vec<Value>>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(stack: &'a Stack) -> Self {
        let mapping =
            Template::load().and_then(|template| template.stream_mapping("changes.publish")).expect("a mapping");
        Self {
            stack,
            mapping,
            reader: Reader::new(&stack.engines),
            log: Vec::new(),
            waiting: Vec::new(),
            past: Vec::new(),
        }
    }

    /// Reads what was written since the last time.
    pub(crate) fn read(&mut self) {
        let news = self.reader.read();
        self.waiting.extend(news.iter().filter(|record| self.mapping.takes(record)).cloned());
        self.log.extend(news);
    }

    /// What is to be delivered, in order; now it is the caller's to deliver.
    pub(crate) fn waiting(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.waiting)
    }

    /// Begins another run: what is waiting or past is forgotten.
    pub(crate) fn forget(&mut self) {
        self.read();
        (self.log, self.waiting, self.past) = (Vec::new(), Vec::new(), Vec::new());
    }

    /// Calls the consumer once; from which record on the batch is to be delivered again.
    pub(crate) async fn call(&self, batch: &[Value]) -> Option<usize> {
        let Ok(answer) = self.stack.invoke(&self.mapping.handler, json!({"Records": batch})).await else {
            return Some(0);
        };
        let failures = answer["batchItemFailures"].as_array().expect("a list of failures");
        let at = |failure: &Value| batch.iter().position(|record| sequence(record) == failure["itemIdentifier"]);
        failures.iter().map(|failure| at(failure).unwrap_or(0)).min()
    }

    /// Delivers a batch until all of it was told.
    pub(crate) async fn deliver(&self, batch: &[Value]) {
        let mut rest = batch;
        for _ in 0..PATIENCE {
            let Some(from) = self.call(rest).await else { return };
            rest = &rest[from..];
        }
        panic!("not told in {PATIENCE} calls: {rest:?}");
    }

    /// Delivers all that is waiting, in order, in batches of so many.
    pub(crate) async fn deliver_in_order(&mut self, size: usize) {
        self.read();
        for batch in std::mem::take(&mut self.waiting).chunks(size) {
            self.deliver(batch).await;
        }
        // What the consumer wrote.
        self.read();
    }

    /// Delivers all that is waiting as the dice fall.
    pub(crate) async fn deliver_wildly(&mut self, dice: &mut Dice) {
        while self.deliver_some(dice).await {}
        self.read();
    }

    /// Delivers one batch as the dice fall; whether there was one.
    pub(crate) async fn deliver_some(&mut self, dice: &mut Dice) -> bool {
        self.read();
        self.waiting = shuffled(std::mem::take(&mut self.waiting), dice);
        if self.waiting.is_empty() {
            return false;
        }
        let size = 1 + dice.below(self.waiting.len().min(self.mapping.batch_size));
        let batch: Vec<Value> = self.waiting.drain(..size).collect();
        if dice.once_in(3) {
            self.die_over(&batch, dice).await;
        }
        self.deliver(&batch).await;
        if dice.once_in(4) {
            self.deliver(&batch).await;
        }
        self.past.push(batch);
        if dice.once_in(4) {
            self.deliver(&self.past[dice.below(self.past.len())]).await;
        }
        true
    }

    /// Delivers a batch to a consumer that dies at some call: that one is done or not, and no other is made.
    async fn die_over(&self, batch: &[Value], dice: &mut Dice) {
        let at = dice.below(4);
        let last = [Fault::BeforeCommit, Fault::AfterCommit][dice.below(2)];
        self.stack.wire.rule(move |attempt| match attempt.call {
            call if call < at => Fate::Pass,
            call if call == at => Fate::Fail(last),
            _ => Fate::Fail(Fault::BeforeCommit),
        });
        self.call(batch).await;
        self.stack.wire.obey();
    }
}

/// The same records in another order, those of each item in the same.
fn shuffled(records: Vec<Value>, dice: &mut Dice) -> Vec<Value> {
    let mut items: BTreeMap<(String, String), VecDeque<Value>> = BTreeMap::new();
    let mut order = Vec::new();
    for record in records {
        order.push(place(&record));
        items.entry(place(&record)).or_default().push_back(record);
    }
    for i in (1..order.len()).rev() {
        order.swap(i, dice.below(i + 1));
    }
    order.iter().map(|place| items.get_mut(place).and_then(VecDeque::pop_front).expect("as many as before")).collect()
}
