//! The local store: durable, sealed bytes. It knows nothing of households.
//!
//! ```text
//! append ─► journal (truth; fdatasync = acknowledged)      home/journal/
//! apply  ─► index (records as of a seq; can be rebuilt)     home/g0001/index/
//!           rows  (for the first frame; can be rebuilt)     home/rows
//! compact ► snapshot (base of a rebuild; format of backups) home/snapshot-*.zls
//! ```
//!
//! Opening has two steps, so that the console can draw first: [`Store::open`] takes the lock, opens the key and finds
//! the end of the journal; then rows can be read. [`Store::recover`], on any thread, opens the index, checks it after a
//! power cut, rebuilds it if it is damaged, and replays what it lacks. Until then the store reads rows and journal, and
//! refuses to write (`store.not_ready`).
//!
//! Nothing damaged is ever deleted: it goes to `home/quarantine/` and is reported as a [`Finding`].

mod backup;
mod checkpoint;
pub mod codec;
mod compact;
pub mod disk;
mod doctor;
pub mod envelope;
pub mod error;
pub mod home;
pub mod index;
pub mod journal;
mod open;
mod recover;
pub mod report;
mod rows;
pub mod seal;
mod snapshot;
mod space;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use zeroize::Zeroizing;

pub use backup::{BackupOptions, Moved};
use checkpoint::Checkpoint;
pub use compact::Compacted;
use disk::LockGuard;
pub use doctor::Health;
pub use envelope::{Kdf, KeyFile, KeyKind, KeyMode, Passphrase, Unlock};
pub use error::{Part, Result, StoreError};
pub use home::Home;
pub use index::{Batch, Index, IndexStats, MemoryIndex};
use journal::{Entries, Group, Journal};
pub use open::OpenReport;
pub use recover::Recovery;
pub use report::{Finding, Severity};
pub use rows::RowsPart;
use seal::{Keys, Purpose, Sealer};
pub use space::{DiskUsage, Room};

/// The number of a journal entry, from 1, without gaps.
pub type Seq = u64;

/// What can be chosen when a home is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bound of the index's page cache, in bytes. 128 MiB for a bulk import, less for a console.
    pub cache_bytes: u64,
    /// A journal segment is closed when it is at least this long, in bytes. Opening reads one segment; only whole
    /// segments are dropped.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { cache_bytes: 64 << 20, segment_bytes: journal::SEGMENT_BYTES }
    }
}

/// An open home. Shared between threads: reading never waits for a write to the disk.
#[derive(Debug)]
pub struct Store {
    home: Home,
    home_id: [u8; 16],
    keys: Keys,
    kind: Mutex<KeyKind>,
    options: Options,
    journal: Journal,
    index: RwLock<Option<Arc<dyn Index>>>,
    generation: Mutex<u32>,
    /// What the last run left.
    before: Option<Checkpoint>,
    /// Whether the checkpoint on the disk says that the index was not touched since.
    untouched: Mutex<bool>,
    /// Whether no batch was applied since the index was opened.
    settled: AtomicBool,
    /// Held for reading by a write, and for writing by what must see no write (compaction).
    quiet: RwLock<()>,
    _lock: Box<dyn LockGuard>,
}

impl Store {
    /// Makes a home in a folder that has none, and opens it.
    ///
    /// # Errors
    /// `home.exists`, `home.in_use`, `key.too_short`, `store.disk_full`, `store.io`.
    pub fn create(home: Home, mode: &KeyMode) -> Result<(Store, OpenReport)> {
        Store::create_with(home, mode, Options::default())
    }

    /// [`Store::create`] with options.
    pub fn create_with(home: Home, mode: &KeyMode, options: Options) -> Result<(Store, OpenReport)> {
        open::create(home, mode, options)
    }

    /// The first step of opening: lock, key, end of the journal.
    ///
    /// # Errors
    /// `home.missing`, `home.in_use`, `home.locked`, `key.*`, `store.too_new`, `store.io`. Damage is not an error but a
    /// finding in the report, unless nothing can be saved.
    pub fn open(home: Home, unlock: &Unlock) -> Result<(Store, OpenReport)> {
        Store::open_with(home, unlock, Options::default())
    }

    /// [`Store::open`] with options.
    pub fn open_with(home: Home, unlock: &Unlock, options: Options) -> Result<(Store, OpenReport)> {
        open::open(home, unlock, options)
    }

    /// Appends an entry to the journal. When this returns, the entry survives `kill -9` and a power cut.
    ///
    /// # Errors
    /// `store.not_ready` before [`Store::recover`]; `store.disk_full` (refused, nothing changed); `store.too_large`;
    /// `store.read_only` (whether the entry was kept is unknown until the next open).
    pub fn append(&self, entry: &[u8]) -> Result<Seq> {
        let _quiet = self.not_while_quiet();
        self.index()?;
        self.need_room(entry.len() as u64)?;
        self.journal.append(entry)
    }

