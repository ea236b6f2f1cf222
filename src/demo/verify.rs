//! The demo's figures beside the source papers' figures.

use super::Planted;
use super::count::{Count, Counts};
use super::size::{CITY_TABLE, Group, MOST_PERSONS, Size};
use crate::domain::region::Level;
use crate::i18n::{Lang, demo as text};

/// One figure: what a source says, what is held.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FigureRow {
    /// What is counted.
    pub name: String,
    /// The paper, law or standard that the figure comes from, or that it is this demo's own choice.
    pub source: String,
    /// The source's words; empty where the figure is the demo's own choice.
    pub quote: &'static str,
    /// The figure at this size.
    pub expected: u64,
    /// Whether more is right too.
    pub at_least: bool,
    /// What was counted; none where nothing can be counted.
    pub actual: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of comparing a figure.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Counted and right.
    Pass,
    /// Counted and wrong.
    Fail,
    /// Not counted, and why: the program keeps no such records yet, or not at this size.
    NotHeld(String),
}

impl FigureRow {
    /// Whether it was counted and is right.
    pub fn passes(&self) -> bool {
        self.outcome == Outcome::Pass
    }
}

/// Compares what is held with the figures, row by row: first what is counted, then what cannot be.
///
/// Figures of W市 are brought down in proportion for smaller sizes. For a home, take the size by [`Size::nearest`].
pub fn verify(counts: &impl Counts, size: Size, lang: Lang) -> Vec<FigureRow> {
    let counted = rows(size).into_iter().map(|row| {
        let actual = counts.count(row.count);
        let right = if row.at_least { actual >= row.expected } else { actual == row.expected };
        FigureRow {
            name: name(row.count, lang),
            source: source(row.source, size, row.scales, lang),
            quote: row.quote,
            expected: row.expected,
            at_least: row.at_least,
            actual: Some(actual),
            outcome: if right { Outcome::Pass } else { Outcome::Fail },
        }
    });
    counted.chain(not_held(size, lang)).collect()
}

/// What a demo of this size was drawn to hold.
pub(super) fn expected(size: Size) -> Vec<(Count, u64)> {
    rows(size).into_iter().filter(|row| !row.at_least).map(|row| (row.count, row.expected)).collect()
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// 周俊、刘佳宁: W市.
    W,
    /// 祝建华: 杭州.
    Hangzhou,
    /// 黄剑锋、晏子: Q区.
    Q,
    /// 李晓伟: G村.
    G,
    /// DB3301/T 0464-2024.
    Standard,
    /// 社会救助暂行办法.
    Law,
    /// This demo's choice.
    Own,
}

struct Row {
    count: Count,
    expected: u64,
    at_least: bool,
    source: Source,
    quote: &'static str,
    /// Whether the figure follows the size.
    scales: bool,
}

fn row(count: Count, expected: u64, source: Source, quote: &'static str) -> Row {
    Row { count, expected, at_least: false, source, quote, scales: true }
}

impl Row {
    fn fixed(self) -> Row {
        Row { scales: false, ..self }
    }
    fn at_least(self) -> Row {
        Row { at_least: true, ..self }
    }
}

fn rows(size: Size) -> Vec<Row> {
    let mut rows = register(size);
    rows.extend(network(size));
    rows.extend(planted(size));
    rows.extend(lists());
    if size == Size::City {
        rows.extend(areas());
    }
    rows
}

