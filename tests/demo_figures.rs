//! The demo's figures at every size, and that it is the same demo every time.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use zhulian::demo::{Count, Counts, Demo, Group, Outcome, Size, Tally, verify};
use zhulian::domain::record::Record;
use zhulian::i18n::Lang;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Counts a whole demo on two threads, every household as it is drawn.
fn tally(demo: &Demo) -> Tally {
    let half = demo.len() / 2;
    let part = |range: std::ops::Range<usize>| {
        let mut tally = Tally::new(demo.today());
        range.for_each(|n| demo.household(n).iter().for_each(|record| tally.add(record)));
        tally
    };
    let (mut first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| part(half..demo.len()));
        (part(0..half), second.join().unwrap())
    });
    first.absorb(second);
    demo.reference().iter().for_each(|record| first.add(record));
    demo.leads_without_household().for_each(|lead| first.add(&lead.into()));
    first
}

fn check(size: Size, seed: u64) {
    let demo = Demo::new(size, seed, today());
    let tally = tally(&demo);
    for row in verify(&tally, size, Lang::Zh) {
        assert_ne!(row.outcome, Outcome::Fail, "{size:?}, seed {seed}: {row:?}");
    }
    for (count, expected) in demo.figures() {
        assert_eq!(tally.count(count), expected, "{size:?}, seed {seed}: {count:?}");
    }
}

#[test]
fn small_demos_hold_their_figures_at_any_seed() {
    for seed in [0, 1, 2, 3, 5, 8, 12_345, u64::MAX] {
        check(Size::Village, seed);
    }
    check(Size::Town, 1);
}

#[test]
fn the_county_holds_its_figures() {
    check(Size::County, 1);
}

#[test]
fn the_city_holds_the_papers_figures() {
    let demo = Demo::new(Size::City, 1, today());
    let tally = tally(&demo);
    for (count, expected) in [
        (Count::Households, 85_700),
        (Count::People, 139_100),
        (Count::HouseholdsOf(Group::Dibao), 61_000),
        (Count::PeopleOf(Group::Dibao), 96_000),
        (Count::HouseholdsOf(Group::Dibian), 16_700),
        (Count::PeopleOf(Group::Dibian), 35_000),
        (Count::HouseholdsOf(Group::Tekun), 8_000),
        (Count::PeopleOf(Group::Tekun), 8_100),
        (Count::Stations, 3_862),
        (Count::Centres, 12),
        (Count::TownStations, 185),
        (Count::Points, 3_665),
        (Count::Helpers, 9_862),
        (Count::DuplicateGifts, 40),
        (Count::Omissions, 25),
        (Count::Silent, 12),
        (Count::LostClaims, 6),
        (Count::RosterOfQ, 13_623),
    ] {
        assert_eq!(tally.count(count), expected, "{count:?}");
    }
    let rows = verify(&tally, Size::City, Lang::En);
    for row in &rows {
        assert_ne!(row.outcome, Outcome::Fail, "{row:?}");
    }
    let unheld = rows.iter().filter(|row| matches!(row.outcome, Outcome::NotHeld(_)));
    assert!(unheld.clone().count() >= 10 && unheld.clone().all(|row| row.actual.is_none() && !row.passes()));
}

#[test]
fn a_missing_record_is_noticed() {
    let demo = Demo::new(Size::Village, 1, today());
    let mut tally = Tally::new(today());
    demo.reference().iter().for_each(|record| tally.add(record));
    demo.households().skip(1).flatten().for_each(|record| tally.add(&record));
    let failed: Vec<String> = verify(&tally, Size::Village, Lang::En)
        .into_iter()
        .filter(|row| row.outcome == Outcome::Fail)
        .map(|row| row.name)
        .collect();
    assert!(failed.contains(&"Households on the register".to_owned()), "{failed:?}");
    assert!(failed.contains(&"Subsistence allowance: households of 1".to_owned()), "{failed:?}");
}

fn fingerprint(records: &[Record]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for record in records {
        serde_json::to_string(record).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

#[test]
fn the_same_demo_comes_out_every_time_and_on_every_thread() {
    let demo = |seed| Demo::new(Size::Village, seed, today());
    let one: Vec<u64> = demo(1).households().map(|records| fingerprint(&records)).collect();
    let (first, second) = (demo(1), demo(1));
    let half = first.len() / 2;
    let two: Vec<u64> = std::thread::scope(|scope| {
        // Backwards on one thread, forwards on the other.
        let back = scope.spawn(|| {
            let mut part: Vec<u64> = (half..second.len()).rev().map(|n| fingerprint(&second.household(n))).collect();
            part.reverse();
            part
        });
        let mut all: Vec<u64> = (0..half).map(|n| fingerprint(&first.household(n))).collect();
        all.extend(back.join().unwrap());
        all
    });
    assert_eq!(one, two);
    assert_eq!(fingerprint(&demo(1).reference()), fingerprint(&demo(1).reference()));
    let other = demo(2);
    assert!((0..other.len()).filter(|&n| fingerprint(&other.household(n)) == one[n]).count() == 0);
    assert_eq!(other.household(other.len()), []);
}
