//! Which way is taken.

use super::*;
use rol_domain::text::{ActivityId, Provider, SearchText};
use rstest::rstest;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
}

fn facts(crowd: Crowd) -> Facts {
    Facts { crowd, looks_up: !matches!(crowd, Crowd::Everybody | Crowd::Named(_)), limit: 25, now: now() }
}

fn days(from: i64, to: i64) -> Span {
    Span { from: Some(now() + TimeDelta::days(from)), to: Some(now() + TimeDelta::days(to)) }
}

fn activities(count: usize) -> std::collections::BTreeSet<ActivityId> {
    (0..count).filter_map(|n| ActivityId::parse(format!("a{n}")).ok()).collect()
}

type Set = fn(&mut RecordQuery);

use Crowd::{Everybody, ManyGroups, Members, Named};

#[rstest]
#[case::nothing_asked(Everybody, |_: &mut RecordQuery| (), Path::Tenant, "-created")]
#[case::one_person(Named(1), |_: &mut RecordQuery| (), Path::People, "-created")]
#[case::one_person_sorted(Named(1), |q: &mut RecordQuery| q.sort = Sort::parse("completed").ok(), Path::People, "completed")]
#[case::some_people(Named(10), |_: &mut RecordQuery| (), Path::People, "person,-created")]
#[case::some_people_sorted(Named(10), |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), Path::People, "-completed")]
#[case::a_hundred_people_newest_first(Named(100), |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), Path::People, "-created")]
#[case::a_group(Members, |_: &mut RecordQuery| (), Path::Members, "person,-created")]
#[case::a_group_sorted(Members, |q: &mut RecordQuery| q.sort = Sort::parse("-created").ok(), Path::Tenant, "-created")]
#[case::a_group_by_completion(Members, |q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), Path::Completion, "-completed")]
#[case::a_group_in_a_week(Members, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, Path::Completion, "-completed")]
#[case::a_group_in_all_time(Members, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-1_000, 0)); }, Path::Members, "person,-created")]
#[case::a_group_and_an_activity(Members, |q: &mut RecordQuery| q.activities = activities(1), Path::Activities, "-created")]
#[case::many_groups(ManyGroups, |_: &mut RecordQuery| (), Path::Tenant, "-created")]
#[case::an_activity(Everybody, |q: &mut RecordQuery| q.activities = activities(1), Path::Activities, "-created")]
#[case::as_many_activities_as_are_merged(Everybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES), Path::Activities, "-created")]
#[case::one_more(Everybody, |q: &mut RecordQuery| q.activities = activities(MAX_MERGED_ACTIVITIES + 1), Path::Tenant, "-created")]
#[case::an_activity_oldest_first(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("created").ok(); }, Path::Activities, "created")]
#[case::an_activity_by_completion(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.sort = Sort::parse("completed").ok(); }, Path::Completion, "completed")]
#[case::an_activity_of_a_person(Named(1), |q: &mut RecordQuery| q.activities = activities(1), Path::People, "-created")]
#[case::done_in_a_week(Everybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Completed, days(-7, 0)); }, Path::Completion, "-completed")]
#[case::expiring_in_a_month(Everybody, |q: &mut RecordQuery| { q.spans.insert(Moment::Expires, days(0, 30)); }, Path::Expiry, "expires")]
#[case::expired(Everybody, |q: &mut RecordQuery| q.is_expired = Some(true), Path::Expiry, "expires")]
#[case::not_expired(Everybody, |q: &mut RecordQuery| q.is_expired = Some(false), Path::Tenant, "-created")]
#[case::overdue(Everybody, |q: &mut RecordQuery| q.is_overdue = Some(true), Path::Overdue, "due")]
#[case::overdue_newest_first(Everybody, |q: &mut RecordQuery| { q.is_overdue = Some(true); q.sort = Sort::parse("-created").ok(); }, Path::Tenant, "-created")]
#[case::deleted_too(Everybody, |q: &mut RecordQuery| { q.activities = activities(1); q.include_deleted = true; }, Path::Tenant, "-created")]
#[case::a_text_in_a_person(Named(1), |q: &mut RecordQuery| q.text = SearchText::parse("x").ok(), Path::People, "-created")]
#[case::a_provider(Everybody, |q: &mut RecordQuery| q.provider = Provider::parse("x").ok(), Path::Tenant, "-created")]
fn the_way_that_reads_least_is_taken(#[case] crowd: Crowd, #[case] set: Set, #[case] path: Path, #[case] order: &str) {
    let mut query = RecordQuery::default();
    set(&mut query);
    let plan = choose(&query, facts(crowd));
    assert_eq!((plan.path, plan.order.to_string()), (path, order.to_owned()), "{:?}", plans(&query, facts(crowd)));
}

#[rstest]
#[case::tenant(Path::Tenant, "lrn_00000000000000000000000000", "lrn_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
#[case::people(Path::People, "REC#00000000000000000000000000", "REC#7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
#[case::completion(Path::Completion, "0", "9~")]
#[case::overdue(Path::Overdue, "due#0", "due#2026-05-10T12:00:00.000Z#~")]
#[case::expiry(Path::Expiry, "2026-05-10T12:00:00.000Z", "2026-05-17T12:00:00.000Z#~")]
fn keys_are_bounded_by_what_is_asked_for(#[case] path: Path, #[case] from: &str, #[case] to: &str) {
    let spans = [(Moment::Expires, days(0, 7))].into();
    let query = RecordQuery { is_overdue: Some(true), spans, ..RecordQuery::default() };
    assert_eq!(plan(path, &query, facts(Everybody)).bounds, (from.to_owned(), to.to_owned()));
}

#[test]
fn ids_are_bounded_by_when_records_were_made_with_some_slack() {
    let query = RecordQuery { spans: [(Moment::Created, days(-7, 0))].into(), ..RecordQuery::default() };
    let (from, to) = plan(Path::Tenant, &query, facts(Everybody)).bounds;
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
fn partitions_ordered_by_another_key_are_gathered(#[case] crowd: Crowd, #[case] sort: &str, #[case] gathers: bool) {
    let query = RecordQuery { sort: Sort::parse(sort).ok(), ..RecordQuery::default() };
    assert_eq!(plan(Path::People, &query, facts(crowd)).gathers, gathers);
}
