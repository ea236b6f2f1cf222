//! Files that are broken on purpose: nothing panics, hangs or costs more than its limits, and every answer is one of
//! the stated refusals or a workbook.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use zhulian::i18n::{Explain, Lang};
use zhulian::roster::check::check;
use zhulian::roster::read::{self, Limits, ReadError, Workbook, unwatched};
use zhulian::roster::source::{Options, Source};

fn rosters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(rosters().join(name)).unwrap()
}

fn read_bytes(bytes: &[u8]) -> Result<Workbook, ReadError> {
    read::bytes_of("t".into(), bytes, &Limits::STANDARD, &mut unwatched)
}

fn refused(bytes: &[u8], code: &str, what: &str) {
    match read_bytes(bytes) {
        Err(error) => assert_eq!(error.code(), code, "{what}: {error}"),
        Ok(_) => panic!("{what} was read"),
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Changes a few bytes, cuts, repeats or swaps pieces.
fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.roll(6) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.roll(bytes.len());
        match dice.roll(7) {
            0 => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'<', b'>', b'"', b'9'][dice.roll(9)],
            2 => bytes.truncate(at.max(1)),
            3 => {
                let end = (at + 1 + dice.roll(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + 1 + dice.roll(256)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let into = dice.roll(bytes.len());
                bytes.splice(into..into, piece);
            }
            5 => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
            _ => {
                let other = dice.roll(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
    bytes
}

/// Reads what can be read and checks it; the answers must be able to explain themselves.
fn digest(bytes: &[u8]) -> bool {
    match read_bytes(bytes) {
        Err(error) => {
            assert!(!error.message(Lang::Zh).is_empty() && !error.remedy(Lang::En).is_empty());
            false
        }
        Ok(book) => {
            let options = Options::on(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
            if let Ok(source) = Source::from_books(vec![book], &options) {
                let checked = check(source, &mut |_| false, &mut unwatched).unwrap();
                for problem in checked.problems() {
                    assert!(!problem.fault.message(Lang::Zh).is_empty(), "{problem:?}");
                    assert!(!problem.value_masked.contains('\u{1b}'), "{problem:?}");
                }
                for index in 0..checked.len() {
                    assert!(checked.family(index).is_some());
                }
            }
            true
        }
    }
}

#[test]
fn mutated_files_never_panic_or_hang() {
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    for (name, rounds) in [
        ("特困人员_东岙镇.xlsx", 200),
        ("formats/问题样例_家庭_南山镇.xls", 300),
        ("formats/问题样例_家庭_南山镇.ods", 150),
        ("低保边缘家庭_西垟镇.csv", 150),
    ] {
        let bytes = sample(name);
        assert!(digest(&bytes), "{name}");
        let mut read = 0;
        for round in 0..rounds {
            let mutant = mutate(&bytes, &mut dice);
            let started = Instant::now();
            read += usize::from(digest(&mutant));
            // Not a timing: a reader that has run away takes for ever.
            assert!(started.elapsed() < Duration::from_secs(60), "{name} {round}");
        }
        println!("{name}: {read} of {rounds} could still be read");
    }
}

/// Mutates the XML inside a package instead of the packed bytes, which a checksum guards.
#[test]
fn mutated_xml_never_panics_or_hangs() {
    use std::io::{Cursor, Read, Write};
    let mut dice = Dice(0xFEDC_BA98_7654_3211);
    for (name, rounds) in [("特困人员_东岙镇.xlsx", 250), ("formats/问题样例_家庭_南山镇.ods", 120)] {
        let bytes = sample(name);
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for index in 0..zip.len() {
            let mut part = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            parts.push((part.name().unwrap().into_owned(), content));
        }
        let mut read = 0;
        for _ in 0..rounds {
            let victim = dice.roll(parts.len());
            let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (index, (name, content)) in parts.iter().enumerate() {
                out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
                let mutant = if index == victim { mutate(content, &mut dice) } else { content.clone() };
                out.write_all(&mutant).unwrap();
            }
            read += usize::from(digest(&out.finish().unwrap().into_inner()));
        }
        println!("{name}: {read} of {rounds} could still be read");
    }
}

/// Where a record of this kind begins in the workbook stream, which lies in one piece in these files.
fn record(bytes: &[u8], kind: u16, nth: usize) -> usize {
    let start = (0..bytes.len() - 8)
        .step_by(512)
        .find(|at| bytes[*at..].starts_with(&[0x09, 0x08, 0x10, 0x00, 0x00, 0x06]))
        .unwrap();
    let mut at = start;
    let mut seen = 0;
    while at + 4 <= bytes.len() {
        let found = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let len = usize::from(u16::from_le_bytes([bytes[at + 2], bytes[at + 3]]));
        if found == kind {
            if seen == nth {
                return at;
            }
            seen += 1;
        }
        at += 4 + len;
    }
    panic!("no record {kind:#x}");
}

#[test]
fn binary_workbooks_that_would_cost_too_much_are_refused() {
    let whole = sample("formats/问题样例_家庭_南山镇.xls");
    assert!(read_bytes(&whole).is_ok());
    let changed = |kind: u16, at: usize, with: &[u8]| {
        let mut bytes = whole.clone();
        let at = record(&bytes, kind, 0) + 4 + at;
        bytes[at..at + with.len()].copy_from_slice(with);
        bytes
    };
    refused(&changed(0x0200, 4, &u32::MAX.to_le_bytes()), "roster.too_large", "a declared area of four billion rows");
    refused(&changed(0x0200, 0, &9_999_999_u32.to_le_bytes()), "roster.unreadable", "rows declared backwards");
    refused(&changed(0x00FD, 0, &[0xFF, 0xFF, 0xFF, 0x00]), "roster.too_large", "a cell in the last corner");
    refused(&changed(0x00FD, 2, &[0xFF, 0x3F]), "roster.too_large", "a cell far to the right");
    refused(&changed(0x0085, 0, &u32::MAX.to_le_bytes()), "roster.unreadable", "a sheet outside the file");
    // An encrypted workbook has a FilePass record; any record will do to stand for it.
    let mut bytes = whole.clone();
    let at = record(&bytes, 0x0042, 0);
    bytes[at] = 0x2F;
    refused(&bytes, "roster.encrypted", "FilePass");
    bytes[at..at + 2].copy_from_slice(&0x01AE_u16.to_le_bytes());
    refused(&bytes, "roster.external_link", "SupBook of another workbook");

    // The chain of the directory leads back to itself.
    let mut bytes = whole.clone();
    let directory = u32::from_le_bytes(bytes[48..52].try_into().unwrap());
    let fat = u32::from_le_bytes(bytes[76..80].try_into().unwrap());
    let entry = 512 * (fat as usize + 1) + 4 * directory as usize;
    bytes[entry..entry + 4].copy_from_slice(&directory.to_le_bytes());
    refused(&bytes, "roster.unreadable", "a directory without end");

    // And so does the list of sector tables.
    let mut bytes = whole;
    bytes[68..72].copy_from_slice(&0_u32.to_le_bytes());
    bytes[512 + 508..512 + 512].copy_from_slice(&0_u32.to_le_bytes());
    refused(&bytes, "roster.unreadable", "a table of tables without end");
}

#[test]
fn texts_of_every_kind_are_taken_or_refused() {
    for bytes in [
        &b"\xEF\xBB\xBF"[..],
        b"\xFF\xFE",
        b"\xFE\xFF\xD8",
        b"\xFF\xFE\x00\xD8",
        b",,,,\n,,,,\n",
        b"\n\n\n",
        b"\"",
        b"\"\"\"\"\"",
        b"a\"b\nc\"d\n",
        b"\t\t\t",
        b"\x81",
        b"\x81\x30\x81",
        b"\x84\x31\xA4\x39",
        b"%PDF-1.7\n",
        b"MZ\x90",
        b"\x1f\x8b\x08",
        b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        digest(bytes);
    }
    refused(b"%PDF-1.7\n\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f", "roster.format", "control characters");
}
