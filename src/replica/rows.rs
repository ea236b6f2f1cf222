//! Household rows: what lists and search need of each household, projected from its file and held in RAM.
//!
//! Texts stand in one arena, so that 86,000 rows take tens of megabytes less than as many strings and load as one copy.

mod bytes;

pub use bytes::Room;

use crate::replica::by_id::ById;

use chrono::NaiveDate;

use crate::domain::id::{HouseholdId, RecordId};

/// The texts of a row, in the order of their storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Part {
    /// Names, head first, separated by `\x1e`.
    Names = 0,
    Archive = 1,
    Phones = 2,
    IdEnds = 3,
    Address = 4,
}

const PARTS: usize = 5;
/// Separates names, phones and ID tails inside their part.
const SEPARATOR: char = '\x1e';

/// A household as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowData {
    /// The household.
    pub id: HouseholdId,
    /// Names of the present members, head first.
    pub names: Vec<String>,
    /// Archive number and certificate number.
    pub archive_nos: Vec<String>,
    /// Telephone numbers of household and members.
    pub phones: Vec<String>,
    /// Last six characters of the members' ID numbers, in the order of `names`; empty where a member has none.
    pub id_ends: Vec<String>,
    /// Keyed hashes of the members' ID numbers.
    pub persons: Vec<u64>,
    /// Address.
    pub address: String,
    /// Everything with a fixed size.
    pub fixed: Fixed,
}

/// The part of a row that has a fixed size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fixed {
    /// Village or grid, as an index into the region names.
    pub region: u32,
    /// Category, as an index into the code list `assist_category`.
    pub category: u8,
    /// Risk grade: 0 high (A), 1 key (B), 2 general (C).
    pub grade: u8,
    /// Present members.
    pub members: u8,
    /// Bits: see [`DELETED`], [`LEFT`].
    pub flags: u8,
    /// Needs still open.
    pub open_needs: u8,
    /// Wishes on their way.
    pub open_wishes: u8,
    /// Visits on file.
    pub visits: u16,
    /// Day of the last visit at which somebody was met; [`NO_DAY`] for none.
    pub last_visit: i32,
    /// Day on which the next visit is due.
    pub next_due: i32,
    /// Day from which the risk grade has to be looked at again, for a birthday changes it.
    pub grade_until: i32,
}

impl RowData {
    /// A row that says nothing but these numbers.
    pub(super) fn emptied(id: HouseholdId, fixed: Fixed) -> RowData {
        RowData {
            id,
            names: Vec::new(),
            archive_nos: Vec::new(),
            phones: Vec::new(),
            id_ends: Vec::new(),
            persons: Vec::new(),
            address: String::new(),
            fixed,
        }
    }
}

/// The household's registration was undone.
pub const DELETED: u8 = 1;
/// The household has left the register.
pub const LEFT: u8 = 2;
/// No such day.
pub const NO_DAY: i32 = i32::MIN;

/// Days since 1970-01-01.
pub fn day(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}

/// The date of a day number; `None` for [`NO_DAY`].
pub fn date(day: i32) -> Option<NaiveDate> {
    if day == NO_DAY {
        return None;
    }
    NaiveDate::default().checked_add_signed(chrono::Duration::days(i64::from(day)))
}

#[derive(Debug, Clone, Copy)]
struct Stored {
    id: RecordId,
    fixed: Fixed,
    text: u32,
    lens: [u16; PARTS],
    persons: u32,
    person_count: u8,
}

/// All rows.
#[derive(Debug, Default)]
pub struct Rows {
    stored: Vec<Stored>,
    text: String,
    persons: Vec<u64>,
    by_id: ById,
}

/// One row, read in place.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    stored: &'a Stored,
}

impl Rows {
    /// Number of rows, those of undone registrations included.
    pub fn len(&self) -> usize {
        self.stored.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }
    /// The row of that number.
    pub fn get(&self, row: u32) -> Option<Row<'_>> {
        self.stored.get(row as usize).map(|stored| Row { rows: self, stored })
    }
    /// The row number of a household.
    pub fn find(&self, id: HouseholdId) -> Option<u32> {
        self.at(id.into())
    }
    /// Every row with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Row<'_>)> {
        self.stored.iter().enumerate().map(|(row, stored)| (row as u32, Row { rows: self, stored }))
    }

    /// Writes a row, new or over the household's present one, and tells its number. A replaced row's text stays in the
    /// arena until the rows are next loaded.
    pub fn put(&mut self, data: &RowData) -> u32 {
        let stored = self.store(data);
        match self.at(stored.id) {
            Some(row) => {
                self.stored[row as usize] = stored;
                row
            }
            None => {
                let row = self.stored.len() as u32;
                self.push(stored);
                row
            }
        }
    }

    fn push(&mut self, stored: Stored) {
        let row = self.stored.len() as u32;
        self.stored.push(stored);
        let rows = &self.stored;
        self.by_id.insert(stored.id, row, |row| rows[row as usize].id);
    }

    fn at(&self, id: RecordId) -> Option<u32> {
        self.by_id.get(id, |row| self.stored[row as usize].id)
    }

    /// Bytes of RAM held.
    pub fn memory(&self) -> usize {
        self.stored.capacity() * size_of::<Stored>()
            + self.text.capacity()
            + self.persons.capacity() * 8
            + self.by_id.memory()
    }

    fn store(&mut self, data: &RowData) -> Stored {
        let text = self.text.len() as u32;
        let mut lens = [0; PARTS];
        for (part, list) in [
            (Part::Names, data.names.as_slice()),
            (Part::Archive, &data.archive_nos),
            (Part::Phones, &data.phones),
            (Part::IdEnds, &data.id_ends),
            (Part::Address, std::slice::from_ref(&data.address)),
        ] {
            lens[part as usize] = self.push_list(list);
        }
        let persons = self.persons.len() as u32;
        let person_count = data.persons.len().min(usize::from(u8::MAX)) as u8;
        self.persons.extend(&data.persons[..usize::from(person_count)]);
        Stored { id: data.id.into(), fixed: data.fixed, text, lens, persons, person_count }
    }

    /// Appends a list of texts and tells its length in bytes; texts beyond 64 KiB are left out whole.
    fn push_list(&mut self, list: &[String]) -> u16 {
        let start = self.text.len();
        for (n, item) in list.iter().enumerate() {
            if self.text.len() - start + item.len() + 1 > usize::from(u16::MAX) {
                break;
            }
            if n > 0 {
                self.text.push(SEPARATOR);
            }
            self.text.push_str(item);
        }
        (self.text.len() - start) as u16
    }
}

