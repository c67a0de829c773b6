//! Who a caller is: an API key or a token becomes an [`Identity`], and with it a tenant.

mod jwks;
mod jwt;

use crate::{App, cache::Timed};
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    Actor, Cx, Error, GroupId, Result, Role, Scope, TenantId,
    api_key::{ApiKey, KeyHash, KeyText},
    limits::{KEY_CACHE_S, LAST_USED_INTERVAL_S},
    person::PersonStatus,
    tenant::Issuer,
    text::{AppId, PersonId},
};
use std::collections::BTreeSet;

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
    /// For whom, where that is somebody else.
    pub subject: Option<PersonId>,
    /// The application that it is confined to.
    pub app_id: Option<AppId>,
    /// In which role, the subject's where there is one.
    pub role: Role,
    /// With which scopes, where an application acts.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The groups of the person whose rights count.
    pub groups: BTreeSet<GroupId>,
}

impl Identity {
    /// The context of one request of this caller.
    pub fn at(self, now: DateTime<Utc>, request_id: String) -> Cx {
        let Self { tenant, actor, subject, app_id, role, scopes, groups } = self;
        Cx { tenant, actor, subject, app_id, role, scopes, groups, request_id, now }
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

impl App {
    /// Who shows this credential. An API key costs one call, unless it was seen in the last 10 seconds, and one more
    /// at most once an hour; a token costs one call and the fetch of a key set, unless its issuer was seen in the
    /// last 5 minutes. The directory's entry of a person costs one more, unless it was seen in the last 10 seconds.
    /// A mistyped key costs nothing.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], with the same words for all that can be wrong with a key or a token, and for a
    /// person who is blocked or gone; those of the store; [`Error::Unavailable`] where an issuer's keys are out of
    /// reach.
    pub async fn identify(&self, credential: Credential<'_>, now: DateTime<Utc>) -> Result<Identity> {
        let identity = match credential {
            Credential::Key(text) => self.identify_key(text, now).await?,
            Credential::Token(text) => self.identify_token(text, now).await?,
        };
        self.in_directory(identity, now).await
    }

    /// What the directory makes of a person: no more than their entry allows, and nobody where it is blocked.
    async fn in_directory(&self, mut identity: Identity, now: DateTime<Utc>) -> Result<Identity> {
        let Actor::Subject(person) = &identity.actor else { return Ok(identity) };
        if identity.role == Role::Application {
            return Ok(identity);
        }
        if let Some(entry) = self.entry(identity.tenant, person, now).await? {
            identity.role = entry.bound(identity.role).ok_or(Error::Unauthenticated("the token is not valid"))?;
            identity.groups = entry.content.group_ids;
        }
        Ok(identity)
    }

    /// The same caller with the rights of another person (`Subject-User`), and never more than its own. Their entry
    /// costs one call, unless it was seen in the last 10 seconds.
    ///
    /// # Errors
    /// [`Error::Denied`] for a caller who may act for nobody, and for a subject nobody may act for; those of the store.
    pub async fn acting_for(&self, identity: Identity, subject: PersonId, now: DateTime<Utc>) -> Result<Identity> {
        if !matches!(identity.role, Role::Admin | Role::Manager | Role::Application) {
            return Err(Error::Denied("only admins, managers and applications act for somebody else".into()));
        }
        let entry = self.entry(identity.tenant, &subject, now).await?;
        let entry = entry.filter(|entry| entry.content.status == PersonStatus::Active).ok_or_else(|| {
            Error::Denied("expected Subject-User to be the id of an active person of the directory".into())
        })?;
        let role = entry.content.role.unwrap_or(Role::Student);
        Ok(Identity {
            subject: Some(subject),
            role: if identity.scopes.is_some() { role } else { identity.role.lower(role) },
            groups: entry.content.group_ids,
            ..identity
        })
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
                    tracing::warn!(key.id = %key.id, error = error.chain(), "could not record the use of an API key");
                }
            }
        }
        Ok(Identity {
            tenant: key.tenant,
            actor: Actor::Key(key.id),
            subject: None,
            app_id: key.app_id,
            role: key.role,
            scopes: (key.role == Role::Application).then_some(key.scopes),
            groups: BTreeSet::new(),
        })
    }
}
