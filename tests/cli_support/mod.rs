//! A home with a few households, and the real program run on it.
#![allow(dead_code, reason = "each test program uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use zhulian::desk::Desk;
use zhulian::domain::codes::Code;
use zhulian::domain::command::Command as Act;
use zhulian::domain::household::Household;
use zhulian::domain::id::{HouseholdId, MemberId, RegionId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::member::Member;
use zhulian::domain::record::Record;
use zhulian::domain::region::{Level, Region, RegionCode};
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode};

/// A home in a folder of its own.
pub struct TestHome {
    pub folder: tempfile::TempDir,
}

/// Households of the home: archive number, head, ID number, telephone, category.
pub const PEOPLE: [[&str; 5]; 3] = [
    ["H99010110220100001", "张淑芬", "990101199001010019", "13812341234", "dibao"],
    ["H99010110220100002", "单于飞", "99010119380101001X", "13900001111", "tekun_fensan"],
    ["H99010110220100003", "曾国强", "99010119850505001X", "13700002222", "dibian"],
];

impl TestHome {
    /// A folder in which there is no home yet.
    pub fn missing() -> TestHome {
        TestHome { folder: tempfile::tempdir().unwrap() }
    }

    /// With three households in one village, the key in a file.
    pub fn with_people() -> TestHome {
        TestHome::with_people_under(&KeyMode::KeyFile)
    }

    /// With three households in one village.
    pub fn with_people_under(mode: &KeyMode) -> TestHome {
        let folder = tempfile::tempdir().unwrap();
        let replica = Replica::create(Home::new(folder.path().join("home")), mode).unwrap();
        let worker = Desk::settle_in(&replica, "王网格", Desk::now()).unwrap();
        let desk = Desk::new(Arc::new(replica), Some(worker));
        let code = RegionCode::parse("990101102201").unwrap();
        for (code, name, level) in [
            (code.county(), "平陵县", Level::County),
            (code.town(), "东岙镇", Level::Town),
            (code.clone(), "上岙村", Level::Village),
        ] {
            let region = Region { id: RegionId::new(), code, name: name.to_owned(), level, ..Region::default() };
            desk.commit(Act::Register { record: Box::new(Record::Region(region)) }).unwrap();
        }
        for person in PEOPLE {
            desk.commit(Act::RegisterHousehold { records: household(&code, person) }).unwrap();
        }
        desk.replica().rest().unwrap();
        TestHome { folder }
    }

    /// Its folder.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The program with this home and these arguments.
    pub fn command<S: AsRef<str>>(&self, args: &[S]) -> Command {
        let mut command = program();
        command.arg("--home").arg(self.path()).args(args.iter().map(AsRef::as_ref));
        command
    }

    /// Runs the program.
    pub fn run<S: AsRef<str>>(&self, args: &[S]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Runs the program with `--json` and expects one value.
    pub fn json<S: AsRef<str>>(&self, args: &[S]) -> Value {
        let values = self.lines(args);
        assert_eq!(values.len(), 1, "one value: {values:?}");
        values.into_iter().next().unwrap()
    }

    /// Runs the program with `--json` and expects lines.
    pub fn lines<S: AsRef<str>>(&self, args: &[S]) -> Vec<Value> {
        let ran = Ran::of(self.command(args).arg("--json").output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{:?}", args.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs the program with `--json` and expects an answer and a failure; gives the answer's lines and the code.
    pub fn failing<S: AsRef<str>>(&self, args: &[S]) -> (Vec<Value>, String) {
        let ran = Ran::of(self.command(args).arg("--json").output().unwrap());
        assert_eq!(ran.code, 1, "{}", ran.err);
        (ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), error_of(&ran).0)
    }

    /// Runs the program with `--json` and expects a refusal; gives its code and field.
    pub fn refusal<S: AsRef<str>>(&self, args: &[S]) -> (String, Option<String>) {
        let ran = Ran::of(self.command(args).arg("--json").output().unwrap());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        error_of(&ran)
    }
}

/// The program.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhulian"));
    command.stdin(Stdio::null()).env_remove("ZHULIAN_HOME").env_remove("ZHULIAN_PASSPHRASE_FILE");
    command.env("LC_ALL", "zh_CN.UTF-8").env_remove("LANG");
    command
}

/// The error on a JSON error stream: one line, with code, message and remedy.
pub fn error_of(ran: &Ran) -> (String, Option<String>) {
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    let value: Value = serde_json::from_str(&ran.err).unwrap();
    let error = &value["error"];
    for part in ["message", "remedy"] {
        assert!(!error[part].as_str().unwrap().is_empty(), "{part}: {error}");
    }
    (error["code"].as_str().unwrap().to_owned(), error["field"].as_str().map(str::to_owned))
}

/// What a run gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn household(region: &RegionCode, [archive_no, name, id_number, phone, category]: [&str; 5]) -> Vec<Record> {
    let id_number = IdNumber::parse_stored(id_number).unwrap_or_else(|_| panic!("{id_number}"));
    let member = Member {
        id: MemberId::new(),
        household: HouseholdId::new(),
        name: name.to_owned(),
        birth_date: Some(id_number.birth_date()),
        id_number: Some(id_number),
        relation: Code::from("02"),
        ..Member::default()
    };
    let household = Household {
        id: member.household,
        head: Some(member.id),
        category: Code::from(category),
        region: region.clone(),
        address: "东岙镇上岙村12号".to_owned(),
        phone: phone.to_owned(),
        archive_no: archive_no.to_owned(),
        ..Household::default()
    };
    vec![Record::Household(household), Record::Member(member)]
}

/// A path as text.
pub fn path_text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A text in JSON.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A roster of the samples.
pub fn roster(name: &str) -> String {
    path_text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters").join(name))
}
