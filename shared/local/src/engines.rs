//! The embedded engines: DynamoDB and S3 on loopback ports, and the local issuer's keys.

use crate::{Parked, Stream, issuer::LocalIssuer, template::Template};
use anyhow::{Context, Result, anyhow};
use axum::{Json, Router, routing::get};
use dynoxide::Database;
use http::HeaderName;
use rol_runtime::{Config, Credentials, Patience};
use s3s::{S3Error, S3ErrorCode, auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::{
    io::ErrorKind,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower_http::cors::{Any, CorsLayer};

/// The table's name.
const TABLE: &str = "records-of-learning";
/// The bucket's name.
const BUCKET: &str = "records-of-learning";
/// The credentials that the engines accept. They open nothing else.
const ACCESS_KEY: &str = "local";
const SECRET_KEY: &str = "local-secret";
/// Under which keys Lambda parks what it gives up on, here without its own id of the mapping.
pub(crate) const PARKED: &str = "aws/lambda/local";
/// How long the engines may take: they serve one call at a time, and a laptop has other things to do.
const PATIENCE: Patience = {
    let long = Duration::from_secs(30);
    Patience { connect: long, attempt: long, call: long }
};
/// How often items past their end are removed.
const SWEEP: Duration = Duration::from_secs(30);

/// Where the engines keep what they have.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In this directory.
    Directory(PathBuf),
    /// In memory, and S3's objects in a temporary directory that goes when S3 does.
    Ephemeral,
}

/// Where the engines are.
#[derive(Debug, Clone)]
pub struct Engines {
    /// DynamoDB's endpoint.
    pub dynamodb: String,
    /// S3's endpoint.
    pub s3: String,
    /// The local issuer.
    pub issuer: LocalIssuer,
    /// The table's name.
    pub table: String,
    /// The bucket's name.
    pub bucket: String,
    /// What only the process has in which they run.
    pub embedded: Option<Embedded>,
}

/// Where what was given up on lies in a data directory.
pub(crate) fn parked_in(data_dir: &Path) -> PathBuf {
    data_dir.join("s3").join(BUCKET).join(PARKED)
}

/// What is reached without a port.
#[derive(Clone)]
pub struct Embedded {
    /// The table's stream.
    pub stream: Stream,
    /// Where the bucket's objects are.
    objects: PathBuf,
    database: Database,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("objects", &self.objects).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Puts items into the table, in DynamoDB's JSON, whatever is there; the stream does not tell of them.
    ///
    /// # Errors
    /// Where an item is none, and then none is put.
    pub fn import(&self, items: Vec<serde_json::Value>) -> Result<()> {
        let items = items.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
        let imported = self.database.import_items(TABLE, items, dynoxide::ImportOptions::default());
        imported.map(drop).map_err(|error| anyhow!("importing items: {error}"))
    }

    /// Puts what was given up on into the bucket, as Lambda does.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn park(&self, parked: &Parked) -> Result<()> {
        let path = self.objects.join(&parked.key);
        let parent = path.parent().context("a key without a directory")?;
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, &parked.body))
            .with_context(|| format!("parking {}", path.display()))
    }
}

impl Engines {
    /// Starts the engines on three ports of `host` from `first` on (any free ones where it is 0), and makes table
    /// and bucket where they are missing.
    ///
    /// # Errors
    /// Where a port is taken or the storage cannot be used.
    pub async fn start(storage: &Storage, host: IpAddr, first: u16) -> Result<Self> {
        let template = Template::load()?;
        let (database, objects) = match storage {
            Storage::Directory(directory) => {
                std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
                let file = directory.join("dynamodb.sqlite");
                let database = Database::new(file.to_str().context("a data directory that is no UTF-8")?);
                (database, Objects::Kept(directory.join("s3")))
            }
            Storage::Ephemeral => {
                let directory = tempfile::Builder::new().prefix("records-of-learning-").tempdir();
                (Database::memory(), Objects::Temporary(directory.context("making a temporary directory")?))
            }
        };
        let database = database.map_err(|error| anyhow!("opening the table: {error}"))?;
        make_table(&database, &template)?;
        std::fs::create_dir_all(objects.path().join(BUCKET)).context("making the bucket")?;

        let port = |offset: u16| if first == 0 { 0 } else { first + offset };
        let dynamodb = bind(host, port(0), "DynamoDB").await?;
        let s3 = bind(host, port(1), "S3").await?;
        let keys = bind(host, port(2), "the issuer").await?;
        let engines = Self {
            dynamodb: url(&dynamodb)?,
            s3: url(&s3)?,
            issuer: LocalIssuer::at(url(&keys)?),
            table: TABLE.into(),
            bucket: BUCKET.into(),
            embedded: Some(Embedded {
                stream: Stream::new(database.clone(), TABLE),
                objects: objects.path().join(BUCKET),
                database: database.clone(),
            }),
        };
        background(sweep(database.clone()));
        background(async move { dynoxide::server::serve_on(dynamodb, database).await });
        background(serve(s3, s3_router(objects)?));
        background(serve(keys, issuer_router(&engines.issuer)));
        Ok(engines)
    }

