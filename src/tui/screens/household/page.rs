//! A page of labelled facts: wraps, scrolls, and lets one block be selected.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::domain::id::{NeedId, WishId};
use crate::domain::record::RecordKey;
use crate::tui::app::Context;
use crate::tui::session::Frame;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{Motion, put};

/// What a block is about, for actions on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A field of a record; whether it is masked.
    Field(RecordKey, &'static str, bool),
    /// A need.
    Need(NeedId),
    /// A wish.
    Wish(WishId),
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    label: String,
    text: String,
    role: Role,
    /// Cells by which it is set in.
    indent: u16,
    /// What it is about.
    pub target: Option<Target>,
}

/// The page.
#[derive(Debug, Default)]
pub struct Page {
    blocks: Vec<Block>,
}

/// The selected block and the first visible line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Index of the block.
    pub block: usize,
    /// Lines scrolled out at the top.
    pub offset: usize,
}

/// A line of the laid out page.
struct Line {
    block: usize,
    /// Part of the block's text.
    part: Range<usize>,
    first: bool,
}

/// Cells in front of every line: the marker.
const GUTTER: u16 = 2;

impl Page {
    fn push(&mut self, label: impl Into<String>, text: impl Into<String>, role: Role) -> &mut Block {
        // Line breaks in notes stay, everything else that could move the cursor goes.
        let text = text::clean_lines(&text.into()).into_owned();
        self.blocks.push(Block { label: label.into(), text, role, indent: 0, target: None });
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }

    /// A heading, with an empty line above it unless it is the first.
    pub fn heading(&mut self, text: impl Into<String>) -> &mut Block {
        if !self.blocks.is_empty() {
            self.push("", "", Role::Text);
        }
        self.push("", text, Role::Title)
    }

    /// A label and its value; nothing if the value is empty.
    pub fn field(&mut self, label: impl Into<String>, value: impl Into<String>) {
        self.styled(label, value, Role::Text);
    }

    /// A label and its value with a look; nothing if the value is empty.
    pub fn styled(&mut self, label: impl Into<String>, value: impl Into<String>, role: Role) {
        let value = value.into();
        if !value.is_empty() {
            self.push(label, value, role);
        }
    }

    /// A label and its value that an action can be about.
    pub fn targeted(&mut self, label: impl Into<String>, value: impl Into<String>, role: Role, target: Target) {
        self.push(label, value, role).target = Some(target);
    }

    /// A line of text over the whole width.
    pub fn text(&mut self, text: impl Into<String>, role: Role) -> &mut Block {
        self.push("", text, role)
    }

    /// Text set in below the line above.
    pub fn note(&mut self, text: impl Into<String>, role: Role) {
        let text = text.into();
        if !text.is_empty() {
            self.push("", text, role).indent = 2;
        }
    }

    /// What the selected block is about.
    pub fn target(&self, cursor: Cursor) -> Option<Target> {
        self.blocks.get(cursor.block).and_then(|block| block.target)
    }

