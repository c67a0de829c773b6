//! Getting an issuer's key set, over the connector that the container has anyway.

use aws_smithy_runtime_api::{
    client::http::{HttpConnector, SharedHttpConnector},
    http::Request,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use rol_app::PortFuture;
use rol_domain::{Error, Result, limits::MAX_JWKS_BYTES};
use std::sync::Arc;

/// A port that gets a document by its URL. Redirects are failures.
pub(crate) fn port(connector: SharedHttpConnector) -> Arc<dyn Fn(String) -> PortFuture<Result<Vec<u8>>> + Send + Sync> {
    Arc::new(move |url| {
        let connector = connector.clone();
        Box::pin(async move {
            get(&connector, url).await.map_err(|source| Error::Unavailable { what: "the identity provider", source })
        })
    })
}

async fn get(
    connector: &SharedHttpConnector,
    url: String,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut request = Request::new(SdkBody::empty());
    request.set_uri(url)?;
    request.headers_mut().try_append("accept", "application/json")?;
    let response = connector.call(request).await?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(format!("expected status 200, found {status}").into());
    }
    Ok(Limited::new(response.into_body(), MAX_JWKS_BYTES).collect().await?.to_bytes().to_vec())
}
