//! Importing into a register: new, updated, unchanged; importing again changes nothing; nobody is deleted. The commands
//! are decided by the domain's own rules.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use zhulian::domain::change::{Change, apply_fields};
use zhulian::domain::claim::Claim;
use zhulian::domain::codes::{self, Code};
use zhulian::domain::command::{Command, CommandId, Entry};
use zhulian::domain::decide;
use zhulian::domain::id::{HouseholdId, MemberId, RecordId, WishId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::moment::{Moment, Now};
use zhulian::domain::record::{Record, RecordKey};
use zhulian::domain::records::{Dossier, Records, Unreadable};
use zhulian::domain::region::RegionCode;
use zhulian::domain::worker::{Actor, Role};
use zhulian::i18n::{Explain, Lang};
use zhulian::roster::check::check;
use zhulian::roster::place::Place;
use zhulian::roster::plan::{Mint, Plan, Register, plan};
use zhulian::roster::read::{self, Limits, unwatched};
use zhulian::roster::source::{Options, Source};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// A register in memory.
#[derive(Default)]
struct Memory {
    dossiers: BTreeMap<HouseholdId, Dossier>,
    regions: HashMap<Place, RegionCode>,
}

impl Memory {
    fn present(&self, id_number: &IdNumber) -> Option<(HouseholdId, MemberId)> {
        self.dossiers.iter().find_map(|(household, dossier)| {
            let member = dossier.present_members().find(|member| member.id_number == Some(*id_number))?;
            Some((*household, member.id))
        })
    }

    fn by_name(&self, name: &str) -> &zhulian::domain::member::Member {
        let all = self.dossiers.values().flat_map(|dossier| dossier.present_members());
        all.into_iter().find(|member| member.name == name).unwrap()
    }

    fn household_of(&self, name: &str) -> &zhulian::domain::household::Household {
        &self.dossiers[&self.by_name(name).household].household
    }
}

impl Register for Memory {
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(self.present(id_number))
    }
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(self.dossiers.get(&household).cloned().map(Arc::new))
    }
    fn region(&self, place: &Place) -> Result<Option<RegionCode>, Unreadable> {
        Ok(self.regions.get(place).cloned())
    }
    fn households(&self, category: &Code, region: &RegionCode) -> Result<Vec<HouseholdId>, Unreadable> {
        let list = codes::list("assist_category").unwrap();
        let of_category = |code: &Code| list.is_within(code.as_str(), category.as_str());
        let held = self.dossiers.values().map(|dossier| &dossier.household);
        Ok(held.filter(|h| of_category(&h.category) && region.contains(&h.region)).map(|h| h.id).collect())
    }
}

impl Records for Memory {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        Ok(self.dossiers.values().find_map(|dossier| dossier.record(key)))
    }
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Register::dossier(self, household)
    }
    fn claims_on(&self, _: WishId) -> Result<Vec<Claim>, Unreadable> {
        Ok(Vec::new())
    }
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(self.present(id_number))
    }
    fn holds_households(&self) -> bool {
        !self.dossiers.is_empty()
    }
    fn entry(&self, _: CommandId) -> Result<Option<Entry>, Unreadable> {
        Ok(None)
    }
}

#[derive(Default)]
struct Serial {
    next: u64,
    regions: HashMap<Place, RegionCode>,
}

impl Serial {
    fn id(&mut self) -> RecordId {
        self.next += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.next.to_be_bytes());
        RecordId::from_parts(1_790_000_000_000, bytes)
    }
}

impl Mint for Serial {
    fn household_id(&mut self) -> HouseholdId {
        self.id().into()
    }
    fn member_id(&mut self) -> MemberId {
        self.id().into()
    }
    fn archive_no(&mut self, region: &RegionCode) -> String {
        format!("H{region}-{}", self.next)
    }
    fn provisional_region(&mut self, place: &Place) -> RegionCode {
        let town = self.regions.keys().filter(|held| held.town == place.town && held.village.is_none()).count();
        assert_eq!(town, 0, "towns are made with their villages here");
        let number = self.regions.len() + 1;
        let code = RegionCode::parse(&format!("990101101{number:03}")).unwrap();
        self.regions.insert(place.clone(), code.clone());
        code
    }
}

