//! Keeping the home in order: row file, checkpoint, health, backup, compaction.

use std::sync::Arc;

use super::{Replica, ReplicaError, lock, rowfile};
use crate::store::Store;

impl Replica {
    /// Writes the row file if commands came since it was written, so that the next start draws at once.
    ///
    /// # Errors
    /// The store's; the records themselves are safe all the same.
    pub fn save_rows(&self) -> Result<(), ReplicaError> {
        let (stamp, chunks) = {
            let mut writer = lock(&self.writer);
            if writer.unsaved == 0 || writer.behind || !self.is_open() {
                return Ok(());
            }
            writer.unsaved = 0;
            let stamp = self.vault.store.last_seq();
            (stamp, rowfile::save(&self.read())?)
        };
        self.vault.store.write_rows(stamp, &chunks)?;
        lock(&self.writer).rows_stamp = Some(stamp);
        Ok(())
    }

    /// Commands that the row file does not hold yet: what the next start has to project again.
    pub fn unsaved(&self) -> u64 {
        lock(&self.writer).unsaved
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

    /// The store below, for upkeep that concerns bytes alone: health, disk use, backup, compaction.
    pub fn store(&self) -> &Arc<Store> {
        &self.vault.store
    }
}
