//! `POST /v1/learning-records/batch` – many creates, changes and deletes at once.

use crate::body::{NewRecordBody, RecordBody};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};
use rol_app::{App, BatchOutcome, Idempotency, Operation, OperationOutcome};
use rol_domain::{
    Error, RecordId, Result,
    limits::{MAX_BATCH, MAX_BATCH_BYTES},
};
use rol_http::{Body, Caller, Field, Fields, IdempotencyHeader, PartDenied, Problem, ProblemBody, RecordsWrite};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Many creates, changes and deletes at once
///
/// 1 to 100 operations, done side by side, each as its single request would be and for itself: one that fails stops no
/// other, and there is a result for each, in order. A record is named at most once. With an `Idempotency-Key` the batch
/// can be repeated for 24 hours: what was done is not done again, what failed is tried again.
#[utoipa::path(
    post,
    path = "/v1/learning-records/batch",
    operation_id = "records.batch",
    tag = "Learning records",
    request_body(
        content = BatchBody,
        example = json!({"operations": [
            {"action": "create", "body": {"person_id": "ada@example.com", "title": "Fire safety", "external_id": "hse-1"}},
            {"action": "patch", "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "if_match": 3, "body": {"passed": true}},
            {"action": "delete", "id": "lrn_01BX5ZZKBKACTAV9WEVGEMMVRZ"}
        ]}),
    ),
    responses(
        (status = 200, body = BatchView, description = "A result for each operation, in order, whatever became of it"),
        (status = 400, description = "Not a list of 1 to 100 operations"),
    ),
)]
pub(crate) async fn batch(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    IdempotencyHeader(key): IdempotencyHeader,
    Body { value, hash }: Body<BatchBody, MAX_BATCH_BYTES>,
) -> Result<Response, Problem> {
    let idempotency = key.map(|key| Idempotency { key, route: "records.batch", body_hash: hash });
    let mut results: Vec<Option<ResultView>> = Vec::new();
    let (mut actions, mut operations) = (Vec::new(), Vec::new());
    for (place, parsed) in value.parse()?.into_iter().enumerate() {
        results.push(match parsed {
            Ok((action, operation)) => {
                actions.push((place, action, target_of(&operation)));
                operations.push((place, operation));
                None
            }
            Err(error) => Some(ResultView::refused(error, &caller.cx.request_id)),
        });
    }
    let BatchOutcome { results: done, replayed } = app.batch(&caller.cx, operations, idempotency.as_ref()).await?;
    let mut refused = None;
    for ((place, action, target), result) in actions.into_iter().zip(done) {
        if let Err(Error::Denied(reason)) = &result {
            refused.get_or_insert_with(|| PartDenied { target, reason: reason.clone() });
        }
        results[place] = Some(ResultView::of(action, result, &caller.cx.request_id));
    }
    let results = results.into_iter().flatten().collect();
    let mut response = Json(BatchView { results }).into_response();
    if let Some(refused) = refused {
        response.extensions_mut().insert(refused);
    }
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The record that an operation names, as a path would.
fn target_of(operation: &Operation) -> String {
    match operation {
        Operation::Create(..) => String::new(),
        Operation::Patch(id, ..) | Operation::Delete(id, _) => id.to_string(),
    }
}

/// Operations on records.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BatchBody {
    /// 1 to 100 of them.
    #[serde(default)]
    #[schema(value_type = Vec<OperationBody>, required = true, min_items = 1, max_items = 100)]
    operations: Field<Vec<Value>>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// An operation on a record.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OperationBody {
    /// What is done.
    #[serde(default)]
    #[schema(value_type = Action, required = true)]
    action: Field<Action>,
    /// The record that is changed or deleted: its id, or its UUID spelling.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    id: Field<RecordId>,
    /// The version that is meant, of a record that is changed or deleted.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    if_match: Field<u64>,
    /// What the single request would have as its body: a record to be made, or a change.
    #[serde(default)]
    #[schema(value_type = Option<RecordBody>)]
    body: Field<Map<String, Value>>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// Adds a record to a person.
    Create,
    /// Changes a record in part.
    Patch,
    /// Deletes a record, softly.
    Delete,
}

