//! Reading spreadsheet files: the same content from every format, and hostile files refused before they cost anything.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use zhulian::i18n::Explain;
use zhulian::roster::read::{self, Cell, Encoding, Format, Limits, ReadError, Workbook};

fn rosters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters")
}

fn open(name: &str) -> Workbook {
    read::file(&rosters().join(name), &Limits::STANDARD, &mut read::unwatched).unwrap()
}

fn read_bytes(bytes: &[u8]) -> Result<Workbook, ReadError> {
    read::bytes_of("t".into(), bytes, &Limits::STANDARD, &mut read::unwatched)
}

/// Every filled cell as `(row, column, text)`.
fn cells(book: &Workbook) -> Vec<(u32, usize, String)> {
    let text = |cell: Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Error(text) => text.to_owned(),
    };
    let sheet = &book.sheets[0];
    let all = sheet.rows().flat_map(|row| row.cells().enumerate().map(move |(at, cell)| (row.number, at, text(cell))));
    all.filter(|(_, _, text)| !text.is_empty()).collect()
}

#[test]
fn the_same_content_comes_out_of_every_format() {
    for name in ["问题样例_家庭_南山镇", "问题样例_人员_南山镇"] {
        let xlsx = open(&format!("{name}.xlsx"));
        assert_eq!(xlsx.format, Format::Xlsx);
        let expected = cells(&xlsx);
        assert!(expected.len() > 500);
        for (kind, format) in [("xls", Format::Xls), ("ods", Format::Ods)] {
            let book = open(&format!("formats/{name}.{kind}"));
            assert_eq!(book.format, format);
            for (found, expected) in cells(&book).iter().zip(&expected) {
                // LibreOffice, which wrote these, keeps 15 digits of a number and drops what XML cannot hold.
                let lost = format == Format::Ods
                    && (expected.2.len() == 18 && expected.2.ends_with("00") || expected.2.contains('\u{1b}'));
                assert!(found == expected || lost, "{name}.{kind}: {found:?} instead of {expected:?}");
            }
        }
    }
}

#[test]
fn escaped_characters_are_decoded() {
    let book = open("问题样例_家庭_南山镇.xlsx");
    let row = book.sheets[0].rows().find(|row| row.number == 41).unwrap();
    assert_eq!(row.cell(1), Cell::Text("肖\u{1b}[2J海荷"));
}

#[test]
fn dates_come_as_dates_and_csv_as_gb18030() {
    let book = open("特困人员_东岙镇.xlsx");
    let row = book.sheets[0].rows().find(|row| row.number == 4).unwrap();
    assert_eq!(row.cell(3), Cell::Date(chrono::NaiveDate::from_ymd_opt(1941, 8, 19).unwrap()));
    let csv = open("低保边缘家庭_西垟镇.csv");
    assert_eq!(csv.format, Format::Csv(Encoding::Gb18030));
    assert_eq!(csv.sheets[0].len(), 151);
}

/// A package with these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const RELS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fn xlsx(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
    );
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    for part in more {
        parts.retain(|(name, _)| *name != part.0);
        parts.push(*part);
    }
    package(&parts)
}

fn refused(bytes: &[u8], code: &str, what: &str) {
    match read_bytes(bytes) {
        Err(error) => assert_eq!(error.code(), code, "{what}: {error}"),
        Ok(_) => panic!("{what} was read"),
    }
}

#[test]
fn a_minimal_workbook_is_read_and_a_formula_is_only_counted() {
    let bytes = xlsx(
        r#"<row r="2"><c r="B2" t="str"><f>HYPERLINK("http://example.invalid")</f><v>点我</v></c><c r="C2"><f>1+1</f><v>2</v></c><c t="inlineStr"><is><t>=1+1</t></is></c></row>"#,
        &[],
    );
    let book = read_bytes(&bytes).unwrap();
    assert_eq!(book.sheets[0].formulas, 2);
    let row = book.sheets[0].row(0).unwrap();
    assert_eq!(row.number, 2);
    assert_eq!(
        row.cells().collect::<Vec<_>>(),
        [Cell::Empty, Cell::Text("点我"), Cell::Number(2.0), Cell::Text("=1+1")]
    );
}

