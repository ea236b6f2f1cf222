//! How entries and chunks become what a device holds. Pure: [`Held`] is the device's store.
//!
//! Everything can be applied twice: each item remembers its feed and the entry that it is as of, and effects that it
//! has already are skipped. A household that moves between feeds of one device is told apart by the parts of the
//! command that moved it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::feed::Feed;
use super::overlay::{change_file, cut_older, note};
use super::protocol::{Chunk, Complete, Cursor, Effect, Entry, Item, ItemKey, Page};
use crate::domain::change::Change;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage, Unreadable};
use crate::store::codec;

/// What an item holds.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "taken apart at once, never kept in numbers")]
pub enum Body {
    /// A household's file.
    File(Arc<Dossier>),
    /// A page cut off a file.
    Older(OlderPage),
    /// A record outside of files.
    Record(Record),
}

impl Body {
    /// Its bytes, as stores keep them and chunks carry them.
    pub fn encode(&self) -> Result<Vec<u8>, Unreadable> {
        match self {
            Body::File(dossier) => codec::encode(&**dossier),
            Body::Older(page) => codec::encode(page),
            Body::Record(record) => codec::encode(record),
        }
        .map_err(|error| Unreadable(error.to_string()))
    }

    /// Reads the bytes of an item of that key.
    pub fn decode(key: &ItemKey, bytes: &[u8]) -> Result<Body, Unreadable> {
        match key {
            ItemKey::File(_) => codec::decode(bytes).map(|dossier| Body::File(Arc::new(dossier))),
            ItemKey::Older(..) => codec::decode(bytes).map(Body::Older),
            ItemKey::Record(_) | ItemKey::Card(_) | ItemKey::Own(..) => codec::decode(bytes).map(Body::Record),
        }
        .map_err(|error| Unreadable(error.to_string()))
    }
}

/// An item with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The feed that holds it.
    pub feed: Feed,
    /// The entry of that feed that it is as of.
    pub as_of: u64,
    /// Its content.
    pub body: Body,
}

/// What a device holds of the server's state. All writes of one page or chunk, cursors included, become durable
/// together or not at all.
pub trait Held {
    /// An item.
    fn item(&self, key: &ItemKey) -> Result<Option<Standing>, Unreadable>;
    /// An item is about to be replaced: what was put and is not durable yet need not be kept until then.
    fn release(&mut self, _key: &ItemKey) {}
    /// Adds or replaces an item.
    fn put(&mut self, key: ItemKey, item: Standing) -> Result<(), Unreadable>;
    /// Takes an item away; none is no fault.
    fn remove(&mut self, key: &ItemKey) -> Result<(), Unreadable>;
    /// Takes everything away that a feed holds, and its cursor.
    fn drop_feed(&mut self, feed: &Feed) -> Result<(), Unreadable>;
    /// How far a feed was read; `None` for one that was not fetched yet.
    fn cursor(&self, feed: &Feed) -> Result<Option<u64>, Unreadable>;
    /// Up to which entry a feed may change what is not held; see [`Complete`]. 0 where nothing was set.
    fn settled_at(&self, feed: &Feed) -> Result<u64, Unreadable>;
    /// Sets that entry.
    fn set_settled_at(&mut self, feed: &Feed, seq: u64) -> Result<(), Unreadable>;
    /// Moves a feed's cursor.
    fn set_cursor(&mut self, cursor: &Cursor) -> Result<(), Unreadable>;
}

/// Takes in a page's entries and cursors. Dropped feeds are left to the caller, who purges them when nothing is pending.
///
/// # Errors
/// When an entry is missing, or changes what is not held: then the feed has to be fetched anew.
pub fn take_page(held: &mut dyn Held, page: &Page) -> Result<(), Unreadable> {
    let mut read: BTreeMap<&Feed, u64> = BTreeMap::new();
    for entry in &page.entries {
        let last = match read.get(&entry.feed) {
            Some(last) => *last,
            None => held.cursor(&entry.feed)?.ok_or_else(|| Unreadable(format!("{} is not held", entry.feed)))?,
        };
        if entry.seq > last + 1 {
            return Err(Unreadable(format!("{}: entry {} follows {last}", entry.feed, entry.seq)));
        }
        if entry.seq == last + 1 {
            take_entry(held, entry)?;
            read.insert(&entry.feed, entry.seq);
        }
    }
    // The cursors are those of the entries taken in: a page that was sent twice moves nothing back.
    read.into_iter().try_for_each(|(feed, seq)| held.set_cursor(&Cursor { feed: feed.clone(), seq }))
}

