//! The index: records by key, as of a journal entry. It can always be rebuilt, so it may be fast.
//!
//! Keys begin with a byte other than 0 and hold no personal data. One [`Batch`] is applied as a whole together with
//! its seq. Both implementations pass the suite in `conformance`, and a model-based test.

#[cfg(test)]
mod conformance;
mod idle;
mod memory;
mod meta;
mod sled;

use std::fmt;

use super::Seq;
use super::error::{Result, StoreError};

pub use memory::MemoryIndex;
pub use sled::SledIndex;

/// The largest value, in bytes. sled keeps larger ones in files of their own that it never syncs; values of up to
/// 16 KiB are the ones it is good at.
pub const MAX_VALUE: usize = 96 << 10;
/// The largest key, in bytes.
pub const MAX_KEY: usize = 256;

/// Puts and deletes that are applied together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    ops: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Sets a record.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.ops.push((key.into(), Some(value.into())));
    }

    /// Removes a record; no error when there is none.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.ops.push((key.into(), None));
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// How many puts and deletes.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// The operations in order; `None` deletes. When a key occurs twice, the last one counts.
    pub fn ops(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.ops.iter().map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// The last operation on each key, in key order, after the checks that every index makes.
    fn settled(&self) -> Result<std::collections::BTreeMap<&[u8], Option<&[u8]>>> {
        let mut last = std::collections::BTreeMap::new();
        for (key, value) in self.ops() {
            if key.is_empty() || key[0] == 0 || key.len() > MAX_KEY {
                return Err(StoreError::Misuse("a key that is empty, reserved or too long"));
            }
            if let Some(value) = value
                && value.len() > MAX_VALUE
            {
                return Err(StoreError::TooLarge { bytes: value.len() as u64, limit: MAX_VALUE as u64 });
            }
            last.insert(key, value);
        }
        Ok(last)
    }
}

impl FromIterator<(Vec<u8>, Option<Vec<u8>>)> for Batch {
    fn from_iter<I: IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)>>(ops: I) -> Batch {
        Batch { ops: ops.into_iter().collect() }
    }
}

/// Records in key order, from a scan.
pub type Scan<'a> = Box<dyn Iterator<Item = Result<(Vec<u8>, Vec<u8>)>> + 'a>;

/// What an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct IndexStats {
    /// Records.
    pub records: u64,
    /// Bytes of keys and stored values.
    pub live_bytes: u64,
    /// Bytes on the disk; 0 in memory.
    pub disk_bytes: u64,
}

/// Records by key, as of a seq.
pub trait Index: fmt::Debug + Send + Sync {
    /// One record.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;
    /// The records whose key begins with `prefix`, in key order. Batches applied meanwhile may or may not be seen.
    fn scan(&self, prefix: &[u8]) -> Scan<'_>;
    /// As [`Index::scan`], beginning at `from` where that comes after the prefix, and reading no more than is asked for.
    fn scan_from<'a>(&'a self, prefix: &'a [u8], from: &'a [u8]) -> Scan<'a> {
        Box::new(
            self.scan(prefix).skip_while(move |record| record.as_ref().is_ok_and(|(key, _)| key.as_slice() < from)),
        )
    }
    /// Applies a batch as of `seq`: after a crash all of it is there or nothing. `seq` is at least [`Index::applied_seq`];
    /// equal means a batch that no journal entry stands for (data pulled from the server), which a rebuild does not
    /// bring back.
    fn apply(&self, seq: Seq, batch: &Batch) -> Result<()>;
    /// The seq of the last batch.
    fn applied_seq(&self) -> Seq;
    /// Makes everything applied so far survive a power cut.
    fn make_durable(&self) -> Result<()>;
    /// Reads every record, opens its seal, and compares number and sum of the records with what the batches said.
    fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<()>;
    /// What it holds.
    fn stats(&self) -> IndexStats;
}
