//! The store over an [`Index`]: in memory, or embedded on disk. One process, one writer at a time.

mod codes;
mod keys;
mod records;
mod trim;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use self::keys::{key, lease_key, of_feed, place_key, table, tagged, unit_key, verdict_key};
use self::records::damaged;
use super::{Aside, Device, Document, Holding, PersonKey, Realm, Store, StoreFault, StoredVerdict, Transaction};
use crate::domain::command::CommandId;
use crate::domain::id::{ClaimId, DeviceId, HouseholdId, MemberId, WishId};
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::store::index::MemoryIndex;
use crate::store::{Batch, Index, StoreError, codec};
use crate::sync::feed::{self, Feed, Scope};
use crate::sync::protocol::{Bytes, Cursor, ItemKey};

/// A store over an index of this process.
#[derive(Debug, Clone)]
pub struct LocalStore {
    index: Arc<dyn Index>,
    writer: Arc<Mutex<()>>,
    /// Held alone while a batch becomes visible.
    visible: Arc<RwLock<()>>,
}

impl LocalStore {
    /// The county's data in that index.
    pub fn new(index: Arc<dyn Index>) -> LocalStore {
        LocalStore { index, writer: Arc::default(), visible: Arc::default() }
    }

    /// An empty county in memory, for tests and simulation.
    pub fn in_memory() -> LocalStore {
        LocalStore::new(Arc::new(MemoryIndex::new()))
    }

    /// The index beneath.
    pub fn index(&self) -> &Arc<dyn Index> {
        &self.index
    }
}

impl Store for LocalStore {
    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StoreFault> {
        Ok(Box::new(LocalTransaction::of(self)))
    }
}

struct LocalTransaction<'s> {
    store: &'s LocalStore,
    /// Taken with the first lock or write, kept until the end: one writer at a time.
    writer: Option<MutexGuard<'s, ()>>,
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// In how many pieces values lie that were looked at under the lock.
    pieces: RefCell<HashMap<Vec<u8>, u32>>,
    /// Feeds and tags of documents that were looked at under the lock; none for those that are not there.
    listed: HashMap<ItemKey, Option<(Feed, String)>>,
}

