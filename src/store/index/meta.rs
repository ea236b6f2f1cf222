//! What an index knows about itself: written in the same batch as the records, so it is always true or absent.

use crate::store::Seq;
use crate::store::seal::fingerprint;

/// The key of the index's own record; keys of others never begin with 0.
pub(super) const META_KEY: &[u8] = b"\0meta";

const LEN: usize = 8 + 8 + 8 + 16;

/// Sums over all records. The digest is the sum of the records' fingerprints (mod 2^128): it changes with every put
/// and delete, needs only the old and the new value, and shows records that were lost, brought back or replaced by an
/// older version, each of which has a good seal of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) applied: Seq,
    pub(super) records: u64,
    pub(super) live_bytes: u64,
    pub(super) digest: u128,
}

impl Meta {
    pub(super) fn add(&mut self, key: &[u8], stored: &[u8]) {
        self.records += 1;
        self.live_bytes += (key.len() + stored.len()) as u64;
        self.digest = self.digest.wrapping_add(fingerprint(key, stored));
    }

    pub(super) fn remove(&mut self, key: &[u8], stored: &[u8]) {
        self.records = self.records.saturating_sub(1);
        self.live_bytes = self.live_bytes.saturating_sub((key.len() + stored.len()) as u64);
        self.digest = self.digest.wrapping_sub(fingerprint(key, stored));
    }

    pub(super) fn to_bytes(self) -> [u8; LEN] {
        let mut out = [0; LEN];
        out[0..8].copy_from_slice(&self.applied.to_le_bytes());
        out[8..16].copy_from_slice(&self.records.to_le_bytes());
        out[16..24].copy_from_slice(&self.live_bytes.to_le_bytes());
        out[24..40].copy_from_slice(&self.digest.to_le_bytes());
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Meta> {
        let bytes: &[u8; LEN] = bytes.try_into().ok()?;
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(word)
        };
        Some(Meta {
            applied: word(0),
            records: word(8),
            live_bytes: word(16),
            digest: u128::from(word(24)) | u128::from(word(32)) << 64,
        })
    }
}
