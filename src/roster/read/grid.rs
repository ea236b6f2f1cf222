//! A sheet held in three flat vectors: a city's roster has millions of cells, and a string each would cost three times
//! the memory.

use chrono::NaiveDate;

use super::{Excess, Limits, ReadError};

/// A sheet: the rows that hold anything, in order.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Its name; for separated text the empty string.
    pub name: String,
    /// Whether the spreadsheet program hides it.
    pub hidden: bool,
    /// How many cells hold a formula. Only the value left beside it is read.
    pub formulas: u64,
    text: String,
    slots: Vec<Slot>,
    rows: Vec<Span>,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its number as the spreadsheet program shows it, from 1.
    pub number: u32,
    sheet: &'a Sheet,
    first: usize,
    end: usize,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, as typed.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A date; the time of day is left off.
    Date(NaiveDate),
    /// True or false.
    Bool(bool),
    /// An error value such as `#REF!`.
    Error(&'static str),
}

/// The name of an error value by what a reader calls it; unknown ones come out as `#ERROR`.
pub(super) fn error_value(text: &str) -> &'static str {
    ERROR_VALUES.iter().find(|value| **value == text).unwrap_or(&ERROR_VALUES[ERROR_VALUES.len() - 1])
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    Empty,
    Text { start: u32, len: u32 },
    Number(f64),
    Date(NaiveDate),
    Bool(bool),
    Error(&'static &'static str),
}

#[derive(Debug, Clone, Copy)]
struct Span {
    number: u32,
    first: u32,
}

impl Sheet {
    /// How many rows hold anything.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row holds anything.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at this position among those that hold anything.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let span = self.rows.get(index)?;
        let end = self.rows.get(index + 1).map_or(self.slots.len(), |next| next.first as usize);
        Some(Row { number: span.number, sheet: self, first: span.first as usize, end })
    }

    /// The rows that hold anything, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).filter_map(|index| self.row(index))
    }
}

impl<'a> Row<'a> {
    /// The cell in this column, counted from 0. Beyond the last filled one all are empty.
    pub fn cell(&self, column: usize) -> Cell<'a> {
        let slots = &self.sheet.slots[self.first..self.end];
        match slots.get(column) {
            None | Some(Slot::Empty) => Cell::Empty,
            Some(&Slot::Text { start, len }) => {
                Cell::Text(&self.sheet.text[start as usize..start as usize + len as usize])
            }
            Some(&Slot::Number(number)) => Cell::Number(number),
            Some(&Slot::Date(date)) => Cell::Date(date),
            Some(&Slot::Bool(yes)) => Cell::Bool(yes),
            Some(Slot::Error(text)) => Cell::Error(text),
        }
    }

    /// How many columns there are up to the last filled one.
    pub fn len(&self) -> usize {
        self.end - self.first
    }

    /// Whether the row holds nothing.
    pub fn is_empty(&self) -> bool {
        self.first == self.end
    }

    /// The cells up to the last filled one.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let row = *self;
        (0..row.len()).map(move |column| row.cell(column))
    }
}

impl Cell<'_> {
    /// Whether it holds nothing but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }
}

/// The error values of spreadsheet programs; anything else is reported as the last.
const ERROR_VALUES: [&str; 9] =
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#ERROR"];

/// Takes cells in reading order and keeps the limits while the sheet grows.
pub(super) struct SheetWriter<'l> {
    limits: &'l Limits,
    sheet: Sheet,
    /// 1-based number of the row being written; 0 before the first.
    number: u32,
    row: Vec<Slot>,
    spent: Spent,
}

/// What the sheets of one file have cost so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    cells: u64,
    text: u64,
}