/// Households and people. The city's figures stand here in digits, so that a slip in the generator's table shows.
fn register(size: Size) -> Vec<Row> {
    const HOUSEHOLDS: &str = "8.57万户";
    const PEOPLE: &str = "13.91万人";
    let city = size == Size::City;
    let (households, people) = if city { (85_700, 139_100) } else { (size.households() as u64, size.people() as u64) };
    let mut rows =
        vec![row(Count::Households, households, Source::W, HOUSEHOLDS), row(Count::People, people, Source::W, PEOPLE)];
    for (group, cells) in if city { CITY_TABLE } else { size.table() } {
        let sum = |times: &dyn Fn(usize) -> u64| (0..MOST_PERSONS).map(|n| u64::from(cells[n]) * times(n)).sum::<u64>();
        rows.push(row(Count::HouseholdsOf(group), sum(&|_| 1), Source::Own, "在册困难群众(低保、低边、特困人员)"));
        rows.push(row(Count::PeopleOf(group), sum(&|n| n as u64 + 1), Source::Own, ""));
        for (cell, persons) in cells.iter().zip(1..) {
            rows.push(row(Count::HouseholdsWith(group, persons), u64::from(*cell), Source::Own, ""));
        }
    }
    rows
}

fn network(size: Size) -> Vec<Row> {
    const STATIONS: &str = "贯通W市三级助联体共3862个";
    const LEVELS: &str = "在区(县)、镇(街)、村(社)建立";
    let city = size == Size::City;
    let number = |of_city: u64, other: usize| if city { of_city } else { other as u64 };
    vec![
        row(Count::Stations, number(3_862, size.stations()), Source::W, STATIONS),
        row(Count::Centres, number(12, size.counties()), Source::Own, LEVELS),
        row(Count::TownStations, number(185, size.towns()), Source::Own, LEVELS),
        row(Count::Points, number(3_665, size.villages()), Source::Own, LEVELS),
        row(Count::Helpers, number(9_862, size.helpers()), Source::W, ""),
        row(Count::SocialWorkers, number(3_862, size.stations()), Source::Own, ""),
        row(Count::Volunteers, number(6_000, size.volunteers()), Source::Own, ""),
        row(Count::Regions(Level::County), number(12, size.counties()), Source::Own, ""),
        row(Count::Regions(Level::Town), number(185, size.towns()), Source::Own, ""),
        row(Count::Regions(Level::Village), number(3_665, size.villages()), Source::Own, ""),
        row(Count::RecodedTowns, 1, Source::Own, "").fixed(),
        row(Count::Departments, 16, Source::Hangzhou, "17个相关部门的力量").fixed(),
    ]
}

fn planted(size: Size) -> Vec<Row> {
    let rows = [
        (Count::DuplicateGifts, Planted::DuplicateGift, Source::Hangzhou, "导致同一批学生收到了两份书包和学习用品"),
        (Count::Omissions, Planted::Omission, Source::Q, "重复救助和遗漏救助"),
        (Count::Silent, Planted::Stale, Source::Hangzhou, "强调数据库的动态更新"),
        (Count::LostClaims, Planted::DoubleClaim, Source::Own, ""),
        (Count::WithdrawnConsents, Planted::ConsentWithdrawn, Source::Own, ""),
        (Count::DottedNames, Planted::DottedName(0), Source::Own, ""),
        (Count::CompletedIds, Planted::ShortId, Source::Own, ""),
        (Count::MissingIds, Planted::DamagedId, Source::Own, ""),
        (Count::FullWidthNames, Planted::FullWidth, Source::Own, ""),
    ];
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(count, planted, source, quote)| row(count, planted.quota(size), source, quote))
        .collect();
    rows.push(row(Count::ChildWishes, 1, Source::Own, "").at_least().fixed());
    rows.push(row(Count::LockedIn, 1, Source::Q, "让宗亲不断游说患者母亲").at_least().fixed());
    rows
}

/// Figures that are code lists.
fn lists() -> Vec<Row> {
    const DIMENSIONS: &str = "家庭结构、健康状况、收入情况、财产情况、支出情况、对象来源等7大维度";
    const FIELDS: &str = "健康管理、照料护理、康复训练、环境改善、生活服务、家庭支持、精神文化";
    [
        ("data_class", 25, Source::W, "低保低边等在内的25类数据"),
        ("dimension", 7, Source::Hangzhou, DIMENSIONS),
        ("indicator", 50, Source::Hangzhou, "等50余项指标"),
        ("five_kind", 5, Source::Hangzhou, "梳理“五类对象”救助帮扶需求"),
        ("pool", 4, Source::Hangzhou, "形成相对独立的四个库区"),
        ("service_field", 7, Source::Hangzhou, FIELDS),
        ("tier", 4, Source::Hangzhou, "现金救助+基本救助服务+特殊救助服务+临时救助服务"),
        ("matters_8_1", 9, Source::Law, ""),
        ("station_checklist", 14, Source::Standard, "投诉受理、评价与改进"),
    ]
    .into_iter()
    .map(|(list, expected, source, quote)| {
        let row = row(Count::Codes(list), expected, source, quote).fixed();
        if list == "indicator" { row.at_least() } else { row }
    })
    .collect()
}

