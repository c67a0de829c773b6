//! A function's policy, enforced: what the template does not allow is refused as AWS refuses it.

use crate::template::{Allowed, Function};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// Where S3 is, and which of the template's buckets is which there.
#[derive(Debug, Clone)]
pub(crate) struct Buckets {
    /// S3's endpoint.
    pub(crate) endpoint: String,
    /// The buckets' names with their logical ids.
    pub(crate) named: Vec<(String, String)>,
}

/// A connector that lets pass what a function's policy allows.
#[derive(Debug)]
pub(crate) struct PolicyConnector {
    function: Function,
    buckets: Buckets,
    inner: SharedHttpConnector,
}

impl PolicyConnector {
    pub(crate) fn new(function: Function, buckets: Buckets, inner: SharedHttpConnector) -> Self {
        Self { function, buckets, inner }
    }

    fn allows(&self, needed: &Allowed) -> bool {
        let mut of_action = self.function.allows.iter().filter(|allowed| allowed.action == needed.action);
        of_action.any(|allowed| covers(&allowed.resource, &needed.resource))
    }

    /// Why not, where the policy lacks something of what is needed.
    fn refused(&self, needed: &[Allowed]) -> Option<String> {
        needed.iter().find(|needed| !self.allows(needed)).map(|Allowed { action, resource }| {
            format!("{} is not authorized to perform {action} on {resource}", self.function.logical_id)
        })
    }
}

/// Whether a policy's resource, in which `*` stands for any text, is this one.
fn covers(pattern: &str, resource: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == resource,
        Some((start, rest)) => resource.strip_prefix(start).is_some_and(|left| {
            left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|at| covers(rest, &left[at..]))
        }),
    }
}

/// What IAM asks for a call to DynamoDB: a transaction needs the actions of its parts.
fn of_dynamodb(operation: &str, body: &Value) -> Vec<Allowed> {
    let on = |action: &str, resource: String| Allowed { action: format!("dynamodb:{action}"), resource };
    if operation == "TransactWriteItems" {
        let parts = body["TransactItems"].as_array().into_iter().flatten();
        return parts
            .flat_map(|part| part.as_object().into_iter().flatten())
            .map(|(kind, _)| {
                let action =
                    if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
                on(&action, "Table".into())
            })
            .collect();
    }
    let resource = match body["IndexName"].as_str() {
        Some(index) => format!("Table/index/{index}"),
        None => "Table".into(),
    };
    vec![on(operation, resource)]
}

/// What calls to S3 are given beside their method and path that makes no other operation of them.
const PARAMETERS: [&str; 12] = [
    "",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "list-type",
    "max-keys",
    "partNumber",
    "prefix",
    "start-after",
    "uploadId",
    "uploads",
    "x-id",
];
/// An action that no policy has.
const UNKNOWN: &str = "an operation that the local stack does not know";

/// A call to S3.
#[derive(Debug, PartialEq)]
struct S3Call {
    needed: Vec<Allowed>,
    /// What tells a reader that an object is missing; without it S3 does not say so.
    listing: Allowed,
}

impl Buckets {
    /// What IAM asks for a call to S3, with the bucket in the path; `None` where the call goes elsewhere. What is not
    /// known here needs an action that no policy has.
    fn call(&self, method: &str, uri: &str, copied: Option<&str>) -> Option<S3Call> {
        let path = uri.strip_prefix(&self.endpoint).filter(|path| path.is_empty() || path.starts_with(['/', '?']))?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
        let asks_for_more = names.any(|name| !PARAMETERS.contains(&name) && !name.starts_with("response-"));
        let (bucket, object) = self.resource(path.trim_start_matches('/'));
        let allowed =
            |action: &str, resource: &str| Allowed { action: format!("s3:{action}"), resource: resource.into() };
        let action = match (method, &object) {
            _ if asks_for_more => UNKNOWN,
            ("GET" | "HEAD", None) => "ListBucket",
            ("GET" | "HEAD", Some(_)) => "GetObject",
            ("PUT" | "POST", Some(_)) => "PutObject",
            ("DELETE", Some(_)) if query.contains("uploadId=") => "AbortMultipartUpload",
            ("DELETE", Some(_)) => "DeleteObject",
            _ => UNKNOWN,
        };
        let mut needed = vec![allowed(action, object.as_ref().unwrap_or(&bucket))];
        if let Some(source) = copied {
            let (bucket, object) = self.resource(source.trim_start_matches('/'));
            needed.push(allowed("GetObject", &object.unwrap_or(bucket)));
        }
        Some(S3Call { needed, listing: allowed("ListBucket", &bucket) })
    }

    /// A bucket as the template calls it, and an object of it, from `<bucket>/<key>`.
    fn resource(&self, path: &str) -> (String, Option<String>) {
        let (name, key) = path.split_once('/').unwrap_or((path, ""));
        let known = self.named.iter().find(|(known, _)| known == name);
        let bucket = known.map_or(name, |(_, logical_id)| logical_id).to_owned();
        let object = (!key.is_empty()).then(|| {
            let key = percent_encoding::percent_decode_str(key).decode_utf8_lossy();
            format!("{bucket}/{key}")
        });
        (bucket, object)
    }
}

impl HttpConnector for PolicyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").and_then(|it| it.strip_prefix("DynamoDB_20120810."));
        if let Some(operation) = target {
            let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            let Some(why) = self.refused(&of_dynamodb(operation, &body)) else { return self.inner.call(request) };
            tracing::error!("{why}");
            let body = json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": why});
            return HttpConnectorFuture::ready(answer(400, body.to_string()));
        }
        let copied = request.headers().get("x-amz-copy-source");
        let Some(call) = self.buckets.call(request.method(), request.uri(), copied) else {
            return self.inner.call(request);
        };
        if let Some(why) = self.refused(&call.needed) {
            return HttpConnectorFuture::ready(denied(&why));
        }
        let unlisted = self.refused(&[call.listing]);
        let inner = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let answer = inner.await?;
            match unlisted {
                Some(why) if answer.status().as_u16() == 404 => denied(&why),
                _ => Ok(answer),
            }
        })
    }
}

