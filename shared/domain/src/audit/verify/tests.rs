use super::*;
use crate::{
    audit::AuditFacts,
    change::{Action, Trace},
};
use chrono::TimeDelta;
use rstest::rstest;

/// How long entries are kept, in days.
const KEPT: i64 = 30;

fn day(number: u64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
    start + TimeDelta::days(i64::try_from(number).expect("few days"))
}

fn facts(number: u64, actor: &str) -> AuditFacts {
    AuditFacts {
        action: Action::parse("learningRecord.updated").expect("an action"),
        entity_id: format!("lrn_{number}"),
        trace: Trace { at: day(number), actor: actor.into(), subject: None, request_id: format!("r{number}") },
        changed: ["score".to_owned()].into(),
        app_id: None,
        person_id: None,
        operation: None,
        reason: None,
    }
}

/// A chain, and all that is known of it: the table's head, and the checkpoints of every day.
#[derive(Debug, Clone, Default)]
struct Chain {
    entries: Vec<AuditEntry>,
    head: ChainHead,
    checkpoints: Vec<Checkpoint>,
}

impl Chain {
    /// One entry a day, each with a checkpoint on the next.
    fn of_days(days: u64) -> Self {
        let mut chain = Self::default();
        for number in 1..=days {
            chain.add(number, "ada", KEPT);
            chain.checkpoints.push(Checkpoint { day: day(number + 1).date_naive(), heads: vec![chain.head.clone()] });
        }
        chain
    }

    fn add(&mut self, number: u64, actor: &str, kept: i64) {
        let entry = AuditEntry::after(&self.head, facts(number, actor), day(number) + TimeDelta::days(kept));
        self.head = entry.head();
        self.entries.push(entry);
    }

    /// Writes the chain anew from a place on, as somebody who can write the table could.
    fn rewrite(&mut self, from: u64) {
        let last = self.head.place;
        self.cut(from);
        for number in from..=last {
            self.add(number, "eve", KEPT);
        }
    }

    /// Ends the chain before a place, and moves the table's head back.
    fn cut(&mut self, from: u64) {
        self.entries.retain(|entry| entry.place < from);
        self.head = self.entries.last().map(AuditEntry::head).unwrap_or_default();
    }

    fn drop_places(&mut self, places: RangeInclusive<u64>) {
        self.entries.retain(|entry| !places.contains(&entry.place));
    }

    fn change(&mut self, place: usize, actor: &str) -> &mut AuditEntry {
        self.entries[place - 1].facts.trace.actor = actor.into();
        &mut self.entries[place - 1]
    }

    fn rehash(&mut self, place: usize, actor: &str) {
        let entry = self.change(place, actor);
        entry.hash = entry.hashed();
    }

    fn verified_at(&self, now: DateTime<Utc>) -> Result<(), ChainBreak> {
        let mut walk = ChainVerifier::new(Checkpoints::of(0, &self.checkpoints), now);
        // In two steps, as pages come.
        let (some, rest) = self.entries.split_at(self.entries.len() / 2);
        walk.on(some)?;
        walk.on(rest)?;
        walk.end(&self.head)
    }
}

#[test]
fn an_untouched_chain_is_whole_with_and_without_notes() {
    for days in 0..5 {
        let mut chain = Chain::of_days(days);
        assert_eq!(chain.verified_at(day(10)), Ok(()));
        chain.checkpoints.clear();
        assert_eq!(chain.verified_at(day(10)), Ok(()));
    }
}

#[rstest]
#[case::dropped(|c: &mut Chain| c.drop_places(5..=5), ChainFault::Gap, 5)]
#[case::some_dropped(|c: &mut Chain| c.drop_places(5..=7), ChainFault::Gap, 7)]
#[case::the_first_dropped(|c: &mut Chain| c.drop_places(1..=3), ChainFault::Gap, 3)]
#[case::swapped(|c: &mut Chain| c.entries.swap(4, 5), ChainFault::Gap, 5)]
#[case::twice(|c: &mut Chain| c.entries.insert(4, c.entries[3].clone()), ChainFault::Gap, 5)]
#[case::changed(|c: &mut Chain| { c.change(5, "eve"); }, ChainFault::Modified, 5)]
#[case::kept_for_less(|c: &mut Chain| c.entries[4].kept_until = day(1), ChainFault::Modified, 5)]
#[case::changed_with_its_hash(|c: &mut Chain| c.rehash(5, "eve"), ChainFault::Unlinked, 6)]
#[case::cut_off(|c: &mut Chain| c.entries.truncate(4), ChainFault::Truncated, 5)]
#[case::the_last_changed_with_its_hash(|c: &mut Chain| c.rehash(10, "eve"), ChainFault::Modified, 10)]
#[case::the_last_says_that_the_one_before_has_ended(|c: &mut Chain| {
    c.entries[9].previous_kept_until = day(1);
    c.rehash(10, "ada");
    c.head = c.entries[9].head();
}, ChainFault::Unlinked, 10)]
#[case::all_gone(|c: &mut Chain| c.entries.clear(), ChainFault::Truncated, 1)]
fn a_chain_alone_tells_where_it_was_harmed(#[case] fault: fn(&mut Chain), #[case] how: ChainFault, #[case] place: u64) {
    let mut chain = Chain::of_days(10);
    chain.checkpoints.clear();
    fault(&mut chain);
    assert_eq!(chain.verified_at(day(11)), Err(how.at(place, None)));
}

