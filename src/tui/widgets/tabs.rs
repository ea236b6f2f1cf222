//! A line of tabs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// Draws tab titles in one row. Where they do not all fit, those around the selected one are shown.
pub fn tabs(area: Rect, buf: &mut Buffer, theme: &Theme, titles: &[&str], selected: usize) {
    if area.is_empty() || titles.is_empty() {
        return;
    }
    let selected = selected.min(titles.len() - 1);
    let cells = |title: &str| text::width(title) + 3;
    let mut first = 0;
    let room = usize::from(area.width);
    while first < selected && titles[first..=selected].iter().map(|t| cells(t)).sum::<usize>() > room {
        first += 1;
    }
    let mut x = area.x;
    for (i, title) in titles.iter().enumerate().skip(first) {
        let role = if i == selected { Role::Selected } else { Role::Dim };
        let left = area.right().saturating_sub(x);
        if left < 3 {
            break;
        }
        x = put(buf, x, area.y, left, &format!(" {title} "), theme.style(role), theme) + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_tab_is_always_visible() {
        let titles = ["基本", "成员", "走访", "需求"];
        for width in [8, 14, 40] {
            for (selected, title) in titles.iter().enumerate() {
                let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
                tabs(buf.area, &mut buf, &Theme::default(), &titles, selected);
                assert!(crate::tui::testing::text_of(&buf).contains(title), "{width} {title}");
            }
        }
    }
}
