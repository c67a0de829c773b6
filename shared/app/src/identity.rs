//! Who a caller is: an API key or a token becomes an [`Identity`], and with it a tenant.

mod jwks;
mod jwt;

use crate::App;
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    Actor, Cx, Error, Result, Role, Scope, TenantId,
    api_key::{ApiKey, KeyHash, KeyText},
    limits::{KEY_CACHE_S, LAST_USED_INTERVAL_S},
    tenant::Issuer,
    text::AppId,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

/// What a caller shows.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// An API key.
    Key(&'a str),
    /// A JSON Web Token (RFC 7519).
    Token(&'a str),
}

/// Who a caller is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// For which tenant it speaks.
    pub tenant: TenantId,
    /// As whom.
    pub actor: Actor,
    /// The application that it is confined to.
    pub app_id: Option<AppId>,
    /// In which role.
    pub role: Role,
    /// With which scopes.
    pub scopes: BTreeSet<Scope>,
}

impl Identity {
    /// The context of one request of this caller.
    pub fn at(self, now: DateTime<Utc>, request_id: String) -> Cx {
        let Self { tenant, actor, app_id, role, scopes } = self;
        Cx { tenant, actor, app_id, role, scopes, request_id, now }
    }
}

/// What is known of callers in a warm container.
#[derive(Default)]
pub(crate) struct Cache {
    keys: Timed<KeyHash, ApiKey>,
    issuers: Timed<(String, String), Issuer>,
    jwks: Timed<String, jwks::KeySet>,
    /// When a set that is known was asked for again, and could not be had.
    missed: Timed<String, ()>,
}

/// Entries with the moment at which they came.
struct Timed<K, V>(Mutex<HashMap<K, (DateTime<Utc>, V)>>);

impl<K, V> Default for Timed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// The most entries of a cache; a full one starts anew.
const CACHE_ENTRIES: usize = 1_000;

impl<K: Eq + std::hash::Hash, V: Clone> Timed<K, V> {
    /// The entry, if it came less than `seconds` before `now`.
    fn get(&self, key: &K, now: DateTime<Utc>, seconds: i64) -> Option<(DateTime<Utc>, V)> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, value) = entries.get(key)?;
        (now - at < TimeDelta::seconds(seconds)).then(|| (*at, value.clone()))
    }

    fn put(&self, key: K, now: DateTime<Utc>, value: V) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CACHE_ENTRIES {
            entries.clear();
        }
        entries.insert(key, (now, value));
    }
}

impl App {
    /// Who shows this credential. An API key costs one call, unless it was seen in the last 10 seconds, and one more
    /// at most once an hour; a token costs one call and the fetch of a key set, unless its issuer was seen in the
    /// last 5 minutes. A mistyped key costs nothing.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], with the same words for all that can be wrong with a key or a token; those of the
    /// store; [`Error::Unavailable`] where an issuer's keys are out of reach.
    pub async fn identify(&self, credential: Credential<'_>, now: DateTime<Utc>) -> Result<Identity> {
        match credential {
            Credential::Key(text) => self.identify_key(text, now).await,
            Credential::Token(text) => self.identify_token(text, now).await,
        }
    }

    async fn identify_key(&self, text: &str, now: DateTime<Utc>) -> Result<Identity> {
        let refused = Error::Unauthenticated("the API key is not valid");
        let Ok(text) = KeyText::parse(text) else { return Err(refused) };
        let hash = text.hash();
        let cache = &self.0.identities.keys;
        let (read_at, mut key) = match cache.get(&hash, now, KEY_CACHE_S) {
            Some(known) => known,
            None => {
                let Some(key) = self.store().api_key(hash).await? else { return Err(refused) };
                cache.put(hash, now, key.clone());
                (now, key)
            }
        };
        if !key.is_live(now) {
            return Err(refused);
        }
        if key.last_used_at.is_none_or(|at| now - at >= TimeDelta::seconds(LAST_USED_INTERVAL_S)) {
            // A note for the key's owner; the request does not fail with it.
            match self.store().touch_api_key(hash, now).await {
                Ok(()) => {
                    key.last_used_at = Some(now);
                    // As old as it was: it may have been revoked since it was read.
                    cache.put(hash, read_at, key.clone());
                }
                Err(error) => {
                    tracing::warn!(key.id = %key.id, error = error.chain(), "did not note a key's use");
                }
            }
        }
        Ok(Identity {
            tenant: key.tenant,
            actor: Actor::Key(key.id),
            app_id: key.app_id,
            role: key.role,
            scopes: key.scopes,
        })
    }
}
