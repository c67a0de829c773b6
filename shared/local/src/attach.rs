//! Attaching files from the command line: declared through the API, uploaded through the URLs that it answers with, and
//! waited for.

use crate::{Containers, Engines, Gateway, Rules, console::say};
use anyhow::{Context, Result, bail};
use aws_smithy_runtime_api::{client::http::HttpConnector, http};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use rol_runtime::{connector, wall_clock};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    time::Duration,
};

/// How much of a file goes out at once, in bytes.
const CHUNK: usize = 16 * 1024;
/// How often it is asked whether a file was checked, and how often at most.
const ASK: (Duration, u32) = (Duration::from_millis(100), 600);

/// A file on this machine.
struct Local {
    name: String,
    content: Bytes,
}

impl Local {
    fn read(path: &Path) -> Result<Self> {
        let name = path.file_name().with_context(|| format!("{} is no file", path.display()))?;
        let content = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { name: name.to_string_lossy().into_owned(), content: content.into() })
    }
}

/// A stack's API, to somebody with a key.
struct Client {
    gateway: Gateway,
    key: String,
}

impl Client {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let request = ::http::Request::builder().method(method).uri(path).header("host", "localhost");
        let request = request.header("authorization", format!("Bearer {}", self.key));
        let request = request.header("content-type", "application/json").body(Bytes::from(body.to_string()))?;
        let answer = self.gateway.answer(request).await;
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if !answer.status().is_success() {
            let errors = said["errors"].as_array().into_iter().flatten();
            let errors = errors.map(|error| format!("; {}: {}", text(&error["pointer"]), text(&error["detail"])));
            bail!("{}: {}{}", answer.status(), text(&said["detail"]), errors.collect::<String>());
        }
        Ok(said)
    }
}

/// Attaches files to a record and waits for what becomes of them.
pub(crate) async fn run(engines: &Engines, key: String, record: &str, paths: &[PathBuf]) -> Result<()> {
    let files = paths.iter().map(|path| Local::read(path)).collect::<Result<Vec<_>>>()?;
    let gateway = Gateway::new(Containers::new(engines, wall_clock(), None)?, wall_clock());
    let client = Client { gateway, key };
    let new: Vec<Value> = files
        .iter()
        .map(|file| json!({"filename": file.name, "size": file.content.len(), "sha256": format!("{:x}", Sha256::digest(&file.content))}))
        .collect();
    let place = format!("/v1/learning-records/{record}/attachments");
    let declared = client.ask("POST", &place, &json!({"files": new})).await?;

    let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_msg} {bar:30} {bytes:>10} of {total_bytes}")?;
    for (file, declared) in files.iter().zip(declared["data"].as_array().into_iter().flatten()) {
        let size = u64::try_from(file.content.len())?;
        let bar = bars.add(ProgressBar::new(size).with_style(style.clone()).with_message(file.name.clone()));
        upload(engines, file, &declared["upload"], bar.clone())
            .await
            .with_context(|| format!("uploading {}", file.name))?;
        bar.finish();
    }
    // Where no stack runs on the state, nobody else deals with the bucket's events.
    if let Some(embedded) = &engines.embedded {
        let routed = Rules::new(embedded.uploads.clone(), &engines.bucket)?.deliver(client.gateway.containers()).await;
        routed.dead_letters.iter().try_for_each(|dead_letter| embedded.keep_dead_letter(dead_letter))?;
    }
    let mut rejected = 0;
    for declared in declared["data"].as_array().into_iter().flatten() {
        let file = settled(&client, &format!("{place}/{}", text(&declared["id"]))).await?;
        let why = file["reason_detail"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
        say(format!("{}  {}  {}{why}", text(&file["id"]), text(&file["state"]), text(&file["filename"])))?;
        rejected += usize::from(file["state"] != "ready");
    }
    if rejected > 0 {
        bail!("{rejected} of {} files did not become ready", files.len());
    }
    Ok(())
}

/// Sends a file where its declaration says.
async fn upload(engines: &Engines, file: &Local, upload: &Value, bar: ProgressBar) -> Result<()> {
    let chunks: Vec<Bytes> = (0..file.content.len())
        .step_by(CHUNK)
        .map(|from| file.content.slice(from..file.content.len().min(from + CHUNK)))
        .collect();
    let frames = chunks.into_iter().map(move |chunk| {
        bar.inc(u64::try_from(chunk.len()).unwrap_or_default());
        Ok::<_, Infallible>(http_body::Frame::data(chunk))
    });
    let mut request = ::http::Request::builder().method(text(&upload["method"])).uri(text(&upload["url"]));
    for (name, value) in upload["headers"].as_object().into_iter().flatten() {
        request = request.header(name, text(value));
    }
    let request = request.header("content-length", file.content.len());
    let request = request.body(SdkBody::from_body_1_x(StreamBody::new(stream::iter(frames))))?;
    let answer = connector(&engines.config()).call(http::Request::try_from(request)?).await?;
    let (parts, body) = answer.try_into_http1x()?.into_parts();
    if !parts.status.is_success() {
        let said = body.collect().await.map_err(|error| anyhow::anyhow!("{error}"))?.to_bytes();
        bail!("the bucket answered {}: {}", parts.status, String::from_utf8_lossy(&said));
    }
    Ok(())
}

/// The file once it waits no longer.
async fn settled(client: &Client, path: &str) -> Result<Value> {
    let (pause, times) = ASK;
    for _ in 0..times {
        let file = client.ask("GET", path, &Value::Null).await?;
        if file["state"] != "pending" {
            return Ok(file);
        }
        tokio::time::sleep(pause).await;
    }
    bail!("{path} is still pending: is a stack running?")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
