//! Devices, a server, clocks, a network, disks, crashes, copied disks, restores and territory moves in one process, all from
//! one seed. The promises of the protocol are checked; bugs built in on purpose prove that the checks can fail.
//!
//! A seed that fails prints a line that runs it again. The long run:
//!
//! ```sh
//! SIM_SEEDS=300 SIM_DEVICES=50 SIM_DAYS=60 cargo test --release --test simulator promises_hold -- --nocapture
//! ```
//!
//! It names each seed that holds; `SIM_FIRST=n` begins at another one, so that several machines can share the work, and
//! `SIM_MINUTES=n` begins no seed after that time.

mod acts;
#[path = "../central_support/mod.rs"]
mod central_support;
mod check;
mod dice;
mod store;
mod world;

use central_support::device::Flaw;
use store::Bug;
use world::{Plan, World};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs one seed to its end: what was found wrong, and what it came upon.
fn run(plan: Plan) -> (Vec<String>, std::collections::BTreeMap<String, u32>) {
    let mut world = World::new(plan);
    world.run();
    check::at_rest(&mut world);
    let faults = world.faults();
    let reached = if faults.is_empty() { check::reached(&world) } else { Default::default() };
    (faults, reached)
}

#[test]
fn promises_hold() {
    let (devices, days) = (number("SIM_DEVICES", 8), number("SIM_DAYS", 12));
    let first = number("SIM_FIRST", 1);
    let seeds = number("SIM_SEEDS", 30);
    let until = std::time::Duration::from_secs(60 * number("SIM_MINUTES", u64::MAX / 60));
    let began = std::time::Instant::now();
    let mut reached = std::collections::BTreeMap::new();
    for seed in first..first + seeds {
        if began.elapsed() > until {
            println!("the time is over: seeds {seed} to {} were not run", first + seeds - 1);
            break;
        }
        let plan = Plan { seed, devices: devices as usize, days: days as i64, bug: Bug::None, flaw: Flaw::None };
        let (faults, here) = run(plan);
        for (what, count) in here {
            *reached.entry(what).or_insert(0) += count;
        }
        assert!(
            faults.is_empty(),
            "SIM_FIRST={seed} SIM_SEEDS=1 SIM_DEVICES={devices} SIM_DAYS={days} cargo nextest run --test simulator \
             promises_hold\n{}",
            faults.join("\n")
        );
        println!("seed {seed} holds");
    }
    println!("{reached:#?}");
    // A simulation that does not come upon these proves nothing about them.
    let expected = [
        "applied",
        "merged",
        "wish.already_claimed",
        "similar wishes",
        "stock.short",
        "command.undecodable",
        "restore",
        "stopped",
        "claim granted",
        "claim lost",
        "claim released",
        "claim expired",
        "claim fulfilled",
        "claim duplicate",
        "conflict stale_value",
        "conflict duplicate_person",
        "kept loser",
        "expire_claim",
        "settle_conflict",
        "older page",
        "waited and stands",
    ];
    let missing: Vec<&str> = expected.into_iter().filter(|what| reached.get(*what).is_none_or(|n| *n == 0)).collect();
    assert!(seeds < 6 || missing.is_empty(), "never came upon {missing:?}");
}

/// Whether any of a few seeds shows the bug.
fn caught(bug: Bug, flaw: Flaw) {
    for seed in 1..=number("SIM_BUG_SEEDS", 8) {
        let (faults, _) = run(Plan { seed, devices: 8, days: 12, bug, flaw });
        if let Some(fault) = faults.first() {
            println!("{bug:?} {flaw:?}: seed {seed}: {fault}");
            return;
        }
    }
    panic!("{bug:?} {flaw:?} was not seen");
}

macro_rules! bugs {
    ($($name:ident: $bug:expr, $flaw:expr;)*) => { $(
        #[test]
        fn $name() {
            caught($bug, $flaw);
        }
    )* };
}

bugs! {
    sees_a_rule_that_panics: Bug::RulePanics, Flaw::None;
    sees_a_fence_used_twice: Bug::ReusesFence, Flaw::None;
    sees_a_dropped_verdict: Bug::DropsVerdict, Flaw::None;
    sees_a_lost_body: Bug::LosesBody, Flaw::None;
    sees_a_hole_in_a_feed: Bug::LeavesHole, Flaw::None;
    sees_an_entry_skipped: Bug::SkipsEntry, Flaw::None;
    sees_an_entry_repeated: Bug::RepeatsEntry, Flaw::None;
    sees_a_lost_update: Bug::StaleFile, Flaw::None;
    sees_a_wrong_as_of: Bug::WrongAsOf, Flaw::None;
    sees_a_card_that_stays: Bug::KeepsRemoved, Flaw::None;
    sees_a_unit_that_stays_held: Bug::KeepsUnit, Flaw::None;
    sees_a_lease_that_ends_early: Bug::ExpiresEarly, Flaw::None;
    sees_a_commit_that_lies: Bug::CommitLies, Flaw::None;
    sees_a_person_overlooked: Bug::ForgetsPersons, Flaw::None;
    sees_a_record_that_cannot_be_found: Bug::ForgetsPlace, Flaw::None;
    sees_late_work_refused_after_a_move: Bug::ForgetsFormerRegion, Flaw::None;
    sees_late_work_refused_after_an_assignment: Bug::ForgetsFormerScope, Flaw::None;
    sees_a_device_that_is_not_brought_forward: Bug::ForgetsDevice, Flaw::None;
    sees_an_epoch_that_stays: Bug::EpochStays, Flaw::None;
    sees_a_device_that_skips_a_command: Bug::None, Flaw::SkipsCommand;
    sees_a_device_that_forgets_its_inbox: Bug::None, Flaw::ForgetsInbox;
    sees_a_device_that_never_purges: Bug::None, Flaw::NeverPurges;
    sees_a_cursor_written_first: Bug::None, Flaw::CursorFirst;
    sees_a_device_that_never_sends_again: Bug::None, Flaw::NeverResends;
    sees_an_item_applied_twice: Bug::None, Flaw::ForgetsAsOf;
    sees_a_command_that_waits_for_ever: Bug::NeverWakes, Flaw::None;
    sees_a_waiting_command_forgotten: Bug::DropsWaiting, Flaw::None;
    sees_a_waiting_command_decided_and_not_told: Bug::SettlesOnPaperOnly, Flaw::None;
    sees_a_device_that_never_asks: Bug::None, Flaw::NeverAsks;
    sees_verdicts_shifted: Bug::None, Flaw::ShiftsVerdicts;
}
