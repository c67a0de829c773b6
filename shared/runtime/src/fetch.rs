//! Getting an issuer's key set, over the connector that the container has anyway.

use aws_smithy_runtime_api::{
    client::http::{HttpConnector, SharedHttpConnector},
    http::Request,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use rol_app::PortFuture;
use rol_domain::{Error, Result, limits::MAX_JWKS_BYTES};
use std::{sync::Arc, time::Duration};

/// A port that gets a document by its URL, whole and within this time. Redirects are failures.
pub(crate) fn port(
    connector: SharedHttpConnector,
    within: Duration,
) -> Arc<dyn Fn(String) -> PortFuture<Result<Vec<u8>>> + Send + Sync> {
    Arc::new(move |url| {
        let connector = connector.clone();
        Box::pin(async move {
            let got = tokio::time::timeout(within, get(&connector, url)).await;
            got.unwrap_or_else(|elapsed| Err(elapsed.into()))
                .map_err(|source| Error::Unavailable { what: "the identity provider", source })
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::{http::HttpConnectorFuture, orchestrator::HttpRequest};

    /// Never comes to an end.
    #[derive(Debug)]
    struct Endless;

    impl HttpConnector for Endless {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::new(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_provider_that_never_comes_to_an_end_is_out_of_reach() {
        let fetch = port(SharedHttpConnector::new(Endless), Duration::from_millis(1));
        let answer = fetch("https://id.example/jwks".to_owned()).await;
        assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    }
}
