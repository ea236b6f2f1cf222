//! A look through an Excel 97–2003 workbook before the library reads it.
//!
//! The library follows the file's own sector chains, sets memory aside for the area that a sheet declares, lays the
//! cells out densely and copies a shared string into every cell that names it. Each of these can be made to cost
//! gigabytes by a file of a few kilobytes, so the sums are done here first. Formats: MS-CFB, MS-XLS.

mod compound;

use compound::CompoundFile;

use super::{Excess, Limits, ReadError};

/// How an OLE compound file begins.
pub(super) const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Refuses what would cost too much, is encrypted, links to outside data, or is no workbook.
pub(super) fn inspect(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let file = CompoundFile::open(bytes)?;
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        return Err(ReadError::Encrypted);
    }
    let Some(stream) = file.stream("Workbook").or_else(|| file.stream("Book")).transpose()? else {
        return Err(match file.has("WordDocument") {
            true => ReadError::Unsupported { format: "doc" },
            false => ReadError::NotASpreadsheet,
        });
    };
    let globals = Globals::read(&stream, limits)?;
    let mut cost = Cost::default();
    for &position in &globals.sheets {
        cost.sheet(&stream, position, &globals, limits)?;
    }
    Ok(())
}

/// A record of the workbook stream with the records that continue it.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    fn data(&self) -> &'a [u8] {
        self.parts[0]
    }
}

struct Records<'a>(&'a [u8]);

const CONTINUE: u16 = 0x003C;

impl<'a> Records<'a> {
    fn take(&mut self) -> Result<(u16, &'a [u8]), ReadError> {
        let (head, rest) = self.0.split_at_checked(4).ok_or_else(|| broken("a record cut short"))?;
        let len = usize::from(u16_at(head, 2));
        let (data, rest) = rest.split_at_checked(len).ok_or_else(|| broken("a record cut short"))?;
        self.0 = rest;
        Ok((u16_at(head, 0), data))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (kind, data) = match self.take() {
            Ok(record) => record,
            Err(error) => {
                self.0 = &[];
                return Some(Err(error));
            }
        };
        let mut parts = vec![data];
        while self.0.len() > 4 && u16_at(self.0, 0) == CONTINUE {
            match self.take() {
                Ok((_, more)) => parts.push(more),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(Record { kind, parts }))
    }
}

/// What the first part of the stream says about all sheets.
#[derive(Default)]
struct Globals {
    sheets: Vec<usize>,
    /// Characters of each shared string.
    strings: Vec<u32>,
    /// Bytes of the longest name that a formula can spell out.
    longest_name: u64,
}

impl Globals {
    fn read(stream: &[u8], limits: &Limits) -> Result<Globals, ReadError> {
        let mut globals = Globals::default();
        for record in Records(stream) {
            let record = record?;
            let data = record.data();
            match record.kind {
                0x000A => break,
                // FilePass: encrypted or obfuscated.
                0x002F => return Err(ReadError::Encrypted),
                // SupBook: the workbook itself and add-ins have a fixed mark, everything else lies outside.
                0x01AE if !matches!(data.get(2..4), Some([0x01, 0x04] | [0x01, 0x3A])) => {
                    return Err(ReadError::ExternalLink);
                }
                // BoundSheet8
                0x0085 => {
                    let position = data.get(..4).ok_or_else(|| broken("a sheet list cut short"))?;
                    globals.sheets.push(u32_at(position, 0) as usize);
                    globals.longest_name = globals.longest_name.max(3 * data.len() as u64);
                }
                // Lbl: a defined name.
                0x0018 => globals.longest_name = globals.longest_name.max(3 * data.len().min(256) as u64),
                // SST
                0x00FC => globals.strings = shared_strings(&record.parts, limits)?,
                _ => {}
            }
            if globals.sheets.len() as u64 > limits.sheets {
                return Err(Excess::Sheets.beyond(limits.sheets));
            }
        }
        Ok(globals)
    }
}

/// The lengths of the shared strings, in characters. A string may run on in a continuing record, which then begins
/// with a byte that tells anew whether characters take one byte or two.
fn shared_strings(parts: &[&[u8]], limits: &Limits) -> Result<Vec<u32>, ReadError> {
    let short = || broken("shared strings cut short");
    let mut lengths = Vec::new();
    let mut rest = parts.iter().copied();
    let mut data = rest.next().and_then(|data| data.get(8..)).ok_or_else(short)?;
    loop {
        while data.is_empty() {
            match rest.next() {
                Some(next) => data = next,
                None => return Ok(lengths),
            }
        }
        let (head, after) = data.split_at_checked(3).ok_or_else(short)?;
        let (chars, flags) = (u16_at(head, 0), head[2]);
        data = after;
        let mut skip = 0_u64;
        if flags & 8 != 0 {
            let (runs, after) = data.split_at_checked(2).ok_or_else(short)?;
            skip += 4 * u64::from(u16_at(runs, 0));
            data = after;
        }
        if flags & 4 != 0 {
            let (bytes, after) = data.split_at_checked(4).ok_or_else(short)?;
            skip += u64::from(u32_at(bytes, 0));
            data = after;
        }
        let mut wide = usize::from(flags & 1);
        let mut left = usize::from(chars);
        while left > 0 {
            let here = left.min(data.len() >> wide);
            data = &data[here << wide..];
            left -= here;
            if left > 0 {
                let next = rest.next().ok_or_else(short)?;
                let (flag, after) = next.split_at_checked(1).ok_or_else(short)?;
                (wide, data) = (usize::from(flag[0] & 1), after);
            }
        }
        while skip > 0 {
            if data.is_empty() {
                data = rest.next().ok_or_else(short)?;
            }
            let here = (data.len() as u64).min(skip);
            data = &data[here as usize..];
            skip -= here;
        }
        lengths.push(u32::from(chars));
        if lengths.len() as u64 > limits.shared_strings {
            return Err(Excess::SharedStrings.beyond(limits.shared_strings));
        }
    }
}

/// What the sheets come to.
#[derive(Default)]
struct Cost {
    cells: u64,
    area: u64,
    text: u64,
    formulas: u64,
}

/// The used area of a sheet.
#[derive(Clone, Copy)]
struct Area {
    rows: (u16, u16),
    columns: (u16, u16),
}

impl Cost {
    fn sheet(&mut self, stream: &[u8], position: usize, globals: &Globals, limits: &Limits) -> Result<(), ReadError> {
        let stream = stream.get(position..).ok_or_else(|| broken("a sheet out of range"))?;
        let mut area: Option<Area> = None;
        let mut depth = 0_u32;
        for record in Records(stream) {
            let record = record?;
            let data = record.data();
            match record.kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                // A chart inside the sheet has records of its own.
                _ if depth > 1 => {}
                0x0200 => declared_area(data, limits)?,
                0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x00BD | 0x0006 => {
                    let cell = Area::of(record.kind, data)?;
                    self.cells += u64::from(cell.columns.1 - cell.columns.0) + 1;
                    area = Some(area.map_or(cell, |area| area.with(cell)));
                    if record.kind == 0x00FD {
                        self.text += 3 * u64::from(shared_length(data, globals));
                    }
                    if record.kind == 0x0006 {
                        self.formulas += (data.len() as u64 / 5 + 1) * (globals.longest_name + 32);
                    }
                }
                _ => {}
            }
            if self.cells > limits.dense_cells {
                return Err(Excess::Cells.beyond(limits.dense_cells));
            }
            if self.text > 3 * limits.text_bytes || self.formulas > 3 * limits.text_bytes {
                return Err(Excess::TextBytes.beyond(limits.text_bytes));
            }
        }
        if let Some(area) = area {
            if u64::from(area.columns.1) >= limits.columns {
                return Err(Excess::Columns.beyond(limits.columns));
            }
            self.area += area.size();
            if self.area > limits.dense_cells {
                return Err(Excess::Cells.beyond(limits.dense_cells));
            }
        }
        Ok(())
    }
}

