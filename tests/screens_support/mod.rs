//! A small fixed village and a console over it, driven by key names.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use zhulian::desk::Desk;
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::codes::Code;
use zhulian::domain::command::Command;
use zhulian::domain::household::Household;
use zhulian::domain::id::{
    ClaimId, HouseholdId, IndicatorId, LeadId, MemberId, NeedId, RegionId, VisitId, WishId, WorkerId,
};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::indicator::Indicator;
use zhulian::domain::lead::Lead;
use zhulian::domain::member::Member;
use zhulian::domain::moment::{Moment, Now};
use zhulian::domain::money::Fen;
use zhulian::domain::need::{Need, NeedState};
use zhulian::domain::record::Record;
use zhulian::domain::region::{Level, Region, RegionCode};
use zhulian::domain::visit::{Visit, VisitResult};
use zhulian::domain::wish::{Wish, WishState};
use zhulian::domain::worker::{Actor, Role, Worker};
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::store::disk::Disk;
use zhulian::store::{Home, Kdf, KeyMode, Passphrase, Unlock};
use zhulian::tui::app::{Console, Message, Runner, Settings, Start, SyncStatus};
use zhulian::tui::keymap::Keymap;
use zhulian::tui::session::Post;
use zhulian::tui::testing::Drive;
use zhulian::tui::theme::Theme;

/// The moment at which every test takes place.
pub const NOW: &str = "2026-03-12T09:00:00+08:00";

/// A console over a home in a folder that goes away with it.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub desk: Desk,
    pub drive: Drive<Console>,
}

pub fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn now() -> Now {
    Now::new(Moment(DateTime::parse_from_rfc3339(NOW).unwrap().timestamp_millis()))
}

/// A home with these records and the index open.
pub fn home(records: Vec<Record>) -> (tempfile::TempDir, Arc<Replica>) {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
    if !records.is_empty() {
        seed(&replica, records);
    }
    (folder, Arc::new(replica))
}

fn seed(replica: &Replica, records: Vec<Record>) {
    let device = replica.device();
    let actor = Actor { worker: WorkerId::new(), role: Role::CivilAffairs, org: None, regions: vec![], device };
    replica.commit(&actor, now(), Command::Seed { records }).unwrap();
}

/// A console over the village.
pub fn village(lang: Lang, width: u16, height: u16) -> Bench {
    let (folder, replica) = home(records());
    console(folder, Desk::new(replica, None), lang, width, height)
}

/// A console over the village on a disk of the test's choice.
pub fn on_disk(disk: Arc<dyn Disk>, lang: Lang) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(Home::on(disk, folder.path()), &KeyMode::KeyFile).unwrap();
    seed(&replica, records());
    console(folder, Desk::new(Arc::new(replica), None), lang, 80, 24)
}

/// A console over a home whose process died: no file of rows, so nobody is known before the index is open.
pub fn after_a_crash(lang: Lang) -> Bench {
    let (folder, replica) = home(records());
    drop(replica);
    let (replica, _) = Replica::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
    console(folder, Desk::new(Arc::new(replica), None), lang, 80, 24)
}

/// A console over a home that was closed: its rows are there at once, the index opens behind.
pub fn reopened(lang: Lang, width: u16, height: u16) -> Bench {
    let (folder, replica) = home(records());
    replica.rest().unwrap();
    drop(replica);
    let (replica, _) = Replica::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
    console(folder, Desk::new(Arc::new(replica), None), lang, width, height)
}

/// The passphrase of [`sealed`].
pub const PASSPHRASE: &str = "海棠依旧绿肥红瘦";

/// A console over a village that a passphrase opens.
pub fn sealed(lang: Lang) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    // As cheap as it may be: the test is not about guessing.
    let mode = KeyMode::Passphrase(Passphrase::new(PASSPHRASE), Kdf { memory_kib: 8, passes: 1 });
    let replica = Replica::create(Home::new(folder.path()), &mode).unwrap();
    seed(&replica, records());
    console(folder, Desk::new(Arc::new(replica), None), lang, 80, 24)
}

