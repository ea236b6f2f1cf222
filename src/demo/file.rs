//! A household's file while it is written: the household and what the parts of the generator put on it.

use chrono::{Datelike, NaiveDate};

use super::Demo;
use super::body::{self, Body};
use super::family::{self, Person};
use super::member::{self, PERSONS, phone};
use super::names::DOTTED;
use super::places::{Town, Village};
use super::plan::{Agenda, Cell, Planted, Story};
use super::size::Group;
use super::stream::{Stream, Topic};
use crate::domain::claim::Claim;
use crate::domain::codes::Code;
use crate::domain::household::Household;
use crate::domain::id::{DeviceId, HouseholdId, WorkerId};
use crate::domain::indicator::Indicator;
use crate::domain::lead::Lead;
use crate::domain::mask;
use crate::domain::member::Member;
use crate::domain::moment::{Hlc, Moment};
use crate::domain::money::Fen;
use crate::domain::need::Need;
use crate::domain::numbering::{self, Series};
use crate::domain::record::{Meta, Record};
use crate::domain::risk::{self, MemberFacts, RiskFacts, RiskGrade};
use crate::domain::text;
use crate::domain::visit::Visit;
use crate::domain::wish::Wish;

/// A file being written. Days are counted back from the demo's day.
pub(super) struct File<'a> {
    pub demo: &'a Demo,
    pub n: usize,
    pub village: &'a Village,
    pub town: &'a Town,
    pub cell: Cell,
    pub planted: Option<Planted>,
    pub story: Option<Story>,
    pub agenda: Agenda,
    /// Days since the household came into the program.
    pub known: i64,
    pub grade: RiskGrade,
    /// Village cadre, party member, social worker, grid worker, volunteer (祝建华: 1+5).
    pub team: [WorkerId; 5],
    pub people: Vec<Person>,
    pub bodies: Vec<Body>,
    pub household: Household,
    pub members: Vec<Member>,
    pub indicators: Vec<Indicator>,
    pub visits: Vec<Visit>,
    pub leads: Vec<Lead>,
    pub needs: Vec<Need>,
    pub wishes: Vec<Wish>,
    pub claims: Vec<Claim>,
    device: DeviceId,
    serial: u64,
}

/// Nobody is in the program for longer: that is when it was brought in.
const PROGRAM_DAYS: i64 = 2_190;
/// Business numbers that a household may use up.
const NUMBERS_PER_HOUSEHOLD: u64 = 24;

