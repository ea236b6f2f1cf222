//! Room on the disk: refusing a write while the index still has room to finish, and a reserve for bad times.

use serde::Serialize;

use super::Store;
use super::disk::{self, OpenMode, tree_bytes};
use super::error::{Result, StoreError};

/// Below this many free bytes nothing is written: sled stops for good when the disk fills up under it.
const LEAST_FREE: u64 = 8 << 20;
/// Below this many free bytes the user is warned.
const LOW: u64 = 256 << 20;
/// The reserve, in bytes; released when sled cannot open for lack of room.
const RESERVE: u64 = 16 << 20;
/// The reserve takes at most this part of what is free.
const RESERVE_SHARE: u64 = 50;

/// How much room is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    /// Enough.
    Enough,
    /// Little; free bytes. Everything still works.
    Low(u64),
    /// Nothing is written any more; free bytes.
    Full(u64),
}

/// Bytes on the disk, by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DiskUsage {
    /// The journal.
    pub journal: u64,
    /// The index.
    pub index: u64,
    /// Live data in the index: when `index` is over four times this, [`Store::compact`] pays.
    pub index_live: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// The row file.
    pub rows: u64,
    /// Damaged files kept for a technician.
    pub quarantine: u64,
    /// The reserve.
    pub reserve: u64,
    /// All of the home.
    pub total: u64,
    /// Free on the disk.
    pub free: u64,
}

impl Store {
    /// How much room is left on the disk of the home.
    pub fn room(&self) -> Result<Room> {
        let free = self.free()?;
        Ok(if free < LEAST_FREE {
            Room::Full(free)
        } else if free < LOW {
            Room::Low(free)
        } else {
            Room::Enough
        })
    }

    /// Bytes on the disk, by part.
    pub fn disk_usage(&self) -> Result<DiskUsage> {
        let disk = &*self.home.disk;
        let listed = disk.list(&self.home.root).map_err(|error| StoreError::io("read", &self.home.root, error))?;
        let file = |name: &str| listed.iter().find(|entry| entry.name == name).map_or(0, |entry| entry.bytes);
        let stats = self.index().map(|index| index.stats()).unwrap_or_default();
        Ok(DiskUsage {
            journal: self.journal.disk_bytes(),
            index: tree_bytes(disk, &self.generation_path()),
            index_live: stats.live_bytes,
            snapshots: listed.iter().filter(|e| e.name.starts_with("snapshot-")).map(|e| e.bytes).sum(),
            rows: file("rows"),
            quarantine: tree_bytes(disk, &self.home.quarantine_path()),
            reserve: file("reserve"),
            total: tree_bytes(disk, &self.home.root),
            free: self.free()?,
        })
    }

    /// Refuses a write of `bytes` when too little room would be left.
    pub(super) fn need_room(&self, bytes: u64) -> Result<()> {
        // An entry is written about three times: journal, index, and the index's own housekeeping.
        if self.free()? < LEAST_FREE.saturating_add(bytes.saturating_mul(3)) {
            return Err(StoreError::DiskFull);
        }
        Ok(())
    }

    /// Takes the reserve, if there is none and plenty of room.
    pub(super) fn keep_reserve(&self) {
        let path = self.home.reserve_path();
        let Ok(free) = self.free() else { return };
        let wanted = RESERVE.min(free / RESERVE_SHARE);
        if free < LOW || disk::exists(&*self.home.disk, &path).unwrap_or(true) {
            return;
        }
        let taken = self.home.disk.open(&path, OpenMode::Create).and_then(|file| file.allocate(wanted));
        if taken.is_err() {
            // A reserve is a comfort; without it the store works as well.
            let _ = self.home.disk.remove_file(&path);
        }
    }

    /// Gives the reserve back; whether there was one.
    pub(super) fn release_reserve(&self) -> bool {
        self.home.disk.remove_file(&self.home.reserve_path()).is_ok()
    }

    fn free(&self) -> Result<u64> {
        self.home.disk.free_bytes(&self.home.root).map_err(|error| StoreError::io("read", &self.home.root, error))
    }
}
