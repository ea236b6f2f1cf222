//! Names, and surnames with a form of address.

use std::ops::Range;

use super::view::{all, ends, is_break, reads};
use crate::domain::surname::surname;

/// The household's own names: whole, without the dot, and the given name alone.
pub(super) fn own_names(text: &[char], names: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for name in names {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        if name.chars().count() < 2 {
            continue;
        }
        // Somebody is called 高兴; whoever is glad is not.
        let is_word = WORDS_AND_NAMES.contains(&name.as_str());
        let is_adverb = |end: usize| text.get(end).is_some_and(|c| "地得极".contains(*c));
        let stands_alone = |range: &Range<usize>| begins_phrase(text, range.start) && !is_adverb(range.end);
        found.extend(all(text, &name).into_iter().filter(|range| !is_word || stands_alone(range)));
        if name.contains('·') {
            found.extend(all(text, &name.replace('·', "")));
            for part in name.split('·').filter(|part| part.chars().count() >= 2) {
                found.extend(all(text, part));
            }
            continue;
        }
        let given = &name[surname(&name).len()..];
        let last: String = given.chars().last().into_iter().collect();
        if given.chars().count() >= 2 && !ORDINARY_WORDS.contains(&given) {
            found.extend(all(text, given));
        }
        for nickname in [format!("阿{last}"), format!("小{last}"), format!("{last}{last}")] {
            let is_word = KIN_OR_THINGS.contains(&nickname.as_str());
            found.extend(all(text, &nickname).into_iter().filter(|range| !is_word && ends_a_name(text, range.end)));
        }
    }
    found
}

/// A surname with a form of address, with 某, with stars, or with 老 or 小 before it.
pub(super) fn forms_of_address(text: &[char], names: &[&str]) -> Vec<Range<usize>> {
    let own: Vec<&str> = names.iter().map(|name| surname(name.trim())).filter(|own| !own.is_empty()).collect();
    let mut found = Vec::new();
    for start in 0..text.len() {
        let is_own = own.iter().copied().find(|surname| reads(text, start, surname));
        let known = is_own.map(|surname| surname.chars().count()).or_else(|| common_surname(text, start));
        let Some(length) = known else { continue };
        let end = start + length;
        // A surname that is also a common word counts only at the beginning of a phrase.
        let clear = length > 1 || !AMBIGUOUS.contains(text[start]) || begins_phrase(text, start);
        if let Some(after) = addressed(text, end, is_own.is_some()).filter(|_| clear) {
            found.push(start..after);
        }
        let before = start.checked_sub(1).map(|index| text[index]);
        if is_own.is_some() && matches!(before, Some('老' | '小' | '阿')) && ends_a_name(text, end) {
            found.push(start - 1..end);
        }
        if is_own.is_some() && reads(text, end, "家") && begins_phrase(text, start) && !reads(text, end, "家界") {
            found.push(start..end + 1);
        }
    }
    found
}

/// Villages and communities, with and without their ending.
pub(super) fn villages(text: &[char], villages: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for village in villages {
        found.extend(all(text, village));
        let base = village_base(village);
        if base.chars().count() >= 2 {
            found.extend(all(text, base));
        }
    }
    found
}

/// A village's name without 村, 社区 and the like.
pub(super) fn village_base(village: &str) -> &str {
    ["村委会", "社区", "居委会", "行政村", "自然村", "村"]
        .iter()
        .find_map(|end| village.strip_suffix(end))
        .unwrap_or(village)
}

/// Full names that are also ordinary words.
const WORDS_AND_NAMES: [&str; 24] = [
    "高兴", "白雪", "安静", "安康", "安全", "安心", "常年", "成功", "方便", "方正", "高大", "高原", "和平", "黄金",
    "江山", "江河", "金星", "马上", "马路", "明白", "平安", "温暖", "文明", "向前",
];
/// Given names that are also ordinary words; alone they point to nobody.
const ORDINARY_WORDS: [&str; 36] = [
    "平安", "幸福", "健康", "和平", "国庆", "快乐", "吉祥", "如意", "阳光", "春天", "希望", "文化", "光明", "团结",
    "爱心", "长生", "富贵", "中华", "建设", "劳动", "解放", "胜利", "进步", "发展", "新生", "春节", "元旦", "中秋",
    "安全", "安康", "小学", "天天", "学习", "生活", "温暖", "美丽",
];
/// What looks like a nickname and is not.
const KIN_OR_THINGS: [&str; 62] = [
    "阿婆", "阿公", "阿姨", "阿妈", "阿爸", "阿哥", "阿姐", "阿妹", "阿弟", "阿胶", "阿伯", "阿叔", "小学", "小孩",
    "小儿", "小女", "小子", "小妹", "小弟", "小心", "小时", "小米", "小麦", "小区", "小组", "小事", "小书", "小床",
    "小车", "小灯", "小家", "小花", "小草", "小鸟", "小猫", "小狗", "小鸡", "小鱼", "小山", "小河", "小雨", "小雪",
    "小平", "小红", "小黄", "小金", "妈妈", "爸爸", "爷爷", "奶奶", "姐姐", "妹妹", "哥哥", "弟弟", "公公", "婆婆",
    "宝宝", "天天", "年年", "常常", "明明", "星星",
];

