//! `POST /v1/learning-records/{id}/attachments` – declare files and get the requests that upload them.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use rol_app::{App, DeclaredFiles, SignedRequest};
use rol_domain::{
    FieldErrors, Result,
    attachment::{ContentHash, Filename, NewFile},
    id::OfRecord,
    text::AttributeKey,
    time::fixed_width,
};
use rol_http::{Body, Caller, Field, Fields, PathId, Problem, RecordsWrite};
use rol_v1::AttachmentView;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt::Display};
use utoipa::ToSchema;

/// Files to be attached: 1 to 10, together at most 10,485,760 bytes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DeclareBody {
    /// The files.
    #[serde(default)]
    #[schema(value_type = Vec<FileBody>, min_items = 1, max_items = 10)]
    files: Field<Vec<Value>>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// A file as its client describes it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewAttachment)]
struct FileBody {
    /// What it is called: 1–500 characters on one line that end in `.pdf`.
    #[serde(default)]
    #[schema(value_type = String)]
    filename: Field<String>,
    /// How large it is, in bytes: 1–5,242,880. The upload has to be exactly that large.
    #[serde(default)]
    #[schema(value_type = u64, minimum = 1, maximum = 5_242_880)]
    size: Field<u64>,
    /// The SHA-256 of its content as 64 hexadecimal digits: then no other content is accepted.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    sha256: Field<String>,
    /// The key of a custom attribute of the type `file`, whose value it becomes once it is `ready`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    attribute_key: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// The request that uploads a file. S3 refuses any other size and type, any other content where `sha256` was declared,
/// and a second upload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upload)]
struct UploadView {
    /// `PUT`.
    method: &'static str,
    /// Where.
    url: String,
    /// With which headers. `content-length`, which has to be the declared size, your client sends by itself.
    headers: BTreeMap<String, String>,
    /// The same as a line for a shell, in the directory of the file.
    curl: String,
    /// Until when it can be begun.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime<Utc>,
}

/// A file that waits for its upload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclaredAttachment)]
struct DeclaredView {
    #[serde(flatten)]
    attachment: AttachmentView,
    upload: UploadView,
}

/// The files, in the order in which they were declared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclaredAttachments)]
struct DeclaredList {
    data: Vec<DeclaredView>,
}

/// Declare files and get the requests that upload them
///
/// Each file is `pending` until it was uploaded, which takes place within 15 minutes, and checked, which takes seconds.
/// Then it is `ready`, or `rejected` with the reason: encrypted PDFs, and those that do more than show their pages, are
/// not accepted. What was not uploaded is forgotten after a day. A record has at most 50 files.
#[utoipa::path(
    post,
    path = "/v1/learning-records/{id}/attachments",
    operation_id = "attachments.declare",
    tag = "Attachments",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    request_body(content = DeclareBody, example = json!({"files": [{"filename": "certificate.pdf", "size": 48_213}]})),
    responses(
        (status = 201, body = DeclaredList, description = "The files, and how to upload each"),
        (status = 409, description = "The record would have more than 50 files"),
        (status = 413, description = "A file over 5 MiB, or together over 10 MiB: it is named"),
    ),
)]
pub(crate) async fn declare(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    Body { value, .. }: Body<DeclareBody>,
) -> Result<Response, Problem> {
    let declared = app.declare_attachments(&caller.cx, id, value.parse()?).await?;
    let data = declared.into_iter().map(DeclaredView::from).collect();
    Ok((StatusCode::CREATED, Json(DeclaredList { data })).into_response())
}

impl DeclareBody {
    fn parse(self) -> Result<Vec<NewFile>> {
        let mut fields = Fields::default();
        let files = fields.required("files", self.files).unwrap_or_default();
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        let read = |(i, file): (usize, Value)| {
            let at = format!("/files/{i}");
            match serde_json::from_value::<FileBody>(file) {
                Ok(file) => file.parse(&at, &mut errors),
                Err(_) => {
                    errors.body(at, "expected an object with filename and size");
                    None
                }
            }
        };
        let files: Vec<NewFile> = files.into_iter().enumerate().filter_map(read).collect();
        errors.or(files)
    }
}

