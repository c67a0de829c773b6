//! Evidence of records. The client's part is played through the URLs that it gets: over HTTP, to the embedded bucket.

mod content;
mod declare;
mod delete;
mod events;
mod faults;
mod include;
mod inline;
mod read;
mod verify;

use crate::support::{Answer, Caller, Stack, path_of};
use aws_smithy_runtime_api::{client::http::HttpConnector, http::Request};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use rol_store::FilePlace;
use serde_json::{Value, json};

/// A PDF of one empty page.
pub(crate) const PAGE: &[u8] = include_bytes!("../../../shared/pdf/corpus/ordinary/by-hand/plain.pdf");
/// Another one.
pub(crate) const OTHER_PAGE: &[u8] = include_bytes!("../../../shared/pdf/corpus/ordinary/by-hand/link.pdf");

/// The path of a record's files.
pub(crate) fn files_of(record: &Value) -> String {
    format!("{}/attachments", path_of(&record["id"]))
}

/// The path of a file.
pub(crate) fn file_path(file: &Value) -> String {
    format!("{}/attachments/{}", path_of(&file["record_id"]), file["id"].as_str().expect("an id"))
}

/// Declares one file; 201.
pub(crate) async fn declared(caller: &Caller<'_>, record: &Value, file: Value) -> Value {
    let answer = caller.post(files_of(record), &json!({"files": [file]})).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["data"][0].clone()
}

/// A file that was uploaded, and what became of it.
pub(crate) async fn attached(stack: &Stack, caller: &Caller<'_>, record: &Value, name: &str, content: &[u8]) -> Value {
    attached_as(stack, caller, record, json!({"filename": name, "size": content.len()}), content).await
}

pub(crate) async fn attached_as(
    stack: &Stack,
    caller: &Caller<'_>,
    record: &Value,
    file: Value,
    content: &[u8],
) -> Value {
    let file = declared(caller, record, file).await;
    let put = put(stack, &file["upload"], content).await;
    assert_eq!(put.status, 200, "{}", put.text());
    stack.route().await;
    let answer = caller.get(file_path(&file)).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// A file that is ready, put past its URL: for stacks whose clock has left the bucket's far behind.
pub(crate) async fn placed(stack: &Stack, caller: &Caller<'_>, record: &Value) -> Value {
    let file = declared(caller, record, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    let config = stack.engines.config();
    let objects = rol_runtime::objects(&config, rol_runtime::connector(&config), &config.bucket);
    let read = |value: &Value| value.as_str().expect("an id").to_owned();
    let place = FilePlace {
        tenant: read(&record["tenant_id"]).parse().expect("an id"),
        record: read(&record["id"]).parse().expect("an id"),
        attachment: read(&file["id"]).parse().expect("an id"),
    };
    objects.put_upload(&place, PAGE.to_vec()).await.expect("put");
    stack.route().await;
    caller.get(file_path(&file)).send().await.json()
}

/// What the bucket answers to an upload.
pub(crate) async fn put(stack: &Stack, upload: &Value, content: &[u8]) -> Answer {
    let headers = upload["headers"].as_object().expect("headers").iter();
    let headers: Vec<(&str, &str)> =
        headers.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
    send(stack, "PUT", upload["url"].as_str().expect("a URL"), &headers, content).await
}

/// What the bucket answers to a download.
pub(crate) async fn get(stack: &Stack, url: &Value) -> Answer {
    send(stack, "GET", url.as_str().expect("a URL"), &[], b"").await
}

pub(crate) async fn send(stack: &Stack, method: &str, url: &str, headers: &[(&str, &str)], content: &[u8]) -> Answer {
    let mut request = http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method == "PUT" {
        request = request.header("content-length", content.len());
    }
    let request = request.body(SdkBody::from(content.to_vec())).expect("a request");
    let connector = rol_runtime::connector(&stack.engines.config());
    let response = connector.call(Request::try_from(request).expect("a request")).await.expect("an answer");
    let (parts, body) = response.try_into_http1x().expect("an answer").into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.expect("a body").to_bytes() }
}
