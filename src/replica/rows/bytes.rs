//! Rows as bytes: how they lie in the row file.

use serde::{Deserialize, Serialize};

use crate::replica::by_id::ById;

use super::{Fixed, PARTS, Rows, Stored};
use crate::domain::id::RecordId;

const STORED_BYTES: usize = 16 + 4 + 6 + 2 + 12 + 4 + 2 * PARTS + 4 + 1;

/// How much room rows take.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Room {
    rows: u32,
    text: u32,
    persons: u32,
}

impl Rows {
    /// What the rows of these numbers take.
    pub fn room(&self, numbers: &[u32]) -> Room {
        numbers.iter().filter_map(|number| self.get(*number)).fold(Room::default(), |room, row| Room {
            rows: room.rows + 1,
            text: room.text + row.stored.lens.iter().map(|len| u32::from(*len)).sum::<u32>(),
            persons: room.persons + u32::from(row.stored.person_count),
        })
    }

    /// Rows of these numbers as bytes, without what replaced rows left behind. Parts are read back one by one with
    /// [`Rows::load`], on several threads if need be, and put together with [`Rows::append`].
    pub fn save(&self, numbers: &[u32]) -> Vec<u8> {
        let mut fixed = Vec::with_capacity(numbers.len() * STORED_BYTES);
        let mut text = Vec::with_capacity(numbers.len() * 100);
        let mut persons = Vec::with_capacity(numbers.len() * 16);
        for row in numbers.iter().filter_map(|number| self.get(*number)) {
            let stored = row.stored;
            let total: usize = stored.lens.iter().map(|len| usize::from(*len)).sum();
            let start = stored.text as usize;
            put_stored(&mut fixed, &Stored { text: text.len() as u32, persons: (persons.len() / 8) as u32, ..*stored });
            text.extend_from_slice(&self.text.as_bytes()[start..start + total]);
            for person in row.persons() {
                persons.extend_from_slice(&person.to_le_bytes());
            }
        }
        let mut out = Vec::with_capacity(12 + fixed.len() + text.len() + persons.len());
        for len in [fixed.len() / STORED_BYTES, text.len(), persons.len()] {
            out.extend_from_slice(&(len as u32).to_le_bytes());
        }
        out.extend_from_slice(&fixed);
        out.extend_from_slice(&text);
        out.extend_from_slice(&persons);
        out
    }

    /// A part from bytes; `None` where they are not what [`Rows::save`] writes. Households are found in it only after
    /// [`Rows::append`].
    pub fn load(bytes: &[u8]) -> Option<Rows> {
        let mut reader = Reader(bytes);
        let [count, text_len, persons_len] = [reader.u32()? as usize, reader.u32()? as usize, reader.u32()? as usize];
        let fixed = reader.take(count.checked_mul(STORED_BYTES)?)?;
        let text = std::str::from_utf8(reader.take(text_len)?).ok()?.to_owned();
        let persons = reader.take(persons_len)?;
        let persons =
            persons.chunks_exact(8).map(|b| b.iter().rev().fold(0, |sum, b| sum << 8 | u64::from(*b))).collect();
        let mut rows = Rows { stored: Vec::with_capacity(count), text, persons, by_id: ById::default() };
        let mut reader = Reader(fixed);
        for _ in 0..count {
            let stored = read_stored(&mut reader)?;
            rows.check(&stored)?;
            rows.stored.push(stored);
        }
        Some(rows)
    }

    /// Makes room for so many rows, bytes of text and person hashes, so that nothing is moved while parts are appended.
    pub fn reserve(&mut self, room: Room) {
        self.stored.reserve_exact(room.rows as usize);
        self.text.reserve_exact(room.text as usize);
        self.persons.reserve_exact(room.persons as usize);
        let rows = &self.stored;
        self.by_id.reserve(room.rows as usize, |row| rows[row as usize].id);
    }

    /// Appends a loaded part; its households can be found from here on.
    pub fn append(&mut self, part: Rows) {
        let (text, persons) = (self.text.len() as u32, self.persons.len() as u32);
        self.text.push_str(&part.text);
        self.persons.extend_from_slice(&part.persons);
        for stored in part.stored {
            self.push(Stored { text: stored.text + text, persons: stored.persons + persons, ..stored });
        }
    }

    /// That a loaded row points inside the arenas, at character boundaries.
    fn check(&self, stored: &Stored) -> Option<()> {
        let mut at = stored.text as usize;
        for len in stored.lens {
            at += usize::from(len);
            if !self.text.is_char_boundary(at) {
                return None;
            }
        }
        let persons_end = stored.persons as usize + usize::from(stored.person_count);
        (self.text.is_char_boundary(stored.text as usize) && persons_end <= self.persons.len()).then_some(())
    }
}

fn put_stored(out: &mut Vec<u8>, stored: &Stored) {
    let fixed = &stored.fixed;
    out.extend_from_slice(&stored.id.bytes());
    out.extend_from_slice(&fixed.region.to_le_bytes());
    out.extend_from_slice(&[
        fixed.category,
        fixed.grade,
        fixed.members,
        fixed.flags,
        fixed.open_needs,
        fixed.open_wishes,
    ]);
    out.extend_from_slice(&fixed.visits.to_le_bytes());
    for day in [fixed.last_visit, fixed.next_due, fixed.grade_until] {
        out.extend_from_slice(&day.to_le_bytes());
    }
    out.extend_from_slice(&stored.text.to_le_bytes());
    for len in stored.lens {
        out.extend_from_slice(&len.to_le_bytes());
    }
    out.extend_from_slice(&stored.persons.to_le_bytes());
    out.push(stored.person_count);
}

fn read_stored(reader: &mut Reader<'_>) -> Option<Stored> {
    let id = RecordId(uuid::Uuid::from_bytes(reader.take(16)?.try_into().ok()?));
    let region = reader.u32()?;
    let bytes = reader.take(6)?;
    let mut fixed = Fixed {
        region,
        category: bytes[0],
        grade: bytes[1],
        members: bytes[2],
        flags: bytes[3],
        open_needs: bytes[4],
        open_wishes: bytes[5],
        ..Fixed::default()
    };
    fixed.visits = reader.u16()?;
    fixed.last_visit = reader.u32()? as i32;
    fixed.next_due = reader.u32()? as i32;
    fixed.grade_until = reader.u32()? as i32;
    let text = reader.u32()?;
    let mut lens = [0; PARTS];
    for len in &mut lens {
        *len = reader.u16()?;
    }
    Some(Stored { id, fixed, text, lens, persons: reader.u32()?, person_count: reader.take(1)?[0] })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }
    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }
    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}
