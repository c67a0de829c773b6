//! The stack as a process: the gateway and the interactive documentation on one port, until Ctrl-C.

use crate::{
    Containers, Demo, Engines, Gateway, Storage, engines, openapi,
    state::{self, Ready},
};
use anyhow::{Context, Result, bail};
use axum::{Router, body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use rol_runtime::wall_clock;
use std::{net::IpAddr, path::PathBuf};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// How a stack is started.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) storage: Storage,
    pub(crate) ready_file: Option<PathBuf>,
}

/// Runs a stack until it is told to stop.
pub(crate) async fn run(options: Options) -> Result<()> {
    let lock = match &options.storage {
        Storage::Directory(directory) => match state::take(directory)? {
            Some(lock) => Some(lock),
            None => bail!(
                "{} is in use by another stack: stop it, or name another --data-dir, or use --ephemeral",
                directory.display()
            ),
        },
        Storage::Ephemeral => None,
    };
    let listener = engines::bind(options.host, options.port, "the API").await?;
    let next =
        if options.port == 0 { 0 } else { options.port.checked_add(1).context("expected a port below 65533")? };
    let engines = Engines::start(&options.storage, options.host, next).await?;
    let demo = Demo::new()?;
    demo.settle(&engines).await?;
    let gateway = Gateway::new(Containers::new(&engines, wall_clock(), None)?, wall_clock());

    let ready = Ready::new(engines::url(&listener)?, &engines, &demo);
    let server = axum::serve(listener, router(gateway)).with_graceful_shutdown(stopped());
    if let Storage::Directory(directory) = &options.storage {
        ready.leave_in(directory)?;
    }
    if let Some(path) = &options.ready_file {
        ready.write(path)?;
    }
    announce(&ready, &options.storage);
    server.await?;
    println!("stopped");
    drop(lock);
    Ok(())
}

fn announce(ready: &Ready, storage: &Storage) {
    let Ready { base_url, dynamodb_endpoint, s3_endpoint, table, bucket, api_key, tenant_id, jwt_issuer } = ready;
    let kept = match storage {
        Storage::Directory(directory) => format!("kept in {}", directory.display()),
        Storage::Ephemeral => "kept in memory".to_owned(),
    };
    println!(
        "Records of Learning is ready; its state is {kept}.

  API        {base_url}
  docs       {base_url}/docs
  DynamoDB   {dynamodb_endpoint} (table {table})
  S3         {s3_endpoint} (bucket {bucket})
  issuer     {jwt_issuer}
  tenant     {tenant_id}
  API key    {api_key}

Try it:

  curl -i {base_url}/v1/learning-records -H 'authorization: Bearer {api_key}' -H 'content-type: application/json' -d '{{\"person_id\": \"ada@example.com\", \"title\": \"First aid\", \"completed_at\": \"2026-05-20\"}}'

Ctrl-C stops it."
    );
}

fn router(gateway: Gateway) -> Router {
    let docs = SwaggerUi::new("/docs")
        .external_url_unchecked("/docs/openapi.json", openapi::value())
        .config(Config::default().try_it_out_enabled(true).persist_authorization(true).display_request_duration(true));
    Router::new().merge(docs).fallback(move |request: Request| {
        let gateway = gateway.clone();
        async move { answer(gateway, request).await }
    })
}

async fn answer(gateway: Gateway, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // One byte more than the gateway takes is enough to be refused.
    let limit = crate::gateway::MAX_REQUEST_BODY + 1;
    let bytes = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Bytes::from(vec![0; limit]),
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return response;
        }
    };
    gateway.answer(http::Request::from_parts(parts, bytes)).await.map(Body::from)
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return drop(interrupted.await);
        };
        tokio::select! {
            _ = interrupted => {}
            _ = ended.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