#[test]
fn workbooks_that_would_cost_too_much_are_refused() {
    let too_large = |bytes: &[u8], what: &str| refused(bytes, "roster.too_large", what);
    too_large(&xlsx(&format!("<row>{}</row>", " ".repeat(64 << 20)), &[]), "blanks that pack a thousandfold");
    too_large(&xlsx(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#, &[]), "a column far out");
    too_large(&xlsx(r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row>"#, &[]), "a row far down");
    let long = "长".repeat(40_000);
    too_large(
        &xlsx(&format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{long}</t></is></c></row>"#), &[]),
        "a long text",
    );
    let strings = r#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#;
    too_large(&xlsx("", &[("xl/sharedStrings.xml", strings.as_bytes())]), "a declared table of strings");
    let copies = r#"<c t="s"><v>0</v></c>"#.repeat(200);
    let rows: String = (0..50).map(|_| format!("<row>{copies}</row>")).collect();
    let string = format!("<sst><si><t>{}</t></si></sst>", "长".repeat(30_000));
    too_large(&xlsx(&rows, &[("xl/sharedStrings.xml", string.as_bytes())]), "one string ten thousand times");
    let styles = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(20_000));
    too_large(&xlsx("", &[("xl/styles.xml", styles.as_bytes())]), "formats without end");
    let styles = format!(
        r#"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{}"/></numFmts></styleSheet>"#,
        "0".repeat(5000)
    );
    too_large(&xlsx("", &[("xl/styles.xml", styles.as_bytes())]), "a long format");
    let many: Vec<(String, Vec<u8>)> = (0..2000).map(|n| (format!("xl/media/{n}.png"), vec![0])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    too_large(&xlsx("", &many), "two thousand parts");
    let sheets = r#"<sheet name="a" sheetId="1" r:id="rId1"/>"#.repeat(65);
    let book =
        String::from_utf8(BOOK.to_vec()).unwrap().replace(r#"<sheet name="a" sheetId="1" r:id="rId1"/>"#, &sheets);
    too_large(&xlsx("", &[("xl/workbook.xml", book.as_bytes())]), "65 sheets");
}

#[test]
fn workbooks_that_are_not_what_they_should_be_are_refused() {
    refused(&xlsx(r#"<row r="1"><c r="A1"><v>1</v>"#, &[]), "roster.unreadable", "XML cut short");
    refused(
        &xlsx(r#"<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>"#, &[]),
        "roster.unreadable",
        "rows backwards",
    );
    let doctype = br#"<!DOCTYPE a [<!ENTITY b "c">]><workbook/>"#;
    refused(&xlsx("", &[("xl/workbook.xml", doctype)]), "roster.unreadable", "entities");
    refused(
        &xlsx("", &[("xl/externalLinks/externalLink1.xml", b"<externalLink/>")]),
        "roster.external_link",
        "external link",
    );
    let binary = String::from_utf8(BOOK_RELS.to_vec()).unwrap().replace("sheet1.xml", "sheet1.png");
    refused(
        &xlsx("", &[("xl/_rels/workbook.xml.rels", binary.as_bytes())]),
        "roster.unreadable",
        "a sheet in a picture",
    );
    refused(&package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"x")]), "roster.unsupported", "xlsb");
    refused(&package(&[("a.txt", b"x")]), "roster.format", "any zip");
    refused(b"", "roster.empty", "nothing");
    refused(&b"PK\x03\x04"[..], "roster.unreadable", "half a zip");
    refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "roster.unreadable", "half a compound file");
    let whole = std::fs::read(rosters().join("特困人员_东岙镇.xlsx")).unwrap();
    refused(&whole[..whole.len() / 2], "roster.unreadable", "half a workbook");
}

const ODS_HEAD: &str = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="a">"#;
const ODS_TAIL: &str = "</table:table></office:spreadsheet></office:body></office:document-content>";

fn ods(rows: &str) -> Vec<u8> {
    let manifest = br#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry/></manifest:manifest>"#;
    let content = format!("{ODS_HEAD}{rows}{ODS_TAIL}");
    package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn open_documents_that_repeat_too_much_are_refused() {
    let cell = |attributes: &str| {
        format!(r#"<table:table-cell office:value-type="string" {attributes}><text:p>一</text:p></table:table-cell>"#)
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let book = read_bytes(&ods(&row(&cell(r#"table:number-columns-repeated="3""#)))).unwrap();
    assert_eq!(book.sheets[0].row(0).unwrap().cells().collect::<Vec<_>>(), [Cell::Text("一"); 3]);
    let tail = r#"<table:table-cell table:number-columns-repeated="16000"/>"#;
    let blank = format!(r#"<table:table-row table:number-rows-repeated="1048570">{tail}</table:table-row>"#);
    let book = read_bytes(&ods(&[row(&[&cell(""), tail].concat()), blank].concat())).unwrap();
    assert_eq!(book.sheets[0].len(), 1, "blank rows and columns at the end cost nothing");

    let too_large = |rows: String, what: &str| refused(&ods(&rows), "roster.too_large", what);
    too_large(row(&cell(r#"table:number-columns-repeated="16000""#)), "columns");
    too_large(
        format!(r#"<table:table-row table:number-rows-repeated="1000000">{}</table:table-row>"#, cell("")),
        "rows",
    );
    too_large(
        format!(
            r#"<table:table-row table:number-rows-repeated="200000">{}</table:table-row>"#,
            cell(r#"table:number-columns-repeated="200""#)
        ),
        "cells",
    );
    let spaces = r#"<table:table-cell office:value-type="string"><text:p><text:s text:c="4000000000"/></text:p></table:table-cell>"#;
    too_large(row(spaces), "blanks");
    let long = format!(
        r#"<table:table-cell office:value-type="string" table:number-columns-repeated="250"><text:p>{}</text:p></table:table-cell>"#,
        "长".repeat(30_000)
    );
    too_large(format!(r#"<table:table-row table:number-rows-repeated="2000">{long}</table:table-row>"#), "text");
    refused(
        &ods("<table:table-row><table:table-cell><office:dde-source/></table:table-cell></table:table-row>"),
        "roster.external_link",
        "DDE",
    );
    refused(&ods("</table:wrong><table:wrong>"), "roster.unreadable", "tags that do not match");
    refused(&ods("<table:table-row>"), "roster.unreadable", "a row without end");
}

#[test]
fn a_job_can_be_stopped() {
    let bytes = std::fs::read(rosters().join("低保家庭人员查询_东岙镇.xlsx")).unwrap();
    let mut looks = 0;
    let stopped = read::bytes_of("t".into(), &bytes, &Limits::STANDARD, &mut |_, _, _| {
        looks += 1;
        if looks == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped.unwrap_err().code(), "roster.cancelled");
}
