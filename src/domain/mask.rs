//! Masking: what may be shown of a person to those who need not know who it is.
//!
//! The forms are common practice in civil-affairs publications; GB/T 37964-2019 is the guide. Masked is
//! de-identified, not anonymous (PIPL art. 73).

use chrono::{Datelike, NaiveDate};

use super::disease;
use super::surname::surname;
use crate::i18n::Lang;

/// A name with the middle hidden: 张淑芬 → 张*芬, 张芬 → 张*, 欧阳锋 → 欧阳*, 买买提·吐尔逊 → 买**·**逊.
/// Of a single character nothing is shown.
pub fn name(name: &str) -> String {
    let name = name.trim();
    let is_letter = |c: &char| !matches!(c, '·' | ' ');
    let count = name.chars().filter(is_letter).count();
    let shown_first = match count {
        1 => 0,
        _ if name.contains('·') => 1,
        _ => surname(name).chars().count(),
    };
    // The last character is shown only when that leaves at least one hidden.
    let shown_last = usize::from(count > shown_first + 1);
    let mut place = 0;
    let hide = |c: char| {
        if !is_letter(&c) {
            return c;
        }
        place += 1;
        if place <= shown_first || place + shown_last > count { c } else { '*' }
    };
    name.chars().map(hide).collect()
}

/// A telephone number: 13812341234 → 138****1234, 0577-88881234 → 0577-****1234. Of seven or fewer digits, and of
/// anything else, only the last two characters are shown at most.
pub fn phone(phone: &str) -> String {
    let phone = phone.trim();
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let tail = |count: usize| digits[digits.len() - count..].iter().collect::<String>();
    match (digits.len(), digits.first()) {
        (11, Some('1')) => format!("{}****{}", digits[..3].iter().collect::<String>(), tail(4)),
        (10..=12, Some('0')) => {
            // Beijing, the big cities and the mobile-like 02x have three digits, all others four.
            let area = if matches!(digits[1], '1' | '2') { 3 } else { 4 };
            format!("{}-****{}", digits[..area].iter().collect::<String>(), tail(4))
        }
        (8.., _) => format!("****{}", tail(4)),
        (5..=7, _) => format!("****{}", tail(2)),
        _ => "*".repeat(phone.chars().count()),
    }
}

/// An identity number that may be damaged, for error lists: four characters, stars, four characters; of eleven
/// characters or fewer nothing is shown but their count.
pub fn id_text(text: &str) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    let hidden = if characters.len() > 11 { 4..characters.len() - 4 } else { 0..characters.len() };
    let hide = |(index, c): (usize, &char)| if hidden.contains(&index) { '*' } else { *c };
    characters.iter().enumerate().map(hide).collect()
}

/// A bank account: its last four digits.
pub fn bank(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(char::is_ascii_alphanumeric).collect();
    match digits.len() {
        0 => String::new(),
        1..=8 => "****".into(),
        count => format!("****{}", digits[count - 4..].iter().collect::<String>()),
    }
}

/// An address up to its village or community; without one, up to its town; without that either, `***`.
/// 西垟镇枫树坪村129号 → 西垟镇枫树坪村; 中关村街道科学院南路2号 → 中关村街道.
pub fn address(address: &str) -> String {
    let address = address.trim();
    let after_town = end_of_unit(address, &TOWN_ENDS, 0).unwrap_or(0);
    match end_of_unit(address, &VILLAGE_ENDS, after_town) {
        Some(end) => address[..end].to_owned(),
        None if after_town > 0 => address[..after_town].to_owned(),
        None if address.is_empty() => String::new(),
        None => "***".into(),
    }
}

/// A field that names diseases, as their classes: 尿毒症 → 肾脏泌尿疾病.
pub fn disease(text: &str, lang: Lang) -> String {
    disease::classes(text, lang)
}

/// Age in full years on `date`; zero before birth. Who is born on 29 February turns a year older on 1 March of other years.
pub fn age(birth: NaiveDate, date: NaiveDate) -> u32 {
    let before_birthday = (date.month(), date.day()) < (birth.month(), birth.day());
    u32::try_from(date.year() - birth.year() - i32::from(before_birthday)).unwrap_or(0)
}

/// The day on which somebody becomes `age` years old, as [`age`] counts.
pub fn birthday(birth: NaiveDate, age: u32) -> Option<NaiveDate> {
    let year = birth.year().checked_add_unsigned(age)?;
    birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)) // born on 29 February
}

/// An age as a span of years: 0–5, 6–15, 16–19, 20–59, 60–79, 80+.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgeBand {
    /// Below school age.
    To5,
    /// Compulsory education.
    To15,
    /// The age of the 1619 programme.
    To19,
    /// Adults.
    To59,
    /// Elders.
    To79,
    /// Of high age.
    From80,
}

impl AgeBand {
    /// The band of an age in years.
    pub fn of(age: u32) -> AgeBand {
        match age {
            0..=5 => AgeBand::To5,
            6..=15 => AgeBand::To15,
            16..=19 => AgeBand::To19,
            20..=59 => AgeBand::To59,
            60..=79 => AgeBand::To79,
            80.. => AgeBand::From80,
        }
    }

    /// As written in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            AgeBand::To5 => "0–5",
            AgeBand::To15 => "6–15",
            AgeBand::To19 => "16–19",
            AgeBand::To59 => "20–59",
            AgeBand::To79 => "60–79",
            AgeBand::From80 => "80+",
        }
    }
}

const TOWN_ENDS: [&str; 6] = ["街道办事处", "街道", "地区", "镇", "乡", "苏木"];
const VILLAGE_ENDS: [&str; 5] = ["社区", "居委会", "村", "嘎查", "居委"];
/// What follows shows that the unit's character is part of another name: a road, a larger unit, a station.
const PART_OF_ANOTHER_NAME: [&str; 19] = [
    "镇", "乡", "街道", "村", "街", "路", "道", "大道", "巷", "弄", "里", "桥", "站", "大厦", "大学", "医院", "小学",
    "中学", "广场",
];

