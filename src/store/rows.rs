//! The file of list rows: what the first frame shows before the index is open.
//!
//! ```text
//! header (80)  magic 4 | version 1 | 0 ×3 | home id 16 | file id 16 | stamp 8 | chunks 4 | early 4 | 0 ×20 | crc32c 4
//! table        sealed length of each chunk, 4 each | crc32c 4
//! chunks       sealed, each bound to the file id, the stamp, its number and how many there are
//! ```
//! A chunk is what the caller makes of it, usually some hundred rows, so that several threads open and read them. The
//! first `early` chunks are what the first frame needs; the others may be read later.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Seq;
use super::disk::{self, Disk, DiskFile, OpenMode, read_full};
use super::error::{At, Part, Result, StoreError};
use super::seal::{Sealer, fill_random};

const MAGIC: [u8; 4] = *b"zlr\0";
const VERSION: u8 = 2;
const HEADER: usize = 80;
const PLACE: &[u8] = b"rows";
/// The largest chunk, in bytes, so that a forged length cannot take all memory.
const MAX_CHUNK: usize = 64 << 20;
/// Threads that open chunks; more would wait for memory.
const MAX_THREADS: usize = 4;

/// Which chunks of the row file to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsPart {
    /// What the first frame needs.
    Early,
    /// The others.
    Late,
    /// Every chunk.
    All,
}

/// Writes the row file as one step.
pub(super) fn write(
    disk: &dyn Disk,
    path: &Path,
    home_id: &[u8; 16],
    sealer: &Sealer,
    stamp: Seq,
    early: &[Vec<u8>],
    late: &[Vec<u8>],
) -> Result<()> {
    let count = early.len() + late.len();
    let mut header =
        Header { home_id: *home_id, file_id: [0; 16], stamp, chunks: count as u32, early: early.len() as u32 };
    fill_random(&mut header.file_id)?;
    let mut out = header.to_bytes().to_vec();
    let table = out.len();
    out.resize(table + count * 4 + 4, 0);
    for (at, chunk) in early.iter().chain(late).enumerate() {
        if chunk.len() > MAX_CHUNK {
            return Err(StoreError::TooLarge { bytes: chunk.len() as u64, limit: MAX_CHUNK as u64 });
        }
        let before = out.len();
        sealer.seal_into(PLACE, &header.bound(at), chunk, &mut out)?;
        let len = (out.len() - before) as u32;
        out[table + at * 4..][..4].copy_from_slice(&len.to_le_bytes());
    }
    let table_end = table + count * 4;
    let crc = crc32c::crc32c(&out[table..table_end]);
    out[table_end..][..4].copy_from_slice(&crc.to_le_bytes());
    disk::replace_file(disk, path, &out).at("write", path)
}

/// Reads the row file, giving each chunk to `read` on one of several threads and what became of it, in order, to `take`
/// at once: nothing is kept here. `None` when there is no file.
///
/// # Errors
/// `store.corrupt` or `store.too_new`: the file is to be written again. Errors of `read` are passed on. What was taken
/// until then is to be thrown away.
pub(super) fn read<T: Send>(
    disk: &dyn Disk,
    path: &Path,
    home_id: &[u8; 16],
    sealer: &Sealer,
    part: RowsPart,
    read: impl Fn(usize, Vec<u8>) -> Result<T> + Sync,
    take: impl FnMut(T) + Send,
) -> Result<Option<Seq>> {
    let file = match disk.open(path, OpenMode::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("open", path, error)),
    };
    let (header, places) = Header::read(&*file, path, home_id)?;
    let wanted = match part {
        RowsPart::Early => 0..header.early as usize,
        RowsPart::Late => header.early as usize..places.len(),
        RowsPart::All => 0..places.len(),
    };
    let next = AtomicUsize::new(wanted.start);
    let taken = Mutex::new(InOrder { next: wanted.start, waiting: BTreeMap::new(), take });
    let work = || -> Result<()> {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((offset, len)) = places[..wanted.end].get(at).copied() else { return Ok(()) };
            let mut sealed = vec![0; len];
            if read_full(&*file, &mut sealed, offset).at("read", path)? < len {
                return Err(StoreError::corrupt(Part::Rows, "shorter than its table"));
            }
            let plain = sealer.open(PLACE, &header.bound(at), &sealed)?;
            drop(sealed);
            let chunk = read(at, plain)?;
            taken.lock().unwrap_or_else(PoisonError::into_inner).offer(at, chunk);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS).min(wanted.len());
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut outcome = work();
        for other in others {
            match other.join() {
                Ok(result) => outcome = outcome.and(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcome
    })?;
    Ok(Some(header.stamp))
}