/// What the city demo holds of the programme, of Q区 and of G村.
fn areas() -> Vec<Row> {
    vec![
        row(Count::FundYuan, 18_000_000, Source::W, "通过设立“1619”专项基金"),
        row(Count::LeadDepartments, 7, Source::Q, "民政、卫生、教育、人社、住建、综治、司法这七个牵头部门"),
        row(Count::PledgeYuan, 10_000_000, Source::Q, "LJW红十字医疗救助基金，在5年内捐赠1 000万元"),
        row(Count::RosterOfQ, 13_623, Source::Q, ""),
        row(Count::Towers, 11, Source::G, "将原本闲置的鼓楼转化为养老供餐"),
        row(Count::WorkersOfG, 3, Source::G, ""),
        row(Count::CountyYuan, 150_000, Source::G, "十几万"),
    ]
}

/// Figures of the papers that no record kind of this version can hold.
fn not_held(size: Size, lang: Lang) -> Vec<FigureRow> {
    let no_kind = || Outcome::NotHeld(text::no_record_kind(lang).to_owned());
    let mut rows: Vec<FigureRow> = UNHELD
        .iter()
        .map(|&(zh, en, expected, source, quote)| FigureRow {
            name: lang.pick(zh, en).to_owned(),
            source: self::source(source, Size::City, false, lang),
            quote,
            expected,
            at_least: false,
            actual: None,
            outcome: no_kind(),
        })
        .collect();
    if size != Size::City {
        rows.extend(areas().into_iter().map(|row| FigureRow {
            name: name(row.count, lang),
            source: source(row.source, Size::City, false, lang),
            quote: row.quote,
            expected: row.expected,
            at_least: row.at_least,
            actual: None,
            outcome: Outcome::NotHeld(text::only_in_city(lang).to_owned()),
        }));
    }
    rows
}

