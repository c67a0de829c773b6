//! Custom attributes: made, listed, changed, deleted by admins.

use crate::App;
use futures_util::future::try_join_all;
use rol_domain::{
    Cx, Error, Kind, Record, Result, Role,
    attribute::{Attribute, AttributeContent, AttributePatch, AttributeSet},
    limits::{MAX_ATTRIBUTE_KEY, MAX_CLEARED, WRITE_RETRIES},
    text::{AttributeKey, Label},
};
use rol_store::{Values, WriteOutcome};

/// What becomes of values that lose their attribute or option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExisting {
    /// They stay where they are, readable.
    Keep,
    /// They are removed first.
    Clear,
}

/// What became of a change that existing values stood in the way of.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeOutcome<T> {
    /// It was done, after this many records were cleared.
    Done(T),
    /// So many records were cleared and more are left: the same request goes on.
    Unfinished(usize),
}

/// How many records are rewritten at once.
const CLEARED_AT_ONCE: usize = 16;

impl App {
    /// Adds an attribute, under a key made from its label where none is given. Three calls; where the key had another
    /// type before and its values were kept, the tenant's records are read too.
    ///
    /// # Errors
    /// [`Error::Invalid`], or `Conflict` where the key is taken, the plan allows no more, or records have values of
    /// another type.
    pub async fn create_attribute(
        &self,
        cx: &Cx,
        key: Option<AttributeKey>,
        content: AttributeContent,
    ) -> Result<Attribute> {
        let key = match key {
            Some(key) => key,
            None => key_of(&content.label)?,
        };
        let mut attribute = Attribute::create(key, content, self.mint_generation(), cx)?;
        let store = self.store().for_tenant(&cx.tenant);
        let (settings, attributes) = futures_util::future::try_join(store.settings(), store.attributes()).await?;
        let allowed = settings.settings.plan.max_attributes();
        if attributes.get(&attribute.key).is_none() && attributes.len() >= allowed {
            return Err(Error::Conflict(format!(
                "the tenant's plan allows {allowed} attributes, and there are as many"
            )));
        }
        let retired = attributes.retired(&attribute.key);
        match retired {
            // What was kept takes part again.
            Some(old) if old.content.kind == attribute.content.kind => attribute.generation = old.generation.clone(),
            Some(old) => {
                let count = store.count_values(Values { attribute: old, options: &[] }).await?;
                if count > 0 {
                    return Err(Error::Conflict(format!(
                        "{} a value of the type {} that was kept: until it is cleared, an attribute with this key has \
                         that type",
                        records_have(count),
                        old.content.kind
                    )));
                }
            }
            None => {}
        }
        if store.put_attribute(&attribute, retired.map(|old| old.stamp.version)).await? {
            return Ok(attribute);
        }
        Err(Error::Conflict(format!("an attribute with the key {} exists", attribute.key)))
    }

