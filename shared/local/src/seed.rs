//! An organisation to look for records in: as many realistic records as wanted, the same for the same day.

use crate::Embedded;
use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use rol_domain::{
    Actor, Cx, DateOrInstant, GroupId, KeyId, Person, PersonKey, Record, RecordId, Role, TenantId,
    attribute::AttributeSet,
    group::{Group, GroupKind},
    number::Percent,
    person::PersonContent,
    record::{Content, NewRecord},
    text::{ActivityId, CourseId, EnrollmentId, Label, PersonId, Provider, Title},
    time::millis,
};
use rol_store::{Store, TenantStore};
use sha2::{Digest, Sha256};

/// The members of each of the groups, where there are as many people: the first of them.
pub const GROUP_SIZES: [usize; 3] = [10, 1_000, 10_000];
/// How many activities there are.
const ACTIVITIES: u64 = 100;
/// Over how many days the records were made.
const DAYS: u64 = 1_095;
/// As many records are made and written at once.
const AT_ONCE: usize = 1_000;

/// People with records, for a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// For which tenant.
    pub tenant: TenantId,
    /// The moment up to which everything has happened.
    pub now: DateTime<Utc>,
    /// How many people.
    pub people: usize,
    /// How many records, shared out among them.
    pub records: usize,
}

impl Seed {
    /// The groups, one for each of [`GROUP_SIZES`].
    pub fn group(number: usize) -> GroupId {
        let number = u8::try_from(number).unwrap_or(u8::MAX);
        GroupId::random(DateTime::UNIX_EPOCH + TimeDelta::days(1), [0, 0, 0, 0, 0, 0, 0, 0, 1, number])
    }

    /// Somebody's id.
    ///
    /// # Errors
    /// None: it keeps the rule.
    pub fn person_id(number: usize) -> Result<PersonId> {
        Ok(PersonId::parse(format!("person{number:06}@example.com"))?)
    }

    /// An activity's id; the lower the number, the more often it was done.
    ///
    /// # Errors
    /// None: it keeps the rule.
    pub fn activity_id(number: u64) -> Result<ActivityId> {
        Ok(ActivityId::parse(format!("activity-{number:03}"))?)
    }

