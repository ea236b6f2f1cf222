//! Keeping the home in order: row file, checkpoint, health, backup, compaction.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Projection, Replica, ReplicaError, lock, rowfile};
use crate::domain::moment::Moment;
use crate::domain::records::Dossier;
use crate::store::{Recovery, Store};

impl Replica {
    /// Writes the row file if commands came since it was written, so that the next start draws at once.
    ///
    /// # Errors
    /// The store's; the records themselves are safe all the same.
    pub fn save_rows(&self) -> Result<(), ReplicaError> {
        let (stamp, saved, marks, refreshed) = {
            let mut writer = lock(&self.writer);
            if writer.unsaved == 0 || writer.behind || !self.is_open() {
                return Ok(());
            }
            writer.unsaved = 0;
            let stamp = self.vault.store.last_seq();
            (stamp, rowfile::save(&self.read())?, self.row_marks()?, writer.refreshed)
        };
        self.vault.store.write_rows(stamp, &saved.early, &saved.late)?;
        let mut writer = lock(&self.writer);
        writer.rows_stamp = Some(stamp);
        // Where the view moved meanwhile, the marks stay: the next start then projects a few households for nothing.
        if writer.refreshed == refreshed {
            self.clear_row_marks(&marks)?;
        }
        Ok(())
    }

    /// Commands that the row file does not hold yet: what the next start has to project again.
    pub fn unsaved(&self) -> u64 {
        let stamp = lock(&self.writer).rows_stamp.unwrap_or(0);
        self.vault.store.last_seq().saturating_sub(stamp)
    }

    /// Commands that wait to be sent: what a server that this device is enrolled with has not acknowledged. A device
    /// that works alone owes nobody anything, so nothing waits there, however much it has recorded.
    pub fn unsent(&self) -> u64 {
        let acknowledged = *self.acknowledged.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        acknowledged.map_or(0, |seq| self.vault.store.last_seq().saturating_sub(seq))
    }

    /// Closes the home well: the next start has nothing to check, even if the machine is started anew before it.
    ///
    /// # Errors
    /// The store's; the records themselves are safe all the same.
    pub fn close(self) -> Result<(), ReplicaError> {
        match Arc::try_unwrap(self.vault.store) {
            Ok(store) => store.close()?,
            // Somebody still uses the store, so it is not closed yet.
            Err(store) => store.checkpoint()?,
        }
        Ok(())
    }

    /// Writes rows and checkpoint before the program ends. A replica that is only dropped loses nothing; its next start
    /// takes longer.
    ///
    /// # Errors
    /// The store's.
    pub fn rest(&self) -> Result<(), ReplicaError> {
        if self.is_open() {
            self.save_rows()?;
            self.vault.store.checkpoint()?;
        }
        Ok(())
    }

    /// Gives every household's file to `see`, undone registrations included.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn each_dossier(&self, see: impl FnMut(Dossier)) -> Result<(), ReplicaError> {
        self.wait_until_open()?;
        Ok(self.vault.each_dossier(see)?)
    }

    /// When the latest command was given, by the clock of that time; `None` before the first.
    ///
    /// # Errors
    /// When the entry cannot be read.
    pub fn last_command_at(&self) -> Result<Option<Moment>, ReplicaError> {
        Ok(self.vault.logged(self.vault.store.last_seq())?.map(|logged| logged.entry.envelope.at))
    }

    /// Puts the index aside and builds it and everything in RAM anew, from the latest snapshot and the journal.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn rebuild(&self, today: NaiveDate) -> Result<Recovery, ReplicaError> {
        self.wait_until_open()?;
        let mut writer = lock(&self.writer);
        let recovery =
            self.vault.store.rebuild(|index, _, bytes| -> Result<_, ReplicaError> { self.replayed(index, bytes) })?;
        if self.enrolment().is_some() {
            self.note_answered(self.sync_state()?.decided());
        }
        lock(&self.cache).clear();
        let searchable = {
            let mut memory = self.memory.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            let generation = memory.generation + 1;
            let searchable = memory.searchable;
            *memory = Projection::default();
            memory.generation = generation;
            searchable
        };
        self.build_rows(today)?;
        self.memory.write().unwrap_or_else(std::sync::PoisonError::into_inner).index_persons();
        writer.behind = false;
        writer.unsaved = writer.unsaved.max(1);
        drop(writer);
        if searchable {
            self.make_searchable();
        }
        Ok(recovery)
    }

    /// The store below, for upkeep that concerns bytes alone: health, disk use, backup, compaction.
    pub fn store(&self) -> &Arc<Store> {
        &self.vault.store
    }
}
