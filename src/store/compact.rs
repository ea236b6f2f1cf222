//! Compaction: a fresh index and, where journal entries are to go, a snapshot of it; then away with what they make
//! superfluous.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::backup::Loader;
use super::error::{At, Part, Result, StoreError};
use super::index::Index;
use super::open::{generation_number, generation_path, write_generation};
use super::recover::index_at;
use super::{Seq, Store, envelope, snapshot};

/// What compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Records written.
    pub records: u64,
    /// Bytes of the home before.
    pub before: u64,
    /// Bytes of the home after.
    pub after: u64,
    /// The oldest journal entry that is still there.
    pub journal_from: Seq,
}

impl Store {
    /// Writes the index anew into a new generation with a snapshot beside it, checks it, swaps the pointer in one step,
    /// and removes the old generation, older snapshots, and journal segments whose entries are all before `retain_from`
    /// (and in the snapshot). A journal that stays whole needs no snapshot: the index can be rebuilt from it alone, and
    /// the snapshot would be a third copy of everything. Writes wait meanwhile; reading goes on. `progress` is told
    /// records done and in all.
    ///
    /// # Errors
    /// `store.disk_full` (nothing changed), `store.corrupt` if a record cannot be read (then [`Store::rebuild`]).
    pub fn compact(&self, retain_from: Seq, progress: &mut dyn FnMut(u64, u64)) -> Result<Compacted> {
        let _quiet = self.quiet();
        let old = self.index()?;
        if let Some(reason) = self.journal.halted() {
            return Err(StoreError::ReadOnly(reason.to_owned()));
        }
        let before = self.disk_usage()?.total;
        // The new index is larger than its data for a moment, and the snapshot comes on top.
        self.need_room(old.stats().live_bytes)?;
        let applied = old.applied_seq();
        if applied != self.journal.last_seq() {
            return Err(StoreError::Misuse("compaction before everything is applied"));
        }
        let number = self.number() + 1;
        let folder = generation_path(&self.home, number);
        let journal_stays_whole = retain_from <= 1 && self.journal.first_seq() <= 1;
        let records = self.write_generation_folder(&*old, &folder, !journal_stays_whole, progress)?;
        let swapped = self.swap_to(number, &folder)?;
        drop(old);
        *self.index.write().unwrap_or_else(|p| p.into_inner()) = Some(swapped);
        self.write_checkpoint()?;
        for (seq, path) in snapshot::list(&self.home)? {
            if seq < applied || journal_stays_whole {
                self.home.disk.remove_file(&path).at("remove", &path)?;
            }
        }
        sweep(self)?;
        if retain_from > applied {
            self.journal.roll_now()?;
        }
        self.journal.drop_before(retain_from.min(applied + 1))?;
        let after = self.disk_usage()?.total;
        Ok(Compacted { records, before, after, journal_from: self.journal.first_seq() })
    }

    /// Writes a snapshot of the records as they are, the base of a rebuild. Writes wait meanwhile.
    pub fn snapshot(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        let _quiet = self.quiet();
        let index = self.index()?;
        self.copy_records(&*index, None, true, progress)?;
        let newest = index.applied_seq();
        for (seq, path) in snapshot::list(&self.home)? {
            if seq < newest {
                self.home.disk.remove_file(&path).at("remove", &path)?;
            }
        }
        Ok(())
    }

    /// Closes and opens the index once more. sled writes its page table when it is opened, so after a bulk import this
    /// saves the next start from reading the whole log. Does nothing while someone else still holds the index.
    pub fn settle(&self) -> Result<()> {
        let _quiet = self.quiet();
        self.touch()?;
        let mut slot = self.index.write().unwrap_or_else(|p| p.into_inner());
        let Some(index) = slot.take() else { return Ok(()) };
        index.make_durable()?;
        let path = self.generation_path().join("index");
        if self.home.disk.real_path(&path).is_none() || Arc::strong_count(&index) > 1 {
            *slot = Some(index);
        } else {
            drop(index);
            *slot = Some(index_at(&self.home, &self.keys, &path, self.options)?);
            self.settled.store(true, Ordering::Relaxed);
        }
        drop(slot);
        self.write_checkpoint()
    }

