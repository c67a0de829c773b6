//! Custom attributes, and the records that have values of them.

use crate::{
    TenantStore,
    call::{self, s},
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, BY_TENANT, Key, ListedKind, SHARDS, TENANT_SHARD},
    list::Slice,
    records::read_record,
    values::{self, ATTRIBUTES},
};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::Select};
use futures_util::future::try_join_all;
use rol_domain::{
    Cx, Record, Result,
    attribute::{Attribute, AttributeSet},
    text::OptionText,
};

/// Which values: those of an attribute, or only those with one of some options.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Of which attribute, as long as it has had this type.
    pub attribute: &'a Attribute,
    /// Only with one of these options, where there are any.
    pub options: &'a [OptionText],
}

impl TenantStore<'_> {
    /// All attributes, retired ones too, strongly consistent. One call for each MB.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn attributes(&self) -> Result<AttributeSet> {
        let items = self.range(keys::attributes_partition(self.tenant)).all().await?;
        items.into_iter().map(|item| entity::read::<Attribute>("reading an attribute", item)).collect()
    }

    /// Puts an attribute: a new one where none is, another version in the place of version `replaces`. Whether it
    /// was done. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put_attribute(&self, attribute: &Attribute, replaces: Option<u64>) -> Result<bool> {
        let place = Key::attribute(self.tenant, &attribute.key);
        let item = Stored::new("Attribute", place, attribute.clone()).into_item()?;
        self.put_entity(item, WriteCondition::replacing(replaces)).await
    }

    /// Deletes an attribute at this version; whether it was done. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_attribute(&self, attribute: &Attribute, cx: &Cx) -> Result<bool> {
        let left = Attribute { stamp: attribute.stamp.next(cx), ..attribute.clone() };
        let item = Stored::new("Attribute", Key::attribute(self.tenant, &attribute.key), left).into_tombstone(cx);
        self.put_entity(item.into_item()?, WriteCondition::Version(attribute.stamp.version)).await
    }

    /// How many records have such a value, deleted ones too. It reads every record of the tenant: one call for each
    /// MB of a shard, eventually consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn count_values(&self, values: Values<'_>) -> Result<usize> {
        let shards = (0..SHARDS).map(|shard| async move {
            let mut count = 0;
            let mut start = None;
            loop {
                let call = self.with_values(values, shard).select(Select::Count);
                let answer = call.set_exclusive_start_key(start.take()).send().await.map_err(call::decode)?;
                count += usize::try_from(answer.count).unwrap_or(0);
                start = answer.last_evaluated_key;
                if start.is_none() {
                    return Ok::<usize, rol_domain::Error>(count);
                }
            }
        });
        Ok(try_join_all(shards).await?.into_iter().sum())
    }

    /// At most `limit` records that have such a value, as they were a moment ago, and whether there may be more. A
    /// shard gives its share of the limit and no more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn records_with_values(&self, values: Values<'_>, limit: usize) -> Result<Slice<Record>> {
        let limit = limit / usize::from(SHARDS);
        let shards = (0..SHARDS).map(|shard| async move {
            let mut records = Vec::new();
            let mut start = None;
            loop {
                let call = self.with_values(values, shard).set_exclusive_start_key(start.take());
                let answer = call.send().await.map_err(call::decode)?;
                for item in answer.items.unwrap_or_default() {
                    records.push(read_record(item)?);
                }
                start = answer.last_evaluated_key;
                if start.is_none() || records.len() >= limit {
                    let more = start.is_some() || records.len() > limit;
                    records.truncate(limit);
                    return Ok::<Slice<Record>, rol_domain::Error>(Slice { items: records, more });
                }
            }
        });
        let shards = try_join_all(shards).await?;
        let more = shards.iter().any(|shard| shard.more);
        Ok(Slice { items: shards.into_iter().flat_map(|shard| shard.items).collect(), more })
    }

    fn with_values(&self, values: Values<'_>, shard: u8) -> QueryFluentBuilder {
        let mut call = self
            .store
            .client
            .query()
            .table_name(&self.store.table)
            .index_name(BY_TENANT)
            .key_condition_expression("#shard = :shard")
            .expression_attribute_names("#shard", TENANT_SHARD)
            .expression_attribute_values(":shard", s(keys::tenant_shard(self.tenant, ListedKind::Record, shard)))
            .expression_attribute_names("#attributes", ATTRIBUTES)
            .expression_attribute_names("#key", values::place(&values.attribute.key, &values.attribute.generation));
        if values.options.is_empty() {
            return call.filter_expression("attribute_exists(#attributes.#key)");
        }
        let mut chosen = Vec::new();
        for (i, option) in values.options.iter().enumerate() {
            // `contains` on a text would find parts of it: it is for the lists of checkboxes alone.
            chosen.push(format!(
                "#attributes.#key = :o{i} OR (attribute_type(#attributes.#key, :list) AND contains(#attributes.#key, :o{i}))"
            ));
            call = call.expression_attribute_values(format!(":o{i}"), s(option));
        }
        call.expression_attribute_values(":list", s("L")).filter_expression(chosen.join(" OR "))
    }
}
