//! An immutable set of households, folded and joined field by field.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::Doc;
use super::fold::{fold_into, plain_into};
use super::ids::Ids;
use super::letters::Letters;
use super::lines::{Lines, ROW};
use super::readings::{Of, Reader};
use super::spelled::{LATER, Spelled};

/// Begins a telephone number.
pub(super) const PHONE: u8 = 0x01;
/// Begins an archive number.
pub(super) const ARCHIVE: u8 = 0x02;
/// Households in the order of their rows. Positions in all buffers count from 0.
#[derive(Default)]
pub(super) struct Segment {
    /// The caller's row of each position, ascending.
    pub rows: Vec<u32>,
    /// Names, each after [`ROW`] or [`LATER`].
    pub names: Lines,
    /// How the names are read.
    pub spelled: Spelled,
    /// Telephone and archive numbers, each after the mark of its kind.
    pub numbers: Lines,
    /// What they consist of.
    pub number_letters: Letters,
    /// Whether an archive number is as short as one character or two.
    pub short_numbers: bool,
    /// The ends of ID numbers.
    pub ids: Ids,
    /// The distinct villages and which of them each position has.
    pub villages: Shared,
    /// How the villages are read.
    pub villages_spelled: Spelled,
    /// The distinct beginnings of addresses, up to the first digit.
    pub streets: Shared,
    /// What follows in each address, from the first digit on.
    pub doors: Lines,
    /// What names consist of.
    pub name_letters: Letters,
    /// What villages consist of.
    pub village_letters: Letters,
    /// What addresses consist of.
    pub address_letters: Letters,
}

impl fmt::Debug for Segment {
    /// Says how large it is; names and numbers have no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Texts that many positions share.
#[derive(Default)]
pub(super) struct Shared {
    /// The distinct texts.
    pub texts: Lines,
    /// The text of each position.
    pub of: Vec<u32>,
}

impl Segment {
    /// The segment of one household.
    pub(super) fn of(doc: &Doc<'_>) -> Segment {
        let mut writer = Writer::default();
        writer.push(doc);
        writer.finish()
    }

    /// Where a row stands.
    pub(super) fn position(&self, row: u32) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        let lines = [&self.names, &self.numbers, &self.villages.texts, &self.streets.texts, &self.doors];
        let numbers = [&self.rows, &self.villages.of, &self.streets.of];
        lines.map(Lines::memory).iter().sum::<usize>()
            + numbers.map(|list| list.capacity() * size_of::<u32>()).iter().sum::<usize>()
            + self.ids.memory()
            + self.spelled.memory()
            + self.villages_spelled.memory()
    }
}

/// Writes a segment; rows must come in ascending order.
#[derive(Default)]
pub(super) struct Writer {
    segment: Segment,
    villages: HashMap<Box<[u8]>, u32>,
    streets: HashMap<Box<[u8]>, u32>,
    reader: Reader,
    folded: String,
    plain: String,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("segment", &self.segment).finish_non_exhaustive()
    }
}

/// Bytes of names, numbers and house numbers of one household: what is reserved for each.
const TYPICAL: [usize; 3] = [20, 40, 20];

impl Writer {
    /// A writer with room for so many households of the usual kind.
    pub(super) fn with_capacity(households: usize) -> Writer {
        let mut writer = Writer::default();
        let segment = &mut writer.segment;
        segment.rows.reserve(households);
        for (lines, typical) in [&mut segment.names, &mut segment.numbers, &mut segment.doors].into_iter().zip(TYPICAL)
        {
            lines.reserve(households * typical);
        }
        segment.villages.of.reserve(households);
        segment.streets.of.reserve(households);
        writer
    }

    /// The last row written.
    pub(super) fn last_row(&self) -> Option<u32> {
        self.segment.rows.last().copied()
    }

    /// Appends a household.
    pub(super) fn push(&mut self, doc: &Doc<'_>) {
        self.segment.rows.push(doc.row);
        self.push_names(doc.names);
        self.segment.numbers.push(&[ROW]);
        for phone in doc.phones {
            self.push_number(PHONE, phone, |c| c.is_ascii_digit());
        }
        for archive_no in doc.archive_nos {
            self.push_number(ARCHIVE, archive_no, |_| true);
            self.segment.short_numbers |= (1..=2).contains(&self.plain.len());
        }
        for id_tail in doc.id_tails {
            self.fold_plain(id_tail);
            self.segment.ids.push(&self.plain);
        }
        self.segment.ids.end_row();
        self.push_village(doc.village);
        self.push_address(doc.address);
    }

    fn push_names(&mut self, names: &[&str]) {
        // The names of the row, one after another, and where each ends.
        self.plain.clear();
        let mut ends = Vec::with_capacity(names.len());
        for name in names {
            self.folded.clear();
            fold_into(name, &mut self.folded);
            plain_into(&self.folded, &mut self.plain);
            // 买买提·艾力: a dot says that no Chinese surname stands in front.
            let of = if name.chars().any(is_dot) { Of::Place } else { Of::Person };
            ends.push((self.plain.len(), of));
        }
        let starts = std::iter::once(0).chain(ends.iter().map(|&(end, _)| end));
        let plain = &self.plain;
        let names = starts.zip(&ends).map(|(start, &(end, of))| (&plain[start..end], of));
        for (number, (name, _)) in names.clone().enumerate() {
            self.segment.names.push(&[if number == 0 { ROW } else { LATER }]);
            self.segment.names.push(name.as_bytes());
        }
        if ends.is_empty() {
            self.segment.names.push(&[ROW]);
        }
        self.segment.name_letters.insert(plain);
        self.segment.spelled.push(&mut self.reader, names);
    }

