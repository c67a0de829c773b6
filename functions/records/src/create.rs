//! `POST /v1/learning-records` – add a record to a person.

use crate::body::NewRecordBody;
use axum::extract::State;
use rol_app::{App, Create, Idempotency};
use rol_http::{Body, Caller, Created, Etagged, IdempotencyHeader, Problem, RecordsWrite};
use rol_v1::RecordView;

/// Add a record to a person
///
/// Send an `Idempotency-Key` to be able to repeat the request: for 24 hours the same key and body answer with the
/// record that the first one made, as it is now, and `Idempotent-Replayed: true`.
#[utoipa::path(
    post,
    path = "/v1/learning-records",
    operation_id = "records.create",
    tag = "Learning records",
    request_body(
        content = NewRecordBody,
        example = json!({
            "person_id": "ada@example.com", "title": "AWS Certified Developer – Associate", "provider": "AWS",
            "completed_at": "2026-05-20", "expires_at": "2029-05-20", "score": 87.5, "passed": true
        }),
    ),
    responses(
        (status = 201, body = RecordView, description = "The record"),
        (status = 403, description = "Not allowed, or another tenant's record"),
        (status = 409, description = "The external id belongs to another record"),
        (status = 410, description = "The Idempotency-Key's record does not exist any longer"),
    ),
)]
pub(crate) async fn create(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    IdempotencyHeader(key): IdempotencyHeader,
    Body { value, hash }: Body<NewRecordBody>,
) -> Result<Created<Etagged<RecordView>>, Problem> {
    let idempotency = key.map(|key| Idempotency { key, route: "records.create", body_hash: hash });
    let (selector, new) = value.parse()?;
    let made = app.create_record(&caller.cx, Create { selector, new, idempotency }).await?;
    let location = format!("/v1/learning-records/{}", made.record.id);
    Ok(Created { location, replayed: made.replayed, entity: RecordView::etagged(made.record, caller.cx.now) })
}
