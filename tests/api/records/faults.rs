//! A store that throttles, fails or is away.

use crate::{
    support::{Caller, Fault, Request, Stack, path_of, record},
    template::{PUBLIC, operations},
};
use http::Method;
use rol_local::openapi_document;
use rstest::rstest;
use serde_json::{Value, json};

const ID: &str = "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Whichever call fails, of whichever route: the client is told to come back, and then it gets what it asked for.
#[rstest]
#[case::unreachable(Fault::BeforeCommit)]
#[case::failing(Fault::ServerError)]
#[case::throttling(Fault::Throttle)]
#[tokio::test]
async fn every_route_answers_503_and_when_to_come_back(#[case] fault: Fault) {
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    for (route, _) in operations(&document).into_iter().filter(|(route, _)| !PUBLIC.contains(&route.as_str())) {
        for passing in 0.. {
            let stack = Stack::start();
            let tenant = stack.tenant().await;
            let admin = tenant.admin();
            let request = request_to(&route, &admin).await;
            stack.wire.take();
            stack.wire.plan(vec![None; passing]);
            stack.wire.always(Some(fault));
            let answer = request().send().await;
            stack.wire.always(None);
            assert_eq!(stack.wire.take().len(), passing, "{route}");
            if answer.status.is_success() {
                assert!(passing > 0, "{route} asks who the caller is");
                break;
            }
            let told = (answer.status.as_u16(), answer.header("retry-after"));
            assert_eq!(told, (503, Some("1")), "{route} after {passing}: {}", answer.text());
            assert_eq!(answer.json()["detail"], "try again in a moment");
            let again = request().send().await;
            assert!(again.status.is_success(), "{route} after {passing}, again: {}", again.text());
        }
    }
}

/// A request to a route that succeeds, as often as it is made.
async fn request_to<'a>(route: &str, admin: &Caller<'a>) -> impl Fn() -> Request<'a> + use<'a> {
    let record = record("ada", "x");
    let key = json!({"label": "k", "role": "manager"});
    let (id, body) = match route {
        "POST /v1/learning-records" | "PUT /v1/learning-records/by-external-id/{external_id}" => (None, Some(record)),
        "PATCH /v1/learning-records/{id}" => {
            (Some(admin.create(&record).await["id"].clone()), Some(json!({"score": 1})))
        }
        "POST /v1/learning-records/{id}/restore" => {
            let made = admin.create(&record).await;
            assert_eq!(admin.delete(path_of(&made["id"])).send().await.status, 204);
            (Some(made["id"].clone()), None)
        }
        "POST /v1/api-keys" => (None, Some(key)),
        _ if route.contains("/learning-records/{id}") => (Some(admin.create(&record).await["id"].clone()), None),
        _ if route.contains("/api-keys/{id}") => {
            let made = admin.post("/v1/api-keys", &key).send().await.json();
            (Some(made["id"].clone()), route.starts_with("PATCH").then(|| json!({"label": "l"})))
        }
        _ => (None, None),
    };
    let (method, template) = route.split_once(' ').expect("a method and a path");
    let method: Method = method.parse().expect("a method");
    let query = if route == "GET /v1/learning-records" { "?person_id=ada" } else { "" };
    let id = id.as_ref().and_then(Value::as_str).unwrap_or_default();
    let path = template.replace("{id}", id).replace("{external_id}", "x") + query;
    let admin = admin.clone();
    move || {
        let request = admin.request(method.clone(), &path);
        match &body {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_conflict() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    admin.create(&record("ada", "warm")).await;
    let lost = || [Some(Fault::AfterCommit)];

    stack.wire.plan(lost());
    let answer = admin.post("/v1/learning-records", &record("ada", "x")).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    let listed = admin.get("/v1/learning-records?person_id=ada").send().await.json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2), "it was made once");

    admin.patch(path_of(&made["id"]), &json!({})).send().await;
    stack.wire.plan([None, Some(Fault::AfterCommit)]);
    let answer = admin.patch(path_of(&made["id"]), &json!({"score": 1})).send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(2)), "{}", answer.text());

    admin.delete(format!("/v1/learning-records/{ID}")).send().await;
    stack.wire.plan(lost());
    assert_eq!(admin.delete(path_of(&made["id"])).send().await.status, 204);

    admin.post(format!("/v1/learning-records/{ID}/restore"), &json!({})).send().await;
    stack.wire.plan(lost());
    let answer = admin.post(format!("{}/restore", path_of(&made["id"])), &json!({})).send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(4)), "{}", answer.text());
}

#[tokio::test]
async fn a_passing_throttle_is_waited_out() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made: Value = tenant.admin().create(&record("ada", "x")).await;
    tenant.admin().read(&made["id"]).await;
    stack.wire.plan([Some(Fault::Throttle)]);
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
}
