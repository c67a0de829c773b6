//! A page that is being filled: as many records as were asked for, and no more than Lambda carries.

use rol_domain::{Attachment, Record, limits::MAX_RESPONSE_BYTES};
use rol_store::RecordSink;

/// The names, nulls, ids and moments of a record in an answer, in bytes: more than a record without content takes.
const FRAME: usize = 1_800;
/// The same of a file, with why it was rejected.
const FILE_FRAME: usize = 1_000;

/// Records for one answer.
pub(super) struct RecordPage {
    pub(super) records: Vec<Record>,
    limit: usize,
    bytes: usize,
}

impl RecordPage {
    pub(super) fn of(limit: u32) -> Self {
        Self { records: Vec::new(), limit: usize::try_from(limit).unwrap_or(usize::MAX), bytes: 0 }
    }
}

impl RecordSink for RecordPage {
    fn wanted(&self) -> usize {
        self.limit - self.records.len()
    }

    fn take(&mut self, record: Record) -> bool {
        let bytes = self.bytes + carried(&record);
        let has_room = self.wanted() > 0 && (self.records.is_empty() || bytes <= MAX_RESPONSE_BYTES);
        if has_room {
            self.bytes = bytes;
            self.records.push(record);
        }
        has_room
    }
}

/// How many of the records have room in one answer with their files: at least one.
pub(super) fn fitting(records: &[Record], files: &[Vec<Attachment>]) -> usize {
    let mut bytes = 0;
    let sizes = records.iter().zip(files).map(|(record, files)| {
        bytes += carried(record) + files.iter().map(carried_file).sum::<usize>();
        bytes
    });
    sizes.take_while(|bytes| *bytes <= MAX_RESPONSE_BYTES).count().max(1)
}

fn carried_file(file: &Attachment) -> usize {
    let names = serde_json::to_string(&(&file.filename, &file.stamp.created_by)).unwrap_or_default();
    FILE_FRAME + names.len() + escapes(&names)
}

/// How many bytes of Lambda's answer a record takes at most: the body is a text in another JSON document, where quotes
/// and backslashes take two bytes each.
fn carried(record: &Record) -> usize {
    let content = serde_json::to_string(&record.content).unwrap_or_default();
    let Record { app_id, person_id, source, stamp, deleted, .. } = record;
    let names = [
        app_id.as_ref().map(|app| app.as_str()),
        Some(person_id.as_str()),
        Some(source.as_str()),
        Some(stamp.created_by.as_str()),
        Some(stamp.updated_by.as_str()),
        deleted.as_ref().map(|deletion| deletion.by.as_str()),
    ];
    // Escaped once for the body, and once more with it.
    FRAME
        + names.into_iter().flatten().map(|name| name.len() + 3 * escapes(name)).sum::<usize>()
        + content.len()
        + escapes(&content)
}

fn escapes(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rol_domain::{
        Cx, RecordId, Role, TenantId,
        attribute::AttributeSet,
        caller::Actor,
        record::{Content, NewRecord},
        text::{PersonId, Title},
    };

    fn record(title: &str) -> Record {
        let person = PersonId::parse("ada").expect("valid");
        let cx = Cx {
            tenant: TenantId::from_ulid(1u128.into()),
            actor: Actor::Subject(person.clone()),
            subject: None,
            app_id: None,
            role: Role::Admin,
            scopes: None,
            groups: Default::default(),
            request_id: "r".into(),
            now: Default::default(),
        };
        let content = Content::titled(Title::parse(title).expect("valid"));
        let new = NewRecord::of(content);
        Record::create(RecordId::from_ulid(7u128.into()), person, new, &AttributeSet::default(), &cx).expect("legal")
    }

    #[test]
    fn a_page_has_room_for_as_many_as_were_asked_for() {
        let mut page = RecordPage::of(2);
        assert!(page.take(record("a")) && page.take(record("b")));
        assert_eq!((page.wanted(), page.take(record("c")), page.records.len()), (0, false, 2));
    }

    #[test]
    fn a_page_has_room_for_as_much_as_lambda_carries_and_no_more() {
        let mut page = RecordPage::of(1_000);
        let one = carried(&record("x"));
        page.bytes = MAX_RESPONSE_BYTES - 2 * one;
        assert!(page.take(record("x")) && page.take(record("x")));
        assert_eq!(page.bytes, MAX_RESPONSE_BYTES);
        assert!(!page.take(record("x")));
        let mut empty = RecordPage::of(1);
        empty.bytes = MAX_RESPONSE_BYTES;
        assert!(empty.take(record("x")), "a page without any record would lead nowhere");
    }

    #[test]
    fn quotes_count_as_often_as_they_are_escaped() {
        assert_eq!(carried(&record("\"\"")), carried(&record("aa")) + 2 * 3);
    }
}
