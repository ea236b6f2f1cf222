//! The same answers as [`super::Index`], found the slow way: every household, every field, every cutting of the letters.
//! Only tests use it.

use super::Doc;
use super::fold::{fold, plain_into};
use super::query::{Kind, Token, plans};
use super::rank::{BRIDGE, Tier, score};
use super::readings::{Of, Reader};
use super::syllables::SYLLABLES;

/// A household that can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Owned {
    pub row: u32,
    pub names: Vec<String>,
    pub id_tails: Vec<String>,
    pub phones: Vec<String>,
    pub archive_nos: Vec<String>,
    pub village: String,
    pub address: String,
}

impl Owned {
    pub(super) fn with_doc<T>(&self, with: impl FnOnce(&Doc<'_>) -> T) -> T {
        fn all(texts: &[String]) -> Vec<&str> {
            texts.iter().map(String::as_str).collect()
        }
        with(&Doc {
            row: self.row,
            names: &all(&self.names),
            id_tails: &all(&self.id_tails),
            phones: &all(&self.phones),
            archive_nos: &all(&self.archive_nos),
            village: &self.village,
            address: &self.address,
        })
    }
}

/// Row and score of all households that match, best first.
pub(super) fn find<'a>(docs: impl IntoIterator<Item = &'a Owned>, query: &str) -> Vec<(u32, u16)> {
    let plans = plans(query);
    let score = |doc: &Owned| {
        let of_plan = |plan: &super::query::Plan| {
            let scores: Option<Vec<u16>> = plan.tokens.iter().map(|token| best(doc, token).map(u16::from)).collect();
            Some(scores?.iter().sum::<u16>() + plan.bridged * BRIDGE)
        };
        plans.iter().filter_map(of_plan).max()
    };
    let mut found: Vec<_> = docs.into_iter().filter_map(|doc| Some((doc.row, score(doc)?))).collect();
    found.sort_by_key(|&(row, score)| (std::cmp::Reverse(score), row));
    found
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    plain_into(&fold(text), &mut out);
    out
}

/// The best score of a token in a household.
fn best(doc: &Owned, token: &Token) -> Option<u8> {
    let mut scores = Vec::new();
    for (number, name) in doc.names.iter().enumerate() {
        let head = number == 0;
        if let Kind::Latin(_) = token.kind {
            let of = if name.contains(['·', '.']) { Of::Place } else { Of::Person };
            for (number, reading) in readings(&plain(name), of).iter().enumerate() {
                let tiers = cuttings(reading, &token.plain).map(|cutting| cutting.tier());
                scores.extend(tiers.map(|tier| score(tier, number == 0, head)));
            }
        } else {
            let tier = text_tier(&plain(name), &token.plain, [Tier::Whole, Tier::NameStart, Tier::NameInside]);
            scores.extend(tier.map(|tier| score(tier, true, head)));
        }
    }
    scores.extend(numbers(doc, token).into_iter().map(|tier| score(tier, true, false)));
    scores.extend(ids(doc, token).into_iter().map(|(tier, head)| score(tier, true, head)));
    scores.extend(village(doc, token).into_iter().map(|(tier, usual)| score(tier, usual, false)));
    let address = fold(&doc.address).contains(&token.text);
    scores.extend(address.then(|| score(Tier::Address, true, false)));
    scores.into_iter().max()
}

fn text_tier(text: &str, typed: &str, [whole, start, inside]: [Tier; 3]) -> Option<Tier> {
    if text == typed {
        Some(whole)
    } else if text.starts_with(typed) {
        Some(start)
    } else {
        text.contains(typed).then_some(inside)
    }
}

fn numbers(doc: &Owned, token: &Token) -> Vec<Tier> {
    let typed = token.plain.as_str();
    let mut tiers = Vec::new();
    let phones = doc.phones.iter().map(|phone| (plain(phone).replace(|c: char| !c.is_ascii_digit(), ""), true));
    let archive_nos = doc.archive_nos.iter().map(|number| (plain(number), false));
    for (number, is_phone) in phones.chain(archive_nos) {
        let tier = if number == typed {
            Tier::Whole
        } else if number.ends_with(typed) {
            Tier::NumberEnd
        } else if number.starts_with(typed) {
            Tier::NumberStart
        } else {
            Tier::NumberInside
        };
        let fits = match typed.len() {
            1..=2 => !is_phone && tier == Tier::Whole,
            3 => matches!(tier, Tier::Whole | Tier::NumberEnd) || is_phone && tier == Tier::NumberStart,
            _ => true,
        };
        if number.contains(typed) && fits {
            tiers.push(tier);
        }
    }
    tiers
}