/// A console over a closed home whose index never opens.
pub fn unopened(folder: &std::path::Path) -> Drive<Console> {
    let (replica, _) = Replica::open(Home::new(folder), &Unlock::Nothing).unwrap();
    let start = Start {
        keymap: Keymap::default(),
        theme: Theme::default(),
        settings: Settings::default(),
        sync: SyncStatus::default(),
    };
    let console = Console::new(Desk::new(Arc::new(replica), None), start);
    let now = DateTime::parse_from_rfc3339(NOW).unwrap();
    Drive::starting_at(console, (80, 24), |_, _: &Post<Message>| {}, now)
}

/// A console at a desk.
pub fn console(folder: tempfile::TempDir, desk: Desk, lang: Lang, width: u16, height: u16) -> Bench {
    let runner = Runner::new(desk.clone()).at_once();
    console_with(runner, folder, desk, lang, (width, height))
}

/// A console whose long work runs on threads of its own.
pub fn threaded(lang: Lang) -> Bench {
    let (folder, replica) = home(records());
    let desk = Desk::new(replica, None);
    console_with(Runner::new(desk.clone()), folder, desk, lang, (80, 24))
}

fn console_with(runner: Runner, folder: tempfile::TempDir, desk: Desk, lang: Lang, size: (u16, u16)) -> Bench {
    let settings = Settings { lang, ..Settings::default() };
    let start = Start { keymap: Keymap::default(), theme: Theme::default(), settings, sync: SyncStatus::default() };
    let console = Console::new(desk.clone(), start);
    let now: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(NOW).unwrap();
    Bench { folder, desk, drive: Drive::starting_at(console, size, runner, now) }
}

fn region(code: &str, name: &str, level: Level) -> Record {
    Record::Region(Region {
        id: RegionId::new(),
        code: RegionCode::parse(code).unwrap(),
        name: name.to_owned(),
        level,
        ..Region::default()
    })
}

/// A household in a few words.
struct House<'a> {
    no: u32,
    village: &'a str,
    category: &'a str,
    /// Name, relation, sex, birth date, illness.
    members: &'a [(&'a str, &'a str, &'a str, &'a str, &'a str)],
    /// When, result, note.
    visits: &'a [(&'a str, VisitResult, &'a str)],
}

const SHANGAO: &str = "990101102201";
const XIAAO: &str = "990101102202";

const HOUSES: [House<'static>; 10] = [
    House {
        no: 1,
        village: SHANGAO,
        category: "tekun_fensan",
        members: &[("张淑芬", "02", "2", "1941-05-03", "高血压、糖尿病")],
        visits: &[
            (
                "2026-02-25 09:30",
                VisitResult::Met,
                "老人精神尚好，降压药还剩一周的量。灶台旁电线老化，已提醒邻居张国平帮忙看一看，下次带电工上门。",
            ),
            ("2026-02-18 10:10", VisitResult::Absent, "去镇卫生院配药，未遇。"),
            ("2026-02-11 09:00", VisitResult::Met, "送去春节慰问品。"),
        ],
    },
    House {
        no: 2,
        village: SHANGAO,
        category: "dibao",
        members: &[
            ("陈国强", "02", "1", "1975-11-20", "尿毒症"),
            ("李秀英", "12", "2", "1978-02-14", ""),
            ("陈晓雨", "30", "2", "2013-09-01", ""),
        ],
        visits: &[("2026-03-06 15:00", VisitResult::Met, "每周透析三次，妻子在镇上做零工。")],
    },
    House {
        no: 3,
        village: SHANGAO,
        category: "dibao",
        members: &[("曾阿妹", "02", "2", "1950-01-08", ""), ("单小明", "41", "1", "2015-06-30", "")],
        visits: &[("2026-01-20 14:00", VisitResult::Met, "孙子在镇小读五年级。")],
    },
    House {
        no: 4,
        village: SHANGAO,
        category: "dibian",
        members: &[("欧阳建华", "02", "1", "1968-08-08", ""), ("王桂花", "12", "2", "1970-03-03", "")],
        visits: &[],
    },
    House {
        no: 5,
        village: SHANGAO,
        category: "gangxing",
        members: &[("仇志远", "02", "1", "1982-04-17", ""), ("仇一诺", "20", "1", "2010-10-10", "脑瘫")],
        visits: &[("2026-03-01 16:20", VisitResult::Refused, "父亲情绪激动，不愿谈。")],
    },
    House {
        no: 6,
        village: XIAAO,
        category: "dibao",
        members: &[("刘玉梅", "02", "2", "1939-12-01", "")],
        visits: &[("2026-03-05 09:00", VisitResult::Met, "独居，子女在外。")],
    },
    House {
        no: 7,
        village: XIAAO,
        category: "tekun_jizhong",
        members: &[("赵永福", "02", "1", "1948-07-22", "")],
        visits: &[("2025-12-10 09:00", VisitResult::Met, "在敬老院，一切正常。")],
    },
    House {
        no: 8,
        village: XIAAO,
        category: "dibao_single",
        members: &[("买买提·吐尔逊", "02", "1", "1990-02-02", "")],
        visits: &[("2026-02-20 11:00", VisitResult::Met, "")],
    },
    House {
        no: 9,
        village: XIAAO,
        category: "dibian",
        members: &[("林小芳", "02", "2", "1985-06-06", ""), ("林可", "30", "2", "2018-05-05", "")],
        visits: &[("2026-03-10 10:00", VisitResult::Met, "母女俩，孩子刚上小学。")],
    },
    House {
        no: 10,
        village: XIAAO,
        category: "fangfanpin",
        members: &[("黄德胜", "02", "1", "1957-09-09", "")],
        visits: &[("2026-01-02 09:00", VisitResult::Met, "")],
    },
];

