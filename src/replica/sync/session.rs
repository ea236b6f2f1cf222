//! One round's writes: staged over the index, made durable together with each answer of the server.

use std::collections::{BTreeMap, BTreeSet};

use super::super::vault::{self, Held as Typed, unreadable};
use super::super::{Logged, Replica, lock};
use super::held::{self, Answer, Stale, State};
use crate::domain::command::{Command, CommandId};
use crate::domain::id::DeviceId;
use crate::domain::record::{Kind, Record};
use crate::domain::records::Unreadable;
use crate::domain::region::RegionCode;
use crate::store::{Batch, codec};
use crate::sync::client::Local;
use crate::sync::feed::{Feed, Scope};
use crate::sync::fold::{Body, Held, Standing};
use crate::sync::protocol::{Bytes, Cursor, Cursors, Hash, ItemKey, Resume, Secret, Verdict, chain};
use crate::sync::rebase::passed;

/// A replica in a round with its server.
pub struct Session<'r> {
    replica: &'r Replica,
    secret: Secret,
    /// Territories as they were at enrolment.
    given: Vec<RegionCode>,
    /// What the device may hold, as far as it knows.
    scope: Scope,
    durable: State,
    state: State,
    items: BTreeMap<ItemKey, Option<Standing>>,
    answers: BTreeMap<u64, Option<Answer>>,
    inbox: BTreeMap<u64, bool>,
    stale: BTreeSet<Stale>,
    /// Whether something came that the view has to follow.
    pub moved: bool,
}

