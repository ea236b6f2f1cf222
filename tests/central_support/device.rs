//! A device in memory: journal, the server's state, cursors; committed or rolled back like a disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use zhulian::domain::claim::Claim;
use zhulian::domain::command::{Command, CommandId, Entry, Envelope};
use zhulian::domain::decide;
use zhulian::domain::id::{DeviceId, HouseholdId, MemberId, WishId, WorkerId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::moment::{Hlc, Moment, Now};
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::records::{Dossier, Unreadable};
use zhulian::domain::refusal::Refusal;
use zhulian::domain::region::RegionCode;
use zhulian::domain::worker::Role;
use zhulian::sync::client::Local;
use zhulian::sync::feed::{Feed, Scope};
use zhulian::sync::fold::{Body, Held, Standing};
use zhulian::sync::overlay::Base;
use zhulian::sync::protocol::{Bytes, Cursor, Cursors, Hash, ItemKey, Resume, Secret, Verdict, chain, encode_command};
use zhulian::sync::rebase::{InboxItem, Pending, Rebased, actor_of, rebase};

/// One command as the journal holds it.
#[derive(Debug, Clone)]
pub struct Said {
    pub envelope: Envelope,
    pub bytes: Bytes,
    pub hash: Hash,
}

#[derive(Debug, Clone)]
pub struct Device {
    pub id: DeviceId,
    pub secret: Secret,
    pub worker: WorkerId,
    pub role: Role,
    /// What the worker may work on, as the device knows it.
    pub territories: Vec<RegionCode>,
    pub clock: Hlc,
    pub said: Vec<Said>,
    pub verdicts: BTreeMap<u64, Verdict>,
    pub inbox: Vec<InboxItem>,
    pub items: BTreeMap<ItemKey, Standing>,
    pub cursors: Cursors,
    pub settled: Cursors,
    pub epoch: u32,
    pub answered: u64,
    pub arrived: BTreeSet<CommandId>,
    pub fetching: Option<(Vec<Feed>, Option<Resume>)>,
    /// The disk fails at the next commit.
    pub cut: bool,
    pub flaw: Flaw,
    places: HashMap<RecordKey, HouseholdId>,
    /// Claims that stand by themselves, by their wish.
    claims: BTreeMap<WishId, BTreeSet<RecordKey>>,
    /// Present members by ID number.
    people: BTreeMap<IdNumber, BTreeSet<(HouseholdId, MemberId)>>,
    /// Commands whose verdict is still to come.
    waiting: BTreeSet<u64>,
    undo: Vec<Undo>,
}

/// A mistake built into a device on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flaw {
    #[default]
    None,
    /// Leaves out every fifth command of a push.
    SkipsCommand,
    /// Refused commands do not reach the inbox.
    ForgetsInbox,
    /// Keeps what is no longer its own.
    NeverPurges,
    /// The cursor is written although the page was not.
    CursorFirst,
    /// After a restore it believes that the server still has everything.
    NeverResends,
    /// Forgets which entry an item is as of.
    ForgetsAsOf,
    /// Takes a verdict for the command after it.
    ShiftsVerdicts,
    /// Never asks what became of commands that wait.
    NeverAsks,
}

#[derive(Debug, Clone)]
enum Undo {
    Item(ItemKey, Box<Option<Standing>>),
    Verdict(u64, Option<Verdict>),
    Cursors(Cursors),
    Settled(Cursors),
    Epoch(u32),
    Answered(u64),
    Arrived(BTreeSet<CommandId>),
    Fetching(Option<(Vec<Feed>, Option<Resume>)>),
    Inbox(usize),
}

impl Device {
    pub fn new(id: DeviceId, secret: Secret, worker: WorkerId, role: Role) -> Device {
        Device {
            id,
            secret,
            worker,
            role,
            territories: Vec::new(),
            clock: Hlc::default(),
            said: Vec::new(),
            verdicts: BTreeMap::new(),
            inbox: Vec::new(),
            items: BTreeMap::new(),
            cursors: Cursors::new(),
            settled: Cursors::new(),
            epoch: 0,
            answered: 0,
            arrived: BTreeSet::new(),
            fetching: None,
            cut: false,
            flaw: Flaw::None,
            places: HashMap::new(),
            claims: BTreeMap::new(),
            people: BTreeMap::new(),
            waiting: BTreeSet::new(),
            undo: Vec::new(),
        }
    }

    pub fn scope(&self) -> Scope {
        let held = self.cursors.keys().filter_map(|feed| match feed {
            Feed::Territory(region) => Some(region.clone()),
            _ => None,
        });
        Scope { territories: held.collect(), pool: true, workers: vec![self.worker] }
    }

