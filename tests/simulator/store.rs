//! The server's store as the simulation sees it: power cuts at any call, an observer of what must never happen, and bugs
//! that are built in on purpose.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use zhulian::central::store::{
    Aside, Device, Document, Holding, LocalStore, PersonKey, Realm, Store, StoreFault, StoredVerdict, Transaction,
};
use zhulian::domain::command::CommandId;
use zhulian::domain::id::{ClaimId, DeviceId, HouseholdId, MemberId, WishId};
use zhulian::domain::moment::Moment;
use zhulian::domain::record::RecordKey;
use zhulian::sync::feed::{Feed, Scope};
use zhulian::sync::protocol::{Bytes, Cursor, ItemKey};

/// A bug of the server, built in to prove that the checks see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    None,
    ReusesFence,
    DropsVerdict,
    LosesBody,
    LeavesHole,
    SkipsEntry,
    RepeatsEntry,
    StaleFile,
    WrongAsOf,
    KeepsRemoved,
    KeepsUnit,
    ExpiresEarly,
    CommitLies,
    ForgetsPersons,
    ForgetsPlace,
    ForgetsFormerRegion,
    ForgetsFormerScope,
    ForgetsDevice,
    EpochStays,
    SharesUnit,
    RulePanics,
    NeverWakes,
    DropsWaiting,
    SettlesOnPaperOnly,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// The last grant of each wish: its fence and its claim.
    pub fences: HashMap<WishId, (i64, ClaimId)>,
    pub faults: Vec<String>,
    /// Commands that waited and were decided, and how many of them stand.
    pub woken: (u32, u32),
}

pub struct SimStore {
    pub inner: LocalStore,
    pub seen: Arc<Mutex<Seen>>,
    pub bug: Bug,
    /// Calls until the power fails; below zero for never.
    pub cut_in: AtomicI64,
    count: AtomicU64,
}

impl SimStore {
    pub fn new(inner: LocalStore, seen: Arc<Mutex<Seen>>, bug: Bug) -> SimStore {
        SimStore { inner, seen, bug, cut_in: AtomicI64::new(-1), count: AtomicU64::new(0) }
    }

    /// Whether the bug strikes now: at every n-th chance.
    fn strikes(&self, bug: Bug, nth: u64) -> bool {
        self.bug == bug && self.count.fetch_add(1, Relaxed) % nth == nth - 1
    }

    fn step(&self) -> Result<(), StoreFault> {
        if self.cut_in.load(Relaxed) >= 0 && self.cut_in.fetch_sub(1, Relaxed) == 0 {
            return Err(StoreFault::Failed("power cut".into()));
        }
        Ok(())
    }
}

impl Store for SimStore {
    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StoreFault> {
        self.step()?;
        Ok(Box::new(SimTx { inner: self.inner.begin()?, store: self, holds: Vec::new(), woken: (0, 0) }))
    }
}

struct SimTx<'s> {
    inner: Box<dyn Transaction + 's>,
    store: &'s SimStore,
    /// Units newly taken in this transaction, and whether somebody else had them.
    holds: Vec<(Holding, bool)>,
    woken: (u32, u32),
}

