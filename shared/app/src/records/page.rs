//! A page of records: as many as were asked for, and no more than Lambda's response can hold.

use rol_domain::{Attachment, Record, limits::MAX_RESPONSE_BYTES};
use rol_store::RecordSink;

/// More bytes than the names, nulls, ids and moments of a record take in a response.
const RECORD_FRAME: usize = 1_800;
/// The same for a file, with the reason of its rejection.
const FILE_FRAME: usize = 1_000;

pub(super) struct RecordPage {
    records: Vec<Record>,
    limit: usize,
    bytes: usize,
}

impl RecordPage {
    pub(super) fn of(limit: u32) -> Self {
        Self { records: Vec::new(), limit: usize::try_from(limit).unwrap_or(usize::MAX), bytes: 0 }
    }

    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(super) fn into_records(self) -> Vec<Record> {
        self.records
    }

    /// Cuts the page behind the last record that fits together with its files, the first one in any case; whether that
    /// was necessary. `files` has those of each record, and is cut as well.
    pub(super) fn cut_to_fit(&mut self, files: &mut Vec<Vec<Attachment>>) -> bool {
        let mut bytes = 0;
        let fits = |(record, files): &(&Record, &Vec<Attachment>)| {
            bytes += size_of_record(record) + files.iter().map(size_of_file).sum::<usize>();
            bytes <= MAX_RESPONSE_BYTES
        };
        let count = self.records.iter().zip(files.iter()).take_while(fits).count().max(1);
        let is_cut = count < self.records.len();
        self.records.truncate(count);
        files.truncate(count);
        is_cut
    }
}

impl RecordSink for RecordPage {
    fn wanted(&self) -> usize {
        self.limit - self.records.len()
    }

    fn take(&mut self, record: Record) -> bool {
        let bytes = self.bytes + size_of_record(&record);
        let has_room = self.wanted() > 0 && (self.records.is_empty() || bytes <= MAX_RESPONSE_BYTES);
        if has_room {
            self.bytes = bytes;
            self.records.push(record);
        }
        has_room
    }
}

/// The most bytes that a record takes in Lambda's response, where the body is a string in another JSON document: quotes
/// and backslashes take two bytes each there.
fn size_of_record(record: &Record) -> usize {
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
    // Escaped once in the body, and once more with it.
    RECORD_FRAME
        + names.into_iter().flatten().map(|name| name.len() + 3 * escapes(name)).sum::<usize>()
        + content.len()
        + escapes(&content)
}

fn size_of_file(file: &Attachment) -> usize {
    let names = serde_json::to_string(&(&file.filename, &file.stamp.created_by)).unwrap_or_default();
    FILE_FRAME + names.len() + escapes(&names)
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
        let one = size_of_record(&record("x"));
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
        assert_eq!(size_of_record(&record("\"\"")), size_of_record(&record("aa")) + 2 * 3);
    }
}
