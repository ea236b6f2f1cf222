//! Stopped at every single operation on the disk, by a kill and by a power cut: what was acknowledged is there.
//!
//! Each scenario runs on a disk that counts its operations and stops at the n-th, for every n. Then the home is opened
//! as a kill leaves it (everything written is there) and as power cuts leave it (of what was not synced, anything may
//! be there, torn at sector borders, in any combination).

mod store_support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store_support::*;
use zhulian::i18n::Explain;
use zhulian::store::disk::{Disk, Fault, FaultDisk, MemDisk};
use zhulian::store::{BackupOptions, Finding, Home, KeyMode, Options, Store, StoreError, Unlock};

type Outcome = Result<(), StoreError>;

/// What a scenario has acknowledged so far, and where its group ends.
#[derive(Debug, Default)]
struct Said {
    acknowledged: AtomicU64,
}

impl Said {
    fn seq(&self, seq: u64) {
        self.acknowledged.fetch_max(seq, Ordering::SeqCst);
    }
}

struct Scenario {
    name: &'static str,
    /// Makes the disk that the scenario begins with.
    before: fn() -> MemDisk,
    run: fn(Home, &Said) -> Outcome,
}

const SCENARIOS: [Scenario; 9] = [
    Scenario { name: "create", before: MemDisk::new, run: run_create },
    Scenario { name: "open", before: some_entries, run: run_open },
    Scenario { name: "commit", before: some_entries, run: run_commit },
    Scenario { name: "commit across segments", before: some_entries, run: run_long_commits },
    Scenario { name: "group", before: some_entries, run: run_group },
    Scenario { name: "dropped group", before: some_entries, run: run_dropped_group },
    Scenario { name: "compact", before: some_entries, run: run_compact },
    Scenario { name: "rows, key, checkpoint", before: some_entries, run: run_rest },
    Scenario { name: "restore", before: a_backup, run: run_restore },
];

const BEFORE: u64 = 12;
/// The entries of the group scenario.
const GROUP: std::ops::RangeInclusive<u64> = BEFORE + 1..=BEFORE + 40;

fn some_entries() -> MemDisk {
    let disk = MemDisk::new();
    let store = create(memory_home(&disk));
    (0..BEFORE).for_each(|_| drop(commit(&store)));
    store.write_rows(BEFORE, &[b"rows"]).unwrap();
    store.checkpoint().unwrap();
    drop(store);
    disk
}

fn a_backup() -> MemDisk {
    let disk = MemDisk::new();
    let store = create(Home::on(Arc::new(disk.clone()), "/elsewhere"));
    (0..BEFORE).for_each(|_| drop(commit(&store)));
    let options =
        BackupOptions { passphrase: Some((passphrase("备份专用的口令"), QUICK)), ..Default::default() };
    store.backup(Path::new("/elsewhere/backup"), &options, &mut |_, _| {}).unwrap();
    drop(store);
    disk
}

fn open_home(home: Home) -> Result<Store, StoreError> {
    let (store, _) = Store::open(home, &Unlock::Nothing)?;
    store.recover(turn)?;
    Ok(store)
}

fn run_create(home: Home, said: &Said) -> Outcome {
    let (store, _) = Store::create(home, &KeyMode::KeyFile)?;
    store.recover(turn)?;
    for _ in 0..3 {
        said.seq(commit(&store)?);
    }
    store.close()
}

fn run_open(home: Home, _: &Said) -> Outcome {
    open_home(home.clone())?.close()?;
    drop(open_home(home)?);
    Ok(())
}

fn run_commit(home: Home, said: &Said) -> Outcome {
    let store = open_home(home)?;
    for _ in 0..6 {
        said.seq(commit(&store)?);
    }
    Ok(())
}

