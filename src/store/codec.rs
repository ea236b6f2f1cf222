//! Values as bytes: a version byte, then MessagePack with field names, compressed when that pays.
//!
//! Self-describing on purpose: an old program skips the fields of a newer one, and a record type that flattens the
//! rest into a map keeps them. The first byte holds the version in its low four bits and flags in its high four.

use std::cell::RefCell;

use serde::{Serialize, de::DeserializeOwned};

use super::error::{Part, Result, StoreError};

/// The version of the encoding.
const VERSION: u8 = 1;
const COMPRESSED: u8 = 0x10;
const KNOWN_FLAGS: u8 = COMPRESSED;
/// Below this size compression costs more than it gives.
const WORTH_COMPRESSING: usize = 128;
/// zstd's fast end: records are written once and read often, and level 1 is within 5% of level 3 on them.
const LEVEL: i32 = 1;

/// What [`decode`] accepts at most after decompression, in bytes. A record is a few KiB; this only stops a forged one.
pub const MAX_DECODED: usize = 32 << 20;

/// Encodes a value.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    encode_packed(value).map(compress_tail)
}

/// Encodes a value most of whose bytes come from [`encode`] already: compressing them again would only take time.
pub fn encode_packed<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = vec![VERSION];
    rmp_serde::encode::write_named(&mut bytes, value).map_err(|error| StoreError::Undecodable(error.to_string()))?;
    Ok(bytes)
}

/// Encodes a value without field names: smaller and faster to read, but only for files that are built anew when the
/// shape of the value changes.
pub fn encode_positional<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = vec![VERSION];
    rmp_serde::encode::write(&mut bytes, value).map_err(|error| StoreError::Undecodable(error.to_string()))?;
    Ok(compress_tail(bytes))
}

/// Decodes what [`encode`] or [`encode_positional`] gave.
///
/// # Errors
/// `store.too_new` for a version or flag that this program does not know, `store.too_large` above [`MAX_DECODED`],
/// `store.undecodable` for everything else.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    decode_within(bytes, MAX_DECODED)
}

/// Decodes with a limit in bytes of its own, for bytes from outside.
pub fn decode_within<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T> {
    let (&first, rest) = bytes.split_first().ok_or_else(|| StoreError::Undecodable("empty".into()))?;
    if first & 0x0f != VERSION || first & 0xf0 & !KNOWN_FLAGS != 0 {
        return Err(StoreError::TooNew { what: Part::Record, version: first });
    }
    let undecodable = |error: rmp_serde::decode::Error| StoreError::Undecodable(error.to_string());
    if first & COMPRESSED == 0 {
        if rest.len() > limit {
            return Err(StoreError::TooLarge { bytes: rest.len() as u64, limit: limit as u64 });
        }
        from_messagepack(rest).map_err(undecodable)
    } else {
        from_messagepack(&decompress(rest, limit)?).map_err(undecodable)
    }
}

/// How deep lists and maps may stand in each other. Records need about a dozen; reading one level takes some KiB of the
/// stack, so a few forged bytes could otherwise end the process, which no `catch_unwind` prevents.
const DEPTH: usize = 64;

/// Reads MessagePack from outside, without a version byte.
///
/// # Errors
/// For anything that is no such value, and for one that is nested deeper than any record.
pub fn from_messagepack<'a, T: serde::Deserialize<'a>>(
    bytes: &'a [u8],
) -> std::result::Result<T, rmp_serde::decode::Error> {
    let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
    reader.set_max_depth(DEPTH);
    T::deserialize(&mut reader)
}

/// Compresses bytes as zstd at the store's level.
pub(crate) fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        // A fresh compressor for each record would cost more than the compression.
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Compressor::new(LEVEL).ok();
        }
        slot.as_mut()?.compress(bytes).ok()
    })
}

/// Decompresses zstd bytes whose stated size is at most `limit`.
pub(crate) fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let broken = || StoreError::Undecodable("not a zstd frame".into());
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().ok_or_else(broken)?;
    if size > limit as u64 {
        return Err(StoreError::TooLarge { bytes: size, limit: limit as u64 });
    }
    DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Decompressor::new().ok();
        }
        let decompressor = slot.as_mut().ok_or_else(broken)?;
        let plain = decompressor.decompress(bytes, size as usize).map_err(|_| broken())?;
        if plain.len() as u64 == size { Ok(plain) } else { Err(broken()) }
    })
}

/// Compresses all but the first byte if that saves at least a sixteenth.
fn compress_tail(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() < WORTH_COMPRESSING {
        return bytes;
    }
    match compress(&bytes[1..]) {
        Some(small) if small.len() + bytes.len() / 16 < bytes.len() => {
            let mut out = Vec::with_capacity(small.len() + 1);
            out.push(VERSION | COMPRESSED);
            out.extend_from_slice(&small);
            out
        }
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Old {
        name: String,
        #[serde(flatten)]
        rest: serde_json::Map<String, serde_json::Value>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct New {
        name: String,
        floor: u8,
    }

    #[test]
    fn values_come_back() {
        for len in [0, 1, 100, 127, 128, 5_000, 100_000] {
            let value = vec!["上岙村".to_string(); len / 10 + 1];
            let bytes = encode(&value).unwrap();
            assert_eq!(decode::<Vec<String>>(&bytes).unwrap(), value, "{len}");
            assert_eq!(decode::<Vec<String>>(&encode_packed(&value).unwrap()).unwrap(), value, "{len}");
            assert_eq!(bytes[0] & COMPRESSED != 0, bytes.len() < rmp_serde::to_vec_named(&value).unwrap().len());
        }
    }

    #[test]
    fn an_old_program_keeps_the_fields_of_a_new_one() {
        let new = New { name: "张淑芬".into(), floor: 3 };
        let old: Old = decode(&encode(&new).unwrap()).unwrap();
        assert_eq!(decode::<New>(&encode(&old).unwrap()).unwrap(), new);
    }

    #[test]
    fn foreign_bytes_are_refused_with_a_code() {
        use crate::i18n::Explain;
        let bomb = {
            let mut bytes = vec![VERSION | COMPRESSED];
            bytes.extend(compress(&vec![0; 40 << 20]).unwrap());
            bytes
        };
        // Read as a map whose fields are buffered, where each level costs the most.
        let deep = [&[VERSION][..], &[0x81, 0xa1, b'a'].repeat(100_000)].concat();
        assert_eq!(decode::<Old>(&deep).unwrap_err().code(), "store.undecodable");
        let good = encode(&vec!["很长的文字".to_string(); 100]).unwrap();
        let mut cut = good.clone();
        cut.truncate(good.len() / 2);
        let cases: [(&[u8], &str); 6] = [
            (&[], "store.undecodable"),
            (&[2, 0xc0], "store.too_new"),
            (&[0x21, 0xc0], "store.too_new"),
            (&[1, 0xc1], "store.undecodable"),
            (&bomb, "store.too_large"),
            (&cut, "store.undecodable"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                decode::<Vec<String>>(bytes).unwrap_err().code(),
                expected,
                "{:?}",
                &bytes[..bytes.len().min(8)]
            );
        }
    }
}
