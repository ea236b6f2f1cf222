//! What an import answers, the workbook that marks its errors, and lists that leave the program.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use zhulian::domain::codes::Code;
use zhulian::domain::id::{HouseholdId, MemberId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::money::Fen;
use zhulian::domain::records::{Dossier, Unreadable};
use zhulian::domain::region::RegionCode;
use zhulian::i18n::{Explain, Lang};
use zhulian::roster::check::{Checked, check};
use zhulian::roster::export::{self, Content, Heading, Table};
use zhulian::roster::place::Place;
use zhulian::roster::plan::{Plan, Register, plan};
use zhulian::roster::read::{self, Cell, Limits, unwatched};
use zhulian::roster::report;
use zhulian::roster::source::{Options, Source};

struct Nothing;

impl Register for Nothing {
    fn person(&self, _: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(None)
    }
    fn dossier(&self, _: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(None)
    }
    fn region(&self, _: &Place) -> Result<Option<RegionCode>, Unreadable> {
        Ok(None)
    }
    fn households(&self, _: &Code, _: &RegionCode) -> Result<Vec<HouseholdId>, Unreadable> {
        Ok(Vec::new())
    }
}

fn checked(paths: &[PathBuf]) -> Checked {
    let options = Options::on(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
    check(Source::open(paths, &options, &mut unwatched).unwrap(), &mut |_| false, &mut unwatched).unwrap()
}

fn problem_sample() -> Vec<PathBuf> {
    let rosters = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters");
    ["问题样例_家庭_南山镇.xlsx", "问题样例_人员_南山镇.xlsx"].map(|name| rosters.join(name)).to_vec()
}

fn planned() -> Plan {
    plan(checked(&problem_sample()), &Nothing, &mut unwatched).unwrap()
}

#[test]
fn the_answer_of_an_import() {
    let answer = report::import_json(&planned(), false, Lang::Zh);
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["households", "members", "errors", "skipped", "warnings", "committed"]);
    assert_eq!(answer["households"], serde_json::json!({"new": 55, "updated": 0, "unchanged": 0, "refused": 6}));
    assert_eq!(answer["members"], serde_json::json!({"new": 156, "updated": 0, "unchanged": 0, "refused": 6}));
    assert_eq!((&answer["skipped"], &answer["committed"]), (&serde_json::json!(10), &serde_json::json!(false)));
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 12);
    for error in errors {
        let keys: Vec<&str> = error.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["file", "sheet", "row", "column", "code", "value_masked", "message", "remedy"]);
    }
    let damaged = &errors[0];
    assert_eq!(damaged["file"], "问题样例_家庭_南山镇.xlsx");
    assert_eq!((&damaged["sheet"], &damaged["row"]), (&"household".into(), &7.into()));
    assert_eq!(damaged["code"], "id_number.damaged");
    assert_eq!(damaged["value_masked"], "9.90************5e17");
    let codes: BTreeSet<&str> =
        answer["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    let expected =
        ["household.cause_unknown", "household.count_mismatch", "household.head_from_household", "region.provisional"];
    assert_eq!(codes, BTreeSet::from(expected));
}

/// Sheet kind, row, column and code of every error.
fn errors(checked: &Checked) -> BTreeSet<(&'static str, u32, String, String)> {
    let errors = checked.problems().map(|p| (p.sheet, p.row, p.column.to_owned(), p.fault.code().to_owned()));
    errors.collect()
}

/// The named parts of a package, as text.
fn parts(path: &Path, wanted: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut all = String::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        if part.name().unwrap().contains(wanted) {
            part.read_to_string(&mut all).unwrap();
        }
    }
    all
}

