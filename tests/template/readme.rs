//! The tables of `functions/README.md` list what there is.

use rol_local::lambdas;
use std::collections::BTreeSet;

/// The first cells of all table rows that start with code.
fn cells() -> Vec<&'static str> {
    let readme = include_str!("../../functions/README.md");
    readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |")).map(|(cell, _)| cell).collect()
}

/// The route keys of a cell such as `GET, DELETE /v1/people/{id}`.
fn route_keys(cell: &str) -> Vec<String> {
    let Some((methods, path)) = cell.split_once(" /") else { return Vec::new() };
    methods.split(", ").map(|method| format!("{method} /{path}")).collect()
}

#[test]
fn every_route_is_listed_once() {
    let mut listed: Vec<String> = cells().into_iter().flat_map(route_keys).collect();
    listed.sort();
    let expected: BTreeSet<String> = lambdas().filter_map(|lambda| Some(lambda.documented()?.key)).collect();
    assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_lambda_without_a_route_is_listed() {
    for lambda in lambdas().filter(|lambda| lambda.is_task()) {
        assert!(cells().contains(&lambda.name), "{}", lambda.name);
    }
}