fn planned(memory: &Memory, files: &[(&str, Vec<u8>)]) -> Plan {
    let books = files
        .iter()
        .map(|(name, bytes)| read::bytes_of((*name).into(), bytes, &Limits::STANDARD, &mut unwatched).unwrap())
        .collect();
    let source = Source::from_books(books, &Options::on(today())).unwrap();
    let mut registered = |head: &IdNumber| {
        memory
            .present(head)
            .is_some_and(|(household, member)| memory.dossiers[&household].household.head == Some(member))
    };
    let checked = check(source, &mut registered, &mut unwatched).unwrap();
    plan(checked, memory, &mut unwatched).unwrap()
}

/// Carries the plan out, one command after the other, by the domain's rules.
fn commit(memory: &mut Memory, plan: &Plan, serial: &mut Serial) -> Vec<Command> {
    let commands: Vec<Command> = plan.commands(memory, serial).collect::<Result<_, _>>().unwrap();
    memory.regions.extend(serial.regions.clone());
    let town = Place { town: Some("东岙镇".into()), ..Place::default() };
    memory.regions.insert(town, RegionCode::parse("990101101000").unwrap());
    let actor = Actor {
        worker: Default::default(),
        role: Role::GridWorker,
        org: None,
        regions: Vec::new(),
        device: Default::default(),
    };
    let now = Now::new(Moment::start_of(today()));
    for command in &commands {
        let changes = decide(memory, &actor, now, command).unwrap_or_else(|refusal| panic!("{refusal}: {command:?}"));
        for change in changes {
            apply(memory, &change);
        }
    }
    commands
}

fn apply(memory: &mut Memory, change: &Change) {
    match change {
        Change::Create(record) => match &**record {
            Record::Household(household) => {
                let dossier = Dossier { household: household.clone(), ..Dossier::default() };
                memory.dossiers.insert(household.id, dossier);
            }
            Record::Member(member) => memory.dossiers.get_mut(&member.household).unwrap().insert((**record).clone()),
            other => panic!("{other:?}"),
        },
        Change::Update { record, fields } => {
            let target = memory.dossiers.values_mut().find_map(|dossier| dossier.fields_mut(*record)).unwrap();
            apply_fields(target, fields).unwrap();
        }
    }
}

fn sample(name: &str) -> (&str, Vec<u8>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters").join(name);
    (name, std::fs::read(path).unwrap())
}

fn id(address: u32, birth: &str, sequence: u32) -> String {
    IdNumber::compose(address, birth.parse().unwrap(), sequence).unwrap().reveal().to_owned()
}

const HOUSEHOLDS: &str = "户主姓名,户主身份证号,户月保障金额（元）,联系电话,所属街道,所属社区,申请原因\n";
const MEMBERS: &str = "姓名,身份证号,户主身份证号,与户主关系,健康状况\n";

/// A roster of one household: head, son, and daughter-in-law.
fn small(amount: &str, members: &[(&str, &str, &str, &str)]) -> Vec<(&'static str, Vec<u8>)> {
    let head = id(990_101, "1949-12-31", 2);
    let households = format!("{HOUSEHOLDS}张淑芬,{head},{amount},19912345678,东岙镇,后垟村,因病\n");
    let rows: String = members
        .iter()
        .map(|(name, id, relation, health)| format!("{name},{id},{head},{relation},{health}\n"))
        .collect();
    vec![("低保家庭.csv", households.into()), ("低保人员.csv", format!("{MEMBERS}{rows}").into())]
}

