//! Invented Chinese names: surnames by their frequency, given names as the years of birth favour them.

use super::stream::Stream;
use crate::domain::id_number::Sex;

/// Surnames with weights. Among them those with two readings (曾 单 仇 解 查 区 盖 乐 朴 任 翟 缪 覃 …) and those of two
/// characters, which search and masking must get right.
const SURNAMES: &[(&str, u32)] = &[
    ("陈", 680),
    ("林", 560),
    ("王", 640),
    ("李", 560),
    ("张", 520),
    ("黄", 380),
    ("叶", 260),
    ("郑", 260),
    ("吴", 300),
    ("周", 290),
    ("刘", 320),
    ("徐", 240),
    ("杨", 230),
    ("朱", 210),
    ("金", 170),
    ("胡", 160),
    ("赵", 130),
    ("何", 130),
    ("谢", 130),
    ("蔡", 130),
    ("许", 110),
    ("孙", 120),
    ("潘", 120),
    ("余", 100),
    ("沈", 90),
    ("董", 80),
    ("方", 80),
    ("郭", 80),
    ("戴", 80),
    ("吕", 70),
    ("夏", 70),
    ("项", 70),
    ("施", 60),
    ("邱", 60),
    ("邵", 60),
    ("苏", 60),
    ("毛", 60),
    ("马", 60),
    ("宋", 50),
    ("高", 50),
    ("丁", 60),
    ("包", 50),
    ("蒋", 60),
    ("倪", 50),
    ("章", 50),
    ("罗", 60),
    ("梁", 50),
    ("唐", 40),
    ("冯", 40),
    ("曹", 40),
    ("彭", 40),
    ("袁", 30),
    ("姜", 40),
    ("汪", 40),
    ("钱", 30),
    ("诸", 10),
    ("卢", 30),
    ("傅", 30),
    ("魏", 30),
    ("程", 30),
    ("陆", 40),
    ("范", 30),
    ("江", 40),
    ("陶", 30),
    ("汤", 30),
    ("翁", 40),
    ("尤", 30),
    ("姚", 30),
    ("钟", 40),
    ("石", 30),
    ("薛", 30),
    ("白", 20),
    ("秦", 20),
    ("侯", 15),
    ("龚", 20),
    ("万", 15),
    ("孔", 20),
    ("严", 20),
    ("武", 10),
    ("韦", 15),
    ("孟", 15),
    ("阮", 20),
    ("季", 25),
    ("管", 15),
    ("柯", 25),
    ("池", 20),
    ("温", 20),
    ("鲍", 20),
    ("娄", 10),
    ("应", 15),
    ("虞", 15),
    ("木", 8),
    ("南", 10),
    ("厉", 8),
    ("麻", 10),
    ("甘", 10),
    ("廖", 20),
    ("雷", 20),
    ("蓝", 25),
    ("曾", 40),
    ("任", 20),
    ("单", 12),
    ("仇", 8),
    ("解", 6),
    ("查", 6),
    ("区", 4),
    ("盖", 3),
    ("乐", 5),
    ("朴", 2),
    ("翟", 6),
    ("缪", 15),
    ("覃", 8),
    ("宁", 5),
    ("华", 8),
    ("尉", 2),
    ("晁", 2),
    ("冼", 2),
    ("隗", 1),
    ("逄", 1),
    ("欧阳", 12),
    ("诸葛", 6),
    ("上官", 4),
    ("尉迟", 3),
    ("司马", 3),
    ("皇甫", 2),
    ("司徒", 2),
    ("令狐", 2),
    ("慕容", 2),
    ("端木", 1),
    ("夏侯", 1),
    ("公孙", 1),
    ("东方", 1),
    ("长孙", 1),
    ("万俟", 1),
    ("淳于", 1),
];
/// Surnames common among the 畲 and the 侗.
const SHE: &[(&str, u32)] = &[("蓝", 5), ("雷", 4), ("钟", 3), ("盘", 1)];
const DONG: &[(&str, u32)] = &[("杨", 5), ("吴", 4), ("石", 3), ("龙", 2), ("粟", 1)];

/// The characters of given names of one generation: first, second.
type Given = (&'static [&'static str], &'static [&'static str]);

