//! Regions (区划): the dated tree city, county, town, village, grid.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::codes::Code;
use super::field::{Field, FieldKind as K, Merge};
use super::id::RegionId;
use super::value::{FieldValue, Value, WrongKind};

record! {
    /// A region in force between two dates. Codes are republished every year, so a code that ends names its successor
    /// (rules for statistical region codes: GB/T 2260 and GB/T 10114).
    Region, RegionId, "区划", "region";
    code: RegionCode = Field::new(K::Text).required().merge(Merge::Fixed).max_chars(15), "区划代码", "Region code";
    name: String = Field::new(K::Text).required(), "名称", "Name";
    level: Level = Field::new(K::Code("region_level")).required(), "层级", "Level";
    parent: Option<RegionCode> = Field::new(K::Text).max_chars(15), "上级区划", "Parent region";
    urban_kind: Code = Field::new(K::Text).max_chars(3), "城乡分类", "Urban or rural class";
    valid_from: Option<NaiveDate> = Field::new(K::Date), "启用日期", "Valid from";
    valid_to: Option<NaiveDate> = Field::new(K::Date), "停用日期", "Valid to";
    successor: Option<RegionCode> = Field::new(K::Text).max_chars(15), "变更后代码", "Successor";
    provisional: bool = Field::new(K::Internal), "暂编", "Provisional";
}

code_enum! {
    /// How high in the tree.
    Level in "region_level" {
        /// 市
        City = "city",
        /// 县（市、区）
        County = "county",
        /// 乡镇（街道）
        Town = "town",
        /// 村（社区）
        Village = "village",
        /// 网格
        Grid = "grid",
    }
}

/// A 12-digit statistical region code (2+2+2+3+3 digits), or 15 digits for a grid below the village.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionCode(String);

