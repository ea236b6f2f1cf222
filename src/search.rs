//! Finds anyone at once: by name, pinyin, initials, the last four of an ID number, phone, archive number, village or
//! a piece of the address, in any order and on every keystroke.
//!
//! The index is pure: it takes [`Doc`]s and a query and knows neither files, nor clocks, nor the domain's records.
//! It lives in RAM only.
//!
//! All rows of a field stand folded in one joined buffer, which one sweep searches at the speed of memory; the readings
//! of names are worked out beforehand. A large unchanging base is shared by reference count; rows changed since it was
//! made stand beside it and hide its rows, until [`Index::compacted`] makes a new base.
//!
//! | file | holds |
//! |---|---|
//! | `fold` | one spelling for what is stored and what is typed |
//! | `readings`, `syllables` | how names are read: surnames, polyphones, the tables |
//! | `lines`, `spelled`, `ids` | joined buffers of text, of readings, of the ends of ID numbers |
//! | `segment` | the buffers of a set of households, written once |
//! | `query`, `latin` | what was typed, in every way in which it may be meant |
//! | `scan`, `occurrences`, `letters` | finding a token in the buffers that can have it |
//! | `rank` | scores, sets of matches, the best of many |

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

mod fold;
mod ids;
mod latin;
mod letters;
mod lines;
mod occurrences;
mod query;
mod rank;
mod readings;
#[cfg(test)]
mod reference;
mod scan;
mod segment;
mod spelled;
mod syllables;
#[cfg(test)]
mod tests;

use query::Plan;
use rank::{Best, Place, Spot};
use scan::{Boards, Search};
use segment::{PHONE, Segment, Source, Writer};

/// What can be found of one household.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doc<'a> {
    /// The caller's number for this household; hits name it, and ties are broken by it (smaller first).
    pub row: u32,
    /// Names, the head of the household first, then the members.
    pub names: &'a [&'a str],
    /// The last four to six characters of ID numbers, `X` in either case; longer ones are cut to their last six. In
    /// the order of `names`, empty where one is not known, so that a hit's index names the person.
    pub id_tails: &'a [&'a str],
    /// Telephone numbers; anything but digits is ignored.
    pub phones: &'a [&'a str],
    /// Archive and certificate numbers; anything but letters, digits and characters is ignored.
    pub archive_nos: &'a [&'a str],
    /// The village or community, for example 上岙村; searchable by pinyin too.
    pub village: &'a str,
    /// The address as written.
    pub address: &'a str,
}

/// The field of a [`Doc`] in which a query was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// One of [`Doc::names`].
    Name,
    /// One of [`Doc::id_tails`].
    IdTail,
    /// One of [`Doc::phones`].
    Phone,
    /// One of [`Doc::archive_nos`].
    ArchiveNo,
    /// [`Doc::village`].
    Village,
    /// [`Doc::address`].
    Address,
}

/// One household found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// [`Doc::row`].
    pub row: u32,
    /// Larger is better; comparable within one query only.
    pub score: u16,
    /// The field of the match that says most about why this household was found: a name where a name matched.
    pub field: Field,
    /// Which of that field's values, counted from 0; for [`Field::Name`] 0 is the head.
    pub index: u16,
}

/// The answer to a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The best, best first, at most as many as asked for.
    pub hits: Vec<Hit>,
    /// How many households match in all.
    pub total: usize,
}

/// So many rows are looked through at a time: their buffers and matches stay in the processor's cache.
const STRETCH: usize = 8192;

/// From so many rows on more threads pay for their start.
const PARALLEL_FROM: usize = 150_000;

/// From so many changes on a new base pays.
const MANY_CHANGES: usize = 512;

/// At so many changes the writer makes a new base itself, so that an import that nobody compacts stays small and quick.
const MOST_CHANGES: usize = 4096;

/// Gathers the first load of households.
#[derive(Debug, Default)]
pub struct Builder {
    writer: Writer,
    /// What came out of order.
    late: Index,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// An empty builder with room for so many households.
    pub fn with_capacity(households: usize) -> Builder {
        Builder { writer: Writer::with_capacity(households), late: Index::default() }
    }

    /// Adds a household. Rows may come in any order, ascending is fastest; of two with the same row the later stands.
    pub fn add(&mut self, doc: &Doc<'_>) {
        if self.writer.last_row().is_none_or(|last| last < doc.row) {
            self.writer.push(doc);
        } else {
            self.late.upsert(doc);
        }
    }

    /// The index over what was added.
    pub fn build(self) -> Index {
        let mut index = Index { base: Arc::new(self.writer.finish()), ..Index::default() };
        if !self.late.is_empty() {
            let late = self.late.compacted();
            index.base = Arc::new(joined(&index.base, &late.base));
        }
        index
    }