fn run_long_commits(home: Home, said: &Said) -> Outcome {
    let options = Options { segment_bytes: 40_000, ..Options::default() };
    let (store, _) = Store::open_with(home, &Unlock::Nothing, options)?;
    store.recover(turn)?;
    for _ in 0..10 {
        // Every entry is padded to a size of its own; a new segment begins in between.
        let seq = store.last_seq() + 1;
        let mut bytes = entry(seq);
        bytes.resize(12_000 + seq as usize, b' ');
        said.seq(store.append(&bytes)?);
        store.apply(seq, &turn(&*store.index()?, seq, &entry(seq))?)?;
    }
    store.journal().verify(&mut |_, _| {})?;
    Ok(())
}

fn run_group(home: Home, said: &Said) -> Outcome {
    let store = open_home(home)?;
    let seqs = store.append_group(GROUP.map(entry))?;
    said.seq(seqs.end - 1);
    said.seq(commit_behind(&store)?);
    Ok(())
}

fn run_dropped_group(home: Home, said: &Said) -> Outcome {
    let store = open_home(home)?;
    let mut group = store.begin_group()?;
    for n in GROUP {
        // Long enough that some of it is written before the end.
        group.push(&[b"undone ".as_slice(), &vec![b'x'; 30_000], n.to_string().as_bytes()].concat())?;
    }
    drop(group);
    for _ in 0..3 {
        said.seq(commit(&store)?);
    }
    Ok(())
}

/// Brings the index up to the journal, then commits one more.
fn commit_behind(store: &Store) -> Result<u64, StoreError> {
    for seq in store.applied_seq()? + 1..=store.last_seq() {
        let batch = turn(&*store.index()?, seq, &store.entry(seq)?)?;
        store.apply(seq, &batch)?;
    }
    commit(store)
}

fn run_compact(home: Home, said: &Said) -> Outcome {
    let store = open_home(home)?;
    said.seq(commit(&store)?);
    store.compact(u64::MAX, &mut |_, _| {})?;
    said.seq(commit(&store)?);
    store.compact(0, &mut |_, _| {})?;
    said.seq(commit(&store)?);
    store.snapshot(&mut |_, _| {})
}

fn run_rest(home: Home, said: &Said) -> Outcome {
    let store = open_home(home)?;
    said.seq(commit(&store)?);
    store.write_rows(BEFORE + 1, &[b"rows"])?;
    store.change_key(&KeyMode::KeyFile)?;
    store.checkpoint()?;
    store.backup(Path::new("/home/backup"), &BackupOptions::default(), &mut |_, _| {})?;
    store.settle()?;
    store.close()
}

fn run_restore(home: Home, said: &Said) -> Outcome {
    let unlock = Unlock::Passphrase(passphrase("备份专用的口令"));
    Store::restore(&home, Path::new("/elsewhere/backup"), &unlock, &mut |_, _| {})?;
    said.seq(BEFORE);
    let (store, _) = Store::open(home, &unlock)?;
    store.recover(turn)?;
    said.seq(commit(&store)?);
    Ok(())
}

