//! Where the server's state lies in the index: keys, values, batches.
//!
//! Every key begins with `s`, which no key of the view does.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::id::{ClaimId, HouseholdId, WishId};
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::domain::records::Unreadable;
use crate::domain::region::RegionCode;
use crate::store::{Batch, Index, StoreError, codec};
use crate::sync::feed::Feed;
use crate::sync::fold::{Body, Standing};
use crate::sync::protocol::{Bytes, Cursors, Hash, ItemKey, Outcome, Resume, Verdict};

/// The key of [`State`].
pub const STATE: &[u8] = b"sm";

/// Where the device stands with its server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct State {
    /// The server's epoch; 0 before the first round.
    #[serde(default)]
    pub epoch: u32,
    /// Every command up to here has a verdict.
    #[serde(default)]
    pub answered: u64,
    /// The chain's hash there.
    #[serde(default)]
    pub hash: Hash,
    /// Every command up to here shows in the base, or never will: it is no longer pending.
    #[serde(default)]
    pub settled: u64,
    /// Commands up to `answered` that wait at the server for a record: pending, and asked about in every round.
    #[serde(default)]
    pub waiting: BTreeSet<u64>,
    /// Commands up to `settled` that waited and stand now, until the base shows them.
    #[serde(default)]
    pub granted: BTreeSet<u64>,
    /// Commands beyond `settled`, or among `granted`, that the base shows.
    #[serde(default)]
    pub arrived: BTreeSet<u64>,
    /// How far each feed was read.
    #[serde(default)]
    pub cursors: Cursors,
    /// See [`Complete`](crate::sync::protocol::Complete).
    #[serde(default)]
    pub settled_at: Cursors,
    /// The territories that the server has given the device since it joined; none while they are those of the enrolment.
    #[serde(default)]
    pub territories: Option<Vec<RegionCode>>,
    /// What is being fetched.
    #[serde(default)]
    pub fetching: Option<(Vec<Feed>, Option<Resume>)>,
    /// Something was dropped: at the end of the round everything in the view that no base stands for goes, and not
    /// before, for what is being fetched anew must not vanish from the screen meanwhile.
    #[serde(default)]
    pub sweep: bool,
    /// When a round last came to its end.
    #[serde(default)]
    pub last: Option<Moment>,
}

/// A verdict with the chain's hash at its command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub hash: Hash,
}

/// What of the view has to be written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stale {
    File(HouseholdId),
    Loose(RecordKey),
}

impl State {
    /// The commands that the base does not show yet, as far as is known: those that waited, and those beyond `settled`.
    pub fn pending(&self, last_seq: u64) -> impl Iterator<Item = u64> {
        let left_behind: BTreeSet<u64> = self.waiting.union(&self.granted).copied().collect();
        let settled = self.settled;
        left_behind.into_iter().filter(move |seq| *seq <= settled).chain(settled + 1..=last_seq)
    }

    /// Commands with a final verdict.
    pub fn decided(&self) -> u64 {
        self.answered.saturating_sub(self.waiting.len() as u64)
    }
}

impl Stale {
    fn suffix(&self) -> Vec<u8> {
        match self {
            Stale::File(household) => [b"h".as_slice(), &household.0.bytes()].concat(),
            Stale::Loose(key) => [b"r".as_slice(), &key.id.bytes(), key.kind.name().as_bytes()].concat(),
        }
    }

    /// The mark that the view lags behind the base.
    pub fn key(&self) -> Vec<u8> {
        [STALE, &self.suffix()].concat()
    }

    /// The mark that the row file lags behind the view.
    pub fn row_key(&self) -> Vec<u8> {
        [ROWS, &self.suffix()].concat()
    }
}

pub const STALE: &[u8] = b"st";
pub const ROWS: &[u8] = b"sw";
pub const INBOX: &[u8] = b"sx";
const ITEM: &[u8] = b"si";
const FEED: &[u8] = b"sf";
const CLAIM: &[u8] = b"sc";
const ANSWER: &[u8] = b"sv";

#[derive(Serialize, Deserialize)]
struct StoredItem {
    feed: Feed,
    as_of: u64,
    body: Bytes,
}

pub fn item_key(key: &ItemKey) -> Vec<u8> {
    [ITEM, &key.key()].concat()
}

/// All items of a feed.
pub fn feed_prefix(feed: &Feed) -> Vec<u8> {
    [FEED, &feed.key(), &[0]].concat()
}

pub fn feed_key(feed: &Feed, key: &ItemKey) -> Vec<u8> {
    [feed_prefix(feed), key.key()].concat()
}

/// Claims outside of files on a wish.
pub fn claims_prefix(wish: WishId) -> Vec<u8> {
    [CLAIM, &wish.0.bytes()].concat()
}

pub fn claim_key(wish: WishId, claim: ClaimId, form: &ItemKey) -> Vec<u8> {
    let form = if matches!(form, ItemKey::Card(_)) { b"c" } else { b"o" };
    [claims_prefix(wish).as_slice(), &claim.0.bytes(), form].concat()
}

pub fn answer_key(seq: u64) -> Vec<u8> {
    [ANSWER, &seq.to_be_bytes()].concat()
}

pub fn inbox_key(seq: u64) -> Vec<u8> {
    [INBOX, &seq.to_be_bytes()].concat()
}

pub fn encode_item(item: &Standing) -> Result<Vec<u8>, Unreadable> {
    let stored = StoredItem { feed: item.feed.clone(), as_of: item.as_of, body: Bytes(item.body.encode()?) };
    codec::encode_packed(&stored).map_err(super::unreadable)
}

/// The feed that holds an item.
pub fn feed_of_item(bytes: &[u8]) -> Result<Feed, Unreadable> {
    #[derive(Deserialize)]
    struct Held {
        feed: Feed,
    }
    super::vault::decode(bytes).map(|Held { feed }| feed)
}

pub fn decode_item(key: &ItemKey, bytes: &[u8]) -> Result<Standing, Unreadable> {
    let StoredItem { feed, as_of, body } = super::vault::decode(bytes)?;
    Ok(Standing { feed, as_of, body: Body::decode(key, &body.0)? })
}

/// Whether a verdict is something for a person.
pub fn is_for_a_person(outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Applied) && !outcome.waits()
}

/// Every key that begins so, with its value.
pub fn listed<T: serde::de::DeserializeOwned>(index: &dyn Index, prefix: &[u8]) -> Result<Vec<T>, Unreadable> {
    let mut found = Vec::new();
    for record in index.scan(prefix) {
        let (_, value) = record.map_err(super::unreadable)?;
        found.push(super::vault::decode(&value)?);
    }
    Ok(found)
}

/// Marks what is stale.
pub fn mark(batch: &mut Batch, stale: &BTreeSet<Stale>) -> Result<(), StoreError> {
    for stale in stale {
        batch.put(stale.key(), codec::encode(stale)?);
    }
    Ok(())
}
