//! Records in the store: their keys, their encoding, and reading them back.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};

use super::entry::Logged;
use super::fold::{Folded, Stored};
use super::projection::PersonHash;
use crate::domain::id::{DeviceId, HouseholdId, RecordId};
use crate::domain::id_number::IdNumber;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage, Unreadable};
use crate::i18n::{Explain, Lang};
use crate::store::{Batch, Index, Store, StoreError, codec};

/// The store as the replica uses it: typed values under keys of a kind byte and a UUID, which say nothing about people.
pub struct Vault {
    pub(super) store: Arc<Store>,
    device: DeviceId,
    person_key: zeroize::Zeroizing<[u8; 32]>,
}

impl Vault {
    pub(super) fn new(store: Arc<Store>) -> Vault {
        let device = DeviceId(RecordId(uuid::Uuid::from_bytes(store.home_id())));
        let person_key = store.person_key();
        Vault { store, device, person_key }
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The journal entry of that number; `None` outside of what the journal holds.
    pub(super) fn logged(&self, seq: u64) -> Result<Option<Logged>, Unreadable> {
        if seq < self.store.first_seq() || seq > self.store.last_seq() {
            return Ok(None);
        }
        self.store.entry(seq).map_err(unreadable).and_then(|bytes| decode(&bytes)).map(Some)
    }

    /// A page of older visits and history.
    pub(super) fn older(&self, household: HouseholdId, page: u32) -> Result<Option<OlderPage>, Unreadable> {
        let index = self.store.index().map_err(unreadable)?;
        Held(&*index).read(&page_key(household, page))
    }

    /// Gives every record that hangs on no household to `see`.
    pub(super) fn each_loose(&self, mut see: impl FnMut(Record)) -> Result<(), Unreadable> {
        let index = self.store.index().map_err(unreadable)?;
        for found in index.scan(&[LOOSE]) {
            let (key, bytes) = found.map_err(unreadable)?;
            if !is_part(&key) {
                see(decode(&whole(&*index, &key, bytes)?)?);
            }
        }
        Ok(())
    }

    /// Gives every household's file to `see`.
    pub(super) fn each_dossier(&self, mut see: impl FnMut(Dossier)) -> Result<(), Unreadable> {
        let index = self.store.index().map_err(unreadable)?;
        for found in index.scan(&[DOSSIER]) {
            let (key, bytes) = found.map_err(unreadable)?;
            if !is_part(&key) {
                see(decode(&whole(&*index, &key, bytes)?)?);
            }
        }
        Ok(())
    }
}

/// Typed reading of an index.
pub(super) struct Held<'a>(pub &'a dyn Index);

impl Held<'_> {
    fn read<T: serde::de::DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, Unreadable> {
        match self.0.get(key).map_err(unreadable)? {
            Some(bytes) => whole(self.0, key, bytes).and_then(|bytes| decode(&bytes)).map(Some),
            None => Ok(None),
        }
    }
}

impl Stored for Held<'_> {
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        self.read(&dossier_key(household)).map(|found| found.map(Arc::new))
    }
    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        self.read(&loose_key(key))
    }
}

impl Stored for Vault {
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        let index = self.store.index().map_err(unreadable)?;
        Held(&*index).dossier(household)
    }
    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        let index = self.store.index().map_err(unreadable)?;
        Held(&*index).loose(key)
    }
}

