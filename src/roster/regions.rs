//! Lists of regions: code, name, level, region above, valid from, out of a spreadsheet with a header. The bureau brings
//! them in on the server; devices get them from there.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::cell;
use super::fault::Fault;
use super::map::normalise;
use super::read::{Cell, Row, Workbook};
use crate::domain::codes;
use crate::domain::mask;
use crate::domain::region::{Level, Region, RegionCode};
use crate::i18n::{Explain, Lang, region as words, roster};

/// A row that cannot be taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionProblem {
    /// The row's number as the spreadsheet program shows it.
    pub row: u32,
    /// The column's usual heading.
    pub column: &'static str,
    /// What the cell says; long numbers are hidden, for anything may have been put into the wrong file.
    pub value_masked: String,
    /// What is wrong.
    pub fault: RegionFault,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegionFault {
    /// Not 12 digits, nor 15 for a grid, or those of a province. `region.code_invalid`
    #[error("not the code of a region")]
    Code,
    /// The level that is stated is not the one that the digits stand for. `region.level_differs`
    #[error("the level differs from the code's")]
    Level {
        /// The code's own.
        by_code: Level,
    },
    /// The region above that is stated does not contain the code. `region.parent_differs`
    #[error("the region above does not contain it")]
    Parent,
    /// The region above is neither in the file nor on the server. `region.parent_unknown`
    #[error("the region above is not known: {parent}")]
    NoParent {
        /// Its code.
        parent: RegionCode,
    },
    /// The code stood in an earlier row. `region.duplicate`
    #[error("the same code as row {row}")]
    Duplicate {
        /// The earlier row.
        row: u32,
    },
    /// Another region of the same level below the same one has that name. `region.name_taken`
    #[error("the name is taken")]
    NameTaken,
    /// A cell that cannot be read.
    #[error(transparent)]
    Cell(#[from] Fault),
}

/// The columns by their headings, the usual one first.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("区划代码", &["区划代码", "代码", "行政区划代码", "统计用区划代码", "统计区划代码", "code", "regioncode"]),
    ("名称", &["名称", "区划名称", "name"]),
    ("层级", &["层级", "级别", "级次", "level"]),
    ("上级区划", &["上级区划", "上级区划代码", "上级代码", "上级", "parent", "parentregion"]),
    ("启用日期", &["启用日期", "生效日期", "启用时间", "validfrom"]),
    ("停用日期", &["停用日期", "失效日期", "停用时间", "validto"]),
];
const CODE: usize = 0;
const NAME: usize = 1;
const LEVEL: usize = 2;
const PARENT: usize = 3;
const FROM: usize = 4;
const TO: usize = 5;

/// Rows that are searched for a header.
const HEADER_ROWS: usize = 20;
/// Problems that are told.
const MAX_PROBLEMS: usize = 1_000;

/// A file's regions, those above first.
#[derive(Debug, Default)]
pub struct RegionList {
    /// The regions; their ids are blank.
    pub regions: Vec<Region>,
    /// What is wrong; nothing is to be taken in then.
    pub problems: Vec<RegionProblem>,
    /// Whether any sheet has the columns 区划代码 and 名称.
    pub has_header: bool,
}

/// Reads the regions of a workbook. `held` are those that the server has already.
pub fn read(book: &Workbook, held: &[Region]) -> RegionList {
    let mut list = RegionList::default();
    let mut rows: BTreeMap<RegionCode, (u32, Region)> = BTreeMap::new();
    for sheet in book.sheets.iter().filter(|sheet| !sheet.hidden) {
        let Some((header, columns)) = sheet.rows().take(HEADER_ROWS).enumerate().find_map(|(index, row)| {
            let columns = header(&row);
            (columns[CODE].is_some() && columns[NAME].is_some()).then_some((index, columns))
        }) else {
            continue;
        };
        list.has_header = true;
        for row in sheet.rows().skip(header + 1) {
            let cell = |at: usize| columns[at].map_or(Cell::Empty, |column| row.cell(column));
            if cell(CODE) == Cell::Empty && cell(NAME) == Cell::Empty {
                continue;
            }
            match region(&cell) {
                Ok(region) => match rows.get(&region.code) {
                    Some((earlier, _)) => {
                        let fault = RegionFault::Duplicate { row: *earlier };
                        list.problem(row.number, CODE, cell(CODE), fault);
                    }
                    None => drop(rows.insert(region.code.clone(), (row.number, region))),
                },
                Err((column, fault)) => list.problem(row.number, column, cell(column), fault),
            }
        }
    }
    list.judge_tree(&rows, held);
    // By level: the shorter prefix comes first, so those above come before those below.
    list.regions = rows.into_values().map(|(_, region)| region).collect();
    list.regions.sort_by(|a, b| (a.code.prefix().len(), &a.code).cmp(&(b.code.prefix().len(), &b.code)));
    list.problems.sort_by_key(|problem| problem.row);
    list
}

