//! How a name is read: surnames as surnames, all plausible readings of the rest.
//!
//! The general readings come from the `pinyin` crate. `readings.csv` replaces them where they hold readings that only
//! old texts know; it follows 《通用规范汉字字典》 (2013, as Unihan's kTGHZ2013 has it), with the reading usual in names first. `surnames.csv` has the
//! surnames that are read in their own way, and the compound ones; the first reading is the surname's, the others are
//! common misreadings, by which it is found too.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti as _;

use super::syllables::{LETTER, SYLLABLES, Syllable, UNREADABLE};

/// At most so many readings of one character are kept.
const PER_CHARACTER: usize = 4;

/// At most so many readings of one name are kept: first the usual one, then those that differ from it in the fewest
/// characters.
const PER_NAME: usize = 12;

/// A letter and a code, see [`SYLLABLES`].
type Sound = (u8, u8);

/// Whose reading is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A person: begins with a surname.
    Person,
    /// A place, or a name that has no Chinese surname.
    Place,
}

/// Reads names; keeps its buffers from one to the next.
#[derive(Default)]
pub(super) struct Reader {
    parts: Vec<Part>,
    chosen: Vec<usize>,
    given: usize,
}

/// A stretch of a name with its alternatives, each a sequence of sounds, the usual one first.
enum Part {
    Character([Option<Sound>; PER_CHARACTER]),
    Surname(&'static [Vec<Sound>]),
}

impl Part {
    fn alternatives(&self) -> usize {
        match self {
            Part::Character(sounds) => sounds.iter().flatten().count(),
            Part::Surname(readings) => readings.len(),
        }
    }

    fn write(&self, choice: usize, initials: &mut Vec<u8>, codes: &mut Vec<u8>) {
        let mut push = |(initial, code)| {
            initials.push(initial);
            codes.push(code);
        };
        match self {
            Part::Character(sounds) => sounds[choice].into_iter().for_each(push),
            Part::Surname(readings) => readings[choice].iter().copied().for_each(&mut push),
        }
    }
}

impl Reader {
    /// Writes every reading of a folded, plain name: a mark (`first` for the usual reading, `other` for the rest), then
    /// first letters into one buffer and codes into the other, character by character.
    pub(super) fn read(
        &mut self,
        name: &str,
        of: Of,
        (first, other): (u8, u8),
        initials: &mut Vec<u8>,
        codes: &mut Vec<u8>,
    ) {
        self.split(name, of);
        self.given = 0;
        let choices = self.parts.iter().filter(|part| part.alternatives() > 1).count();
        for differences in 0..=choices {
            self.choose(0, differences, (first, other), initials, codes);
            if self.given >= PER_NAME {
                break;
            }
        }
    }

    fn split(&mut self, name: &str, of: Of) {
        self.parts.clear();
        self.chosen.clear();
        let mut rest = name;
        if of == Of::Person
            && let Some((length, readings)) = TABLE.surname(name)
        {
            self.parts.push(Part::Surname(readings));
            rest = &name[length..];
        }
        self.parts.extend(rest.chars().map(|c| Part::Character(TABLE.character(c).sounds)));
    }

