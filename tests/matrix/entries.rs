//! Who may write whose entry of the directory, and what the person's token is worth afterwards.
//!
//! A word is the status of a refused write, or what the token then is: a role, or `401` where it is refused. `-`: there
//! is no such person.

use crate::support::{Caller, Stack, Tenant};
use chrono::TimeDelta;
use rol_domain::{Role, limits::DIRECTORY_CACHE_S};
use rstest::rstest;
use serde_json::{Value, json};

/// The entry as it is before it is written.
#[derive(Debug, Clone, Copy)]
enum Entry {
    /// It bounds nothing, and the person's token has the role that the column says.
    Open,
    /// An admin set `role` to the role that the column says, below the person's token, which is an admin's.
    CappedByAdmin,
    /// A manager set `role` to `student`, and the person's token has the role that the column says.
    CappedByManager,
    /// An application set `status` to `blocked`, and the person's token has the role that the column says.
    BlockedByApplication,
}

/// What is written.
#[derive(Debug, Clone, Copy)]
enum Write {
    Rename,
    Block,
    Unblock,
    Lower,
    Clear,
    Delete,
}

const COLUMNS: [&str; 5] = ["self", "lower", "equal", "higher", "unknown"];

/// The role that a column means for who writes; `unknown` is an admin without an entry.
fn role(writer: &str, column: &str) -> Option<Role> {
    Some(match (writer, column) {
        ("admin", "self" | "equal") | ("manager", "higher") | (_, "unknown") => Role::Admin,
        ("admin", "lower") | ("manager", "self" | "equal") | ("application", "higher") => Role::Manager,
        ("manager", "lower") | ("application", "equal") => Role::Educator,
        ("application", "lower") => Role::Student,
        _ => return None,
    })
}

async fn me(caller: &Caller<'_>) -> String {
    let answer = caller.get("/v1/me").send().await;
    match answer.status.as_u16() {
        200 => answer.json()["role"].as_str().expect("a role").to_owned(),
        status => status.to_string(),
    }
}

/// Makes an entry with what `set` says, by a caller who may.
async fn make(caller: &Caller<'_>, id: &str, set: Value) {
    let mut body = json!({"id": id});
    body.as_object_mut().expect("an object").extend(set.as_object().expect("an object").clone());
    let answer = caller.post("/v1/people", &body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

fn client<'a>(tenant: &Tenant<'a>) -> Caller<'a> {
    tenant.caller("client", Role::Application, Some("hr"), Some("directory:write"))
}

/// What becomes of one write; the word of the table.
async fn outcome(stack: &Stack, writer: &str, entry: Entry, write: Write, column: &str) -> String {
    let tenant = stack.tenant().await;
    let Some(meant) = role(writer, column) else { return "-".to_owned() };
    let id = if column == "self" { "self" } else { "eve" };
    let token = if matches!(entry, Entry::CappedByAdmin) { Role::Admin } else { meant };
    if column != "unknown" {
        match entry {
            Entry::Open => make(&tenant.admin(), id, json!({})).await,
            Entry::CappedByAdmin => make(&tenant.admin(), id, json!({"role": meant})).await,
            Entry::CappedByManager => make(&tenant.manager(), id, json!({"role": "student"})).await,
            Entry::BlockedByApplication => make(&client(&tenant), id, json!({"status": "blocked"})).await,
        }
    }
    let person = tenant.caller(id, token, None, None);
    let caller = match (writer, column) {
        (_, "self") => tenant.caller(id, token, None, None),
        ("admin", _) => tenant.admin(),
        ("manager", _) => tenant.manager(),
        _ => client(&tenant),
    };
    let set = match write {
        Write::Rename => json!({"name": "Eve"}),
        Write::Block => json!({"status": "blocked"}),
        Write::Unblock => json!({"status": "active"}),
        Write::Lower => json!({"role": "student"}),
        Write::Clear => json!({"role": null}),
        Write::Delete => Value::Null,
    };
    let path = format!("/v1/people/{id}");
    let answer = match write {
        Write::Delete => caller.delete(path).send().await,
        _ if column == "unknown" => {
            make(&caller, id, set).await;
            stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
            return me(&person).await;
        }
        _ => caller.patch(path, &set).send().await,
    };
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    if answer.status.is_success() { me(&person).await } else { answer.status.as_u16().to_string() }
}

#[rstest]
//                                                      self     lower    equal    higher  unknown
#[case::a_name(
    Entry::Open,
    Write::Rename,
    "
    admin                                               admin    manager  admin    -       admin
    manager                                             manager  educator manager  admin   admin
    application                                         -        student  educator manager admin"
)]
#[case::a_block(
    Entry::Open,
    Write::Block,
    "
    admin                                               401      401      401      -       401
    manager                                             401      401      401      admin   admin
    application                                         -        401      401      manager admin"
)]
#[case::a_lower_role(
    Entry::Open,
    Write::Lower,
    "
    admin                                               student  student  student  -       student
    manager                                             student  student  student  admin   admin
    application                                         -        student  student  manager admin"
)]
#[case::a_deletion(
    Entry::Open,
    Write::Delete,
    "
    admin                                               admin    manager  admin    -       404
    manager                                             manager  educator manager  admin   404
    application                                         -        student  educator manager 404"
)]
#[case::a_name_of_who_is_capped(
    Entry::CappedByAdmin,
    Write::Rename,
    "
    admin                                               admin    manager  admin    -       admin
    manager                                             manager  educator manager  403     admin
    application                                         -        student  educator 403     admin"
)]
#[case::a_lower_role_of_who_is_capped(
    Entry::CappedByAdmin,
    Write::Lower,
    "
    admin                                               student  student  student  -       student
    manager                                             403      403      403      403     admin
    application                                         -        student  403      403     admin"
)]
#[case::no_role_of_who_is_capped(
    Entry::CappedByAdmin,
    Write::Clear,
    "
    admin                                               admin    admin    admin    -       admin
    manager                                             403      403      403      403     admin
    application                                         -        403      403      403     admin"
)]
#[case::a_deletion_of_who_is_capped(
    Entry::CappedByAdmin,
    Write::Delete,
    "
    admin                                               admin    admin    admin    -       404
    manager                                             403      403      403      403     404
    application                                         -        403      403      403     404"
)]
#[case::no_role_of_who_a_manager_capped(
    Entry::CappedByManager,
    Write::Clear,
    "
    admin                                               admin    manager  admin    -       admin
    manager                                             403      educator manager  admin   admin
    application                                         -        403      403      403     admin"
)]
#[case::a_deletion_of_who_a_manager_capped(
    Entry::CappedByManager,
    Write::Delete,
    "
    admin                                               admin    manager  admin    -       404
    manager                                             403      educator manager  admin   404
    application                                         -        403      403      403     404"
)]
#[case::an_end_of_an_applications_block(
    Entry::BlockedByApplication,
    Write::Unblock,
    "
    admin                                               admin    manager  admin    -       admin
    manager                                             manager  educator manager  admin   admin
    application                                         -        student  educator manager admin"
)]
#[tokio::test]
async fn an_entry_raises_nobody_above_its_writer_and_binds_nobody_above_them(
    #[case] entry: Entry,
    #[case] write: Write,
    #[case] table: &str,
) {
    let stack = Stack::start();
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let writer = words.next().expect("who writes");
        for (column, expected) in COLUMNS.into_iter().zip(words) {
            let found = outcome(&stack, writer, entry, write, column).await;
            if found != expected {
                wrong.push(format!("{write:?} by {writer} on {column}: expected {expected}, found {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
