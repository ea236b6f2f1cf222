//! Rosters: reading, checking, planning and exporting, with the bare libraries beside them.
//!
//! `cargo bench --bench roster` measures a township. A city (85,700 households, 139,100 people) is measured as a whole
//! process, memory included, by `cargo bench --bench roster -- city FOLDER`: the first run writes the rosters there,
//! every further one reads them.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use calamine::Reader;
use chrono::{Days, NaiveDate};
use zhulian::domain::codes::Code;
use zhulian::domain::id::{HouseholdId, MemberId, RecordId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::records::{Dossier, Unreadable};
use zhulian::domain::region::RegionCode;
use zhulian::roster::check::{Checked, check};
use zhulian::roster::export::{self, Content, Heading, Table};
use zhulian::roster::place::Place;
use zhulian::roster::plan::{Mint, Plan, Register, plan};
use zhulian::roster::read::{self, Limits, unwatched};
use zhulian::roster::source::{Options, Source};

const TOWNSHIP: usize = 2_000;
const CITY: usize = 85_700;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "city") {
        Some(at) => city(Path::new(arguments.get(at + 1).map_or(".", String::as_str))),
        None => divan::main(),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
}

/// A stream of numbers that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len() as u64) as usize]
    }
}

const HOUSEHOLDS: &str = "序号 户主姓名 户主身份证号 家庭人口 保障人口 户月保障金额（元） 联系电话 家庭住址 所属街道 所属社区 低保证号 最初享受月份 申请原因";
const MEMBERS: &str = "姓名 身份证号 户主身份证号 与户主关系 性别 出生日期 民族 婚姻状况 文化程度 就业状况 是否残疾 残疾类别 残疾等级 \
    患病病种 劳动能力 健康状况 备注";

type Rows = Vec<Vec<String>>;

/// A person with an ID number of his own; it begins with 99.
fn person(dice: &mut Dice, serial: usize) -> (String, IdNumber) {
    let surname = dice.pick(&["张", "李", "王", "陈", "林", "黄", "吴", "周", "郑", "叶", "欧阳", "上官"]);
    let given = dice.pick(&["淑芬", "国强", "秀英", "建军", "丽", "伟", "小花", "志明", "海", "雪梅", "永福", "阿宝"]);
    let birth = today() - Days::new(7_000 + dice.roll(24_000));
    let id = IdNumber::compose(990_000 + serial as u32 % 10_000, birth, (serial / 10_000) as u32 * 7 % 1000);
    (format!("{surname}{given}"), id.expect("in range"))
}

/// Invented households and their members, 139 for every 86 as in a city.
fn invent(households: usize) -> (Rows, Rows) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut of_households, mut of_members) = (Vec::with_capacity(households), Vec::new());
    for number in 0..households {
        let persons = 1 + usize::from(number * 534 / 857 != (number + 1) * 534 / 857);
        let (name, head) = person(&mut dice, 2 * number);
        let town = dice.pick(&["东岙镇", "西垟镇", "南山镇", "北溪街道"]);
        let village = dice.pick(&["后垟村", "枫树坪村", "溪口村", "下岙村", "大坑村", "上岙村", "前垟村", "岭脚村"]);
        of_households.push(vec![
            (number + 1).to_string(),
            name.clone(),
            head.reveal().to_owned(),
            persons.to_string(),
            persons.to_string(),
            (300 + dice.roll(2_000)).to_string(),
            format!("199{:08}", dice.roll(100_000_000)),
            format!("{town}{village}{}号", 1 + dice.roll(200)),
            town.to_owned(),
            village.to_owned(),
            format!("DB{number:06}"),
            format!("{}{:02}", 2005 + dice.roll(20), 1 + dice.roll(12)),
            dice.pick(&["因病", "因残", "因学", "因灾", "缺劳动力", "其他"]).to_owned(),
        ]);
        for place in 0..persons {
            let (name, id) = if place == 0 { (name.clone(), head) } else { person(&mut dice, 2 * number + 1) };
            of_members.push(member(&mut dice, place == 0, name, id, head));
        }
    }
    (of_households, of_members)
}

