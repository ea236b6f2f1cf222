//! Checking rosters: the samples give exactly the counts and errors of their `expected.json`, whatever the format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value as Json;
use zhulian::domain::id_number::IdNumber;
use zhulian::i18n::{Explain, Lang};
use zhulian::roster::check::{Checked, check};
use zhulian::roster::read::{self, Cell, Limits, unwatched};
use zhulian::roster::source::{Options, Source};

fn rosters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters")
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn checked(names: &[&str]) -> Checked {
    let paths: Vec<PathBuf> = names.iter().map(|name| rosters().join(name)).collect();
    let source = Source::open(&paths, &Options::on(today()), &mut unwatched).unwrap();
    check(source, &mut |_| false, &mut unwatched).unwrap()
}

fn expected() -> Json {
    serde_json::from_slice(&std::fs::read(rosters().join("expected.json")).unwrap()).unwrap()
}

/// `(sheet, row, column, code)` of every error.
fn errors(checked: &Checked) -> BTreeSet<(String, u64, String, String)> {
    let errors: Vec<_> = checked
        .problems()
        .map(|problem| {
            (
                problem.sheet.to_owned(),
                u64::from(problem.row),
                problem.column.to_owned(),
                problem.fault.code().to_owned(),
            )
        })
        .collect();
    let set: BTreeSet<_> = errors.iter().cloned().collect();
    assert_eq!(set.len(), errors.len(), "an error is reported twice");
    set
}

fn expected_errors() -> BTreeSet<(String, u64, String, String)> {
    let expected = expected();
    let text = |error: &Json, key: &str| error[key].as_str().unwrap().to_owned();
    let errors = expected["问题 南山镇"]["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| (text(error, "sheet"), error["row"].as_u64().unwrap(), text(error, "column"), text(error, "code")))
        .collect()
}

fn members(checked: &Checked) -> usize {
    (0..checked.len()).filter_map(|index| checked.family(index)).map(|family| family.members.len()).sum()
}

#[test]
fn sound_samples_have_their_households_and_members() {
    let expected = expected();
    for (name, files) in [
        ("低保 东岙镇", &["低保家庭查询_东岙镇.xlsx", "低保家庭人员查询_东岙镇.xlsx"][..]),
        ("低保边缘 西垟镇 (GB18030 CSV)", &["低保边缘人员_西垟镇.csv", "低保边缘家庭_西垟镇.csv"]),
        ("特困 东岙镇", &["特困人员_东岙镇.xlsx"]),
    ] {
        let checked = checked(files);
        assert_eq!(errors(&checked), BTreeSet::new(), "{name}");
        let counts = (checked.len() as u64, members(&checked) as u64);
        let wanted = (expected[name]["households"].as_u64().unwrap(), expected[name]["members"].as_u64().unwrap());
        assert_eq!(counts, wanted, "{name}");
        assert_eq!(checked.notices(), [], "{name}");
    }
}

#[test]
fn the_problem_sample_has_exactly_its_errors() {
    let checked = checked(&["问题样例_人员_南山镇.xlsx", "问题样例_家庭_南山镇.xlsx"]);
    assert_eq!(errors(&checked), expected_errors());
    let sample = &expected()["问题 南山镇"];
    let households = (checked.len() + checked.refused_households()) as u64;
    assert_eq!(households, sample["households_in_file"].as_u64().unwrap());
    assert_eq!((checked.refused_households(), checked.refused_members(), checked.skipped()), (6, 6, 10));
    // Four heads stand in the household sheet only, because their own rows are refused.
    let heads = checked.notices().iter().filter(|notice| notice.code() == "household.count_mismatch").count();
    assert_eq!(heads, 1, "{:?}", checked.notices());
    assert_eq!(members(&checked) as u64, sample["members_in_file"].as_u64().unwrap() - 6 - 10 + 4);
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do_and_show_nobody() {
    let checked = checked(&["问题样例_人员_南山镇.xlsx", "问题样例_家庭_南山镇.xlsx"]);
    for problem in checked.problems() {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!problem.fault.message(lang).is_empty() && !problem.fault.remedy(lang).is_empty());
        }
        let digits = problem.value_masked.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 11, "{}", problem.value_masked);
        assert!(!problem.value_masked.contains('\u{1b}'));
    }
}

