//! The OpenAPI operation of a route: what its `#[utoipa::path]` says, and what the signature of its handler says.
//!
//! An extractor documents the headers that it reads and the statuses with which it refuses a request, a response type
//! the headers that it adds. A handler names its success response, its parameters and what is peculiar to it.

use crate::{Problem, ProblemBody};
use axum::{Json, extract::State, response::Response as HttpResponse};
use http::StatusCode;
use rol_domain::{
    Right,
    limits::{MAX_BODY_BYTES, MAX_QUERY_BYTES},
};
use std::collections::BTreeSet;
use utoipa::{
    __dev::{SchemaReferences, Tags},
    PartialSchema, Path, ToSchema,
    openapi::{
        Components, Content, Header, HttpMethod, Object, Paths, Ref, RefOr, Response, ResponseBuilder, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::Schema,
        security::SecurityRequirement,
    },
};

/// A route as it is documented: a method, a path, an operation.
pub struct DocumentedRoute {
    /// `<METHOD> <path>`, as the gateway has it.
    pub key: String,
    /// The operation, under its path.
    pub paths: Paths,
    /// The schemas that the operation refers to.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    /// The right that the caller needs; none for a public route.
    pub right: Option<Right>,
    /// The query parameters that the handler reads.
    pub read_parameters: BTreeSet<String>,
}

/// What [`crate::route!`] finds of an operation: the type that `#[utoipa::path]` derives beside the handler.
pub trait OperationOf: Path + SchemaReferences + for<'t> Tags<'t> {}

impl<P: Path + SchemaReferences + for<'t> Tags<'t>> OperationOf for P {}

impl DocumentedRoute {
    /// The route of a handler, whose `#[utoipa::path]` is `P`.
    pub fn of<P: OperationOf, Arguments, H: Signature<Arguments>>(_handler: H) -> Self {
        let (path, methods, mut schemas) = (P::path(), P::methods(), Vec::new());
        P::schemas(&mut schemas);
        let mut operation = P::operation();
        operation.tags.get_or_insert_default().extend(P::tags().into_iter().map(str::to_owned));
        let mut description = Description {
            operation,
            is_read: methods.contains(&HttpMethod::Get),
            right: None,
            read_parameters: BTreeSet::new(),
        };
        H::describe(&mut description);
        description.finish();
        let Description { operation, right, read_parameters, .. } = description;
        let key = crate::lambda::key_of::<P>();
        let mut paths = Paths::new();
        paths.add_path_operation(path, methods, operation);
        Self { key, paths, schemas, right, read_parameters }
    }
}

/// An operation to which the parts of a signature add what they know.
pub struct Description {
    operation: Operation,
    /// Whether the method is GET.
    pub(crate) is_read: bool,
    pub(crate) right: Option<Right>,
    pub(crate) read_parameters: BTreeSet<String>,
}

impl Description {
    /// Adds a response of the shared ones, where the operation names none of this status.
    pub(crate) fn response(&mut self, status: StatusCode) {
        self.described_response(status, "");
    }

    /// Adds a response of the shared ones with a description of its own, where the operation names none of this status.
    pub(crate) fn described_response(&mut self, status: StatusCode, description: &str) {
        let responses = &mut self.operation.responses.responses;
        responses.entry(status.as_str().to_owned()).or_insert_with(|| shared(status, description));
    }

    /// Adds a header of the shared parameters.
    pub(crate) fn header_parameter(&mut self, name: &str) {
        let parameter = Ref::new(format!("#/components/parameters/{name}"));
        self.operation.parameters.get_or_insert_default().push(RefOr::Ref(parameter));
    }

    /// Adds a header of the shared ones to the responses of these statuses.
    pub(crate) fn header(&mut self, name: &str, statuses: &[&str]) {
        for (status, response) in &mut self.operation.responses.responses {
            if let RefOr::T(response) = response
                && statuses.contains(&status.as_str())
            {
                let header = Ref::new(format!("#/components/headers/{name}"));
                response.headers.insert(name.to_owned(), RefOr::Ref(header));
            }
        }
    }

    pub(crate) fn needs(&mut self, right: Right) {
        self.right = Some(right);
        let name = serde_json::to_value(right).ok().and_then(|name| name.as_str().map(str::to_owned));
        let requirement = |scheme: &str| SecurityRequirement::new(scheme, name.clone());
        self.operation.security = Some(vec![requirement("bearer"), requirement("api_key")]);
    }

    /// Refers to the shared responses where the handler only described a failure.
    fn finish(&mut self) {
        if !self.is_read {
            self.response(StatusCode::CONFLICT);
        }
        for (status, response) in &mut self.operation.responses.responses {
            let Ok(code) = status.parse::<StatusCode>() else { continue };
            match response {
                RefOr::T(own) if code.is_client_error() || code.is_server_error() => {
                    *response = shared(code, &own.description);
                }
                RefOr::T(own) => {
                    let header = Ref::new("#/components/headers/x-request-id");
                    own.headers.insert("x-request-id".into(), RefOr::Ref(header));
                }
                RefOr::Ref(_) => {}
            }
        }
    }
}