/// Takes in a chunk of a bootstrap. What is complete gets its cursor.
///
/// # Errors
/// When an item cannot be read.
pub fn take_chunk(held: &mut dyn Held, chunk: &Chunk) -> Result<(), Unreadable> {
    for Item { key, feed, as_of, body } in &chunk.items {
        let body = Body::decode(key, &body.0)?;
        held.put(key.clone(), Standing { feed: feed.clone(), as_of: *as_of, body })?;
    }
    chunk.complete.iter().try_for_each(|Complete { cursor, settled_at }| {
        held.set_settled_at(&cursor.feed, *settled_at)?;
        held.set_cursor(cursor)
    })
}

/// Takes in one entry.
///
/// # Errors
/// As [`take_page`].
pub fn take_entry(held: &mut dyn Held, entry: &Entry) -> Result<(), Unreadable> {
    for effect in &entry.effects {
        match effect {
            Effect::File { household, changes } => {
                let key = ItemKey::File(*household);
                let file = match held.item(&key)? {
                    Some(item) if has(&item, entry) || item.feed != entry.feed => continue,
                    Some(Standing { body: Body::File(file), .. }) => {
                        held.release(&key);
                        Arc::unwrap_or_clone(file)
                    }
                    _ if creates_household(changes) => Dossier::default(),
                    // It left while the feed was being fetched; the entry that says so comes later.
                    None if entry.seq <= held.settled_at(&entry.feed)? => continue,
                    _ => return Err(Unreadable(format!("household {household} is changed but not held"))),
                };
                change_whole_file(held, entry, key, file, changes)?;
            }
            Effect::Enter { dossier, older } => {
                let household = dossier.household.id;
                let key = ItemKey::File(household);
                if held.item(&key)?.is_some_and(|item| has(&item, entry)) {
                    continue;
                }
                let standing = |body| Standing { feed: entry.feed.clone(), as_of: entry.seq, body };
                for (number, page) in (0..).zip(older) {
                    held.put(ItemKey::Older(household, number), standing(Body::Older(page.clone())))?;
                }
                held.put(key, standing(Body::File(Arc::new((**dossier).clone()))))?;
            }
            Effect::Leave { household } => {
                let key = ItemKey::File(*household);
                if let Some(item) = held.item(&key)?
                    && item.feed == entry.feed
                    && !has(&item, entry)
                {
                    remove_file(held, &key, &item)?;
                }
            }
            Effect::Put(record) => {
                let key = loose_key(&entry.feed, record.key());
                if !held.item(&key)?.is_some_and(|item| has(&item, entry)) {
                    let body = Body::Record((**record).clone());
                    held.put(key, Standing { feed: entry.feed.clone(), as_of: entry.seq, body })?;
                }
            }
            Effect::Remove(record) => {
                let key = loose_key(&entry.feed, *record);
                if held.item(&key)?.is_some_and(|item| item.feed == entry.feed && !has(&item, entry)) {
                    held.remove(&key)?;
                }
            }
        }
    }
    Ok(())
}

/// The item under which a feed's record outside of files is held. A claim may be held in several forms; everything else
/// is held once.
pub fn loose_key(feed: &Feed, record: RecordKey) -> ItemKey {
    match feed {
        Feed::Pool => ItemKey::Card(record),
        Feed::Own(worker) if record.kind == Kind::Claim => ItemKey::Own(*worker, record),
        Feed::Own(_) | Feed::Territory(_) | Feed::Reference => ItemKey::Record(record),
    }
}

/// Takes a file and its pages away.
fn remove_file(held: &mut dyn Held, key: &ItemKey, item: &Standing) -> Result<(), Unreadable> {
    if let (Body::File(file), ItemKey::File(household)) = (&item.body, key) {
        for number in 0..file.older_pages {
            held.remove(&ItemKey::Older(*household, number))?;
        }
    }
    held.remove(key)
}

fn change_whole_file(
    held: &mut dyn Held,
    entry: &Entry,
    key: ItemKey,
    mut file: Dossier,
    changes: &[Change],
) -> Result<(), Unreadable> {
    for change in changes {
        change_file(&mut file, &entry.cause, change)?;
    }
    note(&mut file, &entry.cause, changes);
    let standing = |body| Standing { feed: entry.feed.clone(), as_of: entry.seq, body };
    if let Some((number, page)) = cut_older(&mut file)
        && let ItemKey::File(household) = &key
    {
        held.put(ItemKey::Older(*household, number), standing(Body::Older(page)))?;
    }
    held.put(key, standing(Body::File(Arc::new(file))))
}

/// Whether an item has an entry's effects already.
fn has(item: &Standing, entry: &Entry) -> bool {
    let passed = |feed: &Feed, seq: u64| *feed == item.feed && seq <= item.as_of;
    passed(&entry.feed, entry.seq) || entry.parts.iter().any(|part| passed(&part.feed, part.seq))
}

fn creates_household(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change, Change::Create(record) if record.kind() == Kind::Household))
}
