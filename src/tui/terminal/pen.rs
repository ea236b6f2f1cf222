//! Colours and attributes: what the terminal writes with now, and the cheapest way to another style.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::grid::VISIBLE_ON_BLANK;

/// The style that the terminal writes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// What switches a modifier on and off.
const MODIFIERS: [(Modifier, &str, &str); 9] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

impl Pen {
    /// As after a reset.
    pub(super) const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    pub(super) fn of(cell: &Cell) -> Pen {
        Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether writing `cell` with this pen looks as it should. Blanks show neither colour nor boldness.
    pub(super) fn suits(&self, cell: &Cell) -> bool {
        if cell.symbol() == " " && !cell.modifier.intersects(VISIBLE_ON_BLANK) {
            return self.bg == cell.bg && !self.modifier.intersects(VISIBLE_ON_BLANK);
        }
        *self == Pen::of(cell)
    }

    /// Whether erasing with this pen leaves the default background.
    pub(super) fn erases_plainly(&self) -> bool {
        self.bg == Color::Reset && !self.modifier.contains(Modifier::REVERSED)
    }

    /// Changes to `to`, appending what must be sent.
    pub(super) fn change(&mut self, to: Pen, out: &mut Vec<u8>) {
        if *self == to {
            return;
        }
        let step = codes(*self, to);
        // A leading empty parameter is a reset.
        let anew = if to == Pen::PLAIN { String::new() } else { format!(";{}", codes(Pen::PLAIN, to)) };
        let codes = if step.len() <= anew.len() { step } else { anew };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(codes.as_bytes());
        out.push(b'm');
        *self = to;
    }
}

/// The parameters that lead from one style to another without a reset.
fn codes(from: Pen, to: Pen) -> String {
    let mut codes = Codes(String::new());
    let mut on = from.modifier;
    for (modifier, _, off) in MODIFIERS {
        if on.contains(modifier) && !to.modifier.contains(modifier) {
            codes.push(off);
            // One code ends both of a pair; the other one may have to be switched on again.
            for (other, _, same) in MODIFIERS {
                if same == off {
                    on.remove(other);
                }
            }
        }
    }
    for (modifier, code, _) in MODIFIERS {
        if to.modifier.contains(modifier) && !on.contains(modifier) {
            codes.push(code);
        }
    }
    if from.fg != to.fg {
        codes.color(to.fg, 30);
    }
    if from.bg != to.bg {
        codes.color(to.bg, 40);
    }
    codes.0
}

/// SGR parameters, separated by semicolons.
struct Codes(String);

impl Codes {
    fn push(&mut self, code: &str) {
        if !self.0.is_empty() {
            self.0.push(';');
        }
        self.0.push_str(code);
    }

    /// `base` is 30 for the foreground, 40 for the background.
    fn color(&mut self, color: Color, base: u16) {
        let bright = base + 60;
        let code = match color {
            Color::Reset => base + 9,
            Color::Black => base,
            Color::Red => base + 1,
            Color::Green => base + 2,
            Color::Yellow => base + 3,
            Color::Blue => base + 4,
            Color::Magenta => base + 5,
            Color::Cyan => base + 6,
            Color::Gray => base + 7,
            Color::DarkGray => bright,
            Color::LightRed => bright + 1,
            Color::LightGreen => bright + 2,
            Color::LightYellow => bright + 3,
            Color::LightBlue => bright + 4,
            Color::LightMagenta => bright + 5,
            Color::LightCyan => bright + 6,
            Color::White => bright + 7,
            Color::Indexed(i) => return self.push(&format!("{};5;{i}", base + 8)),
            Color::Rgb(r, g, b) => return self.push(&format!("{};2;{r};{g};{b}", base + 8)),
        };
        self.push(&code.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, modifier: Modifier) -> Pen {
        Pen { fg, bg: Color::Reset, modifier }
    }

    #[test]
    fn the_shortest_way_between_styles() {
        let check = |from: Pen, to: Pen, expected: &str| {
            let (mut pen, mut out) = (from, Vec::new());
            pen.change(to, &mut out);
            assert_eq!((String::from_utf8_lossy(&out).replace('\x1b', "^"), pen), (expected.to_owned(), to));
        };
        let none = Modifier::empty();
        check(Pen::PLAIN, Pen::PLAIN, "");
        check(pen(Color::Red, Modifier::BOLD), Pen::PLAIN, "^[m");
        check(Pen::PLAIN, pen(Color::Red, Modifier::BOLD), "^[1;31m");
        check(pen(Color::Red, none), pen(Color::Blue, none), "^[34m");
        check(pen(Color::Red, Modifier::BOLD), pen(Color::Red, Modifier::DIM), "^[22;2m");
        check(pen(Color::Red, Modifier::BOLD | Modifier::DIM), pen(Color::Red, Modifier::DIM), "^[22;2m");
        check(pen(Color::Indexed(200), Modifier::BOLD), pen(Color::Indexed(200), none), "^[22m");
        check(pen(Color::Red, Modifier::BOLD | Modifier::UNDERLINED), pen(Color::Reset, Modifier::BOLD), "^[;1m");
        check(Pen::PLAIN, pen(Color::Rgb(1, 2, 3), none), "^[38;2;1;2;3m");
    }
}