    /// Puts everything into the table past the API, and shows how far it is; no change is told of it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn fill(&self, store: &Store, engine: &Embedded, bar: &ProgressBar) -> Result<()> {
        let mine = store.for_tenant(&self.tenant);
        self.fill_directory(&mine, engine).await.context("writing people and groups")?;
        bar.set_length(u64::try_from(self.records)?);
        let numbers: Vec<usize> = (0..self.records).collect();
        for some in numbers.chunks(AT_ONCE) {
            let records = some.iter().map(|number| self.record(*number)).collect::<Result<Vec<_>>>()?;
            engine.import(mine.seed_items(&[], &records)?)?;
            bar.inc(u64::try_from(some.len())?);
        }
        Ok(())
    }

    async fn fill_directory(&self, mine: &TenantStore<'_>, engine: &Embedded) -> Result<()> {
        let cx = self.cx(self.now);
        for (number, size) in GROUP_SIZES.into_iter().enumerate() {
            let known = mine.policy().await?;
            let id = Self::group(number);
            if known.policy.tree.get(id).is_none() {
                let group =
                    Group::create(id, Label::parse(format!("The first {size}"))?, GroupKind::Department, None, &cx);
                mine.put_group(&group, None, Some(known.tree_version), &cx).await?;
            }
        }
        let numbers: Vec<usize> = (0..self.people).collect();
        for some in numbers.chunks(AT_ONCE) {
            let people = some.iter().map(|number| self.person(*number, &cx)).collect::<Result<Vec<_>>>()?;
            engine.import(mine.seed_items(&people, &[])?)?;
        }
        Ok(())
    }

    fn person(&self, number: usize, cx: &Cx) -> Result<Person> {
        let groups = GROUP_SIZES.into_iter().enumerate().filter(|(_, size)| number < *size);
        let group_ids = groups.map(|(group, _)| Self::group(group)).collect();
        Ok(Person::create(Self::person_id(number)?, PersonContent { group_ids, ..PersonContent::default() }, cx)?)
    }

    /// One of the records: of ten, six are done, one is overdue, the others are under way.
    ///
    /// # Errors
    /// None: it keeps the rules.
    pub fn record(&self, number: usize) -> Result<Record> {
        let mut draw = Draw::of(number);
        let person = Self::person_id(usize::try_from(draw.below(u64::try_from(self.people.max(1))?))?)?;
        let age = TimeDelta::milliseconds(i64::try_from(draw.below(DAYS * 86_400_000))?);
        let at = millis(self.now - age);
        let random = u32::try_from(number)?.to_be_bytes();
        let key = PersonKey::of(self.tenant, &person);
        let id = RecordId::mint(at, key, [0, random[0], random[1], random[2], random[3]]);
        // The square of an even draw: some activities are done by many, most by few.
        let rank = draw.below(1_000);
        let activity = rank * rank * ACTIVITIES / 1_000_000;
        let mut content = Content::titled(Title::parse(TITLES[usize::try_from(activity)? % TITLES.len()])?);
        content.activity_id = Some(Self::activity_id(activity)?);
        content.course_id = Some(CourseId::parse(format!("course-{:02}", activity / 5))?);
        content.enrollment_id = Some(EnrollmentId::parse(format!("enrollment-{number:07}"))?);
        content.provider = Some(Provider::parse(PROVIDERS[usize::try_from(draw.below(8))? % PROVIDERS.len()])?);
        content.assigned_at = Some(DateOrInstant::Instant(at));
        let days = |count: u64| -> Result<DateOrInstant> {
            Ok(DateOrInstant::Date((at + TimeDelta::days(i64::try_from(count)?)).date_naive()))
        };
        match draw.below(10) {
            0..6 => {
                content.started_at = Some(DateOrInstant::Instant(at));
                content.completed_at = Some(days(1 + draw.below(20))?);
                content.score = Some(Percent::parse(f64::from(u32::try_from(40 + draw.below(61))?))?);
                content.passed = Some(draw.below(10) < 8);
                if draw.below(2) == 0 {
                    content.expires_at = Some(days(365 + draw.below(1_095))?);
                }
            }
            6 => content.due_at = Some(days(1 + draw.below(30))?),
            _ => {
                content.started_at = Some(DateOrInstant::Instant(at));
                content.due_at = Some(DateOrInstant::Date(
                    (self.now + TimeDelta::days(i64::try_from(draw.below(90))?)).date_naive(),
                ));
                content.progress = Some(Percent::parse(f64::from(u32::try_from(draw.below(100))?))?);
            }
        }
        let new = NewRecord::of(content);
        Ok(Record::create(id, person, new, &AttributeSet::default(), &self.cx(at))?)
    }

    fn cx(&self, now: DateTime<Utc>) -> Cx {
        Cx {
            tenant: self.tenant,
            actor: Actor::Key(KeyId::from_ulid(0u128.into())),
            subject: None,
            app_id: None,
            role: Role::Admin,
            scopes: None,
            groups: Default::default(),
            request_id: "seed".into(),
            now,
        }
    }
}

/// What a number stands for, drawn from its hash.
struct Draw {
    number: usize,
    drawn: u8,
}

impl Draw {
    fn of(number: usize) -> Self {
        Self { number, drawn: 0 }
    }

    fn below(&mut self, most: u64) -> u64 {
        self.drawn += 1;
        let hash = Sha256::digest([self.number.to_be_bytes().as_slice(), &[self.drawn]].concat());
        hash.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes)) % most
    }
}

/// A bar that shows how many records are written, how fast, and how long it will take.
///
/// # Errors
/// None: its template is one.
pub(crate) fn bar() -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} records, {per_sec}, {eta} left")?;
    Ok(ProgressBar::new(0).with_style(style))
}

const TITLES: [&str; 10] = [
    "Fire safety",
    "First aid at work",
    "Data protection",
    "Manual handling",
    "Working at height",
    "Information security",
    "Anti-bribery",
    "Forklift operation",
    "Interview: systems design",
    "AWS Certified Developer – Associate",
];

const PROVIDERS: [&str; 5] = ["AWS", "Coursera", "LinkedIn Learning", "Red Cross", "In house"];
