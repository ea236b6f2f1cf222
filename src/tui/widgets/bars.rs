//! Bars: progress and scores.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put_in;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// A progress gauge in one row: bar, percentage, and `label` behind it. `total` 0 means that nothing is known yet.
pub fn gauge(area: Rect, buf: &mut Buffer, theme: &Theme, done: u64, total: u64, label: &str) {
    let done = done.min(total);
    let percent = if total == 0 { String::new() } else { format!("{:3}%", u128::from(done) * 100 / u128::from(total)) };
    let behind = (text::width(label) as u16 + 1).min(area.width / 2);
    let bar_cells = area.width.saturating_sub(behind + 5);
    bar(Rect { width: bar_cells, ..area }, buf, theme, done, total, Role::Accent);
    let x =
        put_in(area, buf, (area.x + bar_cells, area.y), 5, &format!("{percent:>5}"), theme.style(Role::Text), theme);
    put_in(area, buf, (x + 1, area.y), behind.saturating_sub(1), label, theme.style(Role::Dim), theme);
}

/// A bar for a score of `value` out of `max`, as wide as the area; one row.
pub fn score_bar(area: Rect, buf: &mut Buffer, theme: &Theme, value: u64, max: u64, role: Role) {
    bar(area, buf, theme, value, max, role);
}

fn bar(area: Rect, buf: &mut Buffer, theme: &Theme, value: u64, max: u64, role: Role) {
    if area.is_empty() {
        return;
    }
    let symbols = theme.symbols();
    let width = u128::from(area.width);
    let filled = if max == 0 { 0 } else { (u128::from(value.min(max)) * width / u128::from(max)) as u16 };
    for i in 0..area.width {
        let (symbol, role) = if i < filled { (symbols.bar_full, role) } else { (symbols.bar_empty, Role::Dim) };
        put_in(area, buf, (area.x + i, area.y), 1, symbol, theme.style(role), theme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauges_fill() {
        let theme = Theme::default().with_ascii(true);
        let check = |done, total, expected: &str| {
            let mut buf = Buffer::empty(Rect::new(0, 0, 26, 1));
            gauge(buf.area, &mut buf, &theme, done, total, "导入");
            assert_eq!(crate::tui::testing::text_of(&buf), format!("{expected}\n"), "{done}/{total}");
        };
        check(0, 10, "................   0% 导入");
        check(5, 10, "########........  50% 导入");
        check(20, 10, "################ 100% 导入");
        check(0, 0, "................      导入");
    }
}
