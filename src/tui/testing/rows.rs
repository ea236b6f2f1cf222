//! Invented rows for benchmarks of lists: as long, as wide and as Chinese as those of a household list.

/// One invented household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// Archive number.
    pub number: String,
    /// Masked name of the head.
    pub head: String,
    /// Members.
    pub members: u32,
    /// Category.
    pub category: &'static str,
    /// Risk grade.
    pub grade: &'static str,
    /// Village.
    pub village: String,
    /// Date of the last visit.
    pub last_visit: String,
    /// Masked phone number.
    pub phone: String,
    /// A note.
    pub note: String,
}

const FAMILY: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗",
    "高",
];
const GIVEN: [&str; 12] = ["芬", "国", "英", "华", "明", "兰", "秀", "军", "平", "珍", "生", "香"];
const VILLAGES: [&str; 10] = ["上岙", "下岙", "前湾", "后山", "石门", "大塘", "新桥", "古楼", "竹坑", "枫林"];
const CATEGORIES: [&str; 4] = ["低保", "低边", "特困", "刚性支出"];
const NOTES: [&str; 6] = ["独居，行动不便", "子女在外务工", "长期服药", "房屋漏雨待修", "在读学生两名", "已转介康复"];

/// `n` rows, always the same ones.
pub fn sample_rows(n: usize) -> Vec<SampleRow> {
    (0..n).map(row).collect()
}

fn row(i: usize) -> SampleRow {
    // Digits that look random and are not: multiples of a prime.
    let noise = i.wrapping_mul(2_654_435_761) >> 7;
    let of = |list: &[&'static str], salt: usize| list[(noise / salt) % list.len()];
    SampleRow {
        number: format!("H{:05}", i + 1),
        head: format!("{}*{}", of(&FAMILY, 1), of(&GIVEN, 20)),
        members: 1 + (noise / 240 % 5) as u32,
        category: of(&CATEGORIES, 1200),
        grade: ["A", "B", "C"][noise / 4800 % 3],
        village: format!("{}村{}组", of(&VILLAGES, 14_400), 1 + noise / 3 % 12),
        last_visit: format!("2025-{:02}-{:02}", 1 + noise / 7 % 12, 1 + noise / 11 % 28),
        phone: format!("13{}****{:04}", noise % 10, noise / 13 % 10_000),
        note: of(&NOTES, 17).to_owned(),
    }
}
