//! Rows as bytes: how they lie in the row file.

use crate::replica::by_id::ById;

use super::{Fixed, PARTS, Rows, Stored};
use crate::domain::id::RecordId;

const STORED_BYTES: usize = 16 + 4 + 6 + 2 + 12 + 4 + 2 * PARTS + 4 + 1;

impl Rows {
    /// Rows of these numbers as bytes, without what replaced rows left behind. Parts are read back one by one with
    /// [`Rows::load`], on several threads if need be, and joined with [`Rows::join`].
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
    /// [`Rows::join`].
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

    /// Joins loaded parts in order.
    pub fn join(parts: Vec<Rows>) -> Rows {
        let count = parts.iter().map(Rows::len).sum();
        let mut rows = Rows {
            stored: Vec::with_capacity(count),
            text: String::with_capacity(parts.iter().map(|part| part.text.len()).sum()),
            persons: Vec::with_capacity(parts.iter().map(|part| part.persons.len()).sum()),
            by_id: ById::default(),
        };
        rows.by_id.reserve(count, |_| RecordId::default()); // nothing is held yet, so nothing is looked up
        for part in parts {
            let (text, persons) = (rows.text.len() as u32, rows.persons.len() as u32);
            rows.text.push_str(&part.text);
            rows.persons.extend_from_slice(&part.persons);
            for stored in part.stored {
                rows.push(Stored { text: stored.text + text, persons: stored.persons + persons, ..stored });
            }
        }
        rows
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