impl<'s> LocalTransaction<'s> {
    fn of(store: &'s LocalStore) -> LocalTransaction<'s> {
        let (pieces, listed) = (RefCell::default(), HashMap::new());
        LocalTransaction { store, writer: None, writes: BTreeMap::new(), pieces, listed }
    }

    fn lock(&mut self) {
        if self.writer.is_none() {
            // What the lock guards is only ever replaced whole, so a panic elsewhere leaves nothing half done.
            self.writer = Some(self.store.writer.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// The items that an index table points to.
    fn pointed(&self, prefix: &[u8], after: Option<&ItemKey>, limit: usize) -> Result<Vec<Document>, StoreFault> {
        // The next key after one is that key with a zero behind it.
        let from = after.map(|key| [prefix, &key.key(), &[0]].concat()).unwrap_or_default();
        let mut found = Vec::new();
        for (key, _) in self.scan_from(prefix, &from, limit)? {
            let item = [&[table::ITEM], &key[prefix.len()..]].concat();
            found.push(self.get(&item)?.ok_or_else(|| damaged("an item that an index names"))?);
        }
        Ok(found)
    }

    /// In which feed and under which tag a document is listed, as this transaction sees it.
    fn listed(&mut self, key: &ItemKey) -> Result<Option<(Feed, String)>, StoreFault> {
        match self.listed.get(key) {
            Some(listed) => Ok(listed.clone()),
            None => Ok(self.document(key)?.map(|document| (document.feed, document.tag))),
        }
    }

    /// Takes a document off the lists that do not hold it any more.
    fn unlist(&mut self, item: &[u8], (feed, tag): &(Feed, String), now: Option<&Document>) -> Result<(), StoreFault> {
        let same_feed = now.is_some_and(|now| now.feed == *feed);
        let same_tag = same_feed && now.is_some_and(|now| now.tag == *tag);
        if !same_feed {
            self.delete([&of_feed(feed), item].concat())?;
        }
        if !tag.is_empty() && !same_tag {
            self.delete([&tagged(feed, tag), item].concat())?;
        }
        Ok(())
    }
}

impl From<StoreError> for StoreFault {
    fn from(error: StoreError) -> StoreFault {
        match error {
            StoreError::Undecodable(_) | StoreError::Corrupt { .. } | StoreError::TooNew { .. } => {
                StoreFault::Damaged(error.to_string())
            }
            other => StoreFault::Failed(other.to_string()),
        }
    }
}

impl Transaction for LocalTransaction<'_> {
    fn realm(&mut self) -> Result<Realm, StoreFault> {
        Ok(self.get(&[table::REALM])?.unwrap_or_default())
    }
    fn lock_realm(&mut self) -> Result<Realm, StoreFault> {
        self.lock();
        self.realm()
    }
    fn put_realm(&mut self, realm: &Realm) -> Result<(), StoreFault> {
        self.put(vec![table::REALM], realm)
    }

    fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        self.lock();
        self.peek_device(device)
    }
    fn peek_device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        self.get(&key(table::DEVICE, &[&device.0.bytes()]))
    }
    fn devices(&mut self) -> Result<Vec<Device>, StoreFault> {
        self.scan(&[table::DEVICE])?.into_iter().map(|(key, value)| self.read(&key, value)).collect()
    }
    fn put_device(&mut self, device: &Device) -> Result<(), StoreFault> {
        self.put(key(table::DEVICE, &[&device.id.0.bytes()]), device)
    }

    fn verdict(&mut self, id: CommandId) -> Result<Option<StoredVerdict>, StoreFault> {
        self.get(&verdict_key(id))
    }
    fn verdicts(&mut self, device: DeviceId, first: u64, limit: usize) -> Result<Vec<StoredVerdict>, StoreFault> {
        let mut found = Vec::new();
        for seq in (first..).take(limit) {
            match self.verdict(CommandId { device, seq })? {
                Some(verdict) => found.push(verdict),
                None => break,
            }
        }
        Ok(found)
    }
    fn put_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.lock();
        let key = verdict_key(verdict.id);
        if self.raw(&key)?.is_some() {
            return Err(StoreFault::Conflict("verdict"));
        }
        self.put(key, verdict)
    }
    fn settle_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.lock();
        match self.verdict(verdict.id)? {
            Some(held) if held.outcome.waits() => self.put(verdict_key(verdict.id), verdict),
            _ => Err(StoreFault::Again),
        }
    }
    fn trim(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        self.lock();
        Ok(self.trim_verdicts(before, limit)? + self.trim_asides(before, limit)?)
    }
    fn keep_aside(&mut self, aside: &Aside) -> Result<(), StoreFault> {
        // Named by content: the same bytes sent again and again are kept once.
        let content = codec::encode(&(&aside.code, &aside.commands))?;
        let name = crate::sync::protocol::chain::START.next(aside.device, aside.first, &content);
        let key = key(table::ASIDE, &[&aside.device.0.bytes(), &aside.first.to_be_bytes(), &name.0]);
        if self.raw(&key)?.is_some() { Ok(()) } else { self.put(key, aside) }
    }
    fn asides(&mut self, limit: usize) -> Result<Vec<Aside>, StoreFault> {
        let found = self.scan_from(&[table::ASIDE], &[], limit)?;
        found.into_iter().map(|(key, value)| self.read(&key, value)).collect()
    }
    fn asides_of(&mut self, device: DeviceId, limit: usize) -> Result<usize, StoreFault> {
        Ok(self.scan_from(&key(table::ASIDE, &[&device.0.bytes()]), &[], limit)?.len())
    }

    fn document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        self.lock();
        let document: Option<Document> = self.get(&[&[table::ITEM], key.key().as_slice()].concat())?;
        let listed = document.as_ref().map(|document| (document.feed.clone(), document.tag.clone()));
        self.listed.insert(key.clone(), listed);
        Ok(document)
    }
    fn peek_document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        self.get(&[&[table::ITEM], key.key().as_slice()].concat())
    }
    fn put_document(&mut self, document: &Document) -> Result<(), StoreFault> {
        let item = document.key.key();
        if let Some(before) = self.listed(&document.key)? {
            self.unlist(&item, &before, Some(document))?;
        }
        self.mark([of_feed(&document.feed), item.clone()].concat());
        if !document.tag.is_empty() {
            self.mark([tagged(&document.feed, &document.tag), item.clone()].concat());
        }
        self.listed.insert(document.key.clone(), Some((document.feed.clone(), document.tag.clone())));
        self.put_packed([vec![table::ITEM], item].concat(), document)
    }
    fn remove_document(&mut self, key: &ItemKey) -> Result<(), StoreFault> {
        let Some(before) = self.listed(key)? else { return Ok(()) };
        let item = key.key();
        self.unlist(&item, &before, None)?;
        self.listed.insert(key.clone(), None);
        self.delete([vec![table::ITEM], item].concat())
    }
    fn documents_of(
        &mut self,
        feed: &Feed,
        after: Option<&ItemKey>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreFault> {
        self.pointed(&of_feed(feed), after, limit)
    }
    fn tagged(&mut self, feed: &Feed, tag: &str, limit: usize) -> Result<Vec<Document>, StoreFault> {
        self.pointed(&tagged(feed, tag), None, limit)
    }
    fn holds_files(&mut self) -> Result<bool, StoreFault> {
        // Files are the first items.
        Ok(!self.scan_from(&[table::ITEM, 1], &[], 1)?.is_empty())
    }

    fn place(&mut self, key: RecordKey) -> Result<Option<HouseholdId>, StoreFault> {
        self.get(&place_key(key))
    }
    fn put_place(&mut self, key: RecordKey, household: HouseholdId) -> Result<(), StoreFault> {
        self.put(place_key(key), &household)
    }

    fn persons(&mut self, person: &PersonKey) -> Result<Vec<(HouseholdId, MemberId)>, StoreFault> {
        self.lock();
        self.scan(&key(table::PERSON, &[person]))?.into_iter().map(|(key, value)| self.read(&key, value)).collect()
    }
    fn put_person(&mut self, person: &PersonKey, household: HouseholdId, member: MemberId) -> Result<(), StoreFault> {
        self.put(key(table::PERSON, &[person, &member.0.bytes()]), &(household, member))
    }
    fn remove_person(&mut self, person: &PersonKey, member: MemberId) -> Result<(), StoreFault> {
        self.delete(key(table::PERSON, &[person, &member.0.bytes()]))
    }

    fn lock_feeds(&mut self, feeds: &[Feed]) -> Result<Vec<u64>, StoreFault> {
        self.lock();
        feeds.iter().map(|feed| self.head(feed)).collect()
    }
    fn append(&mut self, feed: &Feed, seq: u64, entry: &Bytes) -> Result<(), StoreFault> {
        self.lock();
        if seq != self.head(feed)? + 1 {
            return Err(StoreFault::Conflict("feed entry"));
        }
        self.put_packed(key(table::ENTRY, &[&feed.key(), &[0], &seq.to_be_bytes()]), entry)?;
        self.put(key(table::HEAD, &[&feed.key()]), &(feed, seq))
    }
    fn entries(&mut self, feed: &Feed, seq: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreFault> {
        let head = self.head(feed)?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        for seq in seq.saturating_add(1)..=head {
            let entry: Option<Bytes> = self.get(&key(table::ENTRY, &[&feed.key(), &[0], &seq.to_be_bytes()]))?;
            let entry = entry.ok_or_else(|| damaged("a feed with a hole"))?;
            bytes += entry.0.len();
            if bytes > limit && !found.is_empty() {
                break;
            }
            found.push((seq, entry));
        }
        Ok(found)
    }
    fn head(&mut self, feed: &Feed) -> Result<u64, StoreFault> {
        let held: Option<(Feed, u64)> = self.get(&key(table::HEAD, &[&feed.key()]))?;
        Ok(held.map_or(0, |(_, seq)| seq))
    }
    fn heads(&mut self, scope: &Scope) -> Result<Vec<Cursor>, StoreFault> {
        let mut heads = BTreeSet::new();
        // No batch becomes visible while these are read: they are as of one moment.
        let _still = self.store.visible.read().unwrap_or_else(PoisonError::into_inner);
        for prefix in feed::beginnings(scope) {
            for (key, value) in self.scan(&key(table::HEAD, &[prefix.as_bytes()]))? {
                let (feed, seq) = self.read(&key, value)?;
                if scope.holds(&feed) {
                    heads.insert(Cursor { feed, seq });
                }
            }
        }
        Ok(heads.into_iter().collect())
    }

    fn hold_unit(&mut self, holding: &Holding) -> Result<bool, StoreFault> {
        self.lock();
        let key = unit_key(holding.wish, holding.unit);
        if let Some(held) = self.get::<Holding>(&key)? {
            if held.claim != holding.claim {
                return Ok(false);
            }
            if let Some(until) = held.lease_until {
                self.delete(lease_key(until, held.wish, held.unit))?;
            }
        }
        if let Some(until) = holding.lease_until {
            self.mark(lease_key(until, holding.wish, holding.unit));
        }
        self.put(key, holding)?;
        Ok(true)
    }
    fn holding(&mut self, wish: WishId, unit: u16) -> Result<Option<Holding>, StoreFault> {
        self.get(&unit_key(wish, unit))
    }
    fn free_unit(&mut self, wish: WishId, unit: u16, claim: ClaimId) -> Result<(), StoreFault> {
        self.lock();
        let Some(held) = self.holding(wish, unit)?.filter(|held| held.claim == claim) else { return Ok(()) };
        if let Some(until) = held.lease_until {
            self.delete(lease_key(until, wish, unit))?;
        }
        self.delete(unit_key(wish, unit))
    }
    fn lapsed(&mut self, before: Moment, limit: usize) -> Result<Vec<Holding>, StoreFault> {
        let mut found = Vec::new();
        let end = lease_key(before, WishId::default(), 0);
        for (lease, _) in self.scan_from(&[table::LEASE], &[], limit)?.into_iter().take_while(|(lease, _)| *lease < end)
        {
            let unit = [&[table::UNIT], &lease[9..]].concat();
            found.push(self.get(&unit)?.ok_or_else(|| damaged("a lease of no unit"))?);
        }
        Ok(found)
    }
    fn next_fence(&mut self, wish: WishId) -> Result<u32, StoreFault> {
        self.lock();
        let key = key(table::FENCE, &[&wish.0.bytes()]);
        let next = self.get::<u32>(&key)?.unwrap_or(0) + 1;
        self.put(key, &next)?;
        Ok(next)
    }

    fn keeps_notes(&self) -> bool {
        true
    }
    fn note(&mut self, name: &[u8]) -> Result<Option<Bytes>, StoreFault> {
        self.lock();
        self.get(&key(table::NOTE, &[name]))
    }
    fn put_note(&mut self, name: &[u8], value: Option<&Bytes>) -> Result<(), StoreFault> {
        let key = key(table::NOTE, &[name]);
        match value {
            Some(value) => self.put(key, value),
            None => self.delete(key),
        }
    }
    fn notes(&mut self, prefix: &[u8], limit: usize) -> Result<Vec<Bytes>, StoreFault> {
        let found = self.scan_from(&key(table::NOTE, &[prefix]), &[], limit)?;
        found.into_iter().map(|(key, value)| self.read(&key, value)).collect()
    }

    fn commit(self: Box<Self>) -> Result<(), StoreFault> {
        if self.writes.is_empty() {
            return Ok(());
        }
        let batch: Batch = self.writes.into_iter().collect();
        let index = &self.store.index;
        {
            let _alone = self.store.visible.write().unwrap_or_else(PoisonError::into_inner);
            index.apply(index.applied_seq() + 1, &batch)?;
        }
        Ok(index.make_durable()?)
    }
}
