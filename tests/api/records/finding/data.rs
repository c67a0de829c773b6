//! Random data sets and random queries over few values, so that they meet.

use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    Actor, Cx, DateOrInstant, GroupId, Person, PersonKey, Record, RecordId, RecordQuery, Role, TenantId,
    attribute::{AttributeSet, AttributeValue, Generation, KeptValue},
    group::{Group, GroupKind, Tree},
    person::{PersonContent, PersonStatus},
    query::{Moment, Sort, Span, Visibility, WantedValue},
    record::{Content, Deletion, NewRecord, Status},
    text::{ActivityId, AppId, AttributeKey, CourseId, EnrollmentId, Label, PersonId, Provider, SearchText, Title},
    time::millis,
};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that look random and are the same for the same seed (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// Yes in so many of ten cases.
    pub(super) fn in_ten(&mut self, cases: u64) -> bool {
        self.below(10) < cases
    }

    fn some<T>(&mut self, cases: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.in_ten(cases).then(|| make(self))
    }

    fn name(&mut self, prefix: &str, most: u64) -> String {
        format!("{prefix}{}", self.below(most))
    }

    fn names(&mut self, cases: u64, prefix: &str, most: u64) -> BTreeSet<String> {
        let count = if self.in_ten(cases) { 1 + self.below(3) } else { 0 };
        (0..count).map(|_| self.name(prefix, most)).collect()
    }

    /// A date or an instant within 20 days of `now`.
    fn when(&mut self, now: DateTime<Utc>) -> DateOrInstant {
        let at = now + TimeDelta::days(10) - TimeDelta::hours(i64::try_from(self.below(480)).expect("small"));
        if self.in_ten(5) { DateOrInstant::Date(at.date_naive()) } else { DateOrInstant::Instant(millis(at)) }
    }
}

/// A tenant's people, groups and records.
pub(super) struct Data {
    pub tenant: TenantId,
    pub now: DateTime<Utc>,
    pub people: BTreeMap<PersonId, Person>,
    pub records: Vec<Record>,
    tree: Tree,
    next: u32,
}

pub(super) const PEOPLE: u64 = 8;
pub(super) const GROUPS: u64 = 4;

pub(super) fn group(number: u64) -> GroupId {
    GroupId::from_ulid(u128::from(number + 1).into())
}

/// 0 ⊃ 1 ⊃ 2, and 3.
fn groups(cx: &Cx) -> impl Iterator<Item = Group> {
    let parent = |n: u64| matches!(n, 1 | 2).then(|| group(n - 1));
    let name = |n| Label::parse(format!("Group {n}")).expect("valid");
    (0..GROUPS).map(move |n| Group::create(group(n), name(n), GroupKind::Department, parent(n), cx))
}

/// That of the attribute, or the one of values from before there were generations.
fn generation(is_kept_before: bool) -> Generation {
    if is_kept_before { Generation::default() } else { Generation::random([1; 5]) }
}

/// A tenant that no other data set has.
pub(super) fn nobodys_tenant(dice: &mut Dice) -> TenantId {
    TenantId::from_ulid((u128::from(dice.below(u64::MAX)) << 40 | u128::from(dice.below(1 << 40))).into())
}

impl Data {
    /// Its groups.
    pub(super) fn groups(&self) -> Vec<Group> {
        groups(&cx(self.tenant, self.now)).collect()
    }

    /// This many records of eight people, of whom the directory knows all but one.
    pub(super) fn random(dice: &mut Dice, tenant: TenantId, now: DateTime<Utc>, records: usize) -> Self {
        let cx = cx(tenant, now);
        let tree = groups(&cx).collect();
        let mut people = BTreeMap::new();
        for n in 0..PEOPLE - 1 {
            let group_ids = (0..GROUPS).filter(|_| dice.in_ten(3)).map(group).collect();
            let status = [PersonStatus::Active, PersonStatus::Blocked][usize::from(dice.in_ten(3))];
            let content = PersonContent { status, group_ids, ..PersonContent::default() };
            let id = PersonId::parse(format!("p{n}")).expect("valid");
            people.insert(id.clone(), Person::create(id, content, &cx).expect("legal"));
        }
        let mut data = Self { tenant, now, people, records: Vec::new(), tree, next: 0 };
        for _ in 0..records {
            let record = data.record(dice);
            data.records.push(record);
        }
        data
    }

