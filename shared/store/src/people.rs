//! People, what they are found by, and the members of groups.
//!
//! A person's `group_ids` say which groups the person is in. Memberships, by which a group's members are listed, and
//! finders are derived from a person's entry and written in the same transaction.

use crate::{
    TenantStore,
    call::Item,
    condition::{WriteCondition, is_live},
    entity::{self, Stored},
    keys::{self, FindBy, Key, ListedKind, MEMBER_PREFIX, PERSON_PREFIX, SHARDS},
    list::{Order, Slice},
    transaction::{CommitOutcome, Transaction},
};
use futures_util::future::try_join_all;
use rol_domain::{
    Cx, GroupId, PersonKey, Result, Role, Stamp,
    person::{BoundSetters, Person, PersonContent, PersonStatus},
    text::{Email, PersonExternalId, PersonId, PersonName},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize)]
pub(crate) struct PersonItem {
    pub(crate) id: PersonId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    status: PersonStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_set_by: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_set_by: Option<Role>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    group_ids: BTreeSet<GroupId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    external_ids: BTreeSet<PersonExternalId>,
    #[serde(flatten)]
    pub(crate) stamp: Stamp,
}

impl From<Person> for PersonItem {
    fn from(Person { id, content, set_by, stamp }: Person) -> Self {
        let PersonContent { name, email, status, role, group_ids, external_ids } = content;
        let BoundSetters { role: role_set_by, status: status_set_by } = set_by;
        Self { id, name, email, status, role, role_set_by, status_set_by, group_ids, external_ids, stamp }
    }
}

impl From<PersonItem> for Person {
    fn from(item: PersonItem) -> Self {
        let PersonItem { id, name, email, status, role, role_set_by, status_set_by, group_ids, external_ids, stamp } =
            item;
        // A bound without a setter was written before setters were kept. It binds everybody, as it did then.
        let blocks = status != PersonStatus::Active;
        let set_by = BoundSetters {
            role: role.map(|_| role_set_by.unwrap_or(Role::Admin)),
            status: blocks.then(|| status_set_by.unwrap_or(Role::Admin)),
        };
        Self { id, content: PersonContent { name, email, status, role, group_ids, external_ids }, set_by, stamp }
    }
}

#[derive(Serialize, Deserialize)]
struct Pointer {
    person_id: PersonId,
}

/// The most keys of one `BatchGetItem`.
const BATCH: usize = 100;

/// A write of a person's entry.
#[derive(Debug, Clone)]
pub struct PersonWrite {
    /// The entry that was read, if there was one.
    pub old: Option<Person>,
    /// The new entry; `None` deletes it.
    pub new: Option<Person>,
}

/// The outcome of writes to the directory. Nothing is written unless it is [`Self::Done`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleWriteOutcome {
    Done,
    /// These groups do not exist.
    NoGroup(Vec<GroupId>),
    /// An entry is no longer at the version that was read.
    Stale,
    /// Another transaction is writing the same entries or groups.
    Contended,
}

fn read_person(item: Item) -> Result<Person> {
    entity::read::<PersonItem>("reading a person", item).map(Person::from)
}