    /// Commands that the server's state does not show yet.
    pub fn pending(&self) -> Vec<Pending> {
        self.said
            .iter()
            .filter(|said| {
                let seq = said.envelope.id.seq;
                let arrived = self.arrived.contains(&said.envelope.id);
                match self.verdicts.get(&seq) {
                    Some(verdict) if !verdict.outcome.waits() => {
                        let passed = |part: &zhulian::sync::protocol::Part| {
                            self.cursors.get(&part.feed).is_none_or(|cursor| *cursor >= part.seq)
                        };
                        verdict.outcome.stands() && !arrived && !verdict.parts.iter().all(passed)
                    }
                    _ => true,
                }
            })
            .map(|said| Pending {
                envelope: said.envelope.clone(),
                verdict: self.verdicts.get(&said.envelope.id.seq).cloned(),
            })
            .collect()
    }

    /// What the worker sees.
    pub fn view<'a>(&'a self, pending: &[Pending]) -> Rebased<'a> {
        rebase(self, &self.scope(), &self.cursors, &self.arrived, pending).unwrap()
    }

    /// A record as the worker sees it.
    pub fn sees(&self, key: RecordKey) -> Option<Record> {
        use zhulian::domain::records::Records as _;
        self.view(&self.pending()).view.record(key).unwrap()
    }

    /// Does something: refused by the rules here and now, or in the journal for good.
    pub fn act(&mut self, at: Moment, command: Command) -> Result<u64, Refusal> {
        let seq = self.said.len() as u64 + 1;
        let clock = self.clock.tick(at);
        let id = CommandId { device: self.id, seq };
        let envelope = Envelope { id, hlc: clock, at, worker: self.worker, role: self.role, command };
        {
            let pending = self.pending();
            let mut view = self.view(&pending).view;
            view.expect(&envelope.command).map_err(Refusal::from)?;
            let actor = actor_of(&envelope, None, self.scope().territories);
            decide::decide(&view, &actor, Now::new(at), &envelope.command)?;
        }
        self.clock = clock;
        self.write(envelope);
        Ok(seq)
    }

    /// Writes into the journal what no rule has seen.
    pub fn write(&mut self, envelope: Envelope) {
        let bytes = encode_command(&envelope);
        self.write_bytes(envelope, bytes);
    }

    pub fn write_bytes(&mut self, envelope: Envelope, bytes: Bytes) {
        let before = self.said.last().map_or(chain::START, |said| said.hash);
        let hash = before.next(self.id, self.said.len() as u64 + 1, &bytes.0);
        self.said.push(Said { envelope, bytes, hash });
    }

    fn set_item(&mut self, key: ItemKey, item: Option<Standing>) {
        if let Some(before) = self.items.remove(&key) {
            self.index(&key, &before.body, false);
        }
        if let Some(item) = item {
            self.index(&key, &item.body, true);
            self.items.insert(key, item);
        }
    }

    /// Notes or forgets what is found in an item by other names.
    fn index(&mut self, key: &ItemKey, body: &Body, held: bool) {
        match (key, body) {
            (ItemKey::File(household), Body::File(file)) => {
                for key in file.records().map(|record| record.key()) {
                    if held {
                        self.places.insert(key, *household);
                    } else if self.places.get(&key) == Some(household) {
                        self.places.remove(&key);
                    }
                }
                for member in file.present_members() {
                    let Some(number) = &member.id_number else { continue };
                    note(self.people.entry(*number).or_default(), (*household, member.id), held);
                }
            }
            (ItemKey::Card(key) | ItemKey::Own(_, key), Body::Record(Record::Claim(claim))) => {
                let forms = [ItemKey::Card(*key), ItemKey::Own(self.worker, *key)];
                let elsewhere = forms.iter().any(|form| self.items.contains_key(form));
                note(self.claims.entry(claim.wish).or_default(), *key, held || elsewhere);
            }
            _ => {}
        }
    }

    fn set_verdict(&mut self, seq: u64, verdict: Option<Verdict>) -> Option<Verdict> {
        note(&mut self.waiting, seq, verdict.as_ref().is_some_and(|verdict| verdict.outcome.waits()));
        match verdict {
            Some(verdict) => self.verdicts.insert(seq, verdict),
            None => self.verdicts.remove(&seq),
        }
    }
}