impl<'r> Session<'r> {
    pub fn new(replica: &'r Replica, secret: Secret) -> Result<Session<'r>, Unreadable> {
        let durable = replica.sync_state()?;
        let given = replica.enrolment().map(|enrolment| enrolment.scope.clone()).unwrap_or_default();
        Ok(Session {
            replica,
            secret,
            scope: super::view::scope(&given, &durable),
            given: given.territories,
            state: durable.clone(),
            durable,
            items: BTreeMap::new(),
            answers: BTreeMap::new(),
            inbox: BTreeMap::new(),
            stale: BTreeSet::new(),
            moved: false,
        })
    }

    fn answer(&self, seq: u64) -> Result<Option<Answer>, Unreadable> {
        match self.answers.get(&seq) {
            Some(staged) => Ok(staged.clone()),
            None => self.replica.answer(seq),
        }
    }

    /// What of the view depends on a command.
    fn touch(&mut self, logged: &Logged) {
        self.stale.extend(super::view::stale_of(logged));
    }

    /// Lets go of commands that the base shows by now, or never will.
    ///
    /// One that waits is left behind in [`State::waiting`], so that it holds up none of those after it.
    ///
    /// `done`: the round has come to its end, and every feed of the device was read; until then one of its scope that has
    /// no cursor is still to be fetched.
    fn advance(&mut self, done: bool) -> Result<(), Unreadable> {
        let granted = std::mem::take(&mut self.state.granted);
        for seq in granted {
            let shown = self.answer(seq)?.is_none_or(|answer| self.has_come(seq, &answer.verdict, done));
            if shown {
                self.state.arrived.remove(&seq);
            } else {
                self.state.granted.insert(seq);
            }
        }
        while self.state.settled < self.state.answered {
            let seq = self.state.settled + 1;
            let Some(Answer { verdict, .. }) = self.answer(seq)? else { break };
            if !self.has_come(seq, &verdict, done) {
                break;
            }
            self.state.settled = seq;
            self.state.arrived.remove(&seq);
        }
        Ok(())
    }

    /// Whether the base shows a command that has that verdict, or never will.
    fn has_come(&self, seq: u64, verdict: &Verdict, done: bool) -> bool {
        let nothing = Scope::default();
        let scope = if done { &nothing } else { &self.scope };
        !verdict.outcome.stands() || self.state.arrived.contains(&seq) || passed(verdict, scope, &self.state.cursors)
    }

    /// A command that waited has its final verdict.
    fn settle(&mut self, verdict: &Verdict) -> Result<(), Unreadable> {
        if !self.state.waiting.contains(&verdict.seq) || verdict.outcome.waits() {
            return Ok(());
        }
        let missing = || Unreadable(format!("command {} is not kept", verdict.seq));
        let Answer { hash, .. } = self.answer(verdict.seq)?.ok_or_else(missing)?;
        let (_, _, logged) = self.replica.outgoing(verdict.seq)?.ok_or_else(missing)?;
        self.touch(&logged);
        self.state.waiting.remove(&verdict.seq);
        if verdict.outcome.stands() {
            self.state.granted.insert(verdict.seq);
        }
        if held::is_for_a_person(&verdict.outcome) {
            self.inbox.insert(verdict.seq, true);
        }
        self.answers.insert(verdict.seq, Some(Answer { verdict: verdict.clone(), hash }));
        Ok(())
    }

    fn batch(&self) -> Result<Batch, Unreadable> {
        let index = self.replica.vault.store.index().map_err(unreadable)?;
        let mut batch = Batch::new();
        for (key, item) in &self.items {
            let mut is_listed = false;
            if let Some(bytes) = Typed(&*index).bytes(&held::item_key(key))? {
                let feed = held::feed_of_item(&bytes)?;
                is_listed = item.as_ref().is_some_and(|item| item.feed == feed);
                if !is_listed {
                    batch.delete(held::feed_key(&feed, key));
                }
                // A file is not read for the sake of its feed alone, and is no claim.
                if !matches!(key, ItemKey::File(_) | ItemKey::Older(..)) {
                    let before = held::decode_item(key, &bytes)?;
                    claim_mark(key, &before).into_iter().for_each(|mark| batch.delete(mark));
                }
            }
            match item {
                Some(item) => {
                    let bytes = held::encode_item(item)?;
                    vault::put(&*index, &mut batch, held::item_key(key), &bytes).map_err(unreadable)?;
                    if !is_listed {
                        batch.put(held::feed_key(&item.feed, key), codec::encode(key).map_err(unreadable)?);
                    }
                    if let (Some(mark), ItemKey::Card(claim) | ItemKey::Own(_, claim) | ItemKey::Record(claim)) =
                        (claim_mark(key, item), key)
                    {
                        batch.put(mark, codec::encode(claim).map_err(unreadable)?);
                    }
                }
                None => vault::remove(&*index, &mut batch, held::item_key(key)).map_err(unreadable)?,
            }
        }
        for (seq, answer) in &self.answers {
            match answer {
                Some(answer) => batch.put(held::answer_key(*seq), codec::encode(answer).map_err(unreadable)?),
                None => batch.delete(held::answer_key(*seq)),
            }
        }
        for (seq, waits) in &self.inbox {
            match waits {
                true => batch.put(held::inbox_key(*seq), codec::encode(seq).map_err(unreadable)?),
                false => batch.delete(held::inbox_key(*seq)),
            }
        }
        held::mark(&mut batch, &self.stale).map_err(unreadable)?;
        if self.state != self.durable {
            let state = codec::encode(&self.state).map_err(unreadable)?;
            vault::put(&*index, &mut batch, held::STATE.to_vec(), &state).map_err(unreadable)?;
        }
        Ok(batch)
    }

    /// The round is over: what was dropped leaves the view, and what came stands in it.
    pub fn finish(&mut self, now: crate::domain::moment::Now) -> Result<(), Unreadable> {
        if std::mem::take(&mut self.state.sweep) {
            self.stale.extend(self.replica.unfounded()?);
        }
        self.state.last = Some(now.at);
        self.advance(true)?;
        self.write()
    }

    fn write(&mut self) -> Result<(), Unreadable> {
        let writer = lock(&self.replica.writer);
        if writer.behind {
            return Err(Unreadable("the index is behind the journal".to_owned()));
        }
        let batch = self.batch()?;
        if !batch.is_empty() {
            let store = &self.replica.vault.store;
            store.apply(store.applied_seq().map_err(unreadable)?, &batch).map_err(unreadable)?;
        }
        drop(writer);
        self.moved |= !self.stale.is_empty();
        self.durable = self.state.clone();
        self.forget_staged();
        self.replica.note_answered(self.durable.decided());
        Ok(())
    }

    fn forget_staged(&mut self) {
        self.items.clear();
        self.answers.clear();
        self.inbox.clear();
        self.stale.clear();
    }
}

fn stored(index: &dyn crate::store::Index, key: &ItemKey) -> Result<Option<Standing>, Unreadable> {
    Typed(index).bytes(&held::item_key(key))?.map(|bytes| held::decode_item(key, &bytes)).transpose()
}

/// By which a claim outside of files is found from its wish.
fn claim_mark(key: &ItemKey, item: &Standing) -> Option<Vec<u8>> {
    match &item.body {
        Body::Record(Record::Claim(claim)) => Some(held::claim_key(claim.wish, claim.id, key)),
        _ => None,
    }
}

impl Replica {
    pub(in crate::replica) fn base_item(&self, key: &ItemKey) -> Result<Option<Standing>, Unreadable> {
        stored(&*self.vault.store.index().map_err(unreadable)?, key)
    }

