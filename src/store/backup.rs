//! One file that holds everything, and a home made from it.

use std::path::Path;

use serde::Serialize;

use super::checkpoint::Checkpoint;
use super::disk::{self, OpenMode};
use super::envelope::{self, Envelope, KeyKind, KeyMode, Unlock};
use super::error::{At, Part, Result, StoreError};
use super::home::Home;
use super::index::{Batch, Index};
use super::journal::frame::{FrameHeader, SegmentHeader, hash_of, split};
use super::open::{generation_number, write_generation};
use super::seal::{Keys, Purpose};
use super::snapshot::{self, Header, Piece, Writer};
use super::{Options, Seq, Store, recover};

/// Bytes of records applied to an index at once.
pub(super) const BATCH_BYTES: usize = 256 << 10;

/// What a backup or a restore moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Records.
    pub records: u64,
    /// Journal entries.
    pub entries: u64,
    /// The seq that the records are as of.
    pub applied_seq: Seq,
    /// Bytes of the backup.
    pub bytes: u64,
    /// What the caller of [`Store::backup`] wanted to remember.
    #[serde(skip)]
    pub meta: Vec<u8>,
}

/// What a backup contains, and under which key.
#[derive(Debug, Clone, Default)]
pub struct BackupOptions<'a> {
    /// Journal entries from this seq on are included (0: all that the journal holds). At least those that no server
    /// has acknowledged yet belong here.
    pub journal_from: Seq,
    /// A passphrase for this backup; without it the backup opens with the key of the home: its passphrase, or its key
    /// file, which must then be kept elsewhere.
    pub passphrase: Option<(super::Passphrase, super::Kdf)>,
    /// Up to 1 MiB of the caller's own, given back by [`Store::restore`].
    pub meta: &'a [u8],
}

impl Store {
    /// Writes a backup: all records, the journal entries asked for, and the key envelope, in one sealed and checked
    /// file. Writes to the store wait meanwhile. `progress` is told records done and in all.
    ///
    /// # Errors
    /// `store.disk_full`, `store.io` for the target; `store.corrupt` if a record cannot be read: a backup that lacks
    /// something is not made.
    pub fn backup(
        &self,
        path: &Path,
        options: &BackupOptions<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Moved> {
        let _quiet = self.quiet();
        let index = self.index()?;
        let envelope = match &options.passphrase {
            Some((passphrase, kdf)) => {
                let mode = KeyMode::Passphrase(passphrase.clone(), *kdf);
                self.only_sealed()?;
                Envelope::wrap(&self.home, &self.home_id, &mode, self.keys.master())?
            }
            None => envelope::load(&self.home)?.envelope,
        };
        let from = options.journal_from.max(self.journal.first_seq());
        let mut writer = self.snapshot_writer(path, &*index, &envelope, from, options.meta)?;
        let total = index.stats().records;
        let mut moved = Moved { applied_seq: index.applied_seq(), meta: options.meta.to_vec(), ..Moved::default() };
        for record in index.scan(b"") {
            let (key, value) = record?;
            writer.record(&key, &value)?;
            moved.records += 1;
            if moved.records.is_multiple_of(1024) {
                progress(moved.records, total);
            }
        }
        if moved.records != total {
            return Err(StoreError::corrupt(Part::Index, "records are missing"));
        }
        for seq in from..=self.journal.last_seq() {
            // An entry that was lost to damage stays lost; the restored journal has the same hole.
            if let Ok((_, frame)) = self.journal.frame(seq) {
                writer.frame(&frame)?;
                moved.entries += 1;
            }
        }
        progress(total, total);
        moved.bytes = writer.finish()?;
        Ok(moved)
    }

    /// Makes a home from a backup. The folder must hold no home; a key file is brought along in `unlock`, or was put
    /// there beforehand. The whole backup is checked before anything becomes a home, and a restore that is interrupted
    /// leaves none.
    ///
    /// # Errors
    /// `restore.not_empty`, `backup.damaged`, `home.locked` (a passphrase is needed), `key.wrong_passphrase`,
    /// `backup.needs_key`, `backup.other_key`, `store.disk_full`.
    pub fn restore(home: &Home, backup: &Path, unlock: &Unlock, progress: &mut dyn FnMut(u64, u64)) -> Result<Moved> {
        let _lock = home.own()?;
        clear_for_restore(home)?;
        let opened = snapshot::Opened::open(&*home.disk, backup).map_err(as_backup_error)?;
        let keys = opened.envelope.unwrap(home, unlock).map_err(|error| match error {
            StoreError::WrongKeyFile(_) if matches!(unlock, Unlock::KeyFile(_)) => StoreError::BackupOtherKey,
            StoreError::WrongKeyFile(_) => StoreError::BackupNeedsKey,
            other => other,
        })?;
        let sealer = keys.sealer(Purpose::Snapshot);
        // All of it is read once before the first byte is written.
        let size = opened.size * 2;
        opened
            .read(&sealer, |_, at| {
                progress(at, size);
                Ok(())
            })
            .map_err(as_backup_error)?;
        let mut restore = Restore::begin(home, &keys, opened.header)?;
        opened
            .read(&sealer, |piece, at| {
                progress(opened.size + at, size);
                restore.take(piece)
            })
            .map_err(as_backup_error)?;
        let mut moved = restore.finish(backup, &opened.envelope, unlock)?;
        moved.bytes = opened.size;
        Ok(moved)
    }

    /// Begins a snapshot of the index as it is.
    pub(super) fn snapshot_writer<'a>(
        &'a self,
        path: &Path,
        index: &dyn Index,
        envelope: &Envelope,
        journal_from: Seq,
        meta: &[u8],
    ) -> Result<Writer<'a>> {
        let journal_from = journal_from.min(self.journal.last_seq() + 1);
        let previous = match self.journal.frame(journal_from) {
            Ok((header, _)) => header.previous,
            Err(_) => self.journal.last_hash(),
        };
        let header =
            Header { home_id: self.home_id, file_id: [0; 16], applied: index.applied_seq(), journal_from, previous };
        Writer::create(&*self.home.disk, path, self.keys.sealer(Purpose::Snapshot), header, envelope, meta)
    }
}