    /// Appends entries that become effective all together or not at all; returns the seqs.
    pub fn append_group<E: AsRef<[u8]>>(&self, entries: impl IntoIterator<Item = E>) -> Result<std::ops::Range<Seq>> {
        let _quiet = self.not_while_quiet();
        self.index()?;
        let mut group = self.journal.group()?;
        for entry in entries {
            self.need_room(entry.as_ref().len() as u64)?;
            group.push(entry.as_ref())?;
        }
        group.commit()
    }

    /// Begins a group whose entries are pushed one by one; dropping it undoes it. The thread that holds it must not
    /// write to the store otherwise: other writes wait for its end.
    pub fn begin_group(&self) -> Result<Group<'_>> {
        let busy = self.not_while_quiet();
        self.index()?;
        self.need_room(0)?;
        Ok(self.journal.group()?.holding(busy))
    }

    /// One journal entry.
    pub fn entry(&self, seq: Seq) -> Result<Vec<u8>> {
        self.journal.entry(seq)
    }

    /// Journal entries from `seq` on, in order.
    pub fn entries_from(&self, seq: Seq) -> Entries<'_> {
        self.journal.entries_from(seq)
    }

    /// The seq of the last acknowledged entry; 0 when there is none.
    pub fn last_seq(&self) -> Seq {
        self.journal.last_seq()
    }

    /// The seq of the oldest entry still in the journal.
    pub fn first_seq(&self) -> Seq {
        self.journal.first_seq()
    }

    /// The journal itself, for its hashes.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Applies a batch of records as of a journal entry. See [`Index::apply`].
    ///
    /// # Errors
    /// Above all `store.disk_full` and `store.corrupt`: the entry is safe in the journal, the index lacks it. Close the
    /// store and open it again; recovery brings the index up to date.
    pub fn apply(&self, seq: Seq, batch: &Batch) -> Result<()> {
        let _quiet = self.not_while_quiet();
        if seq > self.journal.last_seq() {
            return Err(StoreError::Misuse("a batch of an entry that is not in the journal"));
        }
        let index = self.index()?;
        self.touch()?;
        index.apply(seq, batch)
    }

    /// One record.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.index()?.get(key)
    }

    /// Records whose key begins with `prefix`, in key order, given to `see` until it returns `false`.
    pub fn scan(&self, prefix: &[u8], mut see: impl FnMut(&[u8], Vec<u8>) -> bool) -> Result<()> {
        let index = self.index()?;
        for record in index.scan(prefix) {
            let (key, value) = record?;
            if !see(&key, value) {
                break;
            }
        }
        Ok(())
    }

    /// The index, for a caller that scans or reads much. It stays valid when the store compacts meanwhile, but then no
    /// longer sees new batches.
    pub fn index(&self) -> Result<Arc<dyn Index>> {
        self.index.read().unwrap_or_else(|p| p.into_inner()).clone().ok_or(StoreError::NotReady)
    }

    /// The seq of the last batch in the index.
    pub fn applied_seq(&self) -> Result<Seq> {
        Ok(self.index()?.applied_seq())
    }

    /// Replaces the row file. `stamp` is the seq that the rows are as of; the chunks are what [`Store::read_rows`] gives
    /// back, best some hundred rows each: `early` those that the first frame needs, `late` the others.
    pub fn write_rows(&self, stamp: Seq, early: &[Vec<u8>], late: &[Vec<u8>]) -> Result<()> {
        rows::write(
            &*self.home.disk,
            &self.home.rows_path(),
            &self.home_id,
            &self.keys.sealer(Purpose::Rows),
            stamp,
            early,
            late,
        )
    }

    /// Reads the row file or a part of it, giving each chunk (number, bytes) to `read` on one of several threads. Gives the stamp and
    /// the results in order; `None` when there is no file. Works before [`Store::recover`].
    ///
    /// # Errors
    /// `store.corrupt`: call [`Store::discard_rows`] and write the file again. Errors of `read` are passed on.
    pub fn read_rows<T: Send>(
        &self,
        part: RowsPart,
        read: impl Fn(usize, Vec<u8>) -> Result<T> + Sync,
    ) -> Result<Option<(Seq, Vec<T>)>> {
        let mut chunks = Vec::new();
        let stamp = self.fold_rows(part, read, |chunk| chunks.push(chunk))?;
        Ok(stamp.map(|stamp| (stamp, chunks)))
    }

    /// As [`Store::read_rows`], but every result goes to `take` as soon as its turn has come, so that never more than a
    /// few chunks stand beside what is made of them. Where this fails, what was taken is to be thrown away.
    ///
    /// # Errors
    /// As [`Store::read_rows`].
    pub fn fold_rows<T: Send>(
        &self,
        part: RowsPart,
        read: impl Fn(usize, Vec<u8>) -> Result<T> + Sync,
        take: impl FnMut(T) + Send,
    ) -> Result<Option<Seq>> {
        let sealer = self.keys.sealer(Purpose::Rows);
        rows::read(&*self.home.disk, &self.home.rows_path(), &self.home_id, &sealer, part, read, take)
    }

    /// Puts a row file that cannot be used into the quarantine.
    pub fn discard_rows(&self) -> Result<Finding> {
        let kept = self.home.quarantine(&self.home.rows_path())?;
        Ok(Finding::Unusable { part: Part::Rows, kept: Some(kept) })
    }

    /// Makes everything durable: after this, a power cut costs the next open nothing, neither a replay nor a check of
    /// the index, until something is written again. For the end of a session, of an import, and for quiet moments.
    pub fn checkpoint(&self) -> Result<()> {
        let _quiet = self.quiet();
        self.write_checkpoint()?;
        self.keep_reserve();
        Ok(())
    }

    /// A last checkpoint, and lets go of the home. Dropping a store without this is safe too: the next open then does
    /// what is needed.
    pub fn close(self) -> Result<()> {
        self.checkpoint()
    }

    /// A sealer for files of the caller's own, such as drafts.
    pub fn sealer(&self, purpose: Purpose) -> Sealer {
        self.keys.sealer(purpose)
    }

    /// The key of the keyed hash (HMAC-SM3) that stands for an identity number.
    pub fn person_key(&self) -> Zeroizing<[u8; 32]> {
        self.keys.derive(Purpose::Person)
    }

    /// How the home keeps its key.
    pub fn key_kind(&self) -> KeyKind {
        *self.kind.lock().unwrap_or_else(|p| p.into_inner())
    }

    /// Changes the passphrase, or from a key file to a passphrase and back. The master key stays, so no data is written
    /// again; backups made before open with what they were made with.
    ///
    /// # Errors
    /// `key.too_short`; `store.misuse` between sealed and unsealed: for that, restore a backup into a new home.
    pub fn change_key(&self, mode: &KeyMode) -> Result<()> {
        self.only_sealed()?;
        if matches!(mode, KeyMode::Unsealed) {
            return Err(StoreError::Misuse("a sealed home stays sealed"));
        }
        let envelope = envelope::Envelope::wrap(&self.home, &self.home_id, mode, self.keys.master())?;
        envelope::save(&self.home, &envelope)?;
        *self.kind.lock().unwrap_or_else(|p| p.into_inner()) = envelope.mode;
        if envelope.mode == KeyKind::Passphrase {
            // It opens nothing any more; what stays is only the temptation to keep it.
            let _ = self.home.disk.remove_file(&self.home.key_file_path());
        }
        Ok(())
    }

    /// Whether a passphrase opens this home: for a lock screen. Takes as long as opening does.
    pub fn unlocks(&self, passphrase: &Passphrase) -> bool {
        let unlock = Unlock::Passphrase(passphrase.clone());
        self.key_kind() == KeyKind::Passphrase
            && envelope::load(&self.home).is_ok_and(|found| found.envelope.unwrap(&self.home, &unlock).is_ok())
    }

    /// 16 random bytes that name this home.
    pub fn home_id(&self) -> [u8; 16] {
        self.home_id
    }

    /// The folder.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Why the store takes no more writes, if the disk has failed.
    pub fn read_only(&self) -> Option<&str> {
        self.journal.halted()
    }

    /// Only while nothing is written.
    fn write_checkpoint(&self) -> Result<()> {
        let Ok(index) = self.index() else { return Ok(()) };
        index.make_durable()?;
        let mut untouched = self.untouched.lock().unwrap_or_else(|p| p.into_inner());
        self.checkpoint_of(index.applied_seq(), true).write(&self.home)?;
        *untouched = true;
        Ok(())
    }

    /// Before the index is written to for the first time since a checkpoint: the disk must not go on saying that it
    /// was not.
    fn touch(&self) -> Result<()> {
        self.settled.store(false, Ordering::Relaxed);
        let mut untouched = self.untouched.lock().unwrap_or_else(|p| p.into_inner());
        if *untouched {
            let applied = self.index().map_or(0, |index| index.applied_seq());
            match self.checkpoint_of(applied, false).write(&self.home) {
                // Without any checkpoint nothing is taken for granted either, and that needs no room.
                Err(StoreError::DiskFull) => self.home.remove_checkpoint()?,
                written => written?,
            }
            *untouched = false;
        }
        Ok(())
    }

    fn checkpoint_of(&self, applied_seq: Seq, clean: bool) -> Checkpoint {
        let settled = clean && self.settled.load(Ordering::Relaxed);
        Checkpoint { last_seq: self.journal.last_seq(), applied_seq, clean, settled, boot: self.home.disk.boot_id() }
    }

    /// Waits until no write is under way, and keeps others waiting.
    fn quiet(&self) -> RwLockWriteGuard<'_, ()> {
        self.quiet.write().unwrap_or_else(|p| p.into_inner())
    }

    fn only_sealed(&self) -> Result<()> {
        match self.key_kind() {
            KeyKind::Unsealed => Err(StoreError::Misuse("an unsealed home has no key to change or to wrap")),
            KeyKind::Passphrase | KeyKind::KeyFile => Ok(()),
        }
    }

    fn not_while_quiet(&self) -> RwLockReadGuard<'_, ()> {
        self.quiet.read().unwrap_or_else(|p| p.into_inner())
    }

    fn generation_path(&self) -> PathBuf {
        let number = *self.generation.lock().unwrap_or_else(|p| p.into_inner());
        open::generation_path(&self.home, number)
    }
}
