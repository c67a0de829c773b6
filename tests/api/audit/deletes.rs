//! Who deleted a thing is in the trail, whatever it was, and what comes after it under the same key too.

use super::entries;
use crate::{
    api::{attributes, groups, people},
    support::{Request, Stack, Tenant},
};
use rol_domain::{Role, api_key::KeyText};
use serde_json::{Value, json};

/// Action, actor and subject of every entry of a thing, in order.
async fn story(tenant: &Tenant<'_>, id: &str) -> Vec<Value> {
    let entries = entries(tenant, &format!("&entity_id={id}")).await;
    entries.iter().map(|entry| json!([entry["action"], entry["actor"], entry["subject"]])).collect()
}

fn id_of(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

/// Sends it; what was asked for was done. The answer's request id.
async fn done(request: Request<'_>) -> String {
    let answer = request.send().await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.header("x-request-id").expect("an id").to_owned()
}

#[tokio::test]
async fn who_deleted_an_attribute_is_known_and_its_key_lives_again() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let other = tenant.caller("eve@example.com", Role::Admin, None, None);
    attributes::made(&tenant, &attributes::wish("a", "number")).await;
    let request_id = done(other.delete("/v1/attributes/a")).await;
    assert_eq!(attributes::made(&tenant, &attributes::wish("a", "date")).await["version"], 1);
    // What is kept is deleted too, whatever is kept of it.
    done(other.delete("/v1/attributes/a?on_existing=keep")).await;
    attributes::made(&tenant, &attributes::wish("a", "date")).await;
    stack.drain().await;
    let (root, eve) = ("root@example.com", "eve@example.com");
    let expected = [
        json!(["attribute.created", root, null]),
        json!(["attribute.deleted", eve, null]),
        json!(["attribute.created", root, null]),
        json!(["attribute.deleted", eve, null]),
        json!(["attribute.created", root, null]),
    ];
    assert_eq!(story(&tenant, "a").await, expected);
    let deleted = &entries(&tenant, "&entity_id=a&action=attribute.deleted").await[0];
    assert_eq!((&deleted["request_id"], &deleted["changed"]), (&json!(request_id), &json!([])));
}

#[tokio::test]
async fn who_deleted_a_person_is_known_and_their_id_lives_again() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "boss", "role": "manager"})).await;
    let ada = json!({"id": "ada", "name": "Ada", "email": "ada@example.com"});
    people::made(&tenant, ada.clone()).await;
    let path = "/v1/people/ada";
    done(tenant.admin().delete(path).header("subject-user", "boss")).await;
    assert_eq!(tenant.admin().get(path).send().await.status, 404);
    people::made(&tenant, ada).await;
    done(tenant.manager().patch(path, &json!({"name": "Ada L."}))).await;
    done(tenant.admin().delete(path)).await;
    stack.drain().await;
    let root = "root@example.com";
    let expected = [
        json!(["person.created", root, null]),
        json!(["person.deleted", root, "boss"]),
        json!(["person.created", root, null]),
        json!(["person.updated", "max@example.com", null]),
        json!(["person.deleted", root, null]),
    ];
    assert_eq!(story(&tenant, "ada").await, expected);
    assert_eq!(entries(&tenant, "&person_id=ada&action=person.deleted").await.len(), 2);
}

#[tokio::test]
async fn who_deleted_a_group_or_a_grant_is_known() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let group = groups::made(&tenant, "A", None).await;
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let grant = groups::grant_path(&group, &educators);
    let rights = json!({"rights": ["view"]});
    done(tenant.manager().put(&grant, &rights)).await;
    let app = tenant.caller("robot", Role::Application, Some("hr"), Some("directory:write"));
    done(tenant.manager().delete(&grant)).await;
    assert_eq!(tenant.admin().get(&grant).send().await.status, 404);
    let again = tenant.admin().put(&grant, &rights).send().await;
    assert_eq!((again.status.as_u16(), &again.json()["version"]), (201, &json!(1)), "{}", again.text());
    done(tenant.admin().delete(&grant)).await;
    done(app.delete(groups::path_of(&group))).await;
    stack.drain().await;
    let (root, max) = ("root@example.com", "max@example.com");
    let expected = [
        json!(["grant.created", max, null]),
        json!(["grant.deleted", max, null]),
        json!(["grant.created", root, null]),
        json!(["grant.deleted", root, null]),
    ];
    assert_eq!(story(&tenant, &format!("{}/{}", id_of(&group), id_of(&educators))).await, expected);
    let expected = [json!(["group.created", root, null]), json!(["group.deleted", "robot", null])];
    assert_eq!(story(&tenant, id_of(&group)).await, expected);
    let deleted = &entries(&tenant, &format!("&entity_id={}&action=deleted", id_of(&group))).await[0];
    assert_eq!(deleted["app_id"], "hr");
}

#[tokio::test]
async fn who_put_whom_into_a_group_and_out_of_it_is_known() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let group = groups::made(&tenant, "A", None).await;
    people::made(&tenant, json!({"id": "ada"})).await;
    done(tenant.manager().patch(groups::members_path(&group), &json!({"add": ["ada"]}))).await;
    done(tenant.admin().patch(groups::members_path(&group), &json!({"remove": ["ada"]}))).await;
    stack.drain().await;
    let entries = entries(&tenant, "&entity_id=ada").await;
    let told: Vec<Value> = entries.iter().map(|it| json!([it["action"], it["actor"], it["changed"]])).collect();
    let expected = [
        json!(["person.updated", "max@example.com", ["group_ids"]]),
        json!(["person.updated", "root@example.com", ["group_ids"]]),
    ];
    assert_eq!(told[1..], expected);
}

#[tokio::test]
async fn a_key_that_is_used_in_the_moment_of_its_end_is_deleted_once() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().post("/v1/api-keys", &json!({"label": "k", "role": "manager"})).send().await.json();
    let keeper = tenant.caller("keeper", Role::Admin, None, None);
    done(keeper.delete(format!("/v1/api-keys/{}", id_of(&made)))).await;
    // A warm container still knows the key, and notes that it was used.
    let hash = KeyText::parse(made["key"].as_str().expect("a key")).expect("a key").hash();
    tenant.store().touch_api_key(hash, stack.now()).await.expect("no error");
    stack.drain().await;
    let expected = [json!(["apiKey.created", "root@example.com", null]), json!(["apiKey.deleted", "keeper", null])];
    assert_eq!(story(&tenant, id_of(&made)).await, expected);
}
