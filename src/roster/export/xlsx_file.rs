//! Workbooks, written row by row. The library that makes the error workbook keeps all cells until the end (350 MB for
//! a city) or puts them into a temporary file, and nothing readable about a person may lie on the disk beside the list
//! that was asked for. So the few parts of a plain list are written here.
//!
//! Text stands in the cells as inline strings, which no spreadsheet program runs as formulas.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Content, ExportError, Rows, Table, day_number, outgoing, sheet_name};

/// Rows of a sheet, without the header.
const MAX_ROWS: u32 = 1_048_575;

/// Positions in the list of cell formats.
const HEAD: u32 = 1;
const MONEY: u32 = 2;
const DATE: u32 = 3;
const TEXT: u32 = 4;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

const CONTENT_TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;

const PACKAGE_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const BOOK_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Formats in the order of the constants above; 4 is `#,##0.00` and 49 is text in every spreadsheet program.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

pub(super) fn write(
    file: &mut File,
    name: &str,
    table: &Table,
    rows: Rows<'_>,
    step: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(), ExportError> {
    let failed = |source: std::io::Error| ExportError::Io { file: name.to_owned(), source };
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", PACKAGE_RELATIONS),
        ("xl/workbook.xml", &book(&table.name)),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
    ];
    for (part, content) in parts {
        begin(&mut zip, part)?;
        zip.write_all(format!("{XML}{content}").as_bytes()).map_err(failed)?;
    }
    begin(&mut zip, "xl/worksheets/sheet1.xml")?;
    let mut xml = head(table);
    for (number, row) in (2..).zip(rows) {
        if number - 1 > MAX_ROWS {
            return Err(ExportError::TooManyRows { limit: MAX_ROWS });
        }
        put_row(&mut xml, number, &row?);
        zip.write_all(xml.as_bytes()).map_err(failed)?;
        xml.clear();
        if step().is_break() {
            return Err(ExportError::Stopped);
        }
    }
    xml.push_str("</sheetData></worksheet>");
    zip.write_all(xml.as_bytes()).map_err(failed)?;
    zip.finish().map_err(|error| ExportError::Workbook(error.to_string()))?.flush().map_err(failed)
}

fn begin(zip: &mut ZipWriter<BufWriter<&mut File>>, part: &str) -> Result<(), ExportError> {
    zip.start_file(part, SimpleFileOptions::default()).map_err(|error| ExportError::Workbook(error.to_string()))
}

fn book(name: &str) -> String {
    format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(&sheet_name(name))
    )
}

/// The sheet up to and with its header row, which stays in view.
fn head(table: &Table) -> String {
    let mut xml = format!(
        r#"{XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#
    );
    if !table.headings.is_empty() {
        xml.push_str("<cols>");
        for (number, heading) in (1..).zip(&table.headings) {
            put(
                &mut xml,
                format_args!(r#"<col min="{number}" max="{number}" width="{}" customWidth="1"/>"#, heading.width),
            );
        }
        xml.push_str("</cols>");
    }
    xml.push_str(r#"<sheetData><row r="1">"#);
    for (column, heading) in table.headings.iter().enumerate() {
        put_text(&mut xml, 1, column, &heading.text, HEAD);
    }
    xml.push_str("</row>");
    xml
}

fn put_row(xml: &mut String, number: u32, row: &[Content]) {
    put(xml, format_args!(r#"<row r="{number}">"#));
    for (column, content) in row.iter().enumerate() {
        match content {
            Content::Empty => {}
            Content::Text(text) => put_text(xml, number, column, text, TEXT),
            Content::Integer(value) => put_number(xml, number, column, value, 0),
            // Amounts of a register stay far below 2^53 fen, up to which a double holds each.
            Content::Money(fen) => put_number(xml, number, column, &fen.plain(), MONEY),
            Content::Date(date) => put_number(xml, number, column, &day_number(*date), DATE),
        }
    }
    xml.push_str("</row>");
}

fn put_text(xml: &mut String, row: u32, column: usize, text: &str, format: u32) {
    let (letters, text) = (letters(column), escaped(&outgoing(text)));
    put(
        xml,
        format_args!(
            r#"<c r="{letters}{row}" s="{format}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
        ),
    );
}

fn put_number(xml: &mut String, row: u32, column: usize, number: &dyn std::fmt::Display, format: u32) {
    put(xml, format_args!(r#"<c r="{}{row}" s="{format}"><v>{number}</v></c>"#, letters(column)));
}

fn put(xml: &mut String, piece: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = xml.write_fmt(piece);
}

/// The column's letters: A, B, …, Z, AA.
fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

/// As XML holds it. `_x0041_` would be read as an escaped A, so its underscore is escaped itself (ISO/IEC 29500,
/// 22.9.2.19).
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '_' if is_escape(&text.as_bytes()[at..]) => xml.push_str("_x005F_"),
            _ => xml.push(c),
        }
    }
    xml
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', digits @ ..] if digits.len() >= 5 && digits[4] == b'_' && digits[..4].iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn text_is_escaped() {
        for (text, expected) in [
            ("a<b> & \"c\"", "a&lt;b&gt; &amp; &quot;c&quot;"),
            ("_x0041_", "_x005F_x0041_"),
            ("_x004_", "_x004_"),
            ("_x", "_x"),
            ("张_x001B_三", "张_x005F_x001B_三"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
