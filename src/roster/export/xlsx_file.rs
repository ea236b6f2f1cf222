//! Workbooks. Text is written as text, which no spreadsheet program runs.

use std::fs::File;
use std::ops::ControlFlow;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Content, ExportError, Rows, Table, outgoing};

/// Rows of a sheet, without the header.
const MAX_ROWS: u32 = 1_048_575;

pub(super) fn write(
    file: &mut File,
    table: &Table,
    rows: Rows<'_>,
    step: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(&table.name)).map_err(failed)?;
    head(sheet, table, &formats).map_err(failed)?;
    let mut number = 0;
    for row in rows {
        number += 1;
        if number > MAX_ROWS {
            return Err(ExportError::TooManyRows { limit: MAX_ROWS });
        }
        for (column, content) in row?.iter().enumerate() {
            put(sheet, number, column as u16, content, &formats).map_err(failed)?;
        }
        if step().is_break() {
            return Err(ExportError::Stopped);
        }
    }
    workbook.save_to_writer(file).map_err(failed)
}

struct Formats {
    head: Format,
    money: Format,
    date: Format,
}

impl Formats {
    fn new() -> Formats {
        Formats {
            head: Format::new().set_bold(),
            money: Format::new().set_num_format("#,##0.00"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }
}

fn head(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    for (column, heading) in table.headings.iter().enumerate() {
        let column = column as u16;
        sheet.set_column_width(column, f64::from(heading.width))?;
        sheet.write_string_with_format(0, column, outgoing(&heading.text), &formats.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, content: &Content, formats: &Formats) -> Result<(), XlsxError> {
    match content {
        Content::Empty => {}
        Content::Text(text) => {
            sheet.write_string(row, column, outgoing(text))?;
        }
        Content::Integer(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        // Amounts of a register stay far below 2^53 fen, up to which a double is exact.
        Content::Money(fen) => {
            sheet.write_number_with_format(row, column, fen.0 as f64 / 100.0, &formats.money)?;
        }
        Content::Date(date) => {
            sheet.write_number_with_format(row, column, day_number(*date), &formats.date)?;
        }
    }
    Ok(())
}

/// The day number of spreadsheet programs, for days from 1 March 1900 on.
pub(in crate::roster) fn day_number(date: chrono::NaiveDate) -> f64 {
    let epoch = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    (date - epoch).num_days() as f64
}

/// A name that a sheet may have.
pub(in crate::roster) fn sheet_name(name: &str) -> String {
    let plain = outgoing(name).replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
    let name: String = plain.trim_matches(['\'', ' ']).chars().take(31).collect();
    if name.is_empty() { "1".to_owned() } else { name }
}

pub(in crate::roster) fn failed(error: XlsxError) -> ExportError {
    ExportError::Workbook(error.to_string())
}