    /// Another record.
    pub(super) fn record(&mut self, dice: &mut Dice) -> Record {
        let person = PersonId::parse(dice.name("p", PEOPLE)).expect("valid");
        let at = millis(self.now - TimeDelta::hours(i64::try_from(dice.below(240)).expect("small")));
        self.next += 1;
        let number = self.next.to_be_bytes();
        let id =
            RecordId::mint(at, PersonKey::of(self.tenant, &person), [0, number[0], number[1], number[2], number[3]]);
        let now = self.now;
        let mut content = Content::titled(Title::parse(dice.name("Title ", 3)).expect("valid"));
        content.activity_id = dice.some(6, |d| ActivityId::parse(d.name("a", 4)).expect("valid"));
        content.course_id = dice.some(5, |d| CourseId::parse(d.name("c", 3)).expect("valid"));
        content.enrollment_id = dice.some(5, |d| EnrollmentId::parse(d.name("e", 5)).expect("valid"));
        content.provider = dice.some(5, |d| Provider::parse(d.name("Provider ", 2)).expect("valid"));
        content.status = dice.some(2, |d| Status::ALL[usize::try_from(d.below(9)).expect("small")]);
        content.passed = dice.some(3, |d| d.in_ten(6));
        content.assigned_at = dice.some(4, |d| d.when(now));
        content.started_at = dice.some(4, |d| d.when(now));
        content.due_at = dice.some(6, |d| d.when(now));
        content.completed_at = dice.some(5, |d| d.when(now));
        content.expires_at = dice.some(5, |d| d.when(now));
        content.visible_to_student = dice.in_ten(8);
        let new = NewRecord::of(content);
        let cx = Cx { now: at, ..cx(self.tenant, at) };
        let mut record = Record::create(id, person, new, &AttributeSet::default(), &cx).expect("legal");
        if dice.in_ten(4) {
            let level = AttributeValue::Number(dice.below(3).into());
            let tags = AttributeValue::Texts(vec!["x".into(), dice.name("y", 2)]);
            for (key, value) in [("level", level), ("tags", tags)] {
                let kept = KeptValue { generation: generation(self.next.is_multiple_of(2)), value };
                record.content.attributes.insert(AttributeKey::parse(key).expect("valid"), kept);
            }
        }
        record.app_id = dice.some(3, |d| AppId::parse(d.name("app", 2)).expect("valid"));
        if dice.in_ten(1) {
            record.deleted = Some(Deletion { at, by: "somebody".into() });
        }
        record
    }

    /// A query of few or many filters, and conditions on people.
    pub(super) fn query(&self, dice: &mut Dice) -> (RecordQuery, Visibility) {
        // Some queries have many filters, most have few.
        let often = [1, 1, 1, 3][usize::try_from(dice.below(4)).expect("small")];
        let parse = |names: BTreeSet<String>| names.into_iter();
        let now = self.now;
        let mut query = RecordQuery {
            people: parse(dice.names(often, "p", PEOPLE)).filter_map(|id| PersonId::parse(id).ok()).collect(),
            activities: parse(dice.names(often, "a", 4)).filter_map(|id| ActivityId::parse(id).ok()).collect(),
            courses: parse(dice.names(often, "c", 3)).filter_map(|id| CourseId::parse(id).ok()).collect(),
            enrollments: parse(dice.names(often / 2, "e", 5)).filter_map(|id| EnrollmentId::parse(id).ok()).collect(),
            statuses: Status::ALL.into_iter().filter(|_| dice.in_ten(often / 2)).collect(),
            provider: dice.some(often, |d| Provider::parse(d.name("Provider ", 2)).expect("valid")),
            passed: dice.some(often / 2, |d| d.in_ten(5)),
            is_overdue: dice.some(often, |d| d.in_ten(7)),
            is_expired: dice.some(often, |d| d.in_ten(7)),
            text: dice.some(often / 2, |d| SearchText::parse(d.name("tItLe ", 3)).expect("valid")),
            include_deleted: dice.in_ten(1),
            app: dice.some(often / 2, |d| AppId::parse(d.name("app", 2)).expect("valid")),
            only_visible: dice.in_ten(1),
            ..RecordQuery::default()
        };
        for moment in Moment::ALL {
            if dice.in_ten(often) {
                let (a, b) = (dice.some(7, |d| d.when(now)), dice.some(7, |d| d.when(now)));
                if let Ok(span) = Span::parse(a, b).or_else(|_| Span::parse(b, a)) {
                    query.spans.insert(moment, span);
                }
            }
        }
        if dice.in_ten(often / 2) {
            let text = dice.name("y", 2);
            let wanted = WantedValue { generation: generation(text == "y0"), text };
            query.attributes.insert(AttributeKey::parse("tags").expect("valid"), wanted);
        }
        let sorts = ["created", "-created", "completed", "-completed", "expires", "-expires"];
        query.sort = dice.some(5, |d| Sort::parse(sorts[usize::try_from(d.below(6)).expect("small")]).expect("a sort"));
        let query = query.clone().check().unwrap_or(RecordQuery { sort: None, ..query });
        let mut visibility = Visibility::default();
        for _ in 0..2 {
            if dice.in_ten(3) {
                visibility.groups.push(self.tree.inside(&(0..GROUPS).filter(|_| dice.in_ten(4)).map(group).collect()));
            }
        }
        if dice.in_ten(2) {
            visibility.statuses = [PersonStatus::Active].into();
        }
        (query, visibility)
    }

    /// The records that match, in no order.
    pub(super) fn matching(&self, query: &RecordQuery, visibility: &Visibility) -> Vec<Record> {
        let matches =
            |record: &&Record| query.matches(record, self.now) && visibility.admits(self.people.get(&record.person_id));
        self.records.iter().filter(matches).cloned().collect()
    }
}

fn cx(tenant: TenantId, now: DateTime<Utc>) -> Cx {
    Cx {
        tenant,
        actor: Actor::Subject(PersonId::parse("filler").expect("valid")),
        subject: None,
        app_id: None,
        role: Role::Admin,
        scopes: None,
        groups: Default::default(),
        request_id: "fill".into(),
        now,
    }
}
