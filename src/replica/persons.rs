//! Persons found by the keyed hash of their ID number, without a second copy of the hashes.

use hashbrown::HashTable;

use super::rows::Rows;

/// Where the persons of all rows stand: five bytes a person instead of seventeen. The hashes themselves stay in the rows;
/// being keyed hashes they are as good as random, so the table takes them as they are.
///
/// A row is noted after it was written and forgotten before it is written anew.
#[derive(Clone, Default)]
pub(super) struct Persons {
    table: HashTable<Place>,
}

/// A row, and which of its persons.
#[derive(Clone, Copy, PartialEq)]
struct Place(u32);

/// Rows have at most 255 persons; what is left of four bytes numbers 16.7 million rows, and beyond them nobody is found.
const ROWS: u32 = 1 << 24;

impl Place {
    fn row(self) -> u32 {
        self.0 >> 8
    }

    fn hash(self, rows: &Rows) -> u64 {
        let persons = rows.get(self.row()).map(|row| row.persons()).unwrap_or_default();
        persons.get((self.0 & 0xff) as usize).copied().unwrap_or_default()
    }
}

impl std::fmt::Debug for Persons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Persons").field("count", &self.table.len()).finish_non_exhaustive()
    }
}

impl Persons {
    /// The row of the person with that hash; one of them where several hold the same person.
    pub(super) fn find(&self, hash: u64, rows: &Rows) -> Option<u32> {
        self.table.find(hash, |place| place.hash(rows) == hash).map(|place| place.row())
    }

    /// Everybody in the rows.
    pub(super) fn of(rows: &Rows) -> Persons {
        let count = rows.iter().map(|(_, row)| row.persons().len()).sum();
        let mut persons = Persons { table: HashTable::with_capacity(count) };
        (0..rows.len() as u32).for_each(|row| persons.note(row, rows));
        persons
    }

    /// Notes the persons of a row.
    pub(super) fn note(&mut self, row: u32, rows: &Rows) {
        for (place, hash) in places(row, rows) {
            self.table.insert_unique(hash, place, |place| place.hash(rows));
        }
    }

    /// Forgets the persons of a row.
    pub(super) fn forget(&mut self, row: u32, rows: &Rows) {
        for (place, hash) in places(row, rows) {
            if let Ok(entry) = self.table.find_entry(hash, |held| *held == place) {
                entry.remove();
            }
        }
    }
}

/// The places in a row, each with its hash.
fn places(row: u32, rows: &Rows) -> impl Iterator<Item = (Place, u64)> {
    let persons = rows.get(row).filter(|_| row < ROWS).map(|row| row.persons()).unwrap_or_default();
    (row << 8..).map(Place).zip(persons.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{HouseholdId, RecordId};
    use crate::replica::rows::{Fixed, RowData};

    fn row(n: u8, persons: &[u64]) -> RowData {
        let id = HouseholdId(RecordId::from_parts(u64::from(n), [n; 10]));
        RowData { persons: persons.to_vec(), ..RowData::emptied(id, Fixed::default()) }
    }

    #[test]
    fn a_person_of_two_households_is_found_until_both_have_left() {
        let mut rows = Rows::default();
        let (first, second) = (rows.put(&row(1, &[11, 7])), rows.put(&row(2, &[7, 0, 22])));
        let mut persons = Persons::of(&rows);
        assert_eq!(persons.find(11, &rows), Some(first));
        assert_eq!(persons.find(0, &rows), Some(second));
        assert_eq!(persons.find(5, &rows), None);

        persons.forget(second, &rows);
        rows.put(&row(2, &[22]));
        persons.note(second, &rows);
        assert_eq!((persons.find(7, &rows), persons.find(22, &rows)), (Some(first), Some(second)));
        assert_eq!(persons.find(0, &rows), None, "the row was written anew without");

        persons.forget(first, &rows);
        rows.put(&row(1, &[]));
        assert_eq!((persons.find(7, &rows), persons.find(11, &rows)), (None, None));
    }

    #[test]
    fn many_persons_survive_growing() {
        let mut rows = Rows::default();
        let mut persons = Persons::default();
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for n in 0..250_u8 {
            let number = rows.put(&row(n, &[hash(u64::from(n)), hash(1000 + u64::from(n))]));
            persons.note(number, &rows);
        }
        for n in 0..250_u32 {
            assert_eq!(persons.find(hash(u64::from(n)), &rows), Some(n));
            assert_eq!(persons.find(hash(1000 + u64::from(n)), &rows), Some(n));
        }
    }
}
