//! The second step of opening: the index, checked, rebuilt if it must be, and brought up to date.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::backup::Loader;
use super::disk;
use super::error::{At, Part, Result, StoreError};
use super::home::Home;
use super::index::{Batch, Index, IndexStats, MemoryIndex, Scan, SledIndex};
use super::report::Finding;
use super::seal::{Keys, Purpose};
use super::snapshot::{self, Piece};
use super::{Options, Seq, Store, compact};

/// Replayed entries after which the index is made durable, so that a crash during a long replay does not begin anew.
const DURABLE_EVERY: u64 = 50_000;

/// What recovery did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Recovery {
    /// Journal entries that were applied to the index.
    pub replayed: u64,
    /// Whether the index was built anew.
    pub rebuilt: bool,
    /// The seq of the snapshot that the rebuild began with; 0 without one.
    pub base: Seq,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// The index that belongs to the disk of a home: sled on real files, the twin in memory elsewhere.
pub(super) fn index_at(home: &Home, keys: &Keys, path: &Path, options: Options) -> Result<Arc<dyn Index>> {
    match home.disk.real_path(path) {
        Some(path) => Ok(Arc::new(SledIndex::open(&path, keys.sealer(Purpose::Index), options.cache_bytes)?)),
        None => Ok(Arc::new(MemoryIndex::new())),
    }
}

impl Store {
    /// Opens the index and brings it up to date with the journal. `turn` makes the batch of an entry; it may read the
    /// index, which is as of the entry before. It is called once for each entry that the index lacks, in order.
    ///
    /// # Errors
    /// Errors of `turn`, and those of the store; damage is repaired and reported, not returned.
    pub fn recover<E: From<StoreError>>(
        &self,
        mut turn: impl FnMut(&dyn Index, Seq, &[u8]) -> std::result::Result<Batch, E>,
    ) -> std::result::Result<Recovery, E> {
        let mut recovery = Recovery::default();
        compact::sweep(self)?;
        if !self.is_settled() {
            // sled writes when it is opened: a power cut from here on is a reason to check it.
            self.touch()?;
        }
        let index = self.open_or_rebuild(&mut recovery)?;
        self.bring_up_to_date(index, recovery, &mut turn)
    }

    /// Whether the disk holds just what the last run made durable, page table included: then sled writes the same bytes
    /// over the same again, and opening leaves the checkpoint as it is. What it needs to be repaired or replayed after
    /// all is preceded by [`Store::touch`].
    fn is_settled(&self) -> bool {
        let last = self.journal.last_seq();
        self.before.as_ref().is_some_and(|before| {
            before.clean && before.settled && (before.applied_seq, before.last_seq) == (last, last)
        })
    }

    /// Puts the index aside and builds it anew, from the latest snapshot and the journal. For a repair.
    pub fn rebuild<E: From<StoreError>>(
        &self,
        mut turn: impl FnMut(&dyn Index, Seq, &[u8]) -> std::result::Result<Batch, E>,
    ) -> std::result::Result<Recovery, E> {
        let _quiet = self.quiet();
        let mut recovery = Recovery::default();
        *self.index.write().unwrap_or_else(|p| p.into_inner()) = None;
        self.put_index_aside("asked for", &mut recovery)?;
        let index = self.build_base(&mut recovery)?;
        self.bring_up_to_date(index, recovery, &mut turn)
    }

    fn bring_up_to_date<E: From<StoreError>>(
        &self,
        mut index: Arc<dyn Index>,
        mut recovery: Recovery,
        turn: &mut impl FnMut(&dyn Index, Seq, &[u8]) -> std::result::Result<Batch, E>,
    ) -> std::result::Result<Recovery, E> {
        let as_it_was = !recovery.rebuilt && index.applied_seq() == self.journal.last_seq();
        if as_it_was && self.is_settled() {
            self.settled.store(true, Ordering::Relaxed);
            *self.index.write().unwrap_or_else(|p| p.into_inner()) = Some(index);
            return Ok(recovery);
        }
        self.touch()?;
        self.settled.store(as_it_was, Ordering::Relaxed);
        if !self.replay(&*index, &mut recovery, turn)? {
            // The index opened but did not hold: begin once more, from the base.
            drop(index);
            self.put_index_aside("damaged while replaying", &mut recovery)?;
            index = self.build_base(&mut recovery)?;
            if !self.replay(&*index, &mut recovery, turn)? {
                return Err(StoreError::corrupt(Part::Index, "a rebuilt index is damaged again").into());
            }
        }
        if recovery.rebuilt {
            recovery.findings.push(Finding::IndexRebuilt { base: recovery.base, entries: recovery.replayed });
        }
        *self.index.write().unwrap_or_else(|p| p.into_inner()) = Some(index);
        match self.write_checkpoint() {
            Ok(()) | Err(StoreError::DiskFull) => Ok(recovery),
            Err(error) => Err(error.into()),
        }
    }