    /// Whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    fn label_cells(&self, width: u16) -> u16 {
        let widest = self.blocks.iter().map(|block| text::width(&block.label)).max().unwrap_or(0) as u16;
        widest.min(width / 3)
    }

    /// The columns left of a block's text.
    fn start(&self, block: &Block, width: u16) -> u16 {
        let after_label = if block.label.is_empty() { 0 } else { self.label_cells(width) + 2 };
        GUTTER + after_label + block.indent
    }

    fn lines(&self, width: u16) -> Vec<Line> {
        let mut lines = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            let room = width.saturating_sub(self.start(block, width));
            for (n, part) in text::wrap(&block.text, usize::from(room)).into_iter().enumerate() {
                lines.push(Line { block: at, part, first: n == 0 });
            }
        }
        lines
    }

    /// The number of lines at this width.
    pub fn height(&self, width: u16) -> usize {
        self.lines(width).len()
    }

    /// Brings a cursor into bounds.
    pub fn fit(&self, cursor: &mut Cursor, area: Rect) {
        cursor.block = cursor.block.min(self.blocks.len().saturating_sub(1));
        cursor.offset = cursor.offset.min(self.height(area.width).saturating_sub(usize::from(area.height.max(1))));
    }

    /// Moves the cursor block by block; a block that is longer than the page is scrolled through first.
    pub fn go(&self, cursor: &mut Cursor, motion: Motion, area: Rect) {
        let lines = self.lines(area.width);
        let page = usize::from(area.height.max(1));
        let last = lines.len().saturating_sub(page);
        let span = |block: usize| {
            let start = lines.iter().position(|line| line.block == block).unwrap_or(0);
            let count = lines.iter().filter(|line| line.block == block).count();
            (start, start + count)
        };
        let (start, end) = span(cursor.block);
        match motion {
            Motion::Down if end > cursor.offset + page => cursor.offset += 1,
            Motion::Up if start < cursor.offset => cursor.offset -= 1,
            Motion::Down => cursor.block = self.next(cursor.block, 1),
            Motion::Up => cursor.block = self.next(cursor.block, -1),
            Motion::Top => *cursor = Cursor { block: self.first(), offset: 0 },
            Motion::Bottom => *cursor = Cursor { block: self.blocks.len().saturating_sub(1), offset: last },
            Motion::PageDown | Motion::HalfDown => self.jump(cursor, cursor.offset + page, &lines, page),
            Motion::PageUp | Motion::HalfUp => self.jump(cursor, cursor.offset.saturating_sub(page), &lines, page),
        }
        let (start, end) = span(cursor.block);
        if end - start <= page {
            cursor.offset = cursor.offset.clamp((end).saturating_sub(page), start.max(end.saturating_sub(page)));
        }
        // Above the first block that can be selected there may be headings worth seeing.
        if cursor.block <= self.first() {
            cursor.offset = 0;
        }
        cursor.offset = cursor.offset.min(last);
    }

    fn jump(&self, cursor: &mut Cursor, offset: usize, lines: &[Line], page: usize) {
        let before = cursor.offset;
        cursor.offset = offset.min(lines.len().saturating_sub(page));
        let at = match (cursor.offset == before, offset > before) {
            (true, true) => lines.len().saturating_sub(1),
            (true, false) => 0,
            (false, _) => cursor.offset,
        };
        let block = lines.get(at).map_or(0, |line| line.block);
        cursor.block = if self.selectable(block) { block } else { self.next(block, 1) };
    }

    fn selectable(&self, block: usize) -> bool {
        self.blocks.get(block).is_some_and(|block| !block.text.is_empty() && block.role != Role::Title)
    }

    fn first(&self) -> usize {
        (0..self.blocks.len()).find(|at| self.selectable(*at)).unwrap_or(0)
    }

    /// The next block that can be selected, or the same if there is none.
    fn next(&self, block: usize, step: isize) -> usize {
        let mut at = block;
        while let Some(next) = at.checked_add_signed(step).filter(|next| *next < self.blocks.len()) {
            at = next;
            if self.selectable(at) {
                return at;
            }
        }
        block
    }

    /// Draws the lines from `offset` on, with a marker at the selected block.
    pub fn draw(&self, area: Rect, frame: &mut Frame<'_>, ctx: &Context<'_>, offset: usize, selected: Option<usize>) {
        let theme = &ctx.theme;
        let label_cells = self.label_cells(area.width);
        for (y, line) in (area.y..area.bottom()).zip(self.lines(area.width).into_iter().skip(offset)) {
            let block = &self.blocks[line.block];
            if line.first && selected == Some(line.block) && self.selectable(line.block) {
                put(frame.buf, area.x, y, 1, theme.symbols().marker, theme.style(Role::Marker), theme);
            }
            if line.first && !block.label.is_empty() {
                put(frame.buf, area.x + GUTTER, y, label_cells, &block.label, theme.style(Role::Label), theme);
            }
            let start = self.start(block, area.width).min(area.width);
            let text = &block.text[line.part];
            put(frame.buf, area.x + start, y, area.width - start, text, theme.style(block.role), theme);
        }
    }
}