    /// The index over the content of several builders, filled on as many threads; of two households with the same row
    /// that of the later builder stands.
    pub fn build_all(builders: impl IntoIterator<Item = Builder>) -> Index {
        let mut indexes = builders.into_iter().map(Builder::build);
        let Some(first) = indexes.next() else { return Index::default() };
        indexes.fold(first, |one, other| Index { base: Arc::new(joined(&one.base, &other.base)), ..Index::default() })
    }
}

/// Both segments in one; of two rows with the same number that of `other` stands.
fn joined(one: &Segment, other: &Segment) -> Segment {
    let mut writer = Writer::default();
    let (mut one, mut other) = (Source::new(one), Source::new(other));
    let (mut here, mut there) = (0, 0);
    while here < one.rows().len() || there < other.rows().len() {
        let until = other.rows().get(there).map_or(one.rows().len(), |row| one.rows().partition_point(|r| r < row));
        writer.copy(&mut one, here..until);
        let replaced = there < other.rows().len() && one.rows().get(until) == other.rows().get(there);
        here = until + usize::from(replaced);
        let until = one.rows().get(here).map_or(other.rows().len(), |row| other.rows().partition_point(|r| r < row));
        writer.copy(&mut other, there..until);
        there = until;
    }
    writer.finish()
}

/// A row changed since the base was made.
#[derive(Debug, Clone)]
struct Change {
    /// The count of changes at which it was made.
    stamp: u64,
    /// The position of the row in the base, which it hides.
    hides: Option<usize>,
    /// What stands there now; nothing if the row was removed.
    now: Option<Arc<Segment>>,
}

/// Everything that can be found, ready to be asked.
///
/// A clone costs two reference counts: readers keep theirs while a writer goes on with its own.
#[derive(Debug, Clone, Default)]
pub struct Index {
    base: Arc<Segment>,
    changes: Arc<BTreeMap<u32, Change>>,
    stamp: u64,
    more_threads: usize,
}

/// A new base made from an [`Index`], see [`Index::compacted`].
#[derive(Debug)]
pub struct Compacted {
    from: Arc<Segment>,
    base: Arc<Segment>,
    stamp: u64,
}

impl Index {
    /// An empty index.
    pub fn new() -> Index {
        Index::default()
    }

    /// Lets [`find`](Index::find) use so many threads, where the index is so large (150,000 households) that they pay;
    /// one if nothing else is said.
    pub fn set_threads(&mut self, threads: usize) {
        self.more_threads = threads.saturating_sub(1);
    }

