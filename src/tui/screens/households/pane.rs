//! The selected household's file beside the list. It follows when the selection rests; until then it keeps showing the
//! one before, with its name, so that a held key costs nothing here.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::domain::records::Dossier;
use crate::i18n::screens as text;
use crate::tui::app::{Context, Fault};
use crate::tui::screens::household::{summary, unreadable};
use crate::tui::session::Frame;
use crate::tui::theme::Role;
use crate::tui::widgets::{Motion, put};

/// The pane.
#[derive(Debug, Default)]
pub(super) struct Pane {
    file: Option<Arc<Dossier>>,
    /// Why there is none, where it could not be read.
    fault: Option<Fault>,
    offset: usize,
    focused: bool,
}

impl Pane {
    /// Shows a file.
    pub(super) fn show(&mut self, file: Option<Arc<Dossier>>) {
        let id = |file: &Option<Arc<Dossier>>| file.as_ref().map(|file| file.household.id);
        if id(&self.file) != id(&file) {
            self.offset = 0;
        }
        self.file = file;
        self.fault = None;
    }

    /// Says why there is no file to show.
    pub(super) fn show_fault(&mut self, fault: Fault) {
        *self = Pane { fault: Some(fault), focused: self.focused, ..Pane::default() };
    }

    /// Whether motions scroll it.
    pub(super) fn has_focus(&self) -> bool {
        self.focused
    }

    pub(super) fn toggle_focus(&mut self) {
        self.focused = !self.focused;
    }

    /// Scrolls by lines or pages.
    pub(super) fn scroll(&mut self, motion: Motion, area: Rect, ctx: &Context<'_>) {
        let Some(file) = &self.file else { return };
        let page = usize::from(area.height.max(1));
        let last = summary(file, ctx).height(inner(area).width).saturating_sub(page);
        self.offset = match motion {
            Motion::Up => self.offset.saturating_sub(1),
            Motion::Down => self.offset + 1,
            Motion::PageUp | Motion::HalfUp => self.offset.saturating_sub(page),
            Motion::PageDown | Motion::HalfDown => self.offset + page,
            Motion::Top => 0,
            Motion::Bottom => last,
        }
        .min(last);
    }

    /// Draws a line at its left and what it shows.
    pub(super) fn draw(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let theme = &ctx.theme;
        let role = if self.focused { Role::BorderFocus } else { Role::Border };
        for y in area.top()..area.bottom() {
            put(frame.buf, area.x, y, 1, theme.symbols().separator, theme.style(role), theme);
        }
        let inner = inner(area);
        match &self.file {
            None if let Some(fault) = &self.fault => unreadable(fault, ctx).draw(inner, frame, ctx, 0, None),
            Some(file) => summary(file, ctx).draw(inner, frame, ctx, self.offset, None),
            None => {
                put(frame.buf, inner.x, inner.y, inner.width, text::loading(ctx.lang), theme.style(Role::Dim), theme);
            }
        }
    }
}

fn inner(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area }
}
