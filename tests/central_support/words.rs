//! Records and commands by number.

use chrono::NaiveDate;
use zhulian::domain::change::FieldChange;
use zhulian::domain::claim::Claim;
use zhulian::domain::codes::{self, Code};
use zhulian::domain::command::{Amendment, Command};
use zhulian::domain::household::Household;
use zhulian::domain::id::{ClaimId, HouseholdId, MemberId, NeedId, RecordId, VisitId, WishId, WorkerId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::member::Member;
use zhulian::domain::moment::Moment;
use zhulian::domain::need::Need;
use zhulian::domain::record::{Record, RecordKey};
use zhulian::domain::region::RegionCode;
use zhulian::domain::value::Value;
use zhulian::domain::visit::Visit;
use zhulian::domain::wish::Wish;

/// The id number `n` of a series.
pub fn id(series: u8, n: u16) -> RecordId {
    let mut random = [0; 10];
    random[0] = series;
    random[8..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_parts(1_000, random)
}

/// A village.
pub fn region(n: u16) -> RegionCode {
    RegionCode::parse(&format!("9901011{:02}{:03}", n / 100, 200 + n % 100)).unwrap()
}

pub fn first(list: &str) -> Code {
    codes::list(list).unwrap().entries()[0].to_code()
}

pub fn household_id(n: u16) -> HouseholdId {
    HouseholdId(id(10, n))
}

pub fn person(n: u16) -> IdNumber {
    IdNumber::compose(990101, NaiveDate::from_ymd_opt(1950, 1, 1).unwrap(), u32::from(n) % 1000).unwrap()
}

/// A household with one member.
pub fn household(n: u16, village: u16) -> Command {
    let (household, member) = (household_id(n), MemberId(id(11, n)));
    let records = vec![
        Record::Household(Household {
            id: household,
            head: Some(member),
            category: Code::from("dibao"),
            region: region(village),
            archive_no: format!("H{n}"),
            phone: "0577-88880000".into(),
            ..Household::default()
        }),
        Record::Member(Member {
            id: member,
            household,
            name: "张淑芬".into(),
            id_number: Some(person(n)),
            ..Member::default()
        }),
    ];
    Command::RegisterHousehold { records }
}

pub fn visit(n: u16, household: u16, by: WorkerId, at: Moment) -> Command {
    let visit = Visit {
        id: VisitId(id(12, n)),
        household: household_id(household),
        at,
        mode: first("visit_mode"),
        visitors: vec![by],
        note: format!("走访记录{n}"),
        ..Visit::default()
    };
    Command::LogVisit { visit: Box::new(visit), amendments: Vec::new(), needs: Vec::new() }
}

pub fn household_key(n: u16) -> RecordKey {
    RecordKey { kind: zhulian::domain::record::Kind::Household, id: household_id(n).into() }
}

pub fn change(field: &str, before: &str, after: &str) -> FieldChange {
    let value = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.into()) };
    FieldChange { field: field.into(), before: value(before), after: value(after) }
}

pub fn amend(household: u16, field: &str, before: &str, after: &str) -> Command {
    let amendment = Amendment { record: household_key(household), change: change(field, before, after) };
    Command::Amend { household: Some(household_id(household)), amendments: vec![amendment] }
}

pub fn need(n: u16, household: u16) -> Need {
    Need {
        id: NeedId(id(13, n)),
        household: household_id(household),
        title: format!("需求{n}"),
        field: first("service_field"),
        urgency: Code::from("3"),
        duplicate_reason: "确需".into(),
        ..Need::default()
    }
}

pub fn wish_id(n: u16) -> WishId {
    WishId(id(14, n))
}

pub fn wish(n: u16, need: u16, units: u16) -> Wish {
    Wish {
        id: wish_id(n),
        need: Some(NeedId(id(13, need))),
        card_text: format!("一名学生想要一个书包，型号{}", ["甲", "乙", "丙", "丁"][usize::from(n % 4)]),
        category: first("wish_category"),
        units,
        ..Wish::default()
    }
}

/// What it takes to bring a wish into the pool.
pub fn publish(n: u16, household: u16, units: u16) -> Vec<Command> {
    vec![
        Command::RegisterNeed { need: Box::new(need(n, household)) },
        Command::VerifyNeed { need: NeedId(id(13, n)), findings: String::new() },
        Command::WriteWish { wish: Box::new(wish(n, n, units)) },
        Command::PublishWish { wish: wish_id(n), until: None },
    ]
}

pub fn claim_id(n: u16) -> ClaimId {
    ClaimId(id(15, n))
}

pub fn claim(n: u16, wish: u16, units: usize) -> Command {
    let claim = Claim {
        id: claim_id(n),
        wish: wish_id(wish),
        units: vec![0; units],
        claimant: "李爱心".into(),
        ..Claim::default()
    };
    Command::ClaimWish { claim: Box::new(claim) }
}

pub fn fulfil(n: u16) -> Command {
    Command::FulfilClaim { claim: claim_id(n), evidence: "送到家中".into() }
}

/// A resource of so many, a station, and allotments of it by number.
pub fn stock(quantity: u32, allotments: &[(u16, u32)]) -> Vec<Command> {
    use zhulian::domain::allotment::Allotment;
    use zhulian::domain::resource::Resource;
    use zhulian::domain::station::Station;
    let resource = Resource {
        id: id(16, 1).into(),
        name: "棉被".into(),
        kind: first("resource_kind"),
        pool: first("pool"),
        quantity,
        ..Resource::default()
    };
    let station = Station {
        id: id(17, 1).into(),
        name: "县助联体中心".into(),
        level: first("station_level"),
        region: region(1).county(),
        ..Station::default()
    };
    let mut commands: Vec<Command> = [Record::Resource(resource), Record::Station(station)]
        .map(|record| Command::Register { record: Box::new(record) })
        .into();
    commands.extend(allotments.iter().map(|(n, quantity)| Command::AllotStock {
        allotment: Box::new(Allotment {
            id: id(18, *n).into(),
            resource: id(16, 1).into(),
            station: Some(id(17, 1).into()),
            quantity: *quantity,
            ..Allotment::default()
        }),
    }));
    commands
}

pub fn release(n: u16) -> Command {
    Command::ReleaseClaim { claim: claim_id(n), reason: first("release_reason"), remark: "未能联系上".into() }
}
