//! A small terminal for tests: applies bytes to cells, so that what a screen sends can be compared with what it meant.

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

/// What a terminal shows after the bytes it got.
#[derive(Debug, Clone)]
pub struct Emulator {
    cells: Buffer,
    x: u16,
    y: u16,
    /// Where the last character was written.
    last: (u16, u16),
    style: Style,
    top: u16,
    bottom: u16,
    cursor_shown: bool,
    wrap: bool,
    /// Set once a sequence came that it does not know.
    unknown: Vec<String>,
    /// Whole-screen erases.
    clears: usize,
    /// Status queries received.
    queries: usize,
    rest: Vec<u8>,
}

impl Emulator {
    /// A blank terminal.
    pub fn new(width: u16, height: u16) -> Emulator {
        Emulator {
            cells: Buffer::empty(Rect::new(0, 0, width, height)),
            x: 0,
            y: 0,
            last: (0, 0),
            style: Style::reset(),
            top: 0,
            bottom: height.saturating_sub(1),
            cursor_shown: true,
            wrap: true,
            unknown: Vec::new(),
            clears: 0,
            queries: 0,
            rest: Vec::new(),
        }
    }

    /// What it shows. The second half of a wide character is an empty symbol.
    pub fn cells(&self) -> &Buffer {
        &self.cells
    }

    /// What it shows, as text.
    pub fn text(&self) -> String {
        super::text_of(&self.cells)
    }

    /// Where the cursor is, if it is shown.
    pub fn cursor(&self) -> Option<Position> {
        self.cursor_shown.then_some(Position::new(self.x, self.y))
    }

    /// Sequences it did not understand.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// How often the whole screen was erased.
    pub fn clears(&self) -> usize {
        self.clears
    }

    /// How many status queries it got.
    pub fn queries(&self) -> usize {
        self.queries
    }

    /// Changes the size; the content is kept where it fits, as terminals do on the alternate screen.
    pub fn resize(&mut self, width: u16, height: u16) {
        let mut cells = Buffer::empty(Rect::new(0, 0, width, height));
        for y in 0..height.min(self.cells.area.height) {
            for x in 0..width.min(self.cells.area.width) {
                cells[(x, y)] = self.cells[(x, y)].clone();
            }
        }
        self.cells = cells;
        (self.x, self.y) = (self.x.min(width.saturating_sub(1)), self.y.min(height.saturating_sub(1)));
        (self.top, self.bottom) = (0, height.saturating_sub(1));
    }