impl TenantStore<'_> {
    /// One call, strongly consistent.
    pub async fn person(&self, person: &PersonId) -> Result<Option<Person>> {
        self.item(Key::person(self.tenant, person)).await?.map(read_person).transpose()
    }

    /// The entries in a partition: nearly always one or none. One call, strongly consistent.
    pub async fn people_in_partition(&self, key: PersonKey) -> Result<Vec<Person>> {
        let items = self.range(keys::person_partition(self.tenant, key)).starting(PERSON_PREFIX).all().await?;
        items.into_iter().map(read_person).collect()
    }

    /// The entries that exist of these people. One call for each 100 people, more if DynamoDB leaves keys unprocessed;
    /// strongly consistent.
    pub async fn people_by_ids(&self, ids: &BTreeSet<PersonId>) -> Result<BTreeMap<PersonId, Person>> {
        let mut people = BTreeMap::new();
        let keys: Vec<Item> = ids.iter().map(|id| Key::person(self.tenant, id).into_item()).collect();
        for keys in keys.chunks(BATCH) {
            for item in self.batch(keys.to_vec()).await?.into_iter().filter(is_live) {
                let person = read_person(item)?;
                people.insert(person.id.clone(), person);
            }
        }
        Ok(people)
    }

    /// The first `limit` people behind `after`, by id, eventually consistent. One call for each of four shards.
    pub async fn people(&self, after: Option<&str>, limit: usize) -> Result<Slice<Person>> {
        let page = self.list_by_id(ListedKind::Person, Order::Ascending, after, limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_person).collect::<Result<_>>()?, more: page.more })
    }

    /// At most `limit` people who have exactly this value. One call, strongly consistent.
    pub async fn find(&self, by: FindBy, value: &str, limit: usize) -> Result<Vec<PersonId>> {
        let pk = keys::finder_partition(self.tenant, keys::finder_shard(by, value));
        let items = self.range(pk).starting(&keys::finder_exact(by, value)).first(limit).await?;
        items.into_iter().map(read_pointer).collect()
    }

    /// The first `limit` people behind the sort key `after` who have a value that starts with `start`, each with the
    /// sort key. One call for each of four shards, strongly consistent.
    pub async fn search(
        &self,
        by: FindBy,
        start: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Slice<(String, PersonId)>> {
        let prefix = keys::finder_prefix(by, start);
        let shards = (0..SHARDS).map(|shard| {
            let (pk, prefix) = (keys::finder_partition(self.tenant, shard), prefix.clone());
            async move { self.range(pk).starting(&prefix).behind(after).page(limit).await }
        });
        let pages = try_join_all(shards).await?;
        let cut = pages.iter().any(|page| page.more);
        let mut people = Vec::new();
        for item in pages.into_iter().flat_map(|page| page.items) {
            people.push((keys::sort_key_of(&item).to_owned(), read_pointer(item)?));
        }
        people.sort();
        let more = people.len() > limit || cut;
        people.truncate(limit);
        Ok(Slice { items: people, more })
    }

    /// The first `limit` members of a group behind `after`, by id. One call, strongly consistent.
    pub async fn members(&self, group: GroupId, after: Option<&PersonId>, limit: usize) -> Result<Slice<PersonId>> {
        let after = after.map(|person| format!("{MEMBER_PREFIX}{person}"));
        let pk = keys::members_partition(self.tenant, group);
        let page = self.range(pk).starting(MEMBER_PREFIX).behind(after.as_deref()).page(limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_pointer).collect::<Result<_>>()?, more: page.more })
    }

    /// Writes entries with their memberships and finders in one transaction of at most 100 items. An entry has to be at
    /// the version that was read, and every group that somebody joins has to exist. One call.
    pub async fn write_people(&self, writes: &[PersonWrite], cx: &Cx) -> Result<PeopleWriteOutcome> {
        let mut transaction = Transaction::new(*self);
        let joined: BTreeSet<GroupId> = writes.iter().flat_map(PersonWrite::joined_groups).collect();
        for group in &joined {
            transaction.check(Key::group(self.tenant, *group), WriteCondition::Present)?;
        }
        for write in writes {
            self.write_person(&mut transaction, write, cx)?;
        }
        Ok(match transaction.commit().await? {
            CommitOutcome::Done => PeopleWriteOutcome::Done,
            CommitOutcome::Refused(at) => {
                let missing: Vec<GroupId> =
                    joined.iter().enumerate().filter(|(i, _)| at.contains(i)).map(|(_, group)| *group).collect();
                if missing.is_empty() { PeopleWriteOutcome::Stale } else { PeopleWriteOutcome::NoGroup(missing) }
            }
            CommitOutcome::Contended => PeopleWriteOutcome::Contended,
        })
    }

    fn write_person(&self, transaction: &mut Transaction<'_>, write: &PersonWrite, cx: &Cx) -> Result<()> {
        let stored =
            |person: Person| Stored::new("Person", Key::person(self.tenant, &person.id), PersonItem::from(person));
        let (id, item) = match (&write.old, &write.new) {
            (_, Some(new)) => (&new.id, stored(new.clone()).listed(self.tenant, ListedKind::Person, &new.id).by(cx)),
            (Some(old), None) => {
                // The tombstone keeps nothing but the id.
                let content = PersonContent::default();
                let deleted =
                    Person { id: old.id.clone(), content, set_by: BoundSetters::default(), stamp: old.stamp.next(cx) };
                (&old.id, stored(deleted).into_tombstone(cx))
            }
            (None, None) => return Ok(()),
        };
        let replaces = write.old.as_ref().map(|old| old.stamp.version);
        transaction.put(item.into_item()?, Some(WriteCondition::replacing(replaces)))?;
        let before = write.old.as_ref().map(|person| self.derived_keys(person)).unwrap_or_default();
        let after = write.new.as_ref().map(|person| self.derived_keys(person)).unwrap_or_default();
        for (place, kind) in &after {
            if !before.contains_key(place) {
                let place = Key { pk: place.0.clone(), sk: place.1.clone() };
                let pointer = Pointer { person_id: id.clone() };
                transaction.put(Stored::new(kind, place, pointer).into_item()?, None)?;
            }
        }
        for place in before.keys().filter(|place| !after.contains_key(*place)) {
            transaction.delete(Key { pk: place.0.clone(), sk: place.1.clone() })?;
        }
        Ok(())
    }

    /// The sort keys of a person's finders by name and e-mail address that start with `start`, in order.
    pub fn finders_of(&self, person: &Person, start: &str) -> Vec<String> {
        let prefixes = [FindBy::Email, FindBy::Name].map(|by| keys::finder_prefix(by, start));
        let matches = |sk: &String| prefixes.iter().any(|prefix| sk.starts_with(prefix));
        let mut sort_keys: Vec<String> =
            self.derived_keys(person).into_keys().map(|(_, sk)| sk).filter(matches).collect();
        sort_keys.sort();
        sort_keys
    }

    /// The items of an entry: itself, its memberships and its finders.
    pub(crate) fn items_of(&self, person: &Person) -> Result<Vec<Item>> {
        let item = Stored::new("Person", Key::person(self.tenant, &person.id), PersonItem::from(person.clone()));
        let mut items = vec![item.listed(self.tenant, ListedKind::Person, &person.id).into_item()?];
        for ((pk, sk), kind) in self.derived_keys(person) {
            items.push(Stored::new(kind, Key { pk, sk }, Pointer { person_id: person.id.clone() }).into_item()?);
        }
        Ok(items)
    }

    /// The keys of an entry's memberships and finders, each with the item's type.
    fn derived_keys(&self, person: &Person) -> BTreeMap<(String, String), &'static str> {
        let content = &person.content;
        let finder = |by, value: &str| Key::finder(self.tenant, by, value, &person.id);
        let names = content.name_keys();
        let finders = (names.iter().map(|name| finder(FindBy::Name, name)))
            .chain(content.email_key().map(|email| finder(FindBy::Email, &email)))
            .chain(content.external_ids.iter().map(|id| finder(FindBy::ExternalId, id.as_str())))
            .map(|key| (key, "Finder"));
        let memberships = content.group_ids.iter().map(|group| Key::membership(self.tenant, *group, &person.id));
        finders.chain(memberships.map(|key| (key, "Membership"))).map(|(key, kind)| ((key.pk, key.sk), kind)).collect()
    }
}

impl PersonWrite {
    /// The groups that the person joins.
    fn joined_groups(&self) -> impl Iterator<Item = GroupId> {
        let after = self.new.iter().flat_map(|person| &person.content.group_ids);
        let was_in = |group: &GroupId| self.old.as_ref().is_some_and(|old| old.content.group_ids.contains(group));
        after.filter(move |group| !was_in(group)).copied()
    }
}

pub(crate) fn read_pointer(item: Item) -> Result<PersonId> {
    entity::read::<Pointer>("reading a pointer", item).map(|pointer| pointer.person_id)
}
