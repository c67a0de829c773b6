//! The body of create and change: the same fields, each of them in three states.

use rol_domain::{
    GroupId, Person, Result, Role,
    person::{PersonContent, PersonPatch, PersonStatus},
    read_only::ReadOnlyFields,
    text::{Email, PersonExternalId, PersonId, PersonName},
};
use rol_http::{Fields, body};
use std::collections::BTreeSet;

body! {
    /// What a client may say of a person. A change may send back unchanged what only the server sets; it is ignored.
    pub(crate) struct PersonBody {
        /// Their id, the `sub` of their tokens: 1–128 visible ASCII characters. Minted where a create names none, and
        /// never changed.
        #[schema(value_type = Option<String>, max_length = 128, examples("ada@example.com"))]
        id: PersonId,
    }
    changes PersonPatch {
        /// What they are called: 1–200 characters on one line.
        #[schema(value_type = Option<String>, max_length = 200, examples("Ada Lovelace"))]
        name: PersonName,
        /// Where they get mail; two people may share it.
        #[schema(value_type = Option<String>, max_length = 254, examples("ada@example.com"))]
        email: Email,
        /// Whether they may use the service, `active` by default. Whoever may not is refused after at most 10 seconds.
        /// It refuses tokens up to the role of the caller that sets it.
        #[schema(value_type = Option<PersonStatus>)]
        status: PersonStatus,
        /// The most that they may be, whatever their token says, never `application`; at most the caller's own role. It
        /// binds tokens up to the role of the caller that sets it.
        #[schema(value_type = Option<Role>)]
        role: Role,
        /// The groups that they are a direct member of, at most 20.
        #[schema(value_type = Option<Vec<String>>, max_items = 20)]
        group_ids: BTreeSet<GroupId>,
        /// What other systems call them, at most 10; two people may share one.
        #[schema(value_type = Option<Vec<String>>, max_items = 10, examples(json!(["hr-4711"])))]
        external_ids: BTreeSet<PersonExternalId>,
    }
}

impl PersonBody {
    /// The person that the body describes.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub(crate) fn parse(mut self) -> Result<(Option<PersonId>, PersonContent)> {
        let mut fields = Fields::default();
        let id = fields.optional("id", std::mem::take(&mut self.id));
        let content = PersonContent::default().merge(self.take_patch(&mut fields));
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        errors.append(content.check());
        errors.or((id, content))
    }

    /// The change that the body describes.
    ///
    /// # Errors
    /// Every rule that it breaks by itself.
    pub(crate) fn parse_patch(mut self) -> Result<PersonPatch> {
        let mut fields = Fields::default();
        fields.read_only("id", std::mem::take(&mut self.id), &mut self.rest);
        let read_only = ReadOnlyFields::take(&mut self.rest, &Person::READ_ONLY);
        let patch = PersonPatch { read_only, ..self.take_patch(&mut fields) };
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        errors.append(patch.check());
        errors.or(patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(body: Value) -> PersonBody {
        serde_json::from_value(body).expect("fields never fail")
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = json!({"id": "a b", "name": "", "role": "application", "group_ids": ["g"], "colour": "red"});
        for error in [
            body(wrong.clone()).parse().map(drop).expect_err("invalid"),
            body(wrong).parse_patch().map(drop).expect_err("invalid"),
        ] {
            let rol_domain::Error::Invalid(errors) = error else { panic!("{error}") };
            assert_eq!(errors.pointers(), ["/colour", "/group_ids", "/id", "/name", "/role"]);
        }
    }

    #[test]
    fn nothing_is_required() {
        assert_eq!(body(json!({})).parse().expect("valid"), (None, PersonContent::default()));
    }
}
