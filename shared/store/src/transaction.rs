//! Transactions of several writes. Each caller says why it needs one.

use crate::{
    TenantStore,
    call::{self, Item, n, s},
    condition::{ConditionExpression, WriteCondition},
    keys::Key,
};
use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};
use rol_domain::{Error, Result};

/// The outcome of a transaction. Nothing is written unless it is [`Self::Done`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitOutcome {
    Done,
    /// The conditions of these writes failed, counted from 0.
    Refused(Vec<usize>),
    /// Another transaction is writing one of the items.
    Contended,
}

/// Changes of attributes of an item.
#[derive(Default)]
pub(crate) struct AttributeUpdate {
    sets: Vec<(&'static str, AttributeValue)>,
    removes: Vec<&'static str>,
    adds: Vec<(&'static str, AttributeValue)>,
}

impl AttributeUpdate {
    pub(crate) fn set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.sets.push((name, value));
        self
    }

    /// Sets the attribute, or removes it if there is no value.
    pub(crate) fn set_or_remove(mut self, name: &'static str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => {
                self.removes.push(name);
                self
            }
        }
    }

    /// Adds to an attribute that is a number.
    pub(crate) fn add(mut self, name: &'static str, number: i32) -> Self {
        self.adds.push((name, n(number)));
        self
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, Option<&AttributeValue>)> {
        let written = self.sets.iter().chain(&self.adds).map(|(name, value)| (*name, Some(value)));
        written.chain(self.removes.iter().map(|name| (*name, None)))
    }

    fn expression(&self) -> String {
        let clause = |word: &str, from: usize, count: usize, with: &str| {
            let parts: Vec<String> =
                (from..from + count).map(|at| format!("#a{at}{}", with.replace('?', &at.to_string()))).collect();
            if parts.is_empty() { String::new() } else { format!("{word} {} ", parts.join(", ")) }
        };
        let (sets, adds, removes) = (self.sets.len(), self.adds.len(), self.removes.len());
        clause("SET", 0, sets, " = :a?")
            + &clause("ADD", sets, adds, " :a?")
            + &clause("REMOVE", sets + adds, removes, "")
    }
}

pub(crate) struct Transaction<'a> {
    store: TenantStore<'a>,
    writes: Vec<TransactWriteItem>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(store: TenantStore<'a>) -> Self {
        Self { store, writes: Vec::new() }
    }

    fn table(&self) -> &str {
        &self.store.store.table
    }

    pub(crate) fn put(&mut self, item: Item, when: Option<WriteCondition>) -> Result<()> {
        let condition = when.map(|when| ConditionExpression::of_putting(&item, when));
        let mut put = Put::builder().table_name(self.table()).set_item(Some(item));
        if let Some(ConditionExpression { expression, names, values }) = condition {
            put = put
                .condition_expression(expression)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values(values);
        }
        let put = put.build().map_err(unbuilt)?;
        self.writes.push(TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Removes a derived item, without a tombstone: the entity that it is derived from says who did it.
    pub(crate) fn delete(&mut self, key: Key) -> Result<()> {
        let delete = Delete::builder().table_name(self.table()).set_key(Some(key.into_item()));
        let delete = delete.build().map_err(unbuilt)?;
        self.writes.push(TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    pub(crate) fn check(&mut self, key: Key, when: WriteCondition) -> Result<()> {
        let check = ConditionCheck::builder()
            .table_name(self.table())
            .set_key(Some(key.into_item()))
            .condition_expression(when.expression())
            .set_expression_attribute_names(Some(when.names()))
            .set_expression_attribute_values(when.values());
        let check = check.build().map_err(unbuilt)?;
        self.writes.push(TransactWriteItem::builder().condition_check(check).build());
        Ok(())
    }

    /// Increments the version of an item that has nothing but a version.
    pub(crate) fn count_up(&mut self, key: Key, from: u64) -> Result<()> {
        let when = WriteCondition::VersionOrNone(from);
        let update = Update::builder()
            .table_name(self.table())
            .set_key(Some(key.into_item()))
            .update_expression("SET #guard = :next, #type = :type")
            .condition_expression(when.expression())
            .set_expression_attribute_names(Some(when.names()))
            .set_expression_attribute_values(when.values())
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", s("Counter"))
            .expression_attribute_values(":next", n(from + 1));
        let update = update.build().map_err(unbuilt)?;
        self.writes.push(TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    pub(crate) fn update(&mut self, key: Key, change: &AttributeUpdate, when: WriteCondition) -> Result<()> {
        let mut update = Update::builder()
            .table_name(self.table())
            .set_key(Some(key.into_item()))
            .update_expression(change.expression())
            .condition_expression(when.expression())
            .set_expression_attribute_names(Some(when.names()))
            .set_expression_attribute_values(when.values());
        for (place, (name, value)) in change.parts().enumerate() {
            update = update.expression_attribute_names(format!("#a{place}"), name);
            if let Some(value) = value {
                update = update.expression_attribute_values(format!(":a{place}"), value.clone());
            }
        }
        let update = update.build().map_err(unbuilt)?;
        self.writes.push(TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// One call, at twice the write units of the single writes.
    pub(crate) async fn commit(self) -> Result<CommitOutcome> {
        let call = self.store.store.client.transact_write_items().set_transact_items(Some(self.writes));
        let Err(error) = call.send().await else { return Ok(CommitOutcome::Done) };
        let reasons: Vec<String> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default().into()).collect()
            }
            _ => return Err(call::decode(error)),
        };
        let failed = |code: &str| -> Vec<usize> {
            reasons.iter().enumerate().filter(|(_, reason)| *reason == code).map(|(i, _)| i).collect()
        };
        let refused = failed("ConditionalCheckFailed");
        if !refused.is_empty() {
            return Ok(CommitOutcome::Refused(refused));
        }
        if !failed("TransactionConflict").is_empty() {
            return Ok(CommitOutcome::Contended);
        }
        let throttled = reasons.iter().any(|reason| reason == "ThrottlingError" || reason.starts_with("Provisioned"));
        if throttled {
            return Err(Error::Throttled(format!("a transaction was cancelled: {}", reasons.join(", ")).into()));
        }
        Err(call::decode(error))
    }
}

fn unbuilt(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::internal("building a transaction", error)
}
