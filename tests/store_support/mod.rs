//! What the store's tests share: a home, entries that can be told apart, and the turn that makes records of them.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod findings;
pub mod scenarios;

use std::path::Path;
use std::sync::Arc;

use zhulian::store::disk::{Disk, MemDisk};
use zhulian::store::{
    Batch, Home, Index, Kdf, KeyMode, OpenReport, Passphrase, Recovery, Seq, Store, StoreError, Unlock,
};

/// A cheap key derivation: these tests are not about its cost.
pub const QUICK: Kdf = Kdf { memory_kib: 64, passes: 1 };

pub fn memory_home(disk: &MemDisk) -> Home {
    Home::on(Arc::new(disk.clone()) as Arc<dyn Disk>, "/home")
}

pub fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text)
}

/// The entry with number `n`: it sets the record `key(n % 50)` and counts in `total`.
pub fn entry(n: u64) -> Vec<u8> {
    format!("{n}:{}", "上门走访，情况稳定。".repeat((n % 7) as usize * 5)).into_bytes()
}

pub fn key(n: u64) -> Vec<u8> {
    format!("h{:03}", n % 50).into_bytes()
}

/// What an entry does. It reads the index, as the product does: the counter shows an entry applied twice or left out.
pub fn turn(index: &dyn Index, seq: Seq, entry: &[u8]) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    batch.put(key(seq), entry.trim_ascii_end()); // entries may be padded to be long
    let total = index.get(b"total")?.map_or(0, |bytes| number(&bytes));
    batch.put(*b"total", (total + 1).to_string());
    Ok(batch)
}

pub fn number(bytes: &[u8]) -> u64 {
    std::str::from_utf8(bytes).unwrap().parse().unwrap()
}

/// Appends and applies the next entry.
pub fn commit(store: &Store) -> Result<Seq, StoreError> {
    let bytes = entry(store.last_seq() + 1);
    let seq = store.append(&bytes)?;
    store.apply(seq, &turn(&*store.index()?, seq, &bytes)?)?;
    Ok(seq)
}

pub fn create(home: Home) -> Store {
    let (store, _) = Store::create(home, &KeyMode::KeyFile).unwrap();
    store.recover(turn).unwrap();
    store
}

pub fn open(home: Home) -> (Store, OpenReport, Recovery) {
    let (store, report) = Store::open(home, &Unlock::Nothing).unwrap();
    let recovery = store.recover(turn).unwrap();
    (store, report, recovery)
}

/// The index holds exactly what the entries `1..=last` make.
pub fn assert_whole(store: &Store, last: u64) {
    assert_eq!(store.last_seq(), last);
    assert_eq!(store.applied_seq().unwrap(), last);
    let total = store.get(b"total").unwrap().map_or(0, |bytes| number(&bytes));
    assert_eq!(total, last, "every entry was applied once");
    for n in last.saturating_sub(49).max(1)..=last {
        assert_eq!(store.get(&key(n)).unwrap().as_deref(), Some(&*entry(n)), "record of entry {n}");
    }
    store.index().unwrap().verify(&mut |_| {}).unwrap();
}

/// A folder for tests that open a home very often: in memory where the machine offers that.
pub fn fast_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Copies a folder, for a look at it as another process would find it.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_tree(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}
