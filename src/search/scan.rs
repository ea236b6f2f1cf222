//! Finds the tokens of a query in a segment, stretch by stretch.

use std::ops::Range;

use super::ids::Pattern;
use super::lines::{Lines, is_mark, mark_before};
use super::occurrences::Needle;
use super::query::{Kind, Plan, Token};
use super::rank::{BRIDGE, Board, Tier};
use super::segment::Segment;

mod names;
mod numbers;
mod places;

pub(super) use names::name_index;
pub(super) use numbers::number_index;

/// A query made ready for a segment.
pub(super) struct Search<'a> {
    plans: Vec<Ready<'a>>,
}

struct Ready<'a> {
    scans: Vec<Scan<'a>>,
    /// The scans that cost least first: where they find nothing the others need not look.
    order: Vec<usize>,
    bridged: u16,
}

/// Where the matches of a stretch are gathered; kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Boards {
    scans: Vec<Board>,
    all: Board,
}

impl<'a> Search<'a> {
    /// Looks through what is small: the villages and streets.
    pub(super) fn new(segment: &'a Segment, plans: &'a [Plan]) -> Search<'a> {
        let ready = |plan: &'a Plan| {
            let scans: Vec<_> = plan.tokens.iter().map(|token| Scan::new(segment, token)).collect();
            let mut order: Vec<usize> = (0..scans.len()).collect();
            order.sort_by_key(|&number| cost(&scans[number].token.kind));
            Ready { scans, order, bridged: plan.bridged }
        };
        Search { plans: plans.iter().map(ready).collect() }
    }

    /// All positions of a stretch that match any of the plans.
    pub(super) fn stretch<'b>(&self, stretch: Range<usize>, boards: &'b mut Boards) -> &'b mut Board {
        let (scans, all) = (&mut boards.scans, &mut boards.all);
        if let [only] = self.plans.as_slice() {
            only.stretch(&stretch, scans);
            return &mut scans[0];
        }
        all.begin(&stretch);
        for plan in &self.plans {
            plan.stretch(&stretch, scans);
            all.or(&scans[0], plan.bridged * BRIDGE);
        }
        all
    }
}

impl Ready<'_> {
    /// Leaves in the first board what matches all tokens. What several tell alike is told of the one typed first.
    fn stretch(&self, stretch: &Range<usize>, boards: &mut Vec<Board>) {
        boards.resize_with(self.scans.len().max(boards.len()), Board::default);
        for &number in &self.order {
            boards[number].begin(stretch);
            self.scans[number].stretch(stretch, &mut boards[number]);
            if boards[number].is_empty() {
                return boards[0].begin(stretch);
            }
        }
        if let Some((first, others)) = boards[..self.scans.len()].split_first_mut() {
            others.iter().for_each(|other| first.and(other));
        }
    }
}

/// Roughly, in the order of what was measured.
fn cost(kind: &Kind) -> u8 {
    match kind {
        Kind::Latin(latin) if latin.text().len() > 2 && latin.only_initials() => 0,
        Kind::Other => 1,
        Kind::Latin(latin) if latin.text().len() > 1 => 2,
        Kind::Number => 3,
        Kind::Latin(_) => 4,
    }
}

/// One token made ready for a segment.
struct Scan<'a> {
    segment: &'a Segment,
    token: &'a Token,
    /// From where to look for pinyin.
    landmarks: Option<Vec<Needle>>,
    ids: Vec<(Pattern, Tier)>,
    villages: places::Villages,
    streets: Option<places::Streets>,
}

impl<'a> Scan<'a> {
    fn new(segment: &'a Segment, token: &'a Token) -> Scan<'a> {
        Scan {
            segment,
            token,
            landmarks: match &token.kind {
                Kind::Latin(latin) => names::landmarks(&segment.spelled, latin),
                _ => None,
            },
            ids: numbers::id_patterns(token),
            villages: places::Villages::new(segment, token),
            streets: places::Streets::new(segment, token),
        }
    }

    fn stretch(&self, stretch: &Range<usize>, board: &mut Board) {
        match &self.token.kind {
            Kind::Latin(latin) => self.spellings(latin, stretch, board),
            Kind::Number | Kind::Other => self.names(stretch, board),
        }
        self.ids(stretch, board);
        self.numbers(stretch, board);
        self.village(stretch, board);
        self.address(stretch, board);
    }
}

/// Where a needle stands in a stretch's part of a buffer.
fn hits<'a>(lines: &'a Lines, needle: &'a Needle, stretch: &Range<usize>) -> impl Iterator<Item = usize> {
    let span = lines.span(stretch.clone());
    needle.places(&lines.bytes()[span.clone()]).map(move |at| at + span.start)
}

/// The mark of the item around `at`, and whether the item begins there.
fn item(bytes: &[u8], at: usize) -> (u8, bool) {
    let before = bytes[at - 1];
    if is_mark(before) { (before, true) } else { (bytes[mark_before(bytes, at)], false) }
}