/// Everything that stands in the village.
pub fn records() -> Vec<Record> {
    let worker = Worker {
        id: WorkerId::new(),
        name: "王秀兰".to_owned(),
        role: Role::GridWorker,
        regions: vec![RegionCode::parse("990101102000").unwrap()],
        active: true,
        ..Worker::default()
    };
    let mut records = vec![
        region("990101000000", "演示县", Level::County),
        region("990101102000", "东岙镇", Level::Town),
        region(SHANGAO, "上岙村", Level::Village),
        region(XIAAO, "下岙村", Level::Village),
    ];
    let mut ids = Vec::new();
    for house in &HOUSES {
        ids.push(house_records(house, worker.id, &mut records));
    }
    needs_and_wishes(&ids, worker.id, &mut records);
    records.push(Record::Worker(worker));
    records
}

fn house_records(house: &House<'_>, worker: WorkerId, records: &mut Vec<Record>) -> HouseholdId {
    let id = HouseholdId::new();
    let members: Vec<Member> = house
        .members
        .iter()
        .enumerate()
        .map(|(at, (name, relation, sex, birth, disease))| Member {
            id: MemberId::new(),
            household: id,
            name: (*name).to_owned(),
            relation: Code::from(*relation),
            sex: Code::from(*sex),
            birth_date: Some(date(birth)),
            id_number: id_number(house.no, at, birth, sex),
            disease: (*disease).to_owned(),
            ..Member::default()
        })
        .collect();
    records.push(Record::Household(Household {
        id,
        head: members.first().map(|member| member.id),
        category: Code::from(house.category),
        region: RegionCode::parse(house.village).unwrap(),
        archive_no: format!("H{}{:05}", house.village, house.no),
        address: format!("东岙镇{}{}号", if house.village == SHANGAO { "上岙村" } else { "下岙村" }, 10 + house.no),
        phone: format!("1380000{:04}", 1000 + house.no),
        member_count: members.len() as u16,
        monthly_amount: Fen::from_yuan(800 + i64::from(house.no) * 10),
        bank_account: "6230910199000012345".to_owned(),
        bank_name: "东岙信用社".to_owned(),
        helpers: vec![worker],
        ..Household::default()
    }));
    records.extend(members.into_iter().map(Record::Member));
    for (at, result, note) in house.visits {
        records.push(Record::Visit(Visit {
            id: VisitId::new(),
            household: id,
            at: moment(at),
            mode: Code::from("door"),
            result: *result,
            visitors: vec![worker],
            language: Code::from("dialect"),
            note: (*note).to_owned(),
            ..Visit::default()
        }));
    }
    id
}

