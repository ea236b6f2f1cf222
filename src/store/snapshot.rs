//! Snapshots and backups: all records as of a seq in one sealed, checked stream.
//!
//! ```text
//! header (128)  magic 4 | version 1 | 0 ×3 | home id 16 | file id 16 | applied seq 8 | journal from 8
//!               | hash before that entry 16 | envelope length 4 | 0 ×48 | crc32c 4
//! envelope      the key envelope, so that the file can be opened elsewhere | crc32c 4
//! chunk         length 4 | crc32c 4 | kind 1 | 0 ×3 | sealed bytes, bound to file id, chunk number and kind
//!   1 meta      what the caller wants to remember
//!   2 records   (key length 2 | value length 4 | key | value)*, zstd
//!   3 journal   frames as they lie in the journal
//!   4 trailer   records 8 | frames 8 | SM3 of all chunks before it
//! ```
//! A file without its trailer, or whose counts or hash differ, is no snapshot.

mod header;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sm3::{Digest, Sm3};

pub(super) use header::Header;

use super::Seq;
use super::codec::{compress, decompress};
use super::disk::{self, Disk, DiskFile, OpenMode, read_full};
use super::envelope::Envelope;
use super::error::{At, Part, Result, StoreError};
use super::home::Home;
use super::seal::{Sealer, fill_random};

const MAGIC: [u8; 4] = *b"zls\0";
const VERSION: u8 = 1;
const HEADER: usize = 128;
const CHUNK_HEADER: usize = 12;
const PLACE: &[u8] = b"snapshot";
/// Plain bytes gathered into a chunk.
const CHUNK: usize = 256 << 10;
/// The largest chunk that is read, so that a forged length cannot take all memory.
const MAX_CHUNK: usize = 64 << 20;
const MAX_ENVELOPE: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Meta = 1,
    Records = 2,
    Journal = 3,
    Trailer = 4,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Kind> {
        [Kind::Meta, Kind::Records, Kind::Journal, Kind::Trailer].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// One piece of a snapshot, as it is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// What the caller wanted to remember.
    Meta(Vec<u8>),
    /// Records.
    Records(Vec<(Vec<u8>, Vec<u8>)>),
    /// Journal frames.
    Journal(Vec<u8>),
}

/// The name of the snapshot as of a seq.
pub(super) fn path_of(home: &Home, applied: Seq) -> PathBuf {
    home.root().join(format!("snapshot-{applied:016x}.zls"))
}

/// The snapshots of a home, newest first.
pub(super) fn list(home: &Home) -> Result<Vec<(Seq, PathBuf)>> {
    let listed = home.disk.list(home.root()).at("read", home.root())?;
    let mut found: Vec<(Seq, PathBuf)> = listed
        .into_iter()
        .filter_map(|entry| {
            let digits = entry.name.strip_prefix("snapshot-")?.strip_suffix(".zls")?;
            Some((Seq::from_str_radix(digits, 16).ok()?, home.root().join(&entry.name)))
        })
        .collect();
    found.sort();
    found.reverse();
    Ok(found)
}

/// Writes a snapshot aside and renames it when it is complete.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    sealer: Sealer,
    file_id: [u8; 16],
    at: u64,
    chunks: u64,
    hash: Sm3,
    gathered: Vec<u8>,
    records: u64,
    frames: u64,
    finished: bool,
}

