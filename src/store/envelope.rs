//! The key envelope: how the master key lies on the disk.
//!
//! `key.json` holds the master key wrapped by a key that comes from a passphrase (Argon2id, RFC 9106) or from a key
//! file; in a home left unsealed it holds the key itself, and says so. A second copy lies in `journal/`, because a
//! lost envelope loses everything. The checksum tells a damaged envelope from a wrong passphrase.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::disk::{self, Disk};
use super::error::{At, Part, Result, StoreError};
use super::home::Home;
use super::seal::{Keys, Purpose, Secret, fill_random, random_secret};

/// The least number of characters of a passphrase; a Chinese character counts as two.
pub const MIN_PASSPHRASE: usize = 8;

const FORMAT: u8 = 1;
/// No envelope is larger; anything above is not one.
const MAX_BYTES: u64 = 64 << 10;

/// A passphrase, wiped when dropped. Full-width and half-width forms are the same passphrase (NFKC), so that an input
/// method left on does not lock anyone out.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed.
    pub fn new(typed: &str) -> Passphrase {
        Passphrase(Zeroizing::new(typed.nfkc().collect()))
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// The cost of turning a passphrase into a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kdf {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 64.
    pub passes: u32,
}

impl Default for Kdf {
    /// 64 MiB, three passes, one lane: RFC 9106's choice for machines with little memory, on one core.
    fn default() -> Kdf {
        Kdf { memory_kib: 64 << 10, passes: 3 }
    }
}

/// How a new home keeps its key.
#[derive(Debug, Clone)]
pub enum KeyMode {
    /// Wrapped by a passphrase.
    Passphrase(Passphrase, Kdf),
    /// Wrapped by a random key in the file `keyfile` (mode 0600): for the demo and for unattended hosts.
    KeyFile,
    /// In the open: whoever can read the folder can read everything. Only when the user insists.
    Unsealed,
}

/// The kinds of [`KeyMode`], as an envelope names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A passphrase is needed.
    Passphrase,
    /// The key file is needed.
    KeyFile,
    /// Nothing is needed.
    Unsealed,
}

/// What the user brings to open a home.
#[derive(Debug, Clone)]
pub enum Unlock {
    /// Nothing: enough for a key file and for an unsealed home.
    Nothing,
    /// The passphrase.
    Passphrase(Passphrase),
    /// A key file from elsewhere, for a backup.
    KeyFile(KeyFile),
}

/// The content of a key file, wiped when dropped.
#[derive(Clone)]
pub struct KeyFile(Secret);

impl KeyFile {
    /// Takes the bytes of a file; `None` where they are not what a key file holds.
    pub fn parse(bytes: &[u8]) -> Option<KeyFile> {
        let text = std::str::from_utf8(bytes).ok()?;
        let bytes = Zeroizing::new(unhex(text.trim())?);
        secret(&bytes).ok().map(KeyFile)
    }

    /// Puts it into a home. One that lies there with another content is kept in the quarantine.
    pub(super) fn place(&self, home: &Home) -> Result<()> {
        let path = home.key_file_path();
        let text = Zeroizing::new(hex(&*self.0) + "\n");
        match disk::read_file(&*home.disk, &path, 4096) {
            Ok(old) if old == text.as_bytes() => return Ok(()),
            Ok(_) => drop(home.quarantine(&path)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => drop(home.quarantine(&path)?),
        }
        disk::replace_file(&*home.disk, &path, text.as_bytes()).at("write", &path)
    }
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile(…)")
    }
}

