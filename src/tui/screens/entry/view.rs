//! Drawing a form.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Entry;
use super::item::{Control, Item};
use crate::domain::codes;
use crate::domain::display;
use crate::i18n::forms as text;
use crate::tui::app::Context;
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Form, put};

impl Entry {
    /// Draws the form; the cursor goes to the caret.
    pub fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let form = self.form;
        let at = self.with_form(ctx, |widget| {
            widget.draw(area, frame.buf, &form, |index, rect, buf, focused| {
                self.draw_value(index, rect, buf, ctx, focused)
            })
        });
        let at = match &self.picking {
            Some(list) => Some(list.draw(ctx.screen(), frame.buf, &ctx.theme, ctx.lang)),
            None => at,
        };
        let at = match &self.question {
            Some(question) => Some(question.draw(ctx.screen(), frame.buf, &ctx.theme, ctx.lang)),
            None => at,
        };
        if let Some(at) = at {
            frame.set_cursor(at);
        }
    }

    fn draw_value(
        &self,
        index: usize,
        rect: Rect,
        buf: &mut Buffer,
        ctx: &Context<'_>,
        focused: bool,
    ) -> Option<Position> {
        let (theme, lang) = (&ctx.theme, ctx.lang);
        let item = &self.items[index];
        let role = if item.is_changed(ctx.today()) { Role::Changed } else { Role::Input };
        let mut plain = |shown: &str| {
            put(buf, rect.x, rect.y, rect.width, shown, theme.style(role), theme);
            focused.then_some(Position::new(rect.x, rect.y))
        };
        match &item.control {
            Control::Line(_) if !focused && let Some(masked) = item.stand_in(lang, ctx.today()) => plain(&masked),
            Control::Line(line) => {
                let held = item.last.as_ref().filter(|_| item.veiled);
                let masked = held.map(|held| display::masked(item.field, held, lang)).unwrap_or_default();
                Some(line.draw(rect, buf, theme, focused, &masked))
            }
            Control::Note(area) => Some(area.draw(rect, buf, theme, focused, "")),
            Control::Code { list, code } => {
                let label = codes::label(list, code, lang);
                let shown = if label.is_empty() && focused { text::not_chosen(lang).into() } else { label };
                plain(&if focused { format!("‹ {shown} ›") } else { shown.into_owned() })
            }
            Control::Flag(on) => plain(if *on { lang.pick("[是]", "[yes]") } else { lang.pick("[否]", "[no]") }),
            Control::Workers(workers) => {
                let names: Vec<&str> = workers.iter().map(|worker| ctx.memory.reference.worker_name(*worker)).collect();
                plain(&names.join(lang.pick("、", ", ")))
            }
            Control::Among { choices, chosen } => {
                let label = choices.iter().find(|(id, _)| id == chosen).map(|(_, label)| label.as_str());
                plain(label.unwrap_or_default())
            }
            Control::Household { chosen, .. } => {
                let row = chosen.and_then(|id| ctx.memory.household(id));
                plain(&row.map(|row| format!("{}  {}", ctx.name(row.head()), row.archive_no())).unwrap_or_default())
            }
        }
    }

    pub(super) fn value_area(&self, ctx: &Context<'_>, area: Rect, index: usize) -> Rect {
        let form = self.form;
        let rect = self.with_form(ctx, |widget| widget.value_rect(area, &form, index));
        Rect { height: self.items[index].rows(), ..rect }
    }

    pub(super) fn with_form<T>(&self, ctx: &Context<'_>, with: impl FnOnce(&Form<'_>) -> T) -> T {
        let (lang, today) = (ctx.lang, ctx.today());
        let texts: Vec<(String, Option<String>, Option<String>)> =
            self.items.iter().map(|item| (item.label(lang), item.error(lang), item.note(lang, today))).collect();
        let heading = |item: &'_ Item| item.heading.as_ref().map(|heading| lang.pick(&heading.zh, &heading.en).clone());
        let headings: Vec<Option<String>> = self.items.iter().map(heading).collect();
        let fields: Vec<widgets::Field<'_>> = self
            .items
            .iter()
            .zip(texts.iter().zip(&headings))
            .map(|(item, ((label, error, note), heading))| widgets::Field {
                heading: heading.as_deref(),
                label,
                required: item.required && item.last.is_none(),
                rows: item.rows(),
                changed: item.is_changed(today),
                error: error.as_deref(),
                note: note.as_deref(),
            })
            .collect();
        with(&Form { fields: &fields, theme: ctx.theme })
    }
}
