//! The bucket's events through `EventBridge`: something was uploaded, or scanned for malware. Each comes at least once.

use rol_app::{App, Scan, Upload};
use rol_domain::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// An event, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Event {
    id: String,
    #[serde(flatten)]
    told: Told,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
enum Told {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>
    #[serde(rename = "Object Created")]
    Created { object: Object },
    /// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>
    #[serde(rename = "GuardDuty Malware Protection Object Scan Result", rename_all = "camelCase")]
    Scanned { s3_object_details: Details, scan_result_details: Outcome },
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    object_key: String,
    e_tag: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    scan_result_status: String,
}

/// Gives the verdict on what an event tells of. Where that fails, Lambda tries again and in the end parks the event.
pub(crate) async fn verify(app: App, event: Value) -> Result<Value> {
    if let Some(upload) = read(event)? {
        app.verify_upload(&upload).await?;
    }
    Ok(json!({}))
}

/// # Errors
/// [`Error::Internal`] where it is none of the two events.
fn read(event: Value) -> Result<Option<Upload>> {
    let event = Event::deserialize(event).map_err(|error| Error::internal("reading an event of the bucket", error))?;
    let (key, scan) = match event.told {
        Told::Created { object } => (object.key, None),
        Told::Scanned { s3_object_details: Details { object_key, e_tag }, scan_result_details } => {
            let scan = match scan_result_details.scan_result_status.as_str() {
                "NO_THREATS_FOUND" => Scan::Clean(e_tag),
                "THREATS_FOUND" => Scan::Malware,
                "UNSUPPORTED" => Scan::NotScannable,
                // It could not be read this time: what was not scanned stays unread.
                _ => return Ok(None),
            };
            (object_key, Some(scan))
        }
    };
    Ok(Some(Upload { key, scan, event_id: event.id }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn scanned(status: &str) -> Value {
        json!({
            "id": "e1", "source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "detail": {
                "schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
                "s3ObjectDetails": {
                    "bucketName": "b", "objectKey": "incoming/x", "eTag": "t", "versionId": "v", "s3Throttled": false
                },
                "scanResultDetails": {"scanResultStatus": status, "threats": null},
            },
        })
    }

    #[rstest]
    #[case("NO_THREATS_FOUND", Some(Scan::Clean("t".into())))]
    #[case("THREATS_FOUND", Some(Scan::Malware))]
    #[case("UNSUPPORTED", Some(Scan::NotScannable))]
    #[case("ACCESS_DENIED", None)]
    #[case("FAILED", None)]
    fn a_scan_tells_what_it_found(#[case] status: &str, #[case] scan: Option<Scan>) {
        let upload = scan.map(|scan| Upload { key: "incoming/x".into(), scan: Some(scan), event_id: "e1".into() });
        assert_eq!(read(scanned(status)).expect("an event"), upload);
    }

    #[test]
    fn another_event_is_a_failure() {
        for event in [json!({}), json!({"id": "1", "detail-type": "Object Deleted", "detail": {}})] {
            assert!(read(event).is_err());
        }
    }
}
