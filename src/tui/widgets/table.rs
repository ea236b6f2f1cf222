//! Tables of any length: only the visible rows are asked for.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{ListState, put, split_top};
use crate::tui::text::{self, Align};
use crate::tui::theme::{Role, Theme};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header.
    pub title: Cow<'static, str>,
    /// How wide.
    pub width: Width,
    /// Where its text stands.
    pub align: Align,
    /// Which columns go first when there is too little room: the highest rank. Rank 0 always stays.
    pub rank: u8,
}

/// The width of a column, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Exactly this.
    Fixed(u16),
    /// At least `min`, plus a share of what is left over, in proportion to `share`.
    Flex {
        /// The least width.
        min: u16,
        /// The weight among the flexible columns.
        share: u16,
    },
}

impl Column {
    /// A column of fixed width.
    pub fn fixed(title: impl Into<Cow<'static, str>>, width: u16) -> Column {
        Column { title: title.into(), width: Width::Fixed(width), align: Align::Left, rank: 0 }
    }

    /// A column that takes a share of the room left over.
    pub fn flex(title: impl Into<Cow<'static, str>>, min: u16, share: u16) -> Column {
        Column { width: Width::Flex { min, share }, ..Column::fixed(title, min) }
    }

    /// The same column with its text at the right.
    pub fn right(self) -> Column {
        Column { align: Align::Right, ..self }
    }

    /// The same column with a rank: the higher, the sooner it gives way.
    pub fn rank(self, rank: u8) -> Column {
        Column { rank, ..self }
    }

    fn least(&self) -> u16 {
        match self.width {
            Width::Fixed(width) => width,
            Width::Flex { min, .. } => min,
        }
    }
}

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Its look.
    pub role: Role,
    /// The part (bytes) that a search matched, shown in the role `Match`.
    pub matched: Option<Range<usize>>,
}

impl<'a> Cell<'a> {
    /// A cell with a role.
    pub fn new(text: impl Into<Cow<'a, str>>, role: Role) -> Cell<'a> {
        Cell { text: text.into(), role, matched: None }
    }
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Cell<'a> {
    fn from(text: T) -> Self {
        Cell::new(text, Role::Text)
    }
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row<'a> {
    /// The cells, one per column.
    pub cells: Vec<Cell<'a>>,
    /// Marked for a bulk action.
    pub marked: bool,
}

impl<'a> Row<'a> {
    /// A row of cells.
    pub fn new<C: Into<Cell<'a>>>(cells: impl IntoIterator<Item = C>) -> Row<'a> {
        Row { cells: cells.into_iter().map(Into::into).collect(), marked: false }
    }
}

/// The direction of a sorted column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A table: header, marker column, rows. The selected row has a marker in front and is not restyled, so that a move
/// of the selection changes two cells.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The columns.
    pub columns: &'a [Column],
    /// The sorted column, by index.
    pub sorted: Option<(usize, Order)>,
    /// Whether the header is shown.
    pub header: bool,
    /// Whether the list has the focus; without, its marker is dim.
    pub focused: bool,
    /// Shown when there are no rows.
    pub empty: &'a str,
    /// The look.
    pub theme: Theme,
}

/// The cells in front of the first column: marker, mark.
const GUTTER: u16 = 2;

