//! Tables and keys of the local store.

use crate::domain::command::CommandId;
use crate::domain::id::WishId;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::sync::feed::Feed;

/// Tables, by the first byte of their keys.
pub(super) mod table {
    pub const REALM: u8 = b'r';
    pub const DEVICE: u8 = b'd';
    pub const VERDICT: u8 = b'v';
    pub const ASIDE: u8 = b'a';
    pub const ITEM: u8 = b'i';
    pub const OF_FEED: u8 = b'f';
    pub const TAG: u8 = b't';
    pub const PLACE: u8 = b'p';
    pub const PERSON: u8 = b'q';
    pub const HEAD: u8 = b'h';
    pub const ENTRY: u8 = b'e';
    pub const UNIT: u8 = b'u';
    pub const LEASE: u8 = b'l';
    pub const FENCE: u8 = b'n';
    pub const REST: u8 = b'x';
    pub const NOTE: u8 = b'm';
    pub const CODE: u8 = b'c';
    pub const TRIMMED: u8 = b'z';
}

/// A key of that table.
pub(super) fn key(table: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![table];
    parts.iter().for_each(|part| key.extend_from_slice(part));
    key
}

/// Where the keys of a feed's items stand.
pub(super) fn of_feed(feed: &Feed) -> Vec<u8> {
    key(table::OF_FEED, &[&feed.key(), &[0]])
}

/// Where the keys of a feed's items with that tag stand.
pub(super) fn tagged(feed: &Feed, tag: &str) -> Vec<u8> {
    key(table::TAG, &[&feed.key(), &[0], tag.as_bytes(), &[0]])
}

pub(super) fn verdict_key(id: CommandId) -> Vec<u8> {
    key(table::VERDICT, &[&id.device.0.bytes(), &id.seq.to_be_bytes()])
}

pub(super) fn place_key(record: RecordKey) -> Vec<u8> {
    key(table::PLACE, &[record.kind.name().as_bytes(), &[0], &record.id.bytes()])
}

pub(super) fn unit_key(wish: WishId, unit: u16) -> Vec<u8> {
    key(table::UNIT, &[&wish.0.bytes(), &unit.to_be_bytes()])
}

/// Moments before 1970 sort as 1970; leases end later.
pub(super) fn lease_key(until: Moment, wish: WishId, unit: u16) -> Vec<u8> {
    let millis = u64::try_from(until.0).unwrap_or(0);
    key(table::LEASE, &[&millis.to_be_bytes(), &wish.0.bytes(), &unit.to_be_bytes()])
}
