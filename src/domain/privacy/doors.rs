//! House, building, room and villagers' group numbers, and what only looks like one.

use std::ops::Range;

use super::names::village_base;
use super::view::{ends, is_break, reads};

/// The door numbers in `text`. `villages` are names after which a number is a house number.
pub(super) fn find(text: &[char], villages: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let Some(number) = Number::at(text, start) else {
            start += 1;
            continue;
        };
        if let Some(end) = door(text, &number, villages) {
            found.push(number.start..end);
        }
        start = number.end.max(start + 1);
    }
    found
}

/// A number of at most four digits, Arabic (`12`, `12A`) or Chinese (`十二`).
struct Number {
    start: usize,
    end: usize,
    arabic: bool,
    digits: usize,
}

impl Number {
    fn at(text: &[char], start: usize) -> Option<Number> {
        let count = |is: fn(char) -> bool| text[start..].iter().take_while(|c| is(**c)).count();
        let arabic = count(|c| c.is_ascii_digit());
        if arabic > 0 {
            let letter = text.get(start + arabic).is_some_and(char::is_ascii_uppercase)
                && !text.get(start + arabic + 1).is_some_and(char::is_ascii_alphanumeric);
            return Some(Number { start, end: start + arabic + usize::from(letter), arabic: true, digits: arabic });
        }
        let chinese = count(|c| "〇零一二三四五六七八九十百两".contains(c));
        (chinese > 0).then_some(Number { start, end: start + chinese, arabic: false, digits: chinese })
    }
}

/// Where the door number ends that begins with `number`; `None` when it is none.
fn door(text: &[char], number: &Number, villages: &[&str]) -> Option<usize> {
    let after = |word: &str| reads(text, number.end, word);
    if number.digits > 4 || number.arabic && preceded_by_digit(text, number.start) {
        return None;
    }
    if let Some(word) = ["号楼", "号院", "号门", "号宅", "号室", "号屋"].iter().find(|word| after(word)) {
        return Some(number.end + word.chars().count());
    }
    if after("号") {
        return house(text, number, villages).then_some(number.end + 1);
    }
    if after("幢") || after("栋") {
        return building(text, number).then_some(number.end + 1);
    }
    if after("单元") {
        return entrance(text, number).then_some(number.end + 2);
    }
    if after("室") || after("房") {
        let other = ["房价", "房租", "房产", "房贷", "室内"].iter().any(|word| after(word));
        return (number.arabic && number.digits >= 3 && !other).then_some(number.end + 1);
    }
    if number.arabic && (after("弄") || after("巷")) {
        return Some(number.end + 1);
    }
    if after("组") || after("队") {
        return group(text, number, villages).then_some(number.end + 1);
    }
    if number.arabic && after("#") {
        return after_mark(text, number);
    }
    if number.arabic && after("座") && Number::at_checked(text, number.end + 1).is_some_and(|room| room.digits >= 3) {
        return Some(number.end + 1 + 3);
    }
    if number.arabic && after("-") {
        return chain(text, number);
    }
    (number.arabic && ends(text, number.start, "门牌") || ends(text, number.start, "门牌号")).then_some(number.end)
}

impl Number {
    fn at_checked(text: &[char], start: usize) -> Option<Number> {
        (start < text.len()).then(|| Number::at(text, start)).flatten().filter(|number| number.arabic)
    }
}

fn preceded_by_digit(text: &[char], start: usize) -> bool {
    start.checked_sub(1).is_some_and(|index| text[index].is_ascii_digit() || text[index] == '.')
}

/// Roads and the like, after which a number with 号 is a house whatever follows.
const ROADS: [&str; 13] = ["路", "街", "巷", "弄", "组", "坊", "坪", "附", "门牌", "幢", "栋", "家住", "住在"];
/// Places after which it is a house when nothing is said to happen: `村12号` but not `村12号发放`.
const PLACES: [&str; 14] = ["村", "区", "苑", "园", "庄", "院", "镇", "社", "住", "垟", "岙", "坑", "岭", "楼"];
/// Words that end like a road or place.
const NO_PLACES: [&str; 16] = [
    "住院",
    "医院",
    "学院",
    "法院",
    "出院",
    "幼儿园",
    "公园",
    "上路",
    "走路",
    "马路",
    "逛街",
    "小组",
    "每组",
    "分组",
    "一组",
    "在路",
];

