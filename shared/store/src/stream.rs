//! Records of the table's stream, as Lambda delivers them: which change each of them is.

use crate::{
    activities::Retitling, attachments::DownloadItem, denials::DenialItem, people::PersonItem, records::RecordItem,
    settings::SettingsItem,
};
use rol_domain::{
    Activity, Attachment, Error, Record, Result, Stamp, TenantId,
    access::Grant,
    api_key::ApiKey,
    attribute::Attribute,
    change::{Action, Change, ChangeKind, Entity, Trace, changed},
    denial::Denial,
    group::Group,
    text::{AppId, PersonId},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A record of the stream, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRecord {
    dynamodb: Images,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    keys: serde_dynamo::Item,
    #[serde(default)]
    new_image: Option<serde_dynamo::Item>,
    #[serde(default)]
    old_image: Option<serde_dynamo::Item>,
    sequence_number: String,
}

/// What shows that a thing is there no longer: it ended, or it is an attribute of which only the values are kept. Both
/// say who did that until DynamoDB removes them.
#[derive(Deserialize)]
struct Ending {
    #[serde(default)]
    ttl: Option<i64>,
    #[serde(default)]
    retired: bool,
}

/// The application that somebody acted for who wrote an item.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    written_via: Option<AppId>,
}

/// The type of an item, by which it is told from the others.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
}

impl StreamRecord {
    /// What tells it from every other.
    pub fn sequence(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    fn key(&self, name: &str) -> &str {
        match self.dynamodb.keys.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => text,
            _ => "",
        }
    }

    /// The title on its way to the records of an activity, as far as it came; `None` where it arrived.
    ///
    /// # Errors
    /// [`Error::Internal`] where the image is not what its type says, or has none.
    pub fn retitling(&self) -> Result<Option<Retitling>> {
        let Some(new) = &self.dynamodb.new_image else { return Ok(None) };
        if read::<Typed>(new)?.kind != "Retitling" {
            return Ok(None);
        }
        read(new).map(Some)
    }

    /// The change that it tells; `None` where it tells none: nothing that counts was written, or an item was removed,
    /// which happens only to what had ended or follows from something else.
    ///
    /// # Errors
    /// [`Error::Internal`] where an image is not what its type says, or has none.
    pub fn change(&self) -> Result<Option<Change>> {
        let Images { new_image, old_image, .. } = &self.dynamodb;
        let Some(new) = new_image else { return Ok(None) };
        let old = old_image.as_ref();
        match read::<Typed>(new)?.kind.as_str() {
            "Record" => {
                let new: Record = read::<RecordItem>(new)?.into();
                let old: Option<Record> = old.map(read::<RecordItem>).transpose()?.map(Record::from);
                Ok(Change::of_record(old.as_ref(), &new, self.sequence().to_owned()))
            }
            // Written again it is the same one, of a request whose answer was lost.
            "Download" => match old {
                Some(_) => Ok(None),
                None => self.download(&read(new)?).map(Some),
            },
            "Attachment" => {
                let new: Attachment = read(new)?;
                let old: Option<Attachment> = old.map(read).transpose()?;
                Ok(Change::of_attachment(old.as_ref(), &new, self.sequence().to_owned()))
            }
            "Attribute" => {
                self.config::<Attribute>(Entity::Attribute, old, new, |it| (it.key.to_string(), it.stamp.clone(), None))
            }
            "Person" => self.config::<PersonItem>(Entity::Person, old, new, |it| {
                (it.id.to_string(), it.stamp.clone(), Some(it.id.clone()))
            }),
            "Group" => self.config::<Group>(Entity::Group, old, new, |it| (it.id.to_string(), it.stamp.clone(), None)),
            "Grant" => self.config::<Grant>(Entity::Grant, old, new, |it| {
                (format!("{}/{}", it.group_id, it.educator_group_id), it.stamp.clone(), None)
            }),
            "Activity" => {
                self.config::<Activity>(Entity::Activity, old, new, |it| (it.id.to_string(), it.stamp.clone(), None))
            }
            "Settings" => self.config::<SettingsItem>(Entity::Settings, old, new, |it| {
                ("settings".to_owned(), it.stamp.clone(), None)
            }),
            "Denied" => Ok(Some(self.attempt(read(new)?, self.tenant(new)?))),
            "ApiKey" => {
                self.config::<ApiKey>(Entity::ApiKey, old, new, |it| (it.id.to_string(), it.stamp.clone(), None))
            }
            _ => Ok(None),
        }
    }

