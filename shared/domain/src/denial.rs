//! Refused attempts: what is kept of a request that would have changed something and that its caller had no right to.

use crate::{change::Entity, limits::MAX_DENIAL_TARGET};

/// A refused attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// What the attempt was about.
    pub entity: Entity,
    /// What the request's path named, whether or not there is such a thing; empty where it named nothing.
    pub target: String,
    /// What was asked for: the name of the route's function, as in `records.patch`.
    pub operation: String,
    /// Why it was refused, as the caller was told.
    pub reason: String,
}

impl Denial {
    /// What is kept of an attempt; `None` where the operation is about nothing whose changes are told.
    pub fn of(operation: &str, target: &str, reason: &str) -> Option<Self> {
        let entity = entity_of(operation)?;
        let target = match entity {
            Entity::Settings => "settings",
            // A path may name thousands of characters, and any: no id has as many, and all are visible ASCII.
            _ if target.len() > MAX_DENIAL_TARGET || !target.bytes().all(|b| b.is_ascii_graphic()) => "",
            _ => target,
        };
        Some(Self { entity, target: target.into(), operation: operation.into(), reason: reason.into() })
    }
}

/// What an operation, `<area>.<verb>`, is about.
fn entity_of(operation: &str) -> Option<Entity> {
    let (area, verb) = operation.split_once('.')?;
    Some(match area {
        "records" => Entity::LearningRecord,
        "attributes" => Entity::Attribute,
        "people" => Entity::Person,
        "groups" if verb.ends_with("-grant") => Entity::Grant,
        "groups" => Entity::Group,
        "settings" => Entity::Settings,
        "activities" => Entity::Activity,
        "api-keys" => Entity::ApiKey,
        "attachments" => Entity::Attachment,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::record("records.patch", Some(Entity::LearningRecord))]
    #[case::group("groups.delete", Some(Entity::Group))]
    #[case::members("groups.change-members", Some(Entity::Group))]
    #[case::grant("groups.delete-grant", Some(Entity::Grant))]
    #[case::key("api-keys.create", Some(Entity::ApiKey))]
    #[case::activity("activities.patch", Some(Entity::Activity))]
    #[case::nothing_that_is_told("meta.health", None)]
    #[case::no_operation("records", None)]
    fn an_operation_says_what_it_is_about(#[case] operation: &str, #[case] entity: Option<Entity>) {
        assert_eq!(Denial::of(operation, "x", "y").map(|denial| denial.entity), entity);
    }

    #[rstest]
    #[case::at_the_limit(MAX_DENIAL_TARGET, MAX_DENIAL_TARGET)]
    #[case::past_it(MAX_DENIAL_TARGET + 1, 0)]
    fn what_is_named_is_kept_while_it_can_be_an_id(#[case] length: usize, #[case] kept: usize) {
        let denial = Denial::of("records.patch", &"x".repeat(length), "y").expect("it is about records");
        assert_eq!(denial.target.len(), kept);
    }

    #[rstest]
    #[case::line("a\r\nb")]
    #[case::bell("a\u{7}")]
    #[case::separator("a\u{2028}b")]
    #[case::right_to_left("a\u{202e}b")]
    #[case::blank("a b")]
    fn what_can_be_no_id_is_not_kept(#[case] target: &str) {
        let denial = Denial::of("people.patch", target, "y").expect("it is about people");
        assert_eq!(denial.target, "");
    }
}
