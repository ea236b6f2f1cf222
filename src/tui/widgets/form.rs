//! Forms: labels, values, and what is wrong right below the field it is about.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::put_in;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// One field, apart from its value, which its own widget draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The heading of the part of the form that begins with it.
    pub heading: Option<&'a str>,
    /// The label.
    pub label: &'a str,
    /// Whether it must be filled in; shown by `*` behind the label.
    pub required: bool,
    /// Rows of the value; at least 1.
    pub rows: u16,
    /// Whether the value differs from the last one on record.
    pub changed: bool,
    /// What is wrong with the value.
    pub error: Option<&'a str>,
    /// A note below the value, such as the last value on record.
    pub note: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A field of one row without anything special.
    pub fn new(label: &'a str) -> Field<'a> {
        Field { heading: None, label, required: false, rows: 1, changed: false, error: None, note: None }
    }
}

/// Which field has the focus and how far the form is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FormState {
    /// Index of the field with the caret.
    pub focus: usize,
    /// Rows scrolled out at the top.
    pub offset: u16,
}

/// Where a field stands in the form, before scrolling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRect {
    /// Rows of the heading above it.
    pub above: u16,
    /// First row of the value.
    pub top: u16,
    /// Rows of the value.
    pub rows: u16,
    /// Rows of error and note below it.
    pub below: u16,
}

/// A form.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The fields, top to bottom.
    pub fields: &'a [Field<'a>],
    /// The look.
    pub theme: Theme,
}

impl Form<'_> {
    fn label_cells(&self, width: u16) -> u16 {
        let widest = self.fields.iter().map(|f| text::width(f.label) + 2).max().unwrap_or(0);
        (widest as u16).min(width / 3)
    }

    /// The columns left of the values: marker, label, change mark.
    fn indent(&self, width: u16) -> u16 {
        (2 + self.label_cells(width) + 2).min(width)
    }

    /// The width of a value, for widgets that need it in `update`.
    pub fn value_width(&self, width: u16) -> u16 {
        width.saturating_sub(self.indent(width))
    }

    /// Where the fields stand in `width` cells.
    pub fn layout(&self, width: u16) -> Vec<FieldRect> {
        let cells = usize::from(self.value_width(width));
        let mut top = 0;
        self.fields
            .iter()
            .map(|field| {
                let lines =
                    |text: Option<&str>| text.map_or(0, |t| text::wrap(t, cells.saturating_sub(2)).len() as u16);
                // The heading, and an empty row between it and what stands above.
                let above = field.heading.map_or(0, |_| if top == 0 { 1 } else { 2 });
                let below = lines(field.error) + lines(field.note);
                let rect = FieldRect { above, top: top + above, rows: field.rows.max(1), below };
                top += above + rect.rows + below;
                rect
            })
            .collect()
    }

    /// The visible part of a field's value.
    pub fn value_rect(&self, area: Rect, state: &FormState, index: usize) -> Rect {
        let Some(field) = self.layout(area.width).get(index).copied() else {
            return Rect { width: 0, height: 0, ..area };
        };
        let indent = self.indent(area.width);
        visible_rows(area, state.offset, field.top, field.rows).map_or(Rect { width: 0, height: 0, ..area }, |r| Rect {
            x: area.x + indent,
            width: area.width - indent,
            ..r
        })
    }

    /// Draws labels, marks, errors and notes, and asks `value` to draw each visible value; it returns where the cursor
    /// belongs in the field with the focus.
    pub fn draw(
        &self,
        area: Rect,
        buf: &mut Buffer,
        state: &FormState,
        mut value: impl FnMut(usize, Rect, &mut Buffer, bool) -> Option<Position>,
    ) -> Option<Position> {
        let mut cursor = None;
        let indent = self.indent(area.width);
        for (i, (field, rect)) in self.fields.iter().zip(self.layout(area.width)).enumerate() {
            let focused = i == state.focus;
            if let Some(heading) = field.heading
                && let Some(row) = visible_rows(area, state.offset, rect.top - 1, 1)
            {
                put_in(row, buf, (row.x, row.y), row.width, heading, self.theme.style(Role::Title), &self.theme);
            }
            if let Some(row) = visible_rows(area, state.offset, rect.top, 1) {
                self.draw_label(row, buf, field, focused);
            }
            if let Some(rows) = visible_rows(area, state.offset, rect.top, rect.rows) {
                let at = value(i, Rect { x: area.x + indent, width: area.width - indent, ..rows }, buf, focused);
                cursor = if focused { at } else { cursor };
            }
            self.draw_below(area, buf, state.offset, rect, field);
        }
        cursor
    }

    fn draw_label(&self, row: Rect, buf: &mut Buffer, field: &Field<'_>, focused: bool) {
        let (theme, symbols) = (&self.theme, self.theme.symbols());
        if focused {
            put_in(row, buf, (row.x, row.y), 1, symbols.marker, theme.style(Role::Marker), theme);
        }
        let cells = self.label_cells(row.width);
        let role = if field.error.is_some() { Role::Error } else { Role::Label };
        let x = put_in(row, buf, (row.x + 2, row.y), cells.saturating_sub(2), field.label, theme.style(role), theme);
        if field.required {
            put_in(row, buf, (x, row.y), 1, "*", theme.style(Role::Warning), theme);
        }
        if field.changed {
            put_in(row, buf, (row.x + 2 + cells, row.y), 1, symbols.changed, theme.style(Role::Changed), theme);
        }
    }

    fn draw_below(&self, area: Rect, buf: &mut Buffer, offset: u16, rect: FieldRect, field: &Field<'_>) {
        let (theme, indent) = (&self.theme, self.indent(area.width));
        let cells = usize::from(area.width - indent).saturating_sub(2);
        let mut top = rect.top + rect.rows;
        let parts = [(field.error, Role::Error, theme.symbols().error), (field.note, Role::Dim, " ")];
        for (text, role, sign) in parts.into_iter().filter_map(|(text, role, sign)| Some((text?, role, sign))) {
            for (i, range) in text::wrap(text, cells).into_iter().enumerate() {
                if let Some(row) = visible_rows(area, offset, top, 1) {
                    let style = theme.style(role);
                    put_in(area, buf, (area.x + indent, row.y), 1, if i == 0 { sign } else { " " }, style, theme);
                    put_in(area, buf, (area.x + indent + 2, row.y), cells as u16, &text[range], style, theme);
                }
                top += 1;
            }
        }
    }
}