    pub(super) fn answer(&self, seq: u64) -> Result<Option<Answer>, Unreadable> {
        let index = self.vault.store.index().map_err(unreadable)?;
        let found = index.get(&held::answer_key(seq)).map_err(unreadable)?;
        found.map(|bytes| vault::decode(&bytes)).transpose()
    }
}

impl Held for Session<'_> {
    fn item(&self, key: &ItemKey) -> Result<Option<Standing>, Unreadable> {
        match self.items.get(key) {
            Some(staged) => Ok(staged.clone()),
            None => self.replica.base_item(key),
        }
    }
    fn release(&mut self, key: &ItemKey) {
        self.items.remove(key);
    }
    fn put(&mut self, key: ItemKey, item: Standing) -> Result<(), Unreadable> {
        self.stale.insert(stale(&key));
        self.items.insert(key, Some(item));
        Ok(())
    }
    fn remove(&mut self, key: &ItemKey) -> Result<(), Unreadable> {
        self.stale.insert(stale(key));
        self.items.insert(key.clone(), None);
        Ok(())
    }
    fn drop_feed(&mut self, feed: &Feed) -> Result<(), Unreadable> {
        let index = self.replica.vault.store.index().map_err(unreadable)?;
        let mut keys: BTreeSet<ItemKey> = held::listed(&*index, &held::feed_prefix(feed))?.into_iter().collect();
        keys.extend(self.items.keys().cloned());
        for key in keys {
            if self.item(&key)?.is_some_and(|item| item.feed == *feed) {
                // Not marked as stale: what is fetched anew stays on the screen until the round ends.
                self.items.insert(key, None);
            }
        }
        self.state.cursors.remove(feed);
        self.state.settled_at.remove(feed);
        self.state.sweep = true;
        Ok(())
    }
    fn cursor(&self, feed: &Feed) -> Result<Option<u64>, Unreadable> {
        Ok(self.state.cursors.get(feed).copied())
    }
    fn settled_at(&self, feed: &Feed) -> Result<u64, Unreadable> {
        Ok(self.state.settled_at.get(feed).copied().unwrap_or(0))
    }
    fn set_settled_at(&mut self, feed: &Feed, seq: u64) -> Result<(), Unreadable> {
        self.state.settled_at.insert(feed.clone(), seq);
        Ok(())
    }
    fn set_cursor(&mut self, cursor: &Cursor) -> Result<(), Unreadable> {
        self.state.cursors.insert(cursor.feed.clone(), cursor.seq);
        Ok(())
    }
}

