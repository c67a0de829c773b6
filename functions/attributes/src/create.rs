//! `POST /v1/attributes` – add a custom attribute.

use crate::{body::NewAttributeBody, view::AttributeView};
use axum::extract::State;
use rol_app::App;
use rol_http::{AttributesManage, Body, Caller, Created, Etagged, Problem, ProblemBody};

/// Add a custom attribute
///
/// Its values live in the `attributes` of records, under its key, and can be written at once.
#[utoipa::path(
    post,
    path = "/v1/attributes",
    operation_id = "attributes.create",
    tag = "Attributes",
    security(("bearer" = []), ("api_key" = [])),
    request_body(
        content = NewAttributeBody,
        example = json!({
            "key": "delivery", "type": "multiple_choice", "label": "Delivery",
            "options": ["online", "classroom"], "required": false, "hidden_from_students": false, "order": 10
        }),
    ),
    responses(
        (status = 201, body = AttributeView, description = "The attribute", headers(
            ("location" = String, description = "Its path"),
            ("etag" = String, description = "Its version"),
        )),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin manages attributes"),
        (status = 409, body = ProblemBody, description = "The key is taken, its kept values have another type, or the plan allows no more attributes"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn create(
    caller: Caller<AttributesManage>,
    State(app): State<App>,
    Body { value, .. }: Body<NewAttributeBody>,
) -> Result<Created<Etagged<AttributeView>>, Problem> {
    let (key, content) = value.parse()?;
    let attribute = app.create_attribute(&caller.cx, key, content).await?;
    let location = format!("/v1/attributes/{}", attribute.key);
    Ok(Created { location, replayed: false, entity: AttributeView::etagged(attribute) })
}
