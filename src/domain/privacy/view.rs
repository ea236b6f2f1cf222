//! The text as the checks see it, and the way back to its bytes.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::domain::text::is_control;

/// One folded character per character of the text, with the place where it came from.
pub(super) struct View {
    /// Full-width and circled forms folded; invisible characters left out.
    pub chars: Vec<char>,
    places: Vec<Range<usize>>,
}

impl View {
    /// With white space, which separates groups of digits.
    pub fn with_spaces(text: &str) -> View {
        Self::new(text, |_| true)
    }

    /// Without white space, so that `张 淑 芬` and `3 幢` are found.
    pub fn without_spaces(text: &str) -> View {
        Self::new(text, |c| !c.is_whitespace())
    }

    /// The bytes of the text that a range of characters came from.
    pub fn bytes(&self, range: Range<usize>) -> Range<usize> {
        match (self.places.get(range.start), range.end.checked_sub(1).and_then(|last| self.places.get(last))) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    fn new(text: &str, keep: impl Fn(char) -> bool) -> View {
        let mut view = View { chars: Vec::new(), places: Vec::new() };
        for (start, c) in text.char_indices() {
            if keep(c) && (!is_control(c) || c.is_whitespace()) {
                view.chars.push(fold(c));
                view.places.push(start..start + c.len_utf8());
            }
        }
        view
    }
}

/// The compatibility form where it is a single character: `１` and `①` are 1, `Ｘ` is X.
fn fold(c: char) -> char {
    let mut forms = c.nfkc();
    match (forms.next(), forms.next()) {
        (Some(folded), None) => folded,
        _ => c,
    }
}

/// Whether `text` at `start` reads `word`.
pub(super) fn reads(text: &[char], start: usize, word: &str) -> bool {
    text.get(start..).is_some_and(|rest| {
        let mut rest = rest.iter();
        word.chars().all(|c| rest.next() == Some(&c))
    })
}

/// Whether `text` before `end` ends with `word`.
pub(super) fn ends(text: &[char], end: usize, word: &str) -> bool {
    end.checked_sub(word.chars().count()).is_some_and(|start| reads(text, start, word))
}

/// All places where `word` stands.
pub(super) fn all(text: &[char], word: &str) -> Vec<Range<usize>> {
    let length = word.chars().count();
    if length == 0 {
        return Vec::new();
    }
    (0..text.len()).filter(|start| reads(text, *start, word)).map(|start| start..start + length).collect()
}

/// No letter, digit or ideograph: the end of a phrase.
pub(super) fn is_break(c: Option<&char>) -> bool {
    c.is_none_or(|c| !c.is_alphanumeric())
}