impl Table<'_> {
    /// Where the rows stand; its height is what [`ListState::go`] wants.
    pub fn body(&self, area: Rect) -> Rect {
        split_top(area, u16::from(self.header)).1
    }

    /// The row at a position of the screen, for the mouse.
    pub fn index_at(&self, area: Rect, state: &ListState, len: usize, at: Position) -> Option<usize> {
        let body = self.body(area);
        if !body.contains(at) {
            return None;
        }
        Some(state.offset + usize::from(at.y - body.y)).filter(|index| *index < len)
    }

    /// Column, start and width of every column that is shown in `width` cells.
    pub fn layout(&self, width: u16) -> Vec<(usize, u16, u16)> {
        let room = width.saturating_sub(GUTTER);
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        let least = |shown: &[usize]| -> u16 {
            shown
                .iter()
                .map(|&i| self.columns[i].least().saturating_add(1))
                .fold(0, u16::saturating_add)
                .saturating_sub(1)
        };
        while least(&shown) > room {
            // The last of the highest rank goes first.
            match shown.iter().copied().filter(|&i| self.columns[i].rank > 0).max_by_key(|&i| (self.columns[i].rank, i))
            {
                Some(drop) => shown.retain(|&i| i != drop),
                None => break,
            }
        }
        let mut spare = room.saturating_sub(least(&shown));
        let mut shares: u16 = shown.iter().map(|&i| self.share(i)).sum();
        let mut x = GUTTER;
        let mut out = Vec::with_capacity(shown.len());
        for i in shown {
            let share = self.share(i);
            let extra = if share == 0 { 0 } else { (u32::from(spare) * u32::from(share) / u32::from(shares)) as u16 };
            spare -= extra;
            shares -= share;
            let cells = (self.columns[i].least() + extra).min(width.saturating_sub(x));
            if cells == 0 {
                break;
            }
            out.push((i, x, cells));
            x = x.saturating_add(cells).saturating_add(1);
        }
        out
    }

    fn share(&self, column: usize) -> u16 {
        match self.columns[column].width {
            Width::Fixed(_) => 0,
            Width::Flex { share, .. } => share,
        }
    }

    /// Draws the visible part of `len` rows; `row` is asked for each visible index.
    pub fn draw<'r>(
        &self,
        area: Rect,
        buf: &mut Buffer,
        state: &ListState,
        len: usize,
        mut row: impl FnMut(usize) -> Row<'r>,
    ) {
        let layout = self.layout(area.width);
        let (head, body) = split_top(area, u16::from(self.header));
        if !head.is_empty() {
            self.draw_header(head, buf, &layout);
        }
        if len == 0 && !body.is_empty() {
            put(
                buf,
                body.x + GUTTER,
                body.y,
                body.width.saturating_sub(GUTTER),
                self.empty,
                self.theme.style(Role::Dim),
                &self.theme,
            );
        }
        for (y, index) in (body.y..body.bottom()).zip(state.visible(len, body.height)) {
            self.draw_row(Rect { y, height: 1, ..body }, buf, &layout, &row(index), index == state.selected);
        }
    }

    fn draw_header(&self, area: Rect, buf: &mut Buffer, layout: &[(usize, u16, u16)]) {
        let symbols = self.theme.symbols();
        for &(i, x, cells) in layout {
            let column = &self.columns[i];
            let mark = match self.sorted {
                Some((sorted, Order::Ascending)) if sorted == i => symbols.ascending,
                Some((sorted, Order::Descending)) if sorted == i => symbols.descending,
                _ => "",
            };
            let room = usize::from(cells).saturating_sub(text::width(mark));
            let title = format!("{}{mark}", text::truncate(&column.title, room, ""));
            let title = text::fit(&title, usize::from(cells), column.align, "");
            put(buf, area.x + x, area.y, cells, title.trim_end(), self.theme.style(Role::Title), &self.theme);
        }
    }

    fn draw_row(&self, area: Rect, buf: &mut Buffer, layout: &[(usize, u16, u16)], row: &Row<'_>, selected: bool) {
        let symbols = self.theme.symbols();
        if selected {
            let role = if self.focused { Role::Marker } else { Role::Dim };
            put(buf, area.x, area.y, area.width.min(1), symbols.marker, self.theme.style(role), &self.theme);
        }
        if row.marked && area.width > 1 {
            put(buf, area.x + 1, area.y, 1, symbols.mark, self.theme.style(Role::Accent), &self.theme);
        }
        for &(i, x, cells) in layout {
            if let Some(cell) = row.cells.get(i) {
                self.draw_cell(buf, area.x + x, area.y, cells, cell, self.columns[i].align);
            }
        }
    }

    fn draw_cell(&self, buf: &mut Buffer, x: u16, y: u16, cells: u16, cell: &Cell<'_>, align: Align) {
        let used = u16::try_from(text::width(&cell.text)).unwrap_or(u16::MAX).min(cells);
        let x = match align {
            Align::Left => x,
            Align::Right => x + cells - used,
            Align::Center => x + (cells - used) / 2,
        };
        put(buf, x, y, used, &cell.text, self.theme.style(cell.role), &self.theme);
        let Some(range) = cell.matched.clone() else { return };
        let (Some(before), Some(matched)) = (cell.text.get(..range.start), cell.text.get(range)) else { return };
        let from = u16::try_from(text::width(before)).unwrap_or(u16::MAX).min(cells);
        let to = from.saturating_add(u16::try_from(text::width(matched)).unwrap_or(u16::MAX)).min(cells);
        buf.set_style(
            Rect { x: x + from, y, width: to - from, height: 1 }.intersection(buf.area),
            self.theme.style(Role::Match),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_rows() {
        let columns = [Column::fixed("a", 6)];
        let table =
            Table { columns: &columns, sorted: None, header: true, focused: true, empty: "", theme: Theme::default() };
        let (area, state) = (Rect::new(2, 1, 20, 5), ListState { selected: 12, offset: 10 });
        for (x, y, expected) in
            [(2, 1, None), (2, 2, Some(10)), (21, 4, Some(12)), (21, 5, None), (1, 3, None), (22, 3, None)]
        {
            assert_eq!(table.index_at(area, &state, 13, Position::new(x, y)), expected, "{x} {y}");
        }
    }

    #[test]
    fn columns_share_the_room_and_give_way_by_rank() {
        let columns = [
            Column::fixed("a", 6),
            Column::flex("b", 4, 1),
            Column::flex("c", 4, 3).rank(1),
            Column::fixed("d", 5).rank(2),
        ];
        let table =
            Table { columns: &columns, sorted: None, header: true, focused: true, empty: "", theme: Theme::default() };
        let check = |width, expected: &[(usize, u16, u16)]| assert_eq!(table.layout(width), expected, "{width}");
        check(32, &[(0, 2, 6), (1, 9, 6), (2, 16, 10), (3, 27, 5)]);
        check(24, &[(0, 2, 6), (1, 9, 4), (2, 14, 4), (3, 19, 5)]);
        check(23, &[(0, 2, 6), (1, 9, 5), (2, 15, 8)]);
        check(13, &[(0, 2, 6), (1, 9, 4)]);
        check(5, &[(0, 2, 3)]);
        check(0, &[]);
    }

    #[test]
    fn rows_are_drawn_with_marker_and_mark() {
        let columns = [Column::fixed("户主", 6), Column::fixed("人口", 5).right()];
        let table = Table {
            columns: &columns,
            sorted: Some((1, Order::Descending)),
            header: true,
            focused: true,
            empty: "无",
            theme: Theme::default().with_ascii(true),
        };
        let mut buf = Buffer::empty(Rect::new(0, 0, 14, 4));
        let state = ListState { selected: 1, offset: 0 };
        table
            .draw(buf.area, &mut buf, &state, 2, |i| Row { marked: i == 0, ..Row::new(["张淑芬", ["3", "12"][i]]) });
        assert_eq!(crate::tui::testing::text_of(&buf), "  户主   人口v\n +张淑芬     3\n> 张淑芬    12\n\n");
    }
}
