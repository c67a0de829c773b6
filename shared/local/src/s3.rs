//! The embedded S3: the engine, and in front of it what it lacks of S3: CORS, the headers that a request asks its
//! answer to have, a content refused by its hash that leaves nothing behind, conditions that hold until the write is
//! done, and an event for each upload.

use crate::uploads::{Uploads, Written};
use anyhow::{Result, anyhow};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use rol_runtime::wall_clock;
use s3s::{
    S3Error, S3ErrorCode,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use sha2::{Digest, Sha256};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tower_http::cors::{Any, CorsLayer};

/// Where S3's objects are.
#[derive(Debug)]
pub(crate) enum Objects {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Objects {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}

/// S3 over these objects, for whoever has this key.
pub(crate) fn router(objects: Objects, (access_key, secret_key): (&str, &str), uploads: Uploads) -> Result<Router> {
    let files = FileSystem::new(objects.path());
    let files = files.map_err(|error| anyhow!("opening {}: {error:?}", objects.path().display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(access_key, secret_key));
    // The objects are held as long as anybody may still be served from them.
    let front = Arc::new(Front { service: builder.build(), objects, uploads, write: Mutex::default() });
    // The bucket's CORS rules, which the engine does not know.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers([HeaderName::from_static("etag")]);
    let answer = move |request: Request| {
        let front = front.clone();
        async move { front.answer(request).await }
    };
    Ok(Router::new().fallback(answer).layer(cors))
}

struct Front {
    service: S3Service,
    objects: Objects,
    uploads: Uploads,
    /// Held during a write: the engine looks at its condition first and writes when it has all of the content, so that
    /// of two writes that overlap both would find their condition true.
    write: Mutex<()>,
}

impl Front {
    async fn answer(&self, request: Request) -> Response {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let request = match read_content(request).await {
            Ok(request) => request,
            Err(refusal) => return *refusal,
        };
        let _guard = if is_write(&method) { Some(self.write.lock().await) } else { None };
        let answer = self.service.call(request.map(s3s::Body::http_body_unsync)).await;
        let answer = answer.or_else(|error| {
            let error: S3Error = S3Error::with_message(S3ErrorCode::InternalError, format!("{error:?}"));
            error.to_http_response()
        });
        let mut answer = answer.map(|response| response.map(Body::new)).unwrap_or_default();
        if answer.status().is_success() {
            match method {
                Method::PUT => self.tell(&uri, &answer),
                Method::GET => set_headers(&uri, &mut answer),
                _ => {}
            }
        }
        answer
    }

    /// Tells of an object that was put as a whole; a copy has no `ETag` among its headers.
    fn tell(&self, uri: &Uri, answer: &Response) {
        let path = percent_decode_str(uri.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
        let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let is_part = uri.query().is_some_and(|query| query.contains("uploadId="));
        let (Some((bucket, key)), Some(etag), false) = (path.split_once('/'), etag, is_part) else { return };
        let size = std::fs::metadata(self.objects.path().join(&path)).map_or(0, |file| file.len());
        self.uploads.tell(Written {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size,
            etag: etag.trim_matches('"').to_owned(),
            reason: "PutObject",
            at: wall_clock()(),
        });
    }
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A request with all of its content, which has the hash that it says: the engine would refuse another one too, and
/// keep it. Nobody who sends slowly holds up the writes of others.
async fn read_content(request: Request) -> Result<Request, Box<Response>> {
    if !is_write(request.method()) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let lost = |_| Box::new(StatusCode::BAD_REQUEST.into_response());
    let content = to_bytes(body, usize::MAX).await.map_err(lost)?;
    let checksum = parts.headers.get("x-amz-checksum-sha256");
    if checksum.is_none_or(|checksum| checksum.as_bytes() == STANDARD.encode(Sha256::digest(&content)).as_bytes()) {
        return Ok(Request::from_parts(parts, Body::from(content)));
    }
    let body = "<Error><Code>BadDigest</Code><Message>The SHA256 you specified did not match the calculated checksum.\
                </Message></Error>";
    Err(Box::new((StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/xml")], body).into_response()))
}

/// Gives the answer the headers that `response-…` parameters ask for.
fn set_headers(uri: &Uri, answer: &mut Response) {
    for pair in uri.query().unwrap_or_default().split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = name.strip_prefix("response-").and_then(|name| HeaderName::try_from(name).ok());
        let value = percent_decode_str(value).decode_utf8_lossy();
        if let (Some(name), Ok(value)) = (name, HeaderValue::try_from(value.as_ref())) {
            answer.headers_mut().insert(name, value);
        }
    }
}

/// Tells again of uploads that nobody has dealt with, as far as can be seen: a process that was killed forgot its
/// events, which S3 does not.
pub(crate) fn redeliver(objects: Vec<(String, u64)>, bucket: &str, uploads: &Uploads) {
    for (key, size) in objects.into_iter().filter(|(key, size)| key.starts_with("incoming/") && *size > 0) {
        let (bucket, etag) = (bucket.to_owned(), String::new());
        uploads.tell(Written { bucket, key, size, etag, reason: "PutObject", at: wall_clock()() });
    }
}
