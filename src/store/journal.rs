//! The journal: what this device said, in order, and the only truth about it.
//!
//! Append-only segments of sealed, chained frames (see `frame`). [`Journal::append`] returns after `fdatasync`: that
//! is the acknowledgement. A segment is filled with zeros ahead of the writer, so that the sync of an append writes
//! data only and no file length: two thirds of the time of a bare append.
//!
//! ```text
//! append:  seal -> frame -> write at the end -> fdatasync -> acknowledged
//! group:   frames … closing frame -> one fdatasync -> all of them acknowledged, or none
//! open:    last segment scanned; unacknowledged tail cut (a copy kept), damage reported, never silent
//! ```

pub(crate) mod frame;
mod group;
mod open;
mod read;
mod scan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock};

use super::Seq;
use super::disk::{self, DiskFile, OpenMode};
use super::error::{At, Result, StoreError};
use super::home::Home;
use super::report::Finding;
use super::seal::Sealer;
use frame::{Hash, Role, SEGMENT_HEADER, SegmentHeader, write_frame};

pub use group::Group;
pub use read::Entries;

/// What a segment's length is by default, in bytes. Opening a home scans one segment.
pub(crate) const SEGMENT_BYTES: u64 = 4 << 20;
/// Zeros are written ahead in steps that double from the first to the second value.
const FIRST_STEP: u64 = 64 << 10;
const LAST_STEP: u64 = 1 << 20;

/// The journal of an open home. Reading is possible from any thread; appends wait for each other.
#[derive(Debug)]
pub struct Journal {
    home: Home,
    home_id: [u8; 16],
    sealer: Sealer,
    /// A segment is closed when it is at least this long.
    segment_bytes: u64,
    layout: RwLock<Layout>,
    writer: Mutex<Writer>,
    halted: OnceLock<String>,
}

#[derive(Debug)]
struct Layout {
    segments: BTreeMap<Seq, Arc<Segment>>,
    /// The seq of the next entry.
    next: Seq,
}

#[derive(Debug)]
struct Segment {
    header: SegmentHeader,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    /// Where each entry lies; read from the file when first needed.
    offsets: Mutex<Option<Vec<Option<u64>>>>,
}

#[derive(Debug)]
struct Writer {
    segment: Arc<Segment>,
    /// Where the next frame goes.
    end: u64,
    /// Up to here the file is filled with zeros.
    zeroed: u64,
    step: u64,
    next: Seq,
    last_hash: Hash,
    /// Set when an unacknowledged tail could not be put aside for lack of room: nothing is written before that is done.
    blocked: bool,
    buffer: Vec<u8>,
}

/// What opening the journal needs and finds.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    pub(crate) findings: Vec<Finding>,
}

impl Journal {
    /// Opens the journal of a home, making an empty one where there is none.
    ///
    /// `proof` is the highest seq that is known from elsewhere to have been acknowledged; if the journal ends before
    /// it, entries were lost, and their numbers are never used again.
    pub(crate) fn open(
        home: &Home,
        home_id: [u8; 16],
        sealer: Sealer,
        proof: Seq,
        segment_bytes: u64,
    ) -> Result<Opened> {
        open::open(home, home_id, sealer, proof, segment_bytes)
    }

    /// Appends an entry and makes it durable; returns its seq (from 1, without gaps).
    ///
    /// # Errors
    /// `store.disk_full`: refused, nothing changed. `store.too_large` above 16 MiB. `store.read_only`: the disk failed
    /// now or before; whether this entry was kept is unknown until the next open.
    pub fn append(&self, plain: &[u8]) -> Result<Seq> {
        let mut writer = self.writer()?;
        self.roll_if_long(&mut writer)?;
        let mut buffer = std::mem::take(&mut writer.buffer);
        buffer.clear();
        let sealed = write_frame(&self.sealer, Role::Single, writer.next, &writer.last_hash, plain, &mut buffer);
        let written = sealed.and_then(|hash| self.write(&mut writer, &buffer).map(|()| hash));
        let len = buffer.len() as u64;
        buffer.shrink_to(64 << 10);
        writer.buffer = buffer;
        let hash = written?;
        self.sync(&writer.segment)?;
        let (seq, offset) = (writer.next, writer.end);
        writer.advance(len, hash, 1);
        self.publish(&writer.segment, &[offset], seq + 1);
        Ok(seq)
    }

