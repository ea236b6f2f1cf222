//! Schools by name, for cards of children.

use std::ops::Range;

use super::view::{all, ends, is_break, reads};

/// The schools named in `text`: those that the members attend, and whatever is named as schools are.
pub(super) fn find(text: &[char], schools: &[&str]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = schools.iter().flat_map(|school| all(text, school)).collect();
    for start in 0..text.len() {
        if let Some(kind) = KINDS.iter().find(|kind| reads(text, start, kind)) {
            let end = start + kind.chars().count();
            found.extend(name_before(text, start).map(|from| from..end));
        }
        if let Some(range) = numbered(text, start) {
            found.push(range);
        }
    }
    found
}

const KINDS: [&str; 13] = [
    "职业技术学校",
    "职业高中",
    "特殊教育学校",
    "幼儿园",
    "小学",
    "中学",
    "学校",
    "高中",
    "初中",
    "中职",
    "职高",
    "技校",
    "学院",
];
/// A name before a kind of school ends with one of these.
const MARKS: [&str; 24] = [
    "中心",
    "实验",
    "希望",
    "附属",
    "外国语",
    "民族",
    "双语",
    "育才",
    "育英",
    "春蕾",
    "阳光",
    "完全",
    "九年一贯制",
    "镇",
    "乡",
    "村",
    "县",
    "市",
    "区",
    "街道",
    "技工",
    "职业",
    "师范",
    "城关",
];
/// Characters with which names of villages end, which schools take over.
const VILLAGE_ENDS: &str = "岙垟坑溪岭桥塘湾港峰湖屿浦埠";
/// Words that end like a mark and name no place.
const NO_MARKS: [&str; 12] =
    ["农村", "乡村", "山村", "全市", "全县", "全区", "城市", "城区", "社区", "本村", "本镇", "地区"];

/// Where the name before the kind of school at `start` begins; `None` when none stands there.
fn name_before(text: &[char], start: usize) -> Option<usize> {
    let mark = MARKS.iter().find(|mark| ends(text, start, mark));
    let ordinal = ordinal_before(text, start);
    if start >= 2 && VILLAGE_ENDS.contains(text[start - 1]) && text[start - 2].is_alphabetic() {
        return Some(start - 2);
    }
    if mark.is_none() && ordinal.is_none() || NO_MARKS.iter().any(|word| ends(text, start, word)) {
        return None;
    }
    let marked = mark.map_or(start, |mark| start - mark.chars().count()).min(ordinal.unwrap_or(start));
    let name =
        text[..marked].iter().rev().take(LONGEST_NAME).take_while(|c| c.is_alphabetic() && !ENDS.contains(**c)).count();
    Some(marked - name)
}

/// Characters that no name of a school is taken to hold.
const ENDS: &str = "在上读于就的是去从到了校念进入我他她和与及来给";
const LONGEST_NAME: usize = 8;
const ORDINALS: &str = "一二三四五六七八九十";

/// `第一`, `第十四` before `start`.
fn ordinal_before(text: &[char], start: usize) -> Option<usize> {
    let digits = text[..start].iter().rev().take_while(|c| ORDINALS.contains(**c) || c.is_ascii_digit()).count();
    let place = start.checked_sub(digits + 1)?;
    (digits > 0 && text[place] == '第').then_some(place)
}

/// `县一中`, `城关二小`, `14中`: a place or number, then 中 or 小.
fn numbered(text: &[char], start: usize) -> Option<Range<usize>> {
    let place = ["县", "市", "区", "镇", "城关", "州"].iter().find(|place| reads(text, start, place))?;
    let after = start + place.chars().count();
    let digits = text[after..].iter().take_while(|c| ORDINALS.contains(**c) || c.is_ascii_digit()).count();
    let kind = text.get(after + digits).filter(|c| matches!(c, '中' | '小'));
    let end = after + digits + 1;
    let followed =
        is_break(text.get(end)) || text.get(end).is_some_and(|c| "读上的就念学高初七八九六五四三二一".contains(*c));
    (digits > 0 && kind.is_some() && followed).then_some(start..end)
}