/// Chinese name, English name, figure, source, the source's words.
type Unheld = (&'static str, &'static str, u64, Source, &'static str);

const UNHELD: &[Unheld] = &[
    ("1619计划对象（人）", "Youths of the 1619 programme", 1_466, Source::W, ""),
    ("取得职业技能证书（人）", "With a vocational certificate", 175, Source::W, "175人经技能培训后考取职业技能证书"),
    (
        "首届毕业生（人）：本科9、专科84、就业8",
        "First graduates: 9 bachelor, 84 college, 8 at work",
        101,
        Source::W,
        "",
    ),
    (
        "2023年初中毕业后放弃读书人数",
        "Left school after junior secondary in 2023",
        222,
        Source::W,
        "初中毕业后放弃读书人数",
    ),
    (
        "2024年初中毕业后放弃读书人数",
        "Left school after junior secondary in 2024",
        52,
        Source::W,
        "初中毕业后放弃读书人数",
    ),
    ("增收项目惠及户数", "Households with income projects", 385, Source::W, "光伏小康、生猪养殖折股量化等项目实现增收"),
    (
        "专业化服务（人次）",
        "Professional services (person-times)",
        34_000,
        Source::W,
        "3.4万人次获得免费服药、辅助性就业等专业化服务",
    ),
    ("Q区救助（人次）", "Assistance in Q district (person-times)", 9_436, Source::Q, ""),
    ("Q区支出救助资金（元）", "Assistance paid in Q district (yuan)", 21_930_000, Source::Q, ""),
    ("G村人口（人，约数）", "People of G village (about)", 1_500, Source::G, ""),
    ("G村60岁以上老人（人）", "Elders of G village", 306, Source::G, ""),
    ("G村服务（人次）", "Services in G village (person-times)", 10_328, Source::G, ""),
    ("G村食堂就餐（人次）", "Canteen meals in G village", 7_928, Source::G, "食堂累计就餐达7928人次"),
    ("G村满意度评价满意（人，共93人，97.85%）", "Satisfied in G village, of 93 (97.85%)", 91, Source::G, ""),
    (
        "村民大会听证（次）",
        "Hearings by the villagers' assembly",
        1,
        Source::G,
        "后面村子内还进行村民大会，集体讨论协商是否允许这名村民享受助餐服务",
    ),
];

fn source(source: Source, size: Size, scales: bool, lang: Lang) -> String {
    let base = match source {
        Source::W => text::source_w(lang),
        Source::Hangzhou => text::source_hangzhou(lang),
        Source::Q => text::source_q(lang),
        Source::G => text::source_g(lang),
        Source::Standard => "DB3301/T 0464-2024",
        Source::Law => text::source_law(lang),
        Source::Own => text::source_own(lang),
    };
    if scales && size != Size::City { text::scaled(lang, base) } else { base.to_owned() }
}

fn name(count: Count, lang: Lang) -> String {
    let group = |group: Group| match group {
        Group::Dibao => text::dibao(lang),
        Group::Dibian => text::dibian(lang),
        Group::Tekun => text::tekun(lang),
    };
    let fixed = match count {
        Count::HouseholdsOf(of) => return text::households_of(lang, group(of)),
        Count::PeopleOf(of) => return text::people_of(lang, group(of)),
        Count::HouseholdsWith(of, persons) => return text::households_with(lang, group(of), persons),
        Count::Regions(level) => return text::regions_of(lang, &level.label(lang)),
        Count::Codes(list) => return code_list(list, lang).to_owned(),
        Count::Households => text::households(lang),
        Count::People => text::people(lang),
        Count::RecodedTowns => text::recoded_towns(lang),
        Count::Stations => text::stations(lang),
        Count::Centres => text::centres(lang),
        Count::TownStations => text::town_stations(lang),
        Count::Points => text::points(lang),
        Count::Helpers => text::helpers(lang),
        Count::SocialWorkers => text::social_workers(lang),
        Count::Volunteers => text::volunteers(lang),
        Count::Departments => text::departments(lang),
        Count::DuplicateGifts => text::duplicate_gifts(lang),
        Count::Omissions => text::omissions(lang),
        Count::Silent => text::silent(lang),
        Count::LostClaims => text::lost_claims(lang),
        Count::ChildWishes => text::child_wishes(lang),
        Count::WithdrawnConsents => text::withdrawn_consents(lang),
        Count::DottedNames => text::dotted_names(lang),
        Count::CompletedIds => text::completed_ids(lang),
        Count::MissingIds => text::missing_ids(lang),
        Count::FullWidthNames => text::full_width_names(lang),
        Count::LockedIn => text::locked_in(lang),
        Count::LeadDepartments => text::lead_departments(lang),
        Count::PledgeYuan => text::pledge_yuan(lang),
        Count::RosterOfQ => text::roster_of_q(lang),
        Count::FundYuan => text::fund_yuan(lang),
        Count::Towers => text::towers(lang),
        Count::WorkersOfG => text::workers_of_g(lang),
        Count::CountyYuan => text::county_yuan(lang),
    };
    fixed.to_owned()
}

fn code_list(list: &str, lang: Lang) -> &'static str {
    match list {
        "data_class" => text::data_classes(lang),
        "dimension" => text::dimensions(lang),
        "indicator" => text::indicators(lang),
        "five_kind" => text::five_kinds(lang),
        "pool" => text::pools(lang),
        "service_field" => text::service_fields(lang),
        "tier" => text::tiers(lang),
        "matters_8_1" => text::matters(lang),
        _ => text::checklist(lang),
    }
}