    /// Writes the readings that differ from the usual one in exactly so many of the parts from `at` on.
    fn choose(&mut self, at: usize, differences: usize, marks: (u8, u8), initials: &mut Vec<u8>, codes: &mut Vec<u8>) {
        if self.given >= PER_NAME {
            return;
        }
        if at == self.parts.len() {
            if differences == 0 {
                initials.push(if self.given == 0 { marks.0 } else { marks.1 });
                codes.push(0);
                for (part, &choice) in self.parts.iter().zip(&self.chosen) {
                    part.write(choice, initials, codes);
                }
                self.given += 1;
            }
            return;
        }
        let alternatives = if differences == 0 { 1 } else { self.parts[at].alternatives() };
        for choice in 0..alternatives {
            self.chosen.push(choice);
            self.choose(at + 1, differences - usize::from(choice > 0), marks, initials, codes);
            self.chosen.pop();
        }
    }
}

/// A character's sounds, the usual one first. One that cannot be read has one sound that nothing types.
#[derive(Debug, Clone, Copy)]
struct Character {
    sounds: [Option<Sound>; PER_CHARACTER],
    /// Whether a surname of the table begins with it.
    surname: bool,
}

/// The block of characters that nearly all names are written with, kept ready.
const COMMON: std::ops::RangeInclusive<char> = '\u{4e00}'..='\u{9fff}';

struct Table {
    common: Vec<Character>,
    corrected: HashMap<char, Vec<Syllable>>,
    surnames: HashMap<&'static str, Vec<Vec<Sound>>>,
    longest_surname: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Table {
        let rows = |csv: &'static str| csv.lines().skip(1).filter_map(|line| line.split_once(','));
        let corrected = rows(include_str!("readings.csv"))
            .filter_map(|(c, readings)| Some((c.chars().next()?, syllables(readings).collect())))
            .collect();
        let surnames: HashMap<_, Vec<Vec<Sound>>> = rows(include_str!("surnames.csv"))
            .map(|(name, readings)| (name, readings.split('|').map(|reading| sounds(reading).collect()).collect()))
            .collect();
        let longest_surname = surnames.keys().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut table = Table { common: Vec::new(), corrected, surnames, longest_surname };
        table.common = COMMON.map(|c| table.look_up(c)).collect();
        for first in table.surnames.keys().filter_map(|name| name.chars().next()) {
            if let Some(place) = common_place(first) {
                table.common[place].surname = true;
            }
        }
        table
    }

    fn character(&self, c: char) -> Character {
        common_place(c).and_then(|place| self.common.get(place).copied()).unwrap_or_else(|| self.look_up(c))
    }

    fn look_up(&self, c: char) -> Character {
        let mut sounds = [None; PER_CHARACTER];
        if c.is_ascii_alphanumeric() {
            sounds[0] = Some((c as u8, LETTER));
        } else if let Some(readings) = self.corrected.get(&c) {
            fill(&mut sounds, readings.iter().copied());
        } else if let Some(readings) = c.to_pinyin_multi() {
            fill(&mut sounds, readings.into_iter().filter_map(|reading| syllable(reading.plain())));
        }
        sounds[0] = sounds[0].or(Some((UNREADABLE, LETTER)));
        Character { sounds, surname: false }
    }

