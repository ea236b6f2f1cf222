//! How names are read, joined: first letters in one buffer, the rest of each syllable at the same place in another.

use super::lines::{Lines, ROW};
use super::readings::{Of, Reader};
use super::syllables::letter;

/// Begins another reading of the row's first name.
pub(super) const FIRST_AGAIN: u8 = 0x0b;
/// Begins a later name of the row.
pub(super) const LATER: u8 = 0x0c;
/// Begins another reading of a later name.
pub(super) const LATER_AGAIN: u8 = 0x0d;

/// The readings of names, row by row. A name's usual reading comes first, after [`ROW`] or [`LATER`].
#[derive(Default)]
pub(super) struct Spelled {
    initials: Lines,
    codes: Vec<u8>,
    /// How often each letter from a to z is the first of a syllable.
    counts: [u32; 26],
    fresh: (Vec<u8>, Vec<u8>),
}

impl Spelled {
    /// Appends a row with the readings of folded, plain names; without any, an empty row.
    pub(super) fn push<'a>(&mut self, reader: &mut Reader, of: impl Iterator<Item = (&'a str, Of)>) {
        let (initials, codes) = &mut self.fresh;
        initials.clear();
        codes.clear();
        for (name, of) in of {
            let marks = if initials.is_empty() { (ROW, FIRST_AGAIN) } else { (LATER, LATER_AGAIN) };
            reader.read(name, of, marks, initials, codes);
        }
        if initials.is_empty() {
            initials.push(ROW);
            codes.push(0);
        }
        self.initials.push(initials);
        self.codes.extend_from_slice(codes);
    }

    /// Appends rows of another.
    pub(super) fn extend(&mut self, other: &Spelled, rows: std::ops::Range<usize>) {
        let span = other.initials.span(rows);
        self.initials.push(&other.initials.bytes()[span.clone()]);
        self.codes.extend_from_slice(&other.codes[span]);
    }

    /// Makes it ready to be asked.
    pub(super) fn seal(&mut self) {
        self.initials.seal();
        self.codes.shrink_to_fit();
        self.counts = [0; 26];
        for initial in self.initials.bytes().iter().filter(|initial| initial.is_ascii_lowercase()) {
            self.counts[letter(*initial)] += 1;
        }
        self.fresh = Default::default();
    }

    /// The first letters.
    pub(super) fn initials(&self) -> &Lines {
        &self.initials
    }

    /// The codes, place by place.
    pub(super) fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// How often a letter from a to z is the first of a syllable.
    pub(super) fn count(&self, initial: u8) -> u32 {
        self.counts[letter(initial)]
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.initials.memory() + self.codes.capacity()
    }
}
