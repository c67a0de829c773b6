//! Read-only fields that a client sends back: ignored while they are what the entity shows, refused otherwise.

use crate::{
    caller::Cx,
    error::{Error, FieldErrors, Result, pointer_token},
    stamp::STAMP_FIELDS,
};
use serde_json::{Map, Value, json};

/// What a client sent of fields that its request cannot set, by their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadOnlyFields(Map<String, Value>);

impl ReadOnlyFields {
    /// Takes from `rest` the fields of the stamp and those of `names`.
    pub fn take(rest: &mut Map<String, Value>, names: &[&str]) -> Self {
        let names = STAMP_FIELDS.iter().chain(names);
        Self(names.filter_map(|name| rest.remove_entry(*name)).collect())
    }

    /// What was sent for one of the fields.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// # Errors
    /// [`Error::Denied`] where it names another tenant than the caller's.
    pub fn check_tenant(&self, cx: &Cx) -> Result<()> {
        match self.get("tenant_id") {
            Some(tenant) if *tenant != json!(cx.tenant) => Err(Error::Denied("the record names another tenant".into())),
            _ => Ok(()),
        }
    }

    /// Every field that differs from what the entity shows: `shown` gives a field's value by its name.
    pub fn check(&self, shown: impl Fn(&str) -> Value) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (name, sent) in &self.0 {
            let shown = shown(name);
            if *sent != shown {
                errors.body(
                    pointer_token(name),
                    format_args!("expected {shown} or nothing, found {sent}: this request cannot set it"),
                );
            }
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_refused() {
        let mut rest =
            Map::from_iter([("id".into(), json!("a")), ("version".into(), json!(2)), ("x".into(), json!(1))]);
        let sent = ReadOnlyFields::take(&mut rest, &["id", "kind"]);
        assert_eq!(rest, Map::from_iter([("x".into(), json!(1))]));
        let shown = json!({"id": "a", "version": 3, "kind": "k"});
        assert_eq!(sent.check(|name| shown[name].clone()).pointers(), ["/version"]);
    }
}
