//! Excel 97–2003 workbooks, once [`biff::inspect`] has found them affordable.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};

use super::grid::{SheetWriter, Spent};
use super::{Limits, ReadError, Sheet, Watch, biff, ods, tick};

/// Reads a compound file.
pub(super) fn sheets(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Vec<Sheet>, ReadError> {
    let total = bytes.len() as u64;
    biff::inspect(bytes, limits)?;
    tick(watch, 0, total)?;
    let mut book = Xls::new(Cursor::new(bytes)).map_err(error)?;
    tick(watch, total / 2, total)?;
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::with_capacity(listed.len());
    let mut spent = Spent::default();
    for sheet in listed.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut writer = SheetWriter::new(sheet.name.clone(), hidden, limits, spent);
        let range = book.worksheet_range(&sheet.name).map_err(error)?;
        let (row, column) = range.start().unwrap_or_default();
        for (at_row, at_column, value) in range.used_cells() {
            writer.put(row + at_row as u32 + 1, column + at_column as u32, ods::cell(value))?;
        }
        for _ in book.worksheet_formula(&sheet.name).map_err(error)?.used_cells() {
            writer.note_formula();
        }
        let (sheet, now_spent) = writer.finish()?;
        spent = now_spent;
        sheets.push(sheet);
    }
    tick(watch, total, total)?;
    Ok(sheets)
}

fn error(error: XlsError) -> ReadError {
    match error {
        XlsError::Password => ReadError::Encrypted,
        other => ReadError::unreadable(other),
    }
}
