//! What the template promises of the gateway, the table, the bucket, the logs and the alarms.

use super::PUBLIC;
use chrono::TimeDelta;
use rol_domain::settings::Settings;
use rol_local::template::Template;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn template() -> &'static Template {
    Template::load().expect("the template is readable")
}

fn resource(logical_id: &str) -> Value {
    let template = template();
    let found = template.resources().find(|(id, _)| *id == logical_id);
    found.map(|(_, resource)| resource.clone()).unwrap_or_else(|| panic!("no resource {logical_id}"))
}

/// The resources of a type, with their logical ids.
fn of_type(kind: &str) -> Vec<(String, Value)> {
    let template = template();
    let found = template.resources().filter(|(_, resource)| resource["Type"] == kind);
    found.map(|(id, resource)| (id.clone(), resource.clone())).collect()
}

/// What a parameter that is referred to is by default.
fn default_of(reference: &Value) -> i64 {
    let name = reference["Ref"].as_str().unwrap_or_else(|| panic!("no parameter: {reference}"));
    template().section("Parameters")[name]["Default"].as_i64().expect("a number")
}

#[test]
fn public_routes_accept_less_than_others() {
    let api = resource("Api");
    let settings = api["Properties"]["RouteSettings"].as_object().expect("settings of routes");
    let routes: BTreeSet<&str> = settings.keys().map(String::as_str).collect();
    assert_eq!(routes, PUBLIC.into());
    for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
        let others = default_of(&api["Properties"]["DefaultRouteSettings"][limit]);
        for (route, settings) in settings {
            assert!(default_of(&settings[limit]) < others, "{limit} of {route}");
        }
    }
}

#[test]
fn the_access_log_holds_no_path_query_address_or_credential() {
    let format = resource("Api")["Properties"]["AccessLogSettings"]["Format"].as_str().expect("a text").to_owned();
    let line: Value = serde_json::from_str(&format).expect("JSON");
    let found: BTreeSet<&str> =
        line.as_object().expect("an object").values().map(|value| value.as_str().expect("a variable")).collect();
    let harmless = [
        "error.responseType",
        "integrationErrorMessage",
        "integrationLatency",
        "integrationStatus",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "routeKey",
        "status",
    ]
    .map(|name| format!("$context.{name}"));
    assert_eq!(found, harmless.iter().map(String::as_str).collect());
}

