//! Separated text (CSV): which encoding, which separator, and rows numbered as a spreadsheet program would show them.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use super::grid::{SheetWriter, Spent};
use super::{Cell, Limits, ReadError, Sheet, Watch, tick};

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little endian; what Excel calls "Unicode text".
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// GB 18030-2022, which covers GBK and GB 2312; what Chinese Windows calls ANSI.
    Gb18030,
}

/// Rows between two looks at whether the job was stopped.
const ROWS_PER_TICK: usize = 1 << 10;

/// Records looked at to find the separator.
const SAMPLE: usize = 40;

/// Reads separated text.
pub(super) fn sheet(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<(Encoding, Sheet), ReadError> {
    let (encoding, mut text) = decode(bytes)?;
    if !text.contains('\n') && text.contains('\r') {
        // Line ends of the old Macintosh.
        text = text.replace('\r', "\n");
    }
    refuse_markup(&text)?;
    let separator = separator(&text);
    let mut writer = SheetWriter::new(String::new(), false, limits, Spent::default());
    let mut reader = reader(&text, separator);
    let mut record = csv::StringRecord::new();
    let total = bytes.len() as u64;
    let (mut number, mut read) = (0_u32, 0_usize);
    let mut last_spans_lines = false;
    while reader.read_record(&mut record).map_err(ReadError::unreadable)? {
        if read.is_multiple_of(ROWS_PER_TICK) {
            let done = reader.position().byte() * total / text.len().max(1) as u64;
            tick(watch, done, total)?;
        }
        read += 1;
        let start = record.position().map_or(0, |position| position.byte() as usize);
        number = number.saturating_add(1).saturating_add(blank_lines(&text, start));
        last_spans_lines = record.iter().any(|field| field.contains('\n'));
        for (column, field) in record.iter().enumerate() {
            writer.put(number, u32::try_from(column).unwrap_or(u32::MAX), Cell::Text(field))?;
        }
    }
    let quotes = memchr::memchr_iter(b'"', text.as_bytes()).count();
    if last_spans_lines && !quotes.is_multiple_of(2) {
        return Err(ReadError::OpenQuote { row: number });
    }
    tick(watch, total, total)?;
    Ok((encoding, writer.finish()?.0))
}

/// The reader skips blank lines, which a spreadsheet program shows as rows: how many there are from here.
fn blank_lines(text: &str, start: usize) -> u32 {
    let bytes = text.as_bytes();
    // The second half of the line end before is not a line of its own.
    let half = start > 0 && bytes[start - 1] == b'\r' && bytes.get(start) == Some(&b'\n');
    let blank = bytes[start + usize::from(half)..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    blank.filter(|byte| **byte == b'\n').count() as u32
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// Text by its byte order mark, else by what the bytes can be.
fn decode(bytes: &[u8]) -> Result<(Encoding, String), ReadError> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let text = std::str::from_utf8(rest).map_err(|_| ReadError::Encoding)?;
        return Ok((Encoding::Utf8, text.to_owned()));
    }
    if let Some((encoding, rest)) = utf16(bytes) {
        let coder = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
        let (text, broken) = coder.decode_without_bom_handling(rest);
        return if broken { Err(ReadError::Encoding) } else { Ok((encoding, text.into_owned())) };
    }
    if memchr::memchr(0, bytes).is_some() {
        return Err(ReadError::NotASpreadsheet);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !looks_like_gbk(bytes, text) => Ok((Encoding::Utf8, text.to_owned())),
        _ => gb18030(bytes),
    }
}

/// UTF-16 by its mark; without one, by its zero bytes: the separators and line ends of a table are all below U+0100.
fn utf16(bytes: &[u8]) -> Option<(Encoding, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Some((Encoding::Utf16Le, rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Some((Encoding::Utf16Be, rest));
    }
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let enough = head.len() / 2 / 20;
    match () {
        () if odd > enough && even == 0 => Some((Encoding::Utf16Le, bytes)),
        () if even > enough && odd == 0 => Some((Encoding::Utf16Be, bytes)),
        () => None,
    }
}

/// Bytes of GBK that happen to be valid UTF-8 come out as Greek, Cyrillic or Arabic without one Chinese character.
fn looks_like_gbk(bytes: &[u8], text: &str) -> bool {
    let mut foreign = text.chars().filter(|c| !c.is_ascii()).peekable();
    if foreign.peek().is_none() || foreign.any(|c| c >= '\u{2E80}') {
        return false;
    }
    let (decoded, broken) = GB18030.decode_without_bom_handling(bytes);
    !broken && decoded.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
}

/// A few broken characters are left in as U+FFFD, for the check of the cell to point at; many mean another encoding.
fn gb18030(bytes: &[u8]) -> Result<(Encoding, String), ReadError> {
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if broken {
        let bad = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        if bad * 1000 > text.chars().count() + 2000 {
            return Err(ReadError::Encoding);
        }
    }
    Ok((Encoding::Gb18030, text.into_owned()))
}

/// Web pages and XML saved under a spreadsheet's name are common among downloads of office systems.
fn refuse_markup(text: &str) -> Result<(), ReadError> {
    let head: String = text.trim_start().chars().take(2000).collect::<String>().to_ascii_lowercase();
    if !head.starts_with('<') && !head.starts_with("mime-version") {
        let controls = head.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\x1b')).count();
        return if controls > 8 { Err(ReadError::NotASpreadsheet) } else { Ok(()) };
    }
    Err(match head.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        true => ReadError::Unsupported { format: "XML 2003" },
        false => ReadError::Unsupported { format: "HTML" },
    })
}

/// The separator that splits the most of the first records into the same number of fields.
fn separator(text: &str) -> u8 {
    let head = text.char_indices().nth(64 << 10).map_or(text, |(at, _)| &text[..at]);
    let score = |separator: u8| {
        let mut counts: Vec<usize> =
            reader(head, separator).records().take(SAMPLE).flatten().map(|record| record.len()).collect();
        counts.sort_unstable();
        let same = counts.chunk_by(|a, b| a == b).filter(|run| run[0] > 1).max_by_key(|run| (run.len(), run[0]));
        same.map_or((0, 0), |run| (run.len(), run[0]))
    };
    // Ties go to the comma, which is named last.
    [b';', b'\t', b','].into_iter().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::super::unwatched;
    use super::*;

    fn read(bytes: &[u8]) -> Result<(Encoding, Vec<(u32, Vec<String>)>), ReadError> {
        let (encoding, sheet) = sheet(bytes, &Limits::STANDARD, &mut unwatched)?;
        let rows = sheet
            .rows()
            .map(|row| {
                let text = |cell| match cell {
                    Cell::Text(text) => String::from(text),
                    _ => String::new(),
                };
                (row.number, row.cells().map(text).collect())
            })
            .collect();
        Ok((encoding, rows))
    }

    const TABLE: &str = "姓名,身份证号\r\n张淑芬,990101194912310029\r\n";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        let check = |bytes: Vec<u8>, expected: Encoding| {
            let (encoding, rows) = read(&bytes).unwrap();
            assert_eq!(encoding, expected);
            assert_eq!(rows[1], (2, vec!["张淑芬".to_owned(), "990101194912310029".to_owned()]), "{expected:?}");
        };
        check(TABLE.into(), Encoding::Utf8);
        check(["\u{FEFF}", TABLE].concat().into(), Encoding::Utf8);
        check(GB18030.encode(TABLE).0.into_owned(), Encoding::Gb18030);
        check(utf16(&["\u{FEFF}", TABLE].concat(), false), Encoding::Utf16Le);
        check(utf16(&["\u{FEFF}", TABLE].concat(), true), Encoding::Utf16Be);
        check(utf16(TABLE, false), Encoding::Utf16Le);
        check(utf16(TABLE, true), Encoding::Utf16Be);
    }

    #[test]
    fn gbk_that_is_also_valid_utf8_is_read_as_gbk() {
        // 螒 is CE 91 in GBK, which UTF-8 reads as Α.
        let (encoding, rows) = read(b"\xCE\x91,\xCE\x92\n1,2\n").unwrap();
        assert_eq!(encoding, Encoding::Gb18030);
        assert_eq!(rows[0].1, ["螒", "螔"]);
    }

    #[test]
    fn separators_are_found() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", ["1", "2", "3"]),
            ("a\tb\tc\n1\t2\t3\n", ["1", "2", "3"]),
            ("a;b;c\n1;2;3\n", ["1", "2", "3"]),
            ("名单,,\na;b,c,d\n1,2,3\n", ["1", "2", "3"]),
            ("a\tb\tc\n1,5\t2\t3\n", ["1,5", "2", "3"]),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().1.last().unwrap().1, expected, "{text:?}");
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        for (text, expected) in [
            ("a,b\n\n1,2\n", vec![1, 3]),
            ("\n\na,b\n1,2\n", vec![3, 4]),
            ("a,b\n\"x\ny\",2\n3,4\n", vec![1, 2, 3]),
            ("a,b\r\n\r\n\"x\r\ny\",2\r\n3,4\r\n", vec![1, 3, 4]),
            ("a,b\r1,2\r\r3,4", vec![1, 2, 4]),
        ] {
            let rows: Vec<u32> = read(text.as_bytes()).unwrap().1.into_iter().map(|row| row.0).collect();
            assert_eq!(rows, expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (bytes, expected) in [
            (&b"<html><table><tr><td>1</td></tr></table></html>"[..], "roster.unsupported"),
            (
                b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
                "roster.unsupported",
            ),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "roster.format"),
            (b"a,b\n\"open,2\n3,4\n", "roster.open_quote"),
            (b"\xff\xff\xff\xff\xff\xff,\xff\xff\xff\xff\xff\n", "roster.encoding"),
        ] {
            use crate::i18n::Explain;
            assert_eq!(read(bytes).unwrap_err().code(), expected, "{bytes:?}");
        }
    }
}
