//! Boxes to tick, side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::put;
use crate::tui::keymap::Action;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// A group of boxes with a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    options: Vec<(String, bool)>,
    at: usize,
    single: bool,
}

impl Choices {
    /// Boxes of which any may be ticked: label and whether it is.
    pub fn many(options: impl IntoIterator<Item = (String, bool)>) -> Choices {
        Choices { options: options.into_iter().collect(), at: 0, single: false }
    }

    /// Boxes of which at most one is ticked.
    pub fn one(options: impl IntoIterator<Item = String>, ticked: Option<usize>) -> Choices {
        let options = options.into_iter().enumerate().map(|(i, label)| (label, Some(i) == ticked)).collect();
        Choices { options, at: ticked.unwrap_or(0), single: true }
    }

    /// The ticked boxes, by index.
    pub fn ticked(&self) -> impl Iterator<Item = usize> {
        self.options.iter().enumerate().filter(|(_, (_, on))| *on).map(|(i, _)| i)
    }

    /// Moves or ticks; `None` if the action is not one of the group's, otherwise whether a box changed.
    pub fn apply(&mut self, action: Action) -> Option<bool> {
        match action {
            Action::Left => self.at = self.at.saturating_sub(1),
            Action::Right => self.at = (self.at + 1).min(self.options.len().saturating_sub(1)),
            Action::Toggle => {
                let (single, at) = (self.single, self.at);
                for (i, (_, on)) in self.options.iter_mut().enumerate() {
                    if i == at {
                        *on = !*on;
                    } else if single {
                        *on = false;
                    }
                }
                return Some(!self.options.is_empty());
            }
            _ => return None,
        }
        Some(false)
    }

    /// Where each box stands in `width` cells: column and row.
    fn places(&self, width: u16) -> Vec<(u16, u16)> {
        let (mut x, mut y) = (0u16, 0u16);
        let mut places = Vec::with_capacity(self.options.len());
        for (label, _) in &self.options {
            let cells = (text::width(label) as u16).saturating_add(4);
            if x > 0 && x.saturating_add(cells) > width {
                (x, y) = (0, y + 1);
            }
            places.push((x, y));
            x = x.saturating_add(cells).saturating_add(2);
        }
        places
    }

    /// The rows that the group takes in `width` cells; at least 1.
    pub fn height(&self, width: u16) -> u16 {
        self.places(width).last().map_or(1, |(_, y)| y + 1)
    }

    /// Draws the boxes and returns where the cursor belongs.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, focused: bool) -> Position {
        let symbols = theme.symbols();
        let mut cursor = Position::new(area.x, area.y);
        for (i, ((label, on), (x, y))) in self.options.iter().zip(self.places(area.width)).enumerate() {
            if y >= area.height {
                break;
            }
            let mark = if *on { symbols.checked } else { symbols.unchecked };
            let at = focused && i == self.at;
            let role = if at { Role::InputFocus } else { Role::Text };
            let room = area.width.saturating_sub(x);
            put(buf, area.x + x, area.y + y, room, &format!("{mark} {label}"), theme.style(role), theme);
            if at {
                cursor = Position::new(area.x + (x + 1).min(area.width.saturating_sub(1)), area.y + y);
            }
        }
        cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticking_and_wrapping() {
        let mut group = Choices::many(["低保", "特困", "低边"].map(|l| (l.to_owned(), false)));
        assert_eq!(group.apply(Action::Right), Some(false));
        assert_eq!(group.apply(Action::Toggle), Some(true));
        assert_eq!(group.apply(Action::Down), None);
        assert_eq!(group.ticked().collect::<Vec<_>>(), [1]);
        assert_eq!(group.height(20), 2);
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 2));
        let at = group.draw(buf.area, &mut buf, &Theme::default(), true);
        assert_eq!(crate::tui::testing::text_of(&buf), "[ ] 低保  [x] 特困\n[ ] 低边\n");
        assert_eq!((at.x, at.y), (11, 0));
    }

    #[test]
    fn of_single_choices_only_one_stays() {
        let mut group = Choices::one(["是", "否"].map(str::to_owned), Some(0));
        group.apply(Action::Right);
        group.apply(Action::Toggle);
        assert_eq!(group.ticked().collect::<Vec<_>>(), [1]);
        group.apply(Action::Toggle);
        assert_eq!(group.ticked().count(), 0);
    }
}
