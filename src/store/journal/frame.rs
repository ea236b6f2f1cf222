//! The bytes of a segment: a header, then frames, then zeros.
//!
//! ```text
//! segment header (64)   magic 4 | version 1 | 0 ×3 | home id 16 | first seq 8 | previous hash 16 | 0 ×12 | crc32c 4
//! frame header (40)     length 4 | crc32c 4 | version 1 | flags 1 | 0 ×6 | seq 8 | previous hash 16
//! frame payload         sealed bytes, bound to seq, previous hash and flags
//! ```
//! Numbers are little-endian. The CRC of a frame covers its length, the header after the CRC, and the payload.
//! Each frame carries the SM3 hash (first 16 bytes) of the frame before it, so entries cannot be dropped, swapped or
//! taken from another journal unseen. 128 bits are enough here: whoever lacks the key needs a second preimage (2^128);
//! a collision (2^64) helps only the owner of the key, who can write what they like anyway.

use sm3::{Digest, Sm3};

use crate::store::Seq;
use crate::store::error::{Part, Result, StoreError};
use crate::store::seal::Sealer;

/// The hash that chains frames.
pub(crate) type Hash = [u8; 16];

/// Bytes before the first frame of a segment.
pub(crate) const SEGMENT_HEADER: usize = 64;
/// Bytes before a frame's payload.
pub(crate) const FRAME_HEADER: usize = 40;
/// The largest payload of a frame, in bytes.
pub(crate) const MAX_PAYLOAD: usize = 16 << 20;
/// The version of segments and frames.
pub(crate) const VERSION: u8 = 1;

const MAGIC: [u8; 4] = *b"zlj\0";
const PLACE: &[u8] = b"journal";

/// How a frame stands to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// An entry of its own.
    Single = 0,
    /// One of a group, and not its last: effective only if the group's last frame is there.
    Member = 1,
    /// The last of a group; makes all of it effective.
    Closing = 2,
}

impl Role {
    fn from_byte(byte: u8) -> Option<Role> {
        [Role::Single, Role::Member, Role::Closing].into_iter().find(|role| *role as u8 == byte)
    }
}

/// What a segment says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) home_id: [u8; 16],
    pub(crate) first: Seq,
    pub(crate) previous: Hash,
}

impl SegmentHeader {
    pub(crate) fn to_bytes(self) -> [u8; SEGMENT_HEADER] {
        let mut out = [0; SEGMENT_HEADER];
        out[0..4].copy_from_slice(&MAGIC);
        out[4] = VERSION;
        out[8..24].copy_from_slice(&self.home_id);
        out[24..32].copy_from_slice(&self.first.to_le_bytes());
        out[32..48].copy_from_slice(&self.previous);
        let crc = crc32c::crc32c(&out[..60]);
        out[60..64].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// # Errors
    /// `store.too_new` for another version with a good checksum, `store.corrupt` otherwise.
    pub(crate) fn parse(bytes: &[u8]) -> Result<SegmentHeader> {
        let corrupt = |detail: &str| StoreError::corrupt(Part::Journal, detail);
        let bytes: &[u8; SEGMENT_HEADER] =
            bytes.first_chunk().ok_or_else(|| corrupt("a segment shorter than its header"))?;
        if crc32c::crc32c(&bytes[..60]) != u32_at(bytes, 60) || bytes[..4] != MAGIC {
            return Err(corrupt("a broken segment header"));
        }
        if bytes[4] != VERSION {
            return Err(StoreError::TooNew { what: Part::Journal, version: bytes[4] });
        }
        Ok(SegmentHeader { home_id: array_at(bytes, 8), first: u64_at(bytes, 24), previous: array_at(bytes, 32) })
    }
}

/// The fixed part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) len: u32,
    pub(crate) crc: u32,
    pub(crate) role: Role,
    pub(crate) seq: Seq,
    pub(crate) previous: Hash,
}

/// What stands at an offset, as far as its header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A header that may be right; the CRC is still to be checked.
    Frame(FrameHeader),
    /// Zeros: nothing was written here.
    Nothing,
    /// A frame of a newer version.
    TooNew(u8),
    /// Anything else.
    Bad,
}

