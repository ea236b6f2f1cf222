//! Text as a terminal shows it: measured in cells, cut and wrapped by what a reader calls a character.
//!
//! A Chinese character takes two cells, a combining mark none; every width here is in cells and agrees with the
//! widths that [`ratatui::buffer::Buffer`] uses, because both come from the same tables.

use std::borrow::Cow;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// The width of a text on the screen, in cells. Forbidden characters (see [`is_forbidden`]) take none.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|b| !b.is_ascii_control()).count();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// The width of one grapheme in cells: 0, 1 or 2 (more only for exotic clusters).
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.chars().any(is_forbidden) { 0 } else { usize::from(grapheme.cell_width()) }
}

/// Characters that never reach a screen: they would move the cursor, reorder a line or hide in it.
///
/// These are the C0 and C1 controls, the bidirectional marks, embeddings, overrides and isolates (Unicode Standard
/// Annex 9), the zero width no-break space, line and paragraph separators, interlinear annotation marks and the tag
/// characters of plane 14.
pub const fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// The text on one line without forbidden characters: a line break or a tab becomes one space, the rest goes.
/// Borrows when there is nothing to do, which is nearly always.
pub fn clean(text: &str) -> Cow<'_, str> {
    clean_with(text, |c| matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}').then_some(' '))
}

/// Like [`clean`], but line breaks stay, and `\r\n` and a lone `\r` become `\n`.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        let unified = text.replace("\r\n", "\n").replace('\r', "\n");
        return Cow::Owned(clean_lines(&unified).into_owned());
    }
    clean_with(text, |c| match c {
        '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        _ => None,
    })
}

fn clean_with(text: &str, replace: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if !text.chars().any(is_forbidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(|c| if is_forbidden(c) { replace(c) } else { Some(c) }).collect())
}

/// Full-width letters, digits, punctuation and the ideographic space become their ASCII twins: `３３０Ｘ` -> `330X`.
/// For codes, numbers and dates typed while an input method is on; Chinese text keeps its own punctuation.
pub fn half_width(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| half_width_char(c) != c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(half_width_char).collect())
}

/// One character of [`half_width`].
pub fn half_width_char(c: char) -> char {
    match c {
        // U+FF01..=U+FF5E mirror U+0021..=U+007E.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// The longest start of `text` that fits into `cells`, ending in `ellipsis` where something was cut off.
pub fn truncate<'a>(text: &'a str, cells: usize, ellipsis: &str) -> Cow<'a, str> {
    // A text of n bytes is never wider than n cells.
    if text.len() <= cells || width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let dots = width(ellipsis);
    if dots > cells {
        return Cow::Borrowed(&text[..prefix_len(text, cells)]);
    }
    let mut cut = text[..prefix_len(text, cells - dots)].to_owned();
    cut.push_str(ellipsis);
    Cow::Owned(cut)
}

/// The byte length of the longest start of `text` that is no wider than `cells`.
pub fn prefix_len(text: &str, cells: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if used > cells {
            return at;
        }
    }
    text.len()
}

/// Where a shorter text stands in its space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left; the default.
    #[default]
    Left,
    /// At the right, for numbers.
    Right,
    /// In the middle.
    Center,
}

/// `text` cut or padded with spaces to exactly `cells`.
pub fn fit(text: &str, cells: usize, align: Align, ellipsis: &str) -> String {
    let text = truncate(text, cells, ellipsis);
    let room = cells.saturating_sub(width(&text));
    let before = match align {
        Align::Left => 0,
        Align::Right => room,
        Align::Center => room / 2,
    };
    let mut out = String::with_capacity(text.len() + room);
    out.extend(std::iter::repeat_n(' ', before));
    out.push_str(&text);
    out.extend(std::iter::repeat_n(' ', room - before));
    out
}

/// The byte position one grapheme after `at`, or the end. `at` may be any byte position.
pub fn next_boundary(text: &str, at: usize) -> usize {
    let at = floor_boundary(text, at);
    text[at..].graphemes(true).next().map_or(at, |g| at + g.len())
}

/// The byte position one grapheme before `at`, or 0.
pub fn previous_boundary(text: &str, at: usize) -> usize {
    let at = floor_boundary(text, at);
    text[..at].graphemes(true).next_back().map_or(0, |g| at - g.len())
}

/// The nearest character boundary at or before `at`.
pub fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The start of the word before `at` (for "word left" and "delete word"); a run of Chinese characters is one word.
pub fn previous_word(text: &str, at: usize) -> usize {
    let at = floor_boundary(text, at);
    let head = &text[..at];
    let trimmed = head.trim_end_matches(|c: char| !c.is_alphanumeric());
    trimmed.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |i| next_boundary(text, i))
}

/// The end of the word after `at`.
pub fn next_word(text: &str, at: usize) -> usize {
    let at = floor_boundary(text, at);
    let tail = &text[at..];
    let start = tail.find(char::is_alphanumeric).unwrap_or(tail.len());
    let len = tail[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(tail.len() - start);
    at + start + len
}

/// Breaks a text into lines no wider than `cells` (at least 2), as byte ranges into `text`.
///
/// Chinese breaks between any two characters, but no line starts with closing punctuation; other scripts break at
/// spaces, and a word longer than a line is cut. `\n` always breaks. Never empty: an empty text is one empty line.
pub fn wrap(text: &str, cells: usize) -> Vec<std::ops::Range<usize>> {
    let cells = cells.max(2);
    let mut lines = Vec::new();
    let mut start = 0;
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, start, cells, &mut lines);
        start += paragraph.len() + 1;
    }
    lines
}