impl Transaction for SimTx<'_> {
    fn realm(&mut self) -> Result<Realm, StoreFault> {
        self.store.step()?;
        self.inner.realm()
    }
    fn put_realm(&mut self, realm: &Realm) -> Result<(), StoreFault> {
        let mut realm = realm.clone();
        if self.store.bug == Bug::EpochStays {
            realm.epoch = 1;
        }
        self.inner.put_realm(&realm)
    }
    fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        self.store.step()?;
        self.inner.device(device)
    }
    fn peek_device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        self.inner.peek_device(device)
    }
    fn devices(&mut self) -> Result<Vec<Device>, StoreFault> {
        self.inner.devices()
    }
    fn put_device(&mut self, device: &Device) -> Result<(), StoreFault> {
        self.store.step()?;
        let mut device = device.clone();
        if self.store.bug == Bug::ForgetsFormerScope {
            device.former.clear();
        }
        if self.store.strikes(Bug::ForgetsDevice, 7) && self.inner.peek_device(device.id)?.is_some() {
            return Ok(());
        }
        self.inner.put_device(&device)
    }
    fn verdict(&mut self, id: CommandId) -> Result<Option<StoredVerdict>, StoreFault> {
        self.inner.verdict(id)
    }
    fn verdicts(&mut self, device: DeviceId, first: u64, limit: usize) -> Result<Vec<StoredVerdict>, StoreFault> {
        self.inner.verdicts(device, first, limit)
    }
    fn put_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.store.step()?;
        if self.store.strikes(Bug::DropsVerdict, 9) {
            return Ok(());
        }
        let mut verdict = verdict.clone();
        if self.store.strikes(Bug::LosesBody, 9) {
            verdict.body = Bytes::default();
        }
        self.inner.put_verdict(&verdict)
    }
    fn settle_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.store.step()?;
        if self.store.bug == Bug::SettlesOnPaperOnly {
            return Ok(());
        }
        self.woken.0 += 1;
        self.woken.1 += u32::from(verdict.outcome.stands());
        self.inner.settle_verdict(verdict)
    }
    fn trim(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        self.store.step()?;
        self.inner.trim(before, limit)
    }
    fn asides_of(&mut self, device: DeviceId, limit: usize) -> Result<usize, StoreFault> {
        self.inner.asides_of(device, limit)
    }
    fn keeps_notes(&self) -> bool {
        true
    }
    fn note(&mut self, key: &[u8]) -> Result<Option<Bytes>, StoreFault> {
        self.store.step()?;
        self.inner.note(key)
    }
    fn put_note(&mut self, key: &[u8], value: Option<&Bytes>) -> Result<(), StoreFault> {
        self.store.step()?;
        if self.store.bug == Bug::DropsWaiting && key.starts_with(b"w/") {
            return Ok(());
        }
        self.inner.put_note(key, value)
    }
    fn notes(&mut self, prefix: &[u8], limit: usize) -> Result<Vec<Bytes>, StoreFault> {
        if self.store.bug == Bug::NeverWakes && prefix.starts_with(b"w/") && prefix.len() > 2 {
            return Ok(Vec::new());
        }
        self.inner.notes(prefix, limit)
    }
    fn keep_aside(&mut self, aside: &Aside) -> Result<(), StoreFault> {
        self.inner.keep_aside(aside)
    }
    fn asides(&mut self, limit: usize) -> Result<Vec<Aside>, StoreFault> {
        self.inner.asides(limit)
    }
    fn document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        self.store.step()?;
        self.inner.document(key)
    }
    fn put_document(&mut self, document: &Document) -> Result<(), StoreFault> {
        self.store.step()?;
        if matches!(document.key, ItemKey::File(_)) && self.store.strikes(Bug::StaleFile, 9) {
            return Ok(());
        }
        let mut document = document.clone();
        if self.store.bug == Bug::WrongAsOf {
            document.as_of += 2;
        }
        if self.store.bug == Bug::ForgetsFormerRegion {
            document.former.clear();
        }
        self.inner.put_document(&document)
    }
    fn remove_document(&mut self, key: &ItemKey) -> Result<(), StoreFault> {
        if self.store.bug == Bug::KeepsRemoved {
            return Ok(());
        }
        self.inner.remove_document(key)
    }
    fn documents_of(
        &mut self,
        feed: &Feed,
        after: Option<&ItemKey>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreFault> {
        self.inner.documents_of(feed, after, limit)
    }
    fn tagged(&mut self, feed: &Feed, tag: &str, limit: usize) -> Result<Vec<Document>, StoreFault> {
        self.inner.tagged(feed, tag, limit)
    }
    fn holds_files(&mut self) -> Result<bool, StoreFault> {
        self.inner.holds_files()
    }
    fn place(&mut self, key: RecordKey) -> Result<Option<HouseholdId>, StoreFault> {
        self.store.step()?;
        self.inner.place(key)
    }
    fn put_place(&mut self, key: RecordKey, household: HouseholdId) -> Result<(), StoreFault> {
        if self.store.strikes(Bug::ForgetsPlace, 5) {
            return Ok(());
        }
        self.inner.put_place(key, household)
    }
    fn persons(&mut self, person: &PersonKey) -> Result<Vec<(HouseholdId, MemberId)>, StoreFault> {
        // Only rules ask for persons.
        assert!(!self.store.strikes(Bug::RulePanics, 25), "a rule that panics");
        if self.store.bug == Bug::ForgetsPersons {
            return Ok(Vec::new());
        }
        self.inner.persons(person)
    }
    fn put_person(&mut self, person: &PersonKey, household: HouseholdId, member: MemberId) -> Result<(), StoreFault> {
        self.inner.put_person(person, household, member)
    }
    fn remove_person(&mut self, person: &PersonKey, member: MemberId) -> Result<(), StoreFault> {
        self.inner.remove_person(person, member)
    }
    fn lock_feeds(&mut self, feeds: &[Feed]) -> Result<Vec<u64>, StoreFault> {
        self.store.step()?;
        self.inner.lock_feeds(feeds)
    }
    fn append(&mut self, feed: &Feed, seq: u64, entry: &Bytes) -> Result<(), StoreFault> {
        self.store.step()?;
        if self.store.strikes(Bug::LeavesHole, 11) {
            // The number is used and the entry is not there: what a reader of a sequence sees.
            return self.inner.append(feed, seq, &Bytes::default());
        }
        self.inner.append(feed, seq, entry)
    }
    fn entries(&mut self, feed: &Feed, seq: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreFault> {
        if self.store.strikes(Bug::SkipsEntry, 13) && self.inner.head(feed)? > seq + 1 {
            return self.inner.entries(feed, seq + 1, limit);
        }
        if self.store.strikes(Bug::RepeatsEntry, 5) && seq > 0 {
            return self.inner.entries(feed, seq - 1, limit);
        }
        self.inner.entries(feed, seq, limit)
    }
    fn head(&mut self, feed: &Feed) -> Result<u64, StoreFault> {
        self.inner.head(feed)
    }
    fn heads(&mut self, scope: &Scope) -> Result<Vec<Cursor>, StoreFault> {
        self.store.step()?;
        self.inner.heads(scope)
    }
    fn hold_unit(&mut self, holding: &Holding) -> Result<bool, StoreFault> {
        self.store.step()?;
        let mut holding = holding.clone();
        let before = self.inner.holding(holding.wish, holding.unit)?;
        if self.store.bug == Bug::SharesUnit
            && let Some(held) = &before
        {
            self.inner.free_unit(holding.wish, holding.unit, held.claim)?;
        }
        if self.store.bug == Bug::ExpiresEarly {
            holding.lease_until = holding.lease_until.map(|until| until.plus(-chrono::Duration::days(3)));
        }
        let held = self.inner.hold_unit(&holding)?;
        let again = before.as_ref().is_some_and(|before| before.claim == holding.claim);
        if held && !again {
            self.holds.push((holding, before.is_some()));
        }
        Ok(held)
    }
    fn holding(&mut self, wish: WishId, unit: u16) -> Result<Option<Holding>, StoreFault> {
        self.inner.holding(wish, unit)
    }
    fn free_unit(&mut self, wish: WishId, unit: u16, claim: ClaimId) -> Result<(), StoreFault> {
        if self.store.strikes(Bug::KeepsUnit, 2) {
            return Ok(());
        }
        self.inner.free_unit(wish, unit, claim)
    }
    fn lapsed(&mut self, before: Moment, limit: usize) -> Result<Vec<Holding>, StoreFault> {
        self.inner.lapsed(before, limit)
    }
    fn next_fence(&mut self, wish: WishId) -> Result<u32, StoreFault> {
        let next = self.inner.next_fence(wish)?;
        Ok(if self.store.bug == Bug::ReusesFence { 1 } else { next })
    }
    fn commit(self: Box<Self>) -> Result<(), StoreFault> {
        self.store.step()?;
        if self.store.strikes(Bug::CommitLies, 40) {
            return Ok(());
        }
        self.inner.commit()?;
        let mut seen = self.store.seen.lock().unwrap();
        seen.woken.0 += self.woken.0;
        seen.woken.1 += self.woken.1;
        for (holding, stolen) in self.holds {
            let Holding { wish, unit, claim, fence, .. } = holding;
            if stolen {
                seen.faults.push(format!("unit {unit} of wish {wish} has two holders"));
            }
            // Units of one grant have one fence.
            let last = seen.fences.insert(wish, (fence, claim));
            if let Some(last) = last.filter(|last| *last != (fence, claim) && last.0 >= fence) {
                seen.faults.push(format!("fence {fence} of wish {wish} does not rise above {}", last.0));
            }
        }
        drop(seen);
        // The answer may be lost although the work is done.
        self.store.step()
    }
}
