//! Who may do what to whom: seven principals on every documented route, each with something of its own, of its group,
//! of another group and of another tenant. A route without a row fails.

mod entries;
mod faults;
mod rows;
mod world;

use crate::{support::Stack, template::PUBLIC};
use rol_local::openapi_document;
use rows::{ROWS, Row};
use rstest::rstest;
use std::collections::BTreeSet;
use world::{Outcome, PRINCIPALS, TARGETS, World};

/// Operation ids of the documented routes that are not public.
fn documented() -> BTreeSet<String> {
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    let operations = crate::template::operations(&document);
    let known = operations.into_iter().filter(|(route, _)| !PUBLIC.contains(&route.as_str()));
    known.map(|(_, operation)| operation["operationId"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn every_route_has_a_row() {
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(rows, documented());
    assert_eq!(rows.len(), ROWS.len(), "no route twice");
}

/// Tries a row's cells, in as many worlds as there are areas: they do not see each other.
#[rstest]
#[tokio::test]
async fn every_cell_is_as_the_table_says(
    #[values(
        "records",
        "activities",
        "attachments",
        "attributes",
        "people",
        "groups",
        "settings",
        "events",
        "audit",
        "api-keys",
        "meta"
    )]
    area: &str,
) {
    let stack = Stack::alone().await;
    let world = World::make(&stack).await;
    let rows: Vec<&Row> = ROWS.iter().filter(|row| row.operation.split('.').next() == Some(area)).collect();
    assert!(!rows.is_empty(), "{area} has rows");
    let mut wrong = Vec::new();
    for row in rows {
        for (principal, expected) in PRINCIPALS.into_iter().zip(row.expected()) {
            for (target, expected) in TARGETS.into_iter().zip(expected) {
                if expected == Outcome::NotAsked {
                    continue;
                }
                let (found, text) = world.ask(row.operation, principal, target).await;
                if found != expected {
                    wrong.push(format!(
                        "{} by {principal:?} on {target:?}: expected {expected:?}, {text}",
                        row.operation
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is another tenant's is not told apart from what does not exist: the answers are equal to the byte.
#[tokio::test]
async fn what_is_another_tenants_looks_missing() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let mut compared = 0;
    for row in ROWS {
        let Some((foreign, missing)) = world.foreign_and_missing(row.operation).await else { continue };
        assert_eq!(foreign.status, 404, "{}: {}", row.operation, foreign.text());
        assert_eq!(foreign.anonymous(), missing.anonymous(), "{}", row.operation);
        for id in ["lrn_", "key_01ARZ3NDEKTSV4RRFFQ69G5FAU", "a%2Fb", "%00"] {
            let malformed = world.send_to(row.operation, id).await;
            assert_eq!(malformed.anonymous(), missing.anonymous(), "{} of {id}", row.operation);
        }
        compared += 1;
    }
    let with_id = documented().len() - ROWS.iter().filter(|row| !world::names_something(row.operation)).count();
    assert_eq!(compared, with_id);
}
