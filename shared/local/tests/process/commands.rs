//! `invoke`, `token`, `tenant create`: on the state of a stack, whether it runs or not.

use crate::support::{Place, Stack};
use serde_json::{Value, json};
use std::path::Path;

/// The event file that the commands in `shared/local/README.md` use.
fn create_event() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/records/create.json");
    path.to_str().expect("a path").to_owned()
}

fn invoke(place: &Place, on: &[&str]) -> Value {
    let event = create_event();
    let printed = place.print(&[&["invoke", "records.create", event.as_str()], on].concat());
    let answer: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(answer["statusCode"], 201, "{answer}");
    serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON")
}

fn path_of(record: &Value) -> String {
    format!("/v1/learning-records/{}", record["id"].as_str().expect("an id"))
}

#[test]
fn an_event_runs_through_the_real_handler_on_a_state_that_nobody_uses() {
    let place = Place::new();
    let made = invoke(&place, &["--data-dir", "state"]);
    assert_eq!(made["title"], "AWS Certified Developer – Associate");
    assert_eq!(place.start_kept().get(&path_of(&made)).json(), made);
}

#[test]
fn an_event_runs_on_the_stack_that_runs() {
    let place = Place::new();
    let stack = place.start_kept();
    let made = invoke(&place, &["--data-dir", "state"]);
    assert_eq!(stack.get(&path_of(&made)).json(), made);
}

#[test]
fn an_event_runs_on_an_ephemeral_stack() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let made = invoke(&place, &["--stack", "ready.json"]);
    assert_eq!(stack.get(&path_of(&made)).json(), made);
}

#[test]
fn what_cannot_be_invoked_is_named() {
    let place = Place::new();
    let on = ["--data-dir", "state"];
    let event = create_event();
    let said = place.fail(&[&["invoke", "records.creat", event.as_str()], on.as_slice()].concat());
    assert!(said.starts_with("error: expected a function of the template ("), "{said}");
    assert!(said.contains("records.create, "), "{said}");
    assert!(said.ends_with("found \"records.creat\"") && !said.contains('\n'), "{said}");
    let said = place.fail(&[&["invoke", "records.create", "nothing.json"], on.as_slice()].concat());
    assert!(said.starts_with("error: reading nothing.json: ") && !said.contains('\n'), "{said}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = place.command(&["openapi"]).stdout(writer).output().expect("a process");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

fn me(stack: &Stack, credential: &str) -> Value {
    let answer = stack.ask(credential, "GET", "/v1/me", &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_token_is_who_it_says() {
    let place = Place::new();
    let stack = place.start_kept();
    let on = ["--data-dir", "state"];
    let token = place.print(&[&["token", "--sub", "ada@example.com", "--role", "manager"], on.as_slice()].concat());
    let found = me(&stack, &token);
    assert_eq!(found["tenant_id"], stack.ready["tenant_id"]);
    assert_eq!((&found["role"], &found["app_id"]), (&json!("manager"), &Value::Null));
    assert!(found.to_string().contains("ada@example.com"), "{found}");

    let arguments = ["token", "--sub", "hr", "--role", "application", "--app", "hr-system", "--scope", "records:read"];
    let found = me(&stack, &place.print(&[arguments.as_slice(), on.as_slice()].concat()));
    assert_eq!((&found["role"], &found["app_id"]), (&json!("application"), &json!("hr-system")));
}

#[test]
fn a_token_works_after_a_restart_on_other_ports() {
    let place = Place::new();
    let first = place.start_kept();
    let before = first.at("jwt_issuer").to_owned();
    first.stop("INT");
    let stack = place.start_kept();
    assert_ne!(stack.at("jwt_issuer"), before);
    let token = place.print(&["token", "--sub", "ada", "--role", "admin", "--data-dir", "state"]);
    assert_eq!(me(&stack, &token)["tenant_id"], stack.ready["tenant_id"]);
}

fn create_tenant(place: &Place, on: &[&str]) -> Value {
    let printed = place.print(&[&["tenant", "create", "--name", "Acme"], on].concat());
    serde_json::from_str(&printed).expect("JSON")
}

#[test]
fn another_tenant_has_a_key_and_nothing_of_the_first_one() {
    let place = Place::new();
    let stack = place.start_kept();
    let on = ["--data-dir", "state"];
    let made = create_tenant(&place, &on);
    let (key, tenant) = (made["key"].as_str().expect("a key"), made["tenant_id"].as_str().expect("an id"));
    assert_ne!(tenant, stack.at("tenant_id"));
    let found = me(&stack, key);
    assert_eq!((&found["tenant_id"], &found["role"]), (&json!(tenant), &json!("admin")));

    let theirs = stack.make_record("of the demo tenant");
    assert_eq!(stack.ask(key, "GET", &theirs, &Value::Null).status, 404);
    let list = stack.ask(key, "GET", "/v1/learning-records?person_id=grace", &Value::Null).json();
    assert_eq!(list["data"], json!([]));
    let body = json!({"person_id": "grace", "title": "of the other tenant"});
    let own = stack.ask(key, "POST", "/v1/learning-records", &body);
    assert_eq!((own.status, &own.json()["tenant_id"]), (201, &json!(tenant)));
    assert_eq!(stack.get(own.header("location").expect("a location")).status, 404);

    let arguments = ["token", "--sub", "eve", "--role", "manager", "--tenant", tenant];
    let token = place.print(&[arguments.as_slice(), on.as_slice()].concat());
    assert_eq!(me(&stack, &token)["tenant_id"], tenant);
}

#[test]
fn a_tenant_made_while_nothing_runs_is_there_afterwards() {
    let place = Place::new();
    let made = create_tenant(&place, &["--data-dir", "state"]);
    let stack = place.start_kept();
    assert_eq!(me(&stack, made["key"].as_str().expect("a key"))["tenant_id"], made["tenant_id"]);
    let tenant = made["tenant_id"].as_str().expect("an id");
    let token = place.print(&["token", "--sub", "eve", "--role", "admin", "--tenant", tenant, "--data-dir", "state"]);
    assert_eq!(me(&stack, &token)["tenant_id"], tenant);
}
