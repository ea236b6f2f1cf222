//! What the authority needs of a database: [`Store`] and [`Transaction`].
//!
//! A store serves one county; a database that holds several keys every table by county first. The authority reads
//! within a transaction, decides in memory, and writes everything at the end, so a transaction needs no savepoints and
//! is short.
//!
//! # What a store promises
//! - **Serialisable where it matters.** What [`Transaction::device`], [`Transaction::document`] and
//!   [`Transaction::persons`] have given does not change until the commit, except by this transaction: they lock (or the
//!   store detects the collision at commit and gives [`StoreFault::Again`]). Absent documents need no lock; absent
//!   persons do.
//! - **Feeds without holes.** [`Transaction::lock_feeds`] locks the counters in the order of the feeds until the commit,
//!   so numbers become visible in order. A reader sees of each feed a prefix without holes.
//! - **One holder for each unit.** [`Transaction::hold_unit`] rests on a unique key over (wish, unit).
//! - **One verdict for each name.** [`Transaction::put_verdict`] rests on a unique key over (device, seq).
//! - **Durable.** When [`Transaction::commit`] returns, everything survives a power cut; before that, nothing is visible
//!   to others. A transaction that is dropped leaves no trace.
//!
//! One suite of checks holds for every store.

mod embedded;
mod local;

pub use embedded::Embedded;
pub use local::LocalStore;

use serde::{Deserialize, Serialize};

use crate::domain::command::CommandId;
use crate::domain::id::{ClaimId, DeviceId, HouseholdId, MemberId, WishId};
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::region::RegionCode;
use crate::i18n::{Explain, Lang, central as say};
use crate::sync::feed::{Feed, Scope};
use crate::sync::protocol::{Bytes, Cursor, Hash, ItemKey, KEEP_DAYS, Outcome, Part};

/// A county's data.
pub trait Store: Send + Sync {
    /// Begins a transaction.
    ///
    /// # Errors
    /// [`StoreFault`].
    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StoreFault>;
}

/// Reads and writes that become visible together.
///
/// Every method gives a [`StoreFault`] when the store fails; the transaction is then of no further use.
#[allow(clippy::missing_errors_doc)] // said once, above
pub trait Transaction {
    /// The county's own state: epoch, identity, counters. Locked for writing by [`Transaction::put_realm`] alone.
    fn realm(&mut self) -> Result<Realm, StoreFault>;
    /// The same, locked until the commit: for who counts on in it.
    fn lock_realm(&mut self) -> Result<Realm, StoreFault> {
        self.realm()
    }
    /// Replaces the county's own state.
    fn put_realm(&mut self, realm: &Realm) -> Result<(), StoreFault>;

    /// A device, locked until the commit.
    fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault>;
    /// A device as last committed, without a lock: for pulls.
    fn peek_device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault>;
    /// Every device, by id.
    fn devices(&mut self) -> Result<Vec<Device>, StoreFault>;
    /// Adds or replaces a device.
    fn put_device(&mut self, device: &Device) -> Result<(), StoreFault>;

    /// The verdict on a command.
    fn verdict(&mut self, id: CommandId) -> Result<Option<StoredVerdict>, StoreFault>;
    /// Verdicts of a device from `first` on, in order, at most `limit`.
    fn verdicts(&mut self, device: DeviceId, first: u64, limit: usize) -> Result<Vec<StoredVerdict>, StoreFault>;
    /// Adds a verdict; a second one for the same name is [`StoreFault::Conflict`].
    fn put_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault>;
    /// Puts the verdict of a command that waited ([`Outcome::waits`]) in the place of the one that said so, or another
    /// one that says so. [`StoreFault::Again`] when the one that is held waits no more: somebody was faster.
    fn settle_verdict(&mut self, _verdict: &StoredVerdict) -> Result<(), StoreFault> {
        Err(StoreFault::Failed("this store keeps no notes".into()))
    }
    /// Takes the bytes off verdicts on commands that stand and were decided before that moment (what they did is in the
    /// files), and takes away what was kept aside before it. Looks at about `limit` of them and goes on from there the
    /// next time; how many were lightened or taken away. A refused command keeps its bytes: they stand nowhere else.
    fn trim(&mut self, _before: Moment, _limit: usize) -> Result<usize, StoreFault> {
        Ok(0)
    }
    /// Keeps bytes that could not be taken in, for a person to look at; the same bytes once.
    fn keep_aside(&mut self, aside: &Aside) -> Result<(), StoreFault>;
    /// What was kept aside, by device and number, at most `limit`.
    fn asides(&mut self, limit: usize) -> Result<Vec<Aside>, StoreFault>;
    /// How many pushes of a device are kept aside, counted up to `limit`.
    fn asides_of(&mut self, device: DeviceId, limit: usize) -> Result<usize, StoreFault> {
        let held = self.asides(usize::MAX)?;
        Ok(held.iter().filter(|aside| aside.device == device).take(limit).count())
    }