impl Local for Session<'_> {
    fn identity(&self) -> (DeviceId, Secret) {
        (self.replica.device(), self.secret.clone())
    }
    fn epoch(&self) -> u32 {
        self.state.epoch
    }
    fn enter_epoch(&mut self, epoch: u32) -> Result<(), Unreadable> {
        let feeds: Vec<Feed> = self.state.cursors.keys().cloned().collect();
        feeds.iter().try_for_each(|feed| self.drop_feed(feed))?;
        if let Some((feeds, _)) = self.state.fetching.take() {
            feeds.iter().try_for_each(|feed| self.drop_feed(feed))?;
        }
        self.state.cursors.clear();
        self.state.settled_at.clear();
        self.state.arrived.clear();
        self.state.granted.clear();
        self.state.epoch = epoch;
        self.state.sweep = true;
        // What the server of the new epoch has of this device, it shows; what it lacks is reopened.
        self.state.settled = self.state.answered;
        Ok(())
    }
    fn cursors(&self) -> Result<Cursors, Unreadable> {
        Ok(self.state.cursors.clone())
    }
    fn last_seq(&self) -> u64 {
        self.replica.vault.store.last_seq()
    }
    fn answered(&self) -> u64 {
        self.state.answered
    }
    fn territories(&self) -> Option<Vec<RegionCode>> {
        Some(self.state.territories.as_ref().unwrap_or(&self.given).clone())
    }
    fn set_territories(&mut self, territories: &[RegionCode]) -> Result<(), Unreadable> {
        self.state.territories = Some(territories.to_vec());
        Ok(())
    }
    fn waiting(&self) -> Result<Vec<u64>, Unreadable> {
        Ok(self.state.waiting.iter().copied().collect())
    }
    fn hash_at(&self, seq: u64) -> Option<Hash> {
        if seq == self.state.answered {
            return Some(self.state.hash);
        }
        if seq == 0 {
            return Some(chain::START);
        }
        if seq < self.state.answered {
            return self.answer(seq).ok().flatten().map(|answer| answer.hash);
        }
        let device = self.replica.device();
        (self.state.answered + 1..=seq).try_fold(self.state.hash, |hash, seq| {
            let (_, bytes, _) = self.replica.outgoing(seq).ok().flatten()?;
            Some(hash.next(device, seq, &bytes.0))
        })
    }
    fn commands(&self, first: u64, count: usize, bytes: usize) -> Result<Vec<Bytes>, Unreadable> {
        let mut found: Vec<Bytes> = Vec::new();
        let mut size = 0;
        for seq in (first..=self.last_seq()).take(count) {
            let Some((_, command, _)) = self.replica.outgoing(seq)? else { break };
            size += command.0.len();
            if size > bytes && !found.is_empty() {
                break;
            }
            found.push(command);
        }
        Ok(found)
    }
    fn take_verdicts(&mut self, verdicts: &[Verdict]) -> Result<(), Unreadable> {
        let device = self.replica.device();
        for verdict in verdicts {
            if verdict.seq != self.state.answered + 1 {
                self.settle(verdict)?;
                continue;
            }
            let missing = || Unreadable(format!("command {} is not kept", verdict.seq));
            let (envelope, bytes, logged) = self.replica.outgoing(verdict.seq)?.ok_or_else(missing)?;
            self.state.hash = self.state.hash.next(device, verdict.seq, &bytes.0);
            self.state.answered = verdict.seq;
            self.touch(&logged);
            let quiet = matches!(&envelope.command, Command::Seed { .. }) && logged.seats_a_worker();
            if held::is_for_a_person(&verdict.outcome) && !quiet {
                self.inbox.insert(verdict.seq, true);
            }
            if verdict.outcome.waits() {
                self.state.waiting.insert(verdict.seq);
            }
            self.answers.insert(verdict.seq, Some(Answer { verdict: verdict.clone(), hash: self.state.hash }));
        }
        Ok(())
    }
    fn reopen(&mut self, after: u64) -> Result<(), Unreadable> {
        let hash = self.hash_at(after).ok_or_else(|| Unreadable(format!("command {after} is not kept")))?;
        for seq in after + 1..=self.state.answered {
            self.answers.insert(seq, None);
            self.inbox.insert(seq, false);
        }
        self.state.hash = hash;
        self.state.answered = after;
        self.state.settled = self.state.settled.min(after);
        for left in [&mut self.state.arrived, &mut self.state.waiting, &mut self.state.granted] {
            left.retain(|seq| *seq <= after);
        }
        Ok(())
    }
    fn note_arrival(&mut self, id: CommandId) -> Result<(), Unreadable> {
        if id.seq > self.state.settled || self.state.waiting.contains(&id.seq) || self.state.granted.contains(&id.seq) {
            self.state.arrived.insert(id.seq);
        }
        Ok(())
    }
    fn fetching(&self) -> Result<Option<(Vec<Feed>, Option<Resume>)>, Unreadable> {
        Ok(self.state.fetching.clone())
    }
    fn set_fetching(&mut self, fetching: Option<(Vec<Feed>, Option<Resume>)>) -> Result<(), Unreadable> {
        self.state.fetching = fetching;
        Ok(())
    }
    fn commit(&mut self) -> Result<(), Unreadable> {
        let pulled = self.answers.is_empty();
        self.advance(false)?;
        self.write()?;
        // Verdicts of a long queue come in many answers; the view follows when the last one is there.
        let all_sent = self.state.answered == self.last_seq();
        if self.moved && !self.state.sweep && (pulled || all_sent) {
            self.replica.refresh_view()?;
            self.moved = false;
        }
        Ok(())
    }
    fn roll_back(&mut self) {
        self.state = self.durable.clone();
        self.forget_staged();
    }
}

/// What of the view an item stands for.
fn stale(key: &ItemKey) -> Stale {
    match key {
        ItemKey::File(household) | ItemKey::Older(household, _) => Stale::File(*household),
        ItemKey::Record(key) | ItemKey::Card(key) | ItemKey::Own(_, key) => Stale::Loose(*key),
    }
}

/// Kinds that stand in no household's file, or not always.
pub(super) fn may_be_loose(kind: Kind) -> bool {
    !matches!(kind, Kind::Household | Kind::Member | Kind::Indicator | Kind::Visit | Kind::Need | Kind::Conflict)
}
