//! The transaction.

use std::collections::BTreeSet;

use postgres::Row;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::gathered::{Gathered, number};
use super::pool::Lent;
use crate::central::store::{
    Aside, Device, Document, Holding, PersonKey, Realm, StoreFault, StoredVerdict, Transaction,
};
use crate::domain::command::CommandId;
use crate::domain::id::{ClaimId, DeviceId, HouseholdId, MemberId, RecordId, WishId};
use crate::domain::moment::Moment;
use crate::domain::record::RecordKey;
use crate::store::codec;
use crate::sync::feed::{Feed, Scope};
use crate::sync::protocol::{Bytes, Cursor, ItemKey, chain};

/// Reads without locks until the first lock or write, then a transaction of the database.
pub struct PostgresTransaction<'p> {
    pub(super) connection: Lent<'p>,
    pub(super) county: i32,
    begun: bool,
    pub(super) gathered: Gathered,
    /// The county's state as it was read: it is replaced only where it still is that.
    realm: Option<Vec<u8>>,
    /// Devices that this transaction has locked.
    locked: BTreeSet<DeviceId>,
    /// Notes that were looked for and not there.
    no_notes: BTreeSet<Vec<u8>>,
}

impl<'p> PostgresTransaction<'p> {
    pub fn new(connection: Lent<'p>, county: i32) -> PostgresTransaction<'p> {
        let (gathered, locked) = (Gathered::default(), BTreeSet::new());
        let no_notes = BTreeSet::new();
        PostgresTransaction { connection, county, begun: false, gathered, realm: None, locked, no_notes }
    }

    pub(super) fn lock(&mut self) -> Result<(), StoreFault> {
        if !self.begun {
            self.connection.run("BEGIN ISOLATION LEVEL READ COMMITTED")?;
            self.begun = true;
        }
        Ok(())
    }

    /// Before a search: what was gathered must be found.
    fn send_items(&mut self) -> Result<(), StoreFault> {
        if self.gathered.items.is_empty() {
            return Ok(());
        }
        self.lock()?;
        self.gathered.send_items(&mut self.connection, self.county)
    }
}

impl Drop for PostgresTransaction<'_> {
    fn drop(&mut self) {
        if self.begun && self.connection.run("ROLLBACK").is_err() {
            self.connection.discard();
        }
    }
}

pub(super) fn uuid(id: RecordId) -> Uuid {
    id.0
}

pub(super) fn id(uuid: Uuid) -> RecordId {
    RecordId(uuid)
}

fn read<T: DeserializeOwned>(row: &Row) -> Result<T, StoreFault> {
    Ok(codec::decode(row.get(0))?)
}

pub(super) fn seq_of(row: &Row, column: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(column)).unwrap_or(0)
}

