//! Widgets: pure functions from data to cells, and the small states that `update` moves.
//!
//! Every widget has a `draw(&self or data, area, buf)`; where something scrolls, the layout that `draw` uses is a
//! function of its own, so that `update` can decide offsets with the same numbers. Text is cleaned when it is drawn.

mod bars;
mod choices;
mod confirm;
mod date;
mod detail;
mod form;
mod help;
mod hints;
mod input;
mod list;
mod lookup;
mod palette;
mod picklist;
mod popup;
mod status;
mod table;
mod tabs;
mod textarea;

pub use bars::{gauge, score_bar};
pub use choices::Choices;
pub use confirm::{Confirm, ConfirmAnswer};
pub use date::{DateError, parse_date};
pub use detail::{Detail, DetailRow};
pub use form::{Field, FieldRect, Form, FormState};
pub use help::HelpPage;
pub use hints::{continuation_hints, hints};
pub use input::LineInput;
pub use list::{ListState, Motion, Scroll, position_text, scroll_lines};
pub use lookup::{Lookup, lookup_keys};
pub use palette::{Palette, PaletteItem, actions_as_items};
pub use picklist::{Choice, PickList};
pub use popup::{Layers, centered, clear, popup};
pub use status::{Segment, notice, status_line};
pub use table::{Cell, Column, Order, Row, Table, Width};
pub use tabs::tabs;
pub use textarea::TextArea;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use super::theme::Theme;

/// Writes cleaned text at `(x, y)`, cut with the theme's ellipsis to `cells`; returns the column after it.
/// Does nothing outside of the buffer.
pub fn put(buf: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, style: Style, theme: &Theme) -> u16 {
    let area = buf.area;
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return x;
    }
    let cells = cells.min(area.right() - x);
    let text = text::clean(text);
    let text = text::truncate(&text, usize::from(cells), theme.symbols().ellipsis);
    buf.set_stringn(x, y, &text, usize::from(cells), style).0
}

/// Writes like [`put`], but nothing outside of the columns of `area`.
pub(crate) fn put_in(
    area: Rect,
    buf: &mut Buffer,
    at: (u16, u16),
    cells: u16,
    text: &str,
    style: Style,
    theme: &Theme,
) -> u16 {
    let (x, y) = at;
    if x < area.x || y < area.y || y >= area.bottom() {
        return x;
    }
    put(buf, x, y, cells.min(area.right().saturating_sub(x)), text, style, theme)
}

/// Fills an area with spaces of a style.
pub fn fill(buf: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let cell = &mut buf[(x, y)];
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// The first `n` rows of an area and the rest.
pub fn split_top(area: Rect, n: u16) -> (Rect, Rect) {
    let n = n.min(area.height);
    (Rect { height: n, ..area }, Rect { y: area.y + n, height: area.height - n, ..area })
}

/// An area without its last `n` rows, and these.
pub fn split_bottom(area: Rect, n: u16) -> (Rect, Rect) {
    let n = n.min(area.height);
    split_top(area, area.height - n)
}

/// The first `n` columns of an area and the rest.
pub fn split_left(area: Rect, n: u16) -> (Rect, Rect) {
    let n = n.min(area.width);
    (Rect { width: n, ..area }, Rect { x: area.x + n, width: area.width - n, ..area })
}

#[cfg(test)]
mod tests;
