//! Row numbers found by id, without a second copy of the ids.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::domain::id::RecordId;

/// Row numbers by the ids that the rows themselves hold: five bytes a row instead of twenty-five. Every call is told how
/// to look a row's id up.
#[derive(Clone, Default)]
pub(super) struct ById {
    table: HashTable<u32>,
    state: RandomState,
}

impl std::fmt::Debug for ById {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ById").field("rows", &self.table.len()).finish_non_exhaustive()
    }
}

impl ById {
    /// The number of the row with that id.
    pub(super) fn get(&self, id: RecordId, id_of: impl Fn(u32) -> RecordId) -> Option<u32> {
        self.table.find(self.state.hash_one(id), |row| id_of(*row) == id).copied()
    }

    /// Notes a row whose id is not there yet.
    pub(super) fn insert(&mut self, id: RecordId, row: u32, id_of: impl Fn(u32) -> RecordId) {
        let state = &self.state;
        self.table.insert_unique(state.hash_one(id), row, |row| state.hash_one(id_of(*row)));
    }

    /// Forgets the row with that id and gives its number.
    pub(super) fn remove(&mut self, id: RecordId, id_of: impl Fn(u32) -> RecordId) -> Option<u32> {
        let found = self.table.find_entry(self.state.hash_one(id), |row| id_of(*row) == id).ok()?;
        Some(found.remove().0)
    }

    /// Gives the row with that id another number.
    pub(super) fn renumber(&mut self, id: RecordId, from: u32, to: u32) {
        if let Some(row) = self.table.find_mut(self.state.hash_one(id), |row| *row == from) {
            *row = to;
        }
    }

    /// Makes room for so many more rows.
    pub(super) fn reserve(&mut self, more: usize, id_of: impl Fn(u32) -> RecordId) {
        let state = &self.state;
        self.table.reserve(more, |row| state.hash_one(id_of(*row)));
    }

    /// Bytes of RAM held.
    pub(super) fn memory(&self) -> usize {
        self.table.capacity() * (size_of::<u32>() + 1)
    }
}