/// The part of rows `top..top + rows` of a form that is visible in `area` after scrolling by `offset`.
fn visible_rows(area: Rect, offset: u16, top: u16, rows: u16) -> Option<Rect> {
    let first = top.max(offset);
    let end = (top + rows).min(offset.saturating_add(area.height));
    (first < end).then(|| Rect { y: area.y + first - offset, height: end - first, ..area })
}

impl FormState {
    /// Moves the focus by `step` fields, not beyond the ends, and scrolls to it.
    pub fn step(&mut self, step: i32, form: &Form<'_>, area: Rect) {
        let last = form.fields.len().saturating_sub(1) as i64;
        self.focus = (self.focus as i64 + i64::from(step)).clamp(0, last) as usize;
        self.follow(form, area);
    }

    /// Puts the focus on the first field that has an error, if any; for after a refused submit.
    pub fn to_first_error(&mut self, form: &Form<'_>, area: Rect) -> bool {
        let at = form.fields.iter().position(|f| f.error.is_some());
        self.focus = at.unwrap_or(self.focus);
        self.follow(form, area);
        at.is_some()
    }

    /// Scrolls so that the field with the focus is visible, with what stands below it.
    pub fn follow(&mut self, form: &Form<'_>, area: Rect) {
        let layout = form.layout(area.width);
        let Some(rect) = layout.get(self.focus) else { return };
        let bottom = rect.top + rect.rows + rect.below;
        // The heading of a part comes into view with its first field.
        self.offset = self.offset.max(bottom.saturating_sub(area.height)).min(rect.top - rect.above);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::LineInput;

    #[test]
    fn errors_stand_below_their_field() {
        let fields = [
            Field { required: true, error: Some("请填写姓名"), ..Field::new("姓名") },
            Field { changed: true, note: Some("上次 138****1234"), ..Field::new("联系电话") },
        ];
        let form = Form { fields: &fields, theme: Theme::default().with_ascii(true) };
        let area = Rect::new(0, 0, 36, 5);
        let mut buf = Buffer::empty(area);
        let state = FormState { focus: 1, offset: 0 };
        let values = [LineInput::new(""), LineInput::new("139")];
        let at = form.draw(area, &mut buf, &state, |i, rect, buf, focused| {
            Some(values[i].draw(rect, buf, &form.theme, focused, ""))
        });
        let expected = "  姓名*\n              ! 请填写姓名\n> 联系电话  ~ 139\n                上次 138****1234\n\n";
        assert_eq!(crate::tui::testing::text_of(&buf), expected);
        assert_eq!(at, Some(Position::new(17, 2)));
    }

    #[test]
    fn the_focus_scrolls_into_view() {
        let fields: Vec<Field<'_>> =
            (0..10).map(|i| Field { error: (i == 7).then_some("错"), ..Field::new("项") }).collect();
        let form = Form { fields: &fields, theme: Theme::default() };
        let area = Rect::new(0, 0, 30, 4);
        let mut state = FormState::default();
        state.step(3, &form, area);
        assert_eq!(state, FormState { focus: 3, offset: 0 });
        state.step(1, &form, area);
        assert_eq!(state, FormState { focus: 4, offset: 1 });
        assert!(state.to_first_error(&form, area));
        assert_eq!(state, FormState { focus: 7, offset: 5 });
        state.step(-100, &form, area);
        assert_eq!(state, FormState { focus: 0, offset: 0 });
        assert_eq!(form.value_rect(area, &state, 9).height, 0);
    }
}
