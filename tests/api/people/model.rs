//! Whatever is done to people in whatever order: who is found and who is in which group is what follows from the
//! entries as they are.

use super::{PATH, found, made};
use crate::{
    api::groups,
    support::{Caller, Stack},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Something that is done; people, groups and texts by their numbers.
#[derive(Debug, Clone)]
enum Act {
    Create(usize, usize, usize, BTreeSet<usize>),
    Rename(usize, usize),
    Readdress(usize, usize),
    Regroup(usize, BTreeSet<usize>),
    Members(usize, BTreeSet<usize>, BTreeSet<usize>),
    Delete(usize),
}

/// A person as the model has them.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    name: Option<&'static str>,
    email: Option<&'static str>,
    groups: BTreeSet<usize>,
}

const PEOPLE: [&str; 4] = ["ada", "b#b", "c%23", "d/d"];
const NAMES: [Option<&str>; 5] =
    [None, Some("Ada Lovelace"), Some("ada LOVELY love"), Some("Love #1"), Some("Lo %23 ada")];
const EMAILS: [Option<&str>; 4] = [None, Some("ada@x"), Some("ADA@x"), Some("lo#ve@x")];
const SEARCHES: [&str; 8] = ["a", "ada", "lo", "love", "lovely", "#", "%23", "ada@x"];
const GROUPS: usize = 3;

fn act() -> impl Strategy<Value = Act> {
    let (person, name, email) = (0..PEOPLE.len(), 0..NAMES.len(), 0..EMAILS.len());
    let groups = || proptest::collection::btree_set(0..GROUPS, 0..=GROUPS);
    let some = || proptest::collection::btree_set(0..PEOPLE.len(), 0..=2);
    prop_oneof![
        3 => (person.clone(), name.clone(), email.clone(), groups()).prop_map(|(p, n, e, g)| Act::Create(p, n, e, g)),
        2 => (person.clone(), name).prop_map(|(p, n)| Act::Rename(p, n)),
        2 => (person.clone(), email).prop_map(|(p, e)| Act::Readdress(p, e)),
        2 => (person.clone(), groups()).prop_map(|(p, g)| Act::Regroup(p, g)),
        3 => (0..GROUPS, some(), some()).prop_map(|(g, a, r)| Act::Members(g, a, r)),
        1 => person.prop_map(Act::Delete),
    ]
}

type Model = BTreeMap<usize, Entry>;

/// What the model becomes, and which status is answered.
fn apply(model: &mut Model, act: &Act) -> u16 {
    match act {
        Act::Create(person, ..) if model.contains_key(person) => 409,
        Act::Create(person, name, email, groups) => {
            model.insert(*person, Entry { name: NAMES[*name], email: EMAILS[*email], groups: groups.clone() });
            201
        }
        Act::Members(group, add, remove) => {
            let named = add.union(remove);
            if (add.is_empty() && remove.is_empty())
                || !add.is_disjoint(remove)
                || named.into_iter().any(|person| !model.contains_key(person))
            {
                return 400;
            }
            for (person, entry) in model.iter_mut() {
                if add.contains(person) {
                    entry.groups.insert(*group);
                }
                if remove.contains(person) {
                    entry.groups.remove(group);
                }
            }
            200
        }
        Act::Delete(person) => model.remove(person).map_or(404, |_| 204),
        Act::Rename(person, _) | Act::Readdress(person, _) | Act::Regroup(person, _) => {
            let Some(entry) = model.get_mut(person) else { return 404 };
            match act {
                Act::Rename(_, name) => entry.name = NAMES[*name],
                Act::Readdress(_, email) => entry.email = EMAILS[*email],
                Act::Regroup(_, groups) => entry.groups.clone_from(groups),
                _ => {}
            }
            200
        }
    }
}

/// Does it over the wire; the status.
async fn perform(admin: &Caller<'_>, groups: &[Value], act: &Act) -> u16 {
    let ids = |numbers: &BTreeSet<usize>| numbers.iter().map(|group| groups[*group]["id"].clone()).collect::<Vec<_>>();
    let people = |numbers: &BTreeSet<usize>| numbers.iter().map(|person| PEOPLE[*person]).collect::<Vec<_>>();
    let patch = |person: usize, body: Value| admin.patch(path(person), &body);
    let request = match act {
        Act::Create(person, name, email, groups) => {
            let body = json!({
                "id": PEOPLE[*person], "name": NAMES[*name], "email": EMAILS[*email], "group_ids": ids(groups),
            });
            admin.post(PATH, &body)
        }
        Act::Rename(person, name) => patch(*person, json!({"name": NAMES[*name]})),
        Act::Readdress(person, email) => patch(*person, json!({"email": EMAILS[*email]})),
        Act::Regroup(person, groups) => patch(*person, json!({"group_ids": ids(groups)})),
        Act::Members(group, add, remove) => {
            admin.patch(groups::members_path(&groups[*group]), &json!({"add": people(add), "remove": people(remove)}))
        }
        Act::Delete(person) => admin.delete(path(*person)),
    };
    request.send().await.status.as_u16()
}