/// Opens what is left and checks it.
fn check(scenario: &Scenario, disk: &MemDisk, acknowledged: u64, what: &str) {
    let home = memory_home(disk);
    let restoring = scenario.name == "restore";
    let unlock = if restoring { Unlock::Passphrase(passphrase("备份专用的口令")) } else { Unlock::Nothing };
    let there = home.exists().unwrap_or(false);
    if !there {
        assert_eq!(acknowledged, 0, "{what}: no home");
        // And one can be made.
        if restoring {
            Store::restore(&home, Path::new("/elsewhere/backup"), &unlock, &mut |_, _| {})
                .unwrap_or_else(|error| panic!("{what}: {error}: {:?}", disk.list(Path::new("/home"))));
        } else {
            Store::create(home.clone(), &KeyMode::KeyFile).unwrap();
        }
    }
    let (store, report) = Store::open(home, &unlock).unwrap_or_else(|error| panic!("{what}: {error}"));
    let recovery = store.recover(turn).unwrap_or_else(|error: StoreError| panic!("{what}: {error}"));
    let last = store.last_seq();
    for finding in report.findings.iter().chain(&recovery.findings) {
        let harmless = matches!(
            finding,
            Finding::TailCut { .. }
                | Finding::GroupCut { .. }
                | Finding::KeyCopyRepaired
                | Finding::PointerRepaired
                | Finding::IndexRebuilt { .. }
                | Finding::IndexVerified { .. }
        );
        assert!(harmless, "{what}: {finding:?}");
    }
    assert!(last >= acknowledged, "{what}: {acknowledged} acknowledged, {last} there: {report:?}");
    if scenario.name == "group" {
        assert!(last <= BEFORE || last >= *GROUP.end(), "{what}: half a group, up to {last}");
    }
    for seq in store.first_seq()..=last {
        let bytes = store.entry(seq).unwrap_or_else(|error| panic!("{what}: entry {seq}: {error}"));
        assert!(bytes.starts_with(&entry(seq)), "{what}: entry {seq}");
    }
    assert_eq!(store.applied_seq().unwrap(), last, "{what}");
    assert_eq!(store.get(b"total").unwrap().map_or(0, |bytes| number(&bytes)), last, "{what}: each applied once");
    match store.read_rows(|_, bytes| Ok(bytes)) {
        Ok(rows) => assert!(rows.is_none_or(|(stamp, rows)| stamp <= last && rows == [b"rows"]), "{what}"),
        Err(error) => panic!("{what}: {error}"),
    }
    assert_eq!(commit(&store).unwrap(), last + 1, "{what}");
    assert_eq!(store.journal().verify(&mut |_, _| {}).unwrap(), [], "{what}");
}

/// Runs a scenario on a disk with a fault; gives what it acknowledged and how many operations it asked for.
fn run(scenario: &Scenario, mem: &MemDisk, fault: Fault) -> (u64, u64, Outcome) {
    let disk = Arc::new(FaultDisk::new(Arc::new(mem.clone()) as Arc<dyn Disk>, fault));
    let said = Said::default();
    let outcome = (scenario.run)(Home::on(disk.clone(), "/home"), &said);
    (said.acknowledged.load(Ordering::SeqCst), disk.count(), outcome)
}

/// How many operations apart the stops are; 1 is every one.
fn stride() -> u64 {
    std::env::var("ZHULIAN_POWER_STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn for_every_stop(faults: [fn(u64) -> Fault; 2], see: impl Fn(&Scenario, &MemDisk, u64, &str) -> u64) {
    for scenario in &SCENARIOS {
        let (acknowledged, operations, outcome) = run(scenario, &(scenario.before)(), Fault::None);
        outcome.unwrap();
        assert!(operations > 5 && (acknowledged > 0 || scenario.name == "open"), "{}", scenario.name);
        let mut looked = 0;
        for at in (1..=operations).step_by(stride() as usize) {
            for fault in faults {
                let mem = (scenario.before)();
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
        let (_, operations, _) = run(scenario, &(scenario.before)(), Fault::None);
        for at in 1..=operations {
            let mem = (scenario.before)();
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
        let (_, operations, _) = run(scenario, &(scenario.before)(), Fault::None);
        for at in 1..=operations {
            let mem = (scenario.before)();
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
    let mem = some_entries();
    let disk = Arc::new(FaultDisk::new(Arc::new(mem.clone()) as Arc<dyn Disk>, Fault::None));
    let store = open_home(Home::on(disk.clone(), "/home")).unwrap();
    for round in 1..=5 {
        disk.set_fault(Fault::FullFrom(0));
        assert_eq!(commit(&store).unwrap_err().code(), "store.disk_full");
        assert_eq!(store.append_group([[1; 10], [2; 10]]).unwrap_err().code(), "store.disk_full");
        assert_whole(&store, BEFORE + round - 1);
        disk.set_fault(Fault::None);
        commit(&store).unwrap();
        assert_whole(&store, BEFORE + round);
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
