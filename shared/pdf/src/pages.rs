//! The page tree (ISO 32000-2, 7.7.3).

use crate::{
    Refusal,
    budget::Budget,
    cross_reference::CrossReference,
    limits::STEPS_PER_LOOKUP,
    objects::{Kind, Object, Objects},
};
use std::collections::HashSet;

/// Checks that the catalog leads to a page.
///
/// # Errors
/// [`Refusal::BrokenReferences`] where there is no catalog or the page tree loops; [`Refusal::NoPages`] where it has no
/// page; [`Refusal::TooComplex`] past the budget.
pub(crate) fn check(cross_reference: &CrossReference, objects: &Objects, budget: &Budget) -> Result<(), Refusal> {
    let find = |number: u32| cross_reference.find(number, objects);
    let catalog = cross_reference.root().map_or(Ok(None), find)?;
    let Some(Object { kind: Kind::Catalog(tree), .. }) = catalog else { return Err(Refusal::BrokenReferences) };
    let mut pending: Vec<u32> = tree.iter().copied().collect();
    let mut visited = HashSet::new();
    let mut has_page = false;
    while let Some(number) = pending.pop() {
        budget.steps.take(STEPS_PER_LOOKUP)?;
        let (node, kids) = match find(number)?.map(|node| node.kind) {
            Some(Kind::Page) => {
                has_page = true;
                continue;
            }
            Some(Kind::Pages(kids)) => (number, kids),
            Some(Kind::PagesListedBy(list)) => match find(list)?.map(|list| list.kind) {
                Some(Kind::Array(kids)) => (list, kids),
                _ => continue,
            },
            _ => continue,
        };
        // Two nodes with one list of children are as bad as a loop.
        if !visited.insert(node) {
            return Err(Refusal::BrokenReferences);
        }
        pending.extend(objects.references(kids));
    }
    if has_page { Ok(()) } else { Err(Refusal::NoPages) }
}