impl FileBody {
    fn parse(self, at: &str, errors: &mut FieldErrors) -> Option<NewFile> {
        let mut fields = Fields::default();
        let filename = fields.required("filename", self.filename);
        let filename = filename.and_then(|text| checked(&mut fields, "filename", Filename::parse(text)));
        let size = fields.required("size", self.size);
        let sha256 = fields.optional("sha256", self.sha256);
        let sha256 = sha256.and_then(|text| checked(&mut fields, "sha256", ContentHash::parse(&text)));
        let attribute_key = fields.optional("attribute_key", self.attribute_key);
        let attribute_key =
            attribute_key.and_then(|text| checked(&mut fields, "attribute_key", AttributeKey::parse(text)));
        fields.unknown(&self.rest);
        errors.append_at(at, fields.into_errors());
        Some(NewFile { filename: filename?, size: size?, sha256, attribute_key })
    }
}

fn checked<T, E: Display>(fields: &mut Fields, name: &str, parsed: Result<T, E>) -> Option<T> {
    match parsed {
        Ok(value) => Some(value),
        Err(why) => fields.refuse(name, why),
    }
}

impl From<DeclaredFiles> for DeclaredView {
    fn from(DeclaredFiles { attachment, upload }: DeclaredFiles) -> Self {
        let curl = curl(attachment.filename.as_str(), &upload);
        let SignedRequest { url, headers, expires_at } = upload;
        let upload = UploadView { method: "PUT", url, headers: headers.into_iter().collect(), curl, expires_at };
        Self { attachment: attachment.into(), upload }
    }
}

/// The upload as a line for a shell. `-g` keeps curl from reading brackets in the file's name as a pattern.
fn curl(filename: &str, upload: &SignedRequest) -> String {
    // A name that starts with a dash, or is one, would be an option or standard input.
    let file = if filename.starts_with(['-', '.']) { format!("./{filename}") } else { filename.to_owned() };
    let mut line = format!("curl -g -T {}", quoted(&file));
    for (name, value) in &upload.headers {
        line += &format!(" -H {}", quoted(&format!("{name}: {value}")));
    }
    line + " " + &quoted(&upload.url)
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: Value) -> Result<Vec<NewFile>> {
        serde_json::from_value::<DeclareBody>(body).expect("an object").parse()
    }

    #[test]
    fn everything_that_is_wrong_is_said_with_its_file() {
        let wrong = parse(json!({"files": [
            {"filename": "a.pdf", "size": 1},
            {"filename": "a.doc", "size": -1, "sha256": "x", "attribute_key": "A", "colour": "red"},
            {"size": "5"},
            7,
        ], "kind": 1}));
        let Err(rol_domain::Error::Invalid(errors)) = wrong else { panic!("{wrong:?}") };
        let places = [
            "/files/1/attribute_key",
            "/files/1/colour",
            "/files/1/filename",
            "/files/1/sha256",
            "/files/1/size",
            "/files/2/filename",
            "/files/2/size",
            "/files/3",
            "/kind",
        ];
        assert_eq!(errors.pointers(), places);
    }

    #[test]
    fn a_line_for_a_shell_survives_any_name() {
        let upload = SignedRequest {
            url: "https://bucket/key?a=b&c='".into(),
            headers: vec![("if-none-match".into(), "*".into())],
            expires_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(
            curl("it's $(x) [1-9].pdf", &upload),
            "curl -g -T 'it'\\''s $(x) [1-9].pdf' -H 'if-none-match: *' 'https://bucket/key?a=b&c='\\'''"
        );
        assert!(curl("-.pdf", &upload).starts_with("curl -g -T './-.pdf'"));
    }
}
