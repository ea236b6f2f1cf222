//! Checking rosters: the samples give exactly the counts and errors of their `expected.json`, whatever the format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value as Json;
use zhulian::i18n::{Explain, Lang};
use zhulian::roster::check::{Checked, check};
use zhulian::roster::read::unwatched;
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