impl<'a> Writer<'a> {
    /// `header.file_id` is chosen here.
    pub(super) fn create(
        disk: &'a dyn Disk,
        path: &Path,
        sealer: Sealer,
        mut header: Header,
        envelope: &Envelope,
        meta: &[u8],
    ) -> Result<Writer<'a>> {
        fill_random(&mut header.file_id)?;
        let aside = disk::aside(path);
        let file = disk.open(&aside, OpenMode::Create).at("write", &aside)?;
        let envelope = envelope.to_bytes();
        let mut start = header.to_bytes(envelope.len() as u32).to_vec();
        start.extend_from_slice(&envelope);
        start.extend_from_slice(&crc32c::crc32c(&envelope).to_le_bytes());
        let mut writer = Writer {
            disk,
            path: path.to_owned(),
            file,
            sealer,
            file_id: header.file_id,
            at: 0,
            chunks: 0,
            hash: Sm3::new(),
            gathered: Vec::new(),
            records: 0,
            frames: 0,
            finished: false,
        };
        writer.write(&start)?;
        writer.chunk(Kind::Meta, meta)?;
        Ok(writer)
    }

    pub(super) fn record(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.gathered.extend_from_slice(&(key.len() as u16).to_le_bytes());
        self.gathered.extend_from_slice(&(value.len() as u32).to_le_bytes());
        self.gathered.extend_from_slice(key);
        self.gathered.extend_from_slice(value);
        self.records += 1;
        if self.gathered.len() >= CHUNK { self.flush(Kind::Records) } else { Ok(()) }
    }

    /// Journal frames follow after all records.
    pub(super) fn frame(&mut self, frame: &[u8]) -> Result<()> {
        if self.frames == 0 {
            self.flush(Kind::Records)?;
        }
        self.gathered.extend_from_slice(frame);
        self.frames += 1;
        if self.gathered.len() >= CHUNK { self.flush(Kind::Journal) } else { Ok(()) }
    }

    /// Writes the trailer, syncs, and gives the file its name. Gives its length in bytes.
    pub(super) fn finish(mut self) -> Result<u64> {
        let kind = if self.frames == 0 { Kind::Records } else { Kind::Journal };
        self.flush(kind)?;
        let mut trailer = self.records.to_le_bytes().to_vec();
        trailer.extend_from_slice(&self.frames.to_le_bytes());
        trailer.extend_from_slice(&self.hash.clone().finalize());
        self.chunk(Kind::Trailer, &trailer)?;
        let aside = disk::aside(&self.path);
        self.file.sync_data().at("sync", &aside)?;
        self.disk.rename(&aside, &self.path).at("rename", &aside)?;
        self.finished = true;
        disk::sync_parent(self.disk, &self.path).at("sync", &self.path)?;
        Ok(self.at)
    }

    fn flush(&mut self, kind: Kind) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let gathered = std::mem::take(&mut self.gathered);
        match kind {
            Kind::Records => {
                let packed = compress(&gathered)
                    .ok_or_else(|| StoreError::corrupt(Part::Snapshot, "the compressor gave nothing"))?;
                self.chunk(kind, &packed)?;
            }
            _ => self.chunk(kind, &gathered)?,
        }
        self.gathered = gathered;
        self.gathered.clear();
        Ok(())
    }

    fn chunk(&mut self, kind: Kind, plain: &[u8]) -> Result<()> {
        let mut out = vec![0; CHUNK_HEADER];
        self.sealer.seal_into(PLACE, &bound(&self.file_id, self.chunks, kind), plain, &mut out)?;
        let len = (out.len() - CHUNK_HEADER) as u32;
        out[0..4].copy_from_slice(&len.to_le_bytes());
        out[8] = kind as u8;
        let crc = chunk_crc(&out);
        out[4..8].copy_from_slice(&crc.to_le_bytes());
        self.hash.update(&out);
        self.chunks += 1;
        self.write(&out)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all_at(bytes, self.at).at("write", &self.path)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.disk.remove_file(&disk::aside(&self.path)); // half a snapshot is of no use
        }
    }
}

/// Reads a snapshot from its beginning. The header and the envelope are checked before any key is needed.
#[derive(Debug)]
pub(super) struct Opened {
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    pub(super) header: Header,
    pub(super) envelope: Envelope,
    start: u64,
    pub(super) size: u64,
}

impl Opened {
    /// # Errors
    /// `store.corrupt` (part: snapshot), `store.too_new`, `key.damaged`, `store.io`.
    pub(super) fn open(disk: &dyn Disk, path: &Path) -> Result<Opened> {
        let file = disk.open(path, OpenMode::Read).at("open", path)?;
        let size = file.size().at("read", path)?;
        let mut head = [0; HEADER];
        let read = read_full(&*file, &mut head, 0).at("read", path)?;
        let (header, envelope_len) = Header::parse(&head[..read])?;
        if envelope_len > MAX_ENVELOPE {
            return Err(corrupt("its envelope is too large"));
        }
        let mut envelope = vec![0; envelope_len + 4];
        let read = read_full(&*file, &mut envelope, HEADER as u64).at("read", path)?;
        let (envelope, crc) = envelope.split_at(envelope_len);
        if read < envelope_len + 4 || crc32c::crc32c(envelope).to_le_bytes() != crc {
            return Err(corrupt("its envelope is damaged"));
        }
        let envelope = Envelope::parse(envelope)?;
        if envelope.home_id()? != header.home_id {
            return Err(corrupt("its envelope belongs to another home"));
        }
        let start = (HEADER + envelope_len + 4) as u64;
        Ok(Opened { path: path.to_owned(), file, header, envelope, start, size })
    }