fn path(person: usize) -> String {
    format!("{PATH}/{}", PEOPLE[person].replace('%', "%25").replace('#', "%23").replace('/', "%2F"))
}

/// Whether a person is found, naively: by how the address starts, or the name from one of its first three words on.
fn is_found(entry: &Entry, search: &str) -> bool {
    let name = entry.name.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    let from = |first: usize| words[first..].join(" ").starts_with(search);
    entry.email.is_some_and(|email| email.to_lowercase().starts_with(search)) || (0..words.len().min(3)).any(from)
}

async fn assert_agrees(admin: &Caller<'_>, groups: &[Value], model: &Model, done: &[Act]) {
    let named = |is_meant: &dyn Fn(&Entry) -> bool| -> BTreeSet<String> {
        model.iter().filter(|(_, entry)| is_meant(entry)).map(|(person, _)| PEOPLE[*person].to_owned()).collect()
    };
    for (i, search) in SEARCHES.into_iter().enumerate() {
        let hits = found(admin, search, 1 + i % 3).await;
        let set: BTreeSet<String> = hits.iter().cloned().collect();
        assert_eq!(hits.len(), set.len(), "each once: {search} after {done:?}");
        assert_eq!(set, named(&|entry| is_found(entry, search)), "{search} after {done:?}");
    }
    for (number, group) in groups.iter().enumerate() {
        let members: BTreeSet<String> = groups::members(admin, group, 2).await.into_iter().collect();
        assert_eq!(members, named(&|entry| entry.groups.contains(&number)), "members after {done:?}");
    }
    let all: BTreeSet<String> = super::pages(admin, &format!("{PATH}?limit=3")).await.into_iter().collect();
    assert_eq!(all, named(&|_| true), "all after {done:?}");
}

#[tokio::test]
async fn memberships_and_finders_follow_every_change() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let stack = Stack::start();
    for _ in 0..6 {
        let acts = proptest::collection::vec(act(), 25).new_tree(&mut runner).expect("a sequence").current();
        let tenant = stack.tenant().await;
        let admin = tenant.admin();
        let mut groups = Vec::new();
        for n in 0..GROUPS {
            groups.push(groups::made(&tenant, &n.to_string(), None).await);
        }
        let mut model = Model::new();
        for (i, act) in acts.iter().enumerate() {
            let expected = apply(&mut model, act);
            assert_eq!(perform(&admin, &groups, act).await, expected, "{:?}", &acts[..=i]);
            if i % 5 == 4 {
                assert_agrees(&admin, &groups, &model, &acts[..=i]).await;
            }
        }
    }
}

#[tokio::test]
async fn changes_at_once_leave_memberships_and_finders_that_agree() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (a, b) = (groups::made(&tenant, "A", None).await, groups::made(&tenant, "B", None).await);
    for round in 0..4 {
        let id = format!("p{round}");
        made(&tenant, json!({"id": id, "name": "Ada"})).await;
        let path = format!("{PATH}/{id}");
        let add = json!({"add": [id]});
        let remove = json!({"remove": [id]});
        let requests = [
            admin.patch(&path, &json!({"group_ids": [a["id"], b["id"]]})),
            admin.patch(groups::members_path(&a), &add),
            admin.patch(groups::members_path(&a), &remove),
            admin.patch(groups::members_path(&b), &remove),
            admin.patch(&path, &json!({"name": "Bob"})),
            admin.patch(&path, &json!({"group_ids": []})),
        ];
        let answers = futures_util::future::join_all(requests.map(crate::support::Request::send)).await;
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)));
        let person = admin.get(&path).send().await.json();
        for group in [&a, &b] {
            let is_in = person["group_ids"].as_array().is_some_and(|groups| groups.contains(&group["id"]));
            assert_eq!(groups::members(&admin, group, 10).await.contains(&id), is_in, "{person}");
        }
        for name in ["Ada", "Bob"] {
            assert_eq!(found(&admin, name, 10).await.contains(&id), person["name"] == name, "{person}");
        }
    }
}
