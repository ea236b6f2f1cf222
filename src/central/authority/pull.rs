//! Pages and bootstraps: what a device has not read yet.

use std::collections::{BTreeMap, VecDeque};

use super::Authority;
use crate::central::store::{Device, Realm, StoreFault, Transaction};
use crate::domain::moment::Moment;
use crate::domain::record::Kind;
use crate::store::codec;
use crate::sync::feed::Feed;
use crate::sync::protocol::{
    Bootstrap, Chunk, Complete, Cursor, Cursors, Entry, Item, ItemKey, Known, MAX_PAGE, PROTOCOL, Page, ProtocolError,
    Pull, Resume, accepts, digest, territories_digest,
};

/// Items read at once for a chunk.
const ITEMS: usize = 64;

impl Authority {
    /// Answers with what changed since the device's cursors.
    ///
    /// # Errors
    /// `protocol.too_old`, `protocol.too_new`, `device.unknown`, `device.revoked`, `device.out_of_service`,
    /// `epoch.changed`, `cursor.unknown`, and the store's.
    pub fn pull(&self, _now: Moment, pull: &Pull) -> Result<Page, ProtocolError> {
        accepts(pull.protocol, PROTOCOL)?;
        let mut tx = self.store().begin()?;
        let (realm, device) = reader(&mut *tx, pull.device)?;
        if pull.epoch != realm.epoch {
            return Err(changed(&mut *tx, &realm, &device));
        }
        let heads: Cursors = tx.heads(&device.scope)?.into_iter().map(|head| (head.feed, head.seq)).collect();
        let held = &device.scope.territories;
        let moved = pull.territories.is_some_and(|theirs| theirs != territories_digest(held));
        let page = Page { epoch: realm.epoch, territories: moved.then(|| held.clone()), ..Page::default() };
        let cursors: Cursors = match &pull.known {
            Known::Digest(theirs) if *theirs == digest(&heads) => return Ok(page),
            Known::Digest(_) => return Ok(Page { tell_cursors: true, ..page }),
            Known::Cursors(cursors) => cursors.iter().map(|cursor| (cursor.feed.clone(), cursor.seq)).collect(),
        };
        let (own, dropped): (Cursors, Cursors) = cursors.into_iter().partition(|(feed, _)| device.scope.holds(feed));
        for (feed, seq) in &own {
            if heads.get(feed).copied().unwrap_or(0) < *seq {
                return Err(ProtocolError::CursorUnknown { feed: feed.clone(), seq: *seq });
            }
        }
        let bootstrap = heads.keys().filter(|feed| !own.contains_key(*feed)).cloned().collect();
        let limit = usize::try_from(pull.max_bytes).unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let gathered = gather(&mut *tx, &own, &heads, limit)?;
        let cursors: Vec<Cursor> = gathered
            .iter()
            .filter_map(|(feed, entries)| Some(Cursor { feed: feed.clone(), seq: entries.back()?.seq }))
            .collect();
        let reached = |feed: &Feed| cursors.iter().find(|cursor| cursor.feed == *feed).map(|cursor| cursor.seq);
        let more = own.iter().any(|(feed, seq)| reached(feed).unwrap_or(*seq) < heads.get(feed).copied().unwrap_or(0));
        Ok(Page {
            entries: in_order(gathered),
            cursors,
            more,
            bootstrap,
            dropped: dropped.into_keys().collect(),
            ..page
        })
    }

    /// Answers with a piece of whole feeds.
    ///
    /// # Errors
    /// `protocol.too_old`, `protocol.too_new`, `device.unknown`, `device.revoked`, `device.out_of_service`,
    /// `feed.not_held`, `epoch.changed`, and the store's.
    pub fn bootstrap(&self, _now: Moment, ask: &Bootstrap) -> Result<Chunk, ProtocolError> {
        accepts(ask.protocol, PROTOCOL)?;
        let mut tx = self.store().begin()?;
        let (realm, device) = reader(&mut *tx, ask.device)?;
        if let Some(feed) = ask.feeds.iter().find(|feed| !device.scope.holds(feed)) {
            return Err(ProtocolError::NotHeld { feed: feed.clone() });
        }
        if ask.resume.as_ref().is_some_and(|resume| resume.epoch != realm.epoch) {
            return Err(changed(&mut *tx, &realm, &device));
        }
        chunk(&mut *tx, &realm, &ask.feeds, ask.resume.as_ref(), ask.max_bytes, &|_| true)
    }

