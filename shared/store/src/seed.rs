//! Items in DynamoDB's JSON, for filling the table of a local engine without the API.

use crate::{TenantStore, call, records::RecordItem};
use aws_sdk_dynamodb::types::AttributeValue;
use rol_domain::{Error, Person, Record, Result};
use serde_json::{Map, Value, json};

impl TenantStore<'_> {
    /// The items of people, with their memberships and finders, and of records.
    ///
    /// # Errors
    /// [`Error::Internal`] if one cannot be written as an item.
    pub fn seed_items(&self, people: &[Person], records: &[Record]) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        for person in people {
            items.extend(self.items_of(person)?);
        }
        for record in records {
            items.push(call::write("writing a record", &RecordItem::from(record))?);
        }
        items.into_iter().map(members).collect()
    }
}

fn members(members: impl IntoIterator<Item = (String, AttributeValue)>) -> Result<Value> {
    let members = members.into_iter().map(|(name, value)| Ok((name, in_json(value)?)));
    members.collect::<Result<Map<String, Value>>>().map(Value::Object)
}

fn in_json(value: AttributeValue) -> Result<Value> {
    Ok(match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::L(values) => json!({"L": values.into_iter().map(in_json).collect::<Result<Vec<Value>>>()?}),
        AttributeValue::M(values) => json!({"M": members(values)?}),
        other => return Err(Error::internal("writing an item as JSON", format!("a value of another type: {other:?}"))),
    })
}
