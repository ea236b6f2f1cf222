//! The headings that are known, out of the field tables and the few that no field has.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::SheetKind;
use crate::domain::field::{Field, FieldKind};
use crate::domain::household::Household;
use crate::domain::member::Member;
use crate::domain::region::Level;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    /// The name of the household's head.
    HeadName,
    /// The ID number of the household's head, by which households and persons are joined.
    HeadId,
    /// The name of a region that the household lies in.
    Place(Level),
    /// A field of the household.
    Household(&'static Field),
    /// A field of the person.
    Member(&'static Field),
    /// Known and of no use: serial numbers, ages.
    Ignored,
}

impl Role {
    /// Whether the column holds an ID number.
    pub fn is_id(self) -> bool {
        matches!(self, Role::HeadId) || matches!(self, Role::Member(field) if field.kind == FieldKind::IdNumber)
    }

    /// Tells roles apart; field tables are constants, so the name stands for the field.
    fn key(self) -> (u8, &'static str) {
        match self {
            Role::HeadName => (0, ""),
            Role::HeadId => (1, ""),
            Role::Place(level) => (2, level.code()),
            Role::Household(field) => (3, field.name),
            Role::Member(field) => (4, field.name),
            Role::Ignored => (5, ""),
        }
    }

    /// Whether a sheet of this kind has such a column.
    pub(super) fn fits(self, kind: SheetKind) -> bool {
        match (self, kind) {
            (Role::Ignored | Role::Place(_), _) => true,
            (Role::HeadName | Role::HeadId, kind) => kind != SheetKind::Single,
            (Role::Household(_), kind) => kind != SheetKind::Member,
            (Role::Member(_), kind) => kind != SheetKind::Household,
        }
    }

    /// For headings that household and person share (telephone, remarks): the smaller takes the column.
    pub(super) fn preference(self, kind: SheetKind) -> u8 {
        match (self, kind) {
            (Role::HeadName | Role::HeadId | Role::Place(_), _) => 0,
            (Role::Member(field), SheetKind::Combined) if field.name == "note" => 1,
            (Role::Household(_), _) => 2,
            _ => 3,
        }
    }
}

impl PartialEq for Role {
    fn eq(&self, other: &Role) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Role {}
impl std::hash::Hash for Role {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// A role that a heading can mean, and how well it is known for that: 0 for the field's label, then its aliases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) role: Role,
    pub(super) rank: usize,
}

/// Every role that the heading can mean.
pub(super) fn find(heading: &str) -> &'static [Match] {
    // No heading is longer; title rows are.
    if heading.chars().nth(40).is_some() {
        return &[];
    }
    KNOWN.get(&normalise(heading)).map_or(&[], Vec::as_slice)
}

/// A heading as it is compared: compatibility forms folded, without blanks, brackets and what they hold, stars, colons
/// and strokes. `户月保障金额（元）` and `户月保障金额 (元)*` are the same.
pub fn normalise(heading: &str) -> String {
    let mut plain = String::with_capacity(heading.len());
    let mut depth = 0_u32;
    for c in heading.nfkc().flat_map(char::to_lowercase) {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '*' | ':' | '/' | '、' | '"' | '\'' | '.') => {}
            _ => plain.push(c),
        }
    }
    plain
}

const HEAD_NAMES: &[&str] = &["户主姓名", "户主", "户主名称"];
const HEAD_IDS: &[&str] = &[
    "户主身份证号",
    "户主身份证号码",
    "户主身份证",
    "户主公民身份号码",
    "户主公民身份证号",
    "户主证件号码",
    "户主证件号",
];
const IGNORED: &[&str] = &["序号", "编号", "年龄", "周岁", "档案号", "省", "所属省", "省份"];
const PLACES: &[(Level, &[&str])] = &[
    (Level::City, &["所属市", "地市", "设区市", "市"]),
    (Level::County, &["所属区", "所属县", "所属区县", "所属县区", "区县", "县区", "县市区", "县", "区"]),
    (Level::Town, &["所属街道", "所属街", "所属乡镇", "所属镇", "乡镇", "街道", "乡镇街道", "镇街", "镇乡街道", "镇"]),
    (
        Level::Village,
        &["所属社区", "所属社", "所属村", "所属村社区", "社区", "村", "村社区", "村居", "行政村", "村名", "所属村居"],
    ),
    (Level::Grid, &["所属网格", "网格", "网格名称"]),
];
/// Headings of real exports that the field tables leave out.
const MORE_HOUSEHOLD: &[(&str, &str)] =
    &[("家庭人员分类施保总额", "category_allowance"), ("月保障金", "monthly_amount")];
