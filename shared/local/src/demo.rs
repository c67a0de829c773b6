//! The demo tenant of a fresh state: fixed ids, so that every event in `events/` finds what it names.

use crate::{Engines, LocalIssuer};
use anyhow::{Context, Result};
use chrono::{DateTime, TimeZone, Utc};
use rol_domain::{
    Activity, Actor, Attachment, AttachmentId, Cx, DateOrInstant, GroupId, KeyId, MintedActivityId, Period, Permission,
    Person, PersonKey, Record, RecordId, Role, Stamp, TenantId,
    access::Grant,
    activity::{ActivityContent, ActivityKind, Open},
    api_key::{ApiKey, KeyText},
    attachment::{ContentHash, Filename, NewFile},
    attribute::{Attribute, AttributeContent, AttributeSet, AttributeType, Generation},
    group::{Group, GroupKind},
    number::Percent,
    person::PersonContent,
    read_only::ReadOnlyFields,
    record::{Content, Deletion, NewRecord},
    tenant::Tenant,
    text::{AttributeKey, CertificationRef, Email, Label, OptionText, PersonId, PersonName, Provider, Title},
};
use rol_store::{Bucket, FilePlace, PersonWrite, Store, TenantStore};
use serde_json::Map;
use ulid::Ulid;

/// What the demo tenant consists of.
#[derive(Debug)]
pub struct Demo {
    /// The tenant.
    pub tenant: TenantId,
    /// Its admin key.
    pub key: String,
    /// The person whose records they are.
    pub person: PersonId,
    /// A record to read.
    pub to_read: RecordId,
    /// A record to change.
    pub to_change: RecordId,
    /// A record to delete.
    pub to_delete: RecordId,
    /// A deleted record to restore.
    pub to_restore: RecordId,
    /// A file of the record to read.
    pub file_to_read: AttachmentId,
    /// Another one, to delete.
    pub file_to_delete: AttachmentId,
    /// The educators' group.
    pub educators: GroupId,
    /// The group that they were granted rights over; the person is in it.
    pub learners: GroupId,
    /// A group inside that one, to delete.
    pub group_to_delete: GroupId,
    /// An activity to read and change.
    pub activity: MintedActivityId,
    /// An activity to delete.
    pub activity_to_delete: MintedActivityId,
    /// An API key to change.
    pub key_to_change: KeyId,
    /// An API key to delete.
    pub key_to_delete: KeyId,
}

/// A PDF of one empty page.
const PAGE: &[u8] = include_bytes!("../../pdf/corpus/ordinary/by-hand/plain.pdf");

/// When the demo tenant was made.
fn made_at() -> DateTime<Utc> {
    Utc.timestamp_opt(1_767_225_600, 0).single().unwrap_or_default()
}