/// Common surnames that hardly occur as other words before a form of address.
const COMMON: &str = "张王李赵陈刘杨周吴徐孙朱胡郭林罗郑梁谢宋唐韩冯邓曹彭萧蔡潘袁董蒋杜苏魏吕丁沈姚卢姜崔钟谭陆汪廖贾韦邹孟熊秦邱尹薛闫侯陶黎贺顾郝龚邵覃武戴莫汤";
/// Surnames that are also common words or parts of them.
const AMBIGUOUS: &str = "黄马何高许曾田于余叶程任范金石夏付方白江史龙雷段毛万钱严孔向常乔易文洪施温安牛米";

/// Forms of address that follow anybody's surname.
const TITLES: [&str; 34] = [
    "老太太",
    "小朋友",
    "阿婆",
    "阿公",
    "阿婶",
    "阿伯",
    "阿叔",
    "阿姨",
    "阿嬷",
    "大爷",
    "大妈",
    "大娘",
    "大伯",
    "大叔",
    "大婶",
    "大嫂",
    "大姐",
    "大哥",
    "奶奶",
    "爷爷",
    "伯伯",
    "婆婆",
    "叔叔",
    "先生",
    "女士",
    "小姐",
    "师傅",
    "老太",
    "老汉",
    "老伯",
    "老爹",
    "婶婶",
    "姨妈",
    "姑姑",
];
/// Forms of address that count after a surname of the household only.
const OWN_TITLES: [&str; 18] = [
    "老人", "老师", "医生", "同学", "妈妈", "爸爸", "主任", "书记", "村长", "大夫", "婆", "伯", "叔", "婶", "嫂", "姨",
    "姐", "哥",
];

fn common_surname(text: &[char], start: usize) -> Option<usize> {
    let compound = crate::domain::surname::COMPOUND.iter().any(|compound| reads(text, start, compound));
    if compound {
        return Some(2);
    }
    (COMMON.contains(text[start]) || AMBIGUOUS.contains(text[start])).then_some(1)
}

/// Where the form of address that begins at `start` ends; `None` when none does.
fn addressed(text: &[char], start: usize, is_own: bool) -> Option<usize> {
    if let Some(after) = hidden_name(text, start) {
        return Some(after);
    }
    // 张二伯, 李三婶: the rank among brothers and sisters.
    let ranked = text.get(start).filter(|c| "大二三四五六小".contains(**c)).map(|_| start + 1);
    let titles = TITLES.iter().chain(OWN_TITLES.iter().filter(|_| is_own));
    let longest = [Some(start), ranked]
        .into_iter()
        .flatten()
        .flat_map(|place| {
            titles
                .clone()
                .filter(move |title| reads(text, place, title))
                .map(move |title| place + title.chars().count())
        })
        .max()?;
    Some(longest)
}

/// 张某, 张某某, 张某芬, 张*芬, 张XX.
fn hidden_name(text: &[char], start: usize) -> Option<usize> {
    let is_star = |c: &&char| matches!(**c, '*' | '×' | '○' | '□' | '●');
    let stars = text[start.min(text.len())..].iter().take_while(is_star).count();
    if (1..=3).contains(&stars) {
        // The character after the stars belongs to the name when nothing follows it.
        let last = usize::from(!is_break(text.get(start + stars)) && is_break(text.get(start + stars + 1)));
        return Some(start + stars + last);
    }
    if ["XX", "xx", "ＸＸ"].iter().any(|hidden| reads(text, start, hidden)) {
        return Some(start + 2);
    }
    if !reads(text, start, "某") || text.get(start + 1).is_some_and(|c| "个些种年月日天处时地".contains(*c))
    {
        return None;
    }
    Some(start + 1 + usize::from(reads(text, start + 1, "某")))
}

/// A phrase begins: nothing, punctuation, or a word that calls or leads to a person.
fn begins_phrase(text: &[char], start: usize) -> bool {
    let before = start.checked_sub(1).map(|index| &text[index]);
    is_break(before)
        || before.is_some_and(|c| "是叫为给帮请让由替陪送见问孤孀".contains(*c))
        || ends(text, start, "独居")
}

/// What follows a name: nothing, punctuation, or a verb or particle, but no noun that the name might be a part of.
fn ends_a_name(text: &[char], end: usize) -> bool {
    is_break(text.get(end))
        || text.get(end).is_some_and(|c| "家的想要需是说今腿因有和希渴住独患生很一年现就在已已也他她".contains(*c))
}
