//! How good a match is, and the best of many.

use std::ops::Range;

/// How a token was found, best last. The order is the product's: exact name, beginning of a name, initials of a whole
/// name, beginning of its pinyin, the village, inside a name, inside anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// In the address.
    Address = 1,
    /// Within a number.
    NumberInside,
    /// Within the name of the village.
    VillageInside,
    /// A number begins so.
    NumberStart,
    /// Within a name, by pinyin.
    PinyinInside,
    /// Within a name, by its characters.
    NameInside,
    /// A number ends so.
    NumberEnd,
    /// The village begins so, by characters or pinyin.
    VillageStart,
    /// The pinyin of a name begins so; the last syllable may be incomplete, others may be initials.
    PinyinStart,
    /// The pinyin of a name begins so, in full syllables.
    PinyinStartFull,
    /// A whole name by its initials, or by some initials and some syllables.
    InitialsWhole,
    /// A name begins so.
    NameStart,
    /// A whole name, its whole pinyin, a whole number, or the last four of an ID number.
    Whole,
}

/// The score of one token in one place: the tier decides, then the usual reading goes before other ones, then the head
/// of the household before members.
pub(super) fn score(tier: Tier, usual: bool, head: bool) -> u8 {
    ((tier as u8) << 2) | (u8::from(usual) << 1) | u8::from(head)
}

/// What one closed gap adds to a score: more than any token can.
pub(super) const BRIDGE: u16 = 64;

/// Where something was found: which buffer of the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    /// Characters of a name.
    Name,
    /// The reading of a name.
    Spelling,
    /// A telephone or archive number.
    Number,
    /// An ID number.
    Id,
    /// The village.
    Village,
    /// The address.
    #[default]
    Address,
}

/// What is told of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spot {
    /// Where in the buffer of `place`; nothing for a village or an address.
    pub at: u32,
    /// The buffer.
    pub place: Place,
    /// The score of the token found there.
    score: u8,
}

impl Spot {
    /// Larger says more about why a household was found: a name before a number, a number before a place.
    fn weight(self) -> (u8, u8) {
        let place = match self.place {
            Place::Name | Place::Spelling => 3,
            Place::Number | Place::Id => 2,
            Place::Village => 1,
            Place::Address => 0,
        };
        (place, self.score)
    }
}

/// The best match of each position in a stretch of a segment.
#[derive(Debug, Default)]
pub(super) struct Board {
    first: usize,
    /// Larger is better; 0 is no match.
    scores: Vec<u16>,
    /// What they hold counts only where there is a score.
    spots: Vec<Spot>,
    /// A bit for each group of positions in which something was noted; all others have no score.
    touched: Vec<u64>,
}

/// So many positions are one group.
const GROUP: usize = 32;

/// So many groups share one word of bits.
const WORD: usize = 64;

impl Board {
    /// Clears the board for a stretch.
    pub(super) fn begin(&mut self, stretch: &Range<usize>) {
        self.first = stretch.start;
        self.clear();
        if self.scores.len() < stretch.len() {
            let groups = stretch.len().div_ceil(GROUP);
            self.scores.resize(groups * GROUP, 0);
            self.spots.resize(groups * GROUP, Spot::default());
            self.touched.resize(groups.div_ceil(WORD), 0);
        }
    }

    fn clear(&mut self) {
        for group in groups(&self.touched) {
            self.scores[group].fill(0);
        }
        self.touched.fill(0);
    }

    /// Notes a match; of two at one position the better stands, of equals in one place the one further in front.
    pub(super) fn note(&mut self, position: usize, score: u8, place: Place, at: usize) {
        let here = position - self.first;
        let spot = Spot { at: at as u32, place, score };
        let (old_score, old) = (self.scores[here], self.spots[here]);
        if old_score < u16::from(score) || old_score == u16::from(score) && old.place == place && old.at > spot.at {
            self.set(here, score.into(), spot);
        }
    }