/// A valid invented number: address 990101, the birth date, a sequence of the right parity.
fn id_number(house: u32, at: usize, birth: &str, sex: &str) -> Option<IdNumber> {
    let sequence = house * 10 + at as u32 * 2 + u32::from(sex == "1");
    let sequence = if (sequence % 2 == 1) == (sex == "1") { sequence } else { sequence + 1 };
    let body = format!("990101{}{sequence:03}", birth.replace('-', ""));
    let weights = [7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = char::from(b"10X98765432"[(sum % 11) as usize]);
    IdNumber::parse_stored(&format!("{body}{check}")).ok()
}

fn needs_and_wishes(ids: &[HouseholdId], worker: WorkerId, records: &mut Vec<Record>) {
    let need =
        |no: u32, household: HouseholdId, title: &str, field: &str, urgency: &str, state: NeedState, at: &str| Need {
            id: NeedId::new(),
            no: format!("XQ990101202603{no:04}"),
            household,
            title: title.to_owned(),
            field: Code::from(field),
            urgency: Code::from(urgency),
            state,
            quantity: 1,
            reported_at: moment(at),
            reported_by: Some(worker),
            ..Need::default()
        };
    let wired = need(1, ids[0], "检修灶台电线", "environment", "2", NeedState::ToVerify, "2026-02-25 09:50");
    let cooker = need(2, ids[0], "电饭煲", "living", "4", NeedState::Valid, "2026-02-11 09:30");
    let dialysis = need(3, ids[1], "透析交通补助", "health", "1", NeedState::Reported, "2026-03-06 15:30");
    let lamp = need(4, ids[2], "学习台灯", "spirit", "4", NeedState::Matched, "2026-01-20 14:30");
    let wish = |no: u32, need: &Need, card: &str, age: &str, state: WishState, until: &str| Wish {
        id: WishId::new(),
        no: format!("WX990101202603{no:04}"),
        need: Some(need.id),
        household: Some(need.household),
        card_text: card.to_owned(),
        category: Code::from(zhulian::domain::codes::list("wish_category").unwrap().entries()[0].code),
        ceiling: Fen::from_yuan(200),
        units: 1,
        age_band: Code::from(age),
        town: RegionCode::parse("990101102000").unwrap(),
        state,
        round: 1,
        published_at: Some(moment("2026-02-12 08:00")),
        publish_until: Some(date(until)),
        ..Wish::default()
    };
    let cook = wish(1, &cooker, "一位独居老人想要一只操作简单的电饭煲", "80+", WishState::Published, "2026-03-13");
    let read = wish(2, &lamp, "一名小学生想要一盏护眼台灯", "6-15", WishState::Claimed, "2026-04-01");
    records.push(Record::Claim(Claim {
        id: ClaimId::new(),
        wish: read.id,
        household: read.household,
        units: vec![1],
        claimant: "东岙小学志愿队".to_owned(),
        direction: Code::from("need_to_donor"),
        state: ClaimState::Tentative,
        claimed_at: moment("2026-03-04 10:00"),
        contact_by: Some(date("2026-03-11")),
        ..Claim::default()
    }));
    records.extend([cook, read].map(Record::Wish));
    records.extend([wired, cooker, dialysis, lamp].map(Record::Need));
    let lead = |no: u32, household: Option<HouseholdId>, subject: &str, content: &str, at: &str| {
        Record::Lead(Lead {
            id: LeadId::new(),
            no: format!("XS990101202603{no:04}"),
            channel: Code::from(zhulian::domain::codes::list("discovery_channel").unwrap().entries()[0].code),
            household,
            subject: subject.to_owned(),
            region: RegionCode::parse(XIAAO).unwrap(),
            content: content.to_owned(),
            reported_at: moment(at),
            ..Lead::default()
        })
    };
    records.push(lead(1, None, "周阿婆", "邻居反映老人摔倒后三天没出门", "2026-03-11 18:00"));
    records.push(lead(2, Some(ids[9]), "黄德胜", "医保数据显示本月自付医疗费较高", "2026-03-02 08:00"));
    for (code, value) in [("income_per_head_month", 680), ("expense_medical_self", 26_000), ("employment_labour", 1)] {
        records.push(Record::Indicator(Indicator {
            id: IndicatorId::new(),
            household: ids[1],
            code: Code::from(code),
            value,
            as_of: Some(date("2026-02-28")),
            ..Indicator::default()
        }));
    }
}
