//! How long a keystroke takes in `search`, beside what anyone would write first (every row, every field, `contains`)
//! and a fuzzy matcher over names and pinyin.
//!
//! `cargo bench --bench search` at 86,000 households and 500,000; add a name to run only those. Memory is printed once.

use std::sync::LazyLock;

use divan::counter::ItemsCount;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use pinyin::ToPinyin as _;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use zhulian::search::{Builder, Doc, Index};

fn main() {
    let start = std::time::Instant::now();
    Index::new().upsert(&Doc { names: &["张三"], ..Doc::default() });
    println!("tables of readings, made once: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    for size in SIZES {
        let city = city(size);
        let text: usize = city.people.iter().map(Household::text).sum();
        let people: usize = city.people.iter().map(|household| household.names.len()).sum();
        let memory = city.index.memory();
        println!(
            "{size} households, {people} people: index {} KB, {:.1} bytes a person; searchable text {} KB; beyond it {:.1} bytes a person",
            memory / 1024,
            memory as f64 / people as f64,
            text / 1024,
            (memory as f64 - text as f64) / people as f64,
        );
    }
    divan::main();
}

const SIZES: [usize; 2] = [86_000, 500_000];

/// As many hits as a screen shows.
const LIMIT: usize = 50;

/// What is typed: a word on what it is, and the text.
const QUERIES: [(&str, &str); 20] = [
    ("one letter", "z"),
    ("two letters", "zs"),
    ("initials", "zsf"),
    ("surname in pinyin", "zhang"),
    ("pinyin, partial", "zhangsh"),
    ("pinyin, whole", "zhangshufen"),
    ("pinyin, two words", "zhang shufen"),
    ("pinyin and initials", "zhangsf"),
    ("surname", "张"),
    ("given name", "淑芬"),
    ("name", "张淑芬"),
    ("a digit", "1"),
    ("two digits", "12"),
    ("last four", "1234"),
    ("phone", "13812345678"),
    ("village", "上岙"),
    ("village in initials", "sac"),
    ("address", "上岙村12号"),
    ("village and initials", "上岙 zsf"),
    ("last four and surname", "1234 张"),
];

fn queries() -> impl Iterator<Item = String> {
    SIZES.into_iter().flat_map(|size| QUERIES.map(|(what, query)| format!("{size} {what}: {query}")))
}

fn parse(case: &str) -> (&'static City, &str) {
    let size: usize = case.split(' ').next().and_then(|size| size.parse().ok()).expect("made by `queries`");
    (city(size), case.split_once(": ").expect("made by `queries`").1)
}

#[divan::bench(args = queries())]
fn find(bencher: divan::Bencher<'_, '_>, case: &str) {
    let (city, query) = parse(case);
    bencher.bench(|| city.index.find(query, LIMIT));
}

/// The same by two threads, where the index is large enough to use them.
#[divan::bench(args = queries().filter(|case| case.starts_with("500000")))]
fn find_by_two_threads(bencher: divan::Bencher<'_, '_>, case: &str) {
    let (city, query) = parse(case);
    let mut index = city.index.clone();
    index.set_threads(2);
    bencher.bench(|| index.find(query, LIMIT));
}

/// The peer: every field of every household, folded beforehand, initials and pinyin beside the names.
#[divan::bench(args = queries(), sample_count = 20)]
fn naive_contains(bencher: divan::Bencher<'_, '_>, case: &str) {
    let (city, query) = parse(case);
    bencher.bench(|| {
        let tokens: Vec<&str> = query.split(' ').collect();
        let all =
            |household: &&Household| tokens.iter().all(|token| household.fields().any(|field| field.contains(token)));
        city.people.iter().filter(all).count()
    });
}

/// The peer: nucleo's fuzzy matcher over name, pinyin and initials.
#[divan::bench(args = queries(), sample_count = 20)]
fn nucleo(bencher: divan::Bencher<'_, '_>, case: &str) {
    let (city, query) = parse(case);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Never);
    bencher.bench_local(|| {
        let mut buffer = Vec::new();
        let mut best = Vec::new();
        for household in &city.people {
            best.extend(pattern.score(Utf32Str::new(&household.joined, &mut buffer), &mut matcher));
        }
        best.len()
    });
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn build(bencher: divan::Bencher<'_, '_>, size: usize) {
    let city = city(size);
    bencher.counter(ItemsCount::new(size)).bench(|| build_index(&city.people));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn build_by_two_threads(bencher: divan::Bencher<'_, '_>, size: usize) {
    let city = city(size);
    bencher.counter(ItemsCount::new(size)).bench(|| {
        let (first, second) = city.people.split_at(size / 2);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| builder(second));
            let first = builder(first);
            Builder::build_all([first, second.join().expect("no panic")])
        })
    });
}

/// A changed row, while a reader holds the index; 500 changes wait already.
#[divan::bench(args = SIZES)]
fn upsert(bencher: divan::Bencher<'_, '_>, size: usize) {
    let (index, people) = changed(size);
    bencher.with_inputs(|| index.clone()).bench_refs(|index| people[77].with_doc(77, |doc| index.upsert(doc)));
}

#[divan::bench(args = SIZES)]
fn find_with_500_changes(bencher: divan::Bencher<'_, '_>, size: usize) {
    let (index, _) = changed(size);
    bencher.bench(|| index.find("zsf", LIMIT));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn compact_500_changes(bencher: divan::Bencher<'_, '_>, size: usize) {
    let (index, _) = changed(size);
    bencher.bench(|| index.compacted());
}

fn changed(size: usize) -> (Index, &'static [Household]) {
    let city = city(size);
    let mut index = city.index.clone();
    for row in (0..size).step_by(size / 500) {
        city.people[(row + 1) % size].with_doc(row, |doc| index.upsert(doc));
    }
    (index, &city.people)
}

struct City {
    people: Vec<Household>,
    index: Index,
}

fn city(size: usize) -> &'static City {
    static SMALL: LazyLock<City> = LazyLock::new(|| City::new(SIZES[0]));
    static LARGE: LazyLock<City> = LazyLock::new(|| City::new(SIZES[1]));
    if size == SIZES[0] { &SMALL } else { &LARGE }
}

