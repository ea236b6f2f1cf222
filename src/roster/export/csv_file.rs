//! Separated text.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use super::{Content, ExportError, Rows, Table, outgoing};

/// Digits from which on a spreadsheet program shows a number as `9.9E+11` and from 16 on forgets the last ones.
const LONG_NUMBER: usize = 12;

pub(super) fn write(
    file: &mut File,
    name: &str,
    table: &Table,
    rows: Rows<'_>,
    step: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(), ExportError> {
    let io = |source: std::io::Error| ExportError::Io { file: name.to_owned(), source };
    let failed = |error: csv::Error| io(error.into());
    let mut out = BufWriter::new(file);
    out.write_all(b"\xEF\xBB\xBF").map_err(io)?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(table.headings.iter().map(|heading| safe(&heading.text))).map_err(failed)?;
    for row in rows {
        let row = row?;
        // Every record as wide as the header, as RFC 4180 asks.
        let fields = (0..table.headings.len()).map(|column| row.get(column).map_or(String::new(), field));
        writer.write_record(fields).map_err(failed)?;
        if step().is_break() {
            return Err(ExportError::Stopped);
        }
    }
    writer.flush().map_err(io)
}

fn field(content: &Content) -> String {
    match content {
        Content::Empty => String::new(),
        Content::Text(text) => safe(text),
        Content::Integer(number) => number.to_string(),
        Content::Money(fen) => fen.plain(),
        Content::Date(date) => date.to_string(),
    }
}

/// A text that begins like a formula gets a quotation mark in front; a long number gets a tab behind, which spreadsheet
/// programs do not show and which keeps them from taking it for a number.
fn safe(text: &str) -> String {
    // Checked before control characters are taken out: a tab or carriage return in front hides the sign behind it.
    let opens_formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let clean = outgoing(text);
    if opens_formula(text) || opens_formula(clean.trim_start()) {
        return format!("'{clean}");
    }
    let digits = clean.len() >= LONG_NUMBER && clean.bytes().all(|byte| byte.is_ascii_digit());
    if digits { format!("{clean}\t") } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_formula_or_a_number() {
        for (text, expected) in [
            ("张淑芬", "张淑芬"),
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("\r=1", "' =1"),
            ("  =1", "'  =1"),
            ("\u{200b}=1", "'=1"),
            ("＝1", "'＝1"),
            ("'=1", "'=1"),
            ("990101199001010019", "990101199001010019\t"),
            ("99010119900101001X", "99010119900101001X"),
            ("19912345678", "19912345678"),
            ("9901**********0019", "9901**********0019"),
            ("a\u{1b}[2Jb", "a[2Jb"),
        ] {
            assert_eq!(safe(text), expected, "{text:?}");
        }
    }
}