    fn set(&mut self, here: usize, score: u16, spot: Spot) {
        self.scores[here] = score;
        self.spots[here] = spot;
        self.touched[here / (GROUP * WORD)] |= 1 << (here / GROUP % WORD);
    }

    /// Whether nothing matches.
    pub(super) fn is_empty(&self) -> bool {
        self.touched.iter().all(|&groups| groups == 0)
    }

    /// Keeps what matches in both, scores added. What is told is what says more, or what was told here.
    pub(super) fn and(&mut self, other: &Board) {
        for group in groups(&self.touched) {
            for here in group {
                if self.scores[here] == 0 {
                    continue;
                }
                // Groups that are not touched there have no scores.
                if other.scores[here] == 0 {
                    self.scores[here] = 0;
                    continue;
                }
                self.scores[here] += other.scores[here];
                if other.spots[here].weight() > self.spots[here].weight() {
                    self.spots[here] = other.spots[here];
                }
            }
        }
    }

    /// Takes over what matches better in another of the same stretch, whose scores are raised beforehand.
    pub(super) fn or(&mut self, other: &Board, raise: u16) {
        for here in groups(&other.touched).flatten().filter(|&here| other.scores[here] > 0) {
            let score = other.scores[here] + raise;
            if self.scores[here] < score {
                self.set(here, score, other.spots[here]);
            }
        }
    }

    /// Strikes out a position of the stretch.
    pub(super) fn strike(&mut self, position: usize) {
        self.scores[position - self.first] = 0;
    }

    /// Gives all matches to `best`, in ascending order; `item` makes its row and item of a position and a spot.
    pub(super) fn give<T: Copy>(&self, best: &mut Best<T>, item: impl Fn(usize, Spot) -> (u32, T)) {
        for group in groups(&self.touched) {
            let scores = &self.scores[group.clone()];
            best.total += scores.iter().filter(|&&score| score > 0).count();
            if scores.iter().fold(0, |most, &score| most.max(score)) > best.floor {
                for (here, &score) in group.zip(scores) {
                    if score > best.floor {
                        let (row, item) = item(self.first + here, self.spots[here]);
                        best.keep(score, row, item);
                    }
                }
            }
        }
    }
}

/// The groups whose bits are set, each as the places of its positions.
fn groups(touched: &[u64]) -> impl Iterator<Item = Range<usize>> + use<> {
    let touched: Vec<u64> = touched.to_vec();
    touched.into_iter().enumerate().flat_map(|(word, bits)| {
        let groups = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
        let groups = groups.take_while(|&bits| bits != 0).map(|bits| bits.trailing_zeros() as usize);
        groups.map(move |group| (word * WORD + group) * GROUP).map(|first| first..first + GROUP)
    })
}

/// The best of many items by score, then by row.
#[derive(Debug)]
pub(super) struct Best<T> {
    limit: usize,
    total: usize,
    /// Score, row and item; more than `limit` at times.
    kept: Vec<(u16, u32, T)>,
    /// An item whose row is above all before and whose score is not above this has no chance.
    floor: u16,
}

impl<T: Copy> Best<T> {
    /// Keeps so many.
    pub(super) fn new(limit: usize) -> Best<T> {
        Best { limit, total: 0, kept: Vec::new(), floor: if limit == 0 { u16::MAX } else { 0 } }
    }

    fn keep(&mut self, score: u16, row: u32, item: T) {
        self.kept.push((score, row, item));
        if self.kept.len() >= self.limit.saturating_mul(2).max(64) {
            self.thin();
        }
    }

    /// Adds what another has taken, whatever the rows.
    pub(super) fn join(&mut self, other: Best<T>) {
        self.total += other.total;
        self.kept.extend(other.kept);
        self.thin();
    }

    /// How many items there were, and the best, best first.
    pub(super) fn finish(mut self) -> (usize, Vec<(u16, u32, T)>) {
        self.thin();
        self.kept.sort_unstable_by_key(order);
        (self.total, self.kept)
    }