/// S3's refusal.
fn denied(why: &str) -> Result<HttpResponse, ConnectorError> {
    tracing::error!("{why}");
    answer(403, format!("<Error><Code>AccessDenied</Code><Message>{why}</Message></Error>"))
}

fn answer(status: u16, body: String) -> Result<HttpResponse, ConnectorError> {
    StatusCode::try_from(status)
        .map(|status| HttpResponse::new(status, SdkBody::from(body)))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn buckets() -> Buckets {
        Buckets { endpoint: "http://127.0.0.1:4002".into(), named: vec![("files".into(), "Bucket".into())] }
    }

    #[rstest]
    #[case::list("GET", "/files?list-type=2&prefix=incoming%2F", None, &["s3:ListBucket Bucket"])]
    #[case::list_with_a_slash("GET", "/files/?list-type=2", None, &["s3:ListBucket Bucket"])]
    #[case::get("GET", "/files/incoming/a%20b?x-id=GetObject", None, &["s3:GetObject Bucket/incoming/a b"])]
    #[case::head("HEAD", "/files/a", None, &["s3:GetObject Bucket/a"])]
    #[case::put("PUT", "/files/a?x-id=PutObject", None, &["s3:PutObject Bucket/a"])]
    #[case::copy("PUT", "/files/b?x-id=CopyObject", Some("files/a%2Fb"), &["s3:PutObject Bucket/b", "s3:GetObject Bucket/a/b"])]
    #[case::delete("DELETE", "/files/a?x-id=DeleteObject", None, &["s3:DeleteObject Bucket/a"])]
    #[case::upload_of_parts("POST", "/files/a?uploads", None, &["s3:PutObject Bucket/a"])]
    #[case::upload_given_up("DELETE", "/files/a?uploadId=1", None, &["s3:AbortMultipartUpload Bucket/a"])]
    #[case::another_bucket("GET", "/others/a", None, &["s3:GetObject others/a"])]
    #[case::what_nobody_knows("GET", "/files/a?acl", None, &["s3:an operation that the local stack does not know Bucket/a"])]
    #[case::many_deleted("POST", "/files?delete", None, &["s3:an operation that the local stack does not know Bucket"])]
    fn a_call_to_s3_needs(
        #[case] method: &str,
        #[case] path: &str,
        #[case] copied: Option<&str>,
        #[case] expected: &[&str],
    ) {
        let call = buckets().call(method, &format!("http://127.0.0.1:4002{path}"), copied).expect("a call to S3");
        let needed = call.needed.iter().map(|Allowed { action, resource }| format!("{action} {resource}"));
        assert_eq!(needed.collect::<Vec<_>>(), expected);
        assert_eq!(call.listing.action, "s3:ListBucket");
    }

    #[test]
    fn what_goes_elsewhere_needs_nothing() {
        for uri in ["http://127.0.0.1:4003/files/a", "http://127.0.0.1:40020/files/a"] {
            assert_eq!(buckets().call("GET", uri, None), None);
        }
    }

    #[rstest]
    #[case("Bucket", "Bucket", true)]
    #[case("Bucket", "Bucket/a", false)]
    #[case("Bucket/incoming/*", "Bucket/incoming/a/b", true)]
    #[case("Bucket/incoming/*", "Bucket/incoming/", true)]
    #[case("Bucket/incoming/*", "Bucket/files/a", false)]
    #[case("Bucket/*/notes.json", "Bucket/a/notes.json", true)]
    #[case("Bucket/*/notes.json", "Bucket/a/other.json", false)]
    fn a_star_stands_for_any_text(#[case] pattern: &str, #[case] resource: &str, #[case] covered: bool) {
        assert_eq!(covers(pattern, resource), covered);
    }

    /// An engine that has nothing.
    #[derive(Debug)]
    struct Empty;

    impl HttpConnector for Empty {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::ready(answer(404, String::new()))
        }
    }

    async fn status(allows: &[(&str, &str)], method: &str, path: &str) -> u16 {
        let allows =
            allows.iter().map(|(action, resource)| Allowed { action: (*action).into(), resource: (*resource).into() });
        let function = Function {
            logical_id: "F".into(),
            handler: "f".into(),
            routes: Vec::new(),
            environment: Default::default(),
            allows: allows.collect(),
        };
        let connector = PolicyConnector::new(function, buckets(), SharedHttpConnector::new(Empty));
        let request = http::Request::builder().method(method).uri(format!("http://127.0.0.1:4002{path}"));
        let request = request.body(SdkBody::empty()).expect("a request");
        let answer = connector.call(HttpRequest::try_from(request).expect("a request")).await;
        answer.expect("an answer").status().as_u16()
    }

    #[tokio::test]
    async fn only_who_may_list_learns_that_an_object_is_missing() {
        let (get, list) = (("s3:GetObject", "Bucket/a/*"), ("s3:ListBucket", "Bucket"));
        assert_eq!(status(&[], "GET", "/files/a/b").await, 403);
        assert_eq!(status(&[get], "GET", "/files/b/b").await, 403);
        assert_eq!(status(&[get], "PUT", "/files/a/b").await, 403);
        assert_eq!(status(&[get], "GET", "/files/a/b").await, 403);
        assert_eq!(status(&[get, list], "GET", "/files/a/b").await, 404);
    }
}