impl<'a> File<'a> {
    /// The household with its members; everything else still to come.
    pub fn begin(demo: &'a Demo, n: usize) -> File<'a> {
        let village_index = demo.places.village_of(n, demo.size);
        let village = &demo.places.villages[village_index];
        let mut stream = Stream::of(demo.seed, Topic::Household, n as u64);
        let assisted = assisted_days(&mut stream, demo.is_new(n));
        let planted = demo.planted.get(&n).copied();
        let mut file = File {
            demo,
            n,
            village,
            town: &demo.places.towns[village.town],
            cell: demo.cell(n),
            planted,
            story: demo.story(n),
            agenda: demo.agenda(n),
            known: assisted.min(PROGRAM_DAYS),
            grade: RiskGrade::C,
            team: demo.team(village_index, n),
            people: Vec::new(),
            bodies: Vec::new(),
            household: Household::default(),
            members: Vec::new(),
            indicators: Vec::new(),
            visits: Vec::new(),
            leads: Vec::new(),
            needs: Vec::new(),
            wishes: Vec::new(),
            claims: Vec::new(),
            device: demo.device(village_index),
            serial: (n - village.first) as u64 * NUMBERS_PER_HOUSEHOLD,
        };
        if matches!(planted, Some(Planted::Person(_) | Planted::Stale | Planted::LockedIn)) {
            file.known = PROGRAM_DAYS; // these have a long history to tell
        }
        file.people(&mut stream);
        file.household(&mut stream, village_index, assisted.max(file.known));
        let surnames = member::surnames(&mut stream);
        file.members =
            (0..file.people.len()).map(|place| member::member(&file, &surnames, &file.people[place], place)).collect();
        file.finish(&mut stream);
        file
    }

    /// The grid worker who looks after the household.
    pub fn grid_worker(&self) -> WorkerId {
        self.team[3]
    }

    /// The moment so many days ago, at a minute of that day.
    pub fn at(&self, days_ago: i64, minute: i64) -> Moment {
        self.demo.at(days_ago, minute)
    }

    /// The date so many days ago.
    pub fn date(&self, days_ago: i64) -> NaiveDate {
        self.demo.date(days_ago)
    }

    /// When the household came into the program.
    pub fn registered_at(&self) -> Moment {
        self.at(self.known, 9 * 60)
    }

    /// The common part of a record last written so many days ago.
    pub fn meta(&self, days_ago: i64) -> Meta {
        Meta { rev: 1, hlc: Hlc::at(self.at(days_ago, 10 * 60)), by: self.grid_worker(), ..Meta::default() }
    }

    /// The next business number of a series.
    pub fn number(&mut self, series: Series, days_ago: i64) -> String {
        self.serial += 1;
        numbering::number(series, &self.household.region, self.date(days_ago), self.device, self.serial)
    }

    /// The whole file.
    pub fn into_records(self) -> Vec<Record> {
        let count = 1 + self.members.len() + self.indicators.len() + self.visits.len() + self.leads.len();
        let mut records = Vec::with_capacity(count + self.needs.len() + self.wishes.len() + self.claims.len());
        records.push(self.household.into());
        records.extend(self.members.into_iter().map(Record::from));
        records.extend(self.indicators.into_iter().map(Record::from));
        records.extend(self.visits.into_iter().map(Record::from));
        records.extend(self.leads.into_iter().map(Record::from));
        records.extend(self.needs.into_iter().map(Record::from));
        records.extend(self.wishes.into_iter().map(Record::from));
        records.extend(self.claims.into_iter().map(Record::from));
        records
    }

    fn people(&mut self, stream: &mut Stream) {
        self.people = family::compose(stream, self.cell, self.planted);
        match self.planted {
            Some(Planted::Person(n)) => {
                let (_, sex, age) = PERSONS[usize::from(n) % PERSONS.len()];
                (self.people[0].sex, self.people[0].age) = (sex, age);
                self.people[0].marital = "30";
            }
            // Numbers of 15 digits were given out until 1999.
            Some(Planted::ShortId) if self.people[0].age < 30 => self.people[0].age += 40,
            Some(Planted::DottedName(n)) => self.people[0].sex = DOTTED[usize::from(n) % DOTTED.len()].2,
            _ => {}
        }
        self.bodies = self
            .people
            .iter()
            .enumerate()
            .map(|(place, person)| body::draw(stream, self.cell, person, place == 0, self.planted))
            .collect();
    }

    fn household(&mut self, stream: &mut Stream, village_index: usize, assisted: i64) {
        let (demo, persons) = (self.demo, self.people.len() as u16);
        let in_village = self.n - self.village.first;
        let grid = 1 + in_village * self.village.grids / self.village.households.max(1);
        let since = demo.date(assisted).with_day(1).unwrap_or(demo.today);
        // An archive number keeps the code that the village had when it was given.
        let code_then = match &self.village.former {
            Some(former) if since.year() < demo.today.year() => former,
            _ => &self.village.code,
        };
        let household = &mut self.household;
        household.id =
            HouseholdId::from(Stream::of(demo.seed, Topic::Household, self.n as u64).id(demo.at(self.known, 540)));
        household.archive_no = format!("H{code_then}{:05}", in_village + 1);
        household.region = demo.places.grid(village_index, grid);
        household.member_count = persons;
        household.assisted_since = Some(since);
        household.address = address(stream, self.town, self.village);
        if stream.percent(91) {
            household.phone = phone(stream);
        }
        household.residence_kind = Code::from(if self.town.urban { "urban" } else { "rural" });
        household.sub_kind = household.residence_kind.clone();
        household.helpers = self.team.to_vec();
        household.consent = Code::from(match self.planted {
            Some(Planted::ConsentWithdrawn) => "withdrawn",
            _ if self.story.is_some() || self.planted.is_some() => "given",
            _ => stream.weighted(&[("given", 86), ("none", 14)]),
        });
        household.housing_units = u16::from(stream.percent(86));
        household.housing_area = (stream.between(28, 52) * i64::from(persons.min(3))) as u16;
        household.financial_assets = stream.percent(55).then(|| Fen(stream.between(2, 260) * 10_000));
    }

    /// What rests on the members: category, cause, money, bank, grade.
    fn finish(&mut self, stream: &mut Stream) {
        self.household.meta = self.meta(self.known);
        self.household.head = self.members.first().map(|head| head.id);
        self.household.poverty_cause = Code::from(self.cause(stream));
        self.assistance(stream);
        self.bank(stream);
        self.guardians();
        self.grade = self.assess();
        match self.planted {
            Some(Planted::FullWidth) => self.full_width(),
            Some(Planted::Person(0)) => "独居，子女在外，耳背，敲门须大声".clone_into(&mut self.household.note),
            _ => {}
        }
    }

    /// The grade by which the household's visits were planned: the program's own.
    fn assess(&self) -> RiskGrade {
        let members = self.members.iter().map(|member| MemberFacts {
            age: member.birth_date.map(|birth| mask::age(birth, self.demo.today)),
            relation: member.relation.as_str(),
            disability_class: member.disability_class.as_str(),
            disability_level: member.disability_level.as_str(),
            health: member.health.as_str(),
            selfcare: member.selfcare.as_str(),
            disease: &member.disease,
            child_status: member.child_status.as_str(),
        });
        let category = self.household.category.as_str();
        risk::assess(&RiskFacts { today: self.demo.today, category, living: None, members: members.collect() }).grade
    }

    fn cause(&self, stream: &mut Stream) -> &'static str {
        let ill = self.bodies.iter().any(|body| body.illness.is_some());
        let disabled = self.bodies.iter().any(|body| body.disability.is_some());
        let pupil = self.people.iter().any(|person| (15..24).contains(&person.age));
        let old = self.people.iter().all(|person| person.age >= 60);
        match (ill, disabled) {
            (true, _) if stream.percent(62) => "illness",
            (_, true) if stream.percent(70) => "disability",
            _ if old => stream.weighted(&[("old_age", 72), ("labour", 28)]),
            _ if pupil && stream.percent(35) => "study",
            _ => stream.weighted(&[
                ("labour", 34),
                ("unemployment", 20),
                ("skill", 16),
                ("accident", 8),
                ("capital", 7),
                ("disaster", 5),
                ("motivation", 4),
                ("other", 6),
            ]),
        }
    }

