//! Making a tenant: an act of the operator, not of any caller.

use crate::{App, NewApiKey};
use rol_domain::{
    Id, Result, Role, Stamp,
    api_key::{ApiKey, KeyText},
    tenant::{Algorithm, Issuer, Tenant},
    text::Label,
};

/// A wish for a tenant.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its name.
    pub name: Label,
    /// The label of its first key.
    pub key_label: Label,
    /// Its identity providers.
    pub issuers: Vec<NewIssuer>,
}

/// An identity provider of a tenant to be.
#[derive(Debug, Clone)]
pub struct NewIssuer {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// Where its public keys are.
    pub jwks_url: String,
    /// The algorithms that it signs with.
    pub algorithms: Vec<Algorithm>,
}

/// A tenant that was made.
pub struct CreatedTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// Its first key.
    pub key: ApiKey,
    /// That key's text, shown once.
    pub key_text: KeyText,
    /// Its identity providers.
    pub issuers: Vec<Issuer>,
}

impl App {
    /// Makes a tenant, its first admin key and its issuers: all or nothing. One call.
    ///
    /// # Errors
    /// [`rol_domain::Error::Conflict`] where an issuer speaks for another tenant already.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<CreatedTenant> {
        let now = self.now();
        let tenant = Tenant { id: Id::random(now, self.random()), name: new.name, created_at: now };
        let first = NewApiKey {
            label: new.key_label,
            role: Role::Admin,
            scopes: Default::default(),
            app_id: None,
            expires_at: None,
        };
        let (key, key_text) = self.mint_key(tenant.id, first, Stamp::by("operator", now, "tenants.create"));
        let issuers: Vec<Issuer> = new
            .issuers
            .into_iter()
            .map(|NewIssuer { issuer, audience, jwks_url, algorithms }| Issuer {
                tenant: tenant.id,
                issuer,
                audience,
                jwks_url,
                algorithms,
            })
            .collect();
        self.store().create_tenant(&tenant, &key, key_text.hash(), &issuers).await?;
        Ok(CreatedTenant { tenant, key, key_text, issuers })
    }
}
