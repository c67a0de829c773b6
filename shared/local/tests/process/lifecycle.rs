//! Starting, stopping, crashing, starting again.

use crate::support::{Place, send, try_send};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::Write,
    net::{TcpListener, TcpStream},
    process::Command,
    sync::mpsc,
    thread,
};

#[test]
fn the_ready_file_says_where_everything_is() {
    let place = Place::new();
    let stack = place.start_kept();
    let names: BTreeSet<&str> = stack.ready.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected =
        ["api_key", "base_url", "bucket", "dynamodb_endpoint", "jwt_issuer", "s3_endpoint", "table", "tenant_id"];
    assert_eq!(names, expected.into());

    assert_eq!(send("GET", &format!("{}/health", stack.at("base_url")), &[], b"").status, 200);
    let me = stack.get("/v1/me").json();
    assert_eq!((&me["tenant_id"], &me["role"]), (&stack.ready["tenant_id"], &json!("admin")));
    let keys = send("GET", &format!("{}/.well-known/jwks.json", stack.at("jwt_issuer")), &[], b"").json();
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1), "{keys}");
    let tables = dynamodb(stack.at("dynamodb_endpoint"), "ListTables", &json!({}));
    assert_eq!(tables["TableNames"], json!([stack.at("table")]));
    let unsigned = send("GET", &format!("{}/{}", stack.at("s3_endpoint"), stack.at("bucket")), &[], b"");
    assert_eq!(unsigned.status, 403, "{}", unsigned.text());
    assert!(unsigned.text().contains("AccessDenied"), "{}", unsigned.text());

    let printed = stack.printed.join("\n");
    for name in expected {
        assert!(printed.contains(stack.at(name)), "{name} is not printed: {printed}");
    }
}

