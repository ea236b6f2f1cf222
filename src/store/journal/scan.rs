//! Reading a segment from its beginning: which frames are whole, where it ends, and what is damaged.

use std::io;

use super::frame::{FRAME_HEADER, FrameHeader, Hash, Parsed, Role, SEGMENT_HEADER, crc_of, hash_of};
use crate::store::Seq;
use crate::store::disk::{DiskFile, read_full};

/// Bytes read ahead.
const WINDOW: usize = 256 << 10;
/// After damage, a frame is believed to be the continuation only if its number is at most this far ahead.
const MAX_GAP: u64 = 1 << 24;

/// What a scan found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Offset of each entry from the segment's first seq on; `None` for one that is lost.
    pub(crate) offsets: Vec<Option<u64>>,
    /// The offset after the last whole frame.
    pub(crate) end: u64,
    /// The hash of the last whole frame; `None` when there is no frame.
    pub(crate) last_hash: Option<Hash>,
    /// Whole entries that are damaged in the middle: (first, last) seq lost.
    pub(crate) holes: Vec<(Seq, Seq)>,
    /// Bytes after `end` that are neither a frame nor zeros: how many, up to the last that is not zero.
    pub(crate) torn: u64,
    /// Where a group begins that is unfinished, or that is the last thing written and has a hole: its offset and seq.
    /// A group is written before it is synced, so a power cut may keep its later frames and lose earlier ones. Only
    /// something written behind the group proves that it was synced.
    pub(crate) open_group: Option<(u64, Seq)>,
    /// Whether the group has a hole, and its closing frame was seen.
    doubtful: bool,
    closed: bool,
    /// A frame of a newer version stopped the scan.
    pub(crate) too_new: Option<u8>,
    /// The first seq whose previous hash is not the hash of the frame before it (only when the chain was checked).
    pub(crate) broken_chain: Option<Seq>,
}

/// Scans a segment that begins with `first`. With `chain` set it also computes every hash and compares it, starting
/// from that value; without, only checksums and numbers are checked, and the last frame is hashed.
pub(crate) fn scan(file: &dyn DiskFile, first: Seq, chain: Option<Hash>) -> io::Result<Scan> {
    let size = file.size()?;
    let mut reader = Reader { file, size, window: Vec::new(), at: 0 };
    let mut found = Scan { end: SEGMENT_HEADER as u64, ..Scan::default() };
    let mut hash = chain;
    let mut next = first;
    let mut offset = SEGMENT_HEADER as u64;
    let mut last_frame = None;
    loop {
        match reader.frame(offset, next..=next)? {
            Seen::Frame(header, frame) => {
                let broken = hash.is_some_and(|hash| hash != header.previous);
                if broken && found.broken_chain.is_none() {
                    found.broken_chain = Some(next);
                }
                hash = chain.map(|_| hash_of(frame));
                found.push(&header, offset);
                last_frame = Some((offset, header.frame_len()));
                next += 1;
                offset = found.end;
            }
            Seen::End => break,
            Seen::TooNew(version) => {
                found.too_new = Some(version);
                break;
            }
            Seen::Bad => match reader.resume_after(offset, next)? {
                Some((at, seq, role)) => {
                    found.hole(next, seq, role);
                    hash = None; // the lost frame is the one that the next hash is of
                    next = seq;
                    offset = at;
                }
                None => {
                    found.torn = reader.last_nonzero(found.end)? - found.end;
                    break;
                }
            },
        }
    }
    if let Some((at, len)) = last_frame {
        found.last_hash = Some(hash_of(reader.bytes(at, len)?));
    }
    Ok(found)
}

impl Scan {
    /// Where the part begins that was perhaps never acknowledged, if it has damage in it.
    pub(crate) fn doubtful_group(&self) -> Option<(u64, Seq)> {
        self.open_group.filter(|_| self.doubtful)
    }

    fn push(&mut self, header: &FrameHeader, offset: u64) {
        if self.closed {
            // This was written after the group was synced.
            self.end_group();
        }
        self.offsets.push(Some(offset));
        self.end = offset + header.frame_len() as u64;
        match header.role {
            Role::Member => {
                self.open_group.get_or_insert((offset, header.seq));
            }
            Role::Closing if self.doubtful => self.closed = true,
            Role::Single | Role::Closing => self.end_group(),
        }
    }

