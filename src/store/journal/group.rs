//! A group of entries that become effective together.

use std::ops::Range;
use std::sync::{MutexGuard, RwLockReadGuard};

use super::frame::{Hash, Role, write_frame};
use super::{Journal, Writer};
use crate::store::Seq;
use crate::store::error::{Result, StoreError};

/// Bytes gathered before they are written.
const WRITE_AT_ONCE: usize = 1 << 20;

/// Entries on their way into the journal; dropped without [`Group::commit`], they never were.
#[derive(Debug)]
pub struct Group<'a> {
    journal: &'a Journal,
    writer: MutexGuard<'a, Writer>,
    start: Mark,
    /// The last entry pushed; it is framed when it is known whether another follows.
    held: Option<Vec<u8>>,
    offsets: Vec<u64>,
    buffer: Vec<u8>,
    committed: bool,
    /// A push failed, so the group lacks an entry and may not be committed.
    failed: bool,
    /// Keeps compaction waiting.
    _busy: Option<RwLockReadGuard<'a, ()>>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    end: u64,
    next: Seq,
    last_hash: Hash,
}

impl<'a> Group<'a> {
    pub(super) fn new(journal: &'a Journal, writer: MutexGuard<'a, Writer>) -> Group<'a> {
        let start = Mark { end: writer.end, next: writer.next, last_hash: writer.last_hash };
        Group {
            journal,
            writer,
            start,
            held: None,
            offsets: Vec::new(),
            buffer: Vec::new(),
            committed: false,
            failed: false,
            _busy: None,
        }
    }

    pub(in crate::store) fn holding(mut self, busy: RwLockReadGuard<'a, ()>) -> Group<'a> {
        self._busy = Some(busy);
        self
    }

    /// Adds an entry; returns the seq that it will have.
    ///
    /// # Errors
    /// As [`Journal::append`]; the group can then only be dropped.
    pub fn push(&mut self, plain: &[u8]) -> Result<Seq> {
        self.not_failed()?;
        if let Some(before) = self.held.replace(plain.to_vec()) {
            let framed = self.frame(&before, Role::Member);
            self.failed = framed.is_err();
            framed?;
        }
        Ok(self.writer.next)
    }

    /// Makes all entries durable and effective; returns their seqs.
    ///
    /// # Errors
    /// As [`Journal::append`]; then none of them is effective (after `store.read_only`: unknown until the next open).
    pub fn commit(mut self) -> Result<Range<Seq>> {
        self.not_failed()?;
        if let Some(last) = self.held.take() {
            let role = if self.offsets.is_empty() { Role::Single } else { Role::Closing };
            self.frame(&last, role)?;
            self.flush()?;
            self.journal.sync(&self.writer.segment)?;
        }
        self.committed = true;
        let range = self.start.next..self.writer.next;
        if !range.is_empty() {
            self.journal.publish(&self.writer.segment, &self.offsets, range.end);
            self.writer.zeroed = self.writer.zeroed.max(self.writer.end);
            // A long segment is closed now, so that the next open need not scan it. The group is safe either way.
            let _ = self.journal.roll_if_long(&mut self.writer);
        }
        Ok(range)
    }

    fn not_failed(&self) -> Result<()> {
        if self.failed { Err(StoreError::Misuse("a group that failed")) } else { Ok(()) }
    }

    fn frame(&mut self, plain: &[u8], role: Role) -> Result<()> {
        let before = self.buffer.len();
        let writer = &mut *self.writer;
        let hash = write_frame(&self.journal.sealer, role, writer.next, &writer.last_hash, plain, &mut self.buffer)?;
        self.offsets.push(writer.end + before as u64);
        writer.next += 1;
        writer.last_hash = hash;
        if self.buffer.len() >= WRITE_AT_ONCE {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.journal.write(&mut self.writer, &self.buffer)?;
        self.writer.end += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        let Mark { end, next, last_hash } = self.start;
        self.writer.next = next;
        self.writer.last_hash = last_hash;
        // After a failed sync nothing is touched any more: the next open decides what is there.
        if self.journal.halted().is_none() && self.writer.end != end {
            self.journal.roll_back(&mut self.writer, end);
        }
        self.writer.end = end;
    }
}