    fn open_or_rebuild(&self, recovery: &mut Recovery) -> Result<Arc<dyn Index>> {
        let opened = self.open_index().and_then(|index| {
            self.check(&*index, recovery)?;
            Ok(index)
        });
        match opened {
            Ok(index) => Ok(index),
            Err(StoreError::Corrupt { detail, .. }) => {
                self.put_index_aside(&detail, recovery)?;
                self.build_base(recovery)
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the index as it lies on the disk; makes room from the reserve if that is what it lacks.
    fn open_index(&self) -> Result<Arc<dyn Index>> {
        let generation = self.generation_path();
        disk::create_dir_durably(&*self.home.disk, &generation).at("create", &generation)?;
        let path = generation.join("index");
        match index_at(&self.home, &self.keys, &path, self.options) {
            Err(StoreError::DiskFull) if self.release_reserve() => {
                index_at(&self.home, &self.keys, &path, self.options)
            }
            answer => answer,
        }
    }

    /// Compares the index with the journal, and after a power cut with its own sums.
    fn check(&self, index: &dyn Index, recovery: &mut Recovery) -> Result<()> {
        let (applied, last) = (index.applied_seq(), self.journal.last_seq());
        if applied > last {
            recovery.findings.push(Finding::EntriesLost { first: last + 1, last: applied, kept: None });
            self.journal.skip_to(applied)?;
        }
        if applied + 1 < self.journal.first_seq() {
            return Err(StoreError::corrupt(Part::Index, "older than the journal"));
        }
        let boot = self.home.disk.boot_id();
        let suspicious = match &self.before {
            Some(before) => before.power_may_have_been_lost(boot.as_deref()),
            None => true, // nothing is known about the last run
        };
        if suspicious && applied > 0 {
            index.verify(&mut |_| {})?;
            recovery.findings.push(Finding::IndexVerified { records: index.stats().records });
        }
        Ok(())
    }

    fn put_index_aside(&self, reason: &str, recovery: &mut Recovery) -> Result<()> {
        self.touch()?;
        let path = self.generation_path().join("index");
        if self.home.disk.real_path(&path).is_none() {
            return Ok(()); // an index in memory is simply gone
        }
        let there = self.home.disk.list(&path).is_ok();
        let kept = if there { Some(self.home.quarantine(&path)?) } else { None };
        recovery.findings.push(Finding::IndexDamaged { reason: reason.to_owned(), kept });
        Ok(())
    }

    /// A fresh index as of the latest good snapshot, or empty.
    fn build_base(&self, recovery: &mut Recovery) -> Result<Arc<dyn Index>> {
        recovery.rebuilt = true;
        recovery.replayed = 0;
        let generation = self.generation_path();
        let (aside, path) = (generation.join("index.part"), generation.join("index"));
        let mut base = 0;
        for (seq, snapshot) in snapshot::list(&self.home)? {
            match self.load_snapshot(&snapshot, &aside) {
                Ok(loaded) => {
                    base = seq;
                    let disk = &self.home.disk;
                    match loaded {
                        // An index in memory has no folder to move.
                        Some(index) => return self.with_base(index, recovery),
                        None => disk.rename(&aside, &path).at("rename", &aside)?,
                    }
                    disk.sync_dir(&generation).at("sync", &generation)?;
                    break;
                }
                Err(error) if snapshot::is_damage(&error) => {
                    let kept = self.home.quarantine(&snapshot).ok();
                    recovery.findings.push(Finding::Unusable { part: Part::Snapshot, kept });
                }
                Err(error) => return Err(error),
            }
        }
        let index = self.open_index()?;
        if index.applied_seq() != base {
            return Err(StoreError::corrupt(Part::Index, "a fresh index is not as it was written"));
        }
        self.with_base(index, recovery)
    }

    /// Reports what neither the base nor the journal holds.
    fn with_base(&self, index: Arc<dyn Index>, recovery: &mut Recovery) -> Result<Arc<dyn Index>> {
        recovery.base = index.applied_seq();
        let first = self.journal.first_seq();
        if recovery.base + 1 < first {
            recovery.findings.push(Finding::EntriesLost { first: recovery.base + 1, last: first - 1, kept: None });
        }
        Ok(index)
    }

    /// Loads a snapshot into a new index at `path`, closed again (`None`) if it lies on the disk.
    fn load_snapshot(&self, snapshot: &Path, path: &Path) -> Result<Option<Arc<dyn Index>>> {
        if self.home.disk.list(path).is_ok() {
            self.home.disk.remove_tree(path).at("remove", path)?; // an interrupted rebuild
        }
        let opened = snapshot::Opened::open(&*self.home.disk, snapshot)?;
        if opened.header.home_id != self.home_id {
            return Err(StoreError::corrupt(Part::Snapshot, "a snapshot of another home"));
        }
        let index = index_at(&self.home, &self.keys, path, self.options)?;
        let mut loader = Loader::default();
        opened.read(&self.keys.sealer(Purpose::Snapshot), |piece, _| {
            if let Piece::Records(records) = piece {
                for (key, value) in records {
                    loader.take(&*index, key, value)?;
                }
            }
            Ok(())
        })?;
        loader.finish(&*index, opened.header.applied)?;
        Ok(self.home.disk.real_path(path).is_none().then_some(index))
    }

    /// Applies what the index lacks. `Ok(false)`: the index turned out to be damaged.
    fn replay<E: From<StoreError>>(
        &self,
        index: &dyn Index,
        recovery: &mut Recovery,
        turn: &mut impl FnMut(&dyn Index, Seq, &[u8]) -> std::result::Result<Batch, E>,
    ) -> std::result::Result<bool, E> {
        let watched = Watched { index, damaged: AtomicBool::new(false) };
        let from = (index.applied_seq() + 1).max(self.journal.first_seq());
        for seq in from..=self.journal.last_seq() {
            let entry = match self.journal.entry(seq) {
                Ok(entry) => entry,
                Err(StoreError::Corrupt { .. } | StoreError::NoSuchEntry(_)) => {
                    recovery.findings.push(Finding::EntriesLost { first: seq, last: seq, kept: None });
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let batch = match turn(&watched, seq, &entry) {
                Ok(batch) => batch,
                Err(_) if watched.damaged.load(Ordering::Relaxed) => return Ok(false),
                Err(error) => return Err(error),
            };
            match watched.apply(seq, &batch) {
                Ok(()) => recovery.replayed += 1,
                Err(StoreError::Corrupt { .. }) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            if recovery.replayed.is_multiple_of(DURABLE_EVERY) {
                index.make_durable()?;
            }
        }
        Ok(true)
    }
}

/// An index that remembers whether it ever answered with damage: the caller's own error type may hide that.
#[derive(Debug)]
struct Watched<'a> {
    index: &'a dyn Index,
    damaged: AtomicBool,
}

impl Watched<'_> {
    fn note<T>(&self, answer: Result<T>) -> Result<T> {
        if matches!(answer, Err(StoreError::Corrupt { .. })) {
            self.damaged.store(true, Ordering::Relaxed);
        }
        answer
    }
}

impl Index for Watched<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.note(self.index.get(key))
    }

    fn scan(&self, prefix: &[u8]) -> Scan<'_> {
        Box::new(self.index.scan(prefix).map(|record| self.note(record)))
    }

    fn scan_from<'a>(&'a self, prefix: &'a [u8], from: &'a [u8]) -> Scan<'a> {
        Box::new(self.index.scan_from(prefix, from).map(|record| self.note(record)))
    }

    fn apply(&self, seq: Seq, batch: &Batch) -> Result<()> {
        self.note(self.index.apply(seq, batch))
    }

    fn applied_seq(&self) -> Seq {
        self.index.applied_seq()
    }

    fn make_durable(&self) -> Result<()> {
        self.note(self.index.make_durable())
    }

    fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<()> {
        self.note(self.index.verify(progress))
    }

    fn stats(&self) -> IndexStats {
        self.index.stats()
    }
}
