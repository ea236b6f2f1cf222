//! The fixed part at the beginning of a snapshot.

use super::{HEADER, MAGIC, VERSION, corrupt};
use crate::store::Seq;
use crate::store::error::{Part, Result, StoreError};

/// The fixed part of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Header {
    pub(in crate::store) home_id: [u8; 16],
    pub(in crate::store) file_id: [u8; 16],
    /// The records are as of this entry.
    pub(in crate::store) applied: Seq,
    /// The first journal frame in the file, or the next entry if there is none.
    pub(in crate::store) journal_from: Seq,
    /// The hash that this entry carries.
    pub(in crate::store) previous: [u8; 16],
}

impl Header {
    pub(super) fn to_bytes(self, envelope_len: u32) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[0..4].copy_from_slice(&MAGIC);
        out[4] = VERSION;
        out[8..24].copy_from_slice(&self.home_id);
        out[24..40].copy_from_slice(&self.file_id);
        out[40..48].copy_from_slice(&self.applied.to_le_bytes());
        out[48..56].copy_from_slice(&self.journal_from.to_le_bytes());
        out[56..72].copy_from_slice(&self.previous);
        out[72..76].copy_from_slice(&envelope_len.to_le_bytes());
        let crc = crc32c::crc32c(&out[..HEADER - 4]);
        out[HEADER - 4..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<(Header, usize)> {
        let bytes: &[u8; HEADER] = bytes.try_into().map_err(|_| corrupt("shorter than its header"))?;
        if bytes[..4] != MAGIC || crc32c::crc32c(&bytes[..HEADER - 4]).to_le_bytes() != bytes[HEADER - 4..] {
            return Err(corrupt("a broken header"));
        }
        if bytes[4] != VERSION {
            return Err(StoreError::TooNew { what: Part::Snapshot, version: bytes[4] });
        }
        let number = |from: usize, len: usize| {
            bytes[from..from + len].iter().rev().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte))
        };
        let id = |from: usize| {
            let mut id = [0; 16];
            id.copy_from_slice(&bytes[from..from + 16]);
            id
        };
        let header = Header {
            home_id: id(8),
            file_id: id(24),
            applied: number(40, 8),
            journal_from: number(48, 8),
            previous: id(56),
        };
        Ok((header, number(72, 4) as usize))
    }
}
