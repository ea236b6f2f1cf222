//! The twin of the sled index in memory, for tests and the simulator.

use std::collections::BTreeMap;
use std::sync::{RwLock, RwLockReadGuard};

use super::{Batch, Index, IndexStats, Scan};
use crate::store::Seq;
use crate::store::error::{Result, StoreError};

/// Records read at once by a scan that may end early.
const PORTION: usize = 64;

/// An index in memory; gone when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryIndex(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    applied: Seq,
}

impl MemoryIndex {
    /// An empty index.
    pub fn new() -> MemoryIndex {
        MemoryIndex::default()
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.state().records.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8]) -> Scan<'_> {
        let found: Vec<_> = self
            .state()
            .records
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| Ok((key.clone(), value.clone())))
            .collect();
        Box::new(found.into_iter())
    }

    fn scan_from<'a>(&'a self, prefix: &'a [u8], from: &'a [u8]) -> Scan<'a> {
        // A few records at a time, so that no lock is held between them.
        let mut next = Some(from.max(prefix).to_vec());
        let mut ready = Vec::new().into_iter();
        Box::new(std::iter::from_fn(move || {
            if ready.len() == 0
                && let Some(from) = next.take()
            {
                let found: Vec<_> = self
                    .state()
                    .records
                    .range(from..)
                    .take_while(|(key, _)| key.starts_with(prefix))
                    .take(PORTION)
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                // The next key after one is that key with a zero behind it.
                next = found.last().filter(|_| found.len() == PORTION).map(|(key, _)| [key.as_slice(), &[0]].concat());
                ready = found.into_iter();
            }
            ready.next().map(Ok)
        }))
    }

    fn apply(&self, seq: Seq, batch: &Batch) -> Result<()> {
        let settled = batch.settled()?;
        let mut state = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if seq < state.applied {
            return Err(StoreError::Misuse("a batch older than the index"));
        }
        for (key, value) in settled {
            match value {
                Some(value) => state.records.insert(key.to_vec(), value.to_vec()),
                None => state.records.remove(key),
            };
        }
        state.applied = seq;
        Ok(())
    }

    fn applied_seq(&self) -> Seq {
        self.state().applied
    }

    fn make_durable(&self) -> Result<()> {
        Ok(())
    }

    fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<()> {
        progress(self.state().records.len() as u64);
        Ok(())
    }

    fn stats(&self) -> IndexStats {
        let state = self.state();
        IndexStats {
            records: state.records.len() as u64,
            live_bytes: state.records.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum(),
            disk_bytes: 0,
        }
    }
}
