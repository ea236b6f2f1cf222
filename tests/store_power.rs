//! Stopped at every single operation on the disk, by a kill and by a power cut: what was acknowledged is there.
//!
//! Each scenario runs on a disk that counts its operations and stops at the n-th, for every n. Then the home is opened
//! as a kill leaves it (everything written is there) and as power cuts leave it (of what was not synced, anything may
//! be there, torn at sector borders, in any combination).

mod store_support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store_support::scenarios::{Outcome, SCENARIOS, Scenario};
use store_support::*;
use zhulian::i18n::Explain;
use zhulian::store::Home;
use zhulian::store::disk::{Disk, Fault, FaultDisk, MemDisk};

const BELOW: &str = "/";

fn prepared(scenario: &Scenario) -> MemDisk {
    let disk = MemDisk::new();
    scenario.prepare(Arc::new(disk.clone()), Path::new(BELOW));
    disk
}

fn check(scenario: &Scenario, disk: &MemDisk, acknowledged: u64, what: &str) {
    scenarios::check(scenario, Arc::new(disk.clone()), Path::new(BELOW), acknowledged, what);
}

/// Runs a scenario on a disk with a fault; gives what it acknowledged and how many operations it asked for.
fn run(scenario: &Scenario, mem: &MemDisk, fault: Fault) -> (u64, u64, Outcome) {
    let disk = Arc::new(FaultDisk::new(Arc::new(mem.clone()) as Arc<dyn Disk>, fault));
    let acknowledged = AtomicU64::new(0);
    let said = |seq| {
        acknowledged.fetch_max(seq, Ordering::SeqCst);
    };
    let outcome = scenario.run(disk.clone(), Path::new(BELOW), &said);
    (acknowledged.load(Ordering::SeqCst), disk.count(), outcome)
}

/// How many operations apart the stops are; 1 is every one.
fn stride() -> u64 {
    std::env::var("ZHULIAN_POWER_STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn for_every_stop(faults: [fn(u64) -> Fault; 2], see: impl Fn(&Scenario, &MemDisk, u64, &str) -> u64) {
    for scenario in &SCENARIOS {
        let (acknowledged, operations, outcome) = run(scenario, &prepared(scenario), Fault::None);
        outcome.unwrap();
        assert!(operations > 5 && (acknowledged > 0 || scenario.name == "open"), "{}", scenario.name);
        let mut looked = 0;
        for at in (1..=operations).step_by(stride() as usize) {
            for fault in faults {
                let mem = prepared(scenario);
                let (acknowledged, _, _) = run(scenario, &mem, fault(at));
                let what = format!("{}, {:?} of {operations}", scenario.name, fault(at));
                looked += see(scenario, &mem, acknowledged, &what);
            }
        }
        println!("{}: {operations} operations, {looked} homes opened", scenario.name);
    }
}

#[test]
fn killed_at_every_operation() {
    for_every_stop([Fault::StopAt, Fault::TearAt], |scenario, mem, acknowledged, what| {
        check(scenario, &mem.process_killed(), acknowledged, what);
        1
    });
}

#[test]
fn power_cut_at_every_operation() {
    for_every_stop([Fault::StopAt, Fault::TearAt], |scenario, mem, acknowledged, what| {
        for seed in 0..4 {
            check(scenario, &mem.power_cut(seed), acknowledged, &format!("{what}, cut {seed}"));
        }
        4
    });
}

#[test]
fn a_sync_that_fails_stops_the_acknowledgements() {
    for scenario in &SCENARIOS {
        let (_, operations, _) = run(scenario, &prepared(scenario), Fault::None);
        for at in 1..=operations {
            let mem = prepared(scenario);
            let (acknowledged, _, outcome) = run(scenario, &mem, Fault::SyncErrorFrom(at));
            if let Err(error) = &outcome {
                assert!(["store.io", "store.read_only"].contains(&error.code()), "{}: {error}", scenario.name);
            }
            // What the failed sync should have kept may be gone.
            let what = format!("{}, sync fails from {at}", scenario.name);
            check(scenario, &mem.power_cut(at), acknowledged, &what);
        }
    }
}

#[test]
fn a_disk_that_fills_up_refuses_and_keeps() {
    for scenario in &SCENARIOS {
        let (_, operations, _) = run(scenario, &prepared(scenario), Fault::None);
        for at in 1..=operations {
            let mem = prepared(scenario);
            let (acknowledged, _, outcome) = run(scenario, &mem, Fault::FullFrom(at));
            if let Err(error) = &outcome {
                assert_eq!(error.code(), "store.disk_full", "{}, full from {at}: {error}", scenario.name);
            }
            check(scenario, &mem.process_killed(), acknowledged, &format!("{}, full from {at}", scenario.name));
        }
    }
}

#[test]
fn a_full_disk_that_has_room_again_goes_on() {
    let disk = Arc::new(FaultDisk::new(Arc::new(MemDisk::new()) as Arc<dyn Disk>, Fault::None));
    let store = create(Home::on(disk.clone(), "/home"));
    for round in 1..=5 {
        disk.set_fault(Fault::FullFrom(0));
        assert_eq!(commit(&store).unwrap_err().code(), "store.disk_full");
        assert_eq!(store.append_group([[1; 10], [2; 10]]).unwrap_err().code(), "store.disk_full");
        assert_whole(&store, round - 1);
        disk.set_fault(Fault::None);
        commit(&store).unwrap();
        assert_whole(&store, round);
    }
}

#[test]
fn little_room_is_refused_before_the_index_suffers() {
    let disk = MemDisk::with_capacity(64 << 20);
    let store = create(memory_home(&disk));
    commit(&store).unwrap();
    assert!(matches!(store.room().unwrap(), zhulian::store::Room::Low(_)));
    let used: u64 = disk.files().iter().map(|(_, bytes)| bytes.len() as u64).sum();
    disk.set_capacity(Some(used + (1 << 20)));
    assert!(matches!(store.room().unwrap(), zhulian::store::Room::Full(_)));
    assert_eq!(commit(&store).unwrap_err().code(), "store.disk_full");
    assert_whole(&store, 1);
    disk.set_capacity(None);
    commit(&store).unwrap();
    assert_whole(&store, 2);
}

/// The checks of this file can fail: on a disk whose syncs do nothing they do, in every scenario that acknowledges.
#[test]
fn a_disk_that_lies_is_found_out() {
    std::panic::set_hook(Box::new(|_| {}));
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.name != "open") {
        let found_out = (0..40).any(|seed| {
            let mem = prepared(scenario);
            let (acknowledged, _, outcome) = run(scenario, &mem, Fault::LieFrom(1));
            outcome.unwrap();
            std::panic::catch_unwind(|| check(scenario, &mem.power_cut(seed), acknowledged, "lie")).is_err()
        });
        assert!(found_out, "{}", scenario.name);
    }
}
