//! Reading entries, and checking all of them.

use std::sync::Arc;

use super::frame::{FRAME_HEADER, FrameHeader, Hash, Parsed, crc_of, hash_of, open_frame};
use super::scan::scan;
use super::{Journal, Segment};
use crate::store::Seq;
use crate::store::disk::read_full;
use crate::store::error::{At, Part, Result, StoreError};
use crate::store::report::Finding;

/// Entries from a seq on, in order. See [`Journal::entries_from`].
#[derive(Debug)]
pub struct Entries<'a> {
    journal: &'a Journal,
    next: Seq,
}

impl Iterator for Entries<'_> {
    type Item = Result<(Seq, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        let seq = self.next;
        if seq > self.journal.last_seq() {
            return None;
        }
        self.next += 1;
        Some(self.journal.entry(seq).map(|plain| (seq, plain)))
    }
}

impl Journal {
    /// One entry.
    ///
    /// # Errors
    /// `store.no_such_entry` outside of what the journal holds, `store.corrupt` for an entry that was lost to damage.
    pub fn entry(&self, seq: Seq) -> Result<Vec<u8>> {
        let (header, frame) = self.frame(seq)?;
        open_frame(&self.sealer, &header, &frame)
    }

    /// The entries from `seq` on (or from the oldest, if that is newer). A damaged one is an `Err` item, and the
    /// iteration goes on behind it.
    pub fn entries_from(&self, seq: Seq) -> Entries<'_> {
        Entries { journal: self, next: seq.max(self.first_seq()) }
    }

    /// The chain hash of one entry.
    pub fn entry_hash(&self, seq: Seq) -> Result<[u8; 16]> {
        Ok(hash_of(&self.frame(seq)?.1))
    }

    /// A whole frame as it lies in the file, for a backup.
    pub(crate) fn frame(&self, seq: Seq) -> Result<(FrameHeader, Vec<u8>)> {
        let segment = self.segment_of(seq).ok_or(StoreError::NoSuchEntry(seq))?;
        let lost = || StoreError::corrupt(Part::Journal, format!("entry {seq}"));
        let offset = self.offset(&segment, seq)?.ok_or_else(lost)?;
        let mut head = [0; FRAME_HEADER];
        read_full(&*segment.file, &mut head, offset).at("read", &segment.path)?;
        let Parsed::Frame(header) = FrameHeader::parse(&head) else { return Err(lost()) };
        let mut frame = vec![0; header.frame_len()];
        let read = read_full(&*segment.file, &mut frame, offset).at("read", &segment.path)?;
        if read < frame.len() || crc_of(&frame) != header.crc || header.seq != seq {
            return Err(lost());
        }
        Ok((header, frame))
    }

    /// Reads the whole journal: checksums, seals, numbers and the chain of hashes. `progress` is told how many of how
    /// many segments are done.
    pub fn verify(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<Finding>> {
        let segments: Vec<Arc<Segment>> = self.layout().segments.values().cloned().collect();
        let end = self.last_seq() + 1;
        let mut findings = Vec::new();
        let mut chain: Option<Hash> = None;
        for (at, segment) in segments.iter().enumerate() {
            progress(at, segments.len());
            let first = segment.header.first;
            let next_first = segments.get(at + 1).map_or(end, |next| next.header.first);
            let expected = chain.unwrap_or(segment.header.previous);
            // A segment that is being written may grow behind `end`; what is there is not acknowledged yet.
            let found = scan(&*segment.file, first, Some(expected)).at("read", &segment.path)?;
            for (from, to) in found.holes {
                findings.push(Finding::EntriesLost { first: from, last: to, kept: None });
            }
            let scanned = first + found.offsets.len() as u64;
            if scanned < next_first {
                findings.push(Finding::EntriesLost { first: scanned, last: next_first - 1, kept: None });
            }
            let mut broken = found.broken_chain.filter(|seq| *seq < end);
            for seq in first..next_first.min(scanned) {
                let offset = found.offsets.get((seq - first) as usize).copied().flatten();
                if offset.is_some() && self.entry(seq).is_err() {
                    broken = Some(broken.map_or(seq, |other| other.min(seq)));
                }
            }
            if let Some(seq) = broken {
                findings.push(Finding::ChainBroken { seq });
            }
            chain = if scanned >= next_first { found.last_hash.or(Some(expected)) } else { None };
        }
        progress(segments.len(), segments.len());
        Ok(findings)
    }

    /// Bytes of all segments.
    pub fn disk_bytes(&self) -> u64 {
        self.layout().segments.values().map(|segment| segment.file.size().unwrap_or(0)).sum()
    }

    fn segment_of(&self, seq: Seq) -> Option<Arc<Segment>> {
        let layout = self.layout();
        if seq >= layout.next {
            return None;
        }
        layout.segments.range(..=seq).next_back().map(|(_, segment)| segment.clone())
    }

    fn offset(&self, segment: &Segment, seq: Seq) -> Result<Option<u64>> {
        let mut offsets = segment.offsets.lock().unwrap_or_else(|p| p.into_inner());
        let known = match offsets.take() {
            Some(known) => known,
            None => scan(&*segment.file, segment.header.first, None).at("read", &segment.path)?.offsets,
        };
        let known = offsets.insert(known);
        Ok(known.get((seq - segment.header.first) as usize).copied().flatten())
    }
}