    fn push_number(&mut self, mark: u8, number: &str, keep: fn(char) -> bool) {
        self.fold_plain(number);
        self.plain.retain(keep);
        self.segment.number_letters.insert(&self.plain);
        self.segment.numbers.push(&[mark]);
        self.segment.numbers.push(self.plain.as_bytes());
    }

    fn push_village(&mut self, village: &str) {
        self.fold_plain(village);
        self.segment.village_letters.insert(&self.plain);
        let (number, new) = intern(&mut self.villages, &mut self.segment.villages.texts, self.plain.as_bytes());
        self.segment.villages.of.push(number);
        if new {
            self.segment.villages_spelled.push(&mut self.reader, std::iter::once((self.plain.as_str(), Of::Place)));
        }
    }

    fn push_address(&mut self, address: &str) {
        self.folded.clear();
        fold_into(address, &mut self.folded);
        self.segment.address_letters.insert(&self.folded);
        let (street, door) = self.folded.split_at(door_at(&self.folded));
        let (number, _) = intern(&mut self.streets, &mut self.segment.streets.texts, street.as_bytes());
        self.segment.streets.of.push(number);
        self.segment.doors.push(&[ROW]);
        self.segment.doors.push(door.as_bytes());
    }

    fn fold_plain(&mut self, text: &str) {
        self.folded.clear();
        fold_into(text, &mut self.folded);
        self.plain.clear();
        plain_into(&self.folded, &mut self.plain);
    }

    /// Appends some positions of a finished segment.
    pub(super) fn copy(&mut self, source: &mut Source<'_>, positions: Range<usize>) {
        let (to, from) = (&mut self.segment, source.segment);
        to.rows.extend_from_slice(&from.rows[positions.clone()]);
        for (to, from) in [(&mut to.names, &from.names), (&mut to.numbers, &from.numbers), (&mut to.doors, &from.doors)]
        {
            to.push(&from.bytes()[from.span(positions.clone())]);
        }
        to.spelled.extend(&from.spelled, positions.clone());
        to.ids.extend(&from.ids, positions.clone());
        to.short_numbers |= from.short_numbers;
        to.number_letters.extend(from.number_letters);
        to.name_letters.extend(from.name_letters);
        to.village_letters.extend(from.village_letters);
        to.address_letters.extend(from.address_letters);
        for &old in &from.villages.of[positions.clone()] {
            let number = *source.villages[old as usize].get_or_insert_with(|| {
                let text = &from.villages.texts.row(old as usize)[1..];
                let (number, new) = intern(&mut self.villages, &mut to.villages.texts, text);
                if new {
                    to.villages_spelled.extend(&from.villages_spelled, old as usize..old as usize + 1);
                }
                number
            });
            to.villages.of.push(number);
        }
        for &old in &from.streets.of[positions] {
            let number = *source.streets[old as usize].get_or_insert_with(|| {
                intern(&mut self.streets, &mut to.streets.texts, &from.streets.texts.row(old as usize)[1..]).0
            });
            to.streets.of.push(number);
        }
    }

    /// The segment, ready to be asked.
    pub(super) fn finish(mut self) -> Segment {
        let segment = &mut self.segment;
        for lines in [
            &mut segment.names,
            &mut segment.numbers,
            &mut segment.villages.texts,
            &mut segment.streets.texts,
            &mut segment.doors,
        ] {
            lines.seal();
        }
        segment.ids.seal();
        segment.spelled.seal();
        segment.villages_spelled.seal();
        for list in [&mut segment.rows, &mut segment.villages.of, &mut segment.streets.of] {
            list.shrink_to_fit();
        }
        self.segment
    }
}

/// A finished segment to copy from, with what is known of its villages and streets in the new one.
pub(super) struct Source<'a> {
    segment: &'a Segment,
    villages: Vec<Option<u32>>,
    streets: Vec<Option<u32>>,
}

impl<'a> Source<'a> {
    /// Nothing is copied yet.
    pub(super) fn new(segment: &'a Segment) -> Source<'a> {
        let villages = vec![None; segment.villages.texts.len()];
        Source { segment, villages, streets: vec![None; segment.streets.texts.len()] }
    }

    /// The rows of the segment.
    pub(super) fn rows(&self) -> &'a [u32] {
        &self.segment.rows
    }
}

/// Where the door number of a folded address begins: at its first digit.
pub(super) fn door_at(address: &str) -> usize {
    address.find(|c: char| c.is_ascii_digit()).unwrap_or(address.len())
}

/// The dots that join the parts of a name in the forms that keyboards give.
fn is_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' | '.' | '．' | '。')
}

/// The number of a text among its like; true if it was not there before.
fn intern(numbers: &mut HashMap<Box<[u8]>, u32>, texts: &mut Lines, text: &[u8]) -> (u32, bool) {
    if let Some(&number) = numbers.get(text) {
        return (number, false);
    }
    let number = numbers.len() as u32; // rows are u32, so distinct texts fit
    numbers.insert(text.into(), number);
    texts.push(&[ROW]);
    texts.push(text);
    (number, true)
}
