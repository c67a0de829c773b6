//! The AWS clients, built by hand: the environment already says everything a provider chain would look for.

use crate::{Config, Patience};
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region,
    retry::{RetryConfig, RetryPartition},
    timeout::TimeoutConfig,
};
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};
use secrecy::ExposeSecret;
use std::time::Duration;

/// How often a call is tried.
const TRIES: u32 = 3;
/// The pause before the second try; it doubles, with jitter.
const BACKOFF: Duration = Duration::from_millis(50);

/// The one HTTP connector of a container: TLS by ring, plain where an engine is on this machine.
pub fn connector(config: &Config) -> SharedHttpConnector {
    let Patience { connect, attempt, idle, .. } = config.patience;
    let settings = HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(attempt).build();
    let builder =
        Connector::builder().connector_settings(settings).sleep_impl(TokioSleep::new()).pool_idle_timeout(idle);
    if config.is_plain() {
        SharedHttpConnector::new(builder.build_http())
    } else {
        SharedHttpConnector::new(builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build())
    }
}

/// The DynamoDB client.
pub(crate) fn dynamodb(config: &Config, connector: SharedHttpConnector) -> aws_sdk_dynamodb::Client {
    let mut builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(config))
        .sleep_impl(TokioSleep::new())
        .retry_config(retries(config))
        .retry_partition(retry_partition())
        .timeout_config(timeouts(config))
        .http_client(http_client_fn(move |_, _| connector.clone()));
    if let Some(endpoint) = &config.dynamodb_endpoint {
        builder = builder.endpoint_url(endpoint);
    }
    aws_sdk_dynamodb::Client::from_conf(builder.build())
}

/// The S3 client. An endpoint of its own is one host for all buckets, so the bucket stands in the path there. It makes
/// no checksum that S3 does not ask for: in a request that somebody else sends it would be that of an empty body.
pub(crate) fn s3(config: &Config, connector: SharedHttpConnector) -> aws_sdk_s3::Client {
    let mut builder = aws_sdk_s3::Config::builder()
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(config))
        .sleep_impl(TokioSleep::new())
        .retry_config(retries(config))
        .retry_partition(retry_partition())
        .timeout_config(timeouts(config))
        .http_client(http_client_fn(move |_, _| connector.clone()));
    if let Some(endpoint) = &config.s3_endpoint {
        builder = builder.endpoint_url(endpoint).force_path_style(true);
    }
    aws_sdk_s3::Client::from_conf(builder.build())
}

fn credentials(config: &Config) -> Credentials {
    let credentials = &config.credentials;
    Credentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.expose_secret(),
        credentials.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    )
}

fn retries(config: &Config) -> RetryConfig {
    let first = RetryConfig::standard().with_max_attempts(TRIES).with_initial_backoff(BACKOFF);
    first.with_max_backoff(config.patience.pause)
}

/// How many tries are left is each container's own, also where many share a process.
fn retry_partition() -> RetryPartition {
    RetryPartition::custom("container").build()
}

fn timeouts(config: &Config) -> TimeoutConfig {
    let Patience { connect, attempt, call, .. } = config.patience;
    TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt).operation_timeout(call).build()
}