    /// A file, page or record, locked until the commit.
    fn document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault>;
    /// The same as it stands, without a lock: for what is only looked at.
    fn peek_document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        self.document(key)
    }
    /// Adds or replaces a file, page or record.
    fn put_document(&mut self, document: &Document) -> Result<(), StoreFault>;
    /// Takes a file, page or record away; none is no fault.
    fn remove_document(&mut self, key: &ItemKey) -> Result<(), StoreFault>;
    /// The items of a feed after a key, in the order of keys, at most `limit`, without locks.
    fn documents_of(&mut self, feed: &Feed, after: Option<&ItemKey>, limit: usize)
    -> Result<Vec<Document>, StoreFault>;
    /// Items of a feed with that tag, at most `limit`, without locks.
    fn tagged(&mut self, feed: &Feed, tag: &str, limit: usize) -> Result<Vec<Document>, StoreFault>;
    /// Whether any household's file is held.
    fn holds_files(&mut self) -> Result<bool, StoreFault>;

    /// The household in whose file a member, need, wish, claim, lead or conflict stands.
    fn place(&mut self, key: RecordKey) -> Result<Option<HouseholdId>, StoreFault>;
    /// Notes in whose file a record stands.
    fn put_place(&mut self, key: RecordKey, household: HouseholdId) -> Result<(), StoreFault>;

    /// The members who have that person key, locked until the commit even where there are none.
    fn persons(&mut self, person: &PersonKey) -> Result<Vec<(HouseholdId, MemberId)>, StoreFault>;
    /// Notes that a member has that person key.
    fn put_person(&mut self, person: &PersonKey, household: HouseholdId, member: MemberId) -> Result<(), StoreFault>;
    /// Takes that note back.
    fn remove_person(&mut self, person: &PersonKey, member: MemberId) -> Result<(), StoreFault>;

    /// The heads of feeds, locked in the order of the feeds until the commit. A feed that is new has head 0.
    /// `feeds` is sorted and without repeats.
    fn lock_feeds(&mut self, feeds: &[Feed]) -> Result<Vec<u64>, StoreFault>;
    /// Appends an entry and moves the feed's head to `seq`, which is the head plus one.
    fn append(&mut self, feed: &Feed, seq: u64, entry: &Bytes) -> Result<(), StoreFault>;
    /// Entries of a feed after `seq`, in order, until `limit` bytes are reached; at least one if there is one.
    fn entries(&mut self, feed: &Feed, seq: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreFault>;
    /// The head of a feed, without a lock; 0 for one that has no entries.
    fn head(&mut self, feed: &Feed) -> Result<u64, StoreFault>;
    /// The heads of all feeds of a scope that have entries, as of one moment, in the order of feeds, without locks.
    fn heads(&mut self, scope: &Scope) -> Result<Vec<Cursor>, StoreFault>;

    /// Gives a unit of a wish to a claim: false, and nothing is changed, when another claim holds it.
    fn hold_unit(&mut self, holding: &Holding) -> Result<bool, StoreFault>;
    /// The holder of a unit.
    fn holding(&mut self, wish: WishId, unit: u16) -> Result<Option<Holding>, StoreFault>;
    /// Takes a unit back from a claim; nothing happens when another claim, or none, holds it.
    fn free_unit(&mut self, wish: WishId, unit: u16, claim: ClaimId) -> Result<(), StoreFault>;
    /// Holdings whose lease ended before that moment and which are not fulfilled, at most `limit`, oldest first.
    fn lapsed(&mut self, before: Moment, limit: usize) -> Result<Vec<Holding>, StoreFault>;
    /// The next fencing number of a wish within this epoch: 1, 2, 3, … and never one that was given before.
    fn next_fence(&mut self, wish: WishId) -> Result<u32, StoreFault>;

    /// Whether the store keeps notes: small facts of the authority under names of its own, one table of keys and values.
    /// Over a store that keeps none, commands do not wait for records and households keep their provisional numbers.
    fn keeps_notes(&self) -> bool {
        false
    }
    /// A note, locked until the commit where there is one. Keys have 1 to 200 bytes.
    fn note(&mut self, _key: &[u8]) -> Result<Option<Bytes>, StoreFault> {
        Ok(None)
    }
    /// Writes a note; `None` takes it away.
    fn put_note(&mut self, _key: &[u8], _value: Option<&Bytes>) -> Result<(), StoreFault> {
        Err(StoreFault::Failed("this store keeps no notes".into()))
    }
    /// The values of notes whose keys begin with that, in the order of keys, at most `limit`, without locks.
    fn notes(&mut self, _prefix: &[u8], _limit: usize) -> Result<Vec<Bytes>, StoreFault> {
        Ok(Vec::new())
    }

    /// Makes everything durable and visible.
    fn commit(self: Box<Self>) -> Result<(), StoreFault>;
}

