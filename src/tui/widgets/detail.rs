//! Labels and values, one below the other; long values wrap.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// One row of a detail pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DetailRow<'a> {
    /// A label and its value.
    Field {
        /// The label.
        label: Cow<'a, str>,
        /// The value; may hold line breaks.
        value: Cow<'a, str>,
        /// The value's look.
        role: Role,
    },
    /// A heading.
    Heading(Cow<'a, str>),
    /// Text over the whole width.
    Text(Cow<'a, str>, Role),
    /// An empty line.
    Gap,
}

impl<'a> DetailRow<'a> {
    /// A label and its value in the ordinary look.
    pub fn field(label: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> DetailRow<'a> {
        DetailRow::styled(label, value, Role::Text)
    }

    /// A label and its value with a look.
    pub fn styled(label: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>, role: Role) -> DetailRow<'a> {
        DetailRow::Field { label: label.into(), value: value.into(), role }
    }
}

/// A pane of such rows, scrolled by lines.
#[derive(Debug, Clone, Copy)]
pub struct Detail<'a> {
    /// The rows.
    pub rows: &'a [DetailRow<'a>],
    /// The look.
    pub theme: Theme,
}

/// One line of the laid out pane.
struct Line<'a> {
    label: Option<&'a str>,
    text: Cow<'a, str>,
    role: Role,
    indent: u16,
}

impl Detail<'_> {
    /// The number of lines at this width, for deciding how far one may scroll.
    pub fn height(&self, width: u16) -> usize {
        self.lines(width).len()
    }

    fn label_cells(&self, width: u16) -> u16 {
        let widest = self.rows.iter().map(|row| match row {
            DetailRow::Field { label, .. } => text::width(label),
            _ => 0,
        });
        (widest.max().unwrap_or(0) as u16).min(width / 3)
    }

    fn lines(&self, width: u16) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let label_cells = self.label_cells(width);
        for row in self.rows {
            match row {
                DetailRow::Gap => lines.push(Line { label: None, text: "".into(), role: Role::Text, indent: 0 }),
                DetailRow::Heading(title) => {
                    lines.push(Line { label: None, text: Cow::Borrowed(title.as_ref()), role: Role::Title, indent: 0 });
                }
                DetailRow::Text(body, role) => wrapped(&mut lines, None, body, *role, 0, width),
                DetailRow::Field { label, value, role } => {
                    wrapped(&mut lines, Some(label.as_ref()), value, *role, label_cells + 2, width);
                }
            }
        }
        lines
    }

    /// Draws the lines from `offset` on.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, offset: usize) {
        let label_cells = self.label_cells(area.width);
        for (y, line) in (area.y..area.bottom()).zip(self.lines(area.width).iter().skip(offset)) {
            if let Some(label) = line.label {
                put(buf, area.x, y, label_cells, label, self.theme.style(Role::Label), &self.theme);
            }
            let room = area.width.saturating_sub(line.indent);
            put(
                buf,
                area.x + line.indent.min(area.width),
                y,
                room,
                &line.text,
                self.theme.style(line.role),
                &self.theme,
            );
        }
    }
}

fn wrapped<'a>(lines: &mut Vec<Line<'a>>, label: Option<&'a str>, value: &'a str, role: Role, indent: u16, width: u16) {
    let value = text::clean_lines(value);
    for (i, range) in text::wrap(&value, usize::from(width.saturating_sub(indent))).into_iter().enumerate() {
        let text = match &value {
            Cow::Borrowed(value) => Cow::Borrowed(&value[range]),
            Cow::Owned(value) => Cow::Owned(value[range].to_owned()),
        };
        lines.push(Line { label: label.filter(|_| i == 0), text, role, indent });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_wrap_beside_their_labels() {
        let rows = [
            DetailRow::Heading("基本".into()),
            DetailRow::field("户主", "张*芬"),
            DetailRow::field("住址", "上岙村委会三组"),
            DetailRow::Gap,
            DetailRow::Text("低保户，独居".into(), Role::Dim),
        ];
        let detail = Detail { rows: &rows, theme: Theme::default() };
        let area = Rect::new(0, 0, 14, 7);
        let mut buf = Buffer::empty(area);
        detail.draw(area, &mut buf, 0);
        assert_eq!(
            crate::tui::testing::text_of(&buf),
            "基本\n户主  张*芬\n住址  上岙村委\n      会三组\n\n低保户，独居\n\n"
        );
        assert_eq!(detail.height(14), 6);
        let mut buf = Buffer::empty(Rect::new(0, 0, 14, 1));
        detail.draw(buf.area, &mut buf, 3);
        assert_eq!(crate::tui::testing::text_of(&buf), "      会三组\n");
    }
}
