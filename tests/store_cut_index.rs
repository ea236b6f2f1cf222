//! Power cuts that tear sled's own file: any of its pages that were not synced may be as they were at the last
//! checkpoint. The journal is the truth, so nothing acknowledged may be missing, and no record may be wrong.

mod store_support;

use std::path::Path;
use std::sync::Arc;

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use store_support::*;
use zhulian::store::disk::{Fault, FaultDisk, RealDisk};
use zhulian::store::{Batch, Finding, Home, Index, KeyMode, Seq, Store, StoreError, Unlock};

const CYCLES: &str = "ZHULIAN_CUT_CYCLES";
const USUAL_CYCLES: u64 = 40;
/// Cycles until a fresh home begins.
const CYCLES_PER_HOME: u64 = 20;
const PAGE: usize = 4096;

/// A home on a machine that was started for the n-th time.
fn home(root: &Path, boot: u64) -> Home {
    let disk = FaultDisk::new(Arc::new(RealDisk), Fault::None);
    disk.pretend_boot(boot);
    Home::on(Arc::new(disk), root)
}

/// Long values that do not compress, so that sled writes often.
fn long(n: u64) -> Vec<u8> {
    let mut bytes = vec![0; 2500];
    StdRng::seed_from_u64(n).fill_bytes(&mut bytes);
    bytes
}

fn turn_long(index: &dyn Index, seq: Seq, entry: &[u8]) -> Result<Batch, StoreError> {
    let mut batch = turn(index, seq, b"-")?;
    batch.put(format!("l{:03}", seq % 200), entry);
    Ok(batch)
}

fn commit_long(store: &Store) -> Result<u64, StoreError> {
    let bytes = long(store.last_seq() + 1);
    let seq = store.append(&bytes)?;
    store.apply(seq, &turn_long(&*store.index()?, seq, &bytes)?)?;
    Ok(seq)
}

/// Mixes the folder as of the last sync with the folder as the process left it, page by page.
fn tear(durable: &Path, written: &Path, rng: &mut StdRng) {
    let survive = [0.0, 0.3, 0.7, 0.95, 1.0][rng.random_range(0..5)];
    for item in std::fs::read_dir(written).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let new = std::fs::read(&path).unwrap();
        let Ok(mut mixed) = std::fs::read(durable.join(path.file_name().unwrap())) else {
            if !rng.random_bool(survive) {
                std::fs::remove_file(&path).unwrap();
            }
            continue;
        };
        if rng.random_bool(survive) {
            mixed.resize(new.len(), 0);
        }
        for at in (0..mixed.len().min(new.len())).step_by(PAGE) {
            let end = (at + PAGE).min(mixed.len()).min(new.len());
            if rng.random_bool(survive) {
                mixed[at..end].copy_from_slice(&new[at..end]);
            }
        }
        std::fs::write(&path, mixed).unwrap();
    }
}

#[test]
fn power_cuts_that_tear_the_index() {
    let cycles: u64 = std::env::var(CYCLES).ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL_CYCLES);
    let folder = fast_folder();
    let mut rng = StdRng::seed_from_u64(11);
    let mut root = folder.path().join("none");
    let (mut verified, mut rebuilt, mut silent, mut replayed) = (0, 0, 0, 0);
    for cycle in 0..cycles {
        let fresh = cycle % CYCLES_PER_HOME == 0;
        if fresh {
            let _ = std::fs::remove_dir_all(&root);
            root = folder.path().join(format!("home{cycle}"));
            drop(Store::create(home(&root, cycle), &KeyMode::KeyFile).unwrap());
        }
        let (store, report) = Store::open(home(&root, cycle), &Unlock::Nothing).unwrap();
        assert_eq!(report.findings, [], "cycle {cycle}");
        assert_eq!(report.power_lost, !fresh, "cycle {cycle}");
        let recovery = store.recover(turn_long).unwrap();
        verified += u64::from(recovery.findings.iter().any(|found| matches!(found, Finding::IndexVerified { .. })));
        rebuilt += u64::from(recovery.rebuilt);
        silent += u64::from(recovery.findings.iter().any(|found| {
            matches!(found, Finding::IndexDamaged { reason, .. } if reason.contains("records are missing or old"))
        }));
        replayed += recovery.replayed;
        // Whole again?
        let last = store.last_seq();
        assert_eq!(store.get(b"total").unwrap().map_or(0, |bytes| number(&bytes)), last, "cycle {cycle}: {recovery:?}");
        for n in last.saturating_sub(199).max(1)..=last {
            let found = store.get(format!("l{:03}", n % 200).as_bytes()).unwrap();
            assert_eq!(found, Some(long(n)), "cycle {cycle}, record {n}: {recovery:?}");
        }
        store.index().unwrap().verify(&mut |_| {}).unwrap();
        // Work, with a sync somewhere, and a compaction now and then.
        for _ in 0..rng.random_range(0..150) {
            commit_long(&store).unwrap();
        }
        if rng.random_bool(0.1) {
            store.compact(store.last_seq(), &mut |_, _| {}).unwrap();
        }
        store.checkpoint().unwrap();
        let generation = std::fs::read_to_string(root.join("current")).unwrap();
        let index = |root: &Path| root.join(generation.split(' ').next().unwrap()).join("index");
        let durable = folder.path().join("durable");
        copy_tree(&index(&root), &durable);
        let work = rng.random_range(1..400);
        let acknowledged = (0..work).map(|_| commit_long(&store).unwrap()).last().unwrap();
        // The cut: the process is gone, and pages are torn.
        let after = folder.path().join(format!("after{cycle}"));
        copy_tree(&root, &after);
        tear(&durable, &index(&after), &mut rng);
        drop(store);
        std::fs::remove_dir_all(&durable).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        std::fs::rename(&after, &root).unwrap();
        let (store, _) = Store::open(home(&root, cycle), &Unlock::Nothing).unwrap();
        assert_eq!(store.last_seq(), acknowledged, "cycle {cycle}");
    }
    println!(
        "{cycles} cuts: {verified} indexes found whole, {rebuilt} rebuilt ({silent} of them with damage that sled did not \
         see), {replayed} entries replayed"
    );
}