    /// Applies bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let rest = std::mem::take(&mut self.rest);
        let valid = match std::str::from_utf8(&rest) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).expect("checked up to here"),
        };
        let mut at = 0;
        while let Some(c) = valid[at..].chars().next() {
            if c == '\x1b' {
                let Some(len) = escape_len(&valid[at..]) else { break };
                self.escape(&valid[at + 1..at + len]);
                at += len;
            } else {
                self.plain(c);
                at += c.len_utf8();
            }
        }
        self.rest = rest[at..].to_vec();
    }

    fn plain(&mut self, c: char) {
        match c {
            '\r' => self.x = 0,
            '\n' => self.line_feed(),
            '\x08' => self.x = self.x.saturating_sub(1),
            '\x07' => {}
            c if c.is_control() => self.unknown.push(format!("{c:?}")),
            c => self.write(c),
        }
    }

    fn line_feed(&mut self) {
        if self.y == self.bottom {
            self.scroll(1);
        } else if self.y + 1 < self.cells.area.height {
            self.y += 1;
        }
    }

    fn write(&mut self, c: char) {
        let mut symbol = c.to_string();
        let width = symbol.as_str().cell_width();
        let columns = self.cells.area.width;
        if width == 0 {
            // Joins the character written last.
            let cell = &mut self.cells[self.last];
            symbol.insert_str(0, cell.symbol());
            cell.set_symbol(&symbol);
            return;
        }
        if self.x + width > columns {
            if self.wrap {
                self.x = 0;
                self.line_feed();
            } else {
                self.x = columns - width;
            }
        }
        for x in self.x..self.x + width {
            self.blank_halves(x);
        }
        let style = self.style;
        self.set(self.x, &symbol, style);
        self.last = (self.x, self.y);
        if width == 2 {
            self.set(self.x + 1, "", style);
        }
        // Without wrapping the cursor stays in the last column; with it, the wrap is pending there.
        self.x = if self.wrap { self.x + width } else { (self.x + width).min(columns - 1) };
    }

    fn set(&mut self, x: u16, symbol: &str, style: Style) {
        let cell = &mut self.cells[(x, self.y)];
        cell.reset();
        cell.set_symbol(symbol).set_style(style);
    }

    /// Blanks both halves of a wide character of which one is about to be overwritten.
    fn blank_halves(&mut self, x: u16) {
        let y = self.y;
        let is_second = self.cells[(x, y)].symbol().is_empty();
        let first = if is_second { x.saturating_sub(1) } else { x };
        if self.cells[(first, y)].cell_width() == 2 || is_second {
            for at in first..(first + 2).min(self.cells.area.width) {
                self.cells[(at, y)].set_symbol(" ");
            }
        }
    }

    fn erased(&self) -> Cell {
        let mut cell = Cell::EMPTY;
        cell.bg = self.style.bg.unwrap_or(Color::Reset);
        cell
    }

    fn erase(&mut self, y: u16, from: u16, to: u16) {
        let erased = self.erased();
        let row = std::mem::replace(&mut self.y, y);
        for x in from..to.min(self.cells.area.width) {
            self.blank_halves(x);
            self.cells[(x, y)] = erased.clone();
        }
        self.y = row;
    }

    /// Moves the rows between the margins up (or down, if negative).
    fn scroll(&mut self, rows: i32) {
        let width = usize::from(self.cells.area.width);
        let erased = self.erased();
        for _ in 0..rows.unsigned_abs().min(u32::from(self.bottom - self.top + 1)) {
            let band = &mut self.cells.content[usize::from(self.top) * width..usize::from(self.bottom + 1) * width];
            let len = band.len();
            if rows > 0 {
                band.rotate_left(width);
                band[len - width..].fill(erased.clone());
            } else {
                band.rotate_right(width);
                band[..width].fill(erased.clone());
            }
        }
    }

    /// Applies what follows an ESC.
    fn escape(&mut self, sequence: &str) {
        let Some(body) = sequence.strip_prefix('[') else {
            match sequence {
                "M" if self.y == self.top => self.scroll(-1),
                "M" => self.y = self.y.saturating_sub(1),
                _ => self.unknown.push(sequence.to_owned()),
            }
            return;
        };
        let (parameters, last) = body.split_at(body.len() - 1);
        if let Some(mode) = parameters.strip_prefix('?') {
            return self.mode(mode, last == "h");
        }
        let numbers: Vec<u16> = parameters.split(';').map(|n| n.parse().unwrap_or(0)).collect();
        let n = numbers[0].max(1);
        let (width, height) = (self.cells.area.width, self.cells.area.height);
        self.x = self.x.min(width.saturating_sub(1));
        match last {
            "A" => self.y = self.y.saturating_sub(n).max(if self.y >= self.top { self.top } else { 0 }),
            "B" => self.y = (self.y + n).min(if self.y <= self.bottom { self.bottom } else { height - 1 }),
            "C" => self.x = (self.x + n).min(width - 1),
            "D" => self.x = self.x.saturating_sub(n),
            "G" => self.x = n.min(width) - 1,
            "H" => {
                self.y = n.min(height) - 1;
                self.x = numbers.get(1).copied().unwrap_or(1).max(1).min(width) - 1;
            }
            "J" if numbers[0] == 0 => {
                self.clears += usize::from(self.x == 0 && self.y == 0);
                self.erase(self.y, self.x, width);
                for y in self.y + 1..height {
                    self.erase(y, 0, width);
                }
            }
            "K" if numbers[0] == 0 => self.erase(self.y, self.x, width),
            "X" => self.erase(self.y, self.x, self.x + n),
            "S" => self.scroll(i32::from(n)),
            "T" => self.scroll(-i32::from(n)),
            "r" => {
                let bottom = numbers.get(1).copied().unwrap_or(0);
                (self.top, self.bottom) = (n - 1, if bottom == 0 { height } else { bottom.min(height) } - 1);
                (self.x, self.y) = (0, 0);
            }
            "m" => self.sgr(&numbers),
            "n" if numbers[0] == 5 => self.queries += 1,
            _ => self.unknown.push(sequence.to_owned()),
        }
    }

    fn mode(&mut self, mode: &str, on: bool) {
        match mode {
            "25" => self.cursor_shown = on,
            "7" => self.wrap = on,
            "1049" | "2004" | "2026" | "1000" | "1006" => {}
            _ => self.unknown.push(format!("?{mode}")),
        }
    }

    fn sgr(&mut self, numbers: &[u16]) {
        let mut numbers = numbers.iter().copied();
        while let Some(code) = numbers.next() {
            let style = self.style;
            self.style = match code {
                0 => Style::reset(),
                1 => style.add_modifier(Modifier::BOLD),
                2 => style.add_modifier(Modifier::DIM),
                3 => style.add_modifier(Modifier::ITALIC),
                4 => style.add_modifier(Modifier::UNDERLINED),
                5 => style.add_modifier(Modifier::SLOW_BLINK),
                6 => style.add_modifier(Modifier::RAPID_BLINK),
                7 => style.add_modifier(Modifier::REVERSED),
                8 => style.add_modifier(Modifier::HIDDEN),
                9 => style.add_modifier(Modifier::CROSSED_OUT),
                22 => style.remove_modifier(Modifier::BOLD | Modifier::DIM),
                23 => style.remove_modifier(Modifier::ITALIC),
                24 => style.remove_modifier(Modifier::UNDERLINED),
                25 => style.remove_modifier(Modifier::SLOW_BLINK | Modifier::RAPID_BLINK),
                27 => style.remove_modifier(Modifier::REVERSED),
                28 => style.remove_modifier(Modifier::HIDDEN),
                29 => style.remove_modifier(Modifier::CROSSED_OUT),
                30..=37 | 90..=97 | 39 => style.fg(basic(code)),
                40..=47 | 100..=107 | 49 => style.bg(basic(code - 10)),
                38 | 48 => {
                    let color = match numbers.next() {
                        Some(5) => Color::Indexed(numbers.next().unwrap_or(0) as u8),
                        _ => {
                            let mut part = || numbers.next().unwrap_or(0) as u8;
                            Color::Rgb(part(), part(), part())
                        }
                    };
                    if code == 38 { style.fg(color) } else { style.bg(color) }
                }
                _ => {
                    self.unknown.push(format!("{code}m"));
                    style
                }
            };
        }
    }
}

fn basic(code: u16) -> Color {
    const COLORS: [Color; 8] =
        [Color::Black, Color::Red, Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan, Color::Gray];
    const BRIGHT: [Color; 8] = [
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match code {
        30..=37 => COLORS[usize::from(code - 30)],
        90..=97 => BRIGHT[usize::from(code - 90)],
        _ => Color::Reset,
    }
}

/// The length of the escape sequence at the start of `text`, if it is complete.
fn escape_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if *bytes.get(1)? != b'[' {
        return Some(2);
    }
    bytes[2..].iter().position(|b| (0x40..=0x7e).contains(b)).map(|i| i + 3)
}