impl<'a> Row<'a> {
    /// The household.
    pub fn id(&self) -> HouseholdId {
        self.stored.id.into()
    }
    /// Everything with a fixed size.
    pub fn fixed(&self) -> &'a Fixed {
        &self.stored.fixed
    }
    /// Names, head first.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.list(Part::Names)
    }
    /// The head's name.
    pub fn head(&self) -> &'a str {
        self.names().next().unwrap_or_default()
    }
    /// The archive number.
    pub fn archive_no(&self) -> &'a str {
        self.archive_nos().next().unwrap_or_default()
    }
    /// Archive and certificate numbers.
    pub fn archive_nos(&self) -> impl Iterator<Item = &'a str> {
        self.list(Part::Archive)
    }
    /// Telephone numbers.
    pub fn phones(&self) -> impl Iterator<Item = &'a str> {
        self.list(Part::Phones)
    }
    /// Last six characters of ID numbers, in the order of the names; empty where one is not known. They hold the day
    /// of birth: for search alone, not for showing.
    pub fn id_ends(&self) -> impl Iterator<Item = &'a str> {
        self.list(Part::IdEnds)
    }
    /// Last four characters of ID numbers, in the order of the names; empty where one is not known.
    pub fn id_tails(&self) -> impl Iterator<Item = &'a str> {
        self.id_ends().map(|end| &end[end.char_indices().nth_back(3).map_or(0, |(at, _)| at)..])
    }
    /// The address.
    pub fn address(&self) -> &'a str {
        self.part(Part::Address)
    }
    /// Keyed hashes of ID numbers.
    pub fn persons(&self) -> &'a [u64] {
        let start = self.stored.persons as usize;
        &self.rows.persons[start..start + usize::from(self.stored.person_count)]
    }
    /// Whether it counts: neither undone nor left.
    pub fn is_present(&self) -> bool {
        self.stored.fixed.flags & (DELETED | LEFT) == 0
    }

    fn list(&self, part: Part) -> impl Iterator<Item = &'a str> {
        let text = self.part(part);
        text.split(SEPARATOR).filter(move |_| !text.is_empty())
    }

    fn part(&self, part: Part) -> &'a str {
        let lens = &self.stored.lens;
        let before: usize = lens[..part as usize].iter().map(|len| usize::from(*len)).sum();
        let start = self.stored.text as usize + before;
        // Offsets come from `push_list`, or from a loaded row file whose bounds and boundaries `load` has checked.
        &self.rows.text[start..start + usize::from(lens[part as usize])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u8, names: &[&str]) -> RowData {
        RowData {
            id: HouseholdId(RecordId::from_parts(u64::from(n), [n; 10])),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            archive_nos: vec![format!("H{n:03}")],
            phones: vec![],
            id_ends: vec!["56123X".to_owned(), String::new()],
            persons: vec![u64::from(n), 99],
            address: "上岙村".to_owned(),
            fixed: Fixed { members: names.len() as u8, last_visit: NO_DAY, next_due: 20_000, ..Fixed::default() },
        }
    }

    #[test]
    fn rows_survive_saving_and_a_replaced_row_keeps_its_number() {
        let mut rows = Rows::default();
        let first = rows.put(&row(1, &["张淑芬", "张伟"]));
        rows.put(&row(2, &["单于飞"]));
        assert_eq!(rows.put(&row(1, &["张淑芬"])), first);
        let mut again = Rows::default();
        again.reserve(rows.room(&[0, 1]));
        let held = again.memory();
        [0, 1].into_iter().for_each(|number| again.append(Rows::load(&rows.save(&[number])).unwrap()));
        assert_eq!(again.memory(), held, "the room told is the room taken");
        let rows = again;
        assert_eq!(rows.len(), 2);
        let loaded = rows.get(first).unwrap();
        assert_eq!(loaded.names().collect::<Vec<_>>(), ["张淑芬"]);
        assert_eq!(loaded.id_tails().collect::<Vec<_>>(), ["123X", ""]);
        assert_eq!(loaded.phones().count(), 0);
        assert_eq!(loaded.persons(), [1, 99]);
        assert_eq!(loaded.address(), "上岙村");
        assert_eq!(date(loaded.fixed().last_visit), None);
        assert_eq!(rows.find(row(2, &[]).id), Some(1));
    }

    #[test]
    fn bytes_that_are_no_rows_are_refused() {
        let mut rows = Rows::default();
        rows.put(&row(1, &["张淑芬"]));
        let bytes = rows.save(&[0]);
        for cut in 0..bytes.len() {
            assert!(Rows::load(&bytes[..cut]).is_none(), "{cut}");
        }
    }
}
