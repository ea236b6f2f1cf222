use proptest::prelude::{ProptestConfig, any, proptest};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::reference::{self, Owned};
use super::*;

/// An index over households of the given names; rows count from 0, the first name of each is the head's.
fn of_names(households: &[&[&str]]) -> Index {
    let mut builder = Builder::new();
    for (row, names) in (0..).zip(households) {
        builder.add(&Doc { row, names, ..Doc::default() });
    }
    builder.build()
}

fn rows(index: &Index, query: &str) -> Vec<u32> {
    let found = index.find(query, usize::MAX);
    assert_eq!(found.total, found.hits.len());
    found.hits.iter().map(|hit| hit.row).collect()
}

fn build(docs: &[Owned]) -> Index {
    let mut builder = Builder::new();
    docs.iter().for_each(|doc| doc.with_doc(|doc| builder.add(doc)));
    builder.build()
}

#[test]
fn names_in_order() {
    fn check(households: &[&[&str]], query: &str, expected: &[u32]) {
        assert_eq!(rows(&of_names(households), query), expected, "{query} in {households:?}");
    }
    // Exact, beginning, inside; heads before members; then by row.
    check(&[&["王张三"], &["李四", "张三"], &["张三丰"], &["张三"], &["张三"]], "张三", &[3, 4, 1, 2, 0]);
    check(&[&["王淑芬"], &["张淑芬"], &["张淑"]], "淑芬", &[0, 1]);
    // Whole pinyin, initials of a whole name, beginning, inside.
    check(&[&["欧张淑芬"], &["张淑芬芳"], &["赵四方"], &["张淑芬"]], "zsf", &[2, 3, 1, 0]);
    check(&[&["张淑芬芳"], &["章书汾"], &["张淑凤"], &["周张淑芬"]], "zhangshufen", &[1, 2, 0, 3]);
    check(&[&["张淑芬"], &["周上福"], &["章淑"]], "zhangsh", &[2, 0]);
    check(&[&["詹国"], &["张三"], &["郑航"], &["李张"]], "zhang", &[0, 2, 1, 3]);
    check(&[&["张淑芬"]], "zhangsf", &[0]);
    check(&[&["张淑芬"]], "zhang shu fen", &[0]);
    check(&[&["张淑芬"]], "shufen zhang", &[0]);
    check(&[&["张淑芬"]], "shufen li", &[]);
    check(&[&["张三", "李淑芬"], &["张淑芬"]], "zhang shufen", &[1, 0]);
    check(&[&["张三", "李淑芬"], &["张淑芬"]], "张 淑芬", &[1, 0]);
    // ü in every spelling, apostrophes, capitals, full width, tones.
    for query in ["lvxia", "luxia", "lyuxia", "LÜ XIA", "ｌｖｘ", "lǚ xiá", "lx"] {
        check(&[&["吕霞"], &["李四"]], query, &[0]);
    }
    check(&[&["鲁霞"], &["吕霞"]], "lvxia", &[1]);
    for query in ["xi'an", "xian", "xi an", "XiAn"] {
        check(&[&["席安"]], query, &[0]);
    }
    check(&[&["张三"]], "ＺＳ", &[0]);
    check(&[&["张三"], &["李四"]], "", &[]);
    check(&[&["张三"], &["李四"]], "  ·- ", &[]);
    check(&[&[], &["李四"]], "ls", &[1]);
}