fn note<T: Ord>(set: &mut BTreeSet<T>, item: T, held: bool) {
    if held {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}

impl Held for Device {
    fn item(&self, key: &ItemKey) -> Result<Option<Standing>, Unreadable> {
        Ok(self.items.get(key).cloned())
    }
    fn put(&mut self, key: ItemKey, mut item: Standing) -> Result<(), Unreadable> {
        if self.flaw == Flaw::ForgetsAsOf {
            item.as_of = 0;
        }
        self.undo.push(Undo::Item(key.clone(), Box::new(self.items.get(&key).cloned())));
        self.set_item(key, Some(item));
        Ok(())
    }
    fn remove(&mut self, key: &ItemKey) -> Result<(), Unreadable> {
        self.undo.push(Undo::Item(key.clone(), Box::new(self.items.get(key).cloned())));
        self.set_item(key.clone(), None);
        Ok(())
    }
    fn drop_feed(&mut self, feed: &Feed) -> Result<(), Unreadable> {
        if self.flaw == Flaw::NeverPurges {
            self.undo.push(Undo::Cursors(self.cursors.clone()));
            self.cursors.remove(feed);
            return Ok(());
        }
        let keys: Vec<ItemKey> =
            self.items.iter().filter(|(_, item)| item.feed == *feed).map(|(key, _)| key.clone()).collect();
        keys.iter().try_for_each(|key| self.remove(key))?;
        self.undo.push(Undo::Cursors(self.cursors.clone()));
        self.cursors.remove(feed);
        Ok(())
    }
    fn cursor(&self, feed: &Feed) -> Result<Option<u64>, Unreadable> {
        Ok(self.cursors.get(feed).copied())
    }
    fn settled_at(&self, feed: &Feed) -> Result<u64, Unreadable> {
        Ok(self.settled.get(feed).copied().unwrap_or(0))
    }
    fn set_settled_at(&mut self, feed: &Feed, seq: u64) -> Result<(), Unreadable> {
        self.undo.push(Undo::Settled(self.settled.clone()));
        self.settled.insert(feed.clone(), seq);
        Ok(())
    }
    fn set_cursor(&mut self, cursor: &Cursor) -> Result<(), Unreadable> {
        self.undo.push(Undo::Cursors(self.cursors.clone()));
        self.cursors.insert(cursor.feed.clone(), cursor.seq);
        Ok(())
    }
}

impl Local for Device {
    fn identity(&self) -> (DeviceId, Secret) {
        (self.id, self.secret.clone())
    }
    fn epoch(&self) -> u32 {
        self.epoch
    }
    fn enter_epoch(&mut self, epoch: u32) -> Result<(), Unreadable> {
        let keys: Vec<ItemKey> = self.items.keys().cloned().collect();
        keys.iter().try_for_each(|key| self.remove(key))?;
        self.undo.push(Undo::Cursors(std::mem::take(&mut self.cursors)));
        self.undo.push(Undo::Settled(std::mem::take(&mut self.settled)));
        self.undo.push(Undo::Epoch(std::mem::replace(&mut self.epoch, epoch)));
        self.undo.push(Undo::Arrived(std::mem::take(&mut self.arrived)));
        self.set_fetching(None)
    }
    fn cursors(&self) -> Result<Cursors, Unreadable> {
        Ok(self.cursors.clone())
    }
    fn last_seq(&self) -> u64 {
        self.said.len() as u64
    }
    fn answered(&self) -> u64 {
        self.answered
    }
    fn waiting(&self) -> Result<Vec<u64>, Unreadable> {
        if self.flaw == Flaw::NeverAsks {
            return Ok(Vec::new());
        }
        Ok(self.waiting.range(..=self.answered).copied().collect())
    }
    fn hash_at(&self, seq: u64) -> Option<Hash> {
        match seq {
            0 => Some(chain::START),
            seq => self.said.get(seq as usize - 1).map(|said| said.hash),
        }
    }
    fn commands(&self, first: u64, count: usize, bytes: usize) -> Result<Vec<Bytes>, Unreadable> {
        let mut found: Vec<Bytes> = Vec::new();
        let mut size = 0;
        for said in self.said.iter().skip(first as usize - 1).take(count) {
            if self.flaw == Flaw::SkipsCommand && said.envelope.id.seq % 5 == 0 {
                continue;
            }
            size += said.bytes.0.len();
            if size > bytes && !found.is_empty() {
                break;
            }
            found.push(said.bytes.clone());
        }
        Ok(found)
    }
    fn take_verdicts(&mut self, verdicts: &[Verdict]) -> Result<(), Unreadable> {
        self.undo.push(Undo::Answered(self.answered));
        self.undo.push(Undo::Inbox(self.inbox.len()));
        for verdict in verdicts {
            let mut verdict = verdict.clone();
            if self.flaw == Flaw::ShiftsVerdicts && verdict.seq % 5 == 4 && verdict.seq < self.said.len() as u64 {
                verdict.seq += 1;
            }
            let verdict = &verdict;
            // As the product's own store: what it has not said has no verdict.
            let Some(envelope) = usize::try_from(verdict.seq)
                .ok()
                .and_then(|seq| self.said.get(seq.checked_sub(1)?))
                .map(|said| said.envelope.clone())
            else {
                continue;
            };
            let before = self.set_verdict(verdict.seq, Some(verdict.clone()));
            self.undo.push(Undo::Verdict(verdict.seq, before));
            if self.flaw != Flaw::ForgetsInbox {
                self.inbox.extend(InboxItem::of(&envelope, verdict));
            }
            if verdict.seq == self.answered + 1 {
                self.answered = verdict.seq;
            }
        }
        Ok(())
    }
    fn reopen(&mut self, after: u64) -> Result<(), Unreadable> {
        if self.flaw == Flaw::NeverResends {
            return Ok(());
        }
        self.undo.push(Undo::Answered(std::mem::replace(&mut self.answered, after)));
        for seq in after + 1..=self.said.len() as u64 {
            let before = self.set_verdict(seq, None);
            self.undo.push(Undo::Verdict(seq, before));
        }
        Ok(())
    }
    fn note_arrival(&mut self, id: CommandId) -> Result<(), Unreadable> {
        if !self.arrived.contains(&id) {
            self.undo.push(Undo::Arrived(self.arrived.clone()));
            self.arrived.insert(id);
        }
        Ok(())
    }
    fn fetching(&self) -> Result<Option<(Vec<Feed>, Option<Resume>)>, Unreadable> {
        Ok(self.fetching.clone())
    }
    fn set_fetching(&mut self, fetching: Option<(Vec<Feed>, Option<Resume>)>) -> Result<(), Unreadable> {
        self.undo.push(Undo::Fetching(std::mem::replace(&mut self.fetching, fetching)));
        Ok(())
    }
    fn commit(&mut self) -> Result<(), Unreadable> {
        if std::mem::take(&mut self.cut) {
            return Err(Unreadable("power cut".into()));
        }
        self.undo.clear();
        Ok(())
    }
    fn roll_back(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Item(key, before) => self.set_item(key, *before),
                Undo::Verdict(seq, before) => {
                    self.set_verdict(seq, before);
                }
                Undo::Cursors(_) if self.flaw == Flaw::CursorFirst => {}
                Undo::Cursors(before) => self.cursors = before,
                Undo::Settled(before) => self.settled = before,
                Undo::Epoch(before) => self.epoch = before,
                Undo::Answered(before) => self.answered = before,
                Undo::Arrived(before) => self.arrived = before,
                Undo::Fetching(before) => self.fetching = before,
                Undo::Inbox(before) => self.inbox.truncate(before),
            }
        }
    }
}

