//! What only the server sets and a client sends back: ignored while it is as it was shown, refused otherwise.

use rol_domain::{Error, FieldErrors, Result, error::pointer_token};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a client sent of the fields that this request cannot set.
#[derive(Debug, Default)]
pub struct SentBack(Map<String, Value>);

impl SentBack {
    /// Takes these fields from what no other field of a body took.
    pub fn take<'a>(rest: &mut Map<String, Value>, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().filter_map(|name| rest.remove_entry(name)).collect())
    }

    /// Every field that differs from what is shown.
    ///
    /// # Errors
    /// Where the view is no JSON.
    pub fn check(&self, view: &impl Serialize) -> Result<FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.0.is_empty() {
            return Ok(errors);
        }
        let shown = serde_json::to_value(view).map_err(|error| Error::internal("showing what is there", error))?;
        for (name, sent) in &self.0 {
            let shown = &shown[name];
            if sent != shown {
                let why = format_args!("expected {shown} or nothing, found {sent}: this request cannot set it");
                errors.body(pointer_token(name), why);
            }
        }
        Ok(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_refused() {
        let mut rest =
            Map::from_iter([("id".into(), json!("a")), ("version".into(), json!(2)), ("x".into(), json!(1))]);
        let sent = SentBack::take(&mut rest, ["id", "version", "kind"]);
        assert_eq!(rest, Map::from_iter([("x".into(), json!(1))]));
        let shown = json!({"id": "a", "version": 3, "kind": "k"});
        assert_eq!(sent.check(&shown).expect("JSON").pointers(), ["/version"]);
    }
}
