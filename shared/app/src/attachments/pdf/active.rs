//! What a document does by itself, carries along or fetches.

use super::{document::Shape, value::Value};
use rol_domain::attachment::Reason;
use std::collections::HashSet;

/// Keys that no ordinary document has, in whichever dictionary.
const KEYS: [(&[u8], Reason); 7] = [
    (b"JS", Reason::JavaScript),
    (b"JavaScript", Reason::JavaScript),
    (b"AA", Reason::AdditionalActions),
    (b"EmbeddedFiles", Reason::EmbeddedFile),
    (b"EF", Reason::EmbeddedFile),
    (b"XFA", Reason::Xfa),
    (b"RichMediaContent", Reason::Multimedia),
];

/// Types of actions (`/S`), annotations (`/Subtype`) and objects (`/Type`) that no ordinary document has.
const TYPES: [(&[u8], Reason); 15] = [
    (b"JavaScript", Reason::JavaScript),
    (b"Launch", Reason::Launch),
    (b"EmbeddedFile", Reason::EmbeddedFile),
    (b"FileAttachment", Reason::EmbeddedFile),
    (b"GoToR", Reason::ExternalFile),
    (b"GoToE", Reason::ExternalFile),
    (b"SubmitForm", Reason::FormSubmission),
    (b"ImportData", Reason::FormSubmission),
    (b"RichMedia", Reason::Multimedia),
    (b"RichMediaExecute", Reason::Multimedia),
    (b"Rendition", Reason::Multimedia),
    (b"Movie", Reason::Multimedia),
    (b"Sound", Reason::Multimedia),
    (b"3D", Reason::Multimedia),
    (b"GoTo3DView", Reason::Multimedia),
];

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The first thing that no ordinary document has.
    pub(super) first: Option<Reason>,
    /// The objects that are said to be the action on opening.
    pub(super) on_opening: HashSet<u32>,
}

impl Findings {
    /// Takes note of a reason.
    pub(super) fn note(&mut self, reason: Reason) {
        self.first.get_or_insert(reason);
    }

    /// Looks at an object: all of it, whether or not anything refers to it. An object that is a mere name may be
    /// what `/S` refers to.
    pub(super) fn look(&mut self, object: &Value<'_>) {
        self.type_of(object);
        self.inside(object);
    }

    fn inside(&mut self, value: &Value<'_>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.inside(value)),
            Value::Dict(dict) => {
                for (key, value) in &dict.0 {
                    if let Some((_, reason)) = KEYS.iter().find(|(active, _)| *active == key.as_ref()) {
                        self.note(*reason);
                    }
                    if matches!(key.as_ref(), b"S" | b"Subtype" | b"Type") {
                        self.type_of(value);
                    }
                    self.inside(value);
                    if key.as_ref() == b"OpenAction" {
                        self.on_opening(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn type_of(&mut self, value: &Value<'_>) {
        if let Some((_, reason)) = TYPES.iter().find(|(active, _)| value.is_name(active)) {
            self.note(*reason);
        }
    }

    /// A destination, as an array or as an action of type `GoTo`, shows a page: office suites and TeX write one.
    fn on_opening(&mut self, value: &Value<'_>) {
        match value {
            Value::Ref(number) => _ = self.on_opening.insert(*number),
            value if !Shape::of(value).is_ok_and(|shape| shape.shows_a_page()) => self.note(Reason::OpenAction),
            _ => {}
        }
    }
}