    /// The configuration of a function over these engines.
    pub fn config(&self) -> Config {
        let secret = SecretString::from("a key for cursors on one machine");
        Config {
            region: "us-east-1".into(),
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            dynamodb_endpoint: Some(self.dynamodb.clone()),
            credentials: Credentials {
                access_key_id: ACCESS_KEY.into(),
                secret_access_key: SecretString::from(SECRET_KEY),
                session_token: None,
            },
            cursor_key: Some(Config::cursor_key_of(&secret)),
            patience: PATIENCE,
        }
    }

    /// The secret half of the credentials that the engines accept.
    pub fn secret_key(&self) -> String {
        self.config().credentials.secret_access_key.expose_secret().to_owned()
    }
}

/// Binds a port, or says which one is taken.
pub(crate) async fn bind(host: IpAddr, port: u16, what: &str) -> Result<TcpListener> {
    TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} of {host} is taken, so {what} cannot listen there: stop what uses it, or name another --port \
             (0 takes any free ones)"
        ),
        _ => anyhow!(error).context(format!("{what} cannot listen on port {port} of {host}")),
    })
}

/// The URL of a listener, as this machine reaches it.
pub(crate) fn url(listener: &TcpListener) -> Result<String> {
    let address = listener.local_addr()?;
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    Ok(format!("http://{host}:{}", address.port()))
}

/// Runs something as long as the process does.
#[expect(clippy::disallowed_methods, reason = "the local stack is one process that is never frozen")]
pub(crate) fn background(work: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(work));
}

async fn serve(listener: TcpListener, router: Router) {
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!("stopped serving: {error}");
    }
}

fn make_table(database: &Database, template: &Template) -> Result<()> {
    let wrong = |error: dynoxide::DynoxideError| anyhow!("making the table: {error}");
    let known = database.list_tables(serde_json::from_value(json!({}))?).map_err(wrong)?;
    if known.table_names.iter().any(|name| name == TABLE) {
        return Ok(());
    }
    database.create_table(serde_json::from_value(template.create_table(TABLE)?)?).map_err(wrong)?;
    let ttl = json!({"AttributeName": template.ttl_attribute()?, "Enabled": true});
    let request = json!({"TableName": TABLE, "TimeToLiveSpecification": ttl});
    database.update_time_to_live(serde_json::from_value(request)?).map_err(wrong)?;
    Ok(())
}

async fn sweep(database: Database) {
    loop {
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = database.sweep_ttl() {
            tracing::warn!("did not remove what has ended: {error}");
        }
    }
}

/// Where S3's objects are.
#[derive(Debug)]
enum Objects {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Objects {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}

fn s3_router(objects: Objects) -> Result<Router> {
    let files = FileSystem::new(objects.path());
    let files = files.map_err(|error| anyhow!("opening {}: {error:?}", objects.path().display()))?;
    let objects = Arc::new(objects);
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();
    // The bucket's CORS rules, which the engine does not know.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers([HeaderName::from_static("etag")]);
    let answer = move |request: axum::extract::Request| {
        // Held as long as anybody may still be served from it.
        let (service, objects) = (service.clone(), objects.clone());
        async move {
            let _held = objects;
            let answer = service.call(request.map(s3s::Body::http_body_unsync)).await;
            let answer = answer.or_else(|error| {
                let error: S3Error = S3Error::with_message(S3ErrorCode::InternalError, format!("{error:?}"));
                error.to_http_response()
            });
            answer.map(|response| response.map(axum::body::Body::new)).unwrap_or_default()
        }
    };
    Ok(Router::new().fallback(answer).layer(cors))
}

fn issuer_router(issuer: &LocalIssuer) -> Router {
    let keys = issuer.key_set();
    Router::new().route("/.well-known/jwks.json", get(|| async move { Json(keys) }))
}