impl BatchBody {
    /// The operations, each with what it does, or with what is wrong with it.
    ///
    /// # Errors
    /// Where it is no list of 1 to 100.
    fn parse(self) -> Result<Vec<Result<(Action, Operation)>>> {
        let mut fields = Fields::default();
        let operations = fields.required("operations", self.operations).unwrap_or_default();
        fields.unknown(&self.rest);
        let mut errors = fields.into_errors();
        if errors.is_empty() && !(1..=MAX_BATCH).contains(&operations.len()) {
            let found = operations.len();
            errors.body("/operations", format_args!("expected 1 to {MAX_BATCH} operations, found {found}"));
        }
        errors.or(())?;
        let mut named = HashMap::new();
        let operations = operations.into_iter().enumerate().map(|(place, operation)| {
            let body: OperationBody = serde_json::from_value(operation)
                .map_err(|_| Error::invalid("", "expected an object: an operation with its action"))?;
            let (action, operation) = body.operation()?;
            if let Operation::Patch(id, ..) | Operation::Delete(id, _) = &operation {
                // They are done side by side: of two on one record none would come before the other.
                let first = *named.entry(*id).or_insert(place);
                if first != place {
                    let why = format!("expected each record once in a batch, found this one in operation {first} too");
                    return Err(Error::invalid("/id", why));
                }
            }
            Ok((action, operation))
        });
        Ok(operations.collect())
    }
}

impl OperationBody {
    fn operation(self) -> Result<(Action, Operation)> {
        let mut fields = Fields::default();
        let action = fields.required("action", self.action);
        fields.unknown(&self.rest);
        let (id, if_match) = match action {
            Some(Action::Create) => {
                absent(&mut fields, "id", &self.id, "a new record's id is the server's to give");
                absent(&mut fields, "if_match", &self.if_match, "a new record has no version yet");
                (None, None)
            }
            _ => (fields.required("id", self.id), fields.optional("if_match", self.if_match)),
        };
        let body = match action {
            Some(Action::Delete) => {
                absent(&mut fields, "body", &self.body, "a delete has no body");
                None
            }
            _ => fields.required("body", self.body),
        };
        let errors = fields.into_errors();
        let Some(action) = action else { return Err(Error::Invalid(errors)) };
        let operation = match (action, id, body) {
            (Action::Create, _, Some(body)) => {
                let (selector, new) =
                    errors.with(read::<NewRecordBody>(body).and_then(NewRecordBody::parse).map_err(in_body))?;
                Operation::Create(selector, Box::new(new))
            }
            (Action::Patch, Some(id), Some(body)) => {
                let patch = errors.with(read::<RecordBody>(body).and_then(RecordBody::parse_patch).map_err(in_body))?;
                Operation::Patch(id, if_match, Box::new(patch))
            }
            (Action::Delete, Some(id), _) => errors.or(Operation::Delete(id, if_match))?,
            _ => return Err(Error::Invalid(errors)),
        };
        Ok((action, operation))
    }
}

fn absent<T: PartialEq>(fields: &mut Fields, name: &str, field: &Field<T>, why: &str) {
    if !matches!(field, Field::Absent | Field::Null) {
        fields.refuse::<()>(name, format_args!("expected nothing: {why}"));
    }
}

fn read<T: DeserializeOwned>(body: Map<String, Value>) -> Result<T> {
    T::deserialize(Value::Object(body)).map_err(|error| Error::invalid("", error))
}

/// What is wrong with an operation's body, by its place in the operation.
fn in_body(error: Error) -> Error {
    error.under("/body")
}

/// A result for each operation, in order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub(crate) struct BatchView {
    results: Vec<ResultView>,
}

/// What became of an operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResult)]
pub(crate) struct ResultView {
    /// The status that the single request would have had: 201, 200, 204, or that of the problem.
    #[schema(examples(201))]
    status: u16,
    /// The record, where it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    id: Option<RecordId>,
    /// The record's version since; not of one that was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// Whether an earlier request with the same `Idempotency-Key` did it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    /// Why it was not done; pointers lead into the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

impl ResultView {
    fn of(action: Action, result: Result<OperationOutcome>, request_id: &str) -> Self {
        match result {
            Ok(OperationOutcome { id, version, replayed }) => {
                let status = match action {
                    Action::Create => 201,
                    Action::Patch => 200,
                    Action::Delete => 204,
                };
                Self { status, id: Some(id), version, replayed, problem: None }
            }
            Err(error) => Self::refused(in_body(error), request_id),
        }
    }

    fn refused(error: Error, request_id: &str) -> Self {
        let problem = Problem::from(error);
        let status = problem.status.as_u16();
        Self { status, id: None, version: None, replayed: false, problem: Some(problem.part_of(request_id)) }
    }
}
