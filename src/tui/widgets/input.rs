//! A single line of text with a caret.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::put;
use crate::tui::keymap::Action;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// A line of text being typed. The caret is a byte position on a grapheme boundary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineInput {
    text: String,
    caret: usize,
    limit: Option<usize>,
    secret: bool,
}

impl LineInput {
    /// An input that holds `text`, the caret at its end.
    pub fn new(text: impl Into<String>) -> LineInput {
        let text = text::clean(&text.into()).into_owned();
        LineInput { caret: text.len(), text, ..LineInput::default() }
    }

    /// The same input, taking at most `characters`.
    pub fn limit(self, characters: usize) -> LineInput {
        LineInput { limit: Some(characters), ..self }
    }

    /// The same input, showing `*` instead of what is typed: for passphrases.
    pub fn secret(self) -> LineInput {
        LineInput { secret: true, ..self }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the caret is, in bytes.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Replaces the text; the caret goes to its end.
    pub fn set(&mut self, text: impl Into<String>) {
        self.text = text::clean(&text.into()).into_owned();
        self.caret = self.text.len();
    }

    /// Types or pastes at the caret; line breaks become spaces, control characters vanish. Returns whether the text
    /// changed (not when the limit is reached).
    pub fn insert(&mut self, typed: &str) -> bool {
        let typed = text::clean(typed);
        let room = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.text.chars().count()));
        let typed: String = typed.chars().take(room).collect();
        self.text.insert_str(self.caret, &typed);
        self.caret += typed.len();
        // The new text may have joined the character after it.
        self.caret = text::next_boundary(&self.text, text::previous_boundary(&self.text, self.caret)).max(self.caret);
        !typed.is_empty()
    }

    /// Carries out an editing action; `None` if it is not one of a single line's, otherwise whether the text changed.
    pub fn apply(&mut self, action: Action) -> Option<bool> {
        let (text, caret) = (&self.text, self.caret);
        let (caret, removed) = match action {
            Action::Left => (text::previous_boundary(text, caret), None),
            Action::Right => (text::next_boundary(text, caret), None),
            Action::WordLeft => (text::previous_word(text, caret), None),
            Action::WordRight => (text::next_word(text, caret), None),
            Action::LineStart => (0, None),
            Action::LineEnd => (text.len(), None),
            Action::DeleteBack => {
                let start = text::previous_boundary(text, caret);
                (start, Some(start..caret))
            }
            Action::DeleteForward => (caret, Some(caret..text::next_boundary(text, caret))),
            Action::DeleteWord => {
                let start = text::previous_word(text, caret);
                (start, Some(start..caret))
            }
            Action::DeleteToEnd => (caret, Some(caret..text.len())),
            Action::ClearText => (0, Some(0..text.len())),
            _ => return None,
        };
        self.caret = caret;
        let changed = removed.as_ref().is_some_and(|range| !range.is_empty());
        if let Some(range) = removed {
            self.text.replace_range(range, "");
        }
        Some(changed)
    }

    /// Draws the line in the first row of `area` and returns where the cursor belongs. A longer text is shown around
    /// the caret. `placeholder` stands in an empty field.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, focused: bool, placeholder: &str) -> Position {
        let style = theme.style(if focused { Role::InputFocus } else { Role::Input });
        let row = Rect { height: area.height.min(1), ..area };
        super::fill(buf, row, style);
        if row.is_empty() {
            return Position::new(area.x, area.y);
        }
        if self.text.is_empty() {
            put(buf, area.x, area.y, area.width, placeholder, style.patch(theme.style(Role::Dim)), theme);
            return Position::new(area.x, area.y);
        }
        let shown = if self.secret { "*".repeat(self.text.chars().count()) } else { self.text.clone() };
        let caret = if self.secret { self.text[..self.caret].chars().count() } else { self.caret };
        let start = window_start(&shown, caret, usize::from(area.width));
        // The cut end needs no ellipsis: moving the caret there shows more.
        buf.set_stringn(area.x, area.y, &shown[start..], usize::from(area.width), style);
        let column = text::width(&shown[start..caret]);
        Position::new(area.x + u16::try_from(column).unwrap_or(0).min(area.width - 1), area.y)
    }
}

/// The first byte shown so that the caret, and a cell for it, lie within `cells`.
fn window_start(shown: &str, caret: usize, cells: usize) -> usize {
    let mut start = 0;
    let mut column = text::width(&shown[..caret]);
    while column + 1 > cells && start < caret {
        let next = text::next_boundary(shown, start);
        column -= text::width(&shown[start..next]);
        start = next;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, actions: &[Action]) -> (String, usize) {
        let mut input = LineInput::new(text);
        for &action in actions {
            input.apply(action);
        }
        (input.text, input.caret)
    }

    #[test]
    fn editing() {
        use Action::*;
        for (text, actions, expected, caret) in [
            ("张三", &[DeleteBack][..], "张", 3),
            ("张三", &[Left, DeleteBack], "三", 0),
            ("张三", &[LineStart, DeleteForward], "三", 0),
            ("e\u{301}", &[DeleteBack], "", 0),
            ("one two", &[DeleteWord], "one ", 4),
            ("one two", &[WordLeft, DeleteToEnd], "one ", 4),
            ("one two", &[ClearText], "", 0),
            ("", &[DeleteBack, DeleteForward, Left, Right], "", 0),
            ("ab", &[LineStart, Right, Right, Right], "ab", 2),
        ] {
            assert_eq!(edited(text, actions), (expected.to_owned(), caret), "{text:?} {actions:?}");
        }
    }

    #[test]
    fn typing_is_cleaned_and_limited() {
        let mut input = LineInput::default().limit(4);
        assert!(input.insert("a\x1b[31m"));
        assert_eq!(input.text(), "a[31");
        assert!(!input.insert("x"));
        let mut input = LineInput::new("ac");
        input.apply(Action::Left);
        input.insert("一\n二");
        assert_eq!((input.text(), input.caret()), ("a一 二c", 8));
    }

    #[test]
    fn the_caret_stays_visible() {
        let check = |text: &str, back: usize, expected: &str, column: u16| {
            let mut input = LineInput::new(text);
            for _ in 0..back {
                input.apply(Action::Left);
            }
            let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
            let at = input.draw(buf.area, &mut buf, &Theme::default(), true, "姓名");
            assert_eq!((crate::tui::testing::text_of(&buf).trim_end(), at.x), (expected, column), "{text} {back}");
        };
        check("", 0, "姓名", 0);
        check("张三", 0, "张三", 4);
        check("张淑芬", 0, "淑芬", 4);
        check("张淑芬", 1, "张淑芬", 4);
        check("abcdefgh", 0, "defgh", 5);
        check("abcdefgh", 8, "abcdef", 0);
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
        let input = LineInput::new("密码1").secret();
        let at = input.draw(buf.area, &mut buf, &Theme::default(), true, "");
        assert_eq!((crate::tui::testing::text_of(&buf).as_str(), at.x), ("***\n", 3));
    }
}