    /// The county's regions, a piece at a time, for a device that has not joined yet.
    ///
    /// # Errors
    /// `server.busy` where the server was restored between two pieces, and the store's.
    pub fn regions(&self, resume: Option<&Resume>, max_bytes: u32) -> Result<Chunk, ProtocolError> {
        let mut tx = self.store().begin()?;
        let realm = tx.realm()?;
        if resume.is_some_and(|resume| resume.epoch != realm.epoch) {
            return Err(ProtocolError::Busy { retry_after: 1 });
        }
        let is_region = |key: &ItemKey| matches!(key, ItemKey::Record(record) if record.kind == Kind::Region);
        chunk(&mut *tx, &realm, &[Feed::Reference], resume, max_bytes, &is_region)
    }
}

/// A piece of feeds, of what is wanted of them.
fn chunk(
    tx: &mut dyn Transaction,
    realm: &Realm,
    feeds: &[Feed],
    resume: Option<&Resume>,
    max_bytes: u32,
    wanted: &dyn Fn(&ItemKey) -> bool,
) -> Result<Chunk, ProtocolError> {
    let limit = usize::try_from(max_bytes).unwrap_or(MAX_PAGE).min(MAX_PAGE);
    let mut chunk = Chunk { epoch: realm.epoch, ..Chunk::default() };
    let mut bytes = 0;
    let feeds = once_each(feeds);
    let begun = resume.and_then(|resume| feeds.iter().position(|feed| **feed == resume.feed));
    for feed in &feeds[begun.unwrap_or(0)..] {
        let resumed = resume.filter(|resume| resume.feed == **feed);
        // The head is read before the items, so no entry after it can be missed.
        let head = match resumed {
            Some(resume) => resume.head,
            None => tx.head(feed)?,
        };
        let mut after = resumed.and_then(|resume| resume.after.clone());
        loop {
            let documents = tx.documents_of(feed, after.as_ref(), ITEMS)?;
            let last = documents.len() < ITEMS;
            for document in documents {
                if !wanted(&document.key) {
                    after = Some(document.key);
                    continue;
                }
                bytes += document.body.0.len() + 64;
                if bytes > limit && !chunk.items.is_empty() {
                    chunk.resume = Some(Resume { epoch: realm.epoch, feed: (*feed).clone(), head, after });
                    return Ok(chunk);
                }
                after = Some(document.key.clone());
                let (key, as_of, body) = (document.key, document.as_of, document.body);
                chunk.items.push(Item { key, feed: (*feed).clone(), as_of, body });
            }
            if last {
                break;
            }
        }
        let settled_at = tx.head(feed)?;
        chunk.complete.push(Complete { cursor: Cursor { feed: (*feed).clone(), seq: head }, settled_at });
    }
    Ok(chunk)
}

/// Feeds in the order asked for. One that is named very often is read once: a short question must not cost much.
fn once_each(feeds: &[Feed]) -> Vec<&Feed> {
    let mut seen = std::collections::BTreeSet::new();
    feeds.iter().filter(|feed| seen.insert(*feed)).collect()
}

fn reader(tx: &mut dyn Transaction, device: crate::domain::id::DeviceId) -> Result<(Realm, Device), ProtocolError> {
    let realm = tx.realm()?;
    let device = tx.peek_device(device)?.ok_or(ProtocolError::UnknownDevice)?;
    super::standing::served(tx, &device)?;
    Ok((realm, device))
}

