//! The status line and passing notices.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// A piece of the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The text; an empty one takes no room.
    pub text: Cow<'a, str>,
    /// Its look.
    pub role: Role,
    /// Which pieces go first when there is too little room: the highest rank. Rank 0 stays and is cut.
    pub rank: u8,
}

impl<'a> Segment<'a> {
    /// A piece that stays (rank 0).
    pub fn new(text: impl Into<Cow<'a, str>>, role: Role) -> Segment<'a> {
        Segment { text: text.into(), role, rank: 0 }
    }

    /// The same piece with a rank.
    pub fn rank(self, rank: u8) -> Segment<'a> {
        Segment { rank, ..self }
    }
}

/// Draws pieces from the left and pieces up to the right end in one row, separated by two cells.
pub fn status_line(area: Rect, buf: &mut Buffer, theme: &Theme, left: &[Segment<'_>], right: &[Segment<'_>]) {
    let mut shown: Vec<(bool, &Segment<'_>)> = left
        .iter()
        .map(|s| (true, s))
        .chain(right.iter().map(|s| (false, s)))
        .filter(|(_, s)| !s.text.is_empty())
        .collect();
    let cells = |shown: &[(bool, &Segment<'_>)]| {
        shown.iter().map(|(_, s)| text::width(&s.text) + 2).sum::<usize>().saturating_sub(2)
    };
    while cells(&shown) > usize::from(area.width) {
        let Some(at) = (0..shown.len()).filter(|&i| shown[i].1.rank > 0).max_by_key(|&i| (shown[i].1.rank, i)) else {
            break;
        };
        shown.remove(at);
    }
    let mut x = area.x;
    for (_, segment) in shown.iter().filter(|(is_left, _)| *is_left) {
        x = put(buf, x, area.y, area.right().saturating_sub(x), &segment.text, theme.style(segment.role), theme) + 2;
    }
    let right: Vec<_> = shown.into_iter().filter(|(is_left, _)| !is_left).collect();
    let start = area.right().saturating_sub(u16::try_from(cells(&right)).unwrap_or(u16::MAX));
    let mut x = start.max(x);
    for (_, segment) in right {
        x = put(buf, x, area.y, area.right().saturating_sub(x), &segment.text, theme.style(segment.role), theme) + 2;
    }
}

/// Draws a passing message over one row.
pub fn notice(area: Rect, buf: &mut Buffer, theme: &Theme, message: &str, role: Role) {
    let row = Rect { height: area.height.min(1), ..area };
    super::clear(buf, row);
    put(buf, row.x, row.y, row.width, message, theme.style(role), theme);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_way_by_rank() {
        let check = |width: u16, expected: &str| {
            let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
            let left = [Segment::new("李梅", Role::Text), Segment::new("上岙村", Role::Dim).rank(1)];
            let right = [Segment::new("离线", Role::Warning), Segment::new("未传3", Role::Text).rank(2)];
            status_line(buf.area, &mut buf, &Theme::default(), &left, &right);
            assert_eq!(crate::tui::testing::text_of(&buf), format!("{expected}\n"), "{width}");
        };
        check(30, "李梅  上岙村       离线  未传3");
        check(25, "李梅  上岙村  离线  未传3");
        check(24, "李梅  上岙村        离线");
        check(12, "李梅    离线");
        check(7, "李梅  …");
    }
}
