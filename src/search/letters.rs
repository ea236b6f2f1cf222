//! Which letters occur at all, so that a buffer without them need not be searched.

/// A set of characters: each Latin letter, each digit, and all others as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters(u64);

impl Letters {
    /// Those of a folded text.
    pub(super) fn of(text: &str) -> Letters {
        let mut letters = Letters::default();
        letters.insert(text);
        letters
    }

    /// Adds those of a folded text.
    pub(super) fn insert(&mut self, text: &str) {
        for byte in text.bytes() {
            self.0 |= match byte {
                b'a'..=b'z' => 1 << (byte - b'a'),
                b'0'..=b'9' => 1 << (26 + byte - b'0'),
                _ => 1 << 36,
            };
        }
    }

    /// Adds those of another set.
    pub(super) fn extend(&mut self, other: Letters) {
        self.0 |= other.0;
    }

    /// Whether all of `other` are here.
    pub(super) fn contain(self, other: Letters) -> bool {
        other.0 & !self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = Letters::of("ab12张");
        for (text, expected) in [("", true), ("a", true), ("21b", true), ("李", true), ("c", false), ("a3", false)] {
            assert_eq!(set.contain(Letters::of(text)), expected, "{text}");
        }
        assert!(!Letters::of("a").contain(Letters::of("张")));
    }
}