#[test]
fn surnames_and_polyphones() {
    fn check(name: &str, queries: &[&str]) {
        let index = of_names(&[&["王五"], &[name]]);
        for query in queries {
            assert_eq!(rows(&index, query), [1], "{query} for {name}");
        }
    }
    check("曾小明", &["zengxiaoming", "zxm", "zeng", "cxm"]);
    check("单雪莲", &["shanxuelian", "sxl", "danxuelian"]);
    check("仇英", &["qiuying", "qy", "chouying"]);
    check("解放", &["xiefang", "xf"]);
    check("区大海", &["oudahai", "odh"]);
    check("查良镛", &["zhaliangyong", "zly", "chaly"]);
    check("盖文", &["gewen", "gaiwen"]);
    check("任华", &["renhua", "rh"]);
    check("朴正", &["piaozheng", "pz"]);
    check("尉迟恭", &["yuchigong", "ycg", "尉迟"]);
    check("万俟卨", &["moqi", "mq"]);
    check("澹台明", &["tantaiming", "ttm"]);
    check("长孙无忌", &["zhangsunwuji", "zswj"]);
    check("单于飞", &["chanyufei", "cyf", "shanyufei"]);
    check("令狐冲", &["linghuchong", "lhc"]);
    check("张乐", &["zhangle", "zhangyue", "zl", "zy"]);
    check(
        "买买提·艾力",
        &["买买提艾力", "买买提·艾力", "买买提•艾力", "艾力", "mmtal", "maimaiti aili", "maimaiti·aili", "mmt"],
    );
    check("阿卜杜热合曼·阿不都", &["abudurehemanabudu", "abdrhmabd", "阿不都"]);
    check("𠮷田𪚥", &["𠮷", "𪚥", "𠮷田", "jitian", "jtz"]);
    check("张\u{e5f0}", &["张\u{e5f0}", "zhang"]);
    check("John Smith", &["john smith", "johnsmith", "smith", "jo"]);
    // The surname's own reading goes first.
    assert_eq!(rows(&of_names(&[&["曾四"], &["岑四"], &["曹四"]]), "cs"), [1, 2, 0]);
}

fn household() -> Owned {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    Owned {
        row: 7,
        names: texts(&["张淑芬", "陈乐"]),
        id_tails: texts(&["56123X", "014321"]),
        phones: texts(&["0577-8888 1234", "138 0000 9876"]),
        archive_nos: texts(&["（2023）低保字第001号", "DB-33-77"]),
        village: "东岙镇上岙村".into(),
        address: "瓯城市东岙镇上岙村中心路12号3-201室".into(),
    }
}

#[test]
fn all_fields_alone_and_mixed() {
    let index = build(&[household(), Owned { row: 9, names: vec!["李四".into()], ..Owned::default() }]);
    for (query, field, number) in [
        ("张淑芬", Field::Name, 0),
        ("zsf", Field::Name, 0),
        ("cy", Field::Name, 1),
        ("乐", Field::Name, 1),
        ("123x", Field::IdTail, 0),
        ("123X", Field::IdTail, 0),
        ("１２３Ｘ", Field::IdTail, 0),
        ("56123x", Field::IdTail, 0),
        ("4321", Field::IdTail, 1),
        ("43", Field::IdTail, 1),
        ("321", Field::IdTail, 1),
        ("99010119900156123X", Field::IdTail, 0),
        ("990101900156123", Field::IdTail, 0),
        ("057788881234", Field::Phone, 0),
        ("0577-88881234", Field::Phone, 0),
        ("0577 8888", Field::Phone, 0),
        ("9876", Field::Phone, 1),
        ("138", Field::Phone, 1),
        ("低保字第001", Field::ArchiveNo, 0),
        ("db-33-77", Field::ArchiveNo, 1),
        ("db33", Field::ArchiveNo, 1),
        ("3377", Field::ArchiveNo, 1),
        ("上岙", Field::Village, 0),
        ("shangao", Field::Village, 0),
        ("sac", Field::Village, 0),
        ("dongao", Field::Village, 0),
        ("中心路", Field::Address, 0),
        ("中心路12号", Field::Address, 0),
        ("12号3-201", Field::Address, 0),
        ("路12", Field::Address, 0),
        ("上岙 zsf", Field::Name, 0),
        ("zsf 上岙", Field::Name, 0),
        ("上岙zsf", Field::Name, 0),
        ("123x 张", Field::Name, 0),
        ("张123x", Field::Name, 0),
        ("123x张", Field::Name, 0),
        ("zsf123x", Field::Name, 0),
        ("zsf 9876 sac", Field::Name, 0),
        ("9876 上岙", Field::Phone, 1),
    ] {
        let found = index.find(query, 9);
        let told: Vec<_> = found.hits.iter().map(|hit| (hit.row, hit.field, hit.index)).collect();
        assert_eq!(told, [(7, field, number)], "{query}");
    }
    for query in
        ["123y", "56124x", "db", "d b x", "上岙 ls", "0578", "中心路13", "99010119900157123X", "12号4", "x", "38"]
    {
        assert_eq!(index.find(query, 9), Found::default(), "{query}");
    }
}