/// Puts chunks that several threads have read back into the order of the file. No more of them wait than threads are
/// ahead of the slowest.
struct InOrder<T, F> {
    next: usize,
    waiting: BTreeMap<usize, T>,
    take: F,
}

impl<T, F: FnMut(T)> InOrder<T, F> {
    fn offer(&mut self, at: usize, chunk: T) {
        self.waiting.insert(at, chunk);
        while let Some(chunk) = self.waiting.remove(&self.next) {
            (self.take)(chunk);
            self.next += 1;
        }
    }
}

/// The stamp of a row file, if there is one that is whole as far as its header tells.
pub(super) fn stamp(disk: &dyn Disk, path: &Path, home_id: &[u8; 16]) -> Option<Seq> {
    let file = disk.open(path, OpenMode::Read).ok()?;
    Header::read(&*file, path, home_id).ok().map(|(header, _)| header.stamp)
}

struct Header {
    home_id: [u8; 16],
    file_id: [u8; 16],
    stamp: Seq,
    chunks: u32,
    early: u32,
}

impl Header {
    fn to_bytes(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[0..4].copy_from_slice(&MAGIC);
        out[4] = VERSION;
        out[8..24].copy_from_slice(&self.home_id);
        out[24..40].copy_from_slice(&self.file_id);
        out[40..48].copy_from_slice(&self.stamp.to_le_bytes());
        out[48..52].copy_from_slice(&self.chunks.to_le_bytes());
        out[52..56].copy_from_slice(&self.early.to_le_bytes());
        let crc = crc32c::crc32c(&out[..HEADER - 4]);
        out[HEADER - 4..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads and checks the header and the table; gives offset and length of each chunk.
    fn read(file: &dyn DiskFile, path: &Path, home_id: &[u8; 16]) -> Result<(Header, Vec<(u64, usize)>)> {
        let corrupt = |detail: &str| StoreError::corrupt(Part::Rows, detail);
        let size = file.size().at("read", path)?;
        let mut head = [0; HEADER];
        let read = read_full(file, &mut head, 0).at("read", path)?;
        if read < HEADER
            || head[..4] != MAGIC
            || crc32c::crc32c(&head[..HEADER - 4]).to_le_bytes() != head[HEADER - 4..]
        {
            return Err(corrupt("a broken header"));
        }
        if head[4] != VERSION {
            return Err(StoreError::TooNew { what: Part::Rows, version: head[4] });
        }
        let mut header = Header { home_id: [0; 16], file_id: [0; 16], stamp: 0, chunks: 0, early: 0 };
        header.home_id.copy_from_slice(&head[8..24]);
        header.file_id.copy_from_slice(&head[24..40]);
        header.stamp = head[40..48].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        header.chunks = head[48..52].iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        header.early = head[52..56].iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        if header.early > header.chunks {
            return Err(corrupt("more chunks for the first frame than there are"));
        }
        if header.home_id != *home_id {
            return Err(corrupt("a file of another home"));
        }
        let table_len = header.chunks as usize * 4 + 4;
        if (HEADER + table_len) as u64 > size {
            return Err(corrupt("shorter than its table"));
        }
        let mut table = vec![0; table_len];
        read_full(file, &mut table, HEADER as u64).at("read", path)?;
        let (table, crc) = table.split_at(table_len - 4);
        if crc32c::crc32c(table).to_le_bytes() != crc {
            return Err(corrupt("a broken table"));
        }
        let mut offset = (HEADER + table_len) as u64;
        let mut places = Vec::with_capacity(header.chunks as usize);
        for len in table.chunks_exact(4) {
            let len = len.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            places.push((offset, len));
            offset += len as u64;
        }
        if offset != size || places.iter().any(|(_, len)| *len > MAX_CHUNK + 64) {
            return Err(corrupt("its length does not match its table"));
        }
        Ok((header, places))
    }

    fn bound(&self, at: usize) -> [u8; 32] {
        let mut out = [0; 32];
        out[0..16].copy_from_slice(&self.file_id);
        out[16..24].copy_from_slice(&self.stamp.to_le_bytes());
        out[24..28].copy_from_slice(&(at as u32).to_le_bytes());
        out[28..32].copy_from_slice(&self.chunks.to_le_bytes());
        out
    }
}
