//! The enrolment: server, key, scope, in a sealed file of its own, so that a lost index costs no new code.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::id::WorkerId;
use crate::domain::moment::Moment;
use crate::domain::region::RegionCode;
use crate::store::seal::{Purpose, random_secret};
use crate::store::{Part, Store, StoreError, codec, disk};
use crate::sync::feed::Scope;
use crate::sync::protocol::{Bytes, Secret};

/// What a device agreed with its server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The server's address.
    pub url: String,
    /// The device's key.
    pub secret: Bytes,
    /// What people call the device.
    #[serde(default)]
    pub name: String,
    /// What it may hold, with its workers, as it was at enrolment.
    pub scope: Scope,
    /// When it joined, by its own clock.
    pub at: Moment,
    /// A certificate to trust instead of the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<PathBuf>,
    /// Whether plain HTTP to another machine is allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_plain: bool,
    /// Workers who worked on this device alone before it joined: the same person as the enrolled one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<WorkerId>,
    /// Regions that this device made up while it worked alone, each with the county's own: what is sent names the latter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub homes: Vec<(RegionCode, RegionCode)>,
    /// Whether the server kept no list of the territory's regions when the device joined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlisted: bool,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment").field("url", &self.url).field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Enrolment {
    /// The device's key.
    ///
    /// # Errors
    /// When the file held one of another length.
    pub fn key(&self) -> Result<Secret, StoreError> {
        let bytes = self.secret.0.as_slice().try_into();
        bytes.map(Secret::new).map_err(|_| StoreError::corrupt(Part::Index, "a device key of another length"))
    }

    /// Puts the enrolled worker in the place of who worked here alone. Ids have 16 bytes of which 74 bits are random, as
    /// bytes or as a text: wherever they stand in a command they mean that worker, and the length stays.
    ///
    /// Likewise the county's regions stand in the place of those made up here: a code is a text of 12 or 15 digits, which
    /// MessagePack writes behind one byte with its length.
    pub(super) fn rename(&self, command: &mut [u8]) -> bool {
        let mut changed = false;
        for (made_up, official) in &self.homes {
            let (from, to) = (text(made_up), text(official));
            if from.len() == to.len() {
                changed |= replace(command, &from, &to);
            }
        }
        let [now] = self.scope.workers.as_slice() else { return changed };
        for was in &self.was {
            changed |= replace(command, &was.0.bytes(), &now.0.bytes());
            changed |= replace(command, was.to_string().as_bytes(), now.to_string().as_bytes());
        }
        changed
    }
}

/// A short text as MessagePack writes it.
fn text(code: &RegionCode) -> Vec<u8> {
    let length = u8::try_from(code.as_str().len()).unwrap_or(31).min(31);
    [&[0xa0 | length], code.as_str().as_bytes()].concat()
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) -> bool {
    let mut changed = false;
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        let start = at + found;
        bytes[start..start + from.len()].copy_from_slice(to);
        at = start + from.len();
        changed = true;
    }
    changed
}

const PLACE: &[u8] = b"enrolment";
/// The largest file that is one.
const MOST: u64 = 1 << 20;

fn path(store: &Store) -> PathBuf {
    store.home().root().join("enrolment")
}

/// Reads the enrolment; `None` on a device that works alone.
pub(super) fn load(store: &Store) -> Result<Option<Enrolment>, StoreError> {
    let path = path(store);
    let disk = store.home().disk();
    if !disk::exists(&*disk, &path).map_err(|error| StoreError::io("read", &path, error))? {
        return Ok(None);
    }
    let sealed = disk::read_file(&*disk, &path, MOST).map_err(|error| StoreError::io("read", &path, error))?;
    let plain = store.sealer(Purpose::Drafts).open(PLACE, &store.home_id(), &sealed)?;
    codec::decode(&plain).map(Some)
}

/// Writes the enrolment as one step.
pub(super) fn save(store: &Store, enrolment: &Enrolment) -> Result<(), StoreError> {
    let path = path(store);
    let sealed = store.sealer(Purpose::Drafts).seal(PLACE, &store.home_id(), &codec::encode(enrolment)?)?;
    disk::replace_file(&*store.home().disk(), &path, &sealed).map_err(|error| StoreError::io("write", &path, error))
}

/// A key made for a one-time code.
#[derive(Serialize, Deserialize)]
struct Joining {
    url: String,
    code: String,
    secret: Bytes,
}

const JOINING: &[u8] = b"joining";

/// The key with which this device joins that server by that code. It is on the disk before it goes out: whatever happens
/// then, joining again with the same code is joining with the same key.
pub(super) fn key_for(store: &Store, url: &str, code: &str) -> Result<Bytes, StoreError> {
    let path = store.home().root().join("joining");
    let disk = store.home().disk();
    let sealer = store.sealer(Purpose::Drafts);
    let held = disk::read_file(&*disk, &path, MOST).ok();
    let held = held.and_then(|sealed| sealer.open(JOINING, &store.home_id(), &sealed).ok());
    // One that cannot be read was for a code that is over by now.
    let held: Option<Joining> = held.and_then(|plain| codec::decode(&plain).ok());
    if let Some(held) = held.filter(|held| held.url == url && held.code == code) {
        return Ok(held.secret);
    }
    let secret = Bytes(random_secret()?.to_vec());
    let joining = Joining { url: url.to_owned(), code: code.to_owned(), secret: secret.clone() };
    let sealed = sealer.seal(JOINING, &store.home_id(), &codec::encode(&joining)?)?;
    disk::replace_file(&*disk, &path, &sealed).map_err(|error| StoreError::io("write", &path, error))?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RecordId;

    #[test]
    fn a_worker_is_renamed_wherever_the_id_stands() {
        let code = |digits: &str| RegionCode::parse(digits).unwrap_or_default();
        let id = |n: u8| WorkerId(RecordId::from_parts(1, [n; 10]));
        let scope = Scope { workers: vec![id(9)], ..Scope::default() };
        let enrolment = Enrolment {
            url: String::new(),
            secret: Bytes::default(),
            name: String::new(),
            scope,
            at: Moment(0),
            trust: None,
            allow_plain: false,
            was: vec![id(1), id(2)],
            homes: vec![(code("999900600600"), code("990101100201"))],
            unlisted: false,
        };
        let of = |a: WorkerId, b: WorkerId| {
            [b"x".as_slice(), &a.0.bytes(), b"y", b.to_string().as_bytes(), &a.0.bytes(), b"z"].concat()
        };
        let check = |mut given: Vec<u8>, expected: Vec<u8>| {
            let changed = given != expected;
            assert_eq!(enrolment.rename(&mut given), changed);
            assert_eq!(given, expected);
        };
        check(of(id(1), id(2)), of(id(9), id(9)));
        check(of(id(1), id(3)), of(id(9), id(3)));
        check(of(id(3), id(9)), of(id(3), id(9)));
        check(Vec::new(), Vec::new());
        let region = |digits: &str| rmp_serde::to_vec(digits).unwrap();
        check(region("999900600600"), region("990101100201"));
        check(region("999900600601"), region("999900600601"));
        check(region("999900600600001"), region("999900600600001"));
        check(b"999900600600".to_vec(), b"999900600600".to_vec());
    }
}