#[test]
fn a_short_archive_number_is_found_whole() {
    let numbered = |row, number: &str| Owned { row, archive_nos: vec![number.into()], ..Owned::default() };
    let index = build(&[numbered(1, "12"), numbered(2, "7"), numbered(3, "127")]);
    for (query, expected) in [("12", vec![1]), ("7", vec![2]), ("1", vec![]), ("127", vec![3])] {
        assert_eq!(rows(&index, query), expected, "{query}");
    }
}

#[test]
fn limits_and_totals() {
    let names: Vec<[&str; 1]> = (0..500).map(|row| if row % 100 == 0 { ["张三"] } else { ["张四"] }).collect();
    let names: Vec<&[&str]> = names.iter().map(<[_; 1]>::as_slice).collect();
    let index = of_names(&names);
    let found = index.find("张三", 3);
    assert_eq!(found.total, 5);
    assert_eq!(found.hits.iter().map(|hit| hit.row).collect::<Vec<_>>(), [0, 100, 200]);
    assert_eq!(index.find("z", 0), Found { hits: vec![], total: 500 });
    assert_eq!(index.find("z", 2).total, 500);
    assert_eq!(index.find("zs", 500).hits.len(), 500);
}

#[test]
fn nothing_breaks_an_empty_index() {
    let mut index = Index::new();
    assert_eq!(index.find("zsf", 9), Found::default());
    index.remove(3);
    assert!(index.is_empty());
    assert_eq!(index.find("zsf", 9), Found::default());
    let compacted = index.compacted();
    assert!(index.adopt(compacted));
    assert_eq!(index.find("1234 张", 9), Found::default());
    assert!(Builder::build_all([]).is_empty());
}

#[test]
fn stretches_and_threads_meet() {
    // More rows than one thread takes alone; a match at each end of each stretch.
    let size = PARALLEL_FROM as u32 + 100;
    let mut builder = Builder::new();
    let mut expected = Vec::new();
    for row in 0..size {
        let edge = [0, 1, STRETCH as u32 - 1].contains(&(row % STRETCH as u32)) || row == size - 1;
        expected.extend(edge.then_some(row));
        builder.add(&Doc { row, names: if edge { &["张淑芬"] } else { &["李四"] }, ..Doc::default() });
    }
    let mut index = builder.build();
    index.set_threads(3);
    for query in ["zsf", "张淑芬", "zhangshufen", "zhang shufen"] {
        assert_eq!(rows(&index, query), expected, "{query}");
    }
    assert_eq!(index.find("ls", 5).total as u32, size - expected.len() as u32);
}

/// Characters chosen to collide: polyphones, compound surnames, the same syllables, rare ones.
const CHARACTERS: [&str; 24] = [
    "张", "章", "李", "单", "于", "曾", "乐", "行", "长", "孙", "安", "淑", "芬", "吕", "欧", "阳", "尉", "迟", "𠮷",
    "a", "·", "Ｌ", "陈", "\u{e5f0}",
];
const PLACES: [&str; 9] = ["东岙镇", "上岙", "下岙", "村", "单", "路", "中心", "A栋", "社区"];
const TYPED: [&str; 20] = [
    "z", "zs", "zh", "zhang", "shan", "s", "f", "lv", "lu", "ou", "yang", "le", "yue", "an", "ao", "sac", "x", "l",
    "oy", "w",
];

fn a_name(random: &mut SmallRng) -> String {
    (0..random.random_range(0..5)).map(|_| *CHARACTERS.choose(random).unwrap()).collect()
}

fn digits(random: &mut SmallRng, longest: usize) -> String {
    let mut digits: String =
        (0..random.random_range(0..=longest)).map(|_| *["1", "2", "3", "0"].choose(random).unwrap()).collect();
    if random.random_range(0..4) == 0 {
        digits.push('X');
    }
    digits
}

fn a_place(random: &mut SmallRng) -> String {
    (0..random.random_range(0..4)).map(|_| *PLACES.choose(random).unwrap()).collect()
}

