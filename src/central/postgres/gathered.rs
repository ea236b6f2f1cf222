//! What a transaction has written and not yet sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::pool::Connection;
use crate::central::store::{Document, StoreFault, StoredVerdict};
use crate::domain::command::CommandId;
use crate::domain::id::HouseholdId;
use crate::store::codec;
use crate::sync::feed::Feed;
use crate::sync::protocol::Bytes;

/// Writes in memory, read by point before they are sent.
#[derive(Default)]
pub struct Gathered {
    /// Documents by key; none for one that is taken away.
    pub items: BTreeMap<Vec<u8>, Option<Document>>,
    /// Documents that were not there when they were looked for: adding them must not replace another's.
    pub absent: BTreeSet<Vec<u8>>,
    pub places: HashMap<(&'static str, Uuid), HouseholdId>,
    pub verdicts: BTreeMap<CommandId, StoredVerdict>,
    pub entries: Vec<(Feed, i64, Bytes)>,
    /// Heads of locked feeds.
    pub heads: BTreeMap<Feed, u64>,
    /// Feeds whose head moved.
    pub moved: BTreeSet<Feed>,
}

impl Gathered {
    /// Sends everything.
    pub fn send(&mut self, connection: &mut Connection, county: i32) -> Result<(), StoreFault> {
        self.send_items(connection, county)?;
        self.send_places(connection, county)?;
        self.send_verdicts(connection, county)?;
        self.send_feeds(connection, county)
    }

    /// Sends documents, so that searches find them.
    pub fn send_items(&mut self, connection: &mut Connection, county: i32) -> Result<(), StoreFault> {
        let (mut fresh, mut held, mut gone) = (Rows::default(), Rows::default(), Vec::new());
        for (key, document) in std::mem::take(&mut self.items) {
            match document {
                Some(document) if self.absent.remove(&key) => fresh.push(key, &document)?,
                Some(document) => held.push(key, &document)?,
                None => gone.push(key),
            }
        }
        if !gone.is_empty() {
            self.absent.extend(gone.iter().cloned());
            connection.change("DELETE FROM zl_item WHERE county = $1 AND key = ANY($2)", &[&county, &gone])?;
        }
        if !fresh.keys.is_empty() {
            let add = "INSERT INTO zl_item (county, key, feed, tag, body)
                SELECT $1, n.key, n.feed, n.tag, n.body
                FROM UNNEST($2::bytea[], $3::text[], $4::text[], $5::bytea[]) AS n (key, feed, tag, body)";
            connection.change(add, &[&county, &fresh.keys, &fresh.feeds, &fresh.tags, &fresh.bodies])?;
        }
        if !held.keys.is_empty() {
            let set = "INSERT INTO zl_item (county, key, feed, tag, body)
                SELECT $1, n.key, n.feed, n.tag, n.body
                FROM UNNEST($2::bytea[], $3::text[], $4::text[], $5::bytea[]) AS n (key, feed, tag, body)
                ON CONFLICT (county, key)
                DO UPDATE SET feed = EXCLUDED.feed, tag = EXCLUDED.tag, body = EXCLUDED.body";
            connection.change(set, &[&county, &held.keys, &held.feeds, &held.tags, &held.bodies])?;
        }
        Ok(())
    }

    fn send_places(&mut self, connection: &mut Connection, county: i32) -> Result<(), StoreFault> {
        if self.places.is_empty() {
            return Ok(());
        }
        let mut places: Vec<_> = std::mem::take(&mut self.places).into_iter().collect();
        // In one order, so that two who note the same records wait instead of standing in each other's way.
        places.sort_unstable_by_key(|(key, _)| *key);
        let kinds: Vec<&str> = places.iter().map(|((kind, _), _)| *kind).collect();
        let ids: Vec<Uuid> = places.iter().map(|((_, id), _)| *id).collect();
        let households: Vec<Uuid> = places.iter().map(|(_, household)| Uuid::from_bytes(household.0.bytes())).collect();
        let set = "INSERT INTO zl_place (county, kind, id, household)
            SELECT $1, n.kind, n.id, n.household
            FROM UNNEST($2::text[], $3::uuid[], $4::uuid[]) AS n (kind, id, household)
            ON CONFLICT (county, kind, id) DO UPDATE SET household = EXCLUDED.household";
        connection.change(set, &[&county, &kinds, &ids, &households])?;
        Ok(())
    }

    fn send_verdicts(&mut self, connection: &mut Connection, county: i32) -> Result<(), StoreFault> {
        if self.verdicts.is_empty() {
            return Ok(());
        }
        let (mut devices, mut seqs, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for (id, verdict) in std::mem::take(&mut self.verdicts) {
            devices.push(Uuid::from_bytes(id.device.0.bytes()));
            seqs.push(number(id.seq));
            bodies.push(codec::encode(&verdict)?);
        }
        let add = "INSERT INTO zl_verdict (county, device, seq, body)
            SELECT $1, n.device, n.seq, n.body FROM UNNEST($2::uuid[], $3::bigint[], $4::bytea[]) AS n (device, seq, body)";
        connection.change(add, &[&county, &devices, &seqs, &bodies])?;
        Ok(())
    }

    fn send_feeds(&mut self, connection: &mut Connection, county: i32) -> Result<(), StoreFault> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let (mut feeds, mut seqs, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for (feed, seq, body) in std::mem::take(&mut self.entries) {
            feeds.push(feed.to_string());
            seqs.push(seq);
            bodies.push(body.0);
        }
        let add = "INSERT INTO zl_entry (county, feed, seq, body)
            SELECT $1, n.feed, n.seq, n.body FROM UNNEST($2::text[], $3::bigint[], $4::bytea[]) AS n (feed, seq, body)";
        connection.change(add, &[&county, &feeds, &seqs, &bodies])?;
        let moved = std::mem::take(&mut self.moved);
        let names: Vec<String> = moved.iter().map(ToString::to_string).collect();
        let heads: Vec<i64> = moved.iter().map(|feed| number(self.heads.get(feed).copied().unwrap_or(0))).collect();
        let set = "UPDATE zl_feed SET head = n.head FROM UNNEST($2::text[], $3::bigint[]) AS n (name, head)
            WHERE zl_feed.county = $1 AND zl_feed.name = n.name";
        connection.change(set, &[&county, &names, &heads])?;
        Ok(())
    }
}

/// Documents by column.
#[derive(Default)]
struct Rows {
    keys: Vec<Vec<u8>>,
    feeds: Vec<String>,
    tags: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Rows {
    fn push(&mut self, key: Vec<u8>, document: &Document) -> Result<(), StoreFault> {
        self.keys.push(key);
        self.feeds.push(document.feed.to_string());
        self.tags.push(document.tag.clone());
        self.bodies.push(codec::encode(document)?);
        Ok(())
    }
}

/// Numbers of commands and entries count up from 1, so they never reach the bound of the column's type.
pub fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
