//! The second step of opening: the index, checked, rebuilt if it must be, and brought up to date.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::error::{At, Part, Result, StoreError};
use super::index::{Batch, Index, MemoryIndex, SledIndex};
use super::report::Finding;
use super::seal::Purpose;
use super::{Seq, Store, open};

/// Replayed entries after which the index is made durable, so that a crash during a long replay does not begin anew.
const DURABLE_EVERY: u64 = 50_000;

/// What recovery did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Recovery {
    /// Journal entries that were applied to the index.
    pub replayed: u64,
    /// Whether the index was built anew.
    pub rebuilt: bool,
    /// What was found.
    pub findings: Vec<Finding>,
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
        let mut index = self.open_or_rebuild(&mut recovery)?;
        if self.replay(&*index, &mut recovery, &mut turn).is_err_and_damaged()? {
            // The index opened but did not hold: begin once more, from the base.
            drop(index);
            self.put_index_aside("damaged while replaying", &mut recovery)?;
            index = self.build_base(&mut recovery)?;
            self.replay(&*index, &mut recovery, &mut turn).map_err(Failed::into_inner)?;
        }
        if recovery.rebuilt {
            let base = self.journal.last_seq().saturating_sub(recovery.replayed);
            recovery.findings.push(Finding::IndexRebuilt { base, entries: recovery.replayed });
        }
        *self.index.write().unwrap_or_else(|p| p.into_inner()) = Some(index);
        match self.write_checkpoint(false) {
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
        if self.home.disk.list(&generation).is_err() {
            self.home.disk.create_dir_all(&generation).at("create", &generation)?;
            self.home.disk.sync_dir(self.home.root()).at("sync", self.home.root())?;
        }
        let path = generation.join("index");
        match self.index_at(&path) {
            Err(StoreError::DiskFull) if self.release_reserve() => self.index_at(&path),
            answer => answer,
        }
    }

    pub(super) fn index_at(&self, path: &Path) -> Result<Arc<dyn Index>> {
        match self.home.disk.real_path(path) {
            Some(path) => {
                let sealer = self.keys.sealer(Purpose::Index);
                Ok(Arc::new(SledIndex::open(&path, sealer, self.options.cache_bytes)?))
            }
            None => Ok(Arc::new(MemoryIndex::new())),
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
            None => false,
        };
        if suspicious && applied > 0 {
            index.verify(&mut |_| {})?;
            recovery.findings.push(Finding::IndexVerified { records: index.stats().records });
        }
        Ok(())
    }

    fn put_index_aside(&self, reason: &str, recovery: &mut Recovery) -> Result<()> {
        let path = self.generation_path().join("index");
        let kept = self.home.quarantine(&path)?;
        recovery.findings.push(Finding::IndexDamaged { reason: reason.to_owned(), kept: Some(kept) });
        Ok(())
    }

    /// A fresh index as of the latest good snapshot, or empty.
    fn build_base(&self, recovery: &mut Recovery) -> Result<Arc<dyn Index>> {
        recovery.rebuilt = true;
        recovery.replayed = 0;
        let index = self.open_index()?;
        let first = self.journal.first_seq();
        if index.applied_seq() + 1 < first {
            let lost = Finding::EntriesLost { first: index.applied_seq() + 1, last: first - 1, kept: None };
            recovery.findings.push(lost);
        }
        Ok(index)
    }

    fn replay<E: From<StoreError>>(
        &self,
        index: &dyn Index,
        recovery: &mut Recovery,
        turn: &mut impl FnMut(&dyn Index, Seq, &[u8]) -> std::result::Result<Batch, E>,
    ) -> std::result::Result<(), Failed<E>> {
        let from = (index.applied_seq() + 1).max(self.journal.first_seq());
        for seq in from..=self.journal.last_seq() {
            let entry = match self.journal.entry(seq) {
                Ok(entry) => entry,
                Err(StoreError::Corrupt { .. } | StoreError::NoSuchEntry(_)) => {
                    recovery.findings.push(Finding::EntriesLost { first: seq, last: seq, kept: None });
                    continue;
                }
                Err(error) => return Err(Failed::Store(error)),
            };
            let batch = turn(index, seq, &entry).map_err(Failed::Turn)?;
            index.apply(seq, &batch).map_err(Failed::Store)?;
            recovery.replayed += 1;
            if recovery.replayed % DURABLE_EVERY == 0 {
                index.make_durable().map_err(Failed::Store)?;
            }
        }
        Ok(())
    }
}

/// Whose error ended a replay.
enum Failed<E> {
    Store(StoreError),
    Turn(E),
}

impl<E: From<StoreError>> Failed<E> {
    fn into_inner(self) -> E {
        match self {
            Failed::Store(error) => error.into(),
            Failed::Turn(error) => error,
        }
    }
}

trait Damaged<E> {
    /// `Ok(true)` for damage of the index, `Err` for every other error.
    fn is_err_and_damaged(self) -> std::result::Result<bool, E>;
}

impl<E: From<StoreError>> Damaged<E> for std::result::Result<(), Failed<E>> {
    fn is_err_and_damaged(self) -> std::result::Result<bool, E> {
        match self {
            Ok(()) => Ok(false),
            Err(Failed::Store(StoreError::Corrupt { .. })) => Ok(true),
            Err(failed) => Err(failed.into_inner()),
        }
    }
}

#[allow(unused)]
fn generation(store: &Store, number: u32) -> std::path::PathBuf {
    open::generation_path(&store.home, number)
}
