//! What is selected in a list and what is visible of it.

use std::ops::Range;

use crate::tui::keymap::Action;

/// What is selected and what is at the top. Indices of rows, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListState {
    /// The selected row; below the list's length unless that is 0.
    pub selected: usize,
    /// The row at the top of the visible part.
    pub offset: usize,
}

/// A way to move the selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Motion {
    Up,
    Down,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
}

impl Motion {
    /// The motion of an action, if it is one.
    pub fn of(action: Action) -> Option<Motion> {
        Some(match action {
            Action::Up => Motion::Up,
            Action::Down => Motion::Down,
            Action::PageUp => Motion::PageUp,
            Action::PageDown => Motion::PageDown,
            Action::HalfUp => Motion::HalfUp,
            Action::HalfDown => Motion::HalfDown,
            Action::Top => Motion::Top,
            Action::Bottom => Motion::Bottom,
            _ => return None,
        })
    }
}

/// How a list scrolls when the selection leaves the visible part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scroll {
    /// By one row: for lists as wide as the screen, where terminals scroll by themselves.
    #[default]
    Line,
    /// By half the visible part: for lists beside another pane, where every scrolled row has to be sent. Costs less
    /// per key while a key is held.
    Half,
}

impl ListState {
    /// Moves the selection in a list of `len` rows of which `height` are visible. Returns whether anything changed.
    pub fn go(&mut self, motion: Motion, len: usize, height: u16, scroll: Scroll) -> bool {
        let before = *self;
        let page = usize::from(height.max(1));
        let half = (page / 2).max(1);
        let target = match motion {
            Motion::Up => self.selected.saturating_sub(1),
            Motion::Down => self.selected + 1,
            Motion::PageUp => self.selected.saturating_sub(page),
            Motion::PageDown => self.selected + page,
            Motion::HalfUp => self.selected.saturating_sub(half),
            Motion::HalfDown => self.selected + half,
            Motion::Top => 0,
            Motion::Bottom => usize::MAX,
        };
        match motion {
            Motion::PageUp => self.offset = self.offset.saturating_sub(page),
            Motion::PageDown => self.offset = self.offset.saturating_add(page),
            Motion::HalfUp => self.offset = self.offset.saturating_sub(half),
            Motion::HalfDown => self.offset = self.offset.saturating_add(half),
            _ => {}
        }
        self.select_with(target, len, height, scroll);
        *self != before
    }

    /// Selects a row and brings it into view.
    pub fn select(&mut self, index: usize, len: usize, height: u16) {
        self.select_with(index, len, height, Scroll::Line);
    }

    /// Brings selection and offset into bounds after the length or the height has changed.
    pub fn fit(&mut self, len: usize, height: u16) {
        self.select_with(self.selected, len, height, Scroll::Line);
    }

    fn select_with(&mut self, index: usize, len: usize, height: u16, scroll: Scroll) {
        let page = usize::from(height.max(1));
        self.selected = index.min(len.saturating_sub(1));
        let last_offset = len.saturating_sub(page);
        self.offset = self.offset.min(last_offset);
        let extra = match scroll {
            Scroll::Line => 0,
            Scroll::Half => page / 2,
        };
        if self.selected < self.offset {
            self.offset = self.selected.saturating_sub(extra);
        } else if self.selected >= self.offset + page {
            self.offset = (self.selected + 1 - page + extra).min(last_offset);
        }
    }

    /// The visible rows.
    pub fn visible(&self, len: usize, height: u16) -> Range<usize> {
        let start = self.offset.min(len);
        start..len.min(start + usize::from(height))
    }
}

