//! What decides on every request and seldom changes: attributes, settings, groups and grants, callers' entries,
//! activities. A warm container remembers them for 10 seconds.

use crate::{App, cache::Timed};
use chrono::{DateTime, Utc};
use rol_domain::{
    Activity, AttachmentId, Cx, Error, MintedActivityId, Person, Record, Result, Role, TenantId,
    access::Policy,
    attachment::State,
    attribute::{AttributeSet, Attributes},
    limits::DIRECTORY_CACHE_S,
    settings::StampedSettings,
    text::PersonId,
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What is known of tenants in a warm container.
#[derive(Default)]
pub(crate) struct Cache {
    attributes: Timed<TenantId, Arc<AttributeSet>>,
    settings: Timed<TenantId, StampedSettings>,
    policies: Timed<TenantId, Arc<Policy>>,
    entries: Timed<(TenantId, PersonId), Option<Person>>,
    pub(crate) activities: Timed<(TenantId, MintedActivityId), Arc<Activity>>,
}

impl App {
    /// The directory's entry of somebody who calls, or is acted for.
    pub(crate) async fn entry(
        &self,
        tenant: TenantId,
        person: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Option<Person>> {
        let (cache, key) = (&self.0.cached.entries, (tenant, person.clone()));
        if let Some((_, entry)) = cache.get(&key, now, DIRECTORY_CACHE_S) {
            return Ok(entry);
        }
        let entry = self.store().for_tenant(&tenant).person(person).await?;
        cache.put(key, now, entry.clone());
        Ok(entry)
    }

    pub(crate) async fn cached_settings(&self, tenant: TenantId, now: DateTime<Utc>) -> Result<StampedSettings> {
        let cache = &self.0.cached.settings;
        if let Some((_, settings)) = cache.get(&tenant, now, DIRECTORY_CACHE_S) {
            return Ok(settings);
        }
        let settings = self.store().for_tenant(&tenant).settings().await?;
        cache.put(tenant, now, settings.clone());
        Ok(settings)
    }

    pub(crate) async fn cached_policy(&self, cx: &Cx) -> Result<Arc<Policy>> {
        let cache = &self.0.cached.policies;
        if let Some((_, policy)) = cache.get(&cx.tenant, cx.now, DIRECTORY_CACHE_S) {
            return Ok(policy);
        }
        let policy = Arc::new(self.store().for_tenant(&cx.tenant).policy().await?.policy);
        cache.put(cx.tenant, cx.now, policy.clone());
        Ok(policy)
    }

    /// The attributes, and whether they come from the cache.
    pub(crate) async fn cached_attributes(&self, cx: &Cx) -> Result<(Arc<AttributeSet>, bool)> {
        match self.0.cached.attributes.get(&cx.tenant, cx.now, DIRECTORY_CACHE_S) {
            Some((_, attributes)) => Ok((attributes, true)),
            None => Ok((self.fresh_attributes(cx).await?, false)),
        }
    }

    async fn fresh_attributes(&self, cx: &Cx) -> Result<Arc<AttributeSet>> {
        let attributes = Arc::new(self.store().for_tenant(&cx.tenant).attributes().await?);
        self.0.cached.attributes.put(cx.tenant, cx.now, attributes.clone());
        Ok(attributes)
    }

    /// The attributes that these values belong to, and whether they come from the cache: where the cached ones do not
    /// know one of the values, it may be newer than they are.
    pub(crate) async fn attributes_of<'a>(
        &self,
        cx: &Cx,
        values: impl IntoIterator<Item = &'a Attributes>,
    ) -> Result<(Arc<AttributeSet>, bool)> {
        let (attributes, cached) = self.cached_attributes(cx).await?;
        if cached && !values.into_iter().all(|values| attributes.knows(values)) {
            return Ok((self.fresh_attributes(cx).await?, false));
        }
        Ok((attributes, cached))
    }

    /// Decides with the attributes that `values` belong to; where the outcome is that some value of an attribute is
    /// wrong, again with fresh ones: an attribute is of use as soon as it was made.
    pub(crate) async fn with_attributes<T>(
        &self,
        cx: &Cx,
        values: &Attributes,
        decide: impl Fn(&AttributeSet) -> Result<T>,
    ) -> Result<T> {
        let (attributes, cached) = self.attributes_of(cx, [values]).await?;
        match decide(&attributes) {
            Err(Error::Invalid(errors)) if cached && errors.concern_attributes() => {
                decide(&*self.fresh_attributes(cx).await?)
            }
            outcome => outcome,
        }
    }

    /// The same for a record that is there, whose file attributes may name its files. One call more where a value that
    /// was sent could be one.
    pub(crate) async fn with_attributes_of<T>(
        &self,
        cx: &Cx,
        record: &Record,
        sent: &Map<String, Value>,
        decide: impl Fn(&AttributeSet) -> Result<T>,
    ) -> Result<T> {
        let values = &record.content.attributes;
        if !sent.values().any(|value| value.as_str().is_some_and(|text| AttachmentId::parse(text).is_ok())) {
            return self.with_attributes(cx, values, decide).await;
        }
        let found = self.store().for_tenant(&cx.tenant).attachments(record.id, cx.now).await?.attachments;
        let ready = found.into_iter().filter(|file| file.state == State::Ready).map(|file| file.id).collect();
        self.with_attributes(cx, values, |attributes| decide(&attributes.with_files(&ready))).await
    }

    /// Records as the caller may see them. No call where none has a value of an attribute.
    pub(crate) async fn shown(&self, cx: &Cx, records: Vec<Record>) -> Result<Vec<Record>> {
        if records.iter().all(|record| record.content.attributes.is_empty()) {
            return Ok(records);
        }
        let (attributes, _) = self.attributes_of(cx, records.iter().map(|record| &record.content.attributes)).await?;
        let shown = |record: Record| match cx.role {
            Role::Student => record.for_students(&attributes),
            _ => record.shown(&attributes),
        };
        Ok(records.into_iter().map(shown).collect())
    }

    /// A record as the caller may see it.
    pub(crate) async fn shown_one(&self, cx: &Cx, record: Record) -> Result<Record> {
        let shown = self.shown(cx, vec![record]).await?;
        shown.into_iter().next().ok_or_else(|| Error::internal("showing a record", "it was lost"))
    }
}
