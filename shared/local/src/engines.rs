//! The embedded engines: DynamoDB and S3 on loopback ports, and the local issuer's keys.

use crate::{
    DeadLetter, Stream,
    connection::{Listener, relay},
    issuer::LocalIssuer,
    policy::Buckets,
    s3::{self, Objects},
    template::Template,
    uploads::Uploads,
};
use anyhow::{Context, Result, anyhow};
use axum::{Json, Router, routing::get};
use dynoxide::Database;
use rol_runtime::{Config, Credentials, Patience};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::{
    io::ErrorKind,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// The table's name.
const TABLE: &str = "records-of-learning";
/// The bucket's name.
const BUCKET: &str = "records-of-learning";
/// The name of the bucket for the heads of the audit trail. Nothing is locked in it: the engine knows no Object Lock.
pub(crate) const CHECKPOINTS_BUCKET: &str = "records-of-learning-heads";
/// The credentials that the engines accept. They open nothing else.
const ACCESS_KEY: &str = "local";
const SECRET_KEY: &str = "local-secret";
/// Under which keys Lambda parks what it gives up on, here without its own id of the mapping.
pub(crate) const DEAD_LETTERS: &str = "aws/lambda/local";
/// How long the engines may take: they serve one call at a time, and a laptop has other things to do. Whoever tries
/// again need not let them recover first.
const PATIENCE: Patience = {
    let long = Duration::from_secs(30);
    Patience { connect: long, attempt: long, call: long, pause: Duration::ZERO, idle: Duration::from_secs(10) }
};
/// Lets the engine find the end of the stream, which it looks for at each write, and what follows a position, without
/// going through all of it.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_by_sequence
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";
/// The file in which the engine keeps the table.
const TABLE_FILE: &str = "dynamodb.sqlite";
/// How often expired items are removed, as long as that takes no time.
const SWEEP: Duration = Duration::from_secs(30);
/// How many times longer the pause after a sweep is than the sweep: it reads the whole table, and shall not take more
/// of a large one's time than of a small one's.
const SWEEP_PAUSE_FACTOR: u32 = 200;

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
    /// The name of the bucket for the heads of the audit trail; `None` as where the template's parameter is off.
    pub heads_bucket: Option<String>,
    /// What only the process has in which they run.
    pub embedded: Option<Embedded>,
}

/// Where what was given up on lies in a data directory.
pub(crate) fn dead_letters_in(data_dir: &Path) -> PathBuf {
    data_dir.join("s3").join(BUCKET).join(DEAD_LETTERS)
}

/// What is reached without a port.
#[derive(Clone)]
pub struct Embedded {
    /// The table's stream.
    pub stream: Stream,
    /// The bucket's events.
    pub uploads: Uploads,
    /// Where the bucket's objects are.
    objects: PathBuf,
    database: Database,
    /// DynamoDB's own endpoint, behind the one that others have.
    dynamodb: String,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("objects", &self.objects).finish_non_exhaustive()
    }
}

impl Embedded {
    /// The keys of the bucket's objects with their sizes, in order.
    pub fn objects(&self) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        let mut directories = vec![self.objects.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                match (entry.metadata(), entry.path()) {
                    (Ok(file), path) if file.is_dir() => directories.push(path),
                    (Ok(file), path) => {
                        let key = path.strip_prefix(&self.objects).unwrap_or(&path);
                        found.push((key.to_string_lossy().into_owned(), file.len()));
                    }
                    (Err(_), _) => {}
                }
            }
        }
        found.sort();
        found
    }

    /// Where what was given up on lies.
    pub fn dead_letters(&self) -> PathBuf {
        self.objects.join(DEAD_LETTERS)
    }

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
    pub fn keep_dead_letter(&self, dead_letter: &DeadLetter) -> Result<()> {
        let path = self.objects.join(&dead_letter.key);
        let parent = path.parent().context("a key without a directory")?;
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, &dead_letter.body))
            .with_context(|| format!("parking {}", path.display()))
    }
}

