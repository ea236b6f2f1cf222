//! Names, by their characters and by their readings.

use std::ops::Range;

use super::{Scan, hits, item};
use crate::search::latin::{Cover, Latin};
use crate::search::lines::{ROW, is_end, is_mark};
use crate::search::occurrences::Needle;
use crate::search::rank::{Board, Place, Tier, score};
use crate::search::spelled::{FIRST_AGAIN, LATER, Spelled};

/// Which name of the row stands around `at`, counted from 0.
pub(in crate::search) fn name_index(row: &[u8], at: usize) -> usize {
    row[..at].iter().filter(|&&byte| byte == LATER).count()
}

impl Scan<'_> {
    pub(super) fn names(&self, stretch: &Range<usize>, board: &mut Board) {
        if !self.segment.name_letters.contain(self.token.plain_letters) {
            return;
        }
        let lines = &self.segment.names;
        let bytes = lines.bytes();
        for at in hits(lines, &self.token.needle, stretch) {
            let (mark, start) = item(bytes, at);
            let tier = match (start, is_end(bytes, at + self.token.plain.len())) {
                (true, true) => Tier::Whole,
                (true, false) => Tier::NameStart,
                (false, _) => Tier::NameInside,
            };
            board.note(lines.row_at(at), score(tier, true, mark == ROW), Place::Name, at);
        }
    }

    pub(super) fn spellings(&self, latin: &Latin, stretch: &Range<usize>, board: &mut Board) {
        let spelled = &self.segment.spelled;
        let lines = spelled.initials();
        let bytes = lines.bytes();
        covers(
            spelled,
            latin,
            &self.token.needle,
            self.landmarks.as_deref(),
            lines.span(stretch.clone()),
            |at, cover| {
                let (mark, start) = item(bytes, at);
                let tier = match (start, cover) {
                    (true, Cover { full_to_end: true, .. }) => Tier::Whole,
                    (true, Cover { to_end: true, .. }) => Tier::InitialsWhole,
                    (true, Cover { full: true, .. }) => Tier::PinyinStartFull,
                    (true, _) => Tier::PinyinStart,
                    (false, _) => Tier::PinyinInside,
                };
                let head = mark == ROW || mark == FIRST_AGAIN;
                let usual = mark == ROW || mark == LATER;
                board.note(lines.row_at(at), score(tier, usual, head), Place::Spelling, at);
            },
        );
    }
}

/// Every place in a part of the readings from which the letters can be read, some perhaps twice. `plain` is the needle of
/// the same letters.
pub(super) fn covers(
    spelled: &Spelled,
    latin: &Latin,
    plain: &Needle,
    landmarks: Option<&[Needle]>,
    span: Range<usize>,
    mut found: impl FnMut(usize, Cover),
) {
    let (bytes, codes) = (spelled.initials().bytes(), spelled.codes());
    let part = &bytes[span.clone()];
    if let [letter] = latin.text() {
        // The first letter typed matches nearly everyone: no detours.
        for at in memchr::memchr_iter(*letter, part).map(|at| at + span.start) {
            found(at, latin.cover_one(is_end(bytes, at + 1), codes[at]));
        }
        return;
    }
    let mut look = |at: usize| {
        if latin.may_begin(bytes, codes, at)
            && let Some(cover) = latin.cover(bytes, codes, at)
        {
            found(at, cover);
        }
    };
    let first = latin.text()[0];
    if latin.only_initials() {
        plain.places(part).for_each(|at| look(at + span.start));
    } else if let Some(pairs) = landmarks {
        for pair in pairs {
            for at in pair.places(part).map(|at| at + span.start) {
                // From the landmark back to where the name begins.
                for at in (span.start..=at).rev().take_while(|&at| !is_mark(bytes[at])) {
                    if bytes[at] == first {
                        look(at);
                    }
                }
            }
        }
    } else {
        memchr::memchr_iter(first, part).for_each(|at| look(at + span.start));
    }
}

/// The pairs of first letters from which to look for the letters, where that costs less than from the first letter.
pub(super) fn landmarks(spelled: &Spelled, latin: &Latin) -> Option<Vec<Needle>> {
    // A look at a place costs as much as a sweep over some hundred letters.
    const LOOK: u64 = 200;
    const SMALL: u64 = 4096;
    let all = spelled.initials().bytes().len() as u64;
    if all < SMALL {
        return None;
    }
    let count = |letter: u8| u64::from(spelled.count(letter));
    let cost = |pairs: &[[u8; 2]]| -> u64 {
        pairs.iter().map(|&[one, other]| all + LOOK * count(one) * count(other) / all).sum()
    };
    let best = latin.landmarks().min_by_key(|pairs| cost(pairs))?;
    (cost(&best) < all + LOOK / 2 * count(latin.text()[0])).then(|| best.iter().map(|pair| Needle::new(pair)).collect())
}