/// Records on their way from a snapshot into an index.
#[derive(Debug, Default)]
pub(super) struct Loader {
    batch: Batch,
    bytes: usize,
    pub(super) records: u64,
}

impl Loader {
    pub(super) fn take(&mut self, index: &dyn Index, key: Vec<u8>, value: Vec<u8>) -> Result<()> {
        self.bytes += key.len() + value.len();
        self.records += 1;
        self.batch.put(key, value);
        if self.bytes >= BATCH_BYTES {
            index.apply(0, &std::mem::take(&mut self.batch))?;
            self.bytes = 0;
        }
        Ok(())
    }

    /// Applies what is left, as of `seq`, and makes it durable.
    pub(super) fn finish(mut self, index: &dyn Index, seq: Seq) -> Result<u64> {
        index.apply(seq, &std::mem::take(&mut self.batch))?;
        index.make_durable()?;
        Ok(self.records)
    }
}

/// A home that is being put together in `restore.part`.
struct Restore<'a> {
    home: &'a Home,
    header: Header,
    index: std::sync::Arc<dyn Index>,
    loader: Loader,
    /// The segments' bytes: a new one begins after each hole.
    segments: Vec<(Seq, Vec<u8>)>,
    last: Option<(Seq, [u8; 16])>,
    moved: Moved,
}