impl RegionList {
    fn problem(&mut self, row: u32, column: usize, cell: Cell<'_>, fault: RegionFault) {
        if self.problems.len() < MAX_PROBLEMS {
            let value = cell::stated(cell).ok().flatten().unwrap_or_default();
            let value: String = value.chars().filter(|c| !c.is_control()).take(60).collect();
            // A code is no secret; 18 digits in its place would be.
            let value_masked =
                if value.chars().filter(char::is_ascii_digit).count() > 15 { mask::id_text(&value) } else { value };
            self.problems.push(RegionProblem { row, column: COLUMNS[column].0, value_masked, fault });
        }
    }

    /// What only the whole list shows: regions above that nobody knows, names that two regions share.
    fn judge_tree(&mut self, rows: &BTreeMap<RegionCode, (u32, Region)>, held: &[Region]) {
        let official = || held.iter().filter(|region| !region.provisional && !region.meta.deleted);
        let there: HashSet<&RegionCode> = official().map(|region| &region.code).collect();
        let known = |code: &RegionCode| rows.contains_key(code) || there.contains(code);
        let mut names: BTreeMap<(Option<&RegionCode>, Level, &str), &RegionCode> = BTreeMap::new();
        let in_force = |region: &&Region| region.valid_to.is_none();
        let from_rows = rows.values().map(|(_, region)| region);
        let from_held = official().filter(|region| !rows.contains_key(&region.code));
        for region in from_held.filter(in_force) {
            names.insert((region.parent.as_ref(), region.level, &region.name), &region.code);
        }
        let mut found = Vec::new();
        for region in from_rows {
            let row = rows[&region.code].0;
            if let Some(parent) = &region.parent
                // A county's list begins with the county.
                && !matches!(region.level, Level::City | Level::County)
                && !known(parent)
            {
                found.push((row, PARENT, parent.as_str(), RegionFault::NoParent { parent: parent.clone() }));
            }
            if in_force(&region)
                && names.insert((region.parent.as_ref(), region.level, &region.name), &region.code).is_some()
            {
                found.push((row, NAME, region.name.as_str(), RegionFault::NameTaken));
            }
        }
        for (row, column, value, fault) in found {
            self.problem(row, column, Cell::Text(value), fault);
        }
    }
}

fn header(row: &Row<'_>) -> [Option<usize>; COLUMNS.len()] {
    let mut columns = [None; COLUMNS.len()];
    for index in 0..row.len() {
        let Cell::Text(text) = row.cell(index) else { continue };
        let heading = normalise(text);
        if let Some(at) = COLUMNS.iter().position(|(_, names)| names.contains(&heading.as_str())) {
            columns[at].get_or_insert(index);
        }
    }
    columns
}

/// A row's region, or the column at fault.
fn region<'c>(cell: &dyn Fn(usize) -> Cell<'c>) -> Result<Region, (usize, RegionFault)> {
    let line = |at: usize, max: usize| cell::line(cell(at), max).map_err(|fault| (at, fault.into()));
    let required = |at: usize| Fault::Required { heading: COLUMNS[at].0.to_owned() };
    let code = line(CODE, 40)?.ok_or((CODE, required(CODE).into()))?;
    let code = code_of(&code).ok_or((CODE, RegionFault::Code))?;
    let level = code.level().ok_or((CODE, RegionFault::Code))?;
    let name = line(NAME, 60)?.ok_or((NAME, required(NAME).into()))?;
    if let Some(stated) = line(LEVEL, 20)?
        && level_named(&stated) != Some(level)
    {
        return Err((LEVEL, RegionFault::Level { by_code: level }));
    }
    let parent = match line(PARENT, 40)? {
        Some(stated) => {
            let parent = code_of(&stated).ok_or((PARENT, RegionFault::Code))?;
            if parent == code || !parent.contains(&code) {
                return Err((PARENT, RegionFault::Parent));
            }
            Some(parent)
        }
        None => code.above(),
    };
    let date = |at: usize| match cell::date(cell(at)) {
        Ok(date) => Ok(date.map(|date| date.first_day())),
        Err(fault) => Err((at, RegionFault::from(fault))),
    };
    let (valid_from, valid_to): (Option<NaiveDate>, Option<NaiveDate>) = (date(FROM)?, date(TO)?);
    Ok(Region { code, name, level, parent, valid_from, valid_to, ..Region::default() })
}

/// A code as lists write it: 12 or 15 digits, or 2 to 9 of a region whose zeros were left off.
fn code_of(text: &str) -> Option<RegionCode> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match digits.len() {
        4 | 6 | 9 if digits.bytes().all(|b| b.is_ascii_digit()) => RegionCode::parse(&format!("{digits:0<12}")),
        _ => RegionCode::parse(&digits),
    }
}

fn level_named(text: &str) -> Option<Level> {
    let by_list = codes::list("region_level").and_then(|list| list.get(text).or_else(|| list.by_label(text)));
    let named = by_list.and_then(|entry| Level::ALL.iter().find(|level| level.code() == entry.code).copied());
    named.or(match text.trim_end_matches('级') {
        "市" | "地市" | "设区市" => Some(Level::City),
        "县" | "区" | "县区" | "区县" | "县市区" => Some(Level::County),
        "乡" | "镇" | "乡镇" | "街道" | "乡镇街道" | "镇街" => Some(Level::Town),
        "村" | "社区" | "村社区" | "村居" => Some(Level::Village),
        "网格" => Some(Level::Grid),
        _ => None,
    })
}

