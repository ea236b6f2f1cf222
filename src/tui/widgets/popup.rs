//! Boxes over the screen, and the stack of what is open.

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use super::put;
use crate::tui::theme::{Role, Theme};

/// A box of at most `width` x `height` in the middle of the screen.
pub fn centered(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}

/// Empties an area. A wide character that is cut by its edge is blanked as a whole, since half of one cannot be shown.
pub fn clear(buf: &mut Buffer, area: Rect) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        if area.x > buf.area.x && !area.is_empty() && buf[(area.x - 1, y)].cell_width() > 1 {
            buf[(area.x - 1, y)].set_symbol(" ");
        }
        for x in area.left()..area.right() {
            buf[(x, y)].reset();
        }
    }
}

/// Draws an empty box with a title over whatever is there; returns the area inside.
pub fn popup(area: Rect, buf: &mut Buffer, theme: &Theme, title: &str) -> Rect {
    let area = area.intersection(buf.area);
    clear(buf, area);
    let style = theme.style(Role::BorderFocus);
    let border = theme.symbols().border;
    if area.width < 2 || area.height < 2 {
        return area;
    }
    let (left, right, top, bottom) = (area.x, area.right() - 1, area.y, area.bottom() - 1);
    let mut set = |x: u16, y: u16, symbol: &str| {
        buf[(x, y)].set_symbol(symbol).set_style(style);
    };
    for x in left + 1..right {
        set(x, top, border.horizontal_top);
        set(x, bottom, border.horizontal_bottom);
    }
    for y in top + 1..bottom {
        set(left, y, border.vertical_left);
        set(right, y, border.vertical_right);
    }
    for (x, y, symbol) in [
        (left, top, border.top_left),
        (right, top, border.top_right),
        (left, bottom, border.bottom_left),
        (right, bottom, border.bottom_right),
    ] {
        set(x, y, symbol);
    }
    if !title.is_empty() && area.width > 6 {
        put(buf, left + 2, top, area.width - 4, &format!(" {title} "), theme.style(Role::Title), theme);
    }
    // One free column at both sides, where the box is wide enough for it.
    let margin = 1 + u16::from(area.width > 20);
    Rect { x: left + margin, y: top + 1, width: area.width.saturating_sub(2 * margin), height: area.height - 2 }
}

/// What is open over a screen, the topmost last. Only overlays are stacked; screens are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers<L>(Vec<L>);

impl<L> Default for Layers<L> {
    fn default() -> Self {
        Layers(Vec::new())
    }
}

impl<L> Layers<L> {
    /// Opens one on top.
    pub fn push(&mut self, layer: L) {
        self.0.push(layer);
    }

    /// Closes the topmost.
    pub fn pop(&mut self) -> Option<L> {
        self.0.pop()
    }

    /// The topmost, which gets the input.
    pub fn top(&self) -> Option<&L> {
        self.0.last()
    }

    /// The topmost, to change it.
    pub fn top_mut(&mut self) -> Option<&mut L> {
        self.0.last_mut()
    }

    /// All, lowest first: the order of drawing.
    pub fn iter(&self) -> impl Iterator<Item = &L> {
        self.0.iter()
    }

    /// Whether nothing is open.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Closes all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    #[test]
    fn half_characters_at_the_edges_are_blanked() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 3));
        for y in 0..3 {
            buf.set_string(0, y, "户户户户户户", Style::new());
        }
        popup(Rect::new(3, 0, 6, 3), &mut buf, &Theme::default().with_ascii(true), "");
        assert_eq!(crate::tui::testing::text_of(&buf), "户 +----+ 户\n户 |    | 户\n户 +----+ 户\n");
    }

    #[test]
    fn a_box_never_leaves_the_screen() {
        for (width, height) in [(0, 0), (1, 1), (2, 2), (5, 1), (80, 24)] {
            let screen = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(screen);
            let inner = popup(centered(screen, 64, 20), &mut buf, &Theme::default(), "标题");
            assert_eq!(inner.intersection(screen), inner, "{width}x{height}");
        }
    }
}
