//! `attach`: the whole way of a file, whether a stack runs or not.

use crate::support::Place;
use serde_json::json;
use std::path::Path;

const RECORD: &str = "lrn_01KDVDNA00A53GJ0QJ00000001";

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pdf/corpus").join(name);
    path.to_str().expect("a path").to_owned()
}

/// The id in a line `att_…  ready  plain.pdf`.
fn ready(printed: &str) -> &str {
    let words: Vec<&str> = printed.split_whitespace().collect();
    let [id, "ready", "plain.pdf"] = words.as_slice() else { panic!("{printed}") };
    id
}

#[test]
fn a_file_is_attached_to_a_state_that_nobody_uses_and_on_the_stack_that_runs() {
    let place = Place::new();
    let file = corpus("ordinary/by-hand/plain.pdf");
    let attach = ["attach", RECORD, file.as_str(), "--data-dir", "state"];
    let first = place.print(&attach);
    let stack = place.start_kept();
    let second = place.print(&attach);
    for printed in [first, second] {
        let path = format!("/v1/learning-records/{RECORD}/attachments/{}", ready(&printed));
        let found = stack.get(&path).json();
        assert_eq!(found["filename"], "plain.pdf");
        assert_eq!(stack.get(&format!("{path}/content")).status, 302);
    }
}

#[test]
fn what_is_no_pdf_is_said_to_be_none() {
    let place = Place::new();
    std::fs::write(place.path().join("x.pdf"), "no pdf").expect("written");
    let output = place.run(&["attach", RECORD, "x.pdf", "--data-dir", "state"]);
    let (said, printed) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert_eq!((output.status.code(), said.trim_end()), (Some(1), "error: 1 of 1 files did not become ready"));
    assert!(printed.contains("  rejected  x.pdf: expected a PDF, found "), "{printed}");
    let said = place.fail(&["attach", RECORD, "missing.pdf", "--data-dir", "state"]);
    assert!(said.starts_with("error: reading missing.pdf: "), "{said}");
}

#[test]
fn an_upload_whose_event_was_lost_with_the_process_is_looked_at_by_the_next() {
    let place = Place::new();
    let stack = place.start_kept();
    let files = format!("/v1/learning-records/{RECORD}/attachments");
    let body = json!({"files": [{"filename": "a.pdf", "size": 450}]});
    let declared = stack.ask(stack.at("api_key"), "POST", &files, &body).json()["data"][0].clone();
    let id = declared["id"].as_str().expect("an id");
    let key = format!("incoming/{}/{RECORD}/{id}", stack.at("tenant_id"));
    let object = place.path().join("state/s3/records-of-learning").join(key);
    stack.kill();
    // As after a crash between the upload and its event.
    std::fs::create_dir_all(object.parent().expect("a directory")).expect("made");
    std::fs::copy(corpus("ordinary/by-hand/plain.pdf"), object).expect("copied");
    let stack = place.start_kept();
    let verdict = (0..5_000).find_map(|_| {
        let state = stack.get(&format!("{files}/{id}")).json()["state"].clone();
        (state != "pending").then_some(state)
    });
    // Without the type that an upload has it is refused: it was looked at.
    assert_eq!(verdict, Some("rejected".into()));
}
