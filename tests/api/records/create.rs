//! `POST /v1/learning-records`

use crate::support::{Caller, Stack, record, with};
use chrono::TimeDelta;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/v1/learning-records";

#[tokio::test]
async fn a_record_is_made_and_can_be_read() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let answer = admin.post(PATH, &record("ada", "First aid")).send().await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let made = answer.json();
    let location = format!("{PATH}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert!(answer.header("x-request-id").is_some());
    assert_eq!(admin.read(&made["id"]).await, made);
}

#[tokio::test]
async fn every_field_is_there_and_null_where_it_has_no_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "First aid")).await;
    insta::assert_json_snapshot!(made, {
        ".id" => insta::dynamic_redaction(|value, _| {
            let id = value.as_str().expect("a text").to_owned();
            assert!(rol_domain::RecordId::parse(&id).is_ok() && id.starts_with("lrn_"), "{id}");
            "[record id]"
        }),
        ".tenant_id" => "[tenant id]",
        ".created_at" => "[instant]",
        ".updated_at" => "[instant]",
    });
}

#[tokio::test]
async fn what_was_given_comes_back() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let given = json!({
        "person_id": "auth0|507f1f77bcf86cd799439020", "title": "AWS Certified Developer – Associate 🎓",
        "external_id": "hr#47/11 %23".replace(' ', "_"), "provider": "AWS", "activity_id": "act-1", "course_id": "c-1",
        "course_item_id": "ci-1", "enrollment_id": "e-1", "status": "accepted", "assigned_at": "2026-05-01",
        "started_at": "2026-05-02T10:00:00.000Z", "due_at": "2026-06-30", "completed_at": "2026-05-20T09:30:00.250Z",
        "expires_at": "2029-05-20", "access_expires_at": "2027-01-01", "score": 87.5, "passing_score": 70,
        "passed": true, "progress": 100, "time_spent_seconds": 5400, "views_count": 3,
        "certification_ref": "https://aws.amazon.com/verification/ABC", "linked_cohort_id": "co-1",
        "linked_assessment_id": "as-1", "visible_to_student": false, "source": "hr", "source_type": "system",
    });
    let made = tenant.admin().create(&given).await;
    for (name, value) in given.as_object().expect("an object") {
        assert_eq!(made[name], *value, "{name}");
    }
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
}

#[rstest]
#[case::date("2026-03-29", "2026-03-29")]
#[case::utc("2026-03-29T00:30:00Z", "2026-03-29T00:30:00.000Z")]
#[case::summer_time("2024-06-04T00:00:00+01:00", "2024-06-03T23:00:00.000Z")]
#[tokio::test]
async fn a_date_is_never_shifted(#[case] given: &str, #[case] shown: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "First aid"), json!({"completed_at": given}))).await;
    assert_eq!(made["completed_at"], shown);
    assert_eq!(tenant.admin().read(&made["id"]).await["completed_at"], shown);
}

#[tokio::test]
async fn status_overdue_and_expired_follow_the_clock() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = || tenant.admin();
    let today = stack.now().format("%Y-%m-%d").to_string();
    let dates = json!({"started_at": today, "due_at": today, "expires_at": today, "access_expires_at": today});
    let made = admin().create(&with(record("ada", "First aid"), dates)).await;
    let seen = |record: &Value| [&record["status"], &record["is_overdue"], &record["is_expired"]].map(Clone::clone);
    assert_eq!(seen(&made), [json!("in_progress"), json!(false), json!(false)]);
    stack.advance(TimeDelta::days(1));
    assert_eq!(seen(&admin().read(&made["id"]).await), [json!("incomplete"), json!(true), json!(true)]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = json!({
        "person_id": "a b", "title": " ", "score": 100.00001, "progress": "half", "passed": 1, "due_at": "30/06/2026",
        "started_at": "2026-05-02", "completed_at": "2026-05-01", "time_spent_seconds": -1, "status": "done",
        "source_type": "robot", "visible_to_student": "no", "attributes": {"grade": "c"}, "colour": "red",
        "external_id": "é",
    });
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let expected = [
        "/colour",
        "/completed_at",
        "/due_at",
        "/external_id",
        "/passed",
        "/person_id",
        "/progress",
        "/score",
        "/source_type",
        "/status",
        "/time_spent_seconds",
        "/title",
        "/visible_to_student",
    ];
    assert_eq!(answer.places(), expected);
    assert!(stack.wire.take().iter().all(|call| call.operation != "PutItem"), "nothing is stored");
}

#[tokio::test]
async fn unknown_custom_attributes_are_refused() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer =
        tenant.admin().post(PATH, &with(record("ada", "x"), json!({"attributes": {"grade": "c"}}))).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/attributes/grade".to_owned()]));
}

#[rstest]
#[case::nothing(json!({}), vec!["/person_id", "/title"])]
#[case::nulls(json!({"person_id": null, "title": null}), vec!["/person_id", "/title"])]
#[tokio::test]
async fn person_and_title_are_required(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
}

#[tokio::test]
async fn fields_of_the_server_are_ignored_while_they_say_what_it_says() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let same = json!({
        "tenant_id": tenant.id, "version": 1, "is_deleted": false, "deleted_at": null, "attachments_count": 0,
        "attributes": {}, "app_id": null, "created_by": "root@example.com",
    });
    assert_eq!(tenant.admin().post(PATH, &with(record("ada", "x"), same)).send().await.status, 201);
    let other = json!({"version": 7, "id": "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "created_at": "2020-01-01T00:00:00.000Z"});
    let answer = tenant.admin().post(PATH, &with(record("ada", "x"), other)).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.places()),
        (400, ["/created_at", "/id", "/version"].map(str::to_owned).to_vec())
    );
}

#[tokio::test]
async fn another_tenants_record_is_denied() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let answer = mine.admin().post(PATH, &with(record("ada", "x"), json!({"tenant_id": other.id}))).send().await;
    assert_eq!(answer.status, 403);
}

#[rstest]
#[case::educator(Role::Educator, None, None, 403)]
#[case::student(Role::Student, None, None, 403)]
#[case::reader(Role::Application, Some("lms"), Some("records:read"), 403)]
#[case::writer(Role::Application, Some("lms"), Some("records:write"), 201)]
#[case::manager(Role::Manager, None, None, 201)]
#[tokio::test]
async fn who_may_write(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
    #[case] status: u16,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.caller("somebody", role, app, scope).post(PATH, &record("ada", "x")).send().await;
    assert_eq!(answer.status, status);
}

#[tokio::test]
async fn nobody_is_asked_who_they_are() {
    let stack = Stack::start();
    let answer = Caller::nobody(&stack).post(PATH, &record("ada", "x")).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, Some("Bearer")));
    assert!(stack.wire.take().is_empty(), "nobody costs no call");
}

#[tokio::test]
async fn an_applications_record_bears_its_id() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(tenant.application("lms").create(&record("ada", "x")).await["app_id"], "lms");
    assert_eq!(tenant.manager().create(&record("ada", "x")).await["app_id"], Value::Null);
}

#[tokio::test]
async fn an_external_id_in_use_is_a_conflict() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = with(record("ada", "x"), json!({"external_id": "hr-1"}));
    tenant.admin().create(&body).await;
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    let elsewhere = stack.tenant().await;
    elsewhere.admin().create(&body).await;
}