#[test]
fn the_error_workbook_marks_every_error_and_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("错误.xlsx");
    let first = checked(&problem_sample());
    report::write_errors(&path, &first, Lang::Zh).unwrap();

    let again = checked(std::slice::from_ref(&path));
    assert_eq!(errors(&again), errors(&first));
    assert_eq!(again.len(), first.len());

    let sheets = parts(&path, "xl/worksheets/sheet");
    assert!(!sheets.contains("<f>"), "a formula was written");
    let notes = parts(&path, "xl/comments");
    assert_eq!(notes.matches("<comment ref").count(), 12 + first.skipped());
    for (cell, words) in [("C7", "末"), ("F27", "金额"), ("B19", "没有填")] {
        let note = notes.split("<comment ").find(|note| note.starts_with(&format!("ref=\"{cell}\""))).unwrap();
        assert!(note.contains(words), "{cell}: {note}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }
}

fn table() -> Table {
    let headings = [("姓名", 10), ("身份证号", 22), ("金额", 12), ("日期", 12), ("人口", 8)];
    Table { name: "低保[名单]".into(), headings: headings.map(|(text, width)| Heading::new(text, width)).to_vec() }
}

fn rows() -> Vec<Vec<Content>> {
    let text = |text: &str| Content::Text(text.to_owned());
    let date = Content::Date(NaiveDate::from_ymd_opt(1957, 3, 2).unwrap());
    vec![
        vec![text("张淑芬"), text("990101199001010019"), Content::Money(Fen(128_850)), date, Content::Integer(3)],
        vec![
            text("=HYPERLINK(\"http://example.invalid\")"),
            text("9901**********0019"),
            Content::Empty,
            Content::Empty,
        ],
        vec![text("肖\u{1b}[2J海\u{202e}荷"), text("-1"), text("@x"), text("\t=1"), text("_x0041_")],
    ]
}

fn exported(name: &str) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut all = rows().into_iter().map(Ok);
    assert_eq!(export::write(&path, &table(), &mut all, &mut unwatched).unwrap(), 3);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the file");
    let book = read::file(&path, &Limits::STANDARD, &mut unwatched).unwrap();
    assert_eq!(book.sheets[0].formulas, 0);
    let text = |cell: Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        other => format!("{other:?}"),
    };
    book.sheets[0].rows().map(|row| row.cells().map(text).collect()).collect()
}

#[test]
fn a_workbook_is_exported() {
    assert_eq!(
        exported("名单.xlsx"),
        [
            vec!["姓名", "身份证号", "金额", "日期", "人口"],
            vec!["张淑芬", "990101199001010019", "1288.5", "1957-03-02", "3"],
            vec!["=HYPERLINK(\"http://example.invalid\")", "9901**********0019"],
            vec!["肖[2J海荷", "-1", "@x", " =1", "_x0041_"],
        ]
    );
}

#[test]
fn separated_text_is_exported() {
    assert_eq!(
        exported("名单.csv"),
        [
            vec!["姓名", "身份证号", "金额", "日期", "人口"],
            vec!["张淑芬", "990101199001010019\t", "1288.50", "1957-03-02", "3"],
            vec!["'=HYPERLINK(\"http://example.invalid\")", "9901**********0019"],
            vec!["肖[2J海荷", "'-1", "'@x", "' =1", "_x0041_"],
        ]
    );
}

#[test]
fn what_cannot_be_written_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("名单.csv");
    std::fs::write(&path, "old").unwrap();
    let broken = vec![Ok(vec![Content::Integer(1)]), Err(Unreadable("damaged".into()))];
    let error = export::write(&path, &table(), &mut broken.into_iter(), &mut unwatched).unwrap_err();
    assert_eq!(error.code(), "record.unreadable");
    let mut many = (0..5000).map(|number| Ok(vec![Content::Integer(number)]));
    let stopped = export::write(&path, &table(), &mut many, &mut |_, _, _| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().code(), "export.cancelled");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let path = folder.path().join("名单.pdf");
    let error = export::write(&path, &table(), &mut std::iter::empty(), &mut unwatched).unwrap_err();
    assert_eq!(error.code(), "export.format");
    let path = folder.path().join("no/such/folder.csv");
    let error = export::write(&path, &table(), &mut std::iter::empty(), &mut unwatched).unwrap_err();
    assert_eq!(error.code(), "export.io");
    for lang in [Lang::Zh, Lang::En] {
        assert!(!error.message(lang).is_empty() && !error.remedy(lang).is_empty());
    }
}