    /// The surname of the table with which a name begins, as its length in bytes and its readings. A compound surname
    /// needs a given name behind it: 东方 alone is Mr 东.
    fn surname(&self, name: &str) -> Option<(usize, &[Vec<Sound>])> {
        if !self.character(name.chars().next()?).surname {
            return None;
        }
        let ends: Vec<usize> = name.char_indices().map(|(at, _)| at).skip(1).take(self.longest_surname).collect();
        let lengths = ends.into_iter().rev().chain((name.chars().count() == 1).then_some(name.len()));
        lengths.into_iter().find_map(|length| Some((length, self.surnames.get(&name[..length])?.as_slice())))
    }
}

fn common_place(c: char) -> Option<usize> {
    COMMON.contains(&c).then(|| c as usize - *COMMON.start() as usize)
}

fn fill(sounds: &mut [Option<Sound>; PER_CHARACTER], readings: impl Iterator<Item = Syllable>) {
    let mut places = 0;
    for reading in readings {
        let sound = Some(SYLLABLES.encode(reading));
        if places < PER_CHARACTER && !sounds.contains(&sound) {
            sounds[places] = sound;
            places += 1;
        }
    }
}

/// The syllable of a dictionary reading; `None` for the hums and grunts that are none (hm, ng).
fn syllable(reading: &str) -> Option<Syllable> {
    if reading.is_ascii() {
        SYLLABLES.number(reading)
    } else {
        SYLLABLES.number(&reading.replace('ü', "v").replace('ê', "e"))
    }
}

fn syllables(readings: &str) -> impl Iterator<Item = Syllable> {
    readings.split(' ').filter_map(syllable)
}

fn sounds(reading: &str) -> impl Iterator<Item = Sound> {
    syllables(reading).map(|syllable| SYLLABLES.encode(syllable))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The readings of a name, written out.
    fn read(name: &str, of: Of) -> Vec<String> {
        let (mut initials, mut codes) = (Vec::new(), Vec::new());
        Reader::default().read(name, of, (b'\n', b'\t'), &mut initials, &mut codes);
        assert_eq!(initials.len(), codes.len());
        let mut readings: Vec<String> = Vec::new();
        for (initial, code) in initials.into_iter().zip(codes) {
            match (initial, readings.last_mut()) {
                (b'\n' | b'\t', _) => readings.push(String::new()),
                (UNREADABLE, Some(reading)) => reading.push('?'),
                (initial, Some(reading)) => {
                    let (_, spellings) = SYLLABLES.starting(initial).iter().find(|(c, _)| *c == code).unwrap();
                    reading.push_str(&spellings[0]);
                }
                (initial, None) => panic!("{initial} before the first mark"),
            }
        }
        readings
    }

    #[test]
    fn surnames_are_read_as_surnames_first() {
        fn check(name: &str, expected: &str) {
            assert_eq!(read(name, Of::Person).first().map(String::as_str), Some(expected), "{name}");
        }
        check("曾小明", "zengxiaoming");
        check("单雪莲", "shanxuelian");
        check("仇英", "qiuying");
        check("解放", "xiefang");
        check("区大海", "oudahai");
        check("查良镛", "zhaliangyong");
        check("盖文", "gewen");
        check("任华", "renhua");
        check("华任", "huaren");
        check("朴正", "piaozheng");
        check("尉迟恭", "yuchigong");
        check("尉健", "weijian");
        check("万俟卨", "moqixie");
        check("万里", "wanli");
        check("澹台明", "tantaiming");
        check("长孙无忌", "zhangsunwuji");
        check("单于飞", "chanyufei");
        check("令狐冲", "linghuchong");
        check("欧阳修", "ouyangxiu");
        check("诸葛亮", "zhugeliang");
        check("爱新觉罗溥仪", "aixinjueluopuyi");
        check("乐正子", "yuezhengzi");
        check("乐正", "yuezheng");
        check("翟让", "zhairang");
        check("缪荣", "miaorong");
        check("覃刚", "qingang");
        check("吕布", "lvbu");
        check("闾丘露薇", "lvqiuluwei");
        check("张曾", "zhangzeng");
        check("单", "shan");
    }

    #[test]
    fn given_names_keep_all_plausible_readings() {
        fn check(name: &str, expected: &[&str]) {
            assert_eq!(read(name, Of::Person), expected, "{name}");
        }
        check("李红英", &["lihongying"]);
        check("张乐", &["zhangle", "zhangyue"]);
        check("王茜娜", &["wangqianna", "wangqiannuo", "wangxina", "wangxinuo"]);
        check("仇乐", &["qiule", "qiuyue", "choule", "chouyue"]);
        check("李晟", &["lisheng", "licheng"]);
        check("", &[""]);
        check("john", &["john"]);
        check("张𪚥", &["zhangzhe"]);
        check("张\u{e5f0}乐", &["zhang?le", "zhang?yue"]);
        check("𠮷田", &["jitian"]);
    }

    #[test]
    fn readings_are_bounded_and_begin_with_the_usual_one() {
        let readings = read("阿卜都长乐行朝重单", Of::Place);
        assert_eq!(readings.len(), PER_NAME);
        assert_eq!(readings[0], "abuduchanglexingchaozhongdan");
        let distinct: std::collections::HashSet<_> = readings.iter().collect();
        assert_eq!(distinct.len(), readings.len());
    }

    #[test]
    fn places_have_no_surname() {
        assert_eq!(read("单于村", Of::Place)[0], "danyucun");
        assert_eq!(read("上岙村", Of::Place), ["shangaocun"]);
    }

    #[test]
    fn the_tables_are_sound() {
        for line in include_str!("readings.csv").lines().skip(1) {
            let (c, readings) = line.split_once(',').unwrap();
            assert_eq!(c.chars().count(), 1, "{line}");
            assert_eq!(syllables(readings).count(), readings.split(' ').count(), "{line}");
        }
        for line in include_str!("surnames.csv").lines().skip(1) {
            let (name, readings) = line.split_once(',').unwrap();
            for reading in readings.split('|') {
                assert_eq!(sounds(reading).count(), name.chars().count(), "{line}");
            }
        }
    }
}