    /// Notes that the entries from `next` up to `seq`, which has this role, are lost.
    fn hole(&mut self, next: Seq, seq: Seq, role: Role) {
        if self.closed || role == Role::Single {
            self.end_group();
        }
        if role != Role::Single {
            self.open_group.get_or_insert((self.end, next));
            self.doubtful = true;
        }
        self.holes.push((next, seq - 1));
        self.offsets.resize(self.offsets.len() + (seq - next) as usize, None);
    }

    fn end_group(&mut self) {
        self.open_group = None;
        self.doubtful = false;
        self.closed = false;
    }
}

enum Seen<'a> {
    Frame(FrameHeader, &'a [u8]),
    End,
    TooNew(u8),
    Bad,
}

struct Reader<'a> {
    file: &'a dyn DiskFile,
    size: u64,
    window: Vec<u8>,
    at: u64,
}

impl Reader<'_> {
    /// The bytes `offset..offset + len`, fewer at the end of the file.
    fn bytes(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let end = (offset + len as u64).min(self.size).max(offset);
        if offset < self.at || end > self.at + self.window.len() as u64 {
            let wanted = ((end - offset) as usize).max(WINDOW).min(self.size.saturating_sub(offset) as usize);
            self.window.resize(wanted, 0);
            let read = read_full(self.file, &mut self.window, offset)?;
            self.window.truncate(read);
            self.at = offset;
        }
        let start = ((offset - self.at) as usize).min(self.window.len());
        let stop = (start + (end - offset) as usize).min(self.window.len());
        Ok(&self.window[start..stop])
    }

    /// Looks for a whole frame at an offset whose number is in `seqs`.
    fn frame(&mut self, offset: u64, seqs: std::ops::RangeInclusive<Seq>) -> io::Result<Seen<'_>> {
        let head = self.bytes(offset, FRAME_HEADER)?;
        let Some(head) = head.first_chunk::<FRAME_HEADER>().copied() else {
            let blank = head.iter().all(|b| *b == 0);
            return Ok(if blank { Seen::End } else { Seen::Bad });
        };
        match FrameHeader::parse(&head) {
            Parsed::Nothing if self.last_nonzero(offset)? == offset => Ok(Seen::End),
            Parsed::Nothing | Parsed::Bad => Ok(Seen::Bad),
            Parsed::TooNew(version) => {
                let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
                let crc = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
                let frame = self.bytes(offset, FRAME_HEADER + len)?;
                let whole = frame.len() == FRAME_HEADER + len && crc_of(frame) == crc;
                Ok(if whole { Seen::TooNew(version) } else { Seen::Bad })
            }
            Parsed::Frame(header) => {
                if !seqs.contains(&header.seq) {
                    return Ok(Seen::Bad);
                }
                let frame = self.bytes(offset, header.frame_len())?;
                let whole = frame.len() == header.frame_len() && crc_of(frame) == header.crc;
                Ok(if whole { Seen::Frame(header, frame) } else { Seen::Bad })
            }
        }
    }

    /// The next whole frame after a damaged one, with its number and role.
    fn resume_after(&mut self, offset: u64, expected: Seq) -> io::Result<Option<(u64, Seq, Role)>> {
        let mut at = offset + 1;
        while at + FRAME_HEADER as u64 <= self.size {
            let stretch = self.bytes(at, WINDOW)?;
            let candidate = stretch.windows(FRAME_HEADER).position(|head| {
                let head = head.first_chunk().expect("a window of this length");
                matches!(FrameHeader::parse(head), Parsed::Frame(header)
                    if header.seq > expected && header.seq - expected < MAX_GAP)
            });
            match candidate {
                Some(skip) => {
                    at += skip as u64;
                    let seqs = expected + 1..=expected + MAX_GAP;
                    if let Seen::Frame(header, _) = self.frame(at, seqs)? {
                        return Ok(Some((at, header.seq, header.role)));
                    }
                    at += 1;
                }
                None => at += (stretch.len() - FRAME_HEADER + 1) as u64,
            }
        }
        Ok(None)
    }

    /// The offset after the last byte that is not zero, at least `from`.
    fn last_nonzero(&mut self, from: u64) -> io::Result<u64> {
        let mut last = from;
        let mut at = from;
        while at < self.size {
            let stretch = self.bytes(at, WINDOW)?;
            if stretch.is_empty() {
                break;
            }
            if let Some(position) = stretch.iter().rposition(|b| *b != 0) {
                last = at + position as u64 + 1;
            }
            at += stretch.len() as u64;
        }
        Ok(last)
    }
}
