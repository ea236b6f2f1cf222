//! Sealing: XChaCha20-Poly1305 under a key per purpose, bound to the place where the bytes belong.
//!
//! A sealed value is `version | nonce (24) | ciphertext | tag (16)`; its additional data are the version, the place
//! and the key of the value, so that a value moved to another key, tree or file does not open. In a home that its
//! user insisted on leaving unsealed a value is `version | bytes | CRC32C (4)` over the same data: readable by anyone,
//! but a flipped byte is still seen. A sealed home never accepts an unsealed value.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sm3::Sm3;
use zeroize::Zeroizing;

use super::error::{Part, Result, StoreError};

const SEALED: u8 = 1;
const PLAIN: u8 = 2;
const NONCE: usize = 24;
const TAG: usize = 16;
const CRC: usize = 4;

/// What a key is used for. Each purpose has its own key, derived from the master key with HMAC-SM3 (GB/T 32905,
/// RFC 2104), so that no two kinds of data share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Journal entries.
    Journal,
    /// Values of the index.
    Index,
    /// The file of list rows.
    Rows,
    /// Snapshots and backups.
    Snapshot,
    /// Drafts of forms.
    Drafts,
    /// The keyed hash of identity numbers.
    Person,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Journal => "zhulian/1/journal",
            Purpose::Index => "zhulian/1/index",
            Purpose::Rows => "zhulian/1/rows",
            Purpose::Snapshot => "zhulian/1/snapshot",
            Purpose::Drafts => "zhulian/1/drafts",
            Purpose::Person => "zhulian/1/person",
        }
    }

    fn part(self) -> Part {
        match self {
            Purpose::Journal => Part::Journal,
            Purpose::Index => Part::Index,
            Purpose::Rows => Part::Rows,
            Purpose::Snapshot => Part::Snapshot,
            Purpose::Drafts => Part::Draft,
            Purpose::Person => Part::Record,
        }
    }
}

/// 32 secret bytes, wiped when dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// The keys of an open home.
#[derive(Clone)]
pub struct Keys {
    master: Secret,
    sealed: bool,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("sealed", &self.sealed).finish_non_exhaustive()
    }
}

impl Keys {
    /// The keys under a master key; `sealed: false` for a home whose user insisted on leaving it readable.
    pub fn new(master: Secret, sealed: bool) -> Keys {
        Keys { master, sealed }
    }

    /// The key of one purpose.
    pub fn derive(&self, purpose: Purpose) -> Secret {
        derive(&self.master, purpose.label())
    }

    /// The sealer of one purpose.
    pub fn sealer(&self, purpose: Purpose) -> Sealer {
        let cipher = self.sealed.then(|| XChaCha20Poly1305::new((&*self.derive(purpose)).into()));
        Sealer { cipher, purpose }
    }

    pub(crate) fn master(&self) -> &Secret {
        &self.master
    }
}

/// 32 bytes of the system's generator.
///
/// # Errors
/// `store.io` when the system has none to give.
pub fn random_secret() -> Result<Secret> {
    let mut bytes = Zeroizing::new([0; 32]);
    fill_random(&mut *bytes)?;
    Ok(bytes)
}

/// Fills bytes from the system's generator, for keys and salts.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<()> {
    use rand::TryRng;
    rand::rngs::SysRng.try_fill_bytes(bytes).map_err(|error| StoreError::Io {
        action: "read",
        path: "/dev/urandom".into(),
        source: std::io::Error::other(error.to_string()),
    })
}

pub(crate) fn derive(key: &[u8; 32], label: &str) -> Secret {
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(label.as_bytes());
    let mut out = Zeroizing::new([0; 32]);
    out.copy_from_slice(&mac.finalize().into_bytes());
    out
}

/// Seals and opens the values of one purpose. Shared between threads.
#[derive(Clone)]
pub struct Sealer {
    cipher: Option<XChaCha20Poly1305>, // wiped on drop by its crate
    purpose: Purpose,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("purpose", &self.purpose).field("sealed", &self.cipher.is_some()).finish()
    }
}

impl Sealer {
    /// Seals bytes for a place and a key within it.
    pub fn seal(&self, place: &[u8], key: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(plain.len() + self.overhead());
        self.seal_into(place, key, plain, &mut out)?;
        Ok(out)
    }

    /// Like [`Sealer::seal`], appending to a buffer.
    pub fn seal_into(&self, place: &[u8], key: &[u8], plain: &[u8], out: &mut Vec<u8>) -> Result<()> {
        match &self.cipher {
            Some(cipher) => {
                let mut nonce = [0; NONCE];
                // 192 random bits: no two values of a key's lifetime share a nonce.
                rand::rng().fill_bytes(&mut nonce);
                out.push(SEALED);
                out.extend_from_slice(&nonce);
                let start = out.len();
                out.extend_from_slice(plain);
                let tag = cipher
                    .encrypt_inout_detached(
                        &XNonce::from(nonce),
                        &additional(SEALED, place, key),
                        (&mut out[start..]).into(),
                    )
                    .map_err(|_| StoreError::TooLarge { bytes: plain.len() as u64, limit: u64::from(u32::MAX) })?;
                out.extend_from_slice(&tag);
            }
            None => {
                out.push(PLAIN);
                out.extend_from_slice(plain);
                out.extend_from_slice(&checksum(place, key, plain).to_le_bytes());
            }
        }
        Ok(())
    }

