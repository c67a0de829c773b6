//! Which access path is chosen.

use super::*;
use rol_domain::{
    PersonKey, RecordId, TenantId,
    query::Span,
    text::{ActivityId, PersonId, Provider, SearchText},
};
use rstest::rstest;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
}

fn people(count: usize) -> CandidatePeople {
    Named((0..count).filter_map(|n| PersonId::parse(format!("p{n}")).ok()).collect())
}

fn days(from: i64, to: i64) -> Span {
    Span { from: Some(now() + TimeDelta::days(from)), to: Some(now() + TimeDelta::days(to)) }
}

fn activities(count: usize) -> std::collections::BTreeSet<ActivityId> {
    (0..count).filter_map(|n| ActivityId::parse(format!("a{n}")).ok()).collect()
}

type Set = fn(&mut RecordQuery);

use CandidatePeople::{Anybody, Members, Named};

const MEMBERS: CandidatePeople = Members { known: None };

#[rstest]
#[case::nothing_asked(Anybody, |_: &mut RecordQuery| (), AccessPath::Tenant, "-created")]
#[case::one_person(people(1), |_: &mut RecordQuery| (), AccessPath::People, "-created")]
#[case::one_person_sorted(people(1), |q: &mut RecordQuery| q.sort = Sort::parse("completed").ok(), AccessPath::People, "completed")]
#[case::some_people(people(10), |_: &mut RecordQuery| (), AccessPath::People, "person,-created")]
#[case::some_people_sorted(people(10), |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), AccessPath::People, "-completed")]
#[case::a_hundred_people_newest_first(people(100), |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), AccessPath::People, "-created")]
#[case::a_group(MEMBERS, |_: &mut RecordQuery| (), AccessPath::Members, "person,-created")]
#[case::a_group_sorted(MEMBERS, |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), AccessPath::Tenant, "-created")]
#[case::a_group_by_completion(MEMBERS, |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), AccessPath::Completion, "-completed")]
#[case::a_group_in_a_week(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, AccessPath::Completion, "-completed")]
#[case::a_group_in_all_time(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-1_000, 0)); }, AccessPath::Members, "person,-created")]
#[case::a_group_in_a_narrow_range(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-NARROW_RANGE_DAYS, 0)); }, AccessPath::Completion, "-completed")]
#[case::a_group_in_a_range_one_day_longer(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-NARROW_RANGE_DAYS - 1, 0)); }, AccessPath::Members, "person,-created")]
#[case::a_group_since_last_week(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, Span { to: None, ..days(-7, 0) }); }, AccessPath::Completion, "-completed")]
#[case::a_group_created_this_week(MEMBERS, |q: &mut RecordQuery| { q.spans.insert(Moment::Created, days(-7, 0)); }, AccessPath::Tenant, "-created")]
#[case::a_group_expired(MEMBERS, |q: &mut RecordQuery| q.is_expired = Some(true), AccessPath::Members, "person,-created")]
#[case::a_group_overdue(MEMBERS, |q: &mut RecordQuery| q.is_overdue = Some(true), AccessPath::Overdue, "due")]
#[case::a_group_and_an_activity(MEMBERS, |q: &mut RecordQuery| q.activities = activities(1), AccessPath::Activities, "-created")]
#[case::many_groups(Anybody, |_: &mut RecordQuery| (), AccessPath::Tenant, "-created")]
#[case::an_activity(Anybody, |q: &mut RecordQuery| q.activities = activities(1), AccessPath::Activities, "-created")]
#[case::as_many_activities_as_are_merged(Anybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES), AccessPath::Activities, "-created")]
#[case::one_more(Anybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES + 1), AccessPath::Tenant, "-created")]
#[case::an_activity_oldest_first(Anybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("created").ok(); }, AccessPath::Activities, "created")]
#[case::an_activity_by_completion(Anybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("completed").ok(); }, AccessPath::Completion, "completed")]
#[case::an_activity_of_a_person(people(1), |q: &mut RecordQuery| q.activities = activities(1), AccessPath::People, "-created")]
#[case::done_in_a_week(Anybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, AccessPath::Completion, "-completed")]
#[case::expiring_in_a_month(Anybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Expires, days(0, 30)); }, AccessPath::Expiry, "expires")]
#[case::the_shorter_of_two_ranges(Anybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-30, 0)); q.spans.insert(Moment::Expires, days(0, 7)); }, AccessPath::Expiry, "expires")]
#[case::done_long_ago_and_created_this_week(Anybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-900, 0)); q.spans.insert(Moment::Created, days(-7, 0)); }, AccessPath::Tenant, "-created")]
#[case::expired(Anybody, |q: &mut RecordQuery| q.is_expired = Some(true), AccessPath::Expiry, "expires")]
#[case::not_expired(Anybody, |q: &mut RecordQuery| q.is_expired = Some(false), AccessPath::Tenant, "-created")]
#[case::overdue(Anybody, |q: &mut RecordQuery| q.is_overdue = Some(true), AccessPath::Overdue, "due")]
#[case::overdue_newest_first(Anybody, |q: &mut RecordQuery| { q.is_overdue = Some(true); q.sort = Sort::parse("-created").ok(); }, AccessPath::Tenant, "-created")]
#[case::deleted_too(Anybody, |q: &mut RecordQuery| { q.activities = activities(1); q.include_deleted = true; }, AccessPath::Tenant, "-created")]
#[case::a_text_in_a_person(people(1), |q: &mut RecordQuery| q.text = SearchText::parse("x").ok(), AccessPath::People, "-created")]
#[case::a_provider(Anybody, |q: &mut RecordQuery| q.provider = Provider::parse("x").ok(), AccessPath::Tenant, "-created")]
fn the_first_rule_that_applies_decides(
    #[case] people: CandidatePeople,
    #[case] set: Set,
    #[case] path: AccessPath,
    #[case] order: &str,
) {
    let mut query = RecordQuery::default();
    set(&mut query);
    let plan = choose(&query, &people, now());
    assert_eq!((plan.path, plan.order.to_string()), (path, order.to_owned()));
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
    assert_eq!(QueryPlan::new(path, &query, &Anybody, now()).bounds, (from.to_owned(), to.to_owned()));
}

