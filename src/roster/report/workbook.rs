//! The error workbook: the rosters as they came, wrong cells coloured and annotated, and a list of all errors in front.
//! It can be corrected and imported itself.

use std::collections::HashMap;
use std::path::Path;

use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};

use crate::i18n::{Explain, Lang, roster as words};
use crate::roster::check::Checked;
use crate::roster::export::{self, ExportError, day_number, sheet_name};
use crate::roster::map::SheetKind;
use crate::roster::read::{Cell, Row};
use crate::roster::source::RowRef;

/// Writes the error workbook. Cells stand where they stood; it holds what the rosters hold, so it is as confidential.
///
/// # Errors
/// [`ExportError`] when the file cannot be written.
pub fn write_errors(path: &Path, checked: &Checked, lang: Lang) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    summary(workbook.add_worksheet(), checked, lang, &formats).map_err(failed)?;
    let marks = Marks::of(checked, lang);
    let mut names = vec![sheet_name(words::report_title(lang))];
    for (number, table) in checked.source().tables().iter().enumerate() {
        let sheet = workbook.add_worksheet();
        names.push(name(checked.source().file(table), &names));
        sheet.set_name(&names[names.len() - 1]).map_err(failed)?;
        copy(sheet, checked, number as u16, &marks, &formats).map_err(failed)?;
    }
    export::replace(path, |file| workbook.save_to_writer(file).map_err(failed))
}

fn failed(error: XlsxError) -> ExportError {
    ExportError::Workbook(error.to_string())
}

struct Formats {
    head: Format,
    text: Format,
    date: Format,
    wrong: Format,
    wrong_date: Format,
    skipped: Format,
}

impl Formats {
    fn new() -> Formats {
        // As text, so that a number typed over a wrong one is not taken for a number again.
        let text = Format::new().set_num_format("@");
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let wrong = Color::RGB(0x00FF_C7CE);
        Formats {
            head: Format::new().set_bold().set_text_wrap(),
            wrong: text.clone().set_background_color(wrong),
            wrong_date: date.clone().set_background_color(wrong),
            skipped: text.clone().set_background_color(Color::RGB(0x00E7_E6E6)),
            text,
            date,
        }
    }
}

/// What is written beside which cell.
struct Marks {
    /// By row and column of the sheet.
    wrong: HashMap<(RowRef, usize), String>,
    skipped: HashMap<RowRef, String>,
}

impl Marks {
    fn of(checked: &Checked, lang: Lang) -> Marks {
        let mut wrong: HashMap<(RowRef, usize), String> = HashMap::new();
        for (row, column, fault) in checked.located() {
            let columns = &checked.source().table(row).layout.columns;
            let index = column.and_then(|column| columns.get(usize::from(column))).map_or(0, |column| column.index);
            let words = format!("{}\n{}", fault.message(lang), fault.remedy(lang));
            wrong.entry((row, index)).and_modify(|held| *held = format!("{held}\n{words}")).or_insert(words);
        }
        let because = |row: Option<RowRef>| match row {
            Some(row) => words::report_skipped(lang, checked.source().row(row).number),
            None => words::report_skipped_other(lang).to_owned(),
        };
        let skipped = checked.skipped_rows().iter().map(|skipped| (skipped.row, because(skipped.because))).collect();
        Marks { wrong, skipped }
    }
}

/// The list of all errors.
fn summary(sheet: &mut Worksheet, checked: &Checked, lang: Lang, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(words::report_title(lang)))?;
    let heads = [
        (words::report_file(lang), 30),
        (words::report_sheet(lang), 10),
        (words::report_row(lang), 8),
        (words::report_column(lang), 20),
        (words::report_value(lang), 24),
        (words::report_problem(lang), 40),
        (words::report_remedy(lang), 60),
    ];
    for (column, (text, width)) in (0..).zip(heads) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, text, &formats.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 0;
    for problem in checked.problems() {
        row += 1;
        let kind = sheet_label(problem.sheet == SheetKind::Household.name(), lang);
        sheet.write_string(row, 0, problem.file)?;
        sheet.write_string(row, 1, kind)?;
        sheet.write_number(row, 2, problem.row)?;
        sheet.write_string(row, 3, cut(problem.column))?;
        sheet.write_string(row, 4, cut(&problem.value_masked))?;
        sheet.write_string(row, 5, cut(&problem.fault.message(lang)))?;
        sheet.write_string(row, 6, cut(&problem.fault.remedy(lang)))?;
    }
    if checked.errors_beyond() > 0 {
        sheet.write_string(row + 1, 5, words::report_more(lang, checked.errors_beyond()))?;
    }
    Ok(())
}

fn sheet_label(household: bool, lang: Lang) -> &'static str {
    if household { words::report_household_sheet(lang) } else { words::report_member_sheet(lang) }
}

/// The file's name, from which an import of this workbook learns category and town again; each sheet has its own.
fn name(file: &str, used: &[String]) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let taken = |name: &String| used.iter().any(|held| held.to_lowercase() == name.to_lowercase());
    let whole = sheet_name(stem);
    let numbered = (2..).map(|number| format!("{} {number}", whole.chars().take(26).collect::<String>()));
    std::iter::once(whole.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(whole)
}

fn copy(
    sheet: &mut Worksheet,
    checked: &Checked,
    number: u16,
    marks: &Marks,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let source = checked.source();
    let table = &source.tables()[usize::from(number)];
    for column in &table.layout.columns {
        sheet.set_column_width(column.index as u16, 16)?;
    }
    for (index, row) in source.sheet(table).rows().enumerate() {
        let at = RowRef { table: number, index: index as u32 };
        let skipped = marks.skipped.get(&at);
        let columns = row.len().max(table.layout.columns.last().map_or(0, |column| column.index + 1));
        for column in 0..columns {
            let wrong = marks.wrong.get(&(at, column));
            put(sheet, &row, column, wrong.is_some(), skipped.is_some(), formats)?;
            let note = wrong.or(skipped.filter(|_| column == 0));
            if let Some(note) = note {
                let note = Note::new(cut(note)).set_width(260).set_height(110);
                sheet.insert_note(row.number - 1, column as u16, &note)?;
            }
        }
    }
    let header = source.row(RowRef { table: number, index: table.layout.header as u32 }).number;
    sheet.set_freeze_panes(header, 0)?;
    Ok(())
}

fn put(
    sheet: &mut Worksheet,
    row: &Row<'_>,
    column: usize,
    wrong: bool,
    skipped: bool,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let format = match (wrong, skipped) {
        (true, _) => &formats.wrong,
        (false, true) => &formats.skipped,
        _ => &formats.text,
    };
    let (number, at) = (row.number - 1, column as u16);
    match row.cell(column) {
        Cell::Empty if wrong || skipped => sheet.write_blank(number, at, format)?,
        Cell::Empty => sheet,
        Cell::Text(text) => sheet.write_string_with_format(number, at, text, format)?,
        Cell::Number(value) => sheet.write_number_with_format(number, at, value, format)?,
        Cell::Date(date) => {
            let format = if wrong { &formats.wrong_date } else { &formats.date };
            sheet.write_number_with_format(number, at, day_number(date) as f64, format)?
        }
        Cell::Bool(yes) => sheet.write_boolean_with_format(number, at, yes, format)?,
        Cell::Error(text) => sheet.write_string_with_format(number, at, text, format)?,
    };
    Ok(())
}

/// Notes and cells of the list stay short whatever the rosters hold.
fn cut(text: &str) -> String {
    text.chars().take(1_000).collect()
}