    /// Gives every piece to `see`, in order, and checks the trailer. Only after this returned was all of it good.
    pub(super) fn read(&self, sealer: &Sealer, mut see: impl FnMut(Piece, u64) -> Result<()>) -> Result<()> {
        let mut at = self.start;
        let mut hash = Sm3::new();
        let (mut records, mut frames) = (0u64, 0u64);
        for chunk in 0.. {
            let bytes = self.chunk_at(at)?;
            let kind = Kind::from_byte(bytes[8]).ok_or_else(|| corrupt("a piece of unknown kind"))?;
            let plain = sealer.open(PLACE, &bound(&self.header.file_id, chunk, kind), &bytes[CHUNK_HEADER..])?;
            at += bytes.len() as u64;
            let piece = match kind {
                Kind::Meta => Piece::Meta(plain),
                Kind::Records => {
                    let found = parse_records(&decompress(&plain, MAX_CHUNK).map_err(|_| corrupt("a piece"))?)?;
                    records += found.len() as u64;
                    Piece::Records(found)
                }
                Kind::Journal => {
                    frames += count_frames(&plain)?;
                    Piece::Journal(plain)
                }
                Kind::Trailer => {
                    let mut expected = records.to_le_bytes().to_vec();
                    expected.extend_from_slice(&frames.to_le_bytes());
                    expected.extend_from_slice(&hash.finalize());
                    let whole = plain == expected && at == self.size;
                    return if whole { Ok(()) } else { Err(corrupt("its trailer does not match")) };
                }
            };
            hash.update(&bytes);
            see(piece, at)?;
        }
        Err(corrupt("without an end"))
    }

    fn chunk_at(&self, at: u64) -> Result<Vec<u8>> {
        let mut head = [0; CHUNK_HEADER];
        if read_full(&*self.file, &mut head, at).at("read", &self.path)? < CHUNK_HEADER {
            return Err(corrupt("it ends too early"));
        }
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if len > MAX_CHUNK || at + (CHUNK_HEADER + len) as u64 > self.size {
            return Err(corrupt("it ends too early"));
        }
        let mut bytes = vec![0; CHUNK_HEADER + len];
        let read = read_full(&*self.file, &mut bytes, at).at("read", &self.path)?;
        if read < bytes.len() || chunk_crc(&bytes).to_le_bytes() != bytes[4..8] {
            return Err(corrupt("a wrong checksum"));
        }
        Ok(bytes)
    }
}

fn parse_records(mut bytes: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let short = || corrupt("a record is cut");
        let (lens, rest) = bytes.split_at_checked(6).ok_or_else(short)?;
        let key_len = usize::from(u16::from_le_bytes([lens[0], lens[1]]));
        let value_len = u32::from_le_bytes([lens[2], lens[3], lens[4], lens[5]]) as usize;
        let (key, rest) = rest.split_at_checked(key_len).ok_or_else(short)?;
        let (value, rest) = rest.split_at_checked(value_len).ok_or_else(short)?;
        records.push((key.to_vec(), value.to_vec()));
        bytes = rest;
    }
    Ok(records)
}

fn count_frames(bytes: &[u8]) -> Result<u64> {
    let mut count = 0;
    for frame in super::journal::frame::split(bytes) {
        frame?;
        count += 1;
    }
    Ok(count)
}

fn bound(file_id: &[u8; 16], chunk: u64, kind: Kind) -> [u8; 25] {
    let mut out = [0; 25];
    out[..16].copy_from_slice(file_id);
    out[16..24].copy_from_slice(&chunk.to_le_bytes());
    out[24] = kind as u8;
    out
}

fn chunk_crc(chunk: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&chunk[..4]), &chunk[8..])
}

fn corrupt(detail: &str) -> StoreError {
    StoreError::corrupt(Part::Snapshot, detail)
}

/// Reading the snapshot of a folder that is gone, or the like, is told apart from damage.
pub(super) fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Corrupt { .. } | StoreError::KeyDamaged(_) | StoreError::Undecodable(_) => true,
        StoreError::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}
