//! Educators: what a grant over a group lets them do with records, as in Synap's example of “Record makers”.

use crate::{
    api::{groups, people},
    support::{Caller, Stack, Tenant, path_of, record},
};
use chrono::TimeDelta;
use rol_domain::{Role, limits::DIRECTORY_CACHE_S};
use serde_json::{Value, json};

const RECORDS: &str = "/v1/learning-records";

/// Edna, a record maker; Neil, an astronaut; Buzz, in a group inside; Carl, a cook.
struct World<'a> {
    tenant: Tenant<'a>,
    astronauts: Value,
    makers: Value,
}

impl<'a> World<'a> {
    async fn make(stack: &'a Stack) -> Self {
        let tenant = stack.tenant().await;
        let astronauts = groups::made(&tenant, "Astronauts", None).await;
        let apollo = groups::made(&tenant, "Apollo 11", Some(&astronauts)).await;
        let cooks = groups::made(&tenant, "Cooks", None).await;
        let makers = groups::made_of_kind(&tenant, "Record makers", "educator_group", None).await;
        for (person, group) in [("edna", &makers), ("neil", &astronauts), ("buzz", &apollo), ("carl", &cooks)] {
            people::made(&tenant, json!({"id": person, "group_ids": [group["id"]]})).await;
        }
        groups::granted(&tenant, &astronauts, &makers, &["view", "edit"]).await;
        Self { tenant, astronauts, makers }
    }

    fn edna(&self) -> Caller<'a> {
        self.tenant.caller("edna", Role::Educator, None, None)
    }

    /// The statuses of viewing, changing and deleting a fresh record of a person, and of adding another.
    async fn may(&self, person: &str) -> [u16; 4] {
        // What a warm container remembers of grants and groups is older than ten seconds.
        self.tenant.stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
        let made = self.tenant.admin().create(&record(person, "x")).await;
        let (edna, path) = (self.edna(), path_of(&made["id"]));
        let answers = [
            edna.get(&path).send().await,
            edna.patch(&path, &json!({"score": 50})).send().await,
            edna.delete(&path).send().await,
            edna.post(RECORDS, &record(person, "y")).send().await,
        ];
        answers.map(|answer| answer.status.as_u16())
    }
}

#[tokio::test]
async fn record_makers_view_and_edit_astronauts_and_nothing_else() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    assert_eq!(world.may("neil").await, [200, 200, 403, 403]);
    assert_eq!(world.may("buzz").await, [200, 200, 403, 403], "a group inside is covered");
    assert_eq!(world.may("carl").await, [404, 404, 404, 403], "somebody outside");
    assert_eq!(world.may("nobody").await, [404, 404, 404, 403], "somebody whom the directory does not know");
}

#[tokio::test]
async fn a_second_grant_adds_to_the_first() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let more = groups::made_of_kind(&world.tenant, "Record creators", "educator_group", None).await;
    groups::granted(&world.tenant, &world.astronauts, &more, &["create"]).await;
    let both = json!({"group_ids": [world.makers["id"], more["id"]]});
    assert_eq!(world.tenant.admin().patch("/v1/people/edna", &both).send().await.status, 200);
    assert_eq!(world.may("neil").await, [200, 200, 403, 201]);
    assert_eq!(world.may("buzz").await, [200, 200, 403, 201]);
    assert_eq!(world.may("carl").await, [404, 404, 404, 403]);
}

#[tokio::test]
async fn a_person_who_moves_takes_their_records_along_at_once() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let made = world.tenant.admin().create(&record("neil", "x")).await;
    assert_eq!(world.edna().get(path_of(&made["id"])).send().await.status, 200);
    let left = world.tenant.admin().patch("/v1/people/neil", &json!({"group_ids": []})).send().await;
    assert_eq!(left.status, 200, "{}", left.text());
    assert_eq!(world.edna().get(path_of(&made["id"])).send().await.status, 404);
}

#[tokio::test]
async fn a_grant_that_is_taken_back_counts_no_longer() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    assert_eq!(world.may("neil").await, [200, 200, 403, 403]);
    let grant = groups::grant_path(&world.astronauts, &world.makers);
    assert_eq!(world.tenant.admin().delete(grant).send().await.status, 204);
    assert_eq!(world.may("neil").await, [404, 404, 404, 403]);
}

#[tokio::test]
async fn what_may_not_be_seen_is_missing_to_the_byte() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let hidden = world.tenant.admin().create(&record("carl", "x")).await;
    let gone = world.tenant.admin().create(&record("carl", "y")).await;
    world.tenant.admin().delete(path_of(&gone["id"])).send().await;
    let edna = world.edna();
    for (method, tail) in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("GET", "/permissions")] {
        let ask = |id: &Value| {
            let method = method.parse().expect("a method");
            edna.request(method, path_of(id) + tail).json(&json!({})).send()
        };
        let missing = ask(&json!("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV")).await;
        assert_eq!(missing.status, 404);
        assert_eq!(ask(&hidden["id"]).await.anonymous(), missing.anonymous(), "{method}{tail}");
        assert_eq!(ask(&gone["id"]).await.anonymous(), missing.anonymous(), "{method}{tail} of a deleted one");
    }
    let nobody = edna.get(format!("{RECORDS}?person_id=stranger")).send().await;
    let hidden_list = edna.get(format!("{RECORDS}?person_id=carl")).send().await;
    assert_eq!(hidden_list.anonymous(), nobody.anonymous());
}

#[tokio::test]
async fn permissions_are_explained_in_words() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let made = world.tenant.admin().create(&record("buzz", "x")).await;
    let path = format!("{}/permissions", path_of(&made["id"]));
    let told = world.edna().get(&path).send().await.json();
    let verbs: Vec<Value> =
        told["data"].as_array().expect("verbs").iter().map(|verb| json!([verb["verb"], verb["allowed"]])).collect();
    assert_eq!(
        verbs,
        [json!(["view", true]), json!(["create", false]), json!(["edit", true]), json!(["delete", false]),]
    );
    assert_eq!(
        told["data"][2]["because"],
        "your group “Record makers” was granted edit over “Astronauts”, which “Apollo 11” is part of"
    );
    let admin = world.tenant.admin().get(&path).send().await.json();
    assert_eq!(admin["data"][3]["because"], "you are an admin: admins may do everything with all records");
}

#[tokio::test]
async fn an_educator_is_told_what_was_granted() {
    let stack = Stack::start();
    let world = World::make(&stack).await;
    let me = world.edna().get("/v1/me").send().await.json();
    assert_eq!(
        me["grants"],
        json!([{
            "group_id": world.astronauts["id"], "group_name": "Astronauts",
            "educator_group_id": world.makers["id"], "rights": ["view", "edit"],
        }])
    );
}
