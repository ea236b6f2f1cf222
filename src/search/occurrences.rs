//! Where a text stands in a longer one.

use memchr::Memchr;
use memchr::memmem::Finder;

/// A text to look for, made ready once and used on every stretch of a buffer.
pub(super) struct Needle {
    finder: Finder<'static>,
    /// How far behind a place the next can be: less than the length where the needle overlaps itself.
    step: usize,
}

impl Needle {
    /// Of a text that is not empty.
    pub(super) fn new(text: &[u8]) -> Needle {
        let overlaps = (1..text.len()).any(|length| text.ends_with(&text[..length]));
        Needle { finder: Finder::new(text).into_owned(), step: if overlaps { 1 } else { text.len().max(1) } }
    }

    /// Its length in bytes.
    pub(super) fn len(&self) -> usize {
        self.finder.needle().len()
    }

    /// Every place in ascending order, also where one overlaps the next: 1111 holds 11 three times and ends with it.
    pub(super) fn places<'a>(&'a self, haystack: &'a [u8]) -> Places<'a> {
        match self.finder.needle() {
            // A single byte has a search of its own, far quicker where there are many.
            [byte] => Places::Byte(memchr::memchr_iter(*byte, haystack)),
            _ => Places::Text { needle: self, haystack, from: 0 },
        }
    }
}

/// The places of a needle.
pub(super) enum Places<'a> {
    /// Of a single byte.
    Byte(Memchr<'a>),
    /// Of anything longer.
    Text {
        /// What is looked for,
        needle: &'a Needle,
        /// where,
        haystack: &'a [u8],
        /// and from where on.
        from: usize,
    },
}

impl Iterator for Places<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        match self {
            Places::Byte(places) => places.next(),
            Places::Text { needle, haystack, from } => {
                let at = *from + needle.finder.find(haystack.get(*from..)?)?;
                *from = at + needle.step;
                Some(at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_places_are_all_found() {
        for (needle, haystack, expected) in [
            ("11", "1111", vec![0, 1, 2]),
            ("1", "1121", vec![0, 1, 3]),
            ("121", "12121", vec![0, 2]),
            ("12", "1212", vec![0, 2]),
            ("3", "12", vec![]),
            ("12", "", vec![]),
        ] {
            let places: Vec<usize> = Needle::new(needle.as_bytes()).places(haystack.as_bytes()).collect();
            assert_eq!(places, expected, "{needle} in {haystack}");
        }
    }
}