/// `12号` as a house, neither a day of the month nor a size.
fn house(text: &[char], number: &Number, villages: &[&str]) -> bool {
    let next = text.get(number.end + 1);
    let is_day = next.is_some_and(|c| "前之以晚上下早凌中后".contains(*c)) || ends(text, number.start, "月");
    let is_size = ["电池", "字", "线", "球", "码", "鞋", "衣", "裤", "针", "螺", "铅", "机", "钢", "笔", "蜡"]
        .iter()
        .any(|word| reads(text, number.end + 1, word));
    if is_day || is_size || NO_PLACES.iter().any(|word| ends(text, number.start, word)) {
        return false;
    }
    if ROADS.iter().any(|word| ends(text, number.start, word)) {
        return true;
    }
    let is_place = PLACES.iter().any(|word| ends(text, number.start, word))
        || villages.iter().any(|village| ends(text, number.start, village_base(village)));
    is_place && (is_break(next) || next.is_some_and(|c| "的住家旁附隔对有里".contains(*c)))
}

/// `3幢`; with Chinese numerals 幢 also counts houses (`一幢房子`).
fn building(text: &[char], number: &Number) -> bool {
    let next = number.end + 1;
    let counts =
        ["房", "楼房", "老", "旧", "小", "新", "大", "木", "砖", "平"].iter().any(|word| reads(text, next, word));
    if number.arabic {
        !counts
    } else {
        Number::at_checked(text, next).is_some() || !counts && is_break(text.get(next))
    }
}

/// `2单元` of a building, not of a school book.
fn entrance(text: &[char], number: &Number) -> bool {
    let after_building = ["幢", "栋", "楼", "号", "座"].iter().any(|word| ends(text, number.start, word));
    let before_room = Number::at_checked(text, number.end + 2).is_some_and(|room| room.digits >= 3);
    let alone = number.arabic
        && is_break(text.get(number.end + 2))
        && (["住", "区", "园", "苑"].iter().any(|word| ends(text, number.start, word)));
    after_building || before_room || alone
}

/// `5组` of a village, not a set of something.
fn group(text: &[char], number: &Number, villages: &[&str]) -> bool {
    let next = text.get(number.end + 1);
    let of_village = ["村", "社区", "居委会", "大队", "生产"].iter().any(|word| ends(text, number.start, word))
        || villages.iter().any(|village| ends(text, number.start, village_base(village)));
    if of_village {
        return true;
    }
    let at_start = number.start.checked_sub(1).is_none_or(|index| !text[index].is_alphanumeric());
    let cue = at_start || ["住", "住在", "家在", "第"].iter().any(|word| ends(text, number.start, word));
    let follows = is_break(next) || next.is_some_and(|c| "的村社居住".contains(*c));
    // 一组 and 两组 count things.
    let counts = !number.arabic && matches!(text[number.start], '一' | '两') && number.digits == 1;
    reads(text, number.end, "组") && cue && follows && !counts
}

/// `3#201` and `3#楼`.
fn after_mark(text: &[char], number: &Number) -> Option<usize> {
    let next = number.end + 1;
    match Number::at_checked(text, next) {
        Some(room) if room.digits >= 2 => Some(room.end),
        _ => (reads(text, next, "楼") || reads(text, next, "房")).then_some(next + 1),
    }
}

/// `3-2-201`: building, entrance, room. A date has four digits first, a telephone four in the middle.
fn chain(text: &[char], number: &Number) -> Option<usize> {
    let middle = Number::at_checked(text, number.end + 1)?;
    let last = Number::at_checked(text, middle.end + 1).filter(|_| text.get(middle.end) == Some(&'-'));
    match last {
        Some(room) if number.digits <= 3 && middle.digits <= 2 && (3..=4).contains(&room.digits) => Some(room.end),
        Some(_) => None,
        None => {
            let cue = ["区", "苑", "园", "村", "住", "家", "楼"].iter().any(|word| ends(text, number.start, word));
            (cue && number.digits <= 3 && (3..=4).contains(&middle.digits)).then_some(middle.end)
        }
    }
}