fn member(dice: &mut Dice, is_head: bool, name: String, id: IdNumber, head: IdNumber) -> Vec<String> {
    let disabled = dice.roll(5) == 0;
    let mut row = vec![name, id.reveal().to_owned(), head.reveal().to_owned()];
    let rest = [
        if is_head { "本人" } else { dice.pick(&["配偶", "子", "女", "母亲"]) },
        if id.sex().code() == "1" { "男" } else { "女" },
        &id.birth_date().to_string(),
        "汉族",
        dice.pick(&["未婚", "已婚", "丧偶", "离婚"]),
        dice.pick(&["小学", "初中", "高中", "大专"]),
        dice.pick(&["务农", "无业", "灵活就业", "在读"]),
        if disabled { "是" } else { "否" },
        if disabled { dice.pick(&["肢体", "视力", "听力"]) } else { "" },
        if disabled { dice.pick(&["一级", "二级", "三级"]) } else { "" },
        dice.pick(&["", "高血压", "糖尿病", "尿毒症"]),
        dice.pick(&["有劳动能力", "部分丧失", "完全丧失", "无劳动能力"]),
        dice.pick(&["健康", "一般", "残疾"]),
        "",
    ];
    row.extend(rest.map(str::to_owned));
    row
}

fn workbook(title: &str, headings: &str, rows: &Rows) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, title).expect("in range");
    for (column, heading) in headings.split_whitespace().enumerate() {
        sheet.write_string(2, column as u16, heading).expect("in range");
    }
    for (number, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(number as u32 + 3, column as u16, text).expect("in range");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn separated(headings: &str, rows: &Rows) -> Vec<u8> {
    let header = headings.split_whitespace().collect::<Vec<_>>().join(",");
    let lines = std::iter::once(header).chain(rows.iter().map(|row| row.join(",")));
    encoding_rs::GB18030.encode(&lines.map(|line| line + "\r\n").collect::<String>()).0.into_owned()
}

struct Files {
    households: Vec<u8>,
    members: Vec<u8>,
    members_csv: Vec<u8>,
}

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let (households, members) = invent(TOWNSHIP);
    Files {
        households: workbook("低保家庭", HOUSEHOLDS, &households),
        members: workbook("低保人员", MEMBERS, &members),
        members_csv: separated(MEMBERS, &members),
    }
});

fn source() -> Source {
    let read = |name: &str, bytes: &[u8]| {
        read::bytes_of(name.into(), bytes, &Limits::STANDARD, &mut unwatched).expect("sound")
    };
    let books = vec![read("家庭", &FILES.households), read("人员", &FILES.members)];
    Source::from_books(books, &Options::on(today())).expect("rosters")
}

fn checked(source: Source) -> Checked {
    check(source, &mut |_| false, &mut unwatched).expect("not stopped")
}

/// An empty register.
struct Nobody;

impl Register for Nobody {
    fn person(&self, _: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(None)
    }
    fn dossier(&self, _: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(None)
    }
    fn region(&self, _: &Place) -> Result<Option<RegionCode>, Unreadable> {
        Ok(RegionCode::parse("990101101201"))
    }
    fn households(&self, _: &Code, _: &RegionCode) -> Result<Vec<HouseholdId>, Unreadable> {
        Ok(Vec::new())
    }
}

#[derive(Default)]
struct Serial(u64);

impl Mint for Serial {
    fn household_id(&mut self) -> HouseholdId {
        self.member_id().0.into()
    }
    fn member_id(&mut self) -> MemberId {
        self.0 += 1;
        RecordId::from_parts(self.0, [0; 10]).into()
    }
    fn archive_no(&mut self, _: &RegionCode) -> String {
        format!("H{}", self.0)
    }
    fn provisional_region(&mut self, _: &Place) -> RegionCode {
        RegionCode::default()
    }
}

fn planned(checked: Checked) -> Plan {
    plan(checked, &Nobody, &mut unwatched).expect("a plan")
}