impl City {
    fn new(size: usize) -> City {
        let mut random = SmallRng::seed_from_u64(7);
        let people: Vec<Household> = (0..size).map(|row| Household::invent(row, size, &mut random)).collect();
        let index = build_index(&people);
        City { people, index }
    }
}

fn builder(people: &[Household]) -> Builder {
    let mut builder = Builder::new();
    for household in people {
        household.with_doc(household.row, |doc| builder.add(doc));
    }
    builder
}

fn build_index(people: &[Household]) -> Index {
    builder(people).build()
}

struct Household {
    row: usize,
    names: Vec<String>,
    pinyin: String,
    initials: String,
    id_tails: Vec<String>,
    phone: String,
    archive_no: String,
    village: String,
    address: String,
    /// For the fuzzy peer.
    joined: String,
}

/// Surnames by frequency, the hundred most common (2020 census bulletin of names), then some polyphonic ones.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚\
    沈钟姜崔谭陆范汪廖石金韦贾夏傅方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常单仇解区查";
const COMPOUND: [&str; 4] = ["欧阳", "上官", "尉迟", "令狐"];
const GIVEN: &str = "英秀玉华珍兰芳丽淑桂凤素梅美玲红春云琴惠霞金文德明国建平志荣林海生军福永新忠义贵宝成祥富有才发根水木火土山\
    雪莲香菊花娥翠爱莉娟萍艳燕敏静洁婷佳怡欣悦嘉子涵雨梓轩浩宇博俊杰伟强磊鹏飞勇斌超涛辉刚健峰波龙乐行长晟茜娜芬";

impl Household {
    fn invent(row: usize, size: usize, random: &mut SmallRng) -> Household {
        // 1.62 people a household, as in the papers' city.
        let count =
            [1, 1, 1, 1, 1, 1, 2, 2, 3, 4][random.random_range(0..10)].max(1 + usize::from(row.is_multiple_of(9)));
        let names: Vec<String> = (0..count).map(|_| name(random)).collect();
        let spell = |part: fn(pinyin::Pinyin) -> &'static str| {
            let spelled = names.iter().map(|name| name.as_str().to_pinyin().flatten().map(part).collect::<String>());
            spelled.collect::<Vec<_>>().join(" ")
        };
        let (pinyin, initials) = (spell(pinyin::Pinyin::plain), spell(pinyin::Pinyin::first_letter));
        let id_tails = names.iter().map(|_| format!("{:06}", random.random_range(0..1_000_000))).collect();
        let phone = format!("1{}{:08}", [38, 39, 58, 77][row % 4], random.random_range(0..100_000_000));
        let town = ["东岙镇", "西垟镇", "南山镇", "北溪乡", "中塘街道"][row * 5 / size];
        let village = village(row * 600 / size);
        let address = format!("浙江省瓯城市{town}{village}{}号", row % 240 + 1);
        let archive_no = format!("990305{:04}D{row:06}", row * 600 / size);
        let joined = format!("{} {pinyin} {initials}", names.join(" "));
        Household { row, names, pinyin, initials, id_tails, phone, archive_no, village, address, joined }
    }

    fn with_doc(&self, row: usize, mut with: impl FnMut(&Doc<'_>)) {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let id_tails: Vec<&str> = self.id_tails.iter().map(String::as_str).collect();
        with(&Doc {
            row: row as u32,
            names: &names,
            id_tails: &id_tails,
            phones: &[&self.phone],
            archive_nos: &[&self.archive_no],
            village: &self.village,
            address: &self.address,
        });
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let lists = self.names.iter().chain(&self.id_tails).map(String::as_str);
        let rest = [&self.pinyin, &self.initials, &self.phone, &self.archive_no, &self.village, &self.address];
        lists.chain(rest.map(String::as_str))
    }

    /// Bytes of what can be searched, pinyin not counted.
    fn text(&self) -> usize {
        let own = self.fields().map(str::len).sum::<usize>();
        own - self.pinyin.len() - self.initials.len()
    }
}

fn name(random: &mut SmallRng) -> String {
    fn pick(from: &str, random: &mut SmallRng, skew: f64) -> char {
        let count = from.chars().count();
        let place = (random.random::<f64>().powf(skew) * count as f64) as usize;
        from.chars().nth(place).expect("a place within")
    }
    let mut name = String::new();
    if random.random_range(0..250) == 0 {
        name.push_str(COMPOUND[random.random_range(0..COMPOUND.len())]);
    } else {
        name.push(pick(SURNAMES, random, 2.5));
    }
    for _ in 0..if random.random_range(0..6) == 0 { 1 } else { 2 } {
        name.push(pick(GIVEN, random, 1.5));
    }
    name
}

fn village(number: usize) -> String {
    let first: Vec<char> = "上下东西南北前后大小新老里外高中".chars().collect();
    let second: Vec<char> = "岙垟山溪塘桥岭田坑湾浦屿林庄坪洋岩潭沙井".chars().collect();
    let (one, two) = (first[number % first.len()], second[number / first.len() % second.len()]);
    let third = ["村", "头村", "社区"][number / (first.len() * second.len()) % 3];
    format!("{one}{two}{third}")
}