/// The file's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    format: u8,
    home: String,
    pub(crate) mode: KeyKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    kdf: Option<KdfParams>,
    key: String,
    checksum: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KdfParams {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Reads which key a home needs, without opening it.
///
/// # Errors
/// `home.missing`, `key.damaged`, `store.too_new`.
pub fn key_kind(home: &Home) -> Result<KeyKind> {
    Ok(load(home)?.envelope.mode)
}

/// An envelope that was read, and whether a copy has to be written again.
pub(crate) struct Loaded {
    pub(crate) envelope: Envelope,
    pub(crate) needs_repair: bool,
}

/// Reads the envelope, from its copy if it must.
pub(crate) fn load(home: &Home) -> Result<Loaded> {
    let first = read(&*home.disk, &home.key_path());
    let second = read(&*home.disk, &home.key_copy_path());
    match (first, second) {
        (Ok(Some(envelope)), second) => {
            let needs_repair = !matches!(&second, Ok(Some(copy)) if *copy == envelope);
            Ok(Loaded { envelope, needs_repair })
        }
        (_, Ok(Some(envelope))) => Ok(Loaded { envelope, needs_repair: true }),
        (Ok(None), Ok(None)) => Err(StoreError::Missing(home.root.clone())),
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Writes the envelope and its copy, the envelope first: it is the moment from which the home has this key.
pub(crate) fn save(home: &Home, envelope: &Envelope) -> Result<()> {
    let bytes = serde_json::to_vec_pretty(envelope).map_err(|error| StoreError::Undecodable(error.to_string()))?;
    disk::replace_file(&*home.disk, &home.key_path(), &bytes).at("write", &home.key_path())?;
    save_copy(home, envelope)
}

/// Writes only the copy.
pub(crate) fn save_copy(home: &Home, envelope: &Envelope) -> Result<()> {
    let bytes = serde_json::to_vec_pretty(envelope).map_err(|error| StoreError::Undecodable(error.to_string()))?;
    disk::replace_file(&*home.disk, &home.key_copy_path(), &bytes).at("write", &home.key_copy_path())
}

/// `None` when there is no such file.
fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Envelope>> {
    let bytes = match disk::read_file(disk, path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            return Err(StoreError::KeyDamaged("too large".into()));
        }
        Err(error) => return Err(StoreError::io("read", path, error)),
    };
    Envelope::parse(&bytes).map(Some)
}

impl Envelope {
    /// Reads and checks an envelope.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Envelope> {
        // The version comes first: a newer envelope may have other fields.
        let value: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|error| StoreError::KeyDamaged(error.to_string()))?;
        let damaged = |detail: &str| StoreError::KeyDamaged(detail.into());
        let parsed: std::result::Result<Envelope, _> = serde_json::from_value(value.clone());
        match parsed {
            Ok(envelope) if envelope.format == FORMAT => {
                if envelope.checksum != envelope.sum() {
                    return Err(damaged("wrong checksum"));
                }
                Ok(envelope)
            }
            _ => match value.get("format").and_then(serde_json::Value::as_u64) {
                Some(format) if format > u64::from(FORMAT) && value.get("checksum").is_some() => {
                    Err(StoreError::TooNew { what: Part::Key, version: format.min(255) as u8 })
                }
                _ => Err(damaged("fields are missing")),
            },
        }
    }

    /// The envelope as bytes, for a backup.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an envelope has only strings and numbers")
    }

    /// The home's id: 16 random bytes, in every file's header, so that files of two homes never mix.
    pub(crate) fn home_id(&self) -> Result<[u8; 16]> {
        let bytes = unhex(&self.home).ok_or_else(|| StoreError::KeyDamaged("home id".into()))?;
        <[u8; 16]>::try_from(bytes.as_slice()).map_err(|_| StoreError::KeyDamaged("home id".into()))
    }

    /// Wraps a master key. For [`KeyMode::KeyFile`] the key file is written first, if there is none.
    pub(crate) fn wrap(home: &Home, home_id: &[u8; 16], mode: &KeyMode, master: &Secret) -> Result<Envelope> {
        let mut envelope = Envelope {
            format: FORMAT,
            home: hex(home_id),
            mode: KeyKind::Unsealed,
            kdf: None,
            key: String::new(),
            checksum: String::new(),
        };
        let wrapping = match mode {
            KeyMode::Unsealed => None,
            KeyMode::KeyFile => {
                envelope.mode = KeyKind::KeyFile;
                Some(key_file(home, true)?)
            }
            KeyMode::Passphrase(passphrase, kdf) => {
                if passphrase.0.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() < MIN_PASSPHRASE {
                    return Err(StoreError::PassphraseTooShort);
                }
                let mut salt = [0; 16];
                fill_random(&mut salt)?;
                envelope.mode = KeyKind::Passphrase;
                envelope.kdf = Some(KdfParams {
                    algorithm: "argon2id".into(),
                    memory_kib: kdf.memory_kib,
                    passes: kdf.passes,
                    lanes: 1,
                    salt: hex(&salt),
                });
                Some(envelope.stretch(passphrase)?)
            }
        };
        envelope.key = match wrapping {
            None => hex(&**master),
            Some(wrapping) => {
                let sealer = Keys::new(wrapping, true).sealer(Purpose::Person);
                hex(&sealer.seal(b"envelope", &envelope.bound(), &**master)?)
            }
        };
        envelope.checksum = envelope.sum();
        Ok(envelope)
    }

    /// Takes the master key out.
    pub(crate) fn unwrap(&self, home: &Home, unlock: &Unlock) -> Result<Keys> {
        let key = unhex(&self.key).ok_or_else(|| StoreError::KeyDamaged("key".into()))?;
        let wrapping = match (self.mode, unlock) {
            (KeyKind::Unsealed, _) => return Ok(Keys::new(secret(&key)?, false)),
            (KeyKind::KeyFile, Unlock::KeyFile(given)) => given.0.clone(),
            (KeyKind::KeyFile, _) => key_file(home, false)?,
            (KeyKind::Passphrase, Unlock::Nothing | Unlock::KeyFile(_)) => return Err(StoreError::Locked),
            (KeyKind::Passphrase, Unlock::Passphrase(passphrase)) => self.stretch(passphrase)?,
        };
        let sealer = Keys::new(wrapping, true).sealer(Purpose::Person);
        let master = sealer.open(b"envelope", &self.bound(), &key).map_err(|_| match self.mode {
            KeyKind::Passphrase => StoreError::WrongPassphrase,
            _ => StoreError::WrongKeyFile(home.key_file_path()),
        })?;
        Ok(Keys::new(secret(&Zeroizing::new(master))?, true))
    }

    /// The key that a passphrase gives (Argon2id).
    fn stretch(&self, passphrase: &Passphrase) -> Result<Secret> {
        let damaged = |detail: &str| StoreError::KeyDamaged(detail.into());
        let kdf = self.kdf.as_ref().ok_or_else(|| damaged("no key derivation"))?;
        let known = kdf.algorithm == "argon2id"
            && (8..=1 << 20).contains(&kdf.memory_kib)
            && (1..=64).contains(&kdf.passes)
            && (1..=16).contains(&kdf.lanes);
        if !known {
            return Err(damaged("an unknown key derivation"));
        }
        let salt = unhex(&kdf.salt).ok_or_else(|| damaged("salt"))?;
        let params = Params::new(kdf.memory_kib, kdf.passes, kdf.lanes, Some(32))
            .map_err(|error| damaged(&error.to_string()))?;
        let mut out = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &salt, &mut *out)
            .map_err(|error| damaged(&error.to_string()))?;
        Ok(out)
    }

    /// What the wrapped key is bound to: nobody can swap in weaker parameters or another home.
    fn bound(&self) -> Vec<u8> {
        format!("{}|{}|{:?}|{:?}", self.format, self.home, self.mode, self.kdf).into_bytes()
    }

    fn sum(&self) -> String {
        use sm3::Digest;
        let mut hash = sm3::Sm3::new();
        hash.update(self.bound());
        hash.update(self.key.as_bytes());
        hex(&hash.finalize()[..8])
    }
}

/// Reads the key file; writes a new one first when `create` is set and there is none.
fn key_file(home: &Home, create: bool) -> Result<Secret> {
    let path = home.key_file_path();
    match disk::read_file(&*home.disk, &path, 4096) {
        Ok(text) => KeyFile::parse(&Zeroizing::new(text)).map(|file| file.0).ok_or(StoreError::WrongKeyFile(path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && create => {
            let secret = random_secret()?;
            let text = Zeroizing::new(hex(&*secret) + "\n");
            disk::replace_file(&*home.disk, &path, text.as_bytes()).at("write", &path)?;
            Ok(secret)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StoreError::WrongKeyFile(path)),
        Err(error) => Err(StoreError::io("read", &path, error)),
    }
}

fn secret(bytes: &[u8]) -> Result<Secret> {
    <[u8; 32]>::try_from(bytes).map(Zeroizing::new).map_err(|_| StoreError::KeyDamaged("key length".into()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
