//! The index on sled 0.34.7, with its known weaknesses fenced in.
//!
//! - `flush()` is `sync_file_range`, not `fsync`: [`SledIndex::make_durable`] adds `fdatasync` on a held descriptor.
//! - A kill while it writes its page table at open leaves `snap.*.generating`, which would brick the next open: removed.
//! - Truncated or damaged files make it panic: every call is [`contained`], and after a panic the index
//!   answers nothing more and is to be rebuilt.
//! - Its threads wake up every second for nothing: see `idle`.
//! - It can lose or resurrect records silently after a power cut: the sums in `meta` show it.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::meta::{META_KEY, Meta};
use super::{Batch, Index, IndexStats, Scan, idle};
use crate::containment::contained;
use crate::store::Seq;
use crate::store::disk::{Disk, RealDisk, tree_bytes};
use crate::store::error::{At, Part, Result, StoreError};
use crate::store::seal::Sealer;

const PLACE: &[u8] = b"index";
/// sled gives up its file lock a little after it is dropped; a reopen waits this often, 10 ms each.
const LOCK_TRIES: u32 = 200;

/// An index in a sled database.
pub struct SledIndex {
    /// `None` only while dropping.
    db: Option<::sled::Db>,
    path: PathBuf,
    data: File,
    sealer: Sealer,
    meta: Mutex<Meta>,
    broken: AtomicBool,
}

impl fmt::Debug for SledIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledIndex").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SledIndex {
    /// Opens the index in a folder, making an empty one where there is none. `cache_bytes` bounds sled's page cache.
    ///
    /// # Errors
    /// `store.corrupt` for anything that sled or the seal of its own record does not accept; `store.disk_full` when
    /// sled needs room to open and there is none.
    pub fn open(path: &Path, sealer: Sealer, cache_bytes: u64) -> Result<SledIndex> {
        remove_unfinished_snapshots(path)?;
        let fresh = !path.exists();
        RealDisk.create_dir_all(path).at("create", path)?; // sled would let others look into it
        let db = open_patiently(path, cache_bytes)?;
        if fresh {
            for path in [path, path.parent().unwrap_or(path)] {
                RealDisk.sync_dir(path).at("sync", path)?;
            }
        }
        let db_file = path.join("db");
        let data = File::open(&db_file).at("open", &db_file)?;
        let index = SledIndex {
            db: Some(db),
            path: path.to_owned(),
            data,
            sealer,
            meta: Mutex::new(Meta::default()),
            broken: AtomicBool::new(false),
        };
        let meta = index.read_meta()?;
        *index.meta.lock().unwrap_or_else(|p| p.into_inner()) = meta;
        Ok(index)
    }

    fn read_meta(&self) -> Result<Meta> {
        match self.contained(|db| db.get(META_KEY))? {
            Some(stored) => {
                let plain = self.sealer.open(PLACE, META_KEY, &stored)?;
                Meta::parse(&plain).ok_or_else(|| StoreError::corrupt(Part::Index, "its own record"))
            }
            // Records without the index's own record: the beginning of the log is gone.
            None if self.contained(|db| Ok(!db.is_empty()))? => {
                Err(StoreError::corrupt(Part::Index, "its own record is gone"))
            }
            None => Ok(Meta::default()),
        }
    }

    /// Runs a call of sled so that its panics and errors become errors of ours.
    fn contained<T>(&self, call: impl FnOnce(&::sled::Db) -> ::sled::Result<T>) -> Result<T> {
        let Some(db) = self.db.as_ref().filter(|_| !self.broken.load(Ordering::Acquire)) else {
            return Err(StoreError::corrupt(Part::Index, "sled stopped earlier"));
        };
        match contained(|| call(db)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(translate(&error, &self.path)),
            Err(panic) => {
                self.broken.store(true, Ordering::Release);
                Err(StoreError::corrupt(Part::Index, format!("sled panicked: {panic}")))
            }
        }
    }

    /// What sled finds, with the seals opened; its own record is passed over.
    fn opened(&self, mut found: ::sled::Iter) -> Scan<'_> {
        let mut failed = false;
        Box::new(std::iter::from_fn(move || {
            while !failed {
                match self.contained(|_| found.next().transpose()) {
                    Ok(None) => return None,
                    Ok(Some((key, _))) if key == META_KEY => {}
                    Ok(Some((key, stored))) => {
                        return Some(self.sealer.open(PLACE, &key, &stored).map(|plain| (key.to_vec(), plain)));
                    }
                    Err(error) => {
                        failed = true;
                        return Some(Err(error));
                    }
                }
            }
            None
        }))
    }

    fn seal(&self, key: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        self.sealer.seal(PLACE, key, plain)
    }
}

impl Drop for SledIndex {
    fn drop(&mut self) {
        // sled flushes when it is dropped, and a damaged file can make that panic.
        if let Some(db) = self.db.take() {
            let _ = contained(move || drop(db));
        }
    }
}

