//! Members: the field contents of a person.

use chrono::{Datelike, NaiveDate};

use super::Demo;
use super::body::Body;
use super::family::{Kin, Person};
use super::file::File;
use super::names;
use super::plan::Planted;
use super::stream::{Stream, Topic};
use crate::domain::codes::Code;
use crate::domain::id::MemberId;
use crate::domain::id_number::{IdNumber, Sex};
use crate::domain::member::Member;
use crate::domain::money::Fen;
use crate::domain::text;

/// Persons the manual and the tests speak of: heads of the first households, alone in them or not.
pub(super) const PERSONS: &[(&str, Sex, u32)] = &[
    ("张淑芬", Sex::Female, 82),
    ("单秀英", Sex::Female, 71),
    ("仇德明", Sex::Male, 66),
    ("曾桂花", Sex::Female, 77),
    ("解永福", Sex::Male, 69),
    ("查文财", Sex::Male, 73),
    ("欧阳素珍", Sex::Female, 75),
    ("尉迟国强", Sex::Male, 64),
    ("区阿妹", Sex::Female, 80),
    ("盖长根", Sex::Male, 70),
    ("乐金仙", Sex::Female, 68),
    ("朴明花", Sex::Female, 67),
];

/// Slots for people within a county: months, days to the 28th, and 500 sequence numbers for each sex.
const SLOTS: u64 = 12 * 28 * 500;
/// Shares no factor with [`SLOTS`], so that every slot is reached once.
const SLOT_STEP: u64 = 103_837;
/// No household has more members than this.
const MOST_MEMBERS: usize = 8;

/// Surnames of a household.
pub(super) struct Surnames {
    head: &'static str,
    other_father: &'static str,
    ethnic: &'static str,
}

/// Draws what a household is called and which people it belongs to.
pub(super) fn surnames(stream: &mut Stream) -> Surnames {
    let ethnic = stream.weighted(&[("01", 970), ("22", 14), ("12", 6), ("08", 3), ("06", 3), ("15", 2), ("03", 2)]);
    Surnames { head: names::surname_of(stream, ethnic), other_father: names::surname_of(stream, ethnic), ethnic }
}

/// The member record of a person, the `place`th of the household.
pub(super) fn member(file: &File<'_>, surnames: &Surnames, person: &Person, place: usize) -> Member {
    let demo = file.demo;
    let mut stream = Stream::of(demo.seed, Topic::Member, (file.n * MOST_MEMBERS + place) as u64);
    let id = MemberId::from(stream.id(file.registered_at()));
    let planted = if place == 0 { file.planted } else { None };
    let birth_and_sequence = birth(demo, file, place, person);
    let mut member = Member {
        id,
        household: file.household.id,
        relation: Code::from(person.relation),
        sex: Code::from(person.sex.code()),
        marital: Code::from(person.marital),
        ethnic: Code::from(surnames.ethnic),
        birth_date: Some(birth_and_sequence.0),
        ..Member::default()
    };
    member.meta = file.meta(file.known);
    name(&mut member, &mut stream, surnames, person, planted);
    number(&mut member, file, birth_and_sequence, planted);
    schooling(&mut member, &mut stream, file, person.age);
    work(&mut member, &mut stream, person, &file.bodies[place]);
    health(&mut member, &mut stream, person.age, &file.bodies[place]);
    if stream.percent(if person.age >= 18 { 58 } else { 0 }) {
        member.phone = phone(&mut stream);
    }
    let (party, youth) = (person.age >= 30 && stream.percent(4), person.age < 28 && person.age >= 15);
    member.political = match (party, youth && stream.percent(50)) {
        _ if person.age < 15 => String::new(),
        (true, _) => "中国共产党党员".to_owned(),
        (_, true) => "中国共产主义青年团团员".to_owned(),
        _ => "群众".to_owned(),
    };
    member.insurance =
        stream.weighted(&[("城乡居民基本医疗保险", 93), ("职工基本医疗保险", 4), ("未参保", 3)]).to_owned();
    member
}