#[divan::bench]
fn read_members_xlsx(bencher: divan::Bencher) {
    let bytes = &FILES.members;
    bencher.bench(|| read::bytes_of("人员".into(), bytes, &Limits::STANDARD, &mut unwatched).expect("sound"));
}

/// The library alone, without the look through the package and without limits.
#[divan::bench]
fn read_members_xlsx_bare_calamine(bencher: divan::Bencher) {
    let bytes = &FILES.members;
    bencher.bench(|| {
        let mut book = calamine::Xlsx::new(Cursor::new(bytes)).expect("sound");
        book.worksheet_range("Sheet1").expect("a sheet")
    });
}

#[divan::bench]
fn read_members_csv_gb18030(bencher: divan::Bencher) {
    let bytes = &FILES.members_csv;
    bencher.bench(|| read::bytes_of("人员".into(), bytes, &Limits::STANDARD, &mut unwatched).expect("sound"));
}

/// The two libraries alone: decode, split, keep every record.
#[divan::bench]
fn read_members_csv_bare(bencher: divan::Bencher) {
    let bytes = &FILES.members_csv;
    bencher.bench(|| {
        let text = encoding_rs::GB18030.decode(bytes).0;
        csv::ReaderBuilder::new().from_reader(text.as_bytes()).records().collect::<Result<Vec<_>, _>>().expect("sound")
    });
}

#[divan::bench]
fn check_township(bencher: divan::Bencher) {
    bencher.with_inputs(source).bench_values(checked);
}

#[divan::bench]
fn plan_township(bencher: divan::Bencher) {
    bencher.with_inputs(|| checked(source())).bench_values(planned);
}

#[divan::bench]
fn commands_of_township(bencher: divan::Bencher) {
    let plan = planned(checked(source()));
    bencher.bench(|| plan.commands(&Nobody, &mut Serial::default()).filter(Result::is_ok).count());
}

fn city(folder: &Path) {
    let names = ["低保家庭.xlsx", "低保人员.xlsx"].map(|name| folder.join(name));
    if !names[0].exists() {
        let (households, members) = invent(CITY);
        std::fs::write(&names[0], workbook("低保家庭", HOUSEHOLDS, &households)).expect("written");
        std::fs::write(&names[1], workbook("低保人员", MEMBERS, &members)).expect("written");
        println!("wrote {} households and {} members; run again to measure", households.len(), members.len());
        return;
    }
    let mut clock = Instant::now();
    let mut lap = |what: &str| {
        println!("{what:<12} {:>6.2} s   peak {} MB", clock.elapsed().as_secs_f64(), peak_megabytes());
        clock = Instant::now();
    };
    let source = Source::open(&names, &Options::on(today()), &mut unwatched).expect("rosters");
    lap("read");
    let checked = checked(source);
    lap("check");
    println!("{} households, {} errors", checked.len(), checked.error_count());
    let plan = planned(checked);
    lap("plan");
    println!("{:?} {:?}", plan.households(), plan.members());
    let commands = plan.commands(&Nobody, &mut Serial::default()).filter(Result::is_ok).count();
    lap("commands");
    println!("{commands} commands");
    drop(plan);
    for name in ["名单.csv", "名单.xlsx"] {
        export_city(&folder.join(name));
        lap(name);
    }
}

/// A list of all households in 20 columns.
fn export_city(path: &Path) {
    let headings = (0..20).map(|number| Heading::new(format!("列{number}"), 12)).collect();
    let table = Table { name: "名单".into(), headings };
    let mut dice = Dice(7);
    let mut rows = (0..CITY).map(|number| {
        let cell = |column: usize, dice: &mut Dice| match column % 3 {
            0 => Content::Text(format!("东岙镇后垟村{number}号")),
            1 => Content::Integer(dice.roll(1000) as i64),
            _ => Content::Text(dice.pick(&["因病", "因残"]).to_owned()),
        };
        Ok((0..20).map(|column| cell(column, &mut dice)).collect())
    });
    export::write(path, &table, &mut rows, &mut unwatched).expect("written");
}

/// The most memory that this process has held; 0 where the system does not tell.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