impl Area {
    fn of(kind: u16, data: &[u8]) -> Result<Area, ReadError> {
        let head = data.get(..6).ok_or_else(|| broken("a cell cut short"))?;
        let (row, first) = (u16_at(head, 0), u16_at(head, 2));
        // MulRk holds a run of cells, the last column at its end.
        let last = if kind == 0x00BD { u16_at(data, data.len() - 2) } else { first };
        if last < first {
            return Err(broken("a run of cells backwards"));
        }
        Ok(Area { rows: (row, row), columns: (first, last) })
    }

    fn with(self, other: Area) -> Area {
        Area {
            rows: (self.rows.0.min(other.rows.0), self.rows.1.max(other.rows.1)),
            columns: (self.columns.0.min(other.columns.0), self.columns.1.max(other.columns.1)),
        }
    }

    fn size(self) -> u64 {
        (u64::from(self.rows.1 - self.rows.0) + 1) * (u64::from(self.columns.1 - self.columns.0) + 1)
    }
}

/// The library sets memory aside for the declared area, whether it is filled or not.
fn declared_area(data: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let (rows, columns) = match data.len() {
        10 => ((u32::from(u16_at(data, 0)), u32::from(u16_at(data, 2))), (u16_at(data, 4), u16_at(data, 6))),
        14 | 16 => ((u32_at(data, 0), u32_at(data, 4)), (u16_at(data, 8), u16_at(data, 10))),
        _ => return Err(broken("its declared size")),
    };
    if rows.1 == 0 || columns.1 == 0 {
        return Ok(());
    }
    if rows.1 <= rows.0 {
        return Err(broken("its declared size"));
    }
    // Columns that make no sense are taken to begin at the first, as the library does.
    let first = if columns.0 > 0xFF || columns.1 <= columns.0 { 0 } else { columns.0 };
    let area = u64::from(rows.1 - rows.0) * u64::from(columns.1 - first);
    let most = 4 * limits.dense_cells;
    if area > most { Err(Excess::Cells.beyond(most)) } else { Ok(()) }
}

fn shared_length(data: &[u8], globals: &Globals) -> u32 {
    let index = data.get(6..10).map_or(usize::MAX, |index| u32_at(index, 0) as usize);
    globals.strings.get(index).copied().unwrap_or(0)
}

/// Callers have made sure that the bytes are there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + use<'_> {
    bytes.chunks_exact(4).map(|word| u32_at(word, 0))
}

fn broken(what: &str) -> ReadError {
    ReadError::Unreadable { detail: format!("XLS: {what}") }
}
