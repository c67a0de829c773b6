//! The table past the service: for what nobody may do through it.

use super::Stack;
use aws_smithy_runtime_api::{client::http::HttpConnector, client::orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use rol_domain::TenantId;
use serde_json::{Value, json};

impl Stack {
    /// Asks the engine itself, in DynamoDB's JSON.
    pub(crate) async fn table(&self, operation: &str, mut body: Value) -> Value {
        body["TableName"] = json!(self.engines.table);
        let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
        request.set_method("POST").expect("a method");
        request.set_uri(self.engines.dynamodb.as_str()).expect("a URL");
        let target = format!("DynamoDB_20120810.{operation}");
        for (name, value) in [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target.as_str())] {
            request.headers_mut().insert(name, value.to_owned());
        }
        // The engine looks whether there is a signature, and not what it says.
        request.headers_mut().insert("authorization", SIGNED);
        request.headers_mut().insert("x-amz-date", "20260101T000000Z");
        let answer = rol_runtime::connector(&self.engines.config()).call(request).await;
        let mut answer = answer.expect("the engine is there");
        let body = answer.take_body().collect().await.expect("a whole answer").to_bytes();
        let said: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(answer.status().as_u16(), 200, "{operation}: {said}");
        said
    }

    /// Puts an item past every rule.
    pub(crate) async fn put_item(&self, item: &Value) {
        self.table("PutItem", json!({"Item": item})).await;
    }

    /// Deletes an item past every rule.
    pub(crate) async fn delete_item(&self, item: &Value) {
        self.table("DeleteItem", json!({"Key": {"pk": item["pk"], "sk": item["sk"]}})).await;
    }

    /// Lets the table have a stream, or none.
    pub(crate) async fn keep_stream(&self, kept: bool) {
        let stream = match kept {
            true => json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}),
            false => json!({"StreamEnabled": false}),
        };
        self.table("UpdateTable", json!({"StreamSpecification": stream})).await;
    }

    /// The items of a chain of the audit trail, in order, the head last.
    pub(crate) async fn chain_items(&self, tenant: TenantId, chain: u8) -> Vec<Value> {
        let mut query = json!({
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": format!("T#{tenant}#AUD#{chain}")}},
        });
        let mut items = Vec::new();
        loop {
            let mut page = self.table("Query", query.clone()).await;
            items.extend(page["Items"].as_array().expect("items").iter().cloned());
            if page["LastEvaluatedKey"].is_null() {
                return items;
            }
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"].take();
        }
    }
}

const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
                      SignedHeaders=host;x-amz-date;x-amz-target, Signature=0";
