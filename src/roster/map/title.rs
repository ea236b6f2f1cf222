//! What title, notes, sheet name and file name say about all rows of a sheet.

use crate::domain::codes::Code;
use crate::roster::read::{Cell, Row};

/// What holds for every row that does not say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    /// The category of assistance, a code of `assist_category`.
    pub category: Option<Code>,
    /// Urban or rural, a code of `urban_rural`.
    pub urban_rural: Option<Code>,
    /// The town's name.
    pub town: Option<String>,
    /// The county's name.
    pub county: Option<String>,
}

/// Words of titles and the category they stand for; the first that occurs decides, so 低保边缘 stands before 低保.
const CATEGORIES: &[(&str, &str)] = &[
    ("低保边缘", "dibian"),
    ("最低生活保障边缘", "dibian"),
    ("低边", "dibian"),
    ("刚性支出", "gangxing"),
    ("支出型", "gangxing"),
    ("返贫监测", "fangfanpin"),
    ("防返贫", "fangfanpin"),
    ("防止返贫", "fangfanpin"),
    ("特困", "tekun"),
    ("五保", "tekun"),
    ("低保", "dibao"),
    ("最低生活保障", "dibao"),
];

impl Title {
    /// Reads the rows above the header, then the sheet's name for what these leave open.
    pub(super) fn read<'s>(rows: impl Iterator<Item = Row<'s>>, sheet_name: &str) -> Title {
        let mut title = Title::default();
        for row in rows {
            for cell in row.cells() {
                if let Cell::Text(text) = cell {
                    title.fill(text);
                }
            }
        }
        title.fill(sheet_name);
        title
    }

    /// Takes over what this text says and nothing said before.
    pub fn fill(&mut self, text: &str) {
        let text: String = text.chars().take(200).collect();
        let say = |words: &[(&str, &str)]| {
            words.iter().find(|(word, _)| text.contains(word)).map(|(_, code)| Code::new(code))
        };
        if self.category.is_none() {
            self.category = say(CATEGORIES);
        }
        if self.urban_rural.is_none() {
            self.urban_rural = say(&[("农村", "rural"), ("城市", "urban"), ("城镇", "urban")]);
        }
        let (county, town) = places(&text);
        if self.town.is_none() {
            self.town = town;
            self.county = self.county.take().or(county);
        }
    }
}

/// County and town by the words that end their names: `温岭市大溪镇低保家庭花名册` → 温岭市, 大溪镇.
fn places(text: &str) -> (Option<String>, Option<String>) {
    let ends = [("街道", 2), ("镇", 1), ("乡", 1)];
    let found = ends
        .iter()
        .flat_map(|(word, length)| text.match_indices(word).map(move |(at, _)| (at, length * '镇'.len_utf8())))
        // 城镇, 各乡镇, 乡村 and the like name no town.
        .filter(|(at, length)| {
            !text[..*at].ends_with(['城', '乡', '村', '全', '各'])
                && !text[at + length..].starts_with(['镇', '乡', '街', '村'])
        })
        .min();
    let Some((at, length)) = found else { return (None, None) };
    let before = &text[..at];
    let start = before
        .char_indices()
        .rev()
        .find(|(_, c)| !('\u{4E00}'..='\u{9FFF}').contains(c) || matches!(c, '年' | '月' | '县' | '区' | '市'))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let name = &text[start..at + length];
    if name.chars().count() < 2 || name.chars().count() > 12 || name == "街道" {
        return (None, None);
    }
    let county = before[..start].rsplit(|c: char| !('\u{4E00}'..='\u{9FFF}').contains(&c)).next().unwrap_or_default();
    let county = county.ends_with(['县', '区', '市']) && (2..=12).contains(&county.chars().count());
    let county = county.then(|| before[..start].rsplit(|c: char| !('\u{4E00}'..='\u{9FFF}').contains(&c)).next());
    (county.flatten().map(str::to_owned), Some(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_file_names_tell_category_and_town() {
        for (text, category, urban_rural, county, town) in [
            ("东岙镇低保家庭花名册", Some("dibao"), None, None, Some("东岙镇")),
            ("低保边缘家庭_西垟镇.csv", Some("dibian"), None, None, Some("西垟镇")),
            ("东岙镇特困供养人员名单", Some("tekun"), None, None, Some("东岙镇")),
            ("农村低保家庭查询_20260101.xlsx", Some("dibao"), Some("rural"), None, None),
            ("城镇低保人员", Some("dibao"), Some("urban"), None, None),
            ("温岭市大溪镇刚性支出困难家庭", Some("gangxing"), None, Some("温岭市"), Some("大溪镇")),
            ("2026年10月南山街道防止返贫监测对象", Some("fangfanpin"), None, None, Some("南山街道")),
            ("各乡镇汇总", None, None, None, None),
            ("填表单位：（略）", None, None, None, None),
            ("Sheet1", None, None, None, None),
        ] {
            let mut title = Title::default();
            title.fill(text);
            let code = |code: Option<&str>| code.map(Code::new);
            assert_eq!((&title.category, &title.urban_rural), (&code(category), &code(urban_rural)), "{text}");
            assert_eq!((title.county.as_deref(), title.town.as_deref()), (county, town), "{text}");
        }
    }

    #[test]
    fn what_was_said_first_holds() {
        let mut title = Title::default();
        title.fill("低保边缘家庭");
        title.fill("低保家庭查询_东岙镇");
        assert_eq!((title.category, title.town.as_deref()), (Some(Code::new("dibian")), Some("东岙镇")));
    }
}
