//! Chinese surnames: where a family name ends.

/// Compound surnames, two characters each.
pub const COMPOUND: [&str; 72] = [
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "夏侯", "端木",
    "长孙", "宇文", "轩辕", "南宫", "西门", "东郭", "百里", "呼延", "闻人", "澹台", "申屠", "太史", "拓跋", "独孤",
    "鲜于", "仲孙", "公冶", "公羊", "公西", "公良", "公上", "单于", "濮阳", "淳于", "宗政", "赫连", "万俟", "钟离",
    "亓官", "司寇", "子车", "颛孙", "巫马", "漆雕", "乐正", "壤驷", "夹谷", "宰父", "谷梁", "段干", "东门", "南门",
    "羊舌", "微生", "梁丘", "左丘", "第五", "纳兰", "完颜", "叶赫", "赫舍", "钮祜", "耶律", "爱新", "太叔", "即墨",
    "达奚", "褚师",
];

/// The surname of a Chinese name: two characters when it begins with a compound surname and more follows, else one;
/// empty for an empty name.
pub fn surname(name: &str) -> &str {
    let end_of = |count: usize| name.char_indices().nth(count).map_or(name.len(), |(index, _)| index);
    let two = &name[..end_of(2)];
    if COMPOUND.contains(&two) && two.len() < name.len() { two } else { &name[..end_of(1)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surname_ends_where_it_ends() {
        for (name, expected) in [
            ("张淑芬", "张"),
            ("欧阳锋", "欧阳"),
            ("欧阳", "欧"),
            ("诸葛小花", "诸葛"),
            ("单于", "单"),
            ("", ""),
            ("张", "张"),
        ] {
            assert_eq!(surname(name), expected, "{name}");
        }
    }

    #[test]
    fn no_compound_surname_stands_twice() {
        for (index, name) in COMPOUND.iter().enumerate() {
            assert_eq!(name.chars().count(), 2, "{name}");
            assert!(!COMPOUND[..index].contains(name), "{name}");
        }
    }
}