    fn assistance(&mut self, stream: &mut Stream) {
        let county = &self.household.region.as_str()[..6]; // a grid's code has fifteen digits
        let serial = format!("{county}{:05}", self.n - self.demo.first_of_county(self.town.county) + 1);
        let persons = self.people.len() as i64;
        let income: i64 = self.members.iter().filter_map(|member| member.annual_income).map(|fen| fen.0).sum();
        let household = &mut self.household;
        household.annual_income = Some(Fen(income + stream.between(0, 24) * 10_000));
        let category = match self.cell.group {
            Group::Tekun => {
                let home = stream.percent(24) && persons == 1;
                household.support_mode = Code::from(if home { "jizhong" } else { "fensan" });
                household.certificate_no = format!("TK{serial}");
                household.guarantee_count = persons as u16;
                household.monthly_amount = Some(Fen(persons * stream.pick(&[118_800, 124_600, 131_000, 156_000])));
                if home {
                    household.address = format!("{}敬老院", self.town.name);
                    self.members[0].institution = household.address.clone();
                }
                if home { "tekun_jizhong" } else { "tekun_fensan" }
            }
            Group::Dibao => {
                let single = persons == 1 && stream.percent(22);
                household.certificate_no = format!("DB{serial}");
                household.guarantee_count = persons as u16;
                let each = if single { 88_600 } else { stream.between(38, 86) * 1_000 };
                household.monthly_amount = Some(Fen(persons * each));
                household.amount_method = stream.pick(&["按差额计算", "按档计算", "按差额计算并增发"]).to_owned();
                household.tier = stream.pick(&["一档", "二档", "三档"]).to_owned();
                let supplements = self.people.iter().filter(|person| person.age >= 70 || person.age < 18).count();
                if supplements > 0 {
                    household.category_allowance = Some(Fen(supplements as i64 * 17_700));
                }
                if single { "dibao_single" } else { "dibao" }
            }
            Group::Dibian => {
                household.certificate_no = format!("BY{serial}");
                "dibian"
            }
        };
        household.category = Code::from(category);
    }