    /// The attributes that exist for the caller. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn attributes(&self, cx: &Cx) -> Result<AttributeSet> {
        let attributes = self.store().for_tenant(&cx.tenant).attributes().await?;
        Ok(if cx.role == Role::Student { attributes.for_students() } else { attributes })
    }

    /// The attribute with this key, if it exists for the caller. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn attribute(&self, cx: &Cx, key: &AttributeKey) -> Result<Attribute> {
        self.attributes(cx).await?.get(key).cloned().ok_or(Error::NotFound(Kind::Attribute))
    }

    /// Changes an attribute. Two calls; where its type or options change, the tenant's records are read too, and
    /// `clear` rewrites those that have a lost option.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Invalid`, `Stale`, or `Conflict` with the count of values in the way.
    pub async fn patch_attribute(
        &self,
        cx: &Cx,
        key: &AttributeKey,
        if_match: Option<u64>,
        patch: &AttributePatch,
        on_existing: Option<OnExisting>,
    ) -> Result<AttributeOutcome<Attribute>> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let current = self.attribute(cx, key).await?;
            check_version(&current, if_match)?;
            let Some(next) = current.patched(patch.clone(), self.mint_generation(), cx)? else {
                return Ok(AttributeOutcome::Done(current));
            };
            if next.content.kind != current.content.kind {
                let count = store.count_values(Values { attribute: &current, options: &[] }).await?;
                if count > 0 {
                    return Err(Error::Conflict(format!("the type cannot change: {} a value", records_have(count))));
                }
            } else {
                let lost = current.content.options_lost(&next.content);
                if !lost.is_empty()
                    && let Some(cleared) =
                        self.settle(cx, Values { attribute: &current, options: &lost }, on_existing).await?
                {
                    return Ok(AttributeOutcome::Unfinished(cleared));
                }
            }
            if store.put_attribute(&next, Some(current.stamp.version)).await? {
                return Ok(AttributeOutcome::Done(next));
            }
            if if_match.is_some() {
                return Err(stale());
            }
        }
        Err(contended())
    }

    /// Deletes an attribute. Two calls, and as many as it takes to read the tenant's records; `clear` rewrites those
    /// that have a value.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Stale`, or `Conflict` with the count of values in the way or where every retry lost.
    pub async fn delete_attribute(
        &self,
        cx: &Cx,
        key: &AttributeKey,
        if_match: Option<u64>,
        on_existing: Option<OnExisting>,
    ) -> Result<AttributeOutcome<()>> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let attribute = self.attribute(cx, key).await?;
            check_version(&attribute, if_match)?;
            if let Some(cleared) = self.settle(cx, Values { attribute: &attribute, options: &[] }, on_existing).await? {
                return Ok(AttributeOutcome::Unfinished(cleared));
            }
            let deleted = match on_existing {
                // What is kept keeps its type: another attribute under this key must not read a text as a link.
                Some(OnExisting::Keep) => {
                    store.put_attribute(&attribute.retired(cx), Some(attribute.stamp.version)).await?
                }
                Some(OnExisting::Clear) | None => store.delete_attribute(&attribute, cx).await?,
            };
            if deleted {
                return Ok(AttributeOutcome::Done(()));
            }
        }
        Err(contended())
    }

    /// Sees to values that are in the way; how many were cleared where more are left.
    async fn settle(&self, cx: &Cx, values: Values<'_>, on_existing: Option<OnExisting>) -> Result<Option<usize>> {
        let store = self.store().for_tenant(&cx.tenant);
        match on_existing {
            Some(OnExisting::Keep) => Ok(None),
            Some(OnExisting::Clear) => {
                let records = store.records_with_values(values, MAX_CLEARED).await?;
                let mut cleared = 0;
                for some in records.items.chunks(CLEARED_AT_ONCE) {
                    let done = try_join_all(some.iter().map(|record| self.clear(cx, record, values))).await?;
                    cleared += done.into_iter().filter(|done| *done).count();
                }
                Ok(records.more.then_some(cleared))
            }
            None => match store.count_values(values).await? {
                0 => Ok(None),
                count => Err(Error::Conflict(format!(
                    "{} such a value: say what becomes of them with on_existing=keep or on_existing=clear",
                    records_have(count)
                ))),
            },
        }
    }

    /// Removes such a value from a record; whether it still had one.
    async fn clear(&self, cx: &Cx, record: &Record, values: Values<'_>) -> Result<bool> {
        let store = self.store().for_tenant(&cx.tenant);
        let mut current = record.clone();
        for _ in 0..=WRITE_RETRIES {
            let Some(next) = current.without_value(values.attribute, values.options, cx) else { return Ok(false) };
            match store.write_record(&next, current.stamp.version).await? {
                WriteOutcome::Done(_) => return Ok(true),
                WriteOutcome::Refused(None) => return Ok(false),
                WriteOutcome::Refused(Some(newer)) => current = newer,
            }
        }
        Err(Error::Conflict("a record is being changed by many requests: try again".into()))
    }
}

fn records_have(count: usize) -> String {
    if count == 1 { "1 record has".into() } else { format!("{count} records have") }
}

/// # Errors
/// [`Error::Stale`] where `If-Match` names another version.
fn check_version(attribute: &Attribute, if_match: Option<u64>) -> Result<()> {
    if if_match.is_some_and(|version| version != attribute.stamp.version) { Err(stale()) } else { Ok(()) }
}

fn stale() -> Error {
    Error::Stale("the attribute is not at the version that If-Match names")
}

fn contended() -> Error {
    Error::Conflict("the attribute is being changed by many requests: try again".into())
}

/// The words of a label in kebab-case.
fn key_of(label: &Label) -> Result<AttributeKey> {
    let lower = label.as_str().to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let key: String = words.collect::<Vec<_>>().join("-").chars().take(MAX_ATTRIBUTE_KEY).collect();
    AttributeKey::parse(key.trim_end_matches('-')).map_err(|_| {
        Error::invalid(
            "/key",
            format!("expected a key in kebab-case: none can be made from the label {:?}", label.as_str()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::words("Valid until", Some("valid-until"))]
    #[case::signs("  C++ / level (1) ", Some("c-level-1"))]
    #[case::long(&"word ".repeat(20), Some("word-word-word-word-word-word-word-word-word-word-word-word-word"))]
    #[case::no_ascii("等级", None)]
    fn a_key_is_made_from_the_label(#[case] label: &str, #[case] key: Option<&str>) {
        let made = key_of(&Label::parse(label).expect("valid")).ok();
        assert_eq!(made.as_ref().map(AttributeKey::as_str), key);
    }
}
