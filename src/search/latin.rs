//! What may stand for a name in Latin letters: `zhangshufen`, `zsf`, `zhangsf`, `zhangsh` for 张淑芬.
//!
//! Typed letters are cut into pieces, one for each character from some character on. A piece is the whole syllable, its
//! first letter, or its zh, ch or sh; the last piece may be any beginning of a syllable. All cuts are followed at once:
//! a set of bits holds the places in the typed text that can be reached.

use super::lines::{is_end, is_mark};
use super::syllables::{SYLLABLES, letter};

/// Longer input is no name.
const LONGEST: usize = 63;

/// What typed letters may stand for.
pub(super) struct Latin {
    text: Vec<u8>,
    /// For each place in the text and each code of a syllable that begins with the letter there.
    steps: Vec<[Step; 256]>,
    /// For each code at the first place: the letters with which the next syllable may begin, or [`ENOUGH`].
    next: [u32; 256],
    /// How far any syllable may carry from each place.
    reach: Vec<u8>,
    only_initials: bool,
}

/// How far one syllable may carry: bit n for n + 1 letters.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    any: u8,
    /// Only where the syllable stands there in full.
    full: u8,
}

/// In [`Latin::next`]: one syllable is enough.
const ENOUGH: u32 = 1 << 26;

/// How much of a name the letters cover, from the character at which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cover {
    /// They reach the last character.
    pub to_end: bool,
    /// All syllables stand there in full.
    pub full: bool,
    /// Both at once, in one cutting.
    pub full_to_end: bool,
}

impl Latin {
    /// `None` if the text is no run of at most 63 lower-case letters.
    pub(super) fn new(text: &str) -> Option<Latin> {
        let text = text.as_bytes().to_vec();
        if text.is_empty() || text.len() > LONGEST || !text.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        let steps: Vec<_> = (0..text.len()).map(|at| steps(&text[at..])).collect();
        let mut next = [0; 256];
        for (next, step) in next.iter_mut().zip(&steps[0]) {
            for length in (1..=8).filter(|length| step.any >> (length - 1) & 1 == 1) {
                *next |= text.get(length).map_or(ENOUGH, |&initial| 1 << letter(initial));
            }
        }
        // Every step is one letter long, so the first letters must be the text itself.
        let reach: Vec<u8> = steps.iter().map(|steps| steps.iter().fold(0, |reach, step| reach | step.any)).collect();
        let only_initials = reach.iter().all(|&reach| reach <= 1);
        Some(Latin { text, steps, next, reach, only_initials })
    }

    /// Whether only the first letters of names count, so that a plain search among them finds all.
    pub(super) fn only_initials(&self) -> bool {
        self.only_initials
    }

    /// The letters.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Neighbours among first letters of which one must stand in every match: a letter that never stands inside a syllable,
    /// with each letter that can begin the syllable before it. As pairs, one list for each such letter.
    pub(super) fn landmarks(&self) -> impl Iterator<Item = Vec<[u8; 2]>> {
        let beginners = (1..self.text.len()).filter(|&at| b"bcdfjklmpqstwxz".contains(&self.text[at]));
        beginners.map(|at| {
            let reach = |&before: &usize| self.reach[before] >> (at - before - 1) & 1 == 1;
            let mut pairs: Vec<_> =
                (at.saturating_sub(6)..at).filter(reach).map(|before| [self.text[before], self.text[at]]).collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        })
    }

    /// A quick look at a place whose first letter fits: can it be the beginning of a match?
    pub(super) fn may_begin(&self, initials: &[u8], codes: &[u8], at: usize) -> bool {
        let next = self.next[usize::from(codes[at])];
        next & ENOUGH != 0
            || initials
                .get(at + 1)
                .is_some_and(|initial| initial.is_ascii_lowercase() && next >> letter(*initial) & 1 == 1)
    }

    /// Whether the name's syllables from `at` on can be typed so, and how much of the name that covers.
    pub(super) fn cover(&self, initials: &[u8], codes: &[u8], at: usize) -> Option<Cover> {
        let done = 1u64 << self.text.len();
        let (mut any, mut full) = (1u64, 1u64);
        let mut cover = None;
        for (at, (&initial, &code)) in (at..).zip(initials[at..].iter().zip(&codes[at..])) {
            if is_mark(initial) {
                break;
            }
            (any, full) = self.step(initial, code, any, full);
            if any & done != 0 {
                let to_end = is_end(initials, at + 1);
                let so_far = cover.get_or_insert(Cover::default());
                so_far.to_end |= to_end;
                so_far.full |= full & done != 0;
                so_far.full_to_end |= to_end && full & done != 0;
            }
            any &= !done;
            full &= !done;
            if any == 0 {
                break;
            }
        }
        cover
    }

    /// The same for a single letter at a syllable that begins with it.
    pub(super) fn cover_one(&self, to_end: bool, code: u8) -> Cover {
        let full = self.steps[0][usize::from(code)].full & 1 == 1;
        Cover { to_end, full, full_to_end: to_end && full }
    }