    fn bank(&mut self, stream: &mut Stream) {
        let county = self.demo.places.counties[self.town.county].name.trim_end_matches(['县', '区', '市']);
        if stream.percent(63) {
            self.household.bank_name = format!("{county}农村商业银行");
            self.household.bank_holder = self.members[0].name.clone();
            self.household.bank_account = format!("9900{:07}{:08}", stream.below(10_000_000), self.n);
        }
        if stream.percent(44) {
            self.household.welfare_card = format!("9910{:07}{:08}", stream.below(10_000_000), self.n);
        }
    }

    /// Everybody under age has a guardian; those who need care have somebody who gives it.
    fn guardians(&mut self) {
        let adult = (0..self.people.len()).find(|&place| self.people[place].age >= 18);
        let name = adult.map_or_else(|| "村（居）民委员会".to_owned(), |place| self.members[place].name.clone());
        for place in 0..self.people.len() {
            if self.people[place].age < 18 {
                self.members[place].guardian.clone_from(&name);
                self.members[place].child_status = Code::from(child_status(&self.people, place, self.n));
            } else if self.members[place].selfcare == "none" && adult.is_some_and(|adult| adult != place) {
                self.members[place].caregiver.clone_from(&name);
            }
        }
    }

    /// Puts address and telephone through what an import does to full-width text.
    fn full_width(&mut self) {
        let wide = |text: &str| -> String {
            text.chars()
                .map(|c| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c.is_ascii_graphic()).unwrap_or(c))
                .collect()
        };
        for field in [&mut self.household.address, &mut self.household.phone] {
            *field = text::clean_line(&wide(field), 120).unwrap_or_default();
        }
    }
}

/// What the register calls a child that does not live with a parent.
fn child_status(people: &[Person], child: usize, n: usize) -> &'static str {
    let with_adult = people.iter().any(|person| person.age >= 18);
    let with_grandparents = matches!(people[child].relation, "41" | "42");
    match (with_adult, with_grandparents) {
        (false, _) if n.is_multiple_of(3) => "orphan",
        (false, _) => "unsupported",
        (true, true) => "left_behind",
        (true, false) => "",
    }
}

fn assisted_days(stream: &mut Stream, new: bool) -> i64 {
    if new {
        return stream.between(12, 170);
    }
    let (low, high) = stream.weighted(&[((200, 730), 20), ((731, 2_190), 45), ((2_191, 7_000), 35)]);
    stream.between(low, high)
}

fn address(stream: &mut Stream, town: &Town, village: &Village) -> String {
    let (town, village) = (&town.name, &village.name);
    if village.ends_with("社区") {
        let (block, stair, floor) = (stream.between(1, 36), stream.between(1, 3), stream.between(1, 6));
        return format!("{town}{village}{block}幢{stair}单元{floor}0{}室", stream.between(1, 4));
    }
    format!("{town}{village}{}号", stream.between(1, 236))
}
