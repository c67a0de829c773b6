//! Writes PDFs object by object, so that they can be as odd as they need to be.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// A `/Size` that is large enough for every object.
const SIZE: u32 = 8_388_608;

/// A file of one empty page (objects 1 to 4), and what is added to it in further revisions.
pub(crate) struct Writer {
    file: Vec<u8>,
    previous: Option<usize>,
}

impl Writer {
    /// A file of one empty page, with its cross-reference table.
    pub(crate) fn new() -> Self {
        let mut writer = Self { file: b"%PDF-1.7\n".to_vec(), previous: None };
        let page = [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            "<</Length 0>>stream\n\nendstream",
        ];
        let rows: String =
            (1..).zip(page).map(|(number, content)| row(number, writer.object(number, content))).collect();
        writer.table(&rows, "");
        writer
    }

    /// How many bytes were written.
    pub(crate) fn len(&self) -> usize {
        self.file.len()
    }

    /// Adds bytes as they are.
    pub(crate) fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        self.file.extend_from_slice(bytes.as_ref());
    }

    /// Adds an object that no cross-reference lists. Returns where it begins.
    pub(crate) fn object(&mut self, number: u32, content: impl AsRef<[u8]>) -> usize {
        let at = self.file.len();
        self.raw(format!("{number} 0 obj "));
        self.raw(content);
        self.raw(" endobj\n");
        at
    }

    /// Ends a revision with a table of these rows, and a trailer with more entries.
    pub(crate) fn table(&mut self, rows: &str, entries: &str) -> usize {
        let at = self.file.len();
        let previous = self.previous_entry();
        self.raw(format!("xref\n{rows}trailer<</Size {SIZE}/Root 1 0 R{previous}{entries}>>\n"));
        self.end(at);
        at
    }

    /// Ends a revision with a cross-reference stream. `entries` name `/W`, and how the data is packed.
    pub(crate) fn cross_reference_stream(&mut self, entries: &str, data: &[u8]) {
        let entries = format!("/Root 1 0 R{}{entries}", self.previous_entry());
        let at = self.unused_cross_reference_stream(&entries, data);
        self.end(at);
    }

    /// Adds a cross-reference stream that is no revision by itself. Returns where it begins.
    pub(crate) fn unused_cross_reference_stream(&mut self, entries: &str, data: &[u8]) -> usize {
        self.object(9, stream(&format!("/Type/XRef/Size {SIZE}{entries}"), data))
    }

    /// The file, after a last revision that changes nothing.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.table("", "");
        self.file
    }

    fn previous_entry(&self) -> String {
        self.previous.map(|previous| format!("/Prev {previous}")).unwrap_or_default()
    }

    fn end(&mut self, at: usize) {
        self.previous = Some(at);
        self.raw(format!("startxref {at}\n%%EOF\n"));
    }
}

/// A section of a table: that an object begins at a byte.
pub(crate) fn row(number: u32, at: usize) -> String {
    format!("{number} 1\n{at:010} 00000 n \n")
}

/// A stream with more entries in its dictionary.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let dictionary = format!("<<{entries}/Length {}>>stream\n", data.len());
    [dictionary.as_bytes(), data, b"\nendstream"].concat()
}

/// A stream whose data is packed with `FlateDecode`.
pub(crate) fn packed_stream(entries: &str, data: &[u8]) -> Vec<u8> {
    stream(&format!("{entries}/Filter/FlateDecode"), &pack(data))
}

/// An object stream of these values, packed; each is object 9.
pub(crate) fn object_stream(values: &[&str]) -> Vec<u8> {
    let (mut header, mut content) = (String::new(), String::new());
    for value in values {
        header += &format!("9 {} ", content.len());
        content += value;
        content.push(' ');
    }
    let entries = format!("/Type/ObjStm/N {}/First {}", values.len(), header.len());
    packed_stream(&entries, (header + &content).as_bytes())
}

/// Bytes as `FlateDecode` unpacks them.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, 6)
}