impl FrameHeader {
    pub(crate) fn parse(bytes: &[u8; FRAME_HEADER]) -> Parsed {
        if bytes.iter().all(|b| *b == 0) {
            return Parsed::Nothing;
        }
        let len = u32_at(bytes, 0);
        let plausible = len > 0 && len as usize <= MAX_PAYLOAD && bytes[10..16] == [0; 6];
        match Role::from_byte(bytes[9]) {
            Some(role) if plausible && bytes[8] == VERSION => Parsed::Frame(FrameHeader {
                len,
                crc: u32_at(bytes, 4),
                role,
                seq: u64_at(bytes, 16),
                previous: array_at(bytes, 24),
            }),
            _ if plausible && bytes[8] > VERSION => Parsed::TooNew(bytes[8]),
            _ => Parsed::Bad,
        }
    }

    pub(crate) fn frame_len(&self) -> usize {
        FRAME_HEADER + self.len as usize
    }
}

/// Seals an entry into a frame and appends it to `out`; returns the hash for the next frame.
pub(crate) fn write_frame(
    sealer: &Sealer,
    role: Role,
    seq: Seq,
    previous: &Hash,
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<Hash> {
    let limit = MAX_PAYLOAD - sealer.overhead();
    if plain.len() > limit {
        return Err(StoreError::TooLarge { bytes: plain.len() as u64, limit: limit as u64 });
    }
    let start = out.len();
    out.resize(start + FRAME_HEADER, 0);
    sealer.seal_into(PLACE, &bound(role, seq, previous), plain, out)?;
    let frame = &mut out[start..];
    let len = (frame.len() - FRAME_HEADER) as u32;
    frame[0..4].copy_from_slice(&len.to_le_bytes());
    frame[8] = VERSION;
    frame[9] = role as u8;
    frame[16..24].copy_from_slice(&seq.to_le_bytes());
    frame[24..40].copy_from_slice(previous);
    let crc = crc_of(frame);
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
    Ok(hash_of(frame))
}

/// Opens the payload of a whole frame whose header was parsed.
pub(crate) fn open_frame(sealer: &Sealer, header: &FrameHeader, frame: &[u8]) -> Result<Vec<u8>> {
    sealer.open(PLACE, &bound(header.role, header.seq, &header.previous), &frame[FRAME_HEADER..])
}

/// The CRC of a whole frame.
pub(crate) fn crc_of(frame: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&frame[0..4]), &frame[8..])
}

/// The chain hash of a whole frame.
pub(crate) fn hash_of(frame: &[u8]) -> Hash {
    let mut hash = Sm3::new();
    hash.update(frame);
    first16(&hash.finalize())
}

/// The hash before the first frame of a home.
pub(crate) fn genesis(home_id: &[u8; 16]) -> Hash {
    let mut hash = Sm3::new();
    hash.update(b"zhulian journal");
    hash.update(home_id);
    first16(&hash.finalize())
}

fn bound(role: Role, seq: Seq, previous: &Hash) -> [u8; 25] {
    let mut out = [0; 25];
    out[0] = role as u8;
    out[1..9].copy_from_slice(&seq.to_le_bytes());
    out[9..25].copy_from_slice(previous);
    out
}

fn first16(bytes: &[u8]) -> Hash {
    let mut out = [0; 16];
    out.copy_from_slice(&bytes[..16]);
    out
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

/// Splits bytes that hold whole frames one after the other, checking their CRCs.
pub(crate) fn split(mut bytes: &[u8]) -> impl Iterator<Item = Result<(FrameHeader, &[u8])>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let parsed = bytes.first_chunk::<FRAME_HEADER>().map(FrameHeader::parse);
        let whole = match parsed {
            Some(Parsed::Frame(header)) => bytes
                .split_at_checked(header.frame_len())
                .filter(|(frame, _)| crc_of(frame) == header.crc)
                .map(|(frame, rest)| (header, frame, rest)),
            _ => None,
        };
        match whole {
            Some((header, frame, rest)) => {
                bytes = rest;
                Some(Ok((header, frame)))
            }
            None => {
                bytes = &[];
                Some(Err(StoreError::corrupt(Part::Journal, "a frame in a backup")))
            }
        }
    })
}