impl Transaction for PostgresTransaction<'_> {
    fn realm(&mut self) -> Result<Realm, StoreFault> {
        let row = self.connection.row("SELECT body FROM zl_realm WHERE county = $1", &[&self.county])?;
        self.realm = row.as_ref().map(|row| row.get(0));
        row.map_or_else(|| Ok(Realm::default()), |row| read(&row))
    }
    fn lock_realm(&mut self) -> Result<Realm, StoreFault> {
        self.lock()?;
        let row = self.connection.row("SELECT body FROM zl_realm WHERE county = $1 FOR UPDATE", &[&self.county])?;
        self.realm = row.as_ref().map(|row| row.get(0));
        row.map_or_else(|| Ok(Realm::default()), |row| read(&row))
    }
    fn put_realm(&mut self, realm: &Realm) -> Result<(), StoreFault> {
        self.lock()?;
        let body = codec::encode(realm)?;
        let changed = match &self.realm {
            Some(before) => {
                let set = "UPDATE zl_realm SET body = $2 WHERE county = $1 AND body = $3";
                self.connection.change(set, &[&self.county, &body, before])?
            }
            None => {
                let add = "INSERT INTO zl_realm (county, body) VALUES ($1, $2) ON CONFLICT (county) DO NOTHING";
                self.connection.change(add, &[&self.county, &body])?
            }
        };
        if changed == 0 {
            return Err(StoreFault::Again);
        }
        self.realm = Some(body);
        Ok(())
    }

    fn device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        self.lock()?;
        let sql = "SELECT body FROM zl_device WHERE county = $1 AND id = $2 FOR UPDATE";
        let row = self.connection.row(sql, &[&self.county, &uuid(device.0)])?;
        if row.is_some() {
            self.locked.insert(device);
        }
        row.map(|row| read(&row)).transpose()
    }
    fn peek_device(&mut self, device: DeviceId) -> Result<Option<Device>, StoreFault> {
        let sql = "SELECT body FROM zl_device WHERE county = $1 AND id = $2";
        self.connection.row(sql, &[&self.county, &uuid(device.0)])?.map(|row| read(&row)).transpose()
    }
    fn devices(&mut self) -> Result<Vec<Device>, StoreFault> {
        let sql = "SELECT body FROM zl_device WHERE county = $1 ORDER BY id";
        self.connection.rows(sql, &[&self.county])?.iter().map(read).collect()
    }
    fn put_device(&mut self, device: &Device) -> Result<(), StoreFault> {
        self.lock()?;
        let set = "INSERT INTO zl_device (county, id, body) VALUES ($1, $2, $3)
            ON CONFLICT (county, id) DO UPDATE SET body = EXCLUDED.body";
        self.connection.change(set, &[&self.county, &uuid(device.id.0), &codec::encode(device)?])?;
        Ok(())
    }

    fn verdict(&mut self, name: CommandId) -> Result<Option<StoredVerdict>, StoreFault> {
        if let Some(verdict) = self.gathered.verdicts.get(&name) {
            return Ok(Some(verdict.clone()));
        }
        let sql = "SELECT body FROM zl_verdict WHERE county = $1 AND device = $2 AND seq = $3";
        let row = self.connection.row(sql, &[&self.county, &uuid(name.device.0), &number(name.seq)])?;
        row.map(|row| read(&row)).transpose()
    }
    fn verdicts(&mut self, device: DeviceId, first: u64, limit: usize) -> Result<Vec<StoredVerdict>, StoreFault> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT body FROM zl_verdict WHERE county = $1 AND device = $2 AND seq >= $3 ORDER BY seq LIMIT $4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.connection.rows(sql, &[&self.county, &uuid(device.0), &number(first), &limit])?;
        let mut found: Vec<StoredVerdict> = rows.iter().map(read).collect::<Result<_, _>>()?;
        let own = self.gathered.verdicts.range(CommandId { device, seq: first }..=CommandId { device, seq: u64::MAX });
        found.extend(own.map(|(_, verdict)| verdict.clone()));
        // In order and without a hole, like the numbers themselves.
        found.sort_by_key(|verdict| verdict.id.seq);
        let whole = found.iter().zip(first..).take_while(|(verdict, seq)| verdict.id.seq == *seq).count();
        found.truncate(whole.min(usize::try_from(limit).unwrap_or(usize::MAX)));
        Ok(found)
    }
    fn put_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.lock()?;
        // Who holds the device's lock knows which numbers are taken; who does not has to look. What comes in between ends
        // at the unique key.
        let taken = match self.locked.contains(&verdict.id.device) {
            true => self.gathered.verdicts.contains_key(&verdict.id),
            false => self.verdict(verdict.id)?.is_some(),
        };
        if taken {
            return Err(StoreFault::Conflict("verdict"));
        }
        self.gathered.verdicts.insert(verdict.id, verdict.clone());
        Ok(())
    }
    fn settle_verdict(&mut self, verdict: &StoredVerdict) -> Result<(), StoreFault> {
        self.lock()?;
        if let Some(held) = self.gathered.verdicts.get_mut(&verdict.id) {
            if !held.outcome.waits() {
                return Err(StoreFault::Again);
            }
            *held = verdict.clone();
            return Ok(());
        }
        let sql = "SELECT body FROM zl_verdict WHERE county = $1 AND device = $2 AND seq = $3 FOR UPDATE";
        let (device, seq) = (uuid(verdict.id.device.0), number(verdict.id.seq));
        let row = self.connection.row(sql, &[&self.county, &device, &seq])?;
        let held: Option<StoredVerdict> = row.map(|row| read(&row)).transpose()?;
        if !held.is_some_and(|held| held.outcome.waits()) {
            return Err(StoreFault::Again);
        }
        let set = "UPDATE zl_verdict SET body = $4 WHERE county = $1 AND device = $2 AND seq = $3";
        self.connection.change(set, &[&self.county, &device, &seq, &codec::encode(verdict)?])?;
        Ok(())
    }
    fn trim(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        Ok(self.trim_verdicts(before, limit)? + self.trim_asides(before, limit)?)
    }
    fn asides_of(&mut self, device: DeviceId, limit: usize) -> Result<usize, StoreFault> {
        let sql = "SELECT 1 FROM zl_aside WHERE county = $1 AND device = $2 LIMIT $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self.connection.rows(sql, &[&self.county, &uuid(device.0), &limit])?.len())
    }
    fn keep_aside(&mut self, aside: &Aside) -> Result<(), StoreFault> {
        self.lock()?;
        // Named by content: the same bytes sent again and again are kept once.
        let content = codec::encode(&(&aside.code, &aside.commands))?;
        let name = chain::START.next(aside.device, aside.first, &content).0.to_vec();
        let add = "INSERT INTO zl_aside (county, device, first, name, body) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (county, device, first, name) DO NOTHING";
        let (device, first) = (uuid(aside.device.0), number(aside.first));
        self.connection.change(add, &[&self.county, &device, &first, &name, &codec::encode(aside)?])?;
        Ok(())
    }
    fn asides(&mut self, limit: usize) -> Result<Vec<Aside>, StoreFault> {
        let sql = "SELECT body FROM zl_aside WHERE county = $1 ORDER BY device, first, name LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.connection.rows(sql, &[&self.county, &limit])?.iter().map(read).collect()
    }

    fn document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        let key = key.key();
        if let Some(written) = self.gathered.items.get(&key) {
            return Ok(written.clone());
        }
        self.lock()?;
        let sql = "SELECT body FROM zl_item WHERE county = $1 AND key = $2 FOR UPDATE";
        let row = self.connection.row(sql, &[&self.county, &key])?;
        if row.is_none() {
            self.gathered.absent.insert(key);
        }
        row.map(|row| read(&row)).transpose()
    }
    fn peek_document(&mut self, key: &ItemKey) -> Result<Option<Document>, StoreFault> {
        let key = key.key();
        if let Some(written) = self.gathered.items.get(&key) {
            return Ok(written.clone());
        }
        let sql = "SELECT body FROM zl_item WHERE county = $1 AND key = $2";
        self.connection.row(sql, &[&self.county, &key])?.map(|row| read(&row)).transpose()
    }
    fn put_document(&mut self, document: &Document) -> Result<(), StoreFault> {
        self.lock()?;
        self.gathered.items.insert(document.key.key(), Some(document.clone()));
        Ok(())
    }
    fn remove_document(&mut self, key: &ItemKey) -> Result<(), StoreFault> {
        self.lock()?;
        self.gathered.items.insert(key.key(), None);
        Ok(())
    }
    fn documents_of(
        &mut self,
        feed: &Feed,
        after: Option<&ItemKey>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreFault> {
        self.send_items()?;
        let sql = "SELECT body FROM zl_item WHERE county = $1 AND feed = $2 AND key > $3 ORDER BY key LIMIT $4";
        let after = after.map(ItemKey::key).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.connection.rows(sql, &[&self.county, &feed.to_string(), &after, &limit])?.iter().map(read).collect()
    }
    fn tagged(&mut self, feed: &Feed, tag: &str, limit: usize) -> Result<Vec<Document>, StoreFault> {
        self.send_items()?;
        let sql = "SELECT body FROM zl_item
            WHERE county = $1 AND feed = $2 AND tag = $3 AND tag <> '' ORDER BY key LIMIT $4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.connection.rows(sql, &[&self.county, &feed.to_string(), &tag, &limit])?.iter().map(read).collect()
    }
    fn holds_files(&mut self) -> Result<bool, StoreFault> {
        self.send_items()?;
        // Files are the first items.
        let sql = "SELECT 1 FROM zl_item WHERE county = $1 AND key >= $2 AND key < $3 LIMIT 1";
        Ok(self.connection.row(sql, &[&self.county, &vec![1u8], &vec![2u8]])?.is_some())
    }

    fn place(&mut self, key: RecordKey) -> Result<Option<HouseholdId>, StoreFault> {
        let (kind, record) = (key.kind.name(), uuid(key.id));
        if let Some(household) = self.gathered.places.get(&(kind, record)) {
            return Ok(Some(*household));
        }
        let sql = "SELECT household FROM zl_place WHERE county = $1 AND kind = $2 AND id = $3";
        let row = self.connection.row(sql, &[&self.county, &kind, &record])?;
        Ok(row.map(|row| HouseholdId(id(row.get(0)))))
    }
    fn put_place(&mut self, key: RecordKey, household: HouseholdId) -> Result<(), StoreFault> {
        self.lock()?;
        self.gathered.places.insert((key.kind.name(), uuid(key.id)), household);
        Ok(())
    }

    fn persons(&mut self, person: &PersonKey) -> Result<Vec<(HouseholdId, MemberId)>, StoreFault> {
        self.lock()?;
        // A row of its own is locked, so that two who add the same new person wait for each other.
        let lock = "INSERT INTO zl_person_lock (county, person) VALUES ($1, $2)
            ON CONFLICT (county, person) DO UPDATE SET person = EXCLUDED.person";
        let person = person.to_vec();
        self.connection.change(lock, &[&self.county, &person])?;
        let sql = "SELECT household, member FROM zl_person WHERE county = $1 AND person = $2 ORDER BY member";
        let rows = self.connection.rows(sql, &[&self.county, &person])?;
        Ok(rows.iter().map(|row| (HouseholdId(id(row.get(0))), MemberId(id(row.get(1))))).collect())
    }
    fn put_person(&mut self, person: &PersonKey, household: HouseholdId, member: MemberId) -> Result<(), StoreFault> {
        self.lock()?;
        let set = "INSERT INTO zl_person (county, person, member, household) VALUES ($1, $2, $3, $4)
            ON CONFLICT (county, person, member) DO UPDATE SET household = EXCLUDED.household";
        let values: (Vec<u8>, Uuid, Uuid) = (person.to_vec(), uuid(member.0), uuid(household.0));
        self.connection.change(set, &[&self.county, &values.0, &values.1, &values.2])?;
        Ok(())
    }
    fn remove_person(&mut self, person: &PersonKey, member: MemberId) -> Result<(), StoreFault> {
        self.lock()?;
        let remove = "DELETE FROM zl_person WHERE county = $1 AND person = $2 AND member = $3";
        self.connection.change(remove, &[&self.county, &person.to_vec(), &uuid(member.0)])?;
        Ok(())
    }

    fn lock_feeds(&mut self, feeds: &[Feed]) -> Result<Vec<u64>, StoreFault> {
        self.lock_heads(feeds)
    }
    fn append(&mut self, feed: &Feed, seq: u64, entry: &Bytes) -> Result<(), StoreFault> {
        self.append_entry(feed, seq, entry)
    }
    fn entries(&mut self, feed: &Feed, seq: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreFault> {
        self.read_entries(feed, seq, limit)
    }
    fn head(&mut self, feed: &Feed) -> Result<u64, StoreFault> {
        self.read_head(feed)
    }
    fn heads(&mut self, scope: &Scope) -> Result<Vec<Cursor>, StoreFault> {
        self.read_heads(scope)
    }

    fn hold_unit(&mut self, holding: &Holding) -> Result<bool, StoreFault> {
        self.take_unit(holding)
    }
    fn holding(&mut self, wish: WishId, unit: u16) -> Result<Option<Holding>, StoreFault> {
        self.read_holding(wish, unit)
    }
    fn free_unit(&mut self, wish: WishId, unit: u16, claim: ClaimId) -> Result<(), StoreFault> {
        self.give_unit_back(wish, unit, claim)
    }
    fn lapsed(&mut self, before: Moment, limit: usize) -> Result<Vec<Holding>, StoreFault> {
        self.read_lapsed(before, limit)
    }
    fn next_fence(&mut self, wish: WishId) -> Result<u32, StoreFault> {
        self.count_fence(wish)
    }

    fn keeps_notes(&self) -> bool {
        true
    }
    fn note(&mut self, key: &[u8]) -> Result<Option<Bytes>, StoreFault> {
        self.lock()?;
        let sql = "SELECT value FROM zl_note WHERE county = $1 AND key = $2 FOR UPDATE";
        let row = self.connection.row(sql, &[&self.county, &key])?;
        if row.is_none() {
            self.no_notes.insert(key.to_vec());
        }
        Ok(row.map(|row| Bytes(row.get(0))))
    }
    fn put_note(&mut self, key: &[u8], value: Option<&Bytes>) -> Result<(), StoreFault> {
        self.lock()?;
        match value {
            // There was none: where another transaction has added it since, this one begins again.
            Some(value) if self.no_notes.remove(key) => {
                let add = "INSERT INTO zl_note (county, key, value) VALUES ($1, $2, $3)";
                self.connection.change(add, &[&self.county, &key, &value.0])?
            }
            Some(value) => {
                let set = "INSERT INTO zl_note (county, key, value) VALUES ($1, $2, $3)
                    ON CONFLICT (county, key) DO UPDATE SET value = EXCLUDED.value";
                self.connection.change(set, &[&self.county, &key, &value.0])?
            }
            None => {
                let remove = "DELETE FROM zl_note WHERE county = $1 AND key = $2";
                self.connection.change(remove, &[&self.county, &key])?
            }
        };
        Ok(())
    }
    fn notes(&mut self, prefix: &[u8], limit: usize) -> Result<Vec<Bytes>, StoreFault> {
        // Keys that begin with the prefix lie from it to the next one of its length; none is next to all of 0xff.
        let mut end = prefix.to_vec();
        while end.last() == Some(&0xff) {
            end.pop();
        }
        let end = end.split_last().map(|(last, rest)| [rest, &[last + 1]].concat());
        let sql = "SELECT value FROM zl_note
            WHERE county = $1 AND key >= $2 AND ($3::bytea IS NULL OR key < $3) ORDER BY key LIMIT $4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.connection.rows(sql, &[&self.county, &prefix, &end, &limit])?;
        Ok(rows.iter().map(|row| Bytes(row.get(0))).collect())
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreFault> {
        if !self.begun {
            return Ok(());
        }
        let this = &mut *self;
        this.gathered.send(&mut this.connection, this.county)?;
        match this.connection.run("COMMIT") {
            Ok(()) => {
                this.begun = false;
                Ok(())
            }
            Err(fault) => {
                this.begun = false;
                let broken = this.connection.is_broken();
                this.connection.discard();
                // Whether it stands is unknown then, so it is not begun again here: whoever asked asks again and finds out.
                Err(if broken { StoreFault::Away("the connection broke at the commit".to_owned()) } else { fault })
            }
        }
    }
}
