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
    fn the_town_of_a_grid() {
        let grid = RegionCode::parse("990101102201001").unwrap();
        assert_eq!(grid.town().as_str(), "990101102000");
        assert_eq!(grid.village().as_str(), "990101102201");
        assert_eq!(grid.county().as_str(), "990101000000");
    }
}