    /// Fills a new generation aside, checks it, and gives it its name.
    fn write_generation_folder(
        &self,
        old: &dyn Index,
        folder: &Path,
        snapshot: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64> {
        let disk = &self.home.disk;
        let aside = super::disk::aside(folder);
        for path in [&aside, folder] {
            if disk.list(path).is_ok() {
                disk.remove_tree(path).at("remove", path)?; // left by an interrupted compaction
            }
        }
        disk.create_dir_all(&aside).at("create", &aside)?;
        let fresh = index_at(&self.home, &self.keys, &aside.join("index"), self.options)?;
        let written = self.copy_records(old, Some(&*fresh), snapshot, progress).and_then(|records| {
            fresh.verify(&mut |_| {})?;
            Ok(records)
        });
        if disk.real_path(&aside).is_none() {
            // An index in memory cannot be opened again: it is the new one already.
            *self.index.write().unwrap_or_else(|p| p.into_inner()) = Some(fresh);
        } else {
            drop(fresh);
        }
        if written.is_err() {
            let _ = disk.remove_tree(&aside);
        }
        let records = written?;
        disk.sync_dir(&aside).at("sync", &aside)?;
        disk.rename(&aside, folder).at("rename", &aside)?;
        disk.sync_dir(self.home.root()).at("sync", self.home.root())?;
        Ok(records)
    }

    /// Opens the new generation under its name and makes it the one in use.
    fn swap_to(&self, number: u32, folder: &Path) -> Result<Arc<dyn Index>> {
        let path = folder.join("index");
        let swapped = match self.home.disk.real_path(&path) {
            Some(_) => index_at(&self.home, &self.keys, &path, self.options)?,
            None => self.index()?,
        };
        if let Err(error) = write_generation(&self.home, number) {
            // The old generation stays in use, so a newer one must not be found.
            drop(swapped);
            let _ = write_generation(&self.home, number - 1);
            let _ = self.home.disk.remove_tree(folder);
            return Err(error);
        }
        *self.generation.lock().unwrap_or_else(|p| p.into_inner()) = number;
        self.settled.store(true, Ordering::Relaxed);
        Ok(swapped)
    }

    /// Copies all records into a snapshot, where one is wanted, and into a fresh index, where one is given; gives their
    /// number.
    fn copy_records(
        &self,
        old: &dyn Index,
        fresh: Option<&dyn Index>,
        snapshot: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64> {
        let (applied, total) = (old.applied_seq(), old.stats().records);
        let path = snapshot::path_of(&self.home, applied);
        let mut writer = if snapshot {
            let envelope = envelope::load(&self.home)?.envelope;
            Some(self.snapshot_writer(&path, old, &envelope, applied + 1, b"")?)
        } else {
            None
        };
        let mut loader = Loader::default();
        let mut records = 0;
        for record in old.scan(b"") {
            let (key, value) = record?;
            if let Some(writer) = &mut writer {
                writer.record(&key, &value)?;
            }
            if let Some(fresh) = fresh {
                loader.take(fresh, key, value)?;
            }
            records += 1;
            if records % 1024 == 0 {
                progress(records, total);
            }
        }
        if records != total {
            return Err(StoreError::corrupt(Part::Index, "records are missing"));
        }
        if let Some(fresh) = fresh {
            loader.finish(fresh, applied)?;
        }
        if let Some(writer) = writer {
            writer.finish()?;
        }
        progress(total, total);
        Ok(records)
    }

    fn number(&self) -> u32 {
        *self.generation.lock().unwrap_or_else(|p| p.into_inner())
    }
}

/// Removes what an interrupted compaction, snapshot, rebuild or restore left: generations that are not in use and
/// files that were being written aside. None of them was ever in use, or it is not any more.
pub(super) fn sweep(store: &Store) -> Result<()> {
    let (home, disk) = (&store.home, &store.home.disk);
    let in_use = store.number();
    let listed = disk.list(home.root()).at("read", home.root())?;
    for entry in listed {
        let path = home.root().join(&entry.name);
        let removed = if entry.is_dir {
            let stale = generation_number(&entry.name).is_some_and(|number| number != in_use)
                || entry.name.strip_suffix(".part").and_then(generation_number).is_some()
                || entry.name == "restore.part";
            if stale { disk.remove_tree(&path) } else { Ok(()) }
        } else {
            let known = ["current", "checkpoint", "rows", "key.json", "keyfile"];
            let stale = entry
                .name
                .strip_suffix(".part")
                .is_some_and(|name| known.contains(&name) || (name.starts_with("snapshot-") && name.ends_with(".zls")));
            if stale { disk.remove_file(&path) } else { Ok(()) }
        };
        removed.at("remove", &path)?;
    }
    Ok(())
}