impl Demo {
    /// The same every time.
    ///
    /// # Errors
    /// None, as long as its texts keep their rules.
    pub fn new() -> Result<Self> {
        let tenant = TenantId::parse("ten_01DEM000000000000000000000")?;
        let person = PersonId::parse("ada@example.com")?;
        let record = |n: u8| RecordId::mint(made_at(), PersonKey::of(tenant, &person), [0, 0, 0, 0, n]);
        let key = |n: u8| KeyId::random(made_at(), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
        let file = |n: u8| AttachmentId::random(made_at(), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
        let group = |n: u8| GroupId::random(made_at(), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
        let activity = |n: u8| MintedActivityId::random(made_at(), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
        Ok(Self {
            tenant,
            key: KeyText::new(key(1), *b"the demo tenant's key opens nil.").expose().to_owned(),
            to_read: record(1),
            to_change: record(2),
            to_delete: record(3),
            to_restore: record(4),
            file_to_read: file(1),
            file_to_delete: file(2),
            educators: group(1),
            learners: group(2),
            group_to_delete: group(3),
            activity: activity(1),
            activity_to_delete: activity(2),
            key_to_change: key(2),
            key_to_delete: key(3),
            person,
        })
    }

    /// Puts the demo tenant into a fresh table; one that is there stays as it is. The local issuer of every tenant is
    /// put again, because its URL has this run's port.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle(&self, engines: &Engines) -> Result<()> {
        let config = engines.config();
        let store = rol_runtime::store(&config, rol_runtime::connector(&config));
        let known = store.tenants().await?;
        if !known.iter().any(|tenant| tenant.id == self.tenant) {
            let objects = rol_runtime::objects(&config, rol_runtime::connector(&config), &config.bucket);
            self.fill(&store, &objects, &engines.issuer).await?;
        }
        for tenant in known {
            store.put_issuer(&engines.issuer.trusted_by(tenant.id)).await?;
        }
        Ok(())
    }

    async fn fill(&self, store: &Store, objects: &Bucket, issuer: &LocalIssuer) -> Result<()> {
        let tenant = Tenant { id: self.tenant, name: Label::parse("Demo")?, created_at: made_at() };
        let text = KeyText::parse(&self.key)?;
        let first = self.api_key(text_id(&self.key)?, "demo admin key")?;
        store.create_tenant(&tenant, &first, text.hash(), &[issuer.trusted_by(self.tenant)]).await?;
        let mine = store.for_tenant(&self.tenant);
        for (id, label) in [(self.key_to_change, "a key to change"), (self.key_to_delete, "a key to delete")] {
            let text = KeyText::new(id, [id.ulid().to_bytes()[15]; 32]);
            mine.create_api_key(&self.api_key(id, label)?, text.hash()).await?;
        }
        for record in self.records()? {
            mine.create_record(&record).await?;
            if record.id == self.to_read {
                self.fill_files(&mine, objects, &record).await?;
            }
        }
        self.fill_directory(&mine).await?;
        self.fill_activities(&mine).await
    }

    async fn fill_activities(&self, mine: &TenantStore<'_>) -> Result<()> {
        let cx = self.cx()?;
        for (id, title, validity) in
            [(self.activity, "First aid at work", Some("P24M")), (self.activity_to_delete, "Typing", None)]
        {
            let content = ActivityContent {
                title: Title::parse(title)?,
                description: None,
                provider: None,
                course_id: None,
                course_item_id: None,
                passing_score: None,
                external_id: None,
                validity: validity.map(Period::parse).transpose()?,
                due_period: None,
            };
            let activity = Activity::create(id, ActivityKind::Certification, content, &cx)?;
            mine.write_activity(None, &activity, &cx).await?;
        }
        Ok(())
    }

    /// Two files that are served.
    async fn fill_files(&self, mine: &TenantStore<'_>, objects: &Bucket, record: &Record) -> Result<()> {
        let cx = self.cx()?;
        let file = |id, name: &str| -> Result<Attachment> {
            let (filename, size) = (Filename::parse(name)?, u64::try_from(PAGE.len())?);
            let new = NewFile { filename, size, sha256: None, attribute_key: None };
            Ok(Attachment::declare(id, record, new, Generation::default(), &cx))
        };
        let mut files = Vec::new();
        for (id, name) in [(self.file_to_read, "certificate.pdf"), (self.file_to_delete, "transcript.pdf")] {
            let declared = file(id, name)?;
            let place = FilePlace::from(&declared);
            objects.put_upload(&place, PAGE.to_vec()).await?;
            let uploaded = objects.upload(&place, u64::MAX).await?.context("what was put")?;
            objects.accept(&place, &uploaded.etag).await?;
            objects.empty(&place).await?;
            let stamp = declared.stamp.clone();
            files.extend(declared.accepted(ContentHash::of(PAGE), stamp));
        }
        mine.declare_attachments(&files, 0).await?;
        Ok(())
    }

    /// Two attributes, three groups with a grant between them, two people.
    async fn fill_directory(&self, mine: &TenantStore<'_>) -> Result<()> {
        let cx = self.cx()?;
        for (key, label, kind, options) in [
            ("grade", "Grade", AttributeType::ShortAnswer, &[][..]),
            ("format", "Format", AttributeType::MultipleChoice, &["online", "classroom"][..]),
        ] {
            let content = AttributeContent {
                kind,
                label: Label::parse(label)?,
                description: None,
                options: options.iter().map(|option| OptionText::parse(*option)).collect::<Result<_, _>>()?,
                required: false,
                hidden_from_students: false,
                display: None,
                order: 0,
            };
            let attribute = Attribute::create(AttributeKey::parse(key)?, content, Generation::random([1; 5]), &cx)?;
            mine.put_attribute(&attribute, None).await?;
        }
        for (tree, (id, name, kind, parent)) in (0u64..).zip([
            (self.educators, "Record makers", GroupKind::EducatorGroup, None),
            (self.learners, "Astronauts", GroupKind::UserGroup, None),
            (self.group_to_delete, "Apollo 11", GroupKind::Cohort, Some(self.learners)),
        ]) {
            let group = Group::create(id, Label::parse(name)?, kind, parent, &cx);
            mine.put_group(&group, None, Some(tree), &cx).await?;
        }
        let verbs = [Permission::View, Permission::Edit].into();
        let (group_id, educator_group_id) = (self.learners, self.educators);
        mine.put_grant(&Grant { group_id, educator_group_id, verbs, stamp: Stamp::first(&cx) }, None).await?;
        for (id, name, group) in [
            (self.person.clone(), "Ada Lovelace", self.learners),
            (PersonId::parse("grace@example.com")?, "Grace Hopper", self.educators),
        ] {
            let content = PersonContent {
                name: Some(PersonName::parse(name)?),
                email: Some(Email::parse(id.as_str())?),
                group_ids: [group].into(),
                ..PersonContent::default()
            };
            let write = PersonWrite { old: None, new: Some(Person::create(id, content, &cx)?) };
            mine.write_people(&[write], &cx).await?;
        }
        Ok(())
    }

    fn cx(&self) -> Result<Cx> {
        Ok(Cx {
            tenant: self.tenant,
            actor: Actor::Key(text_id(&self.key)?),
            subject: None,
            app_id: None,
            role: Role::Admin,
            scopes: None,
            groups: Default::default(),
            request_id: "demo".into(),
            now: made_at(),
        })
    }

    fn api_key(&self, id: KeyId, label: &str) -> Result<ApiKey> {
        Ok(ApiKey {
            id,
            tenant: self.tenant,
            label: Label::parse(label)?,
            role: Role::Admin,
            scopes: Default::default(),
            app_id: None,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            stamp: Stamp::by("operator", made_at(), "demo"),
        })
    }

    fn records(&self) -> Result<Vec<Record>> {
        let cx = self.cx()?;
        let when = |text: &str| DateOrInstant::parse(text).map(Some);
        let mut records = Vec::new();
        for (id, title) in [
            (self.to_read, "AWS Certified Developer – Associate"),
            (self.to_change, "Interview: systems design"),
            (self.to_delete, "Fire safety 2025"),
            (self.to_restore, "First aid"),
        ] {
            let mut content = Content::titled(Title::parse(title)?);
            if id == self.to_read {
                content.provider = Some(Provider::parse("AWS")?);
                content.completed_at = when("2025-11-20")?;
                content.expires_at = when("2028-11-20")?;
                content.score = Some(Percent::parse(87.5)?);
                content.passed = Some(true);
                content.certification_ref =
                    Some(CertificationRef::parse("https://aws.amazon.com/verification/ABC123")?);
            }
            let open = Open::default();
            let new = NewRecord {
                content,
                attributes: Map::new(),
                source: None,
                source_type: None,
                open,
                read_only: ReadOnlyFields::default(),
            };
            let mut record = Record::create(id, self.person.clone(), new, &AttributeSet::default(), &cx)?;
            if id == self.to_read {
                record.attachments_count = 2;
            }
            if id == self.to_restore {
                record.deleted = Some(Deletion { at: made_at(), by: cx.actor.to_string() });
            }
            records.push(record);
        }
        Ok(records)
    }
}

/// The id inside a key's text.
fn text_id(text: &str) -> Result<KeyId> {
    let id = text.split('_').nth(1).unwrap_or_default();
    Ok(KeyId::from_ulid(Ulid::from_string(id).map_err(|error| anyhow::anyhow!("{error}"))?))
}