/// The end of the first unit at or after `from` whose ending is one of `ends` and no part of another name.
fn end_of_unit(address: &str, ends: &[&str], from: usize) -> Option<usize> {
    address[from..].char_indices().skip(1).map(|(index, _)| from + index).find_map(|start| {
        let end = ends.iter().find(|end| address[start..].starts_with(*end)).map(|end| start + end.len())?;
        let rest = &address[end..];
        (!PART_OF_ANOTHER_NAME.iter().any(|part| rest.starts_with(part))).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, expected) in [
            ("张小花", "张*花"),
            ("张花", "张*"),
            ("张", "*"),
            ("", ""),
            ("欧阳锋", "欧阳*"),
            ("欧阳小花", "欧阳*花"),
            ("欧阳", "欧*"),
            ("张李小花", "张**花"),
            ("买买提·吐尔逊", "买**·**逊"),
            ("阿依·古丽", "阿*·*丽"),
            (" 张小花 ", "张*花"),
            ("John Smith", "J*** ****h"),
            ("阿·丽", "阿·*"),
            ("张 花", "张 *"),
            ("𠮷小花", "𠮷*花"),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }

    #[test]
    fn phones() {
        for (text, expected) in [
            ("13812341234", "138****1234"),
            ("138 1234 1234", "138****1234"),
            ("+8613812341234", "****1234"),
            ("0577-88881234", "0577-****1234"),
            ("010-88881234", "010-****1234"),
            ("88881234", "****1234"),
            ("661234", "****34"),
            ("110", "***"),
            ("", ""),
            ("无", "*"),
        ] {
            assert_eq!(phone(text), expected, "{text}");
        }
    }

    #[test]
    fn identity_numbers_and_accounts() {
        for (text, expected) in [
            ("330302199001011234", "3303**********1234"),
            ("330302900101123", "3303*******1123"),
            ("9.907011993092045e+17", "9.90*************e+17"),
            ("12345678901", "***********"),
            ("", ""),
        ] {
            assert_eq!(id_text(text), expected, "{text}");
        }
        for (text, expected) in [("6222 0212 0200 1234567", "****4567"), ("1234", "****"), ("", "")] {
            assert_eq!(bank(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_end_at_the_village() {
        for (text, expected) in [
            ("西垟镇枫树坪村129号", "西垟镇枫树坪村"),
            ("东岙镇前垟村14号", "东岙镇前垟村"),
            ("中关村街道科学院南路2号", "中关村街道"),
            ("中关村街道双榆树社区5号楼", "中关村街道双榆树社区"),
            ("李村镇东村村3组", "李村镇东村村"),
            ("浙江省温州市鹿城区五马街道墨池社区解放街88号", "浙江省温州市鹿城区五马街道墨池社区"),
            ("南山镇新村路12号", "南山镇"),
            ("南山镇上岙村委会旁", "南山镇上岙村"),
            ("五马街道办事处3楼", "五马街道办事处"),
            ("翠微居委会2幢201室", "翠微居委会"),
            ("村头12号", "***"),
            ("幸福路12号3单元", "***"),
            ("", ""),
        ] {
            assert_eq!(address(text), expected, "{text}");
        }
    }

    #[test]
    fn ages() {
        for (birth, on, expected) in [
            ("1957-03-02", "2026-03-01", 68),
            ("1957-03-02", "2026-03-02", 69),
            ("2020-02-29", "2021-02-28", 0),
            ("2020-02-29", "2021-03-01", 1),
            ("2026-11-22", "2026-11-22", 0),
            ("2027-01-01", "2026-11-22", 0),
        ] {
            assert_eq!(age(birth.parse().unwrap(), on.parse().unwrap()), expected, "{birth} {on}");
        }
        for (birth, years, expected) in [
            ("1957-03-02", 69, Some("2026-03-02")),
            ("2004-02-29", 18, Some("2022-03-01")),
            ("2004-02-29", 20, Some("2024-02-29")),
            ("1957-03-02", u32::MAX, None),
        ] {
            let birth = birth.parse().unwrap();
            let day = birthday(birth, years);
            assert_eq!(day, expected.map(|day| day.parse().unwrap()), "{birth} {years}");
            assert!(day.is_none_or(|day| age(birth, day) == years && age(birth, day.pred_opt().unwrap()) == years - 1));
        }
        for (years, expected) in [
            (0, "0–5"),
            (5, "0–5"),
            (6, "6–15"),
            (15, "6–15"),
            (16, "16–19"),
            (19, "16–19"),
            (20, "20–59"),
            (60, "60–79"),
            (79, "60–79"),
            (80, "80+"),
            (110, "80+"),
        ] {
            assert_eq!(AgeBand::of(years).as_str(), expected, "{years}");
        }
    }

    proptest::proptest! {
        #[test]
        fn masking_always_hides_something(text in "[张王欧阳小花·村镇路0-9a-z +-]{0,20}|\\PC{0,30}") {
            let shown = name(&text);
            proptest::prop_assert!(text.trim().is_empty() || shown.contains('*') || text.trim().chars().all(|c| c == '·'));
            proptest::prop_assert!(text.trim().starts_with(&address(&text)) || address(&text) == "***");
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            for (shown, least) in [(phone(&text), 3), (bank(&text), 4), (id_text(&text), 4)] {
                proptest::prop_assert!(digits(&text) < 5 || digits(&text) >= digits(&shown) + least.min(digits(&text) - 4), "{shown}");
            }
        }
    }
}