fn changed(tx: &mut dyn Transaction, realm: &Realm, device: &Device) -> ProtocolError {
    match super::waiting::known_to(tx, device) {
        Ok((last_seq, last_hash)) => ProtocolError::EpochChanged { epoch: realm.epoch, last_seq, last_hash },
        Err(fault) => fault.into(),
    }
}

type Gathered = BTreeMap<Feed, VecDeque<Entry>>;

/// Entries after the cursors, about `limit` bytes of them, and then as many more as it takes to have every command whole.
fn gather(
    tx: &mut dyn Transaction,
    cursors: &Cursors,
    heads: &Cursors,
    limit: usize,
) -> Result<Gathered, ProtocolError> {
    let mut gathered = Gathered::new();
    let mut left = limit;
    for (feed, seq) in cursors {
        if left == 0 || heads.get(feed).is_none_or(|head| head <= seq) {
            continue;
        }
        let found = read(tx, feed, *seq, left)?;
        left = left.saturating_sub(found.iter().map(|(size, _)| *size).sum());
        gathered.insert(feed.clone(), found.into_iter().map(|(_, entry)| entry).collect());
    }
    let reach = |gathered: &Gathered, feed: &Feed| {
        gathered.get(feed).and_then(|entries| entries.back()).map_or(cursors[feed], |entry| entry.seq)
    };
    loop {
        // Where the commands read so far have parts that were not read.
        let mut wanted: BTreeMap<Feed, u64> = BTreeMap::new();
        for part in gathered.values().flatten().flat_map(|entry| &entry.parts) {
            if cursors.contains_key(&part.feed) && part.seq > reach(&gathered, &part.feed) {
                let want = wanted.entry(part.feed.clone()).or_default();
                *want = part.seq.max(*want);
            }
        }
        if wanted.is_empty() {
            return Ok(gathered);
        }
        for (feed, want) in wanted {
            while reach(&gathered, &feed) < want {
                let next = read(tx, &feed, reach(&gathered, &feed), 0)?;
                let next = next.into_iter().next().ok_or(StoreFault::Damaged("a feed with a hole".into()))?;
                gathered.entry(feed.clone()).or_default().push_back(next.1);
            }
        }
    }
}

fn read(tx: &mut dyn Transaction, feed: &Feed, seq: u64, limit: usize) -> Result<Vec<(usize, Entry)>, ProtocolError> {
    let decode = |(_, bytes): (u64, crate::sync::protocol::Bytes)| {
        Ok((bytes.0.len(), codec::decode(&bytes.0).map_err(StoreFault::from)?))
    };
    tx.entries(feed, seq, limit)?.into_iter().map(decode).collect()
}

/// All entries in an order in which each feed's come in theirs and each command's come together. There is one, because
/// the numbers of a command are given at one time.
fn in_order(mut gathered: Gathered) -> Vec<Entry> {
    let mut ordered = Vec::with_capacity(gathered.values().map(VecDeque::len).sum());
    let front = |gathered: &Gathered, feed: &Feed| gathered.get(feed).and_then(VecDeque::front).map(|entry| entry.seq);
    loop {
        // The rest of the command lies further back in another feed of this page.
        let waits = |entry: &Entry| {
            entry.parts.iter().any(|part| {
                let entries = gathered.get(&part.feed);
                let (first, last) = (entries.and_then(VecDeque::front), entries.and_then(VecDeque::back));
                first.is_some_and(|first| first.seq < part.seq) && last.is_some_and(|last| part.seq <= last.seq)
            })
        };
        let ready = gathered.values().filter_map(VecDeque::front).find(|entry| !waits(entry));
        let Some(first) = ready.or_else(|| gathered.values().find_map(VecDeque::front)) else { return ordered };
        let parts = first.parts.iter().filter(|part| front(&gathered, &part.feed) == Some(part.seq));
        let group: Vec<Feed> = std::iter::once(&first.feed).chain(parts.map(|part| &part.feed)).cloned().collect();
        for feed in group {
            ordered.extend(gathered.get_mut(&feed).and_then(VecDeque::pop_front));
        }
    }
}