impl RegionCode {
    /// Accepts 12 or 15 ASCII digits.
    pub fn parse(text: &str) -> Option<RegionCode> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        (digits && matches!(text.len(), 12 | 15)).then(|| RegionCode(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that this code shares with everything below it: trailing groups of zeros are left off.
    pub fn prefix(&self) -> &str {
        let text = &self.0;
        for (end, rest) in [(2, 2..), (4, 4..), (6, 6..), (9, 9..), (12, 12..)] {
            if text.len() >= end && text[rest].bytes().all(|b| b == b'0') {
                return &text[..end];
            }
        }
        text
    }

    /// Whether the other region is this one or lies in it.
    pub fn contains(&self, other: &RegionCode) -> bool {
        !self.0.is_empty() && other.0.starts_with(self.prefix())
    }

    /// The town that this village or grid lies in.
    pub fn town(&self) -> RegionCode {
        self.cut(9)
    }

    /// The village that this grid lies in.
    pub fn village(&self) -> RegionCode {
        self.cut(12)
    }

    /// The county that this region lies in.
    pub fn county(&self) -> RegionCode {
        self.cut(6)
    }

    /// The level that the digits stand for; `None` for a province or a grid without a number.
    pub fn level(&self) -> Option<Level> {
        match self.prefix().len() {
            15 => Some(Level::Grid),
            12 => (self.0.len() == 12).then_some(Level::Village),
            9 => Some(Level::Town),
            6 => Some(Level::County),
            4 => Some(Level::City),
            _ => None,
        }
    }

    /// The region one level up by the digits; `None` above a city.
    pub fn above(&self) -> Option<RegionCode> {
        match self.level()? {
            Level::Grid => Some(self.village()),
            Level::Village => Some(self.town()),
            Level::Town => Some(self.county()),
            Level::County => Some(self.cut(4)),
            Level::City => None,
        }
    }

    fn cut(&self, keep: usize) -> RegionCode {
        // Only ASCII digits pass `parse`, so any index up to the length is a character boundary.
        let kept = &self.0[..keep.min(self.0.len())];
        RegionCode(format!("{kept:0<12}"))
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Region {
    /// Whether it is in force on that day and has its official code.
    pub fn is_official_on(&self, day: NaiveDate) -> bool {
        !self.provisional
            && !self.meta.deleted
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day < to)
    }
}

/// The name of the town that devices working alone make up for villages whose town no roster names.
pub const UNNAMED_TOWN: &str = "（未分乡镇）";

/// How well a name that somebody wrote fits a region's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Another form of the name: without its ending, or with its committee (后垟, 后垟村委会 for 后垟村).
    Form,
    /// Written the same.
    Same,
}

/// Whether a name means that region. Statistical names end in the committee (后垟村村民委员会), rosters in 村 or in
/// nothing; two different endings (后垟村, 后垟社区) are two places.
pub fn likeness(level: Level, official: &str, written: &str) -> Option<Likeness> {
    let (official, written) = (official.trim(), written.trim());
    if written.is_empty() {
        return None;
    }
    if official == written {
        return Some(Likeness::Same);
    }
    let ((stem, kind), (other, other_kind)) = (stem(level, official), stem(level, written));
    let kinds_agree = kind == other_kind || kind.is_empty() || other_kind.is_empty();
    (stem == other && kinds_agree && (level == Level::Grid || stem.chars().count() > 1)).then_some(Likeness::Form)
}

/// A name without its ending, and what the ending says it is.
fn stem(level: Level, name: &str) -> (&str, &'static str) {
    let endings: &[(&str, &str)] = match level {
        Level::Village => &[
            ("村村民委员会", "村"),
            ("村民委员会", "村"),
            ("社区居民委员会", "社区"),
            ("居民委员会", "社区"),
            ("社区居委会", "社区"),
            ("村委会", "村"),
            ("居委会", "社区"),
            ("行政村", "村"),
            ("社区", "社区"),
            ("村", "村"),
        ],
        Level::Town => &[
            ("街道办事处", "街道"),
            ("街道办", "街道"),
            ("人民政府", ""),
            ("街道", "街道"),
            ("镇", "镇"),
            ("乡", "乡"),
        ],
        Level::County => &[("区", "区"), ("县", "县"), ("市", "市")],
        Level::City => &[("市", "")],
        Level::Grid => &[("网格", "")],
    };
    let found = endings.iter().find_map(|(ending, kind)| Some((name.strip_suffix(ending)?, *kind)));
    found.filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""))
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FieldValue for RegionCode {
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    fn from_value(value: Value) -> Result<Self, WrongKind> {
        match value {
            Value::Null => Ok(RegionCode::default()),
            Value::Text(text) => RegionCode::parse(&text).ok_or(WrongKind { expected: "a region code" }),
            _ => Err(WrongKind { expected: "a region code" }),
        }
    }
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_contains_what_lies_below_it() {
        for (outer, inner, expected) in [
            ("990101000000", "990101102201", true),
            ("990101102000", "990101102201", true),
            ("990101102201", "990101102201001", true),
            ("990101102201", "990101102202", false),
            ("990101102000", "990101103201", false),
            ("990000000000", "990101102201", true),
        ] {
            let outer = RegionCode::parse(outer).unwrap();
            let inner = RegionCode::parse(inner).unwrap();
            assert_eq!(outer.contains(&inner), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn a_code_tells_its_level_and_what_lies_above() {
        for (code, level, above) in [
            ("990101102201001", Some(Level::Grid), "990101102201"),
            ("990101102201000", None, ""),
            ("990101102201", Some(Level::Village), "990101102000"),
            ("990101102000", Some(Level::Town), "990101000000"),
            ("990101000000", Some(Level::County), "990100000000"),
            ("990100000000", Some(Level::City), ""),
            ("990000000000", None, ""),
        ] {
            let code = RegionCode::parse(code).unwrap();
            assert_eq!(code.level(), level, "{code}");
            assert_eq!(code.above().unwrap_or_default().as_str(), above, "{code}");
        }
    }

    #[test]
    fn names_are_met_in_the_forms_that_rosters_use() {
        use Likeness::{Form, Same};
        let check = |level, official: &str, written: &str, expected| {
            assert_eq!(likeness(level, official, written), expected, "{official} {written}");
        };
        check(Level::Village, "后垟村", "后垟村", Some(Same));
        check(Level::Village, "后垟村", " 后垟村 ", Some(Same));
        check(Level::Village, "后垟村村民委员会", "后垟村", Some(Form));
        check(Level::Village, "后垟村委会", "后垟村", Some(Form));
        check(Level::Village, "后垟村", "后垟", Some(Form));
        check(Level::Village, "上岙社区居民委员会", "上岙社区", Some(Form));
        check(Level::Village, "后垟村", "后垟社区", None);
        check(Level::Village, "后垟村", "前垟村", None);
        check(Level::Village, "后垟村", "", None);
        check(Level::Village, "村", "", None);
        check(Level::Town, "南山街道办事处", "南山街道", Some(Form));
        check(Level::Town, "南山镇", "南山街道", None);
        check(Level::Town, "南山镇", "南山", Some(Form));
        check(Level::County, "黄岩区", "黄岩", Some(Form));
    }

    #[test]
    fn the_town_of_a_grid() {
        let grid = RegionCode::parse("990101102201001").unwrap();
        assert_eq!(grid.town().as_str(), "990101102000");
        assert_eq!(grid.village().as_str(), "990101102201");
        assert_eq!(grid.county().as_str(), "990101000000");
    }
}
