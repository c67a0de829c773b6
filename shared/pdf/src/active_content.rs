//! What a document does by itself, carries along or fetches.

use crate::{
    Refusal,
    objects::{Kind, Objects},
    value::Value,
};

/// Keys that no ordinary document has, in any dictionary.
const KEYS: [(&[u8], Refusal); 7] = [
    (b"JS", Refusal::JavaScript),
    (b"JavaScript", Refusal::JavaScript),
    (b"AA", Refusal::AdditionalActions),
    (b"EmbeddedFiles", Refusal::EmbeddedFile),
    (b"EF", Refusal::EmbeddedFile),
    (b"XFA", Refusal::Xfa),
    (b"RichMediaContent", Refusal::Multimedia),
];

/// Types of actions (`/S`), annotations (`/Subtype`) and objects (`/Type`) that no ordinary document has.
const TYPES: [(&[u8], Refusal); 15] = [
    (b"JavaScript", Refusal::JavaScript),
    (b"Launch", Refusal::Launch),
    (b"EmbeddedFile", Refusal::EmbeddedFile),
    (b"FileAttachment", Refusal::EmbeddedFile),
    (b"GoToR", Refusal::ExternalFile),
    (b"GoToE", Refusal::ExternalFile),
    (b"SubmitForm", Refusal::FormSubmission),
    (b"ImportData", Refusal::FormSubmission),
    (b"RichMedia", Refusal::Multimedia),
    (b"RichMediaExecute", Refusal::Multimedia),
    (b"Rendition", Refusal::Multimedia),
    (b"Movie", Refusal::Multimedia),
    (b"Sound", Refusal::Multimedia),
    (b"3D", Refusal::Multimedia),
    (b"GoTo3DView", Refusal::Multimedia),
];

/// The active content that was found.
#[derive(Debug, Default)]
pub(crate) struct ActiveContent {
    first: Option<Refusal>,
    /// The numbers of the objects that are actions on opening.
    opening_actions: Vec<u32>,
}

impl ActiveContent {
    /// Adds a finding. The first one counts.
    pub(crate) fn add(&mut self, refusal: Refusal) {
        self.first.get_or_insert(refusal);
    }

    /// Inspects an object, whether or not anything refers to it. An object that is nothing but a name may be what `/S`
    /// refers to.
    pub(crate) fn inspect(&mut self, object: &Value<'_>) {
        self.inspect_type(object);
        self.inspect_content(object);
    }

    fn inspect_content(&mut self, value: &Value<'_>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.inspect_content(value)),
            Value::Dict(dict) => {
                for (key, value) in &dict.0 {
                    if let Some((_, refusal)) = KEYS.iter().find(|(active, _)| key.is(active)) {
                        self.add(*refusal);
                    }
                    if [b"S".as_slice(), b"Subtype", b"Type"].iter().any(|text| key.is(text)) {
                        self.inspect_type(value);
                    }
                    self.inspect_content(value);
                    if key.is(b"OpenAction") {
                        self.inspect_opening_action(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn inspect_type(&mut self, value: &Value<'_>) {
        if let Some((_, refusal)) = TYPES.iter().find(|(active, _)| value.is_name(active)) {
            self.add(*refusal);
        }
    }

    /// A destination, as an array or as an action of type `GoTo`, shows a page: office suites and TeX write one.
    fn inspect_opening_action(&mut self, value: &Value<'_>) {
        match value {
            Value::Ref(number) => self.opening_actions.push(*number),
            value if !Kind::of(value, &mut Vec::new()).is_ok_and(Kind::shows_a_page) => self.add(Refusal::OpenAction),
            _ => {}
        }
    }

    /// Checks that nothing was found, once every object was inspected. An action on opening may be any revision of its
    /// object.
    pub(crate) fn check(&mut self, objects: &Objects) -> Result<(), Refusal> {
        self.opening_actions.sort_unstable();
        self.opening_actions.dedup();
        let is_harmless = |number: &u32| objects.revisions(*number).all(|object| object.kind.shows_a_page());
        if !self.opening_actions.iter().all(is_harmless) {
            self.add(Refusal::OpenAction);
        }
        self.first.map_or(Ok(()), Err)
    }

    /// Whether an object is an action on opening, once [`Self::check`] was called.
    pub(crate) fn is_opening_action(&self, number: u32) -> bool {
        self.opening_actions.binary_search(&number).is_ok()
    }
}