impl<'a> Restore<'a> {
    fn begin(home: &'a Home, keys: &Keys, header: Header) -> Result<Restore<'a>> {
        let part = home.restoring_path();
        let index_folder = part.join("g0001");
        for folder in [&part, &index_folder, &part.join("journal")] {
            home.disk.create_dir_all(folder).at("create", folder)?;
        }
        // From here on whatever lies in the folder is known to be an unfinished restore.
        home.disk.sync_dir(home.root()).at("sync", home.root())?;
        let index = recover::index_at(home, keys, &index_folder.join("index"), Options::default())?;
        let moved = Moved { applied_seq: header.applied, ..Moved::default() };
        Ok(Restore { home, header, index, loader: Loader::default(), segments: Vec::new(), last: None, moved })
    }

    fn take(&mut self, piece: Piece) -> Result<()> {
        match piece {
            Piece::Meta(meta) => self.moved.meta = meta,
            Piece::Records(records) => {
                for (key, value) in records {
                    self.loader.take(&*self.index, key, value)?;
                }
            }
            Piece::Journal(frames) => {
                for frame in split(&frames) {
                    let (header, frame) = frame?;
                    self.frame(&header, frame)?;
                }
            }
        }
        Ok(())
    }

    fn frame(&mut self, header: &FrameHeader, frame: &[u8]) -> Result<()> {
        let follows = self.last.is_some_and(|(seq, hash)| header.seq == seq + 1 && header.previous == hash);
        let expected = if self.last.is_none() { self.header.journal_from } else { header.seq };
        if header.seq < expected || self.last.is_some_and(|(seq, _)| header.seq <= seq) {
            return Err(StoreError::corrupt(Part::Snapshot, "journal entries out of order"));
        }
        if !follows {
            let start = SegmentHeader { home_id: self.header.home_id, first: header.seq, previous: header.previous };
            self.segments.push((header.seq, start.to_bytes().to_vec()));
        }
        if let Some((_, bytes)) = self.segments.last_mut() {
            bytes.extend_from_slice(frame);
        }
        self.last = Some((header.seq, hash_of(frame)));
        self.moved.entries += 1;
        Ok(())
    }

    /// Everything is in place aside: moves it in, and writes the envelope last, which makes it a home.
    fn finish(mut self, backup: &Path, envelope: &Envelope, unlock: &Unlock) -> Result<Moved> {
        let disk = &*self.home.disk;
        let part = self.home.restoring_path();
        self.moved.records = self.loader.finish(&*self.index, self.header.applied)?;
        self.index.verify(&mut |_| {})?;
        drop(self.index);
        if self.segments.is_empty() {
            let first = self.header.journal_from.max(self.header.applied + 1);
            let start = SegmentHeader { home_id: self.header.home_id, first, previous: self.header.previous };
            self.segments.push((first, start.to_bytes().to_vec()));
        }
        for (first, bytes) in &self.segments {
            let path = part.join("journal").join(format!("j-{first:016x}.zlj"));
            disk::write_file(disk, &path, bytes).at("write", &path)?;
        }
        let snapshot = snapshot::path_of(self.home, self.header.applied);
        let name = snapshot.file_name().unwrap_or_default();
        copy_file(self.home, backup, &part.join(name))?;
        for folder in [part.join("journal"), part.join("g0001"), part.clone()] {
            disk.sync_dir(&folder).at("sync", &folder)?;
        }
        for name in [name, "journal".as_ref(), "g0001".as_ref()] {
            disk.rename(&part.join(name), &self.home.root().join(name)).at("rename", &part)?;
        }
        disk.sync_dir(&part).at("sync", &part)?;
        disk.sync_dir(self.home.root()).at("sync", self.home.root())?;
        write_generation(self.home, 1)?;
        let last_seq = self.last.map_or(self.header.applied, |(seq, _)| seq.max(self.header.applied));
        Checkpoint { last_seq, applied_seq: self.header.applied, clean: true, settled: false, boot: disk.boot_id() }
            .write(self.home)?;
        if let (KeyKind::KeyFile, Unlock::KeyFile(file)) = (envelope.mode, unlock) {
            file.place(self.home)?;
        }
        envelope::save(self.home, envelope)?;
        disk.remove_tree(&part).at("remove", &part)?;
        disk.sync_dir(self.home.root()).at("sync", self.home.root())?;
        Ok(self.moved)
    }
}

/// Refuses a folder that holds anything of a home, unless an unfinished restore left it.
fn clear_for_restore(home: &Home) -> Result<()> {
    if home.exists()? {
        return Err(StoreError::RestoreNotEmpty(home.root().to_owned()));
    }
    let listed = home.disk.list(home.root()).at("read", home.root())?;
    let part = home.restoring_path();
    let unfinished = disk::exists(&*home.disk, &part).at("read", &part)?;
    for entry in listed {
        let allowed = ["lock", "keyfile", "quarantine", "settings.toml", "zhulian.sock", "restore.part"];
        if allowed.contains(&entry.name.as_str()) {
            continue;
        }
        let ours = entry.name == "journal"
            || entry.name == "current"
            || entry.name == "current.part"
            || entry.name == "checkpoint"
            || entry.name == "checkpoint.part"
            || entry.name == "key.json.part"
            || entry.name.starts_with("snapshot-")
            || generation_number(&entry.name).is_some();
        if !(unfinished && ours) {
            return Err(StoreError::RestoreNotEmpty(home.root().to_owned()));
        }
        let path = home.root().join(&entry.name);
        let removed = if entry.is_dir { home.disk.remove_tree(&path) } else { home.disk.remove_file(&path) };
        removed.at("remove", &path)?;
    }
    if unfinished {
        home.disk.remove_tree(&part).at("remove", &part)?;
        home.disk.sync_dir(home.root()).at("sync", home.root())?;
    }
    Ok(())
}

fn copy_file(home: &Home, from: &Path, to: &Path) -> Result<()> {
    let source = home.disk.open(from, OpenMode::Read).at("open", from)?;
    let target = home.disk.open(to, OpenMode::Create).at("write", to)?;
    let mut piece = vec![0; 1 << 20];
    let mut at = 0;
    loop {
        let read = disk::read_full(&*source, &mut piece, at).at("read", from)?;
        if read == 0 {
            break;
        }
        target.write_all_at(&piece[..read], at).at("write", to)?;
        at += read as u64;
    }
    target.sync_data().at("sync", to)
}

/// Damage of a snapshot is damage of the backup here.
fn as_backup_error(error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { detail, .. } => StoreError::BackupDamaged(detail),
        StoreError::KeyDamaged(detail) | StoreError::Undecodable(detail) => StoreError::BackupDamaged(detail),
        other => other,
    }
}