/// What a part of a signature says of the operation: an extractor, or the output.
pub trait Describe {
    /// Adds it.
    fn describe(description: &mut Description);
}

impl<T> Describe for State<T> {
    fn describe(_: &mut Description) {}
}

impl<T> Describe for Json<T> {
    fn describe(_: &mut Description) {}
}

impl Describe for HttpResponse {
    fn describe(_: &mut Description) {}
}

impl Describe for StatusCode {
    fn describe(_: &mut Description) {}
}

impl<T: Describe> Describe for Result<T, Problem> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// A handler, by the types of its signature.
pub trait Signature<Arguments> {
    /// Adds what each of them says.
    fn describe(description: &mut Description);
}

macro_rules! signature {
    ($($argument:ident)*) => {
        impl<F, Answer, $($argument: Describe),*> Signature<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answer,
            Answer: Future<Output: Describe>,
        {
            fn describe(description: &mut Description) {
                $($argument::describe(description);)*
                Answer::Output::describe(description);
            }
        }
    };
}

signature! {}
signature! { A }
signature! { A B }
signature! { A B C }
signature! { A B C D }
signature! { A B C D E }
signature! { A B C D E G }
signature! { A B C D E G H }

/// The shared responses: a status, the name of its component, a description.
const RESPONSES: [(StatusCode, &str, &str); 12] = [
    (StatusCode::NOT_MODIFIED, "NotModified", "The client has this version already"),
    (StatusCode::BAD_REQUEST, "BadRequest", "Every invalid value of the body, the query, the path and the headers"),
    (StatusCode::UNAUTHORIZED, "Unauthorized", "Not a valid credential"),
    (StatusCode::FORBIDDEN, "Forbidden", "The caller lacks the right"),
    (StatusCode::NOT_FOUND, "NotFound", "No such thing, or none that the caller may see"),
    (StatusCode::CONFLICT, "Conflict", "Many write at once"),
    (StatusCode::GONE, "Gone", "No longer kept"),
    (StatusCode::PRECONDITION_FAILED, "PreconditionFailed", "Not the version that If-Match names"),
    (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", ""),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "Not JSON"),
    (StatusCode::UNPROCESSABLE_ENTITY, "UnprocessableContent", "The Idempotency-Key was used with another body"),
    (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Try again in a moment"),
];

/// The shared headers of responses.
const HEADERS: [(&str, &str); 7] = [
    ("x-request-id", "The request's id, to be named when asking for help"),
    ("etag", "The version"),
    ("location", "The path of the new entity"),
    ("idempotent-replayed", "`true` where an earlier request with the same Idempotency-Key did it"),
    ("www-authenticate", "`Bearer`"),
    ("retry-after", "After how many seconds to try again"),
    ("allow", "The methods of the path"),
];

/// The shared headers of requests.
const PARAMETERS: [(&str, &str); 3] = [
    ("If-Match", "The ETag of the version that the request is about; `*` is any version"),
    ("If-None-Match", "The ETags that the client has already; on a write only `*`, to create only"),
    ("Idempotency-Key", "A name for this request, 1–255 characters"),
];

/// A reference to the shared response of a status.
fn shared(status: StatusCode, description: &str) -> RefOr<Response> {
    let name = RESPONSES.iter().find(|(known, ..)| *known == status).map(|(_, name, _)| *name);
    let mut reference = Ref::from_response_name(name.expect("every status of an operation has a shared response"));
    reference.description = description.to_owned();
    RefOr::Ref(reference)
}

/// What the operations refer to: responses, headers and parameters, and the schema of a problem.
pub fn shared_components() -> Components {
    let mut components = Components::new();
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let text = || RefOr::T(Schema::from(Object::with_type(Type::String)));
    for (status, name, description) in RESPONSES {
        let too_large = || {
            let (body, query) = (MAX_BODY_BYTES / 1024, MAX_QUERY_BYTES / 1024);
            format!("A body of more than {body} KB, or a query string of more than {query} KB")
        };
        let description = if description.is_empty() { too_large() } else { description.to_owned() };
        let mut response = ResponseBuilder::new().description(description);
        if status != StatusCode::NOT_MODIFIED {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            response = response.content("application/problem+json", problem);
        }
        for header in headers_of(status) {
            response = response.header_ref(*header, Ref::new(format!("#/components/headers/{header}")));
        }
        components.responses.insert(name.to_owned(), response.build().into());
    }
    for (name, description) in HEADERS {
        let mut header = Header::new(text());
        header.description = Some(description.to_owned());
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
    for (name, description) in PARAMETERS {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        let parameter = parameter.description(Some(description)).schema(Some(text())).build();
        components.parameters.insert(name.to_owned(), RefOr::T(parameter));
    }
    components
}

/// The headers of a shared response.
fn headers_of(status: StatusCode) -> &'static [&'static str] {
    match status {
        StatusCode::NOT_MODIFIED => &["etag", "x-request-id"],
        StatusCode::UNAUTHORIZED => &["www-authenticate", "x-request-id"],
        StatusCode::SERVICE_UNAVAILABLE => &["retry-after", "x-request-id"],
        _ => &["x-request-id"],
    }
}