    /// Begins a group: entries that become effective all together. Other appends wait until it ends.
    pub fn group(&self) -> Result<Group<'_>> {
        let mut writer = self.writer()?;
        self.roll_if_long(&mut writer)?;
        Ok(Group::new(self, writer))
    }

    /// The seq of the last entry; 0 when there is none.
    pub fn last_seq(&self) -> Seq {
        self.layout().next - 1
    }

    /// The seq of the oldest entry that the journal still holds (or the next one, when it holds none).
    pub fn first_seq(&self) -> Seq {
        self.layout().segments.keys().next().copied().unwrap_or(1)
    }

    /// The hash of the last entry, which the next one will carry.
    pub fn last_hash(&self) -> [u8; 16] {
        self.writer_even_if_halted().last_hash
    }

    /// Why the journal takes no more entries, if the disk has failed.
    pub fn halted(&self) -> Option<&str> {
        self.halted.get().map(String::as_str)
    }

    /// Stops the journal from taking entries.
    pub(crate) fn halt(&self, reason: String) {
        let _ = self.halted.set(reason); // the first reason counts
    }

    /// Continues after `seq`, which is known to have been used although the journal does not hold it.
    pub(crate) fn skip_to(&self, seq: Seq) -> Result<()> {
        let mut writer = self.writer()?;
        if seq >= writer.next {
            self.roll(&mut writer, seq + 1)?;
        }
        Ok(())
    }

    /// Removes the segments whose entries are all older than `seq`. The one in use stays.
    pub(crate) fn drop_before(&self, seq: Seq) -> Result<u64> {
        let _writer = self.writer()?;
        let doomed: Vec<Arc<Segment>> = {
            let layout = self.layout();
            let firsts: Vec<Seq> = layout.segments.keys().copied().collect();
            let old = firsts.windows(2).take_while(|pair| pair[1] <= seq).map(|pair| pair[0]);
            old.filter_map(|first| layout.segments.get(&first).cloned()).collect()
        };
        let mut freed = 0;
        for segment in &doomed {
            freed += segment.file.size().unwrap_or(0);
            // Oldest first, so that a crash leaves a journal without gaps.
            self.home.disk.remove_file(&segment.path).at("remove", &segment.path)?;
            self.layout.write().unwrap_or_else(|p| p.into_inner()).segments.remove(&segment.header.first);
        }
        if !doomed.is_empty() {
            let path = self.home.journal_path();
            self.home.disk.sync_dir(&path).at("sync", &path)?;
        }
        Ok(freed)
    }

    /// Closes the segment in use, so that [`Journal::drop_before`] can remove it.
    pub(crate) fn roll_now(&self) -> Result<()> {
        let mut writer = self.writer()?;
        if writer.end > SEGMENT_HEADER as u64 {
            let next = writer.next;
            self.roll(&mut writer, next)?;
        }
        Ok(())
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>> {
        let writer = self.writer_even_if_halted();
        if let Some(reason) = self.halted.get() {
            return Err(StoreError::ReadOnly(reason.clone()));
        }
        if writer.blocked {
            return Err(StoreError::DiskFull);
        }
        Ok(writer)
    }

    fn writer_even_if_halted(&self) -> MutexGuard<'_, Writer> {
        // A panic while writing leaves a frame that was not acknowledged; its place is written over.
        self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn layout(&self) -> std::sync::RwLockReadGuard<'_, Layout> {
        self.layout.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Writes bytes at the writer's end. On failure the file is as before, or the journal stops.
    fn write(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        let segment = writer.segment.clone();
        let end = writer.end + bytes.len() as u64;
        let written = writer.make_room(end).and_then(|()| segment.file.write_all_at(bytes, writer.end));
        match written {
            Ok(()) => {
                writer.zeroed = writer.zeroed.max(end);
                Ok(())
            }
            Err(error) => {
                self.roll_back(writer, writer.end);
                Err(self.failed(&segment, error))
            }
        }
    }

    /// Cuts the segment back to `end`, durably: bytes of a frame that was refused must never meet the next frames.
    fn roll_back(&self, writer: &mut Writer, end: u64) {
        let file = &writer.segment.file;
        match file.set_len(end).and_then(|()| file.sync_data()) {
            Ok(()) => {
                writer.end = end;
                writer.zeroed = end;
            }
            Err(error) => self.halt(error.to_string()),
        }
    }

    /// Turns a failed write into an error; anything but a full disk stops the journal.
    fn failed(&self, segment: &Segment, error: std::io::Error) -> StoreError {
        if !disk::is_full(&error) {
            self.halt(error.to_string());
        }
        StoreError::io("write", &segment.path, error)
    }

    /// Makes a segment durable. After the first failure nothing can be believed about unsynced pages (they may have
    /// been dropped and marked clean), so the journal stops at once.
    fn sync(&self, segment: &Segment) -> Result<()> {
        segment.file.sync_data().map_err(|error| {
            self.halt(error.to_string());
            StoreError::ReadOnly(error.to_string())
        })
    }

    fn publish(&self, segment: &Segment, offsets: &[u64], next: Seq) {
        if let Some(known) = segment.offsets.lock().unwrap_or_else(|p| p.into_inner()).as_mut() {
            known.extend(offsets.iter().map(|offset| Some(*offset)));
        }
        self.layout.write().unwrap_or_else(|p| p.into_inner()).next = next;
    }

    fn roll_if_long(&self, writer: &mut Writer) -> Result<()> {
        if writer.end < self.segment_bytes {
            return Ok(());
        }
        let next = writer.next;
        self.roll(writer, next)
    }

    /// Begins a new segment with entry `next`.
    fn roll(&self, writer: &mut Writer, next: Seq) -> Result<()> {
        let header = SegmentHeader { home_id: self.home_id, first: next, previous: writer.last_hash };
        let segment = Arc::new(Segment::create(&self.home, header)?);
        // The zeros after the last frame are of no more use.
        if writer.zeroed > writer.end {
            let _ = writer.segment.file.set_len(writer.end);
        }
        let mut layout = self.layout.write().unwrap_or_else(|p| p.into_inner());
        layout.segments.insert(next, segment.clone());
        layout.next = next;
        *writer = Writer::at_start(segment, next, writer.last_hash);
        Ok(())
    }
}