fn a_doc(row: u32, random: &mut SmallRng) -> Owned {
    let mut some = |most: usize, one: &mut dyn FnMut(&mut SmallRng) -> String| -> Vec<String> {
        (0..random.random_range(0..=most)).map(|_| one(random)).collect()
    };
    Owned {
        row,
        names: some(3, &mut a_name),
        id_tails: some(2, &mut |random| digits(random, 6)),
        phones: some(2, &mut |random| digits(random, 8)),
        archive_nos: some(2, &mut |random| format!("{}{}", ["", "D", "字"].choose(random).unwrap(), digits(random, 5))),
        village: a_place(random),
        address: format!("{}{}{}", a_place(random), digits(random, 3), a_place(random)),
    }
}

fn a_query(random: &mut SmallRng) -> String {
    let mut query = String::new();
    for _ in 0..random.random_range(1..4) {
        match random.random_range(0..6) {
            0 => query.push_str(&a_name(random)),
            1 => query.push_str(&a_place(random)),
            2 => {
                let longest = *[2, 4, 6, 15].choose(random).unwrap();
                query.push_str(&digits(random, longest));
            }
            3 => (0..random.random_range(1..5)).for_each(|_| query.push_str(TYPED.choose(random).unwrap())),
            _ => query.push_str(TYPED.choose(random).unwrap()),
        }
        query.push_str([" ", "", "-", "　"].choose(random).unwrap());
    }
    query
}

fn scores(index: &Index, query: &str) -> Vec<(u32, u16)> {
    index.find(query, usize::MAX).hits.iter().map(|hit| (hit.row, hit.score)).collect()
}

fn assert_as_reference<'a>(index: &Index, docs: impl IntoIterator<Item = &'a Owned> + Clone, query: &str) {
    let found = scores(index, query);
    let expected = reference::find(docs.clone(), query);
    for hit in index.find(query, 30).hits {
        let doc = docs.clone().into_iter().find(|doc| doc.row == hit.row).expect("a row that is held");
        let values = match hit.field {
            Field::Name => doc.names.len(),
            Field::IdTail => doc.id_tails.len(),
            Field::Phone => doc.phones.len(),
            Field::ArchiveNo => doc.archive_nos.len(),
            Field::Village | Field::Address => 1,
        };
        assert!(usize::from(hit.index) < values, "{query:?}: {hit:?} of {doc:?}");
    }
    if found != expected {
        let odd = found.iter().chain(&expected).find(|one| !found.contains(one) || !expected.contains(one));
        let docs = docs.into_iter().find(|doc| odd.is_some_and(|odd| odd.0 == doc.row));
        panic!("{query:?}: {odd:?} of {docs:?}; found {}, expected {}", found.len(), expected.len());
    }
}

fn check_finds_what_the_reference_finds(seed: u64) {
    let random = &mut SmallRng::seed_from_u64(seed);
    let docs: Vec<_> = (0..random.random_range(1..40)).map(|row| a_doc(row * 3, random)).collect();
    let index = build(&docs);
    for _ in 0..10 {
        assert_as_reference(&index, &docs, &a_query(random));
    }
}

fn check_updates_equal_a_rebuild(seed: u64) {
    let random = &mut SmallRng::seed_from_u64(seed);
    let mut docs: BTreeMap<u32, Owned> = (0..20).map(|row| (row, a_doc(row, random))).collect();
    let mut index = build(&docs.values().cloned().collect::<Vec<_>>());
    let mut waiting = Vec::new();
    for _ in 0..40 {
        let row = random.random_range(0..30);
        match random.random_range(0..8) {
            0 => waiting.push(index.compacted()),
            1 => {
                if let Some(compacted) = waiting.pop() {
                    index.adopt(compacted);
                }
            }
            2 => {
                docs.remove(&row);
                index.remove(row);
            }
            _ => {
                let doc = a_doc(row, random);
                doc.with_doc(|doc| index.upsert(doc));
                docs.insert(row, doc);
            }
        }
    }
    assert_eq!(index.len(), docs.len());
    for _ in 0..5 {
        assert_as_reference(&index, docs.values(), &a_query(random));
    }
    let before = scores(&index, "z");
    let compacted = index.compacted();
    assert!(index.adopt(compacted));
    assert_eq!((index.changes(), index.len()), (0, docs.len()));
    assert_eq!(scores(&index, "z"), before);
}