#[test]
fn every_format_gives_the_same_errors() {
    for (kind, lost) in [("xls", None), ("ods", Some("text.control"))] {
        let files = ["问题样例_家庭_南山镇", "问题样例_人员_南山镇"].map(|name| format!("formats/{name}.{kind}"));
        let found = errors(&checked(&[&files[0], &files[1]]));
        // The program that made the ods file drops control characters, which XML cannot hold.
        let wanted = expected_errors().into_iter().filter(|error| Some(error.3.as_str()) != lost).collect();
        assert_eq!(found, wanted, "{kind}");
    }
}

/// A sheet as separated text, as a spreadsheet program saves it: long numbers in scientific notation.
fn separated(name: &str) -> String {
    let book = read::file(&rosters().join(name), &Limits::STANDARD, &mut unwatched).unwrap();
    let quoted = |text: String| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    let text = |cell: Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(number) if number >= 1e15 => format!("{number:.5E}").replace('E', "E+"),
        Cell::Number(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let mut lines = String::new();
    let mut next = 1;
    for row in book.sheets[0].rows() {
        lines.push_str(&"\r\n".repeat((row.number - next) as usize));
        next = row.number + 1;
        lines.push_str(&row.cells().map(|cell| quoted(text(cell))).collect::<Vec<_>>().join(","));
        lines.push_str("\r\n");
    }
    lines
}

#[test]
fn every_encoding_gives_the_same_errors() {
    let texts = ["问题样例_家庭_南山镇.xlsx", "问题样例_人员_南山镇.xlsx"].map(separated);
    let gb18030 = |text: &String| encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16 = |text: &String| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let utf8 = |text: &String| text.clone().into_bytes();
    let with_mark = |text: &String| format!("\u{feff}{text}").into_bytes();
    for encode in [&gb18030 as &dyn Fn(&String) -> Vec<u8>, &utf16, &utf8, &with_mark] {
        let books = texts
            .iter()
            .map(|text| read::bytes_of("t.csv".into(), &encode(text), &Limits::STANDARD, &mut unwatched).unwrap())
            .collect();
        let source = Source::from_books(books, &Options::on(today())).unwrap();
        let found = check(source, &mut |_| false, &mut unwatched).unwrap();
        assert_eq!(errors(&found), expected_errors());
        assert_eq!(found.skipped(), 10);
    }
}

fn of_text(files: &[(&str, &str)]) -> Checked {
    let books = files
        .iter()
        .map(|(name, text)| read::bytes_of((*name).into(), text.as_bytes(), &Limits::STANDARD, &mut unwatched).unwrap())
        .collect();
    check(Source::from_books(books, &Options::on(today())).unwrap(), &mut |_| false, &mut unwatched).unwrap()
}

fn id(birth: &str, sequence: u32) -> String {
    IdNumber::compose(990_101, birth.parse().unwrap(), sequence).unwrap().reveal().to_owned()
}

#[test]
fn one_sheet_for_households_and_persons() {
    let (head, son, other) = (id("1949-12-31", 2), id("1975-05-05", 1), id("1960-06-06", 1));
    // The household's columns stand in the head's row only, and the head's number is given once or always.
    for (first, second) in [(head.as_str(), ""), (head.as_str(), head.as_str()), ("", "")] {
        let text = format!(
            "东岙镇低保名单\n\n姓名,身份证号,户主身份证号,与户主关系,户月保障金额（元）,低保证号,所属社区\n\
             张淑芬,{head},{first},本人,600,DB1,后垟村\n张强,{son},{second},子,,,\n王五,{other},{other},户主,500,DB2,上岙村\n\
             合计,,,,1100,,\n"
        );
        let found = of_text(&[("名单.csv", &text)]);
        assert_eq!(errors(&found), BTreeSet::new(), "{first:?} {second:?}");
        assert_eq!(found.len(), 2);
        let family = found.family(0).unwrap();
        let names: Vec<&str> = family.members.iter().map(|stated| stated.member.name.as_str()).collect();
        assert_eq!(names, ["张淑芬", "张强"]);
        let household = family.household.unwrap();
        assert_eq!(household.household.monthly_amount.map(|fen| fen.0), Some(60_000));
        assert_eq!((household.place.to_string().as_str(), household.household.member_count), ("东岙镇后垟村", 2));
        assert_eq!(found.family(1).unwrap().members.len(), 1);
    }
}

#[test]
fn headers_totals_and_blank_rows_are_no_records() {
    let (head, other) = (id("1949-12-31", 2), id("1960-06-06", 1));
    let text = format!(
        "东岙镇农村低保家庭花名册,,,\n填表单位：某镇,,,\n\n序号,户主姓名,户主身份证号,所属村（社区）\n1,张淑芬,{head},后垟村\n\
         序号,户主姓名,户主身份证号,所属村（社区）\n,,,\n2,王五,{other},上岙村\n3,,,\n小计,2,,\n审核人：李某,,,\n"
    );
    let found = of_text(&[("t.csv", &text)]);
    assert_eq!(errors(&found), BTreeSet::new());
    assert_eq!(found.len(), 2);
    let household = found.family(1).unwrap().household.unwrap();
    assert_eq!((household.household.category.as_str(), household.household.sub_kind.as_str()), ("dibao", "rural"));
}

#[test]
fn faults_of_rows_and_whose_they_are() {
    let (head, son) = (id("1949-12-31", 2), id("1975-05-05", 1));
    let households = "户主姓名,户主身份证号,所属街道,所属社区\n";
    let members = "姓名,身份证号,户主身份证号,与户主关系\n";
    let household = format!("{households}张淑芬,{head},东岙镇,后垟村\n");
    let check = |households: &str, rows: &str, expected: &[(&str, u64, &str)], skipped: usize| {
        let text = format!("{members}{rows}");
        let found = of_text(&[("低保家庭.csv", households), ("低保人员.csv", &text)]);
        let wanted: BTreeSet<_> =
            expected.iter().map(|(s, row, code)| ((*s).to_owned(), *row, (*code).to_owned())).collect();
        let errors =
            errors(&found).into_iter().map(|(sheet, row, _, code)| (sheet, row, code)).collect::<BTreeSet<_>>();
        assert_eq!((errors, found.skipped()), (wanted, skipped), "{rows}");
    };
    let sound = format!("张淑芬,{head},{head},本人\n");
    check(&household, &sound, &[], 0);
    check(
        &household,
        &format!("{sound}张强,{son},{son},子\n张三,,{son},子\n"),
        &[("member", 3, "member.no_household")],
        1,
    );
    check(&household, &format!("{sound}张强,{son},,子\n"), &[("member", 3, "required")], 0);
    check(&household, &format!("{sound}张强,{son},{head},户主\n"), &[("member", 3, "member.not_the_head")], 0);
    check(
        &household,
        &format!("{sound}张强,{son},{head},子\n张强,{son},{head},子\n"),
        &[("member", 4, "duplicate")],
        0,
    );
    check(&household, &format!("{sound}张强,{son},12345,子\n"), &[("member", 3, "id_number.length")], 0);
    // The household's number is mistyped: its head's name tells whose rows these are.
    let wrong = household.replace(&head, "990101194912310020");
    check(&wrong, &format!("{sound}张强,{son},{head},子\n"), &[("household", 2, "id_number.checksum")], 2);
    let twice = format!("{household}张淑芬,{head},东岙镇,上岙村\n");
    check(&twice, &sound, &[("household", 3, "duplicate")], 0);
}

#[test]
fn files_without_what_is_needed_are_refused() {
    let refused = |name: &str, text: &str| {
        let book = read::bytes_of(name.into(), text.as_bytes(), &Limits::STANDARD, &mut unwatched).unwrap();
        let error = Source::from_books(vec![book], &Options::on(today())).unwrap_err();
        assert!(!error.message(Lang::Zh).is_empty() && !error.remedy(Lang::En).is_empty());
        error.code().to_owned()
    };
    assert_eq!(refused("低保.csv", "a,b,c\n1,2,3\n"), "roster.no_roster");
    assert_eq!(refused("低保.csv", "户主姓名,联系电话,家庭住址\n1,2,3\n"), "roster.missing_column");
    assert_eq!(refused("t.csv", "户主姓名,户主身份证号,家庭住址\n1,2,3\n"), "roster.no_category");
}

#[test]
fn what_was_left_aside_is_told() {
    let head = id("1949-12-31", 2);
    let text = format!(
        "户主姓名,户主身份证号,所属街道,所属社区,申请原因,家庭成员姓名,备用列\n张淑芬,{head},东岙镇,后垟村,投资失败,\"张强,李梅\",x\n"
    );
    let found = of_text(&[("低保家庭.csv", &text)]);
    assert_eq!(errors(&found), BTreeSet::new());
    let codes: BTreeSet<&str> = found.notices().iter().map(Explain::code).collect();
    assert_eq!(codes, BTreeSet::from(["column.unknown", "household.cause_unknown"]));
    let told = found.notices().iter().find(|notice| notice.code() == "column.unknown").unwrap().message(Lang::Zh);
    assert!(told.contains("家庭成员姓名") && told.contains("备用列"), "{told}");
    let household = found.family(0).unwrap().household.unwrap().household;
    assert_eq!((household.poverty_cause.as_str(), household.note.as_str()), ("other", "申请原因：投资失败"));

    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("低保家庭").unwrap();
    for (column, heading) in
        ["户主姓名", "户主身份证号", "所属街道", "所属社区", "户月保障金额"].into_iter().enumerate()
    {
        sheet.write_string(0, column as u16, heading).unwrap();
    }
    for (column, text) in ["张淑芬", &head, "东岙镇", "后垟村"].into_iter().enumerate() {
        sheet.write_string(1, column as u16, text).unwrap();
    }
    sheet.write_formula(1, 4, rust_xlsxwriter::Formula::new("=300+300").set_result("600")).unwrap();
    let hidden = book.add_worksheet().set_name("旧数据").unwrap().set_hidden(true);
    hidden.write_string(0, 0, "x").unwrap();
    book.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let book = read::bytes_of("t.xlsx".into(), &bytes, &Limits::STANDARD, &mut unwatched).unwrap();
    let source = Source::from_books(vec![book], &Options::on(today())).unwrap();
    let found = check(source, &mut |_| false, &mut unwatched).unwrap();
    let codes: BTreeSet<&str> = found.notices().iter().map(Explain::code).collect();
    assert_eq!(codes, BTreeSet::from(["sheet.formulas", "sheet.hidden", "sheet.no_roster"]));
    let household = found.family(0).unwrap().household.unwrap().household;
    assert_eq!(household.monthly_amount.map(|fen| fen.0), Some(60_000));
}

#[test]
fn a_category_is_named_as_people_name_it() {
    for (name, expected) in [
        ("低保", Some("dibao")),
        ("dibian", Some("dibian")),
        ("特困人员", Some("tekun")),
        ("刚性支出困难家庭", Some("gangxing")),
        ("随便", None),
    ] {
        assert_eq!(Options::category_named(name).as_ref().map(|code| code.as_str()), expected, "{name}");
    }
}