impl Segment {
    /// Makes a segment without entries: written aside, so that one with a broken header is never seen.
    fn create(home: &Home, header: SegmentHeader) -> Result<Segment> {
        let path = home.journal_path().join(format!("j-{:016x}.zlj", header.first));
        let mut bytes = header.to_bytes().to_vec();
        bytes.resize(FIRST_STEP as usize, 0);
        disk::replace_file(&*home.disk, &path, &bytes).at("write", &path)?;
        let file = home.disk.open(&path, OpenMode::Write).at("open", &path)?;
        Ok(Segment { header, path, file, offsets: Mutex::new(Some(Vec::new())) })
    }
}

impl Writer {
    fn at_start(segment: Arc<Segment>, next: Seq, last_hash: Hash) -> Writer {
        let end = SEGMENT_HEADER as u64;
        Writer {
            segment,
            end,
            zeroed: FIRST_STEP,
            step: FIRST_STEP,
            next,
            last_hash,
            blocked: false,
            buffer: Vec::new(),
        }
    }

    fn advance(&mut self, bytes: u64, hash: Hash, entries: u64) {
        self.end += bytes;
        self.next += entries;
        self.last_hash = hash;
    }

    /// Fills the file with zeros up to `end` and a step beyond, or just to `end` if there is no room for more.
    fn make_room(&mut self, end: u64) -> std::io::Result<()> {
        if end <= self.zeroed {
            return Ok(());
        }
        self.step = (self.step * 2).min(LAST_STEP);
        let file = &self.segment.file;
        let fill = |to: u64| file.write_all_at(&vec![0; (to - self.zeroed) as usize], self.zeroed).map(|()| to);
        let filled = fill(end.next_multiple_of(self.step)).or_else(|error| {
            if !disk::is_full(&error) {
                return Err(error);
            }
            file.set_len(self.zeroed)?;
            fill(end)
        });
        self.zeroed = filled?;
        Ok(())
    }
}