impl Index for SledIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.contained(|db| db.get(key))? {
            Some(stored) => self.sealer.open(PLACE, key, &stored).map(Some),
            None => Ok(None),
        }
    }

    fn scan(&self, prefix: &[u8]) -> Scan<'_> {
        match self.contained(|db| Ok(db.scan_prefix(prefix))) {
            Ok(found) => self.opened(found),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn scan_from<'a>(&'a self, prefix: &'a [u8], from: &'a [u8]) -> Scan<'a> {
        match self.contained(|db| Ok(db.range(from.max(prefix)..))) {
            Ok(found) => Box::new(
                self.opened(found)
                    .take_while(move |record| record.as_ref().map_or(true, |(key, _)| key.starts_with(prefix))),
            ),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn apply(&self, seq: Seq, batch: &Batch) -> Result<()> {
        let settled = batch.settled()?;
        let mut held = self.meta.lock().unwrap_or_else(|p| p.into_inner());
        let mut meta = *held;
        if seq < meta.applied {
            return Err(StoreError::Misuse("a batch older than the index"));
        }
        meta.applied = seq;
        let mut changes = ::sled::Batch::default();
        for (key, value) in settled {
            if let Some(old) = self.contained(|db| db.get(key))? {
                meta.remove(key, &old);
            }
            match value {
                Some(value) => {
                    let stored = self.seal(key, value)?;
                    meta.add(key, &stored);
                    changes.insert(key, stored);
                }
                None => changes.remove(key),
            }
        }
        changes.insert(META_KEY, self.seal(META_KEY, &meta.to_bytes())?);
        self.contained(|db| db.apply_batch(changes))?;
        *held = meta;
        Ok(())
    }

    fn applied_seq(&self) -> Seq {
        self.meta.lock().unwrap_or_else(|p| p.into_inner()).applied
    }

    fn make_durable(&self) -> Result<()> {
        self.contained(|db| db.flush())?;
        self.data.sync_data().at("sync", &self.path)?;
        RealDisk.sync_dir(&self.path).at("sync", &self.path)
    }

    fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let held = self.meta.lock().unwrap_or_else(|p| p.into_inner());
        let mut found = Meta { applied: held.applied, ..Meta::default() };
        let mut records = self.contained(|db| Ok(db.iter()))?;
        while let Some((key, stored)) = self.contained(|_| records.next().transpose())? {
            if key == META_KEY {
                continue;
            }
            self.sealer.open(PLACE, &key, &stored)?;
            found.add(&key, &stored);
            if found.records.is_multiple_of(1024) {
                progress(found.records);
            }
        }
        progress(found.records);
        if found == *held { Ok(()) } else { Err(StoreError::corrupt(Part::Index, "records are missing or old")) }
    }

    fn stats(&self) -> IndexStats {
        let meta = *self.meta.lock().unwrap_or_else(|p| p.into_inner());
        IndexStats { records: meta.records, live_bytes: meta.live_bytes, disk_bytes: tree_bytes(&RealDisk, &self.path) }
    }
}

/// A kill while sled writes its page table leaves one of these, and sled then refuses to open.
fn remove_unfinished_snapshots(path: &Path) -> Result<()> {
    let Ok(listed) = RealDisk.list(path) else { return Ok(()) };
    for entry in listed {
        if entry.name.starts_with("snap.") && entry.name.ends_with(".generating") {
            let path = path.join(entry.name);
            std::fs::remove_file(&path).at("remove", &path)?;
        }
    }
    Ok(())
}

fn open_patiently(path: &Path, cache_bytes: u64) -> Result<::sled::Db> {
    let config = ::sled::Config::new()
        .path(path)
        .cache_capacity(cache_bytes)
        // No flushing thread: the journal is the truth, and an idle console must not wake up (see also `idle`).
        .flush_every_ms(None);
    for tries in 0.. {
        match contained(|| idle::starting_quietly(|| config.open())) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(error)) if is_lock(&error) && tries < LOCK_TRIES => std::thread::sleep(Duration::from_millis(10)),
            Ok(Err(error)) => return Err(translate(&error, path)),
            Err(panic) => return Err(StoreError::corrupt(Part::Index, format!("sled panicked: {panic}"))),
        }
    }
    Err(StoreError::NotReady) // the range above has no end
}

fn is_lock(error: &::sled::Error) -> bool {
    matches!(error, ::sled::Error::Io(error) if error.to_string().contains("lock"))
}

fn translate(error: &::sled::Error, path: &Path) -> StoreError {
    match error {
        ::sled::Error::Io(io) if io.kind() != std::io::ErrorKind::Other => {
            match StoreError::io("use", path, std::io::Error::new(io.kind(), io.to_string())) {
                // A short or unreadable file is damage, not an answer of the system.
                StoreError::Io { source, .. }
                    if matches!(source.kind(), std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData) =>
                {
                    StoreError::corrupt(Part::Index, source.to_string())
                }
                other => other,
            }
        }
        other => StoreError::corrupt(Part::Index, other.to_string()),
    }
}