/// Why a store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// Another transaction was faster; the same work may succeed when it is begun again.
    #[error("another transaction was faster")]
    Again,
    /// A unique key is taken already.
    #[error("a unique key is taken: {0}")]
    Conflict(&'static str),
    /// What is stored cannot be read.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The database cannot be reached: it is down, or has just begun. The same work may succeed when it is back.
    #[error("the store is away: {0}")]
    Away(String),
    /// The database failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl Explain for StoreFault {
    fn code(&self) -> &str {
        match self {
            StoreFault::Again => "central.again",
            StoreFault::Conflict(_) => "central.conflict",
            StoreFault::Damaged(_) => "central.damaged",
            StoreFault::Away(_) => "central.away",
            StoreFault::Failed(_) => "central.failed",
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            StoreFault::Again => say::again(lang).into(),
            StoreFault::Conflict(key) => say::conflict(lang, key),
            StoreFault::Damaged(detail) => say::damaged(lang, detail),
            StoreFault::Away(detail) => say::away(lang, detail),
            StoreFault::Failed(detail) => say::failed(lang, detail),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            StoreFault::Again => say::again_remedy(lang),
            StoreFault::Conflict(_) | StoreFault::Damaged(_) => say::damaged_remedy(lang),
            StoreFault::Away(_) => say::away_remedy(lang),
            StoreFault::Failed(_) => say::failed_remedy(lang),
        }
        .into()
    }
}

/// A county's own state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Realm {
    /// How often it was restored from a backup.
    pub epoch: u32,
    /// The name under which the server itself acts (expiry, conflicts); the nil id before the county is founded.
    pub device: DeviceId,
    /// The last number of an act of the server itself.
    pub last_act: u64,
    /// The key under which persons are hashed.
    pub person_key: Bytes,
}

/// A device as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What people call it.
    pub name: String,
    /// Its key: 32 bytes.
    pub secret: Bytes,
    /// What it may hold.
    pub scope: Scope,
    /// What it held before, with the moment at which that ended: work from then still arrives.
    #[serde(default)]
    pub former: Vec<(Scope, Moment)>,
    /// When it joined.
    pub enrolled_at: Moment,
    /// When it was revoked.
    #[serde(default)]
    pub revoked_at: Option<Moment>,
    /// The last command that was decided.
    pub last_seq: u64,
    /// The chain's hash there.
    pub last_hash: Hash,
    /// When it was last heard of.
    #[serde(default)]
    pub seen_at: Option<Moment>,
    /// Set when a copy of it appeared.
    #[serde(default)]
    pub cloned_at: Option<Moment>,
}

impl Device {
    /// Gives it another scope. What it did under the old one still arrives.
    pub fn give(&mut self, now: Moment, scope: &Scope) {
        if self.scope == *scope {
            return;
        }
        let old = std::mem::replace(&mut self.scope, scope.clone());
        self.former.retain(|(_, ended)| now.since(*ended).num_days() <= KEEP_DAYS);
        if old != Scope::default() {
            self.former.push((old, now));
        }
    }
}

/// A command with its verdict, as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// The command's name.
    pub id: CommandId,
    /// The chain's hash with this command.
    pub hash: Hash,
    /// The command's bytes, as they came.
    pub body: Bytes,
    /// When the server decided.
    pub decided_at: Moment,
    /// What became of it.
    pub outcome: Outcome,
    /// Where its effects stand.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// The households whose files it touched.
    #[serde(default)]
    pub households: Vec<HouseholdId>,
}

/// Bytes that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The device that sent them.
    pub device: DeviceId,
    /// The number of the first command in them.
    pub first: u64,
    /// When they came.
    pub at: Moment,
    /// Why they were not taken in: the code of the error.
    pub code: String,
    /// The commands.
    pub commands: Vec<Bytes>,
}

/// A file, page or record as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which.
    pub key: ItemKey,
    /// The feed that it belongs to.
    pub feed: Feed,
    /// The feed's entry that it is as of.
    pub as_of: u64,
    /// What it is searched by: for a wish card its category, empty for everything else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Regions that a household lived in before, with the moment at which it moved: work from there still arrives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<(RegionCode, Moment)>,
    /// Its content, as the crate's codec writes it.
    pub body: Bytes,
}

/// HMAC-SM3 of a resident ID number under the county's person key.
pub type PersonKey = [u8; 32];

/// A unit of a wish in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The wish.
    pub wish: WishId,
    /// The unit, from 1.
    pub unit: u16,
    /// The claim that holds it.
    pub claim: ClaimId,
    /// The fencing number of the grant.
    pub fence: i64,
    /// When the lease ends by the server's clock; none once it is fulfilled.
    pub lease_until: Option<Moment>,
}