/// An invented mobile number.
pub(super) fn phone(stream: &mut Stream) -> String {
    format!("199{:08}", stream.below(100_000_000))
}

fn name(member: &mut Member, stream: &mut Stream, surnames: &Surnames, person: &Person, planted: Option<Planted>) {
    match planted {
        Some(Planted::Person(n)) => member.name = PERSONS[usize::from(n) % PERSONS.len()].0.to_owned(),
        Some(Planted::DottedName(n)) => {
            let (name, ethnic, _) = names::DOTTED[usize::from(n) % names::DOTTED.len()];
            member.name = name.to_owned();
            member.ethnic = Code::from(ethnic);
        }
        _ => {
            let surname = match person.kin {
                Kin::Head => surnames.head,
                Kin::OtherFather => surnames.other_father,
                Kin::Own => names::surname(stream),
            };
            member.name = names::full(stream, surname, person.sex, person.age);
        }
    }
    if planted == Some(Planted::FullWidth) {
        let spaced: Vec<String> = member.name.chars().map(String::from).collect();
        // What the spreadsheet held, cleaned as an import cleans it.
        member.name = text::clean_name(&spaced.join("\u{3000}"), 60).unwrap_or_default();
        member.note = "原名册姓名、电话含全角字符，已规范".to_owned();
    }
}

/// Month, day and sequence come from the person's place in the county, one slot each, so that no two people of a demo
/// have the same number; the year comes from the age.
fn birth(demo: &Demo, file: &File<'_>, place: usize, person: &Person) -> (NaiveDate, u32) {
    let in_county = file.n - demo.first_of_county(file.town.county);
    let slot = ((in_county * MOST_MEMBERS + place) as u64 * SLOT_STEP + 71) % SLOTS;
    let (month, day, sequence) = (slot % 12 + 1, slot / 12 % 28 + 1, slot / 336);
    let had_birthday = (month, day) <= (u64::from(demo.today.month()), u64::from(demo.today.day()));
    let year = demo.today.year() - person.age as i32 - i32::from(!had_birthday);
    let date = NaiveDate::from_ymd_opt(year, month as u32, day as u32).unwrap_or(demo.today);
    (date, sequence as u32 * 2 + u32::from(person.sex == Sex::Male))
}

fn number(member: &mut Member, file: &File<'_>, (birth, sequence): (NaiveDate, u32), planted: Option<Planted>) {
    let address = file.demo.places.counties[file.town.county].address;
    member.id_number = IdNumber::compose(address, birth, sequence);
    match planted {
        Some(Planted::ShortId) => {
            let short = format!("{address}{}{sequence:03}", birth.format("%y%m%d"));
            member.id_number = IdNumber::parse(&short, file.demo.today).ok();
            member.note = "原登记为15位身份证号，已补全为18位".to_owned();
        }
        Some(Planted::DamagedId) => {
            member.id_number = None;
            member.note = "原名册身份证号被存为数值（如9.90E+17），末几位丢失，待入户核对".to_owned();
        }
        _ => {}
    }
}

fn schooling(member: &mut Member, stream: &mut Stream, file: &File<'_>, age: u32) {
    let code = match age {
        0..6 => "preschool",
        6..12 => "80",
        12..15 => "70",
        15..18 => stream.weighted(&[("60", 46), ("40", 46), ("70", 8)]),
        18..25 => stream.weighted(&[("31", 24), ("41", 26), ("61", 22), ("20", 12), ("71", 16)]),
        25..40 => stream.weighted(&[("71", 42), ("61", 17), ("44", 14), ("81", 13), ("31", 9), ("21", 5)]),
        40..60 => stream.weighted(&[("71", 49), ("81", 32), ("61", 12), ("illiterate", 2), ("41", 5)]),
        60..75 => stream.weighted(&[("81", 52), ("illiterate", 24), ("71", 19), ("61", 5)]),
        _ => stream.weighted(&[("illiterate", 54), ("81", 40), ("71", 6)]),
    };
    member.education = Code::from(code);
    let town = &file.town.name;
    let stem = town.trim_end_matches(['镇', '乡']).trim_end_matches("街道");
    let county = file.demo.places.counties[file.town.county].name.trim_end_matches(['县', '区', '市']);
    member.school = match (age, code) {
        (3..6, _) => format!("{stem}中心幼儿园"),
        (6..12, _) => format!("{stem}中心小学"),
        (12..15, _) => format!("{stem}中学"),
        (15..18, "60") => format!("{county}第二高级中学"),
        (15..18, "40") => format!("{county}职业技术学校"),
        (18..22, "20" | "31") => "W市职业技术学院".to_owned(),
        _ => String::new(),
    };
}