fn check_builders_agree(seed: u64) {
    let random = &mut SmallRng::seed_from_u64(seed);
    let docs: Vec<_> = (0..30).map(|_| a_doc(random.random_range(0..25), random)).collect();
    let last: BTreeMap<u32, Owned> = docs.iter().map(|doc| (doc.row, doc.clone())).collect();
    let half = random.random_range(0..=docs.len());
    let halves = [&docs[..half], &docs[half..]].map(|docs| {
        let mut builder = Builder::new();
        docs.iter().for_each(|doc| doc.with_doc(|doc| builder.add(doc)));
        builder
    });
    let (one, two) = (build(&docs), Builder::build_all(halves));
    assert_eq!((one.len(), two.len()), (last.len(), last.len()));
    for _ in 0..5 {
        let query = a_query(random);
        assert_as_reference(&one, last.values(), &query);
        assert_as_reference(&two, last.values(), &query);
    }
}

/// A seed that once failed.
#[test]
fn a_seed_that_once_failed_holds() {
    let seed = 13167867544887577412;
    check_finds_what_the_reference_finds(seed);
    check_updates_equal_a_rebuild(seed);
    check_builders_agree(seed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is found is what a look at every field of every household finds, in the same order.
    #[test]
    fn finds_what_the_reference_finds(seed in any::<u64>()) {
        check_finds_what_the_reference_finds(seed);
    }

    /// After any updates, with compaction at any time and adopted late, the answers are those of a fresh index.
    #[test]
    fn updates_equal_a_rebuild(seed in any::<u64>()) {
        check_updates_equal_a_rebuild(seed);
    }

    /// Order of adding and division among builders do not matter, but of two with one row the later stands.
    #[test]
    fn builders_agree(seed in any::<u64>()) {
        check_builders_agree(seed);
    }
}

/// Large enough for the shortcuts of large indexes.
#[test]
fn a_large_index_finds_what_the_reference_finds() {
    let random = &mut SmallRng::seed_from_u64(1);
    let docs: Vec<_> = (0..2_000).map(|row| a_doc(row, random)).collect();
    let index = build(&docs);
    for _ in 0..60 {
        assert_as_reference(&index, &docs, &a_query(random));
    }
    for query in
        ["zhangsf", "zhangshufen", "shanshufen", "lilile", "changlezhang", "chenzhang", "ouyangzhang", "lzhangs"]
    {
        assert_as_reference(&index, &docs, query);
    }
}

#[test]
fn changes_that_nobody_compacts_are_merged_at_last() {
    let mut index = Index::new();
    let mut builder = Builder::new();
    for row in (0..MOST_CHANGES as u32 + 10).rev() {
        let name = if row % 1000 == 0 { "张三" } else { "李四" };
        index.upsert(&Doc { row, names: &[name], ..Doc::default() });
        builder.add(&Doc { row, names: &[name], ..Doc::default() });
    }
    assert_eq!((index.changes(), index.len()), (10, MOST_CHANGES + 10));
    assert_eq!(rows(&index, "zs"), [0, 1000, 2000, 3000, 4000]);
    assert_eq!(rows(&builder.build(), "zs"), [0, 1000, 2000, 3000, 4000]);
}

#[test]
fn debug_output_names_nobody() {
    let mut index = build(&[household()]);
    household().with_doc(|doc| index.upsert(doc));
    let text = format!("{index:?} {:?}", index.compacted());
    assert!(text.contains("rows: 1"));
    for secret in ["张", "123", "9876", "岙"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_clone_does_not_see_later_changes() {
    let mut index = of_names(&[&["张三"]]);
    let before = index.clone();
    index.upsert(&Doc { row: 0, names: &["李四"], ..Doc::default() });
    index.upsert(&Doc { row: 1, names: &["张三"], ..Doc::default() });
    assert_eq!((rows(&before, "zs"), rows(&index, "zs")), (vec![0], vec![1]));
    // A base made from an older base is refused.
    let stale = before.compacted();
    let compacted = index.compacted();
    assert!(index.adopt(compacted));
    assert!(!index.adopt(stale));
    assert_eq!(rows(&index, "ls"), [0]);
    for row in 0..MANY_CHANGES as u32 {
        assert!(!index.wants_compaction());
        index.remove(row);
    }
    assert!(index.wants_compaction());
}