/// Rank of each ID number that fits, and whether it is the head's.
fn ids(doc: &Owned, token: &Token) -> Vec<(Tier, bool)> {
    let typed = token.plain.as_str();
    let mut tiers = Vec::new();
    for (number, tail) in doc.id_tails.iter().enumerate().filter(|_| matches!(token.kind, Kind::Number)) {
        let tail = plain(tail);
        let tail = &tail[tail.len().saturating_sub(6)..];
        let last = &tail[tail.len().saturating_sub(4)..];
        let front = &tail[..tail.len() - last.len()];
        let (four, agrees) = (last.len() == 4, |typed: &str| front.is_empty() || typed.ends_with(front));
        let tier = match typed.len() {
            3 if last.ends_with(typed) => Some(Tier::NumberEnd),
            1..=3 if four && last.starts_with(typed) => Some(Tier::NumberStart),
            4..=6 if tail.ends_with(typed) => Some(Tier::Whole),
            18 if four && typed.ends_with(last) && agrees(&typed[..14]) => Some(Tier::Whole),
            15 if four && typed.ends_with(&last[..3]) && agrees(&typed[..12]) => Some(Tier::Whole),
            _ => None,
        };
        tiers.extend(tier.map(|tier| (tier, number == 0)));
    }
    tiers
}

fn village(doc: &Owned, token: &Token) -> Vec<(Tier, bool)> {
    let name = plain(&doc.village);
    let mut tiers = Vec::new();
    for (at, _) in name.match_indices(|_| true) {
        if name[at..].starts_with(&token.plain) {
            let start = at == 0 || name[..at].ends_with(['省', '市', '区', '县', '旗', '镇', '乡', '道']);
            tiers.push((if start { Tier::VillageStart } else { Tier::VillageInside }, true));
        }
    }
    if let Kind::Latin(_) = token.kind {
        for (number, reading) in readings(&name, Of::Place).iter().enumerate() {
            let tier = |start| if start { Tier::VillageStart } else { Tier::VillageInside };
            tiers.extend(cuttings(reading, &token.plain).map(|cutting| (tier(cutting.start), number == 0)));
        }
    }
    tiers
}

/// The readings of a plain name, each as the spellings of its syllables; none for a character without a reading.
pub(super) fn readings(name: &str, of: Of) -> Vec<Vec<Vec<String>>> {
    let (mut initials, mut codes) = (Vec::new(), Vec::new());
    Reader::default().read(name, of, (b'\n', b'\n'), &mut initials, &mut codes);
    let mut readings = Vec::new();
    for (initial, code) in initials.into_iter().zip(codes) {
        let spellings = || {
            let list = SYLLABLES.starting(initial).iter().find(|(c, _)| *c == code);
            list.map(|(_, spellings)| spellings.clone()).unwrap_or_default()
        };
        match (initial, readings.last_mut()) {
            (b'\n', _) => readings.push(Vec::new()),
            (b'a'..=b'z', Some(reading)) => Vec::push(reading, spellings()),
            (_, Some(reading)) => reading.push(Vec::new()),
            (_, None) => panic!("a reading begins with its mark"),
        }
    }
    readings
}

/// One way to cut typed letters into pieces of a reading.
struct Cutting {
    start: bool,
    to_end: bool,
    full: bool,
}

impl Cutting {
    fn tier(&self) -> Tier {
        match (self.start, self.to_end, self.full) {
            (true, true, true) => Tier::Whole,
            (true, true, false) => Tier::InitialsWhole,
            (true, false, true) => Tier::PinyinStartFull,
            (true, false, false) => Tier::PinyinStart,
            (false, ..) => Tier::PinyinInside,
        }
    }
}

/// All cuttings from any syllable on.
fn cuttings(reading: &[Vec<String>], typed: &str) -> impl Iterator<Item = Cutting> {
    let mut all = Vec::new();
    for first in 0..reading.len() {
        let mut ends = Vec::new();
        cut(&reading[first..], typed, true, 0, &mut ends);
        let cutting = |(count, full)| Cutting { start: first == 0, to_end: first + count == reading.len(), full };
        all.extend(ends.into_iter().map(cutting));
    }
    all.into_iter()
}

/// Adds how many syllables each cutting of `typed` takes, and whether all are full.
fn cut(syllables: &[Vec<String>], typed: &str, full: bool, count: usize, ends: &mut Vec<(usize, bool)>) {
    let Some((syllable, rest)) = syllables.split_first() else { return };
    for spelling in syllable {
        let short = ["zh", "ch", "sh"].into_iter().find(|short| spelling.starts_with(short));
        if spelling.starts_with(typed) {
            ends.push((count + 1, full && spelling == typed));
        }
        for piece in [Some(spelling.as_str()), Some(&spelling[..1]), short].into_iter().flatten() {
            if let Some(typed) = typed.strip_prefix(piece).filter(|typed| !typed.is_empty()) {
                cut(rest, typed, full && piece == spelling, count + 1, ends);
            }
        }
    }
}
