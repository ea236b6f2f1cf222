//! The central server after a restore, and what it gives, keeps and takes away in the long run.

mod central_support;

use central_support::device::Device;
use central_support::words::*;
use central_support::{County, copy, restored};
use zhulian::domain::command::Command;
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::worker::Role;
use zhulian::i18n::Explain as _;
use zhulian::sync::protocol::Outcome;

/// A need of household 1 that another device verifies: what each said, and the county before either was heard.
fn a_need_and_its_verification() -> (County, Device, Device) {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    let (mut author, mut other) =
        (county.device(11, Role::GridWorker, &[1]), county.device(12, Role::GridWorker, &[1]));
    county.sync(&mut author).unwrap();
    county.sync(&mut other).unwrap();
    (county, author, other)
}

#[test]
fn after_a_restore_a_command_waits_for_what_another_device_brings_back() {
    let (county, mut author, mut other) = a_need_and_its_verification();
    let backup = copy(&county);
    let [register, verify, write, publish]: [Command; 4] = publish(1, 1, 1).try_into().unwrap();
    author.act(county.now, register).unwrap();
    county.sync(&mut author).unwrap();
    county.sync(&mut other).unwrap();
    for command in [verify, write, publish] {
        other.act(county.now, command).unwrap();
    }
    other.act(county.now, visit(5, 1, other.worker, county.now)).unwrap();
    county.sync(&mut other).unwrap();
    assert!(other.verdicts.values().all(|verdict| verdict.outcome == Outcome::Applied));

    let county = restored(&county, backup);
    county.sync(&mut other).unwrap();
    let waits = |device: &Device| device.verdicts.values().map(|v| v.outcome.waits()).collect::<Vec<_>>();
    assert_eq!(waits(&other), [true, true, true, false], "the queue behind goes on");
    assert_eq!(other.inbox.len(), 0, "nobody has to look at what waits");
    assert_eq!(other.pending().len(), 3, "it is still shown");
    assert_eq!(county.sync(&mut other).unwrap(), 2, "one request for all that waits, one for what is new");
    assert_eq!(waits(&other), [true, true, true, false]);

    county.sync(&mut author).unwrap();
    county.sync(&mut other).unwrap();
    assert_eq!(waits(&other), [false; 4]);
    assert!(other.verdicts.values().all(|verdict| verdict.outcome == Outcome::Applied), "{:?}", other.verdicts);
    assert!(other.pending().is_empty());
    let wish = RecordKey { kind: Kind::Wish, id: wish_id(1).into() };
    let Some(Record::Wish(wish)) = author.sees(wish).or_else(|| other.sees(wish)) else { panic!("no wish") };
    assert!(wish.state.in_pool());
    let mut tx = county.tx();
    assert_eq!(tx.notes(b"w/", 9).unwrap().len(), 0);
    let stored = tx.verdicts(other.id, 1, 9).unwrap();
    assert_eq!(stored.len(), 4);
    assert!(stored.iter().zip(&other.said).all(|(stored, said)| stored.body == said.bytes && stored.hash == said.hash));
}

#[test]
fn what_waits_for_a_record_that_cannot_come_is_refused_in_the_end() {
    let (mut county, mut author, mut other) = a_need_and_its_verification();
    let backup = copy(&county);
    let [register, verify, ..]: [Command; 4] = publish(1, 1, 1).try_into().unwrap();
    author.act(county.now, register).unwrap();
    county.sync(&mut author).unwrap();
    county.sync(&mut other).unwrap();
    other.act(county.now, verify).unwrap();
    county.sync(&mut other).unwrap();
    county = restored(&county, backup);
    county.sync(&mut other).unwrap();
    assert!(other.verdicts[&1].outcome.waits());
    county.now = county.now.plus(chrono::Duration::days(60));
    county.authority.sweep(county.now, 50).unwrap();
    county.sync(&mut other).unwrap();
    assert!(other.verdicts[&1].outcome.waits());
    county.now = county.now.plus(chrono::Duration::days(31));
    county.authority.sweep(county.now, 50).unwrap();
    county.sync(&mut other).unwrap();
    let told = |outcome: &Outcome| matches!(outcome, Outcome::Refused { told, .. } if told.code == "record.not_found");
    assert!(told(&other.verdicts[&1].outcome), "{:?}", other.verdicts);
    assert_eq!(other.inbox.len(), 1);
}

