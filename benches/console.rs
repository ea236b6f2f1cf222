//! What a key costs on the screen: time to draw and to encode, and bytes sent, beside what ratatui's stock backend sends
//! for the same two buffers. 86,000 rows, 120x40.
//!
//! `cargo bench --bench console`

use std::fmt::Write;

use divan::Bencher;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use zhulian::tui::terminal::{Capabilities, Screen};
use zhulian::tui::testing::{SampleRow, sample_rows};
use zhulian::tui::theme::{Role, Theme};
use zhulian::tui::widgets::{Cell, Column, ListState, Motion, Row, Scroll, Table, position_text, put};

const ROWS: usize = 86_000;
const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

/// A list as wide as the screen, with a title and a foot.
struct List {
    rows: Vec<SampleRow>,
    columns: Vec<Column>,
}

impl List {
    fn new() -> List {
        let columns = vec![
            Column::fixed("档案号", 7),
            Column::fixed("户主", 6),
            Column::fixed("人口", 4).right(),
            Column::fixed("类别", 8),
            Column::fixed("等级", 4),
            Column::flex("住址", 12, 1),
            Column::fixed("上次走访", 10),
            Column::fixed("电话", 11),
            Column::flex("备注", 14, 2),
        ];
        List { rows: sample_rows(ROWS), columns }
    }

    fn draw(&self, state: &ListState, buf: &mut Buffer) {
        buf.resize(AREA);
        buf.reset();
        let theme = Theme::default();
        put(buf, 0, 0, 60, "助联 户列表", theme.style(Role::Title), &theme);
        put(buf, 100, 0, 20, &position_text(state, ROWS), theme.style(Role::Dim), &theme);
        put(buf, 0, 39, 120, "F1 帮助  F2 查找  Ctrl-P 命令  Ctrl-Q 退出", theme.style(Role::Dim), &theme);
        let table = Table { columns: &self.columns, sorted: None, header: true, focused: true, empty: "", theme };
        table.draw(Rect { y: 1, height: 38, ..AREA }, buf, state, ROWS, |i| {
            let row = &self.rows[i];
            Row::new([
                Cell::new(row.number.as_str(), Role::Dim),
                row.head.as_str().into(),
                row.members.to_string().into(),
                row.category.into(),
                row.grade.into(),
                row.village.as_str().into(),
                row.last_visit.as_str().into(),
                Cell::new(row.phone.as_str(), Role::Masked),
                Cell::new(row.note.as_str(), Role::Dim),
            ])
        });
    }

    /// The screens before and after a key, in the middle of the list.
    fn frames(&self, key: Key) -> (Buffer, Buffer) {
        let mut before = ListState::default();
        before.select(43_000, ROWS, 37);
        let mut after = before;
        match key {
            Key::CursorMove => after.go(Motion::Up, ROWS, 37, Scroll::Line),
            Key::ScrollLine => after.go(Motion::Down, ROWS, 37, Scroll::Line),
            Key::PageDown => after.go(Motion::PageDown, ROWS, 37, Scroll::Line),
            Key::FirstFrame => false,
        };
        let (mut old, mut new) = (Buffer::empty(AREA), Buffer::empty(AREA));
        if key != Key::FirstFrame {
            self.draw(&before, &mut old);
        }
        self.draw(&after, &mut new);
        (old, new)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Key {
    CursorMove,
    ScrollLine,
    PageDown,
    FirstFrame,
}

const KEYS: [Key; 4] = [Key::CursorMove, Key::ScrollLine, Key::PageDown, Key::FirstFrame];

/// A screen that shows `old`.
fn screen(old: &Buffer) -> Screen {
    let mut screen = Screen::new(Capabilities::FULL);
    screen.draw(&mut old.clone(), None);
    screen
}

/// What the stock backend sends: a cursor motion wherever the column is not one more than the last, and colours as
/// they change.
fn stock(old: &Buffer, new: &Buffer) -> String {
    let mut out = String::new();
    let mut last: Option<(u16, u16)> = None;
    let mut style = None;
    for (x, y, cell) in old.diff(new) {
        if last.is_none_or(|(lx, ly)| lx + 1 != x || ly != y) {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
        last = Some((x, y));
        if style != Some((cell.fg, cell.modifier)) {
            style = Some((cell.fg, cell.modifier));
            // A colour of the 256 takes about as many bytes as this.
            out.push_str("\x1b[38;5;245m");
        }
        out.push_str(cell.symbol());
    }
    out.push_str("\x1b[39m\x1b[49m\x1b[0m");
    out
}

fn main() {
    let list = List::new();
    println!("bytes at {}x{}     ours    stock", AREA.width, AREA.height);
    for key in KEYS {
        let (old, mut new) = list.frames(key);
        let stock = stock(&old, &new).len();
        let ours = screen(&old).draw(&mut new, None).len();
        println!("{:<18}{ours:>8}{stock:>9}", format!("{key:?}"));
    }
    divan::main();
}

/// Drawing the widgets into a buffer.
#[divan::bench]
fn view(bencher: Bencher) {
    let list = List::new();
    let mut buf = Buffer::empty(AREA);
    let mut state = ListState::default();
    bencher.bench_local(|| {
        state.go(Motion::Down, ROWS, 37, Scroll::Line);
        list.draw(&state, &mut buf);
    });
}

/// From two buffers to bytes.
#[divan::bench(args = KEYS)]
fn encode(bencher: Bencher, key: Key) {
    let (old, new) = List::new().frames(key);
    bencher.with_inputs(|| (screen(&old), new.clone())).bench_local_refs(|(screen, new)| screen.draw(new, None).len());
}

/// The same with the stock backend's algorithm.
#[divan::bench(args = KEYS)]
fn encode_stock(bencher: Bencher, key: Key) {
    let (old, new) = List::new().frames(key);
    bencher.bench_local(|| stock(&old, &new).len());
}