    /// The number of households held.
    pub fn len(&self) -> usize {
        let hidden = self.changes.values().filter(|change| change.hides.is_some()).count();
        let new = self.changes.values().filter(|change| change.now.is_some()).count();
        self.base.rows.len() - hidden + new
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a household or replaces the one with the same row. Takes microseconds; each 4,096th change that was not
    /// [`compacted`](Index::compacted) before takes as long as that does.
    pub fn upsert(&mut self, doc: &Doc<'_>) {
        self.change(doc.row, Some(Arc::new(Segment::of(doc))));
    }

    /// Forgets a household; one that is not held is no error.
    pub fn remove(&mut self, row: u32) {
        self.change(row, None);
    }

    fn change(&mut self, row: u32, now: Option<Arc<Segment>>) {
        self.stamp += 1;
        let change = Change { stamp: self.stamp, hides: self.base.position(row), now };
        Arc::make_mut(&mut self.changes).insert(row, change);
        if self.changes.len() >= MOST_CHANGES {
            let compacted = self.compacted();
            self.adopt(compacted);
        }
    }

    /// The best `limit` households for what was typed so far, and how many match in all. A query without a letter, digit
    /// or character finds nothing.
    ///
    /// Every word must be found in the household: by the characters, pinyin or initials of a name or the village, in a
    /// number (of three characters: at its end, or at the beginning of a telephone number), or in the address. The best
    /// come first: a whole name or number, the beginning of a name, a whole name by
    /// its initials, the beginning of its pinyin, the beginning of the village, the inside of a name, anything else; at
    /// equal rank usual readings before others, the head of a household before its members, and lower rows before higher.
    pub fn find(&self, query: &str, limit: usize) -> Found {
        let plans = query::plans(query);
        if plans.is_empty() {
            return Found::default();
        }
        // Ascending, as both changes and base are in the order of rows.
        let hidden: Vec<usize> = self.changes.values().filter_map(|change| change.hides).collect();
        let mut best = self.find_in_base(&plans, &hidden, limit);
        let mut boards = Boards::default();
        let mut changed = Best::new(limit);
        for now in self.changes.values().filter_map(|change| change.now.as_deref()) {
            let board = Search::new(now, &plans).stretch(0..1, &mut boards);
            board.give(&mut changed, |_, spot| (now.rows[0], (now, 0, spot)));
        }
        best.join(changed);
        let (total, best) = best.finish();
        Found { total, hits: best.into_iter().map(hit).collect() }
    }

    fn find_in_base(&self, plans: &[Plan], hidden: &[usize], limit: usize) -> Best<Match<'_>> {
        let base = &*self.base;
        let search = Search::new(base, plans);
        let rows = base.rows.len();
        let next = AtomicUsize::new(0);
        // Takes stretches as long as there are any, so that the faster of several threads does more.
        let work = || {
            let mut best = Best::new(limit);
            let mut boards = Boards::default();
            loop {
                let from = next.fetch_add(STRETCH, Ordering::Relaxed);
                if from >= rows {
                    return best;
                }
                let stretch = from..rows.min(from + STRETCH);
                let board = search.stretch(stretch.clone(), &mut boards);
                let from = hidden.partition_point(|&position| position < stretch.start);
                hidden[from..].iter().take_while(|&&position| position < stretch.end).for_each(|&at| board.strike(at));
                board.give(&mut best, |position, spot| (base.rows[position], (base, position, spot)));
            }
        };
        if self.more_threads == 0 || rows < PARALLEL_FROM {
            return work();
        }
        std::thread::scope(|scope| {
            // Where there is no thread to be had, the others do it all.
            let spawn = |_| std::thread::Builder::new().spawn_scoped(scope, work).ok();
            let others: Vec<_> = (0..self.more_threads).filter_map(spawn).collect();
            let mut best = work();
            for other in others {
                best.join(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            best
        })
    }

    /// How many changes stand beside the base; each costs well under a microsecond in every [`find`](Index::find).
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// Whether so many changes wait that [`compacted`](Index::compacted) pays.
    pub fn wants_compaction(&self) -> bool {
        self.changes.len() >= MANY_CHANGES
    }

    /// Makes a new base with all changes in it. It copies most of the index, so let another thread do it over a clone
    /// and [`adopt`](Index::adopt) the outcome.
    pub fn compacted(&self) -> Compacted {
        let mut writer = Writer::default();
        let mut base = Source::new(&self.base);
        let mut done = 0;
        for (row, change) in &*self.changes {
            let until = self.base.rows.partition_point(|r| r < row);
            writer.copy(&mut base, done..until);
            done = until + usize::from(change.hides.is_some());
            if let Some(now) = &change.now {
                writer.copy(&mut Source::new(now), 0..1);
            }
        }
        writer.copy(&mut base, done..self.base.rows.len());
        Compacted { from: Arc::clone(&self.base), base: Arc::new(writer.finish()), stamp: self.stamp }
    }

    /// Takes over what was compacted from an earlier clone of this index, and keeps the changes made since that clone.
    /// False, and nothing done, if this index has taken over another base meanwhile.
    pub fn adopt(&mut self, compacted: Compacted) -> bool {
        if !Arc::ptr_eq(&self.base, &compacted.from) {
            return false;
        }
        self.base = compacted.base;
        Arc::make_mut(&mut self.changes).retain(|_, change| change.stamp > compacted.stamp);
        self.find_hidden();
        true
    }

    /// Works out anew which rows of the base the changes hide.
    fn find_hidden(&mut self) {
        for (row, change) in Arc::make_mut(&mut self.changes) {
            change.hides = self.base.position(*row);
        }
    }

    /// Bytes of memory held, by reckoning.
    pub fn memory(&self) -> usize {
        let segments = self.changes.values().filter_map(|change| change.now.as_deref());
        self.base.memory() + segments.map(|now| size_of::<Segment>() + now.memory()).sum::<usize>()
    }
}

/// A segment, a position and what is told of it.
type Match<'a> = (&'a Segment, usize, Spot);

/// What the caller is told of a match.
fn hit((score, row, (segment, position, spot)): (u16, u32, Match<'_>)) -> Hit {
    let at = spot.at as usize;
    let (field, index) = match spot.place {
        Place::Name => (Field::Name, scan::name_index(segment.names.row(position), at - segment.names.start(position))),
        Place::Spelling => {
            let initials = segment.spelled.initials();
            (Field::Name, scan::name_index(initials.row(position), at - initials.start(position)))
        }
        Place::Number => {
            let numbers = &segment.numbers;
            let (mark, index) = scan::number_index(numbers.row(position), at - numbers.start(position));
            (if mark == PHONE { Field::Phone } else { Field::ArchiveNo }, index)
        }
        Place::Id => (Field::IdTail, at - segment.ids.persons(&(position..position + 1)).start),
        Place::Village => (Field::Village, 0),
        Place::Address => (Field::Address, 0),
    };
    Hit { row, score, field, index: u16::try_from(index).unwrap_or(u16::MAX) }
}
