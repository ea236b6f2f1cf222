//! Several lines of text with a caret, wrapped to the width of their area.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::keymap::Action;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// A text being typed. Motions need the area's width, because lines are those that one sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextArea {
    text: String,
    caret: usize,
    /// The first visible line.
    top: usize,
    limit: Option<usize>,
}

impl TextArea {
    /// A text with the caret at its end.
    pub fn new(text: impl Into<String>) -> TextArea {
        let text = text::clean_lines(&text.into()).into_owned();
        TextArea { caret: text.len(), text, ..TextArea::default() }
    }

    /// The same text, taking at most `characters`.
    pub fn limit(self, characters: usize) -> TextArea {
        TextArea { limit: Some(characters), ..self }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Types or pastes at the caret. Returns whether the text changed.
    pub fn insert(&mut self, typed: &str, area: Rect) -> bool {
        let typed = text::clean_lines(typed);
        let room = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.text.chars().count()));
        let typed: String = typed.chars().take(room).collect();
        self.text.insert_str(self.caret, &typed);
        self.caret += typed.len();
        self.follow(area);
        !typed.is_empty()
    }

    /// Carries out an editing action; `None` if it is not one, otherwise whether the text changed.
    pub fn apply(&mut self, action: Action, area: Rect) -> Option<bool> {
        let before = self.text.len();
        match action {
            Action::NewLine => {
                self.insert("\n", area);
            }
            Action::Left => self.caret = text::previous_boundary(&self.text, self.caret),
            Action::Right => self.caret = text::next_boundary(&self.text, self.caret),
            Action::WordLeft => self.caret = text::previous_word(&self.text, self.caret),
            Action::WordRight => self.caret = text::next_word(&self.text, self.caret),
            Action::Up => self.vertical(area, -1),
            Action::Down => self.vertical(area, 1),
            Action::PageUp => self.vertical(area, -i32::from(area.height)),
            Action::PageDown => self.vertical(area, i32::from(area.height)),
            Action::Top => self.caret = 0,
            Action::Bottom => self.caret = self.text.len(),
            Action::LineStart => self.caret = self.line(area).start,
            Action::LineEnd => self.caret = self.line(area).end,
            Action::DeleteBack => self.remove(text::previous_boundary(&self.text, self.caret)..self.caret),
            Action::DeleteForward => self.remove(self.caret..text::next_boundary(&self.text, self.caret)),
            Action::DeleteWord => self.remove(text::previous_word(&self.text, self.caret)..self.caret),
            Action::DeleteToEnd => {
                let end = self.text[self.caret..].find('\n').map_or(self.text.len(), |i| self.caret + i);
                self.remove(self.caret..end);
            }
            Action::ClearText => self.remove(0..self.text.len()),
            _ => return None,
        }
        self.follow(area);
        Some(self.text.len() != before)
    }

    fn remove(&mut self, range: Range<usize>) {
        self.caret = range.start;
        self.text.replace_range(range, "");
    }

    fn lines(&self, area: Rect) -> Vec<Range<usize>> {
        text::wrap(&self.text, usize::from(area.width))
    }

    /// Line and column of the caret.
    fn place(&self, lines: &[Range<usize>]) -> (usize, usize) {
        let line = lines.iter().rposition(|l| l.start <= self.caret).unwrap_or(0);
        let range = &lines[line];
        // The caret may stand behind spaces that were left out at the end of a wrapped line.
        (line, text::width(&self.text[range.start..self.caret.min(range.end.max(range.start))]))
    }

    fn line(&self, area: Rect) -> Range<usize> {
        let lines = self.lines(area);
        lines[self.place(&lines).0].clone()
    }

    fn vertical(&mut self, area: Rect, by: i32) {
        let lines = self.lines(area);
        let (line, column) = self.place(&lines);
        let target = (line as i64 + i64::from(by)).clamp(0, lines.len() as i64 - 1) as usize;
        if target == line {
            self.caret = if by < 0 { 0 } else { self.text.len() };
        } else {
            let range = lines[target].clone();
            self.caret = range.start + text::prefix_len(&self.text[range], column);
        }
    }

    /// Scrolls so that the caret is visible. To be called when the area has changed.
    pub fn follow(&mut self, area: Rect) {
        let lines = self.lines(area);
        let (line, _) = self.place(&lines);
        let height = usize::from(area.height.max(1));
        self.top = self.top.min(lines.len().saturating_sub(height)).min(line).max((line + 1).saturating_sub(height));
    }

    /// Draws the visible lines and returns where the cursor belongs.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, focused: bool, placeholder: &str) -> Position {
        let style = theme.style(if focused { Role::InputFocus } else { Role::Input });
        super::fill(buf, area, theme.style(Role::Text));
        if area.is_empty() {
            return Position::new(area.x, area.y);
        }
        let lines = self.lines(area);
        let (line, column) = self.place(&lines);
        if self.text.is_empty() {
            super::put(buf, area.x, area.y, area.width, placeholder, theme.style(Role::Dim), theme);
        }
        for (y, range) in (area.y..area.bottom()).zip(lines.iter().skip(self.top)) {
            buf.set_stringn(area.x, y, &self.text[range.clone()], usize::from(area.width), style);
        }
        let row = u16::try_from(line.saturating_sub(self.top)).unwrap_or(0).min(area.height - 1);
        let column = u16::try_from(column).unwrap_or(0).min(area.width - 1);
        Position::new(area.x + column, area.y + row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect { x: 0, y: 0, width: 8, height: 3 };

    fn typed(text: &str, actions: &[Action]) -> TextArea {
        let mut area = TextArea::new(text);
        area.follow(AREA);
        for &action in actions {
            area.apply(action, AREA);
        }
        area
    }

    #[test]
    fn the_caret_moves_by_the_lines_one_sees() {
        use Action::*;
        let check = |text: &str, actions: &[Action], expected: usize| {
            assert_eq!(typed(text, actions).caret, expected, "{text:?} {actions:?}");
        };
        // Wrapped at four characters: 走访登记 | 一二三
        check("走访登记一二三", &[Up], 9);
        check("走访登记一二三", &[Up, LineStart], 0);
        check("走访登记一二三", &[Top, LineEnd], 12);
        check("走访登记一二三", &[Top, Up, Down], 12);
        check("ab\ncd", &[Top, Down, LineEnd], 5);
        check("ab\ncd", &[Top, DeleteToEnd], 0);
        check("ab\n\ncd", &[Up, Up], 0);
    }

    #[test]
    fn the_caret_stays_visible() {
        let area = typed("1\n2\n3\n4\n5", &[]);
        assert_eq!(area.top, 2);
        let mut buf = Buffer::empty(AREA);
        let at = area.draw(AREA, &mut buf, &Theme::default(), true, "");
        assert_eq!((at.x, at.y), (1, 2));
        assert_eq!(crate::tui::testing::text_of(&buf), "3\n4\n5\n");
        assert_eq!(typed("1\n2\n3\n4\n5", &[Action::Top]).top, 0);
    }

    #[test]
    fn pasted_lines_stay_lines() {
        let mut area = TextArea::default();
        assert!(area.insert("a\r\nb\x1bc", AREA));
        assert_eq!(area.text(), "a\nbc");
        assert_eq!(area.apply(Action::NewLine, AREA), Some(true));
        assert_eq!(area.apply(Action::Submit, AREA), None);
    }
}
