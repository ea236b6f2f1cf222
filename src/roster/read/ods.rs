//! OpenDocument spreadsheets. The library reads them into a dense area and follows repetitions (`one cell, two billion
//! times`), so [`Extent`] works out beforehand what that would come to.

use std::io::Cursor;

use calamine::{Data, Ods, OdsError, Reader, SheetVisible};

use super::grid::{SheetWriter, Spent, error_value};
use super::xml::Tag;
use super::{Cell, Excess, Limits, ReadError, Sheet, Watch, tick, xlsx};

/// Most columns of a row that the library follows.
const MAX_COLUMNS: u64 = 16_384;

/// Reads an inspected package.
pub(super) fn sheets(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Vec<Sheet>, ReadError> {
    tick(watch, 0, bytes.len() as u64)?;
    let mut book = Ods::new(Cursor::new(bytes)).map_err(error)?;
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::with_capacity(listed.len());
    let mut spent = Spent::default();
    for sheet in listed {
        tick(watch, bytes.len() as u64 / 2, bytes.len() as u64)?;
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut writer = SheetWriter::new(sheet.name.clone(), hidden, limits, spent);
        let range = book.worksheet_range(&sheet.name).map_err(error)?;
        let (row, column) = range.start().unwrap_or_default();
        for (at_row, at_column, value) in range.used_cells() {
            writer.put(row + at_row as u32 + 1, column + at_column as u32, cell(value))?;
        }
        for _ in book.worksheet_formula(&sheet.name).map_err(error)?.used_cells() {
            writer.note_formula();
        }
        let (sheet, now_spent) = writer.finish()?;
        spent = now_spent;
        sheets.push(sheet);
    }
    tick(watch, bytes.len() as u64, bytes.len() as u64)?;
    Ok(sheets)
}

/// A cell of a dense range.
pub(super) fn cell(value: &Data) -> Cell<'_> {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DurationIso(text) => Cell::Text(text),
        Data::DateTimeIso(text) => xlsx::iso_date(text),
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(yes) => Cell::Bool(*yes),
        Data::DateTime(moment) => xlsx::date(moment),
        Data::Error(kind) => Cell::Error(error_value(&kind.to_string())),
    }
}

fn error(error: OdsError) -> ReadError {
    match error {
        OdsError::Password => ReadError::Encrypted,
        OdsError::CellLimitExceeded { max, .. } => Excess::Cells.beyond(max as u64),
        other => ReadError::unreadable(other),
    }
}

/// How many cells, and how much repeated text, a `content.xml` comes to.
pub(super) struct Extent<'l> {
    limits: &'l Limits,
    sheets: u64,
    /// Cells that the library stores before it lays them out, in all sheets.
    stored: u64,
    /// Cells of the areas laid out, in the sheets finished.
    laid_out: u64,
    /// Bytes of text that repetitions add.
    copied: u64,
    /// Of the present sheet: rows up to the last one that holds anything, rows behind it, widest row.
    rows: u64,
    blank_rows: u64,
    width: u64,
    row: RowExtent,
    cell: Option<CellExtent>,
}

#[derive(Default)]
struct RowExtent {
    repeated: u64,
    /// Cells up to the last one that holds anything, and those behind it.
    filled: u64,
    blank: u64,
}

struct CellExtent {
    repeated: u64,
    start: u64,
    attributes: u64,
}

impl<'l> Extent<'l> {
    pub(super) fn new(limits: &'l Limits) -> Extent<'l> {
        Extent {
            limits,
            sheets: 0,
            stored: 0,
            laid_out: 0,
            copied: 0,
            rows: 0,
            blank_rows: 0,
            width: 0,
            row: RowExtent::default(),
            cell: None,
        }
    }

    /// Takes the next tag of the part.
    pub(super) fn see(&mut self, tag: &Tag<'_>) -> Result<(), ReadError> {
        match tag.local_name() {
            b"table" => {
                self.end_sheet(tag.position())?;
                self.sheets += 1;
                if self.sheets > self.limits.sheets {
                    return Err(Excess::Sheets.beyond(self.limits.sheets));
                }
            }
            b"table-row" => {
                self.end_row(tag.position())?;
                self.row.repeated = repeated(tag, "number-rows-repeated")?;
            }
            b"table-cell" | b"covered-table-cell" => {
                self.end_cell(tag.position())?;
                if !tag.is_whole() {
                    return Err(Excess::TokenBytes.beyond(self.limits.cell_chars));
                }
                let repeated = repeated(tag, "number-columns-repeated")?.min(MAX_COLUMNS);
                let holds = |name: &str| name.ends_with("value") || matches!(name, "formula" | "value-type");
                let mut holding = tag.attributes().filter(|(name, _)| holds(name)).peekable();
                if holding.peek().is_none() {
                    self.row.blank += repeated;
                } else {
                    let attributes = holding.map(|(_, value)| value.len() as u64).sum();
                    self.row.filled += self.row.blank + repeated;
                    self.row.blank = 0;
                    self.cell = Some(CellExtent { repeated, start: tag.position(), attributes });
                }
            }
            // Blanks that are counted instead of written.
            b"s" if repeated(tag, "c")? > self.limits.cell_chars => {
                return Err(Excess::CellChars.beyond(self.limits.cell_chars));
            }
            _ => {}
        }
        Ok(())
    }

    /// Called at the end of the part, with its length.
    pub(super) fn finish(mut self, length: u64) -> Result<(), ReadError> {
        self.end_sheet(length)
    }

    fn end_cell(&mut self, position: u64) -> Result<(), ReadError> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let copies = (cell.repeated * self.row.repeated.max(1)).saturating_sub(1);
        let text = position.saturating_sub(cell.start) + cell.attributes;
        self.copied = self.copied.saturating_add(copies.saturating_mul(text));
        if self.copied > self.limits.text_bytes {
            return Err(Excess::TextBytes.beyond(self.limits.text_bytes));
        }
        Ok(())
    }

    fn end_row(&mut self, position: u64) -> Result<(), ReadError> {
        self.end_cell(position)?;
        let row = std::mem::take(&mut self.row);
        if row.filled == 0 {
            self.blank_rows = self.blank_rows.saturating_add(row.repeated);
            return Ok(());
        }
        self.stored += row.filled;
        self.rows = self.rows.saturating_add(self.blank_rows).saturating_add(row.repeated);
        self.blank_rows = 0;
        self.width = self.width.max(row.filled);
        self.bound()
    }

    fn end_sheet(&mut self, position: u64) -> Result<(), ReadError> {
        self.end_row(position)?;
        self.bound()?;
        self.laid_out += self.rows * self.width;
        (self.rows, self.blank_rows, self.width) = (0, 0, 0);
        Ok(())
    }

    fn bound(&self) -> Result<(), ReadError> {
        if self.rows > self.limits.rows {
            return Err(Excess::Rows.beyond(self.limits.rows));
        }
        if self.width > self.limits.columns {
            return Err(Excess::Columns.beyond(self.limits.columns));
        }
        let cells = self.stored.max(self.laid_out.saturating_add(self.rows * self.width));
        if cells > self.limits.dense_cells {
            return Err(Excess::Cells.beyond(self.limits.dense_cells));
        }
        Ok(())
    }
}

/// The count in this attribute; 1 where it is missing.
fn repeated(tag: &Tag<'_>, name: &str) -> Result<u64, ReadError> {
    match tag.attribute(name) {
        None => Ok(1),
        Some(text) => text.parse().map_err(ReadError::unreadable),
    }
}
