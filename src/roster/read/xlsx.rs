//! Office Open XML workbooks, cell by cell: the dense range that the library also offers would let two cells in
//! opposite corners ask for 17 billion.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use chrono::NaiveDate;

use super::grid::{SheetWriter, Spent, error_value};
use super::{Cell, Excess, Limits, ReadError, Sheet, Watch, tick};

/// Cells between two looks at whether the job was stopped.
const CELLS_PER_TICK: u64 = 1 << 14;

/// Reads an inspected package.
pub(super) fn sheets(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Vec<Sheet>, ReadError> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(error)?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() as u64 > limits.sheets {
        return Err(Excess::Sheets.beyond(limits.sheets));
    }
    let mut sheets = Vec::with_capacity(listed.len());
    let mut spent = Spent::default();
    let total = bytes.len() as u64;
    for (index, sheet) in listed.iter().enumerate().filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet) {
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut writer = SheetWriter::new(sheet.name.clone(), hidden, limits, spent);
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(error)?;
        let mut seen = 0_u64;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(error)? {
            if seen.is_multiple_of(CELLS_PER_TICK) {
                tick(watch, total * index as u64 / listed.len() as u64, total)?;
            }
            seen += 1;
            if cell.formula.is_some() {
                writer.note_formula();
            }
            put(&mut writer, cell.pos, &cell.value)?;
        }
        let (sheet, now_spent) = writer.finish()?;
        spent = now_spent;
        sheets.push(sheet);
    }
    tick(watch, total, total)?;
    Ok(sheets)
}

fn put(writer: &mut SheetWriter<'_>, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<(), ReadError> {
    let cell = match value {
        DataRef::Empty => Cell::Empty,
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text),
        DataRef::DateTimeIso(text) => iso_date(text),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(yes) => Cell::Bool(*yes),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(kind) => Cell::Error(error_value(&kind.to_string())),
    };
    writer.put(row.saturating_add(1), column, cell)
}

/// The day of a date cell. Durations and times of day without a date stay the number they are stored as.
pub(super) fn date(moment: &ExcelDateTime) -> Cell<'static> {
    let serial = moment.as_f64();
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    match date {
        // Serial 60 is 29 February 1900, a day that only Excel knows.
        Some(date) if !moment.is_duration() && serial >= 1.0 => Cell::Date(date),
        _ => Cell::Number(serial),
    }
}

/// An ISO 8601 date, with or without a time of day; anything else stays text.
pub(super) fn iso_date(text: &str) -> Cell<'_> {
    let day = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T');
    match day.and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()) {
        Some(date) => Cell::Date(date),
        None => Cell::Text(text),
    }
}

fn error(error: XlsxError) -> ReadError {
    match error {
        XlsxError::Password => ReadError::Encrypted,
        other => ReadError::unreadable(other),
    }
}
