//! From one buffer to the next, in as few bytes as possible.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect};

use super::Capabilities;
use super::cursor::Cursor;
use super::grid::{is_erased, is_width_uncertain, normalise};
use super::pen::Pen;
use super::scroll;

/// What a terminal shows, and the bytes that make it show something else.
#[derive(Debug)]
pub struct Screen {
    can: Capabilities,
    /// What the terminal shows; of another size, or `None`, when that is not known.
    front: Option<Buffer>,
    pen: Pen,
    cursor: Cursor,
    /// Whether the cursor is shown; `None` when not known.
    cursor_shown: Option<bool>,
    /// Columns of the frame being drawn.
    width: usize,
    out: Vec<u8>,
}

/// A blank run in the middle of a row is erased rather than written from this length on.
const ERASE_FROM: usize = 11;

impl Screen {
    /// The screen of a terminal that has just been entered (see [`Screen::enter`]).
    pub fn new(can: Capabilities) -> Screen {
        Screen {
            can,
            front: None,
            pen: Pen::PLAIN,
            cursor: Cursor::Lost,
            cursor_shown: None,
            width: 0,
            out: Vec::new(),
        }
    }

    /// What to send before the first frame: the alternate screen, no automatic wrapping, bracketed paste.
    pub const fn enter() -> &'static [u8] {
        b"\x1b[?1049h\x1b[?7l\x1b[?2004h"
    }

    /// What to send at the end, whatever was sent before: everything as a shell expects it.
    pub const fn leave() -> &'static [u8] {
        b"\x1b[?2026l\x1b[r\x1b[m\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
    }

    /// What turns mouse reports on or off.
    pub const fn mouse(on: bool) -> &'static [u8] {
        if on { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" }
    }

    /// What asks the terminal to answer ([`super::TerminalEvent::Answer`]), without any effect on the screen.
    pub const fn query() -> &'static [u8] {
        b"\x1b[5n"
    }

    /// What rings the bell.
    pub const fn bell() -> &'static [u8] {
        b"\x07"
    }

    /// Forgets what the terminal shows, so that the next frame draws everything.
    pub fn forget(&mut self) {
        self.front = None;
    }

    /// The bytes that make the terminal show `buf`, with the cursor at `cursor` or hidden. Empty when it already does.
    ///
    /// `buf` is rewritten to exactly what the terminal will hold, and becomes the new front; what was the front is
    /// left in its place, to be drawn over.
    pub fn draw(&mut self, buf: &mut Buffer, cursor: Option<Position>) -> &[u8] {
        normalise(buf);
        self.out.clear();
        if self.can.synchronized {
            self.out.extend_from_slice(b"\x1b[?2026h");
        }
        let start = self.out.len();
        let mut front = match self.front.take() {
            Some(front) if front.area == buf.area => front,
            _ => self.erase_all(buf.area),
        };
        self.scroll(&mut front, buf);
        self.width = usize::from(buf.area.width.max(1));
        for (y, (old, new)) in front.content.chunks(self.width).zip(buf.content.chunks(self.width)).enumerate() {
            if old != new {
                self.row(y as u16, old, new);
            }
        }
        self.place_cursor(cursor);
        std::mem::swap(buf, &mut front);
        self.front = Some(front);
        if self.out.len() == start {
            self.out.clear();
        } else if self.can.synchronized {
            self.out.extend_from_slice(b"\x1b[?2026l");
        }
        &self.out
    }

    /// Brings the terminal into a known state: nothing on it.
    fn erase_all(&mut self, area: Rect) -> Buffer {
        self.out.extend_from_slice(b"\x1b[m\x1b[H\x1b[J");
        self.pen = Pen::PLAIN;
        self.cursor = Cursor::At(Position::ORIGIN);
        self.cursor_shown = None;
        Buffer::empty(area)
    }

    /// Moves bands of rows where that saves bytes, on the terminal and in `front`.
    fn scroll(&mut self, front: &mut Buffer, new: &Buffer) {
        let width = usize::from(new.area.width);
        if !self.can.scroll_regions || width == 0 {
            return;
        }
        // Rarely two panes move at once; more never.
        for _ in 0..2 {
            let Some(found) = scroll::find(&front.content, &new.content, width) else { return };
            self.emit_scroll(found, usize::from(new.area.height));
            let band = &mut front.content[found.top * width..(found.bottom + 1) * width];
            let cells = found.by.unsigned_abs() * width;
            let bare = if found.by > 0 {
                band.rotate_left(cells);
                band.len() - cells..band.len()
            } else {
                band.rotate_right(cells);
                0..cells
            };
            band[bare].fill(Cell::EMPTY);
        }
    }

    fn emit_scroll(&mut self, found: scroll::Move, height: usize) {
        // Rows come in with the background of the pen.
        if !self.pen.erases_plainly() {
            self.pen.change(Pen::PLAIN, &mut self.out);
        }
        let whole = found.top == 0 && found.bottom + 1 == height;
        if !whole {
            self.send(format_args!("\x1b[{};{}r", found.top + 1, found.bottom + 1));
            self.cursor = Cursor::Lost;
        }
        let rows = found.by.unsigned_abs();
        let up = found.by > 0;
        if self.can.scroll_commands {
            let letter = if up { 'S' } else { 'T' };
            if rows == 1 {
                self.send(format_args!("\x1b[{letter}"))
            } else {
                self.send(format_args!("\x1b[{rows}{letter}"))
            }
        } else {
            let (edge, step): (usize, &[u8]) = if up { (found.bottom, b"\n") } else { (found.top, b"\x1bM") };
            self.cursor.go(0, edge as u16, &mut self.out);
            for _ in 0..rows {
                self.out.extend_from_slice(step);
            }
        }
        if !whole {
            self.out.extend_from_slice(b"\x1b[r");
            self.cursor = Cursor::Lost;
        }
    }

    /// Turns row `y` from `old` into `new`.
    fn row(&mut self, y: u16, old: &[Cell], new: &[Cell]) {
        // From here on the row is blank, so that one sequence can erase it.
        let tail = new.iter().rposition(|cell| !is_erased(cell)).map_or(0, |x| x + 1);
        let mut x = 0;
        while x < new.len() {
            if old[x] == new[x] {
                x += 1;
                continue;
            }
            if x >= tail && changed(&old[x..], &new[x..]) > 3 {
                self.erase_tail(x as u16, y);
                return;
            }
            let blank = new[x..].iter().take_while(|cell| is_erased(cell)).count();
            if self.can.erase_characters
                && blank >= ERASE_FROM
                && changed(&old[x..x + blank], &new[x..x + blank]) >= ERASE_FROM
            {
                self.erase_run(x as u16, y, blank);
                x += blank;
                continue;
            }
            self.approach(x, y, new);
            x = self.put(x, y, &new[x]);
        }
    }

    fn erase_tail(&mut self, x: u16, y: u16) {
        self.plain_for_erasing();
        self.cursor.go(x, y, &mut self.out);
        self.out.extend_from_slice(b"\x1b[K");
    }

    fn erase_run(&mut self, x: u16, y: u16, cells: usize) {
        self.plain_for_erasing();
        self.cursor.go(x, y, &mut self.out);
        self.send(format_args!("\x1b[{cells}X"));
    }

    fn plain_for_erasing(&mut self) {
        if !self.pen.erases_plainly() {
            self.pen.change(Pen::PLAIN, &mut self.out);
        }
    }

    /// Moves to `(x, y)`: by writing the few cells in between again when that is no longer than a motion.
    fn approach(&mut self, x: usize, y: u16, new: &[Cell]) {
        if let Cursor::At(at) = self.cursor {
            let from = usize::from(at.x);
            if at.y == y && from < x && x - from <= 6 {
                let between = &new[from..x];
                let bytes: usize = between.iter().map(|cell| cell.symbol().len()).sum();
                let can_rewrite = !new[from].symbol().is_empty()
                    && between
                        .iter()
                        .all(|c| c.symbol().is_empty() || self.pen.suits(c) && !is_width_uncertain(c.symbol()));
                if can_rewrite && bytes <= self.cursor.cost(x as u16, y) {
                    for cell in between {
                        self.out.extend_from_slice(cell.symbol().as_bytes());
                    }
                    self.cursor = Cursor::At(Position::new(x as u16, y));
                    return;
                }
            }
        }
        self.cursor.go(x as u16, y, &mut self.out);
    }

    /// Writes one cell at the cursor; returns the column after it.
    fn put(&mut self, x: usize, y: u16, cell: &Cell) -> usize {
        if !self.pen.suits(cell) {
            self.pen.change(Pen::of(cell), &mut self.out);
        }
        let symbol = cell.symbol();
        self.out.extend_from_slice(symbol.as_bytes());
        let next = x + usize::from(symbol.cell_width().max(1));
        self.cursor = if next >= self.width || is_width_uncertain(symbol) {
            Cursor::Row(y)
        } else {
            Cursor::At(Position::new(next as u16, y))
        };
        next
    }

    fn place_cursor(&mut self, cursor: Option<Position>) {
        let show = cursor.is_some();
        if let Some(at) = cursor {
            self.cursor.go(at.x, at.y, &mut self.out);
        }
        if self.cursor_shown != Some(show) {
            self.out.extend_from_slice(if show { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.cursor_shown = Some(show);
        }
    }

    fn send(&mut self, sequence: std::fmt::Arguments<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.out.write_fmt(sequence);
    }
}

fn changed(old: &[Cell], new: &[Cell]) -> usize {
    old.iter().zip(new).filter(|(old, new)| old != new).count()
}

#[cfg(test)]
mod tests;