    /// A refused attempt. It is noted once, so that it is always a new one.
    fn attempt(&self, item: DenialItem, tenant: TenantId) -> Change {
        let DenialItem { entity, target, operation, reason, app_id, trace, .. } = item;
        Change {
            tenant,
            action: Action { entity, verb: ChangeKind::Denied },
            id: target.clone(),
            trace,
            changed: Default::default(),
            record: None,
            attachment: None,
            app_id,
            person_id: None,
            denial: Some(Denial { entity, target, operation, reason }),
            sequence: self.sequence().to_owned(),
        }
    }

    /// That somebody was given a file's content.
    fn download(&self, item: &DownloadItem) -> Result<Change> {
        let named = self.key("pk").strip_prefix("T#").and_then(|rest| rest.split('#').next());
        let tenant = TenantId::parse(named.unwrap_or_default());
        Ok(Change {
            tenant: tenant.map_err(|error| Error::internal("reading a stream record", error))?,
            action: Action { entity: Entity::Attachment, verb: ChangeKind::Downloaded },
            id: item.attachment_id.to_string(),
            trace: item.trace.clone(),
            changed: Default::default(),
            record: None,
            attachment: None,
            app_id: item.app_id.clone(),
            person_id: Some(item.person_id.clone()),
            denial: None,
            sequence: self.sequence().to_owned(),
        })
    }

    /// What became of something that has no history of its own.
    fn config<T: DeserializeOwned + Serialize>(
        &self,
        entity: Entity,
        old: Option<&serde_dynamo::Item>,
        new: &serde_dynamo::Item,
        known: fn(&T) -> (String, Stamp, Option<PersonId>),
    ) -> Result<Option<Change>> {
        // One that ended is one that is not there, also where it was not removed yet.
        let before = old.filter(|old| !ended(old)).map(read::<T>).transpose()?;
        let after: T = read(new)?;
        let (id, stamp, person_id) = known(&after);
        if before.as_ref().is_some_and(|before| known(before).1.version == stamp.version) {
            return Ok(None);
        }
        let (was, is) = (before.as_ref().map(facts).transpose()?, facts(&after)?);
        let verb = match (&was, ended(new)) {
            // A late write to what had ended changes nothing that counts.
            (None, true) => return Ok(None),
            (Some(_), true) => ChangeKind::Deleted,
            // Whatever is new starts at version 1; what goes on behind its end was brought back.
            (None, false) if stamp.version > 1 => ChangeKind::Restored,
            (None, false) => ChangeKind::Created,
            (Some(_), false) => ChangeKind::Updated,
        };
        let has_changed = matches!(verb, ChangeKind::Created | ChangeKind::Updated);
        Ok(Some(Change {
            tenant: self.tenant(new)?,
            action: Action { entity, verb },
            id,
            trace: Trace::from(&stamp),
            changed: if has_changed { changed(&was, &is) } else { Default::default() },
            record: None,
            attachment: None,
            app_id: read::<Written>(new)?.written_via,
            person_id,
            denial: None,
            sequence: self.sequence().to_owned(),
        }))
    }

