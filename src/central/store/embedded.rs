//! The embedded store's ground: this crate's own [`Journal`](crate::store), with the index beneath it.
//!
//! A commit is one journal entry that holds the whole batch. It is acknowledged when the journal is synced
//! (`fdatasync`); the index follows and is brought up to date from the journal after a crash.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::index::Scan;
use crate::store::{
    Batch, Finding, Home, Index, IndexStats, KeyMode, OpenReport, Options, Seq, Store, StoreError, Unlock, codec,
};
use crate::sync::protocol::Bytes;

use super::LocalStore;

/// The bound of the index's page cache, in bytes: a city's files do not have to fit.
const CACHE_BYTES: u64 = 128 << 20;
/// Below this many bytes on the disk, compaction is not worth the pause.
const SMALL: u64 = 256 << 20;
/// Compaction begins when the disk holds so many times the live data.
const TIMES: u64 = 4;
/// A commit above this is cut into several entries of one group, in bytes of keys and values. The journal refuses
/// entries above 16 MiB.
const ENTRY_BYTES: usize = 8 << 20;

/// An index whose batches are journal entries.
#[derive(Debug)]
struct Journalled {
    store: Arc<Store>,
    /// A batch is in the journal and not in the index: what the index says is no longer true, so nothing is said until
    /// the store is opened again.
    behind: AtomicBool,
}

impl Journalled {
    fn scan_from_key(&self, prefix: &[u8], from: &[u8]) -> Scan<'static> {
        // The index may be exchanged by a compaction while a scan runs, so a scan holds its own.
        match self.sound().and_then(Store::index) {
            Ok(index) => {
                Box::new(Scanned { index, prefix: prefix.to_vec(), from: Some(from.to_vec()), ready: VecDeque::new() })
            }
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn sound(&self) -> Result<&Store, StoreError> {
        if self.behind.load(Ordering::Acquire) { Err(StoreError::NotReady) } else { Ok(&self.store) }
    }
}

/// Records that a scan reads at once.
const AT_ONCE: usize = 128;

/// Puts and deletes, as an entry holds them.
type Ops = Vec<(Bytes, Option<Bytes>)>;

impl Index for Journalled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.sound()?.get(key)
    }
    fn scan(&self, prefix: &[u8]) -> Scan<'_> {
        self.scan_from_key(prefix, prefix)
    }
    fn scan_from<'a>(&'a self, prefix: &'a [u8], from: &'a [u8]) -> Scan<'a> {
        self.scan_from_key(prefix, from)
    }
    /// Appends the batch to the journal, and then to the index. The number is the journal's own.
    fn apply(&self, _: Seq, batch: &Batch) -> Result<(), StoreError> {
        let mut entries: Vec<Ops> = vec![Ops::new()];
        let mut bytes = 0;
        for (key, value) in batch.ops() {
            bytes += key.len() + value.map_or(0, <[u8]>::len);
            if bytes > ENTRY_BYTES && entries.last().is_some_and(|ops| !ops.is_empty()) {
                entries.push(Ops::new());
                bytes = 0;
            }
            let op = (Bytes(key.to_vec()), value.map(|value| Bytes(value.to_vec())));
            entries.last_mut().expect("begun with one").push(op);
        }
        let encoded = entries.iter().map(codec::encode_packed).collect::<Result<Vec<_>, _>>()?;
        let seqs = match encoded.as_slice() {
            [one] => {
                let seq = self.sound()?.append(one)?;
                seq..seq + 1
            }
            several => self.sound()?.append_group(several)?,
        };
        // One batch as of the last entry: what an earlier one lacks is never seen.
        self.store.apply(seqs.end - 1, batch).inspect_err(|_| self.behind.store(true, Ordering::Release))
    }
    fn applied_seq(&self) -> Seq {
        self.store.applied_seq().unwrap_or(0)
    }
    /// It is durable already: the journal is synced before the index is touched.
    fn make_durable(&self) -> Result<(), StoreError> {
        Ok(())
    }
    fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        self.store.index()?.verify(progress)
    }
    fn stats(&self) -> IndexStats {
        self.store.index().map(|index| index.stats()).unwrap_or_default()
    }
}

/// Records read from an index that this owns, some hundred at a time.
struct Scanned {
    index: Arc<dyn Index>,
    prefix: Vec<u8>,
    /// Where to go on; none at the end.
    from: Option<Vec<u8>>,
    ready: VecDeque<Result<(Vec<u8>, Vec<u8>), StoreError>>,
}

impl Iterator for Scanned {
    type Item = Result<(Vec<u8>, Vec<u8>), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Some(from) = self.from.take()
        {
            self.ready.extend(self.index.scan_from(&self.prefix, &from).take(AT_ONCE));
            if let (AT_ONCE, Some(Ok((last, _)))) = (self.ready.len(), self.ready.back()) {
                // The key right after the last one.
                self.from = Some([last.as_slice(), &[0]].concat());
            }
        }
        self.ready.pop_front()
    }
}

/// The embedded store of a server, on the disk.
#[derive(Debug, Clone)]
pub struct Embedded {
    store: Arc<Store>,
}

impl Embedded {
    /// Makes the server's home, or opens it and brings it up to date.
    ///
    /// # Errors
    /// Those of the store: `home.in_use`, `home.locked`, `store.disk_full`, …
    pub fn open(home: Home, mode: &KeyMode, unlock: &Unlock) -> Result<(Embedded, Vec<Finding>), StoreError> {
        let options = Options { cache_bytes: CACHE_BYTES, ..Options::default() };
        let (store, report): (Store, OpenReport) = if home.exists()? {
            Store::open_with(home, unlock, options)?
        } else {
            Store::create_with(home, mode, options)?
        };
        let mut findings = report.findings;
        let recovery = store.recover(|_, _, entry| -> Result<Batch, StoreError> {
            let ops: Ops = codec::decode(entry)?;
            Ok(ops.into_iter().map(|(key, value)| (key.0, value.map(|value| value.0))).collect())
        })?;
        findings.extend(recovery.findings);
        Ok((Embedded { store: Arc::new(store) }, findings))
    }

    /// The county's data in it.
    pub fn county(&self) -> LocalStore {
        LocalStore::new(Arc::new(Journalled { store: self.store.clone(), behind: AtomicBool::new(false) }))
    }

    /// The journal and index beneath.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Writes the store anew where it has grown to several times its data; commits wait meanwhile. Whether it did.
    ///
    /// # Errors
    /// `store.disk_full` (nothing changed), `store.corrupt`.
    pub fn tidy(&self) -> Result<bool, StoreError> {
        let live = self.store.index()?.stats().live_bytes;
        let used = self.store.disk_usage()?.total;
        if used < SMALL || used < live.saturating_mul(TIMES) {
            return Ok(false);
        }
        self.store.compact(self.store.last_seq() + 1, &mut |_, _| {})?;
        Ok(true)
    }
}
