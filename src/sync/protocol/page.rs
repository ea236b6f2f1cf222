//! Feeds on the wire: cursors, pages of entries, and bootstrap in chunks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};

use super::bytes::fixed;
use super::{Bytes, Hash};
use crate::domain::change::{Change, FieldChange};
use crate::domain::command::CommandId;
use crate::domain::id::{DeviceId, HouseholdId, WorkerId};
use crate::domain::moment::{Hlc, Moment};
use crate::domain::record::{Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage};
use crate::domain::region::RegionCode;
use crate::sync::feed::Feed;

/// How far a device has read a feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Which feed.
    pub feed: Feed,
    /// The last entry that was read; 0 for none.
    pub seq: u64,
}

/// How far a device has read each of its feeds.
pub type Cursors = BTreeMap<Feed, u64>;

/// What a device says it has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Every cursor.
    Cursors(Vec<Cursor>),
    /// Their digest: enough to learn that nothing is new, whatever the number of feeds. A server that has something
    /// new answers with [`Page::tell_cursors`].
    Digest(#[serde(with = "fixed")] [u8; 16]),
}

/// The digest of cursors, for [`Known::Digest`].
pub fn digest(cursors: &Cursors) -> [u8; 16] {
    let mut hash = Sm3::new();
    for (feed, seq) in cursors {
        hash.update(feed.key());
        hash.update([0]);
        hash.update(seq.to_be_bytes());
    }
    let full: [u8; 32] = hash.finalize().into();
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}

/// Asks for what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// The version that the device speaks.
    pub protocol: u16,
    /// The device.
    pub device: DeviceId,
    /// The epoch that the cursors belong to.
    pub epoch: u32,
    /// What was read.
    pub known: Known,
    /// The most bytes of the page; the server has its own limit too.
    pub max_bytes: u32,
    /// The digest of the territories that the device believes to be its own ([`territories_digest`]); where it is given
    /// and not the server's, the page tells which they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territories: Option<u32>,
}

/// The digest of territories, for [`Pull::territories`]. Their order says nothing.
pub fn territories_digest(territories: &[RegionCode]) -> u32 {
    let sorted: std::collections::BTreeSet<&RegionCode> = territories.iter().collect();
    let mut hash = Sm3::new();
    for region in sorted {
        hash.update(region.as_str());
        hash.update([0]);
    }
    let full: [u8; 32] = hash.finalize().into();
    u32::from_be_bytes([full[0], full[1], full[2], full[3]])
}

/// The answer to [`Pull`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Page {
    /// The server's epoch.
    pub epoch: u32,
    /// Entries, each feed's in order and without gaps. Commands that stand in several of the device's feeds are whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// The cursors after this page; they are stored together with the entries. Feeds that did not move are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cursors: Vec<Cursor>,
    /// Whether there is more to pull.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Feeds of the device's territory that it has no cursor for: to be fetched by [`Bootstrap`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bootstrap: Vec<Feed>,
    /// The territories that the device may hold now, where it believed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territories: Option<Vec<RegionCode>>,
    /// Feeds that are no longer the device's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Feed>,
    /// The digest that was sent is not the present one: send every cursor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell_cursors: bool,
}

/// One command's effects in one feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The feed.
    pub feed: Feed,
    /// Its number in the feed.
    pub seq: u64,
    /// The command behind it.
    pub cause: Cause,
    /// Where the rest of the command stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What it did here, in order.
    pub effects: Vec<Effect>,
}

/// A place in a feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// The feed.
    pub feed: Feed,
    /// The number.
    pub seq: u64,
}

/// The command behind effects: what the timeline and the stamps of records need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Its name.
    pub id: CommandId,
    /// When, by hybrid logical clock.
    pub hlc: Hlc,
    /// When, by its author's clock.
    pub at: Moment,
    /// Who.
    pub by: WorkerId,
    /// What; see [`Command::name`](crate::domain::command::Command::name).
    pub what: String,
    /// Values that did not stand: the loser stays in the history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<(RecordKey, FieldChange)>,
    /// Records that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<RecordKey>,
    /// Changes to records outside of the file that its timeline tells: what of a point's stock the household got.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<(RecordKey, FieldChange)>,
}

