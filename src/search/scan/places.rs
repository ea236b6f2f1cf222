//! Villages and addresses. Many households share them, so they are looked through once a query, and the stretches only
//! look up the outcome.

use std::ops::Range;

use super::names::covers;
use super::{Scan, hits, item};
use crate::search::lines::{ROW, is_end, is_mark};
use crate::search::query::{Kind, Token};
use crate::search::rank::{Board, Place, Tier, score};
use crate::search::segment::{Segment, Shared};

/// The score of each village; empty if none has one.
pub(super) struct Villages(Vec<u8>);

impl Villages {
    pub(super) fn new(segment: &Segment, token: &Token) -> Villages {
        let texts = &segment.villages.texts;
        let mut scores = Vec::new();
        let mut note = |village: usize, start, usual| {
            scores.resize(texts.len(), 0);
            let tier = if start { Tier::VillageStart } else { Tier::VillageInside };
            let best = &mut scores[village];
            *best = score(tier, usual, false).max(*best);
        };
        if segment.village_letters.contain(token.plain_letters) {
            for at in token.needle.places(texts.bytes()) {
                note(texts.row_at(at), begins_place(texts.bytes(), at), true);
            }
        }
        if let Kind::Latin(latin) = &token.kind {
            let spelled = &segment.villages_spelled;
            let lines = spelled.initials();
            covers(spelled, latin, &token.needle, None, 0..lines.bytes().len(), |at, _| {
                let (mark, start) = item(lines.bytes(), at);
                note(lines.row_at(at), start, mark == ROW);
            });
        }
        Villages(scores)
    }
}

/// Whether a village name begins at `at`: at its mark, or behind the name of the county or town it lies in.
fn begins_place(bytes: &[u8], at: usize) -> bool {
    const ENDS: [&str; 8] = ["省", "市", "区", "县", "旗", "镇", "乡", "道"];
    is_mark(bytes[at - 1]) || ENDS.iter().any(|end| bytes[..at].ends_with(end.as_bytes()))
}

/// Addresses are kept in two parts; this is what of a token stands in the former, the streets.
pub(super) struct Streets {
    /// The score of each street; empty if none has one.
    scores: Vec<u8>,
}

/// All matches in an address are alike.
fn address_score() -> u8 {
    score(Tier::Address, true, false)
}

impl Streets {
    /// `None` if no address has the token.
    pub(super) fn new(segment: &Segment, token: &Token) -> Option<Streets> {
        if !segment.address_letters.contain(token.text_letters) {
            return None;
        }
        let texts = &segment.streets.texts;
        let mut scores = Vec::new();
        if let Some(street) = &token.address.street {
            for at in street.places(texts.bytes()) {
                // Where the token goes on with a digit, the street must end.
                if token.address.behind_street.is_none() || is_end(texts.bytes(), at + street.len()) {
                    scores.resize(texts.len(), 0);
                    scores[texts.row_at(at)] = address_score();
                }
            }
        }
        Some(Streets { scores })
    }
}

impl Scan<'_> {
    pub(super) fn village(&self, stretch: &Range<usize>, board: &mut Board) {
        spread(&self.segment.villages, &self.villages.0, Place::Village, stretch, board);
    }

    pub(super) fn address(&self, stretch: &Range<usize>, board: &mut Board) {
        let Some(Streets { scores }) = &self.streets else { return };
        let (streets, doors) = (&self.segment.streets, &self.segment.doors);
        for at in hits(doors, &self.token.address.door, stretch) {
            board.note(doors.row_at(at), address_score(), Place::Address, 0);
        }
        match &self.token.address.behind_street {
            _ if scores.is_empty() => {}
            None => spread(streets, scores, Place::Address, stretch, board),
            Some(behind_street) => {
                for position in hits(doors, behind_street, stretch).map(|at| doors.row_at(at)) {
                    if scores[streets.of[position] as usize] > 0 {
                        board.note(position, address_score(), Place::Address, 0);
                    }
                }
            }
        }
    }
}

/// Notes the positions whose text has a score.
fn spread(shared: &Shared, scores: &[u8], place: Place, stretch: &Range<usize>, board: &mut Board) {
    if scores.is_empty() {
        return;
    }
    for (position, &text) in stretch.clone().zip(&shared.of[stretch.clone()]) {
        let score = scores[text as usize];
        if score > 0 {
            board.note(position, score, place, 0);
        }
    }
}
