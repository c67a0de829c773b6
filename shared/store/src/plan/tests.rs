//! Which way is taken.

use super::*;
use rol_domain::text::{ActivityId, Provider, SearchText};
use rstest::rstest;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
}

fn facts(crowd: CandidatePeople) -> PlanInput {
    PlanInput {
        crowd,
        looks_up: !matches!(crowd, CandidatePeople::Everybody | CandidatePeople::Named(_)),
        limit: 25,
        now: now(),
    }
}

fn days(from: i64, to: i64) -> Span {
    Span { from: Some(now() + TimeDelta::days(from)), to: Some(now() + TimeDelta::days(to)) }
}

fn activities(count: usize) -> std::collections::BTreeSet<ActivityId> {
    (0..count).filter_map(|n| ActivityId::parse(format!("a{n}")).ok()).collect()
}

type Set = fn(&mut RecordQuery);

use CandidatePeople::{Everybody, ManyGroups, Members, Named};

#[rstest]
#[case::nothing_asked(Everybody, |_: &mut RecordQuery| (), AccessPath::Tenant, "-created")]
#[case::one_person(Named(1), |_: &mut RecordQuery| (), AccessPath::People, "-created")]
#[case::one_person_sorted(Named(1), |q: &mut RecordQuery| q.sort = Sort::parse("completed").ok(), AccessPath::People, "completed")]
#[case::some_people(Named(10), |_: &mut RecordQuery| (), AccessPath::People, "person,-created")]
#[case::some_people_sorted(Named(10), |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), AccessPath::People, "-completed")]
#[case::a_hundred_people_newest_first(Named(100), |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), AccessPath::People, "-created")]
#[case::a_group(Members, |_: &mut RecordQuery| (), AccessPath::Members, "person,-created")]
#[case::a_group_sorted(Members, |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), AccessPath::Tenant, "-created")]
#[case::a_group_by_completion(Members, |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), AccessPath::Completion, "-completed")]
#[case::a_group_in_a_week(Members, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, AccessPath::Completion, "-completed")]
#[case::a_group_in_all_time(Members, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-1_000, 0)); }, AccessPath::Members, "person,-created")]
#[case::a_group_and_an_activity(Members, |q: &mut RecordQuery| q.activities = activities(1), AccessPath::Activities, "-created")]
#[case::many_groups(ManyGroups, |_: &mut RecordQuery| (), AccessPath::Tenant, "-created")]
#[case::an_activity(Everybody, |q: &mut RecordQuery| q.activities = activities(1), AccessPath::Activities, "-created")]
#[case::as_many_activities_as_are_merged(Everybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES), AccessPath::Activities, "-created")]
#[case::one_more(Everybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES + 1), AccessPath::Tenant, "-created")]
#[case::an_activity_oldest_first(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("created").ok(); }, AccessPath::Activities, "created")]
#[case::an_activity_by_completion(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("completed").ok(); }, AccessPath::Completion, "completed")]
#[case::an_activity_of_a_person(Named(1), |q: &mut RecordQuery| q.activities = activities(1), AccessPath::People, "-created")]
#[case::done_in_a_week(Everybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, AccessPath::Completion, "-completed")]
#[case::expiring_in_a_month(Everybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Expires, days(0, 30)); }, AccessPath::Expiry, "expires")]
#[case::expired(Everybody, |q: &mut RecordQuery| q.is_expired = Some(true), AccessPath::Expiry, "expires")]
#[case::not_expired(Everybody, |q: &mut RecordQuery| q.is_expired = Some(false), AccessPath::Tenant, "-created")]
#[case::overdue(Everybody, |q: &mut RecordQuery| q.is_overdue = Some(true), AccessPath::Overdue, "due")]
#[case::overdue_newest_first(Everybody, |q: &mut RecordQuery| { q.is_overdue = Some(true); q.sort = Sort::parse("-created").ok(); }, AccessPath::Tenant, "-created")]
#[case::deleted_too(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.include_deleted = true; }, AccessPath::Tenant, "-created")]
#[case::a_text_in_a_person(Named(1), |q: &mut RecordQuery| q.text = SearchText::parse("x").ok(), AccessPath::People, "-created")]
#[case::a_provider(Everybody, |q: &mut RecordQuery| q.provider = Provider::parse("x").ok(), AccessPath::Tenant, "-created")]
fn the_way_that_reads_least_is_taken(
    #[case] crowd: CandidatePeople,
    #[case] set: Set,
    #[case] path: AccessPath,
    #[case] order: &str,
) {
    let mut query = RecordQuery::default();
    set(&mut query);
    let plan = choose(&query, facts(crowd));
    assert_eq!((plan.path, plan.order.to_string()), (path, order.to_owned()), "{:?}", plans(&query, facts(crowd)));
}

#[rstest]
#[case::tenant(AccessPath::Tenant, "lrn_00000000000000000000000000", "lrn_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
#[case::people(AccessPath::People, "REC#00000000000000000000000000", "REC#7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
#[case::completion(AccessPath::Completion, "0", "9~")]
#[case::overdue(AccessPath::Overdue, "due#0", "due#2026-05-10T12:00:00.000Z#~")]
#[case::expiry(AccessPath::Expiry, "2026-05-10T12:00:00.000Z", "2026-05-17T12:00:00.000Z#~")]
fn keys_are_bounded_by_what_is_asked_for(#[case] path: AccessPath, #[case] from: &str, #[case] to: &str) {
    let spans = [(Moment::Expires, days(0, 7))].into();
    let query = RecordQuery { is_overdue: Some(true), spans, ..RecordQuery::default() };
    assert_eq!(plan(path, &query, facts(Everybody)).bounds, (from.to_owned(), to.to_owned()));
}

#[test]
fn ids_are_bounded_by_when_records_were_made_with_some_slack() {
    let query = RecordQuery { spans: [(Moment::Created, days(-7, 0))].into(), ..RecordQuery::default() };
    let (from, to) = plan(AccessPath::Tenant, &query, facts(Everybody)).bounds;
    let minted = |at| {
        RecordId::mint(at, rol_domain::PersonKey::of(RecordIdOwner::tenant(), &RecordIdOwner::person()), [9; 5])
            .to_string()
    };
    let inside = |at| (from.as_str()..=to.as_str()).contains(&minted(at).as_str());
    let start = now() - TimeDelta::days(7);
    assert!(inside(start - TimeDelta::minutes(15)) && !inside(start - TimeDelta::minutes(31)));
    assert!(inside(now()) && !inside(now() + TimeDelta::milliseconds(1)));
}

/// Somebody whose id it is.
struct RecordIdOwner;

impl RecordIdOwner {
    fn tenant() -> rol_domain::TenantId {
        rol_domain::TenantId::from_ulid(1u128.into())
    }

    fn person() -> rol_domain::text::PersonId {
        rol_domain::text::PersonId::parse("p").expect("valid")
    }
}

#[rstest]
#[case::one_person_newest_first(Named(1), "-created", false)]
#[case::one_person_by_completion(Named(1), "-completed", true)]
#[case::people_newest_first(Named(2), "-created", true)]
fn partitions_ordered_by_another_key_are_gathered(
    #[case] crowd: CandidatePeople,
    #[case] sort: &str,
    #[case] gathers: bool,
) {
    let query = RecordQuery { sort: Sort::parse(sort).ok(), ..RecordQuery::default() };
    assert_eq!(plan(AccessPath::People, &query, facts(crowd)).gathers, gathers);
}