fn wrap_paragraph(text: &str, base: usize, cells: usize, lines: &mut Vec<std::ops::Range<usize>>) {
    let mut start = 0; // of the line
    let mut used = 0; // cells of the line so far
    let mut break_at: Option<(usize, usize)> = None; // last good break: end of the line, start of the next
    let mut previous: Option<&str> = None;
    let mut at = 0;
    while at < text.len() {
        let end = next_boundary(text, at);
        let grapheme = &text[at..end];
        let wide = grapheme_width(grapheme);
        if at > start && grapheme != " " && previous.is_some_and(|p| may_break(p, grapheme)) {
            let line_end = start + text[start..at].trim_end_matches(' ').len();
            break_at = Some((line_end, at));
        }
        if used + wide > cells && grapheme != " " && at > start {
            let (line_end, next) = break_at.take().unwrap_or((at, at));
            lines.push(base + start..base + line_end.max(start));
            start = next;
            used = width(&text[start..at]);
        }
        used += wide;
        previous = Some(grapheme);
        at = end;
    }
    let line_end = start + text[start..].trim_end_matches(' ').len();
    lines.push(base + start..base + if lines_end_is_space(text, start) { text.len() } else { line_end });
}

/// A last line made of nothing but spaces keeps them, so that a caret after typed spaces has a place.
fn lines_end_is_space(text: &str, start: usize) -> bool {
    text[start..].bytes().all(|b| b == b' ')
}

/// Whether a line may end after `a` when `b` follows.
fn may_break(a: &str, b: &str) -> bool {
    const NOT_FIRST: &str = "，。、；：？！）》」』】〉〕”’…—·,.;:?!)]}%％";
    const NOT_LAST: &str = "（《「『【〈〔“‘([{";
    let last = a.chars().next_back().unwrap_or(' ');
    let first = b.chars().next().unwrap_or(' ');
    if NOT_FIRST.contains(first) || NOT_LAST.contains(last) {
        return false;
    }
    last == ' ' || is_wide_char(last) || is_wide_char(first)
}

fn is_wide_char(c: char) -> bool {
    unicode_width::UnicodeWidthChar::width(c) == Some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_cells() {
        for (text, expected) in
            [("", 0), ("abc", 3), ("张淑芬", 6), ("e\u{301}", 1), ("a\x1bb", 2), ("ｱ", 1), ("👨‍👩‍👧", 2)]
        {
            assert_eq!(width(text), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_forbidden_survives_cleaning() {
        for (text, expected) in [
            ("张淑芬", "张淑芬"),
            ("a\x1b[2Jb", "a[2Jb"),
            ("a\u{202e}b\u{2066}c\u{2069}", "abc"),
            ("a\u{9b}31mb", "a31mb"),
            ("one\ntwo\tthree", "one two three"),
            ("\u{feff}x\u{200f}\u{61c}", "x"),
            ("x\u{e0041}", "x"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
        assert_eq!(clean_lines("a\r\nb\rc\u{7}"), "a\nb\nc");
    }

    #[test]
    fn truncation_counts_cells() {
        for (text, cells, expected) in [
            ("张淑芬", 6, "张淑芬"),
            ("张淑芬", 5, "张淑…"),
            ("张淑芬", 4, "张…"),
            ("abcdef", 3, "ab…"),
            ("张", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(truncate(text, cells, "…"), expected, "{text:?} {cells}");
        }
    }

    #[test]
    fn fitting_fills_exactly() {
        for (text, align, expected) in [
            ("张三", Align::Left, "张三   "),
            ("12", Align::Right, "     12"),
            ("上岙村委会", Align::Left, "上岙村…"),
            ("ab", Align::Center, "  ab   "),
        ] {
            assert_eq!(fit(text, 7, align, "…"), expected);
            assert_eq!(width(&fit(text, 7, align, "…")), 7);
        }
    }

    #[test]
    fn full_width_input_becomes_half_width() {
        assert_eq!(half_width("３３０１Ｘ　ａ－"), "3301X a-");
        assert!(matches!(half_width("张三 abc"), Cow::Borrowed(_)));
    }

    #[test]
    fn wrapping() {
        let check = |text: &str, cells: usize, expected: &[&str]| {
            let lines: Vec<&str> = wrap(text, cells).into_iter().map(|r| &text[r]).collect();
            assert_eq!(lines, expected, "{text:?} {cells}");
        };
        check("", 10, &[""]);
        check("走访登记", 4, &["走访", "登记"]);
        check("走访登记", 5, &["走访", "登记"]);
        check("走访，登记", 4, &["走", "访，", "登记"]);
        check("the quick brown fox", 10, &["the quick", "brown fox"]);
        check("abcdefghij", 4, &["abcd", "efgh", "ij"]);
        check("一\n\n二", 10, &["一", "", "二"]);
        check("家中有wheelchair一张", 10, &["家中有", "wheelchair", "一张"]);
        check("ab   ", 3, &["ab"]);
    }

    #[test]
    fn carets_move_by_grapheme_and_word() {
        let text = "e\u{301}张 ab";
        assert_eq!(next_boundary(text, 0), 3);
        assert_eq!(previous_boundary(text, 3), 0);
        assert_eq!(next_boundary(text, 3), 6);
        assert_eq!(next_boundary(text, text.len()), text.len());
        assert_eq!(previous_word(text, text.len()), 7);
        assert_eq!(previous_word("张三  ", 8), 0);
        assert_eq!(next_word("ab cd", 0), 2);
        assert_eq!(next_word("ab cd", 2), 5);
    }
}