    fn thin(&mut self) {
        if self.kept.len() > self.limit {
            let (_, worst, _) = self.kept.select_nth_unstable_by_key(self.limit - 1, order);
            self.floor = worst.0;
            self.kept.truncate(self.limit);
        }
    }
}

/// Best first.
fn order<T>(&(score, row, _): &(u16, u32, T)) -> (std::cmp::Reverse<u16>, u32) {
    (std::cmp::Reverse(score), row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const STRETCH: Range<usize> = 1000..1200;

    fn board(scores: &BTreeMap<usize, u8>) -> Board {
        let mut board = Board::default();
        board.begin(&STRETCH);
        for (&position, &score) in scores {
            board.note(position, score, Place::Name, position);
        }
        board
    }

    fn scores(board: &Board) -> BTreeMap<usize, u16> {
        let places = (0..board.scores.len()).filter(|&here| board.scores[here] > 0);
        places.map(|here| (board.first + here, board.scores[here])).collect()
    }

    fn some() -> impl Strategy<Value = BTreeMap<usize, u8>> {
        proptest::collection::btree_map(STRETCH, 1u8..64, 0..60)
    }

    fn check_sets_of_matches(a: &BTreeMap<usize, u8>, b: &BTreeMap<usize, u8>, limit: usize) {
        let mut either: BTreeMap<usize, u16> = a.iter().map(|(&p, &s)| (p, s.into())).collect();
        for (&position, &score) in b {
            let score = u16::from(score) + 10;
            either.entry(position).and_modify(|s| *s = (*s).max(score)).or_insert(score);
        }
        let mut union = board(a);
        union.or(&board(b), 10);
        assert_eq!(scores(&union), either);

        let both = a.iter().filter_map(|(&p, &s)| Some((p, u16::from(s) + u16::from(*b.get(&p)?)))).collect();
        let mut intersection = board(a);
        assert_eq!(intersection.is_empty(), a.is_empty());
        intersection.and(&board(b));
        assert_eq!(scores(&intersection), both);
        intersection.begin(&STRETCH);
        assert!(intersection.is_empty() && scores(&intersection).is_empty());

        // Two boards one after the other, as two threads take them.
        let mut halves = [a, b].map(|scores| {
            let mut best = Best::new(limit);
            board(scores).give(&mut best, |position, spot| (position as u32, spot.at));
            best
        });
        let mut sorted: Vec<_> = a.iter().chain(b).map(|(&p, &s)| (u16::from(s), p as u32, p as u32)).collect();
        let total = sorted.len();
        sorted.sort_by_key(order);
        sorted.truncate(limit);
        let second = std::mem::replace(&mut halves[1], Best::new(0));
        halves[0].join(second);
        let [found, _] = halves;
        assert_eq!(found.finish(), (total, sorted));
    }

    #[test]
    fn nobody_is_best_where_none_are_asked_for() {
        check_sets_of_matches(&BTreeMap::new(), &BTreeMap::from([(1000, 1)]), 0);
    }

    proptest! {
        #[test]
        fn sets_of_matches(a in some(), b in some(), limit in 0usize..70) {
            check_sets_of_matches(&a, &b, limit);
        }
    }

    #[test]
    fn the_better_match_of_a_position_stands() {
        let mut board = Board::default();
        board.begin(&(0..5));
        for (position, at, score) in [(1, 10, 5), (1, 12, 7), (1, 11, 7), (1, 13, 7), (3, 13, 1), (4, 14, 9)] {
            board.note(position, score, Place::Number, at);
        }
        board.strike(4);
        let mut best = Best::new(9);
        board.give(&mut best, |position, spot| (position as u32, spot.at));
        assert_eq!(best.finish(), (2, vec![(7, 1, 11), (1, 3, 13)]));
        assert!(score(Tier::Address, true, true) < score(Tier::NumberInside, false, false));
        assert!(u16::from(score(Tier::Whole, true, true)) < BRIDGE);
    }
}