/// Moves the first visible of `len` lines of a text of which `height` are visible: for help pages and details, where
/// nothing is selected. Returns whether it moved.
pub fn scroll_lines(offset: &mut usize, motion: Motion, len: usize, height: u16) -> bool {
    let page = usize::from(height.max(1));
    let last = len.saturating_sub(page);
    let target = match motion {
        Motion::Up => offset.saturating_sub(1),
        Motion::Down => *offset + 1,
        // One line stays, so that the eye finds the place.
        Motion::PageUp => offset.saturating_sub(page.max(2) - 1),
        Motion::PageDown => *offset + page.max(2) - 1,
        Motion::HalfUp => offset.saturating_sub(page.div_ceil(2)),
        Motion::HalfDown => *offset + page.div_ceil(2),
        Motion::Top => 0,
        Motion::Bottom => last,
    };
    let moved = target.min(last) != *offset;
    *offset = target.min(last);
    moved
}

/// `12/86000`, or `0/0` for an empty list.
pub fn position_text(state: &ListState, len: usize) -> String {
    let at = if len == 0 { 0 } else { state.selected.min(len - 1) + 1 };
    format!("{at}/{len}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motions_keep_the_selection_in_view() {
        let check = |start: (usize, usize), motion, scroll, len, expected: (usize, usize)| {
            let mut state = ListState { selected: start.0, offset: start.1 };
            state.go(motion, len, 10, scroll);
            assert_eq!((state.selected, state.offset), expected, "{start:?} {motion:?} {scroll:?} {len}");
        };
        check((0, 0), Motion::Down, Scroll::Line, 100, (1, 0));
        check((9, 0), Motion::Down, Scroll::Line, 100, (10, 1));
        check((9, 0), Motion::Down, Scroll::Half, 100, (10, 6));
        check((5, 5), Motion::Up, Scroll::Line, 100, (4, 4));
        check((50, 50), Motion::Up, Scroll::Half, 100, (49, 44));
        check((0, 0), Motion::Up, Scroll::Line, 100, (0, 0));
        check((99, 90), Motion::Down, Scroll::Half, 100, (99, 90));
        check((3, 0), Motion::PageDown, Scroll::Line, 100, (13, 10));
        check((95, 90), Motion::PageDown, Scroll::Line, 100, (99, 90));
        check((13, 10), Motion::PageUp, Scroll::Line, 100, (3, 0));
        check((3, 0), Motion::PageUp, Scroll::Line, 100, (0, 0));
        check((3, 0), Motion::Bottom, Scroll::Line, 100, (99, 90));
        check((99, 90), Motion::Top, Scroll::Line, 100, (0, 0));
        check((0, 0), Motion::Down, Scroll::Line, 0, (0, 0));
        check((0, 0), Motion::Bottom, Scroll::Half, 5, (4, 0));
        check((20, 15), Motion::HalfDown, Scroll::Line, 100, (25, 20));
    }

    #[test]
    fn a_shorter_list_pulls_the_selection_in() {
        let mut state = ListState { selected: 99, offset: 90 };
        state.fit(5, 10);
        assert_eq!(state, ListState { selected: 4, offset: 0 });
        state.fit(0, 0);
        assert_eq!(state, ListState::default());
        assert_eq!(position_text(&state, 0), "0/0");
        assert_eq!(position_text(&ListState { selected: 4, offset: 0 }, 5), "5/5");
    }

    #[test]
    fn texts_scroll_to_their_last_line() {
        let check = |start: usize, motion, expected: usize| {
            let mut offset = start;
            let moved = scroll_lines(&mut offset, motion, 30, 10);
            assert_eq!((offset, moved), (expected, start != expected), "{start} {motion:?}");
        };
        check(0, Motion::Down, 1);
        check(0, Motion::Up, 0);
        check(0, Motion::PageDown, 9);
        check(15, Motion::PageDown, 20);
        check(20, Motion::Down, 20);
        check(15, Motion::PageUp, 6);
        check(3, Motion::Bottom, 20);
        check(25, Motion::HalfUp, 20);
        let mut offset = 7;
        assert!(scroll_lines(&mut offset, Motion::Down, 3, 10));
        assert_eq!(offset, 0);
    }
}
