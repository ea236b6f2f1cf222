//! A buffer made fit for comparing and sending: every cell is exactly what the terminal will hold.

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier};

use crate::tui::text::is_forbidden;

/// Modifiers that show on a blank cell.
pub(super) const VISIBLE_ON_BLANK: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT).union(Modifier::SLOW_BLINK);

/// Rewrites a buffer that widgets have drawn so that
/// - no symbol holds a forbidden character, and none is empty but the second half of a wide one;
/// - the second half of a wide character is an empty symbol with the style of the first;
/// - a wide character without room for its second half, or with something drawn over it, is blank;
/// - blanks carry no foreground and no modifier that cannot be seen.
pub(super) fn normalise(buf: &mut Buffer) {
    let width = usize::from(buf.area.width);
    if width == 0 {
        return;
    }
    for row in buf.content.chunks_mut(width) {
        normalise_row(row);
    }
}

fn normalise_row(row: &mut [Cell]) {
    let mut x = 0;
    while x < row.len() {
        let symbol = row[x].symbol();
        let bytes = symbol.as_bytes();
        if let [b' '..=b'~'] = bytes {
            if bytes[0] == b' ' {
                simplify_blank(&mut row[x]);
            }
            x += 1;
            continue;
        }
        match clean_width(symbol) {
            1 => x += 1,
            2 if row.get(x + 1).is_some_and(|next| matches!(next.symbol(), " " | "")) => {
                let (left, right) = row.split_at_mut(x + 1);
                let (first, second) = (&left[x], &mut right[0]);
                second.set_symbol("");
                (second.fg, second.bg, second.modifier) = (first.fg, first.bg, first.modifier);
                x += 2;
            }
            _ => {
                row[x].set_symbol(" ");
                simplify_blank(&mut row[x]);
                x += 1;
            }
        }
    }
}

/// The width of a symbol that may be sent as it is, else 0.
fn clean_width(symbol: &str) -> u16 {
    if symbol.is_empty() || symbol.chars().any(is_forbidden) { 0 } else { symbol.cell_width() }
}

fn simplify_blank(cell: &mut Cell) {
    if !cell.modifier.intersects(VISIBLE_ON_BLANK) {
        cell.modifier = Modifier::empty();
        cell.fg = Color::Reset;
    }
}

/// Whether erasing leaves exactly this cell: a blank on the default background.
pub(super) fn is_erased(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(VISIBLE_ON_BLANK)
}

/// Whether terminals disagree about the width of a symbol, so that the cursor must be placed anew behind it:
/// clusters of several characters, emoji, and characters of ambiguous width (UAX 11) except lines and blocks, of
/// which a terminal that draws them wide cannot be helped (the ASCII theme can).
pub(super) fn is_width_uncertain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let Some(c) = chars.next() else { return false };
    if chars.next().is_some() {
        return true;
    }
    use unicode_width::UnicodeWidthChar;
    match c {
        ..='~' | '\u{2500}'..='\u{259f}' | '\u{3000}'..='\u{9fff}' => false,
        '\u{1f000}'.. if c < '\u{20000}' => true,
        _ => c.width() != c.width_cjk(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn symbols_are_what_the_terminal_will_hold() {
        let check = |draw: fn(&mut Buffer), expected: &[&str]| {
            let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
            draw(&mut buf);
            normalise(&mut buf);
            let symbols: Vec<&str> = buf.content.iter().map(Cell::symbol).collect();
            assert_eq!(symbols, expected);
        };
        check(
            |b| {
                b.set_string(0, 0, "张a", Style::new());
            },
            &["张", "", "a", " "],
        );
        check(
            |b| {
                b[(3, 0)].set_symbol("张");
            },
            &[" ", " ", " ", " "],
        );
        check(
            |b| {
                b.set_string(0, 0, "张三", Style::new());
                b[(1, 0)].set_symbol("|");
            },
            &[" ", "|", "三", ""],
        );
        check(
            |b| {
                b[(0, 0)].set_symbol("\x1b");
            },
            &[" ", " ", " ", " "],
        );
        check(
            |b| {
                b[(0, 0)].set_symbol("a\u{202e}");
            },
            &[" ", " ", " ", " "],
        );
        check(
            |b| {
                b[(0, 0)].set_symbol("\u{301}");
            },
            &[" ", " ", " ", " "],
        );
    }

    #[test]
    fn the_second_half_takes_the_style_of_the_first() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 2, 1));
        buf.set_string(0, 0, "张", Style::new().bg(Color::Red));
        normalise(&mut buf);
        assert_eq!(buf[(1, 0)].bg, Color::Red);
    }

    #[test]
    fn widths_that_terminals_disagree_about() {
        for (symbol, expected) in [
            ("a", false),
            ("张", false),
            ("─", false),
            ("…", true),
            ("“", true),
            ("👨‍👩‍👧", true),
            ("😀", true),
            ("×", true),
            ("e\u{301}", true),
            ("𠮷", false),
            ("，", false),
        ] {
            assert_eq!(is_width_uncertain(symbol), expected, "{symbol}");
        }
    }
}