fn people() -> [(String, &'static str); 3] {
    [
        (id(990_101, "1949-12-31", 2), "本人"),
        (id(990_101, "1975-05-05", 1), "子"),
        (id(990_101, "1978-08-08", 4), "儿媳"),
    ]
}

fn start() -> (Memory, Serial, [(String, &'static str); 3]) {
    let (mut memory, mut serial) = (Memory::default(), Serial::default());
    let people = people();
    let rows = [("张淑芬", people[0].0.as_str(), "本人", "健康"), ("张强", people[1].0.as_str(), "子", "健康")];
    let plan = planned(&memory, &small("600", &rows));
    commit(&mut memory, &plan, &mut serial);
    (memory, serial, people)
}

#[test]
fn a_sample_is_imported_once() {
    for files in [
        &["低保家庭查询_东岙镇.xlsx", "低保家庭人员查询_东岙镇.xlsx"][..],
        &["特困人员_东岙镇.xlsx"],
        &["低保边缘人员_西垟镇.csv", "低保边缘家庭_西垟镇.csv"],
        &["问题样例_家庭_南山镇.xlsx", "问题样例_人员_南山镇.xlsx"],
    ] {
        let files: Vec<_> = files.iter().map(|name| sample(name)).collect();
        let (mut memory, mut serial) = (Memory::default(), Serial::default());
        let first = planned(&memory, &files);
        assert!(first.is_effective());
        let members = first.members().new;
        assert_eq!((first.households().new, first.households().updated), (first.checked().len(), 0));
        commit(&mut memory, &first, &mut serial);
        assert_eq!(memory.dossiers.len(), first.households().new);
        assert_eq!(memory.dossiers.values().map(|dossier| dossier.members.len()).sum::<usize>(), members);

        let second = planned(&memory, &files);
        assert!(!second.is_effective(), "{:?} {:?}", second.households(), second.differences());
        assert_eq!(second.households().unchanged, first.households().new);
        assert_eq!(second.members().unchanged, members);
        assert_eq!(second.commands(&memory, &mut serial).count(), 0);
        assert_eq!(second.new_places().count(), 0);
    }
}

#[test]
fn a_changed_roster_shows_what_would_change() {
    let (mut memory, mut serial, people) = start();
    let rows = [
        ("张淑芬", people[0].0.as_str(), "本人", "患病"),
        ("张强", people[1].0.as_str(), "子", "健康"),
        ("李梅", people[2].0.as_str(), "儿媳", "健康"),
    ];
    let plan = planned(&memory, &small("650.5", &rows));
    assert_eq!((plan.households().updated, plan.members().updated, plan.members().new), (1, 1, 1));
    assert_eq!(plan.members().unchanged, 1);
    let shown: Vec<_> = plan
        .differences()
        .iter()
        .map(|d| (d.field.name, d.before.clone(), d.after.clone(), d.name_masked.as_str()))
        .collect();
    let text = |text: &str| zhulian::domain::value::Value::Text(text.to_owned());
    let int = zhulian::domain::value::Value::Int;
    let sick = codes::list("health").unwrap().by_label("患病").unwrap().code;
    assert_eq!(
        shown,
        [
            ("member_count", int(2), int(3), "张*芬"),
            ("monthly_amount", int(60_000), int(65_050), "张*芬"),
            ("health", text("10"), text(sick), "张*芬"),
        ]
    );
    commit(&mut memory, &plan, &mut serial);
    assert_eq!(memory.household_of("李梅").monthly_amount.unwrap().0, 65_050);
    assert!(!planned(&memory, &small("650.5", &rows)).is_effective());
}

#[test]
fn who_is_missing_is_listed_and_stays() {
    let (mut memory, mut serial, people) = start();
    let plan = planned(&memory, &small("600", &[("张淑芬", &people[0].0, "本人", "健康")]));
    let codes: Vec<&str> = plan.notices().iter().map(|notice| notice.code()).collect();
    assert_eq!(codes, ["member.missing"]);
    assert_eq!(plan.differences().len(), 1, "the number of persons");
    commit(&mut memory, &plan, &mut serial);
    assert_eq!(memory.by_name("张强").name, "张强");

    let other = id(990_102, "1960-01-01", 1);
    let households = format!("{HOUSEHOLDS}王五,{other},500,19912345679,东岙镇,上岙村,因残\n");
    let plan = planned(&memory, &[("低保家庭.csv", households.into())]);
    let missing: Vec<_> = plan.notices().iter().filter(|notice| notice.code() == "household.missing").collect();
    assert_eq!(missing.len(), 1);
    assert!(missing[0].message(Lang::Zh).contains("张*芬"));
}

#[test]
fn a_member_moves_to_another_household() {
    let (mut memory, mut serial, people) = start();
    let son = &people[1].0;
    let head = &people[0].0;
    let households = format!(
        "{HOUSEHOLDS}张淑芬,{head},600,19912345678,东岙镇,后垟村,因病\n张强,{son},400,19912345670,东岙镇,上岙村,因残\n"
    );
    let members = format!("{MEMBERS}张淑芬,{head},{head},本人,健康\n张强,{son},{son},本人,健康\n");
    let files = [("低保家庭.csv", households.into_bytes()), ("低保人员.csv", members.into_bytes())];
    let plan = planned(&memory, &files);
    assert!(plan.notices().iter().any(|notice| notice.code() == "member.moved"), "{:?}", plan.notices());
    commit(&mut memory, &plan, &mut serial);
    assert_eq!(memory.household_of("张强").monthly_amount.unwrap().0, 40_000);
    assert_eq!(memory.by_name("张强").relation.as_str(), "02");
    assert_ne!(memory.by_name("张强").household, memory.by_name("张淑芬").household);
    assert!(!planned(&memory, &files).is_effective());
}

#[test]
fn a_household_gets_a_new_head() {
    let (mut memory, mut serial, people) = start();
    let before = memory.by_name("张强").household;
    let son = &people[1].0;
    let households = format!("{HOUSEHOLDS}张强,{son},600,19912345678,东岙镇,后垟村,因病\n");
    let members = format!("{MEMBERS}张强,{son},{son},本人,健康\n");
    let files = [("低保家庭.csv", households.into_bytes()), ("低保人员.csv", members.into_bytes())];
    let plan = planned(&memory, &files);
    let codes: Vec<&str> = plan.notices().iter().map(|notice| notice.code()).collect();
    assert_eq!(codes, ["household.head_changed", "member.missing"]);
    commit(&mut memory, &plan, &mut serial);
    let household = memory.household_of("张强");
    assert_eq!((household.id, household.head), (before, Some(memory.by_name("张强").id)));
    assert!(!planned(&memory, &files).is_effective());
}

#[test]
fn households_first_and_persons_later() {
    let (mut memory, mut serial) = (Memory::default(), Serial::default());
    let people = people();
    let rows = [("张淑芬", people[0].0.as_str(), "本人", "健康"), ("张强", people[1].0.as_str(), "子", "健康")];
    let files = small("600", &rows);
    let plan = planned(&memory, &files[..1]);
    assert_eq!((plan.households().new, plan.members().new), (1, 1));
    commit(&mut memory, &plan, &mut serial);
    let plan = planned(&memory, &files[1..]);
    assert_eq!(plan.checked().error_count(), 0);
    assert_eq!((plan.households().new, plan.members().new, plan.members().updated), (0, 1, 1));
    commit(&mut memory, &plan, &mut serial);
    assert_eq!(memory.by_name("张淑芬").health.as_str(), "10");
    assert!(!planned(&memory, &files[1..]).is_effective());
    let both = planned(&memory, &files);
    assert_eq!(both.households().updated, 1, "the number of persons is known now");
}

#[test]
fn what_a_worker_made_more_exact_is_kept() {
    let (mut memory, _, people) = start();
    let household = memory.by_name("张淑芬").household;
    let dossier = memory.dossiers.get_mut(&household).unwrap();
    dossier.household.category = Code::new("dibao_single");
    dossier.household.region = RegionCode::parse(&format!("{}001", dossier.household.region)).unwrap();
    dossier.members[1].relation = Code::new("22");
    let rows = [("张淑芬", people[0].0.as_str(), "本人", "健康"), ("张强", people[1].0.as_str(), "子", "")];
    let plan = planned(&memory, &small("600", &rows));
    assert!(!plan.is_effective(), "{:?}", plan.differences());
}
