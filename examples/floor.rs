//! The smallest list program one can write with ratatui, over the same rows as `gallery`: the floor that benchmarks
//! of the console are compared with. It sends what ratatui's stock crossterm backend sends.
//!
//! `cargo run --release --example floor [ROWS]`; Up, Down, PgUp, PgDn, q.

use std::io::{self, Stdout, Write};

use crossterm::event::{Event, KeyCode, read};
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute, queue, terminal};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{List, ListState};
use zhulian::tui::testing::sample_rows;

/// The stock backend's way of sending cells: a cursor motion wherever the column is not one more than the last.
struct Naive(Stdout);

impl Backend for Naive {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        let mut last: Option<(u16, u16)> = None;
        let mut reversed = false;
        for (x, y, cell) in content {
            if !matches!(last, Some(last) if x == last.0 + 1 && y == last.1) {
                queue!(self.0, cursor::MoveTo(x, y))?;
            }
            last = Some((x, y));
            if cell.modifier.contains(Modifier::REVERSED) != reversed {
                reversed = !reversed;
                queue!(self.0, SetAttribute(if reversed { Attribute::Reverse } else { Attribute::NoReverse }))?;
            }
            queue!(self.0, Print(cell.symbol()))?;
        }
        queue!(self.0, SetAttribute(Attribute::Reset))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        execute!(self.0, cursor::Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        execute!(self.0, cursor::Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        execute!(self.0, cursor::MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        execute!(self.0, terminal::Clear(terminal::ClearType::All))
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        terminal::size().map(|(width, height)| Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(86_000), |n| n.parse())?;
    let lines: Vec<String> = sample_rows(rows)
        .iter()
        .map(|r| {
            format!(
                "{} {}  {} {}  {}  {}  {}  {}  {}",
                r.number, r.head, r.members, r.category, r.grade, r.village, r.last_visit, r.phone, r.note
            )
        })
        .collect();
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen)?;
    let mut screen = Terminal::new(Naive(io::stdout()))?;
    let (mut at, mut top) = (0usize, 0usize);
    loop {
        let height = usize::from(screen.size()?.height);
        top = top.min(at).max((at + 1).saturating_sub(height));
        screen.draw(|frame| {
            let visible = lines[top..lines.len().min(top + height)].iter().map(String::as_str);
            let list = List::new(visible).highlight_style(Style::new().add_modifier(Modifier::REVERSED));
            let mut state = ListState::default().with_selected(Some(at - top));
            frame.render_stateful_widget(list, frame.area(), &mut state);
        })?;
        if let Event::Key(key) = read()? {
            let last = lines.len() - 1;
            match key.code {
                KeyCode::Down => at = (at + 1).min(last),
                KeyCode::Up => at = at.saturating_sub(1),
                KeyCode::PageDown => (at, top) = ((at + height).min(last), top + height),
                KeyCode::PageUp => (at, top) = (at.saturating_sub(height), top.saturating_sub(height)),
                KeyCode::Char('q') => break,
                _ => {}
            }
        }
    }
    execute!(io::stdout(), LeaveAlternateScreen)?;
    disable_raw_mode()?;
    Ok(())
}