#[test]
fn the_table_can_be_brought_back_and_hardly_be_lost() {
    let table = resource("Table");
    assert_eq!((&table["DeletionPolicy"], &table["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    let properties = &table["Properties"];
    assert_eq!(properties["DeletionProtectionEnabled"], true);
    assert_eq!(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(properties["SSESpecification"]["SSEEnabled"], true);
    assert_eq!(properties["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert_eq!(properties["TimeToLiveSpecification"], json!({"AttributeName": "ttl", "Enabled": true}));
    let indexes = properties["GlobalSecondaryIndexes"].as_array().expect("indexes");
    let names: Vec<&Value> = indexes.iter().map(|index| &index["IndexName"]).collect();
    assert_eq!(names, ["by-tenant", "by-completion", "by-expiry", "by-activity"]);
}

#[test]
fn the_bucket_is_private_encrypted_and_keeps_old_versions_for_a_while() {
    let bucket = resource("Bucket");
    assert_eq!((&bucket["DeletionPolicy"], &bucket["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    let properties = &bucket["Properties"];
    let blocked = properties["PublicAccessBlockConfiguration"].as_object().expect("an object");
    assert!(blocked.len() == 4 && blocked.values().all(|value| *value == true), "{blocked:?}");
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    assert_eq!(properties["VersioningConfiguration"]["Status"], "Enabled");
    let rules = properties["LifecycleConfiguration"]["Rules"].as_array().expect("rules");
    let expires = |rule: &&Value| rule["NoncurrentVersionExpiration"]["NoncurrentDays"].is_u64();
    let expiring: Vec<Value> =
        rules.iter().filter(expires).map(|rule| json!([rule["Status"], rule["Prefix"]])).collect();
    assert_eq!(expiring, [json!(["Enabled", "incoming/"]), json!(["Enabled", null])]);
}

/// A URL is signed without a call, so what it opens is nobody's to refuse at that moment.
#[test]
fn what_a_signed_url_does_its_function_may_do() {
    let functions = template().functions().expect("functions");
    let of = |name: &str| functions.iter().find(|function| function.handler == name).expect("a function").clone();
    assert!(of("attachments.declare").actions_on("Bucket/incoming/*").contains_key("s3:PutObject"));
    assert!(of("attachments.content").actions_on("Bucket/files/*").contains_key("s3:GetObject"));
}

#[test]
fn only_the_verdict_puts_files_where_they_are_served() {
    for function in template().functions().expect("functions") {
        let puts =
            function.allows.iter().any(|it| it.action == "s3:PutObject" && it.resource.starts_with("Bucket/files"));
        assert_eq!(puts, function.handler == "attachments.verify", "{}", function.handler);
    }
}

#[test]
fn uploads_are_looked_at_when_they_come_or_when_they_were_scanned_never_both() {
    let verify = &resource("AttachmentsVerifyFunction")["Properties"];
    let state = |name: &str| verify["Events"][name]["Properties"]["State"].clone();
    assert_eq!(state("Uploaded"), json!({"Fn::If": ["ScansUploads", "DISABLED", "ENABLED"]}));
    assert_eq!(state("Scanned"), json!({"Fn::If": ["ScansUploads", "ENABLED", "DISABLED"]}));
    assert_eq!(verify["Environment"]["Variables"]["SCAN_UPLOADS"], json!({"Ref": "ScanUploads"}));
    for id in ["ScanPlan", "ScanRole"] {
        assert_eq!(resource(id)["Condition"], "ScansUploads");
    }
    let bucket = json!({"BucketName": {"Ref": "Bucket"}, "ObjectPrefixes": ["incoming/"]});
    assert_eq!(resource("ScanPlan")["Properties"]["ProtectedResource"]["S3Bucket"], bucket);
    assert_eq!(
        resource("Bucket")["Properties"]["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"],
        true
    );
}

#[test]
fn an_event_that_nobody_took_is_parked_with_its_payload() {
    let retries = &resource("AttachmentsVerifyRetries")["Properties"];
    assert_eq!(retries["DestinationConfig"]["OnFailure"]["Destination"], json!({"Fn::GetAtt": ["Bucket", "Arn"]}));
    assert_eq!(retries["FunctionName"], json!({"Ref": "AttachmentsVerifyFunction"}));
}

#[test]
fn what_is_noted_of_the_audit_trail_can_be_neither_changed_nor_removed() {
    let bucket = resource("AuditCheckpointsBucket");
    assert_eq!((&bucket["DeletionPolicy"], &bucket["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    let properties = &bucket["Properties"];
    assert_eq!(properties["ObjectLockEnabled"], true);
    let retention = json!({"Mode": "COMPLIANCE", "Days": {"Ref": "AuditCheckpointsRetentionDays"}});
    assert_eq!(properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"], retention);
    assert_eq!(properties["VersioningConfiguration"]["Status"], "Enabled");
    let blocked = properties["PublicAccessBlockConfiguration"].as_object().expect("an object");
    assert!(blocked.len() == 4 && blocked.values().all(|value| *value == true), "{blocked:?}");
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    assert!(properties["LifecycleConfiguration"].is_null(), "nothing ends by itself");
    let statements = &resource("AuditCheckpointsBucketPolicy")["Properties"]["PolicyDocument"]["Statement"];
    let everyone = |sid: &str| {
        let found = statements.as_array().expect("statements").iter().find(|statement| statement["Sid"] == sid);
        let found = found.unwrap_or_else(|| panic!("no statement {sid}"));
        assert_eq!((&found["Effect"], &found["Principal"]), (&json!("Deny"), &json!("*")), "{sid}");
        assert!(found["Resource"].to_string().contains("${AuditCheckpointsBucket.Arn}/*"), "{sid}");
        found.clone()
    };
    let over = everyone("OnlyWhatIsNotThere");
    assert_eq!(
        (&over["Action"], &over["Condition"]),
        (&json!("s3:PutObject"), &json!({"Null": {"s3:if-none-match": "true"}}))
    );
    let removed = everyone("NothingIsRemoved");
    assert_eq!(removed["Action"], json!(["s3:DeleteObject", "s3:DeleteObjectVersion"]));
    assert!(removed["Condition"].is_null());
}

#[test]
fn heads_are_noted_only_where_a_parameter_says_so() {
    let parameter = template().section("Parameters")["AuditCheckpoints"].clone();
    assert_eq!((&parameter["Default"], &parameter["AllowedValues"]), (&json!("off"), &json!(["on", "off"])));
    for id in
        ["AuditCheckpointsBucket", "AuditCheckpointsBucketPolicy", "AuditCheckpointFunction", "AuditCheckpointsAlarm"]
    {
        assert_eq!(resource(id)["Condition"], "KeepsAuditCheckpoints", "{id}");
    }
    let name =
        resource("AuditVerifyFunction")["Properties"]["Environment"]["Variables"]["CHECKPOINTS_BUCKET_NAME"].clone();
    assert_eq!(name, json!({"Fn::If": ["KeepsAuditCheckpoints", {"Ref": "AuditCheckpointsBucket"}, ""]}));
    let schedules = template().schedules().expect("schedules");
    let daily = schedules.iter().find(|schedule| schedule.handler == "audit.checkpoint").expect("a schedule");
    assert_eq!(daily.every, TimeDelta::days(1));
    // What was noted is locked for as long as the trail is kept by default.
    let days = Settings::default().audit_retention_days;
    assert_eq!(template().section("Parameters")["AuditCheckpointsRetentionDays"]["Default"], days);
}

#[test]
fn the_buckets_speak_tls_only() {
    for bucket in ["Bucket", "AuditCheckpointsBucket"] {
        speaks_tls_only(bucket);
    }
}

fn speaks_tls_only(bucket: &str) {
    let policy = &resource(&format!("{bucket}Policy"))["Properties"];
    assert_eq!(policy["Bucket"], json!({"Ref": bucket}));
    let statements = policy["PolicyDocument"]["Statement"].as_array().expect("statements");
    let refuses = |statement: &&Value| {
        let plain = &statement["Condition"]["Bool"]["aws:SecureTransport"];
        statement["Effect"] == "Deny" && statement["Principal"] == "*" && *plain == "false"
    };
    let refusal = statements.iter().find(refuses).expect("what comes without TLS is denied");
    assert_eq!(refusal["Action"], "s3:*");
    let all = json!([{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": format!("${{{bucket}.Arn}}/*")}]);
    assert_eq!(refusal["Resource"], all);
}

#[test]
fn every_log_ends_when_the_parameter_says() {
    for (id, group) in of_type("AWS::Logs::LogGroup") {
        assert_eq!(group["Properties"]["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{id}");
    }
    let areas: BTreeSet<String> = of_type("AWS::Logs::LogGroup").into_iter().map(|(id, _)| id).collect();
    for (id, function) in of_type("AWS::Serverless::Function") {
        let group = function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"].as_str().expect("a log group");
        assert!(areas.contains(group) && id.starts_with(group.trim_end_matches("LogGroup")), "{id} logs to {group}");
    }
}

#[test]
fn alarms_watch_the_api_and_the_table_and_tell_whoever_wants_to_know() {
    let alarms = of_type("AWS::CloudWatch::Alarm");
    let told = json!({"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]});
    for (id, alarm) in &alarms {
        let properties = &alarm["Properties"];
        assert_eq!((&properties["AlarmActions"], &properties["OKActions"]), (&told, &told), "{id}");
    }
    let all = json!(alarms).to_string();
    for metric in ["5xx", "Latency", "ThrottledRequests", "SystemErrors"] {
        assert!(all.contains(metric), "no alarm watches {metric}");
    }
}