const MORE_MEMBER: &[(&str, &str)] = &[
    ("身份证", "id_number"),
    ("公民身份证号", "id_number"),
    ("公民身份证号码", "id_number"),
    ("残疾证", "disability_no"),
];

static KNOWN: LazyLock<HashMap<String, Vec<Match>>> = LazyLock::new(|| {
    let mut known: HashMap<String, Vec<Match>> = HashMap::new();
    let mut add = |heading: &str, role: Role, rank: usize| {
        let matches = known.entry(normalise(heading)).or_default();
        match matches.iter_mut().find(|found| found.role == role) {
            Some(found) => found.rank = found.rank.min(rank),
            None => matches.push(Match { role, rank }),
        }
    };
    let lists = [(HEAD_NAMES, Role::HeadName), (HEAD_IDS, Role::HeadId), (IGNORED, Role::Ignored)];
    let lists = lists.into_iter().chain(PLACES.iter().map(|(level, names)| (*names, Role::Place(*level))));
    for (headings, role) in lists {
        for (rank, heading) in headings.iter().enumerate() {
            add(heading, role, rank);
        }
    }
    for field in Household::TABLE.fields.iter().filter(|field| is_imported(field)) {
        let more = MORE_HOUSEHOLD.iter().filter(|(_, name)| *name == field.name).map(|(heading, _)| *heading);
        for (rank, heading) in
            [field.zh, field.en].into_iter().chain(field.aliases.iter().copied()).chain(more).enumerate()
        {
            add(heading, Role::Household(field), rank);
        }
    }
    for field in Member::TABLE.fields.iter().filter(|field| is_imported(field)) {
        let more = MORE_MEMBER.iter().filter(|(_, name)| *name == field.name).map(|(heading, _)| *heading);
        for (rank, heading) in
            [field.zh, field.en].into_iter().chain(field.aliases.iter().copied()).chain(more).enumerate()
        {
            let of_head = HEAD_NAMES.contains(&heading) || HEAD_IDS.contains(&heading);
            if !of_head {
                add(heading, Role::Member(field), rank);
            }
        }
    }
    known
});

/// Fields that a roster can state. Archive numbers are given by the program, regions come as names.
fn is_imported(field: &Field) -> bool {
    use FieldKind as K;
    field.is_entered()
        && !matches!(field.kind, K::Reference | K::References | K::Codes(_) | K::Moment)
        && !matches!(field.name, "archive_no" | "region")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_by_what_they_say() {
        for (heading, expected) in [
            ("户月保障金额（元）", "户月保障金额"),
            (" 户月保障 金额(元) *", "户月保障金额"),
            ("家庭人口(数)", "家庭人口"),
            ("家庭/人员分类施保总额（元）", "家庭人员分类施保总额"),
            ("＊姓名：", "姓名"),
            ("ＩＤ number", "idnumber"),
            ("（元）", ""),
        ] {
            assert_eq!(normalise(heading), expected, "{heading}");
        }
    }

    #[test]
    fn every_heading_of_the_national_system_is_known() {
        let household = "户主姓名 户主身份证号 家庭人口(数) 保障人口(数) 家庭年总收入（元） 户月保障金额（元） \
            家庭/人员分类施保总额（元） 合计（元） 联系电话 家庭住址 所属省 所属市 所属区 所属街 所属社 低保（特困）证号 最初享受月(份) \
            申请原因 救助金计算方式 分档类型 开户银行 银行账户名称 银行帐号 一卡通账号 拥有产权住房套数 住房总面积（平方米） \
            金融资产总额（元） 家庭成员姓名 家庭成员身份证号 供养方式 户籍类型";
        let member = "姓名 身份证号 户主身份证号 与户主关系 性别 出生日期 年龄 民族 婚姻状况 文化程度 政治面貌 就业状况 年收入（元） \
            是否残疾(人) 残疾证号 残疾类别 残疾等级 患病病种 劳动能力 生活自理能力 照料人 供养机构 健康状况 参保类型 在读学校 在职单位 备注";
        for heading in household.split_whitespace().chain(member.split_whitespace()) {
            assert!(!find(heading).is_empty(), "{heading}");
        }
    }
}