#[rstest]
#[case::rewritten(|c: &mut Chain| c.rewrite(1), ChainFault::Modified, 1, 2)]
#[case::rewritten_from_a_place_on(|c: &mut Chain| c.rewrite(6), ChainFault::Modified, 6, 7)]
#[case::the_last_rewritten(|c: &mut Chain| c.rewrite(10), ChainFault::Modified, 10, 11)]
#[case::the_end_cut_off_with_the_head(|c: &mut Chain| c.cut(8), ChainFault::Truncated, 8, 9)]
#[case::all_gone_with_the_head(|c: &mut Chain| c.cut(1), ChainFault::Truncated, 1, 2)]
#[case::cut_off_and_gone_on(|c: &mut Chain| { c.cut(8); c.add(8, "eve", KEPT); }, ChainFault::Modified, 8, 9)]
#[case::the_start_cut_off_and_the_rest_rewritten(|c: &mut Chain| {
    c.rewrite(1);
    c.drop_places(1..=4);
    c.entries[0].previous_kept_until = day(1);
    c.rehash(1, "eve");
}, ChainFault::Gap, 1, 2)]
#[case::rewritten_noted_and_put_back(|c: &mut Chain| {
    let honest = c.clone();
    c.rewrite(10);
    c.checkpoints.push(Checkpoint { day: day(12).date_naive(), heads: vec![c.head.clone()] });
    (c.entries, c.head) = (honest.entries, honest.head);
}, ChainFault::Modified, 10, 12)]
#[case::the_head_says_that_all_has_ended(|c: &mut Chain| { c.entries.clear(); c.head.kept_until = day(1); }, ChainFault::Truncated, 1, 2)]
fn notes_tell_what_the_table_hides(
    #[case] fault: fn(&mut Chain),
    #[case] how: ChainFault,
    #[case] place: u64,
    #[case] checkpoints: u64,
) {
    let mut chain = Chain::of_days(10);
    fault(&mut chain);
    assert_eq!(chain.verified_at(day(11)), Err(how.at(place, Some(day(checkpoints).date_naive()))));
}

#[test]
fn notes_written_after_the_harm_hide_nothing() {
    let mut chain = Chain::of_days(5);
    chain.rewrite(4);
    chain.add(6, "ada", KEPT);
    chain.checkpoints.push(Checkpoint { day: day(7).date_naive(), heads: vec![chain.head.clone()] });
    assert_eq!(chain.verified_at(day(8)), Err(ChainFault::Modified.at(4, Some(day(5).date_naive()))));
}

#[test]
fn what_was_not_noted_yet_can_be_rewritten_unseen() {
    let mut chain = Chain::of_days(5);
    chain.checkpoints.pop();
    chain.rewrite(5);
    assert_eq!(chain.verified_at(day(6)), Ok(()));
}

#[test]
fn what_retention_ended_is_no_harm() {
    let whole = Chain::of_days(10);
    for ended in 1..=10 {
        let mut chain = whole.clone();
        chain.drop_places(1..=ended);
        assert_eq!(chain.verified_at(day(ended + 30)), Ok(()), "{ended} entries ended");
        // A second earlier the last of them is still to be kept.
        let early = chain.verified_at(day(ended + 30) - TimeDelta::seconds(1)).expect_err("it is not there");
        let expected = if ended == 10 { (ChainFault::Truncated, 1) } else { (ChainFault::Gap, ended) };
        assert_eq!((early.fault, early.place), expected);
    }
}

#[test]
fn what_has_ended_may_go_in_any_order() {
    let mut chain = Chain::of_days(10);
    chain.entries.retain(|entry| entry.place > 6 || entry.place % 2 == 0);
    assert_eq!(chain.verified_at(day(36)), Ok(()));
}

#[test]
fn a_retention_that_was_shortened_ends_the_younger_before_the_older() {
    let mut chain = Chain::default();
    (1..=3).for_each(|number| chain.add(number, "ada", 300));
    (4..=6).for_each(|number| chain.add(number, "ada", 30));
    chain.drop_places(4..=6);
    assert_eq!(chain.verified_at(day(36)), Ok(()), "the last ones ended");
    chain.add(40, "ada", 30);
    assert_eq!(chain.verified_at(day(41)), Ok(()), "and others followed");
}

#[test]
fn the_first_entry_that_is_left_follows_what_was_noted_before_it() {
    let mut chain = Chain::of_days(10);
    chain.checkpoints.retain(|checkpoint| checkpoint.heads[0].place == 6);
    chain.rewrite(6);
    chain.drop_places(1..=6);
    let (now, checkpoints) = (day(36), day(7).date_naive());
    assert_eq!(chain.verified_at(now), Err(ChainFault::Unlinked.at(7, Some(checkpoints))));
}

#[test]
fn notes_of_another_chain_say_nothing() {
    let chain = Chain::of_days(3);
    let mut walk = ChainVerifier::new(Checkpoints::of(1, &chain.checkpoints), day(4));
    assert_eq!(walk.on(&chain.entries), Ok(()));
    assert_eq!((walk.first(), walk.place()), (Some(1), 3));
}
