//! For tests: screens as text, and an app driven by key names. Not part of the product's interface.

mod drive;
mod emulator;
mod rows;

pub use drive::Drive;
pub use emulator::Emulator;
pub use rows::{SampleRow, sample_rows};

use ratatui::buffer::{Buffer, CellWidth};

/// A buffer as text, one line per row, without the spaces at the end; a wide character stands for its two cells.
pub fn text_of(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in buf.area.top()..buf.area.bottom() {
        let mut line = String::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let cell = &buf[(x, y)];
            line.push_str(cell.symbol());
            x += cell.cell_width().max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