impl<'l> SheetWriter<'l> {
    /// A writer for the next sheet; `spent` is what the file's earlier sheets cost.
    pub(super) fn new(name: String, hidden: bool, limits: &'l Limits, spent: Spent) -> SheetWriter<'l> {
        let sheet = Sheet { name, hidden, ..Sheet::default() };
        SheetWriter { limits, sheet, number: 0, row: Vec::new(), spent }
    }

    /// Puts a cell at a row number from 1 and a column from 0. Rows must not go backwards.
    pub(super) fn put(&mut self, number: u32, column: u32, cell: Cell<'_>) -> Result<(), ReadError> {
        if matches!(cell, Cell::Empty | Cell::Text("")) {
            return Ok(());
        }
        if u64::from(number) > self.limits.rows {
            return Err(Excess::Rows.beyond(self.limits.rows));
        }
        if u64::from(column) >= self.limits.columns {
            return Err(Excess::Columns.beyond(self.limits.columns));
        }
        if number < self.number || number == 0 {
            return Err(ReadError::Unreadable { detail: format!("row {number} after row {}", self.number) });
        }
        if number > self.number {
            self.end_row()?;
            self.number = number;
        }
        let slot = self.slot(cell)?;
        let column = column as usize;
        if self.row.len() <= column {
            self.row.resize(column + 1, Slot::Empty);
        }
        self.row[column] = slot;
        Ok(())
    }

    /// Counts a cell that holds a formula.
    pub(super) fn note_formula(&mut self) {
        self.sheet.formulas += 1;
    }

    /// The sheet and what the file has cost up to here.
    pub(super) fn finish(mut self) -> Result<(Sheet, Spent), ReadError> {
        self.end_row()?;
        self.sheet.text.shrink_to_fit();
        self.sheet.slots.shrink_to_fit();
        Ok((self.sheet, self.spent))
    }

    fn end_row(&mut self) -> Result<(), ReadError> {
        if self.row.is_empty() {
            return Ok(());
        }
        self.spent.cells += self.row.len() as u64;
        if self.spent.cells > self.limits.cells {
            return Err(Excess::Cells.beyond(self.limits.cells));
        }
        // Below `limits.cells`, which is far below 2^32.
        let first = self.sheet.slots.len() as u32;
        self.sheet.rows.push(Span { number: self.number, first });
        self.sheet.slots.append(&mut self.row);
        Ok(())
    }

    fn slot(&mut self, cell: Cell<'_>) -> Result<Slot, ReadError> {
        Ok(match cell {
            Cell::Empty => Slot::Empty,
            Cell::Text(text) => {
                if text.len() as u64 > self.limits.cell_chars && text.chars().count() as u64 > self.limits.cell_chars {
                    return Err(Excess::CellChars.beyond(self.limits.cell_chars));
                }
                self.spent.text += text.len() as u64;
                if self.spent.text > self.limits.text_bytes {
                    return Err(Excess::TextBytes.beyond(self.limits.text_bytes));
                }
                // Below `limits.text_bytes`, which is far below 2^32.
                let start = self.sheet.text.len() as u32;
                self.sheet.text.push_str(text);
                Slot::Text { start, len: text.len() as u32 }
            }
            Cell::Number(number) => Slot::Number(number),
            Cell::Date(date) => Slot::Date(date),
            Cell::Bool(yes) => Slot::Bool(yes),
            Cell::Error(text) => {
                let known = ERROR_VALUES.iter().find(|value| **value == text);
                Slot::Error(known.unwrap_or(&ERROR_VALUES[ERROR_VALUES.len() - 1]))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_numbers_and_gaps() {
        let mut writer = SheetWriter::new("表".into(), false, &Limits::STANDARD, Spent::default());
        writer.put(3, 1, Cell::Text("姓名")).unwrap();
        writer.put(3, 0, Cell::Number(1.0)).unwrap();
        writer.put(7, 2, Cell::Error("#REF!")).unwrap();
        let (sheet, _) = writer.finish().unwrap();
        let rows: Vec<_> = sheet.rows().map(|row| (row.number, row.cells().collect::<Vec<_>>())).collect();
        assert_eq!(
            rows,
            [
                (3, vec![Cell::Number(1.0), Cell::Text("姓名")]),
                (7, vec![Cell::Empty, Cell::Empty, Cell::Error("#REF!")]),
            ]
        );
        assert_eq!(sheet.row(0).map(|row| row.cell(99)), Some(Cell::Empty));
    }

    #[test]
    fn a_row_that_comes_too_late_is_refused() {
        let mut writer = SheetWriter::new("表".into(), false, &Limits::STANDARD, Spent::default());
        writer.put(3, 0, Cell::Text("a")).unwrap();
        assert!(matches!(writer.put(2, 0, Cell::Text("b")), Err(ReadError::Unreadable { .. })));
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { rows: 10, columns: 4, cells: 6, cell_chars: 3, text_bytes: 7, ..Limits::STANDARD };
        let check = |cells: &[(u32, u32, Cell)], expected: Excess| {
            let mut writer = SheetWriter::new(String::new(), false, &limits, Spent::default());
            let failed = cells.iter().find_map(|(row, column, cell)| writer.put(*row, *column, *cell).err());
            let failed = failed.or_else(|| writer.finish().err());
            assert!(matches!(failed, Some(ReadError::TooLarge { what, .. }) if what == expected), "{expected:?}");
        };
        check(&[(11, 0, Cell::Bool(true))], Excess::Rows);
        check(&[(1, 4, Cell::Bool(true))], Excess::Columns);
        check(&[(1, 3, Cell::Bool(true)), (2, 3, Cell::Bool(true))], Excess::Cells);
        check(&[(1, 0, Cell::Text("四个汉字"))], Excess::CellChars);
        check(&[(1, 0, Cell::Text("汉")), (1, 1, Cell::Text("字")), (1, 2, Cell::Text("三"))], Excess::TextBytes);
    }

    #[test]
    fn a_slot_stays_small() {
        assert_eq!(size_of::<Slot>(), 16);
    }
}