    /// Whose item it is: by its key, or, where it is found before its tenant is known, by itself.
    fn tenant(&self, image: &serde_dynamo::Item) -> Result<TenantId> {
        #[derive(Deserialize)]
        struct Owned {
            tenant: TenantId,
        }
        let named = self.key("pk").strip_prefix("T#").and_then(|rest| rest.split('#').next());
        match named {
            Some(tenant) => TenantId::parse(tenant).map_err(|error| Error::internal("reading a stream record", error)),
            None => Ok(read::<Owned>(image)?.tenant),
        }
    }
}

fn ended(image: &serde_dynamo::Item) -> bool {
    read::<Ending>(image).is_ok_and(|ending| ending.ttl.is_some() || ending.retired)
}

/// What of a thing counts as changed: all but who wrote it.
fn facts(thing: &impl Serialize) -> Result<Value> {
    let mut facts = serde_json::to_value(thing).map_err(|error| Error::internal("reading a stream record", error))?;
    if let Some(members) = facts.as_object_mut() {
        for name in ["version", "created_at", "created_by", "updated_at", "updated_by", "updated_for", "request_id"] {
            members.remove(name);
        }
        // What follows from another change, or is none of the tenant's.
        for name in ["last_used_at", "generation", "shown_since", "students_see_since"] {
            members.remove(name);
        }
    }
    Ok(facts)
}

fn read<T: DeserializeOwned>(image: &serde_dynamo::Item) -> Result<T> {
    serde_dynamo::from_item(image.clone()).map_err(|error| Error::internal("reading a stream record", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    /// An image of a group at a version, in DynamoDB's notation, with these attributes more.
    fn image(version: u64, more: Value) -> Value {
        let text = |value: &str| json!({"S": value});
        let mut image = json!({
            "pk": text("T#ten_00000000000000000000000001#GROUP"), "sk": text("GROUP#x"), "type": text("Group"),
            "id": text("grp_00000000000000000000000002"), "name": text("A"), "kind": text("cohort"),
            "schema_version": {"N": "1"}, "version": {"N": version.to_string()},
            "created_at": text("2026-05-10T12:00:00.000Z"), "created_by": text("ada"),
            "updated_at": text("2026-05-10T12:00:00.000Z"), "updated_by": text("ada"), "request_id": text("r1"),
        });
        image.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        image
    }

    fn there(version: u64) -> Option<Value> {
        Some(image(version, json!({})))
    }

    fn ended(version: u64) -> Option<Value> {
        Some(image(version, json!({"ttl": {"N": "1"}})))
    }

    #[rstest]
    #[case::made(None, there(1), Some(ChangeKind::Created))]
    #[case::changed(there(1), there(2), Some(ChangeKind::Updated))]
    #[case::written_as_it_was(there(1), there(1), None)]
    #[case::ended(there(1), ended(2), Some(ChangeKind::Deleted))]
    #[case::written_after_its_end(ended(2), ended(2), None)]
    #[case::removed_after_its_end(ended(2), None, None)]
    #[case::made_again(ended(2), there(1), Some(ChangeKind::Created))]
    #[case::brought_back(ended(2), there(3), Some(ChangeKind::Restored))]
    fn what_becomes_of_a_thing_is_one_change(
        #[case] old: Option<Value>,
        #[case] new: Option<Value>,
        #[case] verb: Option<ChangeKind>,
    ) {
        let keys = json!({"pk": {"S": "T#ten_00000000000000000000000001#GROUP"}, "sk": {"S": "GROUP#x"}});
        let mut images = json!({"Keys": keys, "SequenceNumber": "1"});
        for (name, image) in [("OldImage", old), ("NewImage", new)] {
            if let Some(image) = image {
                images[name] = image;
            }
        }
        let record: StreamRecord = serde_json::from_value(json!({"dynamodb": images})).expect("a record of a stream");
        let change = record.change().expect("readable");
        assert_eq!(change.as_ref().map(|change| change.action.verb), verb);
        let names_what_changed = matches!(verb, Some(ChangeKind::Created));
        assert_eq!(change.is_some_and(|change| !change.changed.is_empty()), names_what_changed);
    }
}