    /// Opens what [`Sealer::seal`] gave for the same place and key.
    ///
    /// # Errors
    /// `store.too_new` for an unknown version, `store.corrupt` for bytes that were changed, cut, moved from another
    /// place or sealed under another key.
    pub fn open(&self, place: &[u8], key: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let corrupt = |detail: &str| StoreError::corrupt(self.purpose.part(), detail);
        let (&version, rest) = sealed.split_first().ok_or_else(|| corrupt("an empty value"))?;
        match (&self.cipher, version) {
            (Some(cipher), SEALED) => {
                if rest.len() < NONCE + TAG {
                    return Err(corrupt("a value shorter than its seal"));
                }
                let (nonce, rest) = rest.split_at(NONCE);
                let (text, tag) = rest.split_at(rest.len() - TAG);
                let mut plain = text.to_vec();
                let nonce = XNonce::try_from(nonce).expect("split at its length");
                let tag = Tag::try_from(tag).expect("split at its length");
                cipher
                    .decrypt_inout_detached(&nonce, &additional(SEALED, place, key), plain.as_mut_slice().into(), &tag)
                    .map_err(|_| corrupt("a broken seal"))?;
                Ok(plain)
            }
            (None, PLAIN) => {
                if rest.len() < CRC {
                    return Err(corrupt("a value shorter than its checksum"));
                }
                let (plain, crc) = rest.split_at(rest.len() - CRC);
                if crc != checksum(place, key, plain).to_le_bytes() {
                    return Err(corrupt("a wrong checksum"));
                }
                Ok(plain.to_vec())
            }
            (_, SEALED | PLAIN) => Err(corrupt("a value of another way of sealing")),
            _ => Err(StoreError::TooNew { what: self.purpose.part(), version }),
        }
    }

    /// Bytes that sealing adds.
    pub fn overhead(&self) -> usize {
        if self.cipher.is_some() { 1 + NONCE + TAG } else { 1 + CRC }
    }
}

/// A number that stands for a stored value in a sum over all of them: the tag of its seal, which no other value
/// shares, or its checksum and key where it is unsealed.
pub(crate) fn fingerprint(key: &[u8], stored: &[u8]) -> u128 {
    if stored.first() == Some(&SEALED)
        && let Some(tag) = stored.last_chunk::<TAG>()
    {
        return u128::from_le_bytes(*tag);
    }
    let low = u64::from(crc32c::crc32c(stored)) << 32 | u64::from(crc32c::crc32c(key));
    let high = u64::from(crc32c::crc32c_append(0x5a5a_5a5a, stored)) << 32 | stored.len() as u64;
    // Odd multipliers (splitmix64) spread the checksums, so that sums of different sets differ.
    u128::from(low.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(high.wrapping_mul(0xbf58_476d_1ce4_e5b9))
}

fn additional(version: u8, place: &[u8], key: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 + place.len() + key.len());
    // The length keeps ("ab", "c") apart from ("a", "bc"); places are short constants.
    out.extend_from_slice(&[version, place.len() as u8]);
    out.extend_from_slice(place);
    out.extend_from_slice(key);
    out
}

fn checksum(place: &[u8], key: &[u8], plain: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&additional(PLAIN, place, key)), plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Explain;

    fn sealers() -> [Sealer; 2] {
        [true, false].map(|sealed| Keys::new(Zeroizing::new([7; 32]), sealed).sealer(Purpose::Index))
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_place() {
        for sealer in sealers() {
            for len in [0, 1, 64, 5000] {
                let plain = vec![b'x'; len];
                let sealed = sealer.seal(b"tree", b"key", &plain).unwrap();
                assert_eq!(sealed.len(), len + sealer.overhead());
                assert_eq!(sealer.open(b"tree", b"key", &sealed).unwrap(), plain);
                for (place, key) in [("tree", "kex"), ("trek", "key"), ("treek", "ey"), ("", "treekey")] {
                    let code = sealer.open(place.as_bytes(), key.as_bytes(), &sealed).unwrap_err();
                    assert_eq!(code.code(), "store.corrupt", "{place}/{key}");
                }
            }
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        for sealer in sealers() {
            let sealed = sealer.seal(b"p", b"k", "低保".as_bytes()).unwrap();
            for bit in 0..sealed.len() * 8 {
                let mut bad = sealed.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert!(sealer.open(b"p", b"k", &bad).is_err(), "bit {bit}");
            }
            for len in 0..sealed.len() {
                assert!(sealer.open(b"p", b"k", &sealed[..len]).is_err(), "cut to {len}");
            }
        }
    }

    #[test]
    fn a_sealed_home_takes_no_unsealed_value() {
        let [sealed, plain] = sealers();
        let value = plain.seal(b"p", b"k", b"forged").unwrap();
        assert_eq!(sealed.open(b"p", b"k", &value).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn purposes_do_not_share_keys() {
        let keys = Keys::new(Zeroizing::new([7; 32]), true);
        assert_ne!(keys.derive(Purpose::Index), keys.derive(Purpose::Journal));
        let value = keys.sealer(Purpose::Journal).seal(b"p", b"k", b"x").unwrap();
        assert!(keys.sealer(Purpose::Index).open(b"p", b"k", &value).is_err());
    }
}