#[test]
fn ids_are_bounded_by_when_records_were_made_with_some_slack() {
    let query = RecordQuery { spans: [(Moment::Created, days(-7, 0))].into(), ..RecordQuery::default() };
    let (from, to) = QueryPlan::new(AccessPath::Tenant, &query, &Anybody, now()).bounds;
    let (tenant, person) = (TenantId::from_ulid(1u128.into()), PersonId::parse("p").expect("valid"));
    let minted = |at| RecordId::mint(at, PersonKey::of(tenant, &person), [9; 5]).to_string();
    let inside = |at| (from.as_str()..=to.as_str()).contains(&minted(at).as_str());
    let start = now() - TimeDelta::days(7);
    assert!(inside(start - TimeDelta::minutes(15)) && !inside(start - TimeDelta::minutes(31)));
    assert!(inside(now()) && !inside(now() + TimeDelta::milliseconds(1)));
}

#[rstest]
#[case::one_person(people(1), None, Strategy::Merge)]
#[case::one_person_newest_first(people(1), Some("-created"), Strategy::Merge)]
#[case::one_person_by_completion(people(1), Some("-completed"), Strategy::Gather)]
#[case::people(people(2), None, Strategy::Walk)]
#[case::people_newest_first(people(2), Some("-created"), Strategy::Merge)]
#[case::people_by_expiry(people(2), Some("expires"), Strategy::Gather)]
fn peoples_partitions_are_gathered_only_in_an_order_that_they_lack(
    #[case] people: CandidatePeople,
    #[case] sort: Option<&str>,
    #[case] strategy: Strategy,
) {
    let query = RecordQuery { sort: sort.and_then(|sort| Sort::parse(sort).ok()), ..RecordQuery::default() };
    assert_eq!(QueryPlan::new(AccessPath::People, &query, &people, now()).strategy, strategy);
}
