//! The table past every rule, as somebody reaches it who may write it.

use super::Stack;
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// The engine wants a signature, and takes any.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=x";

impl Stack {
    /// Calls DynamoDB itself: `PutItem`, `Query`, …, on the table.
    pub(crate) async fn table(&self, operation: &str, mut request: Value) -> Value {
        request["TableName"] = json!(self.engines.table);
        let call = http::Request::builder()
            .method("POST")
            .uri(&self.engines.dynamodb)
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", SIGNED)
            .body(SdkBody::from(request.to_string()))
            .expect("a request");
        let connector = rol_runtime::connector(&self.engines.config());
        let mut answer = connector.call(HttpRequest::try_from(call).expect("a request")).await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.take_body().collect().await.expect("a body").to_bytes();
        let answer = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }
}
