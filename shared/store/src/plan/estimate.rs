//! How many items a way is expected to read, in an organisation of a stated size.

use super::{AccessPath, CandidatePeople, PlanInput};
use rol_domain::{
    RecordQuery,
    query::{Moment, Span},
};

/// The people of an organisation.
const PEOPLE: f64 = 10_000.0;
/// The records of a person.
const RECORDS_EACH: f64 = 10.0;
/// The part of the people who are in the groups asked for, where they are many.
const MEMBERS: f64 = 0.1;
/// The part of the records that are of one activity, course, place in a course, enrolment.
const OF_AN_ACTIVITY: f64 = 0.01;
const OF_A_COURSE: f64 = 0.01;
const OF_A_COURSE_ITEM: f64 = 0.005;
const OF_AN_ENROLLMENT: f64 = 0.0001;
/// The part of the records that were done, that expire, that are overdue, and have any other property asked for.
const DONE: f64 = 0.7;
const EXPIRING: f64 = 0.4;
const OVERDUE: f64 = 0.05;
const OTHERWISE: f64 = 0.1;
/// Over how many days moments are spread.
const DAYS: f64 = 1_095.0;
/// As how many items a call counts.
const CALL: f64 = 4.0;
/// How much more is read where four shards are merged.
const MERGING: f64 = 1.4;

/// Which part of the records each filter leaves.
struct Shares {
    people: f64,
    activities: f64,
    completed: f64,
    overdue: f64,
    expires: f64,
    created: f64,
    others: f64,
}

impl Shares {
    fn of(query: &RecordQuery, facts: PlanInput) -> Self {
        let span = |moment, part: f64| query.span(moment, facts.now).map_or(1.0, |span| part * days(span) / DAYS);
        let sorted = |part: f64, moment| {
            if query.sort.is_some_and(|sort| sort.moment() == moment) && query.span(moment, facts.now).is_none() {
                part
            } else {
                1.0
            }
        };
        let values = |count: usize, part: f64| if count == 0 { 1.0 } else { (count_of(count) * part).min(1.0) };
        let given = |count: usize| OTHERWISE.powi(i32::try_from(count).unwrap_or(i32::MAX));
        let one = |given: bool| usize::from(given);
        let spans = [Moment::Assigned, Moment::Started, Moment::Due, Moment::Updated];
        Self {
            people: match facts.crowd {
                CandidatePeople::Everybody => 1.0,
                CandidatePeople::Named(people) => (count_of(people) / PEOPLE).min(1.0),
                CandidatePeople::Members | CandidatePeople::ManyGroups => MEMBERS,
            },
            activities: values(query.activities.len(), OF_AN_ACTIVITY),
            completed: span(Moment::Completed, DONE) * sorted(DONE, Moment::Completed),
            overdue: if query.is_overdue == Some(true) { OVERDUE } else { 1.0 },
            expires: span(Moment::Expires, EXPIRING) * sorted(EXPIRING, Moment::Expires),
            created: span(Moment::Created, 1.0),
            others: values(query.courses.len(), OF_A_COURSE)
                * values(query.course_items.len(), OF_A_COURSE_ITEM)
                * values(query.enrollments.len(), OF_AN_ENROLLMENT)
                * values(query.statuses.len(), OTHERWISE)
                * given(one(query.provider.is_some()) + one(query.text.is_some()) + query.attributes.len())
                * given(spans.iter().filter(|moment| query.spans.contains_key(moment)).count())
                * if query.passed.is_some() { 0.5 } else { 1.0 },
        }
    }

    fn all(&self) -> f64 {
        self.people * self.activities * self.completed * self.overdue * self.expires * self.created * self.others
    }
}

/// How many items are expected to be read on this way until there are enough records.
pub(super) fn reads(path: AccessPath, query: &RecordQuery, facts: PlanInput, gathers: bool) -> usize {
    let shares = Shares::of(query, facts);
    // What the way's own key conditions leave.
    let on_the_way = match path {
        AccessPath::People | AccessPath::Members => shares.people * shares.created,
        AccessPath::Activities => shares.activities * shares.created,
        AccessPath::Completion => shares.completed,
        AccessPath::Overdue => shares.overdue,
        AccessPath::Expiry => shares.expires,
        AccessPath::Tenant => shares.created,
    };
    let rows = PEOPLE * RECORDS_EACH * on_the_way;
    let left = shares.all() / on_the_way;
    let read = if gathers { rows } else { rows.min(count_of(facts.limit) / left) };
    let whole = match path {
        // A call for each person; of a group's members each entry is read too.
        AccessPath::People => read + read.div_euclid(RECORDS_EACH).max(1.0) * CALL,
        AccessPath::Members => read + (read / RECORDS_EACH) * (CALL + 1.0),
        _ => {
            // Who is looked up is who has a record that matches otherwise.
            let looked_up = if facts.looks_up { read * left / shares.people } else { 0.0 };
            read * MERGING + looked_up
        }
    };
    to_count(whole)
}

/// How many of the days over which moments are spread lie in a range; one at least.
fn days(Span { from, to }: Span) -> f64 {
    match (from, to) {
        // An open range is half of all there is.
        (None, _) | (_, None) => DAYS / 2.0,
        (Some(from), Some(to)) => count_of(usize::try_from((to - from).num_days()).unwrap_or(0)).clamp(1.0, DAYS),
    }
}

fn count_of(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, which is never negative")]
fn to_count(expected: f64) -> usize {
    expected.min(f64::from(u32::MAX)).ceil() as usize
}