/// The file of a directory's table, made where there is none, with the index of its stream.
fn indexed(directory: &Path) -> Result<String> {
    let path = directory.join(TABLE_FILE);
    let file = path.to_str().context("a data directory that is no UTF-8")?;
    let storage = dynoxide::storage::Storage::new(file).map_err(|error| anyhow!("opening the table: {error}"))?;
    storage.conn().execute_batch(STREAM_INDEX).context("indexing the table's stream")?;
    Ok(file.to_owned())
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
                (Database::new(&indexed(directory)?), Objects::Kept(directory.join("s3")))
            }
            Storage::Ephemeral => {
                let directory = tempfile::Builder::new().prefix("records-of-learning-").tempdir();
                let directory = directory.context("making a temporary directory")?;
                let empty = indexed(directory.path())?;
                let database = Database::memory();
                (database.and_then(|table| table.restore_from(&empty).map(|()| table)), Objects::Temporary(directory))
            }
        };
        let database = database.map_err(|error| anyhow!("opening the table: {error}"))?;
        make_table(&database, template)?;
        for bucket in [BUCKET, CHECKPOINTS_BUCKET] {
            std::fs::create_dir_all(objects.path().join(bucket))
                .with_context(|| format!("making the bucket {bucket}"))?;
        }

        let port = |offset: u16| if first == 0 { 0 } else { first + offset };
        let dynamodb = bind(host, port(0), "DynamoDB").await?;
        let engine = bind([127, 0, 0, 1].into(), 0, "DynamoDB's engine").await?;
        let s3 = bind(host, port(1), "S3").await?;
        let keys = bind(host, port(2), "the issuer").await?;
        let uploads = Uploads::default();
        let embedded = Embedded {
            stream: Stream::new(database.clone(), TABLE),
            uploads: uploads.clone(),
            objects: objects.path().join(BUCKET),
            database: database.clone(),
            dynamodb: url(&engine)?,
        };
        s3::redeliver(embedded.objects(), BUCKET, &uploads);
        let engines = Self {
            dynamodb: url(&dynamodb)?,
            s3: url(&s3)?,
            issuer: LocalIssuer::at(url(&keys)?),
            table: TABLE.into(),
            bucket: BUCKET.into(),
            heads_bucket: Some(CHECKPOINTS_BUCKET.into()),
            embedded: Some(embedded),
        };
        background(sweep(database.clone()));
        background(relay(dynamodb, engine.local_addr()?));
        background(async move { dynoxide::server::serve_on(engine, database).await });
        background(serve(s3, s3::router(objects, (ACCESS_KEY, SECRET_KEY), uploads)?));
        background(serve(keys, issuer_router(&engines.issuer)));
        Ok(engines)
    }

    /// The configuration of a function over these engines.
    pub fn config(&self) -> Config {
        // Who is in the same process needs nobody in between.
        let dynamodb = self.embedded.as_ref().map_or(&self.dynamodb, |embedded| &embedded.dynamodb);
        let secret = SecretString::from("a key for cursors on one machine");
        Config {
            region: "us-east-1".into(),
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            heads_bucket: self.heads_bucket.clone(),
            dynamodb_endpoint: Some(dynamodb.clone()),
            s3_endpoint: Some(self.s3.clone()),
            credentials: Credentials {
                access_key_id: ACCESS_KEY.into(),
                secret_access_key: SecretString::from(SECRET_KEY),
                session_token: None,
            },
            cursor_key: Some(Config::cursor_key_of(&secret)),
            scans_uploads: false,
            patience: PATIENCE,
        }
    }

    /// S3 and its buckets, as the template calls them.
    pub(crate) fn buckets(&self) -> Buckets {
        Buckets {
            endpoint: self.s3.clone(),
            named: vec![
                (self.bucket.clone(), "Bucket".into()),
                (CHECKPOINTS_BUCKET.into(), "AuditCheckpointsBucket".into()),
            ],
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
    if let Err(error) = axum::serve(Listener(listener), router).await {
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
    let mut took = Duration::ZERO;
    loop {
        tokio::time::sleep(pause_after(took)).await;
        let started = Instant::now();
        if let Err(error) = database.sweep_ttl() {
            tracing::warn!("did not remove expired items: {error}");
        }
        took = started.elapsed();
    }
}

/// How long the table is left alone after a sweep that took so long.
fn pause_after(sweep: Duration) -> Duration {
    SWEEP.max(sweep * SWEEP_PAUSE_FACTOR)
}

fn issuer_router(issuer: &LocalIssuer) -> Router {
    let keys = issuer.key_set();
    Router::new().route("/.well-known/jwks.json", get(|| async move { Json(keys) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_takes_no_more_of_a_large_tables_time_than_of_a_small_ones() {
        assert_eq!(pause_after(Duration::ZERO), SWEEP);
        assert_eq!(pause_after(SWEEP / SWEEP_PAUSE_FACTOR), SWEEP);
        assert_eq!(pause_after(Duration::from_secs(1)), Duration::from_secs(200));
    }
}
