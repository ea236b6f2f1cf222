//! Rows of text joined in one buffer, so that one sweep searches them all.

use std::ops::Range;

/// Begins a row, and with it the row's first item.
pub(super) const ROW: u8 = 0x0a;

/// Whether a byte structures a buffer. All bytes below the space do; folded text has none of them.
pub(super) fn is_mark(byte: u8) -> bool {
    byte < b' '
}

/// So many bytes share one entry of the row table.
const BLOCK: usize = 64;

/// Joined rows. Each begins with [`ROW`]; other marks inside a row are the owner's affair.
///
/// A table says for every 64 bytes where rows begin, so the row of an offset is found at once, and a row costs a fifth
/// of its length and no offset of its own.
#[derive(Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    blocks: Vec<Block>,
    rows: usize,
}

/// 64 bytes of a buffer.
#[derive(Clone, Copy)]
struct Block {
    /// The number of rows that begin before it.
    before: u32,
    /// A bit for each byte that begins a row, in two halves lest the table be padded.
    starts: [u32; 2],
}

impl Block {
    fn starts(self) -> u64 {
        u64::from(self.starts[0]) | u64::from(self.starts[1]) << 32
    }
}

impl Lines {
    /// Makes room for so many bytes.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Appends raw bytes: marks and text.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Makes the row table; until then nothing may be asked.
    pub(super) fn seal(&mut self) {
        self.bytes.shrink_to_fit();
        self.blocks = Vec::with_capacity(self.bytes.len().div_ceil(BLOCK));
        self.rows = 0;
        for block in self.bytes.chunks(BLOCK) {
            let starts = (0..).zip(block).fold(0u64, |starts, (place, &byte)| starts | u64::from(byte == ROW) << place);
            self.blocks.push(Block { before: self.rows as u32, starts: [starts as u32, (starts >> 32) as u32] });
            self.rows += starts.count_ones() as usize;
        }
    }

    /// The joined bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The row around an offset.
    pub(super) fn row_at(&self, offset: usize) -> usize {
        let block = self.blocks[offset / BLOCK];
        let until = u64::MAX >> (BLOCK - 1 - offset % BLOCK);
        (block.before + (block.starts() & until).count_ones() - 1) as usize
    }

    /// Where a row begins; the end of the buffer for the row after the last.
    pub(super) fn start(&self, row: usize) -> usize {
        if row >= self.rows {
            return self.bytes.len();
        }
        let block = self.blocks.partition_point(|block| block.before as usize <= row) - 1; // the first has 0 before it
        let mut starts = self.blocks[block].starts();
        for _ in self.blocks[block].before as usize..row {
            starts &= starts - 1;
        }
        block * BLOCK + starts.trailing_zeros() as usize
    }

    /// The bytes of some rows.
    pub(super) fn span(&self, rows: Range<usize>) -> Range<usize> {
        if rows.start == 0 && rows.end >= self.rows {
            return 0..self.bytes.len();
        }
        self.start(rows.start)..self.start(rows.end)
    }

    /// The text of one row, marks included.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.bytes[self.start(row)..self.start(row + 1)]
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity() + self.blocks.capacity() * size_of::<Block>()
    }
}

/// Where the item around `at` begins: its mark.
pub(super) fn mark_before(bytes: &[u8], at: usize) -> usize {
    // Every buffer begins with a mark, so the search ends there at the latest.
    bytes[..at].iter().rposition(|&byte| is_mark(byte)).unwrap_or(0)
}

/// Whether an item ends at `at`.
pub(super) fn is_end(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|&byte| is_mark(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rows: &[&str]) -> Lines {
        let mut lines = Lines::default();
        for row in rows {
            lines.push(&[ROW]);
            lines.push(row.as_bytes());
        }
        lines.seal();
        lines
    }

    #[test]
    fn offsets_and_rows_agree() {
        let long = "x".repeat(200);
        for rows in [vec![], vec![""], vec!["a"], vec!["", "", ""], vec!["ab", &long, "", "c", &long, &long], {
            vec!["abc"; 300]
        }] {
            let lines = lines(&rows);
            assert_eq!(lines.len(), rows.len());
            assert_eq!(lines.start(rows.len()), lines.bytes().len());
            for (number, row) in rows.iter().enumerate() {
                assert_eq!(lines.row(number), format!("\n{row}").as_bytes());
                for offset in lines.start(number)..lines.start(number + 1) {
                    assert_eq!(lines.row_at(offset), number);
                }
            }
        }
    }
}