impl PersonHash for Vault {
    fn person_hash(&self, id_number: &IdNumber) -> u64 {
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<sm3::Sm3> as KeyInit>::new_from_slice(&*self.person_key) else { return 0 };
        mac.update(id_number.reveal().as_bytes());
        let hash = mac.finalize().into_bytes();
        hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

const DOSSIER: u8 = b'h';
const PAGE: u8 = b'p';
const LOOSE: u8 = b'r';

fn dossier_key(household: HouseholdId) -> Vec<u8> {
    let mut key = vec![DOSSIER];
    key.extend_from_slice(&household.0.bytes());
    key
}

fn page_key(household: HouseholdId, page: u32) -> Vec<u8> {
    let mut key = vec![PAGE];
    key.extend_from_slice(&household.0.bytes());
    key.extend_from_slice(&page.to_be_bytes());
    key
}

fn loose_key(key: RecordKey) -> Vec<u8> {
    let mut bytes = vec![LOOSE];
    bytes.extend_from_slice(key.kind.name().as_bytes());
    bytes.extend_from_slice(&key.id.bytes());
    bytes
}

/// A value begins with the number of further parts it has, which stand under its key with `PART` and their number
/// behind: an unusually long file must not become a value that the index keeps badly.
const PART: u8 = 0xff;
/// Bytes of one part.
const PART_BYTES: usize = 60 << 10;

/// Puts a value, and removes parts that a longer one left behind.
fn put(index: &dyn Index, batch: &mut Batch, key: Vec<u8>, bytes: &[u8]) -> Result<(), StoreError> {
    let (first, rest) = bytes.split_at(bytes.len().min(PART_BYTES));
    let parts = rest.chunks(PART_BYTES);
    let mut value = (parts.len() as u16).to_le_bytes().to_vec();
    value.extend_from_slice(first);
    let count = parts.len() as u16;
    for (number, part) in parts.enumerate() {
        batch.put(part_key(&key, number as u16), part);
    }
    for number in count..=u16::MAX {
        let stale = part_key(&key, number);
        if index.get(&stale)?.is_none() {
            break;
        }
        batch.delete(stale);
    }
    batch.put(key, value);
    Ok(())
}

fn part_key(key: &[u8], number: u16) -> Vec<u8> {
    let mut part = key.to_vec();
    part.push(PART);
    part.extend_from_slice(&number.to_be_bytes());
    part
}

/// Whether a key is that of a further part: of a household's file by its length, of other records because no kind's name
/// stands before the sixteen bytes of their id.
fn is_part(key: &[u8]) -> bool {
    match key {
        [DOSSIER, ..] => key.len() != dossier_key(HouseholdId::default()).len(),
        [LOOSE, rest @ ..] => {
            let name = &rest[..rest.len().saturating_sub(RecordId::default().bytes().len())];
            !Kind::ALL.iter().any(|kind| kind.name().as_bytes() == name)
        }
        _ => false,
    }
}

/// A value with all its parts.
fn whole(index: &dyn Index, key: &[u8], value: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    let damaged = || Unreadable("a stored value is not whole".to_owned());
    let (count, first) = value.split_at_checked(2).ok_or_else(damaged)?;
    let mut bytes = first.to_vec();
    for number in 0..u16::from_le_bytes([count[0], count[1]]) {
        let part = index.get(&part_key(key, number)).map_err(unreadable)?;
        bytes.extend_from_slice(&part.ok_or_else(damaged)?);
    }
    Ok(bytes)
}

/// What was folded, as one batch for the index.
pub(super) fn batch(index: &dyn Index, folded: &Folded) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    for (household, dossier) in &folded.dossiers {
        put(index, &mut batch, dossier_key(*household), &codec::encode(dossier)?)?;
    }
    for (household, page, older) in &folded.pages {
        put(index, &mut batch, page_key(*household, *page), &codec::encode(older)?)?;
    }
    for (key, record) in &folded.loose {
        put(index, &mut batch, loose_key(*key), &codec::encode(record)?)?;
    }
    Ok(batch)
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    codec::decode(bytes).map_err(unreadable)
}

pub(super) fn unreadable(error: StoreError) -> Unreadable {
    Unreadable(error.message(Lang::En))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryIndex;

    #[test]
    fn a_value_that_shrinks_leaves_no_part_behind() {
        let index = MemoryIndex::new();
        let key = dossier_key(HouseholdId::default());
        for (seq, (len, records)) in [(200_000, 4), (130_000, 3), (10, 1), (0, 1), (61_441, 2)].into_iter().enumerate()
        {
            let bytes = vec![7; len];
            let mut batch = Batch::new();
            put(&index, &mut batch, key.clone(), &bytes).unwrap();
            index.apply(seq as u64 + 1, &batch).unwrap();
            assert_eq!(index.stats().records, records, "{len} bytes");
            let first = index.get(&key).unwrap().unwrap();
            assert!(whole(&index, &key, first).unwrap() == bytes, "{len} bytes");
        }
    }

    #[test]
    fn parts_are_told_from_values() {
        let check = |key: Vec<u8>| {
            assert!(!is_part(&key), "{key:?}");
            assert!(is_part(&part_key(&key, 0)), "{key:?}");
        };
        check(dossier_key(HouseholdId::default()));
        Kind::ALL.iter().for_each(|kind| check(loose_key(RecordKey { kind: *kind, id: RecordId::default() })));
    }
}