/// What a command did to what a feed holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Changes in a household's file.
    File {
        /// Whose file.
        household: HouseholdId,
        /// What changed.
        changes: Vec<Change>,
    },
    /// A household comes into this feed, with its file as it is after the command.
    Enter {
        /// The file.
        dossier: Box<Dossier>,
        /// Its older pages, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        older: Vec<OlderPage>,
    },
    /// A household leaves this feed.
    Leave {
        /// Which.
        household: HouseholdId,
    },
    /// A record outside of files takes this form: a reference record, a lead about nobody on file, a public wish card,
    /// one's own claim.
    Put(Box<Record>),
    /// A record outside of files leaves this feed.
    Remove(RecordKey),
}

/// Asks for whole feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The version that the device speaks.
    pub protocol: u16,
    /// The device.
    pub device: DeviceId,
    /// Which feeds, in the order in which they are wanted.
    pub feeds: Vec<Feed>,
    /// Where the last chunk ended; none to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// The most bytes of the chunk.
    pub max_bytes: u32,
}

/// Where a bootstrap goes on. The server keeps nothing between chunks, so a device may resume after days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The epoch in which it began.
    pub epoch: u32,
    /// The feed that was being read.
    pub feed: Feed,
    /// Its head when its first item was read: the cursor that the device will have.
    pub head: u64,
    /// The last item that was sent; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ItemKey>,
}

/// A piece of a bootstrap.
///
/// Items are read while work goes on, so a later item may be newer than the cursor. Each item says which entry it is as
/// of; entries up to there are skipped for it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Chunk {
    /// The server's epoch.
    pub epoch: u32,
    /// The items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Feeds that are complete with this chunk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complete: Vec<Complete>,
    /// Where to go on; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// A feed that was fetched whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complete {
    /// The cursor to go on from: the feed's head when its first item was read.
    pub cursor: Cursor,
    /// The feed's head when its last item was read. Up to here an entry may change a household that was not sent because
    /// it had left meanwhile; beyond, that means that something is wrong.
    pub settled_at: u64,
}

/// One file, page or record of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub key: ItemKey,
    /// The feed.
    pub feed: Feed,
    /// The feed's entry that it is as of.
    pub as_of: u64,
    /// Its content, as the crate's codec writes it: a [`Dossier`], an [`OlderPage`] or a [`Record`].
    pub body: Bytes,
}

/// Names a file, page or record of a feed. The order is that of a bootstrap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKey {
    /// A household's file.
    File(HouseholdId),
    /// A page of older visits and history, cut off a file; 0 is the oldest.
    Older(HouseholdId, u32),
    /// A record outside of files.
    Record(RecordKey),
    /// The public form of a wish or of a claim on it.
    Card(RecordKey),
    /// What a worker may see of their own work on other people's households.
    Own(WorkerId, RecordKey),
}

impl ItemKey {
    /// A key in bytes, in the same order.
    pub fn key(&self) -> Vec<u8> {
        let record = |tag: u8, record: &RecordKey| {
            let mut key = vec![tag];
            key.extend(record.id.bytes());
            key.extend(record.kind.name().as_bytes());
            key
        };
        match self {
            ItemKey::File(household) => [&[1], household.0.bytes().as_slice()].concat(),
            ItemKey::Older(household, page) => [&[2], household.0.bytes().as_slice(), &page.to_be_bytes()].concat(),
            ItemKey::Record(key) => record(3, key),
            ItemKey::Card(key) => record(4, key),
            ItemKey::Own(worker, key) => [&[5], worker.0.bytes().as_slice(), &record(0, key)[1..]].concat(),
        }
    }
}

/// The chain's hash as it stands in error messages: eight digits are enough to compare by eye.
pub(super) fn short(hash: &Hash) -> String {
    hash.to_string()[..8].to_owned()
}
