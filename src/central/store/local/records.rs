//! Records as a transaction sees them: what it has written on top of what is held, large values in pieces.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LocalTransaction;
use super::keys::{key, table};
use crate::central::store::StoreFault;
use crate::store::codec;
use crate::store::index::MAX_VALUE;

/// Values above this go into several records.
const PIECE: usize = MAX_VALUE - 1024;

impl LocalTransaction<'_> {
    pub(super) fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => {
                let held = self.store.index.get(key)?;
                // Under the lock nobody else changes it: who writes it later need not read it again.
                if self.writer.is_some() {
                    self.pieces.borrow_mut().insert(key.to_vec(), held.as_deref().map_or(0, pieces_in));
                }
                Ok(held)
            }
        }
    }

    pub(super) fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreFault> {
        self.raw(key)?.map(|value| self.read(key, value)).transpose()
    }

    pub(super) fn read<T: DeserializeOwned>(&self, key: &[u8], value: Vec<u8>) -> Result<T, StoreFault> {
        Ok(codec::decode(&self.whole(key, value)?)?)
    }

    /// A value in several records begins with 0 and their number; the codec's own bytes never begin with 0.
    fn whole(&self, key: &[u8], value: Vec<u8>) -> Result<Vec<u8>, StoreFault> {
        if value.first() != Some(&0) {
            return Ok(value);
        }
        let count = pieces_in(&value);
        if count == 0 {
            return Err(damaged("a value in pieces"));
        }
        let mut whole = Vec::new();
        for piece in 0..count {
            whole.extend(self.raw(&piece_key(key, piece))?.ok_or_else(|| damaged("a missing piece"))?);
        }
        Ok(whole)
    }

    pub(super) fn put<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), StoreFault> {
        self.put_bytes(key, codec::encode(value)?)
    }

    /// The same for what holds encoded values.
    pub(super) fn put_packed<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), StoreFault> {
        self.put_bytes(key, codec::encode_packed(value)?)
    }

    fn put_bytes(&mut self, key: Vec<u8>, bytes: Vec<u8>) -> Result<(), StoreFault> {
        self.lock();
        self.forget_pieces(&key)?;
        if bytes.len() <= PIECE {
            self.writes.insert(key, Some(bytes));
            return Ok(());
        }
        let mut count = 0u32;
        for piece in bytes.chunks(PIECE) {
            self.writes.insert(piece_key(&key, count), Some(piece.to_vec()));
            count += 1;
        }
        let mut head = vec![0];
        head.extend(count.to_be_bytes());
        self.pieces.get_mut().insert(key.clone(), count);
        self.writes.insert(key, Some(head));
        Ok(())
    }

    pub(super) fn mark(&mut self, key: Vec<u8>) {
        self.lock();
        self.writes.insert(key, Some(Vec::new()));
    }

    pub(super) fn delete(&mut self, key: Vec<u8>) -> Result<(), StoreFault> {
        self.lock();
        self.forget_pieces(&key)?;
        self.writes.insert(key, None);
        Ok(())
    }

    /// Takes away the pieces of the value that is about to be replaced.
    fn forget_pieces(&mut self, key: &[u8]) -> Result<(), StoreFault> {
        let known = self.pieces.get_mut().insert(key.to_vec(), 0);
        let count = match known {
            Some(count) => count,
            None => self.store.index.get(key)?.as_deref().map_or(0, pieces_in),
        };
        for piece in 0..count {
            self.writes.insert(piece_key(key, piece), None);
        }
        Ok(())
    }

    /// Keys and values under a prefix, in order, as this transaction sees them.
    pub(super) fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreFault> {
        self.scan_from(prefix, &[], usize::MAX)
    }

    /// As [`LocalTransaction::scan`], from a key on, at most `limit`; reads about as many.
    pub(super) fn scan_from(
        &self,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreFault> {
        let mut held = self.store.index.scan_from(prefix, from).peekable();
        let begin = from.max(prefix).to_vec();
        let mut written = self.writes.range(begin..).take_while(|(key, _)| key.starts_with(prefix)).peekable();
        let mut found = Vec::new();
        while found.len() < limit {
            let first = match (held.peek(), written.peek()) {
                (None, None) => break,
                (Some(Err(_)), _) | (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(Ok((held, _))), Some((written, _))) => held.cmp(written),
            };
            // What this transaction wrote stands before what is held.
            if first != std::cmp::Ordering::Greater {
                let record = held.next().transpose()?;
                if first == std::cmp::Ordering::Less {
                    found.extend(record);
                    continue;
                }
            }
            if let Some((key, Some(value))) = written.next() {
                found.push((key.clone(), value.clone()));
            }
        }
        Ok(found)
    }
}

/// What is stored cannot be what was written.
pub(super) fn damaged(what: &str) -> StoreFault {
    StoreFault::Damaged(what.to_owned())
}

/// In how many pieces a value lies: 0 for one that is whole. One in pieces is a 0 and their number; no value of the codec
/// begins so.
fn pieces_in(value: &[u8]) -> u32 {
    match value {
        [0, count @ ..] => count.try_into().map_or(0, u32::from_be_bytes),
        _ => 0,
    }
}

fn piece_key(of: &[u8], piece: u32) -> Vec<u8> {
    key(table::REST, &[of, &[0], &piece.to_be_bytes()])
}