const OLD_MEN: Given = (
    &[
        "国", "建", "德", "永", "明", "志", "长", "福", "金", "玉", "文", "阿", "加", "良", "光", "有", "庆", "兴",
        "宝", "银",
    ],
    &[
        "华", "明", "平", "生", "林", "根", "贵", "财", "荣", "良", "才", "发", "富", "清", "祥", "顺", "松", "法",
        "土", "培",
    ],
);
const OLD_WOMEN: Given = (
    &[
        "秀", "桂", "玉", "淑", "凤", "春", "月", "兰", "美", "素", "金", "彩", "翠", "爱", "阿", "银", "小", "雪",
        "梅", "惠",
    ],
    &[
        "英", "兰", "芬", "珍", "花", "香", "莲", "娥", "妹", "琴", "云", "芳", "梅", "女", "玲", "仙", "菊", "娟",
        "弟", "钗",
    ],
);
const MIDDLE_MEN: Given = (
    &["建", "伟", "志", "海", "晓", "永", "国", "少", "文", "学", "成", "育", "宗", "小", "立", "景"],
    &["军", "强", "勇", "伟", "波", "斌", "平", "东", "峰", "辉", "华", "杰", "忠", "龙", "敏", "武"],
);
const MIDDLE_WOMEN: Given = (
    &["丽", "红", "晓", "小", "海", "雪", "建", "爱", "燕", "美", "春", "文", "月", "素", "彩", "秋"],
    &["萍", "丽", "红", "燕", "霞", "敏", "芳", "静", "娟", "玲", "琴", "梅", "华", "微", "君", "蕾"],
);
const YOUNG_MEN: Given = (
    &["俊", "浩", "宇", "志", "佳", "嘉", "子", "晨", "泽", "建", "鹏", "文", "一", "家", "景", "博"],
    &["杰", "豪", "轩", "宇", "伟", "鑫", "涛", "辉", "锋", "凯", "超", "翔", "斌", "楠", "喆", "恒"],
);
const YOUNG_WOMEN: Given = (
    &["佳", "雨", "思", "婷", "晓", "梦", "欣", "嘉", "诗", "雅", "靖", "紫", "若", "可", "秋", "忆"],
    &["婷", "怡", "雯", "倩", "颖", "悦", "琪", "欣", "瑶", "妮", "洁", "茹", "蓉", "薇", "慧", "璐"],
);
const BOYS: Given = (
    &["梓", "子", "浩", "宇", "一", "奕", "俊", "皓", "沐", "书", "承", "景", "乐", "昊", "嘉", "铭"],
    &["轩", "辰", "涵", "睿", "然", "泽", "宸", "阳", "航", "诺", "霖", "熙", "堃", "朗", "翊", "哲"],
);
const GIRLS: Given = (
    &["梓", "欣", "雨", "诗", "语", "可", "一", "若", "依", "思", "芷", "沐", "安", "静", "婉", "佳"],
    &["涵", "萱", "怡", "彤", "琪", "汐", "宁", "妍", "诺", "晴", "瑶", "禾", "桐", "玥", "菲", "淇"],
);

/// Names of peoples who write a dot between the parts; with the code of the people (GB/T 3304).
pub(super) const DOTTED: &[(&str, &str, Sex)] = &[
    ("买买提·吐尔逊", "05", Sex::Male),
    ("阿依古丽·买买提", "05", Sex::Female),
    ("吐尔逊·艾力", "05", Sex::Male),
    ("热娜·阿不都", "05", Sex::Female),
    ("阿牛·木呷", "07", Sex::Male),
    ("吉克·阿依", "07", Sex::Female),
    ("沙马·拉且", "07", Sex::Male),
    ("巴特尔·那木汗", "02", Sex::Male),
    ("萨仁·其木格", "02", Sex::Female),
    ("阿合买提·哈力克", "17", Sex::Male),
    ("才让·卓玛", "04", Sex::Female),
    ("扎西·顿珠", "04", Sex::Male),
];

/// A surname of the whole people.
pub(super) fn surname(stream: &mut Stream) -> &'static str {
    stream.weighted(SURNAMES)
}

/// A surname common among a people of that code; one of the whole people for any other.
pub(super) fn surname_of(stream: &mut Stream, ethnic: &str) -> &'static str {
    match ethnic {
        "22" => stream.weighted(SHE),
        "12" => stream.weighted(DONG),
        _ => surname(stream),
    }
}

/// A full name for a person of that sex and age.
pub(super) fn full(stream: &mut Stream, surname: &str, sex: Sex, age: u32) -> String {
    let ((first, second), long) = match (age, sex) {
        (60.., Sex::Male) => (OLD_MEN, 85),
        (60.., Sex::Female) => (OLD_WOMEN, 88),
        (38..60, Sex::Male) => (MIDDLE_MEN, 78),
        (38..60, Sex::Female) => (MIDDLE_WOMEN, 80),
        (18..38, Sex::Male) => (YOUNG_MEN, 62),
        (18..38, Sex::Female) => (YOUNG_WOMEN, 64),
        (_, Sex::Male) => (BOYS, 88),
        (_, Sex::Female) => (GIRLS, 88),
    };
    let last = stream.pick(second);
    if !stream.percent(long) {
        return format!("{surname}{last}");
    }
    // 建建 and the like are no names.
    let mut before = stream.pick(first);
    if before == last {
        before = first.iter().find(|c| **c != last).copied().unwrap_or(before);
    }
    format!("{surname}{before}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stream::Topic;

    #[test]
    fn names_have_a_surname_and_one_or_two_characters() {
        for n in 0..2_000 {
            let mut stream = Stream::of(1, Topic::Member, n);
            let surname = surname(&mut stream);
            let sex = if n % 2 == 0 { Sex::Male } else { Sex::Female };
            let name = full(&mut stream, surname, sex, (n % 95) as u32);
            let given = name.strip_prefix(surname).unwrap();
            assert!(matches!(given.chars().count(), 1 | 2), "{name}");
            let (a, b) = (given.chars().next(), given.chars().nth(1));
            assert_ne!(a, b, "{name}");
        }
    }
}
