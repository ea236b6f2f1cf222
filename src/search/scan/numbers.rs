//! Telephone, archive and ID numbers.

use std::ops::Range;

use super::{Scan, hits, item};
use crate::search::ids::Pattern;
use crate::search::lines::is_end;
use crate::search::query::{Kind, Token};
use crate::search::rank::{Board, Place, Tier, score};
use crate::search::segment::{ARCHIVE, PHONE};

/// Which of the values of its kind in the row the number around `at` is, counted from 0, and its mark.
pub(in crate::search) fn number_index(row: &[u8], at: usize) -> (u8, usize) {
    let (kind, _) = item(row, at);
    (kind, row[..at].iter().filter(|&&byte| byte == kind).count() - 1)
}

/// What a token may be of an ID number, each with its rank.
pub(super) fn id_patterns(token: &Token) -> Vec<(Pattern, Tier)> {
    let typed = token.plain.as_str();
    let patterns = match (&token.kind, typed.len()) {
        (Kind::Number, 1..=2) => [(Pattern::beginning(typed), Tier::NumberStart), (None, Tier::Whole)],
        (Kind::Number, 3) => {
            [(Pattern::beginning(typed), Tier::NumberStart), (Pattern::ending(typed), Tier::NumberEnd)]
        }
        (Kind::Number, 4..=6) => [(Pattern::ending(typed), Tier::Whole), (None, Tier::Whole)],
        (Kind::Number, _) => [(Pattern::whole(typed), Tier::Whole), (None, Tier::Whole)],
        _ => return Vec::new(),
    };
    patterns.into_iter().filter_map(|(pattern, tier)| Some((pattern?, tier))).collect()
}

impl Scan<'_> {
    pub(super) fn ids(&self, stretch: &Range<usize>, board: &mut Board) {
        for &(pattern, tier) in &self.ids {
            for (position, person) in self.segment.ids.find(pattern, stretch.clone()) {
                // The numbers stand in the order of names.
                let head = self.segment.ids.persons(&(position..position + 1)).start == person;
                board.note(position, score(tier, true, head), Place::Id, person);
            }
        }
    }

    pub(super) fn numbers(&self, stretch: &Range<usize>, board: &mut Board) {
        // A character or two begin half of all telephone numbers and say nothing of the inside of others: they are taken
        // for a whole archive number, if there are any that short.
        let short = self.token.plain.len() <= 2;
        if !self.segment.number_letters.contain(self.token.plain_letters) || short && !self.segment.short_numbers {
            return;
        }
        // Three stand inside one number in fifty, and archive numbers of a district all begin alike: they are taken for
        // the end of a number or the beginning of a telephone number.
        let three = self.token.plain.len() == 3;
        let lines = &self.segment.numbers;
        let bytes = lines.bytes();
        for at in hits(lines, &self.token.needle, stretch) {
            let end = is_end(bytes, at + self.token.plain.len());
            if three && !end && bytes[at - 1] != PHONE {
                continue;
            }
            let (mark, start) = item(bytes, at);
            let tier = match (start, end) {
                (true, true) => Tier::Whole,
                (false, true) => Tier::NumberEnd,
                (true, false) => Tier::NumberStart,
                (false, false) => Tier::NumberInside,
            };
            if !short || (tier, mark) == (Tier::Whole, ARCHIVE) {
                board.note(lines.row_at(at), score(tier, true, false), Place::Number, at);
            }
        }
    }
}
