//! Lists out of the program, as xlsx or CSV. What is masked decides the caller; here the rest is seen to: nothing in a
//! cell is ever run as a formula, long numbers stay text, control characters stay behind, and the file appears whole or
//! not at all.

mod csv_file;
mod xlsx_file;

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::read::{Phase, Watch};
use crate::domain::field::{Field, FieldKind};
use crate::domain::money::Fen;
use crate::domain::records::Unreadable;
use crate::domain::value::Value;
use crate::domain::{display, text};
use crate::i18n::{Explain, Lang, roster as words};

/// A list to write.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name of the sheet.
    pub name: String,
    /// The columns.
    pub headings: Vec<Heading>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Its heading.
    pub text: String,
    /// How wide it is shown, in half-width characters.
    pub width: u16,
}

impl Heading {
    /// A column with the usual width for what it holds.
    pub fn new(text: impl Into<String>, width: u16) -> Heading {
        Heading { text: text.into(), width }
    }

    /// The column of a field.
    pub fn of(field: &Field, lang: Lang) -> Heading {
        let width = match field.kind {
            FieldKind::IdNumber | FieldKind::Bank => 22,
            FieldKind::Address | FieldKind::Note => 36,
            FieldKind::Phone => 16,
            FieldKind::Date | FieldKind::Name | FieldKind::Money => 13,
            _ => 12,
        };
        Heading::new(field.label(lang), width)
    }
}

/// What a cell is to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// Text; numbers that name something (ID, telephone, account) are text.
    Text(String),
    /// A count.
    Integer(i64),
    /// An amount, shown in yuan.
    Money(Fen),
    /// A day.
    Date(NaiveDate),
}

impl Content {
    /// A field's content in full.
    pub fn plain(field: &Field, value: &Value, lang: Lang) -> Content {
        match (field.kind, value) {
            (_, Value::Null) => Content::Empty,
            (FieldKind::Money, Value::Int(fen)) => Content::Money(Fen(*fen)),
            (FieldKind::Count, Value::Int(number)) => Content::Integer(*number),
            (FieldKind::Date, Value::Text(text)) => {
                text.parse().map_or_else(|_| Content::Text(text.clone()), Content::Date)
            }
            _ => Content::Text(display::plain(field, value, lang)),
        }
    }

    /// A field's content as those see it who have not asked for it in full.
    pub fn masked(field: &Field, value: &Value, lang: Lang) -> Content {
        use crate::domain::field::Privacy;
        if value.is_empty() || field.privacy < Privacy::Identity {
            return Content::plain(field, value, lang);
        }
        Content::Text(display::masked(field, value, lang))
    }
}

/// The formats that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML workbook.
    Xlsx,
    /// Separated text in UTF-8 with a byte order mark, by which WPS and Excel know the encoding.
    Csv,
}

impl Format {
    /// The format that a file's name asks for.
    ///
    /// # Errors
    /// [`ExportError::Format`] for other endings than `.xlsx` and `.csv`.
    pub fn of(path: &Path) -> Result<Format, ExportError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("xlsx") => Ok(Format::Xlsx),
            Some("csv") => Ok(Format::Csv),
            _ => Err(ExportError::Format { file: name(path) }),
        }
    }
}

/// A list that was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file's ending is none of those known.
    #[error("{file}: neither .xlsx nor .csv")]
    Format {
        /// The file's name.
        file: String,
    },
    /// The file could not be written.
    #[error("{file}: {source}")]
    Io {
        /// The file's name.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// More rows than a sheet can hold.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// How many it can.
        limit: u32,
    },
    /// A workbook could not be put together.
    #[error("the workbook could not be made: {0}")]
    Workbook(String),
    /// A record could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The job was stopped.
    #[error("stopped")]
    Stopped,
}

/// Rows of a list, made while they are written.
pub type Rows<'a> = &'a mut dyn Iterator<Item = Result<Vec<Content>, Unreadable>>;

/// Writes a list to a file, whose ending names the format. A file of that name is replaced once the new one is whole.
/// The answer is the number of rows.
///
/// # Errors
/// [`ExportError`]; the file is then as it was before.
pub fn write(path: &Path, table: &Table, rows: Rows<'_>, watch: Watch<'_>) -> Result<u32, ExportError> {
    let format = Format::of(path)?;
    let mut written = 0;
    let mut step = || {
        written += 1;
        match u64::from(written) % 1024 {
            0 => watch(Phase::Write, u64::from(written), 0),
            _ => ControlFlow::Continue(()),
        }
    };
    replace(path, |file| match format {
        Format::Csv => csv_file::write(file, &name(path), table, rows, &mut step),
        Format::Xlsx => xlsx_file::write(file, &name(path), table, rows, &mut step),
    })?;
    Ok(written)
}

/// Writes beside the file and renames, so that nobody ever sees half of it. Only the owner may read it.
pub(super) fn replace(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), ExportError>) -> Result<(), ExportError> {
    let io = |source| ExportError::Io { file: name(path), source };
    let aside = aside(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside).map_err(io)?;
    let filled = fill(&mut file).and_then(|()| file.sync_all().map_err(io));
    let done = filled.and_then(|()| std::fs::rename(&aside, path).map_err(io));
    if done.is_err() {
        // The error to report is the one above; a file left behind would only be in the way.
        let _ = std::fs::remove_file(&aside);
    }
    done
}

fn aside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Text as it may leave: without control characters, and no longer than a cell can be.
fn outgoing(content: &str) -> String {
    const CELL_CHARS: usize = 32_767;
    let clean = text::strip_control(content);
    match clean.char_indices().nth(CELL_CHARS) {
        Some((end, _)) => clean[..end].to_owned(),
        None => clean.into_owned(),
    }
}

/// The day number of spreadsheet programs, for days from 1 March 1900 on.
pub(super) fn day_number(date: NaiveDate) -> i64 {
    // 30 December 1899 makes up for 29 February 1900, a day that only they know.
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    (date - epoch).num_days()
}

/// A name that a sheet may have.
pub(super) fn sheet_name(name: &str) -> String {
    let plain = outgoing(name).replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
    let name: String = plain.trim_matches(['\'', ' ']).chars().take(31).collect();
    if name.is_empty() { "1".to_owned() } else { name }
}

impl Explain for ExportError {
    fn code(&self) -> &str {
        match self {
            ExportError::Format { .. } => "export.format",
            ExportError::Io { .. } => "export.io",
            ExportError::TooManyRows { .. } => "export.too_many_rows",
            ExportError::Workbook(_) => "export.workbook",
            ExportError::Unreadable(_) => "record.unreadable",
            ExportError::Stopped => "export.cancelled",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            ExportError::Format { file } => words::export_format(lang, file),
            ExportError::Io { file, source } => words::export_io(lang, file, &source.to_string()),
            ExportError::TooManyRows { limit } => words::export_too_many_rows(lang, *limit),
            ExportError::Workbook(detail) => words::export_workbook(lang, detail),
            ExportError::Unreadable(fault) => crate::domain::refusal::Refusal::from(fault.clone()).message(lang),
            ExportError::Stopped => words::export_cancelled(lang).into(),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            ExportError::Format { .. } => words::export_format_remedy(lang).into(),
            ExportError::Io { .. } | ExportError::Workbook(_) => words::export_io_remedy(lang).into(),
            ExportError::TooManyRows { .. } => words::export_too_many_rows_remedy(lang).into(),
            ExportError::Unreadable(fault) => crate::domain::refusal::Refusal::from(fault.clone()).remedy(lang),
            ExportError::Stopped => words::export_cancelled_remedy(lang).into(),
        }
    }
}
