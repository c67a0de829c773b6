//! The stack as a process: the gateway and the interactive documentation on one port, until Ctrl-C.

use crate::{
    Containers, Demo, Engines, Gateway, Storage, background,
    connection::{Listener, Peer},
    console::say,
    engines,
    gateway::MAX_REQUEST_BODY,
    openapi, schedule,
    state::{self, DEFAULT_DIRECTORY, Ready},
};
use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use rol_runtime::wall_clock;
use std::{
    io::ErrorKind,
    net::IpAddr,
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::sync::Notify;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// How long requests that are under way may take to end, once the stack is told to stop.
const GRACE: Duration = Duration::from_secs(1);

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
    let interrupted = interruption().context("listening for Ctrl-C")?;
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
    if let Some(path) = &options.ready_file {
        forget(path)?;
    }
    let listener = engines::bind(options.host, options.port, "the API").await?;
    let next = if options.port == 0 { 0 } else { options.port + 1 };
    let engines = Engines::start(&options.storage, options.host, next).await?;
    let demo = Demo::new()?;
    demo.settle(&engines).await?;
    let gateway = Gateway::new(Containers::new(&engines, wall_clock(), None)?, wall_clock());
    if let Some(embedded) = engines.embedded.clone() {
        let directory = match &options.storage {
            Storage::Directory(directory) => Some(directory.clone()),
            Storage::Ephemeral => None,
        };
        background::route_uploads(gateway.clone(), embedded.clone(), &engines.bucket)?;
        background::deliver_stream(gateway.clone(), embedded, directory.clone())?;
        schedule::run_all(gateway.clone(), directory)?;
    }

    let ready = Ready::new(engines::url(&listener)?, &engines, &demo);
    let service = router(gateway).into_make_service_with_connect_info::<Peer>();
    let stop = Arc::new(Notify::new());
    let told = stop.clone();
    let server = axum::serve(Listener(listener), service).with_graceful_shutdown(async move { told.notified().await });
    let mut server = pin!(server.into_future());
    if let Storage::Directory(directory) = &options.storage {
        ready.leave_in(directory)?;
    }
    if let Some(path) = &options.ready_file {
        ready.write(path)?;
    }
    say(announcement(&ready, &options))?;
    tokio::select! {
        ended = &mut server => ended?,
        () = interrupted => {
            stop.notify_one();
            // Somebody may hold a connection open for ever: that shall not keep the stack from stopping.
            if let Ok(ended) = tokio::time::timeout(GRACE, server).await {
                ended?;
            }
        }
    }
    say("stopped")?;
    drop(lock);
    Ok(())
}

/// Removes an earlier run's file, so that who waits for this one's does not read that.
fn forget(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// What a newcomer needs: where everything is, a first request, and what to do next.
fn announcement(ready: &Ready, options: &Options) -> String {
    let Ready { base_url, dynamodb_endpoint, s3_endpoint, table, bucket, api_key, tenant_id, jwt_issuer } = ready;
    let kept = match &options.storage {
        Storage::Directory(directory) => format!("kept in {}", directory.display()),
        Storage::Ephemeral => "gone when it stops".to_owned(),
    };
    format!(
        "Records of Learning is ready; its state is {kept}.

  API        {base_url}
  docs       {base_url}/docs (Authorize with the API key, then try any operation)
  DynamoDB   {dynamodb_endpoint} (table {table})
  S3         {s3_endpoint} (bucket {bucket})
  issuer     {jwt_issuer}
  tenant     {tenant_id}
  API key    {api_key}

Add a record:

  curl -i {base_url}/v1/learning-records -H 'authorization: Bearer {api_key}' -H 'content-type: application/json' \
-d '{{\"person_id\": \"ada@example.com\", \"title\": \"First aid\", \"completed_at\": \"2026-05-20\"}}'
{}
Ctrl-C stops it.",
        next_steps(options)
    )
}

/// The other commands, with what makes them work on this stack; none where they cannot find it.
fn next_steps(options: &Options) -> String {
    let on_this = match (&options.storage, &options.ready_file) {
        (Storage::Directory(directory), _) if directory.as_os_str() == DEFAULT_DIRECTORY => String::new(),
        (Storage::Directory(directory), _) => format!(" --data-dir '{}'", directory.display()),
        (Storage::Ephemeral, Some(file)) => format!(" --stack '{}'", file.display()),
        (Storage::Ephemeral, None) => return String::new(),
    };
    format!(
        "
In another terminal:

  cargo run -- token --sub ada@example.com --role manager{on_this}
  cargo run -- tenant create --name Acme{on_this}
  cargo run -- invoke records.create events/records/create.json{on_this}
  cargo run -- attach lrn_01KDVDNA00A53GJ0QJ00000001 shared/pdf/corpus/ordinary/by-hand/plain.pdf{on_this}
"
    )
}

fn router(gateway: Gateway) -> Router {
    // No badge: it would send the document to a validator on the internet.
    let config = Config::default().validator_url("none").try_it_out_enabled(true);
    let config = config.persist_authorization(true).display_request_duration(true);
    let docs = SwaggerUi::new("/docs").external_url_unchecked("/docs/openapi.json", openapi::value()).config(config);
    Router::new().merge(docs).fallback(move |request: Request| {
        let gateway = gateway.clone();
        async move { answer(gateway, request).await }
    })
}

async fn answer(gateway: Gateway, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match read(body).await {
        Ok(body) => gateway.answer(http::Request::from_parts(parts, body)).await.map(Body::from),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// A request's body, or as much of it as proves that it is too large. The rest is read and forgotten: a client that
/// still sends would not see the answer.
async fn read(mut body: Body) -> Result<Bytes, axum::Error> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data()
            && bytes.len() <= MAX_REQUEST_BODY
        {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.freeze())
}

/// Ends when somebody wants the stack to stop: Ctrl-C, or SIGTERM. From the call on, neither ends the process by
/// itself.
#[cfg(unix)]
fn interruption() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when somebody wants the stack to stop: Ctrl-C.
#[cfg(not(unix))]
fn interruption() -> Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
