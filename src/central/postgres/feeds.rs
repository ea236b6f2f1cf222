//! Feeds of a transaction: heads, locked in order, and entries.

use std::collections::BTreeSet;

use super::gathered::number;
use super::transaction::{PostgresTransaction, seq_of};
use crate::central::store::StoreFault;
use crate::sync::feed::{Feed, Scope};
use crate::sync::protocol::{Bytes, Cursor};

/// Entries read at once.
const ENTRIES: i64 = 256;

impl PostgresTransaction<'_> {
    pub(super) fn lock_heads(&mut self, feeds: &[Feed]) -> Result<Vec<u64>, StoreFault> {
        self.lock()?;
        let mut names: Vec<String> = feeds.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        let there = "SELECT name FROM zl_feed WHERE county = $1 AND name = ANY($2)";
        let there: BTreeSet<String> =
            self.connection.rows(there, &[&self.county, &names])?.iter().map(|row| row.get(0)).collect();
        let new: Vec<&String> = names.iter().filter(|name| !there.contains(*name)).collect();
        if !new.is_empty() {
            // In order, like the locks.
            let add =
                "INSERT INTO zl_feed (county, name, head) SELECT $1, n.name, 0 FROM UNNEST($2::text[]) AS n (name)
                ON CONFLICT (county, name) DO NOTHING";
            self.connection.change(add, &[&self.county, &new])?;
        }
        let lock = "SELECT name, head FROM zl_feed WHERE county = $1 AND name = ANY($2) ORDER BY name FOR UPDATE";
        let rows = self.connection.rows(lock, &[&self.county, &names])?;
        for row in &rows {
            let feed: Feed =
                row.get::<_, &str>(0).parse().map_err(|_| StoreFault::Damaged("the name of a feed".to_owned()))?;
            self.gathered.heads.entry(feed).or_insert(seq_of(row, 1));
        }
        let head = |feed| self.gathered.heads.get(feed).copied().ok_or(StoreFault::Again);
        feeds.iter().map(head).collect()
    }
    pub(super) fn append_entry(&mut self, feed: &Feed, seq: u64, entry: &Bytes) -> Result<(), StoreFault> {
        let head = self.gathered.heads.get_mut(feed).ok_or(StoreFault::Conflict("feed not locked"))?;
        if seq != *head + 1 {
            return Err(StoreFault::Conflict("feed entry"));
        }
        *head = seq;
        self.gathered.moved.insert(feed.clone());
        self.gathered.entries.push((feed.clone(), number(seq), entry.clone()));
        Ok(())
    }
    pub(super) fn read_entries(
        &mut self,
        feed: &Feed,
        seq: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Bytes)>, StoreFault> {
        let sql = "SELECT seq, body FROM zl_entry WHERE county = $1 AND feed = $2 AND seq > $3 ORDER BY seq LIMIT $4";
        let at_once = if limit == 0 { 1 } else { ENTRIES };
        let (name, mut found, mut bytes, mut last) = (feed.to_string(), Vec::new(), 0, seq);
        loop {
            let rows = self.connection.rows(sql, &[&self.county, &name, &number(last), &at_once])?;
            for row in &rows {
                let (seq, entry): (u64, Vec<u8>) = (seq_of(row, 0), row.get(1));
                if seq != last + 1 {
                    return Err(StoreFault::Damaged("a feed with a hole".to_owned()));
                }
                bytes += entry.len();
                if bytes > limit && !found.is_empty() {
                    return Ok(found);
                }
                found.push((seq, Bytes(entry)));
                last = seq;
            }
            if (rows.len() as i64) < at_once {
                break;
            }
            if limit == 0 {
                return Ok(found);
            }
        }
        for (of, seq, entry) in &self.gathered.entries {
            let seq = u64::try_from(*seq).unwrap_or(0);
            if of == feed && seq == last + 1 {
                bytes += entry.0.len();
                if bytes > limit && !found.is_empty() {
                    break;
                }
                found.push((seq, entry.clone()));
                last = seq;
            }
        }
        Ok(found)
    }
    pub(super) fn read_head(&mut self, feed: &Feed) -> Result<u64, StoreFault> {
        if let Some(head) = self.gathered.heads.get(feed) {
            return Ok(*head);
        }
        let sql = "SELECT head FROM zl_feed WHERE county = $1 AND name = $2";
        let row = self.connection.row(sql, &[&self.county, &feed.to_string()])?;
        Ok(row.map_or(0, |row| seq_of(&row, 0)))
    }
    pub(super) fn read_heads(&mut self, scope: &Scope) -> Result<Vec<Cursor>, StoreFault> {
        let mut heads = Vec::new();
        let names: Vec<String> = scope.workers.iter().map(|worker| Feed::Own(*worker).to_string()).collect();
        // A territory holds everything below it.
        let below: Vec<String> =
            scope.territories.iter().map(|region| format!("territory/{}%", region.prefix())).collect();
        let sql = "SELECT name, head FROM zl_feed
            WHERE county = $1 AND head > 0
            AND (name IN ('pool', 'reference') OR name = ANY($2) OR name LIKE ANY($3))";
        for row in self.connection.rows(sql, &[&self.county, &names, &below])? {
            let feed: Feed =
                row.get::<_, &str>(0).parse().map_err(|_| StoreFault::Damaged("the name of a feed".to_owned()))?;
            if scope.holds(&feed) {
                let seq = seq_of(&row, 1);
                heads.push(Cursor { feed, seq });
            }
        }
        heads.sort();
        Ok(heads)
    }
}