#[test]
fn the_server_gives_lasting_archive_numbers() {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    let mut device = county.device(11, Role::GridWorker, &[1]);
    county.sync(&mut device).unwrap();
    let numbered = |n: u16, number: &str| {
        let Command::RegisterHousehold { mut records } = household(n, 1) else { unreachable!("it registers") };
        if let Record::Household(household) = &mut records[0] {
            household.archive_no = number.into();
        }
        Command::RegisterHousehold { records }
    };
    let village = region(1).to_string();
    for (n, number) in [(2, "临1"), (3, ""), (4, "低保字第7号"), (5, &*format!("H{village}00041")), (6, "临2")] {
        device.act(county.now, numbered(n, number)).unwrap();
    }
    county.sync(&mut device).unwrap();
    let number = |device: &Device, n: u16| match device.sees(household_key(n)) {
        Some(Record::Household(household)) => household.archive_no,
        _ => panic!("household {n}"),
    };
    let found: Vec<String> = (1..=6).map(|n| number(&device, n)).collect();
    let made = |serial: u32| format!("H{village}{serial:05}");
    assert_eq!(found, ["H1".into(), made(1), made(2), "低保字第7号".into(), made(41), made(42)]);

    let county = restored(&county, copy(&county));
    device.act(county.now, numbered(7, "临3")).unwrap();
    county.sync(&mut device).unwrap();
    assert_eq!(number(&device, 7), made(243), "numbers that may have been given since the backup are left out");
}

#[test]
fn old_bytes_of_what_stands_are_taken_away_and_nothing_else() {
    let (mut county, mut device, _) = a_need_and_its_verification();
    device.act(county.now, visit(1, 1, device.worker, county.now)).unwrap();
    device.write_bytes(device.said[0].envelope.clone(), zhulian::sync::protocol::Bytes(vec![1, 2, 3]));
    county.sync(&mut device).unwrap();
    let bodies = |county: &County| {
        let stored = county.tx().verdicts(device.id, 1, 9).unwrap();
        stored.into_iter().map(|stored| stored.body.0.len()).collect::<Vec<_>>()
    };
    let before = bodies(&county);
    county.now = county.now.plus(chrono::Duration::days(89));
    let trim =
        |county: &County| (0..20).for_each(|_| assert_eq!(county.authority.sweep_and_trim(county.now, 3, 0), Ok(0)));
    trim(&county);
    assert_eq!(bodies(&county), before);
    county.now = county.now.plus(chrono::Duration::days(2));
    trim(&county);
    assert_eq!(bodies(&county), [0, 3], "what was refused stands nowhere else");
    device.answered = 0;
    county.sync(&mut device).unwrap();
    assert_eq!(device.answered, 2, "the chain is as it was");
}

#[test]
fn a_copy_does_not_fill_the_store() {
    let (county, device, _) = a_need_and_its_verification();
    county.authority.revoke(county.now, device.id).unwrap();
    for n in 0..zhulian::central::authority::MAX_ASIDES + 20 {
        let mut twin = device.clone();
        twin.act(county.now, visit(n as u16, 1, device.worker, county.now)).unwrap();
        let error = county.sync(&mut twin).unwrap_err();
        assert_eq!(error.code(), "device.revoked");
    }
    assert_eq!(county.tx().asides(usize::MAX).unwrap().len(), zhulian::central::authority::MAX_ASIDES);
}

#[test]
fn a_feed_that_was_about_to_be_fetched_when_the_server_was_restored_is_fetched_after_all() {
    use zhulian::sync::client::Local as _;
    let county = County::new();
    county.must(&household(1, 1));
    let mut device = county.device(11, Role::GridWorker, &[1]);
    county.sync(&mut device).unwrap();
    let held = device.items.len();
    device.set_fetching(Some((device.cursors.keys().cloned().collect(), None))).unwrap();
    device.commit().unwrap();
    let county = restored(&county, copy(&county));
    county.sync(&mut device).unwrap();
    assert_eq!((device.epoch, device.items.len()), (2, held));
    assert_eq!(device.fetching, None);
}