fn work(member: &mut Member, stream: &mut Stream, person: &Person, body: &Body) {
    let labour = match person.age {
        0..16 | 75.. => "none",
        _ if body.severely_disabled() => "lost",
        _ if body.disability.is_some() || body.illness.is_some() => {
            stream.weighted(&[("partial", 70), ("lost", 18), ("full", 12)])
        }
        60..75 => stream.weighted(&[("partial", 62), ("none", 38)]),
        _ => stream.weighted(&[("full", 88), ("partial", 12)]),
    };
    member.labour = Code::from(labour);
    let employment = match (person.age, labour) {
        (0..6, _) => "",
        (6..22, _) if !member.school.is_empty() => "student",
        (0..16, _) => "student",
        (60.., "partial") => stream.weighted(&[("farming", 48), ("unable", 30), ("flexible", 12), ("unemployed", 10)]),
        (60.., _) => stream.weighted(&[("unable", 86), ("retired", 14)]),
        (_, "lost" | "none") => "unable",
        (_, "partial") => {
            stream.weighted(&[("unemployed", 36), ("flexible", 30), ("farming", 20), ("public_post", 14)])
        }
        _ => stream.weighted(&[
            ("flexible", 44),
            ("unit", 18),
            ("farming", 16),
            ("public_post", 9),
            ("self_employed", 6),
            ("registered_unemployed", 7),
        ]),
    };
    member.employment = Code::from(employment);
    let monthly = match employment {
        "unit" => {
            member.employer =
                stream.pick(&["海潮鞋业", "永旺电器", "顺达五金", "佳禾食品", "安康家政", "新桥纸箱厂"]).to_owned();
            stream.between(2_300, 3_600)
        }
        "flexible" => stream.between(700, 2_200),
        "self_employed" => stream.between(900, 2_400),
        "public_post" => stream.between(600, 1_500),
        "farming" => stream.between(120, 600),
        "retired" => stream.between(180, 900),
        _ => 0,
    };
    if monthly > 0 {
        member.annual_income = Some(Fen(monthly * 12 * 100));
    }
}

fn health(member: &mut Member, stream: &mut Stream, age: u32, body: &Body) {
    if let Some((class, level)) = body.disability {
        member.disabled = true;
        member.disability_class = Code::from(class.to_string());
        member.disability_level = Code::from(level.to_string());
        // The certificate's number is the ID number with class and level behind it.
        if let Some(number) = &member.id_number {
            member.disability_no = format!("{}{class}{level}", number.reveal());
        }
    }
    if let Some(illness) = body.illness {
        member.disease = illness.name.to_owned();
    }
    let health = match (body.illness, body.disability) {
        (Some(illness), _) => illness.health.to_owned(),
        (None, Some((class, _))) => format!("6{class}"),
        _ if age >= 70 => "20".to_owned(),
        _ => "10".to_owned(),
    };
    member.health = Code::from(health);
    let cared_for = body.disability.is_some_and(|(_, level)| level == 1) || body.takes(super::body::Course::Dementia);
    let selfcare = match age {
        _ if cared_for => stream.weighted(&[("partial", 52), ("none", 48)]),
        _ if body.severely_disabled() => stream.weighted(&[("full", 52), ("partial", 48)]),
        85.. => stream.weighted(&[("full", 60), ("partial", 33), ("none", 7)]),
        74.. => stream.weighted(&[("full", 86), ("partial", 13), ("none", 1)]),
        _ => "full",
    };
    if age >= 3 {
        member.selfcare = Code::from(selfcare);
    }
}