impl Base for Device {
    fn file(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(match self.items.get(&ItemKey::File(household)) {
            Some(Standing { body: Body::File(file), .. }) => Some(file.clone()),
            _ => None,
        })
    }
    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        let forms = [ItemKey::Record(key), ItemKey::Own(self.worker, key), ItemKey::Card(key)];
        Ok(forms.iter().find_map(|form| match self.items.get(form) {
            Some(Standing { body: Body::Record(record), .. }) => Some(record.clone()),
            _ => None,
        }))
    }
    fn place(&self, key: RecordKey) -> Result<Option<HouseholdId>, Unreadable> {
        Ok(self.places.get(&key).copied())
    }
    fn loose_claims(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        let keys = self.claims.get(&wish).into_iter().flatten();
        let claims = keys.filter_map(|key| self.loose(*key).ok().flatten());
        Ok(claims.filter_map(|record| if let Record::Claim(claim) = record { Some(claim) } else { None }).collect())
    }
    fn persons(&self, id_number: &IdNumber) -> Result<Vec<(HouseholdId, MemberId)>, Unreadable> {
        Ok(self.people.get(id_number).into_iter().flatten().copied().collect())
    }
    fn holds_files(&self) -> Result<bool, Unreadable> {
        Ok(self.items.keys().any(|key| matches!(key, ItemKey::File(_))))
    }
    fn former_regions(&self, _: HouseholdId) -> Result<Vec<RegionCode>, Unreadable> {
        Ok(Vec::new())
    }
    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        let said = (id.device == self.id).then(|| self.said.get(id.seq as usize - 1)).flatten();
        Ok(said.map(|said| Entry { envelope: said.envelope.clone(), changes: Vec::new() }))
    }
    fn households_of(&self, _: CommandId) -> Result<Vec<HouseholdId>, Unreadable> {
        Ok(Vec::new())
    }
}

/// The key of a record.
pub fn key(kind: Kind, id: impl Into<zhulian::domain::id::RecordId>) -> RecordKey {
    RecordKey { kind, id: id.into() }
}