impl Explain for RegionFault {
    fn code(&self) -> &str {
        match self {
            RegionFault::Code => "region.code_invalid",
            RegionFault::Level { .. } => "region.level_differs",
            RegionFault::Parent => "region.parent_differs",
            RegionFault::NoParent { .. } => "region.parent_unknown",
            RegionFault::Duplicate { .. } => "region.duplicate",
            RegionFault::NameTaken => "region.name_taken",
            RegionFault::Cell(fault) => fault.code(),
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            RegionFault::Code => words::region_code(lang).into(),
            RegionFault::Level { by_code } => words::region_level(lang, &by_code.label(lang)),
            RegionFault::Parent => words::region_parent(lang).into(),
            RegionFault::NoParent { parent } => words::region_no_parent(lang, parent.as_str()),
            RegionFault::Duplicate { row } => words::region_duplicate(lang, *row),
            RegionFault::NameTaken => words::region_name_taken(lang).into(),
            RegionFault::Cell(fault) => fault.message(lang),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            RegionFault::Code => words::region_code_remedy(lang).into(),
            RegionFault::Level { .. } => words::region_level_remedy(lang).into(),
            RegionFault::Parent => words::region_parent_remedy(lang).into(),
            RegionFault::NoParent { .. } => words::region_no_parent_remedy(lang).into(),
            RegionFault::Duplicate { .. } => roster::remedy_duplicate_other(lang).into(),
            RegionFault::NameTaken => words::region_name_taken_remedy(lang).into(),
            RegionFault::Cell(fault) => fault.remedy(lang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::read::{Limits, bytes_of, unwatched};

    fn list(text: &str, held: &[Region]) -> RegionList {
        let book = bytes_of("区划.csv".into(), text.as_bytes(), &Limits::STANDARD, &mut unwatched).unwrap();
        read(&book, held)
    }

    #[test]
    fn a_list_is_read_from_the_top_down() {
        let found = list(
            "东海县区划表,,,,\n区划代码,名称,层级,上级区划,启用日期\n990101100201,后垟村,村,990101100000,2024-01-01\n\
             990101100,东岙镇,乡镇,,\n990101,东海县,,,\n990101100201001,第一网格,网格,,\n",
            &[],
        );
        assert_eq!(found.problems, []);
        let codes: Vec<(&str, &str)> =
            found.regions.iter().map(|region| (region.code.as_str(), region.name.as_str())).collect();
        assert_eq!(
            codes,
            [
                ("990101000000", "东海县"),
                ("990101100000", "东岙镇"),
                ("990101100201", "后垟村"),
                ("990101100201001", "第一网格")
            ]
        );
        let village = &found.regions[2];
        assert_eq!(
            (village.level, village.parent.as_ref().map(RegionCode::as_str)),
            (Level::Village, Some("990101100000"))
        );
        assert_eq!(village.valid_from, NaiveDate::from_ymd_opt(2024, 1, 1));
    }

    #[test]
    fn what_is_wrong_is_told_row_by_row() {
        let check = |row: &str, expected: &[(&str, &str)]| {
            let text = format!(
                "区划代码,名称,层级,上级区划,启用日期\n990101000000,东海县,,,\n990101100000,东岙镇,,,\n990101100201,后垟村,,,\n{row}\n"
            );
            let found = list(&text, &[]);
            let told: Vec<(&str, &str)> = found.problems.iter().map(|p| (p.column, p.fault.code())).collect();
            assert_eq!(told, expected, "{row}");
            for problem in &found.problems {
                for lang in [Lang::Zh, Lang::En] {
                    assert!(!problem.fault.message(lang).is_empty() && !problem.fault.remedy(lang).is_empty());
                }
            }
        };
        check("990101100202,前垟村,村,,", &[]);
        check("12345,前垟村,,,", &[("区划代码", "region.code_invalid")]);
        check("990000000000,某省,,,", &[("区划代码", "region.code_invalid")]);
        check("990101100201000,网格,,,", &[("区划代码", "region.code_invalid")]);
        check("990101100202,,,,", &[("名称", "required")]);
        check("990101100202,前垟村,镇,,", &[("层级", "region.level_differs")]);
        check("990101100202,前垟村,,990102000000,", &[("上级区划", "region.parent_differs")]);
        check("990101200201,远村,,,", &[("上级区划", "region.parent_unknown")]);
        check("990101100201,前垟村,,,", &[("区划代码", "region.duplicate")]);
        check("990101100202,后垟村,,,", &[("名称", "region.name_taken")]);
        check("990101100202,前垟村,,,某日", &[("启用日期", "date.invalid")]);
        assert!(!list("姓名,身份证号\n张三,99\n", &[]).has_header);
    }
}
