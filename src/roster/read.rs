//! A file's bytes become sheets of rows of cells, whatever spreadsheet program wrote it.
//!
//! The format is recognised by the content, never by the name. What a hostile file could cost is bounded before it is
//! spent: [`Limits`] are checked on the packed file, on what it unpacks to, on the XML inside, and again on every cell
//! taken over. Formulas are never evaluated; where a cell has one, the value that the spreadsheet program left beside
//! it is read and counted in [`Sheet::formulas`].

mod biff;
mod error;
mod grid;
mod ods;
mod package;
mod text;
mod xls;
mod xlsx;
mod xml;

use std::ops::ControlFlow;
use std::path::Path;

use crate::containment::contained;

pub use error::{Excess, ReadError};
pub use grid::{Cell, Row, Sheet};
pub use text::Encoding;

/// The spreadsheet formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML workbook (ISO/IEC 29500), as Excel 2007 and later and WPS write it.
    Xlsx,
    /// Excel 97–2003 binary workbook (BIFF8).
    Xls,
    /// OpenDocument spreadsheet (ISO/IEC 26300).
    Ods,
    /// Separated text in this encoding.
    Csv(Encoding),
}

/// A file that was read.
#[derive(Debug)]
pub struct Workbook {
    /// The file's name without its folder.
    pub name: String,
    /// What it turned out to be.
    pub format: Format,
    /// Its sheets in order, hidden ones too.
    pub sheets: Vec<Sheet>,
}

/// What one file may cost. Beyond any of these it is refused with [`ReadError::TooLarge`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes that all parts of a packed workbook inflate to.
    pub inflated_bytes: u64,
    /// Bytes of one shared string table once inflated.
    pub shared_string_bytes: u64,
    /// Bytes of any other part than sheets and shared strings once inflated.
    pub part_bytes: u64,
    /// How many times its packed size a part may inflate to, beyond its first mebibyte.
    pub ratio: u64,
    /// Parts of a packed workbook.
    pub parts: u64,
    /// Bytes of one XML tag, text or comment.
    pub token_bytes: u64,
    /// Entries of the shared string table.
    pub shared_strings: u64,
    /// Cell formats.
    pub styles: u64,
    /// Sheets.
    pub sheets: u64,
    /// Rows of one sheet, by the number of the last one that holds anything.
    pub rows: u64,
    /// Columns of one sheet.
    pub columns: u64,
    /// Cells of the file, counting the empty ones before the last filled one of each row.
    pub cells: u64,
    /// Cells of the file in formats that are read as a whole (xls, ods), counting empty ones inside the used area.
    pub dense_cells: u64,
    /// Characters of one cell; Excel's own limit.
    pub cell_chars: u64,
    /// Bytes of all text of the file, in UTF-8.
    pub text_bytes: u64,
}

impl Limits {
    /// The limits in force: a city's roster of 139,100 people in 17 columns takes about a third of them.
    pub const STANDARD: Limits = Limits {
        file_bytes: 64 << 20,
        inflated_bytes: 512 << 20,
        shared_string_bytes: 64 << 20,
        part_bytes: 4 << 20,
        ratio: 200,
        parts: 1_024,
        token_bytes: 256 << 10,
        shared_strings: 1_000_000,
        styles: 16_384,
        sheets: 64,
        rows: 300_000,
        columns: 256,
        cells: 6_000_000,
        dense_cells: 2_000_000,
        cell_chars: 32_767,
        text_bytes: 64 << 20,
    };
}

/// Told how far a long job is: phase, done, total (0 when not known). `Break` stops the job.
pub type Watch<'a> = &'a mut dyn FnMut(Phase, u64, u64) -> ControlFlow<()>;

/// What a long job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading files; counted in bytes of the files.
    Read,
    /// Checking rows; counted in rows.
    Check,
    /// Comparing with the records held; counted in rows.
    Compare,
    /// Writing a file; counted in rows.
    Write,
}

/// A [`Watch`] that neither looks nor stops.
pub fn unwatched(_: Phase, _: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Reads a file from disk.
pub fn file(path: &Path, limits: &Limits, watch: Watch<'_>) -> Result<Workbook, ReadError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let io = |source| ReadError::Io { name: name.clone(), source };
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > limits.file_bytes {
        return Err(Excess::FileBytes.beyond(limits.file_bytes));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    bytes_of(name, &bytes, limits, watch)
}

/// Reads a file's bytes; `name` is its name without the folder and only goes into the result.
pub fn bytes_of(name: String, bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Workbook, ReadError> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Excess::FileBytes.beyond(limits.file_bytes));
    }
    // The readers return errors, and no file is known that makes them panic after the checks made here. This is the
    // last resort. What a panic says may be a piece of the file, so it is not told.
    let read = contained(|| recognise(bytes, limits, watch));
    let (format, sheets) = read.unwrap_or_else(|_| Err(ReadError::Unreadable { detail: "panic".into() }))?;
    Ok(Workbook { name, format, sheets })
}

fn recognise(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<(Format, Vec<Sheet>), ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return match package::inspect(bytes, limits)? {
            package::Kind::Xlsx => Ok((Format::Xlsx, xlsx::sheets(bytes, limits, watch)?)),
            package::Kind::Ods => Ok((Format::Ods, ods::sheets(bytes, limits, watch)?)),
        };
    }
    if bytes.starts_with(biff::COMPOUND_FILE) {
        return Ok((Format::Xls, xls::sheets(bytes, limits, watch)?));
    }
    let (encoding, sheet) = text::sheet(bytes, limits, watch)?;
    Ok((Format::Csv(encoding), vec![sheet]))
}

/// Runs the tick of a watch, turning its wish to stop into an error.
fn tick(watch: &mut dyn FnMut(Phase, u64, u64) -> ControlFlow<()>, done: u64, total: u64) -> Result<(), ReadError> {
    match watch(Phase::Read, done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ReadError::Cancelled),
    }
}
