//! `POST /v1/attributes` – add a custom attribute.

use crate::{body::NewAttributeBody, view::AttributeView};
use axum::extract::State;
use rol_app::App;
use rol_http::{AttributesManage, Body, Caller, Created, Etagged, Problem};

/// Add a custom attribute
///
/// Its values live in the `attributes` of records, under its key, and can be written at once.
#[utoipa::path(
    post,
    path = "/v1/attributes",
    operation_id = "attributes.create",
    tag = "Attributes",
    request_body(
        content = NewAttributeBody,
        example = json!({
            "key": "delivery", "type": "multiple_choice", "label": "Delivery",
            "options": ["online", "classroom"], "required": false, "hidden_from_students": false, "order": 10
        }),
    ),
    responses(
        (status = 201, body = AttributeView, description = "The attribute"),
        (status = 409, description = "The key is taken, its kept values have another type, or the plan allows no more attributes"),
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
