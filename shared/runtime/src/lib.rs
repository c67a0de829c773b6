//! Cold start: configuration, logging, clients, and serving the one Lambda that was asked for.
//!
//! Only this crate reads the environment, the clock and the source of randomness; the local stack and the tests
//! build the same service with [`service`] from a [`Config`] of their own.

mod clients;
mod config;
mod fetch;
mod telemetry;

pub use clients::connector;
pub use config::{Config, Credentials, Patience};

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use chrono::{DateTime, Utc};
use lambda_http::{LambdaEvent, lambda_runtime, request::LambdaRequest, service_fn};
use rol_app::{App, Ports};
use rol_http::{Handler, Lambda};
use rol_store::{Bucket, Store};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The wall clock.
pub fn wall_clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    Arc::new(Utc::now)
}

/// The table that `config` names.
pub fn store(config: &Config, connector: SharedHttpConnector) -> Store {
    Store::new(clients::dynamodb(config, connector), &config.table)
}

/// A bucket over the engines that `config` names.
pub fn objects(config: &Config, connector: SharedHttpConnector, bucket: &str) -> Bucket {
    let settings = config.clone();
    Bucket::new(bucket, move || clients::s3(&settings, connector.clone()))
}

/// The service over the engines that `config` names, through one HTTP connector for all of them.
pub fn service(config: &Config, connector: SharedHttpConnector, clock: Clock) -> App {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that draws random bytes")]
    let entropy = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the operating system has random bytes");
    App::new(Ports {
        store: store(config, connector.clone()),
        objects: objects(config, connector.clone(), &config.bucket),
        heads: config.heads_bucket.as_ref().map(|bucket| objects(config, connector.clone(), bucket)),
        clock,
        entropy: Arc::new(entropy),
        fetch: fetch::port(connector, config.patience.attempt),
        cursor_key: config.cursor_key,
        scans_uploads: config.scans_uploads,
    })
}

/// Serves the Lambda that `_HANDLER` names until the process ends. What an area's `main` calls.
pub fn main(lambdas: &[Lambda]) -> ExitCode {
    telemetry::start();
    let started = Config::from_env().and_then(|config| {
        let wanted = config::handler();
        let known = lambdas.iter().find(|lambda| lambda.name == wanted);
        known.map(|lambda| (*lambda, config)).ok_or_else(|| {
            let names: Vec<&str> = lambdas.iter().map(|lambda| lambda.name).collect();
            format!("expected _HANDLER to be one of {}, found {wanted:?}", names.join(", "))
        })
    });
    let (lambda, config) = match started {
        Ok(started) => started,
        Err(why) => {
            tracing::error!("cannot start: {why}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = match runtime {
        Ok(runtime) => runtime.block_on(serve(lambda, &config)),
        Err(error) => Err(error.into()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(lambda: Lambda, config: &Config) -> Result<(), lambda_runtime::Error> {
    let app = service(config, connector(config), wall_clock());
    if !lambda.is_public && !lambda.is_task() {
        // The first request shall find the connection open; if it does not, it opens one itself.
        if let Err(error) = app.prime().await {
            tracing::warn!(error = error.chain(), "could not open the connection early");
        }
    }
    match lambda.handler(app) {
        Handler::Http(edge) => {
            lambda_runtime::run(service_fn(|event: LambdaEvent<LambdaRequest>| edge.clone().respond(event))).await
        }
        Handler::Task { app, work } => {
            let answer = |event: LambdaEvent<Value>| {
                let done = work(app.clone(), event.payload);
                async { done.await.map_err(lambda_runtime::Error::from) }
            };
            lambda_runtime::run(service_fn(answer)).await
        }
    }
}