fn dynamodb(endpoint: &str, operation: &str, request: &Value) -> Value {
    let target = format!("DynamoDB_20120810.{operation}");
    let authorization = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
                         SignedHeaders=host, Signature=0";
    let headers = [
        ("x-amz-target", target.as_str()),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-date", "20260101T000000Z"),
        ("authorization", authorization),
    ];
    let answer = send("POST", endpoint, &headers, request.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn the_table_is_the_templates() {
    let place = Place::new();
    let stack = place.start_kept();
    let endpoint = stack.at("dynamodb_endpoint");
    let found = dynamodb(endpoint, "DescribeTable", &json!({"TableName": stack.at("table")}));
    let wanted = rol_local::template::Template::load().and_then(|template| template.create_table(stack.at("table")));
    let wanted = wanted.expect("a table");
    assert_eq!(found["Table"]["KeySchema"], wanted["KeySchema"]);
    assert_eq!(found["Table"]["StreamSpecification"], wanted["StreamSpecification"]);
    let indexes = |of: &Value| -> BTreeSet<String> {
        let indexes = of["GlobalSecondaryIndexes"].as_array().expect("indexes").iter();
        indexes.map(|index| format!("{} {} {}", index["IndexName"], index["KeySchema"], index["Projection"])).collect()
    };
    assert_eq!(indexes(&found["Table"]), indexes(&wanted));
    assert_eq!(indexes(&wanted).len(), 4);
    let ttl = dynamodb(endpoint, "DescribeTimeToLive", &json!({"TableName": stack.at("table")}));
    assert_eq!(ttl["TimeToLiveDescription"], json!({"AttributeName": "ttl", "TimeToLiveStatus": "ENABLED"}));
}

#[test]
fn every_fresh_state_has_the_same_demo_tenant() {
    let (one, other) = (Place::new(), Place::new());
    let (one, other) = (one.start_kept(), other.start_kept());
    for name in ["tenant_id", "api_key", "table", "bucket"] {
        assert_eq!(one.at(name), other.at(name));
    }
    assert_ne!(one.at("base_url"), other.at("base_url"));
    let records = |of: &crate::support::Stack| {
        let list = of.get("/v1/learning-records?person_id=ada@example.com").json();
        let ids = list["data"].as_array().expect("records").iter().map(|record| record["id"].to_string());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(records(&one), records(&other));
    assert_eq!(records(&one).len(), 3);
}

#[test]
fn ctrl_c_stops_it_cleanly_and_its_records_are_there_again() {
    let place = Place::new();
    for signal in ["INT", "TERM"] {
        let stack = place.start_kept();
        let path = stack.make_record(signal);
        let made = stack.get(&path).json();
        let (status, rest) = stack.stop(signal);
        assert_eq!((status.code(), rest), (Some(0), vec!["stopped".to_owned()]), "{signal}");
        let again = place.start_kept();
        assert_eq!(again.get(&path).json(), made, "{signal}");
    }
}

#[test]
fn a_crash_loses_no_record_that_was_acknowledged() {
    let place = Place::new();
    let stack = place.start_kept();
    let (url, key) = (format!("{}/v1/learning-records", stack.at("base_url")), stack.at("api_key").to_owned());
    let (send, made) = mpsc::channel();
    let writer = thread::spawn(move || {
        let authorization = format!("Bearer {key}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = br#"{"person_id": "grace", "title": "x"}"#;
        // Until nobody answers any longer.
        while let Ok(answer) = try_send("POST", &url, &headers, body) {
            assert_eq!(answer.status, 201, "{}", answer.text());
            send.send(answer.header("location").expect("a location").to_owned()).expect("somebody counts");
        }
    });
    let mut paths: Vec<String> = made.iter().take(20).collect();
    stack.kill();
    writer.join().expect("only acknowledged records");
    paths.extend(made.try_iter());
    assert!(paths.len() >= 20);
    let again = place.start_kept();
    for path in paths {
        assert_eq!(again.get(&path).status, 200, "{path}");
    }
}

#[test]
fn an_ephemeral_stack_leaves_nothing_behind() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let path = stack.make_record("x");
    let temporary = || std::fs::read_dir(place.temporary()).expect("a directory").count();
    assert_eq!(temporary(), 1, "S3's objects");
    let (status, _) = stack.stop("INT");
    assert_eq!((status.code(), temporary()), (Some(0), 0));
    let left = std::fs::read_dir(place.path()).expect("a directory").map(|entry| entry.expect("an entry").file_name());
    let left: BTreeSet<String> = left.map(|name| name.into_string().expect("a name")).collect();
    assert_eq!(left, ["ready.json".to_owned(), "tmp".to_owned()].into());
    assert_eq!(place.start(&["--ephemeral"]).get(&path).status, 404);
}

#[test]
fn an_unfinished_request_does_not_keep_it_from_stopping() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let mut silent = TcpStream::connect(("127.0.0.1", stack.port().parse().expect("a port"))).expect("a connection");
    silent.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nx-half").expect("a listener");
    // An answer to a later connection: the earlier one has been accepted.
    assert_eq!(stack.get("/v1/me").status, 200);
    let (status, rest) = stack.stop("INT");
    assert_eq!((status.code(), rest), (Some(0), vec!["stopped".to_owned()]));
    drop(silent);
}

#[test]
fn a_taken_port_is_named() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    std::fs::write(place.path().join("ready.json"), "of an earlier run").expect("a file");
    let said = place.fail(&["--port", &port, "--data-dir", "state", "--ready-file", "ready.json"]);
    let expected = format!(
        "error: port {port} of 127.0.0.1 is taken, so the API cannot listen there: stop what uses it, or name another \
         --port (0 takes any free ones)"
    );
    assert_eq!(said, expected);
    assert!(!place.path().join("ready.json").exists(), "nothing is ready");
}

#[test]
fn a_data_directory_belongs_to_one_stack() {
    let place = Place::new();
    let stack = place.start_kept();
    let said = place.fail(&["--port", "0", "--data-dir", "state"]);
    assert_eq!(
        said,
        "error: state is in use by another stack: stop it, or name another --data-dir, or use --ephemeral"
    );
    assert_eq!(stack.get("/v1/me").status, 200, "the first one does not mind");
    stack.kill();
    place.start_kept();
}

#[test]
fn a_port_without_room_for_the_other_three_is_refused() {
    let place = Place::new();
    let output = place.run(&["--port", "65533", "--ephemeral"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("65533 is not in 0..=65532"), "{said}");
}

#[test]
fn the_printed_curl_line_works_when_pasted() {
    let place = Place::new();
    let stack = place.start_kept();
    let lines: Vec<&String> = stack.printed.iter().filter(|line| line.trim_start().starts_with("curl ")).collect();
    let [line] = lines[..] else { panic!("expected one line with curl, found {lines:?}") };
    // Read as a shell would, so that the line is checked where there is no curl.
    let words = words(line);
    let after = |option: &str| -> Vec<&str> {
        words.windows(2).filter(|pair| pair[0] == option).map(|pair| pair[1].as_str()).collect()
    };
    let headers: Vec<(&str, &str)> = after("-H").iter().filter_map(|header| header.split_once(": ")).collect();
    assert_eq!((&words[..2], headers.len()), (["curl", "-i"].map(str::to_owned).as_slice(), 2));
    let answer = send("POST", &words[2], &headers, after("-d")[0].as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());

    if Command::new("curl").arg("--version").output().is_ok() {
        let output = Command::new("sh").args(["-c", line]).output().expect("a shell");
        let answered = String::from_utf8(output.stdout).expect("a text");
        assert!(answered.starts_with("HTTP/1.1 201 Created\r\n"), "{answered}");
    }
    let list = stack.get("/v1/learning-records?person_id=ada@example.com").json();
    let titles = list["data"].as_array().expect("records").iter().filter(|record| record["title"] == "First aid");
    assert!(titles.count() >= 1, "{list}");
}

/// The words of a line in which some are in single quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.trim().split('\'').enumerate();
    let words =
        parts.flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
    words.map(str::to_owned).collect()
}