    /// The places reached with one more syllable.
    fn step(&self, initial: u8, code: u8, any: u64, full: u64) -> (u64, u64) {
        let (mut next_any, mut next_full) = (0, 0);
        let mut places = any;
        while places != 0 {
            let place = places.trailing_zeros() as usize;
            places &= places - 1;
            if self.text[place] == initial {
                let step = self.steps[place][usize::from(code)];
                next_any |= u64::from(step.any) << (place + 1);
                if full >> place & 1 == 1 {
                    next_full |= u64::from(step.full) << (place + 1);
                }
            }
        }
        (next_any, next_full)
    }
}

/// How far each syllable may carry at the beginning of `rest`.
fn steps(rest: &[u8]) -> [Step; 256] {
    let mut steps = [Step::default(); 256];
    for (code, spellings) in SYLLABLES.starting(rest[0]) {
        let step = &mut steps[usize::from(*code)];
        step.any = 1;
        for spelling in spellings.iter().map(String::as_bytes) {
            if rest.starts_with(spelling) {
                step.full |= 1 << (spelling.len() - 1);
            } else if spelling.starts_with(rest) {
                step.any |= 1 << (rest.len() - 1);
            }
            if matches!(spelling, [b'z' | b'c' | b's', b'h', ..]) && rest.get(1) == Some(&b'h') {
                step.any |= 0b10;
            }
        }
        step.any |= step.full;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::readings::{Of, Reader};

    /// `.` no match, `o` some of the name, `e` to its end, `f` full syllables, `F` full syllables to its end.
    fn cover(name: &str, typed: &str) -> char {
        let (mut initials, mut codes) = (Vec::new(), Vec::new());
        Reader::default().read(name, Of::Person, (b'\n', b'\t'), &mut initials, &mut codes);
        let latin = Latin::new(typed).unwrap();
        let found = latin.cover(&initials, &codes, 1).filter(|_| initials[1] == latin.text()[0]);
        assert!(found.is_none() || latin.may_begin(&initials, &codes, 1), "{name} {typed}");
        match found {
            None => '.',
            Some(Cover { full_to_end: true, .. }) => 'F',
            Some(Cover { full: true, .. }) => 'f',
            Some(Cover { to_end: true, .. }) => 'e',
            Some(_) => 'o',
        }
    }

    #[test]
    fn pieces_of_pinyin() {
        fn check(name: &str, table: &[(&str, char)]) {
            for &(typed, expected) in table {
                assert_eq!(cover(name, typed), expected, "{name} {typed}");
            }
        }
        check(
            "张淑芬",
            &[
                ("z", 'o'),
                ("zh", 'o'),
                ("zha", 'o'),
                ("zhang", 'f'),
                ("zs", 'o'),
                ("zsh", 'o'),
                ("zhs", 'o'),
                ("zsf", 'e'),
                ("zhshf", 'e'),
                ("zhangsf", 'e'),
                ("zhangsh", 'o'),
                ("zhangshu", 'f'),
                ("zhangshuf", 'e'),
                ("zhangshufen", 'F'),
                ("zshufen", 'e'),
                ("zshf", 'e'),
                ("zhasf", '.'),
                ("zhangshufeng", '.'),
                ("zsfx", '.'),
                ("zf", '.'),
            ],
        );
        check("李安", &[("lian", 'F'), ("lia", 'e'), ("la", 'e'), ("li", 'f'), ("liang", '.')]);
        check("连安", &[("lian", 'f'), ("liana", 'e'), ("lianan", 'F'), ("lan", 'e')]);
        check("吕绿", &[("lvlv", 'F'), ("lulu", 'F'), ("lyulu", 'F'), ("ll", 'e'), ("lul", 'e')]);
        check("许娟", &[("xujuan", 'F'), ("xvjvan", 'F'), ("xj", 'e')]);
        check("郑航", &[("zhang", 'e'), ("zh", 'e'), ("zhenghang", 'F')]);
        check("john", &[("john", 'F'), ("jo", 'f')]);
    }

    #[test]
    fn landmarks_stand_in_every_match() {
        fn check(typed: &str, expected: &[&[&str]]) {
            let text = |pair: &[u8; 2]| String::from_utf8(pair.to_vec()).unwrap();
            let found: Vec<Vec<String>> =
                Latin::new(typed).unwrap().landmarks().map(|pairs| pairs.iter().map(text).collect()).collect();
            assert_eq!(found, expected, "{typed}");
        }
        check("zhang", &[]);
        check("zhangsf", &[&["as", "gs", "hs", "zs"], &["sf"]]);
        check("zhangshufen", &[&["as", "gs", "hs", "zs"], &["hf", "sf", "uf"]]);
        check("lili", &[&["il", "ll"]]);
    }

    #[test]
    fn input_that_is_no_pinyin() {
        for text in ["", "Zhang", "张", "z1", &"z".repeat(64)] {
            assert!(Latin::new(text).is_none(), "{text:?}");
        }
        assert!(Latin::new("zsf").unwrap().only_initials());
        assert!(!Latin::new("zh").unwrap().only_initials());
    }
}
